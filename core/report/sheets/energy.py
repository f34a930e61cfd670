"""Energy of a year by its parts, and the design PUE they make: tables of E-302."""

from __future__ import annotations

from core.engine.climate import HOURS
from core.engine.energy import Energy
from core.report.context import Context
from core.report.flow import Piece
from core.report.tables import Column, Table
from core.report.values import kilo
from core.units import share, show

OTHERS = "by others"


def energy_pieces(context: Context) -> list[Piece]:
    """Return the budget and what it makes; none without an evaluation or without IT."""
    of = context.evaluation
    if of is None or not of.energy.it_w > 0:
        return []
    year = of.energy
    rows = [("IT, power shelves included", *_numbers(year, year.it_w))]
    rows += [(f"Losses: {name}", *_numbers(year, watts)) for name, watts in year.losses_w]
    rows += [("Losses of distribution", OTHERS, OTHERS, OTHERS, OTHERS)] if year.power_by_others else []
    rows += [(f"Cooling: {name}", *_numbers(year, watts)) for name, watts in year.cooling_w]
    rows += [
        (f"Cooling: {text.split(':')[0]}", OTHERS, OTHERS, OTHERS, OTHERS) for text in year.cooling_by_others
    ]
    rows.append(("Lighting, offices, network outside", OTHERS, OTHERS, OTHERS, OTHERS))
    rows.append(("All that is drawn", *_numbers(year, year.total_w)))
    columns = (
        Column("Part", least=50, wide=1.0), Column("Mean power [kW]", "right", least=18, most=18),
        Column("Energy of a year [MWh]", "right", least=22, most=22), Column("Share", "right", least=14),
        Column("Adds to PUE", "right", least=16),
    )  # fmt: skip
    figures = [
        ("Design PUE", _ratio(year.pue, year.power_by_others + year.cooling_by_others)),
        ("Partial PUE of the cooling", _ratio(year.cooling_ppue, year.cooling_by_others)),
        ("Water, WUE", show(year.wue_l_kwh, "L/kWh")),
        ("Hours without compressors", show(year.free_hours, "h")),
        ("Hours too warm for units without one", show(year.warm_hours, "h")),
        ("Climate", _climate(year)),
    ]
    return [
        Piece(Table(columns, rows, "Energy of a year at typical load"), _words(year)),
        Piece(
            Table((Column("Figure", least=60), Column("Value", "right", wide=1.0)), figures, "What it makes")
        ),
    ]


def _numbers(year: Energy, watts: float) -> tuple[str, str, str, str]:
    return kilo(watts), show(watts * HOURS / 1e6, ""), share(watts / year.total_w), f"{watts / year.it_w:.3f}"


def _ratio(value: float, gaps: tuple[str, ...]) -> str:
    return (
        f"{value:.3f}"
        if not gaps
        else f"hold: {len(gaps)} {'part is' if len(gaps) == 1 else 'parts are'} by others"
    )


def _climate(year: Energy) -> str:
    return (
        f"{year.climate.name} ({year.climate.evidence})"
        if year.climate is not None
        else "hold: none is named"
    )


def _words(year: Energy) -> tuple[str, ...]:
    basis = f" Climate: {year.climate.basis}." if year.climate is not None else ""
    said = tuple(f"{text[0].upper()}{text[1:]}." for text in year.unknown)
    return (
        "Calculated, not measured: typical power for 8,760 hours. Power shelves stand in the racks and count "
        "as IT, fans and pumps inside servers too; CDU pumps count as cooling. Fans and pumps follow the "
        f"affinity laws, chillers their table or their load; dry bulb only.{basis}",
        *said,
    )

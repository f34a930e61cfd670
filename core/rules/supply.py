"""Where the design comes from: one supplier for too much, nothing to take its place, what comes too late."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from core.engine.supply_lines import UNKNOWN
from core.rules.finding import Severity
from core.rules.rule import Missing, Yielded, of_design, rule
from core.rules.views import Design
from core.units import share, show

_READS = ("cost", "supply", "brief")


@rule("supply.supplier_share", Severity.WARNING, "One supplier has too much of the spend",
      reads=_READS)  # fmt: skip
def supplier_share(design: Design) -> Iterator[Yielded]:
    """A supplier has a larger share of the known spend than the brief allows. Without a share in the brief
    this is not judged.

    What has no price, and what names neither maker nor supplier, is not in it. A rack that comes whole counts
    with the maker of its accelerators.

    Source: the requirement `supplier_share`.
    """
    largest, most = design.of.supply.suppliers.largest, design.of.snapshot.brief.number("supplier_share")
    if most is not None and largest is not None and largest.share > most + 1e-9:
        yield of_design(
            f"{largest.name} has {share(largest.share)} of the spend, at most {share(most)} is asked for; "
            "name alternates, or agree another share",
            largest.share,
            most,
        )


@rule("supply.no_alternate", Severity.INFO, "Single-sourced lines",
      reads=_READS, unit="")  # fmt: skip
def no_alternate(design: Design) -> Iterator[Yielded]:
    """Lines come from one supplier, and neither type nor project names an alternate.

    Lines that name neither maker nor supplier are not judged: of generic types there are many makers.

    Source: a line stops with its only supplier.
    """
    lines = design.of.supply.single_sourced
    if lines:
        named = ", ".join(line.type.name for line in lines[:3])
        more = f" and {len(lines) - 3} more" if len(lines) > 3 else ""
        yield of_design(
            f"{len(lines)} lines have one source and no alternate: {named}{more}; name alternates under "
            "Worth > Suppliers",
            float(len(lines)),
        )


@rule("supply.late", Severity.ERROR, "Parts come after the date of service",
      reads=_READS, unit="weeks")  # fmt: skip
def late(design: Design) -> Iterator[Yielded]:
    """A part ordered on the date orders are placed comes after the date the design has to be ready.

    Time to install and to accept is not in it. Parts without a lead time are not judged.

    Source: date of order + lead time of the type; dates of the brief (ISO 8601).
    """
    brief = design.of.snapshot.brief
    ordered, ready = (_date(brief.text(name)) for name in ("order_date", "ready_date"))
    if ordered is None or ready is None:
        return
    there = (ready - ordered).days / 7
    judged = [line for line in design.of.supply.lines if not line.included]
    for line in judged:
        if line.lead_weeks is None:
            yield Missing(f"lead time of {line.type.name}")
    slow = [line for line in judged if line.lead_weeks is not None and line.lead_weeks > there]
    if slow:
        worst = max(slow, key=lambda line: line.lead_weeks or 0.0)
        weeks = worst.lead_weeks or 0.0
        comes = ordered + timedelta(weeks=weeks)
        more = f"; {len(slow) - 1} more come late" if len(slow) > 1 else ""
        yield of_design(
            f"{worst.type.name} takes {show(weeks, 'weeks')} and comes on {comes.isoformat()}, ready for "
            f"service is {ready.isoformat()}{more}; order earlier, or take an alternate",
            weeks,
            there,
        )


@rule("supply.domestic", Severity.WARNING, "Domestic share below the target",
      reads=_READS, worse="less")  # fmt: skip
def domestic(design: Design) -> Iterator[Yielded]:
    """Less of the known spend is made and put together at home than the brief asks for.

    A line counts if all countries it names are among those of the brief; what names none counts as not.

    Source: the requirements `domestic_share` and `home_countries`.
    """
    supply, brief = design.of.supply, design.of.snapshot.brief
    asked = brief.number("domestic_share")
    if not asked:
        return
    if supply.domestic is None:
        yield Missing("countries that count as domestic")
        return
    unknown = supply.countries.of(UNKNOWN)
    if supply.domestic < asked - 1e-9:
        yield of_design(
            f"{share(supply.domestic)} of the spend is domestic, {share(asked)} is asked for; of "
            f"{share(unknown)} the country is not known",
            supply.domestic,
            asked,
        )


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None

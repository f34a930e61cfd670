"""A number as it is kept in sight: value against limit, how it is made, what it points at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.model.requirements import REQUIREMENTS
from core.units import number_text, scale, share, show, symbol

if TYPE_CHECKING:
    from core.engine.evaluation import Evaluation
    from core.engine.quantities import Quantity

MOST_SUBJECTS = 5
NEAR = 0.95


@dataclass(frozen=True)
class Counts:
    """Open findings of a check, and rules that lacked facts."""

    errors: int = 0
    warnings: int = 0
    infos: int = 0
    unchecked: int = 0


@dataclass(frozen=True)
class Subject:
    """Something a number points at: its path from the built block, and what it has of the number."""

    path: str
    text: str
    what: str = ""
    """What it is called if it has no path: a source, a supplier."""


@dataclass(frozen=True)
class Headline:
    """One of the twelve numbers.

    Attributes
    ----------
    name, label : str
        Stable name; as printed.
    value : str
        The number with its unit.
    aside, detail : str
        A second number beside the label; the limit and what else belongs to it.
    state : str
        over, near, within or unknown; a number without a limit is unknown, never within.
    use : float or None
        Share of the limit that is used; above 1 if it is broken.
    formula : str
        How it is made with the numbers put in; lines.
    quantities : tuple of str
        Names of the quantities it is made of, the first its own.
    requirement : str
        Id of the requirement that is its limit; empty if the brief cannot set one.
    subjects : tuple of Subject
        Worst first.
    """

    name: str
    label: str
    value: str
    aside: str
    detail: str
    state: str
    use: float | None
    formula: str
    quantities: tuple[str, ...] = ()
    requirement: str = ""
    subjects: tuple[Subject, ...] = ()

    @property
    def text(self) -> str:
        """All of it in one line, for screen readers and the command line."""
        words = {"over": "over the limit", "near": "close to the limit", "within": "within the limit"}
        parts = (self.value, self.aside, self.detail, words.get(self.state, ""))
        return f"{self.label}: {', '.join(part for part in parts if part)}"


MEASURE_OF = {
    "power_max_w": "power", "rack_power_max_w": "power", "heat_air_w": "air", "heat_liquid_w": "liquid",
    "rack_mass_kg": "mass", "floor_load_kg_m2": "mass", "capex_high_usd": "price", "mass_kg": "mass",
    "airflow_m3h": "air", "coolant_flow_lpm": "liquid", "accelerators": "accelerators",
}  # fmt: skip
"""What racks are ranked by for a quantity."""


def headline_of(of: Evaluation, quantity: Quantity) -> Headline:
    """Return any quantity in the form of the twelve, to be explained in the same way."""
    asked = next((name for name, kind in REQUIREMENTS.items() if kind.quantity == quantity.name), "")
    measure = MEASURE_OF.get(quantity.name, "")
    subjects = worst_racks(of, measure) if measure else ()
    if quantity.name == "oversubscription_worst":
        subjects = worst_switches(of)
    detail = "no limit" if quantity.limit is None else quantity.limit_text
    return Headline(
        quantity.name, quantity.label, quantity.text, "", detail, quantity.state, quantity.use,
        quantity.formula, (quantity.name,), asked, subjects,
    )  # fmt: skip


def plain(
    of: Evaluation,
    name: str,
    label: str,
    quantity: Quantity,
    requirement: str,
    *,
    formula: str,
    measure: str,
    missing: str = "no limit",
    more: tuple[str, ...] = (),
) -> Headline:
    detail = missing if quantity.limit is None else f"of {show(quantity.limit, quantity.unit)}"
    return Headline(
        name, label, quantity.text, "", detail, quantity.state, quantity.use, formula,
        (quantity.name, *more), requirement, worst_racks(of, measure),
    )  # fmt: skip


def worst_racks(of: Evaluation, measure: str) -> tuple[Subject, ...]:
    """Return the racks that have most of a measure."""
    values, unit = of.rack_measures[measure]
    if not len(values):
        return ()
    order = np.argsort(-values, kind="stable")[:MOST_SUBJECTS]
    return tuple(
        Subject(of.snapshot.rack_path(row), show(float(values[row]), unit))
        for row in order.tolist()
        if values[row] > 0
    )


def worst_switches(of: Evaluation) -> tuple[Subject, ...]:
    """Return the switches with the largest share of their ports used, of the fabric that is worst."""
    results = [r for r in of.network.fabrics if r.oversubscription is not None]
    if not results:
        return ()
    worst = max(results, key=lambda r: r.oversubscription or 0.0)
    used = worst.switch_ports_used / np.maximum(worst.switch_ports_total, 1.0)
    order = np.argsort(-used, kind="stable")[:MOST_SUBJECTS]
    return tuple(
        Subject(
            of.snapshot.device_path(int(worst.switch_rows[k])),
            f"{number_text(float(worst.switch_ports_used[k]))} of "
            f"{number_text(float(worst.switch_ports_total[k]))} ports used",
        )
        for k in order.tolist()
    )


def use_of(value: float | None, limit: float | None) -> float | None:
    return None if value is None or limit is None or limit <= 0 else value / limit


def state_of(value: float | None, limit: float | None) -> str:
    use = use_of(value, limit)
    if use is None:
        return "unknown"
    return "over" if use > 1 + 1e-9 else "near" if use >= NEAR else "within"


def against(limit: float | None, unit: str) -> str:
    return "no limit" if limit is None else f"of {show(limit, unit)}"


def margin(value: float | None, limit: float | None) -> str:
    use = use_of(value, limit)
    if use is None:
        return "no limit"
    return f"{share(1 - use)} left" if use <= 1 else f"{share(use - 1)} over"


def bare(value: float, unit: str) -> str:
    """Return a value as it is printed, without its unit (the next one has it)."""
    return show(value, unit).removesuffix(symbol(scale(value, unit)[1])).strip()


def between(low: float, high: float, unit: str) -> str:
    """Return low to high with one unit.

    Examples
    --------
    >>> between(31_200_000, 48_400_000, "USD"), between(5e6, 5e6, "USD")
    ('31.2–48.4 M USD', '5 M USD')
    """
    most, scaled = scale(high, unit)
    least = low * most / high if high else 0.0
    if low == high:
        return show(high, unit)
    return f"{number_text(least, digits=3)}–{number_text(most, digits=3)} {symbol(scaled)}"


def counted(number: int, what: str) -> str:
    return f"{number_text(number)} {what}{'' if number == 1 else 's'}"

"""What the site and the brief ask: one rule for each requirement that limits a quantity."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from core.model.requirements import REQUIREMENTS, RequirementKind
from core.rules.finding import Severity
from core.rules.rule import Missing, Yielded, of_design, rule
from core.rules.views import Design
from core.units import show

_READS = ("space", "mass", "compute", "power", "cooling", "cabling", "network", "cost", "brief")


def _requirement(kind: RequirementKind) -> Callable[[Design], Iterator[Yielded]]:
    def check(design: Design) -> Iterator[Yielded]:
        quantity = design.of.quantities[kind.quantity]
        if quantity.limit is None:
            return
        if quantity.value is None:
            yield Missing(f"{quantity.label.lower()} of the design")
        elif quantity.state == "over":
            binding = design.of.binding
            first = "" if binding is None or binding.name != quantity.name else " (the binding requirement)"
            asked = "at most" if kind.sense == "most" else "at least"
            yield of_design(
                f"{quantity.label}: {show(quantity.value, kind.unit)} of {asked} "
                f"{show(quantity.limit, kind.unit)} asked for{first}; "
                "change the design or agree another value",
                quantity.value,
                quantity.limit,
            )

    return check


def _register() -> None:
    for name, kind in REQUIREMENTS.items():
        if kind.sense == "input" or not kind.quantity:
            continue
        bound = "above" if kind.sense == "most" else "below"
        rule(
            f"requirement.{name}",
            Severity.ERROR,
            f"{kind.label}: {bound} what is asked for",
            reads=_READS,
            unit=kind.unit,
            worse="more" if kind.sense == "most" else "less",
            help=(
                f"{kind.label}: the value of the whole design is {bound} the one in the brief. Without one "
                "in the brief this is not judged.\n\nSource: the requirement record of the project; the "
                f"quantity is `{kind.quantity}` and says itself how it is made."
            ),
        )(_requirement(kind))


_register()

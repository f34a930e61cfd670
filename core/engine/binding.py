"""What binds: the requirement that is broken, else the limit that leaves the fewest racks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.engine.headline import MEASURE_OF, NEAR, Headline, counted, worst_racks, worst_switches
from core.engine.headroom import Headroom
from core.model.requirements import REQUIREMENTS
from core.units import number_text, share, show

if TYPE_CHECKING:
    from core.engine.evaluation import Evaluation
    from core.engine.quantities import Quantity


def binding_limit(of: Evaluation) -> Headline:
    """Return what binds: a requirement that is broken, else the limit that leaves the fewest racks."""
    room = of.headroom
    broken, least = of.binding, room.least
    if broken is not None and (broken.state == "over" or least is None):
        return _binding_requirement(of, broken, room)
    if least is None:
        return Headline(
            "binding", "Binding limit", "none known", "", "no limit to hold against", "unknown", None,
            "The limit that leaves the fewest racks. None is given: set one in the brief, draw a room or "
            "give a source its capacity.", requirement="facility_power_w",
        )  # fmt: skip
    fit = f"{counted(least.racks, 'rack')} still {'fits' if least.racks == 1 else 'fit'}"
    quantity = REQUIREMENTS[least.name].quantity if least.name in REQUIREMENTS else ""
    if least.name == "source":
        quantity = "source_worst_use"
    elif least.name == "cdu":
        quantity = "heat_liquid_w"
    return Headline(
        "binding", "Binding limit", least.label, "", fit,
        "over" if least.use > 1 + 1e-9 else "near" if least.racks == 0 or least.use >= NEAR else "within",
        least.use, _fitting(room), tuple(filter(None, (quantity,))),
        least.name if least.name in REQUIREMENTS else "", worst_racks(of, least.measure),
    )  # fmt: skip


def _binding_requirement(of: Evaluation, broken: Quantity, room: Headroom) -> Headline:
    name = next((n for n, kind in REQUIREMENTS.items() if kind.quantity == broken.name), "")
    fit = (
        f"{share(broken.use)} of the limit"
        if broken.use is not None and broken.use < 1e6
        else "has none of it"
    )
    if broken.state == "over" and broken.sense == "most" and room.least is not None:
        fit = "broken, no rack fits"
    elif broken.state == "over":
        fit = f"{broken.text} of {show(broken.limit, broken.unit)}"
    lines = [f"{broken.label}: {broken.text}, limit {broken.limit_text}."]
    if room.rooms:
        lines.append(_fitting(room))
    measure = MEASURE_OF.get(broken.name, "")
    subjects = worst_racks(of, measure) if measure else worst_switches(of) if "oversub" in broken.name else ()
    label = REQUIREMENTS[name].label if name else broken.label
    return Headline(
        "binding", "Binding limit", label, "", fit, broken.state, broken.use, "\n".join(lines),
        (broken.name,), name, subjects,
    )  # fmt: skip


def _fitting(room: Headroom) -> str:
    lines = [
        "Racks that still fit = (limit - used) / one more rack, rounded down. The least binds. One more rack "
        f"is like the {number_text(room.placed)} placed of the kind with accelerators placed most."
    ]
    for r in room.rooms:
        lines.append(
            f"{r.label}: ({show(r.limit, r.unit)} - {show(r.used, r.unit)}) / {show(r.each, r.unit)} → "
            f"{number_text(r.racks)}"
        )
    return "\n".join(lines)

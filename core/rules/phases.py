"""Phases and banks of PDUs whose outlets state the conductors they take."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from core.rules.finding import Severity
from core.rules.outages import tried
from core.rules.rule import Marks, Missing, Yielded, rule
from core.rules.views import Design
from core.units import share

MOST_IMBALANCE = 0.2


@rule("power.bank_overload", Severity.ERROR, "Bank overloaded",
      reads=("devices", "brief", "power", "phases"), unit="A")  # fmt: skip
def bank_overload(design: Design) -> Iterator[Yielded]:
    """The outlets behind one breaker of a PDU take more than it may carry, normally or with a source lost.

    The breakers inside can be the limit and not the plug: a 50 A three-phase PDU with three banks of 20 A
    carries 9,984 W at 208 V, not 14.4 kW. Continuous load may use the share of the trip rating that the brief
    or its electrical code says, all of it where they say nothing.

    Source: Schneider Electric FAQ FA156194 on the AP8868; banks of the types.
    """
    found = design.of.phases
    for name in found.unknown:
        yield Missing(f"legs of some outlets of {name}")
    allowed = design.brief.continuous_share or 1.0
    limit = found.bank_rated_a * allowed
    at = np.flatnonzero(found.bank_worst_a > limit * (1 + 1e-9))
    yield Marks(
        "device",
        found.bank_device[at],
        lambda k: (
            f"bank {found.bank_name[at[k]]} carries {found.bank_worst_a[at[k]]:.1f} A "
            f"of {limit[at[k]]:.1f} A; move cords to another bank"
        ),
        found.bank_worst_a[at],
        limit[at],
    )


@rule("power.loss_bank", Severity.WARNING, "Bank overloaded when one element is lost",
      reads=("devices", "racks", "cables", "brief", "power", "loops", "phases"), unit="A")  # fmt: skip
def loss_bank(design: Design) -> Iterator[Yielded]:
    """With one PDU, busway, UPS or other element lost, a bank of another PDU takes more than it may carry.

    Banks that are overloaded normally, or with a whole source lost, are found by `power.bank_overload`.

    Source: banks of the types; power graph of the project; limits as in `power.bank_overload`.
    """
    found = design.of.phases
    if not len(found.bank_device):
        return
    lost = tried(design)
    if isinstance(lost, str):
        yield Missing(lost)
        return
    worst = design.of.phase_outages
    limit = found.bank_rated_a * (design.brief.continuous_share or 1.0)
    at = np.flatnonzero(
        (worst.bank_worst_a > limit * (1 + 1e-9)) & (found.bank_worst_a <= limit * (1 + 1e-9))
    )

    def text(k: int) -> str:
        row = at[k]
        device = lost.device[worst.bank_case[row]]
        what = f"a {design.type_names(device[None])[0]}" if device >= 0 else "a source"
        return (
            f"bank {found.bank_name[row]} carries {worst.bank_worst_a[row]:.1f} A of {limit[row]:.1f} A "
            f"when {what} is lost; move cords to another bank"
        )

    yield Marks("device", found.bank_device[at], text, worst.bank_worst_a[at], limit[at])


@rule("power.phase_imbalance", Severity.WARNING, "Phases unequal",
      reads=("devices", "brief", "power", "phases"), unit="")  # fmt: skip
def phase_imbalance(design: Design) -> Iterator[Yielded]:
    """The line currents of a three-phase PDU differ from their mean by more than a fifth of it.

    Only PDUs that carry at least a tenth of their rating: with a few cords nothing can be equal.

    Source: aim below 10 percent, warn above 20: house value, recalled.
    """
    found = design.of.phases
    rated, known = design.column("rated_w")
    load = design.of.power.normal.device_through_w
    is_used = ~known[found.device] | (load[found.device] >= 0.1 * rated[found.device])
    at = np.flatnonzero((found.imbalance > MOST_IMBALANCE) & is_used)

    def text(k: int) -> str:
        amps = ", ".join(f"{a:.1f}" for a in found.normal_a[at[k], :3])
        return f"L1, L2, L3 carry {amps} A, {share(float(found.imbalance[at[k]]))} off their mean; move cords"

    yield Marks("device", found.device[at], text, found.imbalance[at], np.full(len(at), MOST_IMBALANCE))

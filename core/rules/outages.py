"""What the loss of one element of power or cooling does, every element in turn."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from core.engine.outages import Outages, count_of_elements
from core.engine.ratings import ratings_w
from core.rules.finding import Severity
from core.rules.rule import Marks, Missing, Yielded, rule
from core.rules.views import Design
from core.rules.wording import watts

LIVE_ELEMENTS = 2_000
"""More than these are tried when a design is checked as a whole, not after every edit."""

_READS = ("devices", "racks", "cables", "brief", "power", "loops")


def tried(design: Design) -> Outages | str:
    """Return the cases, or why they were not tried."""
    number = count_of_elements(design.of)
    if not design.is_thorough and number > LIVE_ELEMENTS and "outages" not in vars(design.of):
        return f"the loss of each of {number:,} elements, tried by `cagenut check` and for the sheets"
    return design.of.outages


@rule("power.loss_overload", Severity.WARNING, "Overload when one element is lost",
      reads=_READS, unit="W")  # fmt: skip
def loss_overload(design: Design) -> Iterator[Yielded]:
    """With one UPS, busway, PDU, shelf or other element lost, what takes its load over exceeds its rating.

    What a lost element carried moves to the live feeders of the same consumers. Judged at maximum sustained
    power against the rating itself; feeders that are too small normally are found by `power.overload`, what
    the loss of a whole source does by `power.source_overload`.

    Source: power graph of the project; rated power of the types.
    """
    found = tried(design)
    if isinstance(found, str):
        yield Missing(found)
        return
    n = design.snap.n_devices
    at = np.flatnonzero((found.device >= 0) & (found.overloaded > 0) & (found.worst_node < n))
    limit = ratings_w(design.snap)[found.worst_node[at]]
    load = found.worst_share[at] * limit

    def text(k: int) -> str:
        (name,) = design.type_names(found.worst_node[at[k : k + 1]])
        number = int(found.overloaded[at[k]])
        others = f", and {number - 1} more" if number > 1 else ""
        return f"when it is lost, a {name} carries {watts(load[k])} of {watts(limit[k])}{others}"

    yield Marks("device", found.device[at], text, load, limit)


@rule("power.loss_busbar", Severity.WARNING, "Busbar short when one element is lost",
      reads=_READS, unit="W")  # fmt: skip
def loss_busbar(design: Design) -> Iterator[Yielded]:
    """With one shelf, tap-off or other element lost, the shelves that live are too small for a busbar.

    A busbar that is short normally, or when a whole source is lost, is found by `power.busbar_short` and
    `power.busbar_short_after_loss`.

    Source: rated power of the shelves; power graph of the project.
    """
    found = tried(design)
    if isinstance(found, str):
        yield Missing(found)
        return
    with_source = (design.of.power.busbar_short_w > 0).any(axis=0)
    is_new = ~np.append(with_source, False)[found.busbar_rack]
    at = np.flatnonzero((found.device >= 0) & (found.busbars_short > 0) & is_new)

    def text(k: int) -> str:
        number = int(found.busbars_short[at[k]])
        bars = "a busbar lacks" if number == 1 else f"{number:,} busbars lack up to"
        return f"when it is lost, {bars} {watts(found.busbar_short_w[at[k]])}; add shelves or cap the power"

    yield Marks("device", found.device[at], text, found.busbar_short_w[at], np.zeros(len(at)))


@rule("power.single_point", Severity.INFO, "Accelerators down with one element", reads=_READS)
def single_point(design: Design) -> Iterator[Yielded]:
    """The loss of one element of power or cooling takes accelerators: dead, uncooled or cut off.

    Right where the design accepts it; `safety.redundancy` makes an error of a lost source where the brief
    asks for two. Pumps, room units and switches are loads too, so what a panel takes comes with it.

    Source: power and coolant graph of the project.
    """
    found = tried(design)
    if isinstance(found, str):
        yield Missing(found)
        return
    lost = found.accelerators_lost
    at = np.flatnonzero((found.device >= 0) & (lost > 0))

    def text(k: int) -> str:
        row = at[k]
        parts = (
            (found.accelerators_dead[row], "without power"),
            (found.accelerators_uncooled[row], "uncooled"),
            (found.accelerators_cut[row], "cut off"),
        )
        words = ", ".join(f"{value:,.0f} {what}" for value, what in parts if value > 0)
        return f"when it is lost, {lost[row]:,.0f} accelerators are: {words}"

    yield Marks("device", found.device[at], text, lost[at], np.zeros(len(at)))

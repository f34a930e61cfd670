"""What is asked of the cords of racks, and what comes of it: each supply and its outlet, what it survives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from core.editing.laying.cord_schemes import Scheme
from core.editing.laying.cord_sides import Side
from core.editing.routes import counted
from core.model.records import Device
from core.model.types import CableType, DeviceType

Origin = Literal["nearest", "drawn", "sources"]
ORIGINS: dict[Origin, str] = {
    "nearest": "PDUs and tap-offs; the sources where none is drawn",
    "drawn": "PDUs and tap-offs only",
    "sources": "Straight from the sources",
}
"""What supplies are fed from, with the words for it."""
State = Literal["new", "kept", "misfit", "copy"]


class Choice(NamedTuple):
    """What is asked for.

    Attributes
    ----------
    sides : tuple of str, optional
        Keys of the sides that may be used; None for all there are.
    scheme : Scheme
    replace : bool
        Take the cords out that are there, instead of keeping them.
    origin : Origin
    """

    sides: tuple[str, ...] | None = None
    scheme: Scheme = "enough"
    replace: bool = False
    origin: Origin = "nearest"


class PlannedCord(NamedTuple):
    """One supply and how it is fed.

    Attributes
    ----------
    state : {"new", "kept", "misfit", "copy"}
        Fed by this plan; fed already and left so; not fed, for a reason; fed by the same cord of another
        copy of the drawing.
    side : Side, optional
    feeder, outlet : str
        Path and port; empty where a source feeds it straight.
    was : str
        What feeds it in the design as it is, in words.
    """

    device: str
    inlet: str
    connector: str
    state: State
    side: Side | None = None
    feeder: str = ""
    outlet: str = ""
    leg: str = ""
    bank: str = ""
    cable: CableType | None = None
    colour: str = ""
    reason: str = ""
    was: str = ""

    @property
    def at(self) -> tuple[str, str]:
        """Device and inlet."""
        return self.device, self.inlet


class Fate(NamedTuple):
    """How a device stands when a source or a side is lost.

    Attributes
    ----------
    counts : mapping of str to int
        Supplies by the name of their side, in order.
    fitted, needed : int
        Inlets, and how many of them it needs at maximum.
    left : mapping of str to int
        Inlets that live when a source is lost, by its id; those of sources that touch it.
    left_of_sides : mapping of str to int
        The same when all of a side is lost, what stands by for it too, by its name; sides with several
        sources, which are not lost at once, are left out.
    """

    device: str
    record: Device
    spec: DeviceType
    counts: Mapping[str, int]
    fitted: int
    needed: int
    left: Mapping[str, int]
    left_of_sides: Mapping[str, int]

    @property
    def fed(self) -> int:
        return sum(self.counts.values())

    @property
    def lost(self) -> tuple[str, ...]:
        """Ids of the sources, then names of the sides, without which it has too few supplies."""
        tables = (self.left, self.left_of_sides)
        return tuple(key for table in tables for key, live in table.items() if live < self.needed)

    @property
    def holds(self) -> bool:
        """Whether it runs on whichever one is lost."""
        return self.fed >= self.needed and not self.lost

    @property
    def pattern(self) -> str:
        """Supplies on each side: 2+2+2."""
        return "+".join(str(count) for count in self.counts.values()) or "none"


@dataclass(frozen=True)
class CordPlan:
    """What an edit does to the cords of racks; `fates` are of the design with it.

    Attributes
    ----------
    cords : tuple of PlannedCord
        Of all supplies that are selected, rack by rack.
    offered : tuple of Side
        What supplies can be spread over.
    fates : tuple of Fate
        Of the devices that draw power, not of the PDUs and shelves that pass it on.
    notes : tuple of str
        What is not corded, and why that is right.
    racks : int
    """

    cords: tuple[PlannedCord, ...] = ()
    offered: tuple[Side, ...] = ()
    fates: tuple[Fate, ...] = ()
    notes: tuple[str, ...] = ()
    racks: int = 0

    def of(self, state: State) -> tuple[PlannedCord, ...]:
        """Return the cords in a state."""
        return tuple(cord for cord in self.cords if cord.state == state)

    @property
    def feeders(self) -> tuple[str, ...]:
        """Paths of the PDUs and tap-offs that feed something selected, in order."""
        return tuple(dict.fromkeys(cord.feeder for cord in self.cords if cord.feeder))

    def moved(self, other: CordPlan) -> tuple[tuple[str, str], ...]:
        """Return the supplies that another plan feeds from another side."""
        there = {cord.at: cord.side for cord in other.cords}
        return tuple(c.at for c in self.cords if c.at in there and there[c.at] != c.side)


class Verdict(NamedTuple):
    """What alike devices survive, in words: `ok`, `error`, or `info` where nothing better can be had."""

    state: Literal["ok", "error", "info"]
    words: str


def verdicts(plan: CordPlan, names: Mapping[str, str]) -> list[Verdict]:
    """Say what survives the loss of each source, worst first; one sentence for all devices alike.

    Parameters
    ----------
    plan : CordPlan
    names : mapping of str to str
        Names of the sources by id.
    """
    alike: dict[tuple[object, ...], list[Fate]] = {}
    for fate in plan.fates:
        key = (fate.spec.id, tuple(fate.counts.values()), fate.fitted, fate.needed, _left(fate), fate.holds)
        alike.setdefault(key, []).append(fate)
    found = [_verdict(group, names) for group in alike.values()]
    return sorted(found, key=lambda each: ("error", "info", "ok").index(each.state))


def _left(fate: Fate) -> int:
    return min((*fate.left.values(), *fate.left_of_sides.values()), default=fate.fed)


def _verdict(group: Sequence[Fate], names: Mapping[str, str]) -> Verdict:
    fate = group[0]
    who = f"{len(group):,} × {fate.spec.name}"
    if not fate.fed:
        return Verdict("error", f"{who}: not fed")
    if fate.fed == fate.fitted == 1:
        on = " or ".join(dict.fromkeys(name for each in group for name in each.counts))
        return Verdict("info", f"{who}: one supply, on {on}; down without it")
    alike = len({tuple(each.counts) for each in group}) == 1
    over = ", ".join(fate.counts) if alike else f"{len(fate.counts)} sources each"
    how = f"{fate.pattern} over {over}" if len(fate.counts) > 1 else f"all {fate.fed} on {over}"
    if fate.fed < fate.needed:
        fed = f"{fate.fed} of {fate.fitted} supplies fed, {fate.needed} needed"
        return Verdict("error", f"{who}: {how}; {fed}")
    if fate.holds:
        left = f"{_left(fate)} of {fate.fed} supplies left, {fate.needed} needed"
        return Verdict("ok", f"{who}: {how} holds; {left} when any one is lost")
    table = {key: live for each in group for key, live in (*each.left_of_sides.items(), *each.left.items())}
    live = min(table[key] for each in group for key in each.lost)
    lost = {names.get(key, key) for each in group for key in each.lost if table[key] == live}
    said = " or ".join(sorted(lost))
    left = f"{live} of {fate.fed} supplies are left, {fate.needed} needed"
    return Verdict("error", f"{who}: {how} fails; without {said} {left}")


def summary(plan: CordPlan) -> str:
    """Return in a few words what is done."""
    fresh = plan.of("new")
    cords, feeds = sum(bool(c.feeder) for c in fresh), sum(not c.feeder for c in fresh)
    parts = []
    if cords:
        parts.append(f"{counted(cords, 'cord')} in {counted(plan.racks, 'rack')}" if plan.racks else
                     counted(cords, "cord"))  # fmt: skip
    if feeds:
        parts.append(f"{counted(feeds, 'inlet')} fed straight from the sources")
    if plan.of("kept"):
        parts.append(f"{len(plan.of('kept')):,} kept as they are")
    if plan.of("copy"):
        parts.append(f"{len(plan.of('copy')):,} drawn once with another copy")
    if plan.of("misfit"):
        parts.append(f"{len(plan.of('misfit')):,} cannot be fed")
    return "; ".join(parts) or "Nothing to cord"

"""What chosen elements of power and cooling cost when they fail together, in numbers and in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.editing.routes import counted
from core.engine.evaluation import Evaluation
from core.engine.outages import outages_of
from core.engine.ratings import limits_w
from core.model.project import Reader
from core.units import show

Rows = NDArray[np.int64]
State = Literal["failed", "dead", "uncooled", "cut", "short"]
STATES: tuple[State, ...] = ("failed", "dead", "uncooled", "cut", "short")
"""From the worst: a thing that is in several is told as the first of them."""


class Overload(NamedTuple):
    """A feeder above its rating that is not so normally."""

    node: int
    """Row of a device, n_devices + row of a rack for its busbar, or n_devices + n_racks + row of a source."""
    load_w: float
    rated_w: float


class Worst(NamedTuple):
    """The consequence to look at first."""

    path: str
    """Of the rack or device, from the block that is built; empty for a source."""
    words: str


@dataclass(frozen=True, eq=False)
class OutageCost:
    """What it costs that some devices and sources fail together, at maximum sustained power.

    Attributes
    ----------
    failed : ndarray of int64
        Rows of the devices that were failed.
    dead, uncooled, cut, short : ndarray of int64
        Rows of devices: without power (but for those failed); without their coolant or air; without a live
        switch; on fewer supplies than they need.
    accelerators_dead, accelerators_uncooled, accelerators_cut, accelerators : float
        The last is how many there are in all.
    rack_state : ndarray of int64, shape (n_racks,)
        Place in `STATES` of what most becomes of a rack, -1 where all goes on: dead where nothing that has
        power normally has it still, uncooled or cut off where something in it is, else short.
    rack_dead : ndarray of int64, shape (n_racks,)
        Devices without power in each rack, those failed included.
    rack_accelerators : ndarray, shape (n_racks,)
        Accelerators lost in each rack.
    busbars_short : int
    busbar_short_w : float
        By how much the worst of them [W].
    busbar_rack : int
        Row of the rack of that; -1 for none.
    overloads : tuple of Overload
        The worst first.
    links_lost : int
    """

    failed: Rows
    dead: Rows
    uncooled: Rows
    cut: Rows
    short: Rows
    accelerators_dead: float
    accelerators_uncooled: float
    accelerators_cut: float
    accelerators: float
    rack_state: Rows
    rack_dead: Rows
    rack_accelerators: NDArray[np.float64]
    busbars_short: int
    busbar_short_w: float
    busbar_rack: int
    overloads: tuple[Overload, ...]
    links_lost: int

    @property
    def accelerators_lost(self) -> float:
        return self.accelerators_dead + self.accelerators_uncooled + self.accelerators_cut

    def racks(self, state: State) -> Rows:
        """Return the rows of the racks in a state."""
        found: Rows = np.flatnonzero(self.rack_state == STATES.index(state))
        return found

    @property
    def device_states(self) -> Iterator[tuple[int, State]]:
        """Every device to which something happens, by row, with the worst of it."""
        told: set[int] = set()
        for state in STATES:
            for row in getattr(self, state).tolist():
                if row not in told:
                    told.add(row)
                    yield row, state


def cost_of(of: Evaluation, devices: Sequence[int], sources: Sequence[str]) -> OutageCost:
    """Return what it costs that devices (by row) and sources (by id) fail together.

    Sources that feed nothing are no part of the power graph and cost nothing.
    """
    snap, feeding = of.snapshot, of.power.feeding
    lost = [feeding.sources.index(source) for source in sources if source in feeding.sources]
    found = outages_of(of, [(list(devices), lost)])
    dead, uncooled, cut, short = (
        getattr(found, name)[[0]].indices.astype(np.int64) for name in ("dead", "uncooled", "cut", "short")
    )
    failed: Rows = np.array(sorted(devices), np.int64)
    each = snap.specs.accelerators().value[snap.device_spec]
    gone = np.concatenate([dead, uncooled, cut])
    return OutageCost(
        failed=failed,
        dead=np.setdiff1d(dead, failed),
        uncooled=uncooled,
        cut=cut,
        short=short,
        accelerators_dead=float(found.accelerators_dead[0]),
        accelerators_uncooled=float(found.accelerators_uncooled[0]),
        accelerators_cut=float(found.accelerators_cut[0]),
        accelerators=float(each[snap.device_spec > 0].sum()),
        rack_state=_rack_state(of, dead, uncooled, cut, short, found.busbar_rack),
        rack_dead=_by_rack(of, dead, None).astype(np.int64),
        rack_accelerators=_by_rack(of, gone, each),
        busbars_short=int(found.busbars_short[0]),
        busbar_short_w=float(found.busbar_short_w[0]),
        busbar_rack=int(found.busbar_rack[0]),
        overloads=_overloads(of, found.through_w[[0]].tocoo()),
        links_lost=int(found.links_lost[0]),
    )


def _by_rack(of: Evaluation, rows: Rows, weight: NDArray[np.float64] | None) -> NDArray[np.float64]:
    snap = of.snapshot
    rack = snap.device_rack[rows]
    inside = rack < snap.n_racks
    inside &= rack >= 0
    weights = None if weight is None else weight[rows[inside]]
    return np.bincount(rack[inside], weights=weights, minlength=snap.n_racks).astype(np.float64)


def _rack_state(
    of: Evaluation, dead: Rows, uncooled: Rows, cut: Rows, short: Rows, busbar: NDArray[np.int64]
) -> Rows:
    snap = of.snapshot
    normally = np.flatnonzero(
        of.power.normal.device_alive & (of.power.device_max_w > 0) & (snap.device_spec > 0)
    )
    has_power = _by_rack(of, normally, None)
    left = has_power - _by_rack(of, np.intersect1d(normally, dead), None)
    found = np.full(snap.n_racks, -1, np.int64)
    some = _by_rack(of, np.concatenate([short, np.intersect1d(normally, dead)]), None) > 0
    some[busbar[busbar >= 0]] = True
    found[some] = STATES.index("short")
    for state, rows in (("cut", cut), ("uncooled", uncooled)):
        found[_by_rack(of, rows, None) > 0] = STATES.index(state)
    found[(has_power > 0) & (left == 0)] = STATES.index("dead")
    return found


def _overloads(of: Evaluation, through: object) -> tuple[Overload, ...]:
    snap, feeding, normal = of.snapshot, of.power.feeding, of.power.normal
    limit = limits_w(snap, feeding)
    before = np.concatenate([normal.device_through_w, normal.busbar_w, normal.source_w])
    found = [
        Overload(int(node), float(load), float(limit[node]))
        for node, load in zip(through.coords[-1], through.data, strict=True)  # type: ignore[attr-defined]
        if load > max(limit[node], before[node]) * (1 + 1e-9)
    ]
    return tuple(sorted(found, key=lambda each: -each.load_w / each.rated_w))


def cost_words(reader: Reader, of: Evaluation, cost: OutageCost) -> list[str]:
    """Return what it costs, the worst first; what goes on as before is said as well."""
    lost = cost.accelerators_lost
    words = []
    if lost:
        parts = (
            (cost.accelerators_dead, "without power"),
            (cost.accelerators_uncooled, "uncooled"),
            (cost.accelerators_cut, "cut off"),
        )
        said = ", ".join(f"{number:,.0f} {what}" for number, what in parts if number)
        words.append(f"{lost:,.0f} of {cost.accelerators:,.0f} accelerators lost ({said})")
    draws = of.power.device_max_w[cost.dead] > 0
    partly = (cost.rack_state == STATES.index("short")) & (_by_rack(of, cost.dead[draws], None) > 0)
    for number, what in (
        (len(cost.racks("dead")), "dead"),
        (int(partly.sum()), "partly dead"),
        (len(cost.racks("uncooled")), "uncooled"),
        (len(cost.racks("cut")), "cut off"),
        (len(cost.racks("short")) - int(partly.sum()), "short of power"),
    ):
        if number:
            words.append(f"{counted(number, 'rack')} {what}")
    if draws.any():
        words.append(f"{counted(int(draws.sum()), 'device')} without power")
    if not draws.all():
        words.append(f"{counted(int((~draws).sum()), 'feeder')} dark")
    if len(cost.short):
        words.append(f"{counted(len(cost.short), 'device')} on too few supplies")
    if cost.busbars_short:
        lacking = show(cost.busbar_short_w, "W")
        words.append(f"{counted(cost.busbars_short, 'busbar')} short by up to {lacking}")
    if cost.overloads:
        first = cost.overloads[0]
        over = f"{first.load_w / first.rated_w:.0%}"
        name = _node_name(reader, of, first.node)
        words.append(f"{counted(len(cost.overloads), 'feeder')} overloaded ({name} at {over})")
    if cost.links_lost:
        words.append(f"{counted(cost.links_lost, 'link')} down")
    if not lost and cost.accelerators:
        words.insert(0, f"all {cost.accelerators:,.0f} accelerators run on")
    kind = np.array([spec.type.kind for spec in of.snapshot.specs.specs])[of.snapshot.device_spec]
    down = np.zeros(len(kind), bool)
    down[cost.dead] = down[cost.failed] = True
    if (down & (kind == "transformer")).any() and (~down & (kind == "generator")).any():
        words.append("with the generators running; until they do the batteries have to hold")
    return words or ["Everything runs on"]


def worst_of(reader: Reader, of: Evaluation, cost: OutageCost) -> Worst | None:
    """Return the consequence to look at first; None if there is none.

    The rack that loses most accelerators, else most devices; else a busbar that is short, the feeder that is
    overloaded most, a device on too few supplies.
    """
    snap = of.snapshot
    if cost.rack_accelerators.any():
        row = int(cost.rack_accelerators.argmax())
        lost = f"{cost.rack_accelerators[row]:,.0f} accelerators lost"
        return _rack(reader, of, row, lost)
    # What only passes power on and is dark for want of the source itself is no consequence to look at.
    loads = cost.dead[of.power.device_max_w[cost.dead] > 0]
    for rows, noun in ((loads, "without power"), (cost.uncooled, "uncooled"), (cost.cut, "cut off")):
        of_racks = _by_rack(of, rows, None)
        if of_racks.any():
            row = int(of_racks.argmax())
            return _rack(reader, of, row, f"{counted(int(of_racks[row]), 'device')} {noun}")
        if len(rows):
            path = snap.device_path(int(rows[0]))
            return Worst(path, f"{_named(reader, path)}: {noun}")
    if cost.busbar_rack >= 0:
        return _rack(reader, of, cost.busbar_rack, f"its busbar is short by {show(cost.busbar_short_w, 'W')}")
    if cost.overloads:
        first = cost.overloads[0]
        path = snap.device_path(first.node) if first.node < snap.n_devices else ""
        load = f"{show(first.load_w, 'W')} of {show(first.rated_w, 'W')}"
        return Worst(path, f"{_node_name(reader, of, first.node)}: {load}")
    if len(cost.short):
        path = snap.device_path(int(cost.short[0]))
        return Worst(path, f"{_named(reader, path)}: too few supplies live")
    return None


def _rack(reader: Reader, of: Evaluation, row: int, words: str) -> Worst:
    path = of.snapshot.rack_path(row)
    return Worst(path, f"{_named(reader, path)}: {words}")


def _node_name(reader: Reader, of: Evaluation, node: int) -> str:
    """Return what a node of the power graph is called."""
    snap = of.snapshot
    if node < snap.n_devices:
        return _named(reader, snap.device_path(node))
    if node < snap.n_devices + snap.n_racks:
        return f"busbar of {_named(reader, snap.rack_path(node - snap.n_devices))}"
    source = reader.sources.get(of.power.feeding.sources[node - snap.n_devices - snap.n_racks])
    return "a source" if source is None else f"source {source.name}"


def _named(reader: Reader, path: str) -> str:
    return " / ".join(reader.names_along(reader.top, path))

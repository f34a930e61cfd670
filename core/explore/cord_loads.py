"""What planned cords do to the PDUs, banks and lines they are on, by the engine, before they are laid."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.editing.laying.cord_plan import CordPlan
from core.engine.cabling import cabling
from core.engine.columns import Flags, Floats, sum_by
from core.engine.expansion import Expansion
from core.engine.phases import Outlets
from core.engine.power import Power, power
from core.engine.ratings import rating_w
from core.engine.snapshot import Snapshot
from core.engine.specs import LAYERS
from core.engine.stage import Results
from core.model.project import Project, Reader
from core.model.records import TABLES

MOST_CASES = 24
"""Sources and sides that are lost in turn; of more the first."""
LINES = ("L1", "L2", "L3")
_POWER = LAYERS.index("power")


class CordLoad(NamedTuple):
    """Load of a feeder, or of a bank or a line of it; watts for the whole, else amperes.

    Attributes
    ----------
    path : str
    part : str
        Empty for the whole, the name of a bank, or L1, L2, L3.
    before, after : float
        Nothing lost, in the design as it is and with the cords; NaN where it was not known.
    worst : float
        The most with any source or side lost.
    case : str
        Name of the one whose loss that is; empty if normal operation is the worst.
    rated : float
        NaN where the type does not tell.
    """

    path: str
    part: str
    before: float
    after: float
    worst: float
    case: str
    rated: float

    @property
    def unit(self) -> str:
        return "A" if self.part else "W"

    @property
    def is_over(self) -> bool:
        """Whether it is above its rating in normal operation or with something lost."""
        return bool(max(self.after, self.worst) > self.rated * (1 + 1e-9))


class Ordered(NamedTuple):
    """The cord that is ordered for a supply."""

    name: str
    length_m: float


@dataclass(frozen=True)
class CordLoads:
    """What the engine says of a plan.

    Attributes
    ----------
    loads : tuple of CordLoad
        Of the feeders of the plan, in its order: the whole, banks, lines.
    sources : tuple of CordLoad
        Of the sources, by id.
    ordered : mapping of (device, inlet) to Ordered
    """

    loads: tuple[CordLoad, ...]
    sources: tuple[CordLoad, ...]
    ordered: Mapping[tuple[str, str], Ordered]

    @property
    def over(self) -> tuple[CordLoad, ...]:
        """Those above their rating."""
        return tuple(load for load in (*self.sources, *self.loads) if load.is_over)


def snapshot_of(reader: Reader) -> Snapshot:
    """Return the snapshot of a project as an edit would leave it."""
    copy = Project()
    for table in TABLES:
        copy.load(table, list(reader.every(table)))
    return Expansion(copy).snapshot()


def cord_loads(before: Snapshot, after: Snapshot, plan: CordPlan, *, with_lengths: bool = True) -> CordLoads:
    """Return the loads of what a plan feeds from, before and after, and the cords that it orders.

    Parameters
    ----------
    before, after : Snapshot
        The design without the plan and with it.
    plan : CordPlan
    with_lengths : bool
        Measure the cords too.

    Notes
    -----
    At maximum sustained power. With a side lost all its feeders in the plan are dead; with a source lost
    what stands by for it takes over, as in `Feeding.flow`.
    """
    now, then = _State(before), _State(after)
    cases = _Cases(
        now.carried(np.zeros(now.drawn.feeding.n_nodes, bool)),
        then.carried(np.zeros(then.drawn.feeding.n_nodes, bool)),
        {name: then.carried(failed) for name, failed in _failures(then, plan)},
    )
    loads = [load for path in plan.feeders for load in _loads_of(path, now, then, cases)]
    ordered = _ordered(after, plan) if with_lengths else {}
    return CordLoads(tuple(loads), tuple(_sources(now, then, cases)), ordered)


class _Carried(NamedTuple):
    """A case: what nodes pass on [W], lines and banks of feeders that state their legs [A]."""

    through_w: Floats
    lines_a: Floats
    banks_a: Floats


class _Cases(NamedTuple):
    """The design as it is, with the plan, and with each source or side lost, by name."""

    before: _Carried
    after: _Carried
    lost: Mapping[str, _Carried]

    def load(
        self, path: str, part: str, before: float, pick: Callable[..., float], rated: float | None
    ) -> CordLoad:
        """Return a load, the worst case found."""
        after = pick(self.after)
        values = {name: pick(carried) for name, carried in self.lost.items()}
        case = max(values, key=lambda name: values[name], default="")
        if not case or values[case] <= after + 1e-9:
            return CordLoad(path, part, before, after, after, "", _known(rated))
        return CordLoad(path, part, before, after, values[case], case, _known(rated))


class _State:
    """A design while its feeders are looked at."""

    def __init__(self, snap: Snapshot) -> None:
        self.snap = snap
        self.drawn: Power = Results().of(power, snap)
        self.outlets = Outlets(snap)
        self.row = {int(device): k for k, device in enumerate(self.outlets.device)}
        self.volts = snap.brief.value("voltage_v")

    def device(self, path: str) -> int:
        """Return the row of a device; -1 if it is not there."""
        return self.snap.flat.device_row(path)

    def carried(self, failed: Flags) -> _Carried:
        """Return what feeders carry while some nodes are dead."""
        feeding, device_w = self.drawn.feeding, self.drawn.device_max_w
        n = feeding.n_nodes
        alive, through = feeding.flow_without(device_w, failed)
        weight = feeding.weight * alive[feeding.feeder]
        total = sum_by(feeding.consumer, weight, n)
        own = np.zeros(n)
        own[: feeding.n_devices] = np.where(alive[: feeding.n_devices], device_w, 0.0)
        asked = own + through / feeding.efficiency
        out = self.outlets
        share = feeding.cable_weight(out.consumer, out.feeder) * alive[out.feeder]
        lines, banks = out.currents(asked[out.consumer] * share / np.maximum(total[out.consumer], 1e-12))
        return _Carried(through, lines, banks)


def _failures(state: _State, plan: CordPlan) -> Iterator[tuple[str, Flags]]:
    """Yield what is lost, by name: every source, then every side that has one source or none."""
    feeding = state.drawn.feeding
    first = feeding.n_devices + feeding.n_racks
    named = {source.id: source.name or source.id for source in state.snap.brief.sources}
    for k, source in enumerate(feeding.sources[:MOST_CASES]):
        failed = np.zeros(feeding.n_nodes, bool)
        failed[first + k] = True
        yield f"source {named[source]}", failed
    sides: dict[str, list[str]] = {}
    for cord in plan.cords:
        if cord.feeder and cord.side is not None and "+" not in cord.side.key:
            sides.setdefault(cord.side.name, []).append(cord.feeder)
    for name, feeders in list(sides.items())[:MOST_CASES]:
        failed = np.zeros(feeding.n_nodes, bool)
        failed[[row for path in set(feeders) if (row := state.device(path)) >= 0]] = True
        yield f"side {name}", failed


def _loads_of(path: str, now: _State, then: _State, cases: _Cases) -> Iterator[CordLoad]:
    """Yield the loads of a feeder: the whole, its banks, its lines."""
    row, old = then.device(path), now.device(path)
    if row < 0:
        return
    spec = then.snap.specs.specs[int(then.snap.device_spec[row])].type
    before = float(cases.before.through_w[old]) if old >= 0 else 0.0
    yield cases.load(path, "", before, lambda of: float(of.through_w[row]), rating_w(spec, then.volts))
    at, was_at = then.row.get(row), now.row.get(old)
    if at is None:
        return
    old_banks = [0.0] * len(spec.banks)
    if was_at is not None:
        old_banks = cases.before.banks_a[now.outlets.bank_device == old].tolist()
    numbers = np.flatnonzero(then.outlets.bank_device == row).tolist()
    for bank, k, amperes in zip(spec.banks, numbers, old_banks, strict=True):
        yield cases.load(path, bank.name, amperes, lambda of, k=k: float(of.banks_a[k]), bank.rated_a)
    for k, line in enumerate(LINES):
        amperes = 0.0 if was_at is None else float(cases.before.lines_a[was_at, k])
        yield cases.load(path, line, amperes, lambda of, k=k: float(of.lines_a[at, k]), spec.rated_a)


def _sources(now: _State, then: _State, cases: _Cases) -> Iterator[CordLoad]:
    feeding, old = then.drawn.feeding, now.drawn.feeding
    for k, source in enumerate(feeding.sources):
        node = feeding.n_devices + feeding.n_racks + k
        before = 0.0
        if source in old.sources:
            place = old.n_devices + old.n_racks + old.sources.index(source)
            before = float(cases.before.through_w[place])
        record = then.snap.brief.source(source)
        capacity = None if record is None else record.capacity_w
        yield cases.load(source, "", before, lambda of, node=node: float(of.through_w[node]), capacity)


def _known(value: float | None) -> float:
    return float("nan") if not value else float(value)


def _ordered(snap: Snapshot, plan: CordPlan) -> dict[tuple[str, str], Ordered]:
    """Return part and length of every cord of the plan, as they are ordered."""
    laid = Results().of(cabling, snap)
    ports = snap.specs.ports
    devices = {snap.flat.device_row(cord.device): cord.device for cord in plan.cords if cord.feeder}
    rows = np.flatnonzero(snap.cable_layer == _POWER)
    found: dict[tuple[str, str], Ordered] = {}
    ends = ((snap.cable_a, snap.cable_port_a), (snap.cable_b, snap.cable_port_b))
    wanted: NDArray[np.int64] = np.array(sorted(devices), dtype=np.int64)
    for device, port in ends:
        mine = rows[np.isin(device[rows], wanted)]
        for row in mine.tolist():
            name = ports.names[int(ports.base[snap.device_spec[device[row]]] + port[row])]
            option = int(laid.cable_option[row])
            part = laid.options[option].name if option >= 0 else ""
            found[devices[int(device[row])], name] = Ordered(part, float(laid.cable_ordered_m[row]))
    return found

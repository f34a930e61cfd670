"""Elements of power and cooling lost, one by one or several at once, and all that goes with them.

Failures are coupled: pumps, CDUs, room units and switches are loads too, so one lost panel yields devices,
accelerators and links lost in one result.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.engine.columns import Floats, sum_by
from core.engine.outage_flow import Differences, OutageFlow, looked_up
from core.engine.power import supplies_of
from core.engine.ratings import limits_w

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from core.engine.evaluation import Evaluation
    from core.engine.snapshot import Snapshot

COOLING_KINDS = ("cdu", "air-handler", "rear-door", "heat-rejection")
_MANAGEMENT = ("out-of-band", "in-band")
_Case = tuple[Sequence[int], Sequence[int]]
"""Rows of devices and of sources that fail together."""


@dataclass(frozen=True, eq=False)
class Outages:
    """What each case costs at maximum sustained power; n_cases rows.

    Attributes
    ----------
    device, source : ndarray of int64, shape (n_cases,)
        Row of the first device failed, or of the first source of `Power.feeding.sources`; -1 for none.
    devices_dead : ndarray of int64, shape (n_cases,)
        Devices without power that have it normally, those failed included.
    supplies_short : ndarray of int64, shape (n_cases,)
        Devices that live on fewer supplies than they need at maximum.
    overloaded : ndarray of int64, shape (n_cases,)
        Feeders above their rating that are not so normally; shelves are judged by their busbar instead.
    worst_share : ndarray, shape (n_cases,)
        Load over rating of the feeder that is worst off of those whose load changes; 0 if none.
    worst_node : ndarray of int64, shape (n_cases,)
        That feeder: row of a device, or n_devices + n_racks + row of a source; -1 for none.
    busbars_short : ndarray of int64, shape (n_cases,)
        Busbars whose live shelves are too small.
    busbar_short_w : ndarray, shape (n_cases,)
        By how much the worst of them [W].
    busbar_rack : ndarray of int64, shape (n_cases,)
        The rack of that; -1 for none.
    links_lost : ndarray of int64, shape (n_cases,)
        Data links with an end in a dead device.
    accelerators_dead, accelerators_uncooled, accelerators_cut : ndarray, shape (n_cases,)
        Without power; with power but without their coolant or air; with both but without any live switch on
        the networks that are not for management.
    dead, short, uncooled, cut : csr_array of bool, shape (n_cases, n_devices)
        Short: lives on fewer supplies than it needs at maximum.
    through_w : csr_array, shape (n_cases, n_nodes)
        What a node passes on, where that is not as normally [W]; explicit zeros are kept.
    device_worst_w : ndarray, shape (n_devices,)
        The most a device passes on in any case or normally [W].
    device_worst_case : ndarray of int64, shape (n_devices,)
        The case of that; -1 for normal operation.
    """

    device: NDArray[np.int64]
    source: NDArray[np.int64]
    devices_dead: NDArray[np.int64]
    supplies_short: NDArray[np.int64]
    overloaded: NDArray[np.int64]
    worst_share: Floats
    worst_node: NDArray[np.int64]
    busbars_short: NDArray[np.int64]
    busbar_short_w: Floats
    busbar_rack: NDArray[np.int64]
    links_lost: NDArray[np.int64]
    accelerators_dead: Floats
    accelerators_uncooled: Floats
    accelerators_cut: Floats
    dead: csr_array
    short: csr_array
    uncooled: csr_array
    cut: csr_array
    through_w: csr_array
    device_worst_w: Floats
    device_worst_case: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.device)

    @property
    def accelerators_lost(self) -> Floats:
        """Dead, uncooled or cut off, shape (n_cases,)."""
        return self.accelerators_dead + self.accelerators_uncooled + self.accelerators_cut


def single_outages(of: Evaluation) -> Outages:
    """Return a case for every source, every device that passes power on, and every cooling device.

    Notes
    -----
    All cases at once, each only where it differs from normal operation (`outage_flow`): what a lost element
    carried moves to the live feeders of the same consumers, in the proportions of `Feeding`.
    """
    cases: list[_Case] = [((), (row,)) for row in range(len(of.power.feeding.sources))]
    cases += [((row,), ()) for row in _elements(of).tolist()]
    return outages_of(of, cases)


def count_of_elements(of: Evaluation) -> int:
    """Return how many cases `single_outages` has."""
    return len(of.power.feeding.sources) + len(_elements(of))


def _elements(of: Evaluation) -> NDArray[np.int64]:
    """Return the rows of the devices that pass power on or cool."""
    snap, feeding = of.snapshot, of.power.feeding
    cools = np.array([spec.type.kind in COOLING_KINDS for spec in snap.specs.specs])[snap.device_spec]
    is_element = cools & (snap.device_spec > 0)
    is_element[feeding.feeder[feeding.feeder < snap.n_devices]] = True
    return np.flatnonzero(is_element)


def outages_of(of: Evaluation, cases: Sequence[_Case]) -> Outages:
    """Return what chosen elements cost that fail together.

    Parameters
    ----------
    of : Evaluation
    cases : sequence of (device rows, source rows)
    """
    from scipy.sparse import csr_array  # late: takes half a second

    snap, feeding, n_cases = of.snapshot, of.power.feeding, len(cases)
    first_source = feeding.n_devices + feeding.n_racks
    nodes = [[*devices, *(first_source + row for row in sources)] for devices, sources in cases]
    case = np.repeat(np.arange(n_cases), [len(at) for at in nodes])
    node = np.array([k for at in nodes for k in at], dtype=np.int64)
    flow = OutageFlow(feeding, of.power.device_max_w)
    found = flow.differences(case, node, n_cases)
    shape = (n_cases, snap.n_devices)
    dead = _flags(*_devices(found, found.dead, snap.n_devices), shape)
    short = _flags(*_short(snap, found), shape)
    uncooled = _without(csr_array(of.loops.uncooled(dead), dtype=bool), dead)
    cut = _without(_without(_cut_off(of, dead), dead), uncooled)
    each = snap.specs.accelerators().value[snap.device_spec]
    busbar_short_w, busbar_rack = _worst(*(bars := _busbars(flow, found)), n_cases)
    over_case, share, at = _shares(of, flow, found)
    worst_share, worst_node = _worst(over_case, share, at, n_cases)
    over = share > np.maximum(_normal_share(of, flow)[at], 1.0) + 1e-9
    worst_w, worst_case = _device_worst(flow, found)
    load_case, load_node = found.split(found.loaded)
    return Outages(
        device=np.array([devices[0] if devices else -1 for devices, _ in cases], dtype=np.int64),
        source=np.array([sources[0] if sources else -1 for _, sources in cases], dtype=np.int64),
        devices_dead=np.diff(dead.indptr).astype(np.int64),
        supplies_short=np.diff(short.indptr).astype(np.int64),
        overloaded=np.bincount(over_case[over], minlength=n_cases).astype(np.int64),
        worst_share=worst_share,
        worst_node=worst_node,
        busbars_short=np.bincount(bars[0], minlength=n_cases).astype(np.int64),
        busbar_short_w=busbar_short_w,
        busbar_rack=busbar_rack,
        links_lost=_links_lost(of, dead),
        accelerators_dead=dead @ each,
        accelerators_uncooled=uncooled @ each,
        accelerators_cut=cut @ each,
        dead=dead,
        short=short,
        uncooled=uncooled,
        cut=cut,
        through_w=csr_array((found.through_w, (load_case, load_node)), (n_cases, feeding.n_nodes)),
        device_worst_w=worst_w,
        device_worst_case=worst_case,
    )


def _flags(case: NDArray[np.int64], device: NDArray[np.int64], shape: tuple[int, int]) -> csr_array:
    from scipy.sparse import csr_array

    return csr_array((np.ones(len(case), bool), (case, device)), shape, dtype=bool)


def _without(one: csr_array, other: csr_array) -> csr_array:
    """Return the flags of one matrix that another one has not."""
    found = (one > other).tocsr()
    found.eliminate_zeros()
    return found


def _devices(
    found: Differences, keys: NDArray[np.int64], n_devices: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    case, node = found.split(keys)
    is_device = node < n_devices
    return case[is_device], node[is_device]


def _short(snap: Snapshot, found: Differences) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return case and device of each device that lives on too few supplies."""
    each, wanted = supplies_of(snap)
    case, node = found.split(found.touched)
    at = np.flatnonzero(node < snap.n_devices)
    at = at[found.live[at] * each[node[at]] < wanted[node[at]] - 1e-9]
    return case[at], node[at]


def _normal_share(of: Evaluation, flow: OutageFlow) -> Floats:
    return np.nan_to_num(flow.through_w / limits_w(of.snapshot, flow.feeding))


def _shares(
    of: Evaluation, flow: OutageFlow, found: Differences
) -> tuple[NDArray[np.int64], Floats, NDArray[np.int64]]:
    """Return case, load over rating and node of the feeders whose load changes and whose rating is known."""
    case, node = found.split(found.loaded)
    share = found.through_w / limits_w(of.snapshot, flow.feeding)[node]
    known = ~np.isnan(share)
    return case[known], share[known], node[known]


def _worst(
    case: NDArray[np.int64], value: Floats, node: NDArray[np.int64], n_cases: int
) -> tuple[Floats, NDArray[np.int64]]:
    order = np.lexsort((value, case))
    last = np.flatnonzero(np.diff(case[order], append=-1) != 0)  # the largest of each case
    worst, at = np.zeros(n_cases), np.full(n_cases, -1, np.int64)
    worst[case[order[last]]], at[case[order[last]]] = value[order[last]], node[order[last]]
    return worst, at


def _busbars(flow: OutageFlow, found: Differences) -> tuple[NDArray[np.int64], Floats, NDArray[np.int64]]:
    """Return case, power lacking [W] and rack of each busbar that lost a shelf and is short."""
    feeding = flow.feeding
    case, node = found.split(found.touched)
    at = np.flatnonzero((node >= feeding.n_devices) & (node < feeding.n_devices + feeding.n_racks))
    if not len(at):
        return np.zeros(0, np.int64), np.zeros(0), np.zeros(0, np.int64)
    pair = found.touched[at]
    on_busbar = np.flatnonzero(
        (feeding.consumer >= feeding.n_devices) & (feeding.consumer < feeding.n_devices + feeding.n_racks)
    )
    dead_case, dead_node = found.split(found.dead)
    shelf = np.flatnonzero(np.isin(dead_node, feeding.feeder[on_busbar]))
    bar = np.full(feeding.n_nodes, -1, np.int64)
    bar[feeding.feeder[on_busbar]] = feeding.consumer[on_busbar]
    lost_key = dead_case[shelf] * found.n_nodes + bar[dead_node[shelf]]
    place = np.minimum(np.searchsorted(pair, lost_key), len(pair) - 1)
    mine = pair[place] == lost_key
    lost_w = sum_by(place[mine], feeding.rated_w[dead_node[shelf[mine]]], len(pair))
    rack = node[at] - feeding.n_devices
    normal = feeding.shelf_capacity_w(np.ones(feeding.n_nodes, bool))
    capacity = normal[rack] - lost_w
    demand = looked_up(found.loaded, found.through_w, pair, flow.through_w[node[at]])
    short = np.where(feeding.has_busbar[rack] & (capacity > 0), demand - capacity, 0.0)
    lacking = np.flatnonzero(short > 1e-6)
    return case[at[lacking]], short[lacking], rack[lacking]


def _device_worst(flow: OutageFlow, found: Differences) -> tuple[Floats, NDArray[np.int64]]:
    n = flow.feeding.n_devices
    case, node = found.split(found.loaded)
    mine = np.flatnonzero(node < n)
    worst, at = flow.through_w[:n].copy(), np.full(n, -1, np.int64)
    order = mine[np.lexsort((found.through_w[mine], node[mine]))]
    last = order[np.flatnonzero(np.diff(node[order], append=-1) != 0)]
    higher = last[found.through_w[last] > worst[node[last]] + 1e-9]
    worst[node[higher]], at[node[higher]] = found.through_w[higher], case[higher]
    return worst, at


def _links_lost(of: Evaluation, dead: csr_array) -> NDArray[np.int64]:
    """Return how many data links have an end in a dead device, for each case."""
    from scipy.sparse import csr_array

    snap = of.snapshot
    rows = np.flatnonzero(snap.cable_layer == 0)
    ends = np.concatenate([snap.cable_a[rows], snap.cable_b[rows]])
    n = snap.n_devices
    degree = np.bincount(ends, minlength=n).astype(np.float64)
    between = csr_array((np.ones(len(rows)), (snap.cable_a[rows], snap.cable_b[rows])), (n, n))
    # Each link counts at both its ends; those between two dead devices are counted once too often.
    twice = (dead @ between).multiply(dead).sum(axis=1)
    lost: NDArray[np.int64] = np.rint(dead @ degree - twice).astype(np.int64)
    return lost


def _cut_off(of: Evaluation, dead: csr_array) -> csr_array:
    """Return accelerators' devices all of whose data links, management apart, end at dead devices."""
    from scipy.sparse import csr_array

    snap = of.snapshot
    managing = {f.id for f in snap.brief.fabrics if f.role in _MANAGEMENT}
    of_fabric = np.array([name in managing for name in snap.fabrics] + [False])
    rows = np.flatnonzero((snap.cable_layer == 0) & ~of_fabric[snap.cable_fabric])
    has_accelerators = snap.specs.accelerators().value[snap.device_spec] > 0
    host = np.concatenate([snap.cable_a[rows], snap.cable_b[rows]])
    other = np.concatenate([snap.cable_b[rows], snap.cable_a[rows]])
    mine = has_accelerators[host]
    n = snap.n_devices
    degree = np.bincount(host[mine], minlength=n)
    joins = csr_array((np.ones(int(mine.sum())), (other[mine], host[mine])), (n, n))
    lost = (dead.astype(np.float64) @ joins).tocoo()
    gone = lost.data >= degree[lost.col] - 0.5
    return _flags(lost.row[gone], lost.col[gone], dead.shape)

"""What each feeder has left, what it keeps for failures, and what of the rest can be used at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.engine.columns import Flags, Floats, sum_by
from core.engine.outage_flow import Adjacent, Differences, Keys, OutageFlow, has_key, looked_up
from core.engine.ratings import BREAKER_KINDS, limits_w

if TYPE_CHECKING:
    from core.engine.evaluation import Evaluation
    from core.engine.snapshot import Snapshot


@dataclass(frozen=True, eq=False)
class NodeHeadroom:
    """Maximum sustained power at each node of `Power.feeding`; all of shape (n_nodes,).

    Attributes
    ----------
    limit_w : ndarray
        What it may pass on with nothing lost [W]; NaN where not known. A busbar: what all its shelves give.
    normal_w : ndarray
        What it passes on with nothing lost [W].
    left_w : ndarray
        What is left of the limit in the case that is worst for it [W]; below 0 where it is exceeded, NaN
        where the limit is not known.
    case : ndarray of int64
        That case of `Evaluation.outages`; -1 for nothing lost.
    usable_w : ndarray
        The most that can be added to what it passes on, before with any single element lost it or anything
        above it exceeds its limit [W]; NaN where no limit is known, and for what feeds nothing.
    bottleneck : ndarray of int64
        The node that is at its limit first; -1 where none is known.
    unrated : ndarray of bool
        It or something above it has no rating: `usable_w` is an upper bound then.
    """

    limit_w: Floats
    normal_w: Floats
    left_w: Floats
    case: NDArray[np.int64]
    usable_w: Floats
    bottleneck: NDArray[np.int64]
    unrated: Flags

    @property
    def kept_w(self) -> Floats:
        """What has to be kept free for the failure that is worst for it [W]."""
        found: Floats = self.limit_w - self.normal_w - self.left_w
        return found

    @property
    def stranded_w(self) -> Floats:
        """What is left in it and cannot be used, as something above is at its limit first [W]."""
        found: Floats = np.maximum(self.left_w, 0.0) - self.usable_w
        return np.maximum(found, 0.0)


def node_headroom_of(of: Evaluation) -> NodeHeadroom:
    """Return what each node of a design has left with any single element lost."""
    snap, feeding, outages = of.snapshot, of.power.feeding, of.outages
    limit = limits_w(snap, feeding)
    limit[: snap.n_devices] *= _continuous(snap)
    flow = OutageFlow(feeding, of.power.device_max_w)
    first_source = feeding.n_devices + feeding.n_racks
    node = np.where(outages.device >= 0, outages.device, first_source + outages.source)
    found = flow.differences(np.arange(len(node)), node, len(node))
    return node_headroom(flow, limit, found)


def node_headroom(flow: OutageFlow, limit_w: Floats, found: Differences) -> NodeHeadroom:
    """Return what each node has left in some cases.

    Parameters
    ----------
    flow : OutageFlow
    limit_w : ndarray, shape (n_nodes,)
        NaN where not known; that of busbars follows from their shelves.
    found : Differences
        The cases.

    Notes
    -----
    Losses are linear, so what a node carries of a watt added below it is a product of shares, found by going
    up from each node: with nothing lost against what is left in the worst case of all, and in each case that
    changes a share on the way against what is left in that. The former may understate what is usable where a
    case cuts a way, and never overstates it.
    """
    feeding = flow.feeding
    limit = limit_w.copy()
    passes = np.zeros(feeding.n_nodes, bool)
    passes[feeding.feeder] = True
    limit[~passes] = np.nan
    shelves = feeding.shelf_capacity_w(np.ones(feeding.n_nodes, bool))
    bars = feeding.n_devices + np.flatnonzero(feeding.has_busbar & (shelves > 0))
    limit[bars] = shelves[bars - feeding.n_devices]
    keys, left_of_key = _left_in_cases(limit, bars, flow, found)
    left, case = _least(limit - flow.through_w, keys, left_of_key)
    usable, bottleneck = _usable(limit, left, (keys, left_of_key), passes, flow, found)
    return NodeHeadroom(
        limit, flow.through_w, left, case, usable, bottleneck, _unrated(limit, passes, bars, flow)
    )


def _continuous(snap: Snapshot) -> Floats:
    """Return the share of its rating that each device may carry without end."""
    allowed = snap.brief.continuous_share or 1.0
    types = [spec.type for spec in snap.specs.specs]
    share = [allowed if t.kind in BREAKER_KINDS and not t.continuous else 1.0 for t in types]
    return np.array(share)[snap.device_spec]


def _left_in_cases(
    limit: Floats, bars: NDArray[np.int64], flow: OutageFlow, found: Differences
) -> tuple[Keys, Floats]:
    """Return keys of nodes whose load or limit is not as normally, and what is left of their limit [W]."""
    feeding, n = flow.feeding, found.n_nodes
    case, node = found.split(found.dead)
    at, edge = Adjacent(feeding.feeder, n).expand(node)
    of_bar = np.isin(feeding.consumer[edge], bars)
    at, edge = at[of_bar], edge[of_bar]
    lost, index = np.unique(case[at] * n + feeding.consumer[edge], return_inverse=True)
    lost_w = sum_by(index, feeding.rated_w[feeding.feeder[edge]], len(lost))
    keys: Keys = np.union1d(found.loaded, lost).astype(np.int64)
    keys = keys[~has_key(found.dead, keys)]
    node = keys % n
    load = looked_up(found.loaded, found.through_w, keys, flow.through_w[node])
    return keys, limit[node] - looked_up(lost.astype(np.int64), lost_w, keys) - load


def _least(normal: Floats, keys: Keys, left: Floats) -> tuple[Floats, NDArray[np.int64]]:
    """Return the least that is left at each node, and the case of that; -1 for nothing lost."""
    n = len(normal)
    least, case = normal.copy(), np.full(n, -1, np.int64)
    order = np.lexsort((left, keys % n))
    first = order[np.flatnonzero(np.diff(keys[order] % n, prepend=-1) != 0)]
    worse = first[left[first] < least[keys[first] % n] - 1e-9]
    least[keys[worse] % n], case[keys[worse] % n] = left[worse], keys[worse] // n
    return least, case


def _usable(
    limit: Floats,
    least: Floats,
    left: tuple[Keys, Floats],
    passes: Flags,
    flow: OutageFlow,
    found: Differences,
) -> tuple[Floats, NDArray[np.int64]]:
    """Return what can be added at each node, and what is at its limit first."""
    n = found.n_nodes
    normally = found.n_cases * n + np.flatnonzero(passes & flow.alive)
    start, at, part = _upward(np.concatenate([_changed(passes, flow, found), normally]), flow, found)
    case, node = start // n, start % n
    room = looked_up(*left, case * n + at, (limit - flow.through_w)[at])
    room = np.maximum(np.where(case == found.n_cases, least[at], room), 0.0) / part
    known = np.flatnonzero(~np.isnan(room))
    order = known[np.lexsort((room[known], node[known]))]
    first = order[np.flatnonzero(np.diff(node[order], prepend=-1) != 0)]
    usable, bottleneck = np.full(n, np.nan), np.full(n, -1, np.int64)
    usable[node[first]], bottleneck[node[first]] = room[first], at[first]
    return usable, bottleneck


def _changed(passes: Flags, flow: OutageFlow, found: Differences) -> Keys:
    """Return keys of what passes power on and lost a feeder, or hangs on something that did."""
    feeding, n = flow.feeding, found.n_nodes
    keys = found.touched[passes[found.touched % n]]
    for edges in feeding.levels:
        at, edge = Adjacent(feeding.feeder[edges], n).expand(keys % n)
        consumer = feeding.consumer[edges[edge]]
        lives = passes[consumer] & flow.alive[consumer]
        key: Keys = ((keys // n)[at] * n + consumer)[lives].astype(np.int64)
        keys = np.union1d(keys, key[~has_key(found.dead, key)]).astype(np.int64)
    return keys


def _upward(start: Keys, flow: OutageFlow, found: Differences) -> tuple[Keys, NDArray[np.int64], Floats]:
    """Return what everything above some nodes carries of one watt more there.

    Parameters
    ----------
    start : ndarray of int64, shape (n_start,)
        Keys; those of a case `n_cases` are of normal operation.

    Returns
    -------
    start : ndarray of int64
        Key of where the watt is added, one row for each node that carries some of it.
    at : ndarray of int64
        That node; the start itself comes with a part of 1.
    part : ndarray
    """
    feeding, n = flow.feeding, found.n_nodes
    pair: Keys = np.arange(len(start)) * n + start % n
    part = np.ones(len(start))
    done: list[tuple[Keys, Floats]] = []
    for number in range(len(feeding.levels), 0, -1):
        here = flow.level[pair % n] == number
        done.append((pair[here], part[here]))
        row, edge = flow.up.expand(pair[here] % n)
        first, node, feeder = pair[here][row] // n, pair[here][row] % n, feeding.feeder[edge]
        key = (start[first] // n) * n
        lives = flow.alive[feeder] & ~has_key(found.dead, key + feeder)
        total = looked_up(found.touched, found.total, key + node, flow.total[node])
        more = part[here][row] * feeding.weight[edge] / np.maximum(total, 1e-12) / feeding.efficiency[node]
        lives &= more > 1e-7  # what stands by carries some 1e-9
        both = np.concatenate([pair[~here], (first * n + feeder)[lives]])
        pair, index = np.unique(both, return_inverse=True)
        part = sum_by(index, np.concatenate([part[~here], more[lives]]), len(pair))
    done.append((pair, part))
    pair, part = (np.concatenate(column) for column in zip(*done, strict=True))
    return start[pair // n], pair % n, part


def _unrated(limit: Floats, passes: Flags, bars: NDArray[np.int64], flow: OutageFlow) -> Flags:
    """Tell which nodes have, or hang on, something without a rating; shelves answer by their busbar."""
    feeding = flow.feeding
    found = passes & np.isnan(limit)
    shelf = np.isin(feeding.consumer, bars)
    found[feeding.feeder[shelf]] = False
    for edges in feeding.levels:
        consumer, feeder = feeding.consumer[edges], feeding.feeder[edges]
        np.logical_or.at(found, consumer, found[feeder])
    return found

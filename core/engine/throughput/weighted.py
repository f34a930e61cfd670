"""Routing that splits by capacity over shortest ways, and sends less to where links have failed."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from core.engine.columns import Floats
from core.engine.throughput.arcs import FAR, Arcs, Hops, arcs_of
from core.engine.throughput.demand import Demand
from core.engine.throughput.load import Load, Progress, load_of
from core.engine.topology import Rows, Topology

AT_ONCE = 1 << 20
"""Values of one array worked on at a time: stays in the cache."""
METHOD = "weighted split over shortest ways"
AnyHops = Hops | NDArray[np.int8]


class Intact:
    """A network before anything failed: what each switch can carry one hop nearer to each destination.

    Parameters
    ----------
    topology : Topology
    targets : ndarray of int
        Switches with hosts, rising.
    """

    def __init__(self, topology: Topology, targets: Rows) -> None:
        self._topology, self.targets = topology, targets
        self.switches = np.flatnonzero(topology.is_switch)

    @cached_property
    def onward_gbps(self) -> Floats:
        """Of each switch toward each target, shape (s, t)."""
        arcs = arcs_of(self._topology, self.switches)
        hops, _ = arcs.layers(arcs.node[self.targets])
        capacity, every = arcs.lengths(arcs.gbps), np.full((arcs.n, len(self.targets)), np.inf)
        onward, _ = onward_of(capacity, hops, every)
        return onward[arcs.node[self.switches]]

    def of_nodes(self, arcs: Arcs, targets: Rows) -> Floats:
        """Return the same for the nodes of a network in which something failed, shape (n, t)."""
        node = arcs.node[self.switches]
        joined = csr_array((np.ones(len(node)), (node, np.arange(len(node)))), (arcs.n, len(node)))
        whole: Floats = joined @ self.onward_gbps[:, np.searchsorted(self.targets, targets)]
        return whole


def weighted(topology: Topology, demand: Demand, intact: Intact, progress: Progress | None = None) -> Load:
    """Return the load of weighted split over shortest ways.

    A switch sends what is for one destination to each next hop in proportion to the rate of the links to it
    and to the share of capacity toward the destination that is left there, of what it had before anything
    failed. It is what weighted multipath (WCMP) sets up for failed links, and near to what adaptive routing
    comes to under steady loads.
    """
    arcs = arcs_of(topology, demand.switches)
    capacity = arcs.lengths(arcs.gbps)
    between = demand.gbps.copy()
    np.fill_diagonal(between, 0.0)
    targets = np.flatnonzero(between.any(axis=0))
    used, unreachable = np.zeros(len(arcs)), demand.cut_gbps
    step = max(AT_ONCE // max(arcs.n, 1), 1)
    for first in range(0, len(targets), step):
        if progress is not None:
            progress(first, len(targets), "Destinations")
        some = demand.switches[targets[first : first + step]]
        sent = np.zeros((arcs.n, len(some)))
        sent[arcs.node[demand.switches]] = between[:, targets[first : first + step]]
        hops, _ = arcs.layers(arcs.node[some])
        lost = (hops == FAR) & (sent > 0)
        unreachable += float(sent[lost].sum())
        sent[lost] = 0.0
        onward, left = onward_of(capacity, hops, intact.of_nodes(arcs, some))
        used += _over(arcs, spread(capacity, sent, hops, onward, left), left, hops)
    flows = arcs.over_trunks(used * arcs.gbps, topology.capacity_gbps, arcs.gbps)
    return load_of(topology, demand, flows, unreachable, METHOD)


def onward_of(capacity: Any, hops: AnyHops, whole: Floats) -> tuple[Floats, Floats]:
    """Return the capacity of each node toward each target, and the share of it that is left.

    Parameters
    ----------
    capacity : matrix or stack of matrices, shape (..., n, n)
    hops : ndarray of int, shape (..., n, t)
        `FAR`, or the largest number there is, where there is no way.
    whole : ndarray, shape (n, t)
        What a node had; of infinite capacity all is left.

    Returns
    -------
    onward, left : ndarray, shape (..., n, t)
        1 at the targets.
    """
    onward, left = np.ones(hops.shape), np.ones(hops.shape)
    level, here = 1, hops == 1
    full = np.isinf(whole) | (whole <= 0)
    had = np.where(full, 1.0, whole)
    while here.any():
        reached = capacity @ np.where(hops == level - 1, left, 0.0)
        onward = np.where(here, reached, onward)
        left = np.where(here & ~full, np.minimum(reached / had, 1.0), left)
        level, here = level + 1, hops == level + 1
    return onward, left


def spread(capacity: Any, sent: Floats, hops: AnyHops, onward: Floats, left: Floats) -> Floats:
    """Return what nodes send on for each unit of capacity and share left; `sent` is used up."""
    most = int(hops.max(where=hops < min(FAR, np.iinfo(hops.dtype).max), initial=0))
    for level in range(most, 1, -1):
        each = np.where(hops == level, sent / onward, 0.0)
        sent += np.where(hops == level - 1, (capacity @ each) * left, 0.0)
    sent[hops == 0] = 0.0
    sent /= onward
    return sent


def _over(arcs: Arcs, each: Floats, left: Floats, hops: Hops) -> Floats:
    """Return the utilisation of each arc."""
    used = np.zeros(len(arcs))
    step = max(AT_ONCE // max(each.shape[1], 1), 1)
    for first in range(0, len(arcs), step):
        tail, head = arcs.tail[first : first + step], arcs.head[first : first + step]
        leads = np.where(hops[tail] - hops[head] == 1, left[head], 0.0)
        used[first : first + step] = np.einsum("kd,kd->k", each[tail], leads)
    return used

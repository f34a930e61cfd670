"""Routings that switches really do: equal split over shortest ways, and over ways one hop longer."""

from __future__ import annotations

import numpy as np

from core.engine.columns import Floats
from core.engine.throughput.arcs import FAR, Arcs, Hops, arcs_of
from core.engine.throughput.demand import Demand
from core.engine.throughput.load import Load, Progress, load_of
from core.engine.topology import Topology

AT_ONCE = 1 << 20
"""Values of one array worked on at a time: stays in the cache."""


def ecmp(topology: Topology, demand: Demand, progress: Progress | None = None) -> Load:
    """Return the load of equal-split routing over shortest ways.

    A switch sends what is for one destination in equal shares over all its links that lead one hop nearer:
    per next link, not per path, whatever the rates of the links. Exact for the graph as it is; the fluid
    model knows no collisions of large flows and no polarised hashing.

    Examples
    --------
    Two leafs with two hosts of 400G each, and one link of 400G between them:

    >>> from core.engine.throughput.traffic import permutation
    >>> from core.engine.topology import topology_of
    >>> from core.fabrics.weave import Weave
    >>> weave = Weave("pair")
    >>> for k in (1, 2):
    ...     _ = weave.add("", f"leaf-{k}", "leaf", 1, slots=4, slot_gbps=400)
    ...     _ = weave.add("", f"host-{k}", "host", 0, slots=2, slot_gbps=400, gpus=8)
    ...     weave.join(f"host-{k}", [0, 1], f"leaf-{k}", [0, 1], 400)
    >>> weave.join("leaf-1", [2], "leaf-2", [2], 400)
    >>> pair = topology_of(weave.graph())
    >>> ecmp(pair, permutation(pair)).throughput.value
    0.5
    """
    return _split(topology, demand, False, "equal split over shortest ways", progress)


def one_more_hop(topology: Topology, demand: Demand, progress: Progress | None = None) -> Load:
    """Return the load of equal-split routing over ways at most one hop longer than the shortest.

    Once on its way traffic may take a link to a switch as far from the destination. Until it has, a switch
    splits equally over all links that lead nearer or keep the distance; after that over those that lead
    nearer, as `ecmp`. In Clos networks no link keeps the distance, and both are the same.
    """
    return _split(topology, demand, True, "equal split, one more hop", progress)


def _split(
    topology: Topology,
    demand: Demand,
    longer: bool,
    method: str,
    progress: Progress | None,
) -> Load:
    arcs = arcs_of(topology, demand.switches)
    between = demand.gbps.copy()
    np.fill_diagonal(between, 0.0)
    targets = np.flatnonzero(between.any(axis=0))
    flow, unreachable = np.zeros(len(arcs)), demand.cut_gbps
    step = max(AT_ONCE // max(arcs.n, 1), 1)
    for first in range(0, len(targets), step):
        if progress is not None:
            progress(first, len(targets), "Destinations")
        some = targets[first : first + step]
        sent = np.zeros((arcs.n, len(some)))
        sent[arcs.node[demand.switches]] = between[:, some]
        hops, nearer = arcs.layers(arcs.node[demand.switches[some]])
        lost = (hops == FAR) & (sent > 0)
        unreachable += float(sent[lost].sum())
        sent[lost] = 0.0
        flow += _longer(arcs, sent, hops, nearer) if longer else shortest_flow(arcs, sent, hops, nearer)
    flows = arcs.over_trunks(flow, topology.count.astype(np.float64), arcs.links)
    return load_of(topology, demand, flows, unreachable, method)


def _most(hops: Hops) -> int:
    return int(hops.max(where=hops < FAR, initial=0))


def shortest_flow(arcs: Arcs, sent: Floats, hops: Hops, nearer: Floats) -> Floats:
    """Return the flow of each arc; `sent` is used up."""
    for level in range(_most(hops), 1, -1):
        a_link = np.where(hops == level, sent / nearer, 0.0)
        sent += np.where(hops == level - 1, arcs.adjacency @ a_link, 0.0)
    sent[hops == 0] = 0.0
    sent /= nearer
    return arcs.links * _over(arcs, sent, hops, 1)


def _longer(arcs: Arcs, sent: Floats, hops: Hops, nearer: Floats) -> Floats:
    """Return the flow of each arc: `sent` may still take a longer way, `bound` has taken one."""
    bound = np.zeros_like(sent)
    ways = nearer.copy()
    for level in range(_most(hops), 0, -1):
        here, below = hops == level, hops == level - 1
        ways[here] += (arcs.adjacency @ here.astype(np.float64))[here]
        a_link = np.where(here, sent / ways, 0.0)
        given = arcs.adjacency @ a_link
        sent += np.where(below, given, 0.0)
        bound += np.where(here, given, 0.0)
        bound += np.where(below, arcs.adjacency @ np.where(here, bound / nearer, 0.0), 0.0)
    sent[hops == 0] = 0.0
    bound[hops == 0] = 0.0
    sent /= ways
    bound /= nearer
    bound += sent
    return arcs.links * (_over(arcs, bound, hops, 1) + _over(arcs, sent, hops, 0))


def _over(arcs: Arcs, a_link: Floats, hops: Hops, nearer_by: int) -> Floats:
    """Return what each arc gets of the flow per link at its tail, where it leads so much nearer."""
    flow = np.zeros(len(arcs))
    step = max(AT_ONCE // max(a_link.shape[1], 1), 1)
    for first in range(0, len(arcs), step):
        tail, head = arcs.tail[first : first + step], arcs.head[first : first + step]
        leads = hops[tail] - hops[head] == nearer_by
        flow[first : first + step] = np.einsum("kd,kd->k", a_link[tail], leads)
    return flow

"""Which failures are alike: classes of devices and trunks by colour refinement."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.engine.failures.cases import Failure
from core.engine.throughput.arcs import FAR, arcs_of
from core.engine.throughput.load import Load
from core.engine.topology import Rows, Topology

DIGITS = 6
"""Loads that agree to so many digits are taken for equal."""
MOST = 1 << 23
"""Switches x leafs up to which shortest ways are counted."""
AT_ONCE = 1 << 20


def classes_of(topology: Topology, load: Load, cases: Sequence[Failure]) -> Rows:
    """Return the class of each case: equal where colours say that nothing tells them apart.

    Notes
    -----
    Colour refinement (1-WL): devices begin with one colour for each kind and number of accelerators, switches
    also by how many shortest ways of what length lead to the leafs; then a colour is split wherever devices
    differ in the colours of their neighbours and the trunks to them, until none is. Trunks are told apart by
    rate, number of links and load in each direction. Symmetric cases are in one class. The other way round
    holds for networks built of equal tiers, not for every graph.
    """
    colour, edge = colours(topology, load)
    n = int(colour.max(initial=0)) + 1
    wide = int(edge.max(initial=0)) + 1
    ends = np.stack([colour[topology.a] * wide + edge[0], colour[topology.b] * wide + edge[1]])
    low, high = ends.min(axis=0), ends.max(axis=0)
    trunk = (low * n * wide + high).tolist()
    of_device = colour.tolist()
    known: dict[tuple[object, ...], int] = {}
    found = []
    for case in cases:
        key = (
            case.kind,
            tuple(sorted(of_device[row] for row in case.devices)),
            tuple(sorted((trunk[row], lost) for row, lost in case.links)),
            of_device[case.at] if case.at >= 0 else -1,
        )
        found.append(known.setdefault(key, len(known)))
    return np.array(found, np.int64)


def colours(topology: Topology, load: Load) -> tuple[Rows, Rows]:
    """Return the colour of each device, and of each trunk as seen from either end, shape (2, m)."""
    edge = _of_trunks(topology, load)
    ends, others = np.concatenate([topology.a, topology.b]), np.concatenate([topology.b, topology.a])
    order = np.argsort(ends, kind="stable")
    ends, others, seen = ends[order], others[order], edge.reshape(-1)[order]
    first = np.flatnonzero(np.append(True, np.diff(ends) != 0)) if len(ends) else ends
    wide = np.uint64(int(edge.max(initial=0)) + 1)
    plain = np.stack([topology.is_switch.astype(np.float64), topology.accelerators], axis=1)
    _, colour = np.unique(plain, axis=0, return_inverse=True)
    _, colour = np.unique(_mixed(colour.reshape(-1).astype(np.uint64)) + _ways(topology), return_inverse=True)
    colour = colour.reshape(-1).astype(np.int64)
    while True:
        before = int(colour.max(initial=0))
        around = np.zeros(len(topology), np.uint64)
        if len(first):
            met = _mixed(colour[others].astype(np.uint64) * wide + seen.astype(np.uint64))
            around[ends[first]] = np.add.reduceat(met, first)
        _, colour = np.unique(_mixed(around) + _mixed(colour.astype(np.uint64)), return_inverse=True)
        colour = colour.reshape(-1).astype(np.int64)
        if int(colour.max(initial=0)) <= before:
            return colour, edge


def _ways(topology: Topology) -> NDArray[np.uint64]:
    """Return a number for each device that tells switches apart by their shortest ways to the leafs."""
    switches = np.flatnonzero(topology.is_switch)
    found = np.zeros(len(topology), np.uint64)
    flip = topology.is_switch[topology.a]
    at = np.where(flip, topology.a, topology.b)
    mixed = topology.is_switch[topology.a] != topology.is_switch[topology.b]
    leafs = np.unique(at[mixed])
    if not len(leafs) or len(switches) * len(leafs) > MOST:
        return found
    arcs = arcs_of(topology, switches)
    step = max(AT_ONCE // arcs.n, 1)
    for first in range(0, len(leafs), step):
        targets = arcs.node[leafs[first : first + step]]
        hops, _ = arcs.layers(targets)
        count = np.zeros(hops.shape)
        count[targets, np.arange(len(targets))] = 1.0
        for level in range(1, int(hops.max(where=hops < FAR, initial=0)) + 1):
            leading = arcs.adjacency @ np.where(hops == level - 1, count, 0.0)
            count[hops == level] = leading[hops == level]
        each = _mixed(_mixed(count.view(np.uint64)) + hops.astype(np.uint64))
        found[switches] += each.sum(axis=1, dtype=np.uint64)[arcs.node[switches]]
    return found


def _of_trunks(topology: Topology, load: Load) -> Rows:
    flows = np.stack([load.forward_gbps, load.backward_gbps])
    scale = float(flows.max(initial=0.0)) or 1.0
    flows = np.round(flows / scale, DIGITS)
    each = [
        np.stack([topology.gbps, topology.count, out, into], axis=1) for out, into in (flows, flows[::-1])
    ]
    _, edge = np.unique(np.concatenate(each), axis=0, return_inverse=True)
    return edge.reshape(2, -1).astype(np.int64)


def _mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return numbers that look random: sums of them tell multisets apart (splitmix64)."""
    x = values + np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))

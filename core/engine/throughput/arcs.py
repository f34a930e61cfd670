"""The switches of a topology as a directed graph, as small as it can be without changing any result."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from core.engine.columns import Floats
from core.engine.topology import Rows, Topology

Hops = NDArray[np.int16]
FAR = 1 << 14
"""Hop distance of what cannot be reached."""


@dataclass(frozen=True, eq=False)
class Arcs:
    """Directed links between switches: all links from one to another are one arc, both ways have one.

    Switches without traffic of their own that have the same links to the same neighbours are one node: any
    flow can be shared equally among them, and equal split does so. That changes no throughput and no load.

    Attributes
    ----------
    node : ndarray of int64, shape (n_devices,)
        Node of each switch, -1 for hosts.
    n : int
        Nodes.
    tail, head : ndarray of int64, shape (k,)
    links : ndarray, shape (k,)
        How many links an arc stands for.
    gbps : ndarray, shape (k,)
        Their rate together.
    """

    topology: Topology
    node: Rows
    n: int
    tail: Rows
    head: Rows
    links: Floats
    gbps: Floats

    def __len__(self) -> int:
        return len(self.tail)

    @cached_property
    def adjacency(self) -> csr_array:
        """Links between nodes, shape (n, n), symmetric."""
        return csr_array((self.links, (self.tail, self.head)), (self.n, self.n))

    @cached_property
    def parts(self) -> Rows:
        """Number of the connected part of each node."""
        _, part = connected_components(self.adjacency, directed=False)
        return np.asarray(part, np.int64)

    def lengths(self, length: Floats) -> csr_array:
        """Return positive lengths of the arcs as a matrix, shape (n, n)."""
        return csr_array((length, (self.tail, self.head)), (self.n, self.n))

    def distances(self, targets: Rows) -> NDArray[np.int64]:
        """Return hops between some switches, shape (t, t); `FAR` where there is no way."""
        nodes = self.node[targets]
        return self.layers(nodes)[0][nodes].astype(np.int64)

    def layers(self, targets: Rows) -> tuple[Hops, Floats]:
        """Return hops from each node to each target node, and the links that lead one hop nearer.

        Returns
        -------
        hops : ndarray of int16, shape (n, t)
            `FAR` where there is no way.
        nearer : ndarray, shape (n, t)
            1 where there is no next hop: at the target, and where it cannot be reached.
        """
        width = len(targets)
        hops = np.full((self.n, width), FAR, np.int16)
        nearer = np.ones((self.n, width))
        hops[targets, np.arange(width)] = 0
        level, edge = 0, hops == 0
        while edge.any():
            level += 1
            leading = self.adjacency @ edge.astype(np.float64)
            edge = (leading > 0) & (hops == FAR)
            hops[edge] = level
            nearer[edge] = leading[edge]
        return hops, nearer

    def over_trunks(self, flow: Floats, weight: Floats, arc_weight: Floats) -> Floats:
        """Return the flow of arcs shared over the trunks they stand for by weight, shape (m, 2)."""
        topology = self.topology
        flows = np.zeros((len(topology.a), 2))
        key = self.tail * self.n + self.head  # sorted: see `arcs_of`
        row = _inner(topology)
        a, b = self.node[topology.a[row]], self.node[topology.b[row]]
        for way, wanted in ((0, a * self.n + b), (1, b * self.n + a)):
            arc = np.searchsorted(key, wanted)
            flows[row, way] = flow[arc] * weight[row] / arc_weight[arc]
        return flows


def arcs_of(topology: Topology, keep: Rows) -> Arcs:
    """Return the arcs of a topology.

    Parameters
    ----------
    keep : ndarray of int
        Switches with traffic of their own: they stay nodes of their own.
    """
    inner = _inner(topology)
    is_kept = np.zeros(len(topology), bool)
    is_kept[keep] = True
    node = np.where(topology.is_switch, np.cumsum(topology.is_switch) - 1, -1)
    n = int(topology.is_switch.sum())
    kept = is_kept[topology.is_switch]
    ends = node[topology.a[inner]], node[topology.b[inner]]
    weights = topology.count[inner].astype(np.float64), topology.capacity_gbps[inner]
    tail, head = np.concatenate(ends), np.concatenate(ends[::-1])
    links, gbps = (np.tile(weight, 2) for weight in weights)
    tail, head, links, gbps = _joined(n, tail, head, links, gbps)
    while True:
        label = _twins(n, kept, tail, head, links, gbps)
        fewer = int(label.max(initial=-1)) + 1
        if fewer == n:
            break
        merged = np.zeros(fewer, bool)
        merged[label] = kept
        node = np.where(node >= 0, label[node], -1)
        n, kept = fewer, merged
        tail, head, links, gbps = _joined(n, label[tail], label[head], links, gbps)
    return Arcs(topology, node, n, tail, head, links, gbps)


_Joined = tuple[Rows, Rows, Floats, Floats]


def _inner(topology: Topology) -> Rows:
    """Return the trunks between switches that carry anything."""
    joins = topology.is_switch[topology.a] & topology.is_switch[topology.b] & (topology.a != topology.b)
    return np.flatnonzero(joins & (topology.capacity_gbps > 0))


def _joined(n: int, tail: Rows, head: Rows, links: Floats, gbps: Floats) -> _Joined:
    """Return arcs between the same nodes as one, sorted by tail and head."""
    key, at = np.unique(tail * n + head, return_inverse=True)
    links, gbps = (np.bincount(at, weight, len(key)).astype(np.float64) for weight in (links, gbps))
    return key // max(n, 1), key % max(n, 1), links, gbps


def _twins(n: int, kept: NDArray[np.bool_], tail: Rows, head: Rows, links: Floats, gbps: Floats) -> Rows:
    """Return a label per node, the same for nodes that are not kept and have the same arcs."""
    start = np.searchsorted(tail, np.arange(n + 1)).tolist()
    row = np.stack([head.astype(np.float64), links, gbps], axis=1)
    known: dict[bytes, int] = {}
    label = np.arange(n, dtype=np.int64)
    for k in np.flatnonzero(~kept).tolist():
        label[k] = known.setdefault(row[start[k] : start[k + 1]].tobytes(), k)
    _, label = np.unique(label, return_inverse=True)
    return label.astype(np.int64)

"""Which hosts still reach others after a failure, by the meaning of `core.engine.fabric_loss`."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from core.engine.columns import Flags, Floats
from core.engine.topology import Rows, Topology

MOST_PARTS = 62
"""Parts of the switches that fit the bits of a machine number."""


class Hosts:
    """The hosts of a topology and the ways they have into it.

    Devices that forward and have accelerators (nodes of a torus) are hosts on themselves.

    Attributes
    ----------
    rows : ndarray of int64, shape (h,)
        Devices of the topology, rising.
    of, trunk, place : ndarray of int64, shape (k,)
        Ways in: the host (index into `rows`, rising), its trunk, and the switch at the other end. Nodes that
        forward are on themselves, by no trunk (-1). Of two hosts joined directly the place is the trunk, from
        the number of devices on.
    weight : ndarray, shape (h,)
        Accelerators; 1 for each where no host has any.
    inner : ndarray of int64
        Trunks between devices that forward.
    """

    def __init__(self, topology: Topology) -> None:
        self.topology = topology
        forwards, n = topology.is_switch, len(topology)
        self.rows = np.flatnonzero(~forwards | (topology.accelerators > 0)).astype(np.int64)
        trunks = np.arange(len(topology.a))
        device, trunk, place = [], [], []
        for ends, others in ((topology.a, topology.b), (topology.b, topology.a)):
            up = np.flatnonzero(~forwards[ends])
            device.append(ends[up])
            trunk.append(trunks[up])
            place.append(np.where(forwards[others], others, n + trunks)[up])
        both = self.rows[forwards[self.rows]]
        device.append(both)
        trunk.append(np.full(len(both), -1))
        place.append(both)
        every = np.concatenate(device)
        order = np.argsort(every, kind="stable")
        self.of = np.searchsorted(self.rows, every[order]).astype(np.int64)
        self.trunk = np.concatenate(trunk)[order].astype(np.int64)
        self.place = np.concatenate(place)[order].astype(np.int64)
        self.first = np.flatnonzero(np.diff(self.of, prepend=-1))
        self.are_plain = bool((self.trunk >= 0).all() and (self.place < n).all())
        own = topology.accelerators[self.rows]
        self.weight: Floats = own if own.any() else np.ones(len(self.rows))
        self.inner = np.flatnonzero(forwards[topology.a] & forwards[topology.b])

    def parts(self, left: Rows) -> Rows:
        """Return the connected part of the switches that each device is in, shape (n,)."""
        n, inner = len(self.topology), self.inner[left[self.inner] > 0]
        a, b = self.topology.a[inner], self.topology.b[inner]
        graph = csr_array((np.ones(len(a), np.int8), (a, b)), (n, n))
        return np.asarray(connected_components(graph, directed=False)[1], np.int64)

    def ways(self, left: Rows) -> Flags:
        """Tell which ways in are left, shape (k,)."""
        return np.append(left, 1)[self.trunk] > 0

    def switches_with_hosts(self, left: Rows, part: Rows) -> Flags:
        """Tell which switches are in a part with hosts, shape (n,)."""
        place = self.place[self.ways(left) & (self.place < len(part))]
        there = np.zeros(int(part.max(initial=0)) + 1, bool)
        there[part[place]] = True
        return there[part] & self.topology.is_switch


class Standing:
    """Who reaches whom with so many links left: hosts on a common part of the switches."""

    def __init__(self, hosts: Hosts, left: Rows, part: Rows) -> None:
        has = hosts.ways(left)
        pairs = len(hosts.topology.a)  # two hosts joined directly are a part of their own
        part_of = np.append(part, int(part.max(initial=0)) + 1 + np.arange(pairs))
        values, number = np.unique(part_of[hosts.place[has]], return_inverse=True)
        if len(values) <= MOST_PARTS:
            bits = np.zeros(len(has), np.int64)
            bits[has] = np.int64(1) << number.reshape(-1)
            of_host = np.zeros(len(hosts.rows), np.int64)
            if len(has):
                of_host[hosts.of[hosts.first]] = np.bitwise_or.reduceat(bits, hosts.first)
            kinds, at = np.unique(of_host, return_inverse=True)
            self._meet = (kinds[:, None] & kinds) != 0
        else:
            wide = [0] * len(hosts.rows)
            for host, k in zip(hosts.of[has].tolist(), number.reshape(-1).tolist(), strict=True):
                wide[host] |= 1 << k
            known = {its: k for k, its in enumerate(dict.fromkeys(wide))}
            at = np.array([known[its] for its in wide], np.int64)
            self._meet = np.array([[bool(its & other) for other in known] for its in known])
        self._at = at.reshape(-1)

    def reached(self, among: Flags) -> Rows:
        """Return how many others of `among`, shape (h,), each of these reaches, shape (h,); else 0."""
        many = np.bincount(self._at[among], minlength=len(self._meet))
        found = (self._meet.astype(np.int64) @ many)[self._at] - self._meet.diagonal()[self._at]
        return np.asarray(np.where(among, found, 0), np.int64)

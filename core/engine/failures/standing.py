"""Which hosts still reach others after a failure, by the meaning of `core.engine.fabric_loss`."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from core.engine.columns import Flags, Floats
from core.engine.reach import Reach, reach_of
from core.engine.topology import Rows, Topology

MOST_PARTS = 62
"""Parts of the switches that fit the bits of a number; with more the slower way is taken."""


class Hosts:
    """The hosts of a topology and their trunks.

    Attributes
    ----------
    rows : ndarray of int64, shape (h,)
        Devices of the topology.
    trunk, of, switch : ndarray of int64, shape (k,)
        Trunks between hosts and switches, the hosts they are of (index into `rows`, rising) and the switches.
    weight : ndarray, shape (h,)
        Accelerators; 1 for each where no host has any.
    """

    def __init__(self, topology: Topology) -> None:
        self.topology = topology
        self.rows = np.flatnonzero(~topology.is_switch).astype(np.int64)
        flip = topology.is_switch[topology.a]
        host, switch = (
            np.where(flip, topology.b, topology.a),
            np.where(flip, topology.a, topology.b),
        )
        mine = np.flatnonzero(~topology.is_switch[host] & topology.is_switch[switch])
        mine = mine[np.argsort(host[mine], kind="stable")]
        self.trunk, self.switch = mine.astype(np.int64), switch[mine].astype(np.int64)
        self.of = np.searchsorted(self.rows, host[mine]).astype(np.int64)
        both = ~topology.is_switch[topology.a] & ~topology.is_switch[topology.b]
        self.are_joined_directly = bool(both.any())
        own = topology.accelerators[self.rows]
        self.weight: Floats = own if own.any() else np.ones(len(self.rows))
        self.inner = np.flatnonzero(topology.is_switch[topology.a] & topology.is_switch[topology.b])

    def parts(self, left: Rows) -> Rows:
        """Return the connected part of the switches that each device is in, shape (n,)."""
        n, inner = len(self.topology), self.inner[left[self.inner] > 0]
        a, b = self.topology.a[inner], self.topology.b[inner]
        graph = csr_array((np.ones(len(a), np.int8), (a, b)), (n, n))
        return np.asarray(connected_components(graph, directed=False)[1], np.int64)

    def standing(self, left: Rows, part: Rows) -> Standing:
        """Return who reaches whom with so many links left of each trunk."""
        return Standing(self, left, part)

    @cached_property
    def first(self) -> Rows:
        return np.flatnonzero(np.append(True, np.diff(self.of) != 0)) if len(self.of) else self.of


class Standing:
    """Who reaches whom: hosts on a common part of the switches."""

    def __init__(self, hosts: Hosts, left: Rows, part: Rows) -> None:
        self._hosts, self._parts = hosts, np.zeros(len(hosts.rows), np.int64)
        self._slow: Reach | None = None
        has = left[hosts.trunk] > 0
        its = part[hosts.switch]
        values, number = np.unique(its[has], return_inverse=True)
        if len(values) > MOST_PARTS or hosts.are_joined_directly:
            net, there = hosts.topology, left > 0
            self._slow = reach_of(net.a[there], net.b[there], net.is_switch)
        elif len(hosts.of):
            bits = np.zeros(len(its), np.int64)
            bits[has] = np.int64(1) << number.reshape(-1)
            self._parts[hosts.of[hosts.first]] = np.bitwise_or.reduceat(bits, hosts.first)
        kinds, at = np.unique(self._parts, return_inverse=True)
        self._kinds, self._at = kinds, at.reshape(-1)

    def reached(self, among: Flags) -> Rows:
        """Return how many others of `among`, shape (h,), each host reaches; shape (h,)."""
        if self._slow is not None:
            rows = self._hosts.rows
            wanted = np.zeros(len(self._hosts.topology), bool)
            wanted[rows[among]] = True
            found = np.zeros(len(rows), np.int64)
            found[among] = self._slow.counts(rows[among], wanted)
            return found
        many = np.bincount(self._at[among], minlength=len(self._kinds))
        counts = ((self._kinds[:, None] & self._kinds) != 0).astype(np.int64) @ many
        own = among & (self._parts != 0)
        return np.asarray(np.where(among, counts[self._at] - own, 0), np.int64)

"""Many failures of a small network at once: all-to-all over shortest ways on stacks of dense matrices.

The same as `all_to_all` with `ecmp` or `weighted` for each; a stack of cases goes through each step in one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from core.engine.columns import Flags, Floats
from core.engine.failures.cases import Failure, left_after
from core.engine.failures.outcome import Baseline, Outcome
from core.engine.throughput.demand import ports_of
from core.engine.throughput.traffic import all_to_all
from core.engine.throughput.weighted import onward_of, spread
from core.engine.topology import Rows

MOST = 300_000
"""Switches x switches x leafs up to which dense matrices are the faster way."""
VALUES = 1 << 19
"""Values of one array of a stack: stays near the cache."""
HIGHEST = 64
"""Cases of a stack, so that progress is seen."""
FAR = 127
Hops: TypeAlias = NDArray[np.int8]
NOTHING = 1e-9
"""Share of its own rate below which a port has no one to send to."""


class _Solved(NamedTuple):
    """For each case of a stack: throughput, rate each host sends, part of each switch."""

    throughput: Floats
    sent: Floats
    part: Rows


class Dense:
    """The matrices of a network; `outcomes` measures failures on copies of them."""

    def __init__(self, baseline: Baseline) -> None:
        self._baseline = baseline
        net, hosts = baseline.topology, baseline.hosts
        self._switch = np.flatnonzero(net.is_switch)
        number = np.cumsum(net.is_switch) - 1
        self.n, self._inner = len(self._switch), hosts.inner
        self._a, self._b = number[net.a[self._inner]], number[net.b[self._inner]]
        self._links = np.zeros((self.n, self.n))
        self._links[self._a, self._b] = self._links[self._b, self._a] = net.count[self._inner]
        self._rate = np.ones((self.n, self.n))
        self._rate[self._a, self._b] = self._rate[self._b, self._a] = net.gbps[self._inner]
        sends = np.zeros(len(net), bool)
        sends[ports_of(net).host] = True
        self._leafs, at = np.unique(number[hosts.place], return_inverse=True)
        self._leaf = at.reshape(-1)
        gbps = np.where(sends[hosts.rows[hosts.of]], net.gbps[hosts.trunk], 0.0)
        self._own = np.zeros((len(self._leafs), len(hosts.rows)))
        np.add.at(self._own, (self._leaf, hosts.of), gbps * net.count[hosts.trunk])
        self._gbps = gbps

    @staticmethod
    def fits(baseline: Baseline) -> bool:
        """Tell whether a network is one for dense matrices: small, all-to-all, no pair at two rates."""
        net = baseline.topology
        inner = baseline.hosts.inner
        pairs = net.a[inner] * len(net) + net.b[inner]
        n, leafs = int(net.is_switch.sum()), len(np.unique(baseline.hosts.place))
        small = 0 < n * n * leafs <= MOST and baseline.hosts.are_plain
        plain = len(np.unique(pairs)) == len(pairs) and bool((net.a != net.b).all())
        return baseline.traffic is all_to_all and small and plain and bool((net.gbps > 0).all())

    @property
    def at_once(self) -> int:
        """Cases of one stack."""
        each = max(self.n, len(self._leafs)) * max(self.n, len(self._leafs), self._own.shape[1])
        return min(max(VALUES // each, 1), HIGHEST)

    def outcomes(self, failures: Sequence[Failure]) -> Iterator[Outcome]:
        """Measure failures; pass no more than `at_once`."""
        states = [left_after(self._baseline.topology, failure) for failure in failures]
        left = np.stack([state[0] for state in states])
        found = self._solve(left)
        part = np.full((len(failures), len(self._baseline.topology)), -1, np.int64)
        part[:, self._switch] = found.part
        for k, failure in enumerate(failures):
            t = float(found.throughput[k])
            yield self._baseline.judged(failure, left[k], states[k][1], part[k], found.sent[k], t)

    def _solve(self, left: Rows) -> _Solved:
        cases = len(left)
        links = np.tile(self._links, (cases, 1, 1))
        links[:, self._a, self._b] = links[:, self._b, self._a] = left[:, self._inner]
        own = self._ports(left)
        by_rate = self._baseline.split == "weighted"
        weight = links * self._rate if by_rate else links
        hops, nearer = _layers(weight, self._leafs)
        joined = (hops[:, self._leafs] < FAR).astype(np.float64)
        demand, sent = _all_to_all(own, joined)
        amount = np.zeros(hops.shape)
        amount[:, self._leafs] = demand
        passing = np.ones(hops.shape)
        if by_rate:
            nearer, passing = onward_of(weight, hops, self._baseline.intact.onward_gbps)
        used = _used(weight, hops, spread(weight, amount, hops, nearer, passing), passing)
        load = used if by_rate else used / self._rate
        most = load.reshape(cases, -1).max(axis=1, initial=0.0)
        t = np.divide(1.0, most, out=np.full(cases, np.inf), where=most > 0)
        near = hops < FAR
        part = np.where(near.any(axis=2), near.argmax(axis=2), np.arange(self.n) + len(self._leafs))
        return _Solved(t, sent, part)

    def _ports(self, left: Rows) -> Floats:
        """Return the rate of each host at each leaf, (cases, leafs, hosts)."""
        hosts = self._baseline.hosts
        own = np.tile(self._own, (len(left), 1, 1))
        gone = self._baseline.topology.count[hosts.trunk] - left[:, hosts.trunk]
        case, at = np.nonzero(gone)
        np.subtract.at(own, (case, self._leaf[at], hosts.of[at]), gone[case, at] * self._gbps[at])
        own[own < NOTHING] = 0.0
        return own


def _layers(weight: Floats, leafs: Rows) -> tuple[Hops, Floats]:
    """Return hops from each switch to each leaf, and the weight that leads nearer; (cases, n, leafs)."""
    shape = (*weight.shape[:2], len(leafs))
    hops, nearer = np.full(shape, FAR, np.int8), np.ones(shape)
    hops[:, leafs, np.arange(len(leafs))] = 0
    level, edge = 0, hops == 0
    while edge.any() and level < FAR - 1:
        level += 1
        leading = weight @ edge.astype(np.float64)
        edge = (leading > 0) & (hops == FAR)
        hops[edge] = level
        nearer[edge] = leading[edge]
    return hops, nearer


def _used(weight: Floats, hops: Hops, each: Floats, passing: Floats) -> Floats:
    """Return what a unit of weight between two switches carries, (cases, n, n)."""
    used = np.zeros(weight.shape)
    for level in range(int(hops.max(where=hops < FAR, initial=0)), 0, -1):
        here, below = np.where(hops == level, each, 0.0), np.where(hops == level - 1, passing, 0.0)
        used += here @ below.transpose(0, 2, 1)
    used[weight == 0] = 0.0
    return used


def _all_to_all(own: Floats, joined: Floats) -> tuple[Floats, Floats]:
    """Return the demand between leafs and what each host sends, of stacks; see `traffic.all_to_all`.

    Parameters
    ----------
    own : ndarray, shape (cases, leafs, hosts)
    joined : ndarray, shape (cases, leafs, leafs)
        1 where switches join two leafs.
    """
    rate = own.sum(axis=2)
    others = (joined @ rate[:, :, None]) - joined @ own
    talks: Flags = (own > 0) & (others > NOTHING * own)
    weight = np.divide(own, others, out=np.zeros_like(own), where=talks)
    demand = weight.sum(axis=2)[:, :, None] * rate[:, None, :] - weight @ own.transpose(0, 2, 1)
    demand = np.maximum(demand, 0.0) * joined
    leafs = np.arange(demand.shape[1])
    demand[:, leafs, leafs] = 0.0
    return demand, np.where(talks, own, 0.0).sum(axis=1)

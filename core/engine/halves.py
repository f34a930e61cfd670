"""A network cut into two halves of its hosts: what crosses, the best cut for given halves, and bounds."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.engine.columns import Floats
from core.engine.throughput.load import Progress
from core.engine.topology import Rows, Topology

LARGEST = 1 << 29
"""Capacities are whole numbers below this in the search for a least cut."""


@dataclass(frozen=True, eq=False)
class Halves:
    """A network as what is cut: switches, and hosts by what they hang on.

    Attributes
    ----------
    a, b : ndarray of int64, shape (m,)
        Switches that trunks join.
    gbps : ndarray, shape (m,)
        Rate of each trunk.
    hosts : ndarray of int64, shape (g,)
        Hosts of each group. Where a network has none, every switch counts as one that cannot be parted from
        it.
    links : ndarray, shape (g, s)
        Rate of one host of each group to each switch.
    """

    a: Rows
    b: Rows
    gbps: Floats
    hosts: Rows
    links: Floats

    @property
    def switches(self) -> int:
        return len(self.links[0]) if len(self.links) else 0

    @property
    def half(self) -> int:
        """Hosts of the smaller half."""
        hosts: int = int(self.hosts.sum())
        return hosts // 2

    def cut(self, side: NDArray[np.bool_], there: Rows) -> float:
        """Return the rate across: switches on side 1, and hosts of each group there."""
        across = side[self.a] != side[self.b]
        at_one = self.links @ side
        whole = self.links.sum(axis=1)
        return float(
            self.gbps[across].sum() + ((whole - at_one) * there + at_one * (self.hosts - there)).sum()
        )

    def best_hosts(self, side: NDArray[np.bool_]) -> Rows:
        """Return how many hosts of each group are best on side 1, half of all together."""
        gain = self.links.sum(axis=1) - 2 * (self.links @ side)
        return self.filled(np.argsort(gain, kind="stable"))

    def filled(self, order: NDArray[np.integer]) -> Rows:
        """Return hosts of each group on side 1: groups in an order, as far as half of the hosts go."""
        its = self.hosts[order]
        there = np.zeros_like(self.hosts)
        there[order] = np.clip(self.half - (np.cumsum(its) - its), 0, its)
        return there

    def best_switches(self, there: Rows) -> NDArray[np.bool_]:
        """Return the switches on side 1 of the least cut for given halves of the hosts (maximum flow)."""
        from scipy.sparse import csr_array
        from scipy.sparse.csgraph import breadth_first_order, maximum_flow

        s = self.switches
        to_one, to_zero = self.links.T @ there, self.links.T @ (self.hosts - there)
        node = np.arange(s)
        ends = np.concatenate([self.a, self.b, np.full(s, s), node])
        others = np.concatenate([self.b, self.a, node, np.full(s, s + 1)])
        rate = np.concatenate([self.gbps, self.gbps, to_one, to_zero])
        unit = max(float(rate.max(initial=1.0)) / LARGEST, _unit(rate))
        capacity = np.round(rate / unit).astype(np.int32)
        graph = csr_array((capacity, (ends, others)), shape=(s + 2, s + 2))
        graph.sum_duplicates()
        left = graph - maximum_flow(graph, s, s + 1).flow
        left.data = np.maximum(left.data, 0)
        left.eliminate_zeros()
        side = np.zeros(s + 2, bool)
        side[breadth_first_order(left, s, return_predecessors=False)] = True
        return side[:s]


def _unit(rate: Floats) -> float:
    whole = np.round(rate[rate > 0] * 1000).astype(np.int64)
    return float(np.gcd.reduce(whole)) / 1000 if len(whole) else 1.0


def halves_of(net: Topology) -> Halves:
    """Return a topology as what is cut into halves."""
    number = np.cumsum(net.is_switch) - 1
    n = int(net.is_switch.sum())
    inner = net.is_switch[net.a] & net.is_switch[net.b]
    a, b = number[net.a[inner]], number[net.b[inner]]
    rate = net.capacity_gbps
    if net.is_switch.all():
        return Halves(a, b, rate[inner], np.ones(n, np.int64), np.eye(n) * (rate.sum() + 1.0))
    wires: dict[int, dict[int, float]] = {}
    for low, high, gbps in zip(net.a.tolist(), net.b.tolist(), rate.tolist(), strict=True):
        for host, switch in ((low, high), (high, low)):
            if not net.is_switch[host] and net.is_switch[switch]:
                its = wires.setdefault(host, {})
                its[int(number[switch])] = its.get(int(number[switch]), 0.0) + gbps
    kinds = Counter(tuple(sorted(its.items())) for _, its in sorted(wires.items()))
    links = np.zeros((len(kinds), n))
    for k, kind in enumerate(kinds):
        for switch, gbps in kind:
            links[k, switch] = gbps
    return Halves(a, b, rate[inner], np.array(list(kinds.values()), np.int64), links)


def least_by_trying(net: Halves, progress: Progress | None = None) -> float:
    """Return the least rate across any two halves, by trying all 2**(s - 1) sides of s switches."""
    s = net.switches
    trunks = np.zeros((s, s))
    np.add.at(trunks, (net.a, net.b), net.gbps)
    trunks = trunks + trunks.T
    degree, whole = trunks.sum(axis=1), net.links.sum(axis=1)
    total = int(net.hosts.sum())
    best, step = np.inf, 1 << 14
    for first in range(0, 1 << max(s - 1, 0), step):
        if progress is not None:
            progress(first, 1 << max(s - 1, 0), "Trying all cuts")
        codes = np.arange(first, min(first + step, 1 << max(s - 1, 0)))
        side = ((codes[:, None] >> np.arange(s)) & 1).astype(np.float64)
        across = side @ degree - ((side @ trunks) * side).sum(axis=1)
        at_one = side @ net.links.T
        gain = whole - 2 * at_one
        order = np.argsort(gain, axis=1)
        its = net.hosts[order]
        before = np.cumsum(its, axis=1) - its
        ordered = np.take_along_axis(gain, order, axis=1)
        for half in {total // 2, total - total // 2}:  # the last switch is on side 0: either may be larger
            moved = (ordered * np.clip(half - before, 0, its)).sum(axis=1)
            best = min(best, float((across + at_one @ net.hosts + moved).min()))
    return best


def spectral_bound(net: Halves) -> tuple[float, Floats]:
    """Return a rate that no cut into halves falls below, and the order of the groups along the second mode.

    Notes
    -----
    For x = -1, 1 on the hosts and any values on the switches the cut is at least x L x / 4, hence
    lambda_2 |A| |B| / n, with lambda_2 of the Laplacian after the switches are eliminated [1]_.

    References
    ----------
    .. [1] M. Fiedler, "Algebraic connectivity of graphs", Czechoslovak Math. J. 23, 1973.
    """
    g, s = net.links.shape
    laplacian = np.zeros((s, s))
    np.add.at(laplacian, (net.a, net.b), -net.gbps)
    laplacian = laplacian + laplacian.T
    wired = net.links.T * net.hosts
    np.fill_diagonal(laplacian, -laplacian.sum(axis=1) + wired.sum(axis=1))
    whole = net.links.sum(axis=1)
    # Parts of the network without hosts would leave the matrix singular.
    laplacian[np.diag_indices(s)] += 1e-12 * max(float(laplacian.diagonal().max()), 1.0)
    inside = np.linalg.solve(laplacian, wired)
    reduced = np.diag(whole * net.hosts) - wired.T @ inside
    scale = 1 / np.sqrt(net.hosts)
    values, vectors = np.linalg.eigh(reduced * scale[:, None] * scale)
    second = values[1] if g > 1 else np.inf
    alone = whole[net.hosts > 1].min(initial=np.inf)  # between hosts that hang on the same
    n, half = int(net.hosts.sum()), net.half
    low = min(second, alone)
    order = vectors[:, 1] * scale if g > 1 else scale
    return (max(float(low), 0.0) * half * (n - half) / n if np.isfinite(low) else 0.0), order

"""Distances in a network, all of them and exact: switches between switches, hosts and accelerators.

Breadth-first search from many sources at once: each node keeps one bit for each source that reaches it, 64 to
a word, and one step joins the words of its neighbours. A step costs links x sources / 64 word operations.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.engine.columns import Flags, Floats, sum_by
from core.engine.reach import parts_of
from core.engine.topology import Rows, Topology

SOURCES = 1024
"""Sources of one pass: a row of 128 bytes a node, so that a pass stays in the cache."""
MANY = 256
"""Nodes with more neighbours are joined one by one."""
Words = NDArray[np.uint64]


@dataclass(frozen=True)
class Hops:
    """Switches on the shortest way between two hosts.

    Attributes
    ----------
    most : int
        Largest number of switches between two hosts that reach each other; 0 if there are no pairs.
    mean : float
        Mean over pairs of hosts.
    pairs : tuple of int
        Pairs of accelerators by the switches between them; the first are those in one host. Hosts count as
        one accelerator each where none of them has any.
    """

    most: int
    mean: float
    pairs: tuple[int, ...] = ()

    @property
    def accelerator_mean(self) -> float:
        """Mean number of switches between two accelerators that reach each other."""
        total = sum(self.pairs)
        return sum(k * count for k, count in enumerate(self.pairs)) / total if total else 0.0


def components(a: NDArray[np.integer[Any]], b: NDArray[np.integer[Any]], n: int) -> int:
    """Return the number of connected components of a graph of n nodes with edges a-b.

    Examples
    --------
    >>> components(np.array([0, 2]), np.array([1, 3]), 5)
    3
    """
    return len(np.unique(parts_of(a, b, n)))


def switch_distances(topology: Topology) -> NDArray[np.int16]:
    """Return the links on the shortest way between all pairs of switches, over switches alone.

    Returns
    -------
    ndarray of int16, shape (s, s)
        In the order in which the switches stand in the topology; -1 where there is no way.
    """
    a, b, n = _between_switches(topology)
    kind, (a, b, kinds) = _merged_twins(a, b, np.ones(n, bool))
    beside = _Beside(a, b, kinds)
    result = np.zeros((kinds, kinds), np.int16)
    for low in range(0, kinds, SOURCES):
        its = slice(low, min(low + SOURCES, kinds))
        width = its.stop - low
        missing = np.zeros((kinds, width), np.int16)
        last = np.zeros((kinds, width), np.uint8)
        for words in beside.steps(np.arange(low, its.stop), np.arange(width), width):
            last = np.unpackbits(words.view(np.uint8), axis=1, count=width, bitorder="little")
            missing += last ^ 1
        result[:, its] = np.where(last, missing, -1)
    if kinds == n:
        return result
    apart = result[:, kind][kind]
    twins = np.flatnonzero(np.bincount(kind)[kind] > 1)
    for k in np.unique(kind[twins]).tolist():
        its_rows = twins[kind[twins] == k]
        apart[np.ix_(its_rows, its_rows)] = 2
    np.fill_diagonal(apart, 0)
    return apart


def hops_between(topology: Topology) -> Hops:
    """Return how many switches lie between hosts; hosts do not forward.

    Notes
    -----
    Hosts with the same set of switches are at the same distance from every other host, so distances are
    computed between such groups, in the graph of switches alone. Where accelerators forward themselves
    (an optically switched torus), hops are the links between two of them.
    """
    if topology.is_switch.all() and topology.accelerators.any():
        return _between_accelerators(topology)
    groups = host_groups(topology)
    if groups.hosts.sum() < 2:
        return Hops(0, 0.0, groups.inside)
    a, b, n = _between_switches(topology)
    number = np.cumsum(topology.is_switch) - 1
    has_hosts = np.zeros(n, bool)
    has_hosts[number[groups.leafs]] = True
    kind, (a, b, kinds) = _merged_twins(a, b, ~has_hosts)
    beside, leafs = _Beside(a, b, kinds), kind[number[groups.leafs]]
    weights = np.stack([groups.hosts, groups.accelerators], axis=1)
    narrow = np.ascontiguousarray(weights.T, np.float32)  # exact: whole numbers below 2**24
    found: list[Floats] = []
    for low in range(0, len(groups), SOURCES):
        its = slice(low, min(low + SOURCES, len(groups)))
        width = its.stop - low
        inside = (groups.at >= low) & (groups.at < its.stop)
        before = np.zeros((width, 2))
        for depth, words in enumerate(beside.steps(leafs[inside], groups.at[inside] - low, width)):
            reached = np.bitwise_or.reduceat(words[leafs], groups.starts, axis=0)
            bits = np.unpackbits(reached.view(np.uint8), axis=1, count=width, bitorder="little")
            pairs = (narrow @ bits.astype(np.float32)).T * weights[its]
            if len(found) <= depth:
                found.append(np.zeros(2))
            found[depth] += (pairs - before).sum(axis=0)
            before = pairs
    return groups.hops(found)


def _between_accelerators(topology: Topology) -> Hops:
    apart, own = switch_distances(topology), topology.accelerators
    pairs = np.zeros(int(apart.max(initial=0)) + 1)
    for low in range(0, len(own), SOURCES):
        rows = apart[low : low + SOURCES]
        weight = own[low : low + SOURCES, None] * own
        there = rows >= 0
        pairs += np.bincount(rows[there], weight[there], len(pairs))
    pairs[0] -= own.sum()
    total = pairs.sum()
    mean = float(pairs @ np.arange(len(pairs)) / total) if total else 0.0
    return Hops(len(pairs) - 1, mean, tuple(round(count / 2) for count in pairs))


@dataclass(frozen=True, eq=False)
class HostGroups:
    """Hosts by the set of switches they hang on.

    Attributes
    ----------
    leafs : ndarray of int64
        Switches of all groups in one row (index into the topology).
    at : ndarray of int64
        The group of each of `leafs`.
    starts : ndarray of int64, shape (g,)
        First of `leafs` of each group.
    hosts, accelerators : ndarray, shape (g,)
        How many hang there. Hosts count as one accelerator where none has any.
    group_of : ndarray of int64, shape (n,)
        Group of each device of the topology; -1 for switches and for hosts on no switch.
    inside : tuple of int
        Pairs of accelerators in one host.
    alike : float
        Sum of the squares of the accelerators of the hosts in the groups.
    """

    leafs: Rows
    at: Rows
    starts: Rows
    hosts: Floats
    accelerators: Floats
    group_of: Rows
    inside: tuple[int, ...]
    alike: float

    def __len__(self) -> int:
        return len(self.starts)

    def hops(self, found: list[Floats]) -> Hops:
        """Return the hops of ordered pairs (hosts, accelerators) by depth; the first with itself."""
        hosts = [pairs[0] for pairs in found]
        hosts[0] -= self.hosts.sum()
        total = sum(hosts)
        pairs = [pairs[1] for pairs in found]
        pairs[0] -= self.alike
        most = max((k + 1 for k, count in enumerate(hosts) if count > 0.5), default=0)
        mean = sum((k + 1) * count for k, count in enumerate(hosts)) / total if total else 0.0
        return Hops(
            most, float(mean), (*(self.inside or (0,)), *(round(count / 2) for count in pairs[:most]))
        )


def host_groups(topology: Topology) -> HostGroups:
    """Return the hosts of a topology by the switches they hang on."""
    is_switch = topology.is_switch
    own = np.where(is_switch, 0.0, topology.accelerators)
    if not own.any():
        own = np.where(is_switch, 0.0, 1.0)
    ends = np.concatenate([topology.a, topology.b])
    others = np.concatenate([topology.b, topology.a])
    from_host = ~is_switch[ends] & is_switch[others]
    n = len(topology) + 1
    pairs = _distinct(ends[from_host] * n + others[from_host])
    hosts, leafs = pairs // n, pairs % n
    first = np.flatnonzero(np.diff(hosts, prepend=-1))
    degree = np.diff(np.append(first, len(hosts)))
    sets, widths = [leafs[:0]], [first[:0]]
    group_of, groups = np.full(len(topology), -1, np.int64), 0
    for k in np.unique(degree).tolist():
        mine = first[degree == k]
        rows = leafs[mine[:, None] + np.arange(k)]
        order = np.lexsort(rows.T[::-1])
        rows = rows[order]
        new = np.append(True, (rows[1:] != rows[:-1]).any(axis=1))
        group_of[hosts[mine[order]]] = groups + np.cumsum(new) - 1
        sets.append(rows[new].reshape(-1))
        widths.append(np.full(int(new.sum()), k))
        groups += int(new.sum())
    width = np.concatenate(widths)
    placed = np.flatnonzero(group_of >= 0)
    its = group_of[placed]
    return HostGroups(
        leafs=np.concatenate(sets).astype(np.int64),
        at=np.repeat(np.arange(groups), width),
        starts=(np.cumsum(width) - width).astype(np.int64),
        hosts=sum_by(its, np.ones(len(its)), groups),
        accelerators=sum_by(its, own[placed], groups),
        group_of=group_of,
        inside=(inside,) if (inside := round(float((own * (own - 1)).sum()) / 2)) else (),
        alike=float((own[placed] ** 2).sum()),
    )


def _between_switches(topology: Topology) -> tuple[Rows, Rows, int]:
    """Return the trunks between switches by their numbers among the switches, and how many there are."""
    number = np.cumsum(topology.is_switch) - 1
    inner = topology.is_switch[topology.a] & topology.is_switch[topology.b]
    return number[topology.a[inner]], number[topology.b[inner]], int(topology.is_switch.sum())


def _distinct(codes: Rows) -> Rows:
    """Return the distinct numbers, rising: faster than `numpy.unique` on many."""
    codes = np.sort(codes)
    return codes[np.append(True, codes[1:] != codes[:-1])] if len(codes) else codes


def _merged_twins(a: Rows, b: Rows, mergeable: Flags) -> tuple[Rows, tuple[Rows, Rows, int]]:
    """Merge nodes with the same neighbours, such as the spines that every leaf is on.

    Returns
    -------
    kind : ndarray of int64, shape (n,)
        The merged node of each.
    a, b, n
        The graph of these. Merged nodes are two links apart in truth.
    """
    n = len(mergeable)
    both = _distinct(np.concatenate([a * n + b, b * n + a]))
    ends, others = both // max(n, 1), both % max(n, 1)
    degree = np.bincount(ends, minlength=n)
    start = np.cumsum(degree) - degree
    # Equal sums of large random numbers make nodes candidates; their neighbours are then compared.
    salt = np.random.default_rng(0).integers(1 << 62, size=n, dtype=np.int64).astype(np.uint64)
    total = np.append(np.uint64(0), np.cumsum(salt[others]))
    mark = total[start + degree] - total[start]
    alone = np.flatnonzero(~mergeable | (degree == 0))
    mark[alone] = alone.astype(np.uint64)
    _, head, kind = np.unique(mark, return_index=True, return_inverse=True)
    head = head[kind.reshape(-1)]
    head = np.where(degree[head] == degree, head, np.arange(n))
    offset = np.arange(len(others)) - start[ends]
    differs = others[start[head[ends]] + offset] != others
    head[ends[differs]] = ends[differs]
    heads = np.flatnonzero(head == np.arange(n))
    kind = np.searchsorted(heads, head)
    kept = head[ends] == ends
    pairs = _distinct(kind[ends[kept]] * len(heads) + kind[others[kept]])
    pairs = pairs[pairs // max(len(heads), 1) < pairs % max(len(heads), 1)]
    return kind, (pairs // max(len(heads), 1), pairs % max(len(heads), 1), len(heads))


class _Beside:
    """Neighbours by place: the k-th of every node that has so many, nodes with most neighbours first."""

    def __init__(self, a: NDArray[np.integer[Any]], b: NDArray[np.integer[Any]], n: int) -> None:
        both = _distinct(np.concatenate([a * n + b, b * n + a]))
        ends, others = both // max(n, 1), both % max(n, 1)
        degree = np.bincount(ends, minlength=n)
        self._order = np.argsort(-degree, kind="stable")
        self._rank = np.empty(n, np.intp)
        self._rank[self._order] = np.arange(n)
        start = np.cumsum(degree) - degree
        others = self._rank[others]
        first, sorted_degree = start[self._order], degree[self._order]
        hubs = int((sorted_degree > MANY).sum())
        self._hubs = [others[s : s + d] for s, d in zip(first[:hubs], sorted_degree[:hubs], strict=True)]
        self._columns = []
        for k in range(int(sorted_degree[hubs]) if hubs < n else 0):
            count = int((sorted_degree > k).sum())
            self._columns.append((hubs, count, others[first[hubs:count] + k]))

    def steps(self, nodes: NDArray[np.intp], sources: NDArray[np.intp], n_sources: int) -> Iterator[Words]:
        """Yield what reaches each node within 0, 1, 2 ... links, until nothing new does; (nodes, words)."""
        n = len(self._order)
        bits: Flags = np.zeros((n, -(-n_sources // 64) * 64), bool)
        bits[self._rank[nodes], sources] = True
        reach = np.packbits(bits, axis=1, bitorder="little").view(np.uint64)
        while True:
            yield reach[self._rank]
            wider = reach.copy()
            for k, others in enumerate(self._hubs):
                wider[k] |= np.bitwise_or.reduce(reach[others], axis=0)
            for low, high, others in self._columns:
                wider[low:high] |= reach[others]
            if np.array_equal(wider, reach):
                return
            reach = wider

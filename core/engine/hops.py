"""Distances in a network: components and switch hops between hosts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

DENSE = 600
"""Up to so many switches all distances are computed; above, from a sample of host groups."""
SAMPLE = 24


@dataclass(frozen=True)
class Hops:
    """Switches on the shortest way between two hosts.

    Attributes
    ----------
    most : int
        Largest number of switches between two hosts that reach each other; 0 if there are no pairs.
    mean : float
        Mean over pairs of hosts.
    exact : bool
        False: from a sample of hosts; `most` is then a lower bound.
    """

    most: int
    mean: float
    exact: bool


def components(a: NDArray[np.intp], b: NDArray[np.intp], n: int) -> int:
    """Return the number of connected components of a graph of n nodes with edges a-b.

    Examples
    --------
    >>> components(np.array([0, 2]), np.array([1, 3]), 5)
    3
    """
    label = np.arange(n)
    while True:
        before = label.copy()
        low = np.minimum(label[a], label[b])
        np.minimum.at(label, a, low)
        np.minimum.at(label, b, low)
        label = label[label]
        if np.array_equal(label, before):
            return len(np.unique(label))


def hops_between(a: NDArray[np.intp], b: NDArray[np.intp], is_switch: NDArray[np.bool_]) -> Hops:
    """Return how many switches lie between hosts; hosts do not forward.

    Parameters
    ----------
    a, b : ndarray of int, shape (n_links,)
        Ends of the links.
    is_switch : ndarray of bool, shape (n_nodes,)

    Notes
    -----
    Hosts with the same set of switches are at the same distance from every other host, so distances are
    computed between such groups, in the graph of switches alone, by breadth-first search.
    """
    switch_of = np.cumsum(is_switch) - 1
    n = int(is_switch.sum())
    groups = _host_groups(a, b, is_switch, switch_of)
    inner = is_switch[a] & is_switch[b]
    edges = np.unique(np.stack([switch_of[a[inner]], switch_of[b[inner]]], axis=1), axis=0)
    sizes = np.array([count for _, count in groups], dtype=np.float64)
    if n == 0 or sizes.sum() < 2:
        return Hops(0, 0.0, True)
    exact = n <= DENSE or len(groups) <= SAMPLE
    chosen = range(len(groups)) if exact else np.linspace(0, len(groups) - 1, SAMPLE).astype(int)
    search = _Search(edges, n)
    most, total, pairs = 0, 0.0, 0.0
    owners = np.concatenate([np.full(len(leafs), k) for k, (leafs, _) in enumerate(groups)])
    leafs_flat = np.concatenate([leafs for leafs, _ in groups])
    for k in chosen:
        depth = search.depths(groups[k][0])
        hops = np.full(len(groups), np.iinfo(np.int64).max)
        np.minimum.at(hops, owners, depth[leafs_flat])
        weight = sizes * sizes[k]
        weight[k] -= sizes[k]
        reached = (hops < search.far) & (weight > 0)
        if reached.any():
            most = max(most, int(hops[reached].max()))
            total += float((hops[reached] * weight[reached]).sum())
            pairs += float(weight[reached].sum())
    return Hops(most, total / pairs if pairs else 0.0, exact)


def _host_groups(
    a: NDArray[np.intp], b: NDArray[np.intp], is_switch: NDArray[np.bool_], switch_of: NDArray[np.intp]
) -> list[tuple[NDArray[np.intp], int]]:
    """Return the sets of switches hosts hang on, with the number of hosts on each."""
    ends, others = np.concatenate([a, b]), np.concatenate([b, a])
    host_links = ~is_switch[ends] & is_switch[others]
    pairs = np.unique(np.stack([ends[host_links], switch_of[others[host_links]]], axis=1), axis=0)
    if not len(pairs):
        return []
    starts = np.flatnonzero(np.r_[True, pairs[1:, 0] != pairs[:-1, 0]])
    found: dict[bytes, tuple[NDArray[np.intp], int]] = {}
    for leafs in np.split(pairs[:, 1], starts[1:]):
        key = leafs.tobytes()
        found[key] = (leafs, found[key][1] + 1 if key in found else 1)
    return list(found.values())


class _Search:
    """Breadth-first search over switches, by rows of a CSR adjacency."""

    far = np.iinfo(np.int64).max // 4

    def __init__(self, edges: NDArray[np.intp], n: int) -> None:
        ends = np.concatenate([edges[:, 0], edges[:, 1]])
        others = np.concatenate([edges[:, 1], edges[:, 0]])
        order = np.argsort(ends, kind="stable")
        self._others = others[order]
        self._start = np.concatenate([[0], np.cumsum(np.bincount(ends, minlength=n))])
        self._n = n

    def depths(self, sources: NDArray[np.intp]) -> NDArray[np.int64]:
        """Return the number of switches on the way from a host on `sources`: 1 for these themselves."""
        depth = np.full(self._n, self.far, np.int64)
        frontier = np.unique(sources)
        level = 1
        while len(frontier):
            depth[frontier] = level
            level += 1
            counts = self._start[frontier + 1] - self._start[frontier]
            total = int(counts.sum())
            if not total:
                break
            offset = np.repeat(self._start[frontier] - (np.cumsum(counts) - counts), counts)
            reached = self._others[offset + np.arange(total)]
            fresh = np.zeros(self._n, bool)
            fresh[reached] = True
            frontier = np.flatnonzero(fresh & (depth >= self.far))
        return depth

"""Distances in a network: components and switch hops between hosts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.engine.reach import parts_of

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
    return len(np.unique(parts_of(a, b, n)))


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
    leafs, starts, sizes = _host_groups(a, b, is_switch, switch_of)
    inner = is_switch[a] & is_switch[b]
    if n == 0 or sizes.sum() < 2:
        return Hops(0, 0.0, True)
    exact = n <= DENSE or len(sizes) <= SAMPLE
    chosen = np.arange(len(sizes)) if exact else np.linspace(0, len(sizes) - 1, SAMPLE).astype(np.intp)
    search = _Search(switch_of[a[inner]], switch_of[b[inner]], n)
    ends = np.append(starts[1:], len(leafs))
    most, total, pairs = 0, 0.0, 0.0
    for k in chosen.tolist():
        hops = np.minimum.reduceat(search.depths(leafs[starts[k] : ends[k]])[leafs], starts)
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
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]:
    """Return the sets of switches that hosts hang on in one row, their starts, and the hosts on each."""
    ends, others = np.concatenate([a, b]), np.concatenate([b, a])
    from_host = ~is_switch[ends] & is_switch[others]
    n = int(is_switch.sum()) + 1
    pairs = np.unique(ends[from_host] * n + switch_of[others[from_host]])
    hosts, leafs = pairs // n, pairs % n
    first = np.flatnonzero(np.diff(hosts, prepend=-1))
    degree = np.diff(np.append(first, len(hosts)))
    sets, starts, sizes = [leafs[:0]], [first[:0]], [np.zeros(0)]
    filled = 0
    for k in np.unique(degree).tolist():
        rows = leafs[first[degree == k][:, None] + np.arange(k)]
        rows = rows[np.lexsort(rows.T[::-1])]
        new = np.append(True, (rows[1:] != rows[:-1]).any(axis=1))
        sets.append(rows[new].reshape(-1))
        starts.append(filled + k * np.arange(int(new.sum())))
        sizes.append(np.diff(np.append(np.flatnonzero(new), len(rows))).astype(np.float64))
        filled += len(sets[-1])
    return np.concatenate(sets), np.concatenate(starts), np.concatenate(sizes)


class _Search:
    """Breadth-first search over switches, by rows of a CSR adjacency."""

    far = np.iinfo(np.int64).max // 4

    def __init__(self, a: NDArray[np.intp], b: NDArray[np.intp], n: int) -> None:
        both = np.unique(np.concatenate([a * n + b, b * n + a]))
        self._others = both % n
        self._start = np.searchsorted(both, np.arange(n + 1) * n)
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

"""Ways between leafs: equal-cost shortest ones, and ways that share no link."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.engine.columns import Flags, Floats
from core.engine.hops import switch_distances
from core.engine.throughput.load import Progress
from core.engine.topology import Rows, Topology

if TYPE_CHECKING:
    from scipy.sparse import csr_array

SOURCES = 256
"""Leafs from which ways are counted in one pass."""
SAMPLE = 32
"""Pairs of a class for which ways that share no link are counted; all of them if there are no more."""
SEED = 1


@dataclass(frozen=True)
class PairClass:
    """Pairs of leafs at one distance.

    Attributes
    ----------
    links_apart : int
        Links on a shortest way.
    pairs : int
        Pairs of leafs.
    least, most, mean : float
        Equal-cost shortest ways; parallel links count as ways of their own.
    disjoint_least : int
    disjoint_mean : float
        Ways of any length that share no link.
    sampled : int
        Pairs for which the latter were counted: all of them, or a sample.
    """

    links_apart: int
    pairs: int
    least: float
    most: float
    mean: float
    disjoint_least: int
    disjoint_mean: float
    sampled: int

    @property
    def exact(self) -> bool:
        """Whether the ways that share no link were counted for every pair."""
        return self.sampled == self.pairs


def path_diversity(net: Topology, progress: Progress | None = None) -> tuple[PairClass, ...]:
    """Return the ways between leafs (all switches if there are no hosts) by distance, the nearest first.

    Parameters
    ----------
    net : Topology
    progress : callable, optional
        Called as progress(done, total, text); what it raises cancels.
    """
    switches, leafs = _leafs(net)
    if len(leafs) < 2:
        return ()
    links = _links(net, switches)
    far = switch_distances(net)
    ways: dict[int, list[Floats]] = {}
    for low in range(0, len(leafs), SOURCES):
        if progress is not None:
            progress(low, len(leafs), "Counting shortest ways")
        sources = leafs[low : low + SOURCES]
        counts = shortest_ways(links, far[:, sources], sources)[leafs]
        later = np.arange(len(leafs))[:, None] > np.arange(low, low + len(sources))
        apart = far[np.ix_(leafs, sources)]
        for distance in np.unique(apart[later & (apart > 0)]).tolist():
            ways.setdefault(distance, []).append(counts[later & (apart == distance)])
    found = []
    for k, distance in enumerate(sorted(ways)):
        if progress is not None:
            progress(k, len(ways), "Counting ways that share no link")
        counts = np.concatenate(ways[distance])
        disjoint = _disjoint(links, leafs, far, distance)
        found.append(
            PairClass(
                links_apart=distance,
                pairs=len(counts),
                least=float(counts.min()),
                most=float(counts.max()),
                mean=float(counts.mean()),
                disjoint_least=int(disjoint.min()),
                disjoint_mean=float(disjoint.mean()),
                sampled=len(disjoint),
            )
        )
    return tuple(found)


def shortest_ways(links: csr_array[Any], far: np.ndarray[Any, Any], sources: Rows) -> Floats:
    """Return the number of shortest ways from some switches to all.

    Parameters
    ----------
    links : sparse array, shape (s, s)
        Links between switches.
    far : ndarray of int, shape (s, n_sources)
        Links on a shortest way, -1 where there is none.
    sources : ndarray of int64, shape (n_sources,)

    Returns
    -------
    ndarray, shape (s, n_sources)
    """
    now = np.zeros(far.shape)
    now[sources, np.arange(len(sources))] = 1.0
    total = now.copy()
    for distance in range(1, int(far.max(initial=0)) + 1):
        now = np.where(far == distance, links @ now, 0.0)
        total += now
    return total


def disjoint_ways(links: csr_array[Any], a: int, b: int) -> int:
    """Return how many ways between two switches share no link, of any length (maximum flow)."""
    from scipy.sparse.csgraph import maximum_flow

    return int(maximum_flow(links.astype(np.int32), a, b).flow_value)


def _leafs(net: Topology) -> tuple[Rows, Rows]:
    """Return the switches of a topology, and those with hosts by their number among them."""
    switches = np.flatnonzero(net.is_switch)
    has_hosts: Flags = np.zeros(len(net), bool)
    has_hosts[net.a[~net.is_switch[net.b]]] = True
    has_hosts[net.b[~net.is_switch[net.a]]] = True
    its = np.flatnonzero(has_hosts[switches])
    return switches, its if len(its) else np.arange(len(switches))


def _links(net: Topology, switches: Rows) -> csr_array[Any]:
    from scipy.sparse import csr_array

    number = np.cumsum(net.is_switch) - 1
    inner = net.is_switch[net.a] & net.is_switch[net.b]
    a, b, count = number[net.a[inner]], number[net.b[inner]], net.count[inner].astype(np.float64)
    ends = (np.concatenate([a, b]), np.concatenate([b, a]))
    return csr_array((np.tile(count, 2), ends), shape=(len(switches), len(switches)))


def _disjoint(links: csr_array[Any], leafs: Rows, far: np.ndarray[Any, Any], distance: int) -> Rows:
    return np.array([disjoint_ways(links, a, b) for a, b in _pairs(leafs, far, distance)], np.int64)


def _pairs(leafs: Rows, far: np.ndarray[Any, Any], distance: int) -> Iterator[tuple[int, int]]:
    """Yield all pairs of leafs at a distance, or a sample drawn with a fixed seed."""
    at, to = np.nonzero(np.triu(far[np.ix_(leafs, leafs)] == distance, 1))
    chosen = np.arange(len(at))
    if len(at) > SAMPLE:
        chosen = np.sort(np.random.default_rng(SEED).choice(len(at), SAMPLE, replace=False))
    for k in chosen.tolist():
        yield int(leafs[at[k]]), int(leafs[to[k]])

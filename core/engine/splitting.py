"""What equal splitting over shortest ways carries for any pairing of the hosts: a bound of every cut."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.engine.columns import Floats
from core.engine.halves import Halves
from core.engine.throughput.load import Progress

MOST_STEPS = 400_000_000
"""Pairs of groups x trunks up to which the bound is worked out."""


def carried_by_splitting(net: Halves, progress: Progress | None = None) -> float:
    """Return the share of its rate at which every host can send to one host each, all at once.

    Hosts split over all their links, switches over the trunks on shortest ways, by rate. For each trunk the
    worst pairing loads it with at most the sum over senders of the most that any receiver draws over it, and
    with at most the sum over receivers of the most that any sender puts on it. The rate across two halves is
    at least this share of the rate of half of the hosts. 0 where it would take too long.
    """
    from scipy.sparse import csr_array

    groups, s = net.links.shape
    m = len(net.a)
    if groups * groups * 2 * m > MOST_STEPS or not m:
        return 0.0
    ends, others = np.concatenate([net.a, net.b]), np.concatenate([net.b, net.a])
    rate = np.tile(net.gbps, 2)
    per_host = float(net.links.sum(axis=1).min())
    sent, drawn = np.zeros((groups, 2 * m)), np.zeros(2 * m)
    host_share, any_host = 1.0, net.links.any(axis=0)
    starts = net.links / net.links.sum(axis=1, keepdims=True)
    for target in range(groups):
        if progress is not None:
            progress(target, groups, "Splitting over shortest ways")
        far = _distances(net.links[target] > 0, ends, others, s)
        if (far[any_host] >= s).any():
            return 0.0
        down = far[ends] == far[others] + 1
        share = np.where(down, rate, 0.0)
        share /= np.maximum(np.bincount(ends, weights=share, minlength=s), 1e-300)[ends]
        flow = starts.copy()
        for level in range(int(far[far < s].max(initial=0)), 0, -1):
            now = np.flatnonzero(down & (far[ends] == level))
            onward = csr_array((share[now], (others[now], ends[now])), shape=(s, s))
            flow += (onward @ flow.T).T
        over = flow[:, ends] * share
        over[target] = 0.0
        np.maximum(sent, over, out=sent)
        drawn += net.hosts[target] * over.max(axis=0)
        host_share = min(host_share, _arriving(net, flow, target))
    load = np.minimum(net.hosts @ sent, drawn) * per_host
    used = load > 0
    return float(min(host_share, (rate[used] / load[used]).min(initial=1.0)))


def _distances(
    at: NDArray[np.bool_], ends: NDArray[np.int64], others: NDArray[np.int64], s: int
) -> NDArray[np.int64]:
    """Return the links from each switch to the nearest of some; s where there is no way."""
    far = np.where(at, 0, s)
    for level in range(s):
        reached = ends[(far[others] == level) & (far[ends] > level + 1)]
        if not len(reached):
            break
        far[reached] = level + 1
    return far


def _arriving(net: Halves, flow: Floats, target: int) -> float:
    """Return how much of its rate a host of the target can draw over its links."""
    links = net.links[target]
    at = links > 0
    most = (flow[:, at] / links[at]).max() * net.links.sum(axis=1).min()
    return float(1 / most) if most > 0 else 1.0

"""Connected parts of a network, and which of its hosts reach which over its switches."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.engine.columns import Flags


def parts_of(a: NDArray[np.integer[Any]], b: NDArray[np.integer[Any]], n: int) -> NDArray[np.intp]:
    """Return for each of n nodes the least node it is joined with by edges a-b, over any number of them.

    Examples
    --------
    >>> parts_of(np.array([0, 3]), np.array([2, 4]), 5).tolist()
    [0, 1, 0, 3, 3]
    """
    label = np.arange(n)
    while True:
        before = label.copy()
        low = np.minimum(label[a], label[b])
        np.minimum.at(label, a, low)
        np.minimum.at(label, b, low)
        label = label[label]
        if np.array_equal(label, before):
            return label


class Reach:
    """Which hosts reach which: those that hang on a common part of the switches."""

    def __init__(self, hosts: NDArray[np.intp], parts: NDArray[np.intp]) -> None:
        pairs = np.unique(np.stack([hosts, parts], axis=1), axis=0) if len(hosts) else np.zeros((0, 2), int)
        self._hosts, self._parts = pairs[:, 0], pairs[:, 1]

    def counts(self, rows: NDArray[np.intp], among: Flags) -> NDArray[np.int64]:
        """Return how many others of `among` each of some hosts reaches."""
        sets: dict[int, list[int]] = {}
        for host, part in zip(self._hosts.tolist(), self._parts.tolist(), strict=True):
            sets.setdefault(host, []).append(part)
        wanted = np.flatnonzero(among).tolist()
        alike: dict[tuple[int, ...], int] = {}
        for host in wanted:
            key = tuple(sets.get(host, ()))
            alike[key] = alike.get(key, 0) + 1
        reached = {
            key: sum(count for other, count in alike.items() if not set(key).isdisjoint(other))
            for key in alike
        }
        keys = [tuple(sets.get(host, ())) for host in rows.tolist()]
        return np.array([max(reached.get(key, 0) - bool(key), 0) for key in keys], np.int64)


def reach_of(a: NDArray[np.intp], b: NDArray[np.intp], is_switch: Flags) -> Reach:
    """Return which hosts reach which over links a-b between nodes; hosts do not forward."""
    n = len(is_switch)
    inner = is_switch[a] & is_switch[b]
    part = parts_of(a[inner], b[inner], n)
    ends, others = np.concatenate([a, b]), np.concatenate([b, a])
    on_switch = ~is_switch[ends] & is_switch[others]
    direct = ~is_switch[a] & ~is_switch[b]  # two hosts joined without a switch: a part of their own
    own = n + np.flatnonzero(direct)
    hosts = np.concatenate([ends[on_switch], a[direct], b[direct]])
    parts = np.concatenate([part[others[on_switch]], own, own])
    return Reach(hosts, parts)

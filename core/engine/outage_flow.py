"""Power with parts of it dead: many cases at once, each only where it differs from normal operation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from core.engine.columns import Flags, Floats, sum_by
from core.engine.feeding import Feeding

Keys: TypeAlias = NDArray[np.int64]
"""Case times number of nodes plus node, ascending."""


@dataclass(frozen=True)
class Differences:
    """What differs from normal operation, as pairs of case and node.

    Nodes are those of `Feeding`: devices, then the racks' busbars, then the sources.

    Attributes
    ----------
    n_cases, n_nodes : int
    dead : ndarray of int64, shape (n_dead,)
        Keys of nodes without power that have it normally, those that were failed included.
    touched : ndarray of int64, shape (n_touched,)
        Keys of nodes that lost a feeder and live.
    live, total : ndarray, shape (n_touched,)
        Feeders each of these has left, and the sum of their weights.
    loaded : ndarray of int64, shape (n_loaded,)
        Keys of nodes that pass on more or less than normally.
    through_w : ndarray, shape (n_loaded,)
        What they pass on now [W].
    """

    n_cases: int
    n_nodes: int
    dead: Keys
    touched: Keys
    live: Floats
    total: Floats
    loaded: Keys
    through_w: Floats

    def split(self, keys: Keys) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return cases and nodes of keys."""
        return keys // self.n_nodes, keys % self.n_nodes


class OutageFlow:
    """Normal operation of a power graph, and what differs from it in cases.

    Parameters
    ----------
    feeding : Feeding
    device_w : ndarray, shape (n_devices,)
        Own draw of each device [W].

    Attributes
    ----------
    feeding : Feeding
    alive : ndarray of bool, shape (n_nodes,)
        Has power normally.
    total : ndarray, shape (n_nodes,)
        Weight of the live feeders.
    through_w : ndarray, shape (n_nodes,)
        What each node passes on normally [W].
    level : ndarray of int64, shape (n_nodes,)
        Edges on the longest way up.
    up, down : Adjacent
        Edges by consumer and by feeder.
    """

    def __init__(self, feeding: Feeding, device_w: Floats) -> None:
        self.feeding = feeding
        state = feeding.state(device_w)
        self.alive, self.total, self._asked, self.through_w = state
        self._efficiency = feeding.efficiency
        self.down = Adjacent(feeding.feeder, feeding.n_nodes)
        self.up = Adjacent(feeding.consumer, feeding.n_nodes)
        self.level = np.zeros(feeding.n_nodes, np.int64)
        for number, edges in enumerate(feeding.levels, 1):
            self.level[feeding.consumer[edges]] = number

    def differences(self, case: NDArray[np.int64], node: NDArray[np.int64], n_cases: int) -> Differences:
        """Return what differs when nodes are dead.

        Parameters
        ----------
        case, node : ndarray of int64, shape (n_failed,)
            Node failed in each case.
        n_cases : int

        Notes
        -----
        State goes down: a consumer that lost a feeder lives if another one that bears weight lives. Load goes
        up: what a consumer asks is shared over its live feeders by weight, as in `Feeding.flow`; only edges
        whose flow changes are followed. Identical to removing the nodes and letting the case flow alone.
        """
        n = self.feeding.n_nodes
        failed = np.unique(case.astype(np.int64) * n + node)
        failed = failed[self.alive[failed % n]]
        dead, touched, live, total = self._states(failed)
        loaded, through = self._loads(dead, touched, total)
        return Differences(n_cases, n, dead, touched, live, total, loaded, through)

    def _states(self, failed: Keys) -> tuple[Keys, Keys, Floats, Floats]:
        n = self.feeding.n_nodes
        dead, touched = failed, np.zeros(0, np.int64)
        live, total = np.zeros(0), np.zeros(0)
        for number in range(1, len(self.feeding.levels) + 1):
            row, edge = self.down.expand(dead % n)
            consumer = self.feeding.consumer[edge]
            here = (self.level[consumer] == number) & self.alive[consumer]
            pair: Keys = np.unique((dead // n)[row[here]] * n + consumer[here]).astype(np.int64)
            pair = pair[~has_key(dead, pair)]
            if not len(pair):
                continue
            at, edge = self.up.expand(pair % n)
            feeder = self.feeding.feeder[edge]
            works = self.alive[feeder] & ~has_key(dead, (pair // n)[at] * n + feeder)
            weight = np.bincount(at, works * self.feeding.weight[edge], len(pair))
            count = np.bincount(at, works, len(pair))
            gone = weight <= 0
            dead = np.sort(np.concatenate([dead, pair[gone]]))
            touched = np.concatenate([touched, pair[~gone]])
            live, total = np.concatenate([live, count[~gone]]), np.concatenate([total, weight[~gone]])
        order = np.argsort(touched)
        return dead, touched[order], live[order], total[order]

    def _loads(self, dead: Keys, touched: Keys, total: Floats) -> tuple[Keys, Floats]:
        """Return nodes that pass on other than normally, and what they pass on."""
        feeding, n = self.feeding, self.feeding.n_nodes
        level, keys, delta = self.level, np.zeros(0, np.int64), np.zeros(0)
        for number in range(len(feeding.levels), 0, -1):
            parts = [part[level[part % n] == number] for part in (dead, touched, keys)]
            pair: Keys = np.unique(np.concatenate(parts)).astype(np.int64)
            if not len(pair):
                continue
            node = pair % n
            change = looked_up(keys, delta, pair)
            lives = ~has_key(dead, pair)
            asked = np.where(lives, self._asked[node] + change / self._efficiency[node], 0.0)
            share = looked_up(touched, total, pair, self.total[node])
            at, edge = self.up.expand(node)
            feeder, weight = feeding.feeder[edge], feeding.weight[edge]
            normally = self.alive[feeder]
            now = normally & ~has_key(dead, (pair // n)[at] * n + feeder)
            before = self._asked[node][at] * weight * normally / np.maximum(self.total[node][at], 1e-12)
            after = asked[at] * weight * now / np.maximum(share[at], 1e-12)
            moved = after - before
            kept = np.abs(moved) > 1e-9
            keys, delta = _added(keys, delta, ((pair // n)[at] * n + feeder)[kept], moved[kept])
        through = self.through_w[keys % n] + delta
        # A dead feeder has nothing left to pass on; what is left of sums in floating point is none.
        through[has_key(dead, keys)] = 0.0
        return keys, through


class Adjacent:
    """Edges by one of their ends.

    Parameters
    ----------
    end : ndarray of int32, shape (n_edges,)
        A node of each edge.
    n_nodes : int
    """

    def __init__(self, end: NDArray[np.int32], n_nodes: int) -> None:
        self._order = np.argsort(end, kind="stable")
        self._first = np.searchsorted(end[self._order], np.arange(n_nodes + 1))

    def expand(self, nodes: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return for each edge at some nodes the place of the node among them, and the edge."""
        first, count = self._first[nodes], self._first[nodes + 1] - self._first[nodes]
        at = np.repeat(np.arange(len(nodes)), count)
        within = np.arange(len(at)) - np.repeat(np.cumsum(count) - count, count)
        return at, self._order[np.repeat(first, count) + within]


def has_key(keys: Keys, wanted: Keys) -> Flags:
    """Tell which of some keys are among ascending ones."""
    if not len(keys):
        return np.zeros(len(wanted), bool)
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    found: Flags = keys[at] == wanted
    return found


def looked_up(keys: Keys, values: Floats, wanted: Keys, otherwise: Floats | float = 0.0) -> Floats:
    """Return the values of some keys among ascending ones, or what else they have."""
    if not len(keys):
        return np.broadcast_to(np.asarray(otherwise, float), len(wanted)).copy()
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    found: Floats = np.where(keys[at] == wanted, values[at], otherwise)
    return found


def _added(keys: Keys, values: Floats, more: Keys, amounts: Floats) -> tuple[Keys, Floats]:
    """Return ascending keys with the sums of their values."""
    found, index = np.unique(np.concatenate([keys, more]), return_inverse=True)
    return found.astype(np.int64), sum_by(index, np.concatenate([values, amounts]), len(found))

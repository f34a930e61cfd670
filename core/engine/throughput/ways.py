"""Ways to destinations that are at most some hops longer than the shortest, as choices of the next arc."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.engine.columns import Floats, Ints
from core.engine.throughput.arcs import FAR, Arcs
from core.engine.topology import Rows

AT_ONCE = 1 << 22
"""Choices that are looked at together before those that nothing comes to are dropped."""


@dataclass(frozen=True, eq=False)
class Level:
    """Choices that lead from states of one level to those of the level below."""

    at: slice
    below: slice
    choices: slice


@dataclass(frozen=True, eq=False)
class Ways:
    """States are (destination, node, hops that may still be spent); a choice is an arc from one.

    The level of a state is hops to the destination + hops to spend; every choice leads one level down, so
    there are no loops. States stand in order of their level, and choices in order of the state they leave.

    Attributes
    ----------
    start, after : ndarray of int32, shape (c,)
        State a choice leaves and the one it leads to.
    arc : ndarray of int32, shape (c,)
    spent : ndarray of int8, shape (c,)
        Hops it spends.
    sent : ndarray, shape (n_states,)
        Demand that begins in each state.
    levels : list of Level
        From the farthest to the nearest.
    """

    start: Ints
    after: Ints
    arc: Ints
    spent: NDArray[np.int8]
    sent: Floats
    levels: list[Level]

    def pushed(self, split: Floats, n_arcs: int) -> Floats:
        """Return the flow of each arc when states split what they get over their choices."""
        amount = self.sent.copy()
        flow = np.zeros(n_arcs)
        for level in self.levels:
            c, low = level.choices, level.below
            part = amount[self.start[c]] * split[c]
            flow += np.bincount(self.arc[c], part, n_arcs)
            amount[low] += np.bincount(self.after[c] - low.start, part, low.stop - low.start)
        return flow

    def costs(self, split: Floats, price: Floats) -> Floats:
        """Return for each choice its cost to the destination less that of the split of its state."""
        cost = np.zeros(len(self.sent))
        dearer = np.empty(len(split))
        for level in reversed(self.levels):
            c, high = level.choices, level.at
            each = price[self.arc[c]] + cost[self.after[c]]
            at = self.start[c] - high.start
            cost[high] = np.bincount(at, each * split[c], high.stop - high.start)
            dearer[c] = each - cost[self.start[c]]
        return dearer

    def cheapest(self, price: Floats) -> Floats:
        """Return the least cost to the destination from each state."""
        cost = np.full(len(self.sent), np.inf)
        left = np.zeros(len(self.sent), bool)
        left[self.start] = True
        cost[~left] = 0.0
        for level in reversed(self.levels):
            c = level.choices
            np.minimum.at(cost, self.start[c], price[self.arc[c]] + cost[self.after[c]])
        return cost

    def normal(self, split: Floats) -> Floats:
        """Return the split in shares that sum to 1 in each state."""
        return split / np.bincount(self.start, split, len(self.sent))[self.start]


def ways_of(arcs: Arcs, nodes: Rows, between: Floats, longer: int, most: int | None = None) -> Ways | None:
    """Return the choices of a demand with ways up to so many hops longer than the shortest.

    Parameters
    ----------
    nodes : ndarray, shape (s,)
    between : ndarray, shape (s, s)
        Demand from node to node.
    most : int, optional
        None is returned where there would be more choices.
    """
    targets = np.flatnonzero(between.any(axis=0))
    step = max(AT_ONCE // max(len(arcs) * (longer + 1), 1), 1)
    found: list[_Choices] = []
    count = 0
    for first in range(0, len(targets), step):
        found.append(_chunk(arcs, nodes, between, targets[first : first + step], first, longer))
        count += len(found[-1][0])
        looked = min(first + step, len(targets))
        if most is not None and count * len(targets) > most * looked:
            return None
    start, after, arc, spent, level = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return _numbered(arcs, nodes, between, targets, longer, (start, after, arc, spent, level))


_Choices = tuple[Rows, Rows, Rows, Rows, Rows]
"""Start and end state by number, arc, hops spent, level of the start."""


def _state(n: int, longer: int, target: Rows, spare: Rows | int, node: Rows) -> Rows:
    return (target * (longer + 1) + spare) * n + node


def _chunk(arcs: Arcs, nodes: Rows, between: Floats, targets: Rows, first: int, longer: int) -> _Choices:
    """Return the choices toward some destinations that something can come to."""
    n = arcs.n
    hops, _ = arcs.layers(nodes[targets])
    there = hops[arcs.tail]
    nearer = there - hops[arcs.head]
    parts: list[_Choices] = []
    for spare in range(longer + 1):
        arc, target = np.nonzero((there > 0) & (there < FAR) & (1 - nearer <= spare))
        spent = 1 - nearer[arc, target].astype(np.int64)
        start = _state(n, longer, target, spare, arcs.tail[arc])
        after = _state(n, longer, target, spare - spent, arcs.head[arc])
        parts.append((start, after, arc, spent, there[arc, target].astype(np.int64) + spare))
    start, after, arc, spent, level = (np.concatenate(part) for part in zip(*parts, strict=True))
    comes = np.zeros(len(targets) * (longer + 1) * n, bool)
    source, target = np.nonzero(between[:, targets])
    comes[_state(n, longer, target, longer, nodes[source])] = True
    order = np.argsort(-level, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(level[order])) + 1):
        comes[after[rows[comes[start[rows]]]]] = True
    keep = comes[start]
    shift = first * (longer + 1) * n
    return start[keep] + shift, after[keep] + shift, arc[keep], spent[keep], level[keep]


def _numbered(
    arcs: Arcs, nodes: Rows, between: Floats, targets: Rows, longer: int, choices: _Choices
) -> Ways:
    """Number the states by level, the farthest first, and sort choices by the state they leave."""
    start, after, arc, spent, level = choices
    ids, where = np.unique(np.concatenate([start, after]), return_inverse=True)
    height = np.zeros(len(ids), np.int64)
    height[where] = np.concatenate([level, level - 1])
    by_height = np.argsort(-height, kind="stable")
    number = np.empty(len(ids), np.int64)
    number[by_height] = np.arange(len(ids))
    height = height[by_height]
    start, after = number[where[: len(start)]], number[where[len(start) :]]
    order = np.argsort(start, kind="stable")
    start, after, arc, spent, level = start[order], after[order], arc[order], spent[order], level[order]
    sent = np.zeros(len(ids))
    source, target = np.nonzero(between[:, targets])
    first = _state(arcs.n, longer, target, longer, nodes[source])
    sent[number[np.searchsorted(ids, first)]] = between[source, targets[target]]
    levels = []
    for each in range(int(height.max()), 0, -1):
        ends = np.searchsorted(-height, [-each, -each + 1, -each + 2]).tolist()
        of = np.searchsorted(-level, [-each, -each + 1]).tolist()
        levels.append(Level(slice(*ends[:2]), slice(*ends[1:]), slice(*of)))
    return Ways(
        start.astype(np.int32),
        after.astype(np.int32),
        arc.astype(np.int32),
        spent.astype(np.int8),
        sent,
        levels,
    )

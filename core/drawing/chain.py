"""What feeds what in one layer, folded: branches that are equal, seen from the sources down, become one.

The one-line diagram of a hall with 50,000 devices has some dozens of boxes: all transformers of one type at
one source are one box, so are all boards below them, and so on down to the loads.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from core.engine.columns import Flags, Ints

Rows = NDArray[np.int64]
SUPPLY, RETURN, STANDBY, AIR = range(4)
KINDS = 4
_BITS = 60
"""Kinds of edges: what carries load or coolant to the consumer, coolant back, load only in need, air."""


@dataclass(frozen=True, eq=False)
class Chain:
    """Nodes and who feeds them, without loops (`Feeding` cuts those of power, depth those of coolant).

    Attributes
    ----------
    sort : ndarray of int, shape (n,)
        Nodes of one sort may be folded; below 0: not drawn.
    feeder, consumer, kind : ndarray of int, shape (n_edges,)
        Nodes at the upper and lower end; what the edge is.
    """

    sort: Rows
    feeder: Rows
    consumer: Rows
    kind: Rows

    def __len__(self) -> int:
        return len(self.sort)

    @cached_property
    def level(self) -> Rows:
        """Longest way from a root in edges, shape (n,)."""
        level = np.zeros(len(self), np.int64)
        for _ in range(64):
            raised = level.copy()
            np.maximum.at(raised, self.consumer, level[self.feeder] + 1)
            if np.array_equal(raised, level):
                break
            level = raised
        return level

    def above(self, seeds: Rows) -> Flags:
        """Return the seeds and all that feeds them, shape (n,)."""
        return self._reach(seeds, self.consumer, self.feeder)

    def below(self, seeds: Rows) -> Flags:
        """Return the seeds and all that is fed by them, shape (n,)."""
        return self._reach(seeds, self.feeder, self.consumer)

    def _reach(self, seeds: Rows, here: Rows, there: Rows) -> Flags:
        found = np.zeros(len(self), np.bool_)
        found[seeds] = True
        while True:
            more = there[found[here] & ~found[there]]
            if not len(more):
                return found
            found[more] = True

    def dead(self, failed: Flags) -> Flags:
        """Return what has no live feeder left, shape (n,): the failed among them.

        What nothing feeds in the drawing (a source, a generator) lives unless it failed itself. A consumer is
        dead only if none of its edges of supply or standby comes from something live.
        """
        counts = (self.kind == SUPPLY) | (self.kind == STANDBY)
        feeder, consumer = self.feeder[counts], self.consumer[counts]
        fed = np.zeros(len(self), np.bool_)
        fed[consumer] = True
        dead = failed.copy()
        while True:
            live = np.zeros(len(self), np.bool_)
            live[consumer[~dead[feeder]]] = True
            after = failed | (fed & ~live)
            if np.array_equal(after | dead, dead):
                return dead
            dead |= after


@dataclass(frozen=True, eq=False)
class Folded:
    """Groups of nodes and the edges between them.

    Attributes
    ----------
    group : ndarray of int, shape (n,)
        Group of each node, -1 for those that are not drawn. Groups are numbered by their first node.
    first : ndarray of int, shape (n_groups,)
        The first node of each.
    count : ndarray of int, shape (n_groups,)
    feeder, consumer, kind, edges : ndarray of int, shape (n_joints,)
        Groups at the ends of each joint, its kind, and how many edges it stands for.
    """

    group: Rows
    first: Rows
    count: Rows
    feeder: Rows
    consumer: Rows
    kind: Rows
    edges: Rows

    def __len__(self) -> int:
        return len(self.first)

    def members(self, group: int) -> Rows:
        """Return the nodes of a group."""
        order, start = self._order
        return order[start[group] : start[group + 1]]

    @cached_property
    def _order(self) -> tuple[Rows, Rows]:
        order = np.argsort(self.group, kind="stable")
        start = np.searchsorted(self.group[order], np.arange(len(self) + 1))
        return order, start


def fold(chain: Chain, apart: Rows | None = None) -> Folded:
    """Fold what is alike from the top down.

    Parameters
    ----------
    chain : Chain
    apart : ndarray of int, optional
        Nodes that are to stand alone; what feeds them is told from the rest by that, and what they feed.

    Returns
    -------
    Folded
        Two nodes are in one group if they are of one sort and the groups that feed them are the same ones;
        by how many edges, or what hangs below them, makes no difference.
    """
    drawn = chain.sort >= 0
    shade = _numbered(np.where(drawn, chain.sort, -1))
    if apart is not None and len(apart):
        shade = _numbered(_paired(shade, _feeding(chain, apart)))
    level = chain.level
    edge = level[chain.feeder] < level[chain.consumer]
    feeder, consumer = chain.feeder[edge], chain.consumer[edge]
    fed = np.zeros(len(chain), np.bool_)
    fed[consumer] = True
    loose = ~fed[feeder] & _repeated(shade)[feeder]
    if loose.any():
        # Generators: nothing above tells them apart, so what they feed does.
        below = _from_above(shade, level, feeder[~loose], consumer[~loose])
        shade = _from_sets(shade, consumer[loose], feeder[loose], below)
    shade = _from_above(shade, level, feeder, consumer)
    _, first, group = np.unique(np.where(drawn, shade, -1), return_index=True, return_inverse=True)
    group = group.reshape(-1)
    kept = drawn[first]
    order = np.argsort(np.where(kept, first, len(chain)), kind="stable")
    number = np.empty(len(first), np.int64)
    number[order] = np.arange(len(first))
    n = int(kept.sum())
    of_node = np.where(drawn, number[group], -1)
    first = first[order][:n]
    upper, lower = of_node[chain.feeder], of_node[chain.consumer]
    there = (upper >= 0) & (lower >= 0)
    codes = (upper * (n + 1) + lower)[there] * KINDS + chain.kind[there]
    joints, edges = np.unique(codes, return_counts=True)
    ends, kind = np.divmod(joints, KINDS)
    feeder, consumer = np.divmod(ends, n + 1)
    count = np.bincount(of_node[drawn], minlength=n)
    return Folded(of_node, first, count, feeder, consumer, kind, edges)


def _from_above(shade: Rows, level: Rows, feeder: Rows, consumer: Rows) -> Rows:
    """Refine the shades of nodes by the set of shades that feed them, level by level."""
    at = level[consumer]
    for step in range(1, int(level.max(initial=0)) + 1):
        mine = at == step
        shade = _from_sets(shade, feeder[mine], consumer[mine], shade)
    return shade


def _from_sets(shade: Rows, there: Rows, here: Rows, by: Rows) -> Rows:
    """Tell nodes apart by the set of shades (`by`) that they are joined to."""
    if not len(here):
        return shade
    base = int(by.max()) + 1
    nodes_of, shades_of = np.divmod(np.unique(here * base + by[there]), base)
    start = np.flatnonzero(np.diff(nodes_of, prepend=-1))
    nodes, many = nodes_of[start], np.diff(np.append(start, len(nodes_of)))
    state = shade[nodes]
    for k in range(int(many.max())):
        has = many > k
        part = np.full(len(nodes), -1, np.int64)
        part[has] = shades_of[start[has] + k]
        state = _numbered(_paired(state, part))
    # Numbers of their own: these shades must not meet those of others.
    shade = shade.copy()
    shade[nodes] = int(shade.max()) + 1 + state
    return shade


def _repeated(shade: Rows) -> Flags:
    """Tell which nodes are not the only ones of their shade."""
    found: Flags = np.bincount(shade)[shade] > 1
    return found


def _paired(a: Rows, b: Rows) -> Rows:
    return a * (int(b.max(initial=0)) + 2) + b + 1


def _numbered(values: Rows) -> Rows:
    return np.unique(values, return_inverse=True)[1].reshape(-1).astype(np.int64)


def _feeding(chain: Chain, apart: Rows) -> Rows:
    """Return a number for each node that tells which of some nodes it is or feeds, shape (n,).

    What feeds the same ones stays together: the four shelves of a rack whose busbar stands alone are one.
    """
    found = np.zeros(len(chain), np.int64)
    for start in range(0, len(apart), _BITS):
        bits = np.zeros(len(chain), np.int64)
        for k, seed in enumerate(apart[start : start + _BITS].tolist()):
            bits[chain.above(as_rows([seed]))] |= 1 << k
        found = _numbered(_paired(found, _numbered(bits)))
    return found


def as_rows(values: Ints | Rows | list[int]) -> Rows:
    """Return integers as the arrays here have them."""
    return np.asarray(values, dtype=np.int64)

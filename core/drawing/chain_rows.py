"""Boxes of a chain in rows: in which order they stand, and how far across."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

BESIDE = 6.0
"""Room between two boxes of a row [mm]."""
_SWEEPS = 12
_MOST_SWEEPS = 150
_THROUGH = 20.0
"""How much more a line that goes on is held straight than one that ends at a load."""
_COLUMN = 1e5
"""How much a straight column counts against single loads."""
_THREAD = 4.0
"""Width that a line through a row takes."""


class Joint(NamedTuple):
    """A line to be drawn: boxes by index, upper one first; lines of one box and kind share a bar."""

    upper: int
    lower: int
    kind: int


class Rows:
    """Boxes in rows with threads: a line that passes rows has one in each of them."""

    def __init__(
        self,
        sizes: Sequence[tuple[float, float]],
        levels: Sequence[int],
        joints: Sequence[Joint],
        axis: float,
    ) -> None:
        self.n, self.joints, self.axis = len(sizes), list(joints), axis
        self.width = [w for w, _ in sizes]
        self.level = list(levels)
        threads: dict[tuple[int, int, int], int] = {}
        self.ways: list[list[int]] = []
        self.steps: list[tuple[int, int]] = []
        for joint in self.joints:
            way = [joint.upper]
            for row in range(self.level[joint.upper] + 1, self.level[joint.lower]):
                # Lines of one box share their way down until they part.
                key = (joint.upper, joint.kind, row)
                if key not in threads:
                    threads[key] = len(self.width)
                    self.width.append(_THREAD)
                    self.level.append(row)
                way.append(threads[key])
            way.append(joint.lower)
            self.ways.append(way)
            self.steps += list(pairwise(way))
        self.steps = list(dict.fromkeys(self.steps))
        feeds = {joint.upper for joint in self.joints}
        self._main = {end: min(j.kind for j in self.joints if j.lower == end) for end in
                      {j.lower for j in self.joints}}  # fmt: skip
        self.weight: dict[tuple[int, int], float] = {}
        for joint, way in zip(self.joints, self.ways, strict=True):
            # What goes on further down stands straight below; single loads find room beside it.
            through = joint.lower in feeds and joint.kind == self._main[joint.lower]
            for step in pairwise(way):
                self.weight[step] = max(_THROUGH if through else 1.0, self.weight.get(step, 0.0))
        self.rows = self._ordered()
        self.column = self._columns()

    def axis_of(self, i: int) -> float:
        return self.axis if i < self.n else _THREAD / 2

    def _ordered(self) -> list[list[int]]:
        """Return the boxes of each row from left to right, few lines crossing."""
        count = max(self.level) + 1
        up: dict[int, list[int]] = {i: [] for i in range(len(self.width))}
        down: dict[int, list[int]] = {i: [] for i in range(len(self.width))}
        for a, b in self.steps:
            down[a].append(b)
            up[b].append(a)
        self.up, self.down = up, down
        rows: list[list[int]] = [[] for _ in range(count)]
        for i in self._first_order():
            rows[self.level[i]].append(i)
        best, least = [list(row) for row in rows], self._crossings(rows)
        for sweep in range(_SWEEPS):
            downwards = sweep % 2 == 0
            # The sources keep their order: A to the left of B.
            order = range(1, count) if downwards else range(count - 2, 0, -1)
            beside = up if downwards else down
            for k in order:
                place = {i: p / max(len(row) - 1, 1) for row in rows for p, i in enumerate(row)}
                rows[k].sort(key=lambda i: _mean([place[j] for j in beside[i]], place[i]))
            crossings = self._crossings(rows)
            if crossings < least:
                best, least = [list(row) for row in rows], crossings
        return best

    def _first_order(self) -> list[int]:
        """Return all boxes as one meets them going down from each at the top in turn."""
        seen: dict[int, None] = {}
        for root in range(len(self.width)):
            if self.up[root]:
                continue
            stack = [root]
            while stack:
                i = stack.pop()
                if i not in seen:
                    seen[i] = None
                    stack += reversed(self.down[i])
        return [*seen, *(i for i in range(len(self.width)) if i not in seen)]

    def _crossings(self, rows: list[list[int]]) -> int:
        place = {i: p for row in rows for p, i in enumerate(row)}
        total = 0
        for k in range(len(rows) - 1):
            pairs = sorted((place[a], place[b]) for a, b in self.steps if self.level[a] == k)
            total += sum(b1 > b2 for at, (_, b1) in enumerate(pairs) for _, b2 in pairs[at + 1 :])
        return total

    def across(self) -> list[float]:
        """Return the left edge of every box and thread: as near below what feeds it as there is room."""
        x = [0.0] * len(self.width)
        for row in self.rows:
            at = 0.0
            for i in row:
                x[i] = at
                at += self.width[i] + BESIDE
            for i in row:
                x[i] -= at / 2
        members: dict[int, list[int]] = {}
        for i, number in enumerate(self.column):
            members.setdefault(number, []).append(i)
        for sweep in range(_SWEEPS + _MOST_SWEEPS):
            downwards = sweep % 2 == 0
            both = sweep >= _SWEEPS
            before = list(x)
            for row in self.rows if downwards else reversed(self.rows):
                pulls = [
                    self._pull(members[self.column[i]], x, up=downwards or both, down=not downwards or both)
                    for i in row
                ]
                wishes = [
                    x[i] if at is None else at - self.axis_of(i)
                    for i, (at, _) in zip(row, pulls, strict=True)
                ]
                weights = [weight for _, weight in pulls]
                if sweep >= 2 * _SWEEPS:  # by now columns follow their own members, where one had to give way
                    wishes = [
                        self._aligned(members[self.column[i]], x, i, w)
                        for i, w in zip(row, wishes, strict=True)
                    ]
                    weights = [
                        _COLUMN if len(members[self.column[i]]) > 1 else w
                        for i, w in zip(row, weights, strict=True)
                    ]
                room = [self.width[i] + BESIDE for i in row]
                placed = _apart(wishes, weights, room)
                for i, left in zip(row, placed, strict=True):
                    x[i] = left
            if sweep > 3 * _SWEEPS and max(abs(a - b) for a, b in zip(x, before, strict=True)) < 0.02:
                break
        for column in members.values():
            axes = [x[i] + self.axis_of(i) for i in column]
            if max(axes) - min(axes) < 1.0:
                for i in column:
                    x[i] = sum(axes) / len(axes) - self.axis_of(i)
        return x

    def _aligned(self, column: list[int], x: list[float], i: int, wish: float) -> float:
        """Return where a box has its left edge if its axis is in line with its column."""
        if len(column) < 2:
            return wish
        return sum(x[j] + self.axis_of(j) for j in column) / len(column) - self.axis_of(i)

    def _pull(self, column: list[int], x: list[float], *, up: bool, down: bool) -> tuple[float | None, float]:
        """Return where what is around a column would have its axis, and how much that counts."""
        ends = [
            (x[j] + self.axis_of(j), w)
            for i in column
            for j, w in self._beside(i, up=up, down=down)
            if self.column[j] != self.column[i]
        ]
        weight = sum(w for _, w in ends)
        return (sum(w * at for at, w in ends) / weight, weight) if ends else (None, 0.1)

    def _columns(self) -> list[int]:
        """Return for each box and thread a number; those that follow one another alone share theirs."""
        number = list(range(len(self.width)))
        through = {step for step, weight in self.weight.items() if weight > 1}
        over: dict[int, list[int]] = {}
        under: dict[int, list[int]] = {}
        for a, b in sorted(through, key=lambda step: self.level[step[0]]):
            under.setdefault(a, []).append(b)
            over.setdefault(b, []).append(a)
        for a, b in sorted(through, key=lambda step: self.level[step[0]]):
            if len(under[a]) == 1 and len(over[b]) == 1:
                number[b] = number[a]
        return number

    def _beside(self, i: int, *, up: bool, down: bool) -> list[tuple[int, float]]:
        """Return what a box is joined to in the rows beside its own, with how much that counts."""
        ends = [(j, self.weight[j, i]) for j in self.up[i]] if up else []
        return ends + ([(j, self.weight[i, j]) for j in self.down[i]] if down else [])


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def _apart(wish: Sequence[float], weights: Sequence[float], widths: Sequence[float]) -> list[float]:
    """Return places as near to those wished as may be, each at least a width right of the one before.

    Least squares with an order: pool adjacent violators.

    Examples
    --------
    >>> _apart([0.0, 0.0, 50.0], [1.0, 1.0, 1.0], [10.0, 10.0, 10.0])
    [-5.0, 5.0, 50.0]
    """
    start = [sum(widths[:k]) for k in range(len(widths))]
    pools: list[tuple[float, float, int]] = []
    for value, weight in zip((w - s for w, s in zip(wish, start, strict=True)), weights, strict=True):
        pools.append((value, weight, 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (a, wa, na), (b, wb, nb) = pools.pop(), pools.pop()
            pools.append(((a * wa + b * wb) / (wa + wb), wa + wb, na + nb))
    flat = [value for value, _, count in pools for _ in range(count)]
    return [value + at for value, at in zip(flat, start, strict=True)]

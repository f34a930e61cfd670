"""Where the boxes of a chain stand: sources at the top, a row for each step down, few lines crossing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple, TypeAlias

Box: TypeAlias = tuple[float, float, float, float]
"""x, y of the lower left corner, width, height [mm]."""
Point: TypeAlias = tuple[float, float]
BESIDE = 6.0
"""Room between two boxes of a row [mm]."""
LEAST_CHANNEL = 10.0
"""Room between two rows, without the lines that run across it."""
TRACK = 3.2
"""From one line across to the next."""
SPREAD = 4.0
"""From one line that ends at a box to the next."""
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


@dataclass(frozen=True)
class Route:
    """How a joint runs: corners from the upper box to the lower, and where it leaves the shared bar."""

    points: tuple[Point, ...]
    junction: Point | None = None


@dataclass
class Plan:
    """Boxes and lines, lower left corner of it all at 0, 0."""

    boxes: list[Box] = field(default_factory=list)
    routes: list[Route] = field(default_factory=list)
    size: tuple[float, float] = (0.0, 0.0)
    origin: Point = (0.0, 0.0)
    """The upper end of the middle line: what places by hand are measured from."""


def lay_out(
    sizes: Sequence[tuple[float, float]],
    levels: Sequence[int],
    joints: Sequence[Joint],
    *,
    axis: float,
    offsets: Mapping[int, float] | None = None,
    places: Mapping[int, Point] | None = None,
) -> Plan:
    """Place boxes and lines.

    Parameters
    ----------
    sizes : sequence of (width, height) [mm]
    levels : sequence of int
        Row of each box, 0 at the top.
    joints : sequence of Joint
    axis : float
        How far right of a box's left edge its lines begin and end [mm].
    offsets : mapping of kind to mm, optional
        How far beside the axis lines of a kind run.
    places : mapping of box to (x, y), optional
        Upper left corners placed by hand, x from the middle of the drawing, y from its top, y up [mm].
    """
    if not sizes:
        return Plan()
    rows = _Rows(sizes, levels, joints, axis)
    x = rows.across()
    n = len(sizes)
    height = [max((sizes[i][1] for i in row if i < n), default=0.0) for row in rows.rows]
    middle = (min(x[:n]) + max(x[i] + sizes[i][0] for i in range(n))) / 2
    tracks = [_tracks(nets) for nets in rows.nets(x, offsets or {})]
    top = [0.0]
    for k, tall in enumerate(height):
        top.append(top[-1] - tall - LEAST_CHANNEL - TRACK * max(tracks[k].values(), default=0))
    boxes = []
    for i, (w, h) in enumerate(sizes):
        left, upper = x[i] - middle, top[levels[i]]
        if places and i in places:
            left, upper = places[i]
        boxes.append((left, upper - h, w, h))
    routes = rows.routes(x, middle, top, height, tracks, boxes, offsets or {}, set(places or ()))
    return _from_corner(boxes, routes)


def _from_corner(boxes: list[Box], routes: list[Route]) -> Plan:
    """Move everything so that the lower left corner is at 0, 0."""
    xs = [p[0] for r in routes for p in r.points] + [v for b in boxes for v in (b[0], b[0] + b[2])]
    ys = [p[1] for r in routes for p in r.points] + [v for b in boxes for v in (b[1], b[1] + b[3])]
    dx, dy = -min(xs), -min(ys)
    moved = [(x + dx, y + dy, w, h) for x, y, w, h in boxes]
    lines = [
        Route(
            tuple((px + dx, py + dy) for px, py in r.points),
            None if r.junction is None else (r.junction[0] + dx, r.junction[1] + dy),
        )
        for r in routes
    ]
    return Plan(moved, lines, (max(xs) + dx, max(ys) + dy), (dx, dy))


class _Rows:
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

    def _axis(self, i: int) -> float:
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
                    x[i] if at is None else at - self._axis(i) for i, (at, _) in zip(row, pulls, strict=True)
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
            axes = [x[i] + self._axis(i) for i in column]
            if max(axes) - min(axes) < 1.0:
                for i in column:
                    x[i] = sum(axes) / len(axes) - self._axis(i)
        return x

    def _aligned(self, column: list[int], x: list[float], i: int, wish: float) -> float:
        """Return where a box has its left edge if its axis is in line with its column."""
        if len(column) < 2:
            return wish
        return sum(x[j] + self._axis(j) for j in column) / len(column) - self._axis(i)

    def _pull(self, column: list[int], x: list[float], *, up: bool, down: bool) -> tuple[float | None, float]:
        """Return where what is around a column would have its axis, and how much that counts."""
        ends = [
            (x[j] + self._axis(j), w)
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

    def nets(self, x: list[float], offsets: Mapping[int, float]) -> list[dict[tuple[int, int], Point]]:
        """Return for each row what runs across below it: from and to, by upper box or thread and kind."""
        found: list[dict[tuple[int, int], Point]] = [{} for _ in self.rows]
        endings = self.endings(x, offsets)
        for joint, way in zip(self.joints, self.ways, strict=True):
            for a, b in pairwise(way):
                start = x[a] + self._axis(a) + offsets.get(joint.kind, 0.0)
                aside = endings[joint] if b < self.n else offsets.get(joint.kind, 0.0)
                end = x[b] + self._axis(b) + aside
                low, high = found[self.level[a]].get((a, joint.kind), (start, start))
                found[self.level[a]][a, joint.kind] = (min(low, start, end), max(high, start, end))
        return found

    def endings(self, x: list[float], offsets: Mapping[int, float]) -> dict[Joint, float]:
        """Return how far beside the axis of its lower box each joint comes to it.

        One line of a kind that runs on the axis comes to it, several stand evenly about it; those of other
        kinds stand further out on the side they come from.
        """
        found: dict[Joint, float] = {}
        by_end: dict[tuple[int, int], list[Joint]] = {}
        for joint in self.joints:
            by_end.setdefault((joint.lower, joint.kind), []).append(joint)
        for (lower, kind), mine in by_end.items():
            own = offsets.get(kind, 0.0)
            mine.sort(key=lambda j: x[j.upper] + self._axis(j.upper))
            step = min(SPREAD, 2 * (self.axis - 3.0) / max(len(mine) - 1, 1))
            wide = step * (len(mine) - 1) / 2
            main = kind == min(k for end, k in by_end if end == lower)
            if not main and not own:
                first = by_end[lower, min(k for end, k in by_end if end == lower)]
                reach = min(SPREAD, self.axis - 3.0) * (1 + (len(first) - 1) / 2)
                for joint in mine:
                    right = x[joint.upper] + self._axis(joint.upper) >= x[lower] + self.axis
                    found[joint] = reach if right else -reach
                continue
            for k, joint in enumerate(mine):
                found[joint] = own + (step * k - wide if len(mine) > 1 else 0.0)
        return found

    def routes(
        self,
        x: list[float],
        middle: float,
        top: list[float],
        height: list[float],
        tracks: list[dict[tuple[int, int], int]],
        boxes: list[Box],
        offsets: Mapping[int, float],
        moved: set[int],
    ) -> list[Route]:
        """Return the corners of every joint."""
        routes = []
        endings = self.endings(x, offsets)
        sharing: dict[tuple[int, int], int] = {}
        for joint, way in zip(self.joints, self.ways, strict=True):
            for a in way[:-1]:
                sharing[a, joint.kind] = sharing.get((a, joint.kind), 0) + 1
        for joint, way in zip(self.joints, self.ways, strict=True):
            upper, lower = boxes[joint.upper], boxes[joint.lower]
            own = offsets.get(joint.kind, 0.0)
            end_x = lower[0] + self.axis + endings[joint]
            start_x = upper[0] + self.axis + own
            if joint.upper in moved or joint.lower in moved:
                y = (upper[1] + lower[1] + lower[3]) / 2
                corner = ((start_x, y), (end_x, y))
                routes.append(Route(((start_x, upper[1]), *corner, (end_x, lower[1] + lower[3]))))
                continue
            points = [(start_x, upper[1])]
            junction = None
            for a, b in pairwise(way):
                k = self.level[a]
                track = tracks[k].get((a, joint.kind), 1)
                y = top[k] - height[k] - 0.5 * LEAST_CHANNEL - TRACK * (track - 1)
                at_x = end_x if b < self.n else x[b] - middle + self._axis(b) + own
                if abs(points[-1][0] - at_x) > 1e-6:
                    points += [(points[-1][0], y), (at_x, y)]
                if sharing[a, joint.kind] > 1:
                    junction = (at_x, y)
            points.append((end_x, lower[1] + lower[3]))
            routes.append(Route(tuple(points), junction))
        return routes


def _tracks(nets: dict[tuple[int, int], Point]) -> dict[tuple[int, int], int]:
    """Give each line across a height of its own where it would run over another; 1 is the uppermost."""
    taken: list[list[Point]] = []
    found: dict[tuple[int, int], int] = {}
    for key, (low, high) in sorted(nets.items(), key=lambda item: (item[1][1] - item[1][0], item[1])):
        if high - low < 1e-6:
            continue
        for number, spans in enumerate(taken, 1):
            if all(high < a - 1.5 or low > b + 1.5 for a, b in spans):
                spans.append((low, high))
                found[key] = number
                break
        else:
            taken.append([(low, high)])
            found[key] = len(taken)
    return found


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

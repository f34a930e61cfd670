"""Where the boxes of a chain stand: sources at the top, a row for each step down, few lines crossing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TypeAlias

from core.drawing.chain_rows import Joint, Rows

__all__ = ["Box", "Joint", "Plan", "Point", "Route", "lay_out"]
Box: TypeAlias = tuple[float, float, float, float]
"""x, y of the lower left corner, width, height [mm]."""
Point: TypeAlias = tuple[float, float]
LEAST_CHANNEL = 10.0
"""Room between two rows, without the lines that run across it."""
TRACK = 3.2
"""From one line across to the next."""
SPREAD = 4.0
"""From one line that ends at a box to the next."""


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
    rows = _Lines(sizes, levels, joints, axis)
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


class _Lines(Rows):
    """The lines between boxes in rows."""

    def nets(self, x: list[float], offsets: Mapping[int, float]) -> list[dict[tuple[int, int], Point]]:
        """Return for each row what runs across below it: from and to, by upper box or thread and kind."""
        found: list[dict[tuple[int, int], Point]] = [{} for _ in self.rows]
        endings = self.endings(x, offsets)
        for joint, way in zip(self.joints, self.ways, strict=True):
            for a, b in pairwise(way):
                start = x[a] + self.axis_of(a) + offsets.get(joint.kind, 0.0)
                aside = endings[joint] if b < self.n else offsets.get(joint.kind, 0.0)
                end = x[b] + self.axis_of(b) + aside
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
            mine.sort(key=lambda j: x[j.upper] + self.axis_of(j.upper))
            step = min(SPREAD, 2 * (self.axis - 3.0) / max(len(mine) - 1, 1))
            wide = step * (len(mine) - 1) / 2
            main = kind == min(k for end, k in by_end if end == lower)
            if not main and not own:
                first = by_end[lower, min(k for end, k in by_end if end == lower)]
                reach = min(SPREAD, self.axis - 3.0) * (1 + (len(first) - 1) / 2)
                for joint in mine:
                    right = x[joint.upper] + self.axis_of(joint.upper) >= x[lower] + self.axis
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
                # Across in the channel of its own below the upper row, if it is still between the two.
                k, head = self.level[joint.upper], lower[1] + lower[3]
                track = tracks[k].get((joint.upper, joint.kind), 1)
                y = top[k] - height[k] - 0.5 * LEAST_CHANNEL - TRACK * (track - 1)
                if joint.upper in moved or not head < y < upper[1]:
                    y = (upper[1] + head) / 2
                corner = ((start_x, y), (end_x, y))
                routes.append(Route(((start_x, upper[1]), *corner, (end_x, lower[1] + lower[3]))))
                continue
            points = [(start_x, upper[1])]
            junction = None
            for a, b in pairwise(way):
                k = self.level[a]
                track = tracks[k].get((a, joint.kind), 1)
                y = top[k] - height[k] - 0.5 * LEAST_CHANNEL - TRACK * (track - 1)
                at_x = end_x if b < self.n else x[b] - middle + self.axis_of(b) + own
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

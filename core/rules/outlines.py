"""Boxes against each other and against polygons drawn on the floor [mm]."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.model.records import Area

TOUCH_MM = 0.5
"""Positions are integer millimetres, sizes often are not: touching within this is no overlap."""


def overlaps(
    one: NDArray[np.int64], other: NDArray[np.int64]
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]:
    """Return the pairs of boxes that overlap by more than the tolerance, and by how much the narrower way.

    Parameters
    ----------
    one : ndarray, shape (n, 4)
    other : ndarray, shape (m, 4)
        Left, front, right, back [mm].

    Notes
    -----
    The boxes are swept along the axis that leaves fewer pairs to look at.
    """
    found = [_sweep(one, other, axis) for axis in (0, 1)]
    first, last, order = min(found, key=lambda sweep: int((sweep[1] - sweep[0]).sum()))
    counts = last - first
    i = np.repeat(np.arange(len(one)), counts)
    j = order[np.repeat(first - (np.cumsum(counts) - counts), counts) + np.arange(int(counts.sum()))]
    wide = np.minimum(
        np.minimum(one[i, 2], other[j, 2]) - np.maximum(one[i, 0], other[j, 0]),
        np.minimum(one[i, 3], other[j, 3]) - np.maximum(one[i, 1], other[j, 1]),
    ).astype(np.float64)
    kept = wide > TOUCH_MM
    return i[kept], j[kept], wide[kept]


def _sweep(
    one: NDArray[np.int64], other: NDArray[np.int64], axis: int
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
    """Return for each box the range of those that can meet it along an axis, in the order of their start."""
    order = np.argsort(other[:, axis], kind="stable")
    starts = other[order, axis]
    longest = int((other[:, axis + 2] - other[:, axis]).max(initial=0))
    first = np.searchsorted(starts, one[:, axis] - longest, side="left")
    last = np.searchsorted(starts, one[:, axis + 2], side="left")
    return first, np.maximum(last, first), order


def depth_inside(box: NDArray[np.int64], area: Area) -> NDArray[np.float64]:
    """Return how deep each box reaches into the rectangle around an area (its polygon, if it is one) [mm]."""
    points = np.array(area.points, np.float64)
    low, high = points.min(axis=0), points.max(axis=0)
    wide = np.minimum(box[:, 2], high[0]) - np.maximum(box[:, 0], low[0])
    deep = np.minimum(box[:, 3], high[1]) - np.maximum(box[:, 1], low[1])
    reach = np.minimum(wide, deep).astype(np.float64)
    if len(points) == 2:  # a wall drawn as a line
        crossed = [_crosses(points[0], points[1], one + np.array([1, 1, -1, -1])) for one in box]
        return np.array(crossed, np.float64)
    near = np.flatnonzero(reach > TOUCH_MM)
    if not is_rectangle(area.points):
        apart = [not _meets(box[k], points) for k in near]
        reach[near[np.array(apart, bool)]] = 0.0
    deepest: NDArray[np.float64] = np.maximum(reach, 0.0)
    return deepest


def reach_outside(box: NDArray[np.int64], area: Area) -> NDArray[np.float64]:
    """Return how far each box reaches out of an area: 0 inside [mm]."""
    points = np.array(area.points, np.float64)
    low, high = points.min(axis=0), points.max(axis=0)
    over = np.max(
        [low[0] - box[:, 0], low[1] - box[:, 1], box[:, 2] - high[0], box[:, 3] - high[1]], axis=0
    ).astype(np.float64)
    if not is_rectangle(area.points):
        for k in np.flatnonzero(over <= TOUCH_MM):
            over[k] = max(_corner_out(box[k], points), 0.0)
    out: NDArray[np.float64] = np.maximum(over, 0.0)
    return out


def is_rectangle(points: tuple[tuple[int, int], ...]) -> bool:
    """Tell whether a polygon is a rectangle along the axes."""
    xs, ys = {x for x, _ in points}, {y for _, y in points}
    return len(points) == 4 and len(set(points)) == 4 and len(xs) == len(ys) == 2


def _corner_out(box: NDArray[np.int64], points: NDArray[np.float64]) -> float:
    """Return how far the worst corner is from a polygon it is outside of; an inward corner counts as 1 mm."""
    far = max((_distance(c, points) for c in _corners(box) if not _holds(c, points)), default=0.0)
    notched = any(_strictly(p, box) for p in points)
    return far if far > TOUCH_MM else float(notched)


def _meets(box: NDArray[np.int64], points: NDArray[np.float64]) -> bool:
    """Tell whether a box and a polygon share ground (corners, or edges that cross)."""
    shrunk = box + np.array([1, 1, -1, -1])
    if any(_holds(c, points) for c in _corners(shrunk)) or any(_strictly(p, shrunk) for p in points):
        return True
    ends = np.roll(points, -1, axis=0)
    return any(_crosses(p, q, shrunk) for p, q in zip(points, ends, strict=True))


def _corners(box: NDArray[np.int64]) -> list[NDArray[np.float64]]:
    left, front, right, back = (float(v) for v in box)
    return [np.array(c) for c in ((left, front), (right, front), (right, back), (left, back))]


def _strictly(point: NDArray[np.float64], box: NDArray[np.int64]) -> bool:
    return bool(box[0] < point[0] < box[2] and box[1] < point[1] < box[3])


def _crosses(p: NDArray[np.float64], q: NDArray[np.float64], box: NDArray[np.int64]) -> bool:
    """Clip the edge p-q by the box (Liang and Barsky 1984)."""
    enter, leave, way = 0.0, 1.0, q - p
    for axis in (0, 1):
        low, high = float(box[axis]), float(box[axis + 2])
        if way[axis] == 0:
            if not low < p[axis] < high:
                return False
            continue
        first, last = sorted(((low - p[axis]) / way[axis], (high - p[axis]) / way[axis]))
        enter, leave = max(enter, first), min(leave, last)
    return enter < leave


def _holds(point: NDArray[np.float64], points: NDArray[np.float64]) -> bool:
    """Tell whether a polygon holds a point, its edges included (even-odd rule)."""
    if _distance(point, points) <= TOUCH_MM:
        return True
    (x, y), ends = point, np.roll(points, -1, axis=0)
    inside = False
    for (x1, y1), (x2, y2) in zip(points, ends, strict=True):
        if (y1 > y) != (y2 > y) and x < x1 + (y - y1) * (x2 - x1) / (y2 - y1):
            inside = not inside
    return inside


def _distance(point: NDArray[np.float64], points: NDArray[np.float64]) -> float:
    """Return the distance of a point from the edges of a polygon [mm]."""
    way = np.roll(points, -1, axis=0) - points
    length = np.maximum((way**2).sum(axis=1), 1e-9)
    along = np.clip(((point - points) * way).sum(axis=1) / length, 0.0, 1.0)
    return float(np.hypot(*(points + along[:, None] * way - point).T).min())

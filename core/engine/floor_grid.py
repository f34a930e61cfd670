"""The floor of a design as a grid of cells: where a box fits, how far it gets, and the shortest way."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.engine.aisles import boxes_of, facing_of
from core.engine.columns import Flags, Floats, turned
from core.engine.placed_plan import PlacedArea
from core.engine.snapshot import Snapshot

PITCH_MM = 50
"""Cells of the grid; larger where a hall would have more than `MOST_CELLS`."""
MOST_CELLS = 600_000
SOLID = ("wall", "column")
HANGING_MM = 2000
"""What begins higher above the floor is not in the way."""
TURN_MM = 1000.0
"""A turn costs as much as so much of a way."""
_BEYOND_MM = 3000
"""Ground around the drawing that is searched too."""

Cells = NDArray[np.bool_]


class Floor:
    """The floor of a design as a grid of cells that are free or not."""

    def __init__(self, snap: Snapshot, level: int) -> None:
        self._brief = snap.brief
        self.boxes, self.facing = boxes_of(snap), facing_of(snap)
        areas = [area for area in snap.areas if area.z_mm == level]
        present = (snap.rack_type >= 0) & (snap.rack_z == level)
        solid = np.concatenate([self.boxes[present], standing_boxes(snap, level)])
        drawn = [p for area in areas for p in area.points]
        racks = self.boxes[present]  # plant far out in the yard is no reason to search there
        corners = np.concatenate([racks[:, :2], racks[:, 2:], np.array(drawn, np.int64).reshape(-1, 2)])
        low, high = corners.min(axis=0) - _BEYOND_MM, corners.max(axis=0) + _BEYOND_MM
        size = (high - low).astype(np.float64)
        self.pitch = max(PITCH_MM, int(np.ceil(np.sqrt(size[0] * size[1] / MOST_CELLS))))
        self.low = low
        shape = np.ceil(size / self.pitch).astype(int) + 1
        self.taken: Cells = np.zeros((shape[1], shape[0]), bool)
        for area in areas:
            if area.kind == "room" and len(area.points) > 2:
                self._draw_outline(area.points)
            elif area.kind in SOLID and len(area.points) > 1:
                self._draw_outline(area.points)
                self._fill(area)
        for area in areas:
            if area.kind == "door" and len(area.points) > 1:
                self._open(area)
        self._put(solid)
        self._sums = _sums(self.taken)

    def reached(self, rows: NDArray[np.intp], size: tuple[float, float], doors: list[PlacedArea]) -> Flags:
        """Tell which of some racks of one size can be rolled to in front of their places."""
        layers = self._layers(size)
        labels, n = _labels(layers)
        parts = _joined(labels, self._turning(size) & layers[0] & layers[1], n)
        starts = np.zeros(len(parts), bool)
        for door in doors:
            row, column = self._cells(_box(door.points), grow=self.pitch)
            for label in labels:
                starts[parts[label[row, column]]] = True
        starts[parts[0]] = False
        good = starts[parts]
        across = (size[0] + 2 * self._brief.value("moving_margin_mm"), size[1])
        found = np.zeros(len(rows), bool)
        for layer, label in enumerate(labels):
            arrived = _sums(good[label])
            reach = np.array(across if layer == 0 else across[::-1])
            for way in (1, -1):
                found |= _within(arrived, *self._ranges(self._before(rows, reach, way))) > 0
        return found

    def way(
        self, rack: int, size: tuple[float, float], doors: list[PlacedArea]
    ) -> tuple[tuple[float, float], ...]:
        """Return the shortest way of the middle of a rack from one of some doors to its place [mm]."""
        from scipy.sparse.csgraph import dijkstra

        layers = self._layers(size)
        turn = self._turning(size) & layers[0] & layers[1]
        cells = self.taken.size
        first = [self._cells(_box(door.points), grow=self.pitch) for door in doors]
        at_door = np.zeros(self.taken.shape, bool)
        for row, column in first:
            at_door[row, column] = True
        starts = np.concatenate([np.flatnonzero(at_door & free) + k * cells for k, free in enumerate(layers)])
        goals = self._goals(rack, size, layers)
        if not len(starts) or not len(goals):
            return ()
        length, before, _ = dijkstra(
            _steps(layers, turn, self.pitch), directed=False, indices=starts, min_only=True,
            return_predecessors=True,
        )  # fmt: skip
        goal = int(goals[np.argmin(length[goals])])
        if not np.isfinite(length[goal]):
            return ()
        way = [goal]
        while before[way[-1]] >= 0:
            way.append(int(before[way[-1]]))
        y, x = np.unravel_index(np.array(way[::-1]) % cells, self.taken.shape)
        points = (np.stack([x, y], axis=1) + 0.5) * self.pitch + self.low
        end = (self.boxes[rack][:2] + self.boxes[rack][2:]) / 2
        return tuple((float(px), float(py)) for px, py in _corners([*map(tuple, points), tuple(end)]))

    def _goals(self, rack: int, size: tuple[float, float], layers: tuple[Cells, Cells]) -> NDArray[np.intp]:
        """Return the cells, numbered through both layers, where a rack has arrived."""
        across = (size[0] + 2 * self._brief.value("moving_margin_mm"), size[1])
        found = []
        for layer, free in enumerate(layers):
            reach = np.array(across if layer == 0 else across[::-1])
            for way in (1, -1):
                there = np.zeros(free.shape, bool)
                there[self._cells(self._before(np.array([rack]), reach, way)[0])] = True
                found.append(np.flatnonzero(there & free) + layer * free.size)
        return np.concatenate(found)

    def _turning(self, size: tuple[float, float]) -> Cells:
        side = float(np.hypot(*size)) + 2 * self._brief.value("turning_margin_mm")
        return self._fits(side, side)

    def _layers(self, size: tuple[float, float]) -> tuple[Cells, Cells]:
        """Return where the middle of a rack can be with its width along x, and along y."""
        (width, depth), margin = size, self._brief.value("moving_margin_mm")
        return self._fits(width + 2 * margin, depth), self._fits(depth, width + 2 * margin)

    def _fits(self, wide: float, deep: float) -> Cells:
        """Return where the middle of a box can be: no cell below it is taken."""
        many = [max(round(v / self.pitch), 1) for v in (wide, deep)]
        h, w = self.taken.shape
        left, top = np.arange(w) - many[0] // 2, np.arange(h) - many[1] // 2
        right, bottom = (np.clip(v + n, 0, size) for v, n, size in ((left, many[0], w), (top, many[1], h)))
        left, top = np.clip(left, 0, w), np.clip(top, 0, h)
        across = self._sums[:, right] - self._sums[:, left]
        inside = across[bottom] - across[top]
        free: Cells = inside == 0
        return free

    def _before(self, racks: NDArray[np.intp], reach: Floats, way: int) -> NDArray[np.int64]:
        """Return where the middle of a box may be that stands close to racks, in front (1) or behind (-1)."""
        box, ahead = self.boxes[racks].copy(), self.facing[racks] * way
        for axis in (0, 1):
            low, high = box[:, axis].copy(), box[:, axis + 2].copy()
            near, far = (round(reach[axis] / 2) + k * self.pitch for k in (-1, 2))
            to, fro = ahead[:, axis] > 0, ahead[:, axis] < 0
            box[:, axis] = np.where(to, high + near, np.where(fro, low - far, low))
            box[:, axis + 2] = np.where(to, high + far, np.where(fro, low - near, high))
        return box

    def _ranges(self, boxes: NDArray[np.int64]) -> tuple[NDArray[np.int64], ...]:
        """Return the columns (first, last + 1) and rows of the cells that have their middle in boxes."""
        height, width = self.taken.shape
        limit = np.array([width, height, width, height])
        at = np.ceil((boxes - np.tile(self.low, 2)) / self.pitch - 0.5).astype(np.int64)
        left, low, right, high = np.clip(at, 0, limit).T
        return left, np.maximum(right, left), low, np.maximum(high, low)

    def _cells(self, box: NDArray[np.int64], grow: int = 0) -> tuple[slice, slice]:
        """Return the rows and columns of the cells whose middle is in a box."""
        grown = box + np.array([-grow, -grow, grow, grow])
        left, right, low, high = (int(v[0]) for v in self._ranges(grown[None, :]))
        return slice(low, high), slice(left, right)

    def _put(self, boxes: NDArray[np.int64]) -> None:
        """Take the cells of boxes."""
        left, right, low, high = self._ranges(boxes)
        edges = np.zeros(tuple(n + 1 for n in self.taken.shape), np.int32)
        for row, column, sign in ((low, left, 1), (high, left, -1), (low, right, -1), (high, right, 1)):
            np.add.at(edges, (row, column), sign)
        self.taken |= np.cumsum(np.cumsum(edges, axis=0), axis=1)[:-1, :-1] > 0

    def _draw_outline(self, points: tuple[tuple[int, int], ...]) -> None:
        """Take the cells that an outline runs through."""
        corners = np.array(points, np.float64)
        for p, q in zip(corners, np.roll(corners, -1, axis=0), strict=True):
            steps = int(np.ceil(np.abs(q - p).max() / self.pitch * 2)) + 1
            at = p + (q - p) * np.linspace(0, 1, steps)[:, None]
            cells = ((at - self.low) / self.pitch).astype(int)
            self.taken[cells[:, 1], cells[:, 0]] = True

    def _fill(self, area: PlacedArea) -> None:
        """Take the cells inside a polygon."""
        row, column = self._cells(_box(area.points))
        y, x = (
            (np.arange(s.start, s.stop) + 0.5) * self.pitch + self.low[axis]
            for axis, s in ((1, row), (0, column))
        )
        points = np.array(area.points, np.float64)
        inside = np.zeros((len(y), len(x)), bool)
        for (x1, y1), (x2, y2) in zip(points, np.roll(points, -1, axis=0), strict=True):
            if y1 != y2:
                spans = (y1 > y) != (y2 > y)
                inside ^= spans[:, None] & (x[None, :] < (x1 + (y - y1) * (x2 - x1) / (y2 - y1))[:, None])
        self.taken[row, column] |= inside

    def _open(self, door: PlacedArea) -> None:
        """Free the cells of a door and a little on both sides: it may be drawn beside its wall."""
        box = _box(door.points).copy()
        axis = int(np.argmin(box[2:] - box[:2]))
        box[axis] -= 4 * self.pitch
        box[axis + 2] += 4 * self.pitch
        self.taken[self._cells(box)] = False


def _box(points: tuple[tuple[int, int], ...]) -> NDArray[np.int64]:
    corners = np.array(points, np.int64)
    return np.concatenate([corners.min(axis=0), corners.max(axis=0)])


def standing_boxes(snap: Snapshot, level: int | None = None) -> NDArray[np.int64]:
    """Return the outlines of devices that stand on the floor (of a level) and have a size; not what hangs."""
    stands = np.array([s.type.floor_standing for s in snap.specs.specs], bool)
    there = (snap.device_rack < 0) & stands[snap.device_spec]
    if level is not None:
        there &= (snap.device_z >= level) & (snap.device_z < level + HANGING_MM)
    rows = np.flatnonzero(there)
    columns = [snap.specs.column(f).value for f in ("width_mm", "depth_mm")]
    size = np.stack(columns, axis=1)[snap.device_spec[rows]].round().astype(np.int64)
    dx, dy = turned(size[:, 0], size[:, 1], snap.device_turn[rows])
    x, y = snap.device_x[rows].astype(np.int64), snap.device_y[rows].astype(np.int64)
    box = np.stack(
        [np.minimum(x, x + dx), np.minimum(y, y + dy), np.maximum(x, x + dx), np.maximum(y, y + dy)], axis=1
    )
    known: NDArray[np.int64] = box[(size > 0).all(axis=1)]
    return known


def _steps(layers: tuple[Cells, Cells], turn: Cells, pitch: int) -> Any:
    """Return the steps between neighbouring cells of each layer, and between layers where a rack turns."""
    from scipy.sparse import coo_array

    cells = turn.size
    number = np.arange(cells).reshape(turn.shape)
    a, b, cost = [number[turn]], [number[turn] + cells], [np.full(int(turn.sum()), TURN_MM)]
    for k, free in enumerate(layers):
        for one, other in ((np.s_[:, 1:], np.s_[:, :-1]), (np.s_[1:], np.s_[:-1])):
            both = free[one] & free[other]
            a.append(number[one][both] + k * cells)
            b.append(number[other][both] + k * cells)
            cost.append(np.full(int(both.sum()), float(pitch)))
    ends = np.concatenate(a), np.concatenate(b)
    return coo_array((np.concatenate(cost), ends), shape=(2 * cells, 2 * cells)).tocsr()


def _corners(points: list[tuple[float, ...]]) -> list[tuple[float, ...]]:
    """Return the points at which a way changes direction, with its ends."""
    kept = [points[0]]
    for before, at, after in zip(points, points[1:], points[2:], strict=False):
        one, other = np.subtract(at, before), np.subtract(after, at)
        if at != before and (one[0] * other[1] != one[1] * other[0] or one @ other < 0):
            kept.append(at)
    return [*kept, points[-1]]


def _sums(cells: Cells) -> NDArray[np.int32]:
    """Return how many cells are set below and left of each corner of the grid."""
    sums = np.zeros(tuple(n + 1 for n in cells.shape), np.int32)
    np.cumsum(np.cumsum(cells, axis=0, dtype=np.int32), axis=1, out=sums[1:, 1:])
    return sums


def _within(
    sums: NDArray[np.int32],
    left: NDArray[np.int64],
    right: NDArray[np.int64],
    low: NDArray[np.int64],
    high: NDArray[np.int64],
) -> NDArray[np.int32]:
    """Return how many cells are set in ranges of columns and rows."""
    found: NDArray[np.int32] = sums[high, right] - sums[low, right] - sums[high, left] + sums[low, left]
    return found


def _labels(layers: tuple[Cells, Cells]) -> tuple[list[NDArray[np.int32]], int]:
    """Number the connected free cells of each layer; 0 where not free. Returns how many numbers there are."""
    found, total = [], 1
    for free in layers:
        label, n = connected(free)
        found.append(np.where(label > 0, label + total - 1, 0).astype(np.int32))
        total += n
    return found, total


def connected(free: Cells) -> tuple[NDArray[np.int64], int]:
    """Number the cells connected along rows and columns: runs of each row, joined where they overlap.

    Examples
    --------
    >>> connected(np.array([[1, 1, 0, 1], [0, 1, 0, 1], [0, 0, 0, 0], [1, 0, 0, 0]], bool))[0].tolist()
    [[1, 1, 0, 2], [0, 1, 0, 2], [0, 0, 0, 0], [3, 0, 0, 0]]
    """
    begins = free & ~np.pad(free, ((0, 0), (1, 0)))[:, :-1]
    run = np.cumsum(begins).reshape(free.shape) * free
    n = int(begins.sum())
    both = free[1:] & free[:-1]
    # One edge is enough where two runs overlap: where the overlap or one of the runs begins.
    first = both & ~np.pad(both, ((0, 0), (1, 0)))[:, :-1]
    up, down = run[:-1][first] - 1, run[1:][first] - 1
    roots, part = np.unique(united(n, up, down), return_inverse=True)
    return np.append(-1, part.reshape(-1))[run] + 1, len(roots)


def _joined(labels: list[NDArray[np.int32]], turning: Cells, n: int) -> NDArray[np.int64]:
    """Return for each number its part once layers are joined where a rack can turn; 0 stays apart."""
    pairs = np.unique(labels[0][turning].astype(np.int64) * n + labels[1][turning])
    return united(n, pairs // n, pairs % n)


def united(n: int, a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return for each of n things the least one it hangs together with over pairs a, b.

    Examples
    --------
    >>> united(5, np.array([0, 3]), np.array([2, 2])).tolist()
    [0, 1, 0, 0, 4]
    """
    root = np.arange(n)
    while True:
        low = np.minimum(root[a], root[b])
        np.minimum.at(root, root[a], low)
        np.minimum.at(root, root[b], low)
        while not np.array_equal(root, root[root]):
            root = root[root]
        if np.array_equal(root[a], root[b]):
            return root

"""Whether racks can be rolled from a door to in front of their places: a search over a grid of the floor.

A rack moves upright on its casters, one of its sides ahead, and turns only where there is room for its
diagonal. Tilting it is not modelled, nor is taking others out of its way: all other racks stand.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.engine.aisles import boxes_of, facing_of
from core.engine.columns import Flags, Floats, turned
from core.engine.placed_plan import PlacedArea
from core.engine.snapshot import Snapshot
from core.engine.stage import stage

PITCH_MM = 50
"""Cells of the grid; larger where a hall would have more than `MOST_CELLS`."""
MOST_CELLS = 1_500_000
SOLID = ("wall", "column")
_BEYOND_MM = 3000
"""Ground around the drawing that is searched too."""

Cells = NDArray[np.bool_]


@dataclass(frozen=True)
class Doorway:
    """A door as something to come in by.

    Attributes
    ----------
    path, name : str
    width_mm, height_mm : float
        Clear width: the longer side of what is drawn. Clear height; 0: not known.
    """

    path: str
    name: str
    width_mm: float
    height_mm: float


@dataclass(frozen=True)
class WaysIn:
    """How racks come to their places.

    Attributes
    ----------
    doors : tuple of Doorway
        None drawn: nothing is judged.
    rack_through : ndarray of bool, shape (n_racks,)
        Some door is high and wide enough for it upright.
    rack_reached : ndarray of bool, shape (n_racks,)
        It can be rolled from such a door to in front of its place or behind it.
    rack_height_mm, rack_narrow_mm : ndarray, shape (n_racks,)
        Height, and the shorter side of its outline [mm].
    widest, tallest : Doorway or None
    """

    doors: tuple[Doorway, ...]
    rack_through: Flags
    rack_reached: Flags
    rack_height_mm: Floats
    rack_narrow_mm: Floats

    @property
    def widest(self) -> Doorway | None:
        return max(self.doors, key=lambda door: door.width_mm, default=None)

    @property
    def tallest(self) -> Doorway | None:
        return max(self.doors, key=lambda door: door.height_mm, default=None)


@stage(reads=("racks", "placement", "devices", "standing", "areas", "brief"))
def ways_in(snap: Snapshot) -> WaysIn:
    """Find for each rack whether there is a way in.

    Notes
    -----
    The floor is a grid of 50 mm (coarser in halls above 1.5 million cells). Racks, floor devices, walls,
    columns and the outline of rooms are in the way, doors open the outline; keep-outs and containments are
    passable. A rack fits where the cells below its outline, widened by `moving_margin_mm` across its way,
    are free; it may turn where a square as wide as its diagonal and `turning_margin_mm` is free. It has
    arrived where its outline, turned either way, can stand with its middle in front of or behind its place:
    the last turn may use the places of its neighbours, as rows are filled from one end.
    """
    n = snap.n_racks
    sizes = np.array(
        [(t.width_mm, t.depth_mm, t.height_mm) for t in snap.specs.rack_types] + [(0, 0, 0)], np.float64
    )[snap.rack_type]
    narrow = sizes[:, :2].min(axis=1, initial=np.inf) if n else np.zeros(0)
    openings = [area for area in snap.areas if area.kind == "door" and len(area.points) > 1]
    doors = tuple(_doorway(area) for area in openings)
    through, reached = np.zeros(n, bool), np.zeros(n, bool)
    if not doors or not n:
        return WaysIn(doors, through, reached, sizes[:, 2], narrow)
    floor = Floor(snap, openings)
    margin = snap.brief.assume("moving_margin_mm")
    for kind in np.unique(snap.rack_type[snap.rack_type >= 0]):
        rack = snap.specs.rack_types[int(kind)]
        rows = np.flatnonzero(snap.rack_type == kind)
        least = min(rack.width_mm, rack.depth_mm)
        fitting = [
            area
            for area, door in zip(openings, doors, strict=True)
            if door.width_mm >= least and (not door.height_mm or door.height_mm >= rack.height_mm)
        ]
        through[rows] = bool(fitting)
        if fitting:
            reached[rows] = floor.reached(rows, (rack.width_mm, rack.depth_mm), fitting, margin)
    return WaysIn(doors, through, reached, sizes[:, 2], narrow)


def _doorway(area: PlacedArea) -> Doorway:
    points = np.array(area.points, np.float64)
    wide, deep = points.max(axis=0) - points.min(axis=0)
    name = area.record.name or area.record.id
    return Doorway(area.path, name, float(max(wide, deep)), float(area.record.height_mm))


class Floor:
    """The floor of a design as a grid of cells that are free or not."""

    def __init__(self, snap: Snapshot, doors: Iterable[PlacedArea] = ()) -> None:
        self._brief = snap.brief
        self.boxes, self.facing = boxes_of(snap), facing_of(snap)
        present = snap.rack_type >= 0
        solid = np.concatenate([self.boxes[present], _devices(snap)])
        drawn = [p for area in snap.areas for p in area.points]
        corners = np.concatenate([solid[:, :2], solid[:, 2:], np.array(drawn, np.int64).reshape(-1, 2)])
        low, high = corners.min(axis=0) - _BEYOND_MM, corners.max(axis=0) + _BEYOND_MM
        size = (high - low).astype(np.float64)
        self.pitch = max(PITCH_MM, int(np.ceil(np.sqrt(size[0] * size[1] / MOST_CELLS))))
        self.low = low
        shape = np.ceil(size / self.pitch).astype(int) + 1
        self.taken: Cells = np.zeros((shape[1], shape[0]), bool)
        for area in snap.areas:
            if area.kind == "room" and len(area.points) > 2:
                self._draw_outline(area.points)
            elif area.kind in SOLID and len(area.points) > 1:
                self._draw_outline(area.points)
                self._fill(area)
        for door in doors:
            self._open(door)
        for box in solid:
            self._put(box, True)

    def reached(
        self, rows: NDArray[np.intp], size: tuple[float, float], doors: list[PlacedArea], margin: float
    ) -> Flags:
        """Tell which of some racks of one size can be rolled to in front of their places."""
        layers = self._layers(size, margin)
        labels, n = _labels(layers)
        turn = self._fits(*(2 * [np.hypot(*size) + 2 * self._brief.assume("turning_margin_mm")]))
        parts = _joined(labels, turn & layers[0] & layers[1], n)
        starts = np.zeros(len(parts), bool)
        for door in doors:
            row, column = self._cells(_box(door.points), grow=self.pitch)
            for layer in labels:
                starts[parts[layer[row, column]]] = True
        starts[parts[0]] = False
        good = starts[parts]
        found = np.zeros(len(rows), bool)
        for k, rack in enumerate(rows):
            for way in (1, -1):
                row, column = self._before(int(rack), size, way)
                found[k] |= any(bool(good[layer[row, column]].any()) for layer in labels)
        return found

    def _layers(self, size: tuple[float, float], margin: float) -> tuple[Cells, Cells]:
        """Return where the middle of a rack can be with its width along x, and along y."""
        width, depth = size
        return self._fits(width + 2 * margin, depth), self._fits(depth, width + 2 * margin)

    def _fits(self, wide: float, deep: float) -> Cells:
        """Return where the middle of a box can be: no cell below it is taken."""
        half = [max(int(round(v / self.pitch / 2 - 0.5)), 0) for v in (wide, deep)]
        sums = np.zeros((self.taken.shape[0] + 1, self.taken.shape[1] + 1), np.int32)
        np.cumsum(np.cumsum(self.taken, axis=0, dtype=np.int32), axis=1, out=sums[1:, 1:])
        h, w = self.taken.shape
        top, bottom = np.clip(np.arange(h) - half[1], 0, h), np.clip(np.arange(h) + half[1] + 1, 0, h)
        left, right = np.clip(np.arange(w) - half[0], 0, w), np.clip(np.arange(w) + half[0] + 1, 0, w)
        inside = sums[bottom][:, right] - sums[top][:, right] - sums[bottom][:, left] + sums[top][:, left]
        free: Cells = inside == 0
        return free

    def _before(self, rack: int, size: tuple[float, float], way: int) -> tuple[slice, slice]:
        """Return the cells in front of (1) or behind (-1) a rack, as deep as the rack itself."""
        box, ahead = self.boxes[rack].copy(), self.facing[rack] * way
        deep = round(max(size))
        axis = 0 if ahead[0] else 1
        if ahead[axis] > 0:
            box[axis], box[axis + 2] = box[axis + 2], box[axis + 2] + deep
        else:
            box[axis], box[axis + 2] = box[axis] - deep, box[axis]
        return self._cells(box)

    def _cells(self, box: NDArray[np.int64], grow: int = 0) -> tuple[slice, slice]:
        """Return the rows and columns of the cells whose middle is in a box."""
        low = np.ceil((box[:2] - grow - self.low) / self.pitch - 0.5).astype(int)
        high = np.ceil((box[2:] + grow - self.low) / self.pitch - 0.5).astype(int)
        low = np.maximum(low, 0)
        return slice(low[1], max(high[1], low[1])), slice(low[0], max(high[0], low[0]))

    def _put(self, box: NDArray[np.int64], taken: bool) -> None:
        self.taken[self._cells(box)] = taken

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
        """Free the cells of a door, and a little on both sides of it: it may lie beside the line of the wall."""
        box = _box(door.points).copy()
        axis = int(np.argmin(box[2:] - box[:2]))
        box[axis] -= 4 * self.pitch
        box[axis + 2] += 4 * self.pitch
        self._put(box, False)


def _box(points: tuple[tuple[int, int], ...]) -> NDArray[np.int64]:
    corners = np.array(points, np.int64)
    return np.concatenate([corners.min(axis=0), corners.max(axis=0)])


def _devices(snap: Snapshot) -> NDArray[np.int64]:
    """Return the outlines of devices that stand on the floor and have a size."""
    stands = np.array([s.type.floor_standing for s in snap.specs.specs], bool)
    rows = np.flatnonzero((snap.device_rack < 0) & stands[snap.device_spec])
    columns = [snap.specs.column(f).value for f in ("width_mm", "depth_mm")]
    size = np.stack(columns, axis=1)[snap.device_spec[rows]].round().astype(np.int64)
    dx, dy = turned(size[:, 0], size[:, 1], snap.device_turn[rows])
    x, y = snap.device_x[rows].astype(np.int64), snap.device_y[rows].astype(np.int64)
    box = np.stack(
        [np.minimum(x, x + dx), np.minimum(y, y + dy), np.maximum(x, x + dx), np.maximum(y, y + dy)], axis=1
    )
    known: NDArray[np.int64] = box[(size > 0).all(axis=1)]
    return known


def _labels(layers: tuple[Cells, Cells]) -> tuple[list[NDArray[np.int32]], int]:
    """Number the connected free cells of each layer; 0 where not free. Returns how many numbers there are."""
    found, total = [], 1
    for free in layers:
        label, n = _connected(free)
        found.append(np.where(label > 0, label + total - 1, 0).astype(np.int32))
        total += n
    return found, total


def _connected(free: Cells) -> tuple[NDArray[np.int64], int]:
    """Number the cells connected along rows and columns: runs of each row, joined where they overlap.

    Examples
    --------
    >>> _connected(np.array([[1, 1, 0, 1], [0, 1, 0, 1], [0, 0, 0, 0], [1, 0, 0, 0]], bool))[0].tolist()
    [[1, 1, 0, 2], [0, 1, 0, 2], [0, 0, 0, 0], [3, 0, 0, 0]]
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    begins = free & ~np.pad(free, ((0, 0), (1, 0)))[:, :-1]
    run = np.cumsum(begins).reshape(free.shape) * free
    n = int(begins.sum())
    both = free[1:] & free[:-1]
    # One edge is enough where two runs overlap: where the overlap or one of the runs begins.
    first = both & ~np.pad(both, ((0, 0), (1, 0)))[:, :-1]
    up, down = run[:-1][first] - 1, run[1:][first] - 1
    graph = coo_array((np.ones(len(up), np.int8), (up, down)), shape=(n, n))
    count, part = connected_components(graph, directed=False)
    return np.append(-1, part)[run] + 1, int(count)


def _joined(labels: list[NDArray[np.int32]], turning: Cells, n: int) -> NDArray[np.int64]:
    """Return for each number its part once layers are joined where a rack can turn; 0 stays apart."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    pairs = np.unique(labels[0][turning].astype(np.int64) * n + labels[1][turning])
    graph = coo_array((np.ones(len(pairs), np.int8), (pairs // n, pairs % n)), shape=(n, n))
    found: NDArray[np.int64] = connected_components(graph, directed=False)[1].astype(np.int64)
    return found

"""Rows of racks that stand side by side, and the aisles between rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from core.engine.columns import Flags, Floats, turned
from core.engine.snapshot import Snapshot
from core.engine.stage import stage

Side = Literal["front", "rear"]
Boxes = NDArray[np.int64]

ALIGNED_MM = 100
"""Fronts this much out of line are one row still."""


@dataclass(frozen=True)
class Row:
    """Racks side by side that face one way.

    Attributes
    ----------
    racks : tuple of int
        Rows of the snapshot, along the row.
    facing : (int, int)
        Direction of the fronts: (0, -1) is to the front of the plan.
    start_mm, end_mm : float
        Along the row: x of rows that face along y, else y.
    front_mm, rear_mm : float
        Across: the foremost front and the rearmost rear.
    z_mm : float
        Level of the floor.
    """

    racks: tuple[int, ...]
    facing: tuple[int, int]
    start_mm: float
    end_mm: float
    front_mm: float
    rear_mm: float
    z_mm: float

    @property
    def length_mm(self) -> float:
        """Length of the row."""
        return self.end_mm - self.start_mm

    @property
    def axis(self) -> int:
        """Coordinate that runs across the row: 1 for y."""
        return 1 if self.facing[1] else 0

    def face_mm(self, side: Side) -> float:
        """Where a side of the row is, across it."""
        return self.front_mm if side == "front" else self.rear_mm

    def way(self, side: Side) -> int:
        """Direction that a side looks to, across the row: 1 or -1."""
        ahead = self.facing[self.axis]
        return ahead if side == "front" else -ahead


@dataclass(frozen=True)
class Aisle:
    """The ground between sides of two rows that look at each other.

    Attributes
    ----------
    a, b : int
        Rows, and which side of each looks into it.
    width_mm : float
    start_mm, end_mm : float
        The stretch they share, along the rows.
    """

    a: int
    side_a: Side
    b: int
    side_b: Side
    width_mm: float
    start_mm: float
    end_mm: float

    @property
    def kind(self) -> Literal["cold", "hot", "mixed"]:
        """Cold between fronts, hot between rears, mixed where a front looks at a rear."""
        if self.side_a != self.side_b:
            return "mixed"
        return "cold" if self.side_a == "front" else "hot"


@dataclass(frozen=True)
class Aisles:
    """Rows of racks and the aisles between them.

    Attributes
    ----------
    rows : tuple of Row
    aisles : tuple of Aisle
        Each pair of sides once, nearest rows only.
    """

    rows: tuple[Row, ...]
    aisles: tuple[Aisle, ...]


@stage(reads=("racks", "placement", "brief"))
def aisles(snap: Snapshot) -> Aisles:
    """Find rows and aisles.

    Notes
    -----
    Racks that face one way with their fronts within 100 mm are one row until a gap along it is wide enough to
    walk through (`row_gap_mm`). From each side of a row the nearest one that shares a stretch of it, and is
    no farther than `aisle_reach_mm`, is across the aisle.
    """
    rows = rows_of(snap)
    return Aisles(rows, tuple(_aisles(rows, snap.brief.assume("aisle_reach_mm"))))


def boxes_of(snap: Snapshot) -> Boxes:
    """Return the outline of each rack: left, front, right, back, shape (n_racks, 4) [mm]."""
    sizes = np.array([(t.width_mm, t.depth_mm) for t in snap.specs.rack_types] + [(0, 0)], np.int64)
    size = sizes[snap.rack_type]
    dx, dy = turned(size[:, 0], size[:, 1], snap.rack_turn)
    x, y = snap.rack_x.astype(np.int64), snap.rack_y.astype(np.int64)
    return np.stack(
        [np.minimum(x, x + dx), np.minimum(y, y + dy), np.maximum(x, x + dx), np.maximum(y, y + dy)], axis=1
    )


def inside(points: Sequence[tuple[int, int]], at: Floats) -> Flags:
    """Tell of each point (x, y) whether a polygon holds it (even-odd rule).

    Examples
    --------
    >>> inside(((0, 0), (100, 0), (0, 100)), np.array([[10.0, 10.0], [90.0, 90.0]])).tolist()
    [True, False]
    """
    corners = np.array(points, np.float64)
    found = np.zeros(len(at), bool)
    for (x1, y1), (x2, y2) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        if y1 != y2:
            spans = (y1 > at[:, 1]) != (y2 > at[:, 1])
            found ^= spans & (at[:, 0] < x1 + (at[:, 1] - y1) * (x2 - x1) / (y2 - y1))
    return found


def facing_of(snap: Snapshot) -> NDArray[np.int64]:
    """Return the direction each rack faces, shape (n_racks, 2)."""
    n = snap.n_racks
    found = turned(np.zeros(n, np.int64), np.full(n, -1, np.int64), snap.rack_turn)
    return np.stack(found, axis=1)


def rows_of(snap: Snapshot) -> tuple[Row, ...]:
    """Return the rows of racks of a design, in order of direction, front line and place."""
    present = np.flatnonzero(snap.rack_type >= 0)
    if not len(present):
        return ()
    box, facing = boxes_of(snap)[present], facing_of(snap)[present]
    across = np.where(facing[:, 1] != 0, 1, 0)
    ahead = facing[np.arange(len(present)), across]
    at = np.arange(len(present))
    front = box[at, np.where(ahead > 0, across + 2, across)]
    rear = box[at, np.where(ahead > 0, across, across + 2)]
    start, end = box[at, 1 - across], box[at, 3 - across]
    level = snap.rack_z[present].astype(np.int64)
    direction = 2 * across + (ahead > 0)
    order = np.lexsort((start, front, level, direction))
    line = np.zeros(len(order), np.int64)
    d, lv, f = direction[order], level[order], front[order]
    line[1:] = np.cumsum((np.diff(d) != 0) | (np.diff(lv) != 0) | (np.diff(f) > ALIGNED_MM))
    order = order[np.lexsort((start[order], line))]
    line = np.sort(line)
    gap = snap.brief.assume("row_gap_mm")
    reach = np.maximum.accumulate(end[order] + line * (1 << 32)) - line * (1 << 32)
    cut = (np.diff(line) != 0) | (start[order][1:] - reach[:-1] >= gap)
    rows = []
    for part in np.split(order, np.flatnonzero(cut) + 1):
        turn = int(ahead[part[0]])
        rows.append(
            Row(
                tuple(int(k) for k in present[part]),
                (int(facing[part[0], 0]), int(facing[part[0], 1])),
                float(start[part].min()),
                float(end[part].max()),
                float(front[part].max() if turn > 0 else front[part].min()),
                float(rear[part].min() if turn > 0 else rear[part].max()),
                float(level[part[0]]),
            )
        )
    return tuple(rows)


def _aisles(rows: tuple[Row, ...], reach_mm: float) -> list[Aisle]:
    """Return the nearest neighbours of all sides, each pair once."""
    if not rows:
        return []
    axis = np.array([row.axis for row in rows])
    level = np.array([row.z_mm for row in rows])
    span = np.array([(row.start_mm, row.end_mm) for row in rows])
    faces: dict[Side, Floats] = {
        "front": np.array([row.front_mm for row in rows]),
        "rear": np.array([row.rear_mm for row in rows]),
    }
    ways: dict[Side, NDArray[np.int64]] = {
        side: np.array([row.way(side) for row in rows], np.int64) for side in ("front", "rear")
    }
    found: dict[tuple[int, int, Side], Aisle] = {}
    sides: tuple[Side, Side] = ("front", "rear")
    for i, row in enumerate(rows):
        shared = np.minimum(span[:, 1], row.end_mm) - np.maximum(span[:, 0], row.start_mm)
        beside = (axis == row.axis) & (level == row.z_mm) & (shared > 0)
        beside[i] = False
        for side in sides:
            way = row.way(side)
            best: tuple[float, int, Side] | None = None
            for other in sides:
                gap = way * (faces[other] - row.face_mm(side))
                near = np.flatnonzero(beside & (ways[other] == -way) & (gap >= 0) & (gap <= reach_mm))
                if len(near):
                    j = int(near[np.argmin(gap[near])])
                    best = min(best or (np.inf, -1, other), (float(gap[j]), j, other))
            if best is None:
                continue
            width, j, other = best
            low, high = max(row.start_mm, rows[j].start_mm), min(row.end_mm, rows[j].end_mm)
            key = (min(i, j), max(i, j), side if i < j else other)
            if key not in found:
                one = Aisle(i, side, j, other, width, low, high)
                found[key] = one if i < j else Aisle(j, other, i, side, width, low, high)
    return list(found.values())

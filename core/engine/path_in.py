"""Whether racks can be rolled from a door to in front of their places: a search over a grid of the floor.

A rack moves upright on its casters, one of its sides ahead, and turns only where there is room for its
diagonal. Tilting it is not modelled, nor is taking others out of its way: all other racks stand.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.engine.columns import Flags, Floats
from core.engine.floor_grid import Floor, standing_boxes
from core.engine.placed_plan import PlacedArea
from core.engine.snapshot import Snapshot
from core.engine.stage import stage


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
    rack_judged : ndarray of bool, shape (n_racks,)
        There is a door on its level; all else is false where there is none.
    rack_through : ndarray of bool, shape (n_racks,)
        Some door is high and wide enough for it upright.
    rack_reached : ndarray of bool, shape (n_racks,)
        It can be rolled from such a door to in front of its place or behind it.
    rack_height_mm, rack_narrow_mm : ndarray, shape (n_racks,)
        Height, and the shorter side of its outline [mm].
    made_of : tuple
        What it was made of, to tell whether it still holds.
    """

    doors: tuple[Doorway, ...]
    rack_judged: Flags
    rack_through: Flags
    rack_reached: Flags
    rack_height_mm: Floats
    rack_narrow_mm: Floats
    made_of: tuple[object, ...] = ()

    @property
    def widest_mm(self) -> float:
        """Width of the widest door; 0 without any."""
        return max((door.width_mm for door in self.doors), default=0.0)

    @property
    def tallest_mm(self) -> float:
        """Height of the tallest door; infinite if one of them has none given."""
        return max((door.height_mm or np.inf for door in self.doors), default=0.0)


@stage(
    reads=("racks", "placement", "devices", "standing", "areas", "brief"),
    reuses=True,
)
def ways_in(snap: Snapshot, before: WaysIn | None = None) -> WaysIn:
    """Find for each rack whether there is a way in.

    Notes
    -----
    The floor is a grid of 50 mm (coarser in halls of more than 600,000 cells). Racks, floor devices, walls,
    columns and the outline of rooms are in the way, doors open the outline; keep-outs and containments are
    passable. A rack fits where the cells below its outline, widened by `moving_margin_mm` on both sides of
    its width, are free; it may turn where a square as wide as its diagonal and `turning_margin_mm` is free.
    It has arrived where its outline, turned either way, can stand close in front of its place or behind it:
    the last turn may use the places of its neighbours, as rows are filled from one end.
    """
    n = snap.n_racks
    types = snap.specs.rack_types
    sizes = np.array([(t.width_mm, t.depth_mm, t.height_mm) for t in types] + [(0, 0, 0)], np.float64)
    sizes = sizes[snap.rack_type]
    narrow = np.minimum(sizes[:, 0], sizes[:, 1])
    openings = [area for area in snap.areas if area.kind == "door" and len(area.points) > 1]
    doors = tuple(_doorway(area) for area in openings)
    judged, through, reached = (np.zeros(n, bool) for _ in range(3))
    if not doors or not n:
        return WaysIn(doors, judged, through, reached, sizes[:, 2], narrow)
    made_of = (
        snap.group("racks"),
        snap.group("placement"),
        snap.areas,
        _settings(snap),
        standing_boxes(snap).tobytes(),
    )
    if (
        before is not None
        and _alike(before.made_of, made_of)
        and np.array_equal(before.rack_height_mm, sizes[:, 2])
    ):
        return before
    for level in {area.z_mm for area in openings}:
        here = (snap.rack_type >= 0) & (snap.rack_z == level)
        judged |= here
        floor = Floor(snap, level)
        for kind in np.unique(snap.rack_type[here]):
            rack, rows = types[int(kind)], np.flatnonzero(here & (snap.rack_type == kind))
            least = min(rack.width_mm, rack.depth_mm)
            fitting = [
                area
                for area, door in zip(openings, doors, strict=True)
                if area.z_mm == level
                and door.width_mm >= least
                and (not door.height_mm or door.height_mm >= rack.height_mm)
            ]
            through[rows] = bool(fitting)
            if fitting:
                reached[rows] = floor.reached(rows, (rack.width_mm, rack.depth_mm), fitting)
    return WaysIn(doors, judged, through, reached, sizes[:, 2], narrow, made_of)


def way_in(snap: Snapshot, rack: int) -> tuple[tuple[float, float], ...]:
    """Return the shortest way of the middle of a rack from a door to its place [mm]; empty if there is none.

    Corners of the way only: it begins in the door and ends in the middle of the rack's place.

    Notes
    -----
    Not live: a search over all cells, two directions each; a turn counts as one metre.
    """
    kind = int(snap.rack_type[rack])
    if kind < 0:
        return ()
    level, spec = int(snap.rack_z[rack]), snap.specs.rack_types[kind]
    fitting = [
        area
        for area in snap.areas
        if area.kind == "door"
        and len(area.points) > 1
        and area.z_mm == level
        and (door := _doorway(area)).width_mm >= min(spec.width_mm, spec.depth_mm)
        and (not door.height_mm or door.height_mm >= spec.height_mm)
    ]
    if not fitting:
        return ()
    floor = Floor(snap, level)
    return floor.way(rack, (spec.width_mm, spec.depth_mm), fitting)


def _settings(snap: Snapshot) -> tuple[float, ...]:
    sides = tuple(float(v) for t in snap.specs.rack_types for v in (t.width_mm, t.depth_mm, t.height_mm))
    return (snap.brief.value("moving_margin_mm"), snap.brief.value("turning_margin_mm"), *sides)


def _alike(before: tuple[object, ...], now: tuple[object, ...]) -> bool:
    return len(before) == len(now) and (
        all(a is b for a, b in zip(before[:3], now[:3], strict=True)) and before[3:] == now[3:]
    )


def _doorway(area: PlacedArea) -> Doorway:
    points = np.array(area.points, np.float64)
    wide, deep = points.max(axis=0) - points.min(axis=0)
    name = area.record.name or area.record.id
    return Doorway(area.path, name, float(max(wide, deep)), float(area.record.height_mm))

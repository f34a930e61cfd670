"""Which room everything stands in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.engine.columns import Flags, Floats, Ints, turned
from core.engine.placed_plan import PlacedArea
from core.engine.snapshot import Snapshot
from core.engine.stage import stage

STOREY_MM = 6000
"""Height of a room that gives none."""


@dataclass(frozen=True, eq=False)
class Rooms:
    """Rooms that are drawn, and what stands in each.

    Attributes
    ----------
    name : tuple of str
        Room 0, without a name, is what stands in none that is drawn.
    path : tuple of str
        Of the areas; empty for room 0.
    contained : tuple of bool
        Whether a containment is drawn in it.
    device_room : ndarray of int32, shape (n_devices,)
    """

    name: tuple[str, ...]
    path: tuple[str, ...]
    contained: tuple[bool, ...]
    device_room: Ints

    def same(self, other: Rooms) -> bool:
        """Tell whether another has the same rooms with the same things in them."""
        mine, its = (self.name, self.path, self.contained), (other.name, other.path, other.contained)
        return mine == its and np.array_equal(self.device_room, other.device_room)


@stage(reads=("devices", "racks", "placement", "standing", "areas"), reuses=True)
def rooms(snap: Snapshot, before: Rooms | None = None) -> Rooms:
    """Find the room of every device: of racks and floor-standing devices by their middle.

    Notes
    -----
    A containment that holds room units as well as what they cool is balanced like a room of its own; one
    around an aisle alone only tells that its room has one.

    A result that would be the same stays the same object, so that moving a rack within its room leaves what
    is made from it as it was. Of rooms that overlap the smallest counts.
    """
    outlined = [a for a in snap.areas if a.kind in ("room", "containment") and len(a.points) > 2]
    drawn = [a for a in outlined if a.kind == "room" or _stands_alone(snap, a)]
    drawn.sort(key=_area, reverse=True)
    device_room = np.zeros(snap.n_devices, np.int32)
    for number, area in enumerate(drawn, 1):
        device_room[_devices_in(snap, area)] = number
    held = [c for c in outlined if c.kind == "containment"]
    found = Rooms(
        name=("", *(area.record.name or "Room" for area in drawn)),
        path=("", *(area.path for area in drawn)),
        contained=(False, *(area in held or any(_holds(area, c) for c in held) for area in drawn)),
        device_room=device_room,
    )
    return before if before is not None and found.same(before) else found


def _stands_alone(snap: Snapshot, area: PlacedArea) -> bool:
    """Whether an area holds room units and other devices."""
    inside = _devices_in(snap, area)
    unit = np.array([spec.type.kind == "air-handler" for spec in snap.specs.specs])[snap.device_spec]
    return bool((inside & unit).any() and (inside & ~unit).any())


def _devices_in(snap: Snapshot, area: PlacedArea) -> Flags:
    rack_in = np.append(_inside(area, *_rack_middles(snap)), False)
    found: Flags = np.where(
        snap.device_rack >= 0, rack_in[snap.device_rack], _inside(area, *_device_middles(snap))
    )
    return found


def _area(area: PlacedArea) -> float:
    points = np.array(area.points, float)
    x, y = points[:, 0], points[:, 1]
    return abs(float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))) / 2


def _holds(area: PlacedArea, other: PlacedArea) -> bool:
    x, y = (np.array([float(np.mean([p[k] for p in other.points]))]) for k in (0, 1))
    return bool(_inside(area, x, y, np.array([float(other.z_mm)]))[0])


def _inside(area: PlacedArea, x: Floats, y: Floats, z: Floats) -> Flags:
    """Tell which points lie in an area, by the edges a ray to the right crosses."""
    inside = np.zeros(len(x), bool)
    points = area.points
    for (x1, y1), (x2, y2) in zip(points, points[1:] + points[:1], strict=True):
        if y1 != y2:
            crosses = (y1 > y) != (y2 > y)
            inside ^= crosses & (x < (x2 - x1) * (y - y1) / (y2 - y1) + x1)
    top = area.z_mm + (area.record.height_mm or STOREY_MM)
    found: Flags = inside & (z >= area.z_mm - 1) & (z < top)
    return found


def _rack_middles(snap: Snapshot) -> tuple[Floats, Floats, Floats]:
    size = np.array([(t.width_mm, t.depth_mm) for t in snap.specs.rack_types] + [(0, 0)], float)
    return _middles(snap.rack_x, snap.rack_y, snap.rack_z, snap.rack_turn, size[snap.rack_type])


def _device_middles(snap: Snapshot) -> tuple[Floats, Floats, Floats]:
    size = np.array([(s.type.width_mm or 0, s.type.depth_mm or 0) for s in snap.specs.specs], float)
    return _middles(snap.device_x, snap.device_y, snap.device_z, snap.device_turn, size[snap.device_spec])


def _middles(
    x: Ints, y: Ints, z: Ints, turn: Ints, size: NDArray[np.float64]
) -> tuple[Floats, Floats, Floats]:
    wide, deep = turned(size[:, 0] / 2, size[:, 1] / 2, turn)
    return x + wide, y + deep, z.astype(np.float64)

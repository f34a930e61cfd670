"""Which racks are drawn where, and what of them is under a point: the geometry behind the rack view."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from core.drawing.elevation import Elevation, device_box
from core.drawing.faceplate import Face, Faceplate, faceplate
from core.drawing.placed import PlacedBlock, walk
from core.editing.cabling.patterns import natural
from core.editing.space import Spot, half_units
from core.model.project import Reader
from core.model.records import Device, Link
from core.model.types import DeviceType, RackType
from desktop.selection import records_of

FACE_GAP = 230.0
RACK_GAP = 320.0
ROW_GAP = 620.0
HEADER = 240.0
ACROSS = 10
"""Racks in a row of the drawing; with more than 33 rows grow longer, so that it is as wide as a screen."""
Which = Literal["kinds", "selected", "all"]
MOST_RACKS = 400


@dataclass(frozen=True)
class Standing:
    """One face of one rack, standing in the drawing."""

    path: str
    block: str
    rack: RackType
    face: Face
    x: float
    y: float
    """Lower left corner of the rack's outside [mm]."""
    drawn: Elevation
    rows: NDArray[np.intp]
    """Place of each device of the elevation among those of the rack block."""

    def holds(self, x: float, y: float) -> bool:
        """Tell whether a point is in the rack's outside."""
        return self.x <= x <= self.x + self.drawn.width and self.y <= y <= self.y + self.drawn.height

    def device_at(self, x: float, y: float) -> str:
        """Return the id of the device at a point; empty if there is none."""
        boxes = self.drawn.boxes
        px, py = x - self.x, y - self.y
        with np.errstate(invalid="ignore"):
            hit = (
                (boxes[:, 0] <= px)
                & (px <= boxes[:, 0] + boxes[:, 2])
                & (boxes[:, 1] <= py)
                & (py <= boxes[:, 1] + boxes[:, 3])
            )
        found = np.flatnonzero(hit)
        return self.drawn.owners[found[-1]] if len(found) else ""

    def box_of(self, device_id: str) -> tuple[float, float, float, float] | None:
        """Return x, y, width, height of a device in the drawing, or None if this face hides it."""
        try:
            row = self.drawn.owners.index(device_id)
        except ValueError:
            return None
        x, y, width, height = self.drawn.boxes[row].tolist()
        return None if np.isnan(x) else (self.x + x, self.y + y, width, height)

    def boxes_of(self, ids: Iterable[str]) -> NDArray[np.float64]:
        """Return the boxes of devices this face shows, in scene coordinates; of the rack for an empty id."""
        wanted = set(ids)
        owners, boxes = self.drawn.owners, self.drawn.boxes
        if not wanted.issuperset(owners):
            boxes = boxes[[row for row, owner in enumerate(owners) if owner in wanted]]
        boxes = boxes[~np.isnan(boxes[:, 0])]
        if "" in wanted:
            boxes = np.vstack([boxes, (0.0, 0.0, self.drawn.width, self.drawn.height)])
        return np.column_stack(
            [boxes[:, 0] + self.x, -(self.y + boxes[:, 1] + boxes[:, 3]), boxes[:, 2], boxes[:, 3]]
        )

    def plate_of(self, reader: Reader, device: Device) -> tuple[Faceplate, float, float] | None:
        """Return the faceplate this face shows of a device and where its corner is in the drawing."""
        box = self.box_of(device.id)
        spec = reader.find_type(device.type)
        if box is None or not isinstance(spec, DeviceType):
            return None
        zones = {zone.name: zone.face for zone in self.rack.zones}
        mounted = zones.get(device.zone, device.face) if device.zone else device.face
        shows: Face = "front" if mounted == self.face else "rear"
        plate = faceplate(spec, shows, box[2], box[3], reader.ports(device))
        return plate, box[0], box[1]

    def plates(self, reader: Reader) -> Callable[[int], Faceplate | None]:
        """Return what gives the faceplate of a device by its place in the elevation."""
        devices = reader.devices(self.block)

        def plate(place: int) -> Faceplate | None:
            found = self.plate_of(reader, devices[self.drawn.owners[place]])
            return None if found is None else found[0]

        return plate

    def spot_box(self, spec: DeviceType, spot: Spot) -> tuple[float, float, float, float]:
        """Return the box in the drawing that a device of a type would take at a spot."""
        device = Device(block="b", id="d", type=spec.id, **spot._asdict())
        x, y, width, height = device_box(device, spec, self.rack, self.face)
        return self.x + x, self.y + y, width, height

    def spot_near(self, spec: DeviceType, x: float, bottom: float, face: Face, *, free: bool = False) -> Spot:
        """Return the spot nearest to where a device's middle (x) and bottom are held."""
        if spec.zero_u:
            return self._zone_near(x)
        half = (bottom - self.y - self.drawn.base) / (self.drawn.pitch / 2.0)
        height = half_units(spec)
        by_halves = free or height % 2 == 1
        low = round(half) if by_halves else 2 * round(half / 2)
        low = max(0, min(low, max(2 * self.rack.units - height, 0)))
        return Spot(half_u=low, face=face, side=self._side_near(spec, x))

    def _side_near(self, spec: DeviceType, x: float) -> Literal["", "left", "centre", "right"]:
        if spec.width == "full":
            return ""
        share = (x - self.x) / max(self.drawn.width, 1.0)
        if self.face == "rear":
            share = 1.0 - share
        if spec.width == "half":
            return "left" if share < 0.5 else "right"
        return "left" if share < 0.4 else "right" if share > 0.6 else "centre"

    def _zone_near(self, x: float) -> Spot:
        best, nearest = Spot(), float("inf")
        for zone in self.rack.zones:
            for place in range(zone.places):
                spot = Spot(zone=zone.name, place=place, face=zone.face)
                slim = DeviceType(id="slim", name="slim", kind="other", zero_u=True)
                left, _, width, _ = self.spot_box(slim, spot)
                distance = abs(left + width / 2 - x) + (0.0 if zone.face == self.face else 1e4)
                if distance < nearest:
                    best, nearest = spot, distance
        return best


def racks_of(
    project: Reader, which: Which, selected: Iterable[str], entered: str
) -> tuple[list[PlacedBlock], int]:
    """Return the racks to draw and how many there are in all.

    Parameters
    ----------
    project : Reader
    which : {"kinds", "selected", "all"}
        One rack of each drawing; the racks that are, hold or are held by what is selected; every rack.
    selected : iterable of str
    entered : str
        Path of the block entered: only racks in it count.
    """
    inside = f"{entered}/" if entered else ""
    every = [
        at
        for at in walk(project, project.top)
        if at.block.kind == "rack" and (at.path == entered or at.path.startswith(inside))
    ]
    every.sort(key=lambda at: natural(at.tag))
    if which == "kinds":
        first: dict[str, PlacedBlock] = {}
        for at in every:
            first.setdefault(at.block.id, at)
        return list(first.values())[:MOST_RACKS], len(every)
    if which == "selected":
        paths = set(selected)
        holders = {path.rpartition("/")[0] for path in paths}
        chosen = [at for at in every if at.path in holders or not paths.isdisjoint(_steps(at.path))]
        return chosen[:MOST_RACKS], len(every)
    return every[:MOST_RACKS], len(every)


def _steps(path: str) -> Iterator[str]:
    """Yield a path and those of all that is around it."""
    while path:
        yield path
        path = path.rpartition("/")[0]


def with_ends(project: Reader, paths: Iterable[str]) -> list[str]:
    """Return the paths with those of links replaced by those of the devices at their ends."""
    given = list(paths)
    links = {path: record for path, record in records_of(project, given) if isinstance(record, Link)}
    found: list[str] = []
    for path in given:
        link = links.get(path)
        if link is not None:
            head = path.rpartition("/")[0]
            found += [f"{head}/{end.path}".lstrip("/") for end in (link.a, link.b)]
        else:
            found.append(path)
    return found


def arranged(
    racks: Sequence[tuple[PlacedBlock, RackType]],
) -> Iterator[tuple[PlacedBlock, RackType, float, float]]:
    """Yield each rack with the place of its front's lower left corner, in rows that read like text."""
    y = 0.0
    across = max(ACROSS, math.ceil(math.sqrt(3.0 * len(racks))))
    for start in range(0, len(racks), across):
        row = racks[start : start + across]
        x = 0.0
        y -= max(rack.height_mm for _, rack in row) + (ROW_GAP if start else 0.0)
        for at, rack in row:
            yield at, rack, x, y
            x += 2 * rack.width_mm + FACE_GAP + RACK_GAP


def used_ports(project: Reader) -> dict[tuple[str, str], set[str]]:
    """Return the names of the ports that links end at, by key of the device."""
    used: dict[tuple[str, str], set[str]] = {}
    for block in project.blocks_of("links"):
        for link in project.links(block).values():
            for end in (link.a, link.b):
                device = project.resolve(block, end.path)
                if isinstance(device, Device):
                    names = used.setdefault(device.key, set())
                    names.update(token.partition("/")[0] for token in end.ports)
    return used

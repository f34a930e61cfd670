"""Rack elevations: the front or rear of a rack block, drawn from its records.

Model coordinates: the rack's outside is x 0..width, y 0..height [mm], seen from the face that is drawn
(the rear is mirrored). Owners are the devices, in the order of `Elevation.owners`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from core.drawing.batch import Anchor, Batch, Floats, Ints, Level, Sketch, concatenate, tiled
from core.drawing.faceplate import Face, Faceplate, faceplate
from core.drawing.rack_geometry import Frame, Mounted, device_box, frame_of, mounted_on
from core.drawing.rack_names import names_beside, names_inside
from core.drawing.reserved import draw_reserved
from core.model.project import Reader
from core.model.types import RackType

__all__ = ["Elevation", "device_box", "elevation", "frame_of", "owner_rows"]

Names = Literal["inside", "beside", "behind", "none"]


@dataclass(frozen=True)
class Elevation:
    """A drawn rack.

    Attributes
    ----------
    batch : Batch
    owners : tuple of str
        Device ids; the `*_owner` columns of the batch index into it.
    boxes : ndarray, shape (n_owners, 4)
        x, y, width, height of each device as seen [mm]; NaN where this face does not show it.
    width, height : float
        Outside of the rack [mm].
    base : float
        Height of the bottom of the lowest unit [mm].
    pitch : float
        Height of a unit [mm].
    """

    batch: Batch
    owners: tuple[str, ...]
    boxes: Floats
    width: float
    height: float
    base: float
    pitch: float


def elevation(
    project: Reader,
    block: str,
    face: Face = "front",
    *,
    names: Names = "inside",
    used: Mapping[str, Collection[str]] | None = None,
    labels: Mapping[str, str] | None = None,
    details: Mapping[str, str] | None = None,
    absent: Collection[str] = (),
    text_mm: float = 18.0,
    callout_mm: float = 480.0,
) -> Elevation:
    """Draw a rack block.

    Parameters
    ----------
    project : Reader
    block : str
        Id of a rack block.
    face : {"front", "rear"}
    names : {"inside", "beside", "behind", "none"}
        Where device names go: on the devices (screen), beside the rack with a leader (paper), or on those
        devices only that the other face does not show.
    used : mapping of device id to port names, optional
        Ports drawn as occupied.
    labels : mapping of device id to str, optional
        What is written instead of the name (an instance's own names).
    details : mapping of device id to str, optional
        What follows the name beside the rack where a device has the line for itself.
    absent : collection of device ids, optional
        Devices left out (masked by an override).
    text_mm : float
        Capital height of unit numbers and callouts [mm, model].
    callout_mm : float
        Room for callouts [mm, model].
    """
    holder = project.blocks.get(block)
    rack = project.find_type(holder.rack_type) if holder is not None else None
    devices = [d for d in project.devices(block).values() if d.id not in absent]
    owners = tuple(d.id for d in devices)
    if not isinstance(rack, RackType):
        return Elevation(Sketch().freeze(), owners, np.full((len(owners), 4), np.nan), 0, 0, 0, 1)
    frame = frame_of(rack)
    mounted = mounted_on(project, devices, rack, face)
    back, front = Sketch(), Sketch()
    _draw_frame(back, rack, frame, face, text_mm)
    draw_reserved(back, holder.reserved if holder is not None else (), frame, face)
    parts = [back.freeze(), *_faces(project, mounted)]
    _draw_hidden(front, mounted)
    if used:
        _draw_used(front, project, mounted, used)
    texts = {m.row: (labels or {}).get(m.device.id) or m.device.name or m.device.id for m in mounted}
    if names == "inside":
        names_inside(front, project, mounted, texts)
    elif names == "behind":
        other = mounted_on(project, devices, rack, "rear" if face == "front" else "front")
        seen = {m.row for m in other}
        names_inside(front, project, [m for m in mounted if m.row not in seen], texts)
    elif names == "beside":
        more = {m.row: (details or {}).get(m.device.id, "") for m in mounted}
        names_beside(front, mounted, texts, more, frame, text_mm, callout_mm)
    boxes = np.full((len(owners), 4), np.nan)
    for m in mounted:
        if not m.hidden:
            boxes[m.row] = m.box
    parts.append(front.freeze())
    return Elevation(concatenate(parts), owners, boxes, frame.width, frame.height, frame.base, frame.pitch)


def _draw_frame(sketch: Sketch, rack: RackType, frame: Frame, face: Face, text_mm: float) -> None:
    left = (frame.width - frame.opening) / 2.0
    top = frame.units * frame.pitch
    sketch.rect(0, 0, frame.width, frame.height, "rack.frame")
    for zone in rack.zones:
        if zone.face == face:
            _draw_zone(sketch, zone.side, frame, face)
    sketch.rect(left, frame.base, frame.opening, top, "rack.opening")
    for unit in range(frame.units):
        y = frame.base + unit * frame.pitch
        sketch.rect(left, y, frame.opening, frame.pitch, "rack.unit", level=Level.MIDDLE)
    for x in (left - 12.0, left + frame.opening):
        sketch.rect(x, frame.base, 12.0, top, "rack.rail", level=Level.MIDDLE)
    for unit in range(frame.units):
        y = frame.base + unit * frame.pitch
        number = f"{rack.unit_number(2 * unit):.0f}"
        middle = y + frame.pitch / 2.0
        size = min(text_mm, 0.6 * frame.pitch)
        sketch.text(-10.0, middle, number, size, "rack.number", anchor=Anchor.RIGHT, level=Level.MIDDLE)
        sketch.text(frame.width + 10.0, middle, number, size, "rack.number", level=Level.MIDDLE)


def _draw_zone(sketch: Sketch, side: str, frame: Frame, face: Face) -> None:
    strip = (frame.width - frame.opening) / 2.0
    if side == "centre" or strip < 20.0:
        return
    on_left = (side == "left") == (face == "front")
    x = 4.0 if on_left else frame.width - strip + 4.0
    sketch.rect(x, 10.0, strip - 20.0, frame.height - 20.0, "rack.zone", level=Level.MIDDLE)


def _plate(project: Reader, m: Mounted) -> Faceplate:
    return faceplate(m.spec, m.shows, m.box[2], m.box[3], project.ports(m.device))


def _faces(project: Reader, mounted: Sequence[Mounted]) -> list[Batch]:
    """Return the faceplates, one tiled batch for each that is used."""
    groups: dict[int, tuple[Faceplate, list[tuple[float, float]], list[int]]] = {}
    for m in mounted:
        if not m.hidden or m.shows == "rear":
            plate = _plate(project, m)
            _, at, rows = groups.setdefault(id(plate), (plate, [], []))
            at.append(m.box[:2])
            rows.append(m.row)
    return [
        tiled(plate.batch, np.array(at, dtype=np.float64), np.array(rows, dtype=np.int32))
        for plate, at, rows in groups.values()
    ]


def _draw_hidden(sketch: Sketch, mounted: Sequence[Mounted]) -> None:
    for m in mounted:
        if m.hidden:
            x, y, w, h = m.box
            for x1, y1, x2, y2 in ((x, y, x + w, y), (x, y + h, x + w, y + h), (x, y, x, y + h),
                                   (x + w, y, x + w, y + h)):  # fmt: skip
                sketch.line(x1, y1, x2, y2, "hidden", level=Level.NEAR, owner=m.row)


def _draw_used(
    sketch: Sketch, project: Reader, mounted: Sequence[Mounted], used: Mapping[str, Collection[str]]
) -> None:
    for m in mounted:
        names = used.get(m.device.id)
        if not names:
            continue
        plate = _plate(project, m)
        for name in sorted(names):
            row = plate.ports.get(name)
            if row is not None:
                x, y, w, h = plate.port_rects[row].tolist()
                x, y = x + m.box[0], y + m.box[1]
                sketch.rect(x, y, w, h, "port.used", level=Level.NEAR, owner=m.row)


def owner_rows(found: Elevation, ids: Collection[str]) -> Ints:
    """Return the owner numbers of devices, for highlighting."""
    wanted = set(ids)
    return np.array([row for row, name in enumerate(found.owners) if name in wanted], dtype=np.int32)

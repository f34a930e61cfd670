"""Rack elevations: the front or rear of a rack block, drawn from its records.

Model coordinates: the rack's outside is x 0..width, y 0..height [mm], seen from the face that is drawn
(the rear is mirrored). Owners are the devices, in the order of `Elevation.owners`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from core.drawing.batch import Anchor, Batch, Floats, Ints, Level, Sketch, concatenate, tiled
from core.drawing.callouts import spread
from core.drawing.faceplate import Face, Faceplate, faceplate
from core.model.project import Reader
from core.model.records import Device
from core.model.types import DeviceType, RackType

Names = Literal["inside", "beside", "behind", "none"]
_GAP = 0.6
"""Visible gap between neighbouring devices [mm]."""
_EIA_OPENING = 450.0


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


class Frame(NamedTuple):
    """The fixed measures of a rack type [mm]."""

    width: float
    height: float
    opening: float
    base: float
    pitch: float
    units: int


def frame_of(rack: RackType) -> Frame:
    """Return where the units of a rack type are in its outside."""
    opening = min(rack.opening_mm or _EIA_OPENING, rack.width_mm - 20.0)
    base = max(rack.height_mm - rack.units * rack.pitch_mm, 0.0) / 2.0
    return Frame(rack.width_mm, rack.height_mm, opening, base, rack.pitch_mm, rack.units)


class _Mounted(NamedTuple):
    row: int
    device: Device
    spec: DeviceType
    box: tuple[float, float, float, float]
    shows: Face
    hidden: bool


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
    mounted = _mounted(project, devices, rack, frame, face)
    back, front = Sketch(), Sketch()
    _draw_frame(back, rack, frame, face, text_mm)
    parts = [back.freeze(), *_faces(project, mounted)]
    _draw_hidden(front, mounted)
    if used:
        _draw_used(front, project, mounted, used)
    texts = {m.row: (labels or {}).get(m.device.id) or m.device.name or m.device.id for m in mounted}
    if names == "inside":
        _names_inside(front, project, mounted, texts)
    elif names == "behind":
        other = _mounted(project, devices, rack, frame, "rear" if face == "front" else "front")
        seen = {m.row for m in other}
        _names_inside(front, project, [m for m in mounted if m.row not in seen], texts)
    elif names == "beside":
        more = {m.row: (details or {}).get(m.device.id, "") for m in mounted}
        _names_beside(front, mounted, texts, more, frame, text_mm, callout_mm)
    boxes = np.full((len(owners), 4), np.nan)
    for m in mounted:
        if not m.hidden:
            boxes[m.row] = m.box
    parts.append(front.freeze())
    return Elevation(concatenate(parts), owners, boxes, frame.width, frame.height, frame.base, frame.pitch)


def device_box(
    device: Device, spec: DeviceType, rack: RackType, face: Face = "front"
) -> tuple[float, float, float, float]:
    """Return x, y, width, height of a device in a rack as seen from a face [mm]."""
    frame = frame_of(rack)
    if device.zone:
        return _zone_box(device, spec, rack, frame, face)
    share = {"full": 1.0, "half": 0.5, "third": 1.0 / 3.0}[spec.width]
    width = frame.opening * share
    left = (frame.width - frame.opening) / 2.0
    offset = {"": 0.0, "left": 0.0, "centre": (frame.opening - width) / 2.0, "right": frame.opening - width}
    x = left + offset[device.side] + device.x_mm
    height = max(spec.height_u * _unit_mm(spec, frame), 1.0)
    y = frame.base + device.half_u * frame.pitch / 2.0
    if face == "rear":
        x = frame.width - x - width
    return x, y + _GAP / 2, width, max(height - _GAP, 0.5)


def _unit_mm(spec: DeviceType, frame: Frame) -> float:
    """Return the height of a unit of the device: its own if it was made for another pitch [mm]."""
    own = 48.0 if spec.unit == "OU" else 44.45
    return frame.pitch if abs(own - frame.pitch) < 0.5 else own


def _zone_box(
    device: Device, spec: DeviceType, rack: RackType, frame: Frame, face: Face
) -> tuple[float, float, float, float]:
    zone = next((z for z in rack.zones if z.name == device.zone), None)
    side = zone.side if zone else "left"
    # Zones of one side share its strip; the one listed last, and of it the first place, is the outermost.
    beside = [z for z in rack.zones if z.side == side and zone is not None and z.face == zone.face]
    places = sum(z.places for z in beside) or 1
    outer = sum(z.places for z in beside[beside.index(zone) + 1 :]) if zone else 0
    place = min(outer + device.place, places - 1)
    strip = (frame.width - frame.opening) / 2.0
    lane = (strip if side != "centre" else 0.4 * frame.opening) / places
    width = min(spec.width_mm or lane * 0.8, lane * 0.92)
    height = min(spec.height_mm or 0.9 * frame.height, frame.height - 20.0)
    start = {"left": 0.0, "right": frame.width - strip, "centre": (frame.width - lane * places) / 2.0}[side]
    if side == "right":
        place = places - 1 - place
    x = start + place * lane + (lane - width) / 2.0
    if face == "rear":
        x = frame.width - x - width
    return x, (frame.height - height) / 2.0, width, height


def _mounted(
    project: Reader, devices: Sequence[Device], rack: RackType, frame: Frame, face: Face
) -> list[_Mounted]:
    """Return what this face shows; things behind others come out hidden or are left out."""
    faces = {z.name: z.face for z in rack.zones}
    found: list[_Mounted] = []
    behind: list[_Mounted] = []
    for row, device in enumerate(devices):
        spec = project.find_type(device.type)
        if not isinstance(spec, DeviceType):
            continue
        box = device_box(device, spec, rack, face)
        mounted_at: Face = faces.get(device.zone, device.face) if device.zone else device.face
        shows: Face = "front" if mounted_at == face else "rear"
        entry = _Mounted(row, device, spec, box, shows, mounted_at != face)
        (found if mounted_at == face else behind).append(entry)
    covered = [m.box for m in found if not m.device.zone]
    for entry in behind:
        if any(_overlap(entry.box, box) for box in covered) or entry.device.zone:
            continue
        # A device is as deep as the rack unless its depth says that it ends well before the other face.
        depth = entry.spec.depth_mm
        shallow = depth is not None and depth < 0.5 * rack.depth_mm
        found.append(entry._replace(hidden=shallow or entry.spec.kind == "blank"))
    return found


def _overlap(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    return a[0] < b[0] + b[2] and b[0] < a[0] + a[2] and a[1] < b[1] + b[3] and b[1] < a[1] + a[3]


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
        number = str(unit + 1 if rack.numbering == "up" else frame.units - unit)
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


def _plate(project: Reader, m: _Mounted) -> Faceplate:
    return faceplate(m.spec, m.shows, m.box[2], m.box[3], project.ports(m.device))


def _faces(project: Reader, mounted: Sequence[_Mounted]) -> list[Batch]:
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


def _draw_hidden(sketch: Sketch, mounted: Sequence[_Mounted]) -> None:
    for m in mounted:
        if m.hidden:
            x, y, w, h = m.box
            for x1, y1, x2, y2 in ((x, y, x + w, y), (x, y + h, x + w, y + h), (x, y, x, y + h),
                                   (x + w, y, x + w, y + h)):  # fmt: skip
                sketch.line(x1, y1, x2, y2, "hidden", level=Level.NEAR, owner=m.row)


def _draw_used(
    sketch: Sketch, project: Reader, mounted: Sequence[_Mounted], used: Mapping[str, Collection[str]]
) -> None:
    for m in mounted:
        names = used.get(m.device.id)
        if not names:
            continue
        plate = _plate(project, m)
        for name in names:
            row = plate.ports.get(name)
            if row is not None:
                x, y, w, h = plate.port_rects[row].tolist()
                x, y = x + m.box[0], y + m.box[1]
                sketch.rect(x, y, w, h, "port.used", level=Level.NEAR, owner=m.row)


def _names_inside(
    sketch: Sketch, project: Reader, mounted: Sequence[_Mounted], texts: Mapping[int, str]
) -> None:
    for m in mounted:
        if m.spec.kind == "blank":
            continue
        x, y, w, h = _plate(project, m).name_box
        if m.box[3] > 2 * m.box[2]:
            size = 0.45 * min(m.box[2], 40.0)
            sketch.text(
                m.box[0] + m.box[2] / 2, m.box[1] + y + h / 2, texts[m.row], size,
                anchor=Anchor.CENTRE, angle=90.0, width=h, level=Level.MIDDLE, owner=m.row,
            )  # fmt: skip
        else:
            size = min(0.36 * m.box[3], 15.0)
            sketch.text(
                m.box[0] + x + 2.0, m.box[1] + h / 2, texts[m.row], size,
                width=max(w - 2.0, 10.0), level=Level.MIDDLE, owner=m.row,
            )  # fmt: skip


def _names_beside(
    sketch: Sketch,
    mounted: Sequence[_Mounted],
    texts: Mapping[int, str],
    details: Mapping[int, str],
    frame: Frame,
    text_mm: float,
    room_mm: float,
) -> None:
    """Write names to the right of the unit numbers, each with a leader from its device."""
    lines: dict[tuple[float, bool], list[_Mounted]] = {}
    for m in mounted:
        if m.spec.kind != "blank":
            lines.setdefault((round(m.box[1] + m.box[3] / 2, 1), bool(m.device.zone)), []).append(m)
    ordered = sorted(lines.items(), key=lambda item: (-item[0][0], item[0][1]))
    at = spread([key[0] for key, _ in ordered], 2.05 * text_mm, 0.0, frame.height)
    start = frame.width + 10.0 + 2.6 * text_mm
    end = start + 2.0 * text_mm
    for y, (_, members) in zip(at, ordered, strict=True):
        members.sort(key=lambda m: m.box[0])
        middle = members[-1].box[1] + members[-1].box[3] / 2
        sketch.line(start, middle, end, y, "callout", level=Level.NEAR)
        text = " | ".join(texts[m.row] for m in members)
        if len(members) == 1 and details[members[0].row]:
            text += f"   {details[members[0].row]}"
        sketch.text(
            end + 0.4 * text_mm, y, text, text_mm, "callout",
            width=room_mm, level=Level.NEAR, owner=members[0].row,
        )  # fmt: skip


def owner_rows(found: Elevation, ids: Collection[str]) -> Ints:
    """Return the owner numbers of devices, for highlighting."""
    wanted = set(ids)
    return np.array([row for row, name in enumerate(found.owners) if name in wanted], dtype=np.int32)

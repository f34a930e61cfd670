"""Where devices are in a rack, seen from its front or rear [mm]."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from core.drawing.faceplate import Face
from core.model.project import Reader
from core.model.records import Device
from core.model.types import DeviceType, RackType

_GAP = 0.6
"""Visible gap between neighbouring devices [mm]."""
_EIA_OPENING = 450.0


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
    return Frame(rack.width_mm, rack.height_mm, opening, rack.base_mm, rack.pitch_mm, rack.units)


class Mounted(NamedTuple):
    row: int
    device: Device
    spec: DeviceType
    box: tuple[float, float, float, float]
    shows: Face
    hidden: bool


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


def mounted_on(project: Reader, devices: Sequence[Device], rack: RackType, face: Face) -> list[Mounted]:
    """Return what this face shows; things behind others come out hidden or are left out."""
    faces = {z.name: z.face for z in rack.zones}
    found: list[Mounted] = []
    behind: list[Mounted] = []
    for row, device in enumerate(devices):
        spec = project.find_type(device.type)
        if not isinstance(spec, DeviceType):
            continue
        box = device_box(device, spec, rack, face)
        mounted_at: Face = faces.get(device.zone, device.face) if device.zone else device.face
        shows: Face = "front" if mounted_at == face else "rear"
        entry = Mounted(row, device, spec, box, shows, mounted_at != face)
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

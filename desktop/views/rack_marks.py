"""What the elevations of racks show of single copies: places of absent devices, and what is reserved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QRectF

from core.drawing.batch import Sketch
from core.drawing.placed import PlacedBlock
from core.drawing.rack_geometry import device_box
from core.drawing.reserved import mark_reserved
from core.model.project import Reader
from core.model.types import DeviceType, RackType
from desktop.canvas.pin_marks import PinMark
from desktop.canvas.prepared import Prepared, prepare
from desktop.pinning import all_pinned
from desktop.views.racking import Standing

_AROUND = 5.0
"""How far the mark of a reserved rack is outside it [mm]."""


class AbsentDevice(NamedTuple):
    """The place of a device that is absent from one copy of a rack."""

    path: str
    rack: str
    box: QRectF
    """In scene coordinates."""


def absent_devices(project: Reader, at: PlacedBlock, standing: Standing) -> list[AbsentDevice]:
    """Return the places of the absent devices that one face of a rack would show."""
    if not at.overrides:
        return []
    zones, found = {zone.name: zone.face for zone in standing.rack.zones}, []
    for device in project.devices(at.block.id).values():
        spec = project.find_type(device.type)
        face = zones.get(device.zone, device.face) if device.zone else device.face
        if face != standing.face or not isinstance(spec, DeviceType) or not at.overrides.is_absent(device.id):
            continue
        x, y, width, height = device_box(device, spec, standing.rack, standing.face)
        box = QRectF(standing.x + x, -(standing.y + y) - height, width, height)
        found.append(AbsentDevice(f"{at.path}/{device.id}".lstrip("/"), at.path, box))
    return found


def reserved_marks(
    project: Reader,
    racks: Sequence[tuple[PlacedBlock, RackType, float, float]],
    standing: Sequence[Standing],
) -> Prepared | None:
    """Return hatches over the reserved devices and frames around the reserved racks; None if there are none.

    The status is that of the copy: an override wins over the record.
    """
    sketch = Sketch()
    reserved = {at.path: reserved_in(project, at) for at, *_ in racks}
    frames = {at.path for at, *_ in racks if at.status == "reserved"}
    if not frames and not any(reserved.values()):
        return None
    for face in standing:
        if face.path in frames:
            x, y, around = face.x - _AROUND, face.y - _AROUND, 2 * _AROUND
            box = (x, y, face.drawn.width + around, face.drawn.height + around)
            mark_reserved(sketch, *box, hatched=False)
        for device in reserved[face.path]:
            seen = face.box_of(device)
            if seen is not None:
                mark_reserved(sketch, *seen)
    return prepare(sketch.freeze())


def pin_marks(project: Reader, standing: Sequence[Standing]) -> list[PinMark]:
    """Return the marks of the pinned switches."""
    pinned = all_pinned(project)
    found = []
    for face in standing:
        for device in sorted(device for block, device in pinned if block == face.block):
            seen = face.box_of(device)
            if seen is not None:
                x, y, width, height = seen
                found.append(PinMark(QRectF(x, -y - height, width, height)))
    return found


def reserved_in(project: Reader, at: PlacedBlock) -> list[str]:
    """Return the ids of the devices of one copy of a rack that are reserved."""
    devices = project.devices(at.block.id).values()
    if not at.overrides:
        return [device.id for device in devices if device.status == "reserved"]
    return [d.id for d in devices if at.overrides.status(d.id, d.status) == "reserved"]

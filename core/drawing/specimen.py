"""One type on its own: its faces side by side, and how it stands in a rack. Shown while a type is written."""

from __future__ import annotations

from typing import Literal

from core.catalogue.library import Library
from core.drawing.batch import Anchor, Batch, Sketch
from core.drawing.connectors import shape_of
from core.drawing.elevation import elevation
from core.drawing.faceplate import Face, faceplate
from core.model.change import Edit
from core.model.project import Project
from core.model.records import Block, Device, TypeRecord
from core.model.types import AnyType, CableType, DeviceType, Layer, OpticType, RackType

Side = Literal["", "left", "centre", "right"]
FACES: tuple[Face, ...] = ("front", "rear")
_GAP = 16.0
_OPENING_MM = {"U": 450.0, "OU": 538.0}
_UNIT_MM = {"U": 44.45, "OU": 48.0}
_SHARE = {"full": 1.0, "half": 0.5, "third": 1.0 / 3.0}
_STRIP_MM = (55.0, 1800.0)
_CABINET_MM = (600.0, 2000.0)
_MODULE_MM = (120.0, 22.0)
_SQUAT = 0.35
"""Faces higher than this share of their width stand side by side."""


def face_size(spec: DeviceType) -> tuple[float, float]:
    """Return width and height a face is drawn with where no rack says it [mm].

    Examples
    --------
    >>> face_size(DeviceType(id="x", name="X", kind="switch", height_u=2))
    (450.0, 88.9)
    """
    if spec.height_u > 0:
        height = spec.height_u * _UNIT_MM[spec.unit]
        return round(_OPENING_MM[spec.unit] * _SHARE[spec.width], 2), round(height, 2)
    usual = _MODULE_MM if spec.kind == "module" else _STRIP_MM if spec.zero_u else _CABINET_MM
    return max(spec.width_mm or usual[0], 5.0), max(spec.height_mm or usual[1], 5.0)


def faces(spec: AnyType) -> Batch:
    """Draw the front above the rear; upright things have them side by side. Ends, for a cable or an optic."""
    sketch = Sketch()
    if isinstance(spec, DeviceType):
        width, height = face_size(spec)
        beside = height > _SQUAT * width
        size = max(4.0, 0.024 * max(width * (1 + beside), height))
        for i, face in enumerate(FACES):
            dx = i * (width + 4 * _GAP) if beside else 0.0
            dy = 0.0 if beside else (1 - i) * (height + 3 * size + _GAP)
            sketch.text(dx, dy + height + 1.2 * size, face.capitalize(), size, "text")
            sketch.add(faceplate(spec, face, width, height).batch, dx, dy)
    elif isinstance(spec, CableType):
        _ends(sketch, spec)
    elif isinstance(spec, OpticType):
        _plug(sketch, 0.0, 0.0, spec.connector, "data")
    return sketch.freeze()


def _ends(sketch: Sketch, spec: CableType) -> None:
    far = max(spec.split, 1)
    style = f"port.{spec.layer}"
    for i in range(far):
        y = (i - (far - 1) / 2) * 40.0
        sketch.polyline([(40.0, 0.0), (120.0, 0.0), (120.0, y), (200.0, y)], "face.vent")
        _plug(sketch, 220.0, y, spec.connector_b or spec.connector_a, spec.layer)
    sketch.rect(30.0, -2.0, 10.0, 4.0, style)
    _plug(sketch, 0.0, 0.0, spec.connector_a, spec.layer)


def _plug(sketch: Sketch, x: float, y: float, connector: str, layer: Layer) -> None:
    shape = shape_of(connector, layer)
    sketch.rect(x - shape.width / 2, y - shape.height / 2, shape.width, shape.height, f"port.{layer}")
    name = connector or "end not known"
    sketch.text(x, y - shape.height / 2 - 5.0, name, 3.2, "text", anchor=Anchor.CENTRE)


def racks_for(spec: AnyType, library: Library) -> list[RackType]:
    """Return the racks of the catalogue a type can be shown in, the usual one first."""
    if isinstance(spec, RackType):
        return [spec]
    if not isinstance(spec, DeviceType) or spec.floor_standing or spec.kind == "module":
        return []
    racks = [rack for rack in library if isinstance(rack, RackType)]
    if spec.zero_u:
        racks = [rack for rack in racks if rack.zones]
    else:
        racks = [rack for rack in racks if rack.unit == spec.unit and rack.units >= spec.height_u]
    return sorted(
        racks, key=lambda rack: (rack.standard not in ("EIA-310", "ORv3"), abs(rack.units - 42), rack.name)
    )


def in_rack(spec: AnyType, rack: RackType) -> Batch:
    """Draw front and rear of a rack with one device of a type in it, a third up; or the rack alone."""
    edit = Edit(Project(), "Show")
    edit.put("types", TypeRecord(id=rack.id, spec=rack))
    edit.put("blocks", Block(id="rack", name=rack.name, kind="rack", rack_type=rack.id))
    if isinstance(spec, DeviceType):
        edit.put("types", TypeRecord(id=spec.id, spec=spec))
        zone = rack.zones[0].name if spec.zero_u and rack.zones else ""
        side: Side = "left" if spec.width != "full" else ""
        highest = max(int(2 * (rack.units - spec.height_u)), 0)
        at = 0 if zone else min(2 * (rack.units // 3), highest)
        edit.put(
            "devices",
            Device(
                block="rack", id="one", type=spec.id, name=spec.name[:128], half_u=at, zone=zone, side=side
            ),
        )
    sketch = Sketch()
    size = 44.0
    for i, face in enumerate(FACES):
        drawn = elevation(edit, "rack", face, text_mm=size / 2)
        dx = i * (rack.width_mm + 260.0)
        sketch.text(dx, drawn.height + 1.6 * size, face.capitalize(), size, "text")
        sketch.add(drawn.batch, dx, 0.0)
    return sketch.freeze()

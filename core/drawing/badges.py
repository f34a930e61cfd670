"""Badges that stand for many ports as long as single ones are too small: `32 × OSFP`."""

from __future__ import annotations

from collections.abc import Collection
from typing import TypeAlias

from core.drawing.batch import Anchor, Batch, Level, Sketch
from core.drawing.connectors import shape_of
from core.drawing.faceplate import Face, Faceplate, faceplate
from core.drawing.rack_geometry import mounted_on
from core.model.ports import PortTable
from core.model.project import Reader
from core.model.types import RackType

_LEAST = 4
"""Fewer ports than this need no badge."""
_SIZE = 16.0
"""Height of capitals [mm]."""
_ADVANCE = 0.8
_CAP_SHARE = 0.55


def badges(project: Reader, block: str, face: Face, absent: Collection[str] = ()) -> Batch:
    """Draw a badge over every group of like ports that one face of a rack shows.

    Owners are the devices in the order of records, absent ones left out, as in `elevation`.
    """
    sketch = Sketch()
    record = project.blocks.get(block)
    rack = project.find_type(record.rack_type) if record is not None else None
    if not isinstance(rack, RackType):
        return sketch.freeze()
    devices = [d for d in project.devices(block).values() if d.id not in absent]
    for m in mounted_on(project, devices, rack, face):
        if m.hidden or m.spec.kind == "blank" or m.box[3] > 2 * m.box[2]:
            continue
        table = project.ports(m.device)
        plate = faceplate(m.spec, m.shows, m.box[2], m.box[3], table)
        for text, (x, y, width, height) in _groups(plate, table):
            size = min(_CAP_SHARE * height, _SIZE)
            if size < 0.5 * _SIZE or width < _ADVANCE * len(text) * _SIZE:
                continue
            x, y = m.box[0] + x, m.box[1] + y
            sketch.rect(x, y, width, height, "port.badge", level=Level.MIDDLE, owner=m.row)
            sketch.text(
                x + width / 2, y + height / 2, text, size, "value", anchor=Anchor.CENTRE, width=width,
                level=Level.MIDDLE, owner=m.row,
            )  # fmt: skip
    return sketch.freeze()


_Group: TypeAlias = tuple[str, tuple[float, float, float, float]]
_known: dict[int, tuple[Faceplate, list[_Group]]] = {}


def _groups(plate: Faceplate, table: PortTable) -> list[_Group]:
    """Return the badges of a faceplate, found once: what they say and the box around their ports."""
    known = _known.get(id(plate))
    if known is None or known[0] is not plate:
        if len(_known) > 4096:
            _known.clear()
        known = _known[id(plate)] = (plate, _groups_of(plate, table))
    return known[1]


def _groups_of(plate: Faceplate, table: PortTable) -> list[_Group]:
    found: dict[str, list[int]] = {}
    for port in table:
        row = plate.ports.get(port.name)
        if row is not None:
            label = shape_of(port.group.connector, port.group.layer).label or port.group.connector or "port"
            found.setdefault(label, []).append(row)
    made: list[_Group] = []
    for label, rows in found.items():
        if len(rows) >= _LEAST:
            boxes = plate.port_rects[rows]
            low, high = boxes[:, :2].min(axis=0), (boxes[:, :2] + boxes[:, 2:]).max(axis=0)
            box = (float(low[0]), float(low[1]), float(high[0] - low[0]), float(high[1] - low[1]))
            if not any(_meets(box, other) for _, other in made):
                made.append((f"{len(rows)} × {label}", box))
    return made


def _meets(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    return a[0] < b[0] + b[2] and b[0] < a[0] + a[2] and a[1] < b[1] + b[3] and b[1] < a[1] + a[3]

"""A range of units of a rack, chosen in the columns of unit numbers beside its elevation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from core.editing.space import half_units, unit_span
from core.model.project import Reader
from core.model.types import DeviceType, RackType
from desktop.canvas.pointer import Pointer
from desktop.theme import theme
from desktop.views.racking import Standing

COLUMN = 48.0
"""Width of the columns of unit numbers, on both sides of a face [mm]."""
SHADE = 44


class UnitRange(NamedTuple):
    """Half units of a rack, from and to (exclusive)."""

    rack: str
    low: int
    high: int


class UnitBand(QGraphicsItem):
    """Shades the chosen units on both faces and in the columns beside them."""

    def __init__(self) -> None:
        super().__init__()
        self.setZValue(8)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self._boxes: list[QRectF] = []

    def boundingRect(self) -> QRectF:
        return QRectF(-5e8, -5e8, 1e9, 1e9)

    @property
    def boxes(self) -> list[QRectF]:
        """What is shaded, in scene coordinates."""
        return list(self._boxes)

    def show_boxes(self, boxes: Sequence[QRectF]) -> None:
        """Shade these boxes and no others."""
        if list(boxes) != self._boxes:
            self._boxes = list(boxes)
            self.update()

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        if not self._boxes:
            return
        transform = painter.worldTransform()
        painter.save()
        painter.resetTransform()
        shade = QColor(theme().colour("selection"))
        painter.setPen(QPen(shade, 1.5))
        shade = QColor(shade)
        shade.setAlpha(SHADE)
        painter.setBrush(shade)
        for box in self._boxes:
            painter.drawRect(transform.mapRect(box))
        painter.restore()


def column_at(standing: Iterable[Standing], at: Pointer) -> Standing | None:
    """Return the face in whose columns of unit numbers a point is."""
    for face in standing:
        left, right = face.x, face.x + face.drawn.width
        beside = left - COLUMN <= at.x < left or right < at.x <= right + COLUMN
        bottom = face.y + face.drawn.base
        if beside and bottom <= at.y <= bottom + face.rack.units * face.drawn.pitch:
            return face
    return None


def unit_at(face: Standing, y: float) -> int:
    """Return the unit at a height, from 0 for the lowest; the nearest there is."""
    unit = int((y - face.y - face.drawn.base) // face.drawn.pitch)
    return max(0, min(unit, face.rack.units - 1))


def devices_within(reader: Reader, block: str, low: int, high: int) -> list[str]:
    """Return the ids of the devices of a rack block that take any of some half units, the lowest first."""
    found = []
    for device in reader.devices(block).values():
        spec = reader.find_type(device.type)
        height = half_units(spec) if isinstance(spec, DeviceType) else 2
        if not device.zone and device.half_u < high and device.half_u + height > low:
            found.append(device)
    return [device.id for device in sorted(found, key=lambda d: (d.half_u, d.side))]


def band_boxes(standing: Iterable[Standing], units: UnitRange) -> list[QRectF]:
    """Return what is shaded of a range on the faces of its rack, in scene coordinates."""
    boxes = []
    for face in standing:
        if face.path == units.rack:
            half = face.drawn.pitch / 2
            top = face.y + face.drawn.base + units.high * half
            width = face.drawn.width + 2 * COLUMN
            boxes.append(QRectF(face.x - COLUMN, -top, width, (units.high - units.low) * half))
    return boxes


def chosen_span(units: UnitRange | None, rack: str, of: RackType) -> str:
    """Return the range in words if it is one of a rack: U10-U13; else nothing."""
    return unit_span(of, units.low, units.high) if units is not None and units.rack == rack else ""

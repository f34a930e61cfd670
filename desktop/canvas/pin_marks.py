"""Small pins on the switches that stay where they are when their fabric is generated again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from desktop.theme import theme

LEAST_PX = 7.0
"""Boxes lower or narrower than this get no mark."""
_SIZE = 13.0


class PinMark(NamedTuple):
    """A box in scene coordinates, and how many of the switches it stands for are pinned."""

    box: QRectF
    of: int = 1
    pinned: int = 1

    @property
    def sentence(self) -> str:
        """It in words.

        Examples
        --------
        >>> PinMark(QRectF()).sentence, PinMark(QRectF(), 8, 2).sentence
        ('pinned', '2 of 8 pinned')
        """
        return "pinned" if self.of == 1 else f"{self.pinned:,} of {self.of:,} pinned"


class PinMarks(QGraphicsItem):
    """A pin beside each box: filled if all of it is pinned, else an outline."""

    def __init__(self, *, inside: bool) -> None:
        super().__init__()
        self._inside = inside  # boxes that are close together hold their pin
        self.setZValue(7)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self._marks: list[PinMark] = []

    def boundingRect(self) -> QRectF:
        return QRectF(-5e8, -5e8, 1e9, 1e9)

    @property
    def marks(self) -> list[PinMark]:
        """What is marked."""
        return list(self._marks)

    def show_marks(self, marks: Sequence[PinMark]) -> None:
        """Show these and no others."""
        if list(marks) != self._marks:
            self._marks = list(marks)
            self.update()

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        if not self._marks:
            return
        transform = painter.worldTransform()
        painter.save()
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        window = QRectF(painter.viewport())
        for mark in self._marks:
            box = transform.mapRect(mark.box)
            if min(box.width(), box.height()) >= LEAST_PX and box.intersects(window):
                paint_pin(painter, _plate(box, inside=self._inside), is_full=mark.pinned == mark.of)
        painter.restore()


def _plate(box: QRectF, *, inside: bool) -> QRectF:
    """Return where a mark covers least: at the left of a box that lies, at the lower end of one upright."""
    if box.width() >= box.height():
        left = box.left() + (2 - 0.4 * _SIZE if inside else 2 - _SIZE)
        return QRectF(left, box.center().y() - _SIZE / 2, _SIZE, _SIZE)
    return QRectF(box.left() - _SIZE / 2, box.bottom() - _SIZE / 2, _SIZE, _SIZE)


def pin_plate(middle: QPointF) -> QRectF:
    """Return where a pin is painted that stands for itself."""
    return QRectF(middle.x() - _SIZE / 2, middle.y() - _SIZE / 2, _SIZE, _SIZE)


def paint_pin(painter: QPainter, plate: QRectF, *, is_full: bool) -> None:
    """Paint a plate with a pin: head, collar and needle."""
    colour = theme().colour("accent")
    painter.setPen(QPen(colour, 1))
    painter.setBrush(theme().colour("raised"))
    painter.drawRoundedRect(plate, 3, 3)
    middle, top = plate.center().x(), plate.top()
    painter.setPen(QPen(colour, 1.3))
    painter.drawLine(QPointF(middle, top + 7.5), QPointF(middle, top + 11))
    painter.drawLine(QPointF(middle - 3, top + 7.5), QPointF(middle + 3, top + 7.5))
    painter.setBrush(colour if is_full else Qt.BrushStyle.NoBrush)
    painter.drawRect(QRectF(middle - 1.8, top + 2.4, 3.6, 5))

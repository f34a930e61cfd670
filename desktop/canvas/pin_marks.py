"""Small pins on the switches that stay where they are when their fabric is generated again."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from desktop.canvas.box_marks import BoxMarks
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


class PinMarks(BoxMarks[PinMark]):
    """A pin beside each box: filled if all of it is pinned, else an outline."""

    def __init__(self, *, inside: bool) -> None:
        super().__init__(above=7)
        self._inside = inside  # boxes that are close together hold their pin

    def paint_mark(self, painter: QPainter, mark: PinMark, box: QRectF) -> None:
        if min(box.width(), box.height()) >= LEAST_PX:
            paint_pin(painter, _plate(box, inside=self._inside), is_full=mark.pinned == mark.of)


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

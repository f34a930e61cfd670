"""A veil over a drawing: what is not meant is faint, what is meant shows through."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from desktop.theme import theme

COVER = 205
"""How much of what is below is covered, of 255."""


class Veil(QGraphicsItem):
    """Covers the drawing but for some boxes; lines between these are drawn above it."""

    def __init__(self) -> None:
        super().__init__()
        self.setZValue(4)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self._boxes: list[QRectF] = []
        self._lines: list[QLineF] = []

    def boundingRect(self) -> QRectF:
        return QRectF(-5e8, -5e8, 1e9, 1e9)

    @property
    def boxes(self) -> list[QRectF]:
        """The boxes that show through, in scene coordinates; with none there is no veil."""
        return list(self._boxes)

    @property
    def lines(self) -> list[QLineF]:
        """The lines drawn above the veil."""
        return list(self._lines)

    def cover_all_but(self, boxes: Sequence[QRectF], lines: Sequence[QLineF]) -> None:
        """Cover all but these; nothing if there are none."""
        if list(boxes) != self._boxes or list(lines) != self._lines:
            self._boxes, self._lines = list(boxes), list(lines)
            self.update()

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        if not self._boxes:
            return
        transform = painter.worldTransform()
        painter.save()
        painter.resetTransform()
        whole, holes = QPainterPath(), QPainterPath()
        whole.addRect(QRectF(painter.viewport()))
        holes.setFillRule(Qt.FillRule.WindingFill)
        for box in self._boxes:
            holes.addRect(transform.mapRect(box).adjusted(-1, -1, 1, 1))
        cover = QColor(theme().colour("canvas"))
        cover.setAlpha(COVER)
        painter.fillPath(whole.subtracted(holes), cover)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(QPen(theme().colour("faint"), 1.5))
        for line in self._lines:
            painter.drawLine(transform.map(line))
        painter.restore()

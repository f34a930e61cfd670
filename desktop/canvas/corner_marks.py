"""Corner marks: what is built differently from its drawing has a folded corner, whatever the zoom."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from desktop.theme import theme

SIZE_PX = 9.0
VEIL_ALPHA = 150
"""How much of what is drawn below an absent thing is covered."""
LEAST_PX = 5.0
"""Boxes that come out smaller than this have no room for a mark."""


class CornerMarks(QGraphicsItem):
    """Paints a triangle into the upper right corner of boxes, and absent things as crossed out."""

    def __init__(self) -> None:
        super().__init__()
        self.setZValue(5)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self._boxes: NDArray[np.float64] = np.zeros((0, 4))
        self._absent: list[QRectF] = []

    @property
    def boxes(self) -> NDArray[np.float64]:
        """Boxes (left, top, right, bottom) in scene coordinates that are marked, shape (n, 4)."""
        return self._boxes

    @property
    def absent(self) -> list[QRectF]:
        """Boxes of the things that are absent."""
        return list(self._absent)

    def show_boxes(self, boxes: Sequence[QRectF], absent: Sequence[QRectF] = ()) -> None:
        """Mark these boxes and no others."""
        rows = [(b.left(), b.top(), b.right(), b.bottom()) for b in boxes]
        self._boxes = np.array(rows, dtype=np.float64).reshape(-1, 4)
        self._absent = list(absent)
        self.update()

    def boundingRect(self) -> QRectF:
        return QRectF(-5e8, -5e8, 1e9, 1e9)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        if not len(self._boxes) and not self._absent:
            return
        transform = painter.worldTransform()
        scale = transform.m11()
        device = QRectF(painter.viewport())
        painter.save()
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        veil = theme().colour("canvas")
        veil.setAlpha(VEIL_ALPHA)
        painter.setPen(QPen(theme().colour("faint"), 1, Qt.PenStyle.DashLine))
        for box in self._absent:
            px_box = transform.mapRect(box)
            painter.fillRect(px_box, veil)
            painter.drawRect(px_box)
            painter.drawLine(px_box.topLeft(), px_box.bottomRight())
            painter.drawLine(px_box.topRight(), px_box.bottomLeft())
        painter.setPen(QPen(theme().colour("paper"), 1))
        painter.setBrush(theme().colour("selection"))
        px = self._boxes * scale + np.array((transform.dx(), transform.dy()) * 2)
        size = np.minimum(px[:, 2] - px[:, 0], px[:, 3] - px[:, 1])
        seen = (
            (size >= LEAST_PX)
            & (px[:, 2] >= device.left())
            & (px[:, 0] <= device.right())
            & (px[:, 3] >= device.top())
            & (px[:, 1] <= device.bottom())
        )
        for (_, top, right, _), room in zip(px[seen].tolist(), size[seen].tolist(), strict=True):
            side = min(SIZE_PX, room)
            painter.drawPolygon(
                QPolygonF([QPointF(right - side, top), QPointF(right, top), QPointF(right, top + side)])
            )
        painter.restore()

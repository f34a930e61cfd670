"""Outline and handles of the area or pathway that is picked on the plan."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from desktop.theme import theme

Point = tuple[int, int]


class Handle(NamedTuple):
    """A corner that can be dragged, or the middle of an edge that becomes one (`is_new`)."""

    at: int
    """The corner, or the one before the edge."""
    x: int
    y: int
    is_new: bool = False


def edges_of(points: Sequence[Point], *, closed: bool) -> list[tuple[Point, Point]]:
    """Return the edges of an outline or of a line.

    Examples
    --------
    >>> edges_of([(0, 0), (1, 0), (1, 1)], closed=False)
    [((0, 0), (1, 0)), ((1, 0), (1, 1))]
    """
    line = [*points, points[0]] if closed and len(points) > 2 else list(points)
    return list(pairwise(line))


class GroundMarks(QGraphicsItem):
    """Painted in pixels above the drawing: squares on corners, rings on the middles of edges."""

    def __init__(self) -> None:
        super().__init__()
        self.setZValue(11)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self._points: list[Point] = []
        self._closed = False
        self.handles: list[Handle] = []

    def boundingRect(self) -> QRectF:
        return QRectF(-5e8, -5e8, 1e9, 1e9)

    def show_points(self, points: Sequence[Point], *, closed: bool) -> None:
        """Show an outline with its handles; no points, nothing."""
        self._points, self._closed = list(points), closed
        self.handles = [Handle(k, x, y) for k, (x, y) in enumerate(points)]
        self.handles += [
            Handle(k, round((a[0] + b[0]) / 2), round((a[1] + b[1]) / 2), True)
            for k, (a, b) in enumerate(edges_of(points, closed=closed))
            if a != b
        ]
        self.update()

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        if not self._points:
            return
        transform = painter.worldTransform()
        painter.save()
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        colour = theme().colour("selection")
        painter.setPen(QPen(colour, 2.5))
        for a, b in edges_of(self._points, closed=self._closed):
            painter.drawLine(transform.map(QLineF(a[0], -a[1], b[0], -b[1])))
        for handle in self.handles:
            at = transform.map(QPointF(handle.x, -handle.y))
            painter.setPen(QPen(colour, 1.5))
            painter.setBrush(theme().colour("canvas") if handle.is_new else colour)
            if handle.is_new:
                painter.drawEllipse(at, 3.5, 3.5)
            else:
                painter.drawRect(QRectF(at.x() - 4, at.y() - 4, 8, 8))
        painter.restore()

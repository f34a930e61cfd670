"""Above the network drawing: a bundle fanned out into its cables, and a path through the fabric."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from desktop.theme import font, theme

MOST_CABLES = 24
"""Cables of a bundle that are drawn; the rest is told by number."""
SPREAD_PX = 11.0


class Fan(QGraphicsItem):
    """Lines drawn in pixels above the layer: cables of some bundles, and the ways between two devices."""

    def __init__(self) -> None:
        super().__init__()
        self.setZValue(9)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self._bundles: list[tuple[QLineF, int]] = []
        self._way: list[QLineF] = []

    def boundingRect(self) -> QRectF:
        return QRectF(-5e8, -5e8, 1e9, 1e9)

    @property
    def bundles(self) -> list[tuple[QLineF, int]]:
        """Line and number of cables of each bundle that is fanned out."""
        return list(self._bundles)

    @property
    def way(self) -> list[QLineF]:
        """The lines of the path."""
        return list(self._way)

    def show_bundles(self, bundles: Sequence[tuple[QLineF, int]]) -> None:
        """Fan out bundles, each by its line in the scene and its number of cables."""
        if list(bundles) != self._bundles:
            self._bundles = list(bundles)
            self.update()

    def show_way(self, way: Sequence[QLineF]) -> None:
        """Draw a path as one heavy line from stop to stop."""
        if list(way) != self._way:
            self._way = list(way)
            self.update()

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        if not (self._bundles or self._way):
            return
        transform = painter.worldTransform()
        painter.save()
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(QPen(theme().colour("selection"), 4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        for number, line in enumerate(self._way, 1):
            mapped = transform.map(line)
            painter.drawLine(mapped)
            _paint_number(painter, mapped.pointAt(0.5), number)
        for line, cables in self._bundles:
            _paint_fan(painter, transform.map(line), cables)
        painter.restore()


def _paint_fan(painter: QPainter, line: QLineF, cables: int) -> None:
    """Paint the cables of a bundle as a lens: together at the ends, apart and numbered in the middle."""
    shown = min(cables, MOST_CABLES)
    length = line.length()
    if length < 1.0:
        return
    step = min(SPREAD_PX, 0.9 * length / max(shown, 1))
    nx, ny = -line.dy() / length, line.dx() / length
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(theme().colour("selection"), 1.4))
    middles = []
    for k in range(shown):
        off = (k - (shown - 1) / 2) * step
        path = QPainterPath(line.p1())
        out = QPointF(nx * off, ny * off)
        path.cubicTo(line.pointAt(0.12) + out, line.pointAt(0.25) + out, line.pointAt(0.4) + out)
        path.lineTo(line.pointAt(0.6) + out)
        path.cubicTo(line.pointAt(0.75) + out, line.pointAt(0.88) + out, line.p2())
        painter.drawPath(path)
        # Numbers stand in three steps along the lines, so that neighbours keep clear of each other.
        middles.append(line.pointAt(0.5 + 0.045 * ((k % 3) - 1)) + out)
    if shown > 1 and step > 6 and length > 130:
        for k, at in enumerate(middles, 1):
            _paint_number(painter, at, k)


def _paint_number(painter: QPainter, at: QPointF, number: int) -> None:
    painter.save()
    painter.setFont(font("small", bold=True))
    metrics = QFontMetricsF(painter.font())
    width = max(metrics.horizontalAdvance(str(number)) + 5, 14.0)
    box = QRectF(at.x() - width / 2, at.y() - 7, width, 14)
    painter.setPen(QPen(theme().colour("selection"), 1))
    painter.setBrush(theme().colour("raised"))
    painter.drawRoundedRect(box, 4, 4)
    painter.setPen(theme().colour("text"))
    painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), str(number))
    painter.restore()

"""Above the network drawing: what is taken for failed, and what it cuts off or slows down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from desktop.theme import font, theme

COVER = 130
"""How much of a failed box is covered, of 255."""
LEAST_WORDS_PX = 34.0
"""Boxes narrower than this get a sign without words."""


@dataclass(frozen=True)
class NodeMark:
    """What is said of one box, in scene coordinates: how many of its devices failed, are cut off, reduced."""

    box: QRectF
    of: int
    failed: int = 0
    cut_off: int = 0
    reduced: int = 0
    isolated: int = 0

    @property
    def words(self) -> str:
        """What stands beside its sign; empty where the sign says it all."""
        if self.of == 1:
            return ""
        if self.failed == self.of:
            return ""
        number = self.failed or self.cut_off or self.reduced or self.isolated
        return f"{number} of {self.of}" if number < self.of else "all"

    @property
    def sentence(self) -> str:
        """All of it in words."""
        parts = (
            (self.failed, "failed"),
            (self.cut_off, "cut off"),
            (self.reduced, "with fewer links"),
            (self.isolated, "without a host"),
        )
        if self.of == 1:
            return ", ".join(word for number, word in parts if number)
        return ", ".join(f"{number:,} of {self.of:,} {word}" for number, word in parts if number)


class Broken(QGraphicsItem):
    """Crosses on what failed, signs on what it cuts off (a barred circle) and slows down (a triangle)."""

    def __init__(self) -> None:
        super().__init__()
        self.setZValue(8)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self._marks: list[NodeMark] = []
        self._lines: list[QLineF] = []

    def boundingRect(self) -> QRectF:
        return QRectF(-5e8, -5e8, 1e9, 1e9)

    @property
    def marks(self) -> list[NodeMark]:
        """What is said of the boxes."""
        return list(self._marks)

    @property
    def lines(self) -> list[QLineF]:
        """Lines of the links that failed, but for those of failed devices."""
        return list(self._lines)

    def show_marks(self, marks: Sequence[NodeMark], lines: Sequence[QLineF]) -> None:
        """Show these and no others."""
        if list(marks) != self._marks or list(lines) != self._lines:
            self._marks, self._lines = list(marks), list(lines)
            self.update()

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        if not (self._marks or self._lines):
            return
        transform = painter.worldTransform()
        painter.save()
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        window = QRectF(painter.viewport())
        for line in self._lines:
            at = transform.map(line).pointAt(0.5)
            if window.contains(at):
                _paint_cross(painter, QRectF(at.x() - 5, at.y() - 5, 10, 10))
        for mark in self._marks:
            box = transform.mapRect(mark.box)
            if box.intersects(window):
                _paint_mark(painter, mark, box)
        painter.restore()


def _paint_mark(painter: QPainter, mark: NodeMark, box: QRectF) -> None:
    error, warning = theme().colour("error"), theme().colour("warning")
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if mark.failed:
        if mark.failed == mark.of:
            cover = QColor(theme().colour("canvas"))
            cover.setAlpha(COVER)
            painter.fillRect(box, cover)
            painter.setPen(QPen(error, 1.6))
            painter.drawLine(box.topLeft(), box.bottomRight())
            painter.drawLine(box.bottomLeft(), box.topRight())
        painter.setPen(QPen(error, 2, Qt.PenStyle.DashLine))
        painter.drawRect(box)
        paint_badge(painter, box, "cross", mark.words, error)
    elif mark.cut_off:
        painter.setPen(QPen(error, 2))
        painter.drawRect(box)
        paint_badge(painter, box, "barred", mark.words, error)
    elif mark.reduced:
        painter.setPen(QPen(warning, 1.4))
        painter.drawRect(box)
        paint_badge(painter, box, "less", mark.words, warning)
    elif mark.isolated:
        painter.setPen(QPen(warning, 1.4, Qt.PenStyle.DotLine))
        painter.drawRect(box)
        paint_badge(painter, box, "barred", mark.words, warning)


def paint_badge(painter: QPainter, box: QRectF, sign: str, words: str, colour: QColor) -> None:
    """Paint a sign, and words if there is room, at the upper right corner of a box.

    Signs are `cross`, `barred` (a circle), `drop` (struck out), and `less` (a triangle).
    """
    painter.setFont(font("small", bold=True))
    text = words if box.width() >= LEAST_WORDS_PX else ""
    wide = 15.0 + (QFontMetricsF(painter.font()).horizontalAdvance(text) + 4 if text else 0.0)
    plate = QRectF(box.right() - wide + 5, box.top() - 9, wide, 15)
    painter.setPen(QPen(colour, 1.2))
    painter.setBrush(theme().colour("raised"))
    painter.drawRoundedRect(plate, 4, 4)
    square = QRectF(plate.left() + 3.5, plate.top() + 3.5, 8, 8)
    if sign == "cross":
        _paint_cross(painter, square, plain=True)
    elif sign == "barred":
        painter.setPen(QPen(colour, 1.6))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(square)
        painter.drawLine(square.bottomLeft() + QPointF(1.2, -1.2), square.topRight() + QPointF(-1.2, 1.2))
    elif sign == "drop":
        _paint_drop(painter, square, colour)
    else:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawPolygon(
            [square.topLeft(), square.topRight(), QPointF(square.center().x(), square.bottom())]
        )
    if text:
        painter.setPen(theme().colour("text"))
        painter.drawText(plate.adjusted(15, 0, -2, 0), int(Qt.AlignmentFlag.AlignCenter), text)


def _paint_cross(painter: QPainter, square: QRectF, *, plain: bool = False) -> None:
    if not plain:  # on a line: clear of what is below
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme().colour("raised"))
        painter.drawEllipse(square.adjusted(-3, -3, 3, 3))
    painter.setPen(QPen(theme().colour("error"), 2.2))
    painter.drawLine(square.topLeft(), square.bottomRight())
    painter.drawLine(square.bottomLeft(), square.topRight())


def _paint_drop(painter: QPainter, square: QRectF, colour: QColor) -> None:
    """Paint a struck-out drop: what has lost its coolant."""
    painter.setPen(QPen(colour, 1.5))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    middle = square.center()
    painter.drawPolyline(
        [
            QPointF(middle.x(), square.top() - 1),
            QPointF(square.right() - 1, middle.y() + 1.5),
            QPointF(middle.x(), square.bottom() + 1),
            QPointF(square.left() + 1, middle.y() + 1.5),
            QPointF(middle.x(), square.top() - 1),
        ]
    )
    painter.drawLine(square.bottomLeft(), square.topRight())

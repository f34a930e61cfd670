"""The few real items above the layer: outlines, landing preview, rubber band, link in the making."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QPainter, QPen, QPolygonF, QTransform
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget
from shiboken6 import Shiboken

from desktop.canvas.painting import in_pixels
from desktop.icons import paint_icon
from desktop.theme import font, theme

MANY_LINES = 24
"""Above so many links in the making they are thin."""
MOST_OUTLINES = 200
"""Above so many selected things their boxes are painted from an array, all in one call."""
MANY_GHOSTS = 12
"""Above so many things dragged no single one carries a tick or a cross: the words beside the pointer do."""


@dataclass(frozen=True)
class Ghost:
    """Something that would land in a place: green with a tick if it fits, red with a cross if not."""

    box: QRectF
    fits: bool = True
    shape: QPolygonF | None = None


@dataclass(frozen=True)
class Mark:
    """A port that could be the end of a link: a ring if it is a valid target, a cross if not."""

    box: QRectF
    is_valid: bool


class Overlay(QGraphicsItem):
    """Everything that a gesture shows; painted in pixels, whatever the zoom."""

    def __init__(self) -> None:
        super().__init__()
        self.setZValue(20)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self._ghosts: list[Ghost] = []
        self._marks: list[Mark] = []
        self._band: QRectF | None = None
        self._lines: list[QLineF] = []
        self._note = ""
        self._note_at = QPointF()
        self._note_fits = True

    def boundingRect(self) -> QRectF:
        return QRectF(-5e8, -5e8, 1e9, 1e9)

    @property
    def ghosts(self) -> list[Ghost]:
        """What would land, for tests and for the drop."""
        return list(self._ghosts)

    @property
    def note(self) -> str:
        """The words beside the pointer."""
        return self._note

    @property
    def is_empty(self) -> bool:
        return not (self._ghosts or self._marks or self._lines or self._band or self._note)

    def clear(self) -> None:
        """Show nothing."""
        self._ghosts, self._marks, self._lines = [], [], []
        self._band, self._note = None, ""
        self.update()

    def show_ghosts(self, ghosts: Sequence[Ghost], note: str, at: QPointF, *, fits: bool = True) -> None:
        """Show where things would land and what is to be said about it."""
        self._ghosts = list(ghosts)
        self.say(note, at, fits=fits)

    def say(self, note: str, at: QPointF, *, fits: bool = True) -> None:
        """Show words beside a point of the scene."""
        self._note, self._note_at, self._note_fits = note, at, fits
        self.update()

    def show_band(self, band: QRectF | None) -> None:
        """Show a rubber band."""
        self._band = band
        self.update()

    def show_marks(self, marks: Sequence[Mark]) -> None:
        """Show ports as targets."""
        self._marks = list(marks)
        self.update()

    def show_lines(self, lines: Sequence[QLineF]) -> None:
        """Show links in the making."""
        self._lines = list(lines)
        self.update()

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        if self.is_empty:
            return
        transform = painter.worldTransform()
        painter.save()
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        colour = theme().colour
        for mark in self._marks:
            _paint_mark(painter, transform.mapRect(mark.box), mark.is_valid)
        many = len(self._lines) > MANY_LINES
        thin = QPen(_see_through(colour("accent"), 110).color(), 1)
        painter.setPen(thin if many else QPen(colour("accent"), 2))
        for line in self._lines:
            painter.drawLine(transform.map(line))
        if len(self._ghosts) > MANY_GHOSTS:
            _paint_ghosts(painter, self._ghosts, transform)
        else:
            for ghost in self._ghosts:
                shape = QPolygonF(ghost.box) if ghost.shape is None else ghost.shape
                _paint_ghost(painter, transform.map(shape), ghost.fits)
        if self._band is not None:
            painter.setPen(QPen(colour("accent"), 1))
            painter.setBrush(_see_through(colour("accent"), 36))
            painter.drawRect(transform.mapRect(self._band))
        if self._note:
            _paint_note(painter, transform.map(self._note_at), self._note, self._note_fits, widget)
        painter.restore()


class Outlines(QGraphicsItem):
    """Outlines of what is selected and of what the pointer is over."""

    def __init__(self) -> None:
        super().__init__()
        self.setZValue(10)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self._shapes: list[QPolygonF] = []
        self._lines: list[QLineF] = []
        self._boxes: NDArray[np.float64] = np.zeros((0, 4))
        self._hover: QPolygonF | None = None

    def boundingRect(self) -> QRectF:
        return QRectF(-5e8, -5e8, 1e9, 1e9)

    def outline(self, shapes: Sequence[QPolygonF], lines: Sequence[QLineF] = ()) -> None:
        """Outline these shapes and lines."""
        self._shapes, self._lines = list(shapes), list(lines)
        self._boxes = np.zeros((0, 4))
        if len(self._shapes) > MOST_OUTLINES:
            boxes = [shape.boundingRect().getRect() for shape in self._shapes]
            self.outline_boxes(np.array(boxes, dtype=np.float64))
        self.update()

    def outline_boxes(self, boxes: NDArray[np.float64]) -> None:
        """Outline many boxes: x, y, width, height of each in scene coordinates, shape (n, 4)."""
        self._shapes, self._lines = [], []
        self._boxes = boxes
        self.update()

    def hover(self, shape: QPolygonF | None) -> None:
        """Outline what the pointer is over."""
        if shape != self._hover:
            self._hover = shape
            self.update()

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        if not (self._shapes or self._lines or self._hover or len(self._boxes)):
            return
        transform = painter.worldTransform()
        painter.save()
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self._hover is not None:
            painter.setPen(QPen(theme().colour("accent"), 1.5))
            painter.drawPolygon(transform.map(self._hover))
        selected = theme().colour("selection")
        if len(self._boxes):
            self._paint_boxes(painter, option.exposedRect, transform, selected)
        pen = QPen(selected, 2.5)
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        painter.setPen(pen)
        for line in self._lines:
            painter.drawLine(transform.map(line))
        for shape in self._shapes:
            mapped = transform.map(shape)
            painter.setPen(pen)
            painter.drawPolygon(mapped)
            if len(self._shapes) <= 20:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(selected)
                for corner in mapped.toList()[:4]:
                    painter.drawRect(QRectF(corner.x() - 3, corner.y() - 3, 6, 6))
                painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.restore()

    def _paint_boxes(self, painter: QPainter, exposed: QRectF, transform: QTransform, colour: QColor) -> None:
        boxes = self._boxes
        seen = (boxes[:, 0] <= exposed.right()) & (boxes[:, 0] + boxes[:, 2] >= exposed.left())
        seen &= (boxes[:, 1] <= exposed.bottom()) & (boxes[:, 1] + boxes[:, 3] >= exposed.top())
        rows = np.ascontiguousarray(in_pixels(boxes[seen], transform))
        if not len(rows):
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(QPen(colour, 1))
        painter.setBrush(_see_through(colour, 70))
        painter.drawRects(Shiboken.wrapInstance(rows.ctypes.data, QRect), len(rows))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setBrush(Qt.BrushStyle.NoBrush)


def _see_through(colour: QColor, alpha: int) -> QBrush:
    made = QColor(colour)
    made.setAlpha(alpha)
    return QBrush(made)


def _paint_ghost(painter: QPainter, shape: QPolygonF, fits: bool) -> None:
    colour = theme().colour("ok" if fits else "error")
    painter.setPen(QPen(colour, 2, Qt.PenStyle.SolidLine if fits else Qt.PenStyle.DashLine))
    painter.setBrush(_see_through(colour, 60))
    painter.drawPolygon(shape)
    box = shape.boundingRect()
    if not fits:
        painter.setClipRect(box, Qt.ClipOperation.ReplaceClip)
        painter.setPen(QPen(_see_through(colour, 110).color(), 1.2))
        step, reach = 9.0, box.height()
        x = box.left() - reach
        while x < box.right():
            painter.drawLine(QPointF(x, box.bottom()), QPointF(x + reach, box.top()))
            x += step
        painter.setClipping(False)
    size = min(16.0, 0.8 * box.height(), 0.5 * box.width())
    if size >= 9:
        at = QRectF(box.right() - size - 4, box.center().y() - size / 2, size, size)
        paint_icon(painter, "ok" if fits else "error", at, colour)


def _paint_ghosts(painter: QPainter, ghosts: Sequence[Ghost], transform: QTransform) -> None:
    """Paint many ghosts at once; those that do not fit are dashed and hatched."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    for fits in (True, False):
        boxes = [transform.mapRect(ghost.box) for ghost in ghosts if ghost.fits == fits]
        if boxes:
            colour = theme().colour("ok" if fits else "error")
            painter.setPen(QPen(colour, 2, Qt.PenStyle.SolidLine if fits else Qt.PenStyle.DashLine))
            brush = _see_through(colour, 60 if fits else 110)
            if not fits:
                brush.setStyle(Qt.BrushStyle.BDiagPattern)
            painter.setBrush(brush)
            painter.drawRects(boxes)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)


def _paint_mark(painter: QPainter, box: QRectF, is_valid: bool) -> None:
    if is_valid:
        painter.setPen(QPen(theme().colour("ok"), 2))
        painter.setBrush(_see_through(theme().colour("ok").lighter(190), 190))
        painter.drawRoundedRect(box, 2, 2)
        return
    painter.fillRect(box, _see_through(theme().colour("canvas"), 170))
    painter.setPen(QPen(_see_through(theme().colour("error"), 200).color(), 1))
    painter.drawLine(box.bottomLeft(), box.topRight())


NOTE_ABOVE = 44.0
"""Room between the pointer and words above it [px]: the label of a drag is between them."""


def note_box(at: QPointF, width: float, height: float, widget: QWidget | None) -> QRectF:
    """Return where words of a size go beside a point: below it, or above where there is no room."""
    box = QRectF(at.x() + 18, at.y() + 14, width, height)
    if widget is not None:
        box.moveLeft(max(4.0, min(box.left(), widget.width() - width - 6)))
        if box.bottom() > widget.height() - 6:
            box.moveBottom(at.y() - NOTE_ABOVE)
    return box


def _paint_note(painter: QPainter, at: QPointF, note: str, fits: bool, widget: QWidget | None) -> None:
    colours = theme().colour
    painter.setFont(font("body", bold=True))
    metrics = QFontMetricsF(painter.font())
    lines = note.split("\n")
    width = max(metrics.horizontalAdvance(line) for line in lines) + 38
    height = len(lines) * metrics.height() + 10
    box = note_box(at, width, height, widget)
    painter.setPen(QPen(colours("ok" if fits else "error"), 1.5))
    painter.setBrush(colours("raised"))
    painter.drawRoundedRect(box, 4, 4)
    icon_box = QRectF(box.left() + 8, box.top() + (metrics.height() + 10 - 15) / 2, 15, 15)
    paint_icon(painter, "ok" if fits else "error", icon_box, colours("ok" if fits else "error"))
    painter.setPen(colours("text"))
    painter.drawText(
        box.adjusted(29, 5, -4, -5), int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), note
    )

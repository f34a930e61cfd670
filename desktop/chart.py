"""A chart on the screen: painted in the theme, its marks told under the mouse and by the arrow keys."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from core.drawing.batch import Anchor, Batch
from core.drawing.charts import Chart, Mark
from desktop.canvas.labels import text_font
from desktop.canvas.looks import looks
from desktop.canvas.prepared import CAP_HEIGHT
from desktop.theme import MONO, SANS, theme

PX_MM = 4.3
"""Pixels for a millimetre of a chart: its lettering comes out as that of the panels."""
REACH_PX = 5.0
"""How near to a mark the mouse is on it."""
LEAST_MM = 50.0


class ChartView(QWidget):
    """Shows what `make` returns for its width [mm].

    Arrow keys, Home and End walk the marks, Enter or a click chooses one.
    """

    chosen = Signal(str)
    """Carries the key of the mark that was clicked or entered."""
    opened = Signal(str)
    """Carries the key of the mark that was double-clicked."""

    def __init__(self, make: Callable[[float], Chart], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._make = make
        self._chart: Chart | None = None
        self.at = -1
        """Index of the mark the keys have come to, or the mouse is on; -1 is none."""
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setMinimumWidth(int(LEAST_MM * PX_MM))
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        theme().changed.connect(self.update)

    @property
    def chart(self) -> Chart:
        """The chart in its present width."""
        if self._chart is None:
            self._chart = self._make(max(self.width() / PX_MM, LEAST_MM))
        return self._chart

    @property
    def mark(self) -> Mark | None:
        """The mark the keys or the mouse are on."""
        marks = self.chart.marks
        return marks[self.at] if 0 <= self.at < len(marks) else None

    def show_chart(self, make: Callable[[float], Chart]) -> None:
        """Show another chart; the mark with the same key stays the one that is told."""
        key = self.mark.key if self.mark is not None else ""
        self._make, self._chart = make, None
        keys = [mark.key for mark in self.chart.marks]
        self.at = keys.index(key) if key and key in keys else -1
        self.setAccessibleName(self.chart.words)
        self.setFixedHeight(self.heightForWidth(self.width()))
        self.update()

    # Room.

    def heightForWidth(self, width: int) -> int:
        """Return the height of the chart in a width [px]."""
        made = self.chart if width == self.width() else self._make(max(width / PX_MM, LEAST_MM))
        return int(made.height * PX_MM) + 3

    def hasHeightForWidth(self) -> bool:
        return True

    def sizeHint(self) -> QSize:
        return QSize(int(120 * PX_MM), self.heightForWidth(max(self.width(), int(LEAST_MM * PX_MM))))

    def resizeEvent(self, event: QResizeEvent) -> None:
        if event.oldSize().width() != event.size().width():
            self._chart = None
            self.setAccessibleName(self.chart.words)
            self.setFixedHeight(self.heightForWidth(self.width()))
        super().resizeEvent(event)

    # Paint.

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _paint(painter, self.chart.batch, self.chart.height)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self.mark is not None and (self.hasFocus() or self.underMouse()):
            box = self.mark_box(self.at).adjusted(-2, -2, 2, 2)
            painter.setPen(QPen(theme().colour("accent"), 2))
            painter.drawRect(box)
        elif self.hasFocus():
            painter.setPen(QPen(theme().colour("accent"), 1, Qt.PenStyle.DotLine))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def mark_box(self, at: int) -> QRectF:
        """Return the box of what is drawn for a mark, without its lettering [px]."""
        low, high = _extents(self.chart.batch, at)
        corner = QPointF(low[0] * PX_MM, (self.chart.height - high[1]) * PX_MM)
        return QRectF(corner, QPointF(high[0] * PX_MM, (self.chart.height - low[1]) * PX_MM))

    def mark_at(self, place: QPointF) -> int:
        """Return the index of the mark at a place [px]: the topmost that is near enough, else -1."""
        x, y = place.x() / PX_MM, self.chart.height - place.y() / PX_MM
        return _owner_at(self.chart.batch, x, y, REACH_PX / PX_MM)

    # Pointing.

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._go(self.mark_at(event.position()))
        is_link = self.mark is not None and bool(self.mark.key)
        self.setCursor(Qt.CursorShape.PointingHandCursor if is_link else Qt.CursorShape.ArrowCursor)

    def leaveEvent(self, event: QEvent) -> None:
        if not self.hasFocus():
            self._go(-1)
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._go(self.mark_at(event.position()))
        if event.button() == Qt.MouseButton.LeftButton:
            self._choose()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.mark is not None and self.mark.key:
            self.opened.emit(self.mark.key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        last = len(self.chart.marks) - 1
        keys = Qt.Key
        steps = {
            keys.Key_Right: self.at + 1, keys.Key_Down: self.at + 1, keys.Key_Left: self.at - 1,
            keys.Key_Up: self.at - 1, keys.Key_Home: 0, keys.Key_End: last,
        }  # fmt: skip
        key = Qt.Key(event.key())
        if key in steps and last >= 0:
            self._go(min(max(steps[key], 0), last))
            if self.mark is not None:
                self.setAccessibleDescription(self.mark.words)
                QToolTip.showText(
                    self.mapToGlobal(self.mark_box(self.at).bottomLeft().toPoint()), self.mark.words, self
                )
        elif key in (keys.Key_Return, keys.Key_Enter) and self.mark is not None and self.mark.key:
            self.opened.emit(self.mark.key)
        elif key == keys.Key_Space:
            self._choose()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.update()
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.update()
        super().focusOutEvent(event)

    def event(self, event: QEvent) -> bool:
        """Tell what is under the mouse."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            at = self.mark_at(QPointF(event.pos()))
            if at >= 0:
                QToolTip.showText(event.globalPos(), self.chart.marks[at].words, self)
            else:
                QToolTip.hideText()
            return True
        return super().event(event)

    def _go(self, at: int) -> None:
        if at != self.at:
            self.at = at
            self.update()

    def _choose(self) -> None:
        if self.mark is not None and self.mark.key:
            self.chosen.emit(self.mark.key)


def _paint(painter: QPainter, batch: Batch, height: float) -> None:
    """Paint a chart of a height [mm] with its upper left corner at 0, 0."""
    styles = looks(theme().is_dark)
    k = PX_MM
    for (x, y, w, h), style in zip(batch.rects.tolist(), batch.rect_style.tolist(), strict=True):
        painter.setPen(styles[style].pen)
        painter.setBrush(styles[style].brush)
        painter.drawRect(QRectF(x * k, (height - y - h) * k, w * k, h * k))
    starts, corners = batch.starts.tolist(), batch.points.tolist()
    for row, style in enumerate(batch.polygon_style.tolist()):
        painter.setPen(styles[style].pen)
        painter.setBrush(styles[style].brush)
        ring = corners[starts[row] : starts[row + 1]]
        painter.drawPolygon(QPolygonF([QPointF(x * k, (height - y) * k) for x, y in ring]))
    for (x1, y1, x2, y2), style in zip(batch.lines.tolist(), batch.line_style.tolist(), strict=True):
        painter.setPen(styles[style].pen)
        painter.drawLine(QLineF(x1 * k, (height - y1) * k, x2 * k, (height - y2) * k))
    _write(painter, batch, height)


def _write(painter: QPainter, batch: Batch, height: float) -> None:
    styles = looks(theme().is_dark)
    for row, text in enumerate(batch.texts):
        look = styles[batch.text_style[row]]
        size = float(batch.text_size[row]) * PX_MM
        face = text_font(round(size / CAP_HEIGHT[MONO if look.mono else SANS]), look.bold, look.mono)
        metrics = QFontMetricsF(face)
        room = float(batch.text_width[row]) * PX_MM
        if room > 0:
            text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room + 1)
        wide = metrics.horizontalAdvance(text)
        x = float(batch.text_at[row, 0]) * PX_MM
        x -= {Anchor.CENTRE: wide / 2, Anchor.RIGHT: wide}.get(Anchor(int(batch.text_anchor[row])), 0.0)
        painter.setFont(face)
        painter.setPen(look.text)
        painter.drawText(QPointF(x, (height - float(batch.text_at[row, 1])) * PX_MM + size / 2), text)


def _extents(batch: Batch, at: int) -> tuple[list[float], list[float]]:
    """Return the lower left and upper right corner of what belongs to a mark [mm]."""
    found = [np.zeros((0, 2))]
    rects = batch.rects[batch.rect_owner == at]
    found += [rects[:, :2], rects[:, :2] + rects[:, 2:]]
    lines = batch.lines[batch.line_owner == at]
    found += [lines[:, :2], lines[:, 2:]]
    found += [
        batch.points[batch.starts[row] : batch.starts[row + 1]]
        for row in np.flatnonzero(batch.polygon_owner == at).tolist()
    ]
    every = np.concatenate(found)
    if not len(every):
        every = batch.text_at[batch.text_owner == at]
    return every.min(axis=0).tolist(), every.max(axis=0).tolist()


def _owner_at(batch: Batch, x: float, y: float, reach: float) -> int:
    """Return the owner of the primitive that is nearest to a place, at most `reach` from it [mm], else -1."""
    owners, away = [], []
    mine = batch.rect_owner >= 0
    rects = batch.rects[mine]
    if len(rects):
        dx = np.maximum(np.maximum(rects[:, 0] - x, x - rects[:, 0] - rects[:, 2]), 0)
        dy = np.maximum(np.maximum(rects[:, 1] - y, y - rects[:, 1] - rects[:, 3]), 0)
        owners.append(batch.rect_owner[mine])
        away.append(np.hypot(dx, dy))
    rows = np.flatnonzero(batch.polygon_owner >= 0)
    if len(rows):
        middles = np.array(
            [batch.points[batch.starts[r] : batch.starts[r + 1]].mean(axis=0) for r in rows.tolist()]
        )
        owners.append(batch.polygon_owner[rows])
        away.append(np.hypot(middles[:, 0] - x, middles[:, 1] - y))
    mine = batch.line_owner >= 0
    if mine.any():
        ends = batch.lines[mine]
        owners.append(batch.line_owner[mine])
        away.append(np.hypot((ends[:, 0] + ends[:, 2]) / 2 - x, (ends[:, 1] + ends[:, 3]) / 2 - y))
    mine = batch.text_owner >= 0
    if mine.any():
        near = (np.abs(batch.text_at[mine, 1] - y) <= batch.text_size[mine]) & _beside(batch, mine, x)
        owners.append(batch.text_owner[mine])
        away.append(np.where(near, reach * 0.9, np.inf))
    if not owners:
        return -1
    distance = np.concatenate(away)
    # Of those at the same distance the one painted last is on top.
    least = len(distance) - 1 - int(np.argmin(distance[::-1]))
    return int(np.concatenate(owners)[least]) if distance[least] <= reach else -1


def _beside(batch: Batch, mine: np.ndarray, x: float) -> np.ndarray:
    """Tell which texts a place is in front of or behind of, by the room they have."""
    at, room, anchor = batch.text_at[mine, 0], batch.text_width[mine], batch.text_anchor[mine]
    first = at - np.choose(anchor, (0 * room, room / 2, room))
    return np.asarray((x >= first) & (x <= first + room))

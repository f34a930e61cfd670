"""Lines above the network that take little of its height: in one line if wide, short if low."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QLabel, QSizePolicy, QStyle, QStyleOption, QWidget

WIDE_PX = 1050
"""From this width on a bar has its parts in one line."""
LOW_PX = 480
"""Bars of drawings with less height than this, bars included, leave out what can be asked for."""


class Line(QLabel):
    """Text in one line that gives way: what does not fit is cut off with dots."""

    def __init__(self, role: str = "") -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        if role:
            self.setProperty("role", role)

    def minimumSizeHint(self) -> QSize:
        return QSize(40, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the text, or as much of it as there is room for."""
        room = self.contentsRect()
        if self.wordWrap() or self.fontMetrics().horizontalAdvance(self.text()) <= room.width():
            super().paintEvent(event)
            return
        painter, option = QPainter(self), QStyleOption()
        option.initFrom(self)
        self.style().drawPrimitive(QStyle.PrimitiveElement.PE_Widget, option, painter, self)
        shown = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room.width())
        left = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(room, left, shown)
        painter.end()


class NetworkBanner(QFrame):
    """A bar over the drawing that knows how much room there is."""

    is_wide = is_low = False

    def arrange(self) -> None:
        """Lay out the parts for the room there is now."""
        raise NotImplementedError

    def refresh(self) -> None:
        """Say what is so now."""
        raise NotImplementedError

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        holder = self.parentWidget()
        if holder is not None:
            holder.removeEventFilter(self)
            holder.installEventFilter(self)
        self._measure()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._measure()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the height of what holds the bar and the drawing: that of the bar is no measure of it."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._measure()
        return super().eventFilter(watched, event)

    def _measure(self) -> None:
        holder: QWidget = self.parentWidget() or self
        found = self.width() >= WIDE_PX, holder.height() < LOW_PX
        if found != (self.is_wide, self.is_low):
            self.is_wide, self.is_low = found
            self.arrange()
            self.refresh()


def lay_across(box: QBoxLayout, across: bool) -> None:
    """Put the parts of a layout side by side, or below each other."""
    way = QBoxLayout.Direction.LeftToRight if across else QBoxLayout.Direction.TopToBottom
    box.setDirection(way)
    box.setSpacing(16 if across else 2)

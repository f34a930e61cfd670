"""The steps of the session by name: which are in force, which one was saved; a click goes there."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    QTimer,
)
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from core.editing.routes import counted
from core.model.history import Listed
from desktop.document import Document
from desktop.icons import paint_icon
from desktop.theme import font, theme
from desktop.widgets import column, label, panel, row

LINE = Qt.ItemDataRole.UserRole
ROW_HEIGHT = 30


class Line:
    """One line: a step, or what there was before the first of them."""

    def __init__(self, step: Listed, time: str, is_here: bool, is_saved: bool) -> None:
        self.step, self.time, self.is_here, self.is_saved = step, time, is_here, is_saved

    @property
    def marks(self) -> str:
        """What the line says beside name and time."""
        words = ["saved"] if self.is_saved else []
        if not self.step.is_done:
            words.append("undone")
        return " · ".join(words)

    @property
    def spoken(self) -> str:
        """The line as a screen reader says it."""
        here = "the design is here" if self.is_here else ""
        return ", ".join(word for word in (self.step.label, self.time, self.marks, here) if word)


class Lines(QAbstractListModel):
    """The lines, the oldest first."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.lines: list[Line] = []

    def show(self, lines: list[Line]) -> None:
        self.beginResetModel()
        self.lines = lines
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.lines)

    def data(
        self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if not index.isValid():
            return None
        line = self.lines[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return line.step.label
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return line.spoken
        return line if role == LINE else None


class HistoryPanel(QWidget):
    """The undo list. A click, or Enter, undoes or does again as many steps as lie between."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document: Document | None = None
        self._times: dict[int, str] = {}
        self._newest = 0
        self.model = Lines(self)
        self.list = QListView()
        self.list.setAccessibleName("Steps of this session")
        self.list.setModel(self.model)
        self.list.setItemDelegate(_LineDelegate(self.list))
        self.list.setUniformItemSizes(True)
        self.list.setMouseTracking(True)
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.clicked.connect(lambda index: self.go_to(index.row()))
        self.list.activated.connect(lambda index: self.go_to(index.row()))
        self._words = label(role="small", wrap=True)
        foot = panel()
        foot.setLayout(row(self._words, margins=(12, 6, 12, 8)))
        self.setLayout(column(self.list, foot, gap=0))
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(30)
        self._later.timeout.connect(self._refresh)
        theme().changed.connect(self.list.viewport().update)

    def set_document(self, document: Document | None) -> None:
        """Show the steps of another project."""
        if self._document is not None:
            self._document.changed.disconnect(self._changed)
            self._document.saved.disconnect(self._later.start)
        self._document = document
        self._times, self._newest = {}, document.history.position if document is not None else 0
        if document is not None:
            document.changed.connect(self._changed)
            document.saved.connect(self._later.start)
        self._refresh()

    def go_to(self, number: int) -> None:
        """Undo, or do again, until the step of a line is the last one in force."""
        document = self._document
        if document is None or not 0 <= number < len(self.model.lines):
            return
        target = self.model.lines[number].step.serial
        if target == document.history.position:
            return
        act = document.undo if self.model.lines[number].step.is_done else document.redo
        before = -1
        while document.history.position not in (target, before):
            before = document.history.position
            act()
        self._refresh()

    def _changed(self, *_: object) -> None:
        assert self._document is not None
        position = self._document.history.position
        if position > self._newest:
            self._newest = position
            self._times[position] = datetime.now().strftime("%H:%M:%S")
        self._later.start()

    def _refresh(self) -> None:
        self._later.stop()
        document = self._document
        if document is None:
            self.model.show([])
            self._words.setText("")
            return
        history = document.history
        first = "Older steps, given up for room" if history.has_dropped else "As it was opened"
        steps = [Listed(first, history.floor, True), *history.steps]
        at, saved = history.position, document.saved_position
        self.model.show(
            [Line(s, self._times.get(s.serial, ""), s.serial == at, s.serial == saved) for s in steps]
        )
        here = next((i for i, line in enumerate(self.model.lines) if line.is_here), -1)
        if here >= 0:
            self.list.setCurrentIndex(self.model.index(here))
            self.list.scrollTo(self.model.index(here))
        done = sum(step.is_done for step in history.steps)
        undone = len(history.steps) - done
        again = f", {counted(undone, 'step')} can be done again" if undone else ""
        self._words.setText(f"{counted(done, 'step')} can be undone{again}. Click a line to go there.")


class _LineDelegate(QStyledItemDelegate):
    """Paints a line: a mark where the design is, the name, what is to say of it, the time."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(160, ROW_HEIGHT)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        line: Line = index.data(LINE)
        colour = theme().colour
        state: Any = option.state  # type: ignore[attr-defined]
        box: QRect = option.rect  # type: ignore[attr-defined]
        if line.is_here:
            painter.fillRect(box, colour("accent_soft"))
            painter.fillRect(QRect(box.left(), box.top(), 3, box.height()), colour("accent"))
        elif state & (QStyle.StateFlag.State_MouseOver | QStyle.StateFlag.State_Selected):
            painter.fillRect(box, colour("hover"))
        name = "right" if line.is_here else "redo" if not line.step.is_done else "ok" if line.is_saved else ""
        if name:
            role = "accent" if line.is_here else "faint"
            paint_icon(painter, name, QRectF(box.left() + 10, box.top() + 8, 14, 14), colour(role))
        painter.setFont(font("small"))
        painter.setPen(colour("faint"))
        metrics = QFontMetrics(painter.font())
        aside = "  ".join(word for word in (line.marks, line.time) if word)
        width = metrics.horizontalAdvance(aside)
        middle = int(Qt.AlignmentFlag.AlignVCenter)
        painter.drawText(QRect(box.right() - width - 10, box.top(), width + 2, box.height()), middle, aside)
        face = font("body", bold=line.is_here)
        if not line.step.is_done:
            face.setItalic(True)
        painter.setFont(face)
        painter.setPen(colour("text" if line.step.is_done else "faint"))
        room = box.width() - width - 54
        text = QFontMetrics(face).elidedText(line.step.label, Qt.TextElideMode.ElideRight, room)
        painter.drawText(QRect(box.left() + 30, box.top(), room, box.height()), middle, text)

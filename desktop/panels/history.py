"""The steps of the session by name: which are in force, which one was saved; a click goes there."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QRect, QRectF, Qt, QTimer
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QAbstractItemView, QListView, QWidget

from core.editing.routes import counted
from core.model.history import Listed
from desktop.document import Document
from desktop.icons import paint_icon
from desktop.list_rows import RowDelegate, RowModel, write
from desktop.theme import font, theme
from desktop.widgets import column, label, panel, row


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


class Lines(RowModel):
    """The lines, the oldest first."""

    def title(self, item: Line) -> str:
        return item.step.label

    def spoken(self, item: Line) -> str:
        return item.spoken

    def tip(self, item: Line) -> str | None:
        return item.spoken


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
        if document is None or not 0 <= number < len(self.model.items):
            return
        target = self.model.items[number].step.serial
        if target == document.history.position:
            return
        act = document.undo if self.model.items[number].step.is_done else document.redo
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
        here = next((i for i, line in enumerate(self.model.items) if line.is_here), -1)
        if here >= 0:
            self.list.setCurrentIndex(self.model.index(here))
            self.list.scrollTo(self.model.index(here))
        done = sum(step.is_done for step in history.steps)
        undone = len(history.steps) - done
        again = f", {counted(undone, 'step')} can be done again" if undone else ""
        self._words.setText(f"{counted(done, 'step')} can be undone{again}. Click a line to go there.")


class _LineDelegate(RowDelegate):
    """Paints a line: a mark where the design is, the name, what is to say of it, the time."""

    height = 30

    def is_current(self, item: Line, is_selected: bool) -> bool:
        return item.is_here

    def paint_row(self, painter: QPainter, box: QRect, item: Line) -> None:
        name = "right" if item.is_here else "redo" if not item.step.is_done else "ok" if item.is_saved else ""
        if name:
            role = "accent" if item.is_here else "faint"
            where = QRectF(box.left() + 10, box.top() + 8, 14, 14)
            paint_icon(painter, name, where, theme().colour(role))
        aside = "  ".join(word for word in (item.marks, item.time) if word)
        width = QFontMetrics(font("small")).horizontalAdvance(aside)
        right = QRect(box.right() - width - 10, box.top(), width + 2, box.height())
        write(painter, right, aside, font("small"), "faint")
        face = font("body", bold=item.is_here)
        face.setItalic(not item.step.is_done)
        left = QRect(box.left() + 30, box.top(), box.width() - width - 54, box.height())
        write(painter, left, item.step.label, face, "text" if item.step.is_done else "faint")

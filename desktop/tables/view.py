"""The grid of a table: spreadsheet keys, editors in the cells, copy and paste as text."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QGuiApplication, QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHeaderView,
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from desktop.tables.model import MARKED, TableModel
from desktop.theme import font, theme

ROW_PX = 24
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
Choices = Callable[[str], list[str]]


class CellDelegate(QStyledItemDelegate):
    """Edits a cell with a line, or with a box where its field has choices."""

    def __init__(self, view: TableView) -> None:
        super().__init__(view)
        self._view = view
        self._sans, self._mono = font("body"), font("body", mono=True)
        self._sans_metrics, self._mono_metrics = QFontMetrics(self._sans), QFontMetrics(self._mono)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint a cell: a table full of them is painted for every frame, so just grounds and text.

        The row of a selected thing has a ground of its own and a bar at its left edge; the cell that has the
        keyboard has a frame.
        """
        box: QRect = option.rect  # type: ignore[attr-defined]
        state: QStyle.StateFlag = option.state  # type: ignore[attr-defined]
        colour, table = theme().colour, self._view.table
        marked = table.data(index, MARKED)
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, colour("accent_soft"))
        elif marked:
            painter.fillRect(box, colour("hover"))
        if marked and self._view.horizontalHeader().visualIndex(index.column()) == 0:
            painter.fillRect(box.left(), box.top(), 3, box.height(), colour("accent"))
        text = table.data(index)
        if text:
            cells = table.cells(index.column())
            mono = cells.is_number
            painter.setFont(self._mono if mono else self._sans)
            painter.setPen(colour("text"))
            room = box.adjusted(6, 0, -6, 0)
            metrics = self._mono_metrics if mono else self._sans_metrics
            shown = metrics.elidedText(text.partition("\n")[0], Qt.TextElideMode.ElideRight, room.width())
            painter.drawText(room, _RIGHT if mono else _LEFT, shown)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(colour("accent"))
            painter.drawRect(box.adjusted(0, 0, -1, -1))

    def createEditor(
        self, parent: QWidget, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QWidget:
        column = self._view.table.columns[index.column()]
        choices = self._view.choices(column.name)
        if not choices:
            line = QLineEdit(parent)
            line.setAccessibleName(column.heading)
            return line
        box = QComboBox(parent)
        box.setAccessibleName(column.heading)
        for text in choices:
            box.addItem(text or "–", text)
        box.activated.connect(lambda _: self._chosen(box))
        # Open at once: the arrow keys then choose in the list instead of setting one value after the other.
        QTimer.singleShot(0, box, box.showPopup)
        return box

    def _chosen(self, box: QComboBox) -> None:
        self.commitData.emit(box)
        self.closeEditor.emit(box)

    def setEditorData(self, editor: QWidget, index: QModelIndex | QPersistentModelIndex) -> None:
        if isinstance(editor, QComboBox):
            editor.setCurrentIndex(max(editor.findData(index.data()), 0))
        elif isinstance(editor, QLineEdit):
            column = self._view.table.columns[index.column()]
            editor.setText(str(index.data() if column.name == "half_u" else index.data(_EDIT)))

    def setModelData(
        self, editor: QWidget, model: QAbstractItemModel, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        if isinstance(editor, QComboBox):
            model.setData(QModelIndex(index), editor.currentData())
        elif isinstance(editor, QLineEdit) and editor.isModified():
            model.setData(QModelIndex(index), editor.text())


_EDIT = Qt.ItemDataRole.EditRole


class TableView(QTableView):
    """A table whose cells are selected, copied, pasted and edited as in a spreadsheet."""

    jumped = Signal()
    """Enter, or a double click on a cell that cannot be edited."""
    copied = Signal()
    pasted = Signal()
    emptied = Signal()
    menu_wanted = Signal(int)
    """Carries the section whose menu is asked for by key."""

    def __init__(self, model: TableModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table = model
        self.choices: Choices = lambda name: []
        self.setModel(model)
        self.setAccessibleName(model.kind.title)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectItems)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.AnyKeyPressed
            | QAbstractItemView.EditTrigger.DoubleClicked
        )
        self.setItemDelegate(CellDelegate(self))
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(ROW_PX)
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setSectionsMovable(True)
        head.setSectionsClickable(True)
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        head.setMinimumSectionSize(44)
        head.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setSortingEnabled(True)
        head.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.doubleClicked.connect(self._double_clicked)
        theme().changed.connect(self.viewport().update)

    def visual_columns(self) -> list[int]:
        """Return the sections from left to right."""
        head = self.horizontalHeader()
        return [head.logicalIndex(at) for at in range(self.table.columnCount())]

    def _double_clicked(self, index: QModelIndex) -> None:
        if self.table.columns[index.column()].fixed:
            self.jumped.emit()

    def event(self, event: QEvent) -> bool:
        """Keep the keys that mean something in a table from the commands of the window."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            taken = any(event.matches(key) for key in _KEYS) or event.key() in _PLAIN_KEYS
            typed = bool(event.text().strip()) and not event.modifiers() & _COMMANDS
            if taken or typed:
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.state() == QAbstractItemView.State.EditingState:
            super().keyPressEvent(event)  # Enter ends the edit and goes nowhere
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copied.emit()
        elif event.matches(QKeySequence.StandardKey.Paste):
            self.pasted.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers() & _COMMANDS:
            self.jumped.emit()
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.emptied.emit()
        elif event.key() == Qt.Key.Key_Down and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.menu_wanted.emit(max(self.currentIndex().column(), 0))
        elif event.key() == Qt.Key.Key_Escape and self.selectionModel().hasSelection():
            self.clearSelection()
        else:
            super().keyPressEvent(event)


_COMMANDS = (
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
)
_KEYS = (
    QKeySequence.StandardKey.Copy,
    QKeySequence.StandardKey.Paste,
    QKeySequence.StandardKey.SelectAll,
    QKeySequence.StandardKey.Delete,
    QKeySequence.StandardKey.MoveToStartOfDocument,
    QKeySequence.StandardKey.MoveToEndOfDocument,
)
_PLAIN_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Backspace, Qt.Key.Key_F2)


def put_into_clipboard(text: str) -> None:
    """Put text into the clipboard."""
    QGuiApplication.clipboard().setText(text)

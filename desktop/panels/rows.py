"""A plain table: lines of text with what stands behind each, sorted by a click on a column's head."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

ROW = Qt.ItemDataRole.UserRole
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class Row:
    """One line: what is read, what it is sorted by, and what it stands for."""

    cells: tuple[str, ...]
    keys: tuple[Any, ...]
    about: Any
    tip: str = ""


class Rows(QAbstractTableModel):
    """Lines of a table; columns from `numbers` on are numbers and stand to the right.

    With `ends_in_words` the last one is not. `tips` say what some columns mean.
    """

    def __init__(
        self,
        columns: Sequence[str],
        numbers: int,
        parent: QWidget,
        tips: Mapping[str, str] | None = None,
        *,
        ends_in_words: bool = False,
    ) -> None:
        super().__init__(parent)
        self._last_number = len(columns) - (2 if ends_in_words else 1)
        self._tips = tips or {}
        self.columns, self._numbers = tuple(columns), numbers
        self.rows: list[Row] = []

    def show(self, rows: Sequence[Row]) -> None:
        """Show these lines, in their order."""
        self.beginResetModel()
        self.rows = list(rows)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section]
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tips.get(self.columns[section])
        return self._alignment(section) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.rows[index.row()]
        if role == ROW:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return row.cells[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._alignment(index.column())
        if role == Qt.ItemDataRole.ToolTipRole:
            return row.tip or row.cells[index.column()]
        return None

    def _alignment(self, column: int) -> Qt.AlignmentFlag:
        is_number = self._numbers <= column <= self._last_number
        side = Qt.AlignmentFlag.AlignRight if is_number else Qt.AlignmentFlag.AlignLeft
        return side | Qt.AlignmentFlag.AlignVCenter

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self.layoutAboutToBeChanged.emit()
        self.rows.sort(key=lambda row: row.keys[column], reverse=order == Qt.SortOrder.DescendingOrder)
        self.layoutChanged.emit()


class _Table(QTableView):
    """A table one column of which takes the room that is left, but never less than it needs to be read."""

    def __init__(self, stretched: int, least: int) -> None:
        super().__init__()
        self._stretched, self._least = stretched, least
        self.horizontalHeader().sectionResized.connect(self._follow)

    def _follow(self, section: int) -> None:
        if section != self._stretched:
            self._spread()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._spread()

    def _spread(self) -> None:
        head = self.horizontalHeader()
        others = sum(head.sectionSize(k) for k in range(head.count()) if k != self._stretched)
        head.resizeSection(self._stretched, max(self.viewport().width() - others, self._least))


def make_table(
    name: str, model: Rows, widths: Sequence[int], stretched: int = 0, least: int = 0
) -> QTableView:
    """Return a table of some lines; `widths` are those of its columns [px].

    One column takes the room that is left; with `least` [px] it is never narrower, and the table scrolls.
    """
    table = _Table(stretched, least) if least else QTableView()
    table.setAccessibleName(name)
    table.setModel(model)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(25)
    head = table.horizontalHeader()
    head.setHighlightSections(False)
    head.setSortIndicatorShown(True)
    head.setSortIndicatorClearable(False)
    for section, width in enumerate(widths):
        head.resizeSection(section, width)
    if not least:
        head.setSectionResizeMode(stretched, QHeaderView.ResizeMode.Stretch)
    head.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
    table.setSortingEnabled(True)
    return table

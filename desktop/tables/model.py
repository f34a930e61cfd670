"""What a table shows: rows of a list in their order, columns as chosen; text is made for cells in sight."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import QWidget

from core.report.lists.cells import Cells, Mask, Rows
from core.report.lists.listing import Column, Kind, Listing
from desktop.icons import icon
from desktop.theme import font

Index = QModelIndex | QPersistentModelIndex
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_NOTHING = np.zeros(0, np.int64)
_ARROWS = (" ▲", " ▼")
MARKED = int(Qt.ItemDataRole.UserRole)
"""Whether the thing of a row is selected."""
_DISPLAY, _EDIT = int(Qt.ItemDataRole.DisplayRole), int(Qt.ItemDataRole.EditRole)
_ALIGNMENT, _FONT = int(Qt.ItemDataRole.TextAlignmentRole), int(Qt.ItemDataRole.FontRole)
_SPOKEN, _TIP = int(Qt.ItemDataRole.AccessibleTextRole), int(Qt.ItemDataRole.ToolTipRole)
_ROLES = frozenset((MARKED, _DISPLAY, _EDIT, _ALIGNMENT, _FONT, _SPOKEN, _TIP))


class TableModel(QAbstractTableModel):
    """The rows shown, by the row numbers of the list."""

    sorted_by = Signal(str, bool)
    """Carries the column by which to sort and whether it descends."""

    def __init__(self, kind: Kind, columns: list[str], parent: QWidget) -> None:
        super().__init__(parent)
        self.kind = kind
        self.columns: list[Column] = [kind.find(name) for name in columns]
        self.listing: Listing | None = None
        self.rows: Rows = _NOTHING
        self.marks: Mask = np.zeros(0, bool)
        """For each row of the list whether it is selected."""
        self.edit: Callable[[QModelIndex, str], bool] = lambda index, text: False
        """Called with what was typed into a cell."""
        self.filtered: dict[str, str] = {}
        """What each column is filtered by, in words."""
        self.sorted: tuple[str, bool] | None = None
        """Column by which it is sorted, and whether it descends."""
        self._cells: list[Cells | None] = []
        self._mono = font("body", mono=True)

    def show(self, listing: Listing | None, rows: Rows) -> None:
        """Show other rows, or other cells of the same ones."""
        same = listing is not None and self.listing is not None and np.array_equal(rows, self.rows)
        if same:
            self.listing, self._cells = listing, [None] * len(self.columns)
            if len(rows):
                last = self.index(len(rows) - 1, len(self.columns) - 1)
                self.dataChanged.emit(self.index(0, 0), last)
            return
        self.beginResetModel()
        self.listing, self.rows = listing, rows
        self._cells = [None] * len(self.columns)
        self.endResetModel()

    def show_columns(self, names: list[str]) -> None:
        """Show other columns."""
        self.beginResetModel()
        self.columns = [self.kind.find(name) for name in names]
        self._cells = [None] * len(self.columns)
        self.endResetModel()

    def cells(self, section: int) -> Cells:
        """Return the cells of a column."""
        found = self._cells[section]
        if found is None:
            assert self.listing is not None
            found = self._cells[section] = self.listing.cells(self.columns[section].name)
        return found

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        # Asked some thousand times for each frame: plain integers are compared, fonts are made once.
        if role not in _ROLES or self.listing is None:
            return None
        row, section = int(self.rows[index.row()]), index.column()
        if role == MARKED:
            return bool(row < len(self.marks) and self.marks[row])
        cells = self._cells[section] or self.cells(section)
        if role == _DISPLAY:
            return cells.text(row)
        if role == _ALIGNMENT:
            return _RIGHT if cells.is_number else _LEFT
        if role == _FONT:
            return self._mono if cells.is_number else None
        if role == _EDIT:
            return cells.plain(row)
        if role == _SPOKEN:
            return f"{self.columns[section].heading}: {cells.text(row) or 'empty'}"
        column = self.columns[section]
        text = cells.text(row).split("\n")[0]
        return f"{text}\nRead only. {column.fixed}".strip() if column.fixed else text

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        return role == Qt.ItemDataRole.EditRole and self.edit(QModelIndex(index), str(value))

    def flags(self, index: Index) -> Qt.ItemFlag:
        found = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if index.isValid() and not self.columns[index.column()].fixed:
            found |= Qt.ItemFlag.ItemIsEditable
        return found

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal or section >= len(self.columns):
            return None
        column = self.columns[section]
        filtered = self.filtered.get(column.name, "")
        if role == Qt.ItemDataRole.DisplayRole:
            order = _ARROWS[self.sorted[1]] if self.sorted and self.sorted[0] == column.name else ""
            return f"{column.heading}{' (filtered)' if filtered else ''}{order}"
        if role == Qt.ItemDataRole.DecorationRole and not column.fixed:
            return icon("edit", "faint")
        if role == Qt.ItemDataRole.TextAlignmentRole and self.listing is not None:
            return _RIGHT if self.cells(section).is_number else _LEFT
        if role == Qt.ItemDataRole.ToolTipRole:
            words = (
                f"Read only. {column.fixed}" if column.fixed else "Can be edited: F2, typing, double click"
            )
            more = f"\nOnly {filtered}" if filtered else ""
            return f"{column.heading}\n{words}{more}\nClick sorts, right click filters by value"
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        if 0 <= column < len(self.columns):
            self.sorted_by.emit(self.columns[column].name, order == Qt.SortOrder.DescendingOrder)

    def mark(self, rows: Rows) -> None:
        """Mark these rows of the list as selected, and no others."""
        size = int(self.listing.rows.max(initial=-1)) + 1 if self.listing is not None else 0
        self.marks = np.zeros(size, bool)
        self.marks[rows[rows < size]] = True

    def marked(self) -> Rows:
        """Return the rows shown that are marked, in the order shown."""
        if not len(self.rows) or not len(self.marks):
            return _NOTHING
        return self.rows[self.marks[self.rows]]

    def place_of(self, row: int) -> int:
        """Return where a row of the list is shown; -1 if it is not."""
        found = np.flatnonzero(self.rows == row)
        return int(found[0]) if len(found) else -1

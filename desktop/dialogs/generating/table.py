"""The table of candidates: sorted, filtered, and filled in while they are priced and measured."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRect, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from core.explore.candidates import Candidate
from desktop.dialogs.generating.asked import words_of
from desktop.dialogs.generating.columns import COLUMNS, WAITING, Column, tip_of
from desktop.dialogs.generating.trial import counts_of
from desktop.theme import font, theme

ROW_PX = 26
_MARGIN_PX = 12
WORDS = next(number for number, column in enumerate(COLUMNS) if column.name == "words")
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
Index = QModelIndex | QPersistentModelIndex


class CandidateModel(QAbstractTableModel):
    """Candidates, a row each; those not possible stand last, whatever the order."""

    became_impossible = Signal()
    """What was computed of a row shows that there is no such network."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.all: list[Candidate] = []
        self.rows: list[Candidate] = []
        self._filter = ""
        self._sorted: tuple[int, bool] | None = None
        self.show_types = False
        """Whether switch types tell the rows apart."""

    def show_candidates(self, found: Sequence[Candidate]) -> None:
        """Show other candidates."""
        self.all = list(found)
        self.show_types = len({c.switch for c in found}) > 1
        self._arrange()

    def update(self, candidate: Candidate) -> None:
        """Take over what was computed of one of them; its row stays where it is."""
        for many in (self.all, self.rows):
            for row, known in enumerate(many):
                if known.key == candidate.key:
                    many[row] = candidate
                    if many is self.rows and known.is_possible and not candidate.is_possible:
                        self.became_impossible.emit()
                    if many is self.rows:
                        self.dataChanged.emit(self.index(row, 0), self.index(row, len(COLUMNS) - 1))
                    break

    def filter(self, words: str) -> None:
        """Show the rows that have all words."""
        self._filter = words
        self._arrange()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self._sorted = None if column < 0 else (column, order == Qt.SortOrder.DescendingOrder)
        self._arrange()

    def row_of(self, key: tuple[Any, ...] | None) -> int:
        """Return the row of a candidate, -1 if it is not shown."""
        return next((row for row, c in enumerate(self.rows) if c.key == key), -1)

    def _arrange(self) -> None:
        self.beginResetModel()
        words = self._filter.casefold().split()
        rows = [c for c in self.all if all(word in self._searched(c) for word in words)]
        if self._sorted is not None:
            column, falling = self._sorted
            value = COLUMNS[column].value
            known = [c for c in rows if value(c) is not None]
            known.sort(key=value, reverse=falling)
            rows = known + [c for c in rows if value(c) is None]
        self.rows = [c for c in rows if c.is_possible] + [c for c in rows if not c.is_possible]
        self.endResetModel()

    def _searched(self, c: Candidate) -> str:
        return " ".join(
            (c.label, c.family, c.switch, words_of(c), counts_of(c.switch_counts), c.reason)
        ).casefold()

    # Qt's side.

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        column = COLUMNS[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.heading
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if column.is_number else _LEFT
        return column.help if role == Qt.ItemDataRole.ToolTipRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        c, column = self.rows[index.row()], COLUMNS[index.column()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._text(c, column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if column.is_number else _LEFT
        if role == Qt.ItemDataRole.ForegroundRole and not c.is_possible:
            return theme().colour("disabled" if column.name == "family" else "faint")
        if role == Qt.ItemDataRole.FontRole and column.is_number:
            return font("body", mono=True)
        return tip_of(c, column) if role == Qt.ItemDataRole.ToolTipRole else None

    def _text(self, c: Candidate, column: Column) -> str:
        if column.name == "words":
            if not c.is_possible:
                return f"Not possible: {c.reason}"
            words = [
                c.switch if self.show_types else "",
                words_of(c) or ("" if self.show_types else "as asked"),
            ]
            return " · ".join(word for word in words if word)
        if column.name != "family" and not c.is_possible and column.text(c) == WAITING:
            return "–"
        return column.text(c)


class CandidateTable(QTableView):
    """The table; the row with the keyboard is the candidate chosen."""

    chosen = Signal(object)
    """Carries the `Candidate` of the current row."""
    taken = Signal()
    """Enter, or a double click."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.candidates = CandidateModel(self)
        self.setModel(self.candidates)
        self.setAccessibleName("Candidates")
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setAlternatingRowColors(True)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW_PX)
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        head.setMinimumSectionSize(36)
        for number, column in enumerate(COLUMNS):
            self.setColumnWidth(number, column.width)
        head.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)
        self.doubleClicked.connect(lambda _: self.taken.emit())
        self.activated.connect(lambda _: self.taken.emit())
        self.candidates.modelAboutToBeReset.connect(self._remember)
        self.candidates.modelReset.connect(self._return)
        for told in (self.candidates.modelReset, self.candidates.became_impossible):
            told.connect(self._span)
            told.connect(self._fit_rows)
        head.sectionResized.connect(self._column_resized)
        self._key: tuple[Any, ...] | None = None
        self._is_resetting = False

    @property
    def current(self) -> Candidate | None:
        """The candidate chosen."""
        row = self.currentIndex().row()
        return self.candidates.rows[row] if 0 <= row < len(self.candidates.rows) else None

    def choose(self, key: tuple[Any, ...] | None) -> None:
        """Go to a candidate; to the first if it is not there."""
        row = max(self.candidates.row_of(key), 0)
        if self.candidates.rows:
            self.setCurrentIndex(self.candidates.index(row, 0))

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)  # type: ignore[arg-type]
        now = self.current
        if now is not None and not self._is_resetting and now.key != self._key:
            self._key = now.key
            self.chosen.emit(now)

    def _remember(self) -> None:
        self._is_resetting = True

    def _span(self) -> None:
        """Let the reason of what is not possible take the whole row."""
        self.clearSpans()
        for number, candidate in enumerate(self.candidates.rows):
            if not candidate.is_possible:
                self.setSpan(number, 1, 1, len(COLUMNS) - 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the parameters what the other columns leave."""
        super().resizeEvent(event)
        others = sum(self.columnWidth(k) for k in range(len(COLUMNS)) if k != WORDS)
        self.setColumnWidth(WORDS, max(COLUMNS[WORDS].width, self.viewport().width() - others))

    def _column_resized(self, column: int, _before: int, _now: int) -> None:
        if column == WORDS:
            self._fit_rows()

    def _fit_rows(self) -> None:
        """Let what sets a candidate apart run over several lines where one is too narrow."""
        metrics, wrapped = self.fontMetrics(), int(Qt.TextFlag.TextWordWrap)
        room = QRect(0, 0, self.columnWidth(WORDS) - _MARGIN_PX, 10 * ROW_PX)
        for number, candidate in enumerate(self.candidates.rows):
            text = self.candidates.index(number, WORDS).data()
            high = metrics.boundingRect(room, wrapped, text).height() if candidate.is_possible else 0
            self.setRowHeight(number, max(ROW_PX, high + ROW_PX - metrics.lineSpacing()))

    def _return(self) -> None:
        """Stay on the candidate chosen when the rows are arranged anew."""
        row = self.candidates.row_of(self._key)
        if row >= 0:
            self.setCurrentIndex(self.candidates.index(row, 0))
        self._is_resetting = False

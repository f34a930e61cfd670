"""Findings: what the rules say; a click goes to the place, a waiver accepts it for a reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QComboBox, QHeaderView, QTableView, QWidget

from desktop.icons import icon
from desktop.theme import theme
from desktop.widgets import button, column, label, panel, row

COLUMNS = ("Severity", "Finding", "Where", "Times")
_LOOKS = {
    "error": ("error", "error"),
    "warning": ("warning", "warning"),
    "info": ("info", "info"),
    "waived": ("waived", "faint"),
}
ORDER = ("error", "warning", "info", "waived")
LINE = Qt.ItemDataRole.UserRole


@dataclass(frozen=True)
class Line:
    """One finding as shown."""

    severity: str
    message: str
    where: str
    times: int
    help: str
    paths: tuple[str, ...]
    finding: Any
    """The finding itself, for a waiver."""


class Findings(QAbstractTableModel):
    """The findings, worst first."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.lines: list[Line] = []

    def show(self, lines: list[Line]) -> None:
        if lines == self.lines:
            return
        self.beginResetModel()
        self.lines = lines
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.lines)

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section]
        return None

    def data(
        self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        line = self.lines[index.row()]
        if role == LINE:
            return line
        if role == Qt.ItemDataRole.DisplayRole:
            times = f"× {line.times:,}" if line.times > 1 else ""
            return (line.severity.capitalize(), line.message, line.where, times)[index.column()]
        if role == Qt.ItemDataRole.DecorationRole and index.column() == 0:
            return icon(*_LOOKS.get(line.severity, _LOOKS["info"]))
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleDescriptionRole):
            return f"{line.message}\n{line.where}\n\n{line.help}".strip()
        return None


class FindingsPanel(QWidget):
    """The table of findings with a filter by severity."""

    shown = Signal(object)
    """Carries the paths of a finding to be shown."""
    waive_requested = Signal(object)
    """Carries the `Line` to be waived."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._every: list[Line] = []
        self.model = Findings(self)
        self.table = QTableView()
        self.table.setAccessibleName("Findings")
        self.table.setModel(self.model)
        self.table.setShowGrid(False)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(25)
        head = self.table.horizontalHeader()
        head.setHighlightSections(False)
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        head.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        for section, width in ((0, 92), (2, 170), (3, 64)):
            head.resizeSection(section, width)
        self._summary = label(role="faint")
        self.filter = QComboBox()
        self.filter.setAccessibleName("Show findings")
        for words, least in (
            ("All findings", "waived"),
            ("Errors and warnings", "warning"),
            ("Errors", "error"),
        ):
            self.filter.addItem(words, least)
        self.filter.currentIndexChanged.connect(lambda _: self._refilter())
        self._waive = button("Waive …", self._ask_waiver)
        self._waive.setEnabled(False)
        self._waive.setToolTip("Accept the selected finding, with a reason that is printed")
        top = panel("bar")
        top.setLayout(
            row(label("Findings"), self._summary, None, self.filter, self._waive, margins=(12, 4, 8, 4))
        )
        self.setLayout(column(top, self.table, gap=0))
        self.table.clicked.connect(self._go)
        self.table.activated.connect(self._go)
        self.table.selectionModel().currentChanged.connect(lambda *_: self._selected())
        theme().changed.connect(self.table.viewport().update)
        self.show_lines([])

    def show_lines(self, lines: list[Line], problem: str = "") -> None:
        """Show these findings, or why they are not known."""
        self._every = sorted(lines, key=lambda line: (ORDER.index(line.severity), line.message))
        counts = {s: sum(line.severity == s for line in lines) for s in ORDER}
        words = [
            f"{counts[s]:,} {s if s == 'waived' or s == 'info' else s + ('' if counts[s] == 1 else 's')}"
            for s in ORDER
            if counts[s]
        ]
        self._summary.setText(f"Not checked: {problem}" if problem else " · ".join(words) or "No findings")
        self._refilter()

    @property
    def summary(self) -> str:
        """How many findings there are, or why that is not known."""
        return self._summary.text()

    @property
    def current(self) -> Line | None:
        """The finding that is selected."""
        line = self.table.currentIndex().data(LINE)
        return line if isinstance(line, Line) else None

    def _refilter(self) -> None:
        last = ORDER.index(self.filter.currentData())
        self.model.show([line for line in self._every if ORDER.index(line.severity) <= last])
        self._selected()

    def _go(self, index: QModelIndex) -> None:
        line = index.data(LINE)
        if line is not None:
            self.shown.emit(line.paths)

    def _selected(self) -> None:
        line = self.current
        self._waive.setEnabled(line is not None and line.severity != "waived")

    def _ask_waiver(self) -> None:
        if self.current is not None:
            self.waive_requested.emit(self.current)

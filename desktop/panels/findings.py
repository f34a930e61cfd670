"""Findings: what the rules say; a click goes to the place, Fix mends it, a waiver accepts it for a reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QPoint, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QComboBox, QHeaderView, QMenu, QTableView, QWidget

from desktop.commands.fixing import cure_of
from desktop.icons import icon
from desktop.theme import theme
from desktop.widgets import button, column, label, panel, row

COLUMNS = ("Severity", "Finding", "Where", "Times", "Fix")
_LOOKS = {
    "error": ("error", "error"),
    "warning": ("warning", "warning"),
    "info": ("info", "info"),
    "waived": ("waived", "faint"),
}
FIX = COLUMNS.index("Fix")
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

    @property
    def fix(self) -> str:
        """What a click on Fix does; empty where no cure is certain."""
        cure = None if self.severity == "waived" else cure_of(self.finding.rule)
        return "" if cure is None else cure.label


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
            return (line.severity.capitalize(), line.message, line.where, times, line.fix)[index.column()]
        if role == Qt.ItemDataRole.ForegroundRole and index.column() == FIX:
            return theme().colour("accent")
        if role == Qt.ItemDataRole.DecorationRole and index.column() == 0:
            return icon(*_LOOKS.get(line.severity, _LOOKS["info"]))
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleDescriptionRole):
            fix = f"\n\nFix: {line.fix} (Ctrl+.)" if line.fix else ""
            return f"{line.message}\n{line.where}\n\n{line.help}{fix}".strip()
        return None


class FindingsPanel(QWidget):
    """The table of findings with a filter by severity."""

    shown = Signal(object)
    """Carries the paths of a finding to be shown."""
    waive_requested = Signal(object)
    """Carries the `Line` to be waived."""
    fix_requested = Signal(bool)
    """The selected finding is to be fixed; carries whether all of its kind are."""
    current_changed = Signal()
    """Another finding is selected, or none."""

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
        for section, width in ((0, 92), (2, 150), (3, 64), (FIX, 172)):
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
        self._waive = button("Waive …", self.ask_waiver)
        self._waive.setEnabled(False)
        self._waive.setToolTip("Accept the selected finding, with a reason that is printed")
        self._fix = button("Fix", lambda: self.fix_requested.emit(False))
        self._fix_all = button("Fix all", lambda: self.fix_requested.emit(True))
        self._fix.setAccessibleName("Fix the selected finding")
        self._fix_all.setAccessibleName("Fix all findings of this kind")
        top = panel("bar")
        top.setLayout(
            row(label("Findings"), self._summary, None, self.filter, self._fix, self._fix_all, self._waive,
                margins=(12, 4, 8, 4))
        )  # fmt: skip
        self.setLayout(column(top, self.table, gap=0))
        self.table.clicked.connect(self._clicked)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.customContextMenuRequested.connect(self._show_menu)
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

    @property
    def selected(self) -> list[Any]:
        """The finding that is selected, as the rules gave it; empty if none is."""
        return [] if self.current is None else [self.current.finding]

    @property
    def alike(self) -> list[Any]:
        """All open findings of the same rule as the one that is selected."""
        line = self.current
        if line is None:
            return []
        every = (each for each in self._every if each.severity != "waived")
        return [each.finding for each in every if each.finding.rule == line.finding.rule]

    def why_no_fix(self) -> str:
        """Return why the selected finding cannot be fixed by a click; empty if it can."""
        if self.current is None:
            return "select a finding"
        if self.current.severity == "waived":
            return "it is waived"
        return "" if self.current.fix else "no cure is certain; the finding says what can be done"

    def select(self, finding: Any) -> bool:
        """Select the line of a finding, whatever the filter hides; tell whether there is one."""
        for again in (False, True):
            for place, line in enumerate(self.model.lines):
                if line.finding == finding:
                    self.table.setCurrentIndex(self.model.index(place, 1))
                    return True
            if not again:
                self.filter.setCurrentIndex(0)
        return False

    def step(self, step: int) -> None:
        """Go on to another finding in the list, round from its end to its start, and show its place."""
        count = len(self.model.lines)
        if not count:
            return
        at = self.table.currentIndex()
        place = (at.row() + step) % count if at.isValid() else (0 if step > 0 else count - 1)
        index = self.model.index(place, 1)
        self.table.setCurrentIndex(index)
        self._go(index)

    def _refilter(self) -> None:
        last = ORDER.index(self.filter.currentData())
        at, was = self.table.currentIndex().row(), self.current
        self.model.show([line for line in self._every if ORDER.index(line.severity) <= last])
        self.table.setColumnHidden(FIX, not any(line.fix for line in self.model.lines))
        if was is not None and self.current is None and self.model.lines:
            # What was selected stays so; if it is mended, the one that took its place is next.
            keys = [line.finding.key for line in self.model.lines]
            key = was.finding.key
            place = keys.index(key) if key in keys else min(at, len(keys) - 1)
            self.table.setCurrentIndex(self.model.index(place, 1))
        self._selected()

    def _clicked(self, index: QModelIndex) -> None:
        """Fix what a click in the column of fixes is on; anywhere else go to the place."""
        if index.column() == FIX and index.data():
            self.fix_requested.emit(False)
        else:
            self._go(index)

    def _go(self, index: QModelIndex) -> None:
        line = index.data(LINE)
        if line is not None:
            self.shown.emit(line.paths)

    def _show_menu(self, at: QPoint) -> None:
        """Offer what can be done with the finding under the pointer."""
        index = self.table.indexAt(at)
        if not index.isValid():
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        line = self.current
        menu.addAction("&Show", lambda: self._go(index))
        if line is not None and line.fix:
            menu.addAction(f"&Fix: {line.fix}", lambda: self.fix_requested.emit(False))
            if len(self.alike) > 1:
                words = f"Fix &All {len(self.alike):,} of This Kind"
                menu.addAction(words, lambda: self.fix_requested.emit(True))
        waive = menu.addAction("&Waive …", self.ask_waiver)
        waive.setEnabled(self._waive.isEnabled())
        menu.popup(self.table.viewport().mapToGlobal(at))

    def _selected(self) -> None:
        line = self.current
        self._waive.setEnabled(not self.why_no_waiver())
        reason = self.why_no_fix()
        many = 0 if reason else len(self.alike)
        for made, words in (
            (self._fix, "Fix"),
            (self._fix_all, f"Fix all {many:,}" if many > 1 else "Fix all"),
        ):
            made.setText(words)
            made.setEnabled(not reason and (made is self._fix or many > 1))
        fix = "" if line is None else line.fix
        self._fix.setToolTip(f"Not now: {reason}" if reason else f"{fix} (Ctrl+.)")
        what = f"Not now: {reason}" if reason else "It is the only one of its kind"
        self._fix_all.setToolTip(
            f"{fix}: all {many:,} of this kind in one step (Ctrl+Shift+.)" if many > 1 else what
        )
        self.current_changed.emit()

    def why_no_waiver(self) -> str:
        """Return why the selected finding cannot be waived; empty if it can."""
        if self.current is None:
            return "select a finding"
        return "it is waived" if self.current.severity == "waived" else ""

    def ask_waiver(self) -> None:
        """Ask for the waiver of the selected finding."""
        if self.current is not None:
            self.waive_requested.emit(self.current)

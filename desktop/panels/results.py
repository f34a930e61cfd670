"""Results against limits: value, share of the limit, how well it is known; the binding limit by name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from core.engine.headline import headline_of
from core.units import share
from desktop.theme import font, theme
from desktop.widgets import column, label, panel, sentence, state_icon

if TYPE_CHECKING:
    from core.engine.evaluation import Evaluation
    from core.engine.headline import Headline
    from core.engine.quantities import Quantity

COLUMNS = ("Quantity", "Value", "Limit", "Verified")
SECTIONS = (
    ("Power", ("power_max_w", "power_typical_w", "power_peak_w", "rack_power_max_w", "source_worst_use")),
    ("Cooling", ("heat_liquid_w", "coolant_flow_lpm", "facility_water_c", "heat_air_w", "airflow_m3h")),
    ("Compute and network", ("accelerators", "tflops_", "memory_tb", "oversubscription_worst")),
    ("Cost", ("capex_", "usd_per_tflop_", "supplier_largest_share")),
    ("Mass and space", ("rack_mass_kg", "mass_kg", "floor_load_kg_m2", "space_")),
    ("Counted", ("",)),
)
"""Headings and what stands below them, by how names begin; each quantity is at the first that takes it."""
_STATES = {
    "over": "over the limit",
    "near": "close to the limit",
    "within": "within the limit",
    "unknown": "no limit given",
}
QUANTITY = Qt.ItemDataRole.UserRole
NARROW = 360
LIMIT_PX, NO_LIMIT_PX = 74, 46
Line: TypeAlias = "Quantity | str"
"""A quantity, or the heading of those below it."""


def grouped(quantities: Sequence[Quantity]) -> list[Line]:
    """Return quantities under their headings; those with a limit first."""
    left, lines = list(quantities), []
    for heading, starts in SECTIONS:
        found = [q for start in starts for q in left if q.name.startswith(start)]
        found = list({q.name: q for q in found}.values())
        left = [q for q in left if q not in found]
        if found:
            lines += [heading, *sorted(found, key=lambda q: q.limit is None)]
    return lines


class Results(QAbstractTableModel):
    """The quantities of the newest evaluation, under headings."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.lines: list[Line] = []

    @property
    def quantities(self) -> list[Quantity]:
        """The quantities in the order they are shown."""
        return [line for line in self.lines if not isinstance(line, str)]

    def show(self, quantities: list[Quantity]) -> None:
        lines = grouped(quantities)
        if [_name(line) for line in lines] == [_name(line) for line in self.lines]:
            self.lines = lines
            if lines:
                self.dataChanged.emit(self.index(0, 0), self.index(len(lines) - 1, len(COLUMNS) - 1))
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

    def flags(self, index: QModelIndex | QPersistentModelIndex) -> Qt.ItemFlag:
        if isinstance(self.lines[index.row()], str):
            return Qt.ItemFlag.ItemIsEnabled
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(
        self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        line = self.lines[index.row()]
        if isinstance(line, str):
            return self._heading(line, index.column(), role)
        if role == QUANTITY:
            return line
        if role == Qt.ItemDataRole.DisplayRole:
            return self._texts(line)[index.column()]
        if role == Qt.ItemDataRole.DecorationRole and index.column() == 0:
            return state_icon(line.state)
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() in (1, 2):
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role == Qt.ItemDataRole.FontRole and index.column() == 1:
            return font("body", mono=True)
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleDescriptionRole):
            return explained(line)
        return None

    @staticmethod
    def _texts(line: Quantity) -> tuple[str, str, str, str]:
        """The cells of a quantity; what the heading says already is left out of its label."""
        label_text = sentence(line.label.removeprefix("Power, ")).replace(" after losing one", " after loss")
        known = line.grounds.label.removesuffix(" verified")
        return (label_text, line.text, line.limit_text, known)

    def _heading(self, text: str, section: int, role: int) -> Any:
        if role == Qt.ItemDataRole.DisplayRole:
            return text.upper() if section == 0 else ""
        if role == Qt.ItemDataRole.FontRole:
            return font("small", bold=True)
        if role == Qt.ItemDataRole.ForegroundRole:
            return theme().colour("faint")
        return None


def _name(line: Line) -> str:
    return line if isinstance(line, str) else line.name


def explained(quantity: Quantity) -> str:
    """Return what a value is held against, in plain text; the click says how it is made."""
    lines = [f"{quantity.label}: {quantity.text}", quantity.formula]
    if quantity.limit is not None:
        lines.append(f"Limit {quantity.limit_text}: {share(quantity.use)} used, {_STATES[quantity.state]}")
    else:
        lines.append("No limit in the brief")
    if quantity.grounds.unknown:
        names = quantity.grounds.unknown
        lines.append(f"Not known, counted as 0: {', '.join(names[:4])}{' …' if len(names) > 4 else ''}")
    return "\n".join([*lines, "Click or Enter: how it is made"])


class LimitDelegate(QStyledItemDelegate):
    """Paints the share of the limit that is used as a bar below the limit's text."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().paint(painter, option, index)
        quantity: Quantity | None = index.data(QUANTITY)
        if quantity is None or quantity.use is None:
            return
        box: QRect = option.rect  # type: ignore[attr-defined]
        role = {"over": "error", "near": "warning"}.get(quantity.state, "ok")
        bar = QRectF(box.left() + 4, box.bottom() - 4, box.width() - 8, 3)
        painter.fillRect(bar, theme().colour("line"))
        painter.fillRect(
            QRectF(bar.left(), bar.top(), bar.width() * min(quantity.use, 1.0), 3), theme().colour(role)
        )


class ResultsPanel(QWidget):
    """The table of results, and above it the limit that binds."""

    chosen = Signal(object, QRect)
    """Carries the `Headline` to be explained and the row of it on the screen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = Results(self)
        self.table = QTableView()
        self.table.setAccessibleName("Results against limits")
        self.table.setModel(self.model)
        self.table.setItemDelegateForColumn(2, LimitDelegate(self.table))
        self.table.setShowGrid(False)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(26)
        head = self.table.horizontalHeader()
        head.setHighlightSections(False)
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        head.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for section, width in ((1, 94), (2, LIMIT_PX), (3, 68)):
            head.setSectionResizeMode(section, QHeaderView.ResizeMode.Interactive)
            head.resizeSection(section, width)
        self.table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.table.clicked.connect(self._choose)
        self.table.activated.connect(self._choose)
        self._evaluation: Evaluation | None = None
        self._binding = label(wrap=True)
        self._state = label(role="small")
        top = panel()
        top.setLayout(column(self._binding, self._state, gap=2, margins=(10, 8, 10, 8)))
        self.setLayout(column(top, self.table, gap=0))
        theme().changed.connect(self.table.viewport().update)
        self.clear()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow panel the name of a quantity comes before how well it is known."""
        self.table.setColumnHidden(3, self.width() < NARROW)
        super().resizeEvent(event)

    def clear(self) -> None:
        """Show nothing."""
        self.model.show([])
        self._binding.setText("No results yet")
        self._state.setText("")

    def show_evaluation(self, evaluation: Evaluation, headlines: Sequence[Headline] = ()) -> None:
        """Show the newest results; the binding limit is that of the numbers in sight."""
        self._evaluation = evaluation
        self.model.show(list(evaluation.quantities.values()))
        for at, line in enumerate(self.model.lines):
            if isinstance(line, str) and self.table.columnSpan(at, 0) == 1:
                self.table.setSpan(at, 0, 1, len(COLUMNS))
        # Without limits their column is as narrow as its heading: names of quantities need the room.
        has_limits = any(quantity.limit is not None for quantity in self.model.quantities)
        self.table.horizontalHeader().resizeSection(2, LIMIT_PX if has_limits else NO_LIMIT_PX)
        binding = next((h for h in headlines if h.name == "binding"), None)
        if binding is None or binding.use is None:
            self._binding.setText("No limits given: click a quantity to set one")
        else:
            word = "Broken" if binding.state == "over" else "Binding"
            self._binding.setText(f"{word} limit: {binding.value}, {binding.detail}")
        self._state.setText("Up to date")

    @property
    def headline(self) -> str:
        """The limit that binds, in words."""
        return self._binding.text()

    def show_stale(self, words: str = "Evaluating …") -> None:
        """Say that the results are those of an earlier state."""
        self._state.setText(words)

    def _choose(self, index: QModelIndex) -> None:
        quantity: Quantity | None = index.data(QUANTITY)
        if quantity is not None and self._evaluation is not None:
            row = self.table.visualRect(index.siblingAtColumn(0))
            at = QRect(self.table.viewport().mapToGlobal(row.topLeft()), row.size())
            self.chosen.emit(headline_of(self._evaluation, quantity), at)

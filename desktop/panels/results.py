"""Results against limits: value, share of the limit, how well it is known; the binding limit by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from core.model.requirements import REQUIREMENTS
from core.units import number_text, scale, share
from desktop.theme import font, theme
from desktop.widgets import column, label, panel, state_icon

if TYPE_CHECKING:
    from core.engine.evaluation import Evaluation
    from core.engine.quantities import Quantity

COLUMNS = ("Quantity", "Value", "Limit", "Known")
_STATES = {
    "over": "over the limit",
    "near": "close to the limit",
    "within": "within the limit",
    "unknown": "no limit given",
}
QUANTITY = Qt.ItemDataRole.UserRole


class Results(QAbstractTableModel):
    """The quantities of the newest evaluation."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.quantities: list[Quantity] = []

    def show(self, quantities: list[Quantity]) -> None:
        same = [q.name for q in quantities] == [q.name for q in self.quantities]
        if same:
            self.quantities = quantities
            if quantities:
                self.dataChanged.emit(self.index(0, 0), self.index(len(quantities) - 1, len(COLUMNS) - 1))
            return
        self.beginResetModel()
        self.quantities = quantities
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.quantities)

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
        quantity = self.quantities[index.row()]
        if role == QUANTITY:
            return quantity
        if role == Qt.ItemDataRole.DisplayRole:
            return (quantity.label, quantity.text, quantity.limit_text, quantity.grounds.label)[
                index.column()
            ]
        if role == Qt.ItemDataRole.DecorationRole and index.column() == 0:
            return state_icon(quantity.state)
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() in (1, 2):
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role == Qt.ItemDataRole.FontRole and index.column() == 1:
            return font("body", mono=True)
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleDescriptionRole):
            return explained(quantity)
        return None


def explained(quantity: Quantity) -> str:
    """Return where a value comes from, in plain text."""
    lines = [f"{quantity.label}: {quantity.text}", quantity.formula]
    if quantity.limit is not None:
        lines.append(f"Limit {quantity.limit_text}: {share(quantity.use)} used, {_STATES[quantity.state]}")
    else:
        lines.append("No limit in the brief")
    shares = ", ".join(f"{name} {share(part)}" for name, part in quantity.grounds.shares)
    lines += [f"Known by: {shares}"] if shares else []
    if quantity.grounds.unknown:
        names = quantity.grounds.unknown
        lines.append(f"Not known, counted as 0: {', '.join(names[:4])}{' …' if len(names) > 4 else ''}")
    for part in quantity.grounds.dominant:
        lines.append(f"{share(part.share)} is {part.name} ({part.evidence})")
    return "\n".join(lines)


class LimitDelegate(QStyledItemDelegate):
    """Paints the share of the limit that is used as a bar below the limit's text."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().paint(painter, option, index)
        quantity: Quantity = index.data(QUANTITY)
        if quantity.use is None:
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

    limit_requested = Signal(str)
    """Carries the id of the requirement whose limit is to be set."""

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
        for section, width in ((1, 112), (2, 96), (3, 78)):
            head.setSectionResizeMode(section, QHeaderView.ResizeMode.Interactive)
            head.resizeSection(section, width)
        self.table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.table.doubleClicked.connect(self._ask_limit)
        self._binding = label(wrap=True)
        self._state = label(role="small")
        top = panel()
        top.setLayout(column(self._binding, self._state, gap=2, margins=(10, 8, 10, 8)))
        self.setLayout(column(top, self.table, gap=0))
        theme().changed.connect(self.table.viewport().update)
        self.clear()

    def clear(self) -> None:
        """Show nothing."""
        self.model.show([])
        self._binding.setText("No results yet")
        self._state.setText("")

    def show_evaluation(self, evaluation: Evaluation) -> None:
        """Show the newest results."""
        self.model.show(list(evaluation.quantities.values()))
        binding = evaluation.binding
        if binding is None:
            self._binding.setText("No limits given: double-click a quantity to set one")
        else:
            name = next((k.label for k in REQUIREMENTS.values() if k.quantity == binding.name), binding.label)
            word = "Broken" if binding.state == "over" else "Binding"
            self._binding.setText(f"{word} limit: {name}, {binding.text} {binding.limit_text}")
        self._state.setText("Up to date")

    @property
    def headline(self) -> str:
        """The limit that binds, in words."""
        return self._binding.text()

    def show_stale(self, words: str = "Evaluating …") -> None:
        """Say that the results are those of an earlier state."""
        self._state.setText(words)

    def _ask_limit(self, index: QModelIndex) -> None:
        quantity: Quantity = index.data(QUANTITY)
        name = next((n for n, kind in REQUIREMENTS.items() if kind.quantity == quantity.name), "")
        self.limit_requested.emit(name)


def scaled_limit(value: float, unit: str) -> tuple[str, str]:
    """Return a limit as text in a readable unit, and that unit."""
    number, scaled = scale(value, unit)
    return number_text(number, digits=6), scaled

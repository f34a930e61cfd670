"""How a library is understood: the connector of each port type, and the kind each rule gives."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QComboBox, QFormLayout, QTableView, QWidget

from core.exchange.netbox_choices import KIND_RULES, KINDS, Choices
from core.exchange.netbox_library import LibraryReading
from desktop.icons import icon
from desktop.widgets import button, column, label, row

COLUMNS = ("Port type of NetBox", "Ports", "Connector")
_NO_CONNECTOR = "not known"
_Index = QModelIndex | QPersistentModelIndex


class Connectors(QAbstractTableModel):
    """A row for each port type, those without a connector first; the connector can be written."""

    chosen = Signal(str, str)
    """Carries a port type and the connector it shall have."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows: list[tuple[str, int, str]] = []
        self.own: dict[str, str] = {}

    def show(self, port_types: dict[tuple[str, str], int], own: dict[str, str]) -> None:
        counts: defaultdict[str, int] = defaultdict(int)
        usual: dict[str, str] = {}
        for (name, connector), count in port_types.items():
            counts[name] += count
            usual[name] = usual.get(name) or connector
        self.beginResetModel()
        self.own = own
        self.rows = sorted(
            ((name, counts[name], usual[name]) for name in counts), key=lambda r: (bool(r[2]), -r[1], r[0])
        )
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if role == Qt.ItemDataRole.TextAlignmentRole and section == 1:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return COLUMNS[section] if orientation == Qt.Orientation.Horizontal else None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        usual = Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled
        return usual | Qt.ItemFlag.ItemIsEditable if index.column() == 2 else usual

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        name, count, usual = self.rows[index.row()]
        connector = self.own.get(name, usual)
        place = index.column()
        if role == Qt.ItemDataRole.EditRole:
            return connector
        if role == Qt.ItemDataRole.DecorationRole and place == 2:
            return (
                icon("edit", "accent")
                if name in self.own
                else None
                if connector
                else icon("warning", "warning")
            )
        if role == Qt.ItemDataRole.TextAlignmentRole and place == 1:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role == Qt.ItemDataRole.ToolTipRole and place == 2:
            return (
                f"Yours; usually {usual or _NO_CONNECTOR}"
                if name in self.own
                else "F2 or a double click to change"
            )
        if role == Qt.ItemDataRole.DisplayRole:
            return (name, f"{count:,}", connector or _NO_CONNECTOR)[place]
        return None

    def setData(self, index: _Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.EditRole or index.column() != 2:
            return False
        name, _, usual = self.rows[index.row()]
        if str(value).strip() != self.own.get(name, usual):
            self.chosen.emit(name, str(value).strip())
        return True


class MappingPage(QWidget):
    """Both parts side by side; what is changed is told, and kept for the next time."""

    changed = Signal(object)
    """Carries the choices as they are now."""

    def __init__(self) -> None:
        super().__init__()
        self.choices = Choices()
        self._reading: LibraryReading | None = None
        self.connectors = Connectors(self)
        self.connectors.chosen.connect(
            lambda name, connector: self._take(self.choices.with_connector(name, connector))
        )
        self.view = QTableView()
        self.view.setAccessibleName("Connectors of port types")
        self.view.setModel(self.connectors)
        self.view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.view.setShowGrid(False)
        self.view.setTabKeyNavigation(False)
        self.view.verticalHeader().setDefaultSectionSize(26)
        self.view.verticalHeader().hide()
        self.view.horizontalHeader().setStretchLastSection(True)
        self.view.horizontalHeader().setDefaultAlignment(
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        )
        self.view.horizontalHeader().setHighlightSections(False)
        for place, width in enumerate((220, 80)):
            self.view.setColumnWidth(place, width)
        left = column(
            label("Connectors", "heading"),
            label("Ports without a connector are kept, and join nothing.", "faint", wrap=True),
            self.view,
            gap=6,
        )
        self.usual = button("All as Usual", lambda: self._take(Choices()))
        right = column(
            label("Kinds", "heading"),
            label(
                "The files do not say what a device is. The first of these that holds decides.",
                "faint",
                wrap=True,
            ),
            gap=6,
        )
        right.addWidget(self._kinds())
        right.addStretch(1)
        right.addLayout(row(None, self.usual))
        both = row(gap=20, margins=(10, 10, 10, 10))
        both.addLayout(left, 1)
        both.addLayout(right, 1)
        self.setLayout(both)

    def _kinds(self) -> QWidget:
        self.boxes: dict[str, QComboBox] = {}
        self._counts: dict[str, Any] = {}
        inner = QWidget()
        form = QFormLayout(inner)
        form.setContentsMargins(0, 4, 0, 0)
        form.setVerticalSpacing(5)
        for rule in KIND_RULES:
            box = self.boxes[rule.id] = QComboBox()
            box.setAccessibleName(f"Kind: {rule.words}")
            for kind in KINDS:
                box.addItem(kind, kind)
            box.activated.connect(
                lambda _, rule=rule, box=box: self._take(self.choices.with_rule(rule.id, box.currentData()))
            )
            count = self._counts[rule.id] = label(role="faint")
            count.setMinimumWidth(52)
            count.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            form.addRow(label(rule.words), row(count, box))
        return inner

    def show_reading(self, reading: LibraryReading | None, choices: Choices) -> None:
        """Show how a library was understood."""
        self._reading, self.choices = reading, choices
        self._fill()

    def _fill(self) -> None:
        reading, choices = self._reading, self.choices
        at = self.view.currentIndex()
        self.connectors.show(reading.port_types if reading else {}, choices.connectors)
        if at.isValid() and at.row() < len(self.connectors.rows):
            self.view.setCurrentIndex(self.connectors.index(at.row(), at.column()))
        for rule in KIND_RULES:
            self.boxes[rule.id].setCurrentText(choices.kinds.get(rule.id, rule.kind))
            count = reading.kind_rules.get(rule.id, 0) if reading else 0
            self._counts[rule.id].setText(f"{count:,}" if reading else "")
        self.usual.setEnabled(choices != Choices())
        self.usual.setToolTip("" if choices != Choices() else "All is as usual")

    def _take(self, choices: Choices) -> None:
        self.choices = choices
        self._fill()
        self.changed.emit(choices)

"""What a table of fields would change, row by row, before anything is altered."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QDialog, QHeaderView, QTableView, QWidget

from core.editing.fields_table import STATES, Plan, Row
from core.model.fields import fields_of
from core.model.records import Override
from desktop.icons import icon
from desktop.widgets import button, column, label, let_ctrl_enter, row

_LOOKS = {
    "wrong": ("error", "error"),
    "unmatched": ("warning", "warning"),
    "changed": ("edit", "accent"),
    "new": ("add", "ok"),
    "unchanged": ("ok", "faint"),
}
ARROW = " → "
Index = QModelIndex | QPersistentModelIndex


class Preview(QAbstractTableModel):
    """The rows of the file, those that need a look first."""

    def __init__(self, plan: Plan, parent: QWidget) -> None:
        super().__init__(parent)
        self.fields = plan.fields
        self.rows = sorted(plan.rows, key=lambda found: (STATES.index(found.state), found.line))
        titles = [fields_of(Override)[field].heading for field in plan.fields]
        self.titles = ["Line", "Row", *titles, "State"]

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.titles)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.titles[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        found, section = self.rows[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(found, section)
        if role == Qt.ItemDataRole.DecorationRole and section == len(self.titles) - 1:
            return icon(*_LOOKS[found.state])
        if role == Qt.ItemDataRole.ToolTipRole:
            return found.problem or self._text(found, section)
        return None

    def _text(self, found: Row, section: int) -> str:
        if section < 2:
            return (f"{found.line:,}", found.key)[section]
        if section == len(self.titles) - 1:
            return f"{found.state}: {found.problem}" if found.problem else found.state
        field = self.fields[section - 2]
        before, after = found.before.get(field, ""), found.after.get(field)
        if after is None:
            return before
        return f"{before}{ARROW}{after}" if before else after


class ImportFieldsDialog(QDialog):
    """Shows a plan; accepting it is one undo step, made by whoever opened it."""

    def __init__(self, plan: Plan, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plan = plan
        self.setWindowTitle("Import fields")
        self.resize(860, 540)
        changes = plan.count("new", "changed")
        self.model = Preview(plan, self)
        self.table = QTableView()
        self.table.setAccessibleName("What would change")
        self.table.setModel(self.model)
        self.table.setShowGrid(False)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setTabKeyNavigation(False)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.table.verticalHeader().setDefaultSectionSize(24)
        head = self.table.horizontalHeader()
        head.setHighlightSections(False)
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for section, width in enumerate((56, 190, *([130] * len(plan.fields)))):
            head.resizeSection(section, width)
        head.setStretchLastSection(True)
        used = ", ".join(fields_of(Override)[field].label.lower() for field in plan.fields)
        ignored = f"Not used: {', '.join(plan.ignored)}. " if plan.ignored else ""
        left = plan.count("wrong", "unmatched")
        skipped = f"{left:,} of the rows cannot be taken and stay out; they stand first. " if left else ""
        self.apply = button(
            f"Set fields of {changes:,} thing{'' if changes == 1 else 's'}", self.accept, primary=True
        )
        self.apply.setEnabled(changes > 0)
        self.apply.setDefault(True)
        let_ctrl_enter(self, self.apply)
        self.apply.setToolTip("One undo step" if changes else "Nothing in the file would change anything")
        self.setLayout(
            column(
                label(plan.where, "strong"),
                label(f"{plan.summary}. Sets {used}.", wrap=True),
                label(f"{skipped}{ignored}Empty cells leave a field as it is.", "small", wrap=True),
                self.table,
                row(None, button("Cancel", self.reject), self.apply),
                margins=(16, 14, 16, 14),
                gap=8,
            )
        )
        self.apply.setFocus()

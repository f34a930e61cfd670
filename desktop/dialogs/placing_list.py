"""The rows of a table of racks and devices, and what becomes of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QWidget

from core.exchange.placing_table import PlacingLine
from desktop.dialogs.outcome_list import Index, OutcomeRows, outcome_view
from desktop.icons import icon
from desktop.theme import theme
from desktop.widgets import column, sentence

_STATES = {
    "new": ("Placed", "add", "ok"),
    "changed": ("Changed", "edit", "info"),
    "same": ("Unchanged", "ok", "faint"),
    "problem": ("Cannot be read", "error", "error"),
    "left out": ("Left out", "info", "faint"),
}


class PlacingLines(OutcomeRows):
    """Rows in the order of the file."""

    columns = ("Row", "Name", "What happens")

    @property
    def lines(self) -> list[PlacingLine]:
        """What is shown."""
        return self.rows

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        line, place = self.lines[index.row()], index.column()
        words, icon_name, colour = _STATES[line.state]
        said = f"{sentence(line.words)}. {line.cure}" if line.cure else sentence(line.words)
        if role == Qt.ItemDataRole.DecorationRole and place == 0:
            return icon(icon_name, colour)
        if role == Qt.ItemDataRole.ForegroundRole and place == 2:
            roles = {"problem": "error", "same": "faint"}
            return theme().colour(roles[line.state]) if line.state in roles else None
        if role == Qt.ItemDataRole.ToolTipRole:
            return said
        if role == Qt.ItemDataRole.AccessibleTextRole and place == 0:
            return f"{words}, row {line.number}"
        if role == Qt.ItemDataRole.DisplayRole:
            return (f"{line.number:,}", line.name, said)[place]
        return None


class PlacingList(QWidget):
    """The list with its filter."""

    def __init__(self) -> None:
        super().__init__()
        self.model = PlacingLines()
        self.view = outcome_view(self.model, "Rows of the table", (76, 170))
        self.only_new = QCheckBox("Only what is placed, changed or wrong")
        self.only_new.toggled.connect(lambda _: self._refill())
        self._lines: list[PlacingLine] = []
        self.setLayout(column(self.view, self.only_new, gap=6))

    def show_lines(self, lines: Sequence[PlacingLine]) -> None:
        """Show rows; what is wrong comes to the eye first."""
        self._lines = list(lines)
        self._refill()
        wrong = next((at for at, line in enumerate(self.model.lines) if line.state == "problem"), -1)
        if wrong >= 0:
            self.view.scrollTo(self.model.index(wrong, 0))

    def _refill(self) -> None:
        few = self.only_new.isChecked()
        self.model.take([line for line in self._lines if not few or line.state not in ("same", "left out")])

"""The list of the cables that would be made, and where their lines go in a drawing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtWidgets import QCheckBox, QHeaderView, QWidget

from core.editing.cabling.wiring import Wire
from core.model.project import Reader
from desktop.dialogs.outcome_list import Index, OutcomeRows, outcome_view
from desktop.icons import icon
from desktop.theme import theme
from desktop.views.racks import RackView
from desktop.views.view import View
from desktop.widgets import column, sentence

MOST_LINES = 400
"""Lines drawn in the drawing behind; of more the first."""
_STATES = {
    "new": ("Is made", "ok", "ok"),
    "there": ("Is there already", "info", "info"),
    "same": ("The same cable as one above", "info", "info"),
    "problem": ("", "error", "error"),
}


class Wires(OutcomeRows):
    """Cables in the order in which they would be made: each with its number and cure."""

    columns = ("Line", "From", "Port", "To", "Port", "What happens")

    def __init__(self) -> None:
        super().__init__()
        self._names: dict[str, str] = {}
        self._reader: Reader | None = None
        self._top = ""

    def show(self, reader: Reader, top: str, wires: Sequence[Wire], notes: Sequence[tuple[str, str]]) -> None:
        self._reader, self._top, self._names = reader, top, {}
        given = notes if len(notes) == len(wires) else [("", "")] * len(wires)
        self.take(list(zip(wires, given, strict=True)))

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        wire, (number, cure) = self.rows[index.row()]
        words, icon_name, colour = _STATES[wire.state]
        place = index.column()
        if role == Qt.ItemDataRole.DecorationRole and place == 0:
            return icon(icon_name, colour)
        if role == Qt.ItemDataRole.ForegroundRole and place == 5 and wire.state == "problem":
            return theme().colour("error")
        said = words or _said(wire.problem)
        said = f"{said}. {cure}" if cure else said
        if role == Qt.ItemDataRole.ToolTipRole:
            return said
        if role == Qt.ItemDataRole.AccessibleTextRole and place == 0:
            return said
        if role == Qt.ItemDataRole.DisplayRole:
            a, b = self._name(wire.a_path), self._name(wire.b_path)
            return (number, a, wire.a_port, b, wire.b_port, said)[place]
        return None

    def _name(self, path: str) -> str:
        if path not in self._names and self._reader is not None:
            self._names[path] = " / ".join(self._reader.names_along(self._top, path)) if path else "–"
        return self._names.get(path, "–")


def _said(problem: str) -> str:
    """Return a problem with a capital at its start, unless it starts with the name of a port or a device."""
    first = problem.partition(" ")[0]
    return sentence(problem) if first.isalpha() and first.islower() else problem


class WireList(QWidget):
    """The list with its filter."""

    def __init__(self) -> None:
        super().__init__()
        self.model = Wires()
        self.view = outcome_view(self.model, "Cables", (72, 170, 84, 190, 84))
        self.view.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Fixed)
        self.only_wrong = QCheckBox("Only what cannot be made")
        self.only_wrong.toggled.connect(lambda _: self._refill())
        self._given: tuple[Any, ...] = ()
        self.setLayout(column(self.view, self.only_wrong, gap=6))

    def show_wires(
        self, reader: Reader, top: str, wires: Sequence[Wire], notes: Sequence[tuple[str, str]] = ()
    ) -> None:
        """Show cables, with line numbers and cures where they come from a table."""
        self._given = (reader, top, wires, notes)
        wrong = any(wire.state == "problem" for wire in wires)
        self.only_wrong.setVisible(wrong)
        if not wrong:
            self.only_wrong.setChecked(False)
        self._refill()

    def _refill(self) -> None:
        if not self._given:
            return
        reader, top, wires, notes = self._given
        rows = list(range(len(wires)))
        if self.only_wrong.isChecked():
            rows = [at for at in rows if wires[at].state == "problem"]
        given = notes or [(str(at + 1), "") for at in range(len(wires))]
        self.model.show(reader, top, [wires[at] for at in rows], [given[at] for at in rows])


def lines_between(view: View, wires: Sequence[Wire]) -> list[QLineF]:
    """Return the lines of cables in a drawing, port to port or from the middle of what shows a device."""
    boxes: dict[str, dict[str, Any]] = {}
    middles: dict[str, QPointF | None] = {}

    def middle(path: str) -> QPointF | None:
        if path not in middles:
            middles[path] = None
            steps = path.split("/")
            for length in range(len(steps), 0, -1):
                shapes, _ = view.shapes_of(["/".join(steps[:length])])
                if shapes:
                    middles[path] = shapes[0].boundingRect().center()
                    break
        return middles[path]

    def place(path: str, token: str) -> QPointF | None:
        if isinstance(view, RackView):
            if path not in boxes:
                boxes[path] = view.port_boxes(path)
            box = boxes[path].get(token.partition("/")[0])
            return None if box is None else box.center()
        return middle(path)

    found: dict[tuple[float, float, float, float], QLineF] = {}
    for wire in wires:
        a, b = place(wire.a_path, wire.a_port), place(wire.b_path, wire.b_port)
        if a is not None and b is not None and a != b:
            found[a.x(), a.y(), b.x(), b.y()] = QLineF(a, b)
        if len(found) >= MOST_LINES:
            break
    return list(found.values())

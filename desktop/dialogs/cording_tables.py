"""The tables of planned cords: every supply with its outlet, and what the PDUs carry before and after."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from core.editing.laying.cord_plan import CordPlan, PlannedCord
from core.explore.cord_loads import CordLoad, CordLoads
from core.units import share, show
from desktop.icons import icon
from desktop.theme import theme
from desktop.widgets import sentence

CORD_COLUMNS = (
    "Device", "Supply", "Source", "PDU or tap-off", "Outlet", "Phase", "Bank", "Cord", "Length", "Colour",
    "What happens",
)  # fmt: skip
LOAD_COLUMNS = ("Feeder", "Part", "Now", "With the cords", "Worst", "When lost", "Rating", "Worst share")
_CORD_WIDTHS = (190, 62, 58, 104, 70, 62, 54, 130, 58, 60)
_LOAD_WIDTHS = (230, 70, 84, 104, 84, 110, 84)
_NUMBERS = frozenset(("Now", "With the cords", "Worst", "Rating", "Length"))
_MARKS = {"ok": ("ok", "ok"), "info": ("info", "info"), "error": ("error", "error"), "": ("", "")}
_Index = QModelIndex | QPersistentModelIndex


class Line(NamedTuple):
    """A row: its cells, and how it stands (`ok`, `info`, `error` or nothing)."""

    cells: tuple[str, ...]
    state: str
    said: str


class Lines(QAbstractTableModel):
    """Rows of text with a mark in front."""

    def __init__(self, columns: Sequence[str], parent: QWidget) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self.lines: list[Line] = []

    def show(self, lines: list[Line]) -> None:
        self.beginResetModel()
        self.lines = lines
        self.endResetModel()

    def is_bare(self, column: int) -> bool:
        """Whether a column says nothing of any row."""
        return bool(self.lines) and not any(line.cells[column] for line in self.lines)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.lines)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Horizontal:
            if role == Qt.ItemDataRole.DisplayRole:
                return self.columns[section]
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return self._alignment(section)
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        line, place = self.lines[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return line.cells[place]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._alignment(place)
        if role == Qt.ItemDataRole.DecorationRole and place == 0 and line.state:
            return icon(*_MARKS[line.state])
        if (
            role == Qt.ItemDataRole.ForegroundRole
            and line.state == "error"
            and place == len(self.columns) - 1
        ):
            return theme().colour("error")
        if role == Qt.ItemDataRole.ToolTipRole:
            return line.said or line.cells[place]
        if role == Qt.ItemDataRole.AccessibleTextRole and place == 0:
            return f"{line.cells[0]}: {line.said}"
        return None

    def _alignment(self, place: int) -> Qt.AlignmentFlag:
        side = Qt.AlignmentFlag.AlignRight if self.columns[place] in _NUMBERS else Qt.AlignmentFlag.AlignLeft
        return side | Qt.AlignmentFlag.AlignVCenter


def table_of(columns: Sequence[str], name: str, parent: QWidget) -> tuple[Lines, QTableView]:
    """Return a table and what it shows."""
    model, view = Lines(columns, parent), QTableView()
    view.setAccessibleName(name)
    view.setModel(model)
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    view.setShowGrid(False)
    view.setTabKeyNavigation(False)
    view.setWordWrap(False)
    view.verticalHeader().setDefaultSectionSize(24)
    view.verticalHeader().hide()
    heads = view.horizontalHeader()
    heads.setStretchLastSection(True)
    heads.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
    for place, width in enumerate(_CORD_WIDTHS if columns is CORD_COLUMNS else _LOAD_WIDTHS):
        view.setColumnWidth(place, width)
    return model, view


def cord_lines(
    plan: CordPlan, before: CordPlan | None, loads: CordLoads | None, name: Callable[[str], str]
) -> list[Line]:
    """Return the rows of a plan; what lies otherwise than in the plan shown before is said.

    Parameters
    ----------
    plan, before : CordPlan
    loads : CordLoads, optional
        With the cords that are ordered, once they are known.
    name : callable
        Gives the name of a path.
    """
    last: Mapping[tuple[str, str], PlannedCord] = {} if before is None else {c.at: c for c in before.cords}
    return [_cord_line(cord, last.get(cord.at), loads, name) for cord in plan.cords]


def _cord_line(
    cord: PlannedCord, last: PlannedCord | None, loads: CordLoads | None, name: Callable[[str], str]
) -> Line:
    ordered = None if loads is None else loads.ordered.get(cord.at)
    part = cord.cable.name if cord.cable is not None else ""
    length = ""
    if ordered is not None:
        part, length = ordered.name or part, show(ordered.length_m, "m")
    elif cord.feeder and loads is not None:
        length = "–"
    if cord.feeder and not part:
        part = "no type known"
    elif cord.cable is not None:
        part = "–".join(dict.fromkeys((cord.cable.connector_a, cord.cable.connector_b)))
    state, said = _what_happens(cord)
    if last is not None and last.side is not None and cord.side is not None and last.side != cord.side:
        state, said = ("info" if state == "ok" else state), f"{said}; {last.side.name} before your change"
    source = "" if cord.side is None else cord.side.name
    feeder = "" if not cord.feeder else name(cord.feeder).rpartition(" / ")[2]
    cells = (
        name(cord.device), cord.inlet, source, feeder, cord.outlet, cord.leg, cord.bank, part, length,
        cord.colour, said,
    )  # fmt: skip
    return Line(cells, state, said)


def _what_happens(cord: PlannedCord) -> tuple[str, str]:
    was = f"; was {cord.was}" if cord.was else ""
    if cord.state == "misfit":
        return "error", f"{sentence(cord.reason)}{was}"
    if cord.state == "kept":
        return "", f"Stays as it is{f': {cord.reason}' if cord.reason else ''}"
    if cord.state == "copy":
        return "", "Drawn with another copy of the rack"
    if not cord.feeder:
        return "ok", f"Fed straight from the source{was}"
    return "ok", f"Corded{was}"


def load_lines(loads: CordLoads, name: Callable[[str], str], sources: Mapping[str, str]) -> list[Line]:
    """Return the rows of the loads, the sources first."""
    found = [_load_line(load, f"Source {sources.get(load.path, load.path)}") for load in loads.sources]
    return found + [_load_line(load, name(load.path)) for load in loads.loads]


def _load_line(load: CordLoad, who: str) -> Line:
    worst = max(load.after, load.worst)
    used = worst / load.rated if load.rated == load.rated else None
    said = "" if used is None else share(used)
    rated = "not known" if load.rated != load.rated else show(load.rated, load.unit)
    state = "error" if load.is_over else ""
    if load.is_over:
        said = f"{said}, over"
    cells = (
        who, load.part or "all", show(load.before, load.unit), show(load.after, load.unit),
        show(worst, load.unit), load.case or "nothing", rated, said,
    )  # fmt: skip
    return Line(cells, state, said)

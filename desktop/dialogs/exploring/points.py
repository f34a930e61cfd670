"""The points of a search as a table that sorts by value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QWidget

from core.explore.sweeps.running import Outcome
from core.explore.sweeps.variants import Point
from core.units import number_text, show
from desktop.theme import theme

Index = QModelIndex | QPersistentModelIndex
KEPT = ("All points", "On the front", "Within all limits", "Beyond a limit", "Not built")
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


@dataclass(frozen=True)
class Column:
    """A column: a parameter or a quantity."""

    title: str
    name: str
    unit: str = ""
    is_quantity: bool = False
    names: Mapping[str, str] = field(default_factory=dict)
    """What people call values that are ids of types."""

    def of(self, point: Point) -> Any:
        """Return the value of a point; None if it is not known."""
        return (point.quantities if self.is_quantity else point.values).get(self.name)


class Points(QAbstractTableModel):
    """Points, a row each; what is not known stands last, whatever the order."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.outcome: Outcome | None = None
        self.columns: tuple[Column, ...] = ()
        self.rows: list[Point] = []
        self._kept = 0
        self._sorted: tuple[int, bool] | None = None

    def show(self, outcome: Outcome | None, columns: Sequence[Column]) -> None:
        """Show other points or other columns."""
        self.beginResetModel()
        self.outcome, self.columns = outcome, tuple(columns)
        self._arrange()
        self.endResetModel()

    def keep(self, which: int) -> None:
        """Show the points of one of `KEPT`."""
        self.beginResetModel()
        self._kept = which
        self._arrange()
        self.endResetModel()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self.beginResetModel()
        self._sorted = None if column < 0 else (column, order == Qt.SortOrder.DescendingOrder)
        self._arrange()
        self.endResetModel()

    def row_of(self, key: str) -> int:
        """Return the row of a point, -1 if it is not shown."""
        return next((row for row, point in enumerate(self.rows) if point.key == key), -1)

    def standing(self, point: Point) -> str:
        """Return in words how a point stands."""
        of = self.outcome
        if of is None or point.failure:
            return f"not built: {point.failure}"
        if point.key in of.broken:
            return f"beyond {of.broken[point.key]}"
        if of.ranks.get(point.key) == 0:
            return "on the front"
        return "within all limits" if of.spec.limits else "off the front"

    def _arrange(self) -> None:
        of = self.outcome
        every = list(of.points) if of is not None else []
        is_kept = (
            lambda p: True,
            lambda p: of is not None and of.ranks.get(p.key) == 0,
            lambda p: of is not None and not p.failure and p.key not in of.broken,
            lambda p: of is not None and p.key in of.broken,
            lambda p: bool(p.failure),
        )[self._kept]
        rows = [point for point in every if is_kept(point)]
        if self._sorted is not None and self._sorted[0] <= len(self.columns) + 1:
            column, falling = self._sorted
            value = self._value(column)
            known = [point for point in rows if value(point) is not None]
            known.sort(key=lambda p: (isinstance(value(p), str), value(p)), reverse=falling)
            rows = known + [point for point in rows if value(point) is None]
        self.rows = rows

    def _value(self, column: int) -> Any:
        if column == 0:
            return lambda point: point.number
        if column == len(self.columns) + 1:
            return self.standing
        return self.columns[column - 1].of

    # Qt's side.

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.columns) + 2

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return ("Point", *(one.title for one in self.columns), "Standing")[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _LEFT if section == len(self.columns) + 1 else _RIGHT
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        point, at = self.rows[index.row()], index.column()
        is_last = at == len(self.columns) + 1
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            if at == 0:
                return str(point.number)
            return self.standing(point) if is_last else _text(self.columns[at - 1], point)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _LEFT if is_last else _RIGHT
        if role == Qt.ItemDataRole.ForegroundRole and point.failure:
            return theme().colour("faint")
        return None


def _text(column: Column, point: Point) -> str:
    value = column.of(point)
    if column.is_quantity:
        return show(value, column.unit)
    if isinstance(value, float):
        return number_text(value)
    return "" if value is None else column.names.get(str(value), str(value))

"""A list of equal things within a type (ports, bays, zones, sources): a small table and the row in full."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from core.model.fields import fields_of
from desktop.dialogs.type_fields import FieldGrid, notation_of
from desktop.widgets import column, label, panel, row, tool_button

ROW_PX = 25


@dataclass(frozen=True)
class RowKind:
    """How one kind of row is shown and edited."""

    noun: str
    struct: type[msgspec.Struct]
    columns: tuple[tuple[str, Callable[[Any], str]], ...]
    """Heading and text of each column."""
    new: Callable[[Sequence[Any]], Any]
    """Makes a row that fits beside those there are."""
    again: Callable[[Any, Sequence[Any]], Any]
    """Makes a copy of a row that fits beside those there are."""
    applies: Callable[[Any], Sequence[str]]
    """Fields that mean something for a row, in the order of the form."""
    labels: dict[str, str] = field(default_factory=dict)
    suggestions: dict[str, Sequence[str]] = field(default_factory=dict)
    stretched: int = 0
    """Column that takes the room there is."""
    settle: Callable[[Any], Any] = lambda made: made
    """Brings the other fields of a row into line with what was chosen."""


class _Table(QTableWidget):
    """A table with commands on keys."""

    def __init__(self, columns: int) -> None:
        super().__init__(0, columns)
        self.commands: dict[str, Callable[[], None]] = {}

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Run the command of a key, or move about."""
        run = self.commands.get(QKeySequence(event.keyCombination()).toString())
        if run is None:
            super().keyPressEvent(event)
        else:
            run()


class RowsEditor(QWidget):
    """Table with buttons above, the chosen row in full below."""

    refused = Signal(str)
    """Carries why what was typed is not in the type; empty when it is."""

    def __init__(
        self, kind: RowKind, take: Callable[[tuple[Any, ...]], str], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._kind = kind
        self._take = take
        self._rows: list[Any] = []
        self._shown: Any = None
        self.table = _Table(len(kind.columns))
        self._dress_table()
        noun = kind.noun
        self.add_button = tool_button(f"Add {noun}", "add", self.add, f"Add {noun} (Ins)")
        self.copy_button = tool_button(
            f"Duplicate {noun}", "copy", self.duplicate, f"Duplicate {noun} (Ctrl+D)"
        )
        self.remove_button = tool_button(f"Remove {noun}", "delete", self.remove, f"Remove {noun} (Del)")
        self.up_button = tool_button(f"Move {noun} up", "up", lambda: self.move(-1), "Move up (Alt+Up)")
        self.down_button = tool_button(
            f"Move {noun} down", "down", lambda: self.move(1), "Move down (Alt+Down)"
        )
        self._none = label(f"None yet. Add {noun} with +.", "faint")
        bar = row(self._none, None, self.add_button, self.copy_button, self.remove_button, self.up_button,
                  self.down_button, gap=0)  # fmt: skip
        self.detail = FieldGrid("not known")
        self._fill_detail()
        self._frame = panel("card")
        self._frame.setLayout(column(self.detail, margins=(10, 8, 10, 10)))
        self.setLayout(column(bar, self.table, self._frame, gap=4))
        self._keys()
        self._show()

    def _dress_table(self) -> None:
        table = self.table
        table.setHorizontalHeaderLabels([heading for heading, _ in self._kind.columns])
        table.setAccessibleName(f"{self._kind.noun.partition(' ')[2].capitalize()}s")
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setShowGrid(False)
        table.setAlternatingRowColors(True)
        table.setTabKeyNavigation(False)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(ROW_PX)
        header = table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(self._kind.stretched, QHeaderView.ResizeMode.Stretch)
        table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        table.currentCellChanged.connect(lambda at, _c, before, _b: self._chosen() if at != before else None)
        table.cellDoubleClicked.connect(lambda *_: self._focus_detail())

    def _fill_detail(self) -> None:
        for name, each in fields_of(self._kind.struct).items():
            shown = replace(each, label=self._kind.labels.get(name, each.label))
            self.detail.add(
                shown, notation=notation_of(each), suggestions=self._kind.suggestions.get(name, ())
            )
        self.detail.typed.connect(self._typed)
        self.detail.refused.connect(lambda name, reason: self.refused.emit(reason))

    def _keys(self) -> None:
        self.table.commands = {
            "Ins": self.add,
            "Ctrl+D": self.duplicate,
            "Del": self.remove,
            "Alt+Up": lambda: self.move(-1),
            "Alt+Down": lambda: self.move(1),
            "Return": self._focus_detail,
        }

    @property
    def rows(self) -> tuple[Any, ...]:
        """The rows as they are in the type."""
        return tuple(self._rows)

    @property
    def current(self) -> int:
        """Place of the chosen row; -1 without one."""
        at = self.table.currentRow()
        return at if 0 <= at < len(self._rows) else -1

    def choose(self, at: int) -> None:
        """Choose a row."""
        if 0 <= at < len(self._rows):
            self.table.setCurrentCell(at, 0)

    def show_rows(self, rows: Sequence[Any]) -> None:
        """Show rows that came from elsewhere."""
        if list(rows) != self._rows:
            self._rows = list(rows)
            self._show()

    def add(self) -> None:
        """Add a row below the chosen one."""
        at = self.current + 1 if self.current >= 0 else len(self._rows)
        self._put([*self._rows[:at], self._kind.new(self._rows), *self._rows[at:]], at)
        self._focus_detail()

    def duplicate(self) -> None:
        """Add a copy of the chosen row below it."""
        at = self.current
        if at >= 0:
            copy = self._kind.again(self._rows[at], self._rows)
            self._put([*self._rows[: at + 1], copy, *self._rows[at + 1 :]], at + 1)

    def remove(self) -> None:
        """Remove the chosen row."""
        at = self.current
        if at >= 0:
            self._put([*self._rows[:at], *self._rows[at + 1 :]], min(at, len(self._rows) - 2))

    def move(self, by: int) -> None:
        """Move the chosen row up or down."""
        at, to = self.current, self.current + by
        if at >= 0 and 0 <= to < len(self._rows):
            rows = list(self._rows)
            rows[at], rows[to] = rows[to], rows[at]
            self._put(rows, to)

    def _put(self, rows: list[Any], current: int) -> None:
        reason = self._take(tuple(rows))
        self.refused.emit(reason)
        if not reason:
            self._rows = rows
            self._show(current)

    def _typed(self, name: str, value: Any) -> None:
        at = self.current
        if at < 0:
            return
        made = self._kind.settle(msgspec.structs.replace(self._rows[at], **{name: value}))
        rows = [*self._rows[:at], made, *self._rows[at + 1 :]]
        reason = self._take(tuple(rows))
        self.refused.emit(reason)
        if reason:
            self.detail.editors[name].refuse(reason)
            return
        self._rows = rows
        self._shown = made
        self._fill_row(at)
        self._show_detail()

    def _show(self, current: int | None = None) -> None:
        at = self.current if current is None else current
        self.table.blockSignals(True)
        self.table.setRowCount(len(self._rows))
        for i in range(len(self._rows)):
            self._fill_row(i)
        at = min(max(at, 0), len(self._rows) - 1)
        if self._rows:
            self.table.setCurrentCell(at, 0)
        self.table.blockSignals(False)
        shown = min(max(len(self._rows), 1), 7)
        self.table.setFixedHeight(shown * ROW_PX + 30)
        self._chosen()

    def _fill_row(self, at: int) -> None:
        for i, (_, text) in enumerate(self._kind.columns):
            item = self.table.item(at, i)
            if item is None:
                item = QTableWidgetItem()
                self.table.setItem(at, i, item)
            item.setText(text(self._rows[at]))

    def _chosen(self) -> None:
        at = self.current
        made = self._rows[at] if at >= 0 else None
        if made is not self._shown:
            self.detail.clear_refused()
        self._shown = made
        self._show_detail()
        has = at >= 0
        self.table.setVisible(bool(self._rows))
        self._none.setVisible(not self._rows)
        self._frame.setVisible(has)
        for each in (self.copy_button, self.remove_button):
            each.setEnabled(has)
        self.up_button.setEnabled(at > 0)
        self.down_button.setEnabled(has and at < len(self._rows) - 1)

    def _show_detail(self) -> None:
        if self._shown is None:
            return
        wanted = set(self._kind.applies(self._shown))
        values = {}
        for name, each in fields_of(self._kind.struct).items():
            values[name] = getattr(self._shown, name)
            if values[name] not in (each.default, None, "", ()):
                wanted.add(name)
        self.detail.show_only(wanted)
        self.detail.show_values(values)

    def _focus_detail(self) -> None:
        first = next(iter(self.detail.editors.values()), None)
        if first is not None and self.current >= 0:
            first.setFocus(Qt.FocusReason.OtherFocusReason)

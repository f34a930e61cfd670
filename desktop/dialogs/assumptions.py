"""The numbers the figures rest on where the design says nothing: value, range, evidence, source."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, get_args

import msgspec
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QDialog,
    QHeaderView,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from core.engine.brief import ASSUMPTIONS, SECTIONS
from core.errors import CagenutError
from core.explore.assuming import assumed_in, fault_in, moved_by, put_assumption
from core.explore.part_swap import LAST
from core.model.change import Edit
from core.model.phasing import built_up_to
from core.model.records import Assumption
from core.model.types import Evidence
from core.units import entered, entry, number_text, symbol
from desktop.background import Background
from desktop.document import Document
from desktop.evaluation import LiveEvaluation
from desktop.theme import font
from desktop.trees import ROW, head, line, tree
from desktop.widgets import button, column, label, let_ctrl_enter, row, sentence

if TYPE_CHECKING:
    from core.engine.quantities import Quantity

COLUMNS = ("Assumption", "Value", "Lowest", "Highest", "Unit", "Evidence", "Of", "Source or basis")
FIELDS = {1: "value", 2: "low", 3: "high", 5: "evidence", 7: "source"}
"""Fields of an `Assumption` by their column."""
WORDS = (4, 5, 6, 7)
WAIT_MS = 250
MOST_MOVED = 40


class _Cells(QStyledItemDelegate):
    """Lets the cells of a record be edited, evidence from a list."""

    def createEditor(
        self, parent: QWidget, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QWidget:
        field = FIELDS.get(index.column(), "")
        if not field or not index.siblingAtColumn(0).data(ROW):
            return None  # type: ignore[return-value]  # Qt takes none for: no editor
        if field == "evidence":
            made = QComboBox(parent)
            made.addItems(list(get_args(Evidence)))
            made.setAccessibleName("Evidence")
            return made
        line_edit = QLineEdit(parent)
        line_edit.setAccessibleName(COLUMNS[index.column()])
        return line_edit


class _Table(QTreeWidget):
    """A table whose Delete key takes a row back."""

    reset_asked = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Delete):
            self.reset_asked.emit()
        else:
            super().keyPressEvent(event)


class AssumptionsDialog(QDialog):
    """All assumptions in one table; what a change of them does is computed before it is applied."""

    def __init__(
        self, document: Document, live: LiveEvaluation, focus: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Assumptions")
        self.resize(1120, 780)
        self._document, self._live = document, live
        self._background = Background(self)
        self.draft: dict[str, Assumption | None] = {}
        """What is not applied yet; None takes an assumption back to the house value."""
        self._asked = 0
        self.search = QLineEdit()
        self.search.setAccessibleName("Search the assumptions")
        self.search.setPlaceholderText("Search: energy, resale, tray …")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(lambda _: self._filter())
        self.own = QCheckBox("Only those of this project")
        self.own.toggled.connect(lambda _: self._filter())
        self.table = self._make_table()
        self.back = button("Back to the house value", self.reset)
        self.moved = tree("Figures that change")
        self._said = label(role="faint", wrap=True)
        self._problem = label(role="error", wrap=True)
        self.go = button("Apply", self.accept, primary=True)
        let_ctrl_enter(self, self.go)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(WAIT_MS)
        self._timer.timeout.connect(self._try)
        top = row(self.search, self.own, self.back)
        top.setStretch(0, 1)
        self.moved.setMaximumHeight(210)
        end = row(self._problem, button("Cancel", self.reject), self.go)
        end.setStretch(0, 1)
        self.setLayout(
            column(
                top, self.table, label("FIGURES THAT CHANGE", "section"), self.moved, self._said, end,
                margins=(16, 14, 16, 14),
            )
        )  # fmt: skip
        document.changed.connect(self.reject)
        self._fill()
        self._go(focus)
        self._show_moved([])

    def _make_table(self) -> _Table:
        made = _Table()
        made.setAccessibleName("Assumptions")
        made.setColumnCount(len(COLUMNS))
        made.setHeaderLabels(list(COLUMNS))
        made.setUniformRowHeights(True)
        made.setAlternatingRowColors(True)
        made.setItemDelegate(_Cells(made))
        made.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.AnyKeyPressed
        )
        made.setTabKeyNavigation(False)
        made.setIndentation(14)
        header = made.header()
        header.setStretchLastSection(True)
        for at in range(len(COLUMNS) - 1):
            header.setSectionResizeMode(at, QHeaderView.ResizeMode.Interactive)
        for at, width in enumerate((440, 84, 80, 80, 76, 80, 62)):
            made.setColumnWidth(at, width)
            if at and at not in WORDS:
                right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                made.headerItem().setTextAlignment(at, right)
        made.itemChanged.connect(self._typed)
        made.currentItemChanged.connect(lambda *_: self._say_back())
        made.reset_asked.connect(self.reset)
        return made

    # The table.

    def _fill(self) -> None:
        self.table.blockSignals(True)
        self.items: dict[str, QTreeWidgetItem] = {}
        section = QTreeWidgetItem()
        for name in ASSUMPTIONS:
            if name in SECTIONS:
                section = QTreeWidgetItem([SECTIONS[name]])
                section.setFont(0, font("strong", bold=True))
                section.setFlags(Qt.ItemFlag.ItemIsEnabled)
                self.table.addTopLevelItem(section)
                section.setFirstColumnSpanned(True)
                section.setExpanded(True)
            item = self.items[name] = QTreeWidgetItem()
            item.setData(0, ROW, name)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
            section.addChild(item)
            self._show(name)
        self.table.blockSignals(False)

    def record(self, name: str) -> Assumption:
        """Return an assumption as it would be after Apply."""
        if name in self.draft:
            return self.draft[name] or _house(name)
        return assumed_in(self._document.project, name)

    def _is_own(self, name: str) -> bool:
        if name in self.draft:
            return self.draft[name] is not None
        return name in self._document.project.rows("assumptions")

    def _show(self, name: str) -> None:
        item, one, house = self.items[name], self.record(name), ASSUMPTIONS[name]
        ends = ("" if end is None else entry(end, house.unit) for end in (one.low, one.high))
        texts = (
            house.label, entry(one.value, house.unit), *ends, symbol(house.unit), one.evidence,
            "project" if self._is_own(name) else "house", one.source,
        )  # fmt: skip
        self.table.blockSignals(True)
        for at, text in enumerate(texts):
            item.setText(at, text)
            item.setToolTip(at, text)
            item.setFont(at, font("body", bold=name in self.draft))
            if at and at not in WORDS:
                item.setTextAlignment(at, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.table.blockSignals(False)

    def _filter(self) -> None:
        words = self.search.text().casefold().split()
        for name, item in self.items.items():
            said = f"{name} {ASSUMPTIONS[name].label} {self.record(name).source}".casefold()
            is_in = all(word in said for word in words) and (self._is_own(name) or not self.own.isChecked())
            item.setHidden(not is_in)
        for at in range(self.table.topLevelItemCount()):
            section = self.table.topLevelItem(at)
            section.setHidden(all(section.child(k).isHidden() for k in range(section.childCount())))

    def _go(self, focus: str) -> None:
        if focus in self.items:
            self.table.setCurrentItem(self.items[focus], 1)
            self.table.setFocus()
        else:
            self.table.setCurrentItem(next(iter(self.items.values())), 1)
            self.search.setFocus()

    @property
    def name(self) -> str:
        """The assumption that is current."""
        item = self.table.currentItem()
        return "" if item is None else item.data(0, ROW) or ""

    def _say_back(self) -> None:
        self.back.setEnabled(bool(self.name) and self._is_own(self.name))

    # Editing.

    def _typed(self, item: QTreeWidgetItem, at: int) -> None:
        """Take what was typed into a cell; what is none is said and the cell is as it was."""
        name, field = item.data(0, ROW), FIELDS.get(at, "")
        if not name or not field:
            return
        text = item.text(at).strip()
        try:
            self.set(name, field, text)
        except ValueError as error:
            self._problem.setText(sentence(str(error)))
            self._show(name)

    def set(self, name: str, field: str, text: str) -> None:
        """Give a field of an assumption what was typed.

        A value beyond its range widens it; an empty value goes back to that of the house.

        Raises
        ------
        ValueError
            If it is no value of the field.
        """
        house, before = ASSUMPTIONS[name], self.record(name)
        if field == "value" and not text:
            self._put(name, None)
            return
        changes: dict[str, object] = {field: text}
        if field in ("value", "low", "high"):
            number = None if not text else _number(text, house.label, house.unit)
            changes = {field: number}
            if field == "value" and number is not None:
                changes |= {
                    "low": None if before.low is None else min(before.low, number),
                    "high": None if before.high is None else max(before.high, number),
                }
        made = msgspec.structs.replace(before, **changes)
        if made == before:
            self._show(name)
            return
        if made.value != before.value and not self._is_own(name):
            # What the house value rests on is no basis for another number.
            made = msgspec.structs.replace(made, evidence="user", source="")
        fault = fault_in(made)
        if fault:
            raise ValueError(fault)
        self._put(name, made)

    def reset(self) -> None:
        """Take the current assumption back to the value of the house."""
        if self.name and self._is_own(self.name):
            self._put(self.name, None)

    def _put(self, name: str, record: Assumption | None) -> None:
        self.draft[name] = record
        own = self._document.project.rows("assumptions").get(name)
        if record == own:
            del self.draft[name]
        self._problem.setText("")
        self._show(name)
        self._say_back()
        self._timer.start()

    # What it does.

    def _try(self) -> None:
        outcome = self._live.outcome
        self._asked += 1
        if not self.draft or outcome is None:
            self._show_moved([])
            return
        self._said.setText("Evaluating …")
        copy = built_up_to(self._document.project, LAST)
        work = partial(moved_by, copy, outcome.evaluation, list(self.draft.items()))
        self._background.run(work, partial(self._tried, self._asked))

    def _tried(
        self, asked: int, found: list[tuple[Quantity, Quantity]] | None, error: BaseException | None
    ) -> None:
        if isinstance(error, CagenutError):
            self._problem.setText(sentence(str(error)))
        elif error is not None:
            raise error
        if asked == self._asked:
            self._show_moved(found or [])

    def _show_moved(self, found: list[tuple[Quantity, Quantity]]) -> None:
        self.moved.clear()
        head(self.moved, "Figure", "Now", "After", "Times", wide=0)
        for before, after in found[:MOST_MOVED]:
            times = ""
            if before.value and after.value is not None:
                times = f"x {number_text(after.value / before.value)}"
            self.moved.addTopLevelItem(line(before.label, before.text, after.text, times))
        self.go.setEnabled(bool(self.draft))
        if not self.draft:
            self._said.setText("Nothing is altered. F2 or a double-click edits a cell, Delete takes it back.")
        else:
            more = f", the first {MOST_MOVED} are shown" if len(found) > MOST_MOVED else ""
            self._said.setText(f"{len(self.draft)} altered; {len(found)} figures change{more}.")

    def accept(self) -> None:
        """Put all that was altered into one change."""
        edit = Edit(self._document.project, "Set assumptions")
        try:
            for name, record in self.draft.items():
                put_assumption(edit, name, record)
            self._document.changed.disconnect(self.reject)
            self._document.commit_edit(edit)
        except CagenutError as error:
            self._document.changed.connect(self.reject)
            self._problem.setText(sentence(str(error)))
            return
        super().accept()

    def done(self, result: int) -> None:
        """End the thread; Escape, Cancel and Apply come here."""
        self._timer.stop()
        self._background.close()
        super().done(result)
        self.deleteLater()


def _house(name: str) -> Assumption:
    from core.model.project import Project

    return assumed_in(Project(), name)


def _number(text: str, name: str, unit: str) -> float:
    try:
        return entered(text, unit)
    except ValueError as error:
        why = str(error) if "unit" in str(error) else f"'{text}' is no number"
        raise ValueError(f"{name}: {why}") from None

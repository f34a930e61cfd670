"""One table with its filter, count, column chooser and menus."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from PySide6.QtCore import QItemSelection, QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QCheckBox, QLineEdit, QPushButton, QToolButton, QWidget

from core.report.lists.cells import Rows, Texts
from core.report.lists.listing import Kind, Listing
from core.report.lists.query import HELP, FilterError, matching, parse
from desktop.tables.headings import column_menu, heading_menu, heading_menu_at
from desktop.tables.model import TableModel
from desktop.tables.view import TableView, put_into_clipboard
from desktop.theme import font
from desktop.widgets import column, label, panel, row, sentence, tool_button

TYPING_MS = 150
_WIDEST, _NARROWEST, _SAMPLE = 300, 56, 100
_NOTHING = np.zeros(0, np.int64)


class TablePanel(QWidget):
    """A table of one kind of thing."""

    selected = Signal(object)
    """Carries the rows of the list that the user has selected, as an array."""
    jumped = Signal()
    pasted = Signal()
    emptied = Signal()
    export_requested = Signal()
    layout_changed = Signal()
    """Columns, their order or widths have been altered."""

    def __init__(self, kind: Kind, kept: dict[str, Any], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kind = kind
        self.listing: Listing | None = None
        self.model = TableModel(kind, _columns_of(kind, kept), self)
        self.view = TableView(self.model, self)
        self.chosen: dict[str, set[str]] = {}
        self._widths: dict[str, int] = {
            name: int(width) for name, width in dict(kept.get("widths", {})).items() if isinstance(width, int)
        }
        self._sort: tuple[str, bool] | None = None
        self._selection: Rows = _NOTHING
        self._syncing = False
        self._make_bar()
        self._wire()
        self.setLayout(column(self._bar, self._problem, self.view, gap=0))
        self.show_listing(None)

    def _make_bar(self) -> None:
        noun = self.kind.title.lower()
        self.filter = QLineEdit()
        self.filter.setPlaceholderText("Filter: words, column:text, column>10")
        self.filter.setAccessibleName(f"Filter {noun}")
        self.filter.setToolTip(HELP)
        self.filter.setClearButtonEnabled(True)
        self.filter.setMinimumWidth(300)
        self._count = label(role="faint")
        self._problem = label(role="error", wrap=True)
        self._problem.setContentsMargins(12, 0, 12, 4)
        self._problem.hide()
        self.only_selection = QCheckBox("Selection only")
        self.only_selection.setToolTip("List only what is selected in the drawings")
        self.only_selection.setVisible(self.kind.thing != "part")
        self.reset = QPushButton("Show all")
        self.reset.setProperty("flat", "true")
        self.reset.setToolTip("Drop all filters of this table")
        self._columns = QToolButton()
        self._columns.setText("Columns")
        self._columns.setToolTip("Choose the columns of this table")
        self._menu = column_menu(self)
        self._columns.clicked.connect(
            lambda *_: self._menu.popup(self._columns.mapToGlobal(self._columns.rect().bottomLeft()))
        )
        export = tool_button(
            "Export as CSV", "export", self.export_requested.emit, "Export this table as CSV …"
        )
        self._bar = panel("bar")
        self._bar.setLayout(
            row(
                self.filter,
                self._count,
                self.reset,
                None,
                self.only_selection,
                self._columns,
                export,
                margins=(8, 4, 8, 4),
            )
        )

    def _wire(self) -> None:
        self._typed = QTimer(self)
        self._typed.setSingleShot(True)
        self._typed.setInterval(TYPING_MS)
        self._typed.timeout.connect(self.refilter)
        self.filter.textChanged.connect(lambda _: self._typed.start())
        self.filter.returnPressed.connect(self._enter_in_filter)
        self.only_selection.toggled.connect(lambda _: self.refilter())
        self.reset.clicked.connect(lambda _: self.show_all())
        self.model.sorted_by.connect(self._sort_by)
        self._announce = QTimer(self)
        self._announce.setSingleShot(True)
        self._announce.setInterval(0)
        self._announce.timeout.connect(self._tell)
        self.view.selectionModel().selectionChanged.connect(self._selection_changed)
        self.view.jumped.connect(self.jumped)
        self.view.copied.connect(self.copy)
        self.view.pasted.connect(self.pasted)
        self.view.emptied.connect(self.emptied)
        self.view.menu_wanted.connect(lambda section: heading_menu(self, section))
        head = self.view.horizontalHeader()
        head.customContextMenuRequested.connect(lambda at: heading_menu_at(self, at))
        head.sectionResized.connect(self._resized)
        head.sectionMoved.connect(lambda *_: self.layout_changed.emit())

    # What is listed.

    def show_listing(self, listing: Listing | None, *, keep: bool = False) -> None:
        """List another state of the design.

        Parameters
        ----------
        keep : bool
            Keep rows and their order: the same things with other values.
        """
        first = self.listing is None and listing is not None
        self.listing = listing
        if listing is None:
            self._selection = _NOTHING
            self.model.show(None, _NOTHING)
            self.model.mark(_NOTHING)
            self._count.setText("Not evaluated yet")
            self.reset.hide()
            return
        if keep and len(self.model.rows) and not first:
            self.model.show(listing, self.model.rows)
            self._say_count()
            return
        self.refilter()
        if first:
            self._set_widths()

    def refilter(self) -> None:
        """List what passes the filters, in the order chosen."""
        self._typed.stop()
        listing = self.listing
        if listing is None:
            return
        try:
            names = [column.name for column in self.model.columns]
            rows = matching(listing, parse(self.kind, self.filter.text()), names, self.chosen)
        except FilterError as error:
            self._complain(f"{sentence(error.problem)}. {error.cure}".strip(". ") + ".")
            return
        self._complain("")
        if self.only_selection.isChecked():
            rows = rows[np.isin(rows, self._selection)]
        if self._sort is not None:
            rows = listing.sorted(rows, self._sort[0], descending=self._sort[1])
        self._show_rows(listing, rows)

    def _show_rows(self, listing: Listing, rows: Rows) -> None:
        at = self.view.currentIndex()
        current = int(self.model.rows[at.row()]) if at.isValid() and at.row() < len(self.model.rows) else -1
        self._syncing = True
        try:
            self.model.show(listing, rows)
            self.model.mark(self._selection)
            place = self.model.place_of(current) if current >= 0 else -1
            if place >= 0 and not self.view.currentIndex().isValid():
                self._set_current(place, at.column())
        finally:
            self._syncing = False
        self._say_count()

    def _say_count(self) -> None:
        if self.listing is None:
            return
        shown, every = len(self.model.rows), len(self.listing.rows)
        noun = self.kind.noun if every == 1 else f"{self.kind.noun}s"
        self._count.setText(f"{every:,} {noun}" if shown == every else f"{shown:,} of {every:,} {noun}")
        self.reset.setVisible(bool(self.filter.text() or self.chosen or self.only_selection.isChecked()))

    def _complain(self, words: str) -> None:
        self._problem.setText(words)
        self._problem.setVisible(bool(words))
        if bool(self.filter.property("wrong")) != bool(words):
            self.filter.setProperty("wrong", "true" if words else None)
            self.filter.style().polish(self.filter)

    def show_all(self) -> None:
        """Drop all filters."""
        self.chosen.clear()
        self.model.filtered.clear()
        self.filter.clear()
        self.only_selection.setChecked(False)
        self.view.horizontalHeader().viewport().update()
        self.refilter()

    def _sort_by(self, name: str, descending: bool) -> None:
        self._sort = self.model.sorted = (name, descending)
        self.view.horizontalHeader().viewport().update()
        self.refilter()

    def _enter_in_filter(self) -> None:
        self.refilter()
        if len(self.model.rows):
            self.view.setFocus()
            self._set_current(0, 0)

    @property
    def count_text(self) -> str:
        """How many rows are shown, in words."""
        return self._count.text()

    @property
    def problem(self) -> str:
        """What is wrong with the filter; empty if nothing is."""
        return self._problem.text()

    # Selection.

    def show_selected(self, rows: Rows, *, scroll: bool = True) -> None:
        """Mark what is selected elsewhere and bring it into view."""
        self._selection = rows
        if self.only_selection.isChecked():
            self.refilter()
        self._syncing = True
        try:
            self.view.clearSelection()
            self.model.mark(rows)
            marked = self.model.marked()
            if scroll and len(marked):
                at = int(np.flatnonzero(self.model.rows == marked[0])[0])
                self._set_current(at, max(self.view.currentIndex().column(), 0))
        finally:
            self._syncing = False
        self.view.viewport().update()

    def _set_current(self, row_: int, section: int) -> None:
        index = self.model.index(row_, section)
        self.view.selectionModel().setCurrentIndex(index, self.view.selectionModel().SelectionFlag.NoUpdate)
        if not self.view.viewport().rect().contains(self.view.visualRect(index)):
            self.view.scrollTo(index, self.view.ScrollHint.PositionAtCenter)

    def _selection_changed(self, *_: object) -> None:
        if not self._syncing:
            self._announce.start()

    def _tell(self) -> None:
        rows = self.touched()
        self._selection = rows
        self.model.mark(rows)
        self.view.viewport().update()
        self.selected.emit(rows)

    def touched(self) -> Rows:
        """Return the rows of the list in which cells are selected, in the order shown."""
        spans = self._spans()
        if not spans:
            return _NOTHING
        places = np.unique(np.concatenate([np.arange(top, bottom + 1) for top, bottom, _, _ in spans]))
        return self.model.rows[places]

    def _spans(self) -> list[tuple[int, int, int, int]]:
        """Return top, bottom, left and right of what is selected."""
        chosen: QItemSelection = self.view.selectionModel().selection()
        return [(r.top(), r.bottom(), r.left(), r.right()) for r in chosen]

    def selected_cells(self) -> tuple[list[int], list[int]]:
        """Return the places of the rows and the sections, from left to right, of the selected cells."""
        spans = self._spans()
        if not spans:
            index = self.view.currentIndex()
            return ([index.row()], [index.column()]) if index.isValid() else ([], [])
        rows = np.unique(np.concatenate([np.arange(top, bottom + 1) for top, bottom, _, _ in spans]))
        held = {c for _, _, left, right in spans for c in range(left, right + 1)}
        return rows.tolist(), [section for section in self.view.visual_columns() if section in held]

    # Text.

    def shown_columns(self) -> list[str]:
        """Return the names of the columns from left to right."""
        return [self.model.columns[section].name for section in self.view.visual_columns()]

    def copy(self) -> None:
        """Copy the selected cells, all rows if none are, with their headings."""
        listing = self.listing
        if listing is None:
            return
        places, sections = self.selected_cells()
        if len(places) * len(sections) <= 1 and not self._spans():
            rows, names = self.model.rows, self.shown_columns()
        else:
            rows = self.model.rows[np.array(places, np.int64)]
            names = [self.model.columns[section].name for section in sections]
        text = listing.as_text(rows, names)
        if len(rows) == len(names) == 1:
            text = text.split("\n")[1]  # one cell goes alone
        put_into_clipboard(text)

    # Columns.

    def layout_kept(self) -> dict[str, Any]:
        """Return what is to be remembered of the columns."""
        return {"columns": self.shown_columns(), "widths": dict(self._widths)}

    def choose_columns(self, names: Sequence[str]) -> None:
        """Show these columns, in this order."""
        self._syncing = True
        head = self.view.horizontalHeader()
        try:
            for at in range(head.count()):
                head.moveSection(head.visualIndex(at), at)
            self.model.show_columns(list(names))
            if self.listing is not None:
                self.model.show(self.listing, self.model.rows)
        finally:
            self._syncing = False
        self._set_widths()
        self.layout_changed.emit()

    def choose(self, name: str, on: bool) -> None:
        """Show a column, where it stands among the others by nature, or hide it."""
        shown = self.shown_columns()
        if not on:
            self.choose_columns([other for other in shown if other != name])
            return
        order = [c.name for c in self.kind.columns]
        before = [other for other in shown if order.index(other) < order.index(name)]
        at = shown.index(before[-1]) + 1 if before else 0
        self.choose_columns([*shown[:at], name, *shown[at:]])

    def _set_widths(self) -> None:
        """Give each column the width the user has given it, else that of what is in it."""
        head = self.view.horizontalHeader()
        self._syncing = True
        for section, found in enumerate(self.model.columns):
            head.resizeSection(section, self._widths.get(found.name) or self._natural(section))
        self._syncing = False

    def _natural(self, section: int) -> int:
        heading = QFontMetrics(font("body")).horizontalAdvance(self.model.columns[section].heading) + 46
        if self.listing is None or not len(self.model.rows):
            return max(heading, _NARROWEST)
        cells = self.model.cells(section)
        metrics = QFontMetrics(font("body", mono=cells.is_number))
        if isinstance(cells, Texts) and len(cells.values) <= _SAMPLE:
            texts = list(cells.values)
        else:
            step = max(len(self.model.rows) // _SAMPLE, 1)
            texts = [cells.text(int(r)) for r in self.model.rows[::step][: 2 * _SAMPLE]]
        widest = max((metrics.horizontalAdvance(text) for text in texts), default=0) + 18
        return max(heading, min(widest, _WIDEST), _NARROWEST)

    def _resized(self, section: int, _: int, width: int) -> None:
        if not self._syncing and width and section < len(self.model.columns):
            self._widths[self.model.columns[section].name] = width
            self.layout_changed.emit()

    # Values let through.

    def filter_values(self, name: str, texts: set[str] | None) -> None:
        """Let only these values of a column through; None lets all."""
        self.chosen.pop(name, None)
        self.model.filtered.pop(name, None)
        if texts is not None:
            self.chosen[name] = texts
            few = sorted(text or "(empty)" for text in texts)[:3]
            self.model.filtered[name] = ", ".join(few) + (" …" if len(texts) > 3 else "") or "nothing"
        self.model.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, max(len(self.model.columns) - 1, 0))
        self.refilter()

    def current(self) -> QModelIndex:
        """Return the cell that has the keyboard."""
        return self.view.currentIndex()


def _columns_of(kind: Kind, kept: dict[str, Any]) -> list[str]:
    """Return the columns remembered, as far as they are there still; else the usual ones."""
    known = {column.name for column in kind.columns}
    remembered = kept.get("columns", ())
    names = [name for name in remembered if name in known] if isinstance(remembered, list) else []
    return list(dict.fromkeys(names)) or [column.name for column in kind.columns if column.shown]

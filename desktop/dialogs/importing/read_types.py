"""The files of a library and what becomes of each: a table with search and filter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtWidgets import QAbstractItemView, QComboBox, QLineEdit, QPlainTextEdit, QTableView, QWidget

from core.catalogue.library import kind_of
from core.exchange.netbox_choices import KINDS
from core.exchange.netbox_library import ReadType
from core.model.types import DeviceKind, DeviceType
from desktop.icons import icon
from desktop.theme import theme
from desktop.widgets import button, column, label, row, sentence

COLUMNS = ("Verdict", "Maker", "Model", "Kind", "What is to be said", "File")
_SAID, _FILE = 4, 5
_WIDTHS = (112, 120, 190, 104, 360)
VERDICTS = {
    "imported": ("Imported", "ok", "ok"),
    "doubtful": ("Look at it", "warning", "warning"),
    "refused": ("Refused", "error", "error"),
}
"""Words, icon and colour of each verdict."""
_Index = QModelIndex | QPersistentModelIndex


class ReadTypes(QAbstractTableModel):
    """Rows that are shown, in the order chosen."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows: list[ReadType] = []
        self.kinds: Mapping[str, DeviceKind] = {}
        """Kinds the user has settled, by slug."""
        self._by, self._down = _FILE, False

    def show(self, rows: Iterable[ReadType]) -> None:
        self.beginResetModel()
        self.rows = list(rows)
        self._order()
        self.endResetModel()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self._by, self._down = column, order == Qt.SortOrder.DescendingOrder
        self.show(self.rows)

    def _order(self) -> None:
        self.rows.sort(key=lambda row: (self.words(row, self._by).casefold(), row.file), reverse=self._down)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return COLUMNS[section] if orientation == Qt.Orientation.Horizontal else None

    def words(self, item: ReadType, place: int) -> str:
        """Return what stands in a column."""
        spec = item.spec
        if place == 0:
            return VERDICTS[item.verdict][0]
        if place == _FILE:
            return item.file
        if place == _SAID:
            return sentence(said_first(item))
        if spec is None:
            return "–"
        return (spec.maker, spec.name, self.kinds.get(item.slug) or kind_of(spec))[place - 1]

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        item, place = self.rows[index.row()], index.column()
        words, icon_name, colour = VERDICTS[item.verdict]
        if role == Qt.ItemDataRole.DecorationRole and place == 0:
            return icon(icon_name, colour)
        if role == Qt.ItemDataRole.ForegroundRole and place == _SAID and item.verdict == "refused":
            return theme().colour("error")
        if role == Qt.ItemDataRole.AccessibleTextRole and place == 0:
            return f"{words}, {item.file}"
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self.words(item, place)
        return None


def said_first(item: ReadType) -> str:
    """Return the most important thing to say about a file."""
    if item.reason:
        return item.reason
    if item.doubts:
        return "; ".join(item.doubts)
    return item.notes[-1] if item.notes else ""


class ReadTypesList(QWidget):
    """The table with its search and filter, all that is said about the current file, and its kind."""

    changed = Signal()
    """Other files are shown."""
    kind_chosen = Signal(object, str)
    """Carries slugs, and the kind they shall have."""

    def __init__(self) -> None:
        super().__init__()
        self._all: list[ReadType] = []
        self.model = ReadTypes(self)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search maker, model, part number, file or what is said …")
        self.search.setAccessibleName("Search the types")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(lambda _: self._refill())
        self.verdict = _box("Verdict", [("All verdicts", ""), *((v[0], key) for key, v in VERDICTS.items())])
        self.kind = _box("Kind", [("All kinds", "")])
        for box in (self.verdict, self.kind):
            box.currentIndexChanged.connect(lambda _: self._refill())
        self.count = label(role="faint")
        self.view = self._table()
        self.said = QPlainTextEdit()
        self.said.setAccessibleName("What is to be said about this file")
        self.said.setReadOnly(True)
        self.said.setFixedHeight(104)
        self.said.setTabChangesFocus(True)
        self.new_kind = _box("Kind of the types selected", [(kind, kind) for kind in KINDS])
        self.set_kind = button("Set", self._set_kind)
        self._kind_words = label("Kind of the type selected", "faint")
        head = row(self.search, self.verdict, self.kind, self.count)
        foot = row(self._kind_words, self.new_kind, self.set_kind, None)
        self.setLayout(column(head, self.view, self.said, foot, gap=8, margins=(10, 10, 10, 10)))
        self._tell()

    def _table(self) -> QTableView:
        view = QTableView()
        view.setAccessibleName("Files of the library")
        view.setModel(self.model)
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        view.setShowGrid(False)
        view.setTabKeyNavigation(False)
        view.setWordWrap(False)
        view.verticalHeader().setDefaultSectionSize(24)
        view.verticalHeader().hide()
        view.horizontalHeader().setStretchLastSection(True)
        view.horizontalHeader().setDefaultAlignment(
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        )
        view.horizontalHeader().setHighlightSections(False)
        view.horizontalHeader().setSortIndicator(_FILE, Qt.SortOrder.AscendingOrder)
        view.setSortingEnabled(True)
        for place, width in enumerate(_WIDTHS):
            view.setColumnWidth(place, width)
        view.selectionModel().selectionChanged.connect(lambda *_: self._tell())
        return view

    def show_rows(self, rows: Iterable[ReadType], kinds: Mapping[str, DeviceKind]) -> None:
        """Show what became of each file."""
        self._all = list(rows)
        self.model.kinds = kinds
        chosen = self.kind.currentData()
        found = sorted({kind_of(row.spec) for row in self._all if row.spec is not None})
        self.kind.blockSignals(True)
        self.kind.clear()
        for words, key in (("All kinds", ""), *((kind, kind) for kind in found)):
            self.kind.addItem(words, key)
        self.kind.setCurrentIndex(max(self.kind.findData(chosen), 0))
        self.kind.blockSignals(False)
        self._refill()

    def show_kinds(self, kinds: Mapping[str, DeviceKind]) -> None:
        """Show other kinds of the same rows, which stay selected."""
        self.model.kinds = kinds
        if self.model.rows:
            last = self.model.index(len(self.model.rows) - 1, len(COLUMNS) - 1)
            self.model.dataChanged.emit(self.model.index(0, 0), last)

    @property
    def shown(self) -> list[ReadType]:
        """The rows that search and filter let through."""
        return self.model.rows

    @property
    def is_filtered(self) -> bool:
        return len(self.model.rows) < len(self._all)

    @property
    def selected(self) -> list[ReadType]:
        """The rows that are selected."""
        return [self.model.rows[index.row()] for index in self.view.selectionModel().selectedRows()]

    def select(self, file: str) -> None:
        """Select one file, if it is shown."""
        for at, item in enumerate(self.model.rows):
            if item.file == file:
                self.view.selectionModel().setCurrentIndex(
                    self.model.index(at, 0),
                    QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows,
                )

    def _refill(self) -> None:
        words = self.search.text().casefold().split()
        verdict, kind = self.verdict.currentData(), self.kind.currentData()
        self.model.show(
            row
            for row in self._all
            if (not verdict or row.verdict == verdict)
            and (not kind or (row.spec is not None and kind_of(row.spec) == kind))
            and (not words or all(word in _text_of(row) for word in words))
        )
        shown = len(self.model.rows)
        self.count.setText(f"{shown:,} of {len(self._all):,}" if self._all else "")
        self._tell()
        self.changed.emit()

    def _tell(self) -> None:
        items = self.selected
        self.said.setPlainText("\n".join(_all_said(items[0])) if len(items) == 1 else "")
        self.said.setPlaceholderText(
            f"{len(items):,} selected" if items else "Select a file to see all that is to be said about it"
        )
        devices = [item for item in items if isinstance(item.spec, DeviceType)]
        self.new_kind.setEnabled(bool(devices))
        self.set_kind.setEnabled(bool(devices))
        self.set_kind.setToolTip("" if devices else "Select a device type first")
        many = len(devices) > 1
        self._kind_words.setText(
            f"Kind of the {len(devices):,} selected" if many else "Kind of the type selected"
        )
        if devices:
            kind = self.model.words(devices[0], 3)
            self.new_kind.setCurrentIndex(self.new_kind.findData(kind))

    def _set_kind(self) -> None:
        slugs = [item.slug for item in self.selected if isinstance(item.spec, DeviceType)]
        if slugs:
            self.kind_chosen.emit(slugs, self.new_kind.currentData())


def _box(name: str, items: Iterable[tuple[str, str]]) -> QComboBox:
    made = QComboBox()
    made.setAccessibleName(name)
    for words, key in items:
        made.addItem(words, key)
    return made


def _text_of(item: ReadType) -> str:
    spec = item.spec
    own = "" if spec is None else f"{spec.maker} {spec.name} {spec.part_number} {spec.id}"
    return f"{own} {item.file} {item.reason} {' '.join(item.doubts)}".casefold()


def _all_said(item: ReadType) -> list[str]:
    if item.spec is None:
        return [f"{item.file}: refused.", sentence(item.reason)]
    head = f"{item.file}: {item.spec.maker} {item.spec.name}, imported as {item.spec.id}."
    doubts = [f"Not believed: {doubt}" for doubt in item.doubts]
    return [head, *doubts, *(f"• {note}" for note in item.notes if note not in item.doubts)]

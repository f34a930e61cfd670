"""Racks and devices from a table: file, columns, what would be placed and changed, row by row; one step."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QFrame,
    QLineEdit,
    QScrollArea,
    QWidget,
)

from core.catalogue.library import Library
from core.errors import CagenutError, EditError
from core.exchange.placing_columns import FIELDS, guess_columns
from core.exchange.placing_export import HEADS, placing_rows
from core.exchange.placing_table import Placing, place_by_table
from core.exchange.workbook import MOST_ROWS, workbook_bytes
from core.files.delimited import Delimited, read_delimited
from core.files.writing import write_safely
from core.report.csv_text import csv_bytes
from desktop.dialogs.file_reading import FileReading
from desktop.dialogs.patience import Progress
from desktop.dialogs.placing_list import PlacingList
from desktop.document import Document
from desktop.widgets import button, column, label, let_ctrl_enter, row

READ = "Tables (*.csv *.tsv *.txt *.xlsx);;All (*)"
WRITE = "CSV (*.csv);;Excel workbook (*.xlsx)"
_EMPTY = (
    "Open a CSV or XLSX file: one rack or device a row, the first row names the columns. Names that stand "
    "in the hall are changed, others are placed. To start from a file, save an empty table, or what stands."
)


_GRID = "Letter or number of the grid line on the plan; used where no x or y is given"
_TIPS = {
    "row": _GRID,
    "column": _GRID,
    "x": "Millimetres, or the unit in the head: x [m]",
    "y": "Millimetres, or the unit in the head: y [m]",
    "rack": "The rack that a device is in",
    "unit": "Number of the lowest unit, as on the rack; empty: the lowest free ones",
}


class TableImportDialog(QDialog):
    """Asks for a file and what its columns mean; nothing happens before the last button."""

    def __init__(self, document: Document, library: Library, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Racks and devices from a table")
        self.resize(1060, 680)
        self._document, self._library = document, library
        self._path = Path()
        self.table: Delimited | None = None
        self.placing: Placing | None = None
        self.reading = FileReading(self)
        self.reading.done.connect(self._read)
        self.file = QLineEdit()
        self.file.setAccessibleName("File")
        self.file.setReadOnly(True)
        self.file.setPlaceholderText("No file yet")
        self.sheet = QComboBox()
        self.sheet.setAccessibleName("Sheet")
        self.sheet.activated.connect(lambda _: self.open_file(self._path, self.sheet.currentText()))
        self.choose = button("Open …", self._choose, icon_name="open")
        self.words = label(_EMPTY, "faint", wrap=True)
        self.rows = PlacingList()
        self.leave_out = QCheckBox()
        self.leave_out.toggled.connect(lambda _: self._update_button())
        self.go = button("Place", self.place, primary=True)
        self.go.setDefault(True)
        let_ctrl_enter(self, self.go)
        self._sheet_label = label("Sheet", "faint")
        body = row(gap=14)
        body.addWidget(self._columns())
        body.addWidget(self.rows, 1)
        templates = row(
            button("Save an Empty Table …", lambda: self._save([])),
            button("Save What Stands …", lambda: self._save(placing_rows(document.project))),
        )
        foot = row(self.leave_out, None, button("Cancel", self.reject), self.go)
        head = row(label("File", "faint"), self.file, self.choose, self._sheet_label, self.sheet)
        self.setLayout(
            column(head, self.words, body, row_of(templates, foot), gap=10, margins=(16, 14, 16, 14))
        )
        self._show_sheets(())
        self.preview()
        self.choose.setFocus()

    def _columns(self) -> QWidget:
        """Return the boxes in which each field gets its column."""
        self.boxes: dict[str, QComboBox] = {}
        inner = QWidget()
        form = QFormLayout(inner)
        form.setContentsMargins(10, 8, 8, 8)
        form.setVerticalSpacing(4)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for field, text in FIELDS.items():
            box = self.boxes[field] = QComboBox()
            box.setAccessibleName(f"Column of {text}")
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(12)
            box.addItem("–", -1)
            box.activated.connect(lambda _: self.preview())
            box.setToolTip(_TIPS.get(field, ""))
            form.addRow(label(text.partition(" [")[0], "faint"), box)
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidgetResizable(True)
        area.setWidget(inner)
        area.setFixedWidth(290)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return area

    # The file.

    def _choose(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, "Open a table", "", READ)
        if name:
            self.open_file(Path(name))

    def open_file(self, path: Path, sheet: str = "") -> None:
        """Read a file; a workbook by a process of its own."""
        self._path = path
        if path.suffix.lower() in (".xlsx", ".xlsm"):
            self.reading.start("workbook", path, sheet)
            return
        try:
            self._take(read_delimited(path), ())
        except CagenutError as error:
            self._fail(str(error))

    def _read(self, found: Any, failure: str) -> None:
        if failure:
            self._fail(failure)
        else:
            self._take(*found)

    def _take(self, table: Delimited, sheets: tuple[str, ...]) -> None:
        if len(table.rows) > MOST_ROWS:
            self._fail(f"{table.where}: it has more than {MOST_ROWS:,} rows. Split it")
            return
        self.table = table
        self.file.setText(str(self._path))
        self._show_sheets(sheets)
        guess = guess_columns(table.heads)
        for field, box in self.boxes.items():
            box.clear()
            box.addItem("–", -1)
            for at, head in enumerate(table.heads):
                box.addItem(head or f"Column {at + 1}", at)
            box.setCurrentIndex(box.findData(guess.get(field, -1)))
        self.preview()

    def _show_sheets(self, sheets: tuple[str, ...]) -> None:
        chosen = self.table.where.partition(", sheet ")[2] if self.table is not None else ""
        self.sheet.clear()
        self.sheet.addItems(list(sheets))
        self.sheet.setCurrentText(chosen)
        for widget in (self.sheet, self._sheet_label):
            widget.setVisible(len(sheets) > 1)

    def _fail(self, reason: str) -> None:
        self.table = self.placing = None
        self.rows.show_lines([])
        self._say(reason, wrong=True)
        self._update_button()

    # The preview.

    @property
    def columns(self) -> dict[str, int]:
        """The column of each field that has one."""
        return {field: box.currentData() for field, box in self.boxes.items() if box.currentData() >= 0}

    def preview(self) -> None:
        """Work out what the table would do, and show it."""
        self.placing = None
        for box in self.boxes.values():
            box.setEnabled(self.table is not None)
        if self.table is not None:
            try:
                self.placing = self._understand(self.table, frozenset())
            except CagenutError as error:
                self._say(str(error), wrong=True)
        lines = self.placing.lines if self.placing is not None else []
        self.rows.show_lines(lines)
        wrong = len(self.placing.problems) if self.placing is not None else 0
        self.leave_out.setVisible(bool(wrong) and wrong < len(lines))
        self.leave_out.setChecked(False)
        self.leave_out.setText(f"Leave out the {wrong:,} that cannot be read")
        if self.placing is not None:
            self._say(summary(self.placing))
        elif self.table is None:
            self._say(_EMPTY)
        self._update_button()

    def _understand(self, table: Delimited, leave_out: frozenset[int]) -> Placing:
        with Progress(self, "Reading the table …", "Racks and devices", "nothing was placed") as progress:
            return place_by_table(
                self._document.project, self._library, table, self.columns,
                leave_out=leave_out, tick=progress.tick,
            )  # fmt: skip

    def _say(self, text: str, *, wrong: bool = False) -> None:
        self.words.setText(text)
        self.words.setProperty("role", "error" if wrong else "faint")
        self.words.style().polish(self.words)

    def _update_button(self) -> None:
        placing, reason = self.placing, ""
        if placing is None:
            reason = "Open a file first"
        elif placing.problems and not self.leave_out.isChecked():
            reason = "Mend the rows that cannot be read, or leave them out"
        elif not placing.count("new") + placing.count("changed"):
            reason = "All stands as the table says"
        self.go.setEnabled(not reason)
        self.go.setToolTip(reason)

    # The end.

    def place(self) -> bool:
        """Do what is shown, as one step, and close."""
        if self.placing is None or self.table is None or not self.go.isEnabled():
            return False
        try:
            placing = self.placing
            left: set[int] = set()
            while placing.problems:  # what is left out may be what other rows need
                left.update(line.number for line in placing.problems)
                placing = self._understand(self.table, frozenset(left))
            edit = placing.edit
            if not edit.change().deltas:
                raise EditError("nothing is left to place", cure="Mend the rows that cannot be read")
            edit.notes.append(f"{placing.count('new'):,} placed, {placing.count('changed'):,} changed")
            if not self._document.commit_edit(edit):
                return False
        except CagenutError as error:
            self._say(str(error), wrong=True)
            return False
        self.accept()
        return True

    def _save(self, rows: list[tuple[str, ...]]) -> None:
        name, kind = QFileDialog.getSaveFileName(self, "Save a table", "racks.csv", WRITE)
        if name:
            ending = ".xlsx" if "xlsx" in kind and not name.lower().endswith(".csv") else ".csv"
            path = Path(name if name.lower().endswith((".csv", ".xlsx")) else name + ending)
            self.write_table(path, rows)

    def write_table(self, path: Path, rows: list[tuple[str, ...]]) -> None:
        """Write a table with our heads."""
        try:
            excel = path.suffix.lower() == ".xlsx"
            write_safely(path, workbook_bytes("Racks", [HEADS, *rows]) if excel else csv_bytes(HEADS, rows))
            self._say(f"Saved {path}")
        except (CagenutError, OSError) as error:
            self._say(str(error), wrong=True)

    def done(self, result: int) -> None:
        self.reading.stop()
        super().done(result)


def summary(placing: Placing) -> str:
    """Return what a table would do, in words."""
    parts = []
    for state, words in (
        ("new", "placed"), ("changed", "changed"), ("same", "as they stand"), ("problem", "cannot be read"),
    ):  # fmt: skip
        count = placing.count(state)  # type: ignore[arg-type]
        if count:
            parts.append(f"{count:,} {words}")
    return f"{placing.where}: {', '.join(parts) if parts else 'no rows'}."


def row_of(*layouts: Any) -> Any:
    """Return layouts side by side, the last one stretching."""
    made = row(gap=12)
    for at, layout in enumerate(layouts):
        made.addLayout(layout, int(at == len(layouts) - 1))
    return made

"""Tables from XLSX files: one sheet, its first row the head; values only, formulas as last computed."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from core.errors import FileError
from core.files.delimited import Delimited, Line

MOST_BYTES = 64_000_000
MOST_INFLATED = 200_000_000
MOST_RATIO = 100
MOST_MEMBERS = 500
MOST_ROWS = 100_000
MOST_COLUMNS = 100
_DENSE = 1_000_000
"""Members smaller than this may be compressed as well as they like."""


def read_workbook(path: Path, sheet: str = "") -> tuple[Delimited, tuple[str, ...]]:
    """Return the table on a sheet, the first one if none is named, and the names of all sheets.

    Call it in a process of its own (`core.exchange.bounded_reading`): a hostile file may cost much.

    Raises
    ------
    FileError
        If it is no workbook, too large when inflated, or the sheet is empty.
    """
    import openpyxl

    if not openpyxl.DEFUSEDXML:
        raise FileError("defusedxml is missing, without which no workbook is opened", where=path.name)
    _weigh(path)
    try:
        # Workbooks say things of styles that the library warns of; it concerns no value.
        import warnings

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
            try:
                names = tuple(each.title for each in book.worksheets)
                if not names:
                    raise FileError("it has no sheet", where=path.name, cure="Choose another file")
                if sheet and sheet not in names:
                    raise FileError(f"it has no sheet '{sheet}'", where=path.name, cure="Choose a sheet")
                chosen = book[sheet or names[0]]
                chosen.reset_dimensions()  # what the file says of its own size is not believed
                return _table(chosen, f"{path.name}, sheet {chosen.title}"), names
            finally:
                book.close()
    except FileError:
        raise
    except MemoryError:
        raise
    except Exception as error:
        # The library raises errors of every kind on files that are damaged.
        raise FileError(
            f"it is no workbook that can be read ({str(error)[:100] or type(error).__name__})",
            where=path.name,
            cure="Save it as XLSX or CSV again",
        ) from error


def _weigh(path: Path) -> None:
    """Look at the folder of the archive before anything is inflated."""
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise FileError(
                f"the file has {size / 1e6:.0f} MB, more than {MOST_BYTES / 1e6:.0f} MB",
                where=path.name,
                cure="Split it into several files",
            )
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except OSError as error:
        raise FileError(
            error.strerror or "it cannot be read", where=path.name, cure="Choose another file"
        ) from error
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise FileError(
            "this is no XLSX file", where=path.name, cure="Save the table as XLSX or CSV"
        ) from error
    dense = any(m.file_size > max(MOST_RATIO * m.compress_size, _DENSE) for m in members)
    if len(members) > MOST_MEMBERS or dense or sum(m.file_size for m in members) > MOST_INFLATED:
        raise FileError(
            "it would be far larger once unpacked than a table of racks is",
            where=path.name,
            cure="Copy the table into a new workbook, or save it as CSV",
        )


def _table(sheet: Any, where: str) -> Delimited:
    heads: list[str] = []
    rows: list[Line] = []
    for number, values in enumerate(
        sheet.iter_rows(max_col=MOST_COLUMNS, max_row=MOST_ROWS + 2, values_only=True), 1
    ):
        cells = [cell_text(value) for value in values]
        if not any(cells):
            continue
        if not heads:
            heads = [cell.strip() for cell in cells]
            while heads and not heads[-1]:
                heads.pop()
            continue
        if len(rows) >= MOST_ROWS:
            raise FileError(f"it has more than {MOST_ROWS:,} rows", where=where, cure="Split it")
        rows.append(Line(number, (cells + [""] * len(heads))[: len(heads)]))
    if not heads:
        raise FileError("the sheet is empty", where=where, cure="The first row must name the columns")
    return Delimited(where, heads, rows)


def cell_text(value: object) -> str:
    """Return the value of a cell as it would be typed.

    Examples
    --------
    >>> cell_text(42.0), cell_text(0.5), cell_text(None), cell_text(True)
    ('42', '0.5', '', 'yes')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.12g}"
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return str(value).strip()


def workbook_bytes(name: str, rows: Sequence[Sequence[str]]) -> bytes:
    """Return rows as a workbook of one sheet, the first row its head; every cell is text."""
    import openpyxl
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(name)
    sheet.freeze_panes = "A2"
    bold = Font(bold=True)
    for number, row in enumerate(rows):
        cells = []
        for text in row:
            cell = WriteOnlyCell(sheet, value=text)
            cell.data_type = "s"  # never a formula
            if number == 0:
                cell.font = bold
            cells.append(cell)
        sheet.append(cells)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()

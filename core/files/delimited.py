"""Tables from text files: CSV with comma or semicolon, or tab-separated, as spreadsheets write them."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import NamedTuple

from core.errors import FileError

MOST_BYTES = 64_000_000
GUARDED = "=+-@\t\r'"
"""A cell that begins with an apostrophe and one of these was guarded against being taken for a formula."""


class Line(NamedTuple):
    """One row of a table and where it stands in the file."""

    number: int
    cells: list[str]


class Delimited(NamedTuple):
    """A table read from a file."""

    where: str
    heads: list[str]
    rows: list[Line]


def read_delimited(path: Path) -> Delimited:
    """Read a table with a head line.

    Raises
    ------
    FileError
        If there is no such file, it is too large, or it is no text.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise FileError(
                f"the file is larger than {MOST_BYTES / 1e6:.0f} MB",
                where=str(path),
                cure="Split it into several files",
            )
        with open(path, "rb") as file:
            data = file.read()
    except OSError as error:
        raise FileError(
            f"it cannot be read ({error.strerror or error})", where=str(path), cure="Choose another file"
        ) from error
    return parse_delimited(data, path.name)


def parse_delimited(data: bytes, where: str) -> Delimited:
    """Return the table in the bytes of a file.

    Raises
    ------
    FileError
        If it is no text, has no head line, or a row has more cells than the head.

    Examples
    --------
    >>> parse_delimited(b"name;tag\\r\\nr1;T-1\\r\\n", "tags.csv").rows
    [Line(number=2, cells=['r1', 'T-1'])]
    """
    text = _decoded(data, where)
    first = text.lstrip("\r\n").partition("\n")[0]
    delimiter = max(",;\t", key=lambda sign: (first.count(sign), sign == ","))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows: list[Line] = []
    before = 0
    try:
        for cells in reader:
            number, before = before + 1, reader.line_num
            if any(cell.strip() for cell in cells):
                rows.append(Line(number, [_unguarded(cell) for cell in cells]))
    except csv.Error as error:
        raise FileError(str(error), where=f"{where}, line {reader.line_num}", cure="Correct it") from error
    if not rows:
        raise FileError("the file is empty", where=where, cure="The first line must name the columns")
    heads = [cell.strip() for cell in rows[0].cells]
    for row in rows[1:]:
        if any(cell.strip() for cell in row.cells[len(heads) :]):
            raise FileError(
                f"{len(row.cells)} cells, but the head line names {len(heads)} columns",
                where=f"{where}, line {row.number}",
                cure='Put cells that hold a delimiter into quotes "…"',
            )
    filled = [Line(r.number, (r.cells + [""] * len(heads))[: len(heads)]) for r in rows[1:]]
    return Delimited(where, heads, filled)


def _decoded(data: bytes, where: str) -> str:
    encodings = ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise FileError("this is no text file", where=where, cure="Save the table as CSV and choose that")


def _unguarded(cell: str) -> str:
    return cell[1:] if cell[:1] == "'" and cell[1:2] and cell[1] in GUARDED else cell

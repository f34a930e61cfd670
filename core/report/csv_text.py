"""Tables as CSV: quoted, UTF-8, and safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

from core.files.delimited import GUARDED

_NUMBER = re.compile(r"^[+-]?\d[\d.,]*$")


def safe_cell(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula.

    A text that begins with = + - @ or a tab gets an apostrophe in front, which spreadsheets show as text;
    numbers stay as they are. So does a text that looks as if it had one already: reading takes one away.

    Examples
    --------
    >>> safe_cell("=1+1"), safe_cell("-3.5"), safe_cell("R01")
    ("'=1+1", '-3.5', 'R01')
    """
    if text[:1] in "=+-@\t\r" and text and not _NUMBER.match(text):
        return "'" + text
    if text[:1] == "'" and text[1:2] and text[1] in GUARDED:
        return "'" + text
    return text


def csv_bytes(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Return a table as CSV with a head line."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(heads)
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8")

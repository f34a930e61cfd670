"""Tables on sheets: columns measured, cells wrapped, pages broken, the head repeated."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from core.drawing.styles import STYLES
from core.report.fonts import LEAST_MM, MONO, SANS, SANS_BOLD, em_width, fit, font_for, wrap
from core.report.paper import Box
from core.report.pdf import Pdf

Align = Literal["left", "right", "centre"]
SIZE = LEAST_MM
LINE = 3.5
_PAD_X = 1.3
_PAD_Y = 0.6
_AIR = 0.09
_TICK = 16
_SAMPLE = 400
"""Rows measured for the widths of columns; the rest wraps."""
_TEXT, _HEAD = STYLES["text"].text, STYLES["sheet.heading"].text
_LINK = STYLES["sheet.link"].text
NOT_KNOWN = "-"
"""A cell of a table whose note says what it means; printed light."""
_FAINT = STYLES["text.faint"].text


@dataclass(frozen=True)
class Column:
    """A column: `wide` is the share of spare room it takes, `most` where its measured width ends [mm]."""

    title: str
    align: Align = "left"
    wide: float = 0.0
    most: float = 60.0
    least: float = 0.0
    mono: bool = False


@dataclass(frozen=True)
class Table:
    """Rows of plain text under columns.

    Attributes
    ----------
    links : mapping of (row, column) to the id of a sheet, optional
    """

    columns: tuple[Column, ...]
    rows: Sequence[Sequence[str]]
    title: str = ""
    links: dict[tuple[int, int], str] = field(default_factory=dict)
    bold_rows: frozenset[int] = frozenset()
    note: str = ""
    """Printed below the last row."""
    pad: float = 0.6
    """Room above and below the text of a row [mm]."""


def without_empty(table: Table, *titles: str) -> Table:
    """Return the table without those of the named columns that are empty in all rows."""
    drop = {
        i
        for i, column in enumerate(table.columns)
        if column.title in titles and not any(row[i] for row in table.rows)
    }
    return without(table, *(table.columns[i].title for i in drop))


def without(table: Table, *titles: str) -> Table:
    """Return the table without the named columns."""
    kept = [i for i, column in enumerate(table.columns) if column.title not in titles]
    if len(kept) == len(table.columns):
        return table
    links = {(row, kept.index(i)): target for (row, i), target in table.links.items() if i in kept}
    rows = [tuple(row[i] for i in kept) for row in table.rows]
    return replace(table, columns=tuple(table.columns[i] for i in kept), rows=rows, links=links)


@dataclass(frozen=True)
class Laid:
    """A table fitted to a width and broken into parts."""

    table: Table
    widths: tuple[float, ...]
    heads: tuple[tuple[str, ...], ...]
    head_height: float
    parts: tuple[tuple[int, int], ...]
    """First and last + 1 row of each part."""

    def height(self, part: int) -> float:
        """Return the height of a part [mm]."""
        start, end = self.parts[part]
        return (
            _title_height(self.table)
            + self.head_height
            + sum(row_height(self.table, self.widths, row) for row in range(start, end))
        )


def _face(column: Column, bold: bool = False) -> str:
    return MONO if column.mono else SANS_BOLD if bold else SANS


def _title_height(table: Table) -> float:
    return 6.5 if table.title else 0.0


def column_widths(table: Table, width: float) -> tuple[float, ...]:
    """Return column widths that fill `width`: each as wide as its cells, spare room to the `wide` ones."""
    natural = []
    rows = _sampled(table.rows)
    for i, column in enumerate(table.columns):
        face = _face(column)
        cells = max((em_width(row[i], font_for(row[i], face)) for row in rows), default=0.0) * SIZE
        word = max((em_width(w, SANS_BOLD) for w in column.title.split(" ")), default=0.0) * SIZE
        wanted = max(min(cells, column.most), word, column.least)
        natural.append(wanted + 2 * _PAD_X + 0.2)
    total = sum(natural)
    if total > width:
        floors = [_floor(column) for column in table.columns]
        spare = total - sum(floors)
        share = max(width - sum(floors), 0.0) / spare if spare > 0 else 0.0
        shrunk = [low + max(n - low, 0.0) * share for n, low in zip(natural, floors, strict=True)]
        factor = min(1.0, width / sum(shrunk))
        return tuple(w * factor for w in shrunk)
    # Every column takes a little of the spare room, so that columns do not crowd at one side.
    weights = [column.wide + _AIR for column in table.columns]
    spare = width - total
    return tuple(n + spare * w / sum(weights) for n, w in zip(natural, weights, strict=True))


def _sampled(rows: Sequence[Sequence[str]]) -> Sequence[Sequence[str]]:
    if len(rows) <= _SAMPLE:
        return rows
    step = len(rows) // _SAMPLE
    return [rows[i] for i in range(0, len(rows), step)]


def _floor(column: Column) -> float:
    word = max((em_width(w, SANS_BOLD) for w in column.title.split(" ")), default=0.0) * SIZE
    return max(min(word, 22.0), column.least) + 2 * _PAD_X


def cell_lines(table: Table, widths: Sequence[float], row: int) -> list[tuple[str, ...]]:
    """Return the lines of each cell of a row."""
    bold = row in table.bold_rows
    lines: list[tuple[str, ...]] = []
    for text, column, width in zip(table.rows[row], table.columns, widths, strict=True):
        room = width - 2 * _PAD_X
        face = _face(column, bold)
        if "\n" not in text and em_width(text, font_for(text, face)) * SIZE <= room:
            lines.append((text,))
        else:
            lines.append(wrap(text, face, SIZE, round(room, 2)))
    return lines


def row_height(table: Table, widths: Sequence[float], row: int) -> float:
    """Return the height of a row [mm]."""
    return max(len(lines) for lines in cell_lines(table, widths, row)) * LINE + 2 * table.pad


def lay(table: Table, width: float, first: float, later: float | None = None) -> Laid:
    """Fit a table to a width and break it into parts.

    Parameters
    ----------
    table : Table
    width : float
        Room from left to right [mm].
    first, later : float
        Height there is for the first part and for each that follows [mm].
    """
    widths = column_widths(table, width)
    heads = tuple(
        wrap(c.title, SANS_BOLD, SIZE, round(w - 2 * _PAD_X, 2))
        for c, w in zip(table.columns, widths, strict=True)
    )
    head_height = max((len(h) for h in heads), default=1) * LINE + 2 * _PAD_Y + 0.6
    overhead = _title_height(table) + head_height + 4.5
    parts: list[tuple[int, int]] = []
    start, used, room = 0, 0.0, first - overhead
    for row in range(len(table.rows)):
        height = row_height(table, widths, row)
        if used + height > room and row > start:
            parts.append((start, row))
            start, used, room = row, 0.0, (later or first) - overhead
        used += height
    parts.append((start, len(table.rows)))
    return Laid(table, widths, heads, head_height, tuple(parts))


def draw_part(
    pdf: Pdf,
    laid: Laid,
    part: int,
    box: Box,
    before: str = "",
    after: str = "",
    tick: Callable[[], None] | None = None,
) -> float:
    """Paint one part of a table from the top of a box and return its lower edge [mm].

    Parameters
    ----------
    before, after : str
        Sheets that hold the parts before and after, for the continuation notes.
    tick : callable, optional
        Called every few rows; may raise to stop within a sheet.
    """
    table, widths = laid.table, laid.widths
    start, end = laid.parts[part]
    y = box.top
    width = sum(widths)
    if table.title:
        title = table.title + (f" (continued from {before})" if before else "")
        pdf.text(box.x, y - 2.6, title, 3.5, STYLES["sheet.heading"], room=box.width)
        y -= _title_height(table)
    _draw_head(pdf, laid, box.x, y, width)
    y -= laid.head_height
    for row in range(start, end):
        lines = cell_lines(table, widths, row)
        height = max(len(cell) for cell in lines) * LINE + 2 * table.pad
        y -= height
        if (row - start) % 2:
            pdf.rect(box.x, y, width, height, "table.stripe")
        _draw_row(pdf, laid, row, lines, box.x, y, height)
        pdf.rule(box.x, y, box.x + width, y, "table.line")
        if tick is not None and (row - start) % _TICK == _TICK - 1:
            tick()
    note = f"Continued on {after}" if after else table.note
    if note:
        fitted = fit(note, SANS, SIZE, round(box.width, 2))
        at = box.x + width - fitted.width_mm if after else box.x
        pdf.line(at, y - 2.6, fitted, STYLES["sheet.label"].text)
        if after:
            pdf.link(Box(at, y - 4.6, fitted.width_mm, 4.0), after)
        y -= 4.5
    return y


def _draw_head(pdf: Pdf, laid: Laid, x: float, y: float, width: float) -> None:
    pdf.rect(x, y - laid.head_height, width, laid.head_height, "table.fill")
    for column, lines, w in zip(laid.table.columns, laid.heads, laid.widths, strict=True):
        for i, line in enumerate(lines):
            anchor = {"left": 0, "centre": 1, "right": 2}[column.align]
            at = x + _PAD_X + (w - 2 * _PAD_X) * anchor / 2
            low = y - laid.head_height + _PAD_Y + 0.3 + (len(lines) - i - 0.5) * LINE
            pdf.line(at, low, fit(line, SANS_BOLD, SIZE, 0), _HEAD, anchor)
        x += w
    x -= width
    pdf.rule(x, y, x + width, y, "table.edge")
    pdf.rule(x, y - laid.head_height, x + width, y - laid.head_height, "table.edge")


def _draw_row(
    pdf: Pdf, laid: Laid, row: int, lines: Sequence[Sequence[str]], x: float, y: float, height: float
) -> None:
    table = laid.table
    bold = row in table.bold_rows
    top = y + height - table.pad
    for i, (column, cell, w) in enumerate(zip(table.columns, lines, laid.widths, strict=True)):
        target = table.links.get((row, i), "")
        anchor = 0 if column.align == "left" else 2 if column.align == "right" else 1
        at = x + _PAD_X + (w - 2 * _PAD_X) * anchor / 2
        face = _face(column, bold)
        for k, line in enumerate(cell):
            if line:
                middle = top - (k + 0.5) * LINE
                colour = _LINK if target else _FAINT if line == NOT_KNOWN else _TEXT
                pdf.line(at, middle, fit(line, face, SIZE, 0), colour, anchor)
        if target:
            pdf.link(Box(x, y, w, height), target)
        x += w

"""Tables and charts with running text that flow through the columns of as many sheets as they need."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from core.drawing.charts import Chart
from core.report.context import Context
from core.report.fonts import LEAST_MM, SANS, wrap
from core.report.paper import Box
from core.report.sheet import Page, Sheet
from core.report.tables import Laid, Table, lay

GAP = 8.0
"""Between columns [mm]."""
_LEAST_WIDTH = 175.0
_APART = 5.0
_LEAST_ROWS = 5
"""A table begins low in a column only if so many of its rows go there."""


@dataclass(frozen=True)
class Piece:
    """A table and what is said below it."""

    table: Table
    words: tuple[str, ...] = ()
    begins: bool = False
    """Whether it begins a column as long as one is empty, so that short sheets use all."""


@dataclass(frozen=True)
class Picture:
    """A chart made for the width of a column [mm], and what is said below it."""

    make: Callable[[float], Chart]
    words: tuple[str, ...] = ()
    begins: bool = False


@dataclass(frozen=True)
class _Placed:
    laid: Laid | Chart
    part: int
    box: Box
    words: tuple[str, ...] = ()
    """Lines below the part."""


def flow_sheets(
    context: Context,
    pieces: Sequence[Piece | Picture],
    ids: Iterator[str],
    make: Sheet,
    least: float = _LEAST_WIDTH,
) -> list[Sheet]:
    """Return sheets with the pieces in columns, in their order; `make` gives what the sheets share.

    Columns are `least` wide or more [mm].
    """
    pages = _flow(pieces, context.paper.above, least)
    names = [next(ids) for _ in pages]

    def sheet(at: int) -> Sheet:
        def draw(page: Page) -> None:
            for one in pages[at]:
                _draw(page, one, pages, names, at)

        subtitle = make.subtitle
        if len(pages) > 1:
            subtitle = f"{subtitle}{', ' if subtitle else ''}part {at + 1} of {len(pages)}"
        return replace(make, id=names[at], subtitle=subtitle, draw=draw)

    return [sheet(at) for at in range(len(pages))]


def _draw(page: Page, one: _Placed, pages: list[list[_Placed]], names: list[str], at: int) -> None:
    if isinstance(one.laid, Chart):
        low = one.box.top - one.laid.height
        page.pdf.batch(one.laid.batch, one.box.x, low)
        _say(page, one, low - 1.0)
        return
    last = one.part == len(one.laid.parts) - 1
    here = [other.part for other in pages[at] if other.laid is one.laid]
    before = names[at - 1] if one.part and one.part - 1 not in here else ""
    after = names[at + 1] if not last and one.part + 1 not in here else ""
    _say(page, one, page.table(one.laid, one.part, one.box, before, after))


def _say(page: Page, one: _Placed, y: float) -> None:
    for line in one.words:
        y = page.paragraph(one.box.x, y - 0.2, line, one.box.width, style="sheet.label")
    page.tick()


def _columns(area: Box, least: float) -> int:
    return max(1, int((area.width + GAP) // (least + GAP)))


def _flow(pieces: Sequence[Piece | Picture], area: Box, least: float) -> list[list[_Placed]]:
    """Place each piece whole below the one before or in a column right of it, else across columns."""
    columns = _columns(area, least)
    width = (area.width - GAP * (columns - 1)) / columns
    pages: list[list[_Placed]] = []
    free: list[float] = []
    """Upper edge of what is free in each column of the last page."""
    last = 0

    def put(laid: Laid | Chart, part: int, column: int, lines: tuple[str, ...], low: float) -> None:
        y = free[column]
        x = area.x + column * (width + GAP)
        pages[-1].append(_Placed(laid, part, Box(x, area.y, width, y - area.y), lines))
        free[column] = y - _height(laid, part) - low - _APART

    for piece in pieces:
        lines = tuple(line for text in piece.words for line in wrap(text, SANS, LEAST_MM, round(width, 2)))
        low = len(lines) * 1.4 * LEAST_MM + (1.0 if lines else 0.0)
        laid = _laid(piece, width, area.height - low)
        if isinstance(laid, Chart) or len(laid.parts) == 1:
            needed = _height(laid, 0) + low
            fits = [k for k, y in enumerate(free) if k >= last and needed <= y - area.y]
            empty = [k for k in fits if piece.begins and free[k] == area.top]
            if not fits:
                pages.append([])
                free = [area.top] * columns
            last = (empty or fits or [0])[0]
            put(laid, 0, last, lines, low)
            continue
        assert isinstance(piece, Piece)
        column = _opening(piece.table, width, free, area, low)
        if column >= len(free):  # none on this sheet, or there is no sheet yet
            column = columns
        else:
            laid = lay(piece.table, width, free[column] - area.y - low, area.height - low)
        for part in range(len(laid.parts)):
            if column >= columns:
                pages.append([])
                free, column = [area.top] * columns, 0
            said = lines if part == len(laid.parts) - 1 else ()
            put(laid, part, column, said, low if said else 0.0)
            last, column = column, column + 1
    return pages


def _opening(table: Table, width: float, free: list[float], area: Box, low: float) -> int:
    """Return the column in which a table longer than one begins: those right of it are empty."""
    for column, y in enumerate(free):
        if all(other == area.top for other in free[column + 1 :]):
            first, last = lay(table, width, y - area.y - low, area.height - low).parts[0]
            if last - first >= _LEAST_ROWS:
                return column
    return len(free)


def _laid(piece: Piece | Picture, width: float, height: float) -> Laid | Chart:
    return piece.make(width) if isinstance(piece, Picture) else lay(piece.table, width, height)


def _height(laid: Laid | Chart, part: int) -> float:
    """Return the height of a part with the line below it."""
    if isinstance(laid, Chart):
        return laid.height
    noted = bool(laid.table.note) or part < len(laid.parts) - 1
    return laid.height(part) + (4.5 if noted else 0.0)

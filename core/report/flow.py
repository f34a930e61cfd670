"""Tables with running text that flow through the columns of as many sheets as they need."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

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


@dataclass(frozen=True)
class _Placed:
    laid: Laid
    part: int
    box: Box
    words: tuple[str, ...] = ()
    """Lines below the part."""


def column_width(context: Context) -> float:
    """Return the width of a column [mm]."""
    area = context.paper.above
    columns = _columns(area)
    return (area.width - GAP * (columns - 1)) / columns


def flow_sheets(context: Context, pieces: Sequence[Piece], ids: Iterator[str], make: Sheet) -> list[Sheet]:
    """Return sheets with the pieces in columns, in their order; `make` gives what the sheets share."""
    pages = _flow(pieces, context.paper.above)
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
    last = one.part == len(one.laid.parts) - 1
    here = [other.part for other in pages[at] if other.laid is one.laid]
    before = names[at - 1] if one.part and one.part - 1 not in here else ""
    after = names[at + 1] if not last and one.part + 1 not in here else ""
    y = page.table(one.laid, one.part, one.box, before, after)
    for line in one.words:
        y = page.paragraph(one.box.x, y - 0.2, line, one.box.width, style="sheet.label")
    page.tick()


def _columns(area: Box) -> int:
    return max(1, int((area.width + GAP) // (_LEAST_WIDTH + GAP)))


def _flow(pieces: Sequence[Piece], area: Box) -> list[list[_Placed]]:
    columns = _columns(area)
    width = (area.width - GAP * (columns - 1)) / columns
    pages: list[list[_Placed]] = []
    column, y = columns, area.y

    def fresh() -> None:
        nonlocal column, y
        column, y = column + 1, area.top
        if column >= columns:
            pages.append([])
            column = 0

    for piece in pieces:
        lines = tuple(
            line for text in piece.words for line in wrap(text, SANS, LEAST_MM, round(width, 2))
        )  # fmt: skip
        low = len(lines) * 1.4 * LEAST_MM + (1.0 if lines else 0.0)
        laid = lay(piece.table, width, area.height - low)
        if column >= columns or not _fits(laid, y - area.y, low):
            laid = lay(piece.table, width, y - area.y - low, area.height - low)
            first, last = laid.parts[0]
            starts = column < columns and laid.height(0) + low + 4.5 <= y - area.y
            whole = len(lay(piece.table, width, area.height - low).parts) == 1
            if not starts or whole or last - first < _LEAST_ROWS:
                fresh()
                laid = lay(piece.table, width, area.height - low)
        for part in range(len(laid.parts)):
            if part:
                fresh()
            x = area.x + column * (width + GAP)
            said = lines if part == len(laid.parts) - 1 else ()
            pages[-1].append(_Placed(laid, part, Box(x, area.y, width, y - area.y), said))
            noted = 4.5 if laid.table.note or part < len(laid.parts) - 1 else 0.0
            y -= laid.height(part) + noted + (low if said else 0.0) + _APART
    return pages


def _fits(laid: Laid, room: float, low: float) -> bool:
    return len(laid.parts) == 1 and laid.height(0) + low + (4.5 if laid.table.note else 0.0) <= room

"""A one-line diagram or cooling schematic on as many sheets as its letters need to be read."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from core.drawing.batch import Batch, shifted
from core.drawing.chain_drawing import ChainDrawing
from core.drawing.chain_pages import within
from core.report.clouded import Marks, draw_clouds
from core.report.context import Context
from core.report.fonts import LEAST_MM, SANS, wrap
from core.report.paper import Box
from core.report.sheet import Page, Sheet

Span = tuple[float, float]
_LEGEND_COLUMN = 48.0
"""Entries of the legend of a chain stand so far apart [mm]."""
_ABOVE_LEGEND = 12.0
_CAPTION = 5.0
_BESIDE = 12.0
"""Between a drawing and the legend right of it."""
_MARGIN = 8.0
"""Left and right of the cards of a row, for lines that run there."""


class Tile(NamedTuple):
    """A part of a drawing: what it shows, and the scale at which it fits."""

    row: int
    column: int
    x: Span
    y: Span
    scale: float


def cuts(spans: Sequence[Span], low: float, high: float, room: float) -> list[Span]:
    """Return low to high cut into parts of `room` at most, in gaps between spans only.

    A part with no gap where it should be cut is larger than the room.

    Examples
    --------
    >>> cuts([(0, 40), (50, 90), (100, 140)], 0, 140, 100)
    [(0, 95.0), (95.0, 140)]
    >>> cuts([(0, 40), (30, 90)], 0, 90, 60)
    [(0, 90)]
    """
    gaps, end = [], -math.inf
    for first, last in sorted(spans):
        if end < first and end > -math.inf:
            gaps.append((end + first) / 2)
        end = max(end, last)
    parts, at = [], low
    while high - at > room:
        ahead = [gap for gap in gaps if gap > at + 1e-6]
        if not ahead:
            break
        cut = max((gap for gap in ahead if gap - at <= room), default=ahead[0])
        parts.append((at, cut))
        at = cut
    return [*parts, (at, high)]


def tiles(drawing: ChainDrawing, room: Box) -> list[Tile]:
    """Return the parts of a drawing without its legend, rows from the top, each from the left."""
    tall, found = drawing.size[1], []
    upright = [(tall - y - h, tall - y) for _, y, _, h in drawing.boxes]
    for row, (above, below) in enumerate(cuts(upright, 0.0, tall - drawing.foot, room.height)):
        y = (tall - below, tall - above)
        boxes = [box for box in drawing.boxes if y[0] <= box[1] + box[3] / 2 < y[1]]
        left = min([x for x, _, _, _ in boxes], default=0.0) - _MARGIN
        right = max([x + w for x, _, w, _ in boxes], default=drawing.size[0]) + _MARGIN
        for column, x in enumerate(cuts([(b[0], b[0] + b[2]) for b in boxes], left, right, room.width)):
            scale = min(1.0, room.width / (x[1] - x[0]), room.height / (y[1] - y[0]))
            found.append(Tile(row, column, x, y, scale))
    return found


def chain_sheets(
    context: Context, drawing: ChainDrawing, ids: Iterator[str], make: Sheet, layer: str = ""
) -> list[Sheet]:
    """Return the sheets of a drawing: its tiles, then the legend where there is room or on its own sheet.

    `make` gives what the sheets share; a drawing of nothing has none. Cards get clouds if what they stand
    for, or a cable of the layer at it, has changed since the issue before.
    """
    if drawing.is_empty:
        return []
    area = context.paper.above
    room = Box(area.x, area.y + _CAPTION, area.width, area.height - _CAPTION)
    parts = tiles(drawing, room)
    place = _legend_place(drawing, parts[-1], room)
    names = [next(ids) for _ in range(len(parts) + (place is None))]
    numbers = list(zip(parts, names, strict=False))
    found = []
    for at, (tile, name) in enumerate(zip(parts, names, strict=False)):
        legend = place if at == len(parts) - 1 else None
        clouds = _clouds(context, drawing, tile, layer)
        draws = _drawer(drawing, tile, numbers, room, legend, list(clouds))
        sheet = _sheet(make, name, at, len(names), draws)
        found.append(replace(sheet, clouds=frozenset().union(*clouds.values())))
    if place is None:

        def draw(page: Page) -> None:
            _draw_legend(page, drawing, room, room.top)

        found.append(_sheet(make, names[-1], len(parts), len(names), draw))
    return found


def _sheet(make: Sheet, name: str, at: int, of: int, draw: Callable[[Page], None]) -> Sheet:
    subtitle = make.subtitle
    if of > 1:
        subtitle = f"{subtitle}{', ' if subtitle else ''}part {at + 1} of {of}"
    return replace(make, id=name, subtitle=subtitle, draw=draw)


def _legend_place(drawing: ChainDrawing, tile: Tile, room: Box) -> Box | None:
    """Return where the legend goes on the sheet of a tile: below it, else right of it, else nowhere."""
    wide, tall = (tile.x[1] - tile.x[0]) * tile.scale, (tile.y[1] - tile.y[0]) * tile.scale
    foot = _legend_height(drawing, room)
    if tall + foot <= room.height:
        return Box(room.x, room.y, room.width, foot)
    left = wide + _BESIDE
    right = Box(room.x + left, room.y, room.width - left, room.height)
    if right.width < _LEGEND_COLUMN or _legend_height(drawing, right) > room.height:
        return None
    return right


def _drawer(
    drawing: ChainDrawing,
    tile: Tile,
    numbers: Sequence[tuple[Tile, str]],
    room: Box,
    legend: Box | None,
    clouds: Sequence[int],
) -> Callable[[Page], None]:
    def draw(page: Page) -> None:
        wide, tall = (tile.x[1] - tile.x[0]) * tile.scale, (tile.y[1] - tile.y[0]) * tile.scale
        right = legend is not None and legend.x > room.x
        x = room.x if right else room.x + (room.width - wide) / 2
        y = room.top - tall
        part = within(within(drawing.batch, *tile.y, axis=1), *tile.x, axis=0)
        page.pdf.batch(part, x - tile.x[0] * tile.scale, y - tile.y[0] * tile.scale, tile.scale)
        for cx, cy, anchor, name in _references(part, tile, numbers):
            at = (x + (cx - tile.x[0]) * tile.scale, y + (cy - tile.y[0]) * tile.scale)
            page.text(*at, f"to {name}", style="sheet.label", anchor=anchor)
        boxes = ([value * tile.scale for value in drawing.boxes[card]] for card in clouds)
        left, low = x - tile.x[0] * tile.scale, y - tile.y[0] * tile.scale
        draw_clouds(page, ((left + u, low + v, w, h) for u, v, w, h in boxes))
        page.text(room.x, page.area.y + 1.0, _neighbours(tile, numbers), style="sheet.label", room=room.width)
        if legend is not None:
            _draw_legend(page, drawing, legend, legend.top)

    return draw


def _clouds(context: Context, drawing: ChainDrawing, tile: Tile, layer: str) -> dict[int, Marks]:
    """Return the cards of a tile that have changed since the issue before, with their changes."""
    of = context.evaluation
    if of is None or context.since is None:
        return {}
    found = {}
    for number, (card, (x, y, w, h)) in enumerate(zip(drawing.cards, drawing.boxes, strict=True)):
        if tile.x[0] <= x + w / 2 < tile.x[1] and tile.y[0] <= y + h / 2 < tile.y[1]:
            marks = context.clouded.of_nodes(of.snapshot, card.nodes.tolist(), layer)
            if marks:
                found[number] = marks
    return found


def _references(
    part: Batch, tile: Tile, numbers: Sequence[tuple[Tile, str]]
) -> list[tuple[float, float, int, str]]:
    """Return where lines are cut and on which sheet they go on: x and y of the drawing, anchor, sheet.

    Lines side by side that go to the same sheet have one reference.
    """
    found: list[tuple[float, float, int, str]] = []
    ends = {(float(x), float(y)) for x1, y1, x2, y2 in part.lines for x, y in ((x1, y1), (x2, y2))}
    for x, y in sorted(ends):
        for axis, edge, low in ((0, 0, True), (0, 1, False), (1, 0, True), (1, 1, False)):
            if abs((x, y)[axis] - (tile.x, tile.y)[axis][edge]) > 1e-6:
                continue
            name = _sheet_at(tile, numbers, axis, low, x)
            where = (
                (x, y + 1.9, 0 if low else 2, name)
                if axis == 0
                else (x + 1.0, y - 2.2, 0, name)  # clear of the line that runs along a cut
            )
            near = any(
                name == n and abs(where[0] - a) < 24.0 and abs(where[1] - b) < 4.0 for a, b, _, n in found
            )
            if name and not near:
                found.append(where)
    return found


def _sheet_at(tile: Tile, numbers: Sequence[tuple[Tile, str]], axis: int, low: bool, x: float) -> str:
    """Return the sheet a line goes on that is cut at x on the left or right (axis 0), below or above."""
    step = -1 if low else 1
    if axis == 0:
        key = (tile.row, tile.column + step)
        return next((name for other, name in numbers if (other.row, other.column) == key), "")
    there = [(other, name) for other, name in numbers if other.row == tile.row - step]
    return min(there, key=lambda t: max(t[0].x[0] - x, x - t[0].x[1]), default=(tile, ""))[1]


def _neighbours(tile: Tile, sheets: Sequence[tuple[Tile, str]]) -> str:
    """Say on which sheets lines that run out of a tile go on."""
    row, column = tile.row, tile.column
    numbers = {(other.row, other.column): name for other, name in sheets}
    beside = (("left", (row, column - 1)), ("right", (row, column + 1)))
    words = [f"{side} on {numbers[key]}" for side, key in beside if key in numbers]
    for side, other in (("above", row - 1), ("below", row + 1)):
        there = [name for (r, _), name in numbers.items() if r == other]
        words += [f"{side} on {' and '.join(there)}"] if there else []
    return f"Continued {', '.join(words)}." if words else ""


def _legend_spans(drawing: ChainDrawing, room: Box) -> list[Span]:
    """Return the parts of the legend that stand one below the other, by x."""
    step = max(math.floor(room.width / _LEGEND_COLUMN), 1) * _LEGEND_COLUMN
    entries = within(drawing.batch, _below(drawing), drawing.foot - _ABOVE_LEGEND, axis=1)
    right = float(entries.text_at[:, 0].max(initial=0.0)) + 1.0
    return [(k * step, (k + 1) * step) for k in range(max(math.ceil(right / step), 1))]


def _below(drawing: ChainDrawing) -> float:
    """Return the height of the notes, which are written anew."""
    return 5.0 * len(drawing.notes) + (2.0 if drawing.notes else 0.0)


def _notes(drawing: ChainDrawing, room: Box) -> list[str]:
    return [line for note in drawing.notes for line in wrap(note, SANS, LEAST_MM, round(room.width, 2))]


def _legend_height(drawing: ChainDrawing, room: Box) -> float:
    deep = drawing.foot - _ABOVE_LEGEND - _below(drawing)
    return (
        deep * len(_legend_spans(drawing, room)) + 4.0 + 1.4 * LEAST_MM * len(_notes(drawing, room))
    )  # fmt: skip


def _draw_legend(page: Page, drawing: ChainDrawing, room: Box, y: float) -> None:
    low, high = _below(drawing), drawing.foot - _ABOVE_LEGEND
    page.pdf.rule(room.x, y - 2.0, room.right, y - 2.0, "table.line")
    y -= 3.0
    for span in _legend_spans(drawing, room):
        y -= high - low
        part: Batch = within(within(drawing.batch, low, high, axis=1), *span, axis=0)
        page.pdf.batch(shifted(part, -span[0], -low), room.x, y)
    for line in drawing.notes:
        y = page.paragraph(room.x, y, line, room.width, style="sheet.label")


def numbered(first: str) -> Iterator[str]:
    """Yield the number of a sheet and those of the sheets that go on from it.

    Examples
    --------
    >>> ids = numbered("E-301")
    >>> next(ids), next(ids), next(ids)
    ('E-301', 'E-301.2', 'E-301.3')
    """
    yield first
    at = 2
    while True:
        yield f"{first}.{at}"
        at += 1


__all__ = ["chain_sheets", "cuts", "numbered", "tiles"]

"""A schematic on paper: cut between its rows where one page would make it too small to be read."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np

from core.drawing.batch import Batch, Floats, shifted
from core.drawing.chain_drawing import ChainDrawing
from core.engine.columns import Flags

LEAST = 0.7
"""Smallest scale at which the letters of a card are still 1.3 mm high."""


def bands_of(
    drawing: ChainDrawing, width: float, height: float, least: float = LEAST
) -> list[tuple[float, float]]:
    """Return the heights to cut a drawing into, uppermost first: (lower, upper) [mm].

    One band if all of it fits a page of `width` x `height` at `least` or more, else as many as it takes. No
    card is cut; a row of cards higher than a page has a band of its own.
    """
    wide, tall = drawing.size
    if drawing.is_empty:
        return []
    if min(width / wide, height / tall) >= least:
        return [(0.0, tall)]
    room = height / max(min(width / wide, 1.0), 1e-6)
    spans = sorted(((y, y + h) for _, y, _, h in drawing.boxes), reverse=True)
    rows: list[list[float]] = []
    for low, high in spans:
        if rows and high > rows[-1][0]:
            rows[-1][0] = min(rows[-1][0], low)
        else:
            rows.append([low, high])
    if drawing.foot > 0:
        rows.append([0.0, drawing.foot])
    cuts = [tall]
    for above, row in pairwise(rows):
        between = (above[0] + row[1]) / 2
        after = rows[rows.index(row) + 1][1] if row is not rows[-1] else 0.0
        if cuts[-1] - (row[0] + after) / 2 > room:
            cuts.append(between)
    cuts.append(0.0)
    return [(low, high) for high, low in pairwise(cuts)]


def pages_of(drawing: ChainDrawing, width: float, height: float, least: float = LEAST) -> list[Batch]:
    """Return the pages of a drawing, each with its lower edge at 0; scale them to the width of the page."""
    return [
        shifted(_within(drawing.batch, *band), 0.0, -band[0])
        for band in bands_of(drawing, width, height, least)
    ]


def within(batch: Batch, low: float, high: float, *, axis: int) -> Batch:
    """Return what is between two x (axis 0) or two y (axis 1); lines are cut, the rest by its middle."""
    return _within(batch, low, high) if axis == 1 else _turned(_within(_turned(batch), low, high))


def _turned(batch: Batch) -> Batch:
    """Return a batch with x and y exchanged, texts but for their place as they were."""
    return replace(
        batch,
        rects=batch.rects[:, [1, 0, 3, 2]],
        lines=batch.lines[:, [1, 0, 3, 2]],
        points=batch.points[:, ::-1],
        text_at=batch.text_at[:, ::-1],
    )


def _within(batch: Batch, low: float, high: float) -> Batch:
    """Return what is between two heights; lines are cut, the rest is in by its middle."""
    rects = _between(batch.rects[:, 1] + batch.rects[:, 3] / 2, low, high)
    y1, y2 = batch.lines[:, 1], batch.lines[:, 3]
    lines = (np.maximum(y1, y2) >= low) & (np.minimum(y1, y2) < high)
    texts = _between(batch.text_at[:, 1], low, high)
    counts = np.diff(batch.starts)
    middle = np.add.reduceat(batch.points[:, 1], batch.starts[:-1]) / counts if len(counts) else np.zeros(0)
    shapes = _between(middle, low, high)
    return replace(
        batch,
        rects=batch.rects[rects],
        rect_style=batch.rect_style[rects],
        rect_level=batch.rect_level[rects],
        rect_owner=batch.rect_owner[rects],
        lines=_cut(batch.lines[lines], low, high),
        line_style=batch.line_style[lines],
        line_level=batch.line_level[lines],
        line_owner=batch.line_owner[lines],
        points=batch.points[np.repeat(shapes, counts)],
        starts=np.concatenate([[0], np.cumsum(counts[shapes])]).astype(np.int32),
        polygon_style=batch.polygon_style[shapes],
        polygon_level=batch.polygon_level[shapes],
        polygon_owner=batch.polygon_owner[shapes],
        texts=tuple(text for text, kept in zip(batch.texts, texts.tolist(), strict=True) if kept),
        **{name: getattr(batch, name)[texts] for name in _TEXTS},
    )


_TEXTS = (
    "text_at",
    "text_size",
    "text_width",
    "text_anchor",
    "text_angle",
    "text_style",
    "text_level",
    "text_owner",
)


def _between(at: Floats, low: float, high: float) -> Flags:
    found: Flags = (at >= low) & (at < high)
    return found


def _cut(lines: Floats, low: float, high: float) -> Floats:
    """Return lines with their ends on the edges where they run out of them."""
    made = lines.copy()
    x1, y1, x2, y2 = lines.T
    run = np.where(y2 == y1, 1.0, y2 - y1)
    for column, (x, y) in enumerate(((x1, y1), (x2, y2))):
        inside = np.clip(y, low, high)
        made[:, 2 * column + 1] = inside
        made[:, 2 * column] = np.where(inside == y, x, x1 + (inside - y1) * (x2 - x1) / run)
    return made

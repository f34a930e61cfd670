"""A tornado: how far each input moves a figure from its likely value, the one that moves it most on top."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from core.drawing.batch import Anchor, Sketch
from core.drawing.charts.chart import (
    CAP,
    GAP,
    LINE,
    PAD,
    Chart,
    Mark,
    empty,
    finished,
    heading,
    right_text,
    text_width,
    wrapped_key,
)

ROW = 5.2
BAR = 3.4
LOW_STYLE, HIGH_STYLE = "paint.c6", "paint.c1"
LIKELY_ROOM = 5.0


@dataclass(frozen=True)
class Swung:
    """An input with the figure at both its ends.

    Attributes
    ----------
    label : str
    low, high : str
        The ends of the input as people read them.
    at_low, at_high : float
        The figure there.
    text : str
        By how much it moves the figure.
    key, note : str
    """

    label: str
    low: str
    high: str
    at_low: float
    at_high: float
    text: str
    key: str = ""
    note: str = ""


def tornado_chart(
    rows: Sequence[Swung], likely: float, likely_text: str, width: float, *, title: str = ""
) -> Chart:
    """Draw a bar for each input about the likely value of the figure; its ends are lettered with the input's.

    Raises
    ------
    ValueError
        If a value is not finite.
    """
    if not rows:
        return empty(title, width)
    every = [likely, *(v for row in rows for v in (row.at_low, row.at_high))]
    if not all(map(math.isfinite, every)):
        raise ValueError("a bar of no finite length")
    labels = min(max(text_width(row.label) for row in rows), 0.36 * width)
    # Letters left and right of the bars have room outside of the widest.
    aside = min(max(text_width(end) for row in rows for end in (row.low, row.high)) + 2 * PAD, 0.16 * width)
    texts = min(max(text_width(row.text) for row in rows), 0.14 * width)
    left = labels + GAP + aside
    room = width - left - aside - texts - GAP
    low, high = min(every), max(every)
    scale = room / (high - low) if high > low else 0.0
    middle = left + (likely - low) * scale
    sketch = Sketch()
    top = heading(sketch, title, width) - LIKELY_ROOM
    sketch.text(middle, top + LIKELY_ROOM / 2, f"likely {likely_text}", CAP, anchor=Anchor.CENTRE)
    marks = []
    for at, row in enumerate(rows):
        y = top - (at + 0.5) * ROW
        right_text(sketch, labels, y, row.label, labels, at)
        ends = ((row.at_low, row.low, LOW_STYLE), (row.at_high, row.high, HIGH_STYLE))
        # Both ends may lie on one side: the nearer one is painted over the farther.
        for value, _, style in sorted(ends, key=lambda end: -abs(end[0] - likely)):
            x = left + (value - low) * scale
            sketch.rect(min(x, middle), y - BAR / 2, max(abs(x - middle), 0.15), BAR, style, owner=at)
        (first, first_text, _), (last, last_text, _) = sorted(ends, key=lambda end: end[0])
        right_text(sketch, left + (first - low) * scale - PAD, y, first_text, aside, at)
        sketch.text(left + (last - low) * scale + PAD, y, last_text, CAP, width=aside, owner=at)
        right_text(sketch, width, y, row.text, texts, at)
        said = f"from {row.low} to {row.high} moves it by {row.text}"
        marks.append(Mark(row.label, f"{said}, {row.note}" if row.note else said, row.key))
    bottom = top - len(rows) * ROW
    sketch.line(middle, top, middle, bottom, "outline")
    entries = [("input at its low end", LOW_STYLE, -1), ("input at its high end", HIGH_STYLE, -1)]
    bottom = wrapped_key(sketch, entries, width, bottom - LINE / 4)
    return finished(sketch, width, -bottom, title, marks)

"""Bars: one for each thing, or all of them as the shares of one."""

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
    class_style,
    empty,
    finished,
    heading,
    right_text,
    text_width,
    wrapped_key,
)
from core.units import share

ROW = 5.2
BAR = 3.4
SHARE_BAR = 7.0
LEAST_SHARE = 0.004
"""Segments thinner than this share of the bar are drawn so thick, that they can be seen and pointed at."""


@dataclass(frozen=True)
class Bar:
    """A thing with a value.

    Attributes
    ----------
    label : str
    value : float
    text : str
        The value as people read it.
    key, note : str
        Where a click leads; what is said besides the value, such as its evidence.
    style : str
        Empty: by its place among the others.
    start : float
        Where the bar begins, for chains of bars.
    low, high : float, optional
        Range of the value, drawn as a whisker.
    """

    label: str
    value: float
    text: str
    key: str = ""
    note: str = ""
    style: str = ""
    start: float = 0.0
    low: float | None = None
    high: float | None = None

    @property
    def mark(self) -> Mark:
        return Mark(self.label, f"{self.text}, {self.note}" if self.note else self.text, self.key)


def bar_chart(bars: Sequence[Bar], width: float, *, title: str = "", style: str = "") -> Chart:
    """Draw a bar for each thing, below one another: label, bar, value.

    Parameters
    ----------
    bars : sequence of Bar
    width : float
        Of the chart [mm].
    style : str
        Of bars that have none; empty: each its own.

    Raises
    ------
    ValueError
        If a value is not finite.
    """
    if not bars:
        return empty(title, width)
    ends = [(bar.start, bar.start + bar.value, bar.low, bar.high) for bar in bars]
    every = [0.0, *(v for row in ends for v in row if v is not None)]
    if not all(map(math.isfinite, every)):
        raise ValueError("a bar of no finite length")
    low, high = min(every), max(every)
    labels = min(max(text_width(bar.label) for bar in bars), 0.42 * width)
    values = min(max(text_width(bar.text) for bar in bars), 0.3 * width)
    left = labels + GAP
    room = width - left - values - GAP
    scale = room / (high - low) if high > low else 0.0
    zero = left - low * scale
    sketch = Sketch()
    top = heading(sketch, title, width)
    for at, bar in enumerate(bars):
        y = top - (at + 0.5) * ROW
        right_text(sketch, labels, y, bar.label, labels, at)
        a, b = sorted((zero + bar.start * scale, zero + (bar.start + bar.value) * scale))
        fill = bar.style or style or class_style(at)
        sketch.rect(a, y - BAR / 2, max(b - a, 0.15), BAR, fill, owner=at)
        end = b
        if bar.low is not None and bar.high is not None:
            x0, x1 = zero + bar.low * scale, zero + bar.high * scale
            sketch.line(x0, y, x1, y, "outline", owner=at)
            for x in (x0, x1):
                sketch.line(x, y - 0.9, x, y + 0.9, "outline", owner=at)
            end = max(end, x1)
        sketch.text(
            max(end, zero) + PAD, y, bar.text, CAP, "text", width=width - max(end, zero) - PAD, owner=at
        )
    bottom = top - len(bars) * ROW
    sketch.line(zero, top, zero, bottom, "thin")
    return finished(sketch, width, -bottom, title, [bar.mark for bar in bars])


def share_chart(bars: Sequence[Bar], width: float, *, title: str = "") -> Chart:
    """Draw things as the shares of one bar, in their order, with a key of name, value and share.

    Raises
    ------
    ValueError
        If a value is negative or not finite.
    """
    if any(not math.isfinite(bar.value) or bar.value < 0 for bar in bars):
        raise ValueError("shares are of finite values, not below 0")
    # Those without a share have nothing to point at.
    bars = [bar for bar in bars if bar.value > 0]
    if not bars:
        return empty(title, width)
    total = math.fsum(bar.value for bar in bars)
    shares = [bar.value / total for bar in bars]
    thick = [max(part, LEAST_SHARE) for part in shares]
    sketch = Sketch()
    top = heading(sketch, title, width)
    x, entries, marks = 0.0, [], []
    for at, (bar, part) in enumerate(zip(bars, shares, strict=True)):
        wide = thick[at] / sum(thick) * width
        fill = bar.style or class_style(at)
        sketch.rect(x, top - SHARE_BAR, wide, SHARE_BAR, fill, owner=at)
        words = share(part)
        if text_width(words) + 2 * PAD <= wide:
            sketch.text(
                x + wide / 2, top - SHARE_BAR / 2, words, CAP, anchor=Anchor.CENTRE, width=wide, owner=at
            )
        entries.append((f"{bar.label}  {bar.text}  ({words})", fill, at))
        note = f"{words} of all{', ' if bar.note else ''}{bar.note}"
        marks.append(Mark(bar.label, f"{bar.text}, {note}", bar.key))
        x += wide
    bottom = wrapped_key(sketch, entries, width, top - SHARE_BAR - LINE / 4)
    return finished(sketch, width, -bottom, title, marks)

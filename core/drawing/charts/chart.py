"""What all charts share: the drawing with what its marks mean, sizes of lettering, ticks of an axis."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from core.drawing.batch import Anchor, Batch, Sketch
from core.drawing.styles import CLASS_FILLS

CAP = 1.83
"""Height of capitals [mm]: lettering of 2.5 mm, the least that sheets allow."""
LINE = 4.2
"""From one line of lettering to the next [mm]."""
GAP = 1.5
PAD = 0.8
_EM = CAP / 0.729
_NARROW, _WIDE = frozenset("iljtfrI.,:;'| ()[]/-"), frozenset("mwMW%@")


@dataclass(frozen=True)
class Mark:
    """What a bar, a segment or a point stands for.

    Attributes
    ----------
    label, text : str
        Its name, and its value with all that is said of it.
    key : str
        What a click on it leads to; empty: nothing.
    """

    label: str
    text: str
    key: str = ""

    @property
    def words(self) -> str:
        """Name and value in one line."""
        return f"{self.label}: {self.text}" if self.text else self.label


@dataclass(frozen=True)
class Chart:
    """A finished chart with its lower left corner at 0, 0.

    Attributes
    ----------
    batch : Batch
        Primitives with the owner i belong to `marks[i]`.
    width, height : float
        [mm].
    marks : tuple of Mark
    words : str
        What it shows, for those who cannot see it.
    """

    batch: Batch
    width: float
    height: float
    marks: tuple[Mark, ...]
    words: str


def finished(sketch: Sketch, width: float, height: float, title: str, marks: Sequence[Mark]) -> Chart:
    """Freeze a sketch drawn downwards from y = 0 into a chart that stands on it."""
    lower = Sketch()
    lower.add(sketch.freeze(), 0.0, height)
    said = "; ".join(mark.words for mark in marks) or "nothing to show"
    return Chart(lower.freeze(), width, height, tuple(marks), f"{title}: {said}" if title else said)


def empty(title: str, width: float, words: str = "Nothing to show") -> Chart:
    """Return a chart of nothing that says so."""
    sketch = Sketch()
    top = heading(sketch, title, width)
    sketch.text(0.0, top - LINE / 2, words, CAP, "text.faint", width=width)
    return finished(sketch, width, LINE - top, title, ())


def heading(sketch: Sketch, title: str, width: float) -> float:
    """Write the title with its top at y = 0; return the lower edge."""
    if not title:
        return 0.0
    sketch.text(0.0, -2.2, title, 2.3, "sheet.heading", width=width)
    return -5.6


def text_width(text: str, bold: bool = False) -> float:
    """Return about how wide a text is [mm]; a painter knows its own font better, and fits it to the room.

    Examples
    --------
    >>> text_width("") == 0.0, text_width("mm") > text_width("ii")
    (True, True)
    """
    ems = sum(
        0.36 if c in _NARROW else 0.92 if c in _WIDE else 0.7 if c.isupper() else 0.62 for c in text
    )  # fmt: skip
    return ems * _EM * (1.1 if bold else 1.0)


def class_style(at: int) -> str:
    """Return the fill of the class with an index; after the ninth they begin anew."""
    return f"paint.c{at % len(CLASS_FILLS)}"


def ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Return round numbers from at most `low` to at least `high`: steps of 1, 2 or 5 times a power of ten.

    Raises
    ------
    ValueError
        If an end is not finite or `high` is below `low`.

    Examples
    --------
    >>> ticks(0, 8.7)
    [0.0, 2.0, 4.0, 6.0, 8.0, 10.0]
    >>> ticks(-0.3, 0.9, 3)
    [-0.5, 0.0, 0.5, 1.0]
    """
    if not (math.isfinite(low) and math.isfinite(high)) or high < low:
        raise ValueError(f"no axis from {low} to {high}")
    if high == low:
        low, high = (low - abs(low) / 2, high + abs(high) / 2) if high else (0.0, 1.0)
    raw = (high - low) / most
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * f for f in (1, 2, 5, 10) if power * f >= raw * (1 - 1e-9))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [k * step for k in range(first, last + 1)]


def wrapped_key(sketch: Sketch, entries: Sequence[tuple[str, str, int]], width: float, top: float) -> float:
    """Write a key of fills in columns, `(text, style, owner)` each, below `top`; return the lower edge."""
    wide = max((text_width(text) for text, _, _ in entries), default=0.0) + LINE + 2 * GAP
    columns = max(1, min(len(entries), int(width // wide)))
    room = width / columns
    for at, (text, style, owner) in enumerate(entries):
        x, y = (at % columns) * room, top - (at // columns + 0.5) * LINE
        sketch.rect(x, y - 1.2, 2.4, 2.4, style, owner=owner)
        sketch.text(x + 2.4 + GAP, y, text, CAP, "text", width=room - 2.4 - 2 * GAP, owner=owner)
    return top - -(-len(entries) // columns) * LINE


def right_text(sketch: Sketch, x: float, y: float, text: str, room: float, owner: int = -1) -> None:
    """Write a text that ends at x."""
    sketch.text(x, y, text, CAP, "text", anchor=Anchor.RIGHT, width=room, owner=owner)

"""The frame of a chart with two axes: ticks, grid, titles, and from values to millimetres."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.drawing.batch import Anchor, Sketch
from core.drawing.charts.chart import CAP, LINE, PAD, heading, text_width, ticks
from core.units import converted, number_text, scale, symbol

TICK = 1.0


@dataclass(frozen=True)
class Axis:
    """An axis: its title and the unit of its values."""

    title: str
    unit: str = ""
    from_zero: bool = False
    """Whether zero belongs to it whatever the values are."""


@dataclass(frozen=True)
class Lettered:
    """An axis with its ticks.

    Attributes
    ----------
    factor, offset : float
        From values in their base unit to those the axis is lettered with.
    ticks : tuple of float
        In the unit of the lettering.
    title : str
        With that unit.
    """

    factor: float
    offset: float
    ticks: tuple[float, ...]
    title: str

    @property
    def texts(self) -> list[str]:
        return [number_text(value, digits=6) for value in self.ticks]

    def along(self, value: float) -> float:
        """Return where a value in its base unit lies between the first tick, 0, and the last, 1."""
        first, last = self.ticks[0], self.ticks[-1]
        return (value * self.factor + self.offset - first) / (last - first)


@dataclass(frozen=True)
class Frame:
    """The field of a chart with axes [mm, y down from the title at 0]."""

    x0: float
    y0: float
    x1: float
    y1: float
    across: Lettered
    up: Lettered

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Return where a pair of values stands."""
        return (
            self.x0 + self.across.along(x) * (self.x1 - self.x0),
            self.y0 + self.up.along(y) * (self.y1 - self.y0),
        )


def frame(
    sketch: Sketch, x: Axis, y: Axis, xs: Sequence[float], ys: Sequence[float], width: float, height: float,
    title: str = "",
) -> Frame:  # fmt: skip
    """Draw title, axes, grid and ticks of a chart about values; return its field.

    Raises
    ------
    ValueError
        If there are no values or one is not finite.
    """
    if not xs or not ys:
        raise ValueError("no values to draw axes about")
    across, up = lettered(x, xs, max(2, int(width // 26))), lettered(y, ys, max(2, int(height // 12)))
    top = heading(sketch, title, width)
    left = max(text_width(text) for text in up.texts) + PAD + TICK
    right = width - text_width(across.texts[-1]) / 2
    upper, lower = top - LINE - CAP, -height + 2 * LINE + TICK
    made = Frame(left, lower, right, upper, across, up)
    for share, text in _places(across):
        at = left + share * (right - left)
        sketch.line(at, lower, at, upper, "grid")
        sketch.line(at, lower - TICK, at, lower, "thin")
        sketch.text(at, lower - TICK - LINE / 2, text, CAP, anchor=Anchor.CENTRE)
    for share, text in _places(up):
        at = lower + share * (upper - lower)
        sketch.line(left, at, right, at, "grid")
        sketch.line(left - TICK, at, left, at, "thin")
        sketch.text(left - TICK - PAD / 2, at, text, CAP, anchor=Anchor.RIGHT)
    sketch.line(left, lower, right, lower, "outline")
    sketch.line(left, lower, left, upper, "outline")
    sketch.text(0.0, top - LINE / 2, up.title, CAP, "text.faint", width=width)
    sketch.text(right, -height + LINE / 2, across.title, CAP, "text.faint", anchor=Anchor.RIGHT, width=width)
    return made


def lettered(axis: Axis, values: Sequence[float], most: int) -> Lettered:
    """Return the ticks of an axis that spans values, in the unit their largest is read in.

    Examples
    --------
    >>> made = lettered(Axis("Power", "W"), [0, 4.2e6], 5)
    >>> made.title, made.texts, made.along(2.5e6)
    ('Power [MW]', ['0', '1', '2', '3', '4', '5'], 0.5)
    """
    low, high = min(values), max(values)
    if axis.from_zero:
        low, high = min(low, 0.0), max(high, 0.0)
    offset, unit = converted(0.0, axis.unit)
    factor = converted(1.0, axis.unit)[0] - offset
    largest = max(abs(low * factor + offset), abs(high * factor + offset))
    if unit == axis.unit and largest > 0:
        scaled, unit = scale(largest, unit)
        factor *= scaled / largest
    found = ticks(low * factor + offset, high * factor + offset, most)
    return Lettered(factor, offset, tuple(found), f"{axis.title} [{symbol(unit)}]" if unit else axis.title)


def _places(axis: Lettered) -> list[tuple[float, str]]:
    steps = len(axis.ticks) - 1
    return [(at / steps, text) for at, text in enumerate(axis.texts)]

"""Dimension lines, bubbles and other marks of a drawing office; sizes are given on paper.

Every function takes `k`, the millimetres of the model that are one millimetre on paper (the scale 1:k).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from core.drawing.batch import Anchor, Level, Sketch
from core.units import measure

TEXT = 2.5 * 0.729
"""Height of capitals of 2.5 mm lettering [mm on paper]."""
ARROW = 2.0
GRID_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
"""I and O are left out, as they read as 1 and 0."""
_RING = [(math.cos(i * math.pi / 12), math.sin(i * math.pi / 12)) for i in range(24)]


def dimension(
    sketch: Sketch,
    start: tuple[float, float],
    end: tuple[float, float],
    text: str,
    k: float,
    *,
    backed: bool = False,
) -> None:
    """Draw a dimension line with arrow heads at both ends and its text above the middle.

    `backed` puts white behind the text, so that what lies under this batch does not run through it.
    """
    (x1, y1), (x2, y2) = start, end
    length = math.hypot(x2 - x1, y2 - y1)
    if length <= 0:
        return
    ux, uy = (x2 - x1) / length, (y2 - y1) / length
    sketch.line(x1, y1, x2, y2, "dimension", level=Level.NEAR)
    size = min(ARROW * k, 0.3 * length)
    for x, y, sign in ((x1, y1, 1.0), (x2, y2, -1.0)):
        bx, by = x + sign * ux * size, y + sign * uy * size
        nx, ny = -uy * size * 0.16, ux * size * 0.16
        sketch.polygon([(x, y), (bx + nx, by + ny), (bx - nx, by - ny)], "dimension.arrow", level=Level.NEAR)
    angle = math.degrees(math.atan2(uy, ux))
    if not -89.0 < angle <= 91.0:
        angle -= 180.0
    lift = 1.7 * TEXT / 2 * k + 0.5 * k
    radians = math.radians(angle)
    if backed:
        c, s = math.cos(radians), math.sin(radians)
        cx, cy = (x1 + x2) / 2 - lift * s, (y1 + y2) / 2 + lift * c
        half, tall = 0.4 * TEXT * k * len(text), 0.75 * TEXT * k
        sketch.polygon(
            [(cx + a * half * c - b * tall * s, cy + a * half * s + b * tall * c)
             for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1))],
            "label.back", level=Level.NEAR,
        )  # fmt: skip
    sketch.text(
        (x1 + x2) / 2 - lift * math.sin(radians), (y1 + y2) / 2 + lift * math.cos(radians), text, TEXT * k,
        "dimension", anchor=Anchor.CENTRE, angle=angle, level=Level.NEAR,
    )  # fmt: skip


def ordinates(
    sketch: Sketch, values: Sequence[float], origin: float, edge: float, tail: float, axis: int, k: float
) -> None:
    """Draw running dimensions from a datum: a tick and a value for each coordinate.

    Parameters
    ----------
    values : sequence of float
        Coordinates along the axis [mm].
    origin : float
        Coordinate of the datum [mm]; values are printed relative to it.
    edge : float
        Where the line of dimensions is, across the axis [mm].
    tail : float
        Where the extension lines begin [mm].
    axis : int
        0 for x (the line is below the drawing), 1 for y (it is to the left).
    """
    wanted = sorted({round(v) for v in values} | {round(origin)})
    kept = _apart(wanted, round(origin), 1.9 * TEXT * k)
    if not kept:
        return

    def line(along1: float, across1: float, along2: float, across2: float, style: str) -> None:
        if axis == 0:
            sketch.line(along1, across1, along2, across2, style, level=Level.NEAR)
        else:
            sketch.line(across1, along1, across2, along2, style, level=Level.NEAR)

    line(kept[0], edge, kept[-1], edge, "dimension")
    for value in kept:
        line(value, tail, value, edge - 1.0 * k, "dimension.extension")
        line(value - 0.7 * k, edge - 0.7 * k, value + 0.7 * k, edge + 0.7 * k, "dimension")
        text = measure(value - round(origin))
        along = edge - 2.0 * k
        if axis == 0:
            sketch.text(value, along, text, TEXT * k, "dimension", anchor=Anchor.RIGHT, angle=90.0,
                        level=Level.NEAR)  # fmt: skip
        else:
            sketch.text(along, value, text, TEXT * k, "dimension", anchor=Anchor.RIGHT, level=Level.NEAR)
    at = (round(origin), edge) if axis == 0 else (edge, round(origin))
    ring(sketch, at[0], at[1], 1.1 * k, "dimension")


def _apart(values: list[int], keep: int, least: float) -> list[int]:
    """Drop values nearer than `least` to one already kept; first, last and `keep` stay."""
    fixed = {values[0], values[-1], keep}
    kept: list[int] = []
    for value in values:
        near_fixed = any(abs(value - f) < least for f in fixed if f != value)
        if value in fixed or (not near_fixed and (not kept or value - kept[-1] >= least)):
            kept.append(value)
    return kept


def ring(sketch: Sketch, x: float, y: float, r: float, style: str) -> None:
    """Draw a circle."""
    sketch.polygon([(x + r * c, y + r * s) for c, s in _RING], style, level=Level.NEAR)


def bubble(sketch: Sketch, x: float, y: float, text: str, k: float) -> None:
    """Draw a grid bubble."""
    ring(sketch, x, y, 3.2 * k, "grid.bubble")
    sketch.text(x, y, text, TEXT * k, "grid.label", anchor=Anchor.CENTRE, level=Level.NEAR)


def datum_mark(sketch: Sketch, x: float, y: float, k: float) -> None:
    """Draw the fixed point: a circle with two filled quarters."""
    r = 1.6 * k
    ring(sketch, x, y, r, "grid.bubble")
    for start in (0, 12):
        quarter = [(x + r * _RING[(start + i) % 24][0], y + r * _RING[(start + i) % 24][1]) for i in range(7)]
        sketch.polygon([(x, y), *quarter], "area.datum", level=Level.NEAR)


def north_arrow(sketch: Sketch, x: float, y: float, degrees: float, k: float, *, letter: bool = True) -> None:
    """Draw a north arrow; degrees counter-clockwise from +y."""
    t = math.radians(degrees)

    def point(px: float, py: float) -> tuple[float, float]:
        return (x + k * (px * math.cos(t) - py * math.sin(t)), y + k * (px * math.sin(t) + py * math.cos(t)))

    ring(sketch, x, y, 7.0 * k, "north.ring")
    sketch.polygon([point(0, 9.5), point(-3.6, -5.0), point(0, -2.6)], "north.dark", level=Level.NEAR)
    sketch.polygon([point(0, 9.5), point(3.6, -5.0), point(0, -2.6)], "north.light", level=Level.NEAR)
    if not letter:
        return
    nx, ny = point(0, 12.0)
    sketch.text(nx, ny, "N", 3.5 * 0.729 * k, "text.bold", anchor=Anchor.CENTRE, level=Level.NEAR)


def grid_letter(index: int) -> str:
    """Return A ... Z, AA ... for 0, 1, ... without I and O; lines before the datum count with a minus sign.

    Examples
    --------
    >>> [grid_letter(i) for i in (0, 8, 23, 24, -1)]
    ['A', 'J', 'Z', 'AA', '-A']
    """
    if index < 0:
        return "-" + grid_letter(-index - 1)
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, len(GRID_LETTERS))
        letters = GRID_LETTERS[rest] + letters
    return letters

"""Points over two axes, those that nothing beats joined: the picture of a search."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from core.drawing.batch import Sketch
from core.drawing.charts.axes import Axis, frame
from core.drawing.charts.chart import CAP, GAP, LINE, Chart, Mark, empty, finished, text_width
from core.units import show

__all__ = ["Axis", "Spot", "scatter_chart"]

Standing = Literal["front", "held", "broken"]
"""On the front; within all limits; beyond a limit."""
NAMES: dict[Standing, str] = {
    "front": "on the front: nothing beats it",
    "held": "within all limits",
    "broken": "beyond a limit",
}
ORDER: tuple[Standing, ...] = ("broken", "held", "front")
MOST_MARKED = 4000
"""Points of a chart; more cannot be pointed at."""


@dataclass(frozen=True)
class Spot:
    """A point.

    Attributes
    ----------
    x, y : float
        In the base units of the axes.
    label, note : str
        What it is, and what is said besides its two values.
    key : str
    standing : {"front", "held", "broken"}
    chosen : bool
        Ringed.
    """

    x: float
    y: float
    label: str
    key: str = ""
    note: str = ""
    standing: Standing = "held"
    chosen: bool = False


def scatter_chart(
    spots: Sequence[Spot], x: Axis, y: Axis, width: float, height: float, *, title: str = ""
) -> Chart:
    """Draw points; the front as joined diamonds, the others as discs, those beyond a limit as crosses.

    Points of which a value is not known or not finite are left out.

    Raises
    ------
    ValueError
        If there are more than `MOST_MARKED`.
    """
    spots = [spot for spot in spots if math.isfinite(spot.x) and math.isfinite(spot.y)]
    if not spots:
        return empty(title, width)
    if len(spots) > MOST_MARKED:
        raise ValueError(f"{len(spots)} points, {MOST_MARKED} can be drawn")
    sketch = Sketch()
    field = frame(sketch, x, y, [s.x for s in spots], [s.y for s in spots], width, height - LINE, title)
    front = sorted((spot for spot in spots if spot.standing == "front"), key=lambda spot: (spot.x, spot.y))
    sketch.polyline([field.at(spot.x, spot.y) for spot in front], "flow.c1")
    marks = []
    for spot in spots:
        said = f"{x.title} {show(spot.x, x.unit)}, {y.title} {show(spot.y, y.unit)}"
        marks.append(
            Mark(spot.label, ", ".join(w for w in (said, NAMES[spot.standing], spot.note) if w), spot.key)
        )
    for standing in ORDER:  # the front above the others
        for at, spot in enumerate(spots):
            if spot.standing == standing:
                place = field.at(spot.x, spot.y)
                draw_spot(sketch, *place, standing, at)
                if spot.chosen:
                    sketch.polygon(_ring(*place, 2.2, 16), "revision.cloud", owner=at)
    left, y0 = 0.0, -height + LINE / 2
    for standing in reversed(ORDER):
        count = sum(spot.standing == standing for spot in spots)
        if count:
            words = f"{NAMES[standing]} ({count:,})"
            draw_spot(sketch, left + 1.5, y0, standing)
            sketch.text(left + 3.0 + GAP / 2, y0, words, CAP, width=max(width - left - 4.0, 1.0))
            left += 3.0 + 2 * GAP + text_width(words)
    return finished(sketch, width, height, title, marks)


def draw_spot(sketch: Sketch, x: float, y: float, standing: Standing, owner: int = -1) -> None:
    """Draw a point: its standing is told by shape and hue."""
    if standing == "front":
        sketch.polygon(_ring(x, y, 1.5, 4), "paint.c1", owner=owner)
    elif standing == "held":
        sketch.polygon(_ring(x, y, 0.9, 8), "paint.c0", owner=owner)
    else:
        sketch.line(x - 0.8, y - 0.8, x + 0.8, y + 0.8, "thin", owner=owner)
        sketch.line(x - 0.8, y + 0.8, x + 0.8, y - 0.8, "thin", owner=owner)


def _ring(x: float, y: float, radius: float, corners: int) -> list[tuple[float, float]]:
    """Return the corners of a regular polygon, the first straight above its middle."""
    turns = [2 * math.pi * k / corners for k in range(corners)]
    return [(x + radius * math.sin(turn), y + radius * math.cos(turn)) for turn in turns]

"""Lines over an axis: one for each series, told apart by hue, dash and the name at its end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.drawing.batch import Sketch
from core.drawing.charts.axes import Axis, frame
from core.drawing.charts.chart import CAP, GAP, LINE, Chart, Mark, empty, finished, text_width
from core.units import show

STYLES = tuple(f"flow.c{at}" for at in range(6))


@dataclass(frozen=True)
class Series:
    """Points in order of x, with the name of what they show."""

    name: str
    points: tuple[tuple[float, float], ...]
    key: str = ""


def line_chart(
    series: Sequence[Series], x: Axis, y: Axis, width: float, height: float, *, title: str = ""
) -> Chart:
    """Draw a line for each series; each of its points is a mark.

    Raises
    ------
    ValueError
        If a value is not finite, or there are more series than lines that can be told apart.
    """
    series = [one for one in series if one.points]
    if not series:
        return empty(title, width)
    if len(series) > len(STYLES):
        raise ValueError(f"{len(series)} lines cannot be told apart, {len(STYLES)} can")
    sketch = Sketch()
    xs = [a for one in series for a, _ in one.points]
    ys = [b for one in series for _, b in one.points]
    key = sum(2 * GAP + 8.0 + text_width(one.name) for one in series)
    lines = max(1, -(-int(key) // max(int(width), 1)))
    field = frame(sketch, x, y, xs, ys, width, height - lines * LINE, title)
    marks: list[Mark] = []
    for one, style in zip(series, STYLES, strict=False):
        places = [field.at(*point) for point in one.points]
        sketch.polyline(places, style)
        for (a, b), point in zip(places, one.points, strict=True):
            sketch.rect(a - 0.5, b - 0.5, 1.0, 1.0, "chain.bus", owner=len(marks))
            said = f"{x.title} {show(point[0], x.unit)}, {y.title} {show(point[1], y.unit)}"
            marks.append(Mark(one.name, said, one.key))
    at, low = 0.0, -height + lines * LINE
    for one, style in zip(series, STYLES, strict=False):
        wide = 2 * GAP + 8.0 + text_width(one.name)
        if at and at + wide > width:
            at, low = 0.0, low - LINE
        sketch.line(at, low - LINE / 2, at + 8.0, low - LINE / 2, style)
        sketch.text(at + 8.0 + GAP, low - LINE / 2, one.name, CAP, width=wide)
        at += wide
    return finished(sketch, width, height, title, marks)

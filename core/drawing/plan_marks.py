"""What a plan is read and measured by: areas, grid, datum, north, dimensions, aisles, groups."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeAlias

from core.drawing.batch import Anchor, Batch, Level, Sketch
from core.drawing.dimensions import (
    TEXT,
    bubble,
    datum_mark,
    dimension,
    grid_letter,
    north_arrow,
    ordinates,
)
from core.drawing.plan_rows import Beside, Row, aisles_of, beside
from core.model.project import Reader
from core.model.records import Area
from core.units import measure

Box: TypeAlias = tuple[float, float, float, float]


def datum_of(project: Reader, block: str) -> tuple[float, float]:
    """Return the fixed point of a floor block: its datum area, else the origin [mm]."""
    for area in project.areas(block).values():
        if area.kind == "datum" and area.points:
            return float(area.points[0][0]), float(area.points[0][1])
    return 0.0, 0.0


def draw_areas(project: Reader, block: str, scale: float) -> Batch:
    """Draw the areas of a floor block."""
    sketch = Sketch()
    order = ("zone", "room", "containment", "keep-out", "wall", "column", "door")
    areas = [a for a in project.areas(block).values() if a.kind != "datum" and a.points]
    for area in sorted(areas, key=lambda a: order.index(a.kind)):
        points = [(float(x), float(y)) for x, y in area.points]
        if area.kind == "door":
            _door(sketch, points, area.name, scale)
            continue
        if len(points) > 2:
            sketch.polygon(points, f"area.{area.kind}")
        if area.kind == "keep-out":
            _hatch(sketch, points, 3.0 * scale)
        if area.name and area.kind in ("room", "zone"):
            _room_name(sketch, area.name, points, [o for o in areas if o.kind not in ("room", "zone")], scale)
        elif area.name:
            _area_name(sketch, area.kind, area.name, points, scale)
    return sketch.freeze()


def _room_name(
    sketch: Sketch, name: str, points: Sequence[tuple[float, float]], others: Sequence[Area], k: float
) -> None:
    """Name a room in the first of its corners where no door, column or keep-out is in the way."""
    size = 3.5 * 0.729 * k
    wide, inset = 1.0 * size * len(name), 2.5 * k
    x0, y0, x1, y1 = _box(points)
    corners = [
        (x, y, anchor)
        for y in (y1 - 3.5 * k, y0 + 3.5 * k)
        for x, anchor in ((x0 + inset, Anchor.LEFT), (x1 - inset, Anchor.RIGHT))
    ]

    def is_free(x: float, y: float, anchor: Anchor) -> bool:
        left = x if anchor is Anchor.LEFT else x - wide
        for other in others:
            ox0, oy0, ox1, oy1 = _box(other.points)
            swing = max(ox1 - ox0, oy1 - oy0) if other.kind == "door" else 0.0
            if (
                ox0 - swing < left + wide
                and left < ox1 + swing
                and oy0 - swing < y + size
                and y - size < oy1 + swing
            ):
                return False
        return True

    x, y, anchor = next((c for c in corners if is_free(*c)), corners[0])
    sketch.text(x, y, name, size, "text.bold", anchor=anchor, level=Level.MIDDLE, width=x1 - x0 - 2 * inset)


def _box(points: Sequence[tuple[float, float]]) -> tuple[float, float, float, float]:
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    return min(xs), min(ys), max(xs), max(ys)


def _area_name(sketch: Sketch, kind: str, name: str, points: Sequence[tuple[float, float]], k: float) -> None:
    x0, y0, x1, y1 = _box(points)
    if kind == "column" or min(x1 - x0, y1 - y0) < 4.0 * k:
        sketch.text(x1 + 1.0 * k, y1, name, TEXT * k, "text.faint", level=Level.NEAR)
    else:
        upright = y1 - y0 > x1 - x0
        # Off the middle, where the dimension of an aisle stands.
        share_x, share_y = (0.5, 0.5) if kind == "keep-out" else (0.5, 0.75) if upright else (0.75, 0.5)
        sketch.text(
            x0 + share_x * (x1 - x0), y0 + share_y * (y1 - y0), name, TEXT * k, "text", anchor=Anchor.CENTRE,
            angle=90.0 if upright else 0.0, width=max(x1 - x0, y1 - y0), level=Level.MIDDLE,
        )  # fmt: skip


def _hatch(sketch: Sketch, points: Sequence[tuple[float, float]], step: float) -> None:
    """Hatch a keep-out at 45 degrees, clipped to the polygon by even-odd crossings."""
    # In coordinates u = x - y the lines u = constant are the hatch.
    corners = list(zip(points, [*points[1:], points[0]], strict=True))
    low = min(x - y for x, y in points)
    high = max(x - y for x, y in points)
    for i in range(1, min(int((high - low) / step) + 1, 400)):
        u = low + i * step
        crossings = []
        for (x1, y1), (x2, y2) in corners:
            u1, u2 = x1 - y1, x2 - y2
            if (u1 <= u) != (u2 <= u):
                t = (u - u1) / (u2 - u1)
                crossings.append((x1 + t * (x2 - x1), y1 + t * (y2 - y1)))
        crossings.sort()
        for (xa, ya), (xb, yb) in zip(crossings[::2], crossings[1::2], strict=False):
            sketch.line(xa, ya, xb, yb, "area.hatch", level=Level.NEAR)


def _door(sketch: Sketch, points: Sequence[tuple[float, float]], name: str, k: float) -> None:
    """Draw a door leaf and its swing from the first point to the second; into the room is to the right."""
    if len(points) < 2:
        return
    if len(points) > 2:
        # An outline in the wall: the leaf is its longer middle line.
        x0, y0, x1, y1 = _box(points)
        flat = x1 - x0 > y1 - y0
        cx, cy = (x0 + x1) / 2, (y0 + y1) / 2
        points = [(x0, cy), (x1, cy)] if flat else [(cx, y0), (cx, y1)]
    (x1, y1), (x2, y2) = points[0], points[1]
    leaf = math.hypot(x2 - x1, y2 - y1)
    start = math.atan2(y2 - y1, x2 - x1)
    arc = [start - i * math.pi / 16 for i in range(9)]
    swing = [(x1 + leaf * math.cos(t), y1 + leaf * math.sin(t)) for t in arc]
    sketch.line(x1, y1, x2, y2, "area.opening", level=Level.MIDDLE)
    sketch.line(x1, y1, *swing[-1], "area.door", level=Level.MIDDLE)
    sketch.polyline(swing, "area.door", level=Level.MIDDLE)
    if name:
        t = start - 0.42 * math.pi
        sketch.text(x1 + 0.6 * leaf * math.cos(t), y1 + 0.6 * leaf * math.sin(t), name, TEXT * k,
                    "text.faint", anchor=Anchor.CENTRE, level=Level.NEAR)  # fmt: skip


def draw_grid(project: Reader, block: str, extent: Box, rows: Sequence[Row], scale: float) -> Batch:
    """Draw the grid with its bubbles, which stand outside the lengths of the rows."""
    sketch = Sketch()
    reach = _reach(extent, rows, scale)
    _grid(sketch, extent, datum_of(project, block), project.blocks[block].grid_mm, scale, reach)
    return sketch.freeze()


def draw_groups(groups: Sequence[tuple[str, int, Box]], scale: float) -> Batch:
    """Draw the outlines of placed blocks."""
    sketch = Sketch()
    deepest = max((depth for _, depth, _ in groups), default=0)
    for name, depth, box in groups:
        _group(sketch, name, box, (deepest - depth) * 5.0 + 2.0, scale)
    return sketch.freeze()


def draw_marks(
    project: Reader, block: str, extent: Box, rows: Sequence[Row], scale: float, part: bool = False
) -> Batch:
    """Draw what lies over the things: datum, lengths of rows, aisles, north.

    Datum and north are those of the hall; the plan of a part has none.
    """
    sketch = Sketch()
    if not part:
        datum_mark(sketch, *datum_of(project, block), scale)
    known = beside(tuple(rows))
    for row in rows:
        if row.racks > 1:
            _row_length(sketch, row, known, scale)
    for aisle in aisles_of(list(rows)):
        wide = aisle.high - aisle.low
        text = f"{aisle.kind} {measure(wide)}"
        if len(text) * 0.72 * TEXT * scale > wide:
            text = measure(wide)
        if aisle.axis == 0:
            dimension(sketch, (aisle.at, aisle.low), (aisle.at, aisle.high), text, scale, backed=True)
        else:
            dimension(sketch, (aisle.low, aisle.at), (aisle.high, aisle.at), text, scale, backed=True)
    if not part:
        at = (extent[2] + _reach(extent, rows, scale)[1] + 18 * scale, extent[3] - 8 * scale)
        north_arrow(sketch, *at, project.blocks[block].north_deg, scale)
    return sketch.freeze()


def _reach(extent: Box, rows: Sequence[Row], k: float) -> tuple[float, float]:
    """Return how far the lines of the grid go on behind and to the right, past the lengths of outer rows."""
    known, found = beside(tuple(rows)), [6.0 * k, 6.0 * k]
    for row in rows:
        if row.racks > 1:
            beyond = _length_at(row, known, k) - extent[3 if row.axis == 0 else 2]
            found[row.axis] = max(found[row.axis], beyond + (4.0 if row.axis == 0 else 2.0) * k)
    return found[0], found[1]


def _grid(
    sketch: Sketch,
    extent: Box,
    datum: tuple[float, float],
    pitch: int,
    k: float,
    reach_out: tuple[float, float],
) -> None:
    x0, y0, x1, y1 = extent
    drawn = max(1, math.ceil(3.0 * k / pitch))
    label = drawn * max(1, math.ceil(8.0 * k / (pitch * drawn)))
    for axis, (low, high, origin) in enumerate(((x0, x1, datum[0]), (y0, y1, datum[1]))):
        out = reach_out[axis]
        first, last = math.ceil((low - origin) / pitch - 1e-6), math.floor((high - origin) / pitch + 1e-6)
        if (last - first) / drawn > 2000:
            return
        for index in range(first, last + 1):
            if index % drawn:
                continue
            at = origin + index * pitch
            named = index % label == 0
            reach = out if named else 0.0
            style = "grid.major" if named else "grid"
            if axis == 0:
                sketch.line(at, y0, at, y1 + reach, style, level=Level.NEAR)
                if named:
                    bubble(sketch, at, y1 + out + 3.2 * k, str(index + 1 if index >= 0 else index), k)
            else:
                sketch.line(x0, at, x1 + reach, at, style, level=Level.NEAR)
                if named:
                    bubble(sketch, x1 + out + 3.2 * k, at, grid_letter(index), k)


def _group(sketch: Sketch, name: str, box: Box, margin: float, k: float) -> None:
    m = margin * k
    x0, y0, x1, y1 = box[0] - m, box[1] - m, box[2] + m, box[3] + m
    sketch.polygon([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], "area.group", level=Level.MIDDLE)
    sketch.text(x0 + 1.0 * k, y1 + 2.0 * k, name, 3.5 * 0.729 * k, "area.group", level=Level.MIDDLE)


def draw_ordinates(
    project: Reader, block: str, extent: Box, rows: Sequence[Row], scale: float, part: bool = False
) -> Batch:
    """Draw the running dimensions, which lie below the lengths of rows: no line runs through those texts."""
    x0, y0, x1, y1 = extent
    datum = (x0, y0) if part else datum_of(project, block)
    xs, ys = [x0, x1], [y0, y1]
    for row in rows:
        along, across = (xs, ys) if row.axis == 0 else (ys, xs)
        along += [row.low, row.high]
        across.append(row.front)
    sketch = Sketch()
    ordinates(sketch, xs, datum[0], y0 - 8.0 * scale, y0 - 1.5 * scale, 0, scale)
    ordinates(sketch, ys, datum[1], x0 - 8.0 * scale, x0 - 1.5 * scale, 1, scale)
    return sketch.freeze()


def _length_at(row: Row, known: Beside, k: float) -> float:
    """Return where the length of a row stands: in front of it, or behind it where that aisle is narrow."""
    free = known.free(row, in_front=False)
    behind = known.free(row, in_front=True) < 16.0 * k < free
    edge, side = (row.rear, -row.facing) if behind else (row.front, row.facing)
    # The text stands above its line: farther off where that is towards the racks, or over a group's name.
    over_name = behind and side > 0 and free > 26.0 * k
    return edge + side * (9.4 if over_name else 3.4 if side > 0 else 6.4) * k


def _row_length(sketch: Sketch, row: Row, known: Beside, k: float) -> None:
    length, at = row.high - row.low, _length_at(row, known, k)
    text = f"{row.text} = {measure(length)}" if row.text else measure(length)
    if row.axis == 0:
        dimension(sketch, (row.low, at), (row.high, at), text, k, backed=True)
    else:
        dimension(sketch, (at, row.low), (at, row.high), text, k, backed=True)

"""A-102: what the floor carries, drawn on the plan: masses, worst feet, zones, rows, and the way in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from core.drawing.batch import Anchor, Batch, Sketch
from core.drawing.dimensions import TEXT
from core.drawing.plan_marks import Box as Extent
from core.engine.path_in import way_in
from core.report.context import Context
from core.report.flow import flow_sheets
from core.report.plan_frame import PlanFrame, arrow, fits_across, framed, hatch
from core.report.sheet import CAUTION, Page, Sheet
from core.report.sheets.floor_schedule import Way, floor_pieces
from core.report.values import mass
from core.units import show, symbol

if TYPE_CHECKING:
    from core.engine.evaluation import Evaluation

_STEPS = 5
_PITCH = 3.3
"""From line to line [mm on paper]."""
_WAYS = ("flow.c0", "flow.c1")


def sheets(context: Context, ids: Iterator[str]) -> list[Sheet]:
    """Return plan and tables; none without an evaluation or racks."""
    of = context.evaluation
    if of is None or not (of.snapshot.rack_type >= 0).any():
        return []
    frame, ways = framed(context), ways_of(of)

    def draw(page: Page) -> None:
        _draw(page, frame, of, ways)

    base = Sheet(next(ids), "Floor loading", "Plans", draw, "operating mass", caution=CAUTION)
    return [
        replace(base, scale=f"1:{frame.scale:g}"),
        *flow_sheets(context, floor_pieces(context, of, ways), ids, replace(base, subtitle="schedule")),
    ]


def ways_of(of: Evaluation) -> tuple[Way, ...]:
    """Return the way in of the heaviest rack, and of the tallest if it is another type."""
    snap, kg = of.snapshot, of.floor_load.rack_operating_kg
    rows = np.flatnonzero(of.ways_in.rack_judged)
    if not len(rows):
        return ()
    heaviest = int(rows[np.argmax(kg[rows])])
    tall = of.ways_in.rack_height_mm
    tallest = int(rows[np.lexsort((-kg[rows], -tall[rows]))[0]])
    if tall[tallest] <= tall[heaviest]:
        return (Way("heaviest and tallest", heaviest, way_in(snap, heaviest)),)
    return (
        Way("heaviest", heaviest, way_in(snap, heaviest)),
        Way("tallest", tallest, way_in(snap, tallest)),
    )


def _draw(page: Page, frame: PlanFrame, of: Evaluation, ways: tuple[Way, ...]) -> None:
    load, snap = of.floor_load, of.snapshot
    rack = {snap.rack_path(row): row for row in np.flatnonzero(snap.rack_type >= 0).tolist()}
    present = np.array(list(rack.values()))
    kg = load.rack_operating_kg
    low, high = float(kg[present].min()), float(kg[present].max())
    frame.draw(
        page, (frame.ground(page.context), _things(frame, of, rack, low, high), _marks(frame, of, ways))
    )
    _legend(page, of, ways, low, high)


def _things(frame: PlanFrame, of: Evaluation, rack: dict[str, int], low: float, high: float) -> Batch:
    """Draw racks by their mass with their numbers; floor devices plain."""
    sketch, k, load = Sketch(), frame.k, of.floor_load
    over = load.rack_worst_foot_kg > load.rack_point_limit_kg + 1e-6
    for at, path in enumerate(frame.things.paths):
        corners = frame.things.corners[at]
        (x0, y0), (x1, y1) = corners.min(axis=0), corners.max(axis=0)
        box = (float(x0), float(y0), float(x1), float(y1))
        row = rack.get(path, -1)
        if row < 0:
            sketch.rect(box[0], box[1], box[2] - box[0], box[3] - box[1], "paint.none")
            continue
        kg = float(load.rack_operating_kg[row])
        sketch.rect(box[0], box[1], box[2] - box[0], box[3] - box[1], _fill(kg, low, high))
        if over[row]:
            hatch(sketch, box, 1.5 * k, "finding.error")
            sketch.rect(box[0], box[1], box[2] - box[0], box[3] - box[1], "finding.error")
        _numbers(sketch, box, (mass(kg), mass(float(load.rack_worst_foot_kg[row]))), k, bool(over[row]))
    return sketch.freeze()


def _fill(kg: float, low: float, high: float) -> str:
    step = min(int(_STEPS * (kg - low) / (high - low)), _STEPS - 1) if high > low + 1 else 1
    return f"paint.s{step}"


def _numbers(sketch: Sketch, box: Extent, lines: tuple[str, str], k: float, backed: bool) -> None:
    """Write mass and worst foot along the longer side of a rack, as far as there is room."""
    x0, y0, x1, y1 = box
    upright = y1 - y0 > x1 - x0
    breadth, long = min(x1 - x0, y1 - y0), max(x1 - x0, y1 - y0)
    shown = lines if breadth >= 2 * _PITCH * k else lines[:1]
    if breadth < TEXT * 1.1 * k or not all(fits_across(line, long, k) for line in shown):
        return
    for i, line in enumerate(shown):
        off = (len(shown) - 1 - 2 * i) * _PITCH / 2 * k
        x, y = (x0 + x1) / 2 - (off if upright else 0), (y0 + y1) / 2 + (0 if upright else off)
        if backed:
            wide, high = len(line) * 0.7 * TEXT * k, 1.3 * TEXT * k
            w, h = (high, wide) if upright else (wide, high)
            sketch.rect(x - w / 2, y - h / 2, w, h, "label.back")
        sketch.text(
            x, y, line, TEXT * k, "text.bold" if not i else "text", anchor=Anchor.CENTRE,
            angle=90.0 if upright else 0.0,
        )  # fmt: skip


def _marks(frame: PlanFrame, of: Evaluation, ways: tuple[Way, ...]) -> Batch:
    """Draw rows with their totals, ratings of zones, and the ways in."""
    sketch, k = Sketch(), frame.k
    rated = {zone.path: zone for zone in of.floor_load.zones}
    for area in of.snapshot.areas:
        zone = rated.get(area.path)
        if zone is None:
            continue
        xs, ys = [p[0] for p in area.points], [p[1] for p in area.points]
        is_over = zone.load_kg_m2 > zone.limit_kg_m2 + 1e-6
        words = (
            f"{zone.name}: {show(zone.load_kg_m2, 'kg/m2')} of {show(zone.limit_kg_m2, 'kg/m2')}"
            f"{', OVER' if is_over else ''}"
        )
        if is_over:
            sketch.polygon([(float(x), float(y)) for x, y in area.points], "finding.error")
        _label(sketch, (min(xs) + max(xs)) / 2, min(ys) + 2.5 * k, words, k, bold=is_over)
    for number, row in enumerate(of.aisles.rows, start=1):
        total = of.floor_load.rows[number - 1]
        middle = (row.start_mm + row.end_mm) / 2
        across = row.face_mm("front") + row.way("front") * 2.2 * k
        words = f"Row {number}: {show(total.mass_kg, 'kg')}, {show(total.kg_m, 'kg/m')}"
        if len(total.racks) < 2 or not fits_across(words, row.length_mm * 1.6, k):
            words = str(number)
            middle = row.start_mm - (0.8 + 0.4 * len(words)) * TEXT * k
            across = (row.face_mm("front") + row.face_mm("rear")) / 2
        if row.axis == 1:
            _label(sketch, middle, across, words, k)
        else:
            _label(sketch, across, middle, words, k, angle=90.0)
    for style, way in zip(_WAYS, ways, strict=False):
        if len(way.points) > 1:
            arrow(sketch, way.points, style, 3.0 * k)
    return sketch.freeze()


def _label(
    sketch: Sketch, x: float, y: float, words: str, k: float, *, angle: float = 0.0, bold: bool = False
) -> None:
    wide, high = len(words) * 0.66 * TEXT * k, 1.5 * TEXT * k
    w, h = (high, wide) if angle else (wide, high)
    sketch.rect(x - w / 2, y - h / 2, w, h, "label.back")
    sketch.text(
        x, y, words, TEXT * k, "text.bold" if bold else "text", anchor=Anchor.CENTRE, angle=angle
    )  # fmt: skip


def _legend(page: Page, of: Evaluation, ways: tuple[Way, ...], low: float, high: float) -> None:
    area, sketch = page.area, Sketch()
    x, y = area.x + 75.0, area.y + 8.0
    steps = _STEPS if high > low + 1 else 1
    for i in range(steps):
        sketch.rect(x, y - 1.5, 6.0, 3.0, f"paint.s{i if steps > 1 else 1}")
        top = low + (high - low) * (i + 1) / steps
        words = f"to {mass(top)}" if steps > 1 else mass(high)
        sketch.text(x + 7.5, y, words, TEXT)
        x += 9.5 + len(words) * 0.8 * TEXT
    sketch.text(x, y, f"{symbol('kg')} operating", TEXT)
    x += 24.0
    limited = ~np.isnan(of.floor_load.rack_point_limit_kg[of.snapshot.rack_type >= 0]).all()
    if limited:
        hatch(sketch, (x, y - 1.5, x + 6.0, y + 1.5), 1.5, "finding.error")
        sketch.rect(x, y - 1.5, 6.0, 3.0, "finding.error")
        sketch.text(x + 7.5, y, "foot above the rating", TEXT)
        x += 46.0
    for style, way in zip(_WAYS, ways, strict=False):
        arrow(sketch, ((x, y), (x + 9.0, y)), style, 2.0)
        words = f"way in, {way.what} rack" + ("" if way.points else ": none found")
        sketch.text(x + 10.5, y, words, TEXT)
        x += 14.0 + len(words) * 0.8 * TEXT
    page.pdf.batch(sketch.freeze())
    unit = symbol("kg")
    rating = "" if limited else " No rating for one foot is given: hold."
    note = (
        f"In racks: operating mass and worst foot [{unit}], coolant and cables within; a quarter of the mass "
        f"is not the worst foot.{rating} Grey: floor equipment, feet by its maker. Structural engineer to "
        "confirm."
    )
    page.text(area.x + 75.0, area.y + 2.5, note, room=area.width - 76)

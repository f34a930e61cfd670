"""T-1xx: pathways to scale by what they carry, how full and heavy each piece is, and their schedule."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from core.drawing.batch import Anchor, Batch, Sketch
from core.drawing.dimensions import TEXT
from core.drawing.plan_pathways import edge_style
from core.engine.pathways import Pathways
from core.report.clouded import NONE, Marks, draw_clouds
from core.report.context import Context
from core.report.flow import flow_sheets
from core.report.pathway_tags import pathway_tags
from core.report.plan_frame import PlanFrame, fits_across, framed, hatch
from core.report.sheet import CAUTION, Page, Sheet, numbers
from core.report.sheets.pathway_schedule import fill_text, pathway_pieces
from core.units import converted, measure, number_text, symbol

if TYPE_CHECKING:
    from core.engine.evaluation import Evaluation
    from core.engine.placed_plan import PlacedPathway

KINDS = {"": "data", "fibre": "fibre", "copper": "copper", "power": "power", "coolant": "coolant"}
_STEPS = 5
_PITCH = 3.3
_OWN = {"pipe": "coolant", "busway": "power"}


def sheets(context: Context) -> list[Sheet]:
    """Return a plan for each kind of cables that has pathways, and the schedule; none where none is drawn."""
    of = context.evaluation
    if of is None or not of.snapshot.pathways:
        return []
    ids = numbers("T", 101)
    points = np.array([p[:2] for way in of.snapshot.pathways for p in way.points], np.float64)
    frame = framed(context, points)
    found = []
    for kind, words in KINDS.items():
        ways = [way for way in of.snapshot.pathways if carried(way) == kind]
        if not ways:
            continue

        changed, clouds = _changed(context, ways)

        def draw(
            page: Page, ways: list[PlacedPathway] = ways, changed: list[PlacedPathway] = changed
        ) -> None:
            _draw(page, frame, of, ways)
            draw_clouds(page, [_around(frame, way) for way in changed])

        scale = f"1:{frame.scale:g}"
        found.append(
            Sheet(
                next(ids), "Pathway plan", "Pathways", draw, words,
                scale=scale, caution=CAUTION, clouds=clouds,
            )
        )  # fmt: skip
    base = Sheet("", "Pathway schedule", "Pathways", _nothing, caution=CAUTION)
    return found + flow_sheets(context, pathway_pieces(context, of), ids, base)


def _changed(context: Context, ways: list[PlacedPathway]) -> tuple[list[PlacedPathway], Marks]:
    """Return the pathways that are new or changed since the issue before, and their changes."""
    since = context.since
    if since is None:
        return [], NONE
    marks = {way.path: since.marks(way.block, (way.record.id,)) for way in ways}
    return [way for way in ways if marks[way.path]], NONE.union(*marks.values())


def _around(frame: PlanFrame, way: PlacedPathway) -> tuple[float, float, float, float]:
    """Return the box around a pathway on paper [mm]."""
    points, aside = np.array([p[:2] for p in way.points], np.float64), way.record.width_mm / 2
    low, high = (points.min(axis=0) - aside) / frame.k, (points.max(axis=0) + aside) / frame.k
    return frame.x + low[0], frame.y + low[1], high[0] - low[0], high[1] - low[1]


def carried(way: PlacedPathway) -> str:
    """Return what a pathway carries; pipes and busways carry their own."""
    return way.record.carries or _OWN.get(way.record.kind, "")


def _nothing(page: Page) -> None:
    """Draw nothing."""


def _draw(page: Page, frame: PlanFrame, of: Evaluation, ways: list[PlacedPathway]) -> None:
    frame.draw(page, (frame.ground(page.context), _things(frame), _runs(frame, of, ways)))
    _legend(page, of, ways)


def _things(frame: PlanFrame) -> Batch:
    """Draw what stands below, pale and without names."""
    sketch = Sketch()
    for corners, is_rack in zip(frame.things.corners, frame.things.is_rack.tolist(), strict=True):
        (x0, y0), (x1, y1) = corners.min(axis=0), corners.max(axis=0)
        sketch.rect(x0, y0, x1 - x0, y1 - y0, "rack.opening" if is_rack else "table.stripe")
    return sketch.freeze()


def _runs(frame: PlanFrame, of: Evaluation, ways: list[PlacedPathway]) -> Batch:
    sketch, k = Sketch(), frame.k
    tags, found = pathway_tags(of), of.cabling.pathways
    for way in ways:
        row = -1 if found is None else found.segments.pathway_rows.get(way.path, -1)
        if found is None or row < 0:
            _bare(sketch, way, tags[way.path], k)
            continue
        pieces = np.flatnonzero(found.segments.pathway == row)
        flat = [s for s in pieces.tolist() if _flat_mm(found, s) > 0]
        longest = max(flat, key=lambda s: _flat_mm(found, s), default=-1)
        for segment in pieces.tolist():
            _piece(sketch, found, segment, way, tags[way.path], k, segment == longest)
    return sketch.freeze()


def _flat_mm(found: Pathways, segment: int) -> float:
    (x1, y1, _), (x2, y2, _) = found.segments.start[segment], found.segments.end[segment]
    return math.hypot(x2 - x1, y2 - y1)


def is_over(found: Pathways, segment: int) -> bool:
    """Tell whether a segment is fuller or heavier than allowed."""
    load = found.segments.ways[found.segments.pathway[segment]].record.load_kg_m
    full = found.segment_fill[segment] > found.segment_fill_max[segment] + 1e-9
    return bool(full or (load is not None and found.segment_kg_m[segment] > load + 1e-9))


def _piece(
    sketch: Sketch, found: Pathways, segment: int, way: PlacedPathway, tag: str, k: float, named: bool
) -> None:
    (x1, y1, z1), (x2, y2, _) = found.segments.start[segment].tolist(), found.segments.end[segment].tolist()
    half, over = max(way.record.width_mm, 50) / 2, is_over(found, segment)
    if (x1, y1) == (x2, y2):
        style = "finding.error" if over else edge_style(way.record)
        sketch.line(x1 - half, y1 - half, x1 + half, y1 + half, style)
        sketch.line(x1 - half, y1 + half, x1 + half, y1 - half, style)
        return
    corners = _quad(x1, y1, x2, y2, half)
    sketch.polygon(corners, _fill(found, segment))
    for a, b in ((0, 1), (3, 2)):
        sketch.line(*corners[a], *corners[b], "finding.error" if over else edge_style(way.record))
    box = (
        min(p[0] for p in corners), min(p[1] for p in corners),
        max(p[0] for p in corners), max(p[1] for p in corners),
    )  # fmt: skip
    if over and (x1 == x2 or y1 == y2):
        hatch(sketch, box, 2.0 * k, "finding.error")
    used = found.segment_cables[segment] > 1e-9
    first = f"{tag}  {fill_text(found, segment)}" if used else f"{tag}  empty"
    if used:
        kg = converted(float(found.segment_kg_m[segment]), "kg/m")[0]
        first += f"  {number_text(kg, digits=3)} {symbol('kg/m')}"
    lines = [first]
    if named:
        lines.append(f"z {measure(z1)}  {measure(way.record.width_mm)} × {measure(way.record.depth_mm)}")
    _words(sketch, (x1, y1, x2, y2), lines, tag, 2 * half, k, over)


def _quad(x1: float, y1: float, x2: float, y2: float, half: float) -> list[tuple[float, float]]:
    long = math.hypot(x2 - x1, y2 - y1)
    nx, ny = -(y2 - y1) / long * half, (x2 - x1) / long * half
    return [(x1 + nx, y1 + ny), (x2 + nx, y2 + ny), (x2 - nx, y2 - ny), (x1 - nx, y1 - ny)]


def _fill(found: Pathways, segment: int) -> str:
    if found.segment_cables[segment] <= 1e-9:
        return "label.back"
    share = found.segment_fill[segment] / found.segment_fill_max[segment]
    return "paint.none" if not np.isfinite(share) else f"paint.s{min(int(share * _STEPS), _STEPS - 1)}"


def _words(
    sketch: Sketch, ends: tuple[float, float, float, float], lines: list[str], tag: str, breadth: float,
    k: float, backed: bool,
) -> None:  # fmt: skip
    """Write along a piece: all lines, else the first, else its number, as far as there is room."""
    x1, y1, x2, y2 = ends
    long = math.hypot(x2 - x1, y2 - y1)
    if len(lines) > 1 and (breadth < 2 * _PITCH * k or not fits_across(lines[1], long, k)):
        lines = lines[:1]
    if not fits_across(lines[0], long, k):
        lines = [tag]
        if not fits_across(tag, long, k):
            return
    upright = abs(y2 - y1) > abs(x2 - x1)
    for i, line in enumerate(lines):
        off = (len(lines) - 1 - 2 * i) * _PITCH / 2 * k
        x, y = (x1 + x2) / 2 - (off if upright else 0), (y1 + y2) / 2 + (0 if upright else off)
        style = "text.bold" if backed else "text"
        sketch.text(x, y, line, TEXT * k, style, anchor=Anchor.CENTRE, angle=90.0 if upright else 0.0)


def _bare(sketch: Sketch, way: PlacedPathway, tag: str, k: float) -> None:
    """Draw a pipe or busway: no cables lie in it."""
    half = max(way.record.width_mm, 50) / 2
    longest, most = None, 0.0
    for (x1, y1, z1), (x2, y2, _) in zip(way.points, way.points[1:], strict=False):
        long = math.hypot(x2 - x1, y2 - y1)
        if long:
            sketch.polygon(_quad(x1, y1, x2, y2, half), "paint.none")
        if long > most:
            longest, most = ((x1, y1, x2, y2), z1), long
    if longest is not None:
        ends, z = longest
        lines = [f"{tag}  {way.record.kind}", f"z {measure(z)}"]
        _words(sketch, ends, lines, tag, 2 * half, k, backed=False)


def _legend(page: Page, of: Evaluation, ways: list[PlacedPathway]) -> None:
    area, sketch = page.area, Sketch()
    x, y = area.x + 75.0, area.y + 8.0
    sketch.text(x, y, "Fill, of what is allowed:", TEXT)
    x += 38.0
    for i in range(_STEPS):
        sketch.rect(x, y - 1.5, 6.0, 3.0, f"paint.s{i}")
        words = f"to {(i + 1) * 100 // _STEPS} %"
        sketch.text(x + 7.5, y, words, TEXT)
        x += 12.0 + len(words) * 0.75 * TEXT
    hatch(sketch, (x, y - 1.5, x + 6.0, y + 1.5), 1.5, "finding.error")
    sketch.rect(x, y - 1.5, 6.0, 3.0, "finding.error")
    sketch.text(x + 7.5, y, "more than allowed", TEXT)
    x += 38.0
    sketch.line(x, y - 1.5, x + 3.0, y + 1.5, "thin")
    sketch.line(x, y + 1.5, x + 3.0, y - 1.5, "thin")
    sketch.text(x + 5.0, y, "rise or drop", TEXT)
    page.pdf.batch(sketch.freeze())
    most = sorted({f"{w.record.fill_max:.0%}" for w in ways if w.record.fill_max is not None})
    share = f"{of.snapshot.brief.assume('tray_fill'):.0%}"
    allowed = ", ".join(dict.fromkeys([*most, f"{share} where none is given"])).replace("%", " %")
    unit = symbol("mm")
    note = (
        f"In each piece: number, fill of width × depth, mass of cables [{symbol('kg/m')}]"
        f"; z is its height [{unit}], then width × depth. Allowed: {allowed}. Supports by others."
    )
    page.text(area.x + 75.0, area.y + 2.5, note, room=area.width - 76)

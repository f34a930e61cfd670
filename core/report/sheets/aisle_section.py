"""A-301: sections across the rows of each room: racks, aisles, containment and pathways in height."""

from __future__ import annotations

from itertools import pairwise

from core.drawing.batch import Anchor, Batch, Level, Sketch
from core.drawing.dimensions import TEXT, dimension
from core.drawing.plan import footprints
from core.drawing.plan_marks import datum_of
from core.report.aisle_section_cut import Met, Section, sections_of
from core.report.context import Context
from core.report.paper import Box, scale_bar, scale_to_fit
from core.report.plan_frame import fits_across, hatch
from core.report.sheet import CAUTION, Page, Sheet, numbers
from core.units import measure, symbol

_MARGINS = (14.0, 34.0, 78.0, 14.0)
"""Room for marks around the section: left, below, right, above [mm]."""
_PITCH = 3.3
_SLAB = 2.5
"""Thickness of floor and walls as drawn [mm on paper]: nobody has stated theirs."""
_AIR = {"cold": "air.intake", "hot": "air.exhaust", "mixed": "text.bold"}
_STYLE = {
    "rack": "rack.plan", "unit": "device.cooling", "wall": "area.column", "containment": "area.containment",
}  # fmt: skip


def sheets(context: Context) -> list[Sheet]:
    """Return a section for each direction of rows of each room; none without racks on a floor."""
    of = context.evaluation
    top = context.project.blocks.get(context.project.top)
    if of is None or top is None or top.kind != "floor" or not of.aisles.rows:
        return []
    ids, found = numbers("A", 301), []
    for section in sections_of(context, of, footprints(context.project, context.project.top)):
        area, zoom = context.paper.above, context.paper.zoom
        left, low, right, high = _MARGINS
        room = Box(area.x + left, area.y + low, area.width - left - right, area.height - low - high)
        breadth = section.high_mm - section.low_mm
        scale = scale_to_fit(breadth / zoom, section.top_mm / zoom, room)

        def draw(
            page: Page, section: Section = section, room: Box = room, k: float = scale * zoom
        ) -> None:  # fmt: skip
            _draw(page, section, room, k)

        title = f"{section.name}-{section.name}" + (f", {section.room}" if section.room else "")
        found.append(
            Sheet(next(ids), "Aisle section", "Plans", draw, title, scale=f"1:{scale:g}", caution=CAUTION)
        )
    return found


def _draw(page: Page, section: Section, room: Box, k: float) -> None:
    breadth = section.high_mm - section.low_mm
    x = room.x + (room.width - breadth / k) / 2 - section.low_mm / k
    y = room.y + (room.height - section.top_mm / k) / 2 - section.z_mm / k
    for batch in (_shell(section, k), _things(section, k), _aisles(section, k), _levels(section, k)):
        page.tick()
        page.pdf.batch(batch, x, y, 1 / k)
    bar = Sketch()
    scale_bar(bar, page.area.x + 2.0, page.area.y + 1.0, k)
    page.pdf.batch(bar.freeze())
    _notes(page, section)


def _shell(section: Section, k: float) -> Batch:
    """Draw floor, walls and the clear height of the room."""
    sketch, t = Sketch(), _SLAB * k
    low, high, z = section.low_mm, section.high_mm, section.z_mm
    walled = bool(section.room)
    left, right = (low - t, high + t) if walled else (low, high)
    hatch(sketch, (left, z - t, right, z), 2.0 * k, "thin")
    sketch.line(left, z, right, z, "area.room")
    if not walled:
        return sketch.freeze()
    top = z + section.top_mm
    for u, u2 in ((left, low), (high, right)):
        hatch(sketch, (u, z, u2, top), 2.0 * k, "thin")
        inner = u2 if u2 == low else u
        sketch.line(inner, z, inner, top, "area.room")
    if section.height_mm:
        sketch.line(low, top, high, top, "hidden")
    return sketch.freeze()


def _things(section: Section, k: float) -> Batch:
    """Draw what is cut, containment below the rest, and its names."""
    sketch = Sketch()
    for met in sorted(section.met, key=lambda m: m.kind != "containment"):
        wide, high = met.u2 - met.u, met.z2 - met.z
        if met.kind == "pathway":
            sketch.rect(met.u, met.z, wide, max(high, 0.4 * k), "label.back", level=Level.MIDDLE)
            sketch.rect(met.u, met.z, wide, max(high, 0.4 * k), "outline", level=Level.MIDDLE)
        elif high <= 0:
            sketch.line(met.u, met.z + 0.5 * k, met.u2, met.z + 0.5 * k, "rack.unknown")
            if fits_across(met.name, wide, k):
                spot = (met.u + met.u2) / 2, met.z + 2.5 * k
                sketch.text(*spot, met.name, TEXT * k, anchor=Anchor.CENTRE, level=Level.NEAR)
        else:
            sketch.rect(met.u, met.z, wide, high, _STYLE[met.kind])
        if met.kind == "rack":
            _rack(sketch, met, k)
        elif met.kind in ("unit", "wall") and met.name:
            _upright(sketch, met, [met.name], k)
    _tags(sketch, section, k)
    return sketch.freeze()


def _rack(sketch: Sketch, met: Met, k: float) -> None:
    face = met.u2 if met.front > 0 else met.u
    sketch.line(face, met.z, face, met.z2, "rack.front", level=Level.NEAR)
    _upright(sketch, met, [met.name, f"{met.note}, {measure(met.z2 - met.z)} high"], k)


def _upright(sketch: Sketch, met: Met, lines: list[str], k: float) -> None:
    """Write up the middle of something, as far as there is room."""
    shown = [line for line in lines if fits_across(line, met.z2 - met.z, k)]
    shown = shown[: max(int((met.u2 - met.u) / (_PITCH * k)), 0)]
    for i, line in enumerate(shown):
        off = (len(shown) - 1 - 2 * i) * _PITCH / 2 * k
        sketch.text(
            (met.u + met.u2) / 2 - off, (met.z + met.z2) / 2, line, TEXT * k, "text" if i else "text.bold",
            anchor=Anchor.CENTRE, angle=90.0, level=Level.NEAR,
        )  # fmt: skip


def _tags(sketch: Sketch, section: Section, k: float) -> None:
    """Write number and size beside each pathway, those one over another kept apart."""
    ways = sorted((m for m in section.met if m.kind == "pathway"), key=lambda m: (m.u2, m.z))
    written: list[tuple[float, float]] = []
    edges = sorted({m.u for m in section.met if m.kind in ("pathway", "wall")} | {section.high_mm})
    for met in ways:
        y = (met.z + met.z2) / 2
        while any(abs(u - met.u2) < 12 * k and abs(v - y) < 2.5 * k for u, v in written):
            y += 0.5 * k
        written.append((met.u2, y))
        words = f"{met.name}  {measure(met.u2 - met.u)} × {measure(met.z2 - met.z)}"
        spare = min((e - met.u2 for e in edges if e > met.u2), default=1e9)
        shown = words if fits_across(words, spare - 1.0 * k, k) else met.name
        sketch.text(met.u2 + 1.0 * k, y, shown, TEXT * k, level=Level.NEAR)


def _aisles(section: Section, k: float) -> Batch:
    """Draw widths of aisles, depths of racks and what is left at the ends, and what each aisle is."""
    sketch, z = Sketch(), section.z_mm
    racks = sorted((m for m in section.met if m.kind == "rack"), key=lambda m: m.u)
    line = z - (_SLAB + 8.0) * k
    spans = [(low, high) for _, low, high in section.aisles] + [(m.u, m.u2) for m in racks]
    spans += [(a.u2, b.u) for a, b in pairwise(racks)]
    if section.room:
        spans += [(section.low_mm, racks[0].u), (racks[-1].u2, section.high_mm)]
    drawn: list[tuple[float, float]] = []
    for low, high in spans:
        if high - low < 1 or any(low < b - 1 and high > a + 1 for a, b in drawn):
            continue
        drawn.append((low, high))
        words = measure(high - low)
        dimension(sketch, (low, line), (high, line), words, k)
        for u in (low, high):
            sketch.line(u, z - (_SLAB + 1.0) * k, u, line - 1.0 * k, "dimension.extension")
    for aisle, low, high in section.aisles:
        held = [m for m in section.met if m.kind == "containment" and m.u < high - 1 and m.u2 > low + 1]
        middle, level = (low + high) / 2, z + 0.45 * max(m.z2 - m.z for m in racks)
        lines = [f"{aisle.kind.capitalize()} aisle", *("contained" for m in held[:1])]
        upright = not all(fits_across(words, high - low, k) for words in lines)
        for i, words in enumerate(lines):
            off = i * _PITCH * k
            spot = (middle + off, level) if upright else (middle, level - off)
            sketch.text(
                *spot, words, TEXT * k, "text" if i else _AIR[aisle.kind], anchor=Anchor.CENTRE,
                angle=90.0 if upright else 0.0, level=Level.NEAR,
            )  # fmt: skip
    return sketch.freeze()


def levels_of(section: Section) -> list[tuple[float, str]]:
    """Return the heights written at the side, above the floor, and what is there [mm]."""
    said: dict[float, list[str]] = {0.0: ["floor" if not section.floor else f"floor, {section.floor}"]}
    for kind, words in (("rack", "top of racks"), ("containment", "top of containment")):
        for met in section.met:
            if met.kind == kind and met.z2 > met.z:
                lines = said.setdefault(met.z2 - section.z_mm, [])
                if words not in lines:
                    lines.append(words)
    ways: dict[float, list[str]] = {}
    for met in section.met:
        if met.kind == "pathway" and met.name not in ways.setdefault(met.z - section.z_mm, []):
            ways[met.z - section.z_mm].append(met.name)
    for level, names in ways.items():
        shown = " ".join(names) if len(names) <= 4 else f"{names[0]} … {names[-1]}"
        said.setdefault(level, []).append(f"underside of {shown}")
    if section.height_mm:
        said.setdefault(section.height_mm, []).append("clear height of the room")
    return [(level, ", ".join(said[level])) for level in sorted(said)]


def _levels(section: Section, k: float) -> Batch:
    """Write heights at the right, apart from each other, with lines to where they are."""
    sketch, z = Sketch(), section.z_mm
    edge = section.high_mm + (_SLAB + 1.0 if section.room else 1.0) * k
    before = -1e9
    for level, words in levels_of(section):
        y = max(z + level, before + _PITCH * k)
        before = y
        sketch.line(edge, z + level, edge + 3.0 * k, z + level, "dimension")
        sketch.line(edge + 3.0 * k, z + level, edge + 7.0 * k, y, "dimension")
        sketch.text(edge + 8.0 * k, y, f"{measure(level)}  {words}", TEXT * k, "dimension")
    return sketch.freeze()


def _notes(page: Page, section: Section) -> None:
    area, line = page.area, "y" if section.axis == 0 else "x"
    looks = "+y" if section.axis == 0 else "-x"
    project = page.context.project
    at = section.at_mm - datum_of(project, project.top)[1 - section.axis]
    first = (
        f"Cut at {line} {measure(at)} of A-101, looking to {looks}; only what is cut is shown. "
        f"Heights above the floor [{symbol('mm')}]. Blue line: front of rack. P: see the pathway plans."
    )
    hold = []
    if section.room and not section.height_mm:
        hold.append("clear height of the room")
    if section.floor == "raised":
        hold.append("depth of the raised floor")
    if not section.floor:
        hold.append("slab or raised floor")
    if any(m.kind != "pathway" and m.z2 <= m.z for m in section.met):
        hold.append("heights of what is dashed")
    second = "Floor and walls by others, not to thickness." + (f" Hold: {', '.join(hold)}." if hold else "")
    page.text(area.x + 75.0, area.y + 5.0, first, room=area.width - 76)
    page.text(area.x + 75.0, area.y + 1.0, second, room=area.width - 76)

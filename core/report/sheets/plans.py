"""A-1xx: the hall to scale, plans of the floor blocks in it, and the schedule of racks."""

from __future__ import annotations

import numpy as np

from core.drawing.batch import Sketch
from core.drawing.placed import PlacedBlock
from core.drawing.plan import Footprints, footprints, plan, plan_extent, two_lines
from core.drawing.plan_marks import Box as Extent
from core.drawing.plan_marks import datum_of
from core.drawing.revision_cloud import cloud
from core.drawing.underlays import underlay_lines, underlay_pictures
from core.model.records import Area
from core.model.types import DeviceType, RackType
from core.report.clouded import NONE
from core.report.context import Context
from core.report.paper import Box, scale_bar, scale_to_fit
from core.report.racks import elevation_ids, position_of, size_of
from core.report.sheet import Page, Sheet, numbers, table_sheets
from core.report.sheets import floor_loading
from core.report.tables import Column, Table
from core.report.values import UNKNOWN, at_least, kilo, mass, show
from core.units import length, measure, per, symbol

_MARGINS = (18.0, 16.0, 36.0, 20.0)
"""Room for dimensions, bubbles and the north arrow: left, below, right, above [mm]."""
_FACING = {0: "-y", 90: "+x", 180: "+y", 270: "-x"}


def sheets(context: Context) -> list[Sheet]:
    """Return the plans and the rack schedule."""
    project = context.project
    top = project.blocks.get(project.top)
    if top is None or top.kind != "floor":
        return []
    ids = numbers("A", 101)
    found = [_plan_sheet(context, project.top, next(ids), "Floor plan", top.name, False)]
    found += floor_loading.sheets(context, ids)
    schedule = Sheet("", "Schedule of racks and floor equipment", "Plans", _nothing)
    found += table_sheets(context, rack_schedule(context), ids, schedule)
    for block, count in _parts(context):
        name = project.blocks[block].name
        built = f"{name}, built {count} times" if count > 1 else name
        found.append(_plan_sheet(context, block, next(ids), "Enlarged plan", built, True))
    return found


def _nothing(page: Page) -> None:
    """Draw nothing."""


def _parts(context: Context) -> list[tuple[str, int]]:
    """Return the floor blocks below the top that hold racks of their own, with how often they are built."""
    project = context.project
    counts: dict[str, int] = {}
    for at in context.placement.blocks.values():
        if at.depth and at.block.kind == "floor":
            counts[at.block.id] = counts.get(at.block.id, 0) + 1
    holds = {
        block
        for block in counts
        if any(
            (b := project.blocks.get(i.of)) is not None and b.kind == "rack"
            for i in project.instances(block).values()
        )
    }
    return [(block, count) for block, count in counts.items() if block in holds]


def _plan_sheet(context: Context, block: str, id_: str, title: str, subtitle: str, part: bool) -> Sheet:
    things = footprints(context.project, block)
    x0, y0, x1, y1 = plan_extent(context.project, block, things)
    area = context.paper.above
    left, low, right, high = _MARGINS
    room = Box(area.x + left, area.y + low, area.width - left - right, area.height - low - high)
    zoom = context.paper.zoom
    k = scale_to_fit((x1 - x0) / zoom, (y1 - y0) / zoom, room)

    def draw(page: Page) -> None:
        _draw(page, block, things, (x0, y0, x1, y1), room, k * zoom, part)

    places = tuple(at.path for at in context.placement.blocks.values() if at.block.id == block)
    since = context.since
    standing = {path.partition("/")[0] for path in things.paths} | set(context.project.rows("areas", block))
    clouds = NONE if since is None else since.marks(block, standing)
    return Sheet(id_, title, "Plans", draw, subtitle, scale=f"1:{k:g}", about=places, clouds=clouds)


def _draw(
    page: Page, block: str, things: Footprints, extent: Extent, room: Box, k: float, part: bool
) -> None:
    x0, y0, x1, y1 = extent
    drawn = plan(page.context.project, block, scale=k, things=things, part=part, full_tags=True)
    at_x = room.x + (room.width - (x1 - x0) / k) / 2 - x0 / k
    at_y = room.y + (room.height - (y1 - y0) / k) / 2 - y0 / k
    _draw_underlays(page, block, room, at_x, at_y, k)
    for layer in drawn.layers:
        page.tick()
        page.pdf.batch(layer, at_x, at_y, 1 / k)
    sketch = Sketch()
    _draw_clouds(page, sketch, block, things, (at_x, at_y, k))
    area = page.area
    scale_bar(sketch, area.x + 2.0, area.y - 1.0, k)
    page.pdf.batch(sketch.freeze())
    record = page.context.project.blocks[block]
    note = f"Scale {page.sheet.scale}. Heavy line: front of rack. "
    if part:
        note += (
            f"Positions relative to the front left corner of {record.name}; datum, grid and north: see A-101."
        )
    else:
        grid = length(record.grid_mm)
        note += f"Dimensions from the datum, where x and y are 0; grid {grid}, from the datum."
    if page.context.project.rows("underlays", block):
        note += " Grey below: drawing by others, for information."
    built = [at.tag for at in page.context.placement.blocks.values() if at.block.id == block and at.tag]
    y = area.y + 0.8
    short = [
        tag for tag, both in zip(things.tags, two_lines(things, k), strict=True) if "/" in tag and not both
    ]
    if part and built and len(things):
        short = [f"{built[0]}/{things.tags[0]}"]
    if short:
        page.text(area.x + 75.0, y - 2.0, _tag_note(short), room=area.width - 76)
        y += 2.0
    page.text(area.x + 75.0, y, note, room=area.width - 76)


def _draw_clouds(
    page: Page, sketch: Sketch, block: str, things: Footprints, at: tuple[float, float, float]
) -> None:
    """Draw clouds around what stands on the floor, and areas, that changed since the issue before."""
    since = page.context.since
    if since is None:
        return
    x, y, k = at
    touched = since.touched(block)
    boxes: dict[str, list[float]] = {}
    for path, corners in zip(things.paths, things.corners, strict=True):
        of = path.partition("/")[0]
        if of in touched:
            low, high = corners.min(axis=0), corners.max(axis=0)
            known = boxes.setdefault(of, [*low, *high])
            boxes[of] = [*(min(a, b) for a, b in zip(known[:2], low, strict=True)),
                         *(max(a, b) for a, b in zip(known[2:], high, strict=True))]  # fmt: skip
    for area in page.context.project.rows("areas", block).values():
        if area.id in touched and isinstance(area, Area) and area.points:
            corners = np.array(area.points)
            boxes[area.id] = [*corners.min(axis=0), *corners.max(axis=0)]
    for x0, y0, x1, y1 in boxes.values():
        cloud(sketch, x + x0 / k, y + y0 / k, x + x1 / k, y + y1 / k, since.number)


def _draw_underlays(page: Page, block: str, room: Box, at_x: float, at_y: float, k: float) -> None:
    """Draw what others have drawn of the floor, pale, as far as there is room."""
    project = page.context.project
    lines, pictures = underlay_lines(project, block), underlay_pictures(project, block)
    if not len(lines.lines) and not pictures:
        return
    page.pdf.begin_clip(room)
    for picture in pictures:
        page.tick()
        a, b, c, d, e, f = (value / k for value in picture.matrix)
        page.pdf.pale_picture(picture.data, (a, b, c, d, e + at_x, f + at_y))
    page.pdf.batch(lines, at_x, at_y, 1 / k)
    page.pdf.end_clip()


def _tag_note(short: list[str]) -> str:
    """Say how a tag is put together, by one of those that are not printed in full."""
    group, _, name = short[0].rpartition("/")
    return f"Tag of a rack: group / name. For example {name} in {group} is {short[0]}."


def rack_schedule(context: Context) -> Table:
    """Return the schedule of everything that stands on the floor, by tag."""
    project, placement = context.project, context.placement
    drawn = elevation_ids(context)
    datum = datum_of(project, project.top)
    rows: list[tuple[str, ...]] = []
    links: dict[tuple[int, int], str] = {}
    for at in context.racks:
        sheet = drawn.get(at.path, "")
        if sheet:
            links[len(rows), 2] = sheet
        rows.append(_rack_row(context, at, sheet))
    for at in placement.blocks.values():
        if at.block.kind == "floor":
            for device in project.devices(at.block.id).values():
                found = placement.device(at.prefix() + device.id)
                spec = project.find_type(device.type)
                if found is None or not isinstance(spec, DeviceType):
                    continue
                spot = at.transform.apply(device.x_mm, device.y_mm)
                size = " × ".join(
                    UNKNOWN if v is None else measure(v)
                    for v in (spec.width_mm, spec.depth_mm, spec.height_mm)
                )
                weight = show(spec.mass_kg, "kg").removesuffix(f" {symbol('kg')}")
                rows.append(
                    (
                        found.tag,
                        spec.name,
                        "",
                        size,
                        measure(spot[0] - datum[0]),
                        measure(spot[1] - datum[1]),
                        "",
                        "",
                        weight,
                        "",
                        "",
                        "",
                        "",
                        device.status,
                    )
                )
    columns = (
        Column("Tag", most=60, wide=0.6), Column("Block or type", most=48, wide=0.6), Column("Sheet"),
        Column(per("W × D × H", "mm"), most=34), Column(per("x", "mm"), "right"),
        Column(per("y", "mm"), "right"), Column("Faces"),
        Column("U used", "right"), Column(per("Mass", "kg"), "right"), Column("Typ. kW", "right"),
        Column("Max. kW", "right"), Column("To air kW", "right"), Column("To liquid kW", "right"),
        Column("Status", most=22),
    )  # fmt: skip
    note = f"Positions: front left corner, {symbol('mm')} from the datum of A-101. Mass and power: see C-951."
    return Table(columns, rows, links=links, note=note)


def _rack_row(context: Context, at: PlacedBlock, sheet: str) -> tuple[str, ...]:
    rack = context.project.find_type(at.block.rack_type)
    size = size_of(rack).rpartition(" ")[0] if isinstance(rack, RackType) else UNKNOWN
    t = at.transform
    turn = {(0, -1): 0, (1, 0): 90, (0, 1): 180, (-1, 0): 270}[-t.b, -t.d]
    status = at.instance.status if at.instance is not None else ""
    head = (at.tag or at.block.name, at.block.name, sheet, size, *position_of(context, at), _FACING[turn])
    row, found = context.rack_row(at), context.evaluation
    if found is None or row < 0:
        return (*head, "", "", "", "", "", "", status)
    used = f"{found.space.rack_used_hu[row] / 2:g}/{found.space.rack_total_hu[row] / 2:g}"
    return (
        *head, used, at_least(mass(float(found.mass.rack_kg[row])), found.mass.rack_unknown[row]),
        kilo(float(found.power.rack_typical_w[row])), kilo(float(found.power.rack_max_w[row])),
        kilo(float(found.cooling.rack_air_w[row])), kilo(float(found.cooling.rack_liquid_w[row])), status,
    )  # fmt: skip

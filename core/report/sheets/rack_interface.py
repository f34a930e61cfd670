"""A-401 and following: what each rack needs of the building: feet, mass, power, coolant, cables, air."""

from __future__ import annotations

from collections import Counter

import numpy as np

from core.drawing.batch import Anchor, Level, Sketch
from core.drawing.dimensions import TEXT, dimension
from core.engine.columns import Floats
from core.engine.evaluation import Evaluation
from core.model.types import RackType
from core.report.clouded import NONE, draw_clouds
from core.report.context import Context
from core.report.paper import Box, scale_bar, scale_to_fit
from core.report.rack_entries import COOLANT, DATA, POWER, Entry, entries_of
from core.report.racks import Drawn, drawn_racks, size_of
from core.report.sheet import CAUTION, Page, Sheet, numbers
from core.report.tables import Column, Table, lay
from core.report.values import at_least, count, kilo, mass, show
from core.units import measure, symbol

HOLD = "hold"
_DRAWN = 0.52
"""Share of the sheet for the drawings; the rest is the table."""
_GAP_MM = 500.0
"""Between the views."""
_MOST_MARKS = 12
_FEET = ("front left", "front right", "rear left", "rear right")


def sheets(context: Context) -> list[Sheet]:
    """Return a sheet for each distinct rack that stands somewhere; none without an evaluation."""
    of = context.evaluation
    if of is None:
        return []
    rows = {of.snapshot.rack_path(k): k for k in np.flatnonzero(of.snapshot.rack_type >= 0).tolist()}
    ids, found = numbers("A", 401), []
    for drawn in drawn_racks(context):
        context.tick()
        block = context.project.blocks[drawn.block]
        frame = context.project.find_type(block.rack_type)
        row = rows.get(drawn.members[0].path)
        if row is not None and isinstance(frame, RackType):
            found += _rack_sheets(context, of, drawn, row, frame, next(ids))
    return found


def _rack_sheets(
    context: Context, of: Evaluation, drawn: Drawn, row: int, frame: RackType, id_: str
) -> list[Sheet]:
    """Return the drawing with its table, and what is left of a long table on sheets of its own."""
    area, zoom = context.paper.above, context.paper.zoom
    room = Box(area.x + 6.0, area.y + 20.0, area.width * _DRAWN - 12.0, area.height - 34.0)
    wide = 2 * frame.width_mm + frame.depth_mm + 2 * _GAP_MM
    scale = scale_to_fit(wide / zoom, (frame.height_mm + 150.0) / zoom, room)
    entries = entries_of(of, row)
    wide_mm = area.width * (1 - _DRAWN)
    laid = lay(_facts(context, of, row, frame, entries), wide_mm, area.height - 8.0)
    names = [id_, *(f"{id_}.{k}" for k in range(2, len(laid.parts) + 1))]
    clouds = NONE.union(*(context.clouded.of_holder(member.path) for member in drawn.members))

    def draw(page: Page) -> None:
        k = scale * zoom
        x = room.x + (room.width - wide / k) / 2
        sketch = Sketch()
        _views(sketch, of, row, frame, entries, k)
        page.pdf.batch(sketch.freeze(), x, room.y, 1 / k)
        if clouds:
            draw_clouds(page, [(x, room.y, wide / k, frame.height_mm / k)])
        bar = Sketch()
        scale_bar(bar, page.area.x + 2.0, page.area.y + 1.0, k)
        page.pdf.batch(bar.freeze())
        left = area.x + area.width * _DRAWN
        page.table(laid, 0, Box(left, area.y + 4.0, wide_mm, area.height - 4.0), "", (*names, "")[1])
        note = (
            f"Dimensions in {symbol('mm')}; numbers: rows of the table, as in its first place. "
            "Entries at the top are spread, not measured."
        )
        page.text(area.x + 75.0, area.y + 1.0, note, room=area.width * _DRAWN - 78.0)

    placed = f"{context.project.blocks[drawn.block].name}, {len(drawn.members)} placed"
    found = [
        Sheet(
            id_, "Rack interface", "Plans", draw, placed, scale=f"1:{scale:g}", caution=CAUTION, clouds=clouds
        )
    ]
    for part in range(1, len(names)):

        def more(page: Page, part: int = part) -> None:
            box = Box(area.x, area.y + 4.0, wide_mm, area.height - 4.0)
            page.table(laid, part, box, names[part - 1], (*names, "")[part + 1])

        found.append(Sheet(names[part], "Rack interface", "Plans", more, placed, caution=CAUTION))
    return found


def _views(sketch: Sketch, of: Evaluation, row: int, frame: RackType, entries: list[Entry], k: float) -> None:
    """Draw rear, left side and, above the floor line of its own, the plan with feet and centre of gravity."""
    wide, deep, tall = frame.width_mm, frame.depth_mm, frame.height_mm
    side, plan = wide + _GAP_MM, wide + deep + 2 * _GAP_MM
    x, y, z = of.floor_load.rack_centre_mm[row].tolist()
    for left, breadth, words in ((0.0, wide, "Rear"), (side, deep, "Left side")):
        sketch.rect(left, 0.0, breadth, tall, "rack.plan")
        sketch.line(left - 3 * k, 0.0, left + breadth + 3 * k, 0.0, "area.room")
        dimension(sketch, (left, -6 * k), (left + breadth, -6 * k), measure(breadth), k)
        sketch.text(left + breadth / 2, tall + 6.5 * k, words, TEXT * k, "text.bold", anchor=Anchor.CENTRE)
    dimension(sketch, (side - 5 * k, 0.0), (side - 5 * k, tall), measure(tall), k)
    sketch.line(side, 0.0, side, tall, "rack.front", level=Level.NEAR)
    sketch.rect(plan, 0.0, wide, deep, "rack.plan")
    sketch.line(plan, 0.0, plan + wide, 0.0, "rack.front", level=Level.NEAR)
    sketch.text(
        plan + wide / 2, deep + 4 * k, "Plan, front below", TEXT * k, "text.bold", anchor=Anchor.CENTRE
    )
    dimension(sketch, (plan, -6 * k), (plan + wide, -6 * k), measure(wide), k)
    _feet(sketch, of, row, frame, plan, k)
    for u, v in ((plan + x, y), (side + y, z), (wide - x, z)):
        _cross(sketch, u, v, k)
    at_top = [e.layer == DATA or min(e.heights_mm) >= tall for e in entries]
    for number, entry in enumerate(entries, 1):
        if at_top[number - 1]:
            place = sum(at_top[:number]) / (sum(at_top) + 1)
            _mark(sketch, wide * place, tall, number, k, above=True)
            continue
        for height in sorted({round(h) for h in entry.heights_mm})[:_MOST_MARKS]:
            _mark(sketch, wide * (0.25 if entry.layer == POWER else 0.75), height, number, k, above=False)


def _feet(sketch: Sketch, of: Evaluation, row: int, frame: RackType, left: float, k: float) -> None:
    """Draw the feet in plan with their loads."""
    inset = frame.foot_inset_mm
    inset = of.snapshot.brief.assume("foot_inset_mm") if inset is None else inset
    spots = [(u, v) for v in (inset, frame.depth_mm - inset) for u in (inset, frame.width_mm - inset)]
    loads = of.floor_load.rack_foot_kg[row].tolist()
    for (u, v), kg in zip(spots, loads, strict=True):
        half = 1.2 * k
        sketch.rect(left + u - half, v - half, 2 * half, 2 * half, "area.column", level=Level.NEAR)
        inner = 1 if u < frame.width_mm / 2 else -1
        sketch.text(left + u + inner * 2.2 * k, v, mass(kg), TEXT * k, level=Level.NEAR,
                    anchor=Anchor.LEFT if inner > 0 else Anchor.RIGHT)  # fmt: skip
    dimension(sketch, (left + inset, -12 * k), (left + frame.width_mm - inset, -12 * k),
              measure(frame.width_mm - 2 * inset), k)  # fmt: skip
    line = left + frame.width_mm + 6 * k
    dimension(sketch, (line, inset), (line, frame.depth_mm - inset), measure(frame.depth_mm - 2 * inset), k)


def _cross(sketch: Sketch, x: float, y: float, k: float) -> None:
    """Mark a centre of gravity."""
    r = 1.8 * k
    sketch.line(x - r, y, x + r, y, "outline", level=Level.NEAR)
    sketch.line(x, y - r, x, y + r, "outline", level=Level.NEAR)


def _mark(sketch: Sketch, x: float, y: float, number: int, k: float, *, above: bool) -> None:
    """Mark where something enters with its number in the table."""
    half = 1.0 * k
    sketch.rect(x - half, y - half, 2 * half, 2 * half, "outline", level=Level.NEAR)
    spot = (x, y + 2.4 * k) if above else (x + 1.8 * k, y)
    anchor = Anchor.CENTRE if above else Anchor.LEFT
    sketch.text(*spot, str(number), TEXT * k, "text.bold", anchor=anchor, level=Level.NEAR)


def _facts(context: Context, of: Evaluation, row: int, frame: RackType, entries: list[Entry]) -> Table:
    """Return each fact of the interface, `hold` where it is not known."""
    load, power, cooled = of.floor_load, of.power, of.cooling
    x, y, z = load.rack_centre_mm[row].tolist()
    feet = " / ".join(mass(kg) for kg in load.rack_foot_kg[row].tolist())
    limit = float(of.snapshot.rack_limit_w[row])
    rows = [
        ("Frame", f"{frame.name}, {size_of(frame)} wide, deep, high"),
        (f"Operating mass [{symbol('kg')}]",
         at_least(mass(float(load.rack_operating_kg[row])), of.mass.rack_unknown[row])),
        (f"Centre of gravity [{symbol('mm')}]",
         f"{measure(x)} from the left, {measure(y)} from the front, {measure(z)} high"),
        (f"Feet [{symbol('kg')}]", f"{feet}: {', '.join(_FEET)}"
         + ("" if load.rack_feet_given[row] else "; their place is assumed")),
        (f"Rolls at most [{symbol('kg')}]", _mass(frame.rolling_max_kg)),
        (f"Stands at most [{symbol('kg')}]",
         _mass(frame.load_max_kg)),
        ("Anchors, lift points, levelling", HOLD),
        ("Power [kW]", f"{kilo(float(power.rack_max_w[row]))} sustained, "
         f"{kilo(float(power.rack_typical_w[row]))} typical, {kilo(float(power.rack_peak_w[row]))} peak"
         + (f"; limit {kilo(limit)}" if np.isfinite(limit) and limit > 0 else "")),
        ("Heat to air [kW]", f"{kilo(float(cooled.rack_air_w[row]))} at "
         f"{show(float(cooled.rack_airflow_m3h[row]), 'm3/h')}"),
        ("Heat to liquid [kW]", kilo(float(cooled.rack_liquid_w[row]))),
    ]  # fmt: skip
    for number, entry in enumerate(entries, 1):
        rows.append((f"{number}  {_what(entry)}", _entry_words(context, of, row, entry)))
    columns = (Column("Interface", least=30, wide=0.4), Column("What is drawn", wide=1.0))
    return Table(columns, rows, "Interface of the rack")


def _what(entry: Entry) -> str:
    kinds = {POWER: "Power", COOLANT: f"Coolant {entry.port}", DATA: "Data"}
    return f"{kinds[entry.layer]}, {count(len(entry.devices))} ×"


def _entry_words(context: Context, of: Evaluation, row: int, entry: Entry) -> str:
    """Say connector, far end, where, and what it carries."""
    names = list(dict.fromkeys(context.device_name(d).rpartition("/")[2] for d in entry.devices))
    at = names[0] if len(names) == 1 else f"{names[0]} … {names[-1]}"
    words = [f"{entry.connector or HOLD} of {at}, to {entry.far}"]
    if entry.layer == POWER:
        normal, worst = (float(watts[list(entry.devices)].max()) for watts in _inputs_w(of))
        words.append(
            f"at most {kilo(normal)} kW a device, all its inlets, {kilo(worst)} kW with any element lost"
        )
    elif entry.layer == COOLANT:
        primary = entry.port.startswith("primary")  # facility water of a CDU in the rack
        loop = int((of.loops.device_primary if primary else of.loops.device_loop)[entry.devices[0]])
        bores = " ".join(measure(b) for b in entry.bores_mm) or HOLD
        flow = HOLD if primary else _known(of.cooling.rack_flow_lpm[row], "L/min")
        words.append(f"bore {bores}; {flow} for the rack")
        if loop >= 0:
            celsius = of.loops.loop_return_c if "return" in entry.port else of.loops.loop_supply_c
            words.append(f"{of.loops.loop_coolant[loop]} at {_known(celsius[loop], 'degC')}")
    else:
        option = of.cabling.cable_option[list(entry.cables)].tolist()
        media = Counter(of.cabling.options[k].media if k >= 0 else "unknown" for k in option)
        words.append(", ".join(f"{count(n)} {m}" for m, n in sorted(media.items())))
    return "; ".join(words)


def _inputs_w(of: Evaluation) -> tuple[Floats, Floats]:
    """Return what each device takes in with its losses, normally and in the worst case [W]."""
    own, lost = of.power.device_max_w, of.power.feeding.efficiency[: of.snapshot.n_devices]
    passed = of.power.normal.device_through_w, of.outages.device_worst_w
    normal, worst = (own + through / lost for through in passed)
    return normal, np.maximum(normal, worst)


def _known(value: float, unit: str) -> str:
    return show(float(value), unit) if np.isfinite(value) else HOLD


def _mass(kg: float | None) -> str:
    return HOLD if kg is None else mass(kg)

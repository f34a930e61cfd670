"""R-2xx: front and rear of each distinct rack, what is in it, and every place where it stands."""

from __future__ import annotations

from collections.abc import Iterator

from core.drawing.elevation import Elevation, elevation
from core.model.records import Device
from core.model.types import DeviceType, RackType
from core.report.clouded import NONE, Marks, draw_clouds
from core.report.context import Context
from core.report.fonts import CAPITAL, LEAST_MM, SANS, fit
from core.report.lists.devices import unit_text
from core.report.paper import Box, scale_to_fit
from core.report.racks import Drawn, differences_of, drawn_racks, position_of, size_of, sources_of
from core.report.sheet import Page, Sheet
from core.report.tables import Column, Laid, Table, lay, without_empty
from core.report.values import UNKNOWN, at_least, kilo, mass, show
from core.units import per, symbol

_NUMBERS = 9.0
"""Room for unit numbers on each side of a rack [mm]."""
_HEAD = 11.0
_MOST_CALLOUT = 95.0
_GAP = 6.0


def sheets(context: Context) -> list[Sheet]:
    """Return the elevations, with continuations where the tables need them."""
    found: list[Sheet] = []
    used = _used_ports(context)
    for at, drawn in enumerate(drawn_racks(context)):
        context.tick()
        found += _rack_sheets(context, drawn, f"R-{201 + at}", used)
    return found


def _used_ports(context: Context) -> dict[str, dict[str, set[str]]]:
    """Return the ports with a cable in the first place where each rack stands: path, device, ports."""
    first = {drawn.members[0].path for drawn in drawn_racks(context)}
    found: dict[str, dict[str, set[str]]] = {path: {} for path in first}
    for cable in context.cables:
        for end in (cable.a, cable.z):
            ports = found.get(end.found.at.path)
            if ports is not None and end.found.rack is not None:
                ports.setdefault(end.found.device.id, set()).add(end.port.partition("/")[0])
    return found


def _rack_sheets(
    context: Context, drawn: Drawn, id_: str, used: dict[str, dict[str, set[str]]]
) -> list[Sheet]:
    block = context.project.blocks[drawn.block]
    column = context.paper.column
    contents = lay(_contents(context, drawn), column.width, 400.0)
    low = column.top - contents.height(0) - _totals_height(context, drawn) - 8.0
    room = low - column.y
    area = context.paper.above
    long_names = _long_names(context, drawn)
    places = lay(_instances(context, drawn), column.width, room, area.height)
    rest: list[tuple[str, Laid, list[int]]] = []
    side = max(1, int((area.width + _GAP) // (column.width + _GAP)))
    later = list(range(1, len(places.parts)))
    rest += [("places", places, later[i : i + side]) for i in range(0, len(later), side)]
    if long_names.rows:
        laid = lay(long_names, area.width, area.height)
        rest += [("names in full", laid, [part]) for part in range(len(laid.parts))]
    name = block.name
    subtitle = f"{name}, {len(drawn.members)} placed"
    if drawn.absent:
        subtitle += f", {len(drawn.absent)} devices left out"
    k = _scale(context, drawn)

    def draw(page: Page) -> None:
        _draw_rack(page, drawn, k, used.get(drawn.members[0].path, {}))
        y = page.table(contents, 0, column) - 3.0
        y = _draw_totals(page, drawn, Box(column.x, column.y, column.width, y - column.y)) - 4.0
        after = f"{id_}.2" if later else ""
        page.table(places, 0, Box(column.x, column.y, column.width, y - column.y), "", after)

    found = [
        Sheet(
            id_,
            "Rack elevation",
            "Rack elevations",
            draw,
            subtitle,
            "column",
            f"1:{k / context.paper.zoom:g}",
            about=tuple(at.path for at in drawn.members),
            clouds=_marks(context, drawn),
        )
    ]
    for at, (what, laid, parts) in enumerate(rest):

        def more(page: Page, laid: Laid = laid, parts: list[int] = parts) -> None:
            width = sum(laid.widths)
            for i, part in enumerate(parts):
                box = Box(area.x + i * (width + _GAP), area.y, width, area.height)
                page.table(laid, part, box, id_ if part else "")

        number = f"{id_}.{at + 2}"
        found.append(Sheet(number, "Rack elevation", "Rack elevations", more, f"{name}, {what}"))
    return found


def _marks(context: Context, drawn: Drawn) -> Marks:
    """Return the changes of the devices that the elevation shows."""
    since = context.since
    shown = context.project.devices(drawn.block).keys() - drawn.absent
    return NONE if since is None else since.marks(drawn.block, shown)


def _scale(context: Context, drawn: Drawn) -> float:
    """Return how many millimetres of the rack are one of the sheet's contents."""
    rack = context.project.find_type(context.project.blocks[drawn.block].rack_type)
    if not isinstance(rack, RackType):
        return 10.0 * context.paper.zoom
    area = context.paper.beside
    room = Box(0, 0, (area.width - 4 * _NUMBERS - 34.0) / 2, area.height - _HEAD)
    zoom = context.paper.zoom
    return scale_to_fit(rack.width_mm / zoom, rack.height_mm / zoom, room) * zoom


def _draw_rack(page: Page, drawn: Drawn, k: float, used: dict[str, set[str]]) -> None:
    project = page.context.project
    rack = project.find_type(project.blocks[drawn.block].rack_type)
    area = page.paper.beside
    if not isinstance(rack, RackType):
        page.text(area.x, area.top - 3, "The rack type is not known.")
        return
    width = rack.width_mm / k
    names = min(area.width - 2 * width - 4 * _NUMBERS, _MOST_CALLOUT)
    spare = area.width - 2 * width - 4 * _NUMBERS - names
    text = LEAST_MM * CAPITAL * k
    details = {d.id: spec.name for d, spec in _devices(page.context, drawn)}
    front = elevation(
        project, drawn.block, "front", names="beside", used=used, details=details, absent=drawn.absent,
        text_mm=text, callout_mm=(names - 8.0) * k,
    )  # fmt: skip
    rear = elevation(
        project, drawn.block, "rear", names="behind", used=used, absent=drawn.absent, text_mm=text
    )  # fmt: skip
    base = area.y + (area.height - _HEAD - rack.height_mm / k) / 2
    top = base + rack.height_mm / k
    x_front = area.x + spare / 2 + _NUMBERS
    x_rear = area.right - spare / 2 - _NUMBERS - width
    for x, title, seen in ((x_front, "FRONT", front), (x_rear, "REAR", rear)):
        page.text(x + width / 2, top + 6.0, title, 3.5, "sheet.heading", anchor=1)
        page.pdf.batch(seen.batch, x, base, 1 / k, level=2)
        _draw_clouds(page, drawn.block, seen, (x, base, k))
        page.tick()


def _draw_clouds(page: Page, block: str, seen: Elevation, at: tuple[float, float, float]) -> None:
    """Draw clouds around devices that have changed since the issue before."""
    since = page.context.since
    touched = since.touched(block) if since is not None else frozenset()
    if since is None or not touched:
        return
    x, y, k = at
    draw_clouds(
        page,
        (
            (x + left / k, y + low / k, width / k, height / k)
            for owner, (left, low, width, height) in zip(seen.owners, seen.boxes.tolist(), strict=True)
            if owner in touched and left == left  # NaN: this face does not show it
        ),
    )


def _devices(context: Context, drawn: Drawn) -> Iterator[tuple[Device, DeviceType]]:
    for device in context.project.devices(drawn.block).values():
        spec = context.project.find_type(device.type)
        if device.id not in drawn.absent and isinstance(spec, DeviceType):
            yield device, spec


def _contents(context: Context, drawn: Drawn) -> Table:
    """Return the kinds of devices in the rack, from the top."""
    groups: dict[tuple[str, tuple[tuple[str, str], ...]], list[Device]] = {}
    specs: dict[str, DeviceType] = {}
    devices = sorted(_devices(context, drawn), key=lambda ds: (bool(ds[0].zone), -ds[0].half_u))
    for device, spec in devices:
        specs[spec.id] = spec
        groups.setdefault((spec.id, tuple(sorted(device.modules.items()))), []).append(device)
    rows = []
    for (type_id, modules), members in groups.items():
        spec = specs[type_id]
        name = f"{spec.maker} {spec.name}".strip()
        fitted: dict[str, int] = {}
        for _, module in modules:
            fitted[module] = fitted.get(module, 0) + 1
        if fitted:
            name += " with " + ", ".join(f"{n} × {_name(context, m)}" for m, n in fitted.items())
        rows.append(
            (
                f"{len(members)}",
                name,
                spec.part_number,
                "0" if spec.zero_u else f"{spec.height_u:g} {spec.unit}",
                show(spec.mass_kg, "kg").removesuffix(f" {symbol('kg')}"),
                kilo(spec.power_max_w, 2) if spec.power_max_w is not None else _no_power(spec),
            )
        )
    columns = (
        Column("Qty", "right"), Column("Type", wide=1.0, most=90), Column("Part no.", most=30),
        Column("Height", "right"), Column(per("Mass", "kg"), "right"), Column("Max. kW", "right"),
    )  # fmt: skip
    return without_empty(Table(columns, rows, "Contents, from the top"), "Part no.")


def _no_power(spec: DeviceType) -> str:
    if spec.rated_w is not None:
        return f"passes {kilo(spec.rated_w, 0)}"
    return "none" if spec.kind in ("blank", "rack-pdu", "manifold") else UNKNOWN


def _name(context: Context, type_id: str) -> str:
    spec = context.project.find_type(type_id)
    return spec.name if spec is not None else type_id


def _totals(context: Context, drawn: Drawn) -> list[tuple[str, str]]:
    rack = context.project.find_type(context.project.blocks[drawn.block].rack_type)
    row, found = context.rack_row(drawn.members[0]), context.evaluation
    facts = []
    if isinstance(rack, RackType):
        facts.append(("W × D × H", size_of(rack)))
    if found is not None and row >= 0:
        unknown = int(found.mass.rack_unknown[row])
        more = f", {unknown} things unknown" if unknown else ""
        reserved = found.space.rack_reserved_hu[row] / 2
        kept = f", {reserved:g} reserved" if reserved else ""
        facts += [
            ("Units used", f"{found.space.rack_used_hu[row] / 2:g} of "
                           f"{found.space.rack_total_hu[row] / 2:g}{kept}"),
            ("Mass", f"{at_least(mass(float(found.mass.rack_kg[row])), unknown)} {symbol('kg')}{more}"),
            ("Power typical / max.", f"{kilo(float(found.power.rack_typical_w[row]))} / "
                                     f"{kilo(float(found.power.rack_max_w[row]))} kW"),
            ("Heat air / liquid", f"{kilo(float(found.cooling.rack_air_w[row]))} / "
                                  f"{kilo(float(found.cooling.rack_liquid_w[row]))} kW"),
        ]  # fmt: skip
    return facts


def _rack_name(context: Context, drawn: Drawn) -> str:
    rack = context.project.find_type(context.project.blocks[drawn.block].rack_type)
    return f"{rack.maker} {rack.name}".strip() if rack is not None else UNKNOWN


def _totals_height(context: Context, drawn: Drawn) -> float:
    return 13.6 + 4.6 * ((len(_totals(context, drawn)) + 1) // 2)


def _draw_totals(page: Page, drawn: Drawn, box: Box) -> float:
    y = page.heading(box.x, box.top, "Totals of one rack", box.width)
    half = box.width / 2
    facts = _totals(page.context, drawn)
    rack = _rack_name(page.context, drawn)
    page.text(box.x, y - 2.0, "Rack", style="sheet.label", room=half * 0.4)
    page.text(box.x + half * 0.42, y - 2.0, rack, style="text.bold", room=box.width - half * 0.42)
    y -= 4.6
    for i, (label, text) in enumerate(facts):
        x = box.x + (i % 2) * half
        page.text(x, y - 2.0, label, style="sheet.label", room=half * 0.4)
        page.text(x + half * 0.42, y - 2.0, text, style="text.bold", room=half * 0.56)
        if i % 2:
            y -= 4.6
    return y - (4.6 if len(facts) % 2 else 0.0)


def _instances(context: Context, drawn: Drawn) -> Table:
    rows = []
    for at in drawn.members:
        position = ", ".join(position_of(context, at)) if at.path else "not placed"
        rows.append((at.tag or at.block.name, position, sources_of(context, at), differences_of(context, at)))
    columns = (
        Column("Rack", most=50, wide=0.5), Column(f"Front left corner, {symbol('mm')} from datum", most=34),
        Column("Fed from", most=60, wide=0.6), Column("Differences", wide=1.0, most=90, least=20),
    )  # fmt: skip
    return Table(columns, rows, f"Where it stands: {len(rows)} placed")


def _unit(rack: object, device: Device) -> str:
    return unit_text(rack, device.half_u) if isinstance(rack, RackType) else ""


def _long_names(context: Context, drawn: Drawn) -> Table:
    """Return the devices whose names do not fit beside the rack."""
    rack = context.project.find_type(context.project.blocks[drawn.block].rack_type)
    k = _scale(context, drawn)
    width = rack.width_mm / k if isinstance(rack, RackType) else 60.0
    room = context.paper.beside.width - 2 * width - 4 * _NUMBERS - 8.0
    rows = []
    for device, spec in _devices(context, drawn):
        name = device.name or device.id
        if fit(name, SANS, LEAST_MM, round(room - 4.0, 2)).is_shortened:
            rows.append((device.zone or _unit(rack, device), name, spec.name))
    columns = (Column("Unit"), Column("Name", wide=1.0, most=300), Column("Type", most=80))
    return Table(columns, rows, "Names in full")

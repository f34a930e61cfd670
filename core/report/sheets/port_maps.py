"""T-7xx: port maps of the switches: every port, its lane, cable and peer, or spare."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from core.drawing.batch import Level
from core.drawing.cables import Cable, CableEnd, natural, unit_of
from core.drawing.faceplate import Faceplate, faceplate, port_label
from core.drawing.placed import Found
from core.drawing.styles import STYLES
from core.model.ports import Port, PortTable
from core.model.types import MANAGEMENT_ROLES, SWITCH_KINDS, DeviceType, RackType
from core.report.clouded import NONE, Marks, draw_clouds
from core.report.context import Context
from core.report.csv_text import csv_bytes
from core.report.fonts import LEAST_MM, SANS, fit
from core.report.paper import Box
from core.report.sheet import Page, Sheet, numbers, table_sheets
from core.report.tables import Column, Laid, Table, lay
from core.report.values import count

_GAP = 6.0
_LEAST_PORTS = 4
_LEAST_ROWS = 8
"""A map begins low in a column only if so many of its rows go there."""
MOST_ROWS = 100_000
CSV_NAME = "port-maps.csv"
_OPENING = 450.0


class _Ported(NamedTuple):
    """A switch with the rows of its map."""

    found: Found
    spec: DeviceType
    rows: list[tuple[str, ...]]
    used: frozenset[str]
    ports: int
    shown: list[tuple[str, ...]]
    """The rows as printed: a piece of two links in one, spare ports by range."""


@dataclass(frozen=True)
class _Map:
    """The port map of one switch, laid out."""

    found: Found
    spec: DeviceType
    unit: str
    laid: Laid
    used: frozenset[str]
    ports: int


def sheets(context: Context) -> list[Sheet]:
    """Return the port maps in the order of tags, several switches to a sheet where they fit.

    Above `MOST_ROWS` rows one sheet lists the switches and the maps are attached as a table.
    """
    ported = _ported(context)
    total = sum(len(one.rows) for one in ported)
    ids = numbers("T", 701)
    if total > MOST_ROWS:
        return _listed(context, ported, total, ids)
    columns, width = _columns(context.paper.above)
    pages: list[list[tuple[_Map, int, Box]]] = []
    area = context.paper.above
    column, y = columns, 0.0
    for one in ported:
        fresh = _laid(context, one, area, width, area.height)
        here = _laid(context, one, area, width, y - area.y) if column < columns else fresh
        if column < columns and not _starts_well(here, y - area.y, width):
            column, y, here = column + 1, area.top, fresh
        # A switch that would fit on one sheet is not spread over two.
        straddles = column + len(here.laid.parts) > columns
        if straddles and (column >= columns or len(fresh.laid.parts) <= columns):
            column, y, here = columns, area.top, fresh
        for part in range(len(here.laid.parts)):
            if part:
                column, y = column + 1, area.top
            if column >= columns:
                pages.append([])
                column = 0
            x = area.x + column * (width + _GAP)
            pages[-1].append((here, part, Box(x, area.y, width, y - area.y)))
            y -= here.laid.height(part) + (_head(here, width) if part == 0 else 7.0) + 5.0
    return [_sheet(context, parts, next(ids)) for parts in pages]


def _starts_well(one: _Map, room: float, width: float) -> bool:
    """Tell whether the face and some rows, or all, of a map fit the rest of a column."""
    first, last = one.laid.parts[0]
    fits = _head(one, width) + one.laid.height(0) + 4.5 <= room
    return fits and (len(one.laid.parts) == 1 or last - first >= _LEAST_ROWS)


def _columns(area: Box) -> tuple[int, float]:
    """Return how many maps stand side by side, and how wide each is [mm]."""
    columns = max(1, int((area.width + _GAP) // (122.0 + _GAP)))
    return columns, (area.width - _GAP * (columns - 1)) / columns


def _ported(context: Context) -> list[_Ported]:
    """Return the rows of every switch, by tag."""
    peers: dict[str, dict[str, list[tuple[str, Cable, CableEnd]]]] = {}
    for cable in context.cables:
        for near, far in ((cable.a, cable.z), (cable.z, cable.a)):
            name = near.port.partition("/")[0]
            peers.setdefault(near.path, {}).setdefault(name, []).append((near.port, cable, far))
    found: list[_Ported] = []
    switches, forwarding = _switches(context), _forwarding(context)
    for path in sorted(switches, key=lambda p: natural(switches[p].tag)):
        context.tick()
        device = switches[path]
        spec = context.project.find_type(device.device.type)
        if not isinstance(spec, DeviceType):
            continue
        links = peers.get(path, {})
        ports = [
            p
            for p in context.project.ports(device.device)
            if p.group.layer == "data" and not _is_blind_mate(context, device, p)
        ]
        forwards = any(p.name in links and p.group.role not in MANAGEMENT_ROLES for p in ports)
        if spec.kind == "switch-tray" and not forwards and path not in forwarding:
            continue  # its cables are those of the management ports, which the other ends show
        used = frozenset(p.name for p in ports if p.name in links)
        shown = _gathered(ports, links)
        found.append(_Ported(device, spec, _rows(ports, links), used, len(ports), shown))
    return found


def _laid(context: Context, one: _Ported, area: Box, width: float, room: float) -> _Map:
    """Lay a map out with `room` for its first part [mm]."""
    context.tick()
    head = 8.0 + _face_height(one.spec, width)
    table = Table(_COLUMNS, one.shown, pad=0.25)
    laid = lay(table, width, room - head, area.height - 8.0)
    return _Map(one.found, one.spec, unit_of(one.found, context.placement), laid, one.used, one.ports)


def _listed(context: Context, ported: list[_Ported], total: int, ids: Iterator[str]) -> list[Sheet]:
    """Return the list of switches; attach the maps."""
    heads = ["Switch", *(column.title for column in _COLUMNS)]
    rows = [(one.found.tag, *row) for one in ported for row in one.rows]
    context.extras[CSV_NAME] = csv_bytes(heads, rows)
    counts: dict[tuple[str, str], list[int]] = {}
    for one in ported:
        entry = counts.setdefault((one.found.at.tag, one.spec.name), [0, 0, 0])
        for i, n in enumerate((1, len(one.used), one.ports)):
            entry[i] += n
    columns = (Column("Rack", most=60, wide=0.5), Column("Switch type", wide=1.0, most=90),
               Column("Switches", "right"), Column("Ports used", "right"),
               Column("Ports", "right"))  # fmt: skip
    listed = [(*key, *(count(n) for n in entry)) for key, entry in counts.items()]
    note = f"{count(total)} ports and lanes: every one is in the attached {CSV_NAME}."
    base = Sheet("", "Port maps", "Port maps", _nothing, "switches by rack")
    return table_sheets(context, Table(columns, listed, note=note), ids, base, columns=2)


def _nothing(page: Page) -> None:
    """Draw nothing."""


def _is_blind_mate(context: Context, found: Found, port: Port) -> bool:
    """Tell whether the rack's cartridge joins a port by itself, without a cable."""
    if found.rack is None or not port.group.role:
        return False
    rack = context.project.find_type(found.at.block.rack_type)
    return isinstance(rack, RackType) and rack.scale_up == port.group.role


def _switches(context: Context) -> dict[str, Found]:
    found: dict[str, Found] = {}
    forwarding = _forwarding(context)
    for at in context.placement.blocks.values():
        for device in context.project.devices(at.block.id).values():
            spec = context.project.find_type(device.type)
            if isinstance(spec, DeviceType) and spec.kind in SWITCH_KINDS:
                one = context.placement.device(at.prefix() + device.id)
                data = sum(p.group.layer == "data" for p in context.project.ports(device))
                path = at.prefix() + device.id
                if one is not None and (data >= _LEAST_PORTS or path in forwarding):
                    found[path] = one
    return found


def _forwarding(context: Context) -> set[str]:
    """Return the switches of the networks: each has a map, however few ports it has."""
    of = context.evaluation
    if of is None:
        return set()
    rows = (row for result in of.network.fabrics for row in result.switch_rows.tolist())
    return {of.snapshot.device_path(row) for row in rows}


_COLUMNS = (
    Column("Port", most=26, least=14), Column("Cable", most=24, least=14), Column("Peer", wide=1.0, most=80),
    Column("Peer port", most=22, least=14),
)  # fmt: skip


def _rows(ports: list[Port], links: dict[str, list[tuple[str, Cable, CableEnd]]]) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for port in ports:
        used = links.get(port.name)
        if not used:
            rows.append((port.name, "", "spare", ""))
            continue
        for token, cable, far in sorted(used, key=lambda u: natural(u[0])):
            rows.append((token, cable.tag, _peer(far), far.port))
    return rows


def _peer(far: CableEnd) -> str:
    return f"{far.place} {far.found.name}" if far.unit else far.place


def _gathered(
    ports: list[Port], links: dict[str, list[tuple[str, Cable, CableEnd]]]
) -> list[tuple[str, ...]]:
    """Return the rows for print: the links of one piece in one row, neighbouring spare ports in one."""
    rows: list[tuple[str, ...]] = []
    spare: list[Port] = []

    def put_spare() -> None:
        if spare:
            last = f" to {port_label(spare[-1])}" if len(spare) > 1 else ""
            rows.append((f"{spare[0].name}{last}", "", f"{len(spare)} spare" if last else "spare", ""))
            spare.clear()

    for port in ports:
        used = links.get(port.name)
        if spare and (used or port.group is not spare[-1].group or port.module != spare[-1].module):
            put_spare()
        if not used:
            spare.append(port)
            continue
        pieces: dict[tuple[str, str], list[tuple[str, Cable, CableEnd]]] = {}
        for link in sorted(used, key=lambda u: natural(u[0])):
            pieces.setdefault((link[1].tag, link[2].path), []).append(link)
        for (tag, _), members in pieces.items():
            near = lanes_text([token for token, _, _ in members])
            far = lanes_text([end.port for _, _, end in members])
            rows.append((near, tag, _peer(members[0][2]), far))
    put_spare()
    return rows


def lanes_text(tokens: list[str]) -> str:
    """Return the tokens of one piece: lanes of one cage together.

    Examples
    --------
    >>> lanes_text(["osfp1/1", "osfp1/2"]), lanes_text(["osfp1"])
    ('osfp1/1+2', 'osfp1')
    """
    cages: dict[str, list[str]] = {}
    for token in tokens:
        cage, _, lane = token.partition("/")
        cages.setdefault(cage, []).append(lane)
    return ", ".join(f"{cage}/{'+'.join(lanes)}" if lanes[0] else cage for cage, lanes in cages.items())


def _face_height(spec: DeviceType, width: float) -> float:
    return max(spec.height_u, 1) * 44.45 * width / _OPENING + 2.0


def _head(one: _Map, width: float) -> float:
    return 8.0 + _face_height(one.spec, width)


def _clouds(context: Context, one: _Map) -> Marks:
    """Return what has changed of a switch and its data cables since the issue before."""
    return context.clouded.of_device(one.found.at.prefix() + one.found.device.id, "data")


def _sheet(context: Context, parts: list[tuple[_Map, int, Box]], id_: str) -> Sheet:
    names = list(dict.fromkeys(one.found.tag for one, _, _ in parts))
    subtitle = names[0] if len(names) == 1 else f"{names[0]} to {names[-1]}"

    def draw(page: Page) -> None:
        for one, part, box in parts:
            _draw(page, one, part, box)
            if part == 0 and _clouds(context, one):
                high = _face_height(one.spec, box.width)
                # Around the face; the triangle between the name above it and the facts.
                face = (box.x + 0.5, box.top - 5.2 - high, box.width - 1.0, high - 0.8)
                draw_clouds(page, [face], along=0.45)
            page.tick()

    paths = dict.fromkeys(one.found.at.prefix() + one.found.device.id for one, _, _ in parts)
    clouds = NONE.union(*(_clouds(context, one) for one, part, _ in parts if part == 0))
    return Sheet(id_, "Port maps", "Port maps", draw, subtitle, about=tuple(paths), clouds=clouds)


def _draw(page: Page, one: _Map, part: int, box: Box) -> None:
    tag = f"{one.found.tag}{' (continued)' if part else ''}"
    y = box.top
    spot = f"{one.unit}, " if one.unit else ""
    facts = f"{spot}{one.spec.name}, {len(one.used)} of {one.ports} ports used"
    room = box.width * 0.48
    page.text(box.x, y - 2.4, tag, 3.0, "sheet.heading", room=room)
    page.text(box.right, y - 2.4, facts, style="text.faint", room=box.width - room - 2, anchor=2)
    y -= 6.0
    if part == 0:
        k = box.width / _OPENING
        height = max(one.spec.height_u, 1) * 44.45
        ports = page.context.project.ports(one.found.device)
        plate = faceplate(one.spec, "front", _OPENING, height, ports)
        low = y - height * k
        page.pdf.batch(plate.batch, box.x, low, k, level=Level.NEAR)
        for name in sorted(one.used & plate.ports.keys()):
            x, py, w, h = plate.port_rects[plate.ports[name]].tolist()
            page.pdf.rect(box.x + x * k, low + py * k, w * k, h * k, "port.used")
        _port_numbers(page, plate, ports, box.x, low, k)
        y = low - 2.0
    page.table(one.laid, part, Box(box.x, box.y, box.width, y - box.y))


def _port_numbers(page: Page, plate: Faceplate, ports: PortTable, x: float, y: float, k: float) -> None:
    """Write the index on every port that has room for it in the least lettering."""
    for port in ports:
        row = plate.ports.get(port.name)
        if row is None:
            continue
        px, py, w, h = (value * k for value in plate.port_rects[row].tolist())
        fitted = fit(port_label(port), SANS, LEAST_MM, round(0.94 * w, 2))
        if not fitted.is_shortened and h >= 0.8 * LEAST_MM:
            page.pdf.line(x + px + w / 2, y + py + h / 2, fitted, STYLES["text.light"].text, 1)

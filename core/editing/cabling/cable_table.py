"""Wiring by table: lines copied from a spreadsheet, or our own cable schedule, one cable each.

Columns are separated by tabs, semicolons or commas. Without a head line they are: from device, from port,
to device, to port, cable name, length in metres, colour, fabric. With one they may stand in any order; the
columns of the cable schedule are known too (its ordered lengths are results and are not taken over).
A device is named by as much of its path as makes it the only one: `leaf-3`, `net-1/leaf-3`.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, get_args

from core.editing.cabling.patterns import Standing, standing_devices
from core.editing.cabling.wiring import Plan, Tick, Wire, judge
from core.editing.routes import counted
from core.errors import EditError
from core.model.check import clean_name
from core.model.project import Reader
from core.model.records import Status
from core.units import with_points

MOST_LINES = 100_000
ORDER = ("a_device", "a_port", "b_device", "b_port", "name", "length_m", "colour", "fabric")
_HEADS = {
    "a_rack": ("from rack", "a rack", "rack a", "source rack"),
    "a_device": ("from device", "a device", "device a", "from", "source device", "source", "side a device"),
    "a_port": ("from port", "a port", "port a", "source port", "side a name", "side a port"),
    "b_rack": ("to rack", "z rack", "b rack", "rack b", "rack z", "destination rack", "target rack"),
    "b_device": ("to device", "z device", "b device", "device b", "device z", "to", "destination device",
                 "target device", "destination", "target", "side b device"),
    "b_port": ("to port", "z port", "b port", "port b", "port z", "destination port", "target port",
               "side b name", "side b port"),
    "name": ("cable", "cable name", "name", "cable id", "label"),
    "length_m": ("length m", "length", "length in m", "cable length", "cable length m"),
    "colour": ("colour", "color", "cable colour", "cable color"),
    "fabric": ("fabric", "network"),
    "status": ("status",),
}  # fmt: skip
_FIELD_OF = {head: field for field, heads in _HEADS.items() for head in heads}
_OWN = (("a device", "z device", "order m"), ("a device", "z device", "order ft"))
"""Heads by which our own schedule is known."""
_OWN_REMARK = "Our own cable schedule: ordered lengths are results and are not taken over"
_NUMBERED = re.compile(r"[CSIMUDPW]-\d{4,}")
"""A tag that the schedule gave to a cable without a name."""
_COUNTED = re.compile(r"(.+)-(\d+)")
_LAYERS = ("data", "power", "coolant")


@dataclass(frozen=True)
class Line:
    """One line of the table and what becomes of it.

    Attributes
    ----------
    number : int
        Line of the text, from 1.
    cells : tuple of str
    wire : Wire
    cure : str
        What to do about its problem.
    """

    number: int
    cells: tuple[str, ...]
    wire: Wire
    cure: str = ""


@dataclass(frozen=True)
class CableTable:
    """A table as read: its lines, and remarks on the whole."""

    lines: tuple[Line, ...]
    remarks: tuple[str, ...] = ()

    @property
    def plan(self) -> Plan:
        return Plan(tuple(line.wire for line in self.lines))


def read_table(
    reader: Reader, block: str, text: str, *, scope: Sequence[str] = (), tick: Tick | None = None
) -> CableTable:
    """Return what the lines of a table would wire; what is wrong with a line is said there, never raised.

    Parameters
    ----------
    reader : Reader
    block : str
        Block from which the paths of the wires start.
    text : str
        As pasted.
    scope : sequence of str
        Devices are looked for at and below these paths; empty: everywhere.
    tick : callable, optional

    Raises
    ------
    EditError
        If it has more than 100,000 lines, or no columns that name both ends.
    """
    rows = _rows(text)
    if len(rows) > MOST_LINES:
        raise EditError(f"the table has more than {MOST_LINES:,} lines", cure="Paste a part of it")
    columns, first, remarks = _columns(rows)
    is_own = remarks == [_OWN_REMARK]
    found = _Names(standing_devices(reader, block, scope))
    fabrics = {key: fabric.id for fabric in reader.fabrics.values() for key in (fabric.name, fabric.id)}
    lines = []
    for number, cells in rows[first:]:
        given = {field: cells[at].strip() for field, at in columns.items() if at < len(cells)}
        lines.append(_line(number, cells, given, found, fabrics, is_own=is_own))
    return _judged(reader, block, lines, tuple(remarks), tick)


def _judged(
    reader: Reader, block: str, lines: list[Line], remarks: tuple[str, ...], tick: Tick | None
) -> CableTable:
    wires = _as_trunks([line.wire for line in lines])
    plan = judge(reader, block, wires, tick)
    return CableTable(
        tuple(
            replace(line, wire=wire, cure=line.cure or _cure(wire))
            for line, wire in zip(lines, plan.wires, strict=True)
        ),
        remarks,
    )


def _cure(wire: Wire) -> str:
    if wire.state != "problem":
        return ""
    if "has no port" in wire.problem:
        return "Write the port as on the device, such as osfp17 or osfp17/2"
    return "Choose a free port" if " use" in wire.problem else "Choose ports that fit each other"


def _rows(text: str) -> list[tuple[int, tuple[str, ...]]]:
    """Return the lines that hold anything, with their numbers."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").split("\n")
    sample = "\n".join(lines[:50])
    separator = max(
        "\t;,", key=lambda mark: (sample.count(mark) > 0, "\t;,".find(mark) == 0, sample.count(mark))
    )
    rows = []
    for number, line in enumerate(lines, 1):
        if not line.strip(" \t;,\ufeff"):
            continue
        try:
            cells = next(csv.reader([line.lstrip("\ufeff")], delimiter=separator), [])
        except csv.Error:
            cells = line.split(separator)
        rows.append((number, tuple(_cell(cell) for cell in cells)))
    return rows


def _cell(text: str) -> str:
    """Return a cell without the apostrophe that keeps spreadsheets from taking it for a formula."""
    text = text.strip()
    return text[1:] if text[:1] == "'" and text[1:2] in ("=", "+", "-", "@") else text


def _columns(rows: Sequence[tuple[int, tuple[str, ...]]]) -> tuple[dict[str, int], int, list[str]]:
    """Return the place of each field, the first row that is a cable, and remarks."""
    if not rows:
        return {}, 0, []
    heads = [" ".join(re.sub(r"[^a-z]+", " ", cell.lower()).split()) for cell in rows[0][1]]
    columns: dict[str, int] = {}
    for at, head in enumerate(heads):
        if head in _FIELD_OF:
            columns.setdefault(_FIELD_OF[head], at)
    if len(columns) < 2:
        return {field: at for at, field in enumerate(ORDER)}, 0, []
    lacking = [field for field in ORDER[:4] if field not in columns]
    if lacking:
        wanted = ", ".join(f"'{_HEADS[field][0]}'" for field in lacking)
        raise EditError(
            f"the head line has no column {wanted}", cure="Name the column, or leave out the head"
        )
    remarks = []
    if any(all(head in heads for head in own) for own in _OWN):
        remarks.append(_OWN_REMARK)
    left = [cell for cell, head in zip(rows[0][1], heads, strict=True) if cell and head not in _FIELD_OF]
    if left and not remarks:
        remarks.append(f"Columns not used: {', '.join(left)}")
    return columns, 1, remarks


class _Names:
    """Devices by every tail of their tags."""

    def __init__(self, devices: Sequence[Standing]) -> None:
        self._by_tail: dict[str, list[Standing]] = {}
        self._by_tag = {at.tag: at for at in devices}
        for at in devices:
            steps = at.tag.split("/")
            for length in range(1, len(steps) + 1):
                self._by_tail.setdefault("/".join(steps[-length:]), []).append(at)

    def find(self, rack: str, name: str) -> Standing:
        """Return the one device of a name.

        Raises
        ------
        EditError
            If there is none, or several.
        """
        if not name:
            raise EditError("a device is missing", cure="Write its name")
        text = f"{rack}/{name}" if rack else name
        exact = self._by_tag.get(text)
        found = [exact] if exact is not None else self._by_tail.get(text, [])
        if not found and rack:
            found = self._by_tail.get(name, [])[:2]  # a device on the floor has no rack
            found = [at for at in found if rack == at.tag or at.tag.startswith(f"{rack}/")]
        if not found:
            raise EditError(f"no device is called '{text}'", cure="Write the name as in the project tree")
        if len(found) > 1:
            cure = f"Write the rack before it, as in {'/'.join(found[0].tag.split('/')[-2:])}"
            raise EditError(f"{counted(len(found), 'device')} are called '{text}'", cure=cure)
        return found[0]


def _line(
    number: int,
    cells: tuple[str, ...],
    given: Mapping[str, str],
    names: _Names,
    fabrics: Mapping[str, str],
    *,
    is_own: bool,
) -> Line:
    def port(side: str) -> str:
        text = given.get(f"{side}_port", "")
        if not text:
            raise EditError("a port is missing", cure="Write its name, such as osfp17")
        return text

    try:
        a = names.find(given.get("a_rack", ""), given.get("a_device", ""))
        b = names.find(given.get("b_rack", ""), given.get("b_device", ""))
        ports = port("a"), port("b")
        fields = _fields(given, fabrics, _holder_tag(a, b) if is_own else "", is_own=is_own)
    except EditError as error:
        wire = Wire("", given.get("a_port", ""), "", given.get("b_port", ""), "problem", error.problem)
        return Line(number, cells, wire, error.cure)
    return Line(number, cells, Wire(a.path, ports[0], b.path, ports[1], fields=tuple(fields.items())))


def _holder_tag(a: Standing, b: Standing) -> str:
    """Return the tag of the block that holds a link of two devices: names in schedules begin with it."""
    steps = []
    for one, other in zip(a.path.split("/")[:-1], b.path.split("/")[:-1], strict=False):
        if one != other:
            break
        steps.append(one)
    return "/".join(a.tag.split("/")[: len(steps)])


def _fields(
    given: Mapping[str, str], fabrics: Mapping[str, str], holder: str, *, is_own: bool
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    name = clean_name(given.get("name", ""))
    if is_own:
        name = name.partition(" + ")[0]
        name = "" if _NUMBERED.fullmatch(name) else name.removeprefix(f"{holder}/" if holder else "")
    if name:
        found["name"] = name
    if given.get("colour"):
        found["colour"] = clean_name(given["colour"])
    fabric = given.get("fabric", "")
    if fabric and fabric not in _LAYERS:
        if fabric not in fabrics:
            raise EditError(
                f"no fabric is called '{fabric}'", cure="Make the fabric first, or clear the cell"
            )
        found["fabric"] = fabrics[fabric]
    if given.get("length_m"):
        found["length_m"] = _metres(given["length_m"])
    if given.get("status") in get_args(Status):
        found["status"] = given["status"]
    return found


def _metres(text: str) -> float:
    number = with_points(text.lower().removesuffix("m"))
    if not re.fullmatch(r"\d{1,6}(\.\d{1,6})?", number) or not 0 < float(number) <= 100_000:
        raise EditError(f"'{text[:40]}' is no length in metres", cure="Write for example 3 or 2.5")
    return float(number)


def _as_trunks(wires: Sequence[Wire]) -> list[Wire]:
    """Give cables of one pair called x-1 to x-n, in order, the name x: a schedule counts trunks so."""
    groups: dict[tuple[Any, ...], list[tuple[int, int]]] = {}
    for at, wire in enumerate(wires):
        fields = dict(wire.fields)
        match = _COUNTED.fullmatch(str(fields.pop("name", "")))
        if match is not None and wire.state == "new" and len(match[2]) < 7 and not match[2].startswith("0"):
            key = (wire.a_path, wire.b_path, match[1], tuple(fields.items()))
            groups.setdefault(key, []).append((int(match[2]), at))
    found = list(wires)
    for (_, _, name, _), members in groups.items():
        if len(members) > 1 and [number for number, _ in members] == list(range(1, len(members) + 1)):
            for _, at in members:
                fields = {**dict(wires[at].fields), "name": name}
                found[at] = replace(wires[at], fields=tuple(fields.items()))
    return found

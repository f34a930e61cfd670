"""The parts of a NetBox type: interfaces, inlets, outlets, panel ports and bays as port groups and bays."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from core.exchange.netbox_choices import Choices
from core.exchange.netbox_fields import Fields, listed
from core.exchange.netbox_ports import PortKind, console_port, data_port, is_no_port, panel_port, power_port
from core.exchange.netbox_power import LEG_NAMES, Inlet, Outlet, bank_of, legs_of
from core.exchange.port_names import PortNames, grouped, patterns_of
from core.exchange.yaml_text import Mapping
from core.model.ports import MOST_PORTS_OF_DEVICE
from core.model.types import Bay, DeviceKind, PortGroup

_MODULE = re.compile(r"\{module\}[-/:. ]?")
"""Where NetBox puts the position of a bay; we put the bay before the name."""
_OF_ALL = ("name", "label", "description")
_KNOWN = {
    "interfaces": frozenset((
        *_OF_ALL, "type", "enabled", "mgmt_only", "bridge", "poe_mode", "poe_type", "rf_role",
    )),
    "console-ports": frozenset((*_OF_ALL, "type")),
    "console-server-ports": frozenset((*_OF_ALL, "type")),
    "power-ports": frozenset((*_OF_ALL, "type", "maximum_draw", "allocated_draw")),
    "power-outlets": frozenset((*_OF_ALL, "type", "power_port", "feed_leg", "color")),
    "front-ports": frozenset((*_OF_ALL, "type", "color", "rear_port", "rear_port_position", "positions")),
    "rear-ports": frozenset((*_OF_ALL, "type", "color", "positions")),
    "module-bays": frozenset((*_OF_ALL, "position")),
    "device-bays": frozenset(_OF_ALL),
    "inventory-items": frozenset((*_OF_ALL, "manufacturer", "part_id")),
}  # fmt: skip
"""Keys each list may have by the schemas of 2025 and 2026; another one is told."""
_BAYS = (
    (re.compile(r"psu|power|supply|\bps\b|\bps\d", re.I), "supply"),
    (re.compile(r"fan", re.I), "fan"),
    (re.compile(r"nic\b|ocp|mezz|\blom\b", re.I), "nic"),
    (re.compile(r"card|slot|module|\blc\b|fpc|mda|\biom\b|linecard", re.I), "line-card"),
)
_TWIN_RATES = (200.0, 400.0)
"""Rates of one link of a twin-port OSFP cage of 400 or 800 Gbit/s."""
_Way = Literal["both", "in", "out"]


class _Group(NamedTuple):
    """What neighbouring ports of one pattern share."""

    layer: Literal["data", "power"]
    direction: _Way
    role: str
    kind: PortKind
    face: Literal["", "front", "rear"]
    rated_w: float | None = None
    bank: str = ""
    legs: str = ""


@dataclass
class Parts:
    """What a type has: counts, draws, names and groups."""

    read: int = 0
    left_out: int = 0
    data_ports: int = 0
    """Network ports other than those that manage it."""
    panel_ports: int = 0
    console_servers: int = 0
    inlets: list[Inlet] = field(default_factory=list)
    outlets: list[Outlet] = field(default_factory=list)
    port_types: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Ports by the type the file gives them, and the usual connector."""
    bays: tuple[Bay, ...] = ()
    names: dict[str, str] = field(default_factory=dict)
    ports: list[tuple[str, _Group]] = field(default_factory=list)

    def groups(self, kind: DeviceKind) -> tuple[PortGroup, ...]:
        """Return the ports as groups, in the order of the file, each on the face usual for the kind."""
        return tuple(
            PortGroup(
                name=pattern, layer=shared.layer, direction=shared.direction, role=shared.role,
                connector=shared.kind.connector, face=shared.face or _usual_face(shared, kind),
                rate_gbps=shared.kind.rate_gbps if shared.layer == "data" else None,
                phases=shared.kind.phases, rated_w=shared.rated_w if kind in ("rack-pdu", "ups") else None,
                bank=shared.bank, legs=shared.legs,
            )
            for pattern, shared, _ in grouped(self.ports)
        )  # fmt: skip


def _usual_face(shared: _Group, kind: DeviceKind) -> Literal["front", "rear"]:
    if shared.layer == "power":
        return "front" if kind == "rack-pdu" and shared.direction == "out" else "rear"
    return "rear" if kind in ("server", "storage") else "front"


def read_parts(fields: Fields, choices: Choices) -> Parts:
    """Return the parts of a device or module type; what is to be said about them goes to the notes.

    Raises
    ------
    CatalogueError
        If a list is none, a part has no name, or two of one list have the same name.
    """
    parts, names = Parts(), PortNames()
    strange = _Strange(choices, parts.port_types)
    _interfaces(fields, parts, names, strange)
    _consoles(fields, parts, names, strange)
    _power(fields, parts, names, strange)
    _panel(fields, parts, names, strange)
    if len(parts.ports) > MOST_PORTS_OF_DEVICE:
        raise fields.error(
            "interfaces", f"a device may have {MOST_PORTS_OF_DEVICE} ports", "Remove what is never wired"
        )
    strange.tell(fields)
    parts.bays = _bays(fields)
    parts.names = names.given
    _tell_names(fields, names, "Ports")
    if parts.ports:
        fields.notes.append("The file does not say on which face ports are; the usual one is taken")
    items = [fields.of_row(row, "name", needed=True) for row in _rows(fields, "inventory-items")]
    if items:
        fields.remarks.append(f"Inventory items: {listed(items)}")
    return parts


def _rows(fields: Fields, key: str) -> list[Mapping]:
    rows = fields.rows(key)
    seen: set[str] = set()
    for row in rows:
        fields.strange(row, _KNOWN[key])
        name = fields.of_row(row, "name")
        if name and name in seen and key != "inventory-items":
            raise fields.error(
                key, f"two of its {key} are called '{name[:40]}'", "Rename one of them", row["name"]
            )
        seen.add(name)
    return rows


class _Strange:
    """Types of ports we have no words for: kept without a connector, and told."""

    def __init__(self, choices: Choices, all_types: Counter[tuple[str, str]]) -> None:
        self._counts: Counter[str] = Counter()
        self._choices, self._all = choices, all_types

    def looked_at(self, said: str, look_up: Callable[[str], PortKind]) -> PortKind:
        kind = look_up(said.lower())
        key = said.lower()[:64]
        self._all[key, kind.connector] += 1
        if key in self._choices.connectors:
            return kind._replace(connector=self._choices.connectors[key], is_understood=True)
        if not kind.is_understood:
            self._counts[said] += 1
        return kind

    def tell(self, fields: Fields) -> None:
        for said, count in self._counts.items():
            times = "one port" if count == 1 else f"{count} ports"
            fields.notes.append(
                f"Port type not understood: '{said[:40]}' ({times}, kept without a connector)"
            )


def _add(
    parts: Parts, names: PortNames, row: Mapping, fields: Fields, shared: _Group, otherwise: str
) -> None:
    parts.read += 1
    said = fields.of_row(row, "name", needed=True)
    short = _MODULE.sub("", said)
    name = names.take(short, otherwise)
    names.given[name] = said
    parts.ports.append((name, shared))


def _interfaces(fields: Fields, parts: Parts, names: PortNames, strange: _Strange) -> None:
    logical: Counter[str] = Counter()
    powering = twins = 0
    for row in _rows(fields, "interfaces"):
        said = fields.of_row(row, "type", needed=True)
        if is_no_port(said.lower()):
            fields.of_row(row, "name", needed=True)
            logical[said] += 1
            parts.read += 1
            parts.left_out += 1
            continue
        manages = fields.of_row(row, "mgmt_only").lower() == "true"
        powering += fields.of_row(row, "poe_mode") == "pse"
        kind = strange.looked_at(said, data_port)
        shared = _Group("data", "both", "out-of-band" if manages else "", kind, "")
        _add(parts, names, row, fields, shared, "port")
        parts.data_ports += not manages
        twins += kind.connector.startswith("OSFP") and kind.rate_gbps in _TWIN_RATES
    if twins:
        fields.notes.append(
            f"{twins} OSFP ports may be two to a cage (twin port); here each has a cage of its own"
        )
    for said, count in logical.items():
        fields.notes.append(f"Left out, because it is no port: {count} x '{said[:40]}'")
    if powering:
        fields.notes.append(f"{powering} ports feed others over the cable (PoE), which is not modelled")


def _consoles(fields: Fields, parts: Parts, names: PortNames, strange: _Strange) -> None:
    for key in ("console-ports", "console-server-ports"):
        for row in _rows(fields, key):
            kind = strange.looked_at(fields.of_row(row, "type"), console_port)
            shared = _Group("data", "both", "console", kind, "")
            _add(parts, names, row, fields, shared, "console")
            parts.console_servers += key == "console-server-ports"


def _power(fields: Fields, parts: Parts, names: PortNames, strange: _Strange) -> None:
    for row in _rows(fields, "power-ports"):
        draw, usual = fields.draw_of(row, "maximum_draw"), fields.draw_of(row, "allocated_draw")
        said = fields.of_row(row, "type")
        kind = strange.looked_at(said, power_port)
        _add(parts, names, row, fields, _Group("power", "in", "", kind, "", draw), "psu")
        parts.inlets.append(Inlet(fields.of_row(row, "name"), said.lower(), kind.phases, draw, usual))
    rows = _rows(fields, "power-outlets")
    parts.outlets = [_outlet(fields, row) for row in rows]
    strangers = {outlet.inlet for outlet in parts.outlets} - {"", *(inlet.name for inlet in parts.inlets)}
    if strangers:
        fields.doubts.append(f"Outlets hang on inlets that it does not have: {listed(sorted(strangers))}")
    banks = 0
    for row, legs in zip(rows, legs_of(fields, parts.inlets, parts.outlets), strict=True):
        kind = strange.looked_at(fields.of_row(row, "type"), power_port)
        bank = bank_of(fields.of_row(row, "name"), fields.of_row(row, "label"))
        banks += bool(bank)
        _add(parts, names, row, fields, _Group("power", "out", "", kind, "", bank=bank, legs=legs), "outlet")
    if banks:
        fields.notes.append(
            "Outlets are named by bank, but the file gives no rating of the banks' breakers: enter it"
        )


def _outlet(fields: Fields, row: Mapping) -> Outlet:
    leg = fields.of_row(row, "feed_leg").upper()
    if leg and leg not in LEG_NAMES:
        fields.doubts.append(f"'{leg[:20]}' is no leg; there are A, B and C: left open")
        leg = ""
    return Outlet(fields.of_row(row, "name"), fields.of_row(row, "power_port"), leg)


def _panel(fields: Fields, parts: Parts, names: PortNames, strange: _Strange) -> None:
    through = 0
    behind = {
        fields.of_row(row, "name"): fields.of_row(row, "positions") for row in fields.rows("rear-ports")
    }
    for key, face in (("front-ports", "front"), ("rear-ports", "rear")):
        for row in _rows(fields, key):
            kind = strange.looked_at(fields.of_row(row, "type", needed=True), panel_port)
            shared = _Group("data", "both", "patch", kind, "front" if face == "front" else "rear")
            _add(parts, names, row, fields, shared, face)
            _look_behind(fields, row, behind)
            through += 1
    parts.panel_ports = through
    if through:
        fields.notes.append(f"{through} ports pass a cable through (front to rear), which is not modelled")


def _look_behind(fields: Fields, row: Mapping, behind: dict[str, str]) -> None:
    """Doubt a front port whose rear port is not there; the newest files name none."""
    name, rear = fields.of_row(row, "name"), fields.of_row(row, "rear_port")
    if not rear:
        return
    if rear not in behind:
        fields.doubts.append(f"Front port {name[:40]} leads to a rear port it does not have: {rear[:40]}")
        return
    place, most = fields.of_row(row, "rear_port_position") or "1", behind[rear] or "1"
    if place.isdecimal() and most.isdecimal() and int(place[:9]) > int(most[:9]):
        fields.doubts.append(
            f"Front port {name[:40]} takes position {place[:9]} of {rear[:40]}, which has {most[:9]}"
        )


def _bays(fields: Fields) -> tuple[Bay, ...]:
    names, found = PortNames(), []
    for key in ("module-bays", "device-bays"):
        for row in _rows(fields, key):
            said = fields.of_row(row, "name", needed=True)
            words = f"{said} {fields.of_row(row, 'label')}"
            accepts = next((kind for pattern, kind in _BAYS if pattern.search(words)), "")
            found.append(
                (names.take(_MODULE.sub("", said), "bay"), "device" if key == "device-bays" else accepts)
            )
    _tell_names(fields, names, "Bays")
    if found:
        fields.notes.append("What a bay accepts is guessed from its name")
    return tuple(Bay(name=pattern, accepts=accepts) for pattern, accepts, _ in grouped(found))


def _tell_names(fields: Fields, names: PortNames, what: str) -> None:
    """Note the names that had to be changed, as patterns: those of the file are found again by it."""
    changed = [(ours, theirs) for ours, theirs in names.given.items() if ours != theirs]
    told, at = [], 0
    for pattern, _, count in grouped([(ours, 0) for ours, _ in changed]):
        theirs = patterns_of([name for _, name in changed[at : at + count]])
        told.append(f"'{', '.join(theirs)}' as {pattern}")
        at += count
    if told:
        fields.notes.append(f"{what} written differently here: {'; '.join(told)}")

"""The lists within types: port groups, bays, built-in accelerators, flow tables, zones, sources."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from core.catalogue.library import Library
from core.catalogue.type_check import UNRATED_ROLES
from core.editing.cabling.sockets import MATES
from core.editing.naming import counted_on
from core.errors import RecordError
from core.model.ports import expand
from core.model.types import (
    AcceleratorType,
    AnyType,
    Bank,
    Bay,
    Citation,
    CoolingPoint,
    DeviceType,
    EfficiencyPoint,
    Fit,
    FlowPoint,
    PortGroup,
    PriceBreak,
    RejectionPoint,
    Zone,
)
from desktop.dialogs.type_rows import RowKind

_RANGE = re.compile(r"\{(\d+)\.\.(\d+)\}")
_CAGES = (
    "OSFP-finned", "OSFP-flat", "QSFP112", "QSFP-DD", "QSFP-DD800", "QSFP56", "QSFP28", "SFP28", "SFP+",
    "RJ45", "MPO-12/APC", "LC", "terminal", "busbar-50V", "UQD04", "FD83", "flange",
)  # fmt: skip
_ROLES = ("scale-out", "storage", "in-band", "out-of-band", "scale-up", "uplink", "console")
_DATA = ("name", "layer", "role", "connector", "face", "rate_gbps", "lanes", "whole")
_POWER = (
    "name", "layer", "direction", "connector", "face", "voltage_low_v", "voltage_high_v", "phases", "rated_w",
    "bank", "legs",
)  # fmt: skip
_COOLANT = ("name", "layer", "direction", "connector", "face", "fluid", "bore_mm")


def lists_of(library: Library, spec: AnyType) -> dict[str, RowKind]:
    """Return how the lists of a type are edited, by field."""
    if isinstance(spec, DeviceType):
        return {
            **PRICED,
            "ports": _ports(library),
            "bays": _bays(library),
            "accelerators": _accelerators(library),
            "coolant_flows": FLOWS,
            "banks": BANKS,
            "efficiencies": EFFICIENCIES,
            "cooling_points": COOLING_POINTS,
            "rejection_points": REJECTION_POINTS,
        }
    return {**PRICED, "zones": ZONES} if hasattr(spec, "zones") else PRICED


def free_pattern(pattern: str, taken: Iterable[str]) -> str:
    """Return a pattern like another one that stands for names not taken: the range goes on, or it counts on.

    Examples
    --------
    >>> free_pattern("osfp{1..64}", ["osfp{1..64}"]), free_pattern("bmc", ["bmc"]), free_pattern("p1", ["p1"])
    ('osfp{65..128}', 'bmc-2', 'p2')
    """
    used = {name for other in taken for name in _names(other)}
    if not used & set(_names(pattern)):
        return pattern
    match = _RANGE.search(pattern)
    if match is None:
        return counted_on(pattern, used)
    first, last = int(match[1]), int(match[2])
    count = last - first + 1
    while used & set(_names(pattern)) and last + count <= 9999:
        first, last = first + count, last + count
        pattern = f"{pattern[: match.start()]}{{{first}..{last}}}{pattern[match.end() :]}"
        match = _RANGE.search(pattern) or match
    return pattern


def _names(pattern: str) -> tuple[str, ...]:
    try:
        return expand(pattern)
    except RecordError:
        return (pattern,)


def _count(group: Any) -> str:
    return f"{len(_names(group.name)):,}"


def _what(group: PortGroup) -> str:
    if group.layer == "data":
        if not group.rate_gbps and group.role in UNRATED_ROLES:
            return group.role
        rate = f"{group.rate_gbps:g} Gbit/s" if group.rate_gbps else "rate not known"
        return f"{rate}, {group.role}" if group.role else rate
    way = {"in": "inlet", "out": "outlet", "both": "either way"}[group.direction]
    return f"{way}, {group.rated_w / 1000:g} kW" if group.rated_w else way


def _settled(group: PortGroup) -> PortGroup:
    """Return a port group whose direction suits its layer."""
    if group.layer == "data" and group.direction != "both":
        return msgspec.structs.replace(group, direction="both")
    if group.layer != "data" and group.direction == "both":
        return msgspec.structs.replace(group, direction="in")
    return group


def _ports(library: Library) -> RowKind:
    groups = [group for spec in library if isinstance(spec, DeviceType) for group in spec.ports]
    connectors = sorted({g.connector for g in groups if g.connector} | set(MATES) | set(_CAGES))
    roles = sorted({g.role for g in groups if g.role} | set(_ROLES))

    def new(rows: Sequence[PortGroup]) -> PortGroup:
        if not rows:
            return PortGroup(name="port{1..8}", layer="data", connector="QSFP112", rate_gbps=400.0)
        return again(rows[-1], rows)

    def again(row: PortGroup, rows: Sequence[PortGroup]) -> PortGroup:
        return msgspec.structs.replace(row, name=free_pattern(row.name, [other.name for other in rows]))

    return RowKind(
        noun="a port group",
        struct=PortGroup,
        columns=(
            ("Names", lambda g: g.name),
            ("Ports", _count),
            ("Layer", lambda g: g.layer),
            ("Connector", lambda g: g.connector or "–"),
            ("What", _what),
            ("Face", lambda g: g.face),
        ),
        stretched=4,
        new=new,
        again=again,
        applies=lambda g: {"data": _DATA, "power": _POWER, "coolant": _COOLANT}[g.layer],
        labels={
            "name": "Names",
            "connector": "Connector or cage",
            "lanes": "Splits into lanes",
            "whole": "Usable whole",
            "rated_w": "Rating of one port",
        },
        suggestions={"connector": connectors, "role": roles, "fluid": ("water", "PG25", "dielectric")},
        settle=_settled,
    )


def _bays(library: Library) -> RowKind:
    modules = [spec.id for spec in library if isinstance(spec, DeviceType) and spec.kind == "module"]

    def again(row: Bay, rows: Sequence[Bay]) -> Bay:
        return msgspec.structs.replace(row, name=free_pattern(row.name, [other.name for other in rows]))

    return RowKind(
        noun="a bay group",
        struct=Bay,
        columns=(
            ("Names", lambda b: b.name),
            ("Bays", _count),
            ("Accepts", lambda b: b.accepts or "–"),
            ("Ships with", lambda b: b.fitted or "–"),
        ),
        new=lambda rows: again(rows[-1], rows) if rows else Bay(name="slot{1..8}", accepts="nic"),
        again=again,
        applies=lambda b: ("name", "accepts", "fitted"),
        labels={"name": "Names", "fitted": "Ships with type"},
        suggestions={"accepts": ("nic", "dpu", "supply", "line-card", "fan"), "fitted": modules},
    )


def _accelerators(library: Library) -> RowKind:
    known = [spec.id for spec in library if isinstance(spec, AcceleratorType)]
    first = known[0] if known else "accelerator"
    return RowKind(
        noun="an accelerator",
        struct=Fit,
        columns=(("Type", lambda f: f.type), ("Count", lambda f: str(f.count))),
        new=lambda rows: Fit(
            type=next((k for k in known if k not in {r.type for r in rows}), first), count=8
        ),
        again=lambda made, rows: made,
        applies=lambda f: ("type", "count"),
        suggestions={"type": known},
    )


def _warmer(made: FlowPoint, rows: Sequence[FlowPoint]) -> FlowPoint:
    return msgspec.structs.replace(made, supply_c=max(r.supply_c for r in rows) + 5.0)


FLOWS = RowKind(
    noun="a flow point",
    struct=FlowPoint,
    columns=(
        ("Supply [°C]", lambda p: f"{p.supply_c:g}"),
        ("Flow [L/min]", lambda p: f"{p.flow_lpm:g}"),
        ("Drop [kPa]", lambda p: "–" if p.drop_kpa is None else f"{p.drop_kpa:g}"),
    ),
    new=lambda rows: _warmer(rows[-1], rows) if rows else FlowPoint(supply_c=30.0, flow_lpm=60.0),
    again=_warmer,
    applies=lambda p: ("supply_c", "flow_lpm", "drop_kpa"),
)


def _or_dash(value: float | None) -> str:
    return "–" if value is None else f"{value:g}"


def _next_bank(made: Bank, rows: Sequence[Bank]) -> Bank:
    return msgspec.structs.replace(made, name=counted_on(made.name, {other.name for other in rows}))


BANKS = RowKind(
    noun="a bank",
    struct=Bank,
    columns=(
        ("Name", lambda b: b.name),
        ("Trip [A]", lambda b: f"{b.rated_a:g}"),
        ("Frame [A]", lambda b: _or_dash(b.frame_a)),
        ("Poles", lambda b: str(b.poles)),
        ("Breaks [kA]", lambda b: _or_dash(b.breaking_ka)),
    ),
    new=lambda rows: _next_bank(rows[-1], rows) if rows else Bank(name="B1", rated_a=20.0),
    again=_next_bank,
    applies=lambda b: ("name", "rated_a", "frame_a", "poles", "breaking_ka"),
)


def _fuller(made: EfficiencyPoint, rows: Sequence[EfficiencyPoint]) -> EfficiencyPoint:
    return msgspec.structs.replace(made, load=min(max(r.load for r in rows) + 0.25, 2.0))


EFFICIENCIES = RowKind(
    noun="an efficiency",
    struct=EfficiencyPoint,
    columns=(
        ("Share of the rating", lambda p: f"{p.load:g}"),
        ("Efficiency", lambda p: f"{p.efficiency:g}"),
    ),
    new=lambda rows: _fuller(rows[-1], rows) if rows else EfficiencyPoint(load=0.25, efficiency=0.95),
    again=_fuller,
    applies=lambda p: ("load", "efficiency"),
)


def _larger(row: PriceBreak, rows: Sequence[PriceBreak]) -> PriceBreak:
    """Return a price break of ten times as many as any there is."""
    most = max(other.quantity for other in rows) if rows else row.quantity
    return msgspec.structs.replace(row, quantity=min(10 * most, 1_000_000_000))


PRICED = {
    "price_breaks": RowKind(
        noun="a price break",
        struct=PriceBreak,
        columns=(
            ("From", lambda p: f"{p.quantity:,}"),
            ("Low [USD]", lambda p: f"{p.low_usd:,.6g}"),
            ("High [USD]", lambda p: f"{p.high_usd:,.6g}"),
        ),
        new=lambda rows: (
            _larger(rows[-1], rows) if rows else PriceBreak(quantity=100, low_usd=0.0, high_usd=0.0)
        ),
        again=_larger,
        applies=lambda p: ("quantity", "low_usd", "high_usd"),
    )
}
"""Lists that all types have."""

COOLING_POINTS = RowKind(
    noun="a rating",
    struct=CoolingPoint,
    columns=(
        ("Heat [kW]", lambda p: f"{p.cooling_w / 1000:g}"),
        ("Approach [K]", lambda p: _or_dash(p.approach_k)),
        ("Entering [°C]", lambda p: _or_dash(p.entering_c)),
        ("Flow [L/min]", lambda p: _or_dash(p.flow_lpm)),
        ("Takes [kW]", lambda p: "–" if p.power_w is None else f"{p.power_w / 1000:g}"),
    ),
    new=lambda rows: rows[-1] if rows else CoolingPoint(cooling_w=1_000_000.0, approach_k=4.0),
    again=lambda made, rows: made,
    applies=lambda p: ("cooling_w", "approach_k", "entering_c", "flow_lpm", "power_w"),
)


def _hotter(made: RejectionPoint, rows: Sequence[RejectionPoint]) -> RejectionPoint:
    return msgspec.structs.replace(made, outdoor_c=max(r.outdoor_c for r in rows) + 5.0)


REJECTION_POINTS = RowKind(
    noun="a rejection point",
    struct=RejectionPoint,
    columns=(
        ("Outdoor [°C]", lambda p: f"{p.outdoor_c:g}"),
        ("Share of the rating", lambda p: f"{p.load:g}"),
        ("Power for each unit of heat", lambda p: f"{p.power_share:g}"),
        ("Water [L/kWh]", lambda p: f"{p.water_l_kwh:g}"),
    ),
    new=lambda rows: _hotter(rows[-1], rows) if rows else RejectionPoint(outdoor_c=35.0, power_share=0.25),
    again=_hotter,
    applies=lambda p: ("outdoor_c", "load", "power_share", "water_l_kwh"),
)


def _beside(made: Zone, rows: Sequence[Zone]) -> Zone:
    taken = {other.name for other in rows}
    name = counted_on(made.name, taken) if made.name in taken else made.name
    return msgspec.structs.replace(made, name=name)


ZONES = RowKind(
    noun="a zone",
    struct=Zone,
    columns=(
        ("Name", lambda z: z.name),
        ("Face", lambda z: z.face),
        ("Side", lambda z: z.side),
        ("Places", lambda z: str(z.places)),
    ),
    new=lambda rows: _beside(Zone(name="zero-u-left", places=2), rows),
    again=_beside,
    applies=lambda z: ("name", "face", "side", "places"),
)

SOURCES = RowKind(
    noun="a source",
    struct=Citation,
    columns=(
        ("What", lambda c: c.title or "–"),
        ("Evidence", lambda c: c.evidence),
        ("Date", lambda c: c.read or "–"),
        ("Covers", lambda c: "1 value" if len(c.fields) == 1 else f"{len(c.fields)} values"),
    ),
    new=lambda rows: Citation(fields=(), title="Data sheet", evidence="verified"),
    again=lambda made, rows: msgspec.structs.replace(made, fields=()),
    applies=lambda c: ("fields", "title", "evidence", "url", "read", "note"),
    labels={
        "fields": "Covers the fields",
        "title": "Document",
        "url": "Address",
        "read": "Read on",
        "note": "Remark",
    },
)

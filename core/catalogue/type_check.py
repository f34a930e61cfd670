"""What is wrong with a type, and what looks wrong.

A *fault* keeps a type out of the catalogue (a number without a source, a port name used twice). A *doubt*
is shown beside the form: the value is possible but hardly meant.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from itertools import pairwise
from typing import Any

import msgspec

from core.errors import RecordError
from core.model.ports import expand
from core.model.types import AcceleratorType, AnyType, CableType, DeviceType, OpticType, RackType

EIA_PANEL_MM = 482.6
"""Width of a 19-inch panel with its ears (EIA-310)."""
ORV3_OPENING_MM = 538.0
"""Clear width of an Open Rack V3 frame."""
PITCH_MM = {"U": 44.45, "OU": 48.0}

_PORT_NAME = re.compile(r"^[A-Za-z0-9._+-]{1,64}$")
_UNSOURCED = frozenset(("version", "sources"))
_LARGEST_SPLIT = 64
UNRATED_ROLES = ("console", "patch")
"""Roles of data ports that have no rate of their own: serial lines, and panels that pass a cable through."""


@dataclass(frozen=True)
class Fault:
    """Why a type is refused: `path` as in `ports[2].name`."""

    path: str
    problem: str
    cure: str


def check_type(spec: AnyType) -> list[str]:
    """Return everything wrong or doubtful about a type, one sentence each; empty when all is well.

    Examples
    --------
    >>> check_type(OpticType(id="x", name="X", connector="QSFP28", rate_gbps=100, fibre="MMF", reach_m=100))
    ['no source covers rate_gbps', 'no source covers reach_m']
    """
    return [fault.problem for fault in faults_of(spec)] + list(doubts_of(spec))


def faults_of(spec: AnyType, *, draft: bool = False) -> Iterator[Fault]:
    """Yield what keeps a type out of the catalogue; numbers of a draft need no source yet."""
    if not spec.id:
        yield Fault("id", "the type has no id", "Give it an id such as maker-model")
    if not spec.name.strip():
        yield Fault("name", "the type has no name", "Give it the name printed on the data sheet")
    yield from _citations(spec)
    if not draft:
        yield from (_unsourced(field) for field in unsourced(spec))
    if isinstance(spec, DeviceType):
        yield from _patterns(spec)
        yield from _lanes(spec)
    if isinstance(spec, RackType):
        yield from _twice("zones", (zone.name for zone in spec.zones))


def numbers_of(spec: AnyType) -> tuple[str, ...]:
    """Return the fields of a type that state a number and so need a source.

    Fields at their default state nothing. A list of ports, bays, zones, flow points or built-in types
    counts, because it says how many there are.
    """
    stated = []
    for info in _fields(type(spec)):
        value = getattr(spec, info.name)
        if info.name in _UNSOURCED or value == info.default:
            continue
        if _is_number(value) or (isinstance(value, tuple) and not all(isinstance(v, str) for v in value)):
            stated.append(info.name)
    return tuple(stated)


def unsourced(spec: AnyType) -> tuple[str, ...]:
    """Return the fields that state a number no source covers; they count as assumed.

    Examples
    --------
    >>> unsourced(AcceleratorType(id="x", name="X", tdp_w=700))
    ('tdp_w',)
    """
    covered = {field for citation in spec.sources for field in citation.fields}
    return tuple(field for field in numbers_of(spec) if field not in covered)


def _unsourced(field: str) -> Fault:
    cure = f"Add '{field}' to the fields of a [[sources]] table, with its title and evidence"
    return Fault(field, f"no source covers {field}", cure)


@cache
def _fields(struct: type[msgspec.Struct]) -> tuple[Any, ...]:
    """Fields of a type; msgspec resolves the annotations anew at every call."""
    return msgspec.structs.fields(struct)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _citations(spec: AnyType) -> Iterator[Fault]:
    known = {info.name for info in _fields(type(spec))}
    for i, citation in enumerate(spec.sources):
        for field in citation.fields:
            if field not in known:
                near = get_close_matches(field, known, 1)
                meant = f"Did you mean {near[0]}?" if near else "Remove it"
                yield Fault(f"sources[{i}].fields", f"a source names the unknown field '{field}'", meant)
        if not citation.title.strip():
            yield Fault(f"sources[{i}].title", "a source has no title", "Say which document it is")


def _patterns(spec: DeviceType) -> Iterator[Fault]:
    for table in ("ports", "bays"):
        names: list[str] = []
        for i, group in enumerate(getattr(spec, table)):
            try:
                expanded = expand(group.name)
            except RecordError as error:
                yield Fault(f"{table}[{i}].name", error.problem, error.cure)
                continue
            if not all(_PORT_NAME.match(name) for name in (expanded[0], expanded[-1])):
                cure = "Use letters, digits, '.', '_', '+' and '-'; '/' and ':' mark the lanes of a port"
                yield Fault(f"{table}[{i}].name", f"'{group.name}' holds a sign no name may hold", cure)
            names.extend(expanded)
        yield from _twice(table, names)


def _twice(table: str, names: Iterable[str]) -> Iterator[Fault]:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            yield Fault(table, f"the name '{name}' is used twice in {table}", "Rename one of them")
            return
        seen.add(name)


def _lanes(spec: DeviceType) -> Iterator[Fault]:
    for i, group in enumerate(spec.ports):
        if any(not 2 <= n <= _LARGEST_SPLIT for n in group.lanes) or len(set(group.lanes)) < len(group.lanes):
            cure = f"Give each number of lanes once, from 2 to {_LARGEST_SPLIT}"
            yield Fault(f"ports[{i}].lanes", f"'{group.name}' cannot be split like that", cure)
        if not group.whole and not group.lanes:
            cure = "Set whole = true or give lanes"
            yield Fault(f"ports[{i}].whole", f"'{group.name}' can be used neither whole nor split", cure)


def doubts_of(spec: AnyType) -> Iterator[str]:
    """Yield what is possible but hardly meant."""
    yield from _ascending(spec, ("price_low_usd", "price_high_usd"))
    match spec:
        case DeviceType():
            yield from _device_power(spec)
            yield from _device_body(spec)
            yield from _device_heat(spec)
            yield from _device_ports(spec)
        case RackType():
            yield from _rack(spec)
        case CableType():
            yield from _cable(spec)
        case OpticType():
            if spec.reach_m <= 0 or spec.rate_gbps <= 0:
                yield "an optic needs a rate and a reach above zero"
        case AcceleratorType():
            yield from _accelerator(spec)


def _ascending(spec: AnyType, fields: tuple[str, ...]) -> Iterator[str]:
    known = [(f, v) for f in fields if (v := getattr(spec, f)) is not None]
    for (low, low_value), (high, high_value) in pairwise(known):
        if low_value > high_value:
            yield f"{low} ({low_value:g}) is above {high} ({high_value:g})"


def _device_power(spec: DeviceType) -> Iterator[str]:
    yield from _ascending(spec, ("power_idle_w", "power_typical_w", "power_max_w", "power_peak_w"))
    yield from _ascending(spec, ("supplies_needed", "supplies_fitted"))
    if spec.supplies_needed is not None and spec.supply_w is not None:
        carried = spec.supplies_needed * spec.supply_w
        if spec.power_max_w is not None and carried < spec.power_max_w:
            yield f"{spec.supplies_needed} supplies give {carried:g} W, less than power_max_w"
    if spec.power_max_w is not None and spec.height_u > 0 and spec.power_max_w > 30_000 * spec.height_u:
        yield "more than 30 kW in one unit of height"
    if spec.efficiency is not None and spec.efficiency < 0.5:
        yield "an efficiency below 0.5; it is a share, not a loss"


def _device_body(spec: DeviceType) -> Iterator[str]:
    stands = [spec.height_u > 0, spec.zero_u, spec.floor_standing, spec.kind == "module"]
    if sum(stands) != 1:
        yield "it must be exactly one of: some units high, zero-U, floor standing, a module"
    if (spec.height_u * 2) % 1:
        yield "height_u is no multiple of one half"
    if spec.height_u > 0:
        widest = EIA_PANEL_MM if spec.unit == "U" else ORV3_OPENING_MM
        if spec.width_mm is not None and spec.width_mm > widest:
            yield f"{spec.width_mm:g} mm is wider than the rack opening takes ({widest:g} mm)"
        space = spec.height_u * PITCH_MM[spec.unit]
        if spec.height_mm is not None and not space - 44 < spec.height_mm < space + 1:
            yield f"height_mm {spec.height_mm:g} does not fit {spec.height_u:g} {spec.unit} ({space:g} mm)"
        if spec.depth_mm is not None and not 50 <= spec.depth_mm <= 1300:
            yield f"a depth of {spec.depth_mm:g} mm does not fit a rack"
        if spec.mass_kg is not None and spec.mass_kg > 60 * spec.height_u:
            yield "more than 60 kg in one unit of height"


def _device_heat(spec: DeviceType) -> Iterator[str]:
    yield from _ascending(spec, ("inlet_min_c", "inlet_max_c"))
    if spec.liquid_fraction is not None and not spec.heat_condition:
        yield "liquid_fraction needs its heat_condition"
    if spec.liquid_fraction and not any(p.layer == "coolant" for p in spec.ports):
        yield "heat goes to liquid, but there is no coolant port"
    for low, high in pairwise(spec.coolant_flows):
        if low.supply_c >= high.supply_c:
            yield "coolant_flows must ascend by supply temperature"
    temperatures = [p.supply_c for p in spec.coolant_flows]
    temperatures += [t for t in (spec.coolant_supply_max_c,) if t is not None]
    if any(not 0 <= t <= 80 for t in temperatures):
        yield "a coolant supply outside 0 to 80 degC"


def _device_ports(spec: DeviceType) -> Iterator[str]:
    inlets = 0
    for group in spec.ports:
        if (group.voltage_low_v or 0) > (group.voltage_high_v or math.inf):
            yield f"the voltage range of '{group.name}' is upside down"
        if group.layer == "data" and not group.rate_gbps and group.role not in UNRATED_ROLES:
            yield f"the data port '{group.name}' has no rate"
        if group.layer != "data" and group.direction == "both":
            yield f"'{group.name}' needs a direction, in or out"
        if group.layer == "power" and group.direction == "in" and group.name.startswith("psu"):
            inlets += len(expand(group.name))
    if inlets and spec.supplies_fitted is not None and inlets != spec.supplies_fitted:
        yield f"{inlets} supply inlets, but {spec.supplies_fitted} supplies fitted"


def _rack(spec: RackType) -> Iterator[str]:
    if abs(spec.pitch_mm - PITCH_MM[spec.unit]) > 0.01:
        yield f"one {spec.unit} is {PITCH_MM[spec.unit]:g} mm, not {spec.pitch_mm:g} mm"
    if spec.units * spec.pitch_mm > spec.height_mm:
        yield f"{spec.units} {spec.unit} are taller than the rack"
    if spec.opening_mm is not None and spec.opening_mm >= spec.width_mm:
        yield "the opening is wider than the rack"
    if spec.mounting_depth_mm is not None and not 300 <= spec.mounting_depth_mm <= spec.depth_mm:
        yield f"a mounting depth of {spec.mounting_depth_mm:g} mm is not plausible"
    if spec.load_max_kg is not None and not 100 <= spec.load_max_kg <= 5000:
        yield f"a load of {spec.load_max_kg:g} kg is not plausible"


def _cable(spec: CableType) -> Iterator[str]:
    yield from _ascending(spec, ("reach_min_m", "reach_max_m"))
    if any(low >= high for low, high in pairwise(spec.lengths_m)):
        yield "lengths_m must ascend"
    if spec.reach_max_m is not None and spec.lengths_m and spec.lengths_m[-1] > spec.reach_max_m:
        yield "a stocked length is beyond the reach"
    if (spec.bend_radius_mm or math.inf) < (spec.diameter_mm or 0):
        yield "the bend radius is below the diameter"


def _accelerator(spec: AcceleratorType) -> Iterator[str]:
    steps = ("tflops_bf16_dense", "tflops_fp8_dense", "tflops_fp4_dense")
    yield from _ascending(spec, steps)
    for (slow, fast), most in zip(pairwise(steps), (2.05, 4.0), strict=True):
        low, high = getattr(spec, slow), getattr(spec, fast)
        if low and high and high > most * low:
            yield f"{fast} is more than {most:g} times {slow}: a figure with sparsity?"

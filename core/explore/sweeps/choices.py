"""What can be varied in a design: for each thing its target, its name, and values to start from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from core.catalogue.library import Library
from core.editing.laying.request import request_of
from core.engine.brief import ASSUMPTIONS
from core.engine.capex import COOLING_KINDS, POWER_KINDS
from core.engine.economics import fault_of
from core.fabrics.families import FAMILIES
from core.model.fields import Field, fields_of
from core.model.project import Reader
from core.model.records import JOBS
from core.model.requirements import REQUIREMENTS
from core.model.types import SWITCH_KINDS, DeviceType, RackType

GROUPS = (
    "Accelerator systems", "Switches", "Power", "Cooling", "Other devices", "Racks", "Fabrics", "Prices",
    "Workloads", "Site and brief", "Assumptions", "Power sources",
)  # fmt: skip
FACTORS = "0.8, 1, 1.2"
MOST_ALIKE = 3
"""Types beside the present one that are put into a list to start from."""


@dataclass(frozen=True)
class Choice:
    """Something that can be varied.

    Attributes
    ----------
    group, label : str
        One of `GROUPS`; as people read it.
    target : str
        As in the file of a sweep.
    values : str
        As typed, to start from: the present value first, others near it.
    name : str
        Of the parameter and its column.
    """

    group: str
    label: str
    target: str
    values: str
    name: str


def choices(reader: Reader, library: Library) -> list[Choice]:
    """Return what can be varied in a design, by group."""
    found = [
        *_devices(reader, library), *_racks(reader, library), *_fabrics(reader), *_prices(reader),
        *_workloads(reader), *_requirements(reader), *_assumptions(reader), *_sources(reader),
    ]  # fmt: skip
    return sorted(found, key=lambda one: GROUPS.index(one.group))


def _devices(reader: Reader, library: Library) -> Iterator[Choice]:
    count = Counter(device.type for device in reader.every("devices"))
    for type_id, _ in count.most_common():
        spec = reader.find_type(type_id)
        if not isinstance(spec, DeviceType):
            continue
        alike = [
            other.id
            for other in library
            if isinstance(other, DeviceType)
            and other.id != type_id
            and other.kind == spec.kind
            and bool(other.accelerators) == bool(spec.accelerators)
        ]
        # Those of the same maker are what people compare first.
        alike.sort(key=lambda name: (getattr(library.find(name), "maker", "") != spec.maker, name))
        if alike:
            values = ", ".join([type_id, *alike[:MOST_ALIKE]])
            yield Choice(_group(spec), spec.name, f"device:{type_id}", values, spec.name)


def _group(spec: DeviceType) -> str:
    if spec.accelerators:
        return "Accelerator systems"
    if spec.kind in SWITCH_KINDS:
        return "Switches"
    if spec.kind in POWER_KINDS:
        return "Power"
    return "Cooling" if spec.kind in COOLING_KINDS else "Other devices"


def _racks(reader: Reader, library: Library) -> Iterator[Choice]:
    for type_id in dict.fromkeys(block.rack_type for block in reader.blocks.values() if block.rack_type):
        spec = reader.find_type(type_id)
        if isinstance(spec, RackType):
            others = [
                one.id
                for one in library
                if isinstance(one, RackType) and one.id != type_id and one.units >= spec.units
            ]
            if others:
                values = ", ".join([type_id, *others[:MOST_ALIKE]])
                yield Choice("Racks", spec.name, f"rack:{type_id}", values, spec.name)


def _fabrics(reader: Reader) -> Iterator[Choice]:
    """Yield family, switch and parameters of the fabrics that were generated; others are drawn by hand."""
    for fabric in reader.fabrics.values():
        request = request_of(reader, fabric.id)
        if request is None or request.family not in FAMILIES:
            continue
        head = f"fabric:{fabric.id}"
        yield Choice(
            "Fabrics", f"{fabric.name}: family", f"{head}:family", request.family, f"{fabric.id}_family"
        )
        for role, type_id in request.switches.items():
            part = f"switch.{role}" if role else "switch"
            yield Choice(
                "Fabrics", f"{fabric.name}: {part}", f"{head}:{part}", type_id, f"{fabric.id}_{part}"
            )
        for name, field in _parameters(request.family).items():
            now = request.parameters.get(name, field.default)
            label = f"{fabric.name}: {field.label}"
            yield Choice("Fabrics", label, f"{head}:{name}", _near(now, field), f"{fabric.id}_{name}")


def _parameters(family: str) -> dict[str, Field]:
    struct: type[msgspec.Struct] = FAMILIES[family].parameters
    return fields_of(struct)


def _prices(reader: Reader) -> Iterator[Choice]:
    yield Choice("Prices", "All prices, times", "price_factor:*", FACTORS, "prices")
    for record in sorted(reader.rows("types").values(), key=lambda one: one.spec.name):
        if record.spec.price_low_usd is not None:
            name = record.spec.name
            yield Choice("Prices", f"{name}, times", f"price_factor:{record.id}", FACTORS, f"price {name}")


def _workloads(reader: Reader) -> Iterator[Choice]:
    for work in reader.rows("workloads").values():
        for name, field in fields_of(JOBS[work.kind]).items():
            now = work.parameters.get(name, field.default)
            if not isinstance(now, str) or field.choices:
                label = f"{work.name}: {field.label}"
                yield Choice(
                    "Workloads", label, f"workload:{work.id}:{name}", _near(now, field), f"{work.id}_{name}"
                )


def _requirements(reader: Reader) -> Iterator[Choice]:
    for name, kind in REQUIREMENTS.items():
        record = reader.requirements.get(name)
        now = kind.default if record is None else record.value
        if kind.choices:
            yield Choice("Site and brief", kind.label, f"requirement:{name}", ", ".join(kind.choices), name)
        elif isinstance(now, (int, float)) and not isinstance(now, bool):
            values = [v for v in _around(float(now)).split(", ") if not kind.fault(float(v))]
            yield Choice("Site and brief", kind.label, f"requirement:{name}", ", ".join(values), name)


def _assumptions(reader: Reader) -> Iterator[Choice]:
    own = reader.rows("assumptions")
    for name, house in ASSUMPTIONS.items():
        record = own.get(name)
        low, high = (house.low, house.high) if record is None else (record.low, record.high)
        now = house.value if record is None else record.value
        ends = [end for end in (low, now, high) if end is not None]
        if len(ends) < 3:
            ends = [end for end in (0.8 * now, now, 1.2 * now) if not fault_of(name, [end])]
        values = ", ".join(dict.fromkeys(f"{end:.6g}" for end in ends))
        yield Choice("Assumptions", house.label, f"assumption:{name}", values, name)


def _sources(reader: Reader) -> Iterator[Choice]:
    for source in reader.sources.values():
        if source.capacity_w:
            target = f"source:{source.id}:capacity_w"
            values = _around(source.capacity_w)
            yield Choice("Power sources", f"{source.id}: capacity", target, values, f"source_{source.id}")


def _near(now: object, field: Field) -> str:
    """Return values near the present one: its choices, its half and double, or the range it may have."""
    if field.choices:
        return ", ".join(dict.fromkeys((str(now), *field.choices)))
    if isinstance(now, bool):
        return "false, true"
    if isinstance(now, int):
        found = [now, 2 * now] if now else [1, 2, 4, 8]
        kept = [
            v
            for v in found
            if (field.low is None or v >= field.low) and (field.high is None or v <= field.high)
        ]
        return ", ".join(map(str, kept))
    if isinstance(now, float):
        return _around(now) if now else "0, 1"
    return str(now)


def _around(value: float) -> str:
    """Return a fifth less, the value, and a fifth more."""
    return f"{0.8 * value:.6g}, {value:.6g}, {1.2 * value:.6g}" if value else "0"

"""Which fields the properties show of a record, their choices, and what is said of it beside them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from core.model.fields import Field, fields_of
from core.model.project import Reader
from core.model.records import Block, Device, Instance, Link, Override, Record
from core.model.types import AnyType, DeviceType, RackType, evidence_of
from core.units import show

SHOWN: dict[type[Record], tuple[str, ...]] = {
    Device: ("name", "half_u", "face", "side", "x_mm", "y_mm", "rotation", "power_limit_w", "status", "phase",
             "scope", "asset_tag", "serial", "note"),
    Instance: ("name", "x_mm", "y_mm", "z_mm", "rotation", "mirrored", "status", "phase", "scope",
               "asset_tag", "serial", "note"),
    Link: ("name", "fabric", "cable", "length_m", "colour", "status", "phase", "scope", "note"),
    Block: ("name", "power_limit_w", "mass_kg", "price_low_usd", "price_high_usd", "grid_mm", "north_deg",
            "note"),
}  # fmt: skip
DELIVERED = ("mass_kg", "price_low_usd", "price_high_usd")
_FACTS = (
    "height_u", "mass_kg", "power_idle_w", "power_typical_w", "power_max_w", "power_peak_w",
    "supplies_fitted", "supplies_needed", "rated_w", "cooling_w", "liquid_fraction", "depth_mm", "units",
    "width_mm", "load_max_kg",
)  # fmt: skip


def field_of(kind: type[Record], name: str) -> Field:
    """Return what is known about a field; of one that only overrides hold, what they say."""
    own = fields_of(kind)
    return own[name] if name in own else fields_of(Override)[name]


def common_fields(project: Reader, records: Iterable[Record]) -> list[str]:
    """Return the fields that all of some records show, in order; names of several kinds are not one field."""
    found: list[str] | None = None
    seen: set[object] = set()
    kinds: set[type[Record]] = set()
    for record in records:
        kinds.add(type(record))
        like = (type(record), record.block, getattr(record, "type", ""), bool(getattr(record, "zone", "")))
        if like in seen:
            continue
        seen.add(like)
        names = relevant(project, type(record), record)
        found = names if found is None else [name for name in found if name in names]
    found = found or []
    return [name for name in found if name != "name"] if len(kinds) > 1 else found


def in_rack(reader: Reader, device: Device) -> bool:
    """Tell whether a device is mounted in a rack, not standing on a floor."""
    holder = reader.blocks.get(device.block)
    return holder is not None and holder.kind == "rack"


def relevant(project: Reader, kind: type[Record], record: Record | None) -> list[str]:
    """Return the fields that mean something for a record: a rack has no grid."""
    names = list(SHOWN.get(kind, ()))
    if isinstance(record, Device):
        racked = in_rack(project, record)
        spec = project.find_type(record.type)
        split = isinstance(spec, DeviceType) and spec.width != "full"
        away = {"x_mm", "y_mm", "rotation"} if racked else {"half_u", "face", "side"}
        away |= set() if split else {"side"}
        away |= {"half_u"} if record.zone else set()
        names = [name for name in names if name not in away]
    if isinstance(record, Block):
        away = {"grid_mm", "north_deg"} if record.kind == "rack" else {"power_limit_w", *DELIVERED}
        names = [name for name in names if name not in away]
    return names


def choices(project: Reader, name: str) -> list[tuple[str, Any]] | None:
    """Return what a field can be chosen from where that is in the project; else None."""
    if name == "phase":
        return [("–", ""), *((p.name, p.id) for p in sorted(project.phases.values(), key=lambda p: p.order))]
    if name == "fabric":
        return [("–", ""), *((f.name, f.id) for f in project.fabrics.values())]
    if name == "cable":
        types = (t.spec for t in project.rows("types").values())
        return [("by length", ""), *((s.name, s.id) for s in types if type(s).__name__ == "CableType")]
    return None


def type_of(project: Reader, record: Record) -> AnyType | None:
    """Return the type of a device, or of the rack that a block or its instance is."""
    if isinstance(record, Device):
        return project.find_type(record.type)
    if isinstance(record, Instance):
        block = project.blocks.get(record.of)
        return project.find_type(block.rack_type) if block is not None and block.rack_type else None
    if isinstance(record, Block) and record.rack_type:
        return project.find_type(record.rack_type)
    return None


def about(project: Reader, record: Record, spec: AnyType | None) -> str:
    """Return the line below the title of a record."""
    if isinstance(record, Link):
        ends = [" / ".join(project.names_along(record.block, end.path)) for end in (record.a, record.b)]
        cables = "1 cable" if record.count == 1 else f"{record.count:,} cables"
        return f"{record.layer.capitalize()}, {cables}: {ends[0]} – {ends[1]}"
    if isinstance(record, Instance):
        block = project.blocks.get(record.of)
        return f"Placed drawing: {block.name}" if block is not None else ""
    if isinstance(record, Block):
        times = project.placements().get(record.id, 0)
        return f"{record.kind.capitalize()} drawing, built {'once' if times == 1 else f'{times:,} times'}"
    return f"{spec.maker} {spec.name}".strip() if spec is not None else ""


def facts(spec: AnyType) -> list[tuple[str, str]]:
    """Return what a type says of itself, as label and text with its evidence."""
    found = []
    fields = fields_of(type(spec))
    for name in _FACTS:
        value = getattr(spec, name, None)
        if value is not None and value != fields[name].default:
            unit = (
                spec.unit
                if name in ("height_u", "units") and isinstance(spec, DeviceType | RackType)
                else fields[name].unit
            )
            found.append((fields[name].label, f"{show(float(value), unit)}  ({evidence_of(spec, name)})"))
    return found


def shape(record: Record | None) -> object:
    """Return what of a record decides which fields its form has."""
    if isinstance(record, Device):
        return (record.zone != "", tuple(sorted(record.modules.items())), tuple(sorted(record.feeds.items())))
    return getattr(record, "kind", None)

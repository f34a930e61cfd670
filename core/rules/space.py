"""Devices in racks: one place for each, inside the rack, of the right kind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations

from core.editing.space import SIXTHS, half_units, mounting_depth, unit_span
from core.model.records import Device
from core.model.types import DeviceType, RackType
from core.rules.finding import Severity
from core.rules.rule import Hit, Missing, Yielded, rule
from core.rules.views import RackView
from core.units import length


@rule("space.clash", Severity.ERROR, "Two devices in one place", scope="rack", unit="U")
def clash(view: RackView) -> Iterator[Yielded]:
    """Two devices of a rack need the same units, or the same place beside them.

    Units are compared by half units, face and halves or thirds of the width. Devices mounted from opposite
    faces share units if their depths together fit the mounting depth; where a depth is not known that
    stays unchecked.

    Source: rack unit (44.45 mm), EIA-310-D as cited on web pages, not read in the original; open unit (48
    mm), Wikipedia on Open Rack. Half units, halves and thirds are a house grid.
    """
    by_unit: dict[int, list[tuple[Device, DeviceType]]] = defaultdict(list)
    by_zone: dict[tuple[str, int], list[tuple[Device, DeviceType]]] = defaultdict(list)
    for device, spec in view.devices:
        if device.zone:
            by_zone[device.zone, device.place].append((device, spec))
        else:
            for unit in range(device.half_u, device.half_u + half_units(spec)):
                by_unit[unit].append((device, spec))
    met: dict[tuple[str, str], tuple[Device, Device, int, int]] = {}
    for unit, there in by_unit.items():
        for (a, spec_a), (b, spec_b) in combinations(there, 2):
            deep = _meet(a, spec_a, b, spec_b, view.rack)
            if deep is None:
                yield Missing(f"depth of {' or '.join(s.name for s in (spec_a, spec_b) if not s.depth_mm)}")
            elif deep:
                low, high = met.get((a.id, b.id), (a, b, unit, unit))[2:]
                met[a.id, b.id] = (a, b, min(low, unit), max(high, unit))
    for a, b, low, high in met.values():
        span = unit_span(view.rack, low, high + 1)
        yield Hit((a.id, b.id), f"both need {span}; move one", (high + 1 - low) / 2, 0)
    for (zone, place), there in by_zone.items():
        for (a, _), (b, _) in combinations(there, 2):
            yield Hit((a.id, b.id), f"both are at {zone} place {place + 1}; move one")


def _meet(a: Device, spec_a: DeviceType, b: Device, spec_b: DeviceType, rack: RackType) -> bool | None:
    """Tell whether two devices at the same units are in each other's way; None if that is not known."""
    one = SIXTHS.get((spec_a.width, a.side), (0, 6))
    other = SIXTHS.get((spec_b.width, b.side), (0, 6))
    if one[1] <= other[0] or other[1] <= one[0]:
        return False
    if a.face == b.face:
        return True
    if spec_a.depth_mm is None or spec_b.depth_mm is None:
        return None
    return spec_a.depth_mm + spec_b.depth_mm > mounting_depth(rack)


@rule("space.outside_rack", Severity.ERROR, "Device outside its rack", scope="rack", unit="U")
def outside_rack(view: RackView) -> Iterator[Yielded]:
    """A device reaches above the top unit, or is at a place the rack does not have.

    Source: the rack type (usable units and zones beside them).
    """
    rack = view.rack
    for device, spec in view.devices:
        if device.zone:
            zone = next((z for z in rack.zones if z.name == device.zone), None)
            if zone is None:
                yield Hit((device.id,), f"{rack.name} has no zone '{device.zone}'; choose one of its places")
            elif device.place >= zone.places:
                text = f"at place {device.place + 1} of {zone.name}, which has {zone.places}; choose another"
                yield Hit((device.id,), text, device.place + 1, zone.places)
            continue
        top = (device.half_u + half_units(spec)) / 2
        if top > rack.units:
            text = f"reaches to {rack.unit}{top:g}, the rack ends at {rack.unit}{rack.units}; move it down"
            yield Hit((device.id,), text, top, rack.units)


@rule("space.wrong_place", Severity.ERROR, "Device of the wrong kind for its place", scope="rack")
def wrong_place(view: RackView) -> Iterator[Yielded]:
    """A device mounts where things of its kind cannot: in units without a height, a zone, a bay, a floor.

    Source: the device type (height, zero-U, floor-standing, module).
    """
    for device, spec in view.devices:
        reason = ""
        if spec.kind == "module":
            reason = "a module goes into a bay of a device"
        elif spec.floor_standing:
            reason = "it stands on the floor"
        elif spec.zero_u and not device.zone:
            reason = "it mounts beside the units; choose a zone of the rack"
        elif not spec.zero_u and device.zone:
            reason = "it mounts in units, not in a zone"
        elif not device.zone and half_units(spec) < 1:
            reason = "its type has no height in units"
        elif spec.width != "full" and (spec.width, device.side) not in SIXTHS and not device.zone:
            reason = f"it takes a {spec.width} of the width; say which side"
        if reason:
            yield Hit((device.id,), reason)


@rule("space.wrong_unit", Severity.ERROR, "Open units in a rack of rack units, or the reverse", scope="rack")
def wrong_unit(view: RackView) -> Iterator[Yielded]:
    """A device made for Open Units (48 mm) is in a rack of rack units (44.45 mm), or the reverse.

    Neither width nor pitch fits: 537 mm against 482.6 mm panels.

    Source: EIA-310-D as cited on web pages, not read in the original; Open Rack V3, Wikipedia. That the two
    are never added is derived: 44 OU and 47 U differ by 23 mm.
    """
    for device, spec in view.devices:
        if spec.unit != view.rack.unit and not spec.zero_u and not device.zone:
            text = f"made for {spec.unit}, the rack has {view.rack.unit}; choose a rack of its kind"
            yield Hit((device.id,), text)


@rule("space.depth", Severity.ERROR, "Device deeper than the rack", scope="rack", unit="mm")
def depth(view: RackView) -> Iterator[Yielded]:
    """A device is deeper than the mounting depth of its rack, or than the rack where that is not known.

    Source: depths of the rack and device type. That EIA-310 fixes none is recalled, not read in the original.
    """
    limit = mounting_depth(view.rack)
    for device, spec in view.devices:
        if device.zone or spec.zero_u:
            continue
        if spec.depth_mm is None:
            if spec.kind != "blank":
                yield Missing(f"depth of {spec.name}")
        elif spec.depth_mm > limit:
            text = f"{length(spec.depth_mm)} deep, the rack takes {length(limit)}; choose a deeper rack"
            yield Hit((device.id,), text, spec.depth_mm, limit)

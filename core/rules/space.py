"""Devices in racks: one place for each, inside the rack, of the right kind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations

from core.editing.space import SIXTHS, half_units, mounting_depth, unit_span
from core.engine.solids import TOUCH_MM, clashes, opening_mm
from core.model.records import Device
from core.model.types import DeviceType
from core.rules.finding import Severity
from core.rules.rule import Hit, Missing, Yielded, rule
from core.rules.views import RackView
from core.units import length

PANEL_WIDTH_MM = 482.6
"""Width of a panel of 19 inches: devices are as wide in front of the rails."""


@rule("space.clash", Severity.ERROR, "Two devices in one place", scope="rack", unit="mm")
def clash(view: RackView) -> Iterator[Yielded]:
    """Two devices in the units of a rack need the same room, or two devices the same place beside them.

    They are held against each other as boxes in mm: height by units of the rack's own pitch, width by
    halves or thirds of the opening, depth from the rail each is mounted from. Devices mounted from opposite
    faces share units if their depths together fit the mounting depth; where a depth is not known that
    stays unchecked. Touching within 0.5 mm is none.

    Source: rack unit (44.45 mm), EIA-310-D as cited on web pages, not read in the original; open unit (48
    mm), Wikipedia on Open Rack. Half units, halves and thirds are a house grid.
    """
    spans = {device.id: _span(device, spec) for device, spec in view.devices}
    for met in clashes(view.solids):
        if {met.a.kind, met.b.kind} != {"units"}:
            continue
        if not met.sure:
            names = view.type_names(*(s.device for s in (met.a, met.b) if s.unknown))
            yield Missing(f"depth of {' or '.join(names)}")
            continue
        (low, high), (other_low, other_high) = spans[met.a.device], spans[met.b.device]
        span = unit_span(view.rack, max(low, other_low), min(high, other_high))
        yield Hit((met.a.device, met.b.device), f"both need {span}; move one", met.deep_mm, 0.0)
    by_zone: dict[tuple[str, int], list[Device]] = defaultdict(list)
    for device, _ in view.devices:
        if device.zone:
            by_zone[device.zone, device.place].append(device)
    for (zone, place), there in by_zone.items():
        for a, b in combinations(there, 2):
            yield Hit((a.id, b.id), f"both are at {zone} place {place + 1}; move one")


def _span(device: Device, spec: DeviceType) -> tuple[int, int]:
    return device.half_u, device.half_u + half_units(spec)


@rule("space.zone_clash", Severity.ERROR, "Device in the way of what is beside or behind the units",
      scope="rack", unit="mm")  # fmt: skip
def zone_clash(view: RackView) -> Iterator[Yielded]:
    """A 0U unit or a manifold and a deep device, another 0U unit or the busbar need the same room.

    A 0U unit stands against the side of the rack, its places following each other from the face inwards. One
    that is wider than the space beside the opening reaches behind the devices, and only shallow ones leave
    it that room. A busbar takes 100 mm in the middle behind the mounting depth (house value). A 0U unit whose
    width or depth nobody gives stays unchecked.

    Source: sizes of the device and rack types; where 0U units stand is a house convention, as frames have
    channels of their own.
    """
    for solid in view.solids:
        lacking = [name for name in solid.unknown if name != "height"]
        if solid.kind == "zone" and lacking:
            yield Missing(f"{' and '.join(lacking)} of {view.type_names(solid.device)[0]}")
    for met in clashes(view.solids):
        if {met.a.kind, met.b.kind} == {"units"}:
            continue
        if not met.sure:
            names = view.type_names(*(s.device for s in (met.a, met.b) if s.unknown))
            yield Missing(f"size of {' or '.join(names)}")
            continue
        rack_own = [s.kind for s in (met.a, met.b) if not s.device]
        against = f"into the space of the {rack_own[0]}" if rack_own else "into each other"
        subjects = tuple(s.device for s in (met.a, met.b) if s.device)
        yield Hit(subjects, f"reach {length(met.deep_mm)} {against}; move one", met.deep_mm, 0.0)


@rule("space.width", Severity.ERROR, "Device wider than its place", scope="rack", unit="mm")
def width(view: RackView) -> Iterator[Yielded]:
    """A device is wider than the rack takes: the panel of 482.6 mm, the opening, its half or third of it.

    Source: panel of 19 in, EIA-310-D as cited on web pages, not read in the original; the opening of the
    rack type.
    """
    opening = opening_mm(view.rack)
    for device, spec in view.devices:
        if device.zone or spec.width_mm is None or spec.floor_standing:
            continue
        low, high = SIXTHS.get((spec.width, device.side), (0, 6))
        limit = max(opening, PANEL_WIDTH_MM) if spec.width == "full" else opening * (high - low) / 6
        if spec.width_mm > limit + TOUCH_MM:
            text = f"{length(spec.width_mm)} wide, its place is {length(limit)}; choose another rack or place"
            yield Hit((device.id,), text, spec.width_mm, limit)


@rule("space.zone_height", Severity.ERROR, "0U unit taller than its rack", scope="rack", unit="mm")
def zone_height(view: RackView) -> Iterator[Yielded]:
    """A 0U unit or a manifold is taller than the rack it stands in.

    Source: heights of the device and rack types.
    """
    limit = float(view.rack.height_mm)
    for device, spec in view.devices:
        if spec.zero_u and spec.height_mm is not None and spec.height_mm > limit + TOUCH_MM:
            text = f"{length(spec.height_mm)} tall, the rack is {length(limit)}; choose a shorter one"
            yield Hit((device.id,), text, spec.height_mm, limit)


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

"""What a rack still takes: units, power and outlets, planned devices included."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from math import inf
from typing import NamedTuple

import msgspec

from core.editing.fill import power_limit_w
from core.editing.laying.hosts import Place
from core.editing.routes import join
from core.editing.space import Face, Occupancy, Spot
from core.editing.types import fitted_modules
from core.model.project import Reader
from core.model.records import Device
from core.model.types import DeviceType
from core.units import show

SHELF_EFFICIENCY = 0.975
"""Of power shelves that do not say: what the engine assumes (`core.engine.brief`)."""
CONTINUOUS = 0.8
"""Share of its rating that a power strip carries all the time."""


class NewDevice(NamedTuple):
    """A device that is to be put into a rack."""

    id: str
    type: str
    name: str
    spot: Spot


class _State(NamedTuple):
    """What decides whether something fits: equal for equal copies of a rack, so that each is asked once."""

    block: str
    limit_w: float | None
    gone: frozenset[str]
    added: tuple[tuple[str, Spot], ...]


class Shelves:
    """The racks of a design while devices are planned into them and out of them.

    Parameters
    ----------
    reader : Reader
    limits_w : mapping of str to float
        Power limits of single racks, by path: those that overrides give.
    """

    def __init__(self, reader: Reader, limits_w: Mapping[str, float] | None = None) -> None:
        self._reader = reader
        self._limits = limits_w or {}
        self._gone: dict[str, frozenset[str]] = {}
        self._added: dict[str, list[NewDevice]] = {}
        self._known: dict[tuple[_State, str, bool], Spot | str] = {}

    def leave(self, rack: str, gone: Iterable[str]) -> None:
        """Take devices of a rack as no longer there."""
        self._gone[rack] = self._gone.get(rack, frozenset()) | frozenset(gone)

    def gone(self, rack: str) -> frozenset[str]:
        """Return the ids of the devices that leave a rack."""
        return self._gone.get(rack, frozenset())

    def added(self, rack: str) -> list[NewDevice]:
        """Return what is planned into a rack."""
        return self._added.get(rack, [])

    def add(self, rack: str, device: NewDevice) -> None:
        """Plan a device into a rack."""
        self._added.setdefault(rack, []).append(device)

    def names(self, rack: Place) -> set[str]:
        """Return the names taken in a rack."""
        gone = self.gone(rack.path)
        there = {d.name for d in self._reader.devices(rack.block).values() if d.id not in gone}
        return there | {device.name for device in self.added(rack.path)}

    def fit(self, rack: Place, spec: DeviceType, *, from_top: bool = False) -> Spot | str:
        """Return where a device of a type goes in a rack, or why it does not."""
        added = tuple((device.type, device.spot) for device in self.added(rack.path))
        state = _State(rack.block, self._limits.get(rack.path), self.gone(rack.path), added)
        key = state, spec.id, from_top
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._fit(state, spec, from_top)
        return found

    def _fit(self, state: _State, spec: DeviceType, from_top: bool) -> Spot | str:
        taken = Occupancy(self._reader, state.block, state.gone)
        for type_id, spot in state.added:
            taken.add(self._spec(type_id), spot, type_id)
        spot_or_none = None if from_top else _with_gap(taken, spec)
        if spot_or_none is None:
            spot_or_none = taken.first_fit(spec, from_top=from_top, face=face_of(spec))
        if spot_or_none is None:
            empty = Occupancy(self._reader, state.block, self._reader.devices(state.block).keys())
            never = "" if empty.first_fit(spec) else empty.obstacle(spec, Spot())
            return never or f"no free {spec.height_u:g}{spec.unit}"
        return self._power_obstacle(state, spec) or spot_or_none

    def _power_obstacle(self, state: _State, spec: DeviceType) -> str:
        new = self._new_w(spec) + sum(self._new_w(self._spec(type_id)) for type_id, _ in state.added)
        stays = [d for d in self._reader.devices(state.block).values() if d.id not in state.gone]
        specs = {d.id: self._spec(d.type) for d in stays}
        through = self._shelf_efficiency(specs.values())
        watts = {
            d.id: drawn_w(self._reader, specs[d.id], d.modules.values(), d.power_limit_w)
            / (through if _is_on_busbar(specs[d.id]) else 1.0)
            for d in stays
        }
        limits = [state.limit_w, power_limit_w(self._reader, state.block)]
        lowest = min((limit for limit in limits if limit is not None), default=inf)
        if new + sum(watts.values()) > lowest + 1e-6:
            return f"{show(new + sum(watts.values()), 'W')} would be drawn, {show(lowest, 'W')} is its limit"
        strips = {d.id: d for d in stays if specs[d.id].kind == "rack-pdu"}
        carried = self._carried_w(list(strips.values()))
        corded = corded_to(self._reader, state.block, strips)
        load = new + sum(watts.get(device_id, 0.0) for device_id in corded)
        if load > carried + 1e-6:
            return f"{show(load, 'W')} on its power strips, that may carry {show(carried, 'W')}"
        return ""

    def _shelf_efficiency(self, specs: Iterable[DeviceType]) -> float:
        """Return the share of the power shelves of a rack that reaches the busbar; 1 where there are none."""
        shelves = [spec for spec in specs if spec.kind == "power-shelf"]
        assumed = self._reader.get("assumptions", ("", "shelf_efficiency"))
        usual = SHELF_EFFICIENCY if assumed is None else assumed.value
        return min((spec.efficiency or usual for spec in shelves), default=1.0)

    def _carried_w(self, strips: Iterable[Device]) -> float:
        """Return what power strips may carry all the time when their largest source is lost [W]."""
        by_source: Counter[str] = Counter()
        for strip in strips:
            rated = self._spec(strip.type).rated_w
            if rated is None:
                return inf
            by_source[next(iter(strip.feeds.values()), strip.id)] += round(rated)
        if not by_source:
            return inf
        total = sum(by_source.values())
        return CONTINUOUS * (total - max(by_source.values()) if len(by_source) > 1 else total)

    def _new_w(self, spec: DeviceType) -> float:
        return drawn_w(self._reader, spec, fitted_modules(spec).values(), None)

    def _spec(self, type_id: str) -> DeviceType:
        spec = self._reader.find_type(type_id)
        return spec if isinstance(spec, DeviceType) else _NOTHING


def _with_gap(taken: Occupancy, spec: DeviceType) -> Spot | None:
    """Return the lowest place of a type with a free unit below it for its cables."""
    taller = msgspec.structs.replace(spec, height_u=spec.height_u + 1)
    spot = None if spec.zero_u else taken.first_fit(taller, face=face_of(spec))
    return None if spot is None else spot._replace(half_u=spot.half_u + 2)


def face_of(spec: DeviceType) -> Face:
    """Return from which side a type is mounted so that its air goes to the rear of the rack."""
    return "rear" if spec.airflow == "rear-to-front" else "front"


def _is_on_busbar(spec: DeviceType) -> bool:
    """Tell whether a device is fed through the shelves of its rack, whose losses then count too."""
    return any(group.connector.startswith("busbar") and group.direction == "in" for group in spec.ports)


def corded_to(reader: Reader, block: str, strips: Collection[str]) -> set[str]:
    """Return the ids of the devices of a rack block that power links join to strips."""
    found: set[str] = set()
    for link in reader.links(block).values():
        ends = {link.a.path, link.b.path}
        if link.layer == "power" and ends & set(strips):
            found |= ends - set(strips)
    return found


def drawn_w(reader: Reader, spec: DeviceType, modules: Iterable[str], limit_w: float | None) -> float:
    """Return the maximum power of a device with its modules [W] as far as it is known."""
    watts = 0.0
    for each in (spec, *(reader.find_type(module) for module in modules)):
        if isinstance(each, DeviceType):
            watts += (each.power_typical_w if each.power_max_w is None else each.power_max_w) or 0.0
    return watts if limit_w is None else min(watts, limit_w)


_NOTHING = DeviceType(id="none", name="none", kind="other")


def limits_of_racks(reader: Reader, block: str) -> dict[str, float]:
    """Return the power limits that overrides give single racks, by path [W]; the outermost wins."""
    found: dict[str, float] = {}

    def visit(holder: str, path: str) -> None:
        for override in reader.overrides(holder).values():
            if override.power_limit_w is not None and override.cable is None:
                found.setdefault(join(path, override.path), override.power_limit_w)
        for instance in reader.instances(holder).values():
            if reader.blocks[instance.of].kind == "floor":
                visit(instance.of, join(path, instance.id))

    visit(block, "")
    return found

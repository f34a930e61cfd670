"""Racks for the devices of a generated network: how many go into one, and drawing it with its PDUs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec

from core.catalogue.library import Library
from core.editing.blocks import copy_block, new_rack_block
from core.editing.laying.cording import Cording, cording_of, survives
from core.editing.naming import free_block_name
from core.editing.place import place_device
from core.editing.routes import counted
from core.editing.space import Face, Occupancy, Spot, half_units
from core.editing.types import use_device_type, use_type
from core.errors import EditError
from core.model.change import Edit
from core.model.ports import port_table
from core.model.project import Reader
from core.model.records import Device, End, Link, PowerSource
from core.model.types import DeviceType, RackType


class Content(NamedTuple):
    """A device that is to go into a rack."""

    type: str
    name: str


class Racks:
    """Draws racks of one rack type.

    Parameters
    ----------
    edit : Edit
    library : Library
    rack_type, pdu : str
    sources : sequence of str
        Names of the power sources that may be used, in order.
    power_w : float or None
        House limit for a rack, beside that of the rack type.
    """

    def __init__(
        self,
        edit: Edit,
        library: Library,
        rack_type: str,
        pdu: str,
        sources: Sequence[str],
        power_w: float | None = None,
    ) -> None:
        self._edit, self._library = edit, library
        spec = use_type(edit, library, rack_type)
        if not isinstance(spec, RackType):
            raise EditError(f"'{spec.name}' is no rack", cure="Choose a rack of the catalogue")
        self.rack = spec
        self._pdu = use_device_type(edit, library, pdu)
        self._sources = tuple(sources)
        limits = [limit for limit in (power_w, spec.power_limit_w) if limit is not None]
        self._limit_w = min(limits) if limits else None
        self._power_w = power_w
        self._drawn: dict[tuple[str, ...], tuple[str, list[str]]] = {}
        self._plans: dict[tuple[str, ...], Cording | None] = {}
        self.notes: dict[str, None] = {}

    def spec(self, type_id: str) -> DeviceType:
        """Return a device type, taken into the project."""
        return use_device_type(self._edit, self._library, type_id)

    def misfit(self, types: Sequence[str]) -> str:
        """Return why devices of these types do not go into one rack together, in words; empty if they do."""
        specs = [self.spec(type_id) for type_id in types]
        height = sum(half_units(spec) for spec in specs)
        if height > 2 * self.rack.units:
            return (
                f"{height / 2:g}{self.rack.unit} of {self.rack.units}{self.rack.unit} in '{self.rack.name}'"
            )
        load = sum(spec.power_max_w or 0.0 for spec in specs)
        if self._limit_w is not None and load > self._limit_w:
            return f"{load / 1000:,.1f} kW in a rack of {self._limit_w / 1000:,.1f} kW"
        if len(specs) > 1 and self._cording(types) is None:
            return f"the power of {counted(len(specs), 'device')} is more than its PDUs can give"
        return ""

    def most(self, type_id: str) -> int:
        """Return how many devices of a type go into one rack.

        Raises
        ------
        EditError
            If none does.
        """
        spec = self.spec(type_id)
        reason = self.misfit([type_id])
        if not reason and not half_units(spec):
            reason = "it has no height in units"
        if reason:
            raise EditError(
                f"'{spec.name}' does not fit: {reason}", cure="Choose another rack, or a higher limit"
            )
        count = 1
        while not self.misfit([type_id] * (count + 1)):
            count += 1
        return count

    def draw(self, name: str, contents: Sequence[Content]) -> tuple[str, list[str]]:
        """Draw a rack block and return its id and those of the devices, in their order.

        The second rack of the same devices is a copy with other names.
        """
        types = tuple(content.type for content in contents)
        first = self._drawn.get(types)
        if first is None:
            first = self._drawn[types] = self._new(name, contents)
            return first
        block, ids = copy_block(self._edit, first[0], name), first[1]
        for device_id, content in zip(ids, contents, strict=True):
            if self._edit.devices(block)[device_id].name != content.name:
                self._edit.replace("devices", (block, device_id), name=content.name)
        return block, ids

    def _new(self, name: str, contents: Sequence[Content]) -> tuple[str, list[str]]:
        edit = self._edit
        block = new_rack_block(edit, self._library, self.rack.id, free_block_name(edit, name))
        if self._power_w is not None:
            edit.put("blocks", msgspec.structs.replace(block, power_limit_w=self._power_w))
        cording = self._cording([content.type for content in contents])
        devices = [
            place_device(edit, self._library, block.id, content.type, spot, name=content.name)
            for content, spot in zip(contents, self._spots(block.id, contents), strict=True)
        ]
        if cording is None:
            self._feed(devices)
        else:
            self._cord(block.id, devices, cording)
        return block.id, [device.id for device in devices]

    def _cording(self, types: Sequence[str]) -> Cording | None:
        key = tuple(types)
        if key not in self._plans:
            specs = [self.spec(type_id) for type_id in types]
            self._plans[key] = cording_of(specs, self.rack, self._pdu, len(self._sources))
        return self._plans[key]

    def _spots(self, block: str, contents: Sequence[Content]) -> list[Spot]:
        """Return the places of devices from below, a unit free between them where there is room for it.

        Switches after servers go to the top. A device that blows from its rear to its front is turned round.
        """
        specs = [self.spec(content.type) for content in contents]
        taken = Occupancy(self._edit, block)
        height = sum(half_units(spec) for spec in specs)
        gap = 2 if height + 2 * len(specs) <= 2 * self.rack.units else 0
        spots, low = [], 0
        mixed = any(spec.kind in ("server", "tray") for spec in specs)
        for spec, content in zip(specs, contents, strict=True):
            at_top = mixed and spec.kind == "switch"
            face: Face = "rear" if spec.airflow == "rear-to-front" else "front"
            spot = taken.first_fit(spec, from_top=at_top, face=face, low=0 if at_top else low)
            if spot is None:
                spot = taken.first_fit(spec, face=face)
            if spot is None:
                raise EditError(f"'{spec.name}' does not fit into '{self.rack.name}'", where=content.name)
            taken.add(spec, spot, content.name)
            spots.append(spot)
            if not at_top:
                low = spot.half_u + half_units(spec) + gap
        return spots

    def _cord(self, block: str, devices: Sequence[Device], cording: Cording) -> None:
        edit = self._edit
        names = self._sources[: cording.sources]
        for spec in (self.spec(device.type) for device in devices):
            if cording.sources and not survives(spec, cording.sources):
                needed = f"{spec.supplies_needed} of {spec.supplies_fitted} supplies"
                self.notes[f"{spec.name} needs {needed}: no source may be lost"] = None
        pdus = []
        inlet = next((p.name for p in port_table(self._pdu) if p.group.direction == "in"), "")
        spots = self._pdu_spots(len(names))
        for turn, source in enumerate(names):
            self.use_source(source)
            for number in range(1, cording.each + 1):
                name = f"pdu-{source.lower()}{number if cording.each > 1 else ''}"
                feeds = {inlet: source} if inlet else {}
                spot = next(spots[turn], None)
                pdu = place_device(edit, self._library, block, self._pdu.id, spot, name=name, feeds=feeds)
                pdus.append(pdu.id)
        ends: dict[tuple[int, int], tuple[list[str], list[str]]] = {}
        for cord in cording.cords:
            outlets, inlets = ends.setdefault((cord.pdu, cord.device), ([], []))
            outlets.append(cord.outlet)
            inlets.append(cord.inlet)
        for (pdu_place, device), (outlets, inlets) in ends.items():
            a, b = End(pdus[pdu_place], tuple(outlets)), End(devices[device].id, tuple(inlets))
            edit.put("links", Link(block=block, id=edit.new_id(block), a=a, b=b, layer="power"))

    def _pdu_spots(self, sources: int) -> list[Iterator[Spot]]:
        """Return the places of the PDUs of each source: the sources on alternate sides of the rack."""
        zones = [zone for zone in self.rack.zones if not zone.name.startswith("manifold")]
        by_zone = [
            iter([Spot(zone=zone.name, place=place, face=zone.face) for place in range(zone.places)])
            for zone in zones
        ]
        return [by_zone[turn % len(zones)] for turn in range(sources)]

    def _feed(self, devices: Sequence[Device]) -> None:
        """Feed what no PDU in the rack can: from outside, the inlets spread over the sources."""
        for device in devices:
            spec = self.spec(device.type)
            inlets = [
                p.name for p in port_table(spec) if p.group.layer == "power" and p.group.direction == "in"
            ]
            sources = self._sources[: max(min(2, len(self._sources)), 1)]
            feeds = {inlet: sources[k * len(sources) // len(inlets)] for k, inlet in enumerate(inlets)}
            for source in set(feeds.values()):
                self.use_source(source)
            self._edit.replace("devices", device.key, feeds=feeds)
            self.notes[f"{spec.name}: no PDU of the rack can feed it; it is fed from outside"] = None

    def use_source(self, name: str) -> None:
        """Declare a power source unless the project has it."""
        if name not in self._edit.sources:
            self._edit.put("sources", PowerSource(id=name, name=name))


def hosts_in_rack(reader: Reader, block: str) -> list[str]:
    """Return the ids of the devices of a rack block that have network ports, from below.

    Raises
    ------
    EditError
        If there are none.
    """
    found = []
    for device in reader.devices(block).values():
        spec = reader.find_type(device.type)
        if isinstance(spec, DeviceType) and any(p.group.role == "scale-out" for p in port_table(spec)):
            found.append((device.half_u, device.side, device.id))
    if not found:
        raise EditError("the rack holds no hosts", cure="Choose a rack of servers or compute trays")
    return [device_id for _, _, device_id in sorted(found)]

"""What cords can be plugged into: the PDUs of a rack, the tap-offs near it, and their free outlets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from core.editing.cabling.patterns import natural
from core.editing.cabling.sockets import Ends, Usage, compatible
from core.editing.footprint import box_of, turned
from core.editing.laying.cord_sides import Side
from core.editing.laying.shelves import drawn_w
from core.editing.routes import block_at, device_at, join
from core.editing.types import rack_type_of
from core.model.ports import Port, Socket, port_table
from core.model.project import Reader
from core.model.records import Device
from core.model.types import DeviceType

NEAR_MM = 6000
"""How far a tap-off may be from the middle of a rack that is fed from it, across the floor."""
TAPS = ("tap-off", "floor-pdu")
_FROM_OUTLETS = ("rack-pdu",)


class Outlet(NamedTuple):
    """A free outlet."""

    socket: Socket
    order: int
    leg: str
    bank: str


def leg_of(port: Port) -> str:
    """Return the conductors that an outlet takes, such as L1-N; empty where not known."""
    legs = [leg.strip() for leg in port.group.legs.split(",") if leg.strip()]
    return legs[port.ordinal % len(legs)] if legs else ""


@dataclass
class Feeder:
    """A PDU or tap-off while cords are laid: what is free, and what hangs on it."""

    path: str
    name: str
    device: Device
    spec: DeviceType
    side: Side
    free: list[Outlet]
    load_w: float = 0.0
    bank_w: dict[str, float] = field(default_factory=dict)
    leg_w: dict[str, float] = field(default_factory=dict)
    colours: Counter[str] = field(default_factory=Counter)
    """Of the cords that are there."""

    def best(self, inlet: Socket, watts: float) -> Outlet | None:
        """Return the outlet that keeps banks and legs most alike; of equal ones the first."""
        fitting = [outlet for outlet in self.free if not compatible(outlet.socket, inlet)]
        return min(fitting, key=lambda outlet: self._burden(outlet, watts), default=None)

    def _burden(self, outlet: Outlet, watts: float) -> tuple[float, float, int]:
        rated = self._rated.get(outlet.bank, 0.0)
        bank = (self.bank_w.get(outlet.bank, 0.0) + watts) / rated if rated else 0.0
        return round(bank, 3), round(self.leg_w.get(outlet.leg, 0.0) if outlet.leg else 0.0, 3), outlet.order

    @cached_property
    def _rated(self) -> dict[str, float]:
        return {bank.name: bank.rated_a for bank in self.spec.banks}

    @cached_property
    def connectors(self) -> tuple[str, ...]:
        """Connectors of all its outlets."""
        return tuple(dict.fromkeys(port.group.connector for port in outlets_of(self.spec)))

    def take(self, outlet: Outlet, watts: float) -> None:
        """Count a cord."""
        self.free.remove(outlet)
        self.count(outlet.socket.port, watts)

    def count(self, port: Port, watts: float) -> None:
        """Count the load of an outlet."""
        self.load_w += watts
        for table, name in ((self.bank_w, port.group.bank), (self.leg_w, leg_of(port))):
            table[name] = table.get(name, 0.0) + watts


def outlets_of(spec: DeviceType) -> Iterator[Port]:
    """Yield the outlets of a type; ports of a busbar are none."""
    for port in port_table(spec):
        group = port.group
        if group.layer == "power" and group.direction == "out" and not group.connector.startswith("busbar"):
            yield port


def inlets_of(reader: Reader, device: Device) -> list[Socket]:
    """Return the inlets of a device that a cord, a whip or a feed serves: no busbar, no direct current."""
    table, found = reader.ports(device), []
    for port in table:
        group = port.group
        is_inlet = group.layer == "power" and group.direction == "in"
        if is_inlet and group.phases != 0 and not group.connector.startswith("busbar"):
            socket = table.find(port.name)
            found += [] if socket is None else [socket]
    return found


def watts_each(reader: Reader, device: Device) -> float:
    """Return what each inlet of a device takes at maximum while all are fed [W]."""
    spec = reader.find_type(device.type)
    if not isinstance(spec, DeviceType):
        return 0.0
    watts = drawn_w(reader, spec, device.modules.values(), device.power_limit_w)
    return watts / max(len(inlets_of(reader, device)), 1)


class Feeders:
    """The feeders of a design, found as racks ask for them; copies of a drawing share what is free."""

    def __init__(self, reader: Reader, block: str) -> None:
        self._reader, self._block = reader, block
        self._ends = Ends(reader)
        self._known: dict[str, Feeder] = {}
        self._free: dict[tuple[str, str], list[Outlet]] = {}
        self._within: dict[tuple[str, tuple[str, ...]], list[Feeder]] = {}
        self._near: dict[str, list[Feeder]] = {}
        self._middles: dict[str, tuple[int, int]] = {}

    @property
    def every(self) -> Iterable[Feeder]:
        """All that have been found so far."""
        return self._known.values()

    def of_rack(self, rack: str) -> list[Feeder]:
        """Return the PDUs of a rack, in order of their names."""
        block = block_at(self._reader, self._block, rack)
        if self._reader.blocks[block].kind != "rack":
            return []
        return self._in(rack, block, _FROM_OUTLETS)

    def near(self, rack: str, thing: str = "") -> list[Feeder]:
        """Return the tap-offs near a rack, or near a thing on its floor, the nearest first."""
        place = join(rack, thing)
        if place not in self._near:
            self._near[place] = self._find_near(place)
        return self._near[place]

    def _find_near(self, place: str) -> list[Feeder]:
        found: list[tuple[int, Feeder]] = []
        x, y = self._middle(place)
        steps = place.split("/")
        for depth in range(len(steps)):
            head = "/".join(steps[:depth])
            block = block_at(self._reader, self._block, head)
            for feeder in self._in(head, block, TAPS):
                at = self._middles.get(feeder.path)
                if at is None:
                    at = self._middles[feeder.path] = self._middle(feeder.path)
                across, along = abs(at[0] - x), abs(at[1] - y)
                if max(across, along) <= NEAR_MM:
                    # A cord goes along trays, so across and along are added.
                    found.append((across + along, feeder))
        found.sort(key=lambda each: (each[0], natural(each[1].name)))
        return [feeder for _, feeder in found]

    def _in(self, head: str, block: str, kinds: tuple[str, ...]) -> list[Feeder]:
        known = self._within.get((head, kinds))
        if known is None:
            found = []
            for device in self._reader.devices(block).values():
                spec = self._reader.find_type(device.type)
                if isinstance(spec, DeviceType) and spec.kind in kinds:
                    found.append(self._feeder(join(head, device.id), device, spec))
            found.sort(key=lambda feeder: natural(feeder.name))
            known = self._within[head, kinds] = found
        return known

    def _feeder(self, path: str, device: Device, spec: DeviceType) -> Feeder:
        known = self._known.get(path)
        if known is None:
            name = self._reader.names_along(self._block, path)[-1]
            free = self._free.get(device.key)
            if free is None:
                free = self._free[device.key] = self._free_of(device)
            known = self._known[path] = Feeder(path, name, device, spec, Side("", ""), free)
            for at in self._ends.plugged(self._block, path):
                socket = self._reader.ports(device).find(at.token)
                if socket is not None and socket.port.group.direction == "out":
                    known.count(
                        socket.port, watts_each(self._reader, device_at(self._reader, self._block, at.far[0]))
                    )
                    known.colours[at.link.colour] += 1
        return known

    def _free_of(self, device: Device) -> list[Outlet]:
        """Return the outlets that are free in every copy of the drawing that the feeder is in."""
        usage = Usage(self._reader, device.block, device.id, self._ends.tokens(device.block, device.id))
        found = []
        for order, token in enumerate(usage.free(layer="power", direction="out")):
            socket = usage.table.find(token)
            if socket is not None:
                found.append(Outlet(socket, order, leg_of(socket.port), socket.port.group.bank))
        return found

    def _middle(self, path: str) -> tuple[int, int]:
        """Return where the middle of a rack or a thing on a floor is, from the block [mm]."""
        reader, (*steps, last) = self._reader, path.split("/")
        block = block_at(reader, self._block, "/".join(steps))
        device = reader.devices(block).get(last)
        if device is not None:
            box = box_of(reader, device)
            x, y = (box.left + box.right) // 2, (box.front + box.back) // 2
        else:
            steps.append(last)
            rack = rack_type_of(reader, block_at(reader, self._block, path))
            x, y = (0, 0) if rack is None else (rack.width_mm // 2, rack.depth_mm // 2)
        for depth in range(len(steps), 0, -1):
            holder = block_at(reader, self._block, "/".join(steps[: depth - 1]))
            placed = reader.instances(holder)[steps[depth - 1]]
            dx, dy = turned(x, y, placed.rotation, placed.mirrored)
            x, y = placed.x_mm + dx, placed.y_mm + dy
        return x, y

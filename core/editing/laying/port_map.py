"""Which port of a device each slot of a generated network is.

A generator counts *slots* (`core.fabrics.weave`); a device type has *cages*, which are used whole or split.
Slots fill the cages in their order, as many to a cage as its rate holds; a link of several slots takes the
coarser split, or the cage whole. At a device that does not forward each network port serves one slot as
long as they suffice: NIC r is the r-th port of the role.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from core.editing.routes import counted
from core.errors import EditError
from core.model.ports import Port, PortTable, lanes_of, port_table, whole_or_lanes
from core.model.records import FabricRole
from core.model.types import AnyType, DeviceType

PORT_ROLES: dict[FabricRole, tuple[str, ...]] = {
    "compute": ("scale-out",),
    "storage": ("storage",),
    "in-band": ("in-band",),
    "out-of-band": ("out-of-band",),
    "scale-up": ("scale-up",),
    "other": (),
}
"""Roles of the ports by which devices that do not forward join a network of a role."""
_FORWARDING = ("", "uplink")
_OTHER_NICS = ("in-band", "storage")


class PortCount(NamedTuple):
    """What a network takes of its devices: three numbers that are never the same thing."""

    cages: int
    """Physical connectors with something plugged in, at both ends."""
    ports: int
    """Logical ports in use: a cage split in two counts twice."""
    links: int
    """Connections of two ports."""


class Cage(NamedTuple):
    """One cage as a generator sees it."""

    port: Port
    first: int
    """Its first slot."""
    slots: int


class PortMap:
    """The ports of one device type as slots of a rate.

    Parameters
    ----------
    name : str
        What the type is called in errors.
    table : PortTable
    slots : int
        Slots the network counts on such a device; more are refused when they are asked for.
    slot_gbps : float
    role : FabricRole
        Of the network.
    is_end : bool
        Whether the device does not forward (a host, a manager, storage).

    Examples
    --------
    >>> from core.model.types import PortGroup
    >>> cages = PortGroup(name="osfp{1..32}", layer="data", rate_gbps=800, lanes=(2,), whole=True)
    >>> table = port_table(DeviceType(id="x", name="X", kind="switch", ports=(cages,)))
    >>> leaf = PortMap("X", table, 64, 400, "compute")
    >>> leaf.tokens((0, 1, 2)), leaf.tokens((32, 34), 800)
    (('osfp1/1', 'osfp1/2', 'osfp2/1'), ('osfp17', 'osfp18'))
    """

    def __init__(
        self,
        name: str,
        table: PortTable,
        slots: int,
        slot_gbps: float,
        role: FabricRole = "compute",
        *,
        is_end: bool = False,
    ) -> None:
        self.name = name
        self.slot_gbps = slot_gbps
        self.cages: list[Cage] = []
        ports = _ports_of(table, role, is_end)
        taken = _spread(table, ports, slots, slot_gbps) if is_end else []
        self._spread = bool(taken)
        first = 0
        for port in taken or ports:
            holds = _usual_split(port) if taken else _holds(port, slot_gbps)
            if holds:
                self.cages.append(Cage(port, first, holds))
                first += holds
        self.slots = first
        self._cage_of = [cage for cage in self.cages for _ in range(cage.slots)]
        self._known: dict[tuple[tuple[int, ...], float], tuple[str, ...]] = {}
        if slots > first:
            raise EditError(f"{name} has {counted(first, 'port')} at {slot_gbps:g} Gbit/s, {slots:,} needed")

    def width(self, gbps: float) -> int:
        """Return how many slots a link of a rate takes."""
        return max(round(gbps / self.slot_gbps), 1)

    def tokens(self, slots: Sequence[int], gbps: float = 0.0) -> tuple[str, ...]:
        """Return the port token of each link of a rate (of one slot if left out), given its first slot.

        Raises
        ------
        EditError
            If a cage is not used that way.
        """
        key = (tuple(slots), gbps or self.slot_gbps)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = tuple(self._token(slot, key[1]) for slot in key[0])
        return found

    def cage_at(self, slot: int) -> int:
        """Return the place of the cage that a slot is in."""
        return self._cage_of[slot].port.index

    def _token(self, slot: int, gbps: float) -> str:
        width = self.width(gbps)
        if not 0 <= slot <= self.slots - width:
            problem = f"{self.name} has {counted(self.slots, 'port')} at {self.slot_gbps:g} Gbit/s"
            raise EditError(f"{problem}, number {slot + width:,} is needed")
        port, first, holds = self._cage_of[slot]
        place = slot - first
        if self._spread and width == 1:
            return _nic(port, place, gbps)
        if self._spread or holds % width or place % width:
            raise EditError(f"a link of {gbps:g} Gbit/s does not fit into {self._at(port)}")
        split = holds // width
        if split == 1 and not port.group.whole:
            raise EditError(f"{self._at(port)} is only used split")
        if split > 1 and split not in port.group.lanes:
            ways = ", ".join(str(n) for n in port.group.lanes)
            how = f"splits by {ways}, not by {split}" if ways else "does not split"
            raise EditError(f"{self._at(port)} {how}: {gbps:g} Gbit/s is needed")
        return lanes_of(port, split)[place // width]

    def _at(self, port: Port) -> str:
        return f"{port.name} of {self.name}"


def _rate(port: Port) -> float:
    return port.group.rate_gbps or 0.0


def _usual_split(port: Port) -> int:
    return len(whole_or_lanes(port))


def _nic(port: Port, place: int, gbps: float) -> str:
    """Return the port of a NIC: the lane that has the rate of the link, else as the port is used anyway."""
    usual = whole_or_lanes(port)
    if len(usual) == 1:
        split = round(_rate(port) / gbps)
        if split in port.group.lanes:
            return lanes_of(port, split)[0]
    return usual[place]


def _ports_of(table: PortTable, role: FabricRole, is_end: bool) -> list[Port]:
    """Return the ports that a network of a role may use; those without a role where there are none of it."""
    data = [port for port in table if port.group.layer == "data"]
    wanted = PORT_ROLES[role] if is_end or role == "scale-up" else _FORWARDING
    return [p for p in data if p.group.role in wanted] or [p for p in data if p.group.role in _FORWARDING]


def _spread(table: PortTable, ports: list[Port], slots: int, slot_gbps: float) -> list[Port]:
    """Return the ports of which each serves one slot; none if there are too few of them.

    Where those of the role are not enough, the other network ports of a host follow (its CPU's NICs).
    """

    def enough(some: Sequence[Port]) -> bool:
        return slots <= sum(_usual_split(port) for port in some)

    fast = [port for port in ports if _rate(port) / _usual_split(port) >= slot_gbps]
    others = [p for p in table if p.group.layer == "data" and p.group.role in _OTHER_NICS and p not in ports]
    room = sum(_holds(port, slot_gbps) for port in ports)
    if enough(fast):
        return fast
    return [*fast, *others] if room < slots and others and enough([*fast, *others]) else []


def _holds(port: Port, slot_gbps: float) -> int:
    """Return how many slots a cage holds: none if its rate is no multiple of theirs."""
    times = _rate(port) / slot_gbps
    return round(times) if round(times) >= 1 and abs(times - round(times)) < 1e-9 else 0


def ensure_one_split(ports: PortMap, uses: Iterable[tuple[Sequence[int], int]]) -> None:
    """Raise if a cage would be used in two ways at once.

    Parameters
    ----------
    ports : PortMap
    uses : iterable of (sequence of int, int)
        First slots of links, and how many slots one takes.

    Raises
    ------
    EditError
    """
    way: dict[int, int] = {}
    for slots, width in uses:
        for slot in slots:
            cage = ports.cage_at(slot)
            if way.setdefault(cage, width) != width:
                name = ports._cage_of[slot].port.name
                raise EditError(f"{name} of {ports.name} would be used in two splits at once")


def types_with(
    types: Iterable[AnyType], slots: int, slot_gbps: float, role: FabricRole, **fields: object
) -> list[str]:
    """Return the names of the device types that have so many ports of a rate, those with fewest more first.

    Parameters
    ----------
    **fields
        Other fields that such a type has, such as `kind`.
    """
    found = []
    for spec in types:
        if not isinstance(spec, DeviceType) or any(getattr(spec, f) != value for f, value in fields.items()):
            continue
        try:
            ports = PortMap(spec.name, port_table(spec), slots, slot_gbps, role, is_end=spec.kind != "switch")
            ports.tokens(range(slots))
        except EditError:
            continue
        found.append((ports.slots, spec.name))
    return [name for _, name in sorted(found)]

"""Which device of the design each end of a network is, and where the switches of a unit belong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.editing.cabling.sockets import Ends
from core.editing.laying.hosts import Host, devices_with_ports, units_of
from core.editing.laying.standing import standing_switches
from core.editing.routes import counted
from core.errors import EditError
from core.model.project import Reader
from core.model.records import FabricRole
from core.model.types import SWITCH_KINDS

if TYPE_CHECKING:
    from core.fabrics.family import Graph


@dataclass(frozen=True)
class Seating:
    """Hosts of a network on devices of the design.

    Attributes
    ----------
    hosts : mapping of str to Host
        By key of the node.
    empty : tuple of str
        Hosts of the network for which the design has none: the ports they would take stay free.
    """

    hosts: Mapping[str, Host]
    empty: tuple[str, ...]
    _homes: Mapping[str, str]

    def home(self, unit: str) -> str:
        """Return the path of the floor that holds all hosts of a unit, or of the unit around it."""
        while unit not in self._homes:
            unit = unit.rpartition("/")[0]
        return self._homes[unit]

    def racks(self, graph: Graph, key: str) -> Counter[str]:
        """Return the racks whose hosts a device is linked to, with the number of links."""
        found: Counter[str] = Counter()
        for _, other, count in graph.edges(key, data="count"):
            host = self.hosts.get(other)
            if host is not None and host.place.rack:
                found[host.place.rack] += count
        return found


def seat(graph: Graph, hosts: Sequence[Host]) -> Seating:
    """Give each host of a network a device of the design, in order.

    Units go to units where there are as many of both and all fit; else the hosts are counted through. A
    network may have more hosts than the design, as a unit that is not full.

    Raises
    ------
    EditError
        If the design has more hosts than the network, or a unit of the network has none.
    """
    units: dict[str, list[str]] = {}
    for key, node in graph.nodes(data=True):
        if node["role"] == "host":
            units.setdefault(node["unit"], []).append(key)
    if not units:
        raise EditError(
            "this network has no hosts beside what forwards",
            cure="Draw a hall for it, or choose another family",
        )
    found: dict[str, Host] = {}
    _ensure_room(hosts, units)
    _fill(hosts, list(units.values()), found)
    _ensure_used(units, found)
    empty = tuple(key for keys in units.values() for key in keys if key not in found)
    return Seating(found, empty, _homes_of(graph, found))


KINDS: Mapping[str, tuple[str, ...]] = {
    "storage": ("storage",),
    "manager": ("management",),
    "support": ("management", "server"),
    "pdu": ("rack-pdu",),
    "fabric-switch": SWITCH_KINDS,
    "in-band-switch": SWITCH_KINDS,
    "oob": SWITCH_KINDS,
}
"""Kinds of devices that the ends of a network other than hosts are, by role."""


def seat_others(
    reader: Reader, block: str, graph: Graph, seating: Seating, role: FabricRole, barred: Collection[str]
) -> dict[str, str]:
    """Return the paths of the ends that are no hosts: managers, storage, what an out-of-band network manages.

    Each takes the first device of its kind with as many free ports, on the floor of its unit, else anywhere;
    those for which there is none are left out.

    Parameters
    ----------
    barred : collection of str
        Paths of devices that are not to be taken, such as switches of the network itself.
    """
    nodes: dict[str, list[str]] = {}
    for key, node in graph.nodes(data=True):
        if not node["tier"] and node["role"] != "host":
            nodes.setdefault(node["role"], []).append(key)
    taken = {host.path for host in seating.hosts.values()} | set(barred)
    in_band = _switches_of(reader, block, "in-band") if "in-band-switch" in nodes else set()
    found: dict[str, str] = {}
    ends = Ends(reader)
    for end, keys in nodes.items():
        free: dict[str, int] = {}
        for device in devices_with_ports(reader, block, role, KINDS.get(end, ())):
            if device.path not in taken:
                used = set(ends.tokens(block, device.path))
                free[device.path] = sum(token not in used for token in device.ports)
        if end in ("in-band-switch", "fabric-switch"):
            free = {path: n for path, n in free.items() if (path in in_band) == (end == "in-band-switch")}
        for key in keys:
            node = graph.nodes[key]
            home = seating.home(node["unit"])
            fit = [path for path, ports in free.items() if ports >= node["slots"]]
            near = (path for path in fit if not home or path.startswith(f"{home}/"))
            path = next(near, fit[0] if fit else "")
            if path:
                found[key] = path
                taken.add(path)
                del free[path]
    return found


def _switches_of(reader: Reader, block: str, role: FabricRole) -> set[str]:
    fabrics = [fabric for fabric in reader.fabrics.values() if fabric.role == role]
    return {switch.path for fabric in fabrics for switch in standing_switches(reader, block, fabric)}


def by_tier(graph: Graph) -> list[str]:
    """Return the devices that are not hosts, from the hosts upwards; other ends come last."""
    tiers = {key: node["tier"] for key, node in graph.nodes(data=True)}
    rest = [key for key, role in graph.nodes(data="role") if role != "host"]
    return sorted(rest, key=lambda key: tiers[key] or max(tiers.values()) + 1)


def _ensure_room(hosts: Sequence[Host], units: Mapping[str, list[str]]) -> None:
    room = sum(len(keys) for keys in units.values())
    if len(hosts) > room:
        raise EditError(
            f"the network has {counted(room, 'host')}, the design {len(hosts):,}",
            cure="Give the network more of them, or select those it is to serve",
        )


def _fill(hosts: Sequence[Host], keys: Sequence[Sequence[str]], found: dict[str, Host]) -> None:
    groups = units_of(hosts)
    if len(groups) == len(keys) and all(len(a) <= len(b) for a, b in zip(groups, keys, strict=True)):
        for group, unit in zip(groups, keys, strict=True):
            found.update(zip(unit, group, strict=False))
        return
    found.update(zip([key for unit in keys for key in unit], hosts, strict=False))


def _ensure_used(units: Mapping[str, list[str]], found: Mapping[str, Host]) -> None:
    for unit, keys in units.items():
        if not any(key in found for key in keys):
            raise EditError(
                f"{unit or 'the network'} would have no host",
                cure="Ask for a network of fewer units or hosts",
            )


def _homes_of(graph: Graph, hosts: Mapping[str, Host]) -> dict[str, str]:
    homes: dict[str, list[str]] = {}
    for key, host in hosts.items():
        floor = host.place.floor.split("/") if host.place.floor else []
        unit = graph.nodes[key]["unit"]
        while True:
            known = homes.get(unit)
            homes[unit] = floor if known is None else _shared(known, floor)
            if not unit:
                break
            unit = unit.rpartition("/")[0]
    homes.setdefault("", [])
    return {unit: "/".join(steps) for unit, steps in homes.items()}


def _shared(one: list[str], other: list[str]) -> list[str]:
    n = 0
    while n < min(len(one), len(other)) and one[n] == other[n]:
        n += 1
    return one[:n]

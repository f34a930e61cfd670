"""Which device of the design each end of a network is, and where the switches of a unit belong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.editing.laying.hosts import Host, units_of
from core.editing.routes import counted
from core.errors import EditError

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
    network may have more hosts than the design, as a unit that is not full; storage systems are the nodes
    of that role, where the network has such.

    Raises
    ------
    EditError
        If the design has more hosts than the network, or a unit of the network has none.
    """
    found: dict[str, Host] = {}
    empty: list[str] = []
    has_storage = any(role == "storage" for _, role in graph.nodes(data="role"))
    for role in ("host", "storage") if has_storage else ("host",):
        here = [h for h in hosts if not has_storage or (h.spec.kind == "storage") == (role == "storage")]
        units: dict[str, list[str]] = {}
        for key, node in graph.nodes(data=True):
            if node["role"] == role:
                units.setdefault(node["unit"], []).append(key)
        _ensure_room(here, units, role)
        _fill(here, list(units.values()), found)
        empty += [key for keys in units.values() for key in keys if key not in found]
        _ensure_used(units, found)
    return Seating(found, tuple(empty), _homes_of(graph, found))


def by_tier(graph: Graph) -> list[str]:
    """Return the devices that are not hosts or storage, from the hosts upwards."""
    tiers = {key: node["tier"] for key, node in graph.nodes(data=True)}
    rest = [key for key, role in graph.nodes(data="role") if role not in ("host", "storage")]
    return sorted(rest, key=lambda key: tiers[key] or max(tiers.values()) + 1)


def _ensure_room(hosts: Sequence[Host], units: Mapping[str, list[str]], role: str) -> None:
    room = sum(len(keys) for keys in units.values())
    if len(hosts) > room:
        noun = "storage system" if role == "storage" else "host"
        raise EditError(
            f"the network has {counted(room, noun)}, the design {len(hosts):,}",
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

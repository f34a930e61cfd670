"""Which device of a network each switch that stands is, told by the cables it has."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from core.editing.laying.wiring import PortMaps
from core.editing.routes import join
from core.errors import EditError
from core.model.project import Reader
from core.model.records import Fabric

if TYPE_CHECKING:
    from core.fabrics.family import Graph

_Socket = tuple[str, str]
"""Path of a device and port token."""


def is_same_network(old: Fabric | None, new: Fabric) -> bool:
    """Tell whether two records of a fabric ask for the same network, laid in the same way.

    Pins, name and what else is only said of it count for nothing.
    """
    return old is not None and all(
        getattr(old, field) == getattr(new, field) for field in ("family", "parameters", "seed", "role")
    )


def far_ends(reader: Reader, block: str, fabric: str) -> dict[_Socket, str]:
    """Return the path of the device at the other end, by the first socket of each trunk of a fabric."""
    found: dict[_Socket, str] = {}
    _read(reader, block, "", fabric, found)
    return found


def _read(reader: Reader, block: str, path: str, fabric: str, found: dict[_Socket, str]) -> None:
    for link in reader.links(block).values():
        if link.fabric == fabric and link.layer == "data":
            a, b = join(path, link.a.path), join(path, link.b.path)
            found[a, link.a.ports[0]] = b
            found[b, link.b.ports[0]] = a
    for instance in reader.instances(block).values():
        _read(reader, instance.of, join(path, instance.id), fabric, found)


def recognise(
    graph: Graph,
    known: Mapping[str, str],
    standing: Collection[str],
    ends: Mapping[_Socket, str],
    maps: PortMaps,
) -> dict[str, str]:
    """Return the paths of the switches that are plugged in as nodes of the graph are to be.

    From the ends that are known, as hosts are, one goes along each trunk of the graph: what is found at the
    other end of the cable in that port is the node there. So a network that is generated again with the same
    parameters keeps each switch in its part.

    Parameters
    ----------
    graph : Graph
    known : mapping of str to str
        Paths by key of the nodes that are known.
    standing : collection of str
        Paths of the switches that may be found.
    ends : mapping
        As `far_ends` returns them.
    maps : PortMaps
        Of the design.
    """
    found: dict[str, str] = {}
    left = set(standing) - set(known.values())
    waiting = deque(key for key in known if key in graph)
    while waiting and left:
        key = waiting.popleft()
        path = known[key] if key in known else found[key]
        for _, other, edge in graph.edges(key, data=True):
            if other in known or other in found:
                continue
            far = ends.get((path, _first_token(maps, graph.nodes[key], path, key, edge)), "")
            if far in left:
                left.remove(far)
                found[other] = far
                waiting.append(other)
    return found


def _first_token(
    maps: PortMaps, node: Mapping[str, Any], path: str, key: str, edge: Mapping[str, Any]
) -> str:
    """Return the first port of a trunk at one of its ends; empty if the device has no such port."""
    slots = edge["a_slots"] if edge["a"] == key else edge["b_slots"]
    try:
        return maps.of(path, node).tokens(slots[:1], edge["gbps"])[0]
    except EditError:  # a device that will not do is refused when it is to be wired
        return ""

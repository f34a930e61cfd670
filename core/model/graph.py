"""The design as a networkx graph, built on demand from the records."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any

from core.errors import RecordError
from core.model.project import Project
from core.model.records import Device, Link, Record

if TYPE_CHECKING:
    import networkx as nx

_cache: weakref.WeakKeyDictionary[Project, dict[tuple[str, bool], tuple[Any, Any]]] = (
    weakref.WeakKeyDictionary()
)


def graph_of(project: Project, block: str, *, expand: bool = False) -> nx.MultiGraph[str]:
    """Return the graph of a block.

    Parameters
    ----------
    project : Project
    block : str
        Id of the block.
    expand : bool
        False: the block's own devices and the devices below that its links touch. True: every device
        and link below, by full path.

    Returns
    -------
    networkx.MultiGraph
        Frozen. Nodes are devices by path from the block, with `type`, `name` and `kind`; edges are links
        (a trunk is one edge) with `layer`, `fabric`, `rate_gbps` (of one cable, None if not known),
        `count`, `a_ports`, `b_ports` and `link` (path of the link record).

    Raises
    ------
    RecordError
        If there is no such block.
    """
    if block not in project.blocks:
        raise RecordError(f"there is no block '{block}'")
    below = sorted(project.descendants(block))
    tables = ("devices", "instances", "links")
    version = (project.version("types"), tuple((b, project.version(t, b)) for b in below for t in tables))
    graphs = _cache.setdefault(project, {})
    cached = graphs.get((block, expand))
    if cached is None or cached[0] != version:
        graphs[block, expand] = cached = (version, _build(project, block, expand))
    return cached[1]


def _build(project: Project, block: str, expand: bool) -> nx.MultiGraph[str]:
    import networkx as nx

    graph: nx.MultiGraph[str] = nx.MultiGraph(block=block)
    for path, device in _devices(project, block, "", expand):
        graph.add_node(path, **_node(project, device))
    for prefix, link in _links(project, block, "", expand):
        a, b = prefix + link.a.path, prefix + link.b.path
        for path, end in ((a, link.a), (b, link.b)):
            if path not in graph:
                graph.add_node(path, **_node(project, project.resolve(link.block, end.path)))
        graph.add_edge(a, b, key=prefix + link.id, **_edge(project, link), link=prefix + link.id)
    return nx.freeze(graph)


def _devices(project: Project, block: str, prefix: str, expand: bool) -> list[tuple[str, Device]]:
    found = [(prefix + d.id, d) for d in project.devices(block).values()]
    if expand:
        for instance in project.instances(block).values():
            found.extend(_devices(project, instance.of, f"{prefix}{instance.id}/", expand))
    return found


def _links(project: Project, block: str, prefix: str, expand: bool) -> list[tuple[str, Link]]:
    found = [(prefix, link) for link in project.links(block).values()]
    if expand:
        for instance in project.instances(block).values():
            found.extend(_links(project, instance.of, f"{prefix}{instance.id}/", expand))
    return found


def _node(project: Project, device: Record | None) -> dict[str, Any]:
    if not isinstance(device, Device):
        return {"type": "", "name": "", "kind": ""}
    spec = project.find_type(device.type)
    return {"type": device.type, "name": device.name, "kind": getattr(spec, "kind", "")}


def _edge(project: Project, link: Link) -> dict[str, Any]:
    rates = []
    for end in (link.a, link.b):
        device = project.resolve(link.block, end.path)
        socket = project.ports(device).find(end.ports[0]) if isinstance(device, Device) else None
        rates.append(socket.rate_gbps if socket else None)
    known = [rate for rate in rates if rate is not None]
    return {
        "layer": link.layer,
        "fabric": link.fabric,
        "rate_gbps": min(known) if known else None,
        "count": link.count,
        "a_ports": link.a.ports,
        "b_ports": link.b.ports,
    }

"""The units of a generated network: which devices they hold, and which of them are the same."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.fabrics.family import Graph


@dataclass
class Unit:
    """A scalable unit, pod or group, or the whole network (the empty path)."""

    path: str
    nodes: list[str] = field(default_factory=list)
    """Keys of the devices that are in no unit within, in the order of the graph."""
    inner: list[Unit] = field(default_factory=list)
    kind: int = -1
    """Units of one kind hold the same devices under the same names, and units of the same kinds."""

    @property
    def name(self) -> str:
        """Last step of the path."""
        return self.path.rpartition("/")[2]


def tree_of(graph: Graph) -> Unit:
    """Return the units of a network as a tree, each with its kind.

    Examples
    --------
    >>> import networkx as nx
    >>> graph = nx.MultiGraph()
    >>> for key, unit, tier in (("su-1/x", "su-1", 1), ("su-2/x", "su-2", 1), ("spine", "", 2)):
    ...     graph.add_node(key, unit=unit, name="x", role="switch", tier=tier, slots=4, slot_gbps=400)
    >>> top = tree_of(graph)
    >>> top.nodes, [(unit.path, unit.kind) for unit in top.inner]
    (['spine'], [('su-1', 0), ('su-2', 0)])
    """
    units = {"": Unit("")}

    def unit_at(path: str) -> Unit:
        found = units.get(path)
        if found is None:
            found = units[path] = Unit(path)
            unit_at(path.rpartition("/")[0]).inner.append(found)
        return found

    for key, path in graph.nodes(data="unit"):
        unit_at(path).nodes.append(key)
    _sort(units[""], graph, {})
    return units[""]


def _sort(unit: Unit, graph: Graph, kinds: dict[object, int]) -> None:
    for each in unit.inner:
        _sort(each, graph, kinds)
    own = []
    for key in unit.nodes:
        node = graph.nodes[key]
        own.append((node["name"], node["role"], node["tier"], node["slots"], node["slot_gbps"]))
    mark = (tuple(own), tuple((each.name, each.kind) for each in unit.inner))
    unit.kind = kinds.setdefault(mark, len(kinds))

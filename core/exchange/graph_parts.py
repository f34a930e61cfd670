"""What the graph formats share: nodes and edges collected under limits, and what of a network is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias

from core.fabrics.custom import MOST_LINKS, MOST_NODES
from core.fabrics.custom_values import GraphError, RawEdge, RawGraph, RawNode, short

if TYPE_CHECKING:
    from core.fabrics.family import Graph

MOST_DEPTH = 32
Written: TypeAlias = dict[str, str | int | float]
Progress: TypeAlias = Callable[[int, int, str], None]
"""Called as progress(done, total, text), total 0 where it is not known; what it raises ends the work."""
OFTEN = 4096


class Collector:
    """Nodes and edges of a file, in its order; errors name the line."""

    def __init__(self, progress: Progress | None = None) -> None:
        self.nodes: dict[str, RawNode] = {}
        self.edges: list[RawEdge] = []
        self.notes: list[str] = []
        self._progress = progress

    def add_node(self, key: str, attributes: Mapping[str, Any], line: int) -> None:
        """Add a node; a second of the same key is refused."""
        if key in self.nodes:
            fail(f"node '{short(key)}' stands twice", line, "Give each a key of its own")
        if len(self.nodes) >= MOST_NODES:
            fail(f"the graph has more than {MOST_NODES:,} nodes", line)
        self.nodes[key] = RawNode(key, attributes, line)
        self._tell(len(self.nodes), "Nodes")

    def add_edge(self, a: str, b: str, attributes: Mapping[str, Any], line: int) -> None:
        """Add an edge; its nodes may come later."""
        if len(self.edges) >= MOST_LINKS:
            fail(f"the graph has more than {MOST_LINKS:,} edges", line)
        self.edges.append(RawEdge(a, b, attributes, line))
        self._tell(len(self.edges), "Edges")

    def _tell(self, done: int, text: str) -> None:
        if self._progress is not None and done % OFTEN == 0:
            self._progress(done, 0, text)

    def graph(self, is_directed: bool) -> RawGraph:
        """Return what was collected."""
        return RawGraph(tuple(self.nodes.values()), tuple(self.edges), is_directed, tuple(self.notes))


def fail(problem: str, line: int = 0, cure: str = "") -> NoReturn:
    """Raise a GraphError for a line."""
    raise GraphError(problem, where=f"line {line}" if line else "", cure=cure)


def written_nodes(graph: Graph) -> Iterator[tuple[str, Written]]:
    """Yield what of each node is written, in the order of the graph."""
    for key, data in graph.nodes(data=True):
        names = data.get("port_names")
        found: Written = {
            "role": data["role"],
            "tier": data["tier"],
            "unit": data["unit"],
            "name": data["name"],
        }
        found |= {name: data[name] for name in ("rail", "plane", "gpus") if name in data}
        found["ports"] = data["slots"] if names is None else " ".join(names)
        found["port_gbps"] = _short_number(data["slot_gbps"])
        yield key, {name: value for name, value in found.items() if value != ""}


def written_edges(graph: Graph) -> Iterator[tuple[str, str, Written]]:
    """Yield the ends of each trunk and what of it is written, in the order of the graph."""
    for _, _, data in graph.edges(data=True):
        found: Written = {"count": data["count"]}
        if data["gbps"] > 0:
            found["gbps"] = _short_number(data["gbps"])
        for end, name in (("a", "source_ports"), ("b", "target_ports")):
            names = graph.nodes[data[end]].get("port_names")
            slots = data[f"{end}_slots"]
            found[name] = " ".join(str(slot) if names is None else names[slot] for slot in slots)
        yield data["a"], data["b"], found


def _short_number(value: float) -> int | float:
    return int(value) if value == int(value) else value

"""Networks that cases are about: built by the generators, then counted and measured on the graph."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from core.errors import EngineError
from core.fabrics.families import family
from core.fabrics.weave import sizes_of

if TYPE_CHECKING:
    import networkx as nx

MOST_DEVICES = 400_000
MOST_LINKS = 2_000_000
MOST_MEASURED = 3_000
"""Switches up to which all distances are computed."""


class Built:
    """A network that was really built."""

    def __init__(self, graph: nx.MultiGraph[Any]) -> None:
        self.graph = graph
        self.sizes = sizes_of(graph)

    def count(self, *roles: str) -> int:
        """Return the devices of some roles."""
        return sum(self.sizes.devices.get(role, 0) for role in roles)

    @property
    def switches(self) -> int:
        return self.sizes.switches

    def links(self, one: str, other: str) -> int:
        """Return the links between two roles, one for each port pair."""
        links = self.sizes.links
        return links.get((one, other), 0) + (links.get((other, one), 0) if one != other else 0)

    def cables(self, one: str, other: str, gbps: float) -> int:
        """Return the links between two roles as tables count them: in pieces of one rate."""
        role = self.graph.nodes
        wanted = {one, other}
        total: float = sum(
            rate["gbps"] * rate["count"]
            for a, b, rate in self.graph.edges(data=True)
            if {role[a]["role"], role[b]["role"]} == wanted
        )
        return round(total / gbps)

    def trunk(self, one: str, other: str) -> int:
        """Return the links between each joined pair of devices of two roles; 0 if pairs differ."""
        role = self.graph.nodes
        found: Counter[frozenset[str]] = Counter()
        for a, b, count in self.graph.edges(data="count"):
            if {role[a]["role"], role[b]["role"]} == {one, other}:
                found[frozenset((a, b))] += count
        counts = set(found.values())
        return counts.pop() if len(counts) == 1 else 0

    def groups(self, one: str, other: str) -> list[tuple[int, int]]:
        """Return the parts that links between two roles make: devices of either role in each."""
        import networkx as nx

        role = {key: data["role"] for key, data in self.graph.nodes(data=True)}
        inside = [key for key in role if role[key] in (one, other)]
        parts = nx.connected_components(self.graph.subgraph(inside))
        return [(sum(role[k] == one for k in part), sum(role[k] == other for k in part)) for part in parts]

    def forwarding(self) -> list[str]:
        """Return the devices that forward."""
        return [key for key, data in self.graph.nodes(data=True) if data["tier"] > 0]

    def degrees(self, key: str) -> dict[str, int]:
        """Return the links of a device by the role at their other end."""
        found: Counter[str] = Counter()
        for _, other, count in self.graph.edges(key, data="count"):
            found[self.graph.nodes[other]["role"]] += count
        return dict(found)

    def shortest_ways(self, start: str) -> tuple[dict[str, int], dict[str, int]]:
        """Return distance and number of shortest ways to every device, past devices that forward; parallel
        links are ways of their own."""
        distance, ways = {start: 0}, {start: 1}
        queue = deque([start])
        while queue:
            here = queue.popleft()
            if here != start and self.graph.nodes[here]["tier"] == 0:
                continue
            for other, trunks in self.graph.adj[here].items():
                parallel = sum(data["count"] for data in trunks.values())
                if other not in distance:
                    distance[other], ways[other] = distance[here] + 1, 0
                    queue.append(other)
                if distance[other] == distance[here] + 1:
                    ways[other] += ways[here] * parallel
        return distance, ways

    def diameter(self) -> int | None:
        """Return the largest distance between two devices that forward, in links; None of very many."""
        import numpy as np
        from scipy.sparse import coo_matrix
        from scipy.sparse.csgraph import shortest_path

        number = {key: k for k, key in enumerate(self.forwarding())}
        if len(number) > MOST_MEASURED:
            return None
        pairs = [(number[a], number[b]) for a, b in self.graph.edges() if a in number and b in number]
        a, b = np.array(pairs).T
        matrix = coo_matrix((np.ones(len(a)), (a, b)), shape=(len(number), len(number))).tocsr()
        return int(shortest_path(matrix, directed=False, unweighted=True).max())


def build(name: str, values: Mapping[str, Any], seed: int = 0) -> Built:
    """Return the network of a family.

    Raises
    ------
    ParameterError
        If there is no such family or network.
    EngineError
        If it is too large to be built for a case.
    """
    return _built(name, tuple(sorted(values.items())), seed)


@lru_cache(maxsize=8)
def _built(name: str, values: tuple[tuple[str, Any], ...], seed: int) -> Built:
    chosen = family(name)
    parameters = chosen.read(dict(values))
    sizes = chosen.sizes(parameters)
    if sum(sizes.devices.values()) > MOST_DEVICES or sum(sizes.links.values()) > MOST_LINKS:
        raise EngineError(f"a network of {sum(sizes.devices.values()):,} devices is not built for a case")
    return Built(chosen.build(parameters, seed))

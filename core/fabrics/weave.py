"""The graph of a network while it is being made.

Nodes are devices, edges are trunks. A port is a number of *slots*: the finest rate a device is used at makes
one slot, so a link of 800G on a switch whose cages are elsewhere split to 400G takes two slots that follow
each other. Slot s of a device whose cages hold k slots is in cage s // k.

Node: `role`, `tier` (0: does not forward), `unit` (path of the scalable unit, "" if shared), `name` (in its
unit), `slots`, `slot_gbps`; where there are any also `rail`, `plane`, `gpus`. The key is unit/name.
Edge: `a`, `b` (keys of the nodes, since the graph has no direction), `a_slots`, `b_slots` (first slot of each
link), `gbps` (rate of one link), `count`.
Graph: `family`, `parameters`, `seed`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from core.fabrics.family import ParameterError, Sizes

if TYPE_CHECKING:
    from core.fabrics.family import Graph


class Weave:
    """Collects devices and trunks; `graph` checks them and makes the graph.

    Examples
    --------
    >>> weave = Weave("pair")
    >>> for n in (1, 2):
    ...     _ = weave.add("", f"host-{n}", "host", 0, slots=2, slot_gbps=400, gpus=1)
    >>> weave.join("host-1", [0, 1], "host-2", [0, 1], 400)
    >>> sizes_of(weave.graph()).links
    {('host', 'host'): 2}
    """

    def __init__(self, family: str, parameters: dict[str, Any] | None = None, seed: int = 0) -> None:
        self._about = {"family": family, "parameters": parameters or {}, "seed": seed}
        self._nodes: dict[str, dict[str, Any]] = {}
        self._edges: list[tuple[str, str, dict[str, Any]]] = []

    def add(
        self,
        unit: str,
        name: str,
        role: str,
        tier: int,
        *,
        slots: int,
        slot_gbps: float,
        **more: Any,
    ) -> str:
        """Add a device and return its key. `more`: rail, plane, gpus and what a family needs."""
        key = f"{unit}/{name}" if unit else name
        if key in self._nodes:
            raise ValueError(f"{key} is there already")
        self._nodes[key] = {
            "role": role,
            "tier": tier,
            "unit": unit,
            "name": name,
            "slots": slots,
            "slot_gbps": slot_gbps,
            **more,
        }
        return key

    def join(self, a: str, a_slots: Sequence[int], b: str, b_slots: Sequence[int], gbps: float) -> None:
        """Join the k-th slot of one device with the k-th of another; one call is one trunk."""
        if not a_slots or len(a_slots) != len(b_slots):
            raise ValueError(f"{len(a_slots)} slots of {a} against {len(b_slots)} of {b}")
        edge = {
            "a": a,
            "b": b,
            "a_slots": tuple(a_slots),
            "b_slots": tuple(b_slots),
            "gbps": gbps,
            "count": len(a_slots),
        }
        self._edges.append((a, b, edge))

    def graph(self) -> Graph:
        """Return the graph.

        Raises
        ------
        ParameterError
            If a device has too few slots, or one is used twice.
        """
        import networkx as nx

        self._check()
        graph: Graph = nx.MultiGraph(**self._about)
        graph.add_nodes_from(self._nodes.items())
        graph.add_edges_from(self._edges)
        return graph

    def _check(self) -> None:
        taken: dict[str, list[int]] = {key: [] for key in self._nodes}
        for a, b, edge in self._edges:
            for key, slots in ((a, edge["a_slots"]), (b, edge["b_slots"])):
                width = max(round(edge["gbps"] / self._nodes[key]["slot_gbps"]), 1)
                if width == 1:
                    taken[key].extend(slots)
                else:
                    taken[key].extend(slot + k for slot in slots for k in range(width))
        for key, used in taken.items():
            room = self._nodes[key]["slots"]
            if used and (min(used) < 0 or max(used) >= room):
                raise ParameterError(f"{key} has {room} ports and needs {max(used) + 1}")
            if len(set(used)) != len(used):
                twice = next(slot for slot, n in Counter(used).items() if n > 1)
                raise ParameterError(f"port {twice} of {key} would be used twice")


def numbered(word: str, number: int, most: int) -> str:
    """Return a name with a number from 1, with as many digits as the last one of its kind.

    Examples
    --------
    >>> numbered("h", 7, 32)
    'h07'
    """
    return f"{word}{number:0{len(str(most))}d}"


def sizes_of(graph: Graph) -> Sizes:
    """Count the devices of a graph by role and its links by the roles they join, the lower tier first."""
    data = graph.nodes
    links: Counter[tuple[str, str]] = Counter()
    for a, b, count in graph.edges(data="count"):
        one, other = data[a], data[b]
        if one["tier"] > other["tier"] or (one["tier"] == other["tier"] and one["role"] > other["role"]):
            one, other = other, one
        links[one["role"], other["role"]] += count
    return Sizes(
        dict(Counter(role for _, role in data(data="role"))),
        dict(links),
        sum(gpus for _, gpus in data(data="gpus", default=0)),
    )

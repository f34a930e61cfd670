"""A graph of one's own as a network: what a file says of nodes and edges, the rest taken by stated defaults.

Attributes of nodes: `role` (or kind), `tier`, `unit`, `name` (or label), `rail`, `plane`, `gpus`, `ports`
(how many, or their names) and `port_gbps`. Of edges: `count`, `gbps` (or rate), the ports at the ends as
`source_ports` and `target_ports` (names, or numbers from 0), or as `ports` (pairs such as `p1:p7 p2:p8`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import msgspec

from core.fabrics.custom_attributes import EDGE, NODE, read_attributes
from core.fabrics.custom_roles import give_roles, give_tiers, neighbours
from core.fabrics.custom_seats import ReadEdge, ReadNode, Seats, both_ways
from core.fabrics.custom_values import (
    MOST_GBPS,
    MOST_PORTS,
    WHOLE,
    GraphError,
    RawEdge,
    RawGraph,
    RawNode,
    error_at,
    rate_of,
    short,
    tokens_of,
    whole_of,
)
from core.fabrics.weave import Weave
from core.model.check import clean_name
from core.model.fields import quantity

if TYPE_CHECKING:
    from core.fabrics.family import Graph

T = TypeVar("T")
NAME = "custom"
OFTEN = 4096
MOST_NODES, MOST_LINKS = 300_000, 1_000_000


class Defaults(msgspec.Struct, frozen=True, kw_only=True):
    """What is taken where a graph does not say."""

    gbps: Annotated[float, quantity("Gbit/s", "Rate of a link", low=0.001, high=MOST_GBPS)] = 400.0
    gpus: Annotated[int, quantity("", "GPUs in a host", low=0, high=1024)] = 0


@dataclass(frozen=True, eq=False)
class Custom:
    """A graph as a network (`core.fabrics.weave`, family `custom`), and what was taken for it."""

    graph: Graph
    notes: tuple[str, ...]


def custom_graph(
    raw: RawGraph,
    defaults: Defaults | None = None,
    progress: Callable[[int, int, str], None] | None = None,
) -> Custom:
    """Return a graph as a network.

    Raises
    ------
    GraphError
        If an end of an edge is missing, an edge joins a node with itself, a key stands twice, a number is
        not finite or out of range, or ports do not suffice; with the line.

    Examples
    --------
    >>> ends = [RawNode("leaf", {}), RawNode("host-1", {}), RawNode("host-2", {"gpus": 8})]
    >>> found = custom_graph(RawGraph(ends, [RawEdge("leaf", "host-1", {}), RawEdge("leaf", "host-2", {})]))
    >>> found.graph.nodes["leaf"]["tier"], found.graph.nodes["host-2"]["gpus"], found.notes[0]
    (1, 8, '2 edges without a rate: 400 Gbit/s is taken')
    """
    reading = _Reading(raw, defaults or Defaults(), progress)
    return Custom(reading.weave().graph(), (*raw.notes, *reading.notes))


class _Reading:
    def __init__(
        self, raw: RawGraph, defaults: Defaults, progress: Callable[[int, int, str], None] | None
    ) -> None:
        self._defaults = defaults
        self._progress = progress
        self._counted: Counter[str] = Counter()
        if len(raw.nodes) > MOST_NODES:
            raise GraphError(
                f"a graph of {len(raw.nodes):,} nodes is too large", cure=f"{MOST_NODES:,} may be read"
            )
        self._unread: set[str] = set()
        self._nodes = self._named(raw.nodes)
        edges = [self._edge(edge) for edge in self._told(raw.edges, "Rates")]
        if sum(edge.count for edge in edges) > MOST_LINKS:
            raise GraphError("the graph has too many links", cure=f"{MOST_LINKS:,} may be read")
        self._edges = both_ways(edges, self._counted) if raw.is_directed else edges
        beside = neighbours(self._nodes, self._edges)
        give_roles(self._nodes, beside, self._defaults.gpus, self._counted)
        give_tiers(self._nodes, beside, self._counted)
        self._ports()

    @property
    def notes(self) -> tuple[str, ...]:
        found = [f"{n:,} {text if n > 1 else _singular(text)}" for text, n in self._counted.items()]
        if self._unread:
            found.append(f"attributes that are not read: {', '.join(sorted(self._unread)[:12])}")
        return tuple(found)

    def weave(self) -> Weave:
        """Return the network, ports assigned in the order of the edges where the file names none."""
        weave = Weave(NAME)
        for node in self._nodes.values():
            more: dict[str, Any] = {
                name: node.own[name] for name in ("rail", "plane", "gpus") if name in node.own
            }
            if node.names is not None:
                more["port_names"] = tuple(node.names)
            slots = node.slots or 0
            weave.add(
                node.unit, node.name, node.role, node.tier, slots=slots, slot_gbps=node.slot_gbps, **more
            )
        for edge in self._edges:
            a, b = (self._nodes[key].key for key in (edge.raw.a, edge.raw.b))
            a_slots, b_slots = edge.ends
            weave.join(a, a_slots or (), b, b_slots or (), edge.gbps)
        return weave

    def _named(self, raws: Iterable[RawNode]) -> dict[str, ReadNode]:
        """Return the nodes by their key in the file, with unit and name."""
        found: dict[str, ReadNode] = {}
        for raw in raws:
            if raw.key in found:
                raise error_at(raw, f"node '{short(raw.key)}' stands twice", "Give each a key of its own")
            found[raw.key] = ReadNode(raw, self._read(raw.attributes, NODE))
        labels = Counter(
            (str(node.own.get("unit", "")), clean_name(str(node.own.get("name", ""))))
            for node in found.values()
        )
        keys: set[str] = set()
        for node in found.values():
            unit = clean_name(str(node.own.get("unit", "")))
            label = clean_name(str(node.own.get("name", "")))
            key = clean_name(node.raw.key)
            rest = key[len(unit) + 1 :] if unit and key.startswith(f"{unit}/") else key
            node.unit = unit
            node.name = label if label and labels[str(node.own.get("unit", "")), label] == 1 else rest
            if not node.name:
                raise error_at(node.raw, "a node has no name that can be printed", "Give it an id of letters")
            if node.key in keys:
                raise error_at(
                    node.raw, f"two nodes would be '{short(node.key)}'", "Give each a name of its own"
                )
            keys.add(node.key)
            for name in ("rail", "plane", "tier", "gpus"):
                if name in node.own:
                    node.own[name] = whole_of(node.raw, name, node.own[name], 0, 1_000_000)
        return found

    def _edge(self, raw: RawEdge) -> ReadEdge:
        for key in (raw.a, raw.b):
            if key not in self._nodes:
                raise error_at(
                    raw,
                    f"an edge ends at '{short(key)}', which is no node",
                    "Add the node, or remove the edge",
                )
        if raw.a == raw.b:
            raise error_at(raw, f"an edge joins '{short(raw.a)}' with itself", "Remove it")
        own = self._read(raw.attributes, EDGE)
        # An empty list names no port, as if it were not there.
        ends = [
            (tokens_of(raw, own[name]) or None) if name in own else None
            for name in ("source_ports", "target_ports")
        ]
        if "ports" in own:
            pairs = [token.partition(":") for token in tokens_of(raw, own["ports"])]
            if any(not (one and other) for one, _, other in pairs):
                raise error_at(raw, "ports of an edge are not pairs", "Write them such as p1:p7 p2:p8")
            if pairs:
                ends = [[one for one, _, _ in pairs], [other for _, _, other in pairs]]
        named = {len(tokens) for tokens in ends if tokens is not None}
        count = (
            whole_of(raw, "count", own["count"], 1, MOST_LINKS) if "count" in own else max(named, default=1)
        )
        if named - {count}:
            raise error_at(
                raw,
                f"{count:,} links have {max(named - {count}):,} ports at an end",
                "Name one for each link",
            )
        if "gbps" in own:
            gbps = rate_of(raw, "rate", own["gbps"])
        else:
            gbps = self._defaults.gbps
            self._counted[f"edges without a rate: {gbps:g} Gbit/s is taken"] += 1
        places = [
            None if tokens is None else tuple(self._place(raw, self._nodes[key], token) for token in tokens)
            for key, tokens in zip((raw.a, raw.b), ends, strict=True)
        ]
        return ReadEdge(raw, count, gbps, (places[0], places[1]))

    def _place(self, raw: RawEdge, node: ReadNode, token: str) -> int:
        """Return the place of a port that an edge names."""
        self._read_ports(node)
        if node.names is not None and token in node.names:
            return node.names[token]
        if node.names is None and WHOLE.match(token) and 0 <= int(token) < (node.slots or MOST_PORTS):
            return int(token)
        if node.names is not None:
            known = f"it has {', '.join(list(node.names)[:6])}{' ...' if len(node.names) > 6 else ''}"
        else:
            known = (
                f"it has {node.slots:,}, counted from 0" if node.slots else "its node does not list its ports"
            )
        raise error_at(
            raw, f"'{short(node.raw.key)}' has no port '{short(token)}'", known[:1].upper() + known[1:]
        )

    def _read_ports(self, node: ReadNode) -> None:
        if node.slots is not None or "ports" not in node.own:
            return
        value = node.own["ports"]
        tokens = tokens_of(node.raw, value)
        if len(tokens) == 1 and WHOLE.match(tokens[0]):
            node.slots = whole_of(node.raw, "ports", tokens[0], 0, MOST_PORTS)
            return
        node.names = {token: place for place, token in enumerate(tokens)}
        node.slots = len(tokens)
        if len(node.names) != len(tokens) or len(tokens) > MOST_PORTS:
            raise error_at(
                node.raw, "a port stands twice in the list of a node, or there are too many", "List each once"
            )

    def _ports(self) -> None:
        """Give each link a port at both ends."""
        fastest: dict[str, float] = {}
        for edge in self._edges:
            for key in (edge.raw.a, edge.raw.b):
                fastest[key] = max(fastest.get(key, 0.0), edge.gbps)
        for key, node in self._nodes.items():
            self._read_ports(node)
            node.slot_gbps = fastest.get(key, self._defaults.gbps)
            if "port_gbps" in node.own:
                node.slot_gbps = rate_of(node.raw, "port_gbps", node.own["port_gbps"])
        seats = {key: Seats(node) for key, node in self._nodes.items()}
        for edge in self._edges:
            for key, places in zip((edge.raw.a, edge.raw.b), edge.ends, strict=True):
                if places is not None:
                    seats[key].take(edge, places)
        unnamed = 0
        for number, edge in enumerate(self._told(self._edges, "Ports")):
            ends = [
                seats[key].next(edge) if places is None else places
                for key, places in zip((edge.raw.a, edge.raw.b), edge.ends, strict=True)
            ]
            unnamed += None in edge.ends
            self._edges[number] = replace(edge, ends=(ends[0], ends[1]))
        if unnamed:
            self._counted["edges without ports: assigned in the order of the file"] += unnamed
        for key, node in self._nodes.items():
            if node.slots is None:
                node.slots = seats[key].used

    def _told(self, rows: Sequence[T], text: str) -> Iterator[T]:
        """Yield rows, and tell how far it is."""
        for done, row in enumerate(rows):
            if self._progress is not None and done % OFTEN == 0:
                self._progress(done, len(rows), text)
            yield row

    def _read(self, given: Mapping[str, Any], names: Mapping[str, Sequence[str]]) -> dict[str, Any]:
        own, others = read_attributes(given, names)
        self._unread.update(clean_name(key)[:40] for key in others)
        return own


def _singular(text: str) -> str:
    return re.sub(r"^(edge|node|pair|host|gpu|directed edge)s\b", r"\1", text)

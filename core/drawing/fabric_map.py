"""A fabric as tiers of nodes and bundles of cables, gathered so that it fits on one drawing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.drawing.cables import natural
from core.drawing.fabric_graph import FabricGraph, Rows
from core.drawing.fabric_lanes import Lanes
from core.drawing.gathering import Gathered, gather
from core.drawing.placed import Placement
from core.model.types import SWITCH_KINDS

if TYPE_CHECKING:
    import networkx as nx

TIER_NAMES = ("Hosts", "Leaf", "Spine", "Core")
MOST_IN_LANE = 64
"""A tier with more switches than this shows racks or floor blocks instead of devices."""
MOST_HOSTS = 40
"""The same for hosts, which have longer names."""
MOST_LINES = 1600
"""With more bundles than this tiers are gathered further: more can neither be read nor painted in a frame."""


@dataclass(frozen=True)
class Node:
    """One box of the drawing: a device, or the devices of a rack or floor block taken together."""

    key: str
    label: str
    detail: str
    tier: int
    count: int
    path: str
    """Path of the device, rack or floor block; empty for racks taken together that no block holds."""
    lane: int = -1
    """Rail or plane: index into the map's `lanes`."""
    members: tuple[int, ...] = ()
    """Its devices, by their index in the graph."""
    within: str = ""
    """Key of the gathered node that was opened to show it."""
    spot: tuple[str, str] = ("", "")
    """What a place by hand is kept under: name of the layout beside the fabric's own, and path."""

    @property
    def is_gathered(self) -> bool:
        return self.key != self.path


@dataclass(frozen=True)
class Bundle:
    """The cables of one rate between two boxes."""

    a: str
    b: str
    cables: int
    rate_gbps: float | None
    trunks: tuple[int, ...] = ()
    """Its trunks, by their index in the graph."""


@dataclass(frozen=True)
class FabricMap:
    """What a network drawing shows."""

    nodes: tuple[Node, ...]
    bundles: tuple[Bundle, ...]
    cables: int
    lanes: tuple[str, ...] = ()
    """Names of the rails and planes."""
    opened: tuple[tuple[str, str], ...] = ()
    """Key and label of the gathered nodes that are opened."""

    @property
    def tiers(self) -> list[list[Node]]:
        """Nodes by tier, hosts first."""
        highest = max((n.tier for n in self.nodes), default=-1)
        return [[n for n in self.nodes if n.tier == t] for t in range(highest + 1)]


def fabric_map(
    graph: FabricGraph,
    placement: Placement,
    lanes: Lanes | None = None,
    *,
    opened: Collection[str] = (),
    alone: Iterable[int] = (),
) -> FabricMap:
    """Return the map of one fabric.

    Parameters
    ----------
    graph : FabricGraph
    placement : Placement
        Of the block the graph's snapshot is of; gives the names.
    lanes : Lanes, optional
        Rails and planes; nodes of different ones are not gathered.
    opened : collection of str
        Keys of gathered nodes to show as what they hold.
    alone : iterable of int
        Devices that are never gathered.
    """
    if not len(graph):
        return FabricMap((), (), 0)
    lane = lanes.device_lane if lanes is not None else np.full(len(graph), -1, np.int64)
    most = {tier: MOST_HOSTS if tier == 0 else MOST_IN_LANE for tier in np.unique(graph.tier).tolist()}
    single = frozenset(alone)

    def gathered_by(keys: frozenset[str]) -> Gathered:
        return gather(graph, lane, most, keys, single, lambda path: _name(placement, path))

    gathered = gathered_by(frozenset())
    for _ in range(8):
        lines = _lines(graph, gathered)
        full = max(most, key=lambda tier: gathered.tier_nodes[tier], default=0)
        if len(lines) <= MOST_LINES or gathered.tier_nodes[full] <= 8:
            break
        most[full] = max(gathered.tier_nodes[full] // 2, 8)
        gathered = gathered_by(frozenset())
    if opened:
        gathered = gathered_by(frozenset(opened))
    order = np.argsort(gathered.node_of, kind="stable")
    bounds = np.searchsorted(gathered.node_of[order], np.arange(len(gathered.keys) + 1)).tolist()
    members = order.tolist()
    nodes = [
        _node(graph, placement, gathered, k, tuple(members[bounds[k] : bounds[k + 1]]), lane)
        for k in range(len(gathered.keys))
    ]
    ranked = sorted(nodes, key=lambda n: (n[0].tier, n[0].lane < 0, n[0].lane, n[1]))
    within = dict.fromkeys(key for key in gathered.within if key)
    return FabricMap(
        tuple(node for node, _ in ranked),
        _bundles(graph, gathered),
        int(graph.cables.sum()),
        lanes.names if lanes is not None else (),
        tuple((key, _label(placement, key)) for key in within),
    )


def _node(
    graph: FabricGraph, placement: Placement, gathered: Gathered, k: int, members: tuple[int, ...], lane: Rows
) -> tuple[Node, list[object]]:
    """Return a node and what it is sorted by."""
    first = members[0]
    tier, its_lane = int(graph.tier[first]), int(lane[first])
    key, within = gathered.keys[k], gathered.within[k]
    if not key:
        path = graph.paths[first]
        found = placement.device(path)
        name, tag, at = (found.name, found.tag, found.at.tag) if found is not None else (path, path, "")
        node = Node(path, name, at, tier, 1, path, its_lane, members, within, ("", path))
        return node, [*natural(tag)]
    label = _label(placement, key)
    start, _, path = key.partition(":")
    noun = "device" if len(members) == 1 else "devices"
    first_path, several, _ = path.partition("..")
    spot = (f"{start}n" if several else start, first_path)
    detail = f"{len(members):,} {noun}"
    whole = "" if several else path
    node = Node(key, label, detail, tier, len(members), whole, its_lane, members, within, spot)
    return node, [*natural(label)]


def _label(placement: Placement, key: str) -> str:
    first, several, last = key.partition(":")[2].partition("..")
    return f"{_name(placement, first)} … {_name(placement, last)}" if several else _name(placement, first)


def _name(placement: Placement, path: str) -> str:
    at = placement.blocks.get(path)
    return at.tag if at is not None else path


def _lines(graph: FabricGraph, gathered: Gathered) -> Rows:
    """Number each trunk by the pair of nodes it joins; -1 inside a node."""
    a, b = gathered.node_of[graph.a], gathered.node_of[graph.b]
    swap = (graph.tier[graph.a] == graph.tier[graph.b]) & (a > b)
    a, b = np.where(swap, b, a), np.where(swap, a, b)
    pair = np.unique(np.where(a == b, -1, a * len(gathered.keys) + b))
    return pair[pair >= 0]


def _bundles(graph: FabricGraph, gathered: Gathered) -> tuple[Bundle, ...]:
    a, b = gathered.node_of[graph.a], gathered.node_of[graph.b]
    swap = (graph.tier[graph.a] == graph.tier[graph.b]) & (a > b)
    a, b = np.where(swap, b, a), np.where(swap, a, b)
    rates, code = np.unique(np.nan_to_num(graph.rate_gbps, nan=-1.0), return_inverse=True)
    n, wide = len(gathered.keys), max(len(rates), 1)
    packed = (a * n + b) * wide + code.reshape(-1)
    trunks = np.flatnonzero(a != b)
    trunks = trunks[np.argsort(packed[trunks], kind="stable")]
    starts = np.flatnonzero(np.diff(packed[trunks], prepend=-1))
    sums = np.add.reduceat(graph.cables[trunks], starts) if len(starts) else starts
    found = []
    ends = np.append(starts[1:], len(trunks)).tolist()
    rows = trunks.tolist()
    names = [
        key or graph.paths[first] for key, first in zip(gathered.keys, gathered.first.tolist(), strict=True)
    ]
    for start, end, cables in zip(starts.tolist(), ends, sums.tolist(), strict=True):
        head = rows[start]
        rate = float(rates[code.reshape(-1)[head]])
        found.append(
            Bundle(
                names[a[head]], names[b[head]], cables, rate if rate >= 0 else None, tuple(rows[start:end])
            )
        )
    return tuple(found)


def graph_map(graph: nx.MultiGraph[str]) -> FabricMap:
    """Return the map of a networkx graph whose nodes have `kind` (and `role`, `name`, `unit`)."""
    cables: Counter[tuple[str, str, float | None]] = Counter()
    for a, b, data in graph.edges(data=True):
        cables[min(a, b), max(a, b), data.get("rate_gbps")] += int(data.get("count", 1))
    edges: dict[tuple[str, str], int] = {}
    for (a, b, _), count in cables.items():
        edges[a, b] = edges.get((a, b), 0) + count
    kinds = {n: str(d.get("kind") or d.get("role") or "") for n, d in graph.nodes(data=True)}
    tiers = tiers_of(kinds, edges)
    nodes = []
    for name, data in graph.nodes(data=True):
        role = TIER_NAMES.index(r) if (r := str(data.get("role", "")).title()) in TIER_NAMES else None
        tier = tiers.get(name, 0) if role is None else role
        nodes.append(Node(name, str(data.get("name") or name), "", tier, 1, name))
    bundles = tuple(Bundle(a, b, n, rate) for (a, b, rate), n in cables.items())
    return FabricMap(tuple(nodes), bundles, sum(cables.values()))


def tiers_of(kinds: dict[str, str], edges: dict[tuple[str, str], int]) -> dict[str, int]:
    """Return the tier of each node: 0 hosts, 1 switches with hosts, 2 switches above them, and so on.

    A switch that has one neighbour only is a host of this fabric. A switch belongs to
    tier 1 if hosts hold at least a fifth of its cables, else one above the lowest switch it is joined to.
    """
    neighbours: dict[str, dict[str, int]] = {}
    for (a, b), count in edges.items():
        neighbours.setdefault(a, {})[b] = count
        neighbours.setdefault(b, {})[a] = count
    switches = {
        n for n, kind in kinds.items()
        if (kind in SWITCH_KINDS or kind in ("leaf", "spine", "core")) and len(neighbours.get(n, ())) > 1
    }  # fmt: skip
    tiers = {n: 0 for n in kinds if n not in switches}
    for n in switches:
        around = neighbours[n]
        if sum(c for m, c in around.items() if m not in switches) >= 0.2 * sum(around.values()):
            tiers[n] = 1
    if switches and not any(n in tiers for n in switches):
        least = min(sum(neighbours[n].values()) for n in switches)
        tiers.update((n, 1) for n in switches if sum(neighbours[n].values()) == least)
    level = 1
    while waiting := switches - tiers.keys():
        reached = {n for n in waiting if any(tiers.get(m) == level for m in neighbours[n])}
        if not reached:
            reached = waiting
        tiers.update((n, level + 1) for n in reached)
        level += 1
    return tiers

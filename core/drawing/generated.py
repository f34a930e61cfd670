"""A generated network as a map to draw, before anything of it stands: gathered by the units it is made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from core.drawing.cables import natural
from core.drawing.fabric_lanes import MOST_LANES
from core.drawing.fabric_map import MOST_HOSTS, MOST_IN_LANE, MOST_LINES, Bundle, FabricMap, Node

if TYPE_CHECKING:
    import networkx as nx

_LEAST = 8
"""A tier is not gathered into fewer boxes than this to save lines."""


def generated_map(graph: nx.MultiGraph[str]) -> FabricMap:
    """Return the map of a generated graph (`core.fabrics.weave`).

    Tiers with more devices than can be read show units, then units within them, then neighbours together.
    Rails, else planes, are lanes.
    """
    lanes, lane_of = _lanes(graph)
    tiers: dict[int, list[str]] = {}
    for key, tier in graph.nodes(data="tier"):
        tiers.setdefault(tier, []).append(key)
    most = {tier: MOST_IN_LANE if tier else MOST_HOSTS for tier in tiers}
    while True:
        box_of: dict[str, str] = {}
        for tier, keys in tiers.items():
            box_of.update(_boxes(graph, keys, lane_of, most[tier]))
        pairs = {tuple(sorted((box_of[a], box_of[b]))) for a, b in graph.edges() if box_of[a] != box_of[b]}
        sizes = {tier: len({box_of[key] for key in keys}) for tier, keys in tiers.items()}
        widest = max(sizes, key=lambda tier: sizes[tier], default=0)
        if len(pairs) <= MOST_LINES or sizes[widest] <= _LEAST:
            break
        most[widest] = max(sizes[widest] // 2, _LEAST)
    nodes = _nodes(graph, box_of, lane_of)
    bundles = _bundles(graph, box_of)
    return FabricMap(nodes, bundles, sum(bundle.cables for bundle in bundles), lanes)


def _lanes(graph: nx.MultiGraph[str]) -> tuple[tuple[str, ...], dict[str, int]]:
    """Return the names of the lanes, and which each switch is in: rails if there are any, else planes."""
    for attribute, word in (("rail", "Rail {}"), ("plane", "Plane {}")):
        switches = {
            key: data[attribute] for key, data in graph.nodes(data=True) if data["tier"] and attribute in data
        }
        numbers = sorted({number for number in switches.values() if number >= 0})
        if 2 <= len(numbers) <= MOST_LANES:
            at = {number: k for k, number in enumerate(numbers)}
            names = [number + 1 if attribute == "rail" else chr(ord("A") + k) for number, k in at.items()]
            found = {key: at[number] for key, number in switches.items() if number >= 0}
            return tuple(word.format(name) for name in names), found
    return (), {}


def _boxes(
    graph: nx.MultiGraph[str], keys: list[str], lane_of: dict[str, int], most: int
) -> Iterable[tuple[str, str]]:
    """Yield the box of each device of a tier: itself, else its unit, else so many neighbours together."""
    if len(keys) <= most:
        return [(key, key) for key in keys]
    units = {key: graph.nodes[key]["unit"] for key in keys}
    deepest = max(unit.count("/") + 1 if unit else 0 for unit in units.values())
    held: dict[str, tuple[Any, ...]] = {}
    for depth in range(deepest, -1, -1):
        held = {key: (lane_of.get(key, -1), *_head(units[key], depth, key)) for key in keys}
        if len(set(held.values())) <= most or depth == 1:
            break
    groups = sorted(set(held.values()), key=lambda group: [natural(str(step)) for step in group])
    share = -(-len(groups) // most)
    number = {group: k // share for k, group in enumerate(groups)}
    tier = graph.nodes[keys[0]]["tier"]
    return [(key, f"{tier}:{number[group]}") for key, group in held.items()]


def _head(unit: str, depth: int, key: str) -> tuple[str, ...]:
    """Return the first steps of the unit of a device; the device itself if no unit holds it."""
    return tuple(unit.split("/")[:depth]) if unit else (key,)


def _nodes(graph: nx.MultiGraph[str], box_of: dict[str, str], lane_of: dict[str, int]) -> tuple[Node, ...]:
    members: dict[str, list[str]] = {}
    for key in graph.nodes:
        members.setdefault(box_of[key], []).append(key)
    nodes = []
    for box, keys in members.items():
        data = graph.nodes[keys[0]]
        lanes = {lane_of.get(key, -1) for key in keys}
        lane = lanes.pop() if len(lanes) == 1 else -1
        if len(keys) == 1:
            path = keys[0]
            nodes.append(Node(path, data["name"], data["unit"], data["tier"], 1, path, lane))
            continue
        names = sorted({graph.nodes[key]["unit"] or key for key in keys}, key=natural)
        label = names[0] if len(names) == 1 else f"{names[0]} … {names[-1]}"
        nodes.append(Node(box, label, f"{len(keys):,} devices", data["tier"], len(keys), "", lane))
    order = sorted(
        nodes,
        key=lambda n: (n.tier, n.lane < 0, n.lane, natural(n.detail if n.path else ""), natural(n.label)),
    )
    return tuple(order)


def _bundles(graph: nx.MultiGraph[str], box_of: dict[str, str]) -> tuple[Bundle, ...]:
    tier = graph.nodes
    links: Counter[tuple[str, str, float]] = Counter()
    for a, b, data in graph.edges(data=True):
        low, high = (a, b) if tier[a]["tier"] <= tier[b]["tier"] else (b, a)
        one, other = box_of[low], box_of[high]
        if one == other:
            continue
        if tier[a]["tier"] == tier[b]["tier"] and one > other:
            one, other = other, one
        links[one, other, data["gbps"]] += data["count"]
    return tuple(Bundle(a, b, count, gbps) for (a, b, gbps), count in links.items())

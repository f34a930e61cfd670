"""What tests look at in a generated graph."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import networkx as nx


def routers_of(graph: nx.MultiGraph) -> nx.Graph:
    """Return the graph of the devices that forward, parallel links as one."""
    return nx.Graph(graph.subgraph([key for key, data in graph.nodes(data=True) if data["tier"] > 0]))


def diameter(graph: nx.MultiGraph) -> int:
    return nx.diameter(routers_of(graph))


def degrees(graph: nx.MultiGraph, role: str = "router") -> Counter[int]:
    """Return how many devices have so many links to devices that forward."""
    links: Counter[str] = Counter()
    for a, b, count in graph.edges(data="count"):
        if graph.nodes[a]["tier"] > 0 and graph.nodes[b]["tier"] > 0:
            links[a] += count
            links[b] += count
    return Counter(links[key] for key, own in graph.nodes(data="role") if own == role)


def insides(graph: nx.MultiGraph) -> dict[str, frozenset]:
    """Return what is in each unit: devices by their name in it and links by names and ports."""
    found: dict[str, set] = {}
    for _, data in graph.nodes(data=True):
        found.setdefault(data["unit"], set()).add((data["name"], data["role"], data["slots"]))
    for a, b, data in graph.edges(data=True):
        unit = graph.nodes[a]["unit"]
        if unit == graph.nodes[b]["unit"]:
            ends = ((graph.nodes[data[end]]["name"], data[f"{end}_slots"]) for end in ("a", "b"))
            found[unit].add((*ends, data["gbps"]))
    return {unit: frozenset(inside) for unit, inside in found.items() if unit}


def links_between(graph: nx.MultiGraph) -> Counter[frozenset[str]]:
    """Return the links by the two units that they join."""
    links: Counter[frozenset[str]] = Counter()
    for a, b, count in graph.edges(data="count"):
        units = frozenset((graph.nodes[a]["unit"], graph.nodes[b]["unit"]))
        if len(units) == 2:
            links[units] += count
    return links


def port_map(graph: nx.MultiGraph) -> set[tuple[str, int, str, int]]:
    """Return every link by its two ports."""
    return {
        (data["a"], one, data["b"], two)
        for _, _, data in graph.edges(data=True)
        for one, two in zip(data["a_slots"], data["b_slots"], strict=True)
    }


def ports_clash(graph: nx.MultiGraph) -> bool:
    """Say whether a port is used twice or is none of its device's; for links as wide as a slot."""
    ports = sorted((a, one) for link in port_map(graph) for a, one in (link[:2], link[2:]))
    return any(one == two for one, two in pairwise(ports)) or any(
        not 0 <= port < graph.nodes[key]["slots"] for key, port in ports
    )

"""Roles and tiers of the nodes of a graph: those a file gives, else by name and by neighbours."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterable, Mapping

from core.fabrics.custom_seats import ReadEdge, ReadNode
from core.fabrics.family import END_ROLES
from core.model.check import clean_name

_SAME_ROLE = {"server": "host", "compute": "host", "accelerator": "gpu", "top-of-rack": "leaf"}
_STEMS = {
    **dict.fromkeys(("host", "server", "srv", "compute", "dgx", "hgx"), "host"),
    **dict.fromkeys(("leaf", "tor"), "leaf"),
    **dict.fromkeys(("switch", "sw"), "switch"),
    **dict.fromkeys(("agg", "aggregation"), "aggregation"),
    **{role: role for role in ("gpu", "spine", "core", "edge", "router", "storage")},
}
"""Roles by the letters a name begins with."""


def neighbours(nodes: Iterable[str], edges: Iterable[ReadEdge]) -> dict[str, set[str]]:
    """Return the nodes that each node has an edge to, all by their keys in the file."""
    beside: dict[str, set[str]] = {key: set() for key in nodes}
    for edge in edges:
        beside[edge.raw.a].add(edge.raw.b)
        beside[edge.raw.b].add(edge.raw.a)
    return beside


def give_roles(
    nodes: Mapping[str, ReadNode], beside: Mapping[str, set[str]], host_gpus: int, counted: Counter[str]
) -> None:
    """Give each node its role, and hosts their GPUs; `counted` takes what was guessed."""
    for key, node in nodes.items():
        given = clean_name(str(node.own.get("role", ""))).lower()
        if given:
            node.role = _SAME_ROLE.get(given, given)
        else:
            stem = re.match(r"[a-z]*", node.name.rpartition("/")[2].lower())
            node.role = _STEMS.get(stem[0] if stem else "", "")
            how = "by its name"
            if not node.role:
                node.role = "host" if len(beside[key]) <= 1 else "switch"
                how = (
                    "since it has one neighbour" if node.role == "host" else "since it has several neighbours"
                )
            counted[f"nodes without a role: taken as {node.role} {how}"] += 1
        if node.role in ("host", "gpu") and "gpus" not in node.own:
            gpus = 1 if node.role == "gpu" else host_gpus
            if gpus:
                node.own["gpus"] = gpus
                counted[f"{node.role}s without gpus: {gpus} taken"] += 1


def give_tiers(nodes: Mapping[str, ReadNode], beside: Mapping[str, set[str]], counted: Counter[str]) -> None:
    """Take for the tier of a switch its distance from the nearest host, where it is not given."""
    ends = [key for key, node in nodes.items() if node.own.get("tier", int(node.role not in END_ROLES)) == 0]
    distance = dict.fromkeys(ends, 0)
    waiting = deque(ends)
    while waiting:
        key = waiting.popleft()
        for other in beside[key]:
            if other not in distance:
                distance[other] = distance[key] + 1
                waiting.append(other)
    for key, node in nodes.items():
        node.tier = node.own.get("tier", distance.get(key, 1))
    if nodes and not ends and not any("gpus" in node.own for node in nodes.values()):
        counted["nodes and no host among them: there is nothing that could send"] += len(nodes)

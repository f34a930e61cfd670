"""The way through a fabric: all shortest paths between two devices, and the ports along each."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from typing import NamedTuple

import numpy as np

from core.drawing.fabric_graph import FabricGraph, Rows
from core.engine.flat import Flat
from core.engine.snapshot import Snapshot

MOST_PATHS = 64
"""Paths that are listed; how many there are is counted exactly."""


@dataclass(frozen=True)
class Paths:
    """Shortest paths between two devices."""

    count: int
    ways: tuple[tuple[int, ...], ...]
    """At most `MOST_PATHS` of them, each by its devices (index into the graph) from one end to the other."""

    @property
    def hops(self) -> int:
        """Switches on the way."""
        return len(self.ways[0]) - 2 if self.ways else 0


def shortest_paths(graph: FabricGraph, start: int, end: int) -> Paths:
    """Return the shortest paths between two devices of a fabric; hosts on the way do not forward.

    Parameters
    ----------
    graph : FabricGraph
    start, end : int
        Index of the devices.

    Notes
    -----
    Breadth-first from `start` to the level of `end`; then the ways back from `end` through ever lower levels.
    Parallel links of a trunk count as one way.
    """
    if start == end:
        return Paths(0, ())
    depth = np.full(len(graph), -1, np.int64)
    depth[start] = 0
    frontier, level = np.array([start], np.int64), 0
    while len(frontier) and depth[end] < 0:
        level += 1
        reached = graph.beside(frontier)
        frontier = reached[depth[reached] < 0]
        depth[frontier] = level
        frontier = frontier[graph.tier[frontier] > 0]
    if depth[end] < 0:
        return Paths(0, ())
    before = _before(graph, depth, start, end)
    counts: dict[int, int] = {start: 1}
    for at in sorted(before, key=lambda i: int(depth[i])):
        counts[at] = sum(counts[b] for b in before[at])
    ways = _ways(before, start, end)
    return Paths(counts[end], tuple(ways))


def _before(graph: FabricGraph, depth: Rows, start: int, end: int) -> dict[int, list[int]]:
    """Return for each device on a shortest path those that come before it."""
    before: dict[int, list[int]] = {}
    waiting = [end]
    while waiting:
        at = waiting.pop()
        if at in before or at == start:
            continue
        beside = graph.beside(np.array([at], np.int64))
        nearer = beside[depth[beside] == depth[at] - 1]
        nearer = nearer[(graph.tier[nearer] > 0) | (nearer == start)]
        before[at] = nearer.tolist()
        waiting.extend(before[at])
    return before


def _ways(before: dict[int, list[int]], start: int, end: int) -> list[tuple[int, ...]]:
    found: list[tuple[int, ...]] = []
    waiting: list[tuple[int, ...]] = [(end,)]
    while waiting and len(found) < MOST_PATHS:
        way = waiting.pop()
        if way[0] == start:
            found.append(way)
        else:
            waiting.extend((b, *way) for b in reversed(before[way[0]]))
    return found


def at_ports(graph: FabricGraph, ports: Mapping[int, str]) -> FabricGraph:
    """Return a fabric without the cables that end at some devices elsewhere than at one port of each.

    Its shortest paths between two of these devices begin and end at those ports.

    Parameters
    ----------
    graph : FabricGraph
    ports : mapping of int to str
        Name of the port (whole: with all its lanes) by the index of its device; empty: any port.
    """
    rows, snap = graph.cable_rows, graph.snapshot
    kept = np.ones(len(rows), bool)
    for device, port in ports.items():
        if not port:
            continue
        for k, end in enumerate((snap.cable_a, snap.cable_b)):
            for at in np.flatnonzero(end[rows] == graph.rows[device]).tolist():
                kept[at] &= cable_ends(snap, int(rows[at]))[k].partition("/")[0] == port
    if kept.all():
        return graph
    trunk = np.repeat(np.arange(len(graph.a)), graph.cables)
    counts = np.bincount(trunk[kept], minlength=len(graph.a)).astype(np.int64)
    left = np.flatnonzero(counts)
    return replace(
        graph,
        a=graph.a[left],
        b=graph.b[left],
        rate_gbps=graph.rate_gbps[left],
        cables=counts[left],
        cable_rows=rows[kept],
        starts=np.concatenate([[0], np.cumsum(counts[left])]).astype(np.int64),
    )


class Hop(NamedTuple):
    """One step of a path: from a port of a device to a port of the next."""

    path: str
    port: str
    to_path: str
    to_port: str
    rate_gbps: float | None
    links: int
    """Parallel links between the two devices; the ports are those of the first."""
    cable: int
    """Row of the first in the snapshot."""


def hops_of(graph: FabricGraph, way: tuple[int, ...]) -> list[Hop]:
    """Return the steps of a path."""
    found = []
    for here, there in pairwise(way):
        trunks = np.flatnonzero(
            ((graph.a == here) & (graph.b == there)) | ((graph.a == there) & (graph.b == here))
        )
        cables = graph.cables_of(trunks.tolist())
        a, b = cable_ends(graph.snapshot, int(cables[0]))
        if graph.snapshot.cable_a[cables[0]] != graph.rows[here]:
            a, b = b, a
        rate = float(graph.rate_gbps[trunks[0]])
        known = None if np.isnan(rate) else rate
        found.append(Hop(graph.paths[here], a, graph.paths[there], b, known, len(cables), int(cables[0])))
    return found


def cable_ends(snapshot: Snapshot, cable: int) -> tuple[str, str]:
    """Return the ports at the two ends of a cable, `osfp3/2` for a lane."""
    return _port(snapshot, "a", cable), _port(snapshot, "b", cable)


def _port(snapshot: Snapshot, end: str, cable: int) -> str:
    ports = snapshot.specs.ports
    device = getattr(snapshot, f"cable_{end}")[cable]
    spec = int(snapshot.device_spec[device])
    if spec == 0:
        return ""
    row = int(ports.base[spec]) + int(getattr(snapshot, f"cable_port_{end}")[cable])
    split, lane = divmod(int(getattr(snapshot, f"cable_lane_{end}")[cable]), 16)
    if not split:
        return ports.names[row]
    usual = ports.groups[row].lanes[:1] == (split,)
    return f"{ports.names[row]}/{'' if usual else f'{split}:'}{lane}"


class LinkPaths:
    """Paths of the link records that cables belong to, looked up by row.

    `Snapshot.cable_path` passes all links of a block for one cable; this numbers them once.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self._flat = snapshot.flat
        self._own: dict[int, tuple[list[str], list[int]]] = {}
        self._starts: dict[int, list[int]] = {}

    def of(self, cable: int) -> str:
        """Return the path of the link of a cable."""
        return self.place_of(cable)[0]

    def place_of(self, cable: int) -> tuple[str, int]:
        """Return the path of the link of a cable, and which of its cables it is, from 0."""
        flat = self._flat
        parts: list[str] = []
        while True:
            ids, ends = self._links(flat)
            if cable < (ends[-1] if ends else 0):
                at = bisect_right(ends, cable)
                return "/".join([*parts, ids[at]]), cable - (ends[at - 1] if at else 0)
            starts = self._starts.get(id(flat))
            if starts is None:
                starts = self._starts[id(flat)] = [child.start["cable"] for child in flat.children]
            child = flat.children[bisect_right(starts, cable) - 1]
            parts.append(child.id)
            cable -= child.start["cable"]
            flat = child.flat

    def _links(self, flat: Flat) -> tuple[list[str], list[int]]:
        if id(flat) not in self._own:
            ids = [link_id for link_id, _ in flat.cable_links]
            self._own[id(flat)] = (ids, list(accumulate(count for _, count in flat.cable_links)))
        return self._own[id(flat)]

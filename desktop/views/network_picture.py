"""What a network drawing shows, kept as arrays: which box or line is at a point, which belong to a path."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from core.drawing.cables import natural
from core.drawing.fabric_graph import FabricGraph, around, fabric_graph, part_of
from core.drawing.fabric_lanes import Lanes, lanes_of
from core.drawing.fabric_load import LineLooks
from core.drawing.fabric_map import Bundle, FabricMap, Node, fabric_map
from core.drawing.fabric_paths import LinkPaths, cable_ends
from core.drawing.placed import Placement
from core.drawing.schematic import Schematic, natural_size, schematic
from core.drawing.schematic_layout import Box
from core.engine.drawn import DrawnFabric
from core.engine.expansion import Expansion
from core.engine.link_classes import Classes, link_classes
from core.engine.network import network
from core.engine.snapshot import Snapshot
from core.engine.stage import Results
from core.model.project import Project
from core.model.records import Link
from desktop.views.network_inside import Inside

Redraw: TypeAlias = Callable[[LineLooks | None], Schematic]
"""Draws a fabric with the looks of its lines."""
End = tuple[str, str]
"""Path of a device and the port of it where a path ends; any port if that is empty."""
MOST_BEHIND = 400
"""With more boxes than this in the whole fabric a path is drawn without the rest of it."""
MOST_PATHS = 5000
"""Devices that a click on a gathered node selects at most."""


class Graphs:
    """The fabrics of one project as graphs, remade only where an edit has touched what they are made from."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._expansion = Expansion(project)
        self._results = Results()
        self._kept: dict[str, tuple[tuple[object, ...], FabricGraph, Lanes]] = {}
        self._placement: tuple[object, Placement] | None = None
        self.snapshot: Snapshot = self._expansion.snapshot()

    def refresh(self) -> None:
        """Read the project as it is now."""
        self.snapshot = self._expansion.snapshot()

    def of(self, fabric: str, role: str) -> tuple[FabricGraph, Lanes]:
        """Return a fabric with its rails and planes."""
        snap = self.snapshot
        measured, classes = self._results.of(network, snap), self._results.of(link_classes, snap)
        key = (measured, classes, role, snap.flat.structure, snap.group("cables"), snap.flat.cable_links)
        kept = self._kept.get(fabric)
        if kept is None or any(a is not b and a != role for a, b in zip(kept[0], key, strict=True)):
            graph = fabric_graph(snap, measured, classes, fabric)
            self._kept = {fabric: (key, graph, lanes_of(graph, role))}
        return self._kept[fabric][1:]

    def drawn(self, fabric: str) -> DrawnFabric | None:
        """Return a fabric as the engine measures it; its devices are numbered as those of its graph."""
        found = self._results.of(network, self.snapshot).find(fabric)
        return None if found is None else found.drawn

    @property
    def classes(self) -> Classes:
        """Cages and rates of the cables."""
        return self._results.of(link_classes, self.snapshot)

    def placement(self) -> Placement:
        """Return the names of what is built."""
        project = self._project
        below = sorted(project.descendants(project.top))
        tables = ("instances", "devices", "overrides")
        key = (project.version("blocks"), tuple(project.version(t, b) for b in below for t in tables))
        if self._placement is None or self._placement[0] != key:
            self._placement = (key, Placement(project, project.top))
        return self._placement[1]


@dataclass(frozen=True)
class Focus:
    """The part of a fabric that is shown alone."""

    seeds: tuple[str, ...]
    """What it is about, by path."""
    hops: int = 1
    way: tuple[str, ...] = ()
    """Devices of all paths between two seeds: these are shown, the rest faintly if at all."""
    ports: tuple[str, ...] = ()
    """Of each of the two seeds the port where the paths end; empty for any."""

    @property
    def ends(self) -> tuple[End, ...]:
        """Device and port of each end of the paths."""
        return tuple(zip(self.seeds, self.ports, strict=True))

    def part(self, graph: FabricGraph) -> tuple[FabricGraph, list[int]]:
        """Return the part of a fabric, and the devices it is about."""
        seeds = self.indices(graph)
        if self.way:
            kept = np.zeros(len(graph), bool)
            kept[[i for path in self.way if (i := graph.index_of(path)) >= 0]] = True
            part = part_of(graph, kept)
        else:
            part = part_of(graph, around(graph, seeds, self.hops), around(graph, seeds, self.hops - 1))
        rows = graph.rows[seeds]
        return part, np.searchsorted(part.rows, rows).tolist()

    def indices(self, graph: FabricGraph) -> list[int]:
        """Return the devices it is about by their index in the whole fabric."""
        return sorted({i for path in self.seeds for i in graph.inside(path).tolist()})


def _redraw_of(found: FabricMap, style: str, places: Mapping[tuple[str, str], tuple[float, float]]) -> Redraw:
    size = natural_size(found)
    return lambda looks: schematic(found, style=style, size=size, places=places, looks=looks)


class Picture:
    """One drawing of a fabric and where everything is in it."""

    def __init__(
        self,
        graph: FabricGraph,
        fabric: FabricMap,
        redraw: Redraw,
        placement: Placement,
        lit: frozenset[str] = frozenset(),
        looks: LineLooks | None = None,
    ) -> None:
        drawn = redraw(looks)
        self.graph, self.map, self.drawn = graph, fabric, drawn
        self._redraw = redraw
        self.lit = lit
        """Keys of the boxes that stand out while the rest is faint; empty if all are alike."""
        self.boxes: NDArray[np.float64] = np.array(
            [drawn.boxes[node.key] for node in fabric.nodes], dtype=np.float64
        ).reshape(-1, 4)
        self._row = {node.key: row for row, node in enumerate(fabric.nodes)}
        self.inside = Inside(self, placement)

    def dress(self, looks: LineLooks | None) -> None:
        """Draw the lines anew with other looks; everything stays where it is."""
        self.drawn = self._redraw(looks)

    @classmethod
    def make(
        cls,
        graph: FabricGraph,
        lanes: Lanes,
        placement: Placement,
        *,
        style: str,
        focus: Focus | None,
        opened: Iterable[str],
        places: Mapping[tuple[str, str], tuple[float, float]],
        aside: Mapping[tuple[str, str], tuple[float, float]] | None = None,
        looks_of: Callable[[FabricMap, FabricGraph], LineLooks | None] = lambda found, graph: None,
    ) -> Picture:
        """Draw a fabric, or the part of it that is in focus.

        `aside` has the places by hand of a part; `looks_of` gives the looks of the lines where they are not
        just those of the fabric.
        """
        alone: list[int] = []
        if focus is not None and focus.way:
            alone = [i for path in focus.way if (i := graph.index_of(path)) >= 0]
            found = fabric_map(graph, placement, lanes, opened=tuple(opened), alone=alone)
            if len(found.nodes) <= MOST_BEHIND:
                redraw = _redraw_of(found, style, places)
                return cls(graph, found, redraw, placement, frozenset(focus.way), looks_of(found, graph))
        if focus is not None:
            whole = graph
            graph, alone = focus.part(graph)
            lanes = Lanes(lanes.names, lanes.device_lane[np.searchsorted(whole.rows, graph.rows)])
            places = aside or {}
        found = fabric_map(graph, placement, lanes, opened=tuple(opened), alone=alone)
        redraw = _redraw_of(found, style, places)
        return cls(graph, found, redraw, placement, looks=looks_of(found, graph))

    # What is where (millimetres of the drawing, y up).

    def node_at(self, x: float, y: float) -> Node | None:
        """Return the node under a point."""
        left, low, width, height = self.boxes.T
        hit = (left <= x) & (x <= left + width) & (low <= y) & (y <= low + height)
        found = np.flatnonzero(hit)
        return self.map.nodes[int(found[-1])] if len(found) else None

    def frame_at(self, x: float, y: float) -> str:
        """Return the key of the opened node whose frame is under a point."""
        for key, (left, low, width, height) in self.drawn.frames.items():
            if left <= x <= left + width and low <= y <= low + height:
                return key
        return ""

    def bundle_at(self, x: float, y: float, reach: float) -> int:
        """Return the nearest bundle within reach, -1 if none is."""
        if not len(self.lines):
            return -1
        a, b, p = self.lines[:, :2], self.lines[:, 2:], np.array((x, y))
        along = np.clip(((p - a) * (b - a)).sum(axis=1) / np.maximum(((b - a) ** 2).sum(axis=1), 1e-9), 0, 1)
        distance = np.hypot(*(a + along[:, None] * (b - a) - p).T)
        nearest = int(distance.argmin())
        return nearest if distance[nearest] <= reach else -1

    def nodes_in(self, x: float, y: float, width: float, height: float, *, crossing: bool) -> list[Node]:
        """Return the nodes that lie in a box, or with `crossing` also meet it."""
        low, high = self.boxes[:, :2], self.boxes[:, :2] + self.boxes[:, 2:]
        first, last = np.array((x, y)), np.array((x + width, y + height))
        if crossing:
            hit = ((high >= first) & (low <= last)).all(axis=1)
        else:
            hit = ((low >= first) & (high <= last)).all(axis=1)
        return [self.map.nodes[row] for row in np.flatnonzero(hit).tolist()]

    @cached_property
    def lines(self) -> NDArray[np.float64]:
        """x1, y1, x2, y2 of each bundle."""
        return np.array(self.drawn.lines, dtype=np.float64).reshape(-1, 4)

    def box(self, node: Node) -> Box:
        x, y, width, height = self.boxes[self._row[node.key]].tolist()
        return x, y, width, height

    def beside(self, node: Node, dx: int, dy: int) -> Node | None:
        """Return the nearest node in a direction."""
        centre = self.boxes[:, :2] + self.boxes[:, 2:] / 2
        away = centre - centre[self._row[node.key]]
        along, across = away @ np.array((dx, dy)), np.abs(away @ np.array((dy, dx)))
        # Sideways one stays in the row; up and down any column will do.
        ahead = (along > 0.5) & ((across <= along) if dx else (along > 5.0))
        if not ahead.any():
            return None
        cost = np.where(ahead, along + (2.0 if dx else 0.4) * across, np.inf)
        if dy:
            cost = np.where(ahead, 10.0 * along + across, np.inf)
        return self.map.nodes[int(cost.argmin())]

    # What belongs to a path.

    @cached_property
    def node_of(self) -> NDArray[np.int64]:
        """Row of the node of each device."""
        found = np.full(len(self.graph), -1, np.int64)
        for row, node in enumerate(self.map.nodes):
            found[list(node.members)] = row
        return found

    @cached_property
    def _bundles_between(self) -> dict[tuple[int, int], list[int]]:
        found: dict[tuple[int, int], list[int]] = {}
        for index, bundle in enumerate(self.map.bundles):
            a, b = self._row[bundle.a], self._row[bundle.b]
            found.setdefault((min(a, b), max(a, b)), []).append(index)
        return found

    def nodes_of(self, path: str) -> list[Node]:
        """Return the nodes of a device, or of what a rack or floor block holds."""
        rows = np.unique(self.node_of[self.graph.inside(path)])
        return [self.map.nodes[row] for row in rows.tolist()]

    def bundles_of(self, project: Project, path: str) -> list[int]:
        """Return the bundles that a link is part of."""
        link = project.resolve(project.top, path)
        if not isinstance(link, Link) or link.fabric != self.graph.fabric:
            return []
        prefix = path.rpartition("/")[0]
        ends = [self.graph.index_of(f"{prefix}/{end.path}".lstrip("/")) for end in (link.a, link.b)]
        if min(ends) < 0:
            return []
        return self.between(*ends)

    def between(self, one: int, other: int) -> list[int]:
        """Return the bundles between the nodes of two devices."""
        a, b = sorted((int(self.node_of[one]), int(self.node_of[other])))
        return self._bundles_between.get((a, b), [])

    def paths_of(self, node: Node) -> list[str]:
        """Return what a click on a node selects: the device, the rack or block, or the devices of a rail."""
        if node.path and node.lane < 0:
            return [node.path]
        if not node.is_gathered:
            return [node.path]
        paths = self.graph.paths
        return [paths[i] for i in node.members[:MOST_PATHS]]

    def cables_of(self, bundle: Bundle) -> NDArray[np.int64]:
        """Return the cables of a bundle by their row in the snapshot."""
        return self.graph.cables_of(bundle.trunks)

    def links_of(self, bundle: Bundle) -> list[str]:
        """Return the paths of the link records that a bundle stands for."""
        return list(dict.fromkeys(self.link_paths.of(row) for row in self.cables_of(bundle).tolist()))

    @cached_property
    def link_paths(self) -> LinkPaths:
        return LinkPaths(self.graph.snapshot)

    def cable_words(
        self, bundle: Bundle, name_of: Callable[[str], str], most: int
    ) -> tuple[list[tuple[str, str]], int]:
        """Return the two ends in words of the first cables of a bundle, and how many cables there are."""
        snap = self.graph.snapshot
        rows = self.cables_of(bundle).tolist()
        a_side = {int(row) for row in self.graph.rows[list(self.map.nodes[self._row[bundle.a]].members)]}
        a_alone, b_alone = (not self.map.nodes[self._row[k]].is_gathered for k in (bundle.a, bundle.b))
        words = []
        for cable in rows[: 8 * most]:
            ends = cable_ends(snap, cable)
            devices = int(snap.cable_a[cable]), int(snap.cable_b[cable])
            if devices[0] not in a_side:
                ends, devices = ends[::-1], devices[::-1]
            names = ["" if one else f"{name_of(snap.device_path(row))} " for one, row in
                     zip((a_alone, b_alone), devices, strict=True)]  # fmt: skip
            words.append((f"{names[0]}{ends[0]}", f"{names[1]}{ends[1]}"))
        words.sort(key=lambda pair: (natural(pair[0]), natural(pair[1])))
        return words[:most], len(rows)

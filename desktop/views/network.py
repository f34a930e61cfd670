"""The network view: one fabric as tiers, with its trunks between them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QLineF, QRectF, Signal
from PySide6.QtGui import QPolygonF
from PySide6.QtWidgets import QWidget

from core.drawing.fabric_map import Bundle, FabricMap, engine_tiers, fabric_map
from core.drawing.placed import Placement
from core.drawing.schematic import Schematic, bundle_text, schematic
from core.model.change import Change
from core.model.records import Link
from desktop.canvas.layer import Stamp
from desktop.canvas.pointer import Pointer
from desktop.canvas.prepared import prepare
from desktop.views.view import View, box_shape

if TYPE_CHECKING:
    from core.engine.evaluation import Evaluation

THRESHOLDS = (0.4, 0.8, 1.6)
SHEET = (420.0, 210.0)
"""Size the diagram is laid out for [mm]."""
REACH_PX = 6.0
_STRUCTURE = frozenset(
    ("blocks", "instances", "devices", "links", "types", "settings", "overrides", "fabrics")
)


class NetworkView(View):
    """The diagram of one fabric."""

    fabrics_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(THRESHOLDS, parent)
        self.setAccessibleName("Network diagram")
        self.fabric = ""
        self.map: FabricMap | None = None
        self._drawn: Schematic | None = None
        self._evaluation: Evaluation | None = None
        self._tiers: dict[str, int] | None = None

    def show_evaluation(self, evaluation: Evaluation | None) -> None:
        """Draw by the tiers the engine has found, as the sheets do; nothing moves if they are the same."""
        self._evaluation = evaluation
        if engine_tiers(evaluation, self.fabric) != self._tiers:
            self.make_stale()

    def fabrics(self) -> list[tuple[str, str]]:
        """Return id and name of the fabrics there are; links of none come as the last."""
        if self.document is None:
            return []
        project = self.document.project
        found = [(fabric.id, fabric.name) for fabric in project.fabrics.values()]
        loose = any(not link.fabric and link.layer == "data" for link in project.every("links"))
        return [*found, ("", "Links of no fabric")] if loose or not found else found

    def show_fabric(self, fabric: str) -> None:
        """Draw another fabric."""
        if fabric != self.fabric:
            self.fabric = fabric
            self.refit()
            self.make_stale()

    def concerns(self, change: Change) -> bool:
        return any(delta.table in _STRUCTURE for delta in change.deltas)

    def rebuild(self) -> None:
        document = self.document
        assert document is not None
        project = document.project
        known = self.fabrics()
        if self.fabric not in [fabric for fabric, _ in known]:
            self.fabric = known[0][0] if known else ""
        self.fabrics_changed.emit()
        if document.top not in project.blocks:
            self.map, self._drawn = None, None
            self.layer.draw([])
            return
        self._tiers = engine_tiers(self._evaluation, self.fabric)
        self.map = fabric_map(Placement(project, document.top), self.fabric, self._tiers)
        record = project.fabrics.get(self.fabric)
        self._drawn = schematic(self.map, role=record.role if record is not None else "other", size=SHEET)
        self.layer.draw([Stamp(prepare(self._drawn.batch))])

    def say_empty(self) -> str:
        if self.document is None or (self.map is not None and self.map.nodes):
            return ""
        return "No data links in this fabric yet\nJoin ports in the rack view: Tools > Link Ports"

    def path_at(self, at: Pointer) -> str:
        if self._drawn is None or self.map is None:
            return ""
        for node in self.map.nodes:
            x, y, width, height = self._drawn.boxes[node.key]
            if x <= at.x <= x + width and y <= at.y <= y + height:
                return node.path
        bundle = self._bundle_at(at)
        return next(iter(self._links_of(bundle)), "") if bundle is not None else ""

    def paths_in(self, box: QRectF, *, crossing: bool) -> list[str]:
        if self._drawn is None or self.map is None:
            return []
        found = []
        for node in self.map.nodes:
            x, y, width, height = self._drawn.boxes[node.key]
            shape = QRectF(x, -y - height, width, height)
            if box.contains(shape) or (crossing and box.intersects(shape)):
                found.append(node.path)
        return found

    def shapes_of(self, paths: Iterable[str]) -> tuple[list[QPolygonF], list[QLineF]]:
        wanted = list(paths)
        if self._drawn is None or self.map is None or self.document is None or not wanted:
            return [], []
        shapes = [
            box_shape(*self._drawn.boxes[node.key])
            for node in self.map.nodes
            if any(
                path == node.path or path.startswith(f"{node.path}/") or node.path.startswith(f"{path}/")
                for path in wanted
            )
        ]
        ends = set()
        for path in wanted:
            record = self.document.project.resolve(self.document.top, path)
            if isinstance(record, Link):
                prefix = path.rpartition("/")[0]
                ends.add(frozenset(f"{prefix}/{end.path}".lstrip("/") for end in (record.a, record.b)))
        lines = [
            self._line(bundle)
            for bundle in self.map.bundles
            if any(self._joins(bundle, pair) for pair in ends)
        ]
        return shapes, lines

    def describe(self, at: Pointer) -> str:
        path = self.path_at(at)
        if self.document is None or self.map is None or not path:
            return ""
        bundle = self._bundle_at(at)
        node = next((n for n in self.map.nodes if n.path == path), None)
        if node is not None:
            return " · ".join(w for w in (self.document.label_of(path), node.detail) if w)
        return "" if bundle is None else f"Trunk {bundle_text(bundle.cables, bundle.rate_gbps)}"

    def _line(self, bundle: Bundle) -> QLineF:
        assert self._drawn is not None
        (ax, ay, aw, ah), (bx, by, bw, bh) = self._drawn.boxes[bundle.a], self._drawn.boxes[bundle.b]
        low, high = ((ax, ay, aw, ah), (bx, by, bw, bh)) if ay <= by else ((bx, by, bw, bh), (ax, ay, aw, ah))
        return QLineF(low[0] + low[2] / 2, -(low[1] + low[3]), high[0] + high[2] / 2, -high[1])

    def _bundle_at(self, at: Pointer) -> Bundle | None:
        if self.map is None or not self.map.bundles:
            return None
        rows = np.array([self._line(bundle).toTuple() for bundle in self.map.bundles])
        a, b, p = rows[:, :2], rows[:, 2:], np.array((at.x, -at.y))
        along = np.clip(((p - a) * (b - a)).sum(axis=1) / np.maximum(((b - a) ** 2).sum(axis=1), 1e-9), 0, 1)
        distance = np.hypot(*(a + along[:, None] * (b - a) - p).T)
        nearest = int(distance.argmin())
        return self.map.bundles[nearest] if distance[nearest] * at.scale <= REACH_PX else None

    def _nodes_hold(self, key: str, path: str) -> bool:
        assert self.map is not None
        node = next((n for n in self.map.nodes if n.key == key), None)
        return node is not None and (path == node.path or path.startswith(f"{node.path}/"))

    def _joins(self, bundle: Bundle, pair: frozenset[str]) -> bool:
        ends = list(pair)
        if len(ends) != 2:
            return False
        one, other = ends
        return (self._nodes_hold(bundle.a, one) and self._nodes_hold(bundle.b, other)) or (
            self._nodes_hold(bundle.a, other) and self._nodes_hold(bundle.b, one)
        )

    def _links_of(self, bundle: Bundle) -> Iterable[str]:
        """Yield the paths of the link records that a bundle stands for."""
        from core.drawing.placed import walk

        assert self.document is not None
        project = self.document.project
        for at in walk(project, self.document.top):
            for link in project.links(at.block.id).values():
                if link.fabric == self.fabric and link.layer == "data":
                    pair = frozenset(at.prefix() + end.path for end in (link.a, link.b))
                    if self._joins(bundle, pair):
                        yield at.prefix() + link.id

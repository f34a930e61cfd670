"""What lies over the drawing of a fabric: bundles fanned out, the way of a path, pins, and the card."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby, pairwise
from operator import attrgetter
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QPolygonF, QResizeEvent
from PySide6.QtWidgets import QWidget

from core.editing.routes import keys_along
from desktop.canvas.fan import MOST_CABLES, Fan
from desktop.canvas.pin_marks import PinMark, PinMarks
from desktop.canvas.veil import Veil
from desktop.pinning import all_pinned
from desktop.views.break_view import BreakView
from desktop.views.network_card import Card
from desktop.views.view import box_shape

if TYPE_CHECKING:
    from core.drawing.fabric_map import Bundle, Node
    from core.drawing.schematic_layout import Box

MOST_FANNED = 4
"""With more bundles selected than this they are outlined, not fanned out."""
MOST_TOLD = 2000
"""Selected things whose bundles are looked up."""


class MarkedView(BreakView):
    """A fabric with what is selected, hovered and pinned marked on top of it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hovered = -1
        self.fan, self.veil, self.pins = Fan(), Veil(), PinMarks(inside=True)
        for item in (self.fan, self.veil, self.pins):
            self.scene().addItem(item)
        self.card = Card(self)
        self._pinned: dict[str, PinMark] = {}

    def rebuild(self) -> None:
        self._hovered = -1
        self.outlines.hover(None)  # what was under the pointer stands elsewhere now
        super().rebuild()
        self._show_pins()

    # Boxes and lines of what is selected.

    def _nodes_of(self, paths: Iterable[str]) -> list[Node]:
        assert self.picture is not None
        found = {node.key: node for path in paths for node in self.picture.nodes_of(path)}
        return list(found.values())

    def shapes_of(self, paths: Iterable[str]) -> tuple[list[QPolygonF], list[QLineF]]:
        wanted = list(paths)
        if self.picture is None or self.document is None or not wanted:
            return [], []
        shapes = [box_shape(*box) for box in self._boxes_of(wanted)]
        project = self.document.project
        bundles = dict.fromkeys(b for path in wanted for b in self.picture.bundles_of(project, path))
        return shapes, [self._line(bundle) for bundle in bundles]

    def _boxes_of(self, paths: list[str]) -> list[Box]:
        """Return the boxes of some things: of devices inside gathered nodes, if drawn, their cells."""
        assert self.picture is not None
        found: dict[Box, None] = {}
        for path in paths:
            device = self.picture.graph.index_of(path)
            for node in self.picture.nodes_of(path):
                seen = device >= 0 and self.picture.inside.is_shown(node)
                cell = self.picture.inside.cell(node, device) if seen else None
                found[cell or self.picture.box(node)] = None
        return list(found)

    def _line(self, bundle: int) -> QLineF:
        assert self.picture is not None
        x1, y1, x2, y2 = self.picture.lines[bundle].tolist()
        return QLineF(x1, -y1, x2, -y2)

    def _bundle_words(self, bundle: Bundle) -> str:
        from core.drawing.schematic import bundle_text

        assert self.picture is not None
        labels = {node.key: node.label for node in self.picture.map.nodes}
        cables = bundle_text(bundle.cables, bundle.rate_gbps)
        return f"{labels[bundle.a]} – {labels[bundle.b]} · {cables}"

    # Bundles and paths on top of the drawing.

    def show_selection(self) -> None:
        super().show_selection()
        self.show_marks_on_top()

    def show_marks_on_top(self) -> None:
        """Fan out the bundles that are selected or under the pointer, and tell the ports of the selected."""
        if self.picture is None or self.document is None or self._is_stale:
            self.fan.show_bundles([])
            self.fan.show_way([])
            self.veil.cover_all_but([], [])
            self.card.say("", [])
            return
        project = self.document.project
        selected = list(
            dict.fromkeys(
                bundle
                for path in self.document.selection.paths[:MOST_TOLD]
                for bundle in self.picture.bundles_of(project, path)
            )
        )
        few = selected if len(selected) <= MOST_FANNED else []
        shown = [*few, *([self._hovered] if self._hovered >= 0 and self._hovered not in few else [])]
        bundles = self.picture.map.bundles
        self.fan.show_bundles([(self._line(bundle), bundles[bundle].cables) for bundle in shown])
        self.fan.show_way([] if self.paths is None else self._lines_of([self._way()]))
        self._cover()
        if self.paths is not None:
            self._tell_path()
        elif few:
            self._tell_cables(few[0])
        else:
            self.card.say("", [])

    def _tell_cables(self, index: int) -> None:
        assert self.picture is not None
        assert self.document is not None
        document, bundle = self.document, self.picture.map.bundles[index]

        def name_of(path: str) -> str:
            return document.project.names_along(document.top, path)[-1]

        words, total = self.picture.cable_words(bundle, name_of, MOST_CABLES)
        lines = [f"{k:>2}  {a} – {b}" for k, (a, b) in enumerate(words, 1)]
        if total > len(words):
            lines.append(f"… and {total - len(words):,} more")
        nodes = [node for node in self.picture.map.nodes if node.key in (bundle.a, bundle.b)]
        labels = {node.key: node.label for node in nodes}
        lines[:0] = self.bundle_facts(index, labels[bundle.a], labels[bundle.b]).split(" · ")
        lines = [line for line in lines if line]
        self.card.say(self._bundle_words(bundle), lines, self._on_screen(nodes), self._seen())

    def _on_screen(self, nodes: Iterable[Node]) -> list[QRectF]:
        """Return the boxes of some nodes in pixels."""
        assert self.picture is not None
        transform = self.viewportTransform()
        return [transform.map(box_shape(*self.picture.box(node))).boundingRect() for node in nodes]

    def _seen(self) -> list[QRectF]:
        """Return in pixels what else had better not be covered: the tiers with their names, the legend."""
        assert self.picture is not None
        transform, found = self.viewportTransform(), []
        width = self.picture.drawn.size[0]
        for _, nodes in groupby(self.picture.map.nodes, key=attrgetter("tier")):
            boxes = [self.picture.box(node) for node in nodes]
            low, high = min(box[1] for box in boxes), max(box[1] + box[3] for box in boxes)
            found.append(transform.map(box_shape(0.0, low, width, high - low)).boundingRect())
        return [*found, QRectF(self.legend.geometry())] if self.legend.isVisible() else found

    def _lines_of(self, ways: Iterable[tuple[int, ...]]) -> list[QLineF]:
        """Return the lines along some paths, each once."""
        if self.picture is None or self._graphs is None:
            return []
        graph, _ = self._graphs.of(self.fabric, self.role)
        steps = dict.fromkeys(step for way in ways for step in pairwise(way))
        at = np.searchsorted(self.picture.graph.rows, graph.rows[np.array(list(steps)).reshape(-1, 2)])
        found = (self.picture.between(here, there) for here, there in at.tolist())
        return [self._line(bundles[0]) for bundles in found if bundles]

    def _cover(self) -> None:
        """Let the paths stand out from the rest of the fabric."""
        picture = self.picture
        if picture is None or self.paths is None or not picture.lit:
            self.veil.cover_all_but([], [])
            return
        lit = [node for node in picture.map.nodes if node.key in picture.lit]
        boxes = [box_shape(*picture.box(node)).boundingRect() for node in lit]
        self.veil.cover_all_but(boxes, self._lines_of(self.paths.ways))

    def _tell_path(self) -> None:
        picture = self.picture
        nodes = [] if picture is None else [n for n in picture.map.nodes if n.key in picture.lit]
        nodes = nodes or ([] if picture is None else list(picture.map.nodes))
        self.card.say(*self.path_words(), self._on_screen(nodes), self._seen())

    # Pins.

    def _show_pins(self) -> None:
        """Mark the boxes of pinned switches."""
        self._pinned = self._pin_marks()
        self.pins.show_marks(list(self._pinned.values()))
        count = sum(mark.pinned for mark in self._pinned.values())
        if count != self.legend.pinned:
            self.legend.pinned = count
            self._show_colours()

    def _pin_marks(self) -> dict[str, PinMark]:
        """Return the mark of each box with pinned switches by the key of its node."""
        picture, document = self.picture, self.document
        pinned = set() if document is None else all_pinned(document.project)
        if picture is None or document is None or not pinned:
            return {}
        graph = picture.graph
        top = document.top
        found: dict[int, int] = {}
        ids = {key[1] for key in pinned}
        for at in np.flatnonzero(graph.tier > 0).tolist():
            path = graph.paths[at]
            if path.rpartition("/")[2] in ids and keys_along(document.project, top, path)[-1] in pinned:
                node = int(picture.node_of[at])
                found[node] = found.get(node, 0) + 1
        nodes = picture.map.nodes
        return {
            nodes[n].key: PinMark(box_shape(*picture.box(nodes[n])).boundingRect(), nodes[n].count, count)
            for n, count in sorted(found.items())
        }

    def node_facts(self, key: str) -> str:
        words = [super().node_facts(key), self._pinned[key].sentence if key in self._pinned else ""]
        return " · ".join(word for word in words if word)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.card.settle()

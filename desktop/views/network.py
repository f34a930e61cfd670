"""The network view: one fabric as tiers, rails and planes, with its bundles of cables between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtWidgets import QWidget

from core.model.change import Change, Edit
from desktop.canvas.pointer import Pointer
from desktop.canvas.tools.move_nodes import MoveNodes
from desktop.canvas.tools.select_nodes import SelectNodes
from desktop.canvas.tools.tool import Tool
from desktop.views.marked_view import MarkedView
from desktop.views.view import box_shape

if TYPE_CHECKING:
    from core.drawing.fabric_map import Node
    from desktop.canvas.prepared import Prepared

REACH_PX = 6.0
MOST_OUTLINED = 50
"""With more things selected than this their outlines do not follow the scale."""


class NetworkView(MarkedView):
    """The diagram of one fabric."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Network diagram")
        self.layer.closer = self._close
        self.scale_changed.connect(self._scaled)

    def _close(self, window: tuple[float, float, float, float], scale: float) -> Prepared | None:
        return None if self.picture is None else self.picture.inside.drawing(window, scale)

    def _scaled(self) -> None:
        """Outline what is selected anew: near enough it is a cell, else the node that holds it."""
        if self.document is None or not 0 < len(self.document.selection.paths) <= MOST_OUTLINED:
            return
        seen = self.mapToScene(self.viewport().rect()).boundingRect()
        self._close((seen.left(), seen.top(), seen.right(), seen.bottom()), self.scale_now)
        self.show_selection()

    # What is where.

    def node_at(self, at: Pointer) -> Node | None:
        """Return the box under a point."""
        return None if self.picture is None else self.picture.node_at(at.x, at.y)

    def _bundle_at(self, at: Pointer) -> int:
        return -1 if self.picture is None else self.picture.bundle_at(at.x, at.y, REACH_PX / at.scale)

    def paths_at(self, at: Pointer) -> list[str]:
        """Return all that a click at a point selects."""
        if self.picture is None:
            return []
        node = self.picture.node_at(at.x, at.y)
        if node is not None:
            inner = self._inner_path(node, at)
            return [inner] if inner else self.picture.paths_of(node)
        bundle = self._bundle_at(at)
        return self.picture.links_of(self.picture.map.bundles[bundle]) if bundle >= 0 else []

    def _inner_path(self, node: Node, at: Pointer) -> str:
        """Return the device under a point inside a gathered node, if it is drawn."""
        assert self.picture is not None
        inside = self.picture.inside
        device = inside.device_at(node, at.x, at.y) if inside.is_shown(node) else -1
        return self.picture.graph.paths[device] if device >= 0 else ""

    def path_at(self, at: Pointer) -> str:
        return next(iter(self.paths_at(at)), "")

    def paths_in(self, box: QRectF, *, crossing: bool) -> list[str]:
        if self.picture is None:
            return []
        found = self.picture.nodes_in(box.x(), -box.bottom(), box.width(), box.height(), crossing=crossing)
        return [path for node in found for path in self.picture.paths_of(node)]

    def selected_nodes(self) -> list[Node]:
        """Return the boxes of what is selected."""
        if self.picture is None or self.document is None:
            return []
        return self._nodes_of(self.document.selection.paths)

    def describe(self, at: Pointer) -> str:
        if self.document is None or self.picture is None:
            return ""
        node = self.picture.node_at(at.x, at.y)
        if node is not None:
            inner = self._inner_path(node, at)
            if inner:
                return self.document.label_of(inner)
            kind = "double click opens it" if node.is_gathered else ""
            facts = self.node_facts(node.key)
            return " · ".join(word for word in (node.label, node.detail, facts, kind) if word)
        bundle = self._bundle_at(at)
        if bundle >= 0:
            found = self.picture.map.bundles[bundle]
            labels = {n.key: n.label for n in self.picture.map.nodes}
            facts = self.bundle_facts(bundle, labels[found.a], labels[found.b])
            return " · ".join(word for word in (self._bundle_words(found), facts) if word)
        key = self.picture.frame_at(at.x, at.y)
        labels = dict(self.picture.map.opened)
        return f"{labels[key]} · double click gathers it again" if key in labels else ""

    def hover_at(self, at: Pointer) -> None:
        """Outline the box under the pointer, or fan out the bundle."""
        node = self.node_at(at)
        shape = None
        if node is not None and self.picture is not None:
            shape = box_shape(*self.picture.box(node))
        self.outlines.hover(shape)
        bundle = self._bundle_at(at) if node is None else -1
        if bundle != self._hovered:
            self._hovered = bundle
            self.show_marks_on_top()

    # Opening gathered nodes.

    def open_at(self, at: Pointer) -> None:
        """Open what a double click is on: a gathered node, a frame, a device."""
        if self.picture is None or self.document is None:
            return
        node = self.node_at(at)
        if node is not None:
            inner = self._inner_path(node, at)
            if inner:
                self.opened.emit(inner)
            else:
                self._open(node)
        elif self._bundle_at(at) < 0:
            key = self.picture.frame_at(at.x, at.y)
            if key:
                self.close_node(key)
            else:
                self.document.selection.leave()

    def open_selected(self) -> None:
        """Open the one box that is selected."""
        nodes = self.selected_nodes()
        if len(nodes) == 1:
            self._open(nodes[0])

    def _open(self, node: Node) -> None:
        if node.is_gathered:
            self._opened.setdefault(self.fabric, set()).add(node.key)
            self._redraw()
        else:
            self.opened.emit(node.path)

    def close_node(self, key: str) -> None:
        """Gather again what was opened."""
        self._opened.get(self.fabric, set()).discard(key)
        self._redraw()

    def close_nodes(self) -> None:
        """Gather again all that was opened."""
        self._opened.pop(self.fabric, None)
        self._redraw()

    @property
    def has_opened(self) -> bool:
        return bool(self._opened.get(self.fabric))

    def _redraw(self) -> None:
        """Draw anew; a drawing that was seen as a whole is so again."""
        if self._is_fitted:
            self.refit()
        self.make_stale()

    def clear_selection(self) -> None:
        if self.document is not None and not self.document.selection.paths and self.focus is not None:
            self.show_all()
        else:
            super().clear_selection()

    # Gestures.

    def default_tool(self) -> Tool:
        return SelectNodes(self)

    def drag_tool(self, start: Pointer) -> Tool | None:
        return MoveNodes(self)

    @property
    def is_part(self) -> bool:
        """Whether a part of the fabric is drawn alone, in an order of its own."""
        return self.focus is not None and (self.picture is None or not self.picture.lit)

    def put_aside(self, places: dict[tuple[str, str], tuple[float, float]]) -> None:
        """Put boxes of a part that is shown alone elsewhere, without an edit of the project."""
        self.aside.update(places)
        self.make_stale()

    def to_frame(self, x: float, y: float) -> tuple[float, float]:
        """Return a point of the drawing as places by hand are kept."""
        from core.drawing.schematic import FRAME

        assert self.picture is not None
        width, height = self.picture.drawn.size
        return x * FRAME[0] / width, y * FRAME[1] / height

    def reset_layout(self) -> Edit | None:
        """Return the edit that lets all boxes of this fabric stand where they would of themselves."""
        from core.editing.layouts import reset_places

        if self.document is None:
            return None
        if self.is_part:
            self.aside.clear()
            self.make_stale()
            return None
        edit = self.document.edit("Reset the layout of the network")
        reset_places(edit, self.document.top, self.fabric)
        return edit

    def why_no_reset(self) -> str:
        """Return why there is nothing to reset."""
        from core.editing.layouts import places_in

        if self.document is None:
            return "no project is open"
        if self.is_part:
            return "" if self.aside else "no box of this part was moved by hand"
        placed = places_in(self.document.project, self.document.top, self.fabric)
        return "" if placed else "no box of this fabric was moved by hand"

    def nudge(self, dx: int, dy: int, keys: Qt.KeyboardModifier) -> Change | None:
        """Go to the nearest box in a direction; with Shift it is taken into the selection."""
        if self.picture is None or self.document is None or not self.picture.map.nodes:
            return None
        selection = self.document.selection
        here = self._nodes_of(selection.paths[-1:]) if selection.paths else []
        node = self.picture.beside(here[-1], dx, dy) if here else self.picture.map.nodes[0]
        if node is None:
            return None
        paths = self.picture.paths_of(node)
        if keys & Qt.KeyboardModifier.ShiftModifier:
            selection.set([*selection.paths, *paths])
        else:
            selection.set(paths)
        self.show_paths(paths)
        return None

"""Drag boxes of the network to where they are wanted; each drag is one change of the drawing's layout."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt

from core.editing.layouts import place_nodes
from core.model.change import Change
from desktop.canvas.items import Ghost
from desktop.canvas.pointer import Pointer
from desktop.canvas.tools.tool import Tool

if TYPE_CHECKING:
    from core.drawing.fabric_map import Node
    from desktop.views.network import NetworkView

SNAP_PX = 8.0
"""How near a box must be to its old row or column to stay in it."""
MOST_GHOSTS = 200


class MoveNodes(Tool):
    """Moves the selected boxes; those of a part shown alone are not kept in the project."""

    name = "move nodes"
    hint = "Drop to rearrange; Alt lets go of row and column; Escape changes nothing"
    cursor = Qt.CursorShape.ClosedHandCursor

    def __init__(self, canvas: NetworkView) -> None:
        super().__init__(canvas)
        self.canvas: NetworkView = canvas
        self._nodes: list[Node] = []
        self._start: Pointer | None = None
        self._step = (0.0, 0.0)
        if canvas.is_part:
            self.hint = "Drop to rearrange this part until the project is closed; the whole fabric stays"

    def press(self, at: Pointer) -> Change | None:
        self._start, self._nodes = at, self.canvas.selected_nodes()
        self.is_done = not self._nodes
        return None

    def move(self, at: Pointer) -> Change | None:
        if self._start is None:
            return None
        dx, dy = at.x - self._start.x, at.y - self._start.y
        if not at.is_free:
            dx = 0.0 if abs(dx) * at.scale < SNAP_PX else dx
            dy = 0.0 if abs(dy) * at.scale < SNAP_PX else dy
        self._step = (dx, dy)
        picture = self.canvas.picture
        assert picture is not None
        ghosts = []
        for node in self._nodes[:MOST_GHOSTS]:
            x, y, width, height = picture.box(node)
            ghosts.append(Ghost(QRectF(x + dx, -(y + dy) - height, width, height)))
        what = self._nodes[0].label if len(self._nodes) == 1 else f"{len(self._nodes)} boxes"
        self.canvas.overlay.show_ghosts(ghosts, f"Move {what}", at.scene)
        return None

    def release(self, at: Pointer) -> Change | None:
        self.move(at)
        self.is_done = True
        self.canvas.overlay.clear()
        document, picture = self.canvas.document, self.canvas.picture
        if self._step == (0.0, 0.0) or document is None or picture is None:
            return None
        places = {}
        for node in self._nodes:
            x, y, width, height = picture.box(node)
            middle = (x + width / 2 + self._step[0], y + height / 2 + self._step[1])
            places[node.spot] = self.canvas.to_frame(*middle)
        if self.canvas.is_part:
            self.canvas.put_aside(places)
            return None
        edit = document.edit("Rearrange the network")
        place_nodes(edit, document.top, self.canvas.fabric, places)
        return self.finish(edit)

"""Pin the route of the selected cables: click the pathways they are to run along, in order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, Qt

from core.editing.pathways import pin_route
from core.editing.routes import counted
from core.errors import EditError
from core.model.change import Change
from desktop.canvas.ground_marks import edges_of
from desktop.canvas.pointer import Pointer
from desktop.canvas.tools.tool import Tool

if TYPE_CHECKING:
    from desktop.views.hall import HallView


class PinRoute(Tool):
    """A click takes a pathway, or leaves it out again; Enter pins the route."""

    name = "route"
    hint = "Click the pathways the cables are to run along; a second click leaves one out; Enter pins; Escape"
    cursor = Qt.CursorShape.PointingHandCursor

    def __init__(self, canvas: HallView, links: Sequence[str]) -> None:
        super().__init__(canvas)
        self.canvas: HallView = canvas
        self._links = list(links)
        self._via: list[str] = []

    def press(self, at: Pointer) -> Change | None:
        table, way = self.canvas.ground.at(at)
        if table != "pathways" or not way:
            return None
        if way in self._via:
            self._via.remove(way)
        else:
            self._via.append(way)
        return self.move(at)

    def move(self, at: Pointer) -> Change | None:
        document = self.canvas.document
        assert document is not None
        ways = document.project.rows("pathways", self.canvas.block)
        lines = [
            QLineF(a[0], -a[1], b[0], -b[1])
            for way in self._via
            if way in ways
            for a, b in edges_of([p[:2] for p in ways[way].points], closed=False)
        ]
        names = ", ".join(ways[way].name or ways[way].kind for way in self._via if way in ways)
        self.canvas.overlay.show_lines(lines)
        self.canvas.overlay.say(f"{counted(len(self._links), 'link')} along {names or '…'}", at.scene)
        return None

    def key(self, key: int, keys: Qt.KeyboardModifier) -> Change | None:
        if key not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return None
        if not self._via:
            raise EditError("no pathway is chosen", cure="Click those the cables are to run along")
        document = self.canvas.document
        assert document is not None
        edit = document.edit("Pin route", self.canvas.entered)
        pin_route(edit, self.canvas.block_in(edit), self._links, self._via)
        self.canvas.overlay.clear()
        return self.finish(edit)

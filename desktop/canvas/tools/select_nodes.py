"""Click, double click and rubber band in the network: boxes, frames of opened nodes, bundles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt

from core.model.change import Change
from desktop.canvas.pointer import Pointer
from desktop.canvas.tools.select import SelectTool

if TYPE_CHECKING:
    from desktop.views.network import NetworkView
    from desktop.views.schematic_view import SchematicView


class SelectNodes(SelectTool):
    """The network's tool when no other is: one click takes all that a box or a bundle stands for."""

    def __init__(self, canvas: NetworkView | SchematicView) -> None:
        super().__init__(canvas)
        self.network: NetworkView | SchematicView = canvas
        self._down: Pointer | None = None
        self._hit: list[str] = []
        self._on_node = False

    def press(self, at: Pointer) -> Change | None:
        document = self.network.document
        if document is None:
            return None
        self._down, self._banding = at, False
        self._hit = self.network.paths_at(at)
        self._on_node = self.network.node_at(at) is not None
        selected = set(document.selection.paths)
        if self._hit and at.adds:
            document.selection.toggle(self._hit)
        elif self._hit and not selected.issuperset(self._hit):
            document.selection.set(self._hit)
        return None

    def move(self, at: Pointer) -> Change | None:
        canvas, document = self.network, self.network.document
        if document is None:
            return None
        if self._down is None:
            canvas.hover_at(at)
            return None
        if not self._banding and not at.is_far_from(self._down):
            return None
        if self._on_node and not self._banding:
            start, self._down = self._down, None
            if not set(document.selection.paths).issuperset(self._hit):
                document.selection.toggle(self._hit)
            dragging = canvas.drag_tool(start)
            if dragging is None:
                return None
            canvas.use(dragging)
            dragging.press(start)
            return dragging.move(at)
        self._banding = True
        canvas.overlay.show_band(QRectF(self._down.scene, at.scene).normalized())
        return None

    def release(self, at: Pointer) -> Change | None:
        canvas, document = self.network, self.network.document
        start, self._down = self._down, None
        if document is None or start is None:
            return None
        if self._banding:
            self._banding = False
            canvas.overlay.show_band(None)
            found = canvas.paths_in(QRectF(start.scene, at.scene).normalized(), crossing=at.x < start.x)
            if at.adds:
                document.selection.toggle(found)
            else:
                document.selection.set(found)
        elif not self._hit and not at.adds:
            document.selection.clear()
        elif not at.adds:
            document.selection.set(self._hit)
        return None

    def double(self, at: Pointer) -> Change | None:
        self._down = None
        self.network.open_at(at)
        return None

    def key(self, key: int, keys: Qt.KeyboardModifier) -> Change | None:
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.network.open_selected()
        return None

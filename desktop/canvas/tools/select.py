"""Click, double click, rubber band; a drag on something selected becomes that thing's own tool."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt

from core.model.change import Change
from desktop.canvas.pointer import Pointer
from desktop.canvas.tools.tool import Tool

if TYPE_CHECKING:
    from desktop.views.view import View


class SelectTool(Tool):
    """The tool in force when no other is."""

    name = "select"

    def __init__(self, canvas: View) -> None:
        super().__init__(canvas)
        self.canvas: View = canvas
        self._start: Pointer | None = None
        self._pressed = ""
        self._banding = False
        self._was_selected = False
        self._range: list[str] = []

    def press(self, at: Pointer) -> Change | None:
        document = self.canvas.document
        if document is None:
            return None
        grip = self.canvas.grip_at(at)
        if grip is not None:
            self.canvas.use(grip)
            return grip.press(at)
        self._start, self._banding = at, False
        self._pressed = self.canvas.path_at(at)
        self._was_selected = self._pressed in document.selection.paths
        self._range = self._range_to(at)
        if self._range:
            return None  # a click selects the range; a drag takes what is under the pointer
        if self._pressed and at.adds:
            document.selection.toggle([self._pressed])
        elif self._pressed and self._pressed not in document.selection.paths:
            document.selection.set([self._pressed])
        return None

    def move(self, at: Pointer) -> Change | None:
        canvas, document = self.canvas, self.canvas.document
        if document is None:
            return None
        if self._start is None:
            path = canvas.path_at(at)
            shapes, _ = canvas.shapes_of([path]) if path else ([], [])
            canvas.outlines.hover(shapes[0] if shapes else None)
            return None
        if not self._banding and not at.is_far_from(self._start):
            return None
        if self._pressed and not self._banding:
            start, self._start = self._start, None
            if self._range or not self._was_selected:
                document.selection.set([self._pressed])
            elif self._pressed not in document.selection.paths:
                document.selection.toggle([self._pressed])
            dragging = canvas.drag_tool(start)
            if dragging is not None:
                canvas.use(dragging)
                dragging.press(start)
                return dragging.move(at)
            return None
        self._banding = True
        canvas.overlay.show_band(QRectF(self._start.scene, at.scene).normalized())
        return None

    def release(self, at: Pointer) -> Change | None:
        canvas, document = self.canvas, self.canvas.document
        start, self._start = self._start, None
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
        elif self._range:
            document.selection.set(self._range)
        elif not self._pressed and not at.adds:
            document.selection.clear()
        elif self._pressed and not at.adds:
            path, port = canvas.port_at(at) if canvas.shows_ports else ("", "")
            if port and path == self._pressed:
                document.selection.pick_port(path, port)
            else:
                document.selection.set([self._pressed])
        return None

    def _range_to(self, at: Pointer) -> list[str]:
        """Return what a click with Shift selects: all from what was selected last to what is pressed."""
        document = self.canvas.document
        if document is None or not self._pressed or not document.selection.paths:
            return []
        if not at.is_shifted or at.copies:
            return []
        return self.canvas.paths_between(document.selection.paths[-1], self._pressed)

    def double(self, at: Pointer) -> Change | None:
        path = self.canvas.path_at(at)
        if path:
            self.canvas.opened.emit(path)
        elif self.canvas.document is not None:
            self.canvas.search_requested.emit()
        self._start = None
        return None

    def key(self, key: int, keys: Qt.KeyboardModifier) -> Change | None:
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.canvas.document is not None:
            paths = self.canvas.document.selection.paths
            if len(paths) == 1:
                self.canvas.opened.emit(paths[0])
        return None

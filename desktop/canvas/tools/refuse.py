"""Something is dragged over a drawing that has no place for it: the reason is said, nothing is placed."""

from __future__ import annotations

from PySide6.QtCore import Qt

from core.errors import EditError
from core.model.change import Change
from desktop.canvas.pointer import Pointer
from desktop.canvas.tools.tool import Tool
from desktop.canvas.view import Canvas


class Refuse(Tool):
    """Shows why nothing can land here."""

    name = "refuse"
    cursor = Qt.CursorShape.ForbiddenCursor

    def __init__(self, canvas: Canvas, reason: str) -> None:
        super().__init__(canvas)
        self._reason = reason

    def move(self, at: Pointer) -> Change | None:
        self.canvas.overlay.show_ghosts([], self._reason, at.scene, fits=False)
        return None

    def press(self, at: Pointer) -> Change | None:
        raise EditError(self._reason)

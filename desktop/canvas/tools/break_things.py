"""Break it: a click takes a switch, a link, a rail or a plane for failed, another one restores it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from core.model.change import Change
from desktop.canvas.pointer import Pointer
from desktop.canvas.tools.tool import Tool

if TYPE_CHECKING:
    from desktop.views.network import NetworkView


class BreakThings(Tool):
    """Stays in hand until Esc; edits nothing."""

    name = "break"
    hint = (
        "Click a switch, a link or the name of a rail or plane to fail it, again to restore it; "
        "Shift: one cable of a link; Esc ends"
    )
    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, canvas: NetworkView) -> None:
        super().__init__(canvas)
        self.network: NetworkView = canvas

    def press(self, at: Pointer) -> Change | None:
        self.network.break_at(at)
        return None

    def move(self, at: Pointer) -> Change | None:
        self.network.hover_at(at)
        return None

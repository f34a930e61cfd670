"""What a gesture is: it gets events and ends in one change or in none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from core.model.change import Change, Edit
from desktop.canvas.pointer import Pointer

if TYPE_CHECKING:
    from desktop.canvas.view import Canvas


class Tool:
    """One gesture on a canvas. Returning a `Change` finishes it; `is_done` finishes it without one.

    A tool alters nothing but the overlay until it returns its change; `cancel` takes the overlay away.
    """

    name = ""
    hint = ""
    """What the status bar says while the tool is active."""
    cursor = Qt.CursorShape.ArrowCursor

    def __init__(self, canvas: Canvas) -> None:
        self.canvas = canvas
        self.is_done = False
        self.notes: list[str] = []
        """What the change does beside what was asked (cascades), for the status bar."""

    def finish(self, edit: Edit) -> Change:
        """Return the change of an edit and keep its notes; the tool is done."""
        self.is_done = True
        self.notes = edit.notes
        return edit.change()

    def press(self, at: Pointer) -> Change | None:
        """The left button went down."""
        return None

    def move(self, at: Pointer) -> Change | None:
        """The pointer moved, with or without a button."""
        return None

    def release(self, at: Pointer) -> Change | None:
        """The left button went up."""
        return None

    def double(self, at: Pointer) -> Change | None:
        """The left button was pressed twice."""
        return None

    def key(self, key: int, keys: Qt.KeyboardModifier) -> Change | None:
        """A key was pressed that the canvas does not use itself."""
        return None

    def cancel(self) -> None:
        """Drop the gesture; nothing has happened."""
        self.canvas.overlay.clear()

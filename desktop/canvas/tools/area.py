"""Draw a room, wall, column, keep-out, zone, containment or door: drag a box, or click corners."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF

from core.editing.pathways import draw_area
from core.model.change import Change
from core.units import length
from desktop.canvas.pointer import Pointer
from desktop.canvas.tools.draw_line import DrawLine

if TYPE_CHECKING:
    from desktop.views.hall import HallView


class DrawArea(DrawLine):
    """A drag draws a box; clicks draw a polygon, closed by Enter or on its first corner."""

    name = "area"

    def __init__(self, canvas: HallView, kind: str) -> None:
        super().__init__(canvas)
        self.kind = kind
        self._start: Pointer | None = None
        self._dragging = False

    @property
    def hint(self) -> str:  # type: ignore[override]
        """What to do next."""
        end = "Enter ends" if self.kind == "wall" else "Enter or the first corner closes it"
        return (
            f"Drag a box for the {self.kind}, or click its corners: {end}; Shift: straight; "
            "Alt: no snapping; Backspace takes one back; Escape"
        )

    @property
    def is_closed(self) -> bool:
        return self.kind != "wall"

    def words(self) -> str:
        return self.kind.capitalize()

    def press(self, at: Pointer) -> Change | None:
        if not self.points:
            self._start = at
        return super().press(at)

    def move(self, at: Pointer) -> Change | None:
        if self._start is None or len(self.points) != 1 or not at.is_far_from(self._start):
            return super().move(at)
        self._dragging, self._last = True, at
        (x, y), (to_x, to_y) = self.points[0], self._snapping.at(at)
        self.canvas.overlay.show_lines([])
        self.canvas.overlay.show_band(QRectF(x, -y, to_x - x, y - to_y).normalized())
        words = f"{self.words()}\n{length(abs(to_x - x))} × {length(abs(to_y - y))}"
        self.canvas.overlay.say(words, at.scene)
        return None

    def release(self, at: Pointer) -> Change | None:
        start, self._start = self._start, None
        self.canvas.overlay.show_band(None)
        if not self._dragging or start is None:
            return None
        self._dragging = False
        (x, y), (to_x, to_y) = self.points[0], self._snapping.at(at)
        if x == to_x or y == to_y:
            return self.move(at)  # a box of nothing: the first corner stands, more are clicked
        self.points = [(x, y), (to_x, y), (to_x, to_y), (x, to_y)]
        return self.end()

    def end(self) -> Change | None:
        document = self.canvas.document
        assert document is not None
        points, self.points = self.points, []
        edit = document.edit(f"Draw {self.kind}", self.canvas.entered)
        record = draw_area(edit, self.canvas.block_in(edit), self.kind, points)
        self.canvas.overlay.clear()
        self.canvas.ground.pick_later("areas", record.id)
        return self.finish(edit)

"""Drag an area or a pathway, one of its corners, or the middle of an edge, which becomes a new corner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, Qt

from core.editing.pathways import insert_point, move_drawn, move_point
from core.model.change import Change
from core.units import length
from desktop.canvas.ground_marks import Handle, edges_of
from desktop.canvas.pointer import Pointer
from desktop.canvas.tools.snapping import Snapping
from desktop.canvas.tools.tool import Tool

if TYPE_CHECKING:
    from desktop.views.hall import HallView


class BendGround(Tool):
    """Moves what is picked as a whole, or by a handle. A press without a drag alters nothing."""

    name = "bend"
    hint = "Let go where it is to be; Shift: straight from where it was; Alt: no snapping; Escape leaves it"
    cursor = Qt.CursorShape.ClosedHandCursor

    def __init__(self, canvas: HallView, handle: Handle | None) -> None:
        super().__init__(canvas)
        self.canvas: HallView = canvas
        self._handle = handle
        self._snapping = Snapping(canvas)
        self._start: Pointer | None = None
        self._to: tuple[int, int] | None = None

    def press(self, at: Pointer) -> Change | None:
        self._start = at
        return None

    def move(self, at: Pointer) -> Change | None:
        start, record = self._start, self.canvas.ground.record
        if start is None or record is None or (self._to is None and not at.is_far_from(start)):
            return None
        was = self._was(start)
        self._to = x, y = self._snapping.at(at, was)
        points = [(p[0], p[1]) for p in record.points]
        handle = self._handle
        if handle is None:
            points = [(px + x - was[0], py + y - was[1]) for px, py in points]
        elif handle.is_new:
            points.insert(handle.at + 1, (x, y))
        else:
            points[handle.at] = (x, y)
        lines = edges_of(points, closed=self.canvas.ground.table == "areas")
        self.canvas.overlay.show_lines([QLineF(a[0], -a[1], b[0], -b[1]) for a, b in lines])
        self.canvas.overlay.say(f"x {length(x)}, y {length(y)}", at.scene)
        return None

    def release(self, at: Pointer) -> Change | None:
        self.is_done = True
        self.canvas.overlay.clear()
        document, ground, start = self.canvas.document, self.canvas.ground, self._start
        record = ground.record
        if document is None or record is None or start is None or self._to is None:
            return None
        (x, y), was, handle = self._to, self._was(start), self._handle
        if (x, y) == was:
            return None
        what = record.name or record.kind
        edit = document.edit(f"Move {what}" if handle is None else f"Bend {what}", self.canvas.entered)
        block = self.canvas.block_in(edit)
        if handle is None:
            move_drawn(edit, ground.table, block, record.id, x - was[0], y - was[1])
        elif handle.is_new:
            insert_point(edit, ground.table, block, record.id, handle.at, x, y)
        else:
            move_point(edit, ground.table, block, record.id, handle.at, x, y)
        return self.finish(edit)

    def _was(self, start: Pointer) -> tuple[int, int]:
        """Return where the corner was, or the point by which the whole is held: its first corner."""
        record = self.canvas.ground.record
        if self._handle is not None and record is not None:
            return self._handle.x, self._handle.y
        return self._snapping.at(start)

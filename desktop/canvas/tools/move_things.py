"""Drag racks, units and floor-standing devices over the plan: they snap and turn with R."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt

from core.editing.arrange import Grid, move_things, rotate, snap
from core.editing.footprint import Box, around, box_of
from core.editing.multiplying import multiply
from core.engine.preview import Placing
from core.errors import EditError
from core.model.change import Change, Edit
from core.model.records import Device, Instance
from core.units import length, measure
from desktop.canvas.floor import Floor
from desktop.canvas.items import Ghost
from desktop.canvas.pointer import Pointer
from desktop.canvas.previewing import placing_of
from desktop.canvas.tools.swapping import Swap, show_swap, swap_between, swapped
from desktop.canvas.tools.tool import Tool
from desktop.pinning import pin_offer

if TYPE_CHECKING:
    from desktop.views.hall import HallView


class MoveThings(Tool):
    """Moves what is selected on the plan; with Ctrl it copies, with Shift on another thing the two swap."""

    name = "move"
    hint = "Drop to move, with Ctrl to copy, with Shift on another to swap; R turns; Alt: no snapping; Escape"
    cursor = Qt.CursorShape.ClosedHandCursor

    def __init__(self, canvas: HallView) -> None:
        super().__init__(canvas)
        self.canvas: HallView = canvas
        self._ids: list[str] = []
        self._start: Pointer | None = None
        self._last: Pointer | None = None
        self._quarters = 0
        self._box = Box(0, 0, 0, 0)
        self._floor: Floor | None = None
        self._parts: list[Box] = []
        """Boxes of what is dragged, turned as it is, where it stood."""
        self._step: tuple[int, int] = (0, 0)
        self._reason = ""
        self._added: Placing | None = None
        self._swap: Swap | None = None

    def press(self, at: Pointer) -> Change | None:
        document = self.canvas.document
        assert document is not None
        self._start = at
        self._ids = self.canvas.own_things(document.selection.paths)
        if not self._ids:
            self.is_done = True
            return None
        project, block = document.project, self.canvas.block
        things = [project.instances(block).get(i) or project.devices(block).get(i) for i in self._ids]
        self._box = around(box_of(project, thing) for thing in things if thing is not None)
        self._added = placing_of(document, block, [thing for thing in things if thing is not None])
        self._floor = Floor(project, block, self._ids)
        self._parts = self._boxes()
        return None

    def move(self, at: Pointer) -> Change | None:
        document, start = self.canvas.document, self._start
        if document is None or start is None or self._floor is None:
            return None
        self._last = at
        self._swap = self._swap_at(at)
        if self._swap is not None:
            self.canvas.preview(None)
            show_swap(self.canvas, self._swap, at)
            return None
        turned = self._turned_box()
        x, y = round(turned.left + at.x - start.x), round(turned.front + at.y - start.y)
        if not at.is_free:
            grid = Grid(document.project.blocks[self.canvas.block].grid_mm)
            near = self._floor.near(turned.moved(x - turned.left, y - turned.front))
            size = (turned.right - turned.left, turned.back - turned.front)
            x, y = snap(x, y, grid, near, size=size, reach_mm=min(150, round(12 / at.scale)))
        self._step = (x - turned.left, y - turned.front)
        landed = turned.moved(*self._step)
        rects = [box.moved(*self._step) for box in self._parts]
        own = [("the original", box) for box in self._parts] if at.copies else []
        self._reason = self._floor.obstacle(rects, own)
        ghosts = [Ghost(_scene(box), not self._reason) for box in rects]
        what = "Copy to" if at.copies else "Move to"
        angle = f", turned {90 * self._quarters % 360}°" if self._quarters % 4 else ""
        words = self._reason or f"{what} x {measure(landed.left)}, y {length(landed.front)}{angle}"
        self.canvas.preview(self._added if at.copies and not self._reason else None)
        self.canvas.overlay.show_ghosts(ghosts, words, at.scene, fits=not self._reason)
        return None

    def key(self, key: int, keys: Qt.KeyboardModifier) -> Change | None:
        if key == Qt.Key.Key_R and self._last is not None:
            self._quarters += -1 if keys & Qt.KeyboardModifier.ShiftModifier else 1
            self._parts = self._boxes()
            return self.move(self._last)
        return None

    def release(self, at: Pointer) -> Change | None:
        self.move(at)
        self.is_done = True
        self.canvas.overlay.clear()
        if self._swap is not None:
            edit, paths = swapped(self.canvas, self._swap)
            self.canvas.select_after(paths)
            return self.finish(edit)
        if self._step == (0, 0) and not self._quarters % 4:
            return None
        if self._reason:
            raise EditError(self._reason)
        document = self.canvas.document
        assert document is not None
        edit = document.edit(self._label("Copy" if at.copies else "Move"), self.canvas.entered)
        block = self.canvas.block_in(edit)
        ids = self._copies(edit, block) if at.copies else self._ids
        if self._quarters % 4:
            rotate(edit, block, ids, self._quarters)
        move_things(edit, block, ids, *self._step)
        paths = [f"{self.canvas.entered}/{i}".lstrip("/") for i in ids]
        edit.notes += [] if at.copies else pin_offer(edit, paths)
        self.canvas.select_after(paths)
        return self.finish(edit)

    def _swap_at(self, at: Pointer) -> Swap | None:
        """Return the swap that a drop would be, if Shift is held over another thing."""
        if not at.is_shifted or at.copies or len(self._ids) != 1:
            return None
        one = f"{self.canvas.entered}/{self._ids[0]}".lstrip("/")
        return swap_between(self.canvas, one, self.canvas.path_at(at), self._swap)

    def _copies(self, edit: Edit, block: str) -> list[str]:
        """Copy what is dragged with the cables and overrides among it; return the new ids."""
        (made,) = multiply(edit, block, self._ids, [lambda thing: thing])
        return [thing.id for thing in made.values()]

    def _edit_turned(self) -> Edit:
        document = self.canvas.document
        assert document is not None
        edit = Edit(document.project, "preview")
        if self._quarters % 4:
            rotate(edit, self.canvas.block, self._ids, self._quarters)
        return edit

    def _boxes(self) -> list[Box]:
        edit, block = self._edit_turned(), self.canvas.block
        things: list[Instance | Device | None] = [
            edit.instances(block).get(i) or edit.devices(block).get(i) for i in self._ids
        ]
        return [box_of(edit, thing) for thing in things if thing is not None]

    def _turned_box(self) -> Box:
        return around(self._parts) if self._quarters % 4 else self._box

    def _label(self, verb: str) -> str:
        document = self.canvas.document
        assert document is not None
        if len(self._ids) > 1:
            return f"{verb} {len(self._ids)} things"
        return f"{verb} {document.project.names_along(self.canvas.block, self._ids[0])[-1]}"


def _scene(box: Box) -> QRectF:
    return QRectF(box.left, -box.back, box.right - box.left, box.back - box.front)

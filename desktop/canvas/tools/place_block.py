"""Place a rack, a floor-standing device, a template or another copy of a block on the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QRectF, Qt

from core.editing.arrange import Grid, snap
from core.editing.blocks import new_rack_block, place_instance
from core.editing.footprint import Box, box_of, turned_box
from core.editing.place import place_device
from core.editing.space import Spot
from core.errors import EditError
from core.model.change import Change, Edit
from core.model.records import Device, Instance, Rotation
from core.model.types import DeviceType
from core.units import length, measure
from desktop.canvas.floor import Floor
from desktop.canvas.items import Ghost
from desktop.canvas.pointer import Pointer
from desktop.canvas.previewing import placing_of
from desktop.canvas.tools.tool import Tool
from desktop.dragging import Carried

if TYPE_CHECKING:
    from desktop.views.hall import HallView


class PlaceBlock(Tool):
    """Shows where a thing from the catalogue would stand and puts it there; R turns it."""

    name = "place"
    hint = "Click, or let go, to place; R turns; Alt switches snapping off; Escape when done"
    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, canvas: HallView, carried: Carried, *, stays: bool = False, rotation: int = 0) -> None:
        super().__init__(canvas)
        self.canvas: HallView = canvas
        self._carried = carried
        self._stays = stays
        self._rotation = rotation
        document = canvas.document
        assert document is not None
        # A dry run tells the footprint; the edit is thrown away.
        dry = Edit(document.project, "preview")
        thing = self._make(dry, canvas.block, 0, 0)
        self._own = box_of(dry, thing)
        self._what = dry.blocks[thing.of].name if isinstance(thing, Instance) else thing.name
        self._preview = placing_of(document, canvas.block, [thing], dry)
        self._floor = Floor(document.project, canvas.block)
        self._corner = (0, 0)
        self._reason = ""
        self._last: Pointer | None = None

    def move(self, at: Pointer) -> Change | None:
        document = self.canvas.document
        assert document is not None
        self._last = at
        box = turned_box(self._own, self._rotation)
        wide, deep = box.right - box.left, box.back - box.front
        x, y = round(at.x - wide / 2), round(at.y - deep / 2)
        if not at.is_free:
            grid = Grid(document.project.blocks[self.canvas.block].grid_mm)
            near = self._floor.near(Box(x, y, x + wide, y + deep))
            x, y = snap(x, y, grid, near, size=(wide, deep), reach_mm=min(150, round(12 / at.scale)))
        self._corner = (x - box.left, y - box.front)
        landed = Box(x, y, x + wide, y + deep)
        self._reason = self._floor.obstacle([landed])
        words = self._reason or f"{self._what} → x {measure(x)}, y {length(y)}"
        ghost = Ghost(QRectF(x, -y - deep, wide, deep), not self._reason)
        self.canvas.preview(None if self._reason else self._preview)
        self.canvas.overlay.show_ghosts([ghost], words, at.scene, fits=not self._reason)
        return None

    def key(self, key: int, keys: Qt.KeyboardModifier) -> Change | None:
        if key == Qt.Key.Key_R:
            back = keys & Qt.KeyboardModifier.ShiftModifier
            self._rotation = (self._rotation + (270 if back else 90)) % 360
            if self._last is not None:
                return self.move(self._last)
        return None

    def press(self, at: Pointer) -> Change | None:
        self.move(at)
        document = self.canvas.document
        assert document is not None
        if self._reason:
            raise EditError(self._reason)
        edit = document.edit(f"Place {self._what}", self.canvas.entered)
        thing = self._make(edit, self.canvas.block_in(edit), *self._corner)
        self.canvas.overlay.clear()
        self.canvas.select_after([f"{self.canvas.entered}/{thing.id}".lstrip("/")])
        change = self.finish(edit)
        if self._stays:
            again, turn = (
                Carried("block", thing.of) if isinstance(thing, Instance) else self._carried,
                self._rotation,
            )
            self.canvas.use_later(lambda: PlaceBlock(self.canvas, again, stays=True, rotation=turn))
        return change

    def _make(self, edit: Edit, block: str, x: int, y: int) -> Instance | Device:
        library, kind, name = self.canvas.library, self._carried.kind, self._carried.id
        rotation = cast("Rotation", self._rotation)
        if kind == "block":
            return place_instance(edit, block, name, x_mm=x, y_mm=y, rotation=rotation)
        if kind == "template":
            from desktop.templates import place_template

            return place_template(edit, library, block, name, x, y, rotation)
        spec = edit.find_type(name) or library.get(name)
        if isinstance(spec, DeviceType):
            return place_device(edit, library, block, name, Spot(x_mm=x, y_mm=y, rotation=rotation))
        made = new_rack_block(edit, library, name, spec.name)
        return place_instance(edit, block, made.id, x_mm=x, y_mm=y, rotation=rotation)

"""Place a device of the catalogue into a rack: by a drag that is dropped, or click by click."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt

from core.editing.place import place_device
from core.editing.routes import block_at
from core.editing.space import Occupancy, Spot, half_units, unit_span
from core.errors import EditError
from core.model.change import Change
from core.model.types import DeviceType
from desktop.canvas.items import Ghost
from desktop.canvas.pointer import Pointer
from desktop.canvas.tools.tool import Tool

if TYPE_CHECKING:
    from desktop.views.racking import Standing
    from desktop.views.racks import RackView


class PlaceDevice(Tool):
    """Shows where a device of a type would land and puts it there."""

    name = "place"
    hint = "Click to place; hold Alt for half units; Escape when done"
    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, canvas: RackView, spec: DeviceType, *, stays: bool = False) -> None:
        super().__init__(canvas)
        self.canvas: RackView = canvas
        self.spec = spec
        self._stays = stays

    def move(self, at: Pointer) -> Change | None:
        target = self.canvas.standing_at(at)
        if target is None:
            self.canvas.overlay.show_ghosts(
                [], f"{self.spec.name}: drop it into a rack", at.scene, fits=False
            )
            return None
        spot, reason = self._landing(target, at)
        x, y, width, height = target.spot_box(self.spec, spot)
        where = spot.zone or unit_span(target.rack, spot.half_u, spot.half_u + half_units(self.spec))
        ghost = Ghost(QRectF(x, -y - height, width, height), not reason)
        note = reason or f"{self.spec.name} → {where} {spot.face}"
        self.canvas.overlay.show_ghosts([ghost], note, at.scene, fits=not reason)
        return None

    def press(self, at: Pointer) -> Change | None:
        self.move(at)
        document, target = self.canvas.document, self.canvas.standing_at(at)
        assert document is not None
        if target is None:
            raise EditError(f"'{self.spec.name}' was not over a rack", cure="Drop it into a rack")
        spot, reason = self._landing(target, at)
        if reason:
            raise EditError(f"'{self.spec.name}' does not fit: {reason}")
        edit = document.edit(f"Place {self.spec.name}", target.path)
        block = block_at(edit, document.top, target.path)
        device = place_device(edit, self.canvas.library, block, self.spec.id, spot)
        self.canvas.overlay.clear()
        self.canvas.select_after([f"{target.path}/{device.id}".lstrip("/")])
        change = self.finish(edit)
        if self._stays:
            self.canvas.use_later(lambda: PlaceDevice(self.canvas, self.spec, stays=True))
        return change

    def _landing(self, target: Standing, at: Pointer) -> tuple[Spot, str]:
        document = self.canvas.document
        assert document is not None
        middle = half_units(self.spec) * target.drawn.pitch / 4
        spot = target.spot_near(self.spec, at.x, at.y - middle, target.face, free=at.is_free)
        return spot, Occupancy(document.project, target.block).obstacle(self.spec, spot)

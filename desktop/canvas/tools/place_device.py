"""Place devices of the catalogue into a rack: by a drag that is dropped, or click by click."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt

from core.editing.fill import capacity, fill
from core.editing.place import fillable_spots, place_device
from core.editing.routes import block_at
from core.editing.space import Occupancy, Spot, half_units, unit_span
from core.engine.preview import Fitted, Landing
from core.errors import EditError
from core.model.change import Change
from core.model.project import Reader
from core.model.types import DeviceType
from desktop.canvas.items import Ghost
from desktop.canvas.pointer import Pointer
from desktop.canvas.previewing import fitted_type
from desktop.canvas.tools.tool import Tool

if TYPE_CHECKING:
    from desktop.views.racking import Standing
    from desktop.views.racks import RackView

MOST = 99
"""Devices placed at once by a number typed."""


class PlaceDevice(Tool):
    """Shows where devices of a type would land and puts them there.

    One at a time; a number typed before the click places so many from there upwards, Shift as many as fit.
    """

    name = "place"
    hint = "Click or let go to place; a number: several, Shift: as many as fit; Alt: half units; Escape"
    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, canvas: RackView, spec: DeviceType, *, stays: bool = False) -> None:
        super().__init__(canvas)
        self.canvas: RackView = canvas
        self.spec = spec
        self._stays = stays
        self._fitted: tuple[Reader, Fitted] | None = None
        self._count = 0
        self._last: Pointer | None = None

    def key(self, key: int, keys: Qt.KeyboardModifier) -> Change | None:
        if Qt.Key.Key_0 <= key <= Qt.Key.Key_9 and not self.spec.zero_u:
            digit = key - Qt.Key.Key_0
            longer = 10 * self._count + digit
            self._count = longer if longer <= MOST else digit
            if self._last is not None:
                return self.move(self._last)
            if self._count > 1:
                self.canvas.overlay.say(f"{self._count} × {self.spec.name}", self._middle(), fits=True)
        return None

    def move(self, at: Pointer) -> Change | None:
        self._last = at
        target = self.canvas.standing_at(at)
        if target is None:
            many = f"{self._count} × " if self._count > 1 else ""
            note = f"{many}{self.spec.name}: drop it into a rack"
            self.canvas.preview(None)
            self.canvas.overlay.show_ghosts([], note, at.scene, fits=False)
            return None
        spots, reason = self._landing(target, at)
        ghosts = []
        for spot in spots:
            x, y, width, height = target.spot_box(self.spec, spot)
            ghosts.append(Ghost(QRectF(x, -y - height, width, height), not reason))
        note = reason or self._words(target, spots)
        words = self.canvas.preview(None if reason else self._preview(target, spots))
        note = f"{note}\n{words}" if words else note
        self.canvas.overlay.show_ghosts(ghosts, note, at.scene, fits=not reason)
        return None

    def press(self, at: Pointer) -> Change | None:
        self.move(at)
        document, target = self.canvas.document, self.canvas.standing_at(at)
        assert document is not None
        if target is None:
            raise EditError(f"'{self.spec.name}' was not over a rack", cure="Drop it into a rack")
        spots, reason = self._landing(target, at)
        if reason:
            raise EditError(f"'{self.spec.name}' does not fit: {reason}")
        many = f"{len(spots)} × " if len(spots) > 1 else ""
        edit = document.edit(f"Place {many}{self.spec.name}", target.path)
        block = block_at(edit, document.top, target.path)
        library = self.canvas.library
        if len(spots) == 1:
            made = [place_device(edit, library, block, self.spec.id, spots[0])]
        else:
            low, face = spots[0].half_u, spots[0].face
            made = fill(edit, library, block, self.spec.id, count=len(spots), low=low, face=face)
        self.canvas.overlay.clear()
        self.canvas.select_after(f"{target.path}/{device.id}".lstrip("/") for device in made)
        change = self.finish(edit)
        if self._stays:
            self.canvas.use_later(lambda: PlaceDevice(self.canvas, self.spec, stays=True))
        return change

    def _preview(self, target: Standing, spots: list[Spot]) -> Landing:
        """What would be added there."""
        document = self.canvas.document
        assert document is not None
        if self._fitted is None:
            self._fitted = fitted_type(document, self.canvas.library, self.spec.id)
        reader, fitted = self._fitted
        landed = tuple(fitted._replace(half_u=spot.half_u, zoned=bool(spot.zone)) for spot in spots)
        return Landing(landed, target.path, reader, document.only_this)

    def _landing(self, target: Standing, at: Pointer) -> tuple[list[Spot], str]:
        """Return the spots that would be taken, and why they cannot be."""
        document, spec = self.canvas.document, self.spec
        assert document is not None
        middle = half_units(spec) * target.drawn.pitch / 4
        first = target.spot_near(spec, at.x, at.y - middle, target.face, free=at.is_free)
        taken = Occupancy(document.project, target.block)
        wanted = max(self._count, 1)
        if at.is_shifted and not spec.zero_u:
            room = capacity(document.project, target.block, spec, low=first.half_u, face=first.face)
            wanted = min(room.fits, MOST)
        if wanted <= 1:
            return [first], taken.obstacle(spec, first)
        spots = fillable_spots(
            document.project, target.block, spec, count=wanted, low=first.half_u, face=first.face
        )
        if len(spots) < wanted:
            return spots or [first], f"{len(spots)} of {wanted} fit from here up"
        return spots, ""

    def _words(self, target: Standing, spots: list[Spot]) -> str:
        low, high = spots[0].half_u, spots[-1].half_u + half_units(self.spec)
        where = spots[0].zone or unit_span(target.rack, low, high)
        side = f" {spots[0].side}" if spots[0].side and len(spots) == 1 else ""
        many = f"{len(spots)} × " if len(spots) > 1 else ""
        return f"{many}{self.spec.name} → {where}{side} {spots[0].face}"

    def _middle(self) -> QPointF:
        return self.canvas.mapToScene(self.canvas.viewport().rect().center())

"""Drag devices within a rack and from rack to rack, several at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QRectF, Qt

from core.editing.clipboard import copy, paste
from core.editing.move import move_devices
from core.editing.routes import block_at
from core.editing.space import Occupancy, Spot, half_units, unit_span
from core.editing.types import rack_type_of
from core.engine import preview
from core.errors import EditError
from core.model.change import Change
from core.model.records import Device
from core.model.types import DeviceType
from desktop.canvas.items import Ghost
from desktop.canvas.pointer import Pointer
from desktop.canvas.tools.swapping import Swap, show_swap, swap_between, swapped
from desktop.canvas.tools.tool import Tool
from desktop.pinning import pin_offer
from desktop.selection import devices_of

if TYPE_CHECKING:
    from desktop.views.racking import Standing
    from desktop.views.racks import RackView


class Held(NamedTuple):
    """One device being dragged."""

    rack: str
    device: Device
    spec: DeviceType


class Landing(NamedTuple):
    """Where everything held would land, or why it cannot."""

    target: Standing
    spots: dict[tuple[str, str], Spot]
    """Rack and id of the device to its spot there."""
    reason: str


class MoveDevices(Tool):
    """Moves the selected devices with the one under the pointer; Ctrl copies, Shift over a device swaps."""

    name = "move"
    hint = "Drop to move, with Ctrl to copy, with Shift on a device to swap; Alt for half units; Escape"
    cursor = Qt.CursorShape.ClosedHandCursor

    def __init__(self, canvas: RackView) -> None:
        super().__init__(canvas)
        self.canvas: RackView = canvas
        self._held: list[Held] = []
        self._anchor: Held | None = None
        self._grip = 0.0
        self._from_face = "front"
        self._landing: Landing | None = None
        self._swap: Swap | None = None

    def press(self, at: Pointer) -> Change | None:
        canvas, document = self.canvas, self.canvas.document
        standing = canvas.standing_at(at)
        assert document is not None
        for path, device in devices_of(document.project, document.selection.paths):
            spec = document.project.find_type(device.type)
            rack = path.rpartition("/")[0]
            if isinstance(spec, DeviceType) and rack_type_of(document.project, device.block) is not None:
                self._held.append(Held(rack, device, spec))
        pressed = canvas.path_at(at)
        self._anchor = next((h for h in self._held if f"{h.rack}/{h.device.id}".lstrip("/") == pressed), None)
        if standing is None or self._anchor is None:
            self.is_done = True
            return None
        box = standing.box_of(self._anchor.device.id)
        self._grip = at.y - box[1] if box is not None else 0.0
        self._from_face = standing.face
        return None

    def move(self, at: Pointer) -> Change | None:
        if self._anchor is None:
            return None
        target = self.canvas.standing_at(at)
        self._swap = self._swap_at(at)
        if self._swap is not None:
            self.canvas.preview(None)
            show_swap(self.canvas, self._swap, at)
            return None
        if target is None:
            self._landing = None
            self.canvas.preview(None)
            self.canvas.overlay.show_ghosts([], "Not over a rack", at.scene, fits=False)
            return None
        self._landing = landing = self._land(target, at)
        ghosts = []
        for held in self._held:
            spot = landing.spots.get((held.rack, held.device.id))
            if spot is not None:
                x, y, width, height = target.spot_box(held.spec, spot)
                ghosts.append(Ghost(QRectF(x, -y - height, width, height), not landing.reason))
        note = landing.reason or self._words(target, landing, at)
        words = self.canvas.preview(None if landing.reason else self._previewed(landing, at))
        note = f"{note}\n{words}" if words else note
        self.canvas.overlay.show_ghosts(ghosts, note, at.scene, fits=not landing.reason)
        return None

    def release(self, at: Pointer) -> Change | None:
        self.move(at)
        landing, self.is_done = self._landing, True
        self.canvas.overlay.clear()
        if self._swap is not None:
            return self._swapped(self._swap)
        if landing is None:
            return None
        if landing.reason:
            raise EditError(landing.reason)
        return self._copied(landing) if at.copies else self._moved(landing)

    def _swap_at(self, at: Pointer) -> Swap | None:
        """Return the swap that a drop would be, if Shift is held over another device; tried once for each."""
        if not at.is_shifted or len(self._held) != 1 or self._anchor is None:
            return None
        document, other = self.canvas.document, self.canvas.path_at(at)
        assert document is not None
        if not isinstance(document.project.resolve(document.top, other), Device):
            return None
        one = f"{self._anchor.rack}/{self._anchor.device.id}".lstrip("/")
        return swap_between(self.canvas, one, other, self._swap)

    def _swapped(self, swap: Swap) -> Change:
        edit, paths = swapped(self.canvas, swap)
        self.canvas.select_after(paths)
        return self.finish(edit)

    def _land(self, target: Standing, at: Pointer) -> Landing:
        """Find the spots in a rack that keep the distances between the devices held."""
        document, anchor = self.canvas.document, self._anchor
        assert document is not None
        assert anchor is not None
        turned = target.face != self._from_face
        face = _turned(anchor.device.face) if turned else anchor.device.face
        first = target.spot_near(anchor.spec, at.x, at.y - self._grip, face, free=at.is_free)
        step = first.half_u - anchor.device.half_u
        moved = {} if at.copies else {h.device.id for h in self._held if h.device.block == target.block}
        room = Occupancy(document.project, target.block, tuple(moved))
        spots: dict[tuple[str, str], Spot] = {}
        reason = ""
        for held in self._held:
            own = Spot.of(held.device)
            if held is anchor:
                spot = first
            elif held.spec.zero_u:
                spot = own
            else:
                spot = own._replace(half_u=own.half_u + step, face=_turned(own.face) if turned else own.face)
            if not 0 <= spot.half_u <= 2 * target.rack.units - half_units(held.spec):
                reason = reason or f"{held.device.name} would stick out of the rack"
                spot = spot._replace(
                    half_u=max(0, min(spot.half_u, 2 * target.rack.units - half_units(held.spec)))
                )
            blocked = room.obstacle(held.spec, spot)
            reason = reason or blocked
            if not blocked:
                room.add(held.spec, spot, held.device.name)
            spots[held.rack, held.device.id] = spot
        return Landing(target, spots, reason)

    def _previewed(self, landing: Landing, at: Pointer) -> preview.Landing:
        """What dropping it now would move or add."""
        document = self.canvas.document
        assert document is not None
        fitted = [
            preview.Fitted(
                held.device.type,
                held.device.modules,
                spot.half_u,
                bool(spot.zone),
                "" if at.copies else f"{held.rack}/{held.device.id}".lstrip("/"),
                held.device.power_limit_w,
            )
            for held in self._held
            if (spot := landing.spots.get((held.rack, held.device.id))) is not None
        ]
        return preview.Landing(tuple(fitted), landing.target.path, None, document.only_this)

    def _words(self, target: Standing, landing: Landing, at: Pointer) -> str:
        assert self._anchor is not None
        spot = landing.spots[self._anchor.rack, self._anchor.device.id]
        where = spot.zone or unit_span(target.rack, spot.half_u, spot.half_u + half_units(self._anchor.spec))
        what = self._anchor.device.name if len(self._held) == 1 else f"{len(self._held)} devices"
        return f"{'Copy ' if at.copies else ''}{what} → {where} {spot.face}"

    def _moved(self, landing: Landing) -> Change:
        document = self.canvas.document
        assert document is not None
        racks = {held.rack for held in self._held}
        edit = document.edit(_label("Move", self._held), *racks, landing.target.path)
        paths = []
        for rack in racks:
            moves = {d: spot for (holder, d), spot in landing.spots.items() if holder == rack}
            moved = move_devices(edit, document.top, moves, rack, landing.target.path)
            paths += [f"{landing.target.path}/{device.id}".lstrip("/") for device in moved]
        edit.notes += pin_offer(edit, paths)
        change = self.finish(edit)
        self.canvas.select_after(paths)
        return change

    def _copied(self, landing: Landing) -> Change:
        """Copy as copy and paste do: modules, feeds and the cables among what is copied come along."""
        document = self.canvas.document
        assert document is not None
        edit = document.edit(_label("Copy", self._held), landing.target.path)
        block = block_at(edit, document.top, landing.target.path)
        paths = []
        for rack in dict.fromkeys(held.rack for held in self._held):
            spots = {d: spot for (holder, d), spot in landing.spots.items() if holder == rack}
            parcel = copy(edit, block_at(edit, document.top, rack), spots)
            made = paste(edit, parcel, block, spots=spots)
            paths += [f"{landing.target.path}/{device}".lstrip("/") for device in made]
        change = self.finish(edit)
        self.canvas.select_after(paths)
        return change


def nudge_devices(canvas: RackView, step: int, keys: Qt.KeyboardModifier) -> Change | None:
    """Return the change that moves the selected devices one unit up or down, with Shift by their height."""
    document = canvas.document
    assert document is not None
    held = [
        (path.rpartition("/")[0], device)
        for path, device in devices_of(document.project, document.selection.paths)
        if rack_type_of(document.project, device.block) is not None and not device.zone
    ]
    if not held:
        return None
    by_rack: dict[str, list[Device]] = {}
    for rack, device in held:
        by_rack.setdefault(rack, []).append(device)
    edit = document.edit("Nudge", *by_rack)
    is_far = bool(keys & Qt.KeyboardModifier.ShiftModifier)
    usual = 1 if keys & Qt.KeyboardModifier.AltModifier else 2
    for rack, devices in by_rack.items():
        moves = {}
        for device in devices:
            spec = document.project.find_type(device.type)
            far = half_units(spec) if is_far and isinstance(spec, DeviceType) else usual
            if device.half_u + step * far < 0:
                raise EditError(f"'{device.name}' is at the bottom of the rack")
            moves[device.id] = Spot.of(device)._replace(half_u=device.half_u + step * far)
        move_devices(edit, document.top, moves, rack, rack)
    edit.notes += pin_offer(edit, [f"{rack}/{device.id}".lstrip("/") for rack, device in held])
    return canvas.tool.finish(edit)


def _turned(face: str) -> str:
    return "rear" if face == "front" else "front"


def _label(verb: str, held: list[Held]) -> str:
    return f"{verb} {held[0].device.name}" if len(held) == 1 else f"{verb} {len(held)} devices"

"""Position and rotation in numbers: to a place, or by a distance."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QComboBox, QLineEdit

from core.editing.arrange import move_things, rotate
from core.editing.floor_room import FloorRoom
from core.editing.footprint import around, box_of
from core.editing.move import move_devices
from core.editing.routes import block_at
from core.editing.space import SIXTHS, Occupancy, Spot
from core.editing.types import device_type_of, rack_type_of
from core.errors import EditError
from core.model.change import Edit
from core.model.records import Device
from core.units import length, measure, with_points
from desktop.commands.picked import picked
from desktop.dialogs.arranging import ArrangeDialog, dialog_for
from desktop.panels.form import WrongValueError
from desktop.panels.units import unit_notation
from desktop.views.view import View

if TYPE_CHECKING:
    from desktop.main_window import MainWindow

_BY = re.compile(r"(\+=?|-=)\s*(-?[\d.,]+)")


def position_dialog(window: MainWindow) -> ArrangeDialog:
    """Return the dialog for what is selected.

    Raises
    ------
    EditError
        If the selection is not of one floor or rack.
    """
    return dialog_for(window, FloorPosition, RackPosition)


class FloorPosition(ArrangeDialog):
    """Where things stand on a floor; several keep their distances and turn about their middle."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window, "Move to", "Move")
        ((self.holder, self.ids),) = picked(self.document).floor.items()
        project, self.block = self.document.project, self.document.block_at(self.holder)
        rows = {**project.instances(self.block), **project.devices(self.block)}
        things = [rows[i] for i in self.ids]
        self._box = around(box_of(project, thing) for thing in things)
        self._room = FloorRoom(project, self.block, set(self.ids))
        self.x, self.y = QLineEdit(str(self._box.left)), QLineEdit(str(self._box.front))
        self.turn = QComboBox()
        if len(things) == 1:
            for quarter in range(4):
                turned = (90 * quarter - things[0].rotation) // 90 % 4
                self.turn.addItem(f"{90 * quarter}°", turned)
            self.turn.setCurrentIndex(self.turn.findData(0))
        else:
            for text, quarters in (
                ("As they are", 0),
                ("Left by 90°", 1),
                ("By 180°", 2),
                ("Right by 90°", 3),
            ):
                self.turn.addItem(text, quarters)
        self.field("x of the left edge [mm]", self.x)
        self.field("y of the front edge [mm]", self.y, "1200 moves to, +1200 or -=600 by.")
        self.field("Rotation", self.turn)
        for line in (self.x, self.y):
            line.textChanged.connect(self.look_soon)
        self.turn.currentIndexChanged.connect(self.look_soon)
        self.x.selectAll()
        window.workspace.show_view("hall")

    @property
    def view(self) -> View:
        return self.window_.workspace.hall

    def look(self) -> str:
        dry = Edit(self.document.project, "preview")
        self._move(dry, self.block)
        rows = {**dry.instances(self.block), **dry.devices(self.block)}
        boxes = [box_of(dry, rows[i]) for i in self.ids]
        reasons = [self._room.obstacle(box) for box in boxes]
        self.show_boxes(boxes, reasons)
        blocked = next((reason for reason in reasons if reason), "")
        if blocked:
            raise EditError(blocked, cure="Choose another place")
        whole = around(boxes)
        by = (whole.left - self._box.left, whole.front - self._box.front)
        return f"to x {measure(whole.left)}, y {length(whole.front)}: by {measure(by[0])} and {length(by[1])}"

    def act(self) -> None:
        edit = self.document.edit("Move to", self.holder)
        self._move(edit, block_at(edit, self.document.top, self.holder))
        self.document.commit_edit(edit)

    def _move(self, edit: Edit, block: str) -> None:
        x = round(_value(self.x.text(), self._box.left))
        y = round(_value(self.y.text(), self._box.front))
        if self.turn.currentData():
            rotate(edit, block, self.ids, self.turn.currentData())
        rows = {**edit.instances(block), **edit.devices(block)}
        now = around(box_of(edit, rows[i]) for i in self.ids)
        move_things(edit, block, self.ids, x - now.left, y - now.front)


class RackPosition(ArrangeDialog):
    """The units, face and side of devices in a rack; several keep their distances."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window, "Move to", "Move")
        ((self.holder, self.ids),) = picked(self.document).racked.items()
        project, self.block = self.document.project, self.document.block_at(self.holder)
        rack = rack_type_of(project, self.block)
        assert rack is not None
        self.rack, self._notation = rack, unit_notation(rack)
        self._devices = [project.devices(self.block)[i] for i in self.ids]
        self._specs = {d.id: device_type_of(project, d.type) for d in self._devices}
        zoned = [d for d in self._devices if d.zone]
        if zoned and len(self._devices) > 1:
            raise EditError(f"'{zoned[0].name}' is mounted beside the units", cure="Move it by itself")
        self.unit, self.face, self.side, self.place = QLineEdit(), QComboBox(), QComboBox(), QComboBox()
        if zoned:
            self._add_places(zoned[0])
        else:
            self._add_units()
        self.show_rack(self.holder)

    def _add_places(self, device: Device) -> None:
        for zone in self.rack.zones:
            for place in range(zone.places):
                self.place.addItem(f"{zone.name} {place + 1}", (zone.name, place))
                if (zone.name, place) == (device.zone, device.place):
                    self.place.setCurrentIndex(self.place.count() - 1)
        self.field("Place beside the units", self.place)
        self.place.currentIndexChanged.connect(self.look_soon)

    def _add_units(self) -> None:
        lowest = min(device.half_u for device in self._devices)
        self.unit.setText(self._notation.show(lowest))
        unit = self.rack.unit
        self.field("Lowest unit", self.unit, f"{unit}12 or 12.5 moves to, +2 or -=1 moves by.")
        self.face.addItem("As it is" if len(self._devices) == 1 else "As they are", "")
        self.face.addItem("Front", "front")
        self.face.addItem("Rear", "rear")
        self.field("Mounted from", self.face)
        widths = {self._specs[d.id].width for d in self._devices}
        if len(widths) == 1 and "full" not in widths:
            self.side.addItem("As it is", "")
            for width, side in SIXTHS:
                if width in widths:
                    self.side.addItem(side.capitalize(), side)
            self.field("Side", self.side)
        self.unit.textChanged.connect(self.look_soon)
        self.face.currentIndexChanged.connect(self.look_soon)
        self.side.currentIndexChanged.connect(self.look_soon)
        self.unit.selectAll()

    def look(self) -> str:
        spots = self._spots()
        room = Occupancy(self.document.project, self.block, set(self.ids))
        shown, reasons = [], []
        for device in self._devices:
            spec, spot = self._specs[device.id], spots[device.id]
            reasons.append("below the rack" if spot.half_u < 0 else room.obstacle(spec, spot))
            room.add(spec, spot, device.name)
            shown.append((spec, spot))
        self.show_spots(self.holder, shown, reasons)
        blocked = next((reason for reason in reasons if reason), "")
        if blocked:
            raise EditError(blocked, cure="Choose free units")
        first = min(spots.values(), key=lambda spot: spot.half_u)
        if first.zone:
            return f"{first.zone} {first.place + 1}"
        return f"{self._notation.show(first.half_u)} {first.face} {first.side}".strip()

    def act(self) -> None:
        edit = self.document.edit("Move to", self.holder)
        move_devices(edit, self.document.top, self._spots(), self.holder, self.holder)
        self.document.commit_edit(edit)

    def _spots(self) -> dict[str, Spot]:
        if self.place.count():
            zone, place = self.place.currentData()
            return {d.id: Spot.of(d)._replace(zone=zone, place=place) for d in self._devices}
        lowest = min(device.half_u for device in self._devices)
        step = self._lowest(lowest) - lowest
        chosen = {
            key: box.currentData()
            for key, box in (("face", self.face), ("side", self.side))
            if box.currentData()
        }
        return {d.id: Spot.of(d)._replace(half_u=d.half_u + step, **chosen) for d in self._devices}

    def _lowest(self, present: int) -> int:
        text = self.unit.text().strip()
        if _BY.fullmatch(text):
            return round(2 * _value(text, present / 2))
        try:
            return int(self._notation.parse(text))
        except WrongValueError as error:
            raise EditError(str(error)) from None


def _value(text: str, present: float) -> float:
    """Return a number as typed, or what is there moved by it."""
    by = _BY.fullmatch(text.strip())
    number = by[2] if by else text.strip()
    try:
        value = float(with_points(number))
    except ValueError:
        raise EditError("a number is needed", cure="Write 1200, +1200 or -=600") from None
    if abs(value) > 10_000_000:
        raise EditError("that is too far away", cure="Write millimetres")
    if by is None:
        return value
    return present - value if by[1] == "-=" else present + value

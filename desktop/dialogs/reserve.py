"""Reserve units of a rack, and see and give free what is reserved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QComboBox, QLineEdit

from core.editing.reserve import reserve, room_of
from core.editing.routes import block_at
from core.editing.space import Occupancy, Spot, unit_span
from core.editing.types import rack_type_of
from core.errors import EditError
from core.model.change import Edit
from core.model.types import DeviceType
from desktop.commands.arranging import chosen_racks
from desktop.dialogs.arranging import ArrangeDialog
from desktop.panels.form import WrongValueError
from desktop.panels.units import parsed_range
from desktop.views.unit_range import chosen_span

if TYPE_CHECKING:
    from desktop.main_window import MainWindow

AT_FIRST = 8
"""Half units proposed."""


class ReserveDialog(ArrangeDialog):
    """Which units, what for, and on which face."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window, "Reserve units", "Reserve")
        self.racks = chosen_racks(self.document)
        self.block = self.document.block_at(self.racks[0])
        rack = rack_type_of(self.document.project, self.block)
        assert rack is not None
        self.rack = rack
        self.units = QLineEdit(self._proposed())
        self.note = QLineEdit()
        self.note.setPlaceholderText("Storage, wave 2")
        self.face = QComboBox()
        for text, face in (("Front and rear", "both"), ("Front only", "front"), ("Rear only", "rear")):
            self.face.addItem(text, face)
        unit = rack.unit
        self.field("Units", self.units, f"{unit}10-{unit}13, or one unit.")
        self.field("For", self.note)
        self.field("Face", self.face)
        for line in (self.units, self.note):
            line.textChanged.connect(self.look_soon)
        self.face.currentIndexChanged.connect(self.look_soon)
        self.units.selectAll()
        self.show_rack(self.racks[0])

    def _proposed(self) -> str:
        chosen = chosen_span(self.window_.workspace.racks.units, self.racks[0], self.rack)
        if chosen:
            return chosen
        runs = Occupancy(self.document.project, self.block).free_runs()
        if not runs:
            return ""
        low, high = runs[0]
        return unit_span(self.rack, low, min(high, low + AT_FIRST))

    def _range(self) -> tuple[int, int]:
        try:
            return parsed_range(self.rack, self.units.text())
        except WrongValueError as error:
            raise EditError(str(error)) from None

    def look(self) -> str:
        low, high = self._range()
        dry = Edit(self.document.project, "preview")
        spec = DeviceType(
            id="reserved", name="Reserved", kind="blank", height_u=(high - low) / 2, unit=self.rack.unit
        )
        face = self.face.currentData()
        shown = [(spec, Spot(half_u=low, face=f)) for f in ("front", "rear") if face in ("both", f)]
        try:
            self._reserve(dry, self.block)
        except EditError as error:
            self.show_spots(self.racks[0], shown, [error.problem] * len(shown))
            raise
        self.show_spots(self.racks[0], shown, [""] * len(shown))
        room = room_of(dry, self.block)
        unit = self.rack.unit
        many = f"In each of {len(self.racks)} racks: " if len(self.racks) > 1 else ""
        return f"{many}{room.free / 2:g} {unit} free, {room.reserved / 2:g} {unit} reserved then"

    def act(self) -> None:
        edit = self.document.edit("Reserve units", *self.racks)
        for block in dict.fromkeys(block_at(edit, self.document.top, rack) for rack in self.racks):
            self._reserve(edit, block)
        self.document.commit_edit(edit)

    def _reserve(self, edit: Edit, block: str) -> None:
        low, high = self._range()
        reserve(edit, block, low, high, self.note.text().strip(), self.face.currentData())

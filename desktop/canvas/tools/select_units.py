"""Drag along the unit numbers of a rack: what is in these units is selected, and the range remembered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from core.editing.routes import counted
from core.editing.space import unit_span
from core.model.change import Change
from desktop.canvas.pointer import Pointer
from desktop.canvas.tools.tool import Tool
from desktop.views.unit_range import UnitRange, devices_within, unit_at

if TYPE_CHECKING:
    from desktop.views.racking import Standing
    from desktop.views.racks import RackView


class SelectUnits(Tool):
    """Chooses a range of units; with Shift it goes on from the range there is."""

    name = "units"
    hint = "Drop to select what is in these units; Reserve Units and Fill take them as their range; Escape"
    cursor = Qt.CursorShape.SizeVerCursor

    def __init__(self, canvas: RackView, face: Standing) -> None:
        super().__init__(canvas)
        self.canvas: RackView = canvas
        self._face = face
        self._first = 0
        self._units: UnitRange | None = None

    def press(self, at: Pointer) -> Change | None:
        self._first = unit_at(self._face, at.y)
        known = self.canvas.units
        if at.is_shifted and known is not None and known.rack == self._face.path:
            low, high = known.low // 2, (known.high - 1) // 2
            self._first = low if self._first >= low else high
        return self.move(at)

    def move(self, at: Pointer) -> Change | None:
        low, high = sorted((self._first, unit_at(self._face, at.y)))
        self._units = units = UnitRange(self._face.path, 2 * low, 2 * high + 2)
        document = self.canvas.document
        assert document is not None
        found = devices_within(document.project, self._face.block, units.low, units.high)
        words = unit_span(self._face.rack, units.low, units.high)
        what = counted(len(found), "device") if found else "empty"
        self.canvas.show_units(units)
        self.canvas.overlay.say(f"{words}: {what}", at.scene)
        return None

    def release(self, at: Pointer) -> Change | None:
        self.move(at)
        self.is_done = True
        self.canvas.overlay.clear()
        if self._units is not None:
            self.canvas.choose_units(self._units)
        return None

    def cancel(self) -> None:
        super().cancel()
        self.canvas.show_units(self.canvas.units)

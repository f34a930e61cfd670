"""Draw a tray, ladder, trough or duct: corner by corner, rising or dropping on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt

from core.editing.pathways import draw_pathway
from core.model.change import Change
from core.units import length
from desktop.canvas.pointer import Pointer
from desktop.canvas.tools.draw_line import DrawLine

if TYPE_CHECKING:
    from desktop.views.hall import HallView

STEP_MM = 100
"""What PageUp and PageDown raise and lower by."""


class DrawPathway(DrawLine):
    """Draws a pathway at a height; Page Up and Page Down change it: a change between points is a drop.

    Parameters
    ----------
    canvas : HallView
    fields : dict
        Fields of the pathway: kind, carries, width_mm, depth_mm.
    z_mm : int
        Height above the floor.
    """

    name = "pathway"

    def __init__(self, canvas: HallView, fields: dict[str, Any], z_mm: int) -> None:
        super().__init__(canvas)
        self.fields, self.z_mm = fields, z_mm
        self._levels: list[int] = []

    @property
    def hint(self) -> str:  # type: ignore[override]
        """What to do next."""
        return (
            f"Click the corners of the {self.fields['kind']}; Shift: straight; Alt: no snapping; "
            "Page Up, Page Down: height; Backspace takes one back; Enter ends; Escape"
        )

    def words(self) -> str:
        return f"{str(self.fields['kind']).capitalize()} {length(self.z_mm)} above the floor"

    def raise_by(self, mm: int) -> None:
        """Change the height of the points to come."""
        self.z_mm += mm

    def press(self, at: Pointer) -> Change | None:
        before = len(self.points)
        change = super().press(at)
        if len(self.points) > before:
            self._levels.append(self.z_mm)
        return change

    def key(self, key: int, keys: Qt.KeyboardModifier) -> Change | None:
        if key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            self.raise_by(STEP_MM if key == Qt.Key.Key_PageUp else -STEP_MM)
            self.canvas.ground.tell()
            return self.move(self._last) if self._last is not None else None
        change = super().key(key, keys)
        del self._levels[len(self.points) :]
        return change

    def end(self) -> Change | None:
        document = self.canvas.document
        assert document is not None
        line: list[tuple[int, int, int]] = []
        for (x, y), z in zip(self.points, self._levels, strict=True):
            if line and line[-1][2] != z:
                line.append((*line[-1][:2], z))  # it rises or drops where the last piece ends
            line.append((x, y, z))
        edit = document.edit("Draw pathway", self.canvas.entered)
        record = draw_pathway(edit, self.canvas.block_in(edit), line, **self.fields)
        self.canvas.overlay.clear()
        self.canvas.ground.pick_later("pathways", record.id)
        return self.finish(edit)

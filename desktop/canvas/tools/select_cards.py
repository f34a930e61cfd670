"""Click, double click and rubber band in a schematic; X fails what is picked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.model.change import Change
from desktop.canvas.pointer import Pointer
from desktop.canvas.tools.select_nodes import SelectNodes

if TYPE_CHECKING:
    from desktop.views.schematic_view import SchematicView


class SelectCards(SelectNodes):
    """As in the network; beside, a card that stands for no device (a source, a room) can be picked."""

    def __init__(self, canvas: SchematicView) -> None:
        super().__init__(canvas)
        self.schematic: SchematicView = canvas

    def press(self, at: Pointer) -> Change | None:
        self.schematic.pick(self.schematic.card_at(at))
        return super().press(at)

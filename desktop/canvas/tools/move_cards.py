"""Drag cards of a schematic to where they are wanted; each drag is one change of the drawing's layout."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt

from core.editing.card_places import place_cards
from core.model.change import Change
from desktop.canvas.items import Ghost
from desktop.canvas.pointer import Pointer
from desktop.canvas.tools.move_nodes import MOST_GHOSTS, SNAP_PX
from desktop.canvas.tools.tool import Tool

if TYPE_CHECKING:
    from core.drawing.chain_cards import Card
    from desktop.views.schematic_view import SchematicView


class MoveCards(Tool):
    """Moves the card that was pressed, and with it the others that are selected."""

    name = "move cards"
    hint = "Drop to rearrange; Alt lets go of row and column; Escape changes nothing"
    cursor = Qt.CursorShape.ClosedHandCursor

    def __init__(self, canvas: SchematicView) -> None:
        super().__init__(canvas)
        self.canvas: SchematicView = canvas
        self._cards: list[Card] = []
        self._start: Pointer | None = None
        self._step = (0.0, 0.0)

    def press(self, at: Pointer) -> Change | None:
        card = self.canvas.card_at(at)
        self._start = at
        self._cards = [] if card is None else self.canvas.moved_with(card)
        self.is_done = not self._cards
        return None

    def move(self, at: Pointer) -> Change | None:
        if self._start is None:
            return None
        dx, dy = at.x - self._start.x, at.y - self._start.y
        if not at.is_free:
            dx = 0.0 if abs(dx) * at.scale < SNAP_PX else dx
            dy = 0.0 if abs(dy) * at.scale < SNAP_PX else dy
        self._step = (dx, dy)
        ghosts = []
        for card in self._cards[:MOST_GHOSTS]:
            x, y, width, height = self.canvas.box_of(card)
            ghosts.append(Ghost(QRectF(x + dx, -(y + dy) - height, width, height)))
        what = self._cards[0].title if len(self._cards) == 1 else f"{len(self._cards)} boxes"
        self.canvas.overlay.show_ghosts(ghosts, f"Move {what}", at.scene)
        return None

    def release(self, at: Pointer) -> Change | None:
        self.move(at)
        self.is_done = True
        self.canvas.overlay.clear()
        document = self.canvas.document
        if self._step == (0.0, 0.0) or document is None:
            return None
        origin = self.canvas.drawing.origin
        places = {}
        for card in self._cards:
            x, y, _, height = self.canvas.box_of(card)
            places[card.key] = (x + self._step[0] - origin[0], y + height + self._step[1] - origin[1])
        edit = document.edit(f"Rearrange the {self.canvas.noun}")
        place_cards(edit, document.top, self.canvas.layer_name, places)
        return self.finish(edit)

"""What the one-line diagram and the cooling schematic share: folding, failing, moving."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRectF, Qt

from core.errors import EditError
from core.model.change import Change, Edit
from desktop.canvas.pointer import Pointer
from desktop.canvas.tools.move_cards import MoveCards
from desktop.canvas.tools.select_cards import SelectCards
from desktop.canvas.tools.tool import Tool
from desktop.outages import SOURCE
from desktop.views.card_view import MOST_OPENED, CardView
from desktop.views.view import box_shape

if TYPE_CHECKING:
    from core.drawing.chain_cards import Card

READABLE = 1.6
"""Scale from which loads can be read [px/mm]; a drawing that is fitted smaller goes to what was asked for."""


class SchematicView(CardView):
    """One layer of the design, power or coolant, from its sources down."""

    # Folding.

    def open_at(self, at: Pointer) -> None:
        """Open what a double click is on: a folded card, else the thing itself."""
        card = self.card_at(at)
        if card is not None:
            self.open_card(card)
        elif self.document is not None:
            self.document.selection.leave()

    def open_selected(self) -> None:
        """Open the one card that is selected."""
        cards = self.selected_cards()
        if len(cards) == 1:
            self.open_card(cards[0])

    def open_card(self, card: Card) -> None:
        """Let the members of a folded card stand alone, all or the worst; show a single one itself."""
        if len(card.nodes) == 1:
            paths = self.paths_of(card)
            if paths:
                self.opened.emit(paths[0])
            return
        chosen = card.nodes if len(card.nodes) <= MOST_OPENED else card.nodes[[self.worst_of(card)]]
        keys = [self.key_of_node(node) for node in chosen.tolist()]
        self._apart.update(dict.fromkeys(keys))
        self._redraw()
        self.go_to(keys)

    def worst_of(self, card: Card) -> int:
        """Return which member of a card carries most of its rating, by its place among them."""
        return 0

    @property
    def has_opened(self) -> bool:
        return bool(self._apart)

    def fold_all(self) -> None:
        """Fold again all that was opened."""
        self._apart.clear()
        self._redraw()

    def go_to(self, keys: Iterable[str]) -> None:
        """Go near to some cards if all of the drawing is too small to be read."""
        self.ensure_drawn()
        rows = [self.drawing.row_of[key] for key in keys if key in self.drawing.row_of]
        if not rows or self.scale_now >= READABLE or not self.isVisible():
            return
        box = QRectF()
        for row in rows:
            box = box.united(box_shape(*self.drawing.boxes[row]).boundingRect())
        wide, tall = (side / READABLE / 1.25 for side in (self.viewport().width(), self.viewport().height()))
        around = QRectF(0, 0, max(wide, box.width()), max(tall, box.height()))
        around.moveCenter(box.center())
        self._fit_pending = False
        self.show_box(around)

    # What if.

    def key_of_failure(self, card: Card) -> str:
        """Return the key of what fails if a card is failed: of one that still works if there is any."""
        held = self._outages.keys
        for node in card.nodes[: len(held) + 1].tolist():
            key = self.key_of_node(node)
            if key not in held or len(card.nodes) == 1:
                return key if key.startswith(SOURCE) or self.path_of_key(key) == key else ""
        return ""

    def why_not_fail(self) -> str:
        """Return why nothing of what is selected can be taken for failed."""
        return "" if any(self.key_of_failure(card) for card in self.selected_cards()) else (
            "select a source or a device of the diagram"
        )  # fmt: skip

    def fail_selected(self) -> str:
        """Take what is selected for failed, or for whole again; of a folded card one; return it in words."""
        keys = [key for card in self.selected_cards() if (key := self.key_of_failure(card))]
        if not keys:
            raise EditError(self.why_not_fail() or "nothing that is selected can fail")
        failed = self._outages.toggle(keys)
        self.document.selection.set(path for key in keys if (path := self.path_of_key(key)))  # type: ignore[union-attr]
        self.ensure_drawn()
        self.go_to(keys)
        what = self.words_of_keys(keys)
        if not failed:
            return f"Restored: {what}"
        lost = self.drawing.lost
        left = f"{lost:,} devices are without" if lost else "nothing is without"
        return f"What if: {what} failed; {left} {'power' if self.layer_name == 'power' else 'coolant'}"

    def words_of_keys(self, keys: list[str]) -> str:
        """Return what some things are called."""
        if len(keys) > 1 or self.document is None:
            return f"{len(keys):,} things"
        row = self.drawing.row_of.get(keys[0])
        return self.drawing.cards[row].title if row is not None else self.document.label_of(keys[0])

    # Gestures.

    def default_tool(self) -> Tool:
        return SelectCards(self)

    def drag_tool(self, start: Pointer) -> Tool | None:
        return MoveCards(self)

    def moved_with(self, card: Card) -> list[Card]:
        """Return the cards that are moved by a drag of one: the others that are selected come along."""
        cards = self.selected_cards()
        return cards if any(each.key == card.key for each in cards) else [card]

    def reset_layout(self) -> Edit:
        """Return the edit that lets all cards stand where they would of themselves."""
        from core.editing.card_places import reset_cards

        assert self.document is not None
        edit = self.document.edit(f"Reset the layout of the {self.noun}")
        reset_cards(edit, self.document.top, self.layer_name)
        return edit

    def why_no_reset(self) -> str:
        """Return why there is nothing to reset."""
        from core.editing.card_places import card_places

        if self.document is None:
            return "no project is open"
        placed = card_places(self.document.project, self.document.top, self.layer_name)
        return "" if placed else "no box was moved by hand"

    def nudge(self, dx: int, dy: int, keys: Qt.KeyboardModifier) -> Change | None:
        """Go to the nearest card in a direction."""
        cards = self.drawing.cards
        if not cards or self.document is None:
            return None
        here = self.selected_cards()
        card = cards[0] if not here else self._beside(here[-1], dx, dy)
        if card is not None:
            self.pick(card)
            self.document.selection.set(self.paths_of(card))
            self.show_selection()
        return None

    def _beside(self, card: Card, dx: int, dy: int) -> Card | None:
        boxes = np.array(self.drawing.boxes)
        centre = boxes[:, :2] + boxes[:, 2:] / 2
        away = centre - centre[self.drawing.row_of[card.key]]
        along, across = away @ np.array((dx, dy)), np.abs(away @ np.array((dy, dx)))
        ahead = (along > 5.0) & ((across <= along) if dx else True)
        if not ahead.any():
            return None
        return self.drawing.cards[int(np.where(ahead, along + 2 * across, np.inf).argmin())]

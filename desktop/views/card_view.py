"""The cards of a schematic on the screen: drawn from the newest evaluation, found, selected, told of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import numpy as np
from PySide6.QtCore import QEvent, QLineF, QRectF, Signal
from PySide6.QtGui import QPolygonF, QResizeEvent
from PySide6.QtWidgets import QWidget

from core.drawing.batch import Level
from core.model.change import Change
from core.model.records import Instance
from desktop.canvas.layer import Stamp
from desktop.canvas.pointer import Pointer
from desktop.canvas.prepared import Prepared, prepare, stacked, together
from desktop.outages import Outages
from desktop.seeing import Seeing
from desktop.views.network_card import Card as Note
from desktop.views.view import View, box_shape

if TYPE_CHECKING:
    from core.catalogue.library import Library
    from core.drawing.chain_cards import Card
    from core.drawing.chain_drawing import ChainDrawing
    from core.drawing.chain_layout import Box
    from core.engine.evaluation import Evaluation
    from desktop.document import Document

THRESHOLDS = (1.5, 2.7, 5.0)
MOST_OPENED = 4
"""A card of at most so many is opened into all of them, one of more lets its worst stand alone."""
MOST_PATHS = 5000
"""Devices that a click on a folded card selects at most."""
MOST_ALONE = 24
"""With more failed than this, they are counted on the cards and not drawn one by one."""
MOST_NAMED = 3
"""Members that are named beside a folded card."""


class CardView(View):
    """A drawing of cards: what is where, selected, under the pointer."""

    said = Signal(str)
    """What a gesture has done, for the status bar."""
    pick_changed = Signal()
    """Another card was clicked."""
    layer_name: Literal["power", "cooling"] = "power"
    noun = "schematic"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(THRESHOLDS, parent)
        from core.drawing.chain_drawing import EMPTY

        self.drawing: ChainDrawing = EMPTY
        self.picked = ""
        """Key of the card that was clicked last; sources have no path and are not in the selection."""
        self.note = Note(self)
        self._apart: dict[str, None] = {}
        self._seeing: Seeing | None = None
        self._outages = Outages(self)
        self._cards_of_row: np.ndarray = np.zeros(0, np.int64)  # type: ignore[type-arg]

    # What subclasses know.

    def draw_chain(self, evaluation: Evaluation, **options: object) -> ChainDrawing:
        """Return the drawing."""
        raise NotImplementedError

    def path_of_key(self, key: str) -> str:
        """Return the path of the record that a key stands for; empty if there is none."""
        raise NotImplementedError

    def nothing_drawn(self) -> str:
        """Return what to do where the design has nothing of this layer."""
        raise NotImplementedError

    def key_of_node(self, node: int) -> str:
        """Return the key of a node of the chain."""
        raise NotImplementedError

    def selected_cards(self) -> list[Card]:
        """Return the cards of what is selected, or the one that was picked."""
        if self.document is None:
            return []
        cards = self.cards_of(self.document.selection.paths[:MOST_PATHS])
        if not cards and self.picked in self.drawing.row_of:
            cards = [self.drawing.cards[self.drawing.row_of[self.picked]]]
        return cards

    def key_of_failure(self, card: Card) -> str:
        """Return the key of what fails if a card is failed; empty if nothing can."""
        raise NotImplementedError

    def _redraw(self) -> None:
        """Draw anew; a drawing that was seen as a whole is so again."""
        if self._is_fitted:
            self.refit()
        self.make_stale()

    # The project.

    def see(self, seeing: Seeing, outages: Outages) -> None:
        """Take results from the newest evaluation, and what is failed from the window."""
        self._seeing, self._outages = seeing, outages
        seeing.changed.connect(self._on_seen)
        outages.changed.connect(self._redraw)

    @property
    def evaluation(self) -> Evaluation | None:
        return None if self._seeing is None else self._seeing.evaluation

    def set_document(self, document: Document | None, library: Library) -> None:
        """Show another project."""
        from core.drawing.chain_drawing import EMPTY

        self.drawing, self.picked = EMPTY, ""
        self._apart.clear()
        self.layer.draw([])
        super().set_document(document, library)

    def concerns(self, change: Change) -> bool:
        """Only what was moved by hand: everything else comes with the next evaluation."""
        return any(delta.table == "layouts" for delta in change.deltas)

    def _on_seen(self, what: str) -> None:
        if what in ("evaluation", "losses"):
            self.make_stale()

    def rebuild(self) -> None:
        from core.drawing.chain_drawing import EMPTY
        from core.editing.card_places import card_places

        document, evaluation = self.document, self.evaluation
        self.outlines.hover(None)
        self.note.say("", [])
        if document is None or evaluation is None:
            self.drawing = EMPTY
            self.layer.draw([])
            return
        failed = self._outages.keys
        alone = failed if len(failed) <= MOST_ALONE else ()
        self.drawing = self.draw_chain(
            evaluation,
            apart=tuple(dict.fromkeys((*self._apart, *alone))),
            places=card_places(document.project, document.top, self.layer_name),
            failed=failed,
        )
        self.layer.draw([] if self.drawing.is_empty else [Stamp(self._prepared())])
        self._cards_of_row = self._rows_of_cards()

    def _prepared(self) -> Prepared:
        """Return the drawing with the large letters that are read from afar."""
        afar = prepare(self.drawing.afar)
        texts = [replace(texts, until=max(texts.level, Level.FAR)) for texts in afar.texts]
        return together([stacked(self.drawing.layers), replace(afar, texts=texts)])

    def fit(self) -> None:
        """Show all cards; the legend below is there to be scrolled to."""
        super().fit()
        if not self.drawing.is_empty and self.isVisible():
            width, height = self.drawing.size
            room = height - self.drawing.foot
            if self.viewport().height() / height < self.viewport().width() / width:
                self.show_box(QRectF(0, -height, width, room))
                self._is_fitted = True

    def say_empty(self) -> str:
        if self.document is None or not self.drawing.is_empty:
            return ""
        return "Evaluating …" if self.evaluation is None else self.nothing_drawn()

    # What is where.

    def card_at(self, at: Pointer) -> Card | None:
        """Return the card under a point."""
        for card, (x, y, width, height) in zip(self.drawing.cards, self.drawing.boxes, strict=True):
            if x <= at.x <= x + width and y <= at.y <= y + height:
                return card
        return None

    node_at = card_at

    def box_of(self, card: Card) -> Box:
        """Return where a card stands [mm]."""
        return self.drawing.boxes[self.drawing.row_of[card.key]]

    def paths_of(self, card: Card) -> list[str]:
        """Return what a click on a card selects; nothing for a source or the air of a room."""
        evaluation = self.evaluation
        if evaluation is None:
            return []
        snap = evaluation.snapshot
        found = []
        for node in card.nodes[:MOST_PATHS].tolist():
            if node < snap.n_devices:
                found.append(snap.device_path(node))
            elif node < snap.n_devices + snap.n_racks:
                found.append(snap.rack_path(node - snap.n_devices))
        return [path for path in found if path]

    def paths_at(self, at: Pointer) -> list[str]:
        card = self.card_at(at)
        return [] if card is None else self.paths_of(card)

    def path_at(self, at: Pointer) -> str:
        return next(iter(self.paths_at(at)), "")

    def paths_in(self, box: QRectF, *, crossing: bool) -> list[str]:
        found = []
        for card, shape in zip(self.drawing.cards, self.drawing.boxes, strict=True):
            there = box_shape(*shape).boundingRect()
            if box.intersects(there) if crossing else box.contains(there):
                found += self.paths_of(card)
        return found

    def _rows_of_cards(self) -> np.ndarray:  # type: ignore[type-arg]
        """Return the card of every node, -1 for none."""
        size = max((int(card.nodes.max()) + 1 for card in self.drawing.cards), default=0)
        found = np.full(size, -1, np.int64)
        for index, card in enumerate(self.drawing.cards):
            found[card.nodes] = index
        return found

    def cards_of(self, paths: Iterable[str]) -> list[Card]:
        """Return the cards that stand for things or for what is in them."""
        evaluation, document = self.evaluation, self.document
        if evaluation is None or document is None or self.drawing.is_empty:
            return []
        found: dict[int, None] = {}
        for path in paths:
            row = evaluation.snapshot.flat.device_row(path)
            rows = [row] if row >= 0 else self._rows_inside(path)
            for index in np.unique(
                self._cards_of_row[[r for r in rows if r < len(self._cards_of_row)]]
            ).tolist():
                if index >= 0:
                    found[index] = None
        return [self.drawing.cards[index] for index in found]

    def _rows_inside(self, path: str) -> list[int]:
        """Return the devices of a rack or block, and the node of the rack itself."""
        assert self.document is not None
        assert self.evaluation is not None
        if not isinstance(self.document.project.resolve(self.document.top, path), Instance):
            return []
        snap, flat, start, rack = self.evaluation.snapshot, self.evaluation.snapshot.flat, 0, 0
        for step in path.split("/"):
            child = flat.child_by_id.get(step)
            if child is None:
                return []
            start, rack, flat = start + child.start["device"], rack + child.start["rack"], child.flat
        racks = range(snap.n_devices + rack, snap.n_devices + rack + flat.counts["rack"])
        return [*range(start, start + flat.counts["device"]), *racks]

    def shapes_of(self, paths: Iterable[str]) -> tuple[list[QPolygonF], list[QLineF]]:
        return [box_shape(*self.box_of(card)) for card in self.cards_of(paths)], []

    def show_selection(self) -> None:
        super().show_selection()
        if (
            self.document is not None
            and self.picked in self.drawing.row_of
            and not self.document.selection.paths
        ):
            card = self.drawing.cards[self.drawing.row_of[self.picked]]
            self.outlines.outline([box_shape(*self.box_of(card))], [])

    # The pointer.

    def pick(self, card: Card | None) -> None:
        """Note which card was clicked."""
        key = "" if card is None else card.key
        if key != self.picked:
            self.picked = key
            self.show_selection()
            self.pick_changed.emit()

    def describe(self, at: Pointer) -> str:
        card = self.card_at(at)
        if card is None:
            return ""
        return " · ".join(word for word in (card.title, *card.lines, card.says) if word)

    def hover_at(self, at: Pointer) -> None:
        """Outline the card under the pointer and tell all of it beside."""
        card = self.card_at(at)
        if card is None:
            self.outlines.hover(None)
            self.note.say("", [])
            return
        shape = box_shape(*self.box_of(card))
        self.outlines.hover(shape)
        box = self.viewportTransform().map(shape).boundingRect()
        self.note.say(card.title, self._told(card), [box])

    def _told(self, card: Card) -> list[str]:
        """Return what is said beside a card: its lines, first members, and what can be done."""
        lines = [*card.lines, *([card.says] if card.says else []), *card.more]
        many = len(card.nodes)
        if many > 1 and self.document is not None:
            named = [self.document.label_of(path) for path in self.paths_of(card)[:MOST_NAMED]]
            more = f"… and {many - len(named):,} more" if many > len(named) else ""
            lines += ["", *named, *([more] if more else [])]
            opens = "unfolds them" if many <= MOST_OPENED else "draws the worst alone"
            lines += ["", f"Double click {opens}, X fails one"]
        elif self.key_of_failure(card):
            lines += ["", "X fails or restores it; drag moves it"]
        return lines

    def leaveEvent(self, event: QEvent) -> None:
        self.note.say("", [])
        super().leaveEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.note.settle()

"""Marks of what is otherwise in a schematic: cards new, changed, joined otherwise, and what is gone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF

from desktop.canvas.change_marks import ChangeMark, MarkState
from desktop.views.view import box_shape

if TYPE_CHECKING:
    from core.engine.record_changes import Changed
    from core.model.project import Project
    from desktop.views.card_view import CardView

LAYERS = {"power": "power", "cooling": "coolant"}
"""Layer of the links that a schematic is drawn of."""
GHOST = 0.7
"""Width of what stands for things removed, in heights of the card beside it."""


def schematic_marks(
    view: CardView, before: Project, cabled: Mapping[str, set[str]], changes: Iterable[Changed]
) -> list[ChangeMark]:
    """Return the marks of the schematic that is drawn.

    Parameters
    ----------
    view : CardView
    before : Project
    cabled : mapping of str to set of str
        Links that are otherwise, by the path of each device at their ends.
    changes : iterable of Changed
        What is otherwise, record by record.

    Notes
    -----
    What was removed has no card any more: it stands left of the card that it was joined to,
    where no sign of the card is.
    """
    if view.document is None or view.drawing.is_empty:
        return []
    after = view.document.project
    joined = _of_layer(before, after, cabled, LAYERS[view.layer_name])
    states: dict[str, MarkState] = {}
    gone: dict[str, set[str]] = {}
    for path, links in joined.items():
        if after.resolve(after.top, path) is None:
            for link in links:
                gone.setdefault(link, set()).add(path)
        else:
            states[path] = "added" if before.resolve(before.top, path) is None else "cabled"
    states |= _changed(before, after, changes)
    return [*_cards(view, states), *_ghosts(view, states, joined, gone)]


def _of_layer(
    before: Project, after: Project, cabled: Mapping[str, set[str]], layer: str
) -> dict[str, set[str]]:
    """Return the links of one layer that are otherwise, by the path of each device at their ends."""
    mine: dict[str, bool] = {}

    def is_mine(path: str) -> bool:
        if path not in mine:
            found = after.resolve(after.top, path) or before.resolve(before.top, path)
            mine[path] = getattr(found, "layer", "") == layer
        return mine[path]

    found = {path: {link for link in links if is_mine(link)} for path, links in cabled.items()}
    return {path: links for path, links in found.items() if links}


def _changed(before: Project, after: Project, changes: Iterable[Changed]) -> dict[str, MarkState]:
    """Return the devices that are otherwise themselves, by their paths."""
    from core.editing.copies import paths_of
    from core.explore.placed_changes import MOST, is_changed

    found: dict[str, MarkState] = {}
    looked_at = 0
    for one in changes:
        block, record_id = one.key
        if one.table != "devices" or block not in after.blocks:
            continue
        for prefix in paths_of(after, block):
            path = f"{prefix}/{record_id}".lstrip("/")
            looked_at += 1
            if looked_at > MOST:
                return found
            if is_changed(before, after, path):
                found[path] = "changed"
    return found


def _cards(view: CardView, states: Mapping[str, MarkState]) -> list[ChangeMark]:
    """Return a mark for each card with something otherwise: what all of that is, else that it is changed."""
    touched: dict[str, list[tuple[str, MarkState]]] = {}
    for path, state in states.items():
        for card in view.cards_of([path]):
            touched.setdefault(card.key, []).append((path, state))
    found = []
    for key, rows in touched.items():
        card = view.drawing.cards[view.drawing.row_of[key]]
        kinds, count = {state for _, state in rows}, len(card.nodes)
        state = kinds.pop() if len(kinds) == 1 else "changed"
        words = f"{len(rows):,} of {count:,}" if count > 1 else ""
        found.append(ChangeMark(state, _box(view, key), words, path=rows[0][0]))
    return found


def _ghosts(
    view: CardView,
    states: Mapping[str, MarkState],
    joined: Mapping[str, set[str]],
    gone: Mapping[str, set[str]],
) -> list[ChangeMark]:
    beside: dict[str, set[str]] = {}
    for path in states:
        lost = {one for link in joined.get(path, ()) for one in gone.get(link, ())}
        for card in view.cards_of([path]) if lost else ():
            beside.setdefault(card.key, set()).update(lost)
    found, told = [], set[str]()
    for key, paths in beside.items():
        paths = paths - told
        told |= paths
        if paths:
            box = _box(view, key)
            ghost = QRectF(box.left() - GHOST * box.height(), box.top(), GHOST * box.height(), box.height())
            found.append(ChangeMark("removed", ghost, f"{len(paths):,}", path=min(paths)))
    return found


def _box(view: CardView, key: str) -> QRectF:
    return box_shape(*view.drawing.boxes[view.drawing.row_of[key]]).boundingRect()

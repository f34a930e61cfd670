"""Shift while dragging one thing over another: the two change places, in racks and on floors."""

from __future__ import annotations

from typing import NamedTuple

from core.errors import EditError
from core.model.change import Edit
from desktop.canvas.items import Ghost
from desktop.canvas.pointer import Pointer
from desktop.commands.arranging import swap_edit
from desktop.views.view import View


class Swap(NamedTuple):
    """The thing that the one held would change places with, or why it cannot."""

    one: str
    other: str
    reason: str


def swap_between(canvas: View, one: str, other: str, latest: Swap | None) -> Swap | None:
    """Return the swap of two things, tried once as long as they are the same; None if they are not two."""
    document = canvas.document
    assert document is not None
    if other in ("", one):
        return None
    if latest is not None and (latest.one, latest.other) == (one, other):
        return latest
    try:
        swap_edit(document, one, other)
    except EditError as error:
        return Swap(one, other, error.problem)
    return Swap(one, other, "")


def show_swap(canvas: View, swap: Swap, at: Pointer) -> None:
    """Show what would change places, or why it cannot."""
    document = canvas.document
    assert document is not None
    boxes = [shape.boundingRect() for shape in canvas.shapes_of([swap.one, swap.other])[0]]
    names = [document.label_of(path).rpartition(" / ")[2] for path in (swap.one, swap.other)]
    words = swap.reason or f"Swap {names[0]} and {names[1]}"
    ghosts = [Ghost(box, not swap.reason) for box in boxes]
    canvas.overlay.show_ghosts(ghosts, words, at.scene, fits=not swap.reason)


def swapped(canvas: View, swap: Swap) -> tuple[Edit, list[str]]:
    """Return the edit of a swap and the paths of the two after it.

    Raises
    ------
    EditError
        If the two cannot change places.
    """
    if swap.reason:
        raise EditError(swap.reason)
    assert canvas.document is not None
    return swap_edit(canvas.document, swap.one, swap.other)

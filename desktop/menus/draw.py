"""What is drawn on the plan: pathways, rooms and what is in them; routes pinned to pathways."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from core.model.records import Link
from desktop.menus.reasons import no_project
from desktop.selection import links_of

if TYPE_CHECKING:
    from desktop.main_window import MainWindow

AREAS = (
    ("room", "&Room", "Outline of the room: what stands outside is found"),
    ("wall", "&Wall", "Corner by corner, or a box"),
    ("column", "&Column", "Nothing may stand on it"),
    ("door", "&Door", "Its height says what goes through"),
    ("keep-out", "&Keep-Out", "Floor that stays free"),
    ("zone", "&Zone", "A part of the floor with a rating of its own"),
    ("containment", "C&ontainment", "A hot or cold aisle that is closed"),
)


def register(window: MainWindow) -> None:
    """Register the commands of the Draw menu."""
    add = window.actions_.add
    window.properties.hold(window.workspace.hall.ground.card)
    need = lambda: no_project(window)  # noqa: E731
    add(
        "draw.pathway", "&Pathway", lambda: _draw_pathway(window), menu="Draw|1", shortcut="T", why_not=need,
        tip="Draw a tray, ladder, trough or duct for cables",
    )  # fmt: skip
    for kind, text, tip in AREAS:
        add(
            f"draw.{kind.replace('-', '_')}", text, lambda kind=kind: _draw_area(window, kind), menu="Draw|2",
            why_not=need, tip=tip,
        )  # fmt: skip
    add(
        "draw.pin_route", "Pi&n Route …", lambda: _pin(window), menu="Link|5",
        why_not=lambda: no_project(window) or _why_no_links(window),
        tip="Click the pathways that the selected links are to run along",
    )  # fmt: skip
    add(
        "draw.unpin_route", "&Unpin Route", lambda: window.attempt(lambda: _unpin(window)), menu="Link|5",
        why_not=lambda: no_project(window) or _why_no_links(window, pinned=True),
        tip="Let the selected links take the shortest way again",
    )  # fmt: skip


def _hall(window: MainWindow) -> None:
    window.workspace.show_view("hall")
    window.workspace.hall.setFocus(Qt.FocusReason.OtherFocusReason)


def _draw_pathway(window: MainWindow) -> None:
    _hall(window)
    window.workspace.hall.ground.draw_pathway()


def _draw_area(window: MainWindow, kind: str) -> None:
    _hall(window)
    window.workspace.hall.ground.draw_area(kind)


def _links(window: MainWindow) -> list[Link]:
    """Return the selected links that the drawing in the hall view holds."""
    document = window.document
    assert document is not None
    block = window.workspace.hall.block
    found = [link for _, link in links_of(document.project, document.selection.paths) if link.block == block]
    return list({link.id: link for link in found}.values())


def _why_no_links(window: MainWindow, *, pinned: bool = False) -> str:
    links = _links(window)
    if not links:
        return "select links between racks of the hall view first"
    if not pinned:
        document, block = window.document, window.workspace.hall.block
        there = document is not None and bool(document.project.rows("pathways", block))
        return "" if there else "no pathway is drawn in this drawing"
    return "" if any(link.via for link in links) else "none of them is pinned"


def _pin(window: MainWindow) -> None:
    from desktop.canvas.tools.pin_route import PinRoute

    links = [link.id for link in _links(window)]
    _hall(window)
    window.workspace.hall.use(PinRoute(window.workspace.hall, links))


def _unpin(window: MainWindow) -> None:
    from core.editing.pathways import pin_route

    document, hall = window.document, window.workspace.hall
    assert document is not None
    edit = document.edit("Unpin route", hall.entered)
    pin_route(edit, hall.block_in(edit), [link.id for link in _links(window)], ())
    document.commit_edit(edit)

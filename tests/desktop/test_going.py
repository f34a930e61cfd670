"""From a thing selected in one drawing to the same thing elsewhere, and what a right click offers."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, QRectF
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from core.editing.cabling.connect import connect, first_compatible
from desktop.document import Document
from desktop.main_window import MainWindow
from desktop.menus import CONTEXT
from desktop.views.view import View

Paths = Callable[..., str]


def is_in_view(view: View, path: str) -> bool:
    seen = view.mapToScene(view.viewport().rect()).boundingRect()
    shapes, _ = view.shapes_of([path])
    whole = QRectF()
    for shape in shapes:
        whole = whole.united(shape.boundingRect())
    return bool(shapes) and seen.intersects(whole)


def test_from_drawing_to_drawing_with_one_selection(
    window: MainWindow, document: Document, at: Paths, qtbot: QtBot
) -> None:
    edit = document.edit("Join")
    s, t = at("r3", "s"), at("r3", "t")
    pair = first_compatible(edit, document.top, s, t)
    connect(edit, document.top, s, pair.a_ports, t, pair.b_ports)
    document.commit_edit(edit)
    document.selection.set([s])
    for name in ("racks", "network", "hall"):
        view = window.workspace.views[name]
        window.actions_.run(f"go.{name}")
        assert window.workspace.name == name
        assert is_in_view(view, s)
        assert document.selection.paths == (s,)
    window.actions_.run("go.table")
    table = window.tables.panel("devices")
    assert table.isVisible()
    qtbot.waitUntil(lambda: table.view.currentIndex().siblingAtColumn(0).data() == "s", timeout=10_000)


def test_a_block_that_does_not_hold_the_selection_is_left(
    window: MainWindow, document: Document, at: Paths
) -> None:
    document.selection.set([at("r1")])
    window.actions_.run("blocks.group")
    (unit,) = document.selection.paths
    window.workspace.open_path(unit)
    document.selection.set([at("r3")])
    window.actions_.run("go.hall")
    assert document.selection.entered == ""
    assert is_in_view(window.workspace.hall, at("r3"))


def test_what_is_in_no_fabric_is_said(window: MainWindow, document: Document, at: Paths) -> None:
    document.selection.set([at("r1", "a")])
    window.actions_.run("go.network")
    assert "linked in any fabric" in window.statusBar().currentMessage()
    document.selection.clear()
    assert "nothing is selected" in window.actions_.entry("go.hall").reason


def texts(menu: QMenu) -> dict[str, list[str]]:
    return {
        a.text().replace("&", ""): [b.text().replace("&", "") for b in a.menu().actions()] if a.menu() else []
        for a in menu.actions()
        if not a.isSeparator()
    }


def test_a_right_click_offers_what_can_be_done(window: MainWindow, document: Document, at: Paths) -> None:
    document.selection.set([at("r1")])
    found = texts(window.actions_.menu_of(CONTEXT, window))
    assert list(found)[:2] == ["Show", "Enter"]
    assert "In the Hall" in found["Show"]
    assert "Make Unique" in found["Block"]
    assert "Duplicate" in found
    document.selection.clear()
    assert "Show" not in texts(window.actions_.menu_of(CONTEXT, window))


def test_the_menu_opens_where_it_is_asked_for(window: MainWindow, document: Document, at: Paths) -> None:
    document.selection.set([at("r1")])
    window.workspace.hall.menu_requested.emit(window.mapToGlobal(QPoint(500, 400)))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    menu.close()

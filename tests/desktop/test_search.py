"""Ctrl+K: anything is found by name, and chosen by the keyboard alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop.document import Document
from desktop.main_window import MainWindow
from desktop.search.choices import Choice
from desktop.search.palette import Palette
from desktop.search.palette_row import spoken
from tests.desktop.gestures import double_click


@pytest.fixture
def search(window: MainWindow, document: Document, qtbot: QtBot) -> Palette:
    """The search, open, with the names of the small project read."""
    window.actions_.run("search.anything")
    qtbot.waitUntil(lambda: window.search.names.is_current)
    return window.search


def titles(search: Palette) -> list[str]:
    return [choice.title for choice in search.model.items]


def chosen(search: Palette) -> Choice:
    return search.model.items[search.list.currentIndex().row()]


def press(search: Palette, key: Qt.Key) -> None:
    QTest.keyClick(search.box, key)


def test_ctrl_k_opens_it_and_escape_closes_it(window: MainWindow, search: Palette) -> None:
    assert search.isVisible()
    assert window.actions_["search.anything"].shortcut().toString() == "Ctrl+K"
    assert window.actions_["tool.find"].shortcut().toString() == "Ctrl+F"
    press(search, Qt.Key.Key_Escape)
    assert not search.isVisible()


def test_a_device_is_found_and_shown(search: Palette, document: Document, at: Callable[..., str]) -> None:
    QTest.keyClicks(search.box, "r2 b")
    assert titles(search)[0] == "b"
    assert chosen(search).where.startswith("r2")
    press(search, Qt.Key.Key_Return)
    assert document.selection.paths == (at("r2", "b"),)
    assert not search.isVisible()


def test_a_port_is_found_by_its_device_and_number_and_picked_out(
    window: MainWindow, search: Palette, document: Document, at: Callable[..., str]
) -> None:
    QTest.keyClicks(search.box, "@t osfp17")
    assert titles(search)[0] == "t osfp17"
    press(search, Qt.Key.Key_Return)
    assert document.selection.port == (at("r3", "t"), "osfp17")
    assert window.workspace.name == "racks"


def test_an_action_is_done(window: MainWindow, search: Palette) -> None:
    QTest.keyClicks(search.box, ">network")
    assert {choice.chip for choice in search.model.items} == {"Action"}
    wanted = titles(search).index("Network")
    for _ in range(wanted):
        press(search, Qt.Key.Key_Down)
    press(search, Qt.Key.Key_Return)
    assert window.workspace.name == "network"


def test_what_cannot_be_done_says_why_and_is_not_done(window: MainWindow, search: Palette) -> None:
    QTest.keyClicks(search.box, ">undo")
    at = titles(search).index("Undo")
    choice = search.model.items[at]
    assert choice.reason == window.actions_.entry("edit.undo").reason != ""
    assert choice.reason in spoken(choice)
    for _ in range(at):
        press(search, Qt.Key.Key_Down)
    press(search, Qt.Key.Key_Return)
    assert search.isVisible()


def test_a_type_is_taken_to_be_placed(window: MainWindow, search: Palette) -> None:
    QTest.keyClicks(search.box, "+qm9700")
    assert all(not choice.key.startswith(("thing:", "action:")) for choice in search.model.items)
    assert chosen(search).key == "type:nvidia-qm9700"
    press(search, Qt.Key.Key_Return)
    assert window.workspace.name == "racks"
    assert window.workspace.view.tool.name == "place"


def test_a_block_of_the_project_can_be_placed_again(window: MainWindow, search: Palette) -> None:
    QTest.keyClicks(search.box, "+node rack")
    assert chosen(search).title == "Node rack"
    press(search, Qt.Key.Key_Return)
    assert window.workspace.name == "hall"


def test_what_was_chosen_lately_comes_first_in_an_empty_box(search: Palette) -> None:
    QTest.keyClicks(search.box, "r2 b")
    press(search, Qt.Key.Key_Return)
    search.ask()
    assert (chosen(search).title, chosen(search).where[:2]) == ("b", "r2")
    assert "Undo" in titles(search)


def test_the_list_is_walked_by_keys(search: Palette) -> None:
    last = len(search.model.items) - 1
    for key, row in (
        (Qt.Key.Key_Down, 1),
        (Qt.Key.Key_Up, 0),
        (Qt.Key.Key_Up, last),
        (Qt.Key.Key_Down, 0),
        (Qt.Key.Key_PageDown, 11),
        (Qt.Key.Key_PageUp, 0),
    ):
        press(search, key)
        assert search.list.currentIndex().row() == row
        assert search.box.accessibleDescription() == spoken(chosen(search))


def test_names_follow_the_edits(
    window: MainWindow, search: Palette, document: Document, at: Callable[..., str], qtbot: QtBot
) -> None:
    edit = document.edit("Rename")
    top = document.top
    edit.replace("instances", (top, at("r1")), name="spare-rack")
    document.commit_edit(edit)
    search.ask("spare")
    qtbot.waitUntil(lambda: "spare-rack" in titles(search))


def test_nothing_found_is_said(search: Palette) -> None:
    QTest.keyClicks(search.box, "@xyzzy")
    assert titles(search) == []
    assert search._count.text().startswith("Nothing is called that")
    press(search, Qt.Key.Key_Return)
    assert search.isVisible()


def test_it_works_before_a_project_is_open(window: MainWindow) -> None:
    window.actions_.run("search.anything")
    assert "New" in titles(window.search)
    QTest.keyClicks(window.search.box, "leaf-3 17")
    window.search.dismiss()


def test_sheets_are_found_and_shown(window: MainWindow, search: Palette, qtbot: QtBot) -> None:
    QTest.keyClicks(search.box, "#cover")
    qtbot.waitUntil(lambda: bool(search.sheets.sheets), timeout=60_000)
    assert titles(search)[0].startswith("G-001")
    press(search, Qt.Key.Key_Return)
    from desktop.dialogs.sheets import SheetsWindow

    shown = window.findChild(SheetsWindow)
    assert shown is not None
    qtbot.waitUntil(lambda: not shown.picture.pixmap().isNull(), timeout=60_000)
    assert shown.list.currentItem().text().startswith("G-001")
    shown.close()
    assert not search.sheets.is_busy


def test_from_a_thing_to_its_sheet_and_back(
    window: MainWindow, document: Document, at: Callable[..., str], qtbot: QtBot
) -> None:
    from desktop.dialogs.sheets import SheetsWindow

    document.selection.set([at("r3", "s")])
    window.actions_.run("view.sheet")
    shown = window.findChild(SheetsWindow)
    assert shown is not None
    qtbot.waitUntil(lambda: not shown.picture.pixmap().isNull() and not shown._sheets.is_busy, timeout=60_000)
    port_map = shown.list.currentItem().text()
    assert "Port maps" in port_map
    document.selection.set([at("r2", "a")])
    window.actions_.run("view.sheet")
    assert window.findChildren(SheetsWindow) == [shown]
    assert "Node rack, 2 placed" in shown.list.currentItem().text()
    shown._subject.click()
    assert document.selection.paths == (at("r1"), at("r2"))
    shown.close()


def test_a_double_click_on_empty_ground_searches_what_to_place(
    window: MainWindow, document: Document
) -> None:
    double_click(window.workspace.hall, (30_000, 30_000))
    assert window.search.isVisible()
    assert window.search.box.text() == "+"
    window.search.dismiss()

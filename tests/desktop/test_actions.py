"""Every action has a name, a tip, a place in a menu, keys of its own, and a reason when it is disabled."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from desktop.actions import MENUS
from desktop.dialogs.keys import KeysDialog, lines_of
from desktop.document import Document
from desktop.main_window import MainWindow


def states(window: MainWindow, document: Document, at: Callable[..., str]) -> list[Callable[[], object]]:
    """What brings a window into states in which different actions are disabled."""
    select = document.selection.set
    return [
        lambda: select([]),
        lambda: select([at("r1")]),
        lambda: select([at("r1"), at("r3")]),
        lambda: select([at("r1", "a")]),
        lambda: select([at("r1", "a"), at("r3", "s")]),
        lambda: document.selection.pick_port(at("r3", "s"), "osfp1"),
        lambda: window.workspace.show_view("racks"),
        lambda: window.workspace.show_view("network"),
        lambda: window.set_document(None),
    ]


def menus_under(menu: QMenu) -> list[QMenu]:
    """A menu and all that open from it."""
    below = [action.menu() for action in menu.actions() if action.menu() is not None]
    return [menu, *(deeper for one in below for deeper in menus_under(one))]


def test_every_action_has_text_tip_and_a_place_in_a_menu(window: MainWindow) -> None:
    for name in window.actions_:
        entry = window.actions_.entry(name)
        text = entry.action.text()
        assert text.strip(" …&"), name
        assert text.count("&") <= 1, f"{name}: one letter to reach it by"
        assert entry.tip, name
        title, _, section = entry.menu.partition("|")
        assert title in MENUS, f"{name} is in no menu"
        assert section, name
        assert entry.action in [
            action for menu in menus_under(window.menus[title]) for action in menu.actions()
        ]
        assert re.fullmatch(r"[a-z_]+\.[a-z_0-9]+", name)
        assert not re.search(r"[.!]$", entry.tip), f"{name}: a tip is no sentence"


def test_no_two_actions_have_the_same_keys(window: MainWindow) -> None:
    users: dict[str, list[str]] = defaultdict(list)
    for name in window.actions_:
        for keys in window.actions_[name].shortcuts():
            assert keys.toString(), f"{name}: keys that Qt does not know"
            users[keys.toString(QKeySequence.SequenceFormat.PortableText)].append(name)
    assert {keys: names for keys, names in users.items() if len(names) > 1} == {}


def test_no_two_lines_of_a_menu_have_the_same_letter_and_no_two_actions_the_same_text(
    window: MainWindow,
) -> None:
    texts: dict[str, list[str]] = defaultdict(list)
    for name in window.actions_:
        texts[window.actions_[name].text().replace("&", "")].append(name)
    assert {text: names for text, names in texts.items() if len(names) > 1} == {}
    clashes = []
    for top in (window.menus[title] for title in MENUS if title in window.menus):
        for menu in menus_under(top):
            menu.aboutToShow.emit()
            letters: dict[str, list[str]] = defaultdict(list)
            for action in menu.actions():
                if action.text():
                    letters[action.text().partition("&")[2][:1].lower()].append(action.text())
            clashes += [(menu.title(), c, t) for c, t in letters.items() if c and len(t) > 1]
    assert clashes == []


def test_what_is_disabled_says_why_in_its_tip_and_in_the_search(
    window: MainWindow, document: Document, at: Callable[..., str]
) -> None:
    seen_disabled: set[str] = set()
    for enter in states(window, document, at):
        enter()
        window.search.choices.prepare()
        choices = {choice.key: choice for choice in window.search.choices.every_action()}
        for name in window.actions_:
            entry = window.actions_.entry(name)
            assert entry.action.isEnabled() == (not entry.reason), name
            if entry.action.isEnabled():
                continue
            seen_disabled.add(name)
            assert f"Not now: {entry.reason}" in entry.action.toolTip(), name
            assert not re.match(r"[A-Z][a-z]+ ", entry.reason), f"{name}: {entry.reason}"
            assert not entry.reason.endswith("."), name
            if name != "search.anything":
                assert choices[f"action:{name}"].reason == entry.reason
    assert len(seen_disabled) > 20, "the states disable most of what works on a project"


def test_with_no_project_what_needs_one_is_disabled(window: MainWindow) -> None:
    window.actions_.refresh()
    for name in window.actions_:
        if name.partition(".")[0] in ("edit", "tool") and name != "tool.new_type":
            assert window.actions_.entry(name).reason == "no project is open", name


def test_the_list_of_keys_is_complete_and_can_be_searched(window: MainWindow) -> None:
    dialog = KeysDialog(window.actions_, window)
    listed = {keys for _, caps, _ in lines_of(window.actions_) for keys in caps}
    for name in window.actions_:
        for keys in window.actions_[name].shortcuts():
            assert keys.toString(QKeySequence.SequenceFormat.NativeText) in listed, name
    assert dialog.shown == dialog.lines
    dialog.box.setText("undo ctrl+z")
    assert next(words for _, _, words in dialog.shown) == "Undo"
    assert len(dialog.shown) < 4
    dialog.box.setText("xyzzy")
    assert dialog.shown == []
    dialog.box.clear()
    assert dialog.shown == dialog.lines
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.close()


def test_a_key_right_after_a_selection_finds_its_action_enabled(
    window: MainWindow, document: Document, at: Callable[..., str]
) -> None:
    document.selection.set([])
    window.actions_.settle()
    assert not window.actions_["edit.delete"].isEnabled()
    document.selection.set([at("r1", "a")])
    before = len(document.project.devices(document.block_at(at("r1"))))
    # No turn of the event loop in between: the key comes before what is put off.
    window.activateWindow()
    window.workspace.view.setFocus()
    QTest.keyClick(window.workspace.view, Qt.Key.Key_Delete)
    assert len(document.project.devices(document.block_at(at("r1")))) == before - 1


def test_actions_asked_for_are_up_to_date_though_the_refresh_is_put_off(
    window: MainWindow, document: Document, at: Callable[..., str]
) -> None:
    for paths, can in (([at("r1")], True), ([], False), ([at("r3", "s")], True)):
        document.selection.set(paths)
        assert window.actions_["edit.delete"].isEnabled() == can
        assert bool(window.actions_.entry("edit.delete").reason) != can


def test_a_drawing_that_is_not_seen_shows_the_selection_once_it_is(
    window: MainWindow, document: Document, at: Callable[..., str]
) -> None:
    window.workspace.show_view("racks")
    document.selection.set([at("r1")])
    window.workspace.show_view("hall")
    (shape,) = window.workspace.hall.outlines._shapes
    assert shape.boundingRect() == window.workspace.hall.shapes_of([at("r1")])[0][0].boundingRect()
    window.workspace.show_view("racks")
    document.selection.set([])
    window.workspace.show_view("hall")
    assert not window.workspace.hall.outlines._shapes

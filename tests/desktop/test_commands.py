"""What the menus do, run as a user would run them, seen in the project."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication

from core.editing.cabling.connect import connect, first_compatible
from core.model.records import Device
from desktop.document import Document
from desktop.dragging import Carried
from desktop.main_window import MainWindow
from tests.desktop.conftest import SERVER

Paths = Callable[..., str]


def linked(document: Document, a: str, b: str) -> None:
    """Join two devices by their first ports that fit."""
    edit = document.edit("Link")
    pair = first_compatible(edit, document.top, a, b)
    connect(edit, document.top, a, pair.a_ports, b, pair.b_ports)
    document.commit_edit(edit)


def names(document: Document, rack: str) -> list[str]:
    return sorted(d.name for d in document.project.devices(document.block_at(rack)).values())


def test_delete_announces_its_cascade_and_is_one_step(
    window: MainWindow, document: Document, at: Paths
) -> None:
    linked(document, at("r3", "s"), at("r3", "t"))
    document.selection.set([at("r3", "s")])
    window.actions_.run("edit.delete")
    assert "1 cable removed" in window.statusBar().currentMessage()
    assert not document.project.links(document.block_at(at("r3")))
    window.actions_.run("edit.undo")
    assert len(document.project.links(document.block_at(at("r3")))) == 1
    assert names(document, at("r3")) == ["s", "t"]


def test_undo_of_everything_gives_the_start_and_redo_the_end(
    window: MainWindow, document: Document, at: Paths
) -> None:
    from tests.desktop.conftest import small_project

    linked(document, at("r3", "s"), at("r3", "t"))
    for paths, action in (
        (("r1",), "edit.rotate"),
        (("r3", "s"), "edit.duplicate"),
        (("r2",), "edit.delete"),
    ):
        document.selection.set([at(*paths)])
        window.actions_.run(action)
    end = document.project.count()
    while window.actions_["edit.undo"].isEnabled():
        window.actions_.run("edit.undo")
    assert document.project.same_records(small_project())
    assert not document.is_dirty
    while window.actions_["edit.redo"].isEnabled():
        window.actions_.run("edit.redo")
    assert document.project.count() == end


def test_copy_and_paste_between_racks(window: MainWindow, document: Document, at: Paths) -> None:
    document.selection.set([at("r1", "a"), at("r1", "b")])
    window.actions_.run("edit.copy")
    document.selection.set([at("r3")])
    window.actions_.run("edit.paste")
    assert names(document, at("r3")) == ["a", "b", "s", "t"]
    assert len(document.selection.paths) == 2


def test_copy_from_several_racks_is_refused_in_words(
    window: MainWindow, document: Document, at: Paths
) -> None:
    document.selection.set([at("r1", "a"), at("r3", "s")])
    window.actions_.run("edit.copy")
    assert "several racks" in window.statusBar().currentMessage()


def test_cut_takes_away_and_paste_brings_back(window: MainWindow, document: Document, at: Paths) -> None:
    document.selection.set([at("r1", "a")])
    window.actions_.run("edit.cut")
    assert names(document, at("r1")) == ["b"]
    document.selection.set([at("r1")])
    window.actions_.run("edit.paste")
    assert names(document, at("r1")) == ["a", "b"]


def test_foreign_clipboard_is_not_offered(window: MainWindow, document: Document) -> None:
    QApplication.clipboard().setText("<b>not a design</b>")
    window.actions_.refresh()
    assert not window.actions_["edit.paste"].isEnabled()
    assert "clipboard" in window.actions_["edit.paste"].toolTip()


def test_duplicate_a_rack_stands_beside_it(window: MainWindow, document: Document, at: Paths) -> None:
    document.selection.set([at("r3")])
    window.actions_.run("edit.duplicate")
    (copy,) = document.selection.paths
    assert document.project.instances(document.top)[copy].x_mm == 1800
    assert document.block_at(copy) == document.block_at(at("r3"))


def test_make_unique(window: MainWindow, document: Document, at: Paths) -> None:
    document.selection.set([at("r2")])
    window.actions_.run("edit.unique")
    assert document.block_at(at("r2")) != document.block_at(at("r1"))
    assert not window.actions_["edit.unique"].isEnabled()
    assert "only copy" in window.actions_["edit.unique"].toolTip()


def test_select_all_takes_the_siblings(window: MainWindow, document: Document, at: Paths) -> None:
    document.selection.set([at("r1", "a")])
    window.actions_.run("edit.select_all")
    assert set(document.selection.paths) == {at("r1", "a"), at("r1", "b")}


def test_place_in_first_free_units_by_keyboard(window: MainWindow, document: Document, at: Paths) -> None:
    document.selection.set([at("r1")])
    assert window.catalogue.choose(Carried("type", SERVER))
    window.actions_.run("tool.place_first")
    record = document.project.resolve(document.top, document.selection.paths[0])
    assert isinstance(record, Device)
    assert record.half_u == 4


def test_every_action_says_what_it_is_and_why_it_is_off(window: MainWindow) -> None:
    assert window.document is None
    for name in window.actions_:
        action = window.actions_[name]
        assert action.text(), name
        assert action.toolTip(), name
        assert action.isEnabled() or "Not now: " in action.toolTip(), name


def test_every_action_is_in_a_menu_and_no_shortcut_is_used_twice(window: MainWindow) -> None:
    in_menus = {action.objectName() for menu in window.menus.values() for action in menu.actions()}
    assert set(window.actions_) <= in_menus
    keys = [
        k.toString(QKeySequence.SequenceFormat.PortableText)
        for n in window.actions_
        for k in window.actions_[n].shortcuts()
    ]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("paths", [("r1",), ("r1", "a")])
def test_selection_is_the_same_in_all_views(
    window: MainWindow, document: Document, at: Paths, paths: tuple[str, ...]
) -> None:
    document.selection.set([at(*paths)])
    for name, view in window.workspace.views.items():
        window.workspace.show_view(name)
        shapes, _ = view.shapes_of(document.selection.paths)
        # Nothing is linked, fed or cooled here, so the other views draw none of it.
        assert bool(shapes) == (name in ("hall", "racks")), name

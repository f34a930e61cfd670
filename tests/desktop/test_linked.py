"""Drawings linked from other files in the window: one more, a newer version, let go, and read-only."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from core.editing.blocks import place_instance
from core.editing.issuing import issue
from core.errors import CagenutError, EditError
from core.explore.part_swap import swap
from core.files.project_file import save
from core.files.writing import ABSENT
from core.model.change import Edit
from core.model.history import History
from core.model.project import Project
from desktop.app import install_hook
from desktop.dialogs.linked import LinkedDialog
from desktop.document import Document
from desktop.main_window import MainWindow
from tests.desktop.conftest import SWITCH, small_project


def issued(project: Project, number: str, date: str) -> None:
    edit = Edit(project, "Issue")
    issue(edit, number=number, date=date, purpose="for review", approver="Ada")
    History(project).commit(edit.change())


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A file with a rack of two servers, issued as A."""
    project = small_project()
    issued(project, "A", "2026-10-01")
    path = tmp_path / "racks.cage"
    save(project, path, ABSENT)
    return path


def newer(path: Path) -> None:
    """Rename a server in the source, and issue it as B."""
    from core.files.project_file import load

    project = load(path)[0]
    edit = Edit(project, "Rename")
    device = next(d for d in project.every("devices") if d.name == "a")
    edit.replace("devices", device.key, name="renamed")
    History(project).commit(edit.change())
    issued(project, "B", "2026-11-01")
    save(project, path, None)


def opened(window: MainWindow, qtbot: QtBot) -> LinkedDialog:
    window.actions_.run("blocks.linked")
    (found,) = window.findChildren(LinkedDialog)
    settled(found, qtbot)
    return found


def settled(dialog: LinkedDialog, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not dialog._background.is_busy, timeout=10_000)


def link_rack(dialog: LinkedDialog, path: Path, qtbot: QtBot) -> str:
    """Link the drawing with servers a and b, as revision A; return its id here."""
    dialog.read(path)
    settled(dialog, qtbot)
    dialog.new_version.setCurrentIndex(dialog.new_version.findData("A"))
    dialog.new_version.activated.emit(dialog.new_version.currentIndex())
    settled(dialog, qtbot)
    assert dialog._source is not None
    block = next(d.block for d in dialog._source.project.every("devices") if d.name == "a")
    items = [dialog.blocks.topLevelItem(at) for at in range(dialog.blocks.topLevelItemCount())]
    dialog.blocks.setCurrentItem(next(item for item in items if item.data(0, 256) == block))
    dialog.go.click()
    assert not dialog.problem
    (link,) = dialog._document.project.rows("linked").values()
    return str(link.root)


def test_a_drawing_is_linked_placed_and_read_only(
    window: MainWindow, document: Document, source: Path, qtbot: QtBot
) -> None:
    dialog = opened(window, qtbot)
    assert dialog.links.topLevelItemCount() == 0
    assert not dialog.go.isEnabled()
    root = link_rack(dialog, source, qtbot)
    assert [dialog.links.topLevelItem(0).text(at) for at in (2, 4)] == ["revision A", "up to date"]
    assert window.workspace.hall.tool is not None
    server = next(d for d in document.project.devices(root).values())
    edit = document.edit("Rename")
    edit.replace("devices", server.key, name="mine")
    window.attempt(lambda: document.commit_edit(edit))
    assert document.project.devices(root)[server.id].name == server.name
    assert "is linked from" in window.statusBar().currentMessage()
    document.undo()
    assert not document.project.rows("linked")
    assert root not in document.project.blocks
    dialog.close()


def test_a_newer_revision_is_seen_previewed_and_taken(
    window: MainWindow, document: Document, source: Path, qtbot: QtBot
) -> None:
    dialog = opened(window, qtbot)
    root = link_rack(dialog, source, qtbot)
    newer(source)
    dialog.check()
    settled(dialog, qtbot)
    assert dialog.links.topLevelItem(0).text(4) == "revision B is newer"
    dialog.version.setCurrentIndex(dialog.version.findData("B"))
    dialog.version.activated.emit(0)
    settled(dialog, qtbot)
    assert dialog._about.text() == "Would be: 1 device changed"
    dialog.update_it.click()
    settled(dialog, qtbot)
    assert "renamed" in {d.name for d in document.project.devices(root).values()}
    assert dialog.links.topLevelItem(0).text(4) == "up to date"
    document.undo()
    assert "a" in {d.name for d in document.project.devices(root).values()}
    dialog.close()


def test_unlinked_it_can_be_edited(
    window: MainWindow, document: Document, source: Path, qtbot: QtBot
) -> None:
    dialog = opened(window, qtbot)
    root = link_rack(dialog, source, qtbot)
    dialog.let_go.click()
    assert dialog.links.topLevelItemCount() == 0
    server = next(d for d in document.project.devices(root).values())
    edit = document.edit("Rename")
    edit.replace("devices", server.key, name="mine")
    document.commit_edit(edit)
    assert document.project.devices(root)[server.id].name == "mine"
    dialog.close()


def test_a_file_that_is_gone_is_told(
    window: MainWindow, document: Document, source: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    dialog = opened(window, qtbot)
    link_rack(dialog, source, qtbot)
    source.unlink()
    dialog.check()
    settled(dialog, qtbot)
    assert dialog.links.topLevelItem(0).text(4).startswith("not read:")
    dialog.update_it.click()
    settled(dialog, qtbot)
    assert "racks.cage" in dialog.problem
    dialog.read(tmp_path / "none.cage")
    settled(dialog, qtbot)
    assert "none.cage" in dialog.problem
    assert not dialog.go.isEnabled()
    dialog.close()


def test_the_tree_says_what_is_linked(
    window: MainWindow, document: Document, source: Path, qtbot: QtBot
) -> None:
    dialog = opened(window, qtbot)
    root = link_rack(dialog, source, qtbot)
    edit = document.edit("Place")
    placed = place_instance(edit, document.top, root, x_mm=9000, name="linked-1")
    document.commit_edit(edit)
    window.tree.rebuild()
    top = window.tree.model.item(0)
    window.tree.tree.expand(top.index())
    items = [top.child(at) for at in range(top.rowCount())]
    item = next(item for item in items if item.data(256) == placed.id)
    assert item.toolTip().startswith("Linked from ")
    dialog.close()


def test_gestures_on_it_are_refused_with_the_cure(
    window: MainWindow, document: Document, source: Path, qtbot: QtBot
) -> None:
    """A swap of what stands in it, and a device deleted: nothing is applied, and it is said why."""
    dialog = opened(window, qtbot)
    root = link_rack(dialog, source, qtbot)
    edit = document.edit("Place")
    placed = place_instance(edit, document.top, root, x_mm=9000, name="linked-1")
    document.commit_edit(edit)
    before = {d.key: d for d in document.project.every("devices")}
    device = next(iter(document.project.devices(root).values()))
    document.selection.set([f"{placed.id}/{device.id}"])
    window.actions_.run("edit.delete")
    assert "is linked from" in window.statusBar().currentMessage()
    assert {d.key: d for d in document.project.every("devices")} == before
    edit = document.edit("Swap")
    refit = swap(edit, window.library, device.type, SWITCH)
    linked = [one for one in refit.left if one.reason.startswith("it is linked from")]
    alike = [one for one in document.project.devices(root).values() if one.type == device.type]
    assert len(linked) == len(alike)
    edit = document.edit("Rename")
    edit.replace("devices", device.key, name="mine")
    with pytest.raises(CagenutError, match="is linked from"):
        document.commit_edit(edit)
    assert {d.key: d for d in document.project.every("devices")} == before
    dialog.close()


def test_an_error_nobody_caught_is_said_if_it_has_a_cure(window: MainWindow) -> None:
    hook = sys.excepthook
    try:
        install_hook(window)
        sys.excepthook(EditError, EditError("it is linked", cure="Unlink it"), None)
    finally:
        sys.excepthook = hook
    assert window.statusBar().currentMessage() == "Not done: it is linked. Unlink it"

"""The open design beside a file: figures, pieces and changes, and the way to what changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from core.editing.remove import remove
from core.files.project_file import load, save
from core.files.session import Session
from core.files.writing import ABSENT
from desktop.canvas.change_marks import ChangeMarks
from desktop.dialogs.comparing import ComparingDialog
from desktop.document import Document
from desktop.main_window import MainWindow
from tests.desktop.conftest import small_project

EXAMPLE = Path(__file__).resolve().parents[2] / "resources/examples/superpod-h100-su.cage"


def opened(window: MainWindow) -> ComparingDialog:
    """Return the comparison, opened by its command."""
    window.actions_.run("worth.compare")
    found = window.findChild(ComparingDialog)
    assert found is not None
    return found


def remove_device_a(document: Document) -> None:
    """Take server a out of the node rack, which stands twice."""
    edit = document.edit("Remove")
    (key,) = [
        (block, one.id)
        for block in document.project.blocks
        for one in document.project.devices(block).values()
        if one.name == "a"
    ]
    edit.remove("devices", key)
    document.commit_edit(edit)


def test_a_removed_server_is_in_pieces_and_changes(
    window: MainWindow, document: Document, tmp_path: Path, qtbot: QtBot
) -> None:
    save(small_project(), tmp_path / "before.cage", ABSENT)
    remove_device_a(document)
    dialog = opened(window)
    dialog.add_file(tmp_path / "before.cage")
    qtbot.waitUntil(lambda: dialog.found is not None, timeout=10_000)
    piece = dialog.pieces.topLevelItem(0)
    assert [piece.text(at) for at in (1, 2)] == ["4", "2"]
    top = dialog.changes.topLevelItem(0)
    assert top.text(0) == "This design against before"
    assert [top.child(k).text(0) for k in range(top.childCount())] == ["Removed"]
    dialog.close()


def test_a_moved_rack_is_shown_in_the_drawing(
    window: MainWindow, document: Document, at: Callable[..., str], tmp_path: Path, qtbot: QtBot
) -> None:
    from msgspec.structs import replace

    save(small_project(), tmp_path / "before.cage", ABSENT)
    rack = at("r3")
    edit = document.edit("Move")
    edit.put("instances", replace(edit.get("instances", (document.top, rack)), x_mm=3000))
    document.commit_edit(edit)
    dialog = opened(window)
    dialog.add_file(tmp_path / "before.cage")
    qtbot.waitUntil(lambda: dialog.found is not None, timeout=10_000)
    with qtbot.waitSignal(dialog.shown) as shown:
        dialog.changes.itemActivated.emit(dialog.changes.topLevelItem(0).child(0), 0)
    assert shown.args[0].paths == (rack,)
    assert document.selection.paths == (rack,)
    dialog.close()


def test_a_file_that_is_no_design_is_refused_in_words(
    window: MainWindow, document: Document, tmp_path: Path, qtbot: QtBot
) -> None:
    (tmp_path / "bad.cage").write_text("no design")
    dialog = opened(window)
    dialog.add_file(tmp_path / "bad.cage")
    qtbot.waitUntil(lambda: "bad.cage" in dialog.problem, timeout=10_000)
    assert dialog.found is None
    assert not dialog.others
    dialog.close()


def compared(window: MainWindow, before: Path, qtbot: QtBot) -> ComparingDialog:
    """Return the comparison with a file, evaluated."""
    dialog = opened(window)
    dialog.add_file(before)
    qtbot.waitUntil(lambda: dialog.found is not None, timeout=10_000)
    return dialog


def states(marks: ChangeMarks) -> list[tuple[str, str]]:
    return [(mark.state, mark.words) for mark in marks.marks]


def test_marks_while_it_is_open_and_none_after(
    window: MainWindow, document: Document, at: Callable[..., str], tmp_path: Path, qtbot: QtBot
) -> None:
    save(small_project(), tmp_path / "before.cage", ABSENT)
    remove_device_a(document)
    edit = document.edit("Move")
    edit.replace("instances", (document.top, at("r3")), x_mm=3000)
    document.commit_edit(edit)
    dialog = compared(window, tmp_path / "before.cage", qtbot)
    space = window.workspace
    assert sorted(states(space.changes.of_hall)) == [
        ("changed", "1"),
        ("changed", "1"),
        ("moved", ""),
        ("was", ""),
    ]
    assert space.change_bar.isVisible()
    assert space.change_bar.legend.words == [
        "added 0",
        "removed 0",
        "moved 1",
        "changed 2",
        "cables 0",
    ]
    space.show_view("racks")
    # Its ghost on front and rear of the one rack of its drawing.
    assert states(space.changes.of_racks) == [("removed", "a"), ("removed", "a")]
    assert space.change_bar.legend.words[1] == "removed 1"
    dialog.marks.setChecked(False)
    assert not space.changes.of_hall.marks
    space.change_bar.marks.setChecked(True)
    assert dialog.marks.isChecked()
    assert space.changes.of_racks.marks
    dialog.close()
    assert not space.changes.of_hall.marks
    assert not space.changes.of_racks.marks
    assert not space.change_bar.isVisible()


def test_keys_go_from_change_to_change_also_to_what_is_gone(
    window: MainWindow, document: Document, at: Callable[..., str], tmp_path: Path, qtbot: QtBot
) -> None:
    save(small_project(), tmp_path / "before.cage", ABSENT)
    assert "compare the design" in window.actions_.entry("worth.next_change").reason
    remove_device_a(document)
    edit = document.edit("Remove a rack")
    remove(edit, document.top, [at("r3")])
    gone = f"{at('r3')}"
    document.commit_edit(edit)
    dialog = compared(window, tmp_path / "before.cage", qtbot)
    space = window.workspace
    window.actions_.run("worth.next_change")
    assert [one.name for one in space.changes.rows[0].changes] == ["r3"]
    assert space.name == "hall"
    (ghost,) = [mark for mark in space.changes.of_hall.marks if mark.path == gone]
    seen = space.hall.mapToScene(space.hall.viewport().rect()).boundingRect()
    assert seen.contains(ghost.at)
    window.actions_.run("worth.next_change")
    assert space.name == "racks"
    assert document.selection.paths == (at("r1"),)
    assert space.change_bar.words.text().startswith("2 of ")
    assert "Removed device a" in space.change_bar.words.text()
    window.actions_.run("worth.previous_change")
    assert space.name == "hall"
    qtbot.keyClick(dialog, Qt.Key.Key_F4)
    assert space.name == "racks"
    assert dialog.changes.currentItem().text(1).startswith("device a")
    dialog.close()


def test_cables_and_switches_are_marked_in_the_network(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    before = load(EXAMPLE)[0]
    project = load(EXAMPLE)[0]
    document = Document(Session.new(project), title="Later")
    window.set_document(document)
    edit = document.edit("Alter")
    leaf = next(d for d in project.every("devices") if d.name == "leaf-1-03")
    top = next(link for link in project.every("links") if link.fabric == "compute" and leaf.id in link.a.path)
    edit.remove("links", top.key)
    document.commit_edit(edit)
    save(before, tmp_path / "before.cage", ABSENT)
    dialog = compared(window, tmp_path / "before.cage", qtbot)
    space = window.workspace
    space.show_view("network")
    space.network.show_fabric("compute")
    # The first change is the cable: its ends are selected in the fabric it was of.
    space.show_view("hall")
    window.actions_.run("worth.next_change")
    assert (space.name, space.network.fabric, len(document.selection.paths)) == ("network", "compute", 2)
    lines = [mark for mark in space.changes.of_network.marks if mark.line is not None]
    assert [(mark.state, mark.words) for mark in lines] == [("removed", str(top.count))]
    assert {mark.state for mark in space.changes.of_network.marks if mark.line is None} == {"cabled"}
    dialog.close()


def test_evaluating_the_other_design_shows_how_far_it_is_and_can_be_given_up(
    window: MainWindow, document: Document, tmp_path: Path, qtbot: QtBot
) -> None:
    save(load(EXAMPLE)[0], tmp_path / "other.cage", ABSENT)
    dialog = opened(window)
    dialog.add_file(tmp_path / "other.cage")
    assert dialog.progress.isVisible()
    dialog.cancel.click()
    assert not dialog.is_working
    assert not dialog.progress.isVisible()
    dialog.add_file(tmp_path / "other.cage")
    qtbot.waitUntil(lambda: bool(dialog.others), timeout=20_000)
    assert len(dialog.others) == 1
    dialog.close()

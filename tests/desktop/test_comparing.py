"""The open design beside a file: figures, pieces and changes, and the way to what changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pytestqt.qtbot import QtBot

from core.files.project_file import save
from core.files.writing import ABSENT
from desktop.dialogs.comparing import ComparingDialog
from desktop.document import Document
from desktop.main_window import MainWindow
from tests.desktop.conftest import small_project


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
    assert shown.args == [(rack,)]
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

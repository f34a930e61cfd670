"""Another person's changes taken in: conflicts asked for, one step, nothing half done."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from core.editing.blocks import place_instance
from core.editing.issuing import issue
from core.editing.remove import remove_block
from core.files.project_file import decode, encode_tables, save, tables_of
from core.files.writing import ABSENT
from core.model.change import Edit
from core.model.history import History
from core.model.project import Project
from desktop.dialogs.merging import MergeDialog
from desktop.document import Document
from desktop.main_window import MainWindow


def opened(window: MainWindow) -> MergeDialog:
    window.actions_.run("worth.merge")
    (found,) = (one for one in window.findChildren(MergeDialog) if one.isVisible())
    return found


def issued(document: Document) -> None:
    edit = document.edit("Issue")
    issue(edit, number="A", date="2026-10-01", purpose="for review", approver="Ada", author="Bo")
    document.commit_edit(edit)


def copy_of(project: Project) -> Project:
    """Return the design as another person has it: the same file, read again."""
    return decode(encode_tables(project.id, tables_of(project)), "copy")


def renamed(project: Project, path: str, name: str) -> None:
    edit = Edit(project, "Rename")
    edit.replace("instances", (project.top, path), name=name)
    History(project).commit(edit.change())


@pytest.fixture
def theirs(document: Document, at: Callable[..., str], tmp_path: Path) -> Path:
    """The other's file: from revision A, with one rack renamed and one moved."""
    issued(document)
    other = copy_of(document.project)
    renamed(other, at("r1"), "theirs-1")
    edit = Edit(other, "Move")
    edit.replace("instances", (other.top, at("r2")), y_mm=4321)
    History(other).commit(edit.change())
    path = tmp_path / "theirs.cage"
    save(other, path, ABSENT)
    return path


def read(dialog: MergeDialog, path: Path, qtbot: QtBot) -> None:
    dialog.read(path)
    qtbot.waitUntil(lambda: bool(dialog.found or dialog.problem or dialog._theirs), timeout=10_000)


def test_what_does_not_conflict_comes_in_as_one_step(
    window: MainWindow, document: Document, at: Callable[..., str], theirs: Path, qtbot: QtBot
) -> None:
    before = copy_of(document.project)
    dialog = opened(window)
    assert not dialog.go.isEnabled()
    read(dialog, theirs, qtbot)
    assert dialog.base.currentText() == "Revision A, 2026-10-01"
    assert dialog.conflicts.topLevelItemCount() == 0
    assert dialog.coming.topLevelItemCount() == 2
    assert dialog._about.text().startswith("2 records come from theirs")
    labels = len(document.history.undo_labels)
    dialog.go.click()
    rows = document.project.instances(document.top)
    assert (rows[at("theirs-1")].name, rows[at("r2")].y_mm) == ("theirs-1", 4321)
    assert (
        document.history.undo_labels[0] == "Merge theirs"
        or document.history.undo_labels[-1] == "Merge theirs"
    )
    assert len(document.history.undo_labels) == labels + 1
    document.undo()
    assert document.project.same_records(before)


def test_a_conflict_is_asked_for(
    window: MainWindow, document: Document, at: Callable[..., str], theirs: Path, qtbot: QtBot
) -> None:
    rack = at("r1")
    edit = document.edit("Rename")
    edit.replace("instances", (document.top, rack), name="mine-1")
    document.commit_edit(edit)
    dialog = opened(window)
    read(dialog, theirs, qtbot)
    item = dialog.conflicts.topLevelItem(0)
    assert [item.text(k) for k in range(6)] == [
        "placed drawing", "mine-1", "name", '"mine-1"', '"theirs-1"', "choose",
    ]  # fmt: skip
    assert not dialog.go.isEnabled()
    assert dialog._about.text() == "1 to decide: choose a side for each."
    dialog.conflicts.itemActivated.emit(item, 0)
    assert dialog.conflicts.topLevelItem(0).text(5) == "Theirs"
    dialog.conflicts.itemActivated.emit(dialog.conflicts.topLevelItem(0), 0)
    assert dialog.conflicts.topLevelItem(0).text(5) == "Mine"
    dialog.take_all("theirs")
    assert dialog.go.isEnabled()
    dialog.go.click()
    assert document.project.instances(document.top)[rack].name == "theirs-1"


def test_without_an_issue_in_both_the_base_is_a_file(
    window: MainWindow, document: Document, at: Callable[..., str], tmp_path: Path, qtbot: QtBot
) -> None:
    save(copy_of(document.project), tmp_path / "base.cage", ABSENT)
    other = copy_of(document.project)
    renamed(other, at("r1"), "theirs-1")
    save(other, tmp_path / "theirs.cage", ABSENT)
    dialog = opened(window)
    read(dialog, tmp_path / "theirs.cage", qtbot)
    assert dialog._about.text().startswith("No issue is in both designs")
    dialog.read_base(tmp_path / "base.cage")
    assert dialog.go.isEnabled()
    assert dialog.base.currentText() == "base.cage"
    dialog.reject()
    assert document.project.instances(document.top)[at("r1")].name == "r1"


def test_a_reference_that_leads_nowhere_keeps_it_from_being_merged(
    window: MainWindow, document: Document, at: Callable[..., str], tmp_path: Path, qtbot: QtBot
) -> None:
    """Theirs removes a rack drawing that is placed anew here."""
    save(copy_of(document.project), tmp_path / "base.cage", ABSENT)
    other = copy_of(document.project)
    block = document.block_at(at("r3"))
    edit = Edit(other, "Remove")
    remove_block(edit, block)
    History(other).commit(edit.change())
    save(other, tmp_path / "theirs.cage", ABSENT)
    edit = document.edit("Place")
    place_instance(edit, document.top, block, x_mm=9000, y_mm=9000)
    document.commit_edit(edit)
    dialog = opened(window)
    read(dialog, tmp_path / "theirs.cage", qtbot)
    dialog.read_base(tmp_path / "base.cage")
    assert dialog.broken.topLevelItemCount() > 0
    assert not dialog.go.isEnabled()
    assert dialog._about.text().startswith("What one removed the other uses")
    dialog.reject()


def test_a_file_that_is_none_is_told(
    window: MainWindow, document: Document, tmp_path: Path, qtbot: QtBot
) -> None:
    (tmp_path / "bad.cage").write_text("{")
    dialog = opened(window)
    read(dialog, tmp_path / "bad.cage", qtbot)
    assert "bad.cage" in dialog.problem
    read(dialog, tmp_path / "none.cage", qtbot)
    assert "none.cage" in dialog.problem
    dialog.reject()

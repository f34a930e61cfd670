"""New, open, save, recover, export, types of one's own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from core.files import recovery, state
from core.files.project_file import load
from core.model.records import Device
from desktop import filing
from desktop.dialogs import dialogs
from desktop.dialogs.export import ExportDialog
from desktop.dialogs.type_editor import TypeEditor
from desktop.document import Document
from desktop.main_window import MainWindow
from desktop.templates import examples

Paths = Callable[..., str]


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Answers to the questions that are asked, in order; what was asked is not looked at."""
    found: list[int] = []
    for module in (filing, dialogs):
        monkeypatch.setattr(module, "ask", lambda *a, **k: found.pop(0))
    return found


def rename(document: Document, path: str, name: str) -> None:
    edit = document.edit("Rename")
    record = edit.resolve(document.top, path)
    assert isinstance(record, Device)
    edit.replace("devices", record.key, name=name)
    document.commit_edit(edit)


def test_start_page_offers_examples_that_open(window: MainWindow, qtbot: QtBot) -> None:
    offered = examples()
    assert len(offered) >= 3
    assert all(example.note for example in offered)
    window.start.example_chosen.emit(offered[0])
    assert window.document is not None
    assert window.document.path is None
    assert window.document.name == offered[0].title
    qtbot.waitUntil(lambda: window.evaluation.is_current, timeout=15_000)


def test_new_project_is_an_empty_hall(window: MainWindow) -> None:
    window.actions_.run("file.new")
    assert window.document is not None
    assert [b.name for b in window.document.project.blocks.values()] == ["Hall 1"]
    assert window.workspace.hall.say_empty()


def test_save_open_and_save_again(
    window: MainWindow, document: Document, at: Paths, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "small.cage"
    with qtbot.waitSignal(document.saved, timeout=10_000):
        document.save(path)
    rename(document, at("r1", "a"), "renamed")
    assert document.is_dirty
    assert window.windowTitle().startswith("●")
    with qtbot.waitSignal(document.saved, timeout=10_000):
        window.actions_.run("file.save")
    assert not document.is_dirty
    project, _ = load(path)
    assert project.same_records(document.project)
    assert window.filing.open(path)
    assert window.document is not None
    assert window.document.path == path
    assert str(path) in state.load_settings().recent[0]


def test_edits_while_saving_stay_unsaved(document: Document, at: Paths, qtbot: QtBot, tmp_path: Path) -> None:
    with qtbot.waitSignal(document.saved, timeout=10_000):
        document.save(tmp_path / "small.cage")
        rename(document, at("r1", "a"), "late")
    assert document.is_dirty
    project, _ = load(tmp_path / "small.cage")
    assert "late" not in {d.name for d in project.every("devices")}


def test_a_file_somebody_else_wrote_is_not_replaced_unasked(
    window: MainWindow, document: Document, at: Paths, qtbot: QtBot, tmp_path: Path, answers: list[int]
) -> None:
    path = tmp_path / "small.cage"
    with qtbot.waitSignal(document.saved, timeout=10_000):
        document.save(path)
    other = path.read_bytes() + b"\n"
    path.write_bytes(other)
    rename(document, at("r1", "a"), "mine")
    answers.append(2)
    with qtbot.waitSignal(document.save_failed, timeout=10_000):
        window.actions_.run("file.save")
    assert path.read_bytes() == other
    assert document.is_dirty


def test_closing_with_unsaved_edits_asks(
    window: MainWindow,
    document: Document,
    at: Paths,
    tmp_path: Path,
    answers: list[int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rename(document, at("r1", "a"), "unsaved")
    answers.append(2)
    window.close()
    assert window.isVisible()
    monkeypatch.setattr(window.filing, "_ask_path", lambda document: tmp_path / "asked.cage")
    answers.append(0)
    window.close()
    assert not window.isVisible()
    project, _ = load(tmp_path / "asked.cage")
    assert "unsaved" in {d.name for d in project.every("devices")}


def test_a_broken_file_opens_nothing_and_says_why(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(filing, "show_error", lambda parent, title, text, detail="": said.append(detail))
    path = tmp_path / "broken.cage"
    path.write_text('{"format":1,')
    assert not window.filing.open(path)
    assert window.document is None
    assert said


def test_work_of_a_killed_program_is_offered_and_recovered(
    window: MainWindow, at: Paths, document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename(document, at("r1", "a"), "survivor")
    document.session.sync()
    # A kill leaves the journal where it is: nothing is closed, and its lock is gone.
    journal = document.session._journal
    assert journal is not None
    journal.close()
    document.session._journal = None
    window.filing.go_to_start = lambda: None  # type: ignore[method-assign]
    (offer,) = recovery.find_recoverable()
    document.history.mark_saved()
    assert window.filing.recover(offer)
    assert window.document is not None
    assert window.document is not document
    assert "survivor" in {d.name for d in window.document.project.every("devices")}
    assert window.document.is_dirty


def test_not_protected_is_said_plainly(
    window: MainWindow, document: Document, at: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(payload: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(document.session, "append", fail)
    rename(document, at("r1", "a"), "x")
    assert window.workspace.banner.isVisibleTo(window)
    assert "not protected" in window.workspace.banner.accessibleName()
    monkeypatch.undo()
    rename(document, at("r1", "x"), "y")
    assert not window.workspace.banner.isVisibleTo(window)


def test_export_writes_a_pdf_with_progress(
    window: MainWindow, document: Document, qtbot: QtBot, tmp_path: Path
) -> None:
    dialog = ExportDialog(document, window)
    qtbot.addWidget(dialog)
    dialog.file.setText(str(tmp_path / "set.pdf"))
    dialog.show()
    with qtbot.waitSignal(dialog.exported, timeout=60_000):
        dialog.start()
    assert (tmp_path / "set.pdf").read_bytes().startswith(b"%PDF")


def test_a_cancelled_export_writes_nothing(
    window: MainWindow, document: Document, qtbot: QtBot, tmp_path: Path
) -> None:
    dialog = ExportDialog(document, window)
    qtbot.addWidget(dialog)
    dialog.file.setText(str(tmp_path / "set.pdf"))
    dialog.show()
    dialog.start()
    qtbot.wait(150)
    dialog.reject()
    qtbot.wait(150)
    assert list(tmp_path.iterdir()) == []
    assert dialog.go.isEnabled()


def test_a_type_of_ones_own_is_saved_used_and_embedded(
    window: MainWindow, document: Document, at: Paths, qtbot: QtBot
) -> None:
    editor = TypeEditor(window.library, "", window)
    qtbot.addWidget(editor)
    editor.saved.connect(window.dialogs.type_saved)
    editor.source.setText("Quotation 4")
    editor.form.typed("id", "acme-1")
    editor.form.typed("name", "Acme One")
    editor.form.typed("power_max_w", 900.0)
    editor.accept()
    assert "acme-1" in window.library
    assert window.library.is_user("acme-1")
    assert (state.types_folder() / "acme-1.toml").exists()
    from core.editing.place import place_device

    edit = document.edit("Place")
    place_device(edit, window.library, document.block_at(at("r3")), "acme-1")
    document.commit_edit(edit)
    assert document.project.find_type("acme-1") is not None


def test_a_wrong_type_text_cannot_be_saved(window: MainWindow, qtbot: QtBot) -> None:
    editor = TypeEditor(window.library, "", window)
    qtbot.addWidget(editor)
    editor.text.setPlainText('type = "device"\nid = "x"\nname = "X"\nkind = "server"\nheigth_u = 2\n')
    editor.accept()
    assert not editor.save_button.isEnabled()
    assert "x" not in window.library


def test_updating_a_type_in_the_project_is_one_step(
    window: MainWindow, document: Document, qtbot: QtBot, answers: list[int]
) -> None:
    from tests.desktop.conftest import SERVER

    editor = TypeEditor(window.library, SERVER, window)
    qtbot.addWidget(editor)
    editor.saved.connect(window.dialogs.type_saved)
    editor.source.setText("Weighed")
    editor.form.typed("mass_kg", 33.0)
    answers.append(0)
    editor.accept()
    spec = document.project.find_type(SERVER)
    assert getattr(spec, "mass_kg", None) == 33.0
    document.undo()
    assert getattr(document.project.find_type(SERVER), "mass_kg", None) != 33.0


def test_settings_keep_theme_and_geometry(window: MainWindow) -> None:
    window.close()
    kept = state.load_settings()
    assert kept.values["theme"] == "light"
    assert kept.values["geometry"]

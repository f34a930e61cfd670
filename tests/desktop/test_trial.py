"""What a trial user stumbled over, one test for each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from core.editing.issuing import issue
from core.model.change import Edit
from core.model.records import Instance
from desktop.canvas.items import note_box
from desktop.dialogs import export
from desktop.dialogs.export import ExportDialog
from desktop.document import Document
from desktop.dragging import Carried
from desktop.main_window import MainWindow
from desktop.panels.catalogue_list import BADGE_HEIGHT, EntryList, _badge, hot_spot
from desktop.templates import templates
from tests.desktop.conftest import RACK, SERVER
from tests.desktop.gestures import drag_in, drop, send

Paths = Callable[..., str]


def instance(document: Document, path: str) -> Instance:
    found = document.project.resolve(document.top, path)
    assert isinstance(found, Instance)
    return found


def test_export_asks_before_it_replaces_a_file(
    window: MainWindow, document: Document, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def ask(parent: object, title: str, text: str, *rest: object, **options: object) -> int:
        asked.append(text)
        return 1

    monkeypatch.setattr(export, "ask", ask)
    (tmp_path / "set.pdf").write_text("mine")
    dialog = ExportDialog(document, window)
    qtbot.addWidget(dialog)
    dialog.file.setText(str(tmp_path / "set.pdf"))
    dialog.start()
    assert dialog.go.isEnabled()
    assert asked == ["set.pdf is there already"]
    assert (tmp_path / "set.pdf").read_text() == "mine"


def test_export_is_called_after_project_and_revision(
    window: MainWindow, document: Document, qtbot: QtBot
) -> None:
    def name() -> str:
        dialog = ExportDialog(document, window)
        qtbot.addWidget(dialog)
        return Path(dialog.file.text()).name

    assert name() == "Small-draft.pdf"
    edit = Edit(document.project, "Issue")
    issue(edit, number="P01", date="2026-01-01", author="A", checker="B", approver="C", purpose="for review",
          description="First")  # fmt: skip
    document.commit_edit(edit)
    assert name() == "Small-rev-P01.pdf"


def test_the_label_of_a_drag_never_covers_what_is_said_about_the_landing(
    window: MainWindow, document: Document, qtbot: QtBot
) -> None:
    assert isinstance(window.catalogue.list, EntryList)
    entry = window.catalogue.model.entries[0]
    badge = _badge(entry)
    size, hot = badge.deviceIndependentSize(), hot_spot(badge)
    assert size.height() == BADGE_HEIGHT
    canvas = QWidget()
    qtbot.addWidget(canvas)
    canvas.resize(900, 600)
    for x in range(0, 901, 60):
        for y in range(0, 601, 20):
            at = QPointF(x, y)
            seen = QRectF(at - QPointF(hot), size)
            for lines in (1, 3):
                note = note_box(at, 420, lines * 18 + 10, canvas)
                assert not note.intersects(seen), (x, y)


def test_only_this_one_and_an_edit_of_nothing_leave_the_drawing_shared(document: Document, at: Paths) -> None:
    document.set_only_this(True)
    record = document.project.resolve(document.top, at("r1", "a"))
    assert record is not None
    edit = document.edit("Nothing", at("r1"))
    edit.replace("devices", edit.resolve(document.top, at("r1", "a")).key, half_u=0)  # type: ignore[union-attr]
    assert not document.commit_edit(edit)
    assert document.block_at(at("r1")) == document.block_at(at("r2"))
    assert document.history.undo_labels == []


def test_the_frame_under_the_pointer_goes_with_a_change(
    window: MainWindow, document: Document, at: Paths
) -> None:
    from PySide6.QtCore import QEvent

    hall = window.workspace.hall
    send(hall, QEvent.Type.MouseMove, (1500, 500), held=False)
    assert hall.outlines._hover is not None
    document.selection.set([at("r3")])
    window.actions_.run("edit.rotate")
    assert hall.outlines._hover is None


def test_turning_stays_on_the_grid_and_four_turns_move_nothing(
    window: MainWindow, document: Document, at: Paths
) -> None:
    path = at("r2")
    document.selection.set([path])
    begun = instance(document, path)
    for action in ["edit.rotate"] * 4 + ["edit.rotate_right"] * 4:
        window.actions_.run(action)
        now = instance(document, path)
        assert (now.x_mm % 600, now.y_mm % 600) == (0, 0)
    now = instance(document, path)
    assert (now.x_mm, now.y_mm, now.rotation) == (begun.x_mm, begun.y_mm, 0)


@pytest.mark.parametrize("what", ["rack", "template", "block"])
def test_a_rack_dragged_over_the_racks_is_refused_in_words(
    window: MainWindow, document: Document, at: Paths, what: str
) -> None:
    window.workspace.show_view("racks")
    racks = window.workspace.racks
    carried = {
        "rack": Carried("type", RACK),
        "template": Carried("template", next(iter(templates())).name),
        "block": Carried("block", document.block_at(at("r1"))),
    }[what]
    drag_in(racks, carried, (100, -100))
    assert "placed in the hall: Alt+1" in racks.overlay.note
    before = document.project.stamp
    drop(racks, carried, (100, -100))
    assert "placed in the hall: Alt+1" in window.statusBar().currentMessage()
    assert (document.project.stamp, racks.tool.name, racks.overlay.is_empty) == (before, "select", True)


def test_a_server_dragged_over_the_hall_is_refused_in_words(window: MainWindow, document: Document) -> None:
    drag_in(window.workspace.hall, Carried("type", SERVER), (3000, 3000))
    assert "Alt+2" in window.workspace.hall.overlay.note

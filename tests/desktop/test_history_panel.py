"""The undo list: named steps, a click goes there; what undo alters out of view is named, not jumped to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QRectF
from pytestqt.qtbot import QtBot

from desktop.document import Document
from desktop.main_window import MainWindow
from desktop.panels.history import HistoryPanel


def rename(document: Document, instance: str, name: str) -> None:
    edit = document.edit(f"Rename to {name}")
    edit.replace("instances", (document.top, instance), name=name)
    document.commit_edit(edit)


@pytest.fixture
def panel(document: Document, at: Callable[..., str], qtbot: QtBot) -> HistoryPanel:
    """The list after three steps."""
    made = HistoryPanel()
    qtbot.addWidget(made)
    made.set_document(document)
    r1 = at("r1")
    for name in ("one", "two", "three"):
        rename(document, r1, name)
    made._refresh()
    return made


def labels(panel: HistoryPanel) -> list[str]:
    return [line.step.label for line in panel.model.items]


def here(panel: HistoryPanel) -> list[str]:
    return [line.step.label for line in panel.model.items if line.is_here]


def test_steps_stand_in_order_and_the_last_is_where_the_design_is(panel: HistoryPanel) -> None:
    assert labels(panel) == ["As it was opened", "Rename to one", "Rename to two", "Rename to three"]
    assert here(panel) == ["Rename to three"]
    assert all(line.time for line in panel.model.items[1:])
    assert panel.model.items[0].time == ""


def test_a_click_goes_there_and_back(panel: HistoryPanel, document: Document, at: Callable[..., str]) -> None:
    record = at("three")
    name = lambda: document.project.instances(document.top)[record].name  # noqa: E731
    panel.list.clicked.emit(panel.model.index(1))
    assert (name(), here(panel)) == ("one", ["Rename to one"])
    assert [line.step.is_done for line in panel.model.items] == [True, True, False, False]
    assert "undone" in panel.model.items[3].spoken
    panel.go_to(0)
    assert (name(), here(panel)) == ("r1", ["As it was opened"])
    panel.go_to(3)
    assert (name(), here(panel)) == ("three", ["Rename to three"])
    assert len(document.history.undo_labels) == 3


def test_the_saved_step_is_marked(
    panel: HistoryPanel, document: Document, at: Callable[..., str], tmp_path: Path
) -> None:
    assert not any(line.is_saved for line in panel.model.items), "it was never in a file"
    document.save(tmp_path / "a.cage", wait=True)
    rename(document, at("three"), "four")
    panel._refresh()
    assert [line.step.label for line in panel.model.items if line.is_saved] == ["Rename to three"]


def test_undo_of_something_out_of_view_is_named_and_can_be_shown(
    window: MainWindow, document: Document, at: Callable[..., str]
) -> None:
    window.workspace.show_view("racks")
    window.workspace.show_view("hall")
    rename(document, at("r1"), "moved")
    hall = window.workspace.hall
    middle = hall.shapes_of([at("r3")])[0][0].boundingRect().center()
    hall.show_box(QRectF(middle.x() - 50, middle.y() - 50, 100, 100))
    seen = hall.mapToScene(hall.viewport().rect()).boundingRect()
    document.undo()
    assert hall.mapToScene(hall.viewport().rect()).boundingRect() == seen, "no jump"
    assert "r1" in window.statusBar().currentMessage()
    assert window.undo_notice.button.isVisible()
    window.actions_.run("edit.show_altered")
    assert document.selection.paths == (at("r1"),)
    assert not window.undo_notice.button.isVisible()


def test_undo_of_something_in_view_only_says_what(
    window: MainWindow, document: Document, at: Callable[..., str]
) -> None:
    window.workspace.hall.fit()
    rename(document, at("r1"), "moved")
    document.undo()
    assert window.statusBar().currentMessage() == "Undone: Rename to moved"
    assert not window.undo_notice.button.isVisible()

"""What people know from other tools and expect here as well; the user guide lists it."""

from __future__ import annotations

import runpy
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from core.drawing.batch import Level, Sketch
from core.drawing.styles import STYLE_NAMES
from core.editing.remove import devices_in
from core.model.records import Instance
from desktop.canvas.layer import merged
from desktop.canvas.prepared import prepare
from desktop.canvas.zooming import ZoomView
from desktop.dialogs.brief import BriefDialog
from desktop.dialogs.keys import lines_of
from desktop.dialogs.waiver import WaiverDialog
from desktop.document import Document
from desktop.main_window import MainWindow
from tests.desktop.gestures import NONE, press_key

DOCS = Path(__file__).resolve().parents[2] / "docs"
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
Paths = Callable[..., str]


def turn_wheel(view: ZoomView, keys: Qt.KeyboardModifier = NONE) -> None:
    at = QPointF(300, 200)
    still, step = QPoint(0, 0), QPoint(0, 120)
    where = view.viewport().mapToGlobal(at)
    button, phase = Qt.MouseButton.NoButton, Qt.ScrollPhase.NoScrollPhase
    event = QWheelEvent(at, where, still, step, button, keys, phase, False)
    QApplication.sendEvent(view.viewport(), event)


@pytest.fixture
def _wheel() -> Iterator[None]:
    yield
    ZoomView.wheel_pans = False


def test_the_page_of_keys_is_what_the_program_has(window: MainWindow) -> None:
    made = runpy.run_path(str(DOCS / "make_keys.py"))["page"](lines_of(window.actions_))
    assert (DOCS / "keys.md").read_bytes() == made.encode(), "run docs/make_keys.py"


@pytest.mark.usefixtures("_wheel")
def test_the_wheel_pans_where_that_is_wanted(window: MainWindow, document: Document) -> None:
    hall = window.workspace.hall
    before = hall.scale_now
    turn_wheel(hall)
    assert hall.scale_now > before
    window.actions_.run("view.wheel_pans")
    before, down = hall.scale_now, hall.verticalScrollBar().value()
    turn_wheel(hall)
    assert hall.scale_now == before
    assert hall.verticalScrollBar().value() < down
    turn_wheel(hall, CTRL)
    assert hall.scale_now > before
    assert window.settings.values["wheel_pans"] is True


def test_ctrl_enter_does_it_from_any_field(window: MainWindow, document: Document, qtbot: QtBot) -> None:
    dialog = BriefDialog(document, "", window)
    qtbot.addWidget(dialog)
    dialog.open()
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    fields = {line.accessibleName(): line for line in dialog.findChildren(QLineEdit)}
    field = fields["Altitude"]
    field.setFocus()
    field.setText("200")
    QTest.keyClick(field, Qt.Key.Key_Return, CTRL)
    assert not dialog.isVisible()
    assert len(document.history.undo_labels) == 1


def test_deleting_a_full_rack_says_what_went_along_and_is_one_step(
    window: MainWindow, document: Document, at: Paths
) -> None:
    said: list[str] = []
    document.noted.connect(said.append)
    project = document.project
    document.selection.set([at("r1"), at("r3")])
    press_key(window.workspace.hall, Qt.Key.Key_Escape)
    document.selection.set([at("r1"), at("r3")])
    window.actions_.run("edit.delete")
    assert said == ["Delete 2 things. 4 devices inside went along; Ctrl+Z brings all back"]
    assert len(project.instances(document.top)) == 1
    document.undo()
    assert len(project.instances(document.top)) == 3
    assert devices_in(project, document.top) == 6


def test_an_edit_of_nothing_leaves_what_can_be_redone(document: Document, at: Paths) -> None:
    edit = document.edit("Rename", "")
    edit.replace("instances", (document.top, at("r1")), name="other")
    document.commit_edit(edit)
    document.undo()
    edit = document.edit("Nothing", "")
    edit.replace("instances", (document.top, at("r1")), name="r1")
    assert not document.commit_edit(edit)
    assert document.history.redo_labels == ["Rename"]


def test_shift_and_an_arrow_turn_on_a_floor(window: MainWindow, document: Document, at: Paths) -> None:
    document.selection.set([at("r1")])
    turns = []
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
        press_key(window.workspace.hall, key, SHIFT)
        record = document.project.resolve(document.top, at("r1"))
        assert isinstance(record, Instance)
        turns.append(record.rotation)
    assert turns == [90, 0]


def test_f2_and_a_double_click_on_a_device_edit_its_name(
    window: MainWindow, document: Document, at: Paths
) -> None:
    window.activateWindow()
    document.selection.set([at("r3")])
    window.actions_.run("edit.properties")
    line = window.focusWidget()
    assert isinstance(line, QLineEdit)
    assert line.selectedText() == "r3"
    document.selection.clear()
    window.workspace.show_view("racks")
    window.workspace.open_path(at("r3", "s"))
    line = window.focusWidget()
    assert isinstance(line, QLineEdit)
    assert line.selectedText() == "s"


def test_a_waiver_needs_its_author_for_ctrl_enter_too(window: MainWindow, qtbot: QtBot) -> None:
    dialog = WaiverDialog("Too heavy", "r1", parent=window)
    qtbot.addWidget(dialog)
    dialog.open()
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    dialog.author.setText("N. Grid")
    QTest.keyClick(dialog.author, Qt.Key.Key_Return, CTRL)
    assert dialog.isVisible()
    dialog.reason.setPlainText("Weighed on site")
    QTest.keyClick(dialog.reason, Qt.Key.Key_Return, CTRL)
    assert not dialog.isVisible()


def test_a_type_comes_before_a_template_that_only_mentions_it(window: MainWindow, document: Document) -> None:
    window.catalogue.search.setText("sn2201")
    titles = [entry.title for entry in window.catalogue.model.items]
    assert "SN2201" in titles[0]
    assert "Management rack" in titles[1:]


def test_ports_in_use_lie_over_ports_also_in_merged_racks() -> None:
    """One rack has only ports in use, the other all three kinds: neither may hide the other's marks."""
    racks = []
    for styles in (("port.used", "port.power"), ("port.power", "port.data", "port.used")):
        sketch = Sketch()
        for style in styles:
            sketch.rect(0, 0, 10, 10, style, level=Level.NEAR, owner=0)
        racks.append((prepare(sketch.freeze()), 0.0, 0.0))
    whole = merged(racks)
    painted = sorted(whole.rects, key=lambda group: (group.rank, group.level))
    assert STYLE_NAMES[painted[-1].style] == "port.used"
    assert whole.order == [(1, Level.NEAR), (2, Level.NEAR)]

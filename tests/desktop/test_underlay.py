"""Underlays in the window: brought in, drawn below, scaled by clicks, locked; each is one undo step."""

from __future__ import annotations

from pathlib import Path

import ezdxf
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.model.records import Underlay
from desktop.canvas.tools.two_points import TwoPoints
from desktop.dialogs.underlay import DistanceDialog, UnderlayDialog
from desktop.document import Document
from desktop.main_window import MainWindow

LEFT, NONE, ALT = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.AltModifier


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    """A room of 12 m by 9 m in metres, its walls and a column grid."""
    made = ezdxf.new("R2010")
    made.header["$INSUNITS"] = 6
    space = made.modelspace()
    space.add_lwpolyline([(-2, -3), (10, -3), (10, 6), (-2, 6)], close=True, dxfattribs={"layer": "WALL"})
    space.add_line((4, -3), (4, 6), dxfattribs={"layer": "AXIS"})
    made.saveas(tmp_path / "plan.dxf")
    return tmp_path / "plan.dxf"


@pytest.fixture
def dialog(window: MainWindow, document: Document, plan: Path, qtbot: QtBot) -> UnderlayDialog:
    window.actions_.run("file.underlay")
    (made,) = [w for w in QApplication.topLevelWidgets() if isinstance(w, UnderlayDialog) and w.isVisible()]
    qtbot.addWidget(made)
    made.bring_in(plan)
    qtbot.waitUntil(lambda: made.current is not None, timeout=30_000)
    return made


def only(document: Document) -> Underlay:
    (found,) = document.project.rows("underlays", document.top).values()
    assert isinstance(found, Underlay)
    return found


def click(window: MainWindow, x: float, y: float, keys: Qt.KeyboardModifier = NONE) -> None:
    hall = window.workspace.hall
    at = hall.mapFromScene(QPointF(x, -y))
    QTest.mouseClick(hall.viewport(), LEFT, keys, QPoint(at.x(), at.y()))


def test_a_drawing_lies_below_the_hall(
    dialog: UnderlayDialog, window: MainWindow, document: Document
) -> None:
    hall = window.workspace.hall
    assert only(document).locked
    assert not dialog.scaling.isEnabled()
    assert "locked" in dialog.scaling.toolTip()
    assert hall.layer.content.left() == pytest.approx(-2000, abs=600)
    assert hall.layer.content.height() >= 9000
    document.undo()
    assert not document.project.rows("underlays", document.top)
    assert hall.layer.content.height() < 9000


def test_layers_are_switched_off_in_one_step_each(dialog: UnderlayDialog, document: Document) -> None:
    assert [dialog.layers.item(at).text() for at in range(2)] == ["AXIS  (1 lines)", "WALL  (4 lines)"]
    dialog.layers.item(1).setCheckState(Qt.CheckState.Unchecked)
    assert only(document).hidden_layers == ("WALL",)
    document.undo()
    assert only(document).hidden_layers == ()
    assert dialog.layers.item(1).checkState() == Qt.CheckState.Checked


def test_two_clicks_and_a_distance_scale_it(
    dialog: UnderlayDialog, window: MainWindow, document: Document, qtbot: QtBot
) -> None:
    dialog.locked.click()
    dialog.begin_scale()
    click(window, -1990, -3010)  # near the corner: it is taken exactly
    click(window, 10_010, -2990)
    asked = [w for w in QApplication.topLevelWidgets() if isinstance(w, DistanceDialog) and w.isVisible()]
    assert len(asked) == 1
    assert asked[0].distance.text() == "12000"
    asked[0].distance.setText("nonsense")
    asked[0].scale()
    assert asked[0].isVisible()
    asked[0].distance.setText("14.4 m")
    QTest.keyClick(asked[0].distance, Qt.Key.Key_Return)
    assert not asked[0].isVisible()
    assert only(document).mm_per_unit == pytest.approx(1200.0)
    assert (only(document).x_mm, only(document).y_mm) == (400, 600)
    document.undo()
    assert only(document).mm_per_unit == 1000.0


def test_two_clicks_move_it_and_escape_does_not(
    dialog: UnderlayDialog, window: MainWindow, document: Document
) -> None:
    dialog.locked.click()
    dialog.begin_move()
    click(window, 4000, 6000)
    QTest.keyClick(window.workspace.hall, Qt.Key.Key_Escape)
    assert only(document).x_mm == 0
    dialog.begin_move()
    click(window, 4000, 6000)
    click(window, 10_000, 6000)
    assert (only(document).x_mm, only(document).y_mm) == (6000, 0)


def test_fields_are_one_step_each_and_take_units(dialog: UnderlayDialog, document: Document) -> None:
    dialog.locked.click()
    for line, text in ((dialog.x, "1.5 m"), (dialog.turn, "90"), (dialog.name, "Level 1")):
        line.setFocus()
        line.selectAll()
        QTest.keyClicks(line, text)
        QTest.keyClick(line, Qt.Key.Key_Return)
    found = only(document)
    assert (found.x_mm, found.rotation_deg, found.name) == (1500, 90.0, "Level 1")
    document.undo()
    document.undo()
    assert (only(document).x_mm, only(document).rotation_deg) == (1500, 0.0)


def test_a_picture_is_painted_below(
    dialog: UnderlayDialog, window: MainWindow, document: Document, tmp_path: Path, qtbot: QtBot
) -> None:
    Image.new("RGB", (1200, 900), "black").save(tmp_path / "plan.png")
    document.undo()
    dialog.bring_in(tmp_path / "plan.png")
    qtbot.waitUntil(lambda: dialog.current is not None, timeout=30_000)
    hall = window.workspace.hall
    assert only(document).kind == "image"
    assert not only(document).locked
    assert isinstance(hall.tool, TwoPoints)  # it has no scale: it is asked for at once
    QTest.keyClick(hall, Qt.Key.Key_Escape)
    assert hall.layer.content.contains(QPointF(11_000, -8000))
    seen = hall.grab().toImage()
    inside = hall.viewport().mapTo(hall, hall.mapFromScene(QPointF(11_000, -8000)))
    outside = hall.viewport().mapTo(hall, hall.mapFromScene(QPointF(12_400, -8000)))
    ratio = seen.devicePixelRatio()
    inner, outer = (seen.pixelColor(int(p.x() * ratio), int(p.y() * ratio)) for p in (inside, outside))
    assert inner.lightness() < outer.lightness() - 40


def test_a_file_that_is_no_plan_changes_nothing(
    dialog: UnderlayDialog, document: Document, tmp_path: Path, qtbot: QtBot
) -> None:
    (tmp_path / "plan.png").write_text("<svg/>")
    before = only(document)
    dialog.bring_in(tmp_path / "plan.png")
    qtbot.waitUntil(lambda: not dialog.reading.is_busy, timeout=30_000)
    assert dialog.words.text() == "Plan.png: this is neither PNG nor JPEG. Save the plan as PNG, or as DXF"
    assert only(document) == before

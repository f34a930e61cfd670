"""The canvas: what is painted, zoom and pan, and the tool protocol."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QWheelEvent
from PySide6.QtWidgets import QApplication, QStyleOptionGraphicsItem
from pytestqt.qtbot import QtBot

from core.drawing.batch import Batch, Level, Sketch
from core.errors import EditError
from core.model.change import Change
from desktop.canvas.layer import MOST_STAMPS, Layer, Stamp
from desktop.canvas.pointer import Pointer
from desktop.canvas.prepared import prepare, stacked
from desktop.canvas.tools.tool import Tool
from desktop.document import Document
from desktop.main_window import MainWindow
from tests.desktop.gestures import click, hold, pixel, press_key


def painted(layer: Layer, scale: float = 1.0, size: int = 100) -> QImage:
    """Return what a layer paints, with the scene's origin in the lower left corner."""
    image = QImage(size, size, QImage.Format.Format_RGB32)
    image.fill(QColor("black"))
    painter = QPainter(image)
    painter.translate(0, size)
    painter.scale(scale, scale)
    option = QStyleOptionGraphicsItem()
    option.exposedRect = painter.transform().inverted()[0].mapRect(image.rect().toRectF())  # type: ignore[attr-defined]
    layer.paint(painter, option)
    painter.end()
    return image


def square(x: float, style: str, level: Level = Level.FAR, owner: int = 0) -> Batch:
    sketch = Sketch()
    sketch.rect(x, 10, 20, 20, style, level=level, owner=owner)
    return sketch.freeze()


def colour(image: QImage, x: float, y: float) -> str:
    return image.pixelColor(round(x), image.height() - 1 - round(y)).name()


def test_y_is_up_and_level_of_detail_decides(qapp: QApplication) -> None:
    layer = Layer((0.5, 2.0, 4.0))
    layer.draw([Stamp(prepare(square(10, "area.wall"))), Stamp(prepare(square(50, "area.wall", Level.NEAR)))])
    far = painted(layer)
    assert colour(far, 20, 20) != "#000000"
    assert colour(far, 20, 60) == "#000000"
    assert colour(far, 60, 20) == "#000000"
    near = painted(layer, 2.0, 200)
    assert colour(near, 120, 40) != "#000000"


def test_what_belongs_to_nobody_is_the_ground(qapp: QApplication) -> None:
    sketch = Sketch()
    sketch.rect(10, 10, 20, 20, "device.switch", owner=0)
    sketch.rect(0, 0, 60, 60, "rack.frame")
    layer = Layer((9, 9, 9))
    layer.draw([Stamp(prepare(sketch.freeze()))])
    image = painted(layer)
    assert colour(image, 20, 20) != colour(image, 45, 45)


def test_batches_of_a_stack_cover_those_below(qapp: QApplication) -> None:
    layer = Layer((9, 9, 9))
    layer.draw([Stamp(stacked([square(10, "area.wall"), square(10, "device.switch", owner=-1)]))])
    both = colour(painted(layer), 20, 20)
    layer.draw([Stamp(prepare(square(10, "device.switch")))])
    assert both == colour(painted(layer), 20, 20)


def test_many_stamps_look_like_few(qapp: QApplication) -> None:
    few, many = Layer((9, 9, 9)), Layer((9, 9, 9))
    drawing = prepare(square(0, "area.wall"))
    few.draw([Stamp(drawing, 10), Stamp(drawing, 50)])
    many.draw([Stamp(drawing, 10), Stamp(drawing, 50)] * MOST_STAMPS)
    assert painted(few) == painted(many)


def test_prepared_groups_hold_every_row_once(qapp: QApplication) -> None:
    sketch = Sketch()
    rng = np.random.default_rng(1)
    for i in range(200):
        style = ("area.wall", "device.switch", "port.data")[i % 3]
        sketch.rect(*rng.uniform(0, 100, 4), style, level=i % 4, owner=i % 2 - 1)
    ready = prepare(sketch.freeze())
    assert sum(len(group.rows) for group in ready.rects) == 200
    assert ready.order == sorted(ready.order)


def test_zoom_keeps_the_point_under_the_pointer(window: MainWindow, document: Document) -> None:
    hall = window.workspace.hall
    where = pixel(hall, (600, 300))
    none = Qt.KeyboardModifier.NoModifier
    for turn in (120, 120, -120, 360):
        phase, source = Qt.ScrollPhase.NoScrollPhase, Qt.MouseEventSource.MouseEventNotSynthesized
        spot = hall.viewport().mapToGlobal(where)
        event = QWheelEvent(
            where, spot, QPoint(), QPoint(0, turn), Qt.MouseButton.NoButton, none, phase, False, source
        )
        QApplication.sendEvent(hall.viewport(), event)
        assert (pixel(hall, (600, 300)) - where).manhattanLength() < 3


def test_fit_shows_everything_and_stays_fitted(window: MainWindow, document: Document, qtbot: QtBot) -> None:
    hall = window.workspace.hall
    window.actions_.run("view.fit")
    window.resize(1100, 760)
    qtbot.wait(30)
    seen = hall.mapToScene(hall.viewport().rect()).boundingRect()
    assert seen.contains(hall.layer.content)


def test_escape_first_drops_the_tool_then_clears_the_selection(
    window: MainWindow, document: Document
) -> None:
    hall = window.workspace.hall
    click(hall, (300, 500))
    window.actions_.run("tool.link")
    racks = window.workspace.racks
    press_key(racks, Qt.Key.Key_Escape)
    assert racks.tool.name == "select"
    assert document.selection.paths
    press_key(racks, Qt.Key.Key_Escape)
    assert not document.selection.paths


class FailingTool(Tool):
    """Fails in the middle of a gesture."""

    name = "failing"

    def press(self, at: Pointer) -> Change | None:
        self.canvas.overlay.say("busy", at.scene)
        raise EditError("it cannot be done", cure="Try another way")


def test_a_tool_that_fails_is_dropped_and_says_why(window: MainWindow, document: Document) -> None:
    hall = window.workspace.hall
    before = document.project.stamp
    hall.use(FailingTool(hall))
    click(hall, (300, 500))
    assert hall.tool.name == "select"
    assert hall.overlay.is_empty
    assert document.project.stamp == before
    assert "it cannot be done" in window.statusBar().currentMessage()


def test_switching_the_drawing_drops_a_gesture(window: MainWindow, document: Document) -> None:
    hall = window.workspace.hall
    before = document.project.stamp
    hold(hall, (1500, 500), (1500, 4000))
    window.actions_.run("view.racks")
    assert hall.overlay.is_empty
    assert document.project.stamp == before


@pytest.mark.parametrize("choice", ["dark", "light"])
def test_theme_recolours_the_drawing(window: MainWindow, document: Document, choice: str) -> None:
    from desktop.theme import DARK, LIGHT, theme

    try:
        theme().apply(choice)  # type: ignore[arg-type]
        corner = window.workspace.hall.grab().toImage().pixelColor(2, 2).name()
        assert corner == (DARK if choice == "dark" else LIGHT).canvas
    finally:
        theme().apply("light")


def test_pointing_says_what_is_there(window: MainWindow, document: Document) -> None:
    words: list[str] = []
    window.workspace.hall.pointed.connect(words.append)
    from tests.desktop.gestures import send

    send(window.workspace.hall, QEvent.Type.MouseMove, (300, 500), held=False)
    assert "r1" in words[-1]
    assert "Node rack" in words[-1]

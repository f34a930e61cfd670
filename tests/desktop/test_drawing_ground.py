"""Pathways and areas drawn, picked, bent, changed and deleted on the plan, each in one undo step."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtWidgets import QLineEdit

from core.model.change import Edit
from core.model.records import End, Link
from desktop.document import Document
from desktop.main_window import MainWindow
from desktop.views.hall import HallView
from tests.desktop.gestures import click, drag, press_key


@pytest.fixture
def hall(window: MainWindow, document: Document) -> HallView:
    """The plan, near enough to click at a millimetre or so, with room around the racks."""
    view = window.workspace.hall
    view.show_box(QRectF(-1_500, -3_000, 5_000, 5_000))
    return view


def ways(document: Document) -> list[Any]:
    return list(document.project.rows("pathways", document.top).values())


def areas(document: Document) -> list[Any]:
    return list(document.project.areas(document.top).values())


def draw_tray(window: MainWindow, hall: HallView, *points: tuple[float, float]) -> None:
    window.actions_.run("draw.pathway")
    for point in points:
        click(hall, point)
    press_key(hall, Qt.Key.Key_Return)


def test_a_tray_is_drawn_click_by_click(window: MainWindow, document: Document, hall: HallView) -> None:
    draw_tray(window, hall, (10, -590), (1_790, -610), (1_805, 1_790))
    (way,) = ways(document)
    assert way.points == ((0, -600, 2_700), (1_800, -600, 2_700), (1_800, 1_800, 2_700))
    assert (way.name, way.kind) == ("CT-1", "tray")
    assert hall.ground.id == way.id
    assert hall.ground.card.isVisible()
    document.undo()
    assert ways(document) == []
    assert not hall.ground.card.isVisible()


def test_backspace_takes_a_point_back_and_escape_leaves_all(
    window: MainWindow, document: Document, hall: HallView
) -> None:
    window.actions_.run("draw.pathway")
    for point in ((0, -600), (600, -600), (600, -1_200)):
        click(hall, point)
    press_key(hall, Qt.Key.Key_Backspace)
    press_key(hall, Qt.Key.Key_Return)
    (way,) = ways(document)
    assert len(way.points) == 2
    window.actions_.run("draw.pathway")
    click(hall, (0, -900))
    press_key(hall, Qt.Key.Key_Escape)
    assert len(ways(document)) == 1
    assert hall.overlay.is_empty


def test_a_change_of_height_is_a_drop(window: MainWindow, document: Document, hall: HallView) -> None:
    window.actions_.run("draw.pathway")
    click(hall, (0, -600))
    for _ in range(3):
        press_key(hall, Qt.Key.Key_PageUp)
    click(hall, (1_800, -600))
    press_key(hall, Qt.Key.Key_Return)
    (way,) = ways(document)
    assert way.points == ((0, -600, 2_700), (0, -600, 3_000), (1_800, -600, 3_000))


def test_shift_draws_straight(window: MainWindow, document: Document, hall: HallView) -> None:
    window.actions_.run("draw.pathway")
    click(hall, (0, -600))
    click(hall, (1_800, -900), Qt.KeyboardModifier.ShiftModifier)
    press_key(hall, Qt.Key.Key_Return)
    (way,) = ways(document)
    assert way.points[1][:2] == (1_800, -600)


def test_a_drag_draws_a_box_and_clicks_a_polygon(
    window: MainWindow, document: Document, hall: HallView
) -> None:
    window.actions_.run("draw.keep_out")
    drag(hall, (0, -1_200), (900, -600))
    window.actions_.run("draw.zone")
    for point in ((1_200, -1_200), (1_800, -1_200), (1_800, -600), (1_200, -1_200)):
        click(hall, point)
    box, zone = sorted(areas(document), key=lambda a: a.kind)
    assert box.points == ((0, -1_200), (900, -1_200), (900, -600), (0, -600))
    assert zone.points == ((1_200, -1_200), (1_800, -1_200), (1_800, -600))


def test_it_is_picked_moved_bent_and_deleted(window: MainWindow, document: Document, hall: HallView) -> None:
    draw_tray(window, hall, (0, -600), (1_800, -600))
    press_key(hall, Qt.Key.Key_Escape)
    assert hall.ground.id == ""
    click(hall, (500, -600))
    (way,) = ways(document)
    assert hall.ground.id == way.id
    drag(hall, (1_800, -600), (1_800, -1_200))  # its end
    assert ways(document)[0].points[1] == (1_800, -1_200, 2_700)
    document.undo()
    drag(hall, (900, -600), (900, -900))  # the middle becomes a corner
    assert [p[:2] for p in ways(document)[0].points] == [(0, -600), (900, -900), (1_800, -600)]
    document.undo()
    drag(hall, (300, -600), (300, -1_200))  # the whole
    assert [p[:2] for p in ways(document)[0].points] == [(0, -1_200), (1_800, -1_200)]
    press_key(hall, Qt.Key.Key_Delete)
    assert ways(document) == []
    document.undo()
    assert len(ways(document)) == 1


def test_properties_are_changed_on_the_card(window: MainWindow, document: Document, hall: HallView) -> None:
    draw_tray(window, hall, (0, -600), (1_800, -600))
    for name, text in (("width_mm", "450"), ("level", "3000"), ("name", "Spine tray")):
        line = hall.ground.card.form.editors[name].findChild(QLineEdit)
        assert line is not None
        line.setText(text)
        line.setModified(True)
        line.editingFinished.emit()
    (way,) = ways(document)
    assert (way.width_mm, way.points[0][2], way.name) == (450, 3_000, "Spine tray")
    document.undo()
    assert ways(document)[0].name == "CT-1"


def test_a_rack_below_a_tray_is_still_selected(
    window: MainWindow, document: Document, hall: HallView
) -> None:
    draw_tray(window, hall, (0, 0), (1_800, 0))
    click(hall, (300, 500))
    assert len(document.selection.paths) == 1
    assert hall.ground.id == ""
    assert not hall.ground.card.isVisible()


def test_a_route_is_pinned_to_the_pathways_clicked(
    window: MainWindow, document: Document, hall: HallView
) -> None:
    draw_tray(window, hall, (0, -600), (1_800, -600))
    project, top = document.project, document.top
    r1, r3 = (next(i for i in project.instances(top).values() if i.name == name) for name in ("r1", "r3"))
    a = next(iter(project.devices(r1.of).values()))
    s = next(iter(project.devices(r3.of).values()))
    ports = [project.ports(device).ports for device in (a, s)]
    data = [next(p.name for p in found if p.group.layer == "data") for found in ports]
    edit = Edit(project, "Link")
    ends = (End(f"{r1.id}/{a.id}", (data[0],)), End(f"{r3.id}/{s.id}", (data[1],)))
    edit.put("links", Link(block=top, id="k", a=ends[0], b=ends[1]))
    document.commit_edit(edit)
    document.selection.set(["k"])
    window.actions_.run("draw.pin_route")
    click(hall, (900, -600))
    press_key(hall, Qt.Key.Key_Return)
    assert project.links(top)["k"].via == (ways(document)[0].id,)
    document.selection.set(["k"])
    window.actions_.run("draw.unpin_route")
    assert project.links(top)["k"].via == ()

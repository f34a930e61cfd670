"""What racks and hall show of single copies: absent things, reserved ones; ranges of units; racks swapped."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QRectF, Qt
from pytestqt.qtbot import QtBot

from core.editing.copies import set_absent
from core.editing.overrides import set_override
from core.model.change import Edit
from core.model.records import Instance
from desktop.document import Document
from desktop.main_window import MainWindow
from desktop.views.hall import HallView
from desktop.views.racks import RackView
from tests.desktop.gestures import click, drag, hold, pixel, press_key, send

Paths = Callable[..., str]
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def racks(window: MainWindow, document: Document) -> RackView:
    window.workspace.set_which("all")
    window.workspace.show_view("racks")
    return window.workspace.racks


def make_absent(document: Document, *paths: str) -> None:
    edit = Edit(document.project, "Make absent")
    set_absent(edit, list(paths), True)
    document.commit_edit(edit)


def make_reserved(document: Document, path: str) -> None:
    edit = Edit(document.project, "Reserve")
    set_override(edit, document.top, path, status="reserved")
    document.commit_edit(edit)


def middle(box: QRectF) -> tuple[float, float]:
    return box.center().x(), -box.center().y()


def unit(racks: RackView, rack: str, number: int, *, beside: bool = False) -> tuple[float, float]:
    """Return the middle of a unit on the front of a rack, or its number on the left."""
    (front,) = [s for s in racks.standing if s.path == rack and s.face == "front"]
    y = front.y + front.drawn.base + (number - 0.5) * front.drawn.pitch
    return (front.x - 20 if beside else front.x + front.drawn.width / 2), y


# Absent.


def test_the_place_of_an_absent_device_is_drawn_in_its_copy_alone(
    racks: RackView, document: Document, at: Paths
) -> None:
    seen, _rear = racks.shapes_of([at("r2", "b")])[0]
    make_absent(document, at("r2", "b"))
    assert racks.corners.absent == [seen.boundingRect()]
    assert racks.absent_boxes() == racks.corners.absent


def test_an_absent_device_is_clicked_named_and_made_present(
    racks: RackView, window: MainWindow, document: Document, at: Paths
) -> None:
    path = at("r2", "b")
    make_absent(document, path)
    (place,) = racks.absent_boxes()
    click(racks, middle(place))
    assert document.selection.paths == (path,)
    assert [shape.boundingRect() for shape in racks.shapes_of([path])[0]] == [place]
    pointer = racks.pointer(pixel(racks, middle(place)), Qt.KeyboardModifier.NoModifier)
    assert "r2 / b" in racks.describe(pointer)
    assert "absent" in racks.describe(pointer)
    window.actions_.run("blocks.present")
    assert racks.absent_boxes() == []
    assert "absent" not in racks.describe(pointer)


def test_a_rubber_band_takes_absent_devices_too(racks: RackView, document: Document, at: Paths) -> None:
    path = at("r2", "b")
    make_absent(document, path)
    (place,) = racks.absent_boxes()
    assert racks.paths_in(place.adjusted(-1, -1, 1, 1), crossing=False) == [path]
    assert racks.paths_in(place.adjusted(20, 2, -20, -2), crossing=False) == []
    assert racks.paths_in(place.adjusted(20, 2, -20, -2), crossing=True) == [path]


def test_an_absent_device_is_not_dragged_and_the_reason_is_said(
    racks: RackView, window: MainWindow, document: Document, at: Paths
) -> None:
    make_absent(document, at("r2", "b"))
    before = document.project.stamp
    start = middle(racks.absent_boxes()[0])
    drag(racks, start, (start[0], start[1] + 200))
    assert "absent here" in window.statusBar().currentMessage()
    assert document.project.stamp == before


@pytest.fixture
def hall(window: MainWindow, document: Document) -> HallView:
    window.workspace.show_view("hall")
    return window.workspace.hall


def test_the_place_of_an_absent_rack_is_drawn_in_the_hall_and_brings_it_back(
    hall: HallView, window: MainWindow, document: Document, at: Paths
) -> None:
    path = at("r2")
    (seen,) = hall.boxes_of([path]).tolist()
    make_absent(document, path)
    assert [list(box.getRect()) for box in hall.corners.absent] == [seen]
    click(hall, middle(hall.absent_boxes()[0]))
    assert document.selection.paths == (path,)
    assert hall.boxes_of([path]).tolist() == [seen]
    pointer = hall.pointer(pixel(hall, middle(hall.absent_boxes()[0])), Qt.KeyboardModifier.NoModifier)
    assert "absent" in hall.describe(pointer)
    window.actions_.run("blocks.present")
    assert hall.absent_boxes() == []
    assert hall.things is not None
    assert path in hall.things.paths


def test_a_hall_whose_racks_are_all_absent_still_shows_their_places(
    hall: HallView, document: Document, at: Paths
) -> None:
    make_absent(document, at("r1"), at("r2"), at("r3"))
    assert len(hall.absent_boxes()) == 3
    assert hall.say_empty() == ""
    assert hall.paths_in(QRectF(-100, -3000, 3000, 4000), crossing=False) == [at("r1"), at("r2"), at("r3")]


# Reserved by an override.


def test_a_reserved_copy_is_marked_in_its_rack_and_its_twin_is_not(
    racks: RackView, document: Document, at: Paths
) -> None:
    from core.drawing.styles import STYLE_INDEX

    def marked() -> set[tuple[float, ...]]:
        laid = racks.layer._laid.get("reserved")
        rows = (
            [] if laid is None else [g.rows for g in laid.lines if g.style == STYLE_INDEX["reserved.frame"]]
        )
        return {tuple(row) for group in rows for row in group.round(3).tolist()}

    assert marked() == set()
    make_reserved(document, at("r2", "a"))
    boxes = [shape.boundingRect() for shape in racks.shapes_of([at("r2", "a")])[0]]
    assert len(marked()) == 4 * len(boxes)
    xs = {x for row in marked() for x in (row[0], row[2])}
    assert xs == {round(x, 3) for box in boxes for x in (box.left(), box.right())}
    pointer = racks.pointer(pixel(racks, middle(boxes[0])), Qt.KeyboardModifier.NoModifier)
    assert racks.describe(pointer).endswith("reserved")


def test_a_rack_reserved_by_an_override_is_so_in_plan_and_elevation(
    racks: RackView, window: MainWindow, document: Document, at: Paths
) -> None:
    make_reserved(document, at("r1"))
    window.workspace.show_view("hall")
    things = window.workspace.hall.things
    assert things is not None
    styles = dict(zip(things.paths, things.styles, strict=True))
    assert styles[at("r1")] == "rack.reserved.plan"
    assert styles[at("r2")] == "rack.plan"
    window.workspace.show_view("racks")
    texts = {text for stamp, *_ in racks.layer._stamps for t in stamp.texts for text in t.strings}
    assert {text for text in texts if "RESERVED" in text} == {"FRONT · RESERVED", "REAR · RESERVED"}


# Ranges of units.


def test_a_drag_along_the_numbers_selects_what_is_in_these_units(
    racks: RackView, document: Document, at: Paths
) -> None:
    # Servers of 2 U stand at U1 and U11.
    hold(racks, unit(racks, at("r1"), 1, beside=True), unit(racks, at("r1"), 12, beside=True))
    assert racks.overlay.note == "U1-U12: 2 devices"
    send(racks, QEvent.Type.MouseButtonRelease, unit(racks, at("r1"), 12, beside=True))
    assert document.selection.paths == (at("r1", "a"), at("r1", "b"))
    assert racks.units == (at("r1"), 0, 24)
    assert len(racks._band.boxes) == 2  # front and rear
    start = unit(racks, at("r1"), 1)
    drag(racks, start, (start[0], start[1] + 5 * 44.45))
    devices = document.project.devices(document.block_at(at("r1"))).values()
    assert sorted(d.half_u for d in devices) == [10, 30]


def test_shift_goes_on_from_the_range_there_is(racks: RackView, document: Document, at: Paths) -> None:
    click(racks, unit(racks, at("r1"), 4, beside=True))
    assert racks.units == (at("r1"), 6, 8)
    click(racks, unit(racks, at("r1"), 7, beside=True), SHIFT)
    assert racks.units == (at("r1"), 6, 14)
    document.selection.set([at("r3", "s")])
    assert racks.units is None
    assert racks._band.boxes == []


def test_escape_leaves_range_and_selection_as_they_were(
    racks: RackView, document: Document, at: Paths
) -> None:
    hold(racks, unit(racks, at("r1"), 1, beside=True), unit(racks, at("r1"), 4, beside=True))
    press_key(racks, Qt.Key.Key_Escape)
    assert document.selection.paths == ()
    assert racks.units is None
    assert racks._band.boxes == []


def test_an_empty_range_is_what_reserve_and_fill_propose(
    racks: RackView, window: MainWindow, document: Document, at: Paths, qtbot: QtBot
) -> None:
    from desktop.dialogs.fill import FillDialog
    from desktop.dialogs.reserve import ReserveDialog

    drag(racks, unit(racks, at("r1"), 20, beside=True), unit(racks, at("r1"), 23, beside=True))
    assert document.selection.paths == (at("r1"),)
    window.actions_.run("arrange.fill")
    (fill,) = window.findChildren(FillDialog)
    assert fill.units.text() == "U20-U23"
    fill.reject()
    window.actions_.run("arrange.reserve")
    (reserve,) = window.findChildren(ReserveDialog)
    assert reserve.units.text() == "U20-U23"
    reserve.accept()
    (units,) = document.project.blocks[document.block_at(at("r1"))].reserved
    assert (units.half_u, units.half_units) == (38, 8)


# Racks change places.


def place(document: Document, path: str) -> tuple[int, int]:
    found = document.project.resolve(document.top, path)
    assert isinstance(found, Instance)
    return found.x_mm, found.y_mm


def test_shift_drag_swaps_two_racks_and_says_so(hall: HallView, document: Document, at: Paths) -> None:
    before = place(document, at("r1")), place(document, at("r3"))
    hold(hall, (300, 500), (1500, 500), SHIFT)
    assert hall.overlay.note == "Swap r1 and r3"
    assert len(hall.overlay.ghosts) == 2
    send(hall, QEvent.Type.MouseButtonRelease, (1500, 500), SHIFT)
    assert (place(document, at("r3")), place(document, at("r1"))) == before
    assert document.history.undo_labels == ["Swap r1 and r3"]
    document.undo()
    assert (place(document, at("r1")), place(document, at("r3"))) == before

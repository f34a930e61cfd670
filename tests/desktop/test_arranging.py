"""The Arrange menu and its dialogs, worked as a user would."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog

from core.catalogue.library import Library
from core.editing.blocks import new_floor_block, new_rack_block, place_instance
from core.editing.cabling.connect import connect, first_compatible
from core.editing.footprint import box_of
from core.editing.refit import Refit
from core.editing.retype import Misfit
from core.files.session import Session
from core.model.change import Edit
from core.model.history import History
from core.model.project import Project
from core.model.records import Device
from core.model.types import DeviceType
from desktop.dialogs.array import FloorArray, RackArray
from desktop.dialogs.fill import FillDialog
from desktop.dialogs.misfits import MisfitsDialog, lines_of
from desktop.dialogs.position import FloorPosition, RackPosition
from desktop.dialogs.replace import ReplaceTypeDialog
from desktop.dialogs.replace_block import ReplaceBlockDialog
from desktop.dialogs.reserve import ReserveDialog
from desktop.document import Document
from desktop.dragging import Carried
from desktop.main_window import MainWindow
from desktop.views.racks import RackView
from tests.desktop.conftest import SERVER, SWITCH
from tests.desktop.gestures import click, drag, drag_in, drop, hold, pixel, press_key
from tests.desktop.hand import Hand
from tests.desktop.test_racks import device, middle, unit

Paths = Callable[..., str]
Dialog = TypeVar("Dialog", bound=QDialog)
SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def hand(window: MainWindow) -> Hand:
    return Hand(window)


@pytest.fixture
def racks(window: MainWindow, document: Document) -> RackView:
    window.workspace.show_view("racks")
    return window.workspace.racks


def shown(window: MainWindow, kind: type[Dialog]) -> Dialog:
    """Return the dialog of a kind that is open."""
    (found,) = [dialog for dialog in window.findChildren(kind) if dialog.isVisible()]
    return found


def opened(window: MainWindow, project: Project) -> Document:
    document = Document(Session.new(project), title="Test")
    window.set_document(document)
    return document


def empty_hall(*rack_types: str) -> Project:
    """Return a hall with racks of the given types side by side."""
    project, library = Project(), Library.builtin()
    edit = Edit(project, "Build")
    hall = new_floor_block(edit, "Hall 1")
    for n, rack_type in enumerate(rack_types):
        block = new_rack_block(edit, library, rack_type, f"Rack {n + 1}")
        place_instance(edit, hall.id, block.id, x_mm=600 * n, name=f"r{n + 1}")
    History(project).commit(edit.change())
    return project


def in_rack(document: Document, rack: str) -> list[tuple[str, int]]:
    rows = document.project.devices(document.block_at(rack)).values()
    return sorted((d.name, d.half_u) for d in rows)


def test_filling_by_the_dialog_proposes_what_fits(window: MainWindow) -> None:
    document = opened(window, empty_hall("apc-ar3357"))
    (rack,) = document.project.instances(document.top)
    document.selection.set([rack])
    window.catalogue.search.setText("dgx h100")
    window.actions_.run("arrange.fill")
    dialog = shown(window, FillDialog)
    assert dialog.count.value() == 6
    assert len(window.workspace.racks.overlay.ghosts) == 6
    dialog.count.setValue(4)
    QTest.keyClick(dialog.count, Qt.Key.Key_Return)
    assert len(in_rack(document, rack)) == 4
    assert window.workspace.racks.overlay.is_empty


def test_two_devices_change_racks_in_one_drag_and_cables_follow(
    racks: RackView, document: Document, at: Paths
) -> None:
    joined(document, at("r3", "s"), at("r3", "t"))
    start, end = middle(racks, at("r1", "a")), middle(racks, at("r3", "s"))
    hold(racks, start, end, SHIFT)
    assert racks.overlay.note == "Swap a and s"
    assert {ghost.fits for ghost in racks.overlay.ghosts} == {True}
    press_key(racks, Qt.Key.Key_Escape)
    drag(racks, start, end, SHIFT)
    assert in_rack(document, at("r1")) == [("b", 20), ("s", 0)]
    assert in_rack(document, at("r3")) == [("a", 40), ("t", 50)]
    assert len(document.selection.paths) == 2
    assert len(document.history.undo_labels) == 2


# Copies, swaps, ranges.


def test_ctrl_drag_takes_modules_feeds_and_cables_among_them_along(
    racks: RackView, document: Document, at: Paths
) -> None:
    joined(document, at("r3", "s"), at("r3", "t"))
    edit = document.edit("Note")
    edit.replace("devices", (document.block_at(at("r3")), at("r3", "s").rpartition("/")[2]), note="kept")
    document.commit_edit(edit)
    document.selection.set([at("r3", "s"), at("r3", "t")])
    drag(racks, middle(racks, at("r3", "s")), unit(racks, at("r1"), 30), CONTROL)
    copies = {d.name: d for d in document.project.devices(document.block_at(at("r1"))).values()}
    assert [copies["s"].half_u, copies["t"].half_u] == [58, 68]
    assert copies["s"].note == "kept"
    (link,) = document.project.links(document.block_at(at("r1"))).values()
    assert {link.a.path, link.b.path} == {copies["s"].id, copies["t"].id}
    assert len(document.project.links(document.block_at(at("r3")))) == 1


def test_swapping_two_racks_by_key(window: MainWindow, document: Document, at: Paths) -> None:
    document.selection.set([at("r1"), at("r3")])
    window.actions_.run("arrange.swap")
    rows = document.project.instances(document.top)
    assert {i.name: i.x_mm for i in rows.values()} == {"r1": 1200, "r2": 600, "r3": 0}
    document.selection.set([at("r1")])
    assert "select two" in window.actions_.entry("arrange.swap").reason


def test_shift_click_selects_a_range_that_moves_with_its_gaps(
    racks: RackView, document: Document, at: Paths
) -> None:
    click(racks, middle(racks, at("r3", "s")))
    click(racks, middle(racks, at("r3", "t")), SHIFT)
    assert set(document.selection.paths) == {at("r3", "s"), at("r3", "t")}
    start = middle(racks, at("r3", "s"))
    drag(racks, start, (start[0], start[1] - 3 * 44.45))
    assert in_rack(document, at("r3")) == [("s", 34), ("t", 44)]


def test_shift_fills_from_where_it_is_dropped_upwards(racks: RackView, document: Document, at: Paths) -> None:
    spec = Library.builtin().get(SWITCH)
    assert isinstance(spec.height_u, int | float)
    window_of = racks.window()
    assert isinstance(window_of, MainWindow)
    window_of.workspace.place(Carried("type", SWITCH))
    click(racks, unit(racks, at("r1"), 40), SHIFT)
    rows = document.project.devices(document.block_at(at("r1"))).values()
    assert sorted(d.half_u for d in rows if d.type == SWITCH) == [78, 80, 82]
    assert document.history.undo_labels == [f"Place 3 × {spec.name}"]


def test_half_width_devices_land_on_the_side_of_the_pointer(window: MainWindow) -> None:
    half = DeviceType(id="half", name="Half node", kind="server", height_u=2, width="half", depth_mm=700)
    window.set_library(Library({spec.id: spec for spec in [*Library.builtin(), half]}))
    document = opened(window, empty_hall("apc-ar3357"))
    (rack,) = document.project.instances(document.top)
    window.workspace.show_view("racks")
    view = window.workspace.racks
    x, y = unit(view, rack, 10)
    for offset in (-100, 100):
        drop(view, Carried("type", "half"), (x + offset, y))
    x, y = unit(view, rack, 20, "rear")
    drop(view, Carried("type", "half"), (x - 100, y))  # seen from behind, its right is on the left
    rows = document.project.devices(document.block_at(rack)).values()
    assert [(d.side, d.face) for d in rows] == [("left", "front"), ("right", "front"), ("right", "rear")]


def test_zero_u_devices_land_in_the_nearest_zone_with_a_preview(window: MainWindow) -> None:
    library = Library.builtin()
    pdu = next(s for s in library if getattr(s, "zero_u", False) and s.kind == "rack-pdu")
    document = opened(window, empty_hall("apc-ar3357"))
    (rack,) = document.project.instances(document.top)
    window.workspace.show_view("racks")
    view = window.workspace.racks
    (rear,) = [s for s in view.standing if s.face == "rear"]
    for x in (rear.x + 40, rear.x + rear.drawn.width - 40):
        drag_in(view, Carried("type", pdu.id), (x, rear.y + 900))
        (ghost,) = view.overlay.ghosts
        assert ghost.fits
        drop(view, Carried("type", pdu.id), (x, rear.y + 900))
    zones = {d.zone for d in document.project.devices(document.block_at(rack)).values()}
    assert len(zones) == 2
    assert "" not in zones


# Dialogs.


def test_an_array_that_cannot_stand_says_why_and_is_not_made(
    window: MainWindow, document: Document, at: Paths, hand: Hand
) -> None:
    document.selection.set([at("r1")])
    window.actions_.run("arrange.array")
    dialog = shown(window, FloorArray)
    assert not dialog.go.isEnabled()
    assert "r2" in dialog._words.text()
    assert [ghost.fits for ghost in window.workspace.hall.overlay.ghosts] == [False]
    before = document.project.stamp
    dialog.accept()
    assert dialog.isVisible()
    assert document.project.stamp == before
    dialog.pitch_x.setValue(-600)
    assert dialog.isVisible()
    hand.field("3", dialog.columns)
    assert sorted(i.x_mm for i in document.project.instances(document.top).values()) == [
        -1200,
        -600,
        0,
        600,
        1200,
    ]
    assert window.workspace.hall.overlay.is_empty


def test_an_array_upwards_in_a_rack(
    racks: RackView, window: MainWindow, document: Document, at: Paths, hand: Hand
) -> None:
    document.selection.set([at("r3", "s")])
    window.actions_.run("arrange.array")
    dialog = shown(window, RackArray)
    dialog.gap.setValue(1)
    assert dialog.go.isEnabled()
    hand.field("3", dialog.count)
    assert in_rack(document, at("r3")) == [("s", 40), ("s-2", 44), ("s-3", 48), ("t", 50)]


def test_move_to_numbers_and_by_distances(
    window: MainWindow, document: Document, at: Paths, hand: Hand
) -> None:
    document.selection.set([at("r3")])
    window.actions_.run("arrange.move_to")
    dialog = shown(window, FloorPosition)
    dialog.y.setText("+2400")
    dialog.turn.setCurrentIndex(1)
    hand.field("5000", dialog.x)
    placed = document.project.instances(document.top)[at("r3")]
    assert placed.rotation == 90
    assert box_of(document.project, placed)[:2] == (5000, 2400)
    document.selection.set([at("r1"), at("r2")])
    window.actions_.run("arrange.move_to")
    dialog = shown(window, FloorPosition)
    dialog.x.setText("5000")
    dialog.y.setText("+2400")
    assert "r3" in dialog._words.text() or dialog._soon.isActive()
    dialog.accept()
    assert dialog.isVisible()
    dialog.reject()
    assert document.project.instances(document.top)[at("r1")].x_mm == 0


def test_devices_move_to_a_unit_together(
    racks: RackView, window: MainWindow, document: Document, at: Paths, hand: Hand
) -> None:
    document.selection.set([at("r1", "a"), at("r1", "b")])
    window.actions_.run("arrange.move_to")
    hand.field("12", shown(window, RackPosition).unit)
    assert in_rack(document, at("r1")) == [("a", 22), ("b", 42)]
    window.actions_.run("arrange.move_to")
    dialog = shown(window, RackPosition)
    dialog.face.setCurrentIndex(2)
    hand.field("-=2", dialog.unit)
    assert in_rack(document, at("r1")) == [("a", 18), ("b", 38)]
    assert device(document, at("r1", "a")).face == "rear"


def test_units_are_reserved_seen_and_given_free(
    racks: RackView, window: MainWindow, document: Document, at: Paths
) -> None:
    document.selection.set([at("r1")])
    window.actions_.run("arrange.reserve")
    dialog = shown(window, ReserveDialog)
    dialog.units.setText("U20-U23")
    dialog.note.setText("storage, wave 2")
    dialog.accept()
    assert not dialog.isVisible()
    drag_in(racks, Carried("type", SERVER), unit(racks, at("r1"), 22))
    assert racks.overlay.note == "U20-U23 are reserved: storage, wave 2"
    (front,) = [s for s in racks.standing if s.path == at("r1") and s.face == "front"]
    assert "Reserved: storage, wave 2" in front.drawn.batch.texts
    window.actions_.run("arrange.release")
    assert document.project.blocks[document.block_at(at("r1"))].reserved == ()
    assert "nothing is reserved" in window.actions_.entry("arrange.release").reason


def test_misfits_are_listed_before_and_after_and_copied_as_text(
    racks: RackView, window: MainWindow, document: Document, at: Paths
) -> None:
    joined(document, at("r3", "s"), at("r3", "t"))
    document.selection.set([at("r3", "s")])
    window.actions_.run("arrange.replace_type")
    dialog = shown(window, ReplaceTypeDialog)
    assert [device.type for device in dialog._alike] == [SWITCH, SWITCH]
    dialog.search.setText("sn2201")
    dialog._try()
    assert dialog.misfits.count() == 1
    assert dialog.misfits.item(0).text() == "Network rack / s osfp1/1: RJ45 does not mate with OSFP-finned"
    dialog.accept()
    assert device(document, at("r3", "s")).type == "nvidia-sn2201"
    report = shown(window, MisfitsDialog)
    report.copy()
    assert "s osfp1/1: RJ45 does not mate" in QApplication.clipboard().text()
    report.close()
    document.undo()
    assert len(document.project.links(document.block_at(at("r3")))) == 1


def test_a_drawing_takes_the_place_of_another(window: MainWindow, document: Document, at: Paths) -> None:
    document.selection.set([at("r1"), at("r2")])
    window.actions_.run("arrange.replace_block")
    dialog = shown(window, ReplaceBlockDialog)
    assert dialog.drawing.currentText() == "Network rack"
    dialog.accept()
    assert document.block_at(at("r1")) == document.block_at(at("r3"))
    assert document.history.undo_labels[0] == "Replace by Network rack"


def test_flip_align_and_stack_from_the_menu(
    racks: RackView, window: MainWindow, document: Document, at: Paths
) -> None:
    document.selection.set([at("r1", "a"), at("r1", "b")])
    window.actions_.run("arrange.stack_down")
    assert in_rack(document, at("r1")) == [("a", 0), ("b", 4)]
    window.actions_.run("arrange.flip")
    assert device(document, at("r1", "b")).face == "rear"
    window.workspace.show_view("hall")
    assert "racks view" in window.actions_.entry("arrange.flip").reason
    document.selection.set([at("r1"), at("r3")])
    window.actions_.run("arrange.align_left")
    assert "would stand" in window.statusBar().currentMessage() or "stand in each other" in (
        window.statusBar().currentMessage()
    )


def joined(document: Document, a: str, b: str) -> None:
    """Join two devices by their first ports that fit."""
    edit = document.edit("Link")
    pair = first_compatible(edit, document.top, a, b)
    connect(edit, document.top, a, pair.a_ports, b, pair.b_ports)
    document.commit_edit(edit)


def _type(document: Document, path: str) -> str:
    record = document.project.resolve(document.top, path)
    return record.type if isinstance(record, Device) else ""


def test_the_pointer_maths_of_these_tests(racks: RackView, at: Paths) -> None:
    x, y = middle(racks, at("r1", "a"))
    assert racks.viewport().rect().contains(pixel(racks, (x, y)).toPoint())


def test_a_misfit_of_several_copies_is_one_line_with_their_number() -> None:
    twice = Misfit("node", "osfp1", "OSFP does not fit QSFP112", "gone")
    left = Misfit("tall", "", "no room", "gone")
    assert lines_of(Refit([], [], [twice, twice], [left]), Project()) == [
        ("error", "tall: no room"),
        ("warning", "node osfp1: OSFP does not fit QSFP112 × 2"),
    ]

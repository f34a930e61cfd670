"""The hall view: racks and templates are placed, moved, snapped and turned."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt

from core.model.records import Area, Instance
from desktop.document import Document
from desktop.dragging import Carried
from desktop.main_window import MainWindow
from desktop.templates import templates
from tests.desktop.conftest import RACK
from tests.desktop.gestures import click, drag, drag_in, drop, hold, press_key

Paths = Callable[..., str]


def instance(document: Document, path: str) -> Instance:
    found = document.project.resolve(document.top, path)
    assert isinstance(found, Instance)
    return found


def test_a_rack_type_becomes_a_drawing_of_its_own(window: MainWindow, document: Document) -> None:
    drop(window.workspace.hall, Carried("type", RACK), (3000, 3000))
    assert len(document.project.instances(document.top)) == 4
    placed = instance(document, document.selection.paths[0])
    assert document.project.blocks[placed.of].rack_type == RACK
    assert placed.x_mm % 600 == 0


def test_every_template_can_be_placed_and_undone(window: MainWindow, document: Document) -> None:
    for template in templates():
        before = document.project.count()
        drop(window.workspace.hall, Carried("template", template.name), (60_000, 60_000))
        assert document.project.count() > before, template.name
        document.undo()
        assert document.project.count() == before


def test_a_neighbour_attracts(window: MainWindow, document: Document, at: Paths) -> None:
    hall = window.workspace.hall
    hall.show_box(hall.layer.content)
    drag(hall, (1500, 500), (1500 + 47, 500 + 1800))
    assert (instance(document, at("r3")).x_mm, instance(document, at("r3")).y_mm % 600) == (1200, 0)


def test_alt_bypasses_the_snapping(window: MainWindow, document: Document, at: Paths) -> None:
    drag(window.workspace.hall, (1500, 500), (1547, 3511), Qt.KeyboardModifier.AltModifier)
    assert instance(document, at("r3")).x_mm % 600 != 0


def test_standing_in_the_way_is_refused(window: MainWindow, document: Document, at: Paths) -> None:
    hall = window.workspace.hall
    hold(hall, (1500, 500), (920, 500))
    assert [ghost.fits for ghost in hall.overlay.ghosts] == [False]
    assert "r2" in hall.overlay.note
    before = document.project.stamp
    press_key(hall, Qt.Key.Key_Escape)
    assert document.project.stamp == before


def test_keep_out_areas_are_refused(window: MainWindow, document: Document) -> None:
    edit = document.edit("Area")
    points = ((6000, 0), (9000, 0), (9000, 3000), (6000, 3000))
    edit.put("areas", Area(block=document.top, id="area", kind="keep-out", name="Pump room", points=points))
    document.commit_edit(edit)
    drag_in(window.workspace.hall, Carried("type", RACK), (7500, 1500))
    assert "Pump room" in window.workspace.hall.overlay.note


def test_r_turns_while_dragging(window: MainWindow, document: Document, at: Paths) -> None:
    hall = window.workspace.hall
    hold(hall, (1500, 500), (1500, 4500))
    press_key(hall, Qt.Key.Key_R)
    from PySide6.QtCore import QEvent

    from tests.desktop.gestures import send

    send(hall, QEvent.Type.MouseButtonRelease, (1500, 4500))
    assert instance(document, at("r3")).rotation == 90
    document.undo()
    assert instance(document, at("r3")).rotation == 0


def test_rotate_action_turns_several_together(window: MainWindow, document: Document, at: Paths) -> None:
    document.selection.set([at("r1"), at("r2")])
    window.actions_.run("edit.rotate")
    assert {instance(document, at(name)).rotation for name in ("r1", "r2")} == {90}
    assert instance(document, at("r1")).y_mm != instance(document, at("r2")).y_mm


def test_ctrl_drag_copies_with_a_name_counted_on(window: MainWindow, document: Document) -> None:
    drag(window.workspace.hall, (1500, 500), (1500, 3500), Qt.KeyboardModifier.ControlModifier)
    names = sorted(i.name for i in document.project.instances(document.top).values())
    assert names == ["r1", "r2", "r3", "r4"]


def test_arrows_nudge_by_the_grid(window: MainWindow, document: Document, at: Paths) -> None:
    document.selection.set([at("r3")])
    press_key(window.workspace.hall, Qt.Key.Key_Up)
    assert instance(document, at("r3")).y_mm == 600


def test_click_on_empty_floor_clears_the_selection(window: MainWindow, document: Document, at: Paths) -> None:
    click(window.workspace.hall, (300, 500))
    assert document.selection.paths == (at("r1"),)
    click(window.workspace.hall, (300, 500), Qt.KeyboardModifier.ControlModifier)
    assert document.selection.paths == ()
    click(window.workspace.hall, (900, 500))
    click(window.workspace.hall, (900, 2500))
    assert document.selection.paths == ()


def test_rubber_band_takes_what_it_holds_and_crossing_what_it_meets(
    window: MainWindow, document: Document, at: Paths
) -> None:
    hall = window.workspace.hall
    drag(hall, (-200, 1800), (900, -200))
    assert document.selection.paths == (at("r1"),)
    drag(hall, (900, 1800), (-200, -200))
    assert set(document.selection.paths) == {at("r1"), at("r2")}

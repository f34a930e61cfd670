"""The rack view: placing, moving, linking, and that Escape leaves nothing behind."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt

from core.model.records import Device
from desktop.document import Document
from desktop.dragging import Carried
from desktop.main_window import MainWindow
from desktop.views.racks import RackView
from tests.desktop.conftest import SERVER, SWITCH
from tests.desktop.gestures import click, double_click, drag, drag_in, drag_out, drop, hold, press_key

Paths = Callable[..., str]


@pytest.fixture
def racks(window: MainWindow, document: Document) -> RackView:
    window.workspace.show_view("racks")
    return window.workspace.racks


def middle(racks: RackView, path: str, face: str = "front") -> tuple[float, float]:
    """Return the middle of a device in the drawing."""
    rack, _, device = path.rpartition("/")
    (standing,) = [s for s in racks.standing if s.path == rack and s.face == face]
    x, y, width, height = standing.box_of(device)  # type: ignore[misc]
    return x + width / 2, y + height / 2


def unit(racks: RackView, rack: str, number: int, face: str = "front") -> tuple[float, float]:
    """Return the middle of a unit of a rack."""
    (standing,) = [s for s in racks.standing if s.path == rack and s.face == face]
    drawn = standing.drawn
    return standing.x + drawn.width / 2, standing.y + drawn.base + (number - 0.5) * drawn.pitch


def device(document: Document, path: str) -> Device:
    found = document.project.resolve(document.top, path)
    assert isinstance(found, Device)
    return found


def test_one_rack_of_each_drawing_is_shown_front_and_rear(racks: RackView, at: Paths) -> None:
    assert [(s.path, s.face) for s in racks.standing] == [
        (at("r1"), "front"), (at("r1"), "rear"), (at("r3"), "front"), (at("r3"), "rear"),
    ]  # fmt: skip


def test_drop_from_the_catalogue_places_a_device(racks: RackView, document: Document, at: Paths) -> None:
    drop(racks, Carried("type", SERVER), unit(racks, at("r3"), 5))
    (placed,) = [
        d for d in document.project.devices(document.block_at(at("r3"))).values() if d.type == SERVER
    ]
    assert placed.half_u in (6, 8)
    assert document.selection.paths == (f"{at('r3')}/{placed.id}",)


def test_landing_preview_says_where_and_why_not(racks: RackView, document: Document, at: Paths) -> None:
    drag_in(racks, Carried("type", SERVER), unit(racks, at("r1"), 30))
    assert [ghost.fits for ghost in racks.overlay.ghosts] == [True]
    assert "U" in racks.overlay.note
    drag_in(racks, Carried("type", SERVER), unit(racks, at("r1"), 1))
    assert [ghost.fits for ghost in racks.overlay.ghosts] == [False]
    assert "hold" in racks.overlay.note
    before = document.project.stamp
    drag_out(racks)
    assert racks.overlay.is_empty
    assert document.project.stamp == before


def test_drop_on_taken_units_changes_nothing_and_says_why(
    racks: RackView, window: MainWindow, document: Document, at: Paths
) -> None:
    before = document.project.stamp
    drop(racks, Carried("type", SERVER), unit(racks, at("r1"), 1))
    assert document.project.stamp == before
    assert "does not fit" in window.statusBar().currentMessage()


def test_drag_within_a_rack_moves_the_device(racks: RackView, document: Document, at: Paths) -> None:
    path = at("r1", "a")
    start = middle(racks, path)
    drag(racks, start, (start[0], start[1] + 5 * 44.45))
    assert device(document, path).half_u == 10


def test_drag_to_another_rack(racks: RackView, document: Document, at: Paths) -> None:
    start, there = middle(racks, at("r1", "a")), unit(racks, at("r3"), 3)
    drag(racks, start, there)
    (moved,) = [d for d in document.project.devices(document.block_at(at("r3"))).values() if d.name == "a"]
    assert moved.half_u == 4
    assert len(document.project.devices(document.block_at(at("r1")))) == 1


def test_several_devices_keep_their_distance(racks: RackView, document: Document, at: Paths) -> None:
    document.selection.set([at("r1", "a"), at("r1", "b")])
    start = middle(racks, at("r1", "a"))
    drag(racks, start, (start[0], start[1] + 2 * 44.45))
    assert (device(document, at("r1", "a")).half_u, device(document, at("r1", "b")).half_u) == (4, 24)
    document.undo()
    assert (device(document, at("r1", "a")).half_u, device(document, at("r1", "b")).half_u) == (0, 20)


def test_ctrl_drag_copies(racks: RackView, document: Document, at: Paths) -> None:
    start = middle(racks, at("r1", "a"))
    drag(racks, start, (start[0], start[1] + 3 * 44.45), Qt.KeyboardModifier.ControlModifier)
    found = sorted(d.half_u for d in document.project.devices(document.block_at(at("r1"))).values())
    assert found == [0, 6, 20]


def test_escape_during_a_drag_leaves_everything_as_it_was(
    racks: RackView, document: Document, at: Paths
) -> None:
    before = document.project.stamp
    start = middle(racks, at("r1", "a"))
    hold(racks, start, (start[0], start[1] + 200))
    assert racks.overlay.ghosts
    press_key(racks, Qt.Key.Key_Escape)
    assert racks.overlay.is_empty
    assert document.project.stamp == before
    assert document.history.undo_labels == []
    assert racks.tool.name == "select"


def test_front_device_dropped_on_the_rear_is_turned(racks: RackView, document: Document, at: Paths) -> None:
    drag(racks, middle(racks, at("r1", "a")), unit(racks, at("r1"), 30, "rear"))
    assert device(document, at("r1", "a")).face == "rear"


def test_only_this_one_makes_the_copy_unique_in_one_step(
    racks: RackView, document: Document, at: Paths
) -> None:
    document.set_only_this(True)
    path = at("r1", "a")
    start = middle(racks, path)
    drag(racks, start, (start[0], start[1] + 44.45))
    assert document.block_at(at("r1")) != document.block_at(at("r2"))
    assert device(document, path).half_u == 2
    assert device(document, at("r2", "a")).half_u == 0
    document.undo()
    assert document.block_at(at("r1")) == document.block_at(at("r2"))


def test_arrows_nudge(racks: RackView, document: Document, at: Paths) -> None:
    document.selection.set([at("r1", "a")])
    press_key(racks, Qt.Key.Key_Up)
    press_key(racks, Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    assert device(document, at("r1", "a")).half_u == 2 + 4


def test_click_places_again_and_again_until_escape(
    racks: RackView, window: MainWindow, document: Document, at: Paths
) -> None:
    assert window.workspace.place(Carried("type", SWITCH)) == ""
    click(racks, unit(racks, at("r1"), 20))
    click(racks, unit(racks, at("r1"), 25))
    press_key(racks, Qt.Key.Key_Escape)
    click(racks, unit(racks, at("r1"), 28))
    switches = [d for d in document.project.devices(document.block_at(at("r1"))).values() if d.type == SWITCH]
    assert len(switches) == 2


def port(racks: RackView, path: str, name: str) -> tuple[float, float]:
    centre = racks.port_boxes(path)[name].center()
    return centre.x(), -centre.y()


def test_link_two_ports_by_clicks(racks: RackView, window: MainWindow, document: Document, at: Paths) -> None:
    s, t = at("r3", "s"), at("r3", "t")
    window.actions_.run("tool.link")
    name = next(iter(racks.port_boxes(s)))
    click(racks, port(racks, s, name))
    assert not racks.overlay.is_empty
    click(racks, port(racks, t, name))
    (link,) = document.project.links(document.block_at(at("r3"))).values()
    assert (link.a.ports, link.b.ports) == (
        (racks_token(document, s, name),),
        (racks_token(document, t, name),),
    )
    assert racks.tool.name == "link"


def racks_token(document: Document, path: str, name: str) -> str:
    from core.model.ports import whole_or_lanes

    return whole_or_lanes(document.project.ports(device(document, path)).by_name[name])[0]


def test_a_port_that_does_not_fit_is_refused_with_the_reason(
    racks: RackView, window: MainWindow, document: Document, at: Paths
) -> None:
    s = at("r3", "s")
    table = document.project.ports(device(document, s))
    data = next(p.name for p in table if p.group.layer == "data" and p.name in racks.port_boxes(s))
    power = next(
        p.name for p in table if p.group.layer == "power" and p.name in racks.port_boxes(at("r3", "t"))
    )
    before = document.project.stamp
    window.actions_.run("tool.link")
    click(racks, port(racks, s, data))
    click(racks, port(racks, at("r3", "t"), power))
    assert document.project.stamp == before
    assert "power port" in window.statusBar().currentMessage()


def test_linking_devices_takes_the_first_ports_that_fit(
    racks: RackView, window: MainWindow, document: Document, at: Paths
) -> None:
    window.actions_.run("tool.link")
    for path in (at("r3", "s"), at("r3", "t")):
        rack, _, name = path.rpartition("/")
        (standing,) = [s for s in racks.standing if s.path == rack and s.face == "front"]
        x, y, _, height = standing.box_of(name)  # type: ignore[misc]
        click(racks, (x + 12, y + height / 2))
    assert len(document.project.links(document.block_at(at("r3")))) == 1


def test_double_click_in_the_hall_shows_the_rack(window: MainWindow, document: Document, at: Paths) -> None:
    double_click(window.workspace.hall, (900, 500))
    assert window.workspace.name == "racks"
    assert [s.path for s in window.workspace.racks.standing] == [at("r2")] * 2


def test_rubber_band_selects_devices(racks: RackView, document: Document, at: Paths) -> None:
    (front,) = [s for s in racks.standing if s.path == at("r1") and s.face == "front"]
    drag(
        racks,
        (front.x - 60, front.y + front.drawn.height + 60),
        (front.x + front.drawn.width + 60, front.y - 20),
    )
    assert set(document.selection.paths) == {at("r1", "a"), at("r1", "b")}

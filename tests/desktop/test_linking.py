"""Cables by gesture: by range, from a table, re-routed and swapped by hand, and what is said of a port."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from core.catalogue.library import Library
from core.editing.blocks import new_floor_block, new_rack_block, place_instance
from core.editing.cabling.connect import connect
from core.editing.place import place_device
from core.editing.space import Spot
from core.files.session import Session
from core.model.change import Edit
from core.model.history import History
from core.model.project import Project
from core.model.records import Link
from desktop.canvas.tools.link import LinkPorts
from desktop.canvas.tools.move_devices import MoveDevices
from desktop.canvas.tools.reroute import RerouteEnd, link_ends
from desktop.dialogs.wiring import WiringDialog
from desktop.document import Document
from desktop.main_window import MainWindow
from desktop.views.racks import RackView
from tests.desktop.conftest import RACK, SWITCH, path_of
from tests.desktop.gestures import click, drag, hold

NODE = "nvidia-dgx-h100"


def unit_of_31() -> Project:
    """31 nodes in eight racks of one drawing (one node is masked out) and eight leafs, nothing linked."""
    project, library = Project(), Library.builtin()
    edit = Edit(project, "Build")
    hall = new_floor_block(edit, "Hall 1")
    nodes = new_rack_block(edit, library, RACK, "Node rack")
    for k in range(4):
        place_device(edit, library, nodes.id, NODE, Spot(half_u=16 * k), name=f"node-{k + 1}")
    last = new_rack_block(edit, library, RACK, "Last rack")
    for k in range(3):
        place_device(edit, library, last.id, NODE, Spot(half_u=16 * k), name=f"node-{k + 1}")
    net = new_rack_block(edit, library, RACK, "Network rack")
    for k in range(8):
        place_device(edit, library, net.id, SWITCH, Spot(half_u=4 * k), name=f"leaf-{k + 1}")
    for k, block in enumerate([nodes] * 7 + [last, net]):
        place_instance(edit, hall.id, block.id, x_mm=600 * k, name=f"r{k + 1}")
    History(project).commit(edit.change())
    return project


@pytest.fixture
def unit(window: MainWindow) -> Document:
    made = Document(Session.new(unit_of_31()), title="Unit")
    window.set_document(made)
    return made


def dialog() -> WiringDialog:
    (found,) = [w for w in QApplication.topLevelWidgets() if isinstance(w, WiringDialog) and w.isVisible()]
    return found


def cable_count(document: Document) -> int:
    return sum(link.count for link in document.project.every("links"))


def test_31_nodes_of_8_rails_in_two_keys(window: MainWindow, unit: Document) -> None:
    QTest.keyClick(
        window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    )
    asked = dialog()
    assert asked.words.text() == "248 cables, from 31 devices to 8."
    assert asked.go.text() == "Link 248"
    assert asked.wires.model.rowCount() == 248
    assert cable_count(unit) == 0
    QTest.keyClick(asked, Qt.Key.Key_Return)
    assert cable_count(unit) == 248
    assert unit.history.undo_labels[0].startswith("Link 248 cables: ")
    (fabric,) = unit.project.fabrics.values()
    assert {link.fabric for link in unit.project.every("links")} == {fabric.id}
    assert fabric.role == "compute"
    # Rail 8 of node 31 is on leaf 8.
    rails = {
        unit.project.names_along(link.block, link.b.path)[-1]
        for link in unit.project.every("links")
        if link.a.ports == ("osfp4/2",)
    }
    assert rails == {"leaf-8"}
    unit.undo()
    assert cable_count(unit) == 0
    assert not unit.project.fabrics


def test_misfits_are_left_out_only_if_asked(window: MainWindow, unit: Document) -> None:
    window.actions_.run("link.range")
    asked = dialog()
    asked.range.a_ports.setText("osfp1, bmc")
    asked.preview()
    assert "31 cannot be made" in asked.words.text()
    assert not asked.go.isEnabled()
    assert not asked.link()
    asked.leave_out.setChecked(True)
    asked.wires.only_wrong.setChecked(True)
    assert asked.wires.model.rowCount() == 31
    assert asked.link()
    assert cable_count(unit) == 62


def test_what_was_typed_is_shown_before_it_is_done(window: MainWindow, unit: Document) -> None:
    window.actions_.run("link.range")
    asked = dialog()
    asked.range.a.setFocus()
    asked.range.a.selectAll()
    QTest.keyClicks(asked.range.a, "r1/node-1")
    QTest.keyClick(asked.range.a, Qt.Key.Key_Return)
    assert asked.isVisible()
    assert asked.go.text() == "Link 8"
    QTest.keyClick(asked.range.a, Qt.Key.Key_Return)
    assert cable_count(unit) == 8


def test_wrong_patterns_are_said_in_the_dialog(window: MainWindow, unit: Document) -> None:
    window.actions_.run("link.range")
    asked = dialog()
    asked.range.b.setText("ghost-*")
    asked.preview()
    assert asked.words.text() == "No device is called 'ghost-*'. Use * for any text, as in leaf-*"
    assert not asked.go.isEnabled()
    asked.range.b.setText("")
    asked.preview()
    assert "Say which devices go to which" in asked.words.text()
    asked.reject()
    assert not unit.history.undo_labels


def test_the_cables_to_come_are_drawn_behind(window: MainWindow, unit: Document) -> None:
    window.workspace.show_view("racks")
    window.workspace.set_which("all")
    window.actions_.run("link.range")
    assert not window.workspace.racks.overlay.is_empty
    dialog().reject()
    assert window.workspace.racks.overlay.is_empty
    window.workspace.show_view("hall")
    window.actions_.run("link.range")
    assert not window.workspace.hall.overlay.is_empty
    dialog().reject()


def test_a_table_is_pasted_seen_and_done(window: MainWindow, unit: Document) -> None:
    text = (
        "From device\tFrom port\tTo device\tTo port\nr1/node-1\tosfp1/1\tleaf-1\tosfp1/1\nnode-1\tbmc\tx\ty\n"
    )
    QApplication.clipboard().setText(text)
    window.actions_.run("link.table")
    asked = dialog()
    assert asked.is_table
    assert asked.words.text() == "1 cable, from 1 device to 1; 1 cannot be made."
    model = asked.wires.model
    assert model.data(model.index(1, 0)) == "3"
    assert model.data(model.index(1, 5)).startswith("8 devices are called 'node-1'. Write the rack before it")
    asked.leave_out.setChecked(True)
    assert asked.link()
    assert cable_count(unit) == 1
    assert unit.history.undo_labels == ["Link 1 cable: from a table"]


# Gestures in the racks.


@pytest.fixture
def racks(window: MainWindow, document: Document, at: Callable[..., str]) -> RackView:
    """The rack of the switches s and t, near enough for ports; s osfp1/1-osfp2/1 are cabled to t."""
    edit = Edit(document.project, "Cable")
    s, t = at("r3", "s"), at("r3", "t")
    for k in (1, 2):
        connect(
            edit, document.top, s, [f"osfp{k}/1"], t, [f"osfp{k}/1"], name=f"c{k}", length_m=2.0, merge=False
        )
    document.commit_edit(edit)
    document.selection.set([s])
    window.actions_.run("view.selected_racks")
    view = window.workspace.racks
    box = view.port_boxes(s)["osfp1"].united(view.port_boxes(t)["osfp32"])
    view.show_box(box.adjusted(-60, -60, 60, 60))
    assert view.shows_ports
    return view


def port(view: RackView, path: str, name: str) -> tuple[float, float]:
    middle = view.port_boxes(path)[name].center()
    return middle.x(), -middle.y()


def link_named(document: Document, name: str) -> Link:
    (found,) = [link for link in document.project.every("links") if link.name == name]
    return found


def select_link(document: Document, at: Callable[..., str], name: str) -> None:
    document.selection.set([f"{at('r3')}/{link_named(document, name).id}"])


def test_an_end_is_dragged_to_a_free_port(
    racks: RackView, document: Document, at: Callable[..., str]
) -> None:
    select_link(document, at, "c1")
    assert len(link_ends(racks)) == 2
    drag(racks, port(racks, at("r3", "t"), "osfp1"), port(racks, at("r3", "t"), "osfp9"))
    link = link_named(document, "c1")
    assert link.b.ports == ("osfp9/1",)
    assert (link.a.ports, link.length_m) == (("osfp1/1",), 2.0)
    assert document.history.undo_labels[0] == "Re-route s osfp1/1"
    assert document.selection.paths == (f"{at('r3')}/{link.id}",)
    document.undo()
    assert link_named(document, "c1").b.ports == ("osfp1/1",)


def test_an_end_dropped_on_a_cable_swaps_with_it(
    racks: RackView, document: Document, at: Callable[..., str]
) -> None:
    """Both lanes of the cage are taken, so the cable in it goes to the old place."""
    t = at("r3", "t")
    edit = Edit(document.project, "More")
    connect(edit, document.top, at("r3", "s"), ["osfp2/2"], t, ["osfp2/2"], name="c3", merge=False)
    document.commit_edit(edit)
    select_link(document, at, "c1")
    hold(racks, port(racks, t, "osfp1"), port(racks, t, "osfp2"))
    assert racks.overlay.note == "s osfp1/1 → t osfp2/1\nits cable → t osfp1/1 (swap)"
    drag(racks, port(racks, t, "osfp1"), port(racks, t, "osfp2"))
    assert link_named(document, "c1").b.ports == ("osfp2/1",)
    assert link_named(document, "c2").b.ports == ("osfp1/1",)
    assert document.history.undo_labels[0] == "Swap ends of s osfp1/1"


def test_a_drop_that_does_not_fit_changes_nothing(
    window: MainWindow, racks: RackView, document: Document, at: Callable[..., str]
) -> None:
    select_link(document, at, "c1")
    before = document.history.undo_labels
    for where in (port(racks, at("r3", "t"), "osfp1"), (port(racks, at("r3", "t"), "osfp1")[0], 1e5)):
        drag(racks, port(racks, at("r3", "t"), "osfp1"), where)
        assert document.history.undo_labels == before
    drag(racks, port(racks, at("r3", "t"), "osfp1"), port(racks, at("r3", "s"), "osfp1"))
    assert document.history.undo_labels in (before, ["Re-route s osfp1/1", *before])
    assert link_named(document, "c1").count == 1


def test_a_drag_from_a_picked_port_links_and_from_another_moves(
    racks: RackView, document: Document, at: Callable[..., str]
) -> None:
    s, t = at("r3", "s"), at("r3", "t")
    hold(racks, port(racks, s, "osfp5"), port(racks, t, "osfp6"))
    assert isinstance(racks.tool, MoveDevices)
    racks.escape()
    click(racks, port(racks, s, "osfp5"))
    assert document.selection.port == (s, "osfp5")
    hold(racks, port(racks, s, "osfp5"), port(racks, t, "osfp6"))
    assert isinstance(racks.tool, LinkPorts)
    racks.escape()
    document.selection.pick_port(s, "osfp5")
    drag(racks, port(racks, s, "osfp5"), port(racks, t, "osfp6"))
    made = [link for link in document.project.every("links") if "osfp5/1" in link.a.ports]
    assert [link.b.ports for link in made] == [("osfp6/1",)]
    assert racks.tool.name == "select"


def test_a_drag_from_a_picked_port_in_use_reroutes(
    racks: RackView, document: Document, at: Callable[..., str]
) -> None:
    s, t = at("r3", "s"), at("r3", "t")
    edit = Edit(document.project, "More")
    connect(edit, document.top, s, ["osfp1/2"], t, ["osfp1/2"], name="c3", merge=False)
    document.commit_edit(edit)
    document.selection.pick_port(s, "osfp1")
    hold(racks, port(racks, s, "osfp1"), port(racks, s, "osfp8"))
    assert isinstance(racks.tool, RerouteEnd)
    racks.escape()


def test_the_racks_one_works_in_stay_where_they_are(
    racks: RackView, document: Document, at: Callable[..., str]
) -> None:
    """An edit while something else is selected adds its rack behind; it takes none away."""
    before = racks.port_boxes(at("r3", "s"))["osfp1"]
    document.selection.set([at("r1", "a")])
    edit = Edit(document.project, "Rename")
    edit.replace("devices", document.project.resolve(document.top, at("r1", "a")).key, name="c")
    document.commit_edit(edit)
    assert [standing.path for standing in racks.standing[::2]] == [at("r3"), at("r1")]
    assert racks.port_boxes(at("r3", "s"))["osfp1"] == before


# The menu.


def test_disconnect_says_how_many(
    window: MainWindow, racks: RackView, document: Document, at: Callable[..., str], qtbot: QtBot
) -> None:
    with qtbot.waitSignal(document.noted) as said:
        document.selection.pick_port(at("r3", "s"), "osfp1")
        window.actions_.run("link.disconnect")
    assert said.args == ["1 cable removed"]
    assert document.selection.port == (at("r3", "s"), "osfp1")
    assert not window.actions_["link.disconnect"].isEnabled()
    document.selection.set([at("r3")])
    window.actions_.run("link.disconnect")
    assert cable_count(document) == 1  # what is inside the rack does not lead out of it
    document.selection.set([at("r3", "t")])
    window.actions_.run("link.disconnect")
    assert cable_count(document) == 0
    assert document.history.undo_labels[0] == "Disconnect 1 cable"


def test_bundle_and_open(
    window: MainWindow, racks: RackView, document: Document, at: Callable[..., str]
) -> None:
    document.selection.set([at("r3", "s"), at("r3", "t")])
    window.actions_.run("link.bundle")
    (trunk,) = document.project.every("links")
    assert (trunk.count, document.selection.paths) == (2, (f"{at('r3')}/{trunk.id}",))
    window.actions_.run("link.open_trunk")
    assert sorted(link.name for link in document.project.every("links")) == ["c1", "c2"]
    assert len(document.selection.paths) == 2
    assert not window.actions_["link.open_trunk"].isEnabled()
    assert "trunk" in window.actions_["link.open_trunk"].toolTip()


def test_links_and_far_ends_of_the_selection(
    window: MainWindow, racks: RackView, document: Document, at: Callable[..., str]
) -> None:
    s, t = at("r3", "s"), at("r3", "t")
    document.selection.set([s])
    window.actions_.run("link.select")
    assert len(document.selection.paths) == 2
    document.selection.set([s])
    window.actions_.run("link.far_ends")
    assert document.selection.paths == (t,)
    document.selection.pick_port(s, "osfp2")
    window.actions_.run("link.far_ends")
    assert document.selection.port == (t, "osfp2")


# What is on this port.


def test_a_picked_port_says_what_is_on_it(
    window: MainWindow, racks: RackView, document: Document, at: Callable[..., str], qtbot: QtBot
) -> None:
    s, t = at("r3", "s"), at("r3", "t")
    qtbot.waitUntil(lambda: window.evaluation.is_current, timeout=10_000)
    click(racks, port(racks, s, "osfp1"))
    panel = window.properties.port_facts
    assert panel.isVisible()
    assert panel.facts is not None
    (plug,) = panel.facts.plugs
    assert plug.far == (t, "osfp1")
    assert dict(plug.rows)["Length"] == "2 m"
    qtbot.waitUntil(lambda: len(panel.breaks) == 2, timeout=10_000)
    assert panel.breaks["port"][0].startswith("No fabric: s, t: 1 of 2 links left")
    (far,) = [made for made in panel.findChildren(QPushButton) if made.text().startswith("→")]
    far.click()
    assert document.selection.port == (t, "osfp1")
    assert panel.facts.title == "t osfp1"
    document.selection.set([t])
    assert not panel.isVisible()


def test_the_panel_follows_edits_and_undo(
    window: MainWindow, racks: RackView, document: Document, at: Callable[..., str]
) -> None:
    s = at("r3", "s")
    document.selection.pick_port(s, "osfp1")
    panel = window.properties.port_facts
    window.actions_.run("link.disconnect")
    assert panel.facts is not None
    assert panel.facts.state.startswith("Free; ")
    document.undo()
    assert len(panel.facts.plugs) == 1
    document.selection.set([s])
    window.actions_.run("edit.delete")
    assert panel.facts is None
    assert path_of(document, "r3")

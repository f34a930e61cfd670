"""The network view, by mouse and keyboard."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QRectF, Qt
from pytestqt.qtbot import QtBot

from core.files.session import Session
from core.model.change import Edit
from core.model.records import Device, Link
from desktop.document import Document
from desktop.main_window import MainWindow
from desktop.views.network import NetworkView
from desktop.views.view import box_shape
from tests.desktop.gestures import click, double_click, drag, press_key
from tests.drawing.fabrics import rails

SHIFT = Qt.KeyboardModifier.ShiftModifier
CONTROL = Qt.KeyboardModifier.ControlModifier
Point = tuple[float, float]


@pytest.fixture
def document(window: MainWindow, qtbot: QtBot) -> Document:
    """Five racks of nine hosts on two rails, open in the network view."""
    made = Document(Session.new(rails(hosts=9, rails=2, racks=5)), title="Rails")
    window.set_document(made)
    qtbot.waitUntil(lambda: window.evaluation.is_current, timeout=10_000)
    window.workspace.show_view("network")
    return made


@pytest.fixture
def view(window: MainWindow, document: Document) -> NetworkView:
    return window.workspace.network


def middle(view: NetworkView, key: str) -> Point:
    """Return the middle of a box of the drawing [mm]."""
    assert view.picture is not None
    x, y, width, height = view.picture.drawn.boxes[key]
    return x + width / 2, y + height / 2


def labels(view: NetworkView) -> list[str]:
    assert view.picture is not None
    return [node.label for node in view.picture.map.nodes]


def key_of(view: NetworkView, label: str) -> str:
    assert view.picture is not None
    (node,) = [node for node in view.picture.map.nodes if node.label == label]
    return node.key


def at_bundle(view: NetworkView, a: str, b: str, share: float = 0.5) -> Point:
    """Return a point on the line between two boxes."""
    assert view.picture is not None
    keys = {key_of(view, a), key_of(view, b)}
    (index,) = [k for k, bundle in enumerate(view.picture.map.bundles) if {bundle.a, bundle.b} == keys]
    x1, y1, x2, y2 = view.picture.lines[index].tolist()
    return x1 + share * (x2 - x1), y1 + share * (y2 - y1)


# Selection.


def test_a_click_on_a_device_selects_it_in_every_view(document: Document, view: NetworkView) -> None:
    click(view, middle(view, "leafs/leaf0"))
    assert document.selection.paths == ("leafs/leaf0",)
    click(view, middle(view, "spines/spine1"), CONTROL)
    assert document.selection.paths == ("leafs/leaf0", "spines/spine1")


def test_a_click_on_a_gathered_node_selects_its_rack(document: Document, view: NetworkView) -> None:
    click(view, middle(view, key_of(view, "n2")))
    assert document.selection.paths == ("n2",)
    assert [node.label for node in view.selected_nodes()] == ["n2"]


def test_a_selected_rack_outlines_the_nodes_inside(document: Document, view: NetworkView) -> None:
    document.selection.set(["leafs"])
    assert {node.label for node in view.selected_nodes()} == {"leaf0", "leaf1"}
    document.selection.set(["n1/h3"])
    assert [node.label for node in view.selected_nodes()] == ["n1"]


def test_a_click_on_a_bundle_selects_its_links_and_fans_them_out(
    document: Document, view: NetworkView
) -> None:
    click(view, at_bundle(view, "leaf0", "spine1", 0.4))
    links = [document.project.resolve("hall", path) for path in document.selection.paths]
    assert len(links) == 2
    for link in links:
        assert isinstance(link, Link)
        assert (link.a.path, link.b.path) == ("leafs/leaf0", "spines/spine1")
    assert [cables for _, cables in view.fan.bundles] == [2]
    assert view.card.title.text() == "leaf0 – spine1 · 2 × 400G"
    assert view.card.lines.text().splitlines() == [
        " 1  osfp52/1 – osfp1/1",
        " 2  osfp52/2 – osfp1/2",
    ]
    document.selection.clear()
    assert view.fan.bundles == []
    assert not view.card.isVisible()


def test_a_bundle_of_a_gathered_node_names_the_devices(document: Document, view: NetworkView) -> None:
    click(view, at_bundle(view, "n0", "leaf1", 0.4))
    assert len(document.selection.paths) == 9
    assert view.card.lines.text().splitlines()[0] == " 1  h0 nic2 – osfp1/1"


def test_the_pointer_over_a_bundle_fans_it_out(view: NetworkView, window: MainWindow) -> None:
    from PySide6.QtCore import QEvent

    from tests.desktop.gestures import send

    point = at_bundle(view, "leaf1", "spine0", 0.4)
    send(view, QEvent.Type.MouseMove, point, held=False)
    assert [cables for _, cables in view.fan.bundles] == [2]
    send(view, QEvent.Type.MouseMove, (point[0], -50.0), held=False)
    assert view.fan.bundles == []


def test_a_rubber_band_selects_boxes(document: Document, view: NetworkView) -> None:
    assert view.picture is not None
    boxes = [view.picture.drawn.boxes[f"leafs/leaf{r}"] for r in range(2)]
    low = (min(b[0] for b in boxes) - 3, boxes[0][1] - 1.2)
    high = (max(b[0] + b[2] for b in boxes) + 3, boxes[0][1] + boxes[0][3] + 1.2)
    drag(view, low, high)
    assert set(document.selection.paths) == {"leafs/leaf0", "leafs/leaf1"}


# Gathered nodes.


def test_a_double_click_opens_a_gathered_node_and_the_frame_gathers_it(view: NetworkView) -> None:
    key = key_of(view, "n1")
    double_click(view, middle(view, key))
    assert "h8" in labels(view)
    assert "n1" not in labels(view)
    assert view.picture is not None
    x, y, width, _ = view.picture.drawn.frames[key]
    double_click(view, (x + width / 2, y + 1.0))
    assert "n1" in labels(view)


def test_enter_opens_and_the_menu_gathers(window: MainWindow, document: Document, view: NetworkView) -> None:
    assert "nothing is opened" in window.actions_["network.gather"].toolTip()
    document.selection.set(["n3"])
    press_key(view, Qt.Key.Key_Return)
    assert "h0" in labels(view)
    window.actions_.run("network.gather")
    assert "h0" not in labels(view)


def test_a_double_click_on_a_device_goes_to_its_rack(
    window: MainWindow, document: Document, view: NetworkView
) -> None:
    double_click(view, middle(view, "leafs/leaf1"))
    assert window.workspace.name == "racks"
    assert document.selection.paths == ("leafs/leaf1",)


def test_near_enough_a_gathered_node_shows_what_it_holds(
    window: MainWindow, document: Document, view: NetworkView
) -> None:
    picture = view.picture
    assert picture is not None
    (node,) = [n for n in picture.map.nodes if n.label == "n2"]
    assert not picture.inside.is_shown(node)
    x, y, width, height = picture.box(node)
    view.show_box(QRectF(x, -y - height, width, height))
    view.viewport().repaint()
    assert picture.inside.is_shown(node)
    cells = {picture.graph.paths[i]: picture.inside.cell(node, i) for i in node.members}
    assert sorted(cells) == [f"n2/h{k}" for k in range(9)]
    for left, low, wide, high in cells.values():
        assert x <= left
        assert left + wide <= x + width + 1e-6
        assert y <= low
        assert low + high <= y + height
    left, low, wide, high = cells["n2/h5"]
    click(view, (left + wide / 2, low + high / 2))
    assert document.selection.paths == ("n2/h5",)
    (shape,) = view.shapes_of(["n2/h5"])[0]
    assert shape.boundingRect().width() == pytest.approx(wide)
    double_click(view, (left + wide / 2, low + high / 2))
    assert window.workspace.name == "racks"


# Neighbours.


def test_neighbours_only_and_back(window: MainWindow, document: Document, view: NetworkView) -> None:
    window.actions_.refresh()
    assert not window.actions_["network.neighbours"].isEnabled()
    assert "nothing is selected" in window.actions_["network.neighbours"].toolTip()
    document.selection.set(["n4/h7"])
    window.actions_.run("network.neighbours")
    assert sorted(labels(view)) == ["h7", "leaf0", "leaf1"]
    assert window.actions_["network.neighbours"].isChecked()
    window.actions_.run("network.more")
    assert {"h7", "leaf0", "leaf1", "spine0", "spine1"} <= set(labels(view))
    assert view.picture is not None
    assert sum(node.count for node in view.picture.map.tiers[0]) == 45
    window.actions_.run("network.less")
    assert len(labels(view)) == 3
    window.actions_.run("network.neighbours")
    assert view.focus is None
    assert "n4" in labels(view)


def test_escape_leaves_the_neighbours(document: Document, view: NetworkView) -> None:
    document.selection.set(["leafs/leaf0"])
    view.show_neighbours()
    press_key(view, Qt.Key.Key_Escape)
    assert document.selection.paths == ()
    assert view.focus is not None
    press_key(view, Qt.Key.Key_Escape)
    assert view.focus is None


def test_the_bar_follows_and_sets_the_hops(window: MainWindow, document: Document, view: NetworkView) -> None:
    bar = window.workspace.network_bar
    document.selection.set(["n4/h7"])
    bar.neighbours.click()
    assert bar.neighbours.isChecked()
    bar.hops.setCurrentIndex(1)
    bar.hops.activated.emit(1)
    assert view.focus is not None
    assert view.focus.hops == 2
    bar.neighbours.click()
    assert view.focus is None


def test_removing_what_is_in_focus_shows_the_fabric_again(document: Document, view: NetworkView) -> None:
    from core.editing.remove import remove

    document.selection.set(["spines/spine0"])
    view.show_neighbours()
    edit = document.edit("Remove")
    remove(edit, "b-spines", ["spine0"])
    document.commit_edit(edit)
    assert view.focus is None
    assert "spine0" not in labels(view)


# Paths.


def test_the_path_between_two_devices(window: MainWindow, document: Document, view: NetworkView) -> None:
    document.selection.set(["leafs/leaf0"])
    window.actions_.refresh()
    assert "select two devices" in window.actions_["network.path"].toolTip()
    document.selection.set(["leafs/leaf0", "leafs/leaf1"])
    window.actions_.run("network.path")
    assert view.picture is not None
    assert view.picture.lit == {"leafs/leaf0", "leafs/leaf1", "spines/spine0", "spines/spine1"}
    assert "n4" in labels(view)  # the rest stays, faintly
    assert (len(view.veil.boxes), len(view.veil.lines)) == (4, 4)
    assert view.card.title.text() == "1 switch on the way, path 1 of 2"
    assert [line.partition(", way")[0] for line in view.card.lines.text().splitlines()] == [
        "1  leaf0 osfp51/1 – spine0 osfp1/1  400G, 2 links",
        "2  spine0 osfp2/1 – leaf1 osfp51/1  400G, 2 links",
    ]
    assert len(view.fan.way) == 2
    window.actions_.run("network.next_path")
    assert view.card.lines.text().startswith("1  leaf0 osfp52/1 – spine1 osfp1/1")
    window.actions_.run("network.all")
    assert view.paths is None
    assert view.fan.way == []
    assert view.veil.boxes == []


def test_no_path_is_said(window: MainWindow, document: Document, view: NetworkView) -> None:
    edit = document.edit("Cut")
    for link in list(document.project.links("hall").values()):
        if "n4/h0" in (link.a.path, link.b.path) or link.b.path == "leafs/leaf0":
            edit.remove("links", link.key)
    # Leaf 0 keeps its spines only: the hosts go over leaf 1. Host n4/h0 has lost all.
    document.commit_edit(edit)
    document.selection.set(["n4/h0", "spines/spine0"])
    window.actions_.run("network.path")
    assert view.focus is None
    document.selection.set(["n4/h1", "leafs/leaf0"])
    window.actions_.run("network.path")
    assert view.paths is not None
    assert view.paths.hops == 2  # leaf 1 and a spine
    assert view.paths.count == 2


# Paths between two ports.


def begin(window: MainWindow, document: Document, path: str, port: str) -> None:
    document.selection.pick_port(path, port)
    window.actions_.run("network.path_from")


def test_a_path_from_port_to_port_uses_these_ports(
    window: MainWindow, document: Document, view: NetworkView
) -> None:
    window.workspace.show_view("racks")
    begin(window, document, "n0/h0", "nic1")
    assert view.path_from == ("n0/h0", "nic1")
    assert "A path begins at h0 nic1" in window.statusBar().currentMessage()
    document.selection.pick_port("leafs/leaf1", "osfp52")
    window.actions_.run("network.path_to")
    assert window.workspace.name == "network"
    assert view.paths is not None
    # Port 52 of leaf 1 leads to spine 1: from there down to the leaf of the host's first NIC only.
    assert (view.paths.count, view.paths.hops) == (1, 2)
    assert [line.split("  ")[1].split(" – ")[0] for line in view.card.lines.text().splitlines()] == [
        "h0 nic1", "leaf0 osfp52/1", "spine1 osfp2/1",
    ]  # fmt: skip
    assert view.card.lines.text().splitlines()[-1].split(" – ")[1].startswith("leaf1 osfp52/1 ")


def test_hops_tell_length_and_part_once_evaluated(
    window: MainWindow, document: Document, view: NetworkView, qtbot: QtBot
) -> None:
    from core.explore.port_facts import port_facts

    begin(window, document, "n0/h0", "nic1")
    document.selection.set(["leafs/leaf0"])
    window.actions_.run("network.path_to")
    evaluation = window.workspace.seeing.evaluation
    (plug,) = port_facts(document.project, "hall", "n0/h0", "nic1", evaluation).plugs
    way = dict(plug.rows)["How"].removeprefix("Way ").partition(" m")[0]
    assert (
        view.card.lines.text() == f"1  h0 nic1 – leaf0 osfp1/1  400G, way {way} m, no part reaches"
    )  # the sample has no cables to choose from
    edit = document.edit("Rename")
    edit.put("devices", replace(edit.get("devices", ("b-n0", "h1")), name="other"))
    document.commit_edit(edit)
    assert view.card.lines.text() == "1  h0 nic1 – leaf0 osfp1/1  400G"  # until it is evaluated again
    qtbot.waitUntil(lambda: "way" in view.card.lines.text(), timeout=10_000)


def test_a_path_is_shown_with_p_from_where_it_was_to_begin(
    window: MainWindow, document: Document, view: NetworkView
) -> None:
    begin(window, document, "leafs/leaf0", "osfp51")
    document.selection.set(["leafs/leaf1"])
    window.actions_.run("network.path")
    assert view.paths is not None
    assert view.paths.count == 1
    assert view.fan.way != []


def test_what_is_not_joined_or_not_linked_is_said(
    window: MainWindow, document: Document, view: NetworkView
) -> None:
    window.actions_.refresh()
    begin(window, document, "leafs/leaf0", "osfp51")
    window.actions_.refresh()
    assert "both ends are on one device" in window.actions_["network.path_to"].toolTip()
    document.selection.pick_port("leafs/leaf1", "osfp60")
    window.actions_.run("network.path_to")
    assert "leaf1 osfp60 is not linked to anything" in window.statusBar().currentMessage()
    # The host's second NIC hangs on leaf 1 alone: not on the port where leaf 0 has its first.
    begin(window, document, "n0/h0", "nic2")
    document.selection.pick_port("leafs/leaf0", "osfp1")
    window.actions_.run("network.path_to")
    assert "no links of this fabric join h0 nic2 and leaf0 osfp1" in window.statusBar().currentMessage()
    assert view.focus is None


def test_the_chip_says_where_a_path_begins_and_forgets_it(
    window: MainWindow, document: Document, view: NetworkView
) -> None:
    chip = window.workspace.network_bar.begin
    assert not chip.isVisible()
    begin(window, document, "leafs/leaf0", "osfp51")
    assert chip.isVisible()
    assert "leaf0 osfp51" in chip.text()
    chip.click()
    assert view.path_from is None
    assert not chip.isVisible()
    begin(window, document, "leafs/leaf0", "osfp51")
    edit = document.edit("Remove")
    from core.editing.remove import remove

    remove(edit, "b-leafs", ["leaf0"])
    document.commit_edit(edit)
    assert view.path_from is None


def test_the_facts_of_a_port_offer_paths(window: MainWindow, document: Document, view: NetworkView) -> None:
    from PySide6.QtWidgets import QToolButton

    document.selection.pick_port("n0/h0", "nic1")
    window.actions_.settle()
    links = {made.text(): made for made in window.properties.port_facts.findChildren(QToolButton)}
    assert not links["Path to Here"].isEnabled()
    links["Path from Here"].click()
    assert view.path_from == ("n0/h0", "nic1")
    document.selection.pick_port("leafs/leaf1", "osfp51")
    window.actions_.settle()
    links = {made.text(): made for made in window.properties.port_facts.findChildren(QToolButton)}
    links["Path to Here"].click()
    assert view.paths is not None
    assert (view.paths.count, view.paths.hops) == (1, 2)


# Rearranging.


def test_a_drag_moves_a_box_in_one_step_and_undo_takes_it_back(document: Document, view: NetworkView) -> None:
    before = middle(view, "spines/spine0")
    drag(view, before, (before[0] + 20, before[1] + 15))
    assert middle(view, "spines/spine0") == pytest.approx((before[0] + 20, before[1] + 15), abs=0.2)
    (layout,) = document.project.rows("layouts", "hall").values()
    assert layout.id == "fabric.compute"
    assert list(layout.positions) == ["spines/spine0"]
    document.undo()
    assert middle(view, "spines/spine0") == pytest.approx(before)
    assert not document.project.rows("layouts", "hall")


def test_several_boxes_move_together_and_a_gathered_one_is_kept_by_its_tier(
    window: MainWindow, document: Document, view: NetworkView
) -> None:
    document.selection.set(["leafs/leaf0", "n0"])
    leaf, rack = middle(view, "leafs/leaf0"), middle(view, key_of(view, "n0"))
    drag(view, leaf, (leaf[0] - 10, leaf[1] + 12))
    assert middle(view, key_of(view, "n0")) == pytest.approx((rack[0] - 10, rack[1] + 12), abs=0.2)
    ids = {layout.id: list(layout.positions) for layout in document.project.rows("layouts", "hall").values()}
    assert ids == {"fabric.compute": ["leafs/leaf0"], "fabric.compute+0": ["n0"]}
    document.undo()
    assert not document.project.rows("layouts", "hall")
    document.redo()
    window.actions_.run("network.reset")
    assert middle(view, "leafs/leaf0") == pytest.approx(leaf)
    assert not document.project.rows("layouts", "hall")


def test_the_sheet_has_the_boxes_where_they_were_put(document: Document, view: NetworkView) -> None:
    from core.drawing.schematic import FRAME, schematic
    from core.editing.layouts import places_in

    before = middle(view, "spines/spine0")
    drag(view, before, (before[0] + 20, before[1] + 15))
    assert view.picture is not None
    at = middle(view, "spines/spine0")
    size = view.picture.drawn.size
    places = places_in(document.project, "hall", "compute")
    x, y, width, height = schematic(view.picture.map, size=FRAME, places=places).boxes["spines/spine0"]
    share = ((x + width / 2) / FRAME[0], (y + height / 2) / FRAME[1])
    assert share == pytest.approx((at[0] / size[0], at[1] / size[1]), abs=1e-3)


def test_neighbours_are_rearranged_beside_the_project(
    window: MainWindow, document: Document, view: NetworkView
) -> None:
    document.selection.set(["leafs/leaf0"])
    view.show_neighbours()
    start, whole = middle(view, "leafs/leaf0"), document.project.stamp
    drag(view, start, (start[0] + 20, start[1] + 15))
    assert middle(view, "leafs/leaf0") == pytest.approx((start[0] + 20, start[1] + 15), abs=0.2)
    assert document.project.stamp == whole
    view.show_all()
    view.show_neighbours()
    assert middle(view, "leafs/leaf0") == pytest.approx((start[0] + 20, start[1] + 15), abs=0.2)
    window.actions_.run("network.reset")
    assert middle(view, "leafs/leaf0") == pytest.approx(start)


def test_boxes_of_a_path_are_rearranged_with_the_fabric(document: Document, view: NetworkView) -> None:
    document.selection.set(["leafs/leaf0", "leafs/leaf1"])
    view.show_path()
    document.selection.clear()
    start = middle(view, "spines/spine1")
    drag(view, start, (start[0] + 20, start[1] + 15))
    assert view.paths is not None
    view.show_all()
    assert middle(view, "spines/spine1") == pytest.approx((start[0] + 20, start[1] + 15), abs=0.2)


# Keyboard.


def test_arrows_go_to_the_nearest_box(document: Document, view: NetworkView) -> None:
    document.selection.set(["leafs/leaf0"])
    press_key(view, Qt.Key.Key_Right)
    assert document.selection.paths == ("leafs/leaf1",)
    press_key(view, Qt.Key.Key_Up)
    assert document.selection.paths[0].startswith("spines/")
    press_key(view, Qt.Key.Key_Down)
    assert document.selection.paths[0].startswith("leafs/")
    press_key(view, Qt.Key.Key_Down)
    assert document.selection.paths[0].startswith("n")
    document.selection.set(["leafs/leaf0"])
    press_key(view, Qt.Key.Key_Right, SHIFT)
    assert document.selection.paths == ("leafs/leaf0", "leafs/leaf1")


def test_arrows_begin_with_the_first_box(document: Document, view: NetworkView) -> None:
    press_key(view, Qt.Key.Key_Right)
    assert document.selection.paths == ("n0",)


# Following the project.


def test_the_view_is_not_drawn_anew_while_hidden(
    window: MainWindow, document: Document, view: NetworkView, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[int] = []
    rebuild = view.rebuild
    monkeypatch.setattr(view, "rebuild", lambda: (calls.append(1), rebuild()))
    window.workspace.show_view("hall")
    edit = Edit(document.project, "Rename")
    edit.replace("devices", ("b-spines", "spine0"), name="top")
    document.commit_edit(edit)
    assert calls == []
    window.workspace.show_view("network")
    assert calls == [1]
    assert "top" in labels(view)


def test_a_new_device_and_link_are_drawn(document: Document, view: NetworkView) -> None:
    from core.model.records import End

    edit = Edit(document.project, "Add")
    edit.put("devices", Device(block="b-spines", id="new", type="sw64", name="spine-new", half_u=60))
    end = End("leafs/leaf1", ("osfp60/1",))
    edit.put("links", Link(block="hall", id="x", a=end, b=End("spines/new", ("osfp1/1",)), fabric="compute"))
    document.commit_edit(edit)
    assert "spine-new" in labels(view)
    document.undo()
    assert "spine-new" not in labels(view)


def test_panels_keep_their_width_in_every_view(
    window: MainWindow, document: Document, view: NetworkView, qtbot: QtBot
) -> None:
    window.resize(1280, 800)
    qtbot.wait(50)
    found = set()
    for name in ("hall", "racks", "network", "hall"):
        window.actions_.run(f"view.{name}")
        qtbot.wait(50)
        found.add((window.properties.width(), window.below_tabs.width(), window.width()))
    document.selection.set(["leafs/leaf0"])
    window.workspace.show_racks_of_selection()
    qtbot.wait(50)
    found.add((window.properties.width(), window.below_tabs.width(), window.width()))
    assert len(found) == 1
    assert window.width() == 1280


def test_the_card_of_a_link_covers_no_tier_while_there_is_room(
    window: MainWindow, document: Document, view: NetworkView, qtbot: QtBot
) -> None:
    assert view.picture is not None
    document.selection.set(view.picture.links_of(view.picture.map.bundles[0]))
    assert view.card.isVisible()
    card = QRectF(view.card.geometry())
    for node in view.picture.map.nodes:
        box = view.viewportTransform().map(box_shape(*view.picture.box(node))).boundingRect()
        assert not card.intersects(box), node.label

"""The day-one tasks, done by hand as a designer would; each must take no more gestures than it may."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import ezdxf
import pypdfium2
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from core.catalogue.library import Library
from core.editing.blocks import new_floor_block, new_rack_block, place_instance
from core.editing.cabling.connect import connect, disconnect, first_compatible
from core.editing.fields import own_fields
from core.editing.issuing import issue
from core.editing.place import Spot, place_device
from core.files.project_file import load
from core.files.session import Session
from core.model.change import Edit
from core.model.history import History
from core.model.project import Project
from desktop.canvas.tools.two_points import TwoPoints
from desktop.dialogs.misfits import MisfitsDialog
from desktop.dialogs.underlay import DistanceDialog
from desktop.document import Document
from desktop.dragging import Carried
from desktop.main_window import MainWindow
from tests.desktop.conftest import SWITCH, forget_edits
from tests.desktop.hand import Hand
from tests.desktop.test_linking import unit_of_31
from tests.desktop.test_racks import middle, unit

CLOUD = (0xB3, 0x26, 0x1E)
EXAMPLES = Path(__file__).resolve().parents[2] / "resources" / "examples"
SHIFT = Qt.KeyboardModifier.ShiftModifier
Opener = Callable[[Project], Document]


@pytest.fixture
def opened(window: MainWindow, qtbot: QtBot) -> Opener:
    def open_in_window(project: Project) -> Document:
        document = Document(Session.new(project), title="Day one")
        window.set_document(document)
        qtbot.waitUntil(lambda: window.evaluation.is_current, timeout=20_000)
        return document

    return open_in_window


@pytest.fixture
def hand(window: MainWindow) -> Iterator[Hand]:
    yield Hand(window)
    forget_edits(window)


def example(stem: str) -> Project:
    return load(EXAMPLES / f"{stem}.cage")[0]


def hall_of(*rack_types: str) -> Project:
    """A hall with empty racks side by side."""
    project, library = Project(), Library.builtin()
    edit = Edit(project, "Build")
    hall = new_floor_block(edit, "Hall 1")
    for n, rack_type in enumerate(rack_types):
        block = new_rack_block(edit, library, rack_type, f"Rack {n + 1}")
        place_instance(edit, hall.id, block.id, x_mm=600 * n, name=f"r{n + 1}")
    History(project).commit(edit.change())
    return project


def path_of_type(window: MainWindow, document: Document, type_id: str) -> str:
    racks = window.workspace.racks
    return next(p for p in racks.shown_devices() if document.project.resolve(document.top, p).type == type_id)


def texts(widget: QWidget) -> str:
    shown = [w.text() for w in widget.findChildren(QLabel) if w.isVisible()]
    return "\n".join([*shown, *(b.text() for b in widget.findChildren(QPushButton) if b.isVisible())])


def test_fill_a_48u_rack_with_4_dgx_h100(window: MainWindow, opened: Opener, hand: Hand) -> None:
    document = opened(hall_of("apc-ar3357"))
    (rack,) = document.project.instances(document.top)
    hand.field("dgx h100", window.catalogue.search)
    racks = window.workspace.racks
    hand.key("4")
    hand.click(racks, unit(racks, rack, 4))
    assert hand.count <= 3, hand.done
    placed = document.project.devices(document.block_at(rack)).values()
    assert sorted((d.type, d.half_u) for d in placed) == [("nvidia-dgx-h100", u) for u in (0, 16, 32, 48)]
    assert len(document.history.undo_labels) == 1


def test_a_hall_of_4_gb200_units_second_row_mirrored(window: MainWindow, opened: Opener, hand: Hand) -> None:
    document = opened(hall_of())
    hand.drop(window.workspace.hall, Carried("template", "su-gb200"), (6000, 3000))
    hand.key("Ctrl+Shift+D")
    dialog = QApplication.activeWindow()
    hand.field("2", dialog.rows)
    assert hand.count <= 6, hand.done
    units = sorted(document.project.instances(document.top).values(), key=lambda i: i.name)
    first = units[0].name
    assert [u.name for u in units] == [f"{first[:-1]}{n}" for n in (1, 2, 3, 4)]
    assert [u.mirrored for u in units] == [False, False, True, True]


def test_wire_31_nodes_by_8_rails_to_the_leafs(window: MainWindow, opened: Opener, hand: Hand) -> None:
    document = opened(unit_of_31())
    hand.key("Ctrl+Shift+L")
    hand.key("Return")
    assert hand.count <= 3, hand.done
    assert sum(link.count for link in document.project.every("links")) == 248
    assert len(document.history.undo_labels) == 1


def test_what_is_on_leaf_3_port_17(window: MainWindow, opened: Opener, hand: Hand, qtbot: QtBot) -> None:
    document = opened(example("superpod-h100-su"))
    hand.key("Ctrl+K")
    qtbot.waitUntil(lambda: window.search.names.is_current, timeout=20_000)
    hand.field("leaf-3 17")
    assert hand.count <= 3, hand.done
    path, port = document.selection.port
    assert (document.label_of(path).rpartition(" / ")[2], port) == ("leaf-1-03", "osfp17")
    panel = window.properties.port_facts
    assert panel.isVisible()
    said = texts(panel)
    plug = panel.facts.plugs[0]
    assert plug.far is not None
    far_path, far_port = plug.far
    assert f"{document.label_of(far_path).rpartition(' / ')[2]} {far_port}" in said
    rows = dict(plug.rows)
    assert rows["Length"] in said
    assert rows["How"] in said
    assert rows["Part"] in said


def test_one_of_32_equal_racks_differs_by_one_switch(window: MainWindow, opened: Opener, hand: Hand) -> None:
    """From the racks view of all racks, nothing selected."""
    document = opened(example("hall"))
    before = document.project.placements()
    block = next(b for b, n in before.items() if n == 32)
    window.workspace.show_view("racks")
    window.workspace.set_which("all")
    racks = window.workspace.racks
    rack = next(s.path for s in racks.standing if s.block == block)
    racks.show_paths([rack])
    hand.key("U")
    hand.drop(racks, Carried("type", SWITCH), unit(racks, rack, 40))
    assert hand.count <= 2, hand.done
    after = document.project.placements()
    assert after[block] == 31
    own = document.block_at(rack)
    assert after[own] == 1
    assert len(document.project.devices(own)) == len(document.project.devices(block)) + 1
    assert len(document.history.undo_labels) == 1


def test_replace_31_h100_by_b200(window: MainWindow, opened: Opener, hand: Hand) -> None:
    """From the racks view; names, cords and cables are kept, and that nothing is a misfit is said."""
    document = opened(example("superpod-h100-su"))
    project = document.project
    before = nodes_of(project, "nvidia-dgx-h100")
    links = {link.key: link for link in project.every("links")}
    window.workspace.show_view("racks")
    racks = window.workspace.racks
    hand.click(racks, middle(racks, path_of_type(window, document, "nvidia-dgx-h100")))
    hand.key("Ctrl+H")
    dialog = QApplication.activeWindow()
    hand.press(dialog.every)
    said = dialog.misfits
    hand.field("dgx b200", dialog.search)
    assert hand.count <= 4, hand.done
    assert [said.item(row).text() for row in range(said.count())] == ["Everything fits"]
    placements = project.placements()
    built = {t: sum(placements[d.block] for d in project.every("devices") if d.type == t)
             for t in ("nvidia-dgx-h100", "nvidia-dgx-b200")}  # fmt: skip
    assert built == {"nvidia-dgx-h100": 0, "nvidia-dgx-b200": 31}
    assert nodes_of(project, "nvidia-dgx-b200") == before
    assert {link.key for link in project.every("links")} == links.keys()
    # What is at the far ends of cables and cords is as it was.
    ids = {key[1] for key in before}
    for key, was in links.items():
        now = project.rows("links", key[0])[key[1]]
        for before_end, after_end in ((was.a, now.a), (was.b, now.b)):
            assert after_end == before_end or before_end.path.rpartition("/")[2] in ids
    assert len(document.history.undo_labels) == 1
    document.undo()
    assert {link.key: link for link in project.every("links")} == links
    assert not [d for d in project.every("devices") if d.type == "nvidia-dgx-b200"]


def nodes_of(project: Project, type_id: str) -> dict[tuple[str, str], str]:
    """Return the names of the devices of a type by their keys."""
    return {d.key: d.name for d in project.every("devices") if d.type == type_id}


def test_replace_31_h100_by_what_lacks_a_port_lists_the_misfits(
    window: MainWindow, opened: Opener, hand: Hand
) -> None:
    """The in-band port of the DGX is not there on the other server: a cable of each of the 31 goes."""
    document = opened(example("superpod-h100-su"))
    project = document.project
    window.workspace.show_view("racks")
    racks = window.workspace.racks
    hand.click(racks, middle(racks, path_of_type(window, document, "nvidia-dgx-h100")))
    hand.key("Ctrl+H")
    dialog = QApplication.activeWindow()
    hand.press(dialog.every)
    hand.field("mi300x 8-oam", dialog.search)
    assert hand.count <= 4, hand.done
    (report,) = window.findChildren(MisfitsDialog)
    lines = [report.list.item(row).text() for row in range(report.list.count())]
    assert sum(int(line.rpartition("× ")[2] or 1) if "×" in line else 1 for line in lines) == 31
    assert all("no such port" in line for line in lines)
    report.close()
    document.undo()
    assert project.same_records(example("superpod-h100-su"))


def test_swap_two_devices_between_racks(
    window: MainWindow, document: Document, at: Callable[..., str], hand: Hand
) -> None:
    edit = document.edit("Join")
    pair = first_compatible(edit, document.top, at("r3", "s"), at("r3", "t"))
    connect(edit, document.top, at("r3", "s"), pair.a_ports, at("r3", "t"), pair.b_ports)
    document.commit_edit(edit)
    window.workspace.show_view("racks")
    racks = window.workspace.racks
    hand.drag(racks, middle(racks, at("r1", "a")), middle(racks, at("r3", "s")), SHIFT)
    assert hand.count <= 2, hand.done
    assert {d.name for d in document.project.devices(document.block_at(at("r1"))).values()} == {"s", "b"}
    (link,) = document.project.every("links")
    ends = {document.project.names_along(link.block, end.path)[-1] for end in (link.a, link.b)}
    assert ends == {"s", "t"}
    assert len(document.history.undo_labels) == 2


def test_give_72_racks_asset_tags_from_a_csv(
    window: MainWindow,
    opened: Opener,
    hand: Hand,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    document = opened(hall_of(*["apc-ar3357"] * 72))
    file = tmp_path / "tags.csv"
    file.write_text("Rack,Asset tag\n" + "".join(f"r{n},T-{n:03}\n" for n in range(1, 73)))

    def choose(*_: object) -> tuple[str, str]:
        hand.done.append("field: the system's dialog, the name of the file and Enter")
        return str(file), ""

    monkeypatch.setattr(QFileDialog, "getOpenFileName", choose)
    hand.key("Ctrl+Shift+I")
    hand.key("Return")
    assert hand.count <= 4, hand.done
    tags = {i.name: own_fields(document.project, i.id).get("asset_tag")
            for i in document.project.instances(document.top).values()}  # fmt: skip
    assert tags == {f"r{n}": f"T-{n:03}" for n in range(1, 73)}
    assert len(document.history.undo_labels) == 1


def test_find_the_binding_limit_and_its_worst_rack(window: MainWindow, opened: Opener, hand: Hand) -> None:
    opened(example("hall"))
    hand.press(window.tally.numbers.tiles["binding"])
    assert hand.count <= 1, hand.done
    said = texts(window.tally.explanation)
    assert "Site power" in said
    assert "127.9 kW" in said  # the worst rack under it, as a link that goes there


def test_reissue_revision_b_with_clouds_and_changes_waiving_a_finding(
    window: MainWindow, opened: Opener, hand: Hand, qtbot: QtBot, tmp_path: Path
) -> None:
    project = hall_of("apc-ar3357")
    edit = Edit(project, "Issue A")
    issue(edit, number="A", date="2026-01-05", author="N. Grid", approver="E. Busbar", purpose="for review")
    History(project).commit(edit.change())
    document = opened(project)
    document.session.path = tmp_path / "hall.cage"  # it was saved there before
    edit = document.edit("Move")
    (rack,) = project.instances(document.top)
    edit.replace("instances", (document.top, rack), x_mm=1200)
    document.commit_edit(edit)
    qtbot.waitUntil(lambda: window.evaluation.is_current, timeout=20_000)
    hand.key("F8")
    hand.key("Ctrl+Shift+F8")
    hand.field("Agreed with the landlord", QApplication.activeWindow().reason)
    hand.key("Ctrl+I")
    dialog = QApplication.activeWindow()
    hand.field("E. Busbar", dialog.fields["approver"])
    hand.key("Ctrl+E")
    hand.key("Return")
    assert hand.count <= 7, hand.done
    assert {r.number for r in project.revisions.values()} == {"A", "B"}
    (waiver,) = project.rows("waivers", document.top).values()
    assert waiver.reason == "Agreed with the landlord"
    written = tmp_path / "hall-rev-B.pdf"
    qtbot.waitUntil(written.exists, timeout=60_000)
    with pypdfium2.PdfDocument(written) as pdf:
        texts = [" ".join(page.get_textpage().get_text_range().split()) for page in pdf]
        plan = next(at for at, text in enumerate(texts) if "Floor plan" in text and "Dimensions from" in text)
        pixels = pdf[plan].render(scale=1).to_numpy()[:, :, ::-1][:, :, :3].astype(int)
    schedule = next(text for text in texts if "From revision A of 2026-01-05 to revision B" in text)
    assert "moved placed drawing r1 1 Hall" in schedule
    assert "added waiver" in schedule
    assert "A-101" in schedule
    assert any("Agreed with the landlord" in text for text in texts)
    assert int((abs(pixels - CLOUD).max(axis=2) < 60).sum()) > 100


def one_node_on_a_single_source() -> tuple[Project, str]:
    """The H100 unit, with all cords of one node but those on source A taken out, and its rack."""
    project = example("superpod-h100-su")
    edit, top = Edit(project, "Spoil"), project.top
    unit = next(i for i in project.instances(top).values() if i.name == "su-1")
    rack = next(i for i in project.instances(unit.of).values() if i.name == "r08")
    node = next(d for d in project.devices(rack.of).values() if d.type == "nvidia-dgx-h100")
    mine = [
        link for link in project.links(rack.of).values() if link.layer == "power" and node.id == link.b.path
    ]
    pdus = {link.a.path: project.devices(rack.of)[link.a.path] for link in mine}
    kept = min(pdus.values(), key=lambda pdu: pdu.name).id
    for link in mine:
        if link.a.path != kept:
            disconnect(edit, rack.of, link.id)
    History(project).commit(edit.change())
    return project, f"{unit.id}/{rack.id}"


def test_fail_source_a_see_what_dies_go_to_the_worst_and_fix_it(
    window: MainWindow, opened: Opener, hand: Hand, qtbot: QtBot
) -> None:
    project, rack = one_node_on_a_single_source()
    document = opened(project)
    space, bar = window.workspace, window.workspace.outage_bar
    hand.choose(space.what_if, "1")
    qtbot.waitUntil(lambda: space.trial.cost is not None, timeout=10_000)
    assert space.outages.keys == ("source:A",)
    assert bar.words.text().startswith("8 of 248 accelerators lost (8 without power) · 1 rack partly dead")
    (mark,) = [mark for mark in space.marking.of_hall.marks if mark.words]
    assert (mark.state, mark.words) == ("short", "−8")
    hand.press(bar.worst)
    assert document.selection.paths == (rack,)
    assert window.findings.selected[0].rule == "power.supplies_unfed"
    before = len(list(project.every("links")))
    hand.press(bar.fix)
    assert hand.count <= 4, hand.done
    assert len(list(document.project.every("links"))) > before
    assert document.history.undo_labels == ["Fix: Cord to free outlets"]
    qtbot.waitUntil(
        lambda: window.evaluation.is_current and bar.words.text().startswith("All 248"), timeout=10_000
    )
    assert not window.evaluation.outcome.report.of("power.supplies_unfed")


def test_an_underlay_scaled_a_tray_of_six_corners_and_all_routed_anew(
    window: MainWindow,
    opened: Opener,
    hand: Hand,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Two racks 12 m apart and a link between them; the plan is half as large, in a unit it does not tell."""
    document = opened(two_linked_racks())
    before = document_length(window)
    plan = ezdxf.new("R2010", units=0)
    plan.modelspace().add_lwpolyline([(-1, -1), (9, -1), (9, 5), (-1, 5)], close=True)
    plan.saveas(tmp_path / "plan.dxf")
    hall, project = window.workspace.hall, document.project

    def choose(*_: object) -> tuple[str, str]:
        hand.done.append("field: the system's dialog, the name of the file and Enter")
        return str(tmp_path / "plan.dxf"), ""

    monkeypatch.setattr(QFileDialog, "getOpenFileName", choose)
    hand.done.append("menu File > Hall Underlay")
    window.actions_.run("file.underlay")
    qtbot.waitUntil(lambda: isinstance(hall.tool, TwoPoints), timeout=30_000)
    for corner in ((-1_000.0, -1_000.0), (9_000.0, -1_000.0)):
        hand.click(hall, corner)
    (asked,) = [w for w in QApplication.topLevelWidgets() if isinstance(w, DistanceDialog) and w.isVisible()]
    hand.field("20 m", asked.distance)
    (underlay,) = project.rows("underlays", document.top).values()
    assert (underlay.mm_per_unit, underlay.locked) == (pytest.approx(2000.0), True)
    hall.fit()
    hand.key("T")
    for x, y in ((300, 600), (300, 5_000), (6_000, 5_000), (6_000, 3_000), (12_300, 3_000), (12_300, 600)):
        hand.click(hall, (x, y))
    hand.key("Return")
    assert hand.count <= 13, hand.done
    (tray,) = project.rows("pathways", document.top).values()
    assert len(tray.points) == 6
    qtbot.waitUntil(lambda: window.evaluation.is_current, timeout=20_000)
    routes = window.evaluation.outcome.evaluation.cabling.routes
    assert routes is not None
    assert routes.cable_routed.all()
    assert document_length(window) > before + 3  # the way around is longer


def two_linked_racks() -> Project:
    """A switch in each of two racks, joined by a cable whose length is not pinned."""
    project, library = Project(), Library.builtin()
    edit = Edit(project, "Build")
    hall = new_floor_block(edit, "Hall 1")
    place = []
    for n in (1, 2):
        block = new_rack_block(edit, library, "apc-ar3357", f"Rack {n}")
        switch = place_device(edit, library, block.id, SWITCH, Spot(half_u=60), name="s")
        instance = place_instance(edit, hall.id, block.id, x_mm=12_000 * (n - 1), name=f"r{n}")
        place.append(f"{instance.id}/{switch.id}")
    pair = first_compatible(edit, hall.id, *place)
    connect(edit, hall.id, place[0], pair.a_ports, place[1], pair.b_ports)
    History(project).commit(edit.change())
    return project


def document_length(window: MainWindow) -> float:
    """Return the way of the one cable [m]."""
    found = window.evaluation.outcome.evaluation.cabling.cable_route_m
    assert len(found) == 1
    return float(found[0])

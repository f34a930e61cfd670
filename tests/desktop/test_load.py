"""Load: traffic over the links of a network, their colours, and the port map of a switch."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent
from pytestqt.qtbot import QtBot

from core.files.session import Session
from core.model.change import Edit
from desktop.document import Document
from desktop.main_window import MainWindow
from desktop.panels.rows import ROW
from desktop.views.network import NetworkView
from tests.desktop.gestures import NONE, pixel, send
from tests.desktop.hand import Hand
from tests.desktop.test_network import at_bundle
from tests.drawing.fabrics import rails


@pytest.fixture
def document(window: MainWindow, qtbot: QtBot) -> Document:
    """Eight hosts on two rails of 400G; each leaf has two links to each of two spines: nothing to spare."""
    made = Document(Session.new(rails(hosts=8, rails=2)), title="Rails")
    window.set_document(made)
    qtbot.waitUntil(lambda: window.evaluation.is_current, timeout=10_000)
    window.workspace.show_view("network")
    return made


@pytest.fixture
def view(window: MainWindow, document: Document) -> NetworkView:
    return window.workspace.network


def loaded(view: NetworkView, qtbot: QtBot) -> dict[tuple[str, str], float]:
    """Return the load of each bundle between switches by the names of its ends."""
    qtbot.waitUntil(lambda: not view.what_if.is_working, timeout=10_000)
    assert view.picture is not None
    label = {node.key: node.label for node in view.picture.map.nodes}
    return {(label[b.a], label[b.b]): round(load.share, 6) for b, load in view.loads_ranked(99)}


def test_all_to_all_fills_the_links_between_switches(
    window: MainWindow, document: Document, view: NetworkView, qtbot: QtBot
) -> None:
    # Half of what a port sends goes to the other leaf: 8 x 200 Gbit/s over 4 links of 400.
    Hand(window).key("L")
    found = loaded(view, qtbot)
    assert found == {(f"leaf{r}", f"spine{s}"): 1.0 for r in range(2) for s in range(2)}
    bar = window.workspace.load_bar
    assert bar.isVisible()
    assert bar.words.text().endswith("Hosts get 100 % of line rate · throughput 1 (exact)")
    assert "100 % is the line rate of a link, one way" in bar.words.toolTip()
    assert view.legend.lines()[0] == "Load, 100 % is line rate one way"
    assert "75 to 100 %: 24" in view.legend.lines()  # 16 of hosts, 8 between switches
    assert view.legend.counted == "links"
    point = at_bundle(view, "leaf0", "spine1", 0.4)
    send(view, QEvent.Type.MouseMove, point, held=False)
    assert view.describe(view.pointer(pixel(view, point), NONE)).endswith(
        "leaf0 → spine1 800 Gbit/s · back 800 Gbit/s · 800 Gbit/s each way · 100 %"
    )


def test_rail_aligned_traffic_stays_below_the_spines(
    window: MainWindow, document: Document, view: NetworkView, qtbot: QtBot
) -> None:
    window.actions_.run("network.colour_load")
    bar = window.workspace.load_bar
    bar.pattern.setCurrentIndex(bar.pattern.findData("rails"))
    bar.pattern.activated.emit(bar.pattern.currentIndex())
    assert set(loaded(view, qtbot).values()) == {0.0}
    assert "No traffic between switches: hosts get 100 % of line rate" in bar.words.text()
    assert not bar.busiest.isEnabled()


def test_what_is_left_carries_the_load_of_what_failed(
    window: MainWindow, document: Document, view: NetworkView, qtbot: QtBot
) -> None:
    window.actions_.run("network.colour_load")
    document.selection.set(["spines/spine0"])
    window.actions_.run("network.fail")
    found = loaded(view, qtbot)
    assert found["leaf0", "spine1"] == 2.0
    assert found["leaf0", "spine0"] == 0.0
    assert "failed: 4" in view.legend.lines()
    assert "over 100 %: 4" in view.legend.lines()
    words = window.workspace.load_bar.words.text()
    assert words.endswith("Hosts get 50 % of line rate · throughput 0.5 (exact)")
    Hand(window).key("Shift+L")
    ends = {document.project.links("hall")[path].a.path for path in document.selection.paths}
    ends |= {document.project.links("hall")[path].b.path for path in document.selection.paths}
    assert "spines/spine1" in ends
    assert "spines/spine0" not in ends


def test_loads_before_stay_until_the_new_ones_are_known(
    window: MainWindow, document: Document, view: NetworkView, qtbot: QtBot
) -> None:
    window.actions_.run("network.colour_load")
    loaded(view, qtbot)
    before = view.loads
    view.what_if.fail(["spines/spine0"])
    assert view.what_if.is_working
    assert view.are_loads_stale
    assert view.loads == before
    assert view.legend.lines()[0] == "Load before, being worked out"
    assert "failed: 4" in view.legend.lines()
    assert window.workspace.load_bar.words.text().endswith("Being worked out; until then as before")
    assert loaded(view, qtbot)["leaf0", "spine1"] == 2.0
    assert not view.are_loads_stale
    assert view.legend.lines()[0] == "Load, 100 % is line rate one way"
    edit = Edit(document.project, "Remove a link")
    edit.remove("links", next(iter(document.project.links("hall").values())).key)
    document.commit_edit(edit)  # bundles elsewhere are those they were
    view.ensure_drawn()
    assert view.are_loads_stale
    loaded(view, qtbot)
    assert not view.are_loads_stale


def test_a_low_window_folds_the_traffic_away(
    window: MainWindow, document: Document, view: NetworkView, qtbot: QtBot
) -> None:
    window.resize(1280, 640)
    window.actions_.run("network.colour_load")
    loaded(view, qtbot)
    bar = window.workspace.load_bar
    assert bar.is_low
    assert not bar.pattern.isVisible()
    assert bar.words.text().startswith("All-to-all, ECMP · Hosts get 100 % of line rate")
    bar.more.click()
    assert bar.pattern.isVisible()
    assert bar.words.text().startswith("Hosts get")
    bar.more.click()
    assert not bar.pattern.isVisible()


def test_a_job_on_the_selected_hosts(
    window: MainWindow, document: Document, view: NetworkView, qtbot: QtBot
) -> None:
    document.selection.set([f"n0/h{k}" for k in range(2)])
    window.actions_.run("network.job")
    # Two hosts: 2 x 200 Gbit/s from leaf to leaf over 1,600.
    assert set(loaded(view, qtbot).values()) == {0.25}
    assert "2 selected" in window.workspace.load_bar.hosts.currentText()
    document.selection.set(["spines/spine0"])
    window.actions_.run("network.job")
    assert "select two hosts" in window.statusBar().currentMessage()


def test_traffic_from_a_table(
    window: MainWindow, document: Document, view: NetworkView, qtbot: QtBot, tmp_path: Path
) -> None:
    file = tmp_path / "traffic.csv"
    file.write_text("from,to,gbps\nleaf0,leaf1,400\n", "utf-8")
    window.attempt(lambda: view.read_traffic(file))
    found = loaded(view, qtbot)
    assert found["leaf0", "spine0"] == 0.25
    assert window.workspace.load_bar.pattern.currentData() == "matrix"
    file.write_text("from,to,gbps\nleaf0,nowhere,400\n", "utf-8")
    window.attempt(lambda: view.read_traffic(file))
    qtbot.waitUntil(lambda: not view.what_if.is_working, timeout=10_000)
    assert "nowhere" in window.workspace.load_bar.words.text()
    assert "line 2" in window.workspace.load_bar.words.text()


def test_loads_are_listed_and_lead_to_their_links(
    window: MainWindow, document: Document, view: NetworkView, qtbot: QtBot
) -> None:
    window.actions_.run("network.show_loads")
    assert window.loads.summary.text() == "Colour the links by load first"
    Hand(window).press(window.loads.show_loads)
    loaded(view, qtbot)
    assert [row.cells[1:] for row in window.loads.model.rows] == [
        ("2 × 400G", "800", "800", "800", "100 %")
    ] * 4
    first = window.loads.model.index(0, 0)
    window.loads.table.activated.emit(first)
    assert len(document.selection.paths) == 2
    assert first.data(ROW).about.cables == 2


def test_rate_and_medium_have_a_legend_and_a_dash(
    window: MainWindow, document: Document, view: NetworkView, qtbot: QtBot
) -> None:
    window.actions_.run("network.colour_rate")
    assert view.legend.lines() == ["Rate", "400G: 24"]  # 16 + 8 cables
    window.actions_.run("network.colour_medium")
    qtbot.waitUntil(lambda: view.colouring is not None and not view.colouring.is_waiting, timeout=10_000)
    assert view.colouring is not None
    cables = sum(entry.number for entry in view.colouring.entries) + view.colouring.missing
    assert cables == 24
    window.actions_.run("network.colour_fabric")
    assert view.legend.lines() == []
    assert not view.legend.isVisible()


def test_the_port_map_of_a_switch_says_what_is_free_and_what_it_carries(
    window: MainWindow, document: Document, view: NetworkView, qtbot: QtBot
) -> None:
    window.actions_.run("network.colour_load")
    loaded(view, qtbot)
    document.selection.set(["leafs/leaf0"])
    Hand(window).key("Ctrl+Alt+M")
    panel = window.inspector
    rows = {row.about.token: row.cells for row in panel.model.rows}
    assert rows["osfp1/1"][1] == "n0 / h0 nic1"
    assert rows["osfp1/1"][2:6] == ("400", "400.0", "400.0", "100 %")
    tips = {row.about.token: row.tip for row in panel.model.rows}
    assert tips["osfp1/1"].startswith("osfp1/1 to n0 / h0 nic1, ")
    assert panel.ports.columnWidth(1) >= 230
    assert rows["osfp6"][1] == "free"
    assert rows["osfp6"][2] == "800"
    used = [cells for cells in rows.values() if cells[1] != "free"]
    assert len(used) == 8 + 4
    assert "12 cables" in panel.state.text()
    assert "2 rails" in panel.about.text()
    assert "all 8 hosts" in panel.about.text()
    document.selection.clear()
    assert panel.model.rows == []

"""Break it: what if switches, links, rails and planes of a network failed."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from core.files.session import Session
from core.model.change import Edit
from desktop.document import Document
from desktop.main_window import MainWindow
from desktop.panels.rows import ROW
from desktop.views.network import NetworkView
from tests.desktop.gestures import click, press_key
from tests.desktop.hand import Hand
from tests.desktop.test_network import at_bundle, key_of, middle
from tests.drawing.fabrics import rails

SHIFT = Qt.KeyboardModifier.ShiftModifier


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


def settle(view: NetworkView, qtbot: QtBot) -> None:
    """Wait for what comes of the failures."""
    qtbot.waitUntil(lambda: not view.what_if.is_working, timeout=10_000)


def said_of(view: NetworkView) -> dict[str, str]:
    """Return what is marked on the boxes, by their names."""
    assert view.picture is not None
    found = {node.label: view.node_facts(node.key) for node in view.picture.map.nodes}
    return {label: facts for label, facts in found.items() if facts}


def test_a_failed_spine_leaves_half_and_edits_nothing(
    window: MainWindow, document: Document, view: NetworkView, qtbot: QtBot
) -> None:
    stamp = document.project.stamp
    document.selection.set(["spines/spine0"])
    Hand(window).key("X")
    assert [mark.sentence for mark in view.broken.marks] == ["failed"]
    settle(view, qtbot)
    assert said_of(view) == {"spine0": "failed"}
    bar = window.workspace.break_bar
    assert bar.isVisible()
    assert bar.title.text() == "What if: spines / spine0 failed. The design is not edited."
    assert bar.words.text() == (
        "No host cut off · network carries 50 % of before; hosts get 50 % of line rate (was 100 %) · "
        "worst host 50 % of before"
    )
    assert document.project.stamp == stamp
    assert not window.actions_["edit.undo"].isEnabled()
    Hand(window).key("X")
    settle(view, qtbot)
    assert view.broken.marks == []
    assert not bar.isVisible()


def test_a_failed_leaf_takes_a_port_of_every_host(
    window: MainWindow, document: Document, view: NetworkView, qtbot: QtBot
) -> None:
    document.selection.set(["leafs/leaf1"])
    window.actions_.run("network.fail")
    settle(view, qtbot)
    said = said_of(view)
    assert said["leaf1"] == "failed"
    assert {said[f"h{k}"] for k in range(8)} == {"with fewer links"}
    # Each host has one port left, and can fill it.
    words = "network carries 50 % of before; hosts get 100 % of the line rate of the ports left (was 100 %)"
    assert words in window.workspace.break_bar.words.text()


def test_hosts_that_reach_nobody_are_marked_as_cut_off(
    window: MainWindow, document: Document, view: NetworkView, qtbot: QtBot
) -> None:
    document.selection.set(["leafs"])  # the rack with both leafs
    window.actions_.run("network.fail")
    settle(view, qtbot)
    said = said_of(view)
    assert {said[f"h{k}"] for k in range(8)} == {"cut off"}
    assert {said["spine0"], said["spine1"]} == {"without a host"}
    assert view.what_if.trial is not None
    assert view.what_if.trial.outcome is not None
    assert (
        view.what_if.trial.outcome.accelerators_cut_off == 8
    )  # hosts without accelerators count as one each


def test_clicks_break_and_restore(
    window: MainWindow, document: Document, view: NetworkView, qtbot: QtBot
) -> None:
    window.actions_.run("network.break")
    assert window.actions_["network.break"].isChecked()
    click(view, middle(view, "spines/spine1"))
    assert list(view.what_if.devices) == ["spines/spine1"]
    assert document.selection.paths == ()
    click(view, middle(view, "leafs/leaf0"))
    assert list(view.what_if.devices) == ["spines/spine1", "leafs/leaf0"]
    click(view, middle(view, "spines/spine1"))
    assert list(view.what_if.devices) == ["leafs/leaf0"]
    press_key(view, Qt.Key.Key_Escape)
    assert not window.actions_["network.break"].isChecked()
    click(view, middle(view, "spines/spine1"))
    assert list(view.what_if.devices) == ["leafs/leaf0"]
    Hand(window).key("Alt+X")
    assert not view.what_if.is_broken


def test_a_click_on_a_link_fails_it_with_shift_one_cable(
    window: MainWindow, document: Document, view: NetworkView, qtbot: QtBot
) -> None:
    window.actions_.run("network.break")
    click(view, at_bundle(view, "leaf0", "spine1", 0.4), SHIFT)
    settle(view, qtbot)
    assert len(view.what_if.cables) == 1
    assert view.what_if.trial is not None
    assert view.what_if.trial.failure.links[0][1] == 1
    assert len(view.broken.lines) == 1
    click(view, at_bundle(view, "leaf0", "spine1", 0.4), SHIFT)
    assert len(view.what_if.cables) == 2
    view.what_if.restore_all()
    click(view, at_bundle(view, "leaf0", "spine1", 0.4))
    assert len(view.what_if.cables) == 2
    assert "2 of 2 failed" in view.bundle_facts(
        [{b.a, b.b} for b in view.picture.map.bundles].index(  # type: ignore[union-attr]
            {key_of(view, "leaf0"), key_of(view, "spine1")}
        ),
        "leaf0",
        "spine1",
    )


def test_the_name_of_a_rail_fails_its_switches(
    window: MainWindow, document: Document, view: NetworkView, qtbot: QtBot
) -> None:
    assert view.picture is not None
    (plate,) = [box for box, name in view.picture.drawn.plates if name == "Rail 2"]
    window.actions_.run("network.break")
    click(view, (plate[0] + plate[2] / 2, plate[1] + plate[3] / 2))
    assert list(view.what_if.devices) == ["leafs/leaf1"]
    view.use(None)
    view.what_if.restore_all()
    document.selection.set(["leafs/leaf0"])
    window.actions_.run("network.fail_lane")
    assert list(view.what_if.devices) == ["leafs/leaf0"]


def test_a_selection_elsewhere_fails_in_the_network(
    window: MainWindow, document: Document, view: NetworkView, qtbot: QtBot
) -> None:
    window.workspace.show_view("racks")
    document.selection.set(["c0001"])  # the cable of h0 to leaf0
    window.actions_.run("network.fail")
    assert window.workspace.name == "network"
    assert list(view.what_if.cables) == [("c0001", 0)]
    settle(view, qtbot)
    assert said_of(view) == {"h0": "with fewer links"}


def test_there_is_a_reason_where_nothing_can_fail(
    window: MainWindow, document: Document, view: NetworkView
) -> None:
    document.selection.clear()
    window.actions_.refresh()
    assert "select a switch" in window.actions_["network.fail"].toolTip()
    assert "nothing has failed" in window.actions_["network.restore_all"].toolTip()
    assert "select a link" in window.actions_["network.fail_cable"].toolTip()


def test_what_an_edit_takes_away_is_no_longer_failed(
    window: MainWindow, document: Document, view: NetworkView, qtbot: QtBot
) -> None:
    document.selection.set(["c0001"])
    window.actions_.run("network.fail")
    document.selection.set(["spines/spine0"])
    window.actions_.run("network.fail")
    settle(view, qtbot)
    edit = Edit(document.project, "Remove")
    edit.remove("links", ("hall", "c0001"))
    document.commit_edit(edit)
    settle(view, qtbot)
    assert view.what_if.cables == {}
    assert list(view.what_if.devices) == ["spines/spine0"]


def test_the_worst_failures_are_listed_and_break_by_click(
    window: MainWindow, document: Document, view: NetworkView, qtbot: QtBot
) -> None:
    panel = window.failures
    panel.kind.setCurrentText("Switches")
    window.actions_.run("network.worst")
    assert window.below_tabs.currentWidget() is panel
    qtbot.waitUntil(lambda: not panel.is_working, timeout=20_000)
    assert "4 single failures" in panel.summary.text()
    # Both switches of a tier are alike; a leaf takes half of every host, a spine half of what is between.
    lines = {row.cells[0]: row.cells for row in panel.model.rows}
    assert len(lines) == len(panel.model.rows)  # each reads different
    left = {name: cells[4] for name, cells in lines.items()}
    assert set(left.values()) == {"50 %"}
    at = next(k for k, row in enumerate(panel.model.rows) if row.cells[0].startswith("spine"))
    panel.table.setCurrentIndex(panel.model.index(at, 0))
    panel.table.activated.emit(panel.model.index(at, 0))
    spine = panel.model.index(at, 0).data(ROW).cells[0]
    assert list(view.what_if.devices) == [f"spines/{spine}"]


def test_failures_that_would_read_the_same_are_named_in_full(
    window: MainWindow, document: Document, view: NetworkView, qtbot: QtBot
) -> None:
    edit = Edit(document.project, "Rename")
    for name in ("spine0", "spine1"):
        edit.replace("devices", ("b-spines", name), name=name.replace("spine", "leaf"))
    document.commit_edit(edit)
    qtbot.waitUntil(lambda: window.evaluation.is_current, timeout=10_000)
    panel = window.failures
    panel.kind.setCurrentText("Switches")
    window.actions_.run("network.worst")
    qtbot.waitUntil(lambda: not panel.is_working, timeout=20_000)
    assert sorted(row.cells[0] for row in panel.model.rows) == [
        "leafs / leaf0", "leafs / leaf1", "spines / leaf0", "spines / leaf1",
    ]  # fmt: skip


def test_a_rail_of_one_leaf_is_announced_as_the_rail(
    window: MainWindow, document: Document, view: NetworkView, qtbot: QtBot
) -> None:
    document.selection.set(["leafs/leaf1"])
    window.actions_.run("network.fail_lane")
    assert window.statusBar().currentMessage() == "What if: Rail 2 (leafs / leaf1) failed"
    settle(view, qtbot)
    title = window.workspace.break_bar.title.text()
    assert title == "What if: Rail 2 (leafs / leaf1) failed. The design is not edited."


def test_failures_at_random_say_mean_and_interval(
    window: MainWindow, document: Document, view: NetworkView, qtbot: QtBot
) -> None:
    panel = window.failures
    panel.chance.setCurrentText("switches")
    panel.share.setValue(25.0)
    panel.trials.setValue(20)
    panel.try_random()
    qtbot.waitUntil(lambda: not panel.is_working, timeout=20_000)
    # One of two leafs or two spines: half is left, whichever it is.
    assert panel.words.text().startswith("1 of 4 fail: network carries 50 % of before (50 % to 50 %")


def test_a_search_for_the_worst_can_be_cancelled(
    window: MainWindow, document: Document, view: NetworkView, qtbot: QtBot
) -> None:
    panel = window.failures
    window.below_tabs.setCurrentWidget(panel)
    panel.trials.setValue(10_000)
    panel.try_random()
    assert panel.is_working
    assert panel.cancel.isVisible()
    Hand(window).press(panel.cancel)
    assert not panel.is_working
    assert not panel.cancel.isVisible()
    assert panel.attempt.isEnabled()

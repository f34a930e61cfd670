"""What if something in power or cooling failed: one bar over all views, marks in hall and racks."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QToolButton
from pytestqt.qtbot import QtBot

from core.editing.remove import remove
from core.files.project_file import encode
from core.files.session import Session
from desktop.document import Document
from desktop.main_window import MainWindow
from desktop.views.outage_bar import MOST_CHIPS, OutageBar
from desktop.workspace import NAMES
from tests.desktop.gestures import click
from tests.desktop.test_schematics import middle
from tests.drawing.halls import two_sided, wet

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def document(window: MainWindow, qtbot: QtBot) -> Document:
    """Twenty racks on two sides."""
    return opened(window, qtbot, Document(Session.new(two_sided(racks=20).project), title="Two sides"))


def opened(window: MainWindow, qtbot: QtBot, made: Document) -> Document:
    window.set_document(made)
    qtbot.waitUntil(lambda: window.evaluation.is_current, timeout=10_000)
    return made


@pytest.fixture
def bar(window: MainWindow, document: Document) -> OutageBar:
    return window.workspace.outage_bar


def fail(window: MainWindow, qtbot: QtBot, *keys: str) -> None:
    window.workspace.outages.fail(keys)
    known(window, qtbot)


def known(window: MainWindow, qtbot: QtBot) -> None:
    trial = window.workspace.trial
    qtbot.waitUntil(lambda: trial.cost is not None and not trial._running, timeout=10_000)


def chips(bar: OutageBar) -> dict[str, QToolButton]:
    QApplication.processEvents()
    return {made.text(): made for made in bar.findChildren(QToolButton) if made.isVisibleTo(bar)}


def test_the_bar_is_there_in_every_view_as_long_as_something_is_failed(
    window: MainWindow, document: Document, bar: OutageBar, qtbot: QtBot
) -> None:
    assert not bar.isVisible()
    data = encode(document.project)
    fail(window, qtbot, "source:A")
    for name in NAMES:
        window.workspace.show_view(name)
        assert bar.isVisible(), name
    assert bar.words.text().startswith(
        "All 160 accelerators run on · 20 racks short of power · 40 feeders dark"
    )
    fail(window, qtbot, "source:B")
    assert bar.words.text().startswith("160 of 160 accelerators lost (160 without power) · 20 racks dead")
    assert encode(document.project) == data
    assert document.history.undo_labels == []
    QTest.mouseClick(bar.all, LEFT)
    assert not bar.isVisible()
    assert window.workspace.trial.cost is None
    assert window.workspace.marking.of_hall.marks == []


def test_each_chip_restores_what_it_names(window: MainWindow, bar: OutageBar, qtbot: QtBot) -> None:
    fail(window, qtbot, "source:A", "r1/pdu-b")
    assert set(chips(bar)) == {"Source A", "r1 / pdu-b"}
    QTest.mouseClick(chips(bar)["Source A"], LEFT)
    known(window, qtbot)
    assert window.workspace.outages.keys == ("r1/pdu-b",)
    assert set(chips(bar)) == {"r1 / pdu-b"}
    assert "Source A" not in bar.accessibleName()


def test_of_many_failed_things_the_number_is_said(window: MainWindow, bar: OutageBar, qtbot: QtBot) -> None:
    fail(window, qtbot, *(f"r{n}/pdu-a" for n in range(1, 9)))
    assert len(chips(bar)) == MOST_CHIPS
    assert f"and {8 - MOST_CHIPS} more" in [made.text() for made in bar.findChildren(QLabel)]


def test_hall_and_racks_are_marked(
    window: MainWindow, document: Document, bar: OutageBar, qtbot: QtBot
) -> None:
    fail(window, qtbot, "r3/pdu-a", "r3/pdu-b")
    marking = window.workspace.marking
    (mark,) = marking.of_hall.marks
    assert (mark.state, mark.words) == ("dead", "−8")
    (shape,), _ = window.workspace.hall.shapes_of(["r3"])
    assert mark.box == shape.boundingRect()
    document.selection.set(["r3"])
    window.workspace.show_racks_of_selection()
    states = sorted(mark.state for mark in marking.of_racks.marks)
    assert set(states) == {"dead", "failed"}
    window.workspace.set_which("all")
    assert len(marking.of_racks.marks) == len(states)  # the other racks go on


def test_x_fails_an_element_selected_in_the_hall_or_the_racks(
    window: MainWindow, document: Document, bar: OutageBar, qtbot: QtBot
) -> None:
    for view in ("hall", "racks"):
        window.workspace.show_view(view)  # type: ignore[arg-type]
        document.selection.set(["r2/pdu-a"])
        window.actions_.run("network.fail")
        known(window, qtbot)
        assert window.workspace.outages.keys == ("r2/pdu-a",)
        assert window.workspace.name == view
        window.actions_.run("network.fail")
        assert window.workspace.outages.is_nothing
    document.selection.set(["r2/s"])  # a server feeds nobody: the network's business
    window.actions_.run("network.fail")
    assert window.workspace.outages.is_nothing


def test_x_in_the_schematic_and_the_bar_are_the_same_thing(
    window: MainWindow, document: Document, bar: OutageBar, qtbot: QtBot
) -> None:
    window.workspace.show_view("power")
    click(window.workspace.power, middle(window.workspace.power, "Source A"))
    window.actions_.run("network.fail")
    known(window, qtbot)
    assert set(chips(bar)) == {"Source A"}
    window.actions_.run("schematic.restore_all")
    assert not bar.isVisible()


def test_the_menu_lists_the_sources_and_ticks_those_that_are_lost(
    window: MainWindow, bar: OutageBar, qtbot: QtBot
) -> None:
    menu = window.workspace.what_if.menu()
    menu.aboutToShow.emit()
    first, second = menu.actions()[:2]
    assert [action.text().replace("&", "") for action in (first, second)] == [
        "1 Fail source A",
        "2 Fail source B",
    ]
    first.trigger()
    known(window, qtbot)
    menu.aboutToShow.emit()
    assert [action.isChecked() for action in menu.actions()[:2]] == [True, False]
    menu.actions()[0].trigger()
    assert window.workspace.outages.is_nothing


def test_go_to_the_worst_selects_it_and_says_it(
    window: MainWindow, document: Document, bar: OutageBar, qtbot: QtBot
) -> None:
    fail(window, qtbot, "r7/pdu-a", "r7/pdu-b")
    assert "Worst: r7: 8 accelerators lost" in bar.words.text()
    QTest.mouseClick(bar.worst, LEFT)
    assert document.selection.paths == ("r7",)
    assert window.statusBar().currentMessage() == "r7: 8 accelerators lost"


def test_a_failed_load_is_told_and_offers_no_fix(window: MainWindow, qtbot: QtBot) -> None:
    opened(window, qtbot, Document(Session.new(two_sided(racks=1).project), title="One"))
    bar = window.workspace.outage_bar
    window.actions_.refresh()
    assert "nothing in power and cooling is failed" in window.actions_["outages.worst"].toolTip()
    fail(window, qtbot, "r1/s")
    assert bar.words.text().startswith("8 of 8 accelerators lost")
    assert not bar.fix.isVisible()


def test_an_edit_that_takes_a_failed_thing_away_forgets_it(
    window: MainWindow, document: Document, bar: OutageBar, qtbot: QtBot
) -> None:
    fail(window, qtbot, "r5/pdu-a", "source:A")
    edit = document.edit("Remove")
    remove(edit, document.top, ["r5"])
    document.commit_edit(edit)
    assert window.workspace.outages.keys == ("source:A",)
    qtbot.waitUntil(lambda: window.evaluation.is_current, timeout=10_000)
    qtbot.waitUntil(lambda: "152 accelerators" in bar.words.text(), timeout=10_000)


def test_a_failed_cdu_leaves_racks_uncooled(window: MainWindow, qtbot: QtBot) -> None:
    opened(window, qtbot, Document(Session.new(wet().project), title="Wet"))
    fail(window, qtbot, "cdu-1")
    assert "2 racks uncooled" in window.workspace.outage_bar.words.text()
    assert {mark.state for mark in window.workspace.marking.of_hall.marks} >= {"uncooled"}

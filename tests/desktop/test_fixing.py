"""Findings are fixed by click and key, one or all of a kind, each as one step."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from core.model.records import Area
from desktop.document import Document
from desktop.main_window import MainWindow
from desktop.panels.findings import FIX, FindingsPanel

Paths = Callable[..., str]
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def nameless(window: MainWindow, document: Document, qtbot: QtBot) -> FindingsPanel:
    """Three devices without a name and an area in the way of a rack; the first of the unnamed is selected."""
    edit = document.edit("Spoil")
    for device in [*document.project.every("devices")][:3]:
        edit.replace("devices", device.key, name="")
    points = ((1300, 100), (1700, 100), (1700, 600), (1300, 600))
    edit.put("areas", Area(block=document.top, id="area", kind="keep-out", name="Crane", points=points))
    document.commit_edit(edit)
    settle(window, qtbot)
    assert rules(window).count("data.unnamed") == 3
    first = next(line for line in window.findings.model.lines if line.finding.rule == "data.unnamed")
    assert window.findings.select(first.finding)
    return window.findings


def settle(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: window.evaluation.is_current, timeout=10_000)


def rules(window: MainWindow) -> list[str]:
    return [line.finding.rule for line in window.findings.model.lines]


def click(panel: FindingsPanel, row: int, column: int) -> None:
    box = panel.table.visualRect(panel.model.index(row, column))
    QTest.mouseClick(panel.table.viewport(), LEFT, pos=box.center())


def test_a_click_on_the_fix_of_a_line_mends_it_in_one_step(
    window: MainWindow, document: Document, nameless: FindingsPanel, qtbot: QtBot
) -> None:
    row = nameless.table.currentIndex().row()
    assert nameless.model.index(row, FIX).data() == "Name by template"
    steps = len(document.history.undo_labels)
    nameless.table.scrollTo(nameless.model.index(row, FIX))
    click(nameless, row, FIX)
    settle(window, qtbot)
    assert rules(window).count("data.unnamed") == 2
    assert document.history.undo_labels[0] == "Fix: Name by template"
    assert len(document.history.undo_labels) == steps + 1
    document.undo()
    settle(window, qtbot)
    assert rules(window).count("data.unnamed") == 3


def test_after_a_fix_the_next_line_is_selected_so_that_the_key_goes_on(
    window: MainWindow, nameless: FindingsPanel, qtbot: QtBot
) -> None:
    for left in (2, 1, 0):
        window.actions_.run("findings.fix")
        settle(window, qtbot)
        assert rules(window).count("data.unnamed") == left
    assert nameless.current is not None


def test_all_of_a_kind_are_one_step(
    window: MainWindow, document: Document, nameless: FindingsPanel, qtbot: QtBot
) -> None:
    assert nameless._fix_all.text() == "Fix all 3"
    QTest.mouseClick(nameless._fix_all, LEFT)
    settle(window, qtbot)
    assert "data.unnamed" not in rules(window)
    assert window.statusBar().currentMessage() == "Fix: Name by template: 3 findings fixed"
    document.undo()
    settle(window, qtbot)
    assert rules(window).count("data.unnamed") == 3


def test_what_has_no_certain_cure_says_so(window: MainWindow, nameless: FindingsPanel) -> None:
    keep_out = next(line for line in nameless.model.lines if line.finding.rule == "space.keep_out")
    assert nameless.select(keep_out.finding)
    assert keep_out.fix == ""
    assert not nameless._fix.isEnabled()
    assert "no cure is certain" in nameless._fix.toolTip()
    window.actions_.refresh()
    assert not window.actions_["findings.fix"].isEnabled()
    assert "no cure is certain" in window.actions_["findings.fix"].toolTip()


def test_a_fix_that_cannot_be_done_says_why_and_changes_nothing(
    window: MainWindow, document: Document, qtbot: QtBot
) -> None:
    """The switches are not fed, and the racks hold no PDU."""
    edit = document.edit("Feed one")
    server = next(d for d in document.project.every("devices") if d.name == "a")
    (inlet, *_) = [p.name for p in document.project.ports(server) if p.group.layer == "power"]
    from core.model.records import PowerSource

    edit.put("sources", PowerSource(id="A", name="A"))
    edit.replace("devices", server.key, feeds={inlet: "A"})
    document.commit_edit(edit)
    settle(window, qtbot)
    line = next(
        line
        for line in window.findings.model.lines
        if line.finding.rule == "power.unfed" and "Network rack" in line.message
    )
    assert window.findings.select(line.finding)
    steps = document.history.undo_labels
    window.actions_.run("findings.fix")
    assert window.statusBar().currentMessage().startswith("Not done: the rack holds no PDU with power")
    assert document.history.undo_labels == steps


def test_f8_goes_through_the_findings_round_and_round(
    window: MainWindow, document: Document, nameless: FindingsPanel
) -> None:
    count = len(nameless.model.lines)
    seen = []
    for _ in range(count):
        window.actions_.run("findings.next")
        seen.append(nameless.table.currentIndex().row())
    assert sorted(seen) == list(range(count))
    window.actions_.run("findings.previous")
    assert nameless.table.currentIndex().row() == seen[-2]
    assert document.selection.paths


def test_the_column_of_fixes_is_there_only_where_there_are_some(
    window: MainWindow, document: Document, nameless: FindingsPanel, qtbot: QtBot
) -> None:
    assert not nameless.table.isColumnHidden(FIX)
    nameless.show_lines([line for line in nameless.model.lines if not line.fix])
    assert nameless.table.isColumnHidden(FIX)

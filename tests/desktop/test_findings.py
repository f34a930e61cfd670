"""Findings: shown worst first, a click goes there, a waiver accepts them and reopens when it gets worse."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from core.model.records import Area, Requirement
from desktop.dialogs.waiver import WaiverDialog
from desktop.document import Document
from desktop.main_window import MainWindow
from desktop.panels.findings import Line

Paths = Callable[..., str]


@pytest.fixture
def in_the_way(window: MainWindow, document: Document, qtbot: QtBot) -> Line:
    """A keep-out area under r3, and the finding that says so."""
    edit = document.edit("Area")
    points = ((1300, 100), (1700, 100), (1700, 600), (1300, 600))
    edit.put("areas", Area(block=document.top, id="area", kind="keep-out", name="Crane", points=points))
    document.commit_edit(edit)
    qtbot.waitUntil(lambda: window.evaluation.is_current and bool(lines(window, "error")))
    return next(line for line in lines(window, "error") if "r3" in line.message)


def lines(window: MainWindow, severity: str) -> list[Line]:
    return [line for line in window.findings.model.lines if line.severity == severity]


def test_a_click_shows_the_place(window: MainWindow, document: Document, at: Paths, in_the_way: Line) -> None:
    assert at("r3") in in_the_way.paths
    row = window.findings.model.lines.index(in_the_way)
    window.findings.table.clicked.emit(window.findings.model.index(row, 1))
    assert at("r3") in document.selection.paths
    assert window.workspace.name == "hall"


def test_findings_about_devices_open_the_racks(window: MainWindow, document: Document, at: Paths) -> None:
    window.findings.shown.emit((at("r2", "a"),))
    assert document.selection.paths == (at("r2", "a"),)
    assert window.workspace.name == "racks"
    assert window.workspace.racks.shapes_of([at("r2", "a")])[0]


def test_a_waiver_takes_the_finding_out_of_the_open_ones(
    window: MainWindow, document: Document, in_the_way: Line, qtbot: QtBot
) -> None:
    window.dialogs.waive(in_the_way)
    (dialog,) = window.findChildren(WaiverDialog)
    dialog.author.setText("A. Designer")
    dialog.reason.setPlainText("The crane is gone by then.")
    dialog.accept()
    qtbot.waitUntil(lambda: window.evaluation.is_current and bool(lines(window, "waived")))
    assert in_the_way.message not in [line.message for line in lines(window, "error")]
    (waiver,) = document.project.every("waivers")
    assert (waiver.author, waiver.reason) == ("A. Designer", "The crane is gone by then.")
    document.undo()
    qtbot.waitUntil(lambda: window.evaluation.is_current and bool(lines(window, "error")))


def test_a_broken_limit_is_named(window: MainWindow, document: Document, qtbot: QtBot) -> None:
    edit = document.edit("Limit")
    edit.put("requirements", Requirement(id="rack_power_w", value=100.0))
    document.commit_edit(edit)
    qtbot.waitUntil(lambda: window.evaluation.is_current)
    assert window.results.headline.startswith("Broken limit: Power per rack")


def test_a_rule_that_fails_does_not_take_the_results_with_it(
    window: MainWindow, document: Document, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.rules.checking import Checker

    def fail(*arguments: object) -> object:
        raise ZeroDivisionError("a rule is wrong")

    monkeypatch.setattr(Checker, "check", fail)
    edit = document.edit("Limit")
    edit.put("requirements", Requirement(id="rack_power_w", value=100.0))
    document.commit_edit(edit)
    qtbot.waitUntil(lambda: window.evaluation.is_current)
    assert window.results.model.quantities
    assert "Not checked" in window.findings.summary


def test_findings_on_what_is_drawn_on_the_floor_pick_it(
    window: MainWindow, document: Document, qtbot: QtBot
) -> None:
    """Two racks of a hundred kilograms and more on a zone that takes one kilogram for each square metre."""
    edit = document.edit("Zone")
    points = ((0, 0), (3000, 0), (3000, 2000), (0, 2000))
    zone = Area(block=document.top, id="zone", kind="zone", name="Bay 1", points=points, load_kg_m2=1.0)
    edit.put("areas", zone)
    document.commit_edit(edit)
    mine = lambda: [x for x in window.findings.model.lines if x.finding.rule == "mass.zone_load"]  # noqa: E731
    qtbot.waitUntil(lambda: window.evaluation.is_current and bool(mine()))
    (line,) = mine()
    assert (line.paths, line.where) == (("zone",), "Bay 1")
    document.selection.set(())
    window.workspace.show_view("power")
    window.findings.table.clicked.emit(
        window.findings.model.index(window.findings.model.lines.index(line), 1)
    )
    hall = window.workspace.hall
    assert window.workspace.name == "hall"
    assert hall.ground.record == zone
    seen = hall.mapToScene(hall.viewport().rect()).boundingRect()
    assert seen.contains(1500, -1000)

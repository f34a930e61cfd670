"""Variants of a design in the window: asked for, run, given up, taken up, opened, written."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Event

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from core.explore.sweeps.executors import Here, Task
from core.explore.sweeps.spec import COUNTS, RESERVED, read_spec
from core.explore.sweeps.variants import Plan, Point
from core.model.project import Project
from desktop.dialogs.exploring.points import KEPT
from desktop.dialogs.exploring.window import ExploreWindow
from desktop.main_window import MainWindow

DGX = "nvidia-dgx-h100"


def opened(window: MainWindow) -> ExploreWindow:
    window.actions_.run("worth.explore")
    (found,) = window.findChildren(ExploreWindow)
    return found


def ask(dialog: ExploreWindow, prices: str = "0.8, 1.2", hosts: str = f"{DGX}, nvidia-dgx-b200") -> None:
    """Vary hosts and prices; cheap and fast is sought, within 500 kW."""
    known = {one.target: one for one in dialog.asked._choices}
    for target, values in ((f"device:{DGX}", hosts), ("price_factor:*", prices)):
        dialog.asked.vary(known[target])
        dialog.asked.varied.topLevelItem(dialog.asked.varied.topLevelItemCount() - 1).setText(1, values)
    for at, (sense, name) in enumerate((("least", "usd_per_gpu_hour"), ("most", "memory_tb"))):
        sense_box, name_box = dialog.asked.goals[at]
        sense_box.setCurrentText(sense)
        name_box.setCurrentIndex(name_box.findData(name))
    dialog.asked.limits.setText("power_max_w <= 400e3")
    dialog.asked.changed.emit()


def finished(dialog: ExploreWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not dialog.searching.is_busy, timeout=120_000)


def test_a_search_is_run_and_a_point_opened(h100: MainWindow, qtbot: QtBot) -> None:
    dialog = opened(h100)
    ask(dialog)
    assert dialog._state.text() == "4 points"
    dialog.go.click()
    finished(dialog, qtbot)
    outcome = dialog.outcome
    assert outcome is not None
    assert not dialog._problem.text()
    assert dialog._state.text() == "4 points: 1 on the front, 2 beyond a limit, 0 not built"
    front = dialog.front
    assert [front.model.headerData(at, Qt.Orientation.Horizontal) for at in range(3)] == [
        "Point", "DGX_H100", "prices",
    ]  # fmt: skip
    key = outcome.front[0].key
    at = next(at for at, mark in enumerate(front.chart.chart.marks) if mark.key == key)
    QTest.mouseClick(front.chart, Qt.MouseButton.LeftButton, pos=front.chart.mark_box(at).center().toPoint())
    assert front.chosen is not None
    assert front.chosen.key == key
    assert front.chosen.values == {"DGX_H100": DGX, "prices": 0.8}
    h100.document.history.mark_saved()  # type: ignore[union-attr]
    front.take.click()
    qtbot.waitUntil(lambda: "point" in (h100.document.name if h100.document else ""), timeout=30_000)
    qtbot.waitUntil(lambda: h100.evaluation.is_current, timeout=30_000)
    found = h100.evaluation.outcome.evaluation  # type: ignore[union-attr]
    assert found.quantities["capex_usd"].value == pytest.approx(front.chosen.quantities["capex_usd"])
    assert h100.document.is_dirty  # type: ignore[union-attr]
    assert dialog.isVisible()
    h100.document._begun_dirty = False  # type: ignore[union-attr]
    dialog.close()


class Held(Here):
    """Hands out the first chunk, and the others when it is let go: no search is over before it is seen."""

    workers = 3

    def __init__(self, gate: Event) -> None:
        self.gate = gate

    def run(self, plan: Plan, chunks: Sequence[Task]) -> Iterator[list[Point]]:
        for chunk in super().run(plan, chunks):
            yield chunk
            assert self.gate.wait(60)


def test_it_is_given_up_and_taken_up_where_it_was(
    h100: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Event()
    monkeypatch.setattr("desktop.dialogs.exploring.searching.Processes", lambda workers: Held(gate))
    dialog = opened(h100)
    ask(dialog, "0.7, 0.8, 0.9, 1", DGX)
    dialog.asked.vary(next(c for c in dialog.asked._choices if c.target == "assumption:pue"))
    dialog.run()
    assert not dialog.asked.isEnabled()
    qtbot.waitUntil(lambda: bool(dialog.outcome and dialog.outcome.points), timeout=60_000)
    assert dialog.searching.is_busy
    dialog.stop.click()
    gate.set()
    finished(dialog, qtbot)
    kept = len(dialog.outcome.points)  # type: ignore[union-attr]
    assert 0 < kept < 12
    assert dialog.go.text() == "Resume"
    assert dialog._state.text().startswith(f"{kept} of 12 points are there")
    dialog.run()
    running = dialog.searching.running
    assert running is not None
    assert len(running.points) >= kept
    finished(dialog, qtbot)
    assert len(dialog.outcome.points) == 12  # type: ignore[union-attr]
    assert running.computed == 12 - kept
    assert dialog.go.text() == "Run"
    dialog.close()


def test_what_is_varied_is_not_called_like_a_quantity(h100: MainWindow) -> None:
    dialog = opened(h100)
    quantities = h100.evaluation.outcome.evaluation.quantities  # type: ignore[union-attr]
    for one in dialog.asked._choices:
        dialog.asked.vary(one)
    varied = dialog.asked.draft.varied
    names = [one.name for one in varied]
    assert "assumption_pue" in names
    assert "requirement_accelerators" in names
    assert not {*names} & {*quantities, *RESERVED, *COUNTS}
    assert len({*names}) == len(names) == len({one.target for one in varied})
    dialog.close()


def test_a_search_in_processes_of_its_own_comes_to_its_end(h100: MainWindow, qtbot: QtBot) -> None:
    dialog = opened(h100)
    ask(dialog, "0.7, 0.8, 0.9, 1, 1.1, 1.2, 1.3, 1.4, 1.5", DGX)
    dialog.run()
    finished(dialog, qtbot)
    assert len(dialog.outcome.points) == 9  # type: ignore[union-attr]
    assert dialog._state.text().startswith("9 points: ")
    dialog.close()


def test_points_are_kept_by_standing_and_sorted(h100: MainWindow, qtbot: QtBot) -> None:
    dialog = opened(h100)
    ask(dialog, "0.8, 1.2", f"{DGX}, nvidia-dgx-b200, none-such")
    dialog.run()
    finished(dialog, qtbot)
    model = dialog.front.model
    counts = []
    for at in range(len(KEPT)):
        model.keep(at)
        counts.append(len(model.rows))
    assert counts == [6, 1, 2, 2, 2]
    assert "none-such" in model.data(model.index(0, model.columnCount() - 1))
    assert not dialog.front.take.isEnabled()
    model.keep(0)
    model.sort(2, Qt.SortOrder.DescendingOrder)
    assert [point.values["prices"] for point in model.rows] == [1.2, 1.2, 1.2, 0.8, 0.8, 0.8]
    failed = next(point for point in model.rows if point.failure)
    dialog.open_point(failed)
    assert "could not be built" in dialog._problem.text()
    dialog.close()


def test_what_cannot_be_run_is_told_before(h100: MainWindow, qtbot: QtBot) -> None:
    dialog = opened(h100)
    assert not dialog.go.isEnabled()
    ask(dialog, "0.8 … 1.2")
    assert "a grid needs listed values" in dialog._problem.text()
    assert not dialog.go.isEnabled()
    dialog.asked.method.setCurrentIndex(1)
    dialog.asked.method.activated.emit(1)
    assert dialog._state.text() == "200 points"
    dialog.asked.limits.setText("power < 3")
    dialog.asked.limits.editingFinished.emit()
    assert "is no limit" in dialog._problem.text()
    dialog.asked.limits.setText("powr_max_w <= 3")
    dialog.asked.points.setValue(4)
    dialog.run()
    finished(dialog, qtbot)
    assert "there is no quantity 'powr_max_w'. Perhaps power_max_w" in dialog._problem.text()
    dialog.close()


def test_searches_are_written_and_read(h100: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    dialog = opened(h100)
    ask(dialog)
    dialog.write(tmp_path / "s.toml")
    assert "Save the design first" in dialog._problem.text()
    path = Path(__file__).parents[2] / "resources/sweeps/unit-of-h100.toml"
    dialog.read(path)
    assert not dialog._problem.text()
    assert dialog._base.text() == "Example superpod-h100-su, as unit-of-h100.toml says"
    assert dialog.asked.method.currentData() == "random"
    dialog.write(tmp_path / "again.toml")
    again = read_spec((tmp_path / "again.toml").read_text("utf-8"), "again.toml")
    spec = read_spec(path.read_text("utf-8"), path.name)
    assert (again.base, again.parameters, again.points) == (spec.base, spec.parameters, spec.points)
    (tmp_path / "bad.toml").write_text('[base]\nexample = "hall"\n[parameters.p]\nset = 3\n')
    dialog.read(tmp_path / "bad.toml")
    assert "bad.toml, line 3" in dialog._problem.text()
    dialog.close()


def test_points_are_exported(h100: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    dialog = opened(h100)
    ask(dialog, "0.8, 1.2", DGX)
    dialog.run()
    finished(dialog, qtbot)
    dialog.front.export_to(tmp_path)
    with open(tmp_path / "points.csv", newline="") as file:
        assert [float(line["prices"]) for line in csv.DictReader(file)] == [0.8, 1.2]
    assert (tmp_path / "points.parquet").exists()
    dialog.front.export_to(tmp_path / "points.csv")
    assert dialog._problem.text()
    dialog.close()


def test_processes_of_their_own_compute_the_same(h100: MainWindow, qtbot: QtBot) -> None:
    dialog = opened(h100)
    ask(dialog, "0.7, 0.8, 0.9, 1, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6", DGX)
    dialog.run()
    finished(dialog, qtbot)
    assert not dialog._problem.text()
    outcome = dialog.outcome
    assert outcome is not None
    costs = [point.quantities["capex_low_usd"] for point in outcome.points]
    assert costs == pytest.approx([n / 10 * costs[3] for n in range(7, 17)])
    dialog.close()


def test_closing_ends_a_search_and_keeps_its_points(h100: MainWindow, qtbot: QtBot) -> None:
    dialog = opened(h100)
    ask(dialog, "0.7, 0.8, 0.9, 1", DGX)
    dialog.run()
    searching = dialog.searching
    dialog.close()
    assert searching._background._thread is None
    qtbot.waitUntil(lambda: not h100.findChildren(ExploreWindow), timeout=5000)
    again = opened(h100)
    ask(again, "0.7, 0.8, 0.9, 1", DGX)
    again.run()
    finished(again, qtbot)
    assert len(again.outcome.points) == 4  # type: ignore[union-attr]
    again.close()


def test_a_design_that_is_made_is_not_saved_yet(h100: MainWindow) -> None:
    h100.document.history.mark_saved()  # type: ignore[union-attr]
    assert h100.filing.open_made(Project(), "Made")
    assert h100.document.is_dirty  # type: ignore[union-attr]
    assert h100.document.path is None  # type: ignore[union-attr]
    h100.document._begun_dirty = False  # type: ignore[union-attr]


def test_a_search_names_the_design_it_began_with(h100: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    """Another project that is opened meanwhile is not what the search is of."""
    document = h100.document
    assert document is not None
    document.save(tmp_path / "first.cage", wait=True)
    dialog = opened(h100)
    ask(dialog)
    assert h100.filing.open_made(Project(), "Other")
    dialog.write(tmp_path / "s.toml")
    assert not dialog._problem.text()
    spec = read_spec((tmp_path / "s.toml").read_text("utf-8"), "s.toml")
    assert spec.base == ("file", str(tmp_path / "first.cage"))
    h100.document._begun_dirty = False  # type: ignore[union-attr]
    dialog.close()

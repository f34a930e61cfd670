"""The dashboard: ten tiles and the charts behind them, that follow every edit."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog

from core.editing.remove import remove
from core.model.change import Edit
from desktop.dialogs.dashboard import DashboardDialog
from desktop.dialogs.workloads import WorkloadsDialog
from desktop.templates import examples


@pytest.fixture
def hall(window, qtbot):
    window.filing.open_example(next(one for one in examples() if one.name == "hall"))
    qtbot.waitUntil(lambda: window.evaluation.is_current, timeout=30_000)
    document = window.document
    yield window
    document.history.mark_saved()


def open_dashboard(window):
    window.actions_.run("worth.dashboard")
    (found,) = window.findChildren(DashboardDialog)
    return found


def test_tiles_and_charts_of_a_hall(hall, qtbot):
    board = open_dashboard(hall)
    of = hall.evaluation.outcome.evaluation
    assert board.tiles[0].text.startswith(f"Capital cost, {of.quantities['capex_usd'].text}")
    assert list(board.charts) == ["time:w1", "time:w2", "capital", "year", "suppliers", "power", "tornado"]
    qtbot.waitUntil(lambda: "P10 …" not in board.tiles[0].text, timeout=30_000)
    assert "P90" in board.tiles[0].text
    assert "mean error" in board.tiles[4].text
    assert board.charts["capital"].chart.marks[0].key == "accelerators"
    assert board.state == "Up to date"
    board.close()


def test_a_tile_says_how_it_is_made(hall, qtbot):
    board = open_dashboard(hall)
    board.tiles[2].setFocus()
    QTest.keyClick(board.tiles[2], Qt.Key.Key_Return)
    shown = hall.tally.explanation
    assert shown.isVisible()
    assert shown.headline.name == "usd_per_gpu_hour"
    shown.close()
    QTest.mouseClick(board.tiles[0], Qt.MouseButton.LeftButton)
    assert shown.headline.name == "capex_usd"
    shown.close()
    board.close()


def test_it_follows_an_edit_and_its_undo(hall, qtbot):
    board = open_dashboard(hall)
    before = board.tiles[0].text.split(", P10")[0]
    document = hall.document
    unit = next(iter(document.project.instances(document.top).values()))
    edit = Edit(document.project, "Remove a unit")
    remove(edit, document.top, [unit.id])
    document.commit_edit(edit)
    qtbot.waitUntil(lambda: hall.evaluation.is_current, timeout=30_000)
    assert board.tiles[0].text.split(", P10")[0] != before
    document.undo()
    qtbot.waitUntil(lambda: hall.evaluation.is_current, timeout=30_000)
    assert board.tiles[0].text.split(", P10")[0] == before
    board.close()


def test_the_tornado_is_of_the_figure_chosen(hall):
    board = open_dashboard(hall)
    at = board.moved.findData("usd_per_run:w1")
    board.moved.setCurrentIndex(at)
    board.moved.activated.emit(at)
    assert "M USD" in board.charts["tornado"].chart.marks[0].text
    board.close()


def test_without_workloads_and_prices_it_says_what_to_do(window, document, qtbot):
    qtbot.waitUntil(lambda: window.evaluation.is_current, timeout=30_000)
    board = open_dashboard(window)
    assert "Add a training run to the workloads" in board.tiles[3].text
    board.tiles[3].workloads_wanted.emit()
    (asked,) = [w for w in window.findChildren(QDialog) if isinstance(w, WorkloadsDialog) and w.isVisible()]
    asked.reject()
    board.close()


def test_there_is_one_and_it_goes_with_the_project(hall, qtbot):
    board = open_dashboard(hall)
    assert open_dashboard(hall) is board
    hall.document.history.mark_saved()
    hall.set_document(None)
    qtbot.waitUntil(lambda: not hall.findChildren(DashboardDialog), timeout=5000)
    hall.filing.open_example(next(one for one in examples() if one.name == "hall"))


def test_nothing_drawn_says_what_to_do(window, qtbot):
    window.actions_.run("file.new")
    qtbot.waitUntil(lambda: window.evaluation.is_current, timeout=10_000)
    board = open_dashboard(window)
    for tile in (board.tiles[0], board.tiles[1], board.tiles[2], board.tiles[8], board.tiles[9]):
        assert tile.text.endswith("Nothing is drawn. Place a rack from the catalogue")
        assert "Evidence" not in tile.text
    assert board.charts == {}
    board.close()


def test_a_narrow_window_cuts_nothing_and_the_focus_is_seen(hall, qtbot):
    board = open_dashboard(hall)
    board.resize(300, 300)
    QTest.qWait(20)
    assert board._body.width() >= board._body.minimumSizeHint().width()
    tile = board.tiles[2]
    before = tile.grab().toImage().pixelColor(1, tile.height() // 2)
    board.activateWindow()
    tile.setFocus()
    qtbot.waitUntil(tile.hasFocus)
    assert tile.grab().toImage().pixelColor(1, tile.height() // 2) != before
    board.close()

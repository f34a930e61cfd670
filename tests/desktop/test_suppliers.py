"""Who the design depends on: shares, lines, losses, and the swap as one step."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.catalogue.library import Library
from core.explore.part_swap import Swap
from core.files.project_file import load
from core.model.change import Edit
from desktop.dialogs.misfits import MisfitsDialog
from desktop.dialogs.suppliers import FILTERS, SuppliersDialog
from desktop.main_window import MainWindow
from desktop.templates import examples

DGX, B200, MI300X = "nvidia-dgx-h100", "nvidia-dgx-b200", "oem-mi300x-8u"


def opened(window: MainWindow) -> SuppliersDialog:
    window.actions_.run("worth.suppliers")
    (found,) = window.findChildren(SuppliersDialog)
    return found


def tried(dialog: SuppliersDialog, name: str, qtbot: QtBot) -> Swap:
    """Return what came of a candidate, once it has been tried."""
    swaps = dialog.loss.swaps
    qtbot.waitUntil(lambda: name in swaps.tried, timeout=30_000)
    made = swaps.tried[name]
    assert isinstance(made, Swap)
    return made


def choose(dialog: SuppliersDialog, name: str) -> None:
    shown = dialog.loss.swaps.candidates
    found = [shown.topLevelItem(at) for at in range(shown.topLevelItemCount())]
    shown.setCurrentItem(next(item for item in found if item.data(0, Qt.ItemDataRole.UserRole) == name))


def test_shares_add_up_and_say_what_is_unknown(h100: MainWindow) -> None:
    dialog = opened(h100)
    chart = dialog.charts["suppliers"].chart
    of = h100.evaluation.outcome.evaluation.supply  # type: ignore[union-attr]
    assert chart.marks[0].key == of.suppliers.parts[0].name == "NVIDIA"
    assert dialog.charts["countries"].chart.marks[0].label == "No country named"
    assert f"{len(of.single_sourced)} of " in dialog._facts["Sources"].text()
    assert "3 types without a lead time" in dialog._facts["Lead time"].text()
    assert opened(h100) is dialog
    dialog.close()


def test_lines_are_filtered_and_lead_to_the_drawing(h100: MainWindow) -> None:
    dialog = opened(h100)
    of = h100.evaluation.outcome.evaluation.supply  # type: ignore[union-attr]
    assert dialog.lines.topLevelItemCount() == sum(not one.included for one in of.lines)
    at = FILTERS.index("One source, no alternate")
    dialog.filter.setCurrentIndex(at)
    dialog.filter.activated.emit(at)
    assert dialog.lines.topLevelItemCount() == len(of.single_sourced)
    dialog.lines.setCurrentItem(dialog.lines.topLevelItem(0))
    dialog.tabs.setCurrentIndex(1)
    QTest.keyClick(dialog.lines, Qt.Key.Key_Return)
    assert len(h100.document.selection.paths) == 31  # type: ignore[union-attr]
    dialog.close()


def test_a_click_on_a_share_asks_what_stops(h100: MainWindow, qtbot: QtBot) -> None:
    dialog = opened(h100)
    view = dialog.charts["suppliers"]
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=view.mark_box(0).center().toPoint())
    assert dialog.tabs.currentWidget() is dialog.loss
    assert dialog.loss.verdict.text() == "Without NVIDIA: 99.98 % of the known spend stops, 10 racks wait."
    assert dialog.loss.chosen is not None
    assert dialog.loss.chosen.line.type.id == DGX
    lost = tried(dialog, MI300X, qtbot)
    assert len(lost.refit.misfits) == 31
    choose(dialog, MI300X)
    first = dialog.loss.swaps.obstacles.topLevelItem(0)
    assert (first.text(0), first.text(1)[:19]) == ("Ports", "31 connections lost")
    dialog.close()


def test_a_swap_is_one_step_that_undo_takes_back(h100: MainWindow, qtbot: QtBot) -> None:
    dialog, document = opened(h100), h100.document
    assert document is not None
    before = load(next(one.path for one in examples() if one.name == "superpod-h100-su"))[0]
    dialog.loss.ask("part", DGX)
    tried(dialog, MI300X, qtbot)
    choose(dialog, MI300X)
    dialog.loss.swaps.go.click()
    assert {device.type for device in document.project.every("devices")} >= {MI300X}
    assert DGX not in {device.type for device in document.project.every("devices")}
    (report,) = h100.findChildren(MisfitsDialog)
    assert report.list.count() > 0
    report.close()
    qtbot.waitUntil(lambda: h100.evaluation.is_current, timeout=30_000)
    lines = h100.evaluation.outcome.evaluation.supply.lines  # type: ignore[union-attr]
    assert DGX not in {line.type.id for line in lines}
    assert dialog.loss.which.findData(DGX) < 0
    h100.actions_.refresh()
    dialog.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is dialog, timeout=5000)
    QTest.keySequence(dialog, QKeySequence.StandardKey.Undo)
    assert document.project.same_records(before)
    dialog.close()


def test_another_type_is_tried_and_named_as_alternate(h100: MainWindow, qtbot: QtBot) -> None:
    dialog, document = opened(h100), h100.document
    assert document is not None
    dialog.loss.ask("part", DGX)
    swaps = dialog.loss.swaps
    at = swaps.other.findData(B200)
    swaps.other.setCurrentIndex(at)
    swaps.other.activated.emit(at)
    made = tried(dialog, B200, qtbot)
    assert not made.refit.misfits
    assert swaps.chosen == B200
    swaps.name_it.click()
    (record,) = document.project.rows("alternates").values()
    assert (record.of, record.by) == (DGX, B200)
    qtbot.waitUntil(lambda: h100.evaluation.is_current, timeout=30_000)
    assert dialog.loss.chosen is not None
    assert dialog.loss.chosen.alternates == (B200,)
    choose(dialog, B200)
    assert swaps.name_it.text() == "Remove alternate"
    swaps.name_it.click()
    assert not document.project.rows("alternates")
    document.undo()
    assert len(document.project.rows("alternates")) == 1
    dialog.close()


def test_weeks_and_cancel(h100: MainWindow, qtbot: QtBot) -> None:
    dialog = opened(h100)
    dialog.loss.ask("part", DGX)
    dialog.loss.weeks.setValue(6)
    assert dialog.loss.verdict.text().startswith("Without DGX H100 for 6 weeks")
    assert dialog.loss.stopped.topLevelItem(0).text(3) == "6"
    swaps = dialog.loss.swaps
    swaps.cancel()
    assert not swaps._trials.waiting
    qtbot.waitUntil(lambda: not swaps._trials._background.is_busy, timeout=30_000)
    assert len(swaps.tried) < swaps.candidates.topLevelItemCount()
    dialog.close()


def test_a_cable_cannot_be_swapped_but_named(h100: MainWindow) -> None:
    dialog = opened(h100)
    dialog.loss.ask("part", "cat6a")
    assert not dialog.loss.swaps.go.isEnabled()
    assert dialog.loss.swaps._state.text().startswith(("Nothing of the catalogue", "Only devices"))
    dialog.close()


def test_without_prices_and_makers_it_says_what_to_do(
    window: MainWindow, document: object, qtbot: QtBot
) -> None:
    edit = Edit(window.document.project, "No prices")  # type: ignore[union-attr]
    from msgspec.structs import replace

    for record in list(window.document.project.rows("types").values()):  # type: ignore[union-attr]
        bare = {"price_low_usd": None, "price_high_usd": None, "maker": "", "suppliers": ()}
        edit.replace("types", record.key, spec=replace(record.spec, **bare))
    window.document.commit_edit(edit)  # type: ignore[union-attr]
    qtbot.waitUntil(lambda: window.evaluation.is_current, timeout=30_000)
    dialog = opened(window)
    assert "Give the types prices" in dialog._facts["Concentration"].text()
    assert dialog.loss.verdict.text().startswith("No supplier is known of any line")
    dialog.close()


def test_it_goes_with_the_project(h100: MainWindow, qtbot: QtBot) -> None:
    opened(h100)
    h100.document.history.mark_saved()  # type: ignore[union-attr]
    h100.set_document(None)
    qtbot.waitUntil(lambda: not h100.findChildren(SuppliersDialog), timeout=5000)
    assert Library.builtin().find(DGX) is not None
    h100.filing.open_example(next(one for one in examples() if one.name == "superpod-h100-su"))

"""The table of assumptions: typed, refused, tried before it is applied, one step to undo."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from core.engine.brief import ASSUMPTIONS, SECTIONS
from desktop.dialogs.assumptions import AssumptionsDialog
from desktop.document import Document
from desktop.main_window import MainWindow


def opened(window: MainWindow) -> AssumptionsDialog:
    window.actions_.run("worth.assumptions")
    (found,) = (one for one in window.findChildren(AssumptionsDialog) if one.isVisible())
    return found


def test_all_are_listed_under_headings(window: MainWindow, document: Document) -> None:
    dialog = opened(window)
    assert set(dialog.items) == set(ASSUMPTIONS)
    assert dialog.table.topLevelItemCount() == len(SECTIONS)
    assert dialog.items["pue"].text(1) == "1.25"
    assert dialog.items["pue"].text(6) == "house"
    assert not dialog.go.isEnabled()
    dialog.reject()


def test_a_typed_value_is_tried_and_applied_in_one_step(h100: MainWindow, qtbot: QtBot) -> None:
    """Electricity at twice its price adds to a year what energy costs in it."""
    document = h100.document
    assert document is not None
    before = h100.evaluation.outcome.evaluation  # type: ignore[union-attr]
    dialog = opened(h100)
    dialog._go("energy_usd_kwh")
    dialog.table.setFocus()
    QTest.keyClick(dialog.table, Qt.Key.Key_F2)
    editor = dialog.table.findChild(QLineEdit)
    assert isinstance(editor, QLineEdit)
    editor.setText("0.166")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "energy_usd_kwh" in dialog.draft, timeout=5000)
    record = dialog.draft["energy_usd_kwh"]
    assert record is not None
    assert (record.value, record.low, record.high, record.evidence) == (0.166, 0.05, 0.166, "user")
    qtbot.waitUntil(lambda: dialog.moved.topLevelItemCount() > 0, timeout=30_000)
    assert dialog.moved.topLevelItem(0).text(0) == "Cost of a year"
    dialog.go.click()
    qtbot.waitUntil(lambda: h100.evaluation.is_current, timeout=30_000)
    after = h100.evaluation.outcome.evaluation  # type: ignore[union-attr]
    more = after.quantities["tco_year_usd"].value - before.quantities["tco_year_usd"].value
    assert more == pytest.approx(before.economics.figures["opex_energy_usd"])
    document.undo()
    assert not document.project.rows("assumptions")


@pytest.mark.parametrize(
    ("name", "field", "text", "why"),
    [
        ("pue", "value", "much", "is no number"),
        ("pue", "value", "-1", "cannot be negative"),
        ("availability", "value", "1.2", "must be at most 1"),
        ("life_it_years", "low", "0", "must be above 0 years"),
        ("pue", "low", "1.3", "the lowest is above the value"),
        ("pue", "high", "1.1", "the highest is below the value"),
        ("pue", "value", "inf", "is no number"),
    ],
)
def test_what_is_no_value_is_refused(
    window: MainWindow, document: Document, name: str, field: str, text: str, why: str
) -> None:
    dialog = opened(window)
    with pytest.raises(ValueError, match=why):
        dialog.set(name, field, text)
    assert not dialog.draft
    columns = {"value": 1, "low": 2, "high": 3}
    before = dialog.items[name].text(columns[field])
    dialog.items[name].setText(columns[field], text)
    assert why in dialog._problem.text()
    assert dialog.items[name].text(columns[field]) == before
    dialog.reject()


def test_back_to_the_house_value(window: MainWindow, document: Document) -> None:
    dialog = opened(window)
    dialog.set("pue", "value", "1.3")
    dialog.set("pue", "source", "Utility letter")
    dialog.accept()
    (own,) = document.project.rows("assumptions").values()
    assert (own.value, own.source, own.unit) == (1.3, "Utility letter", "")
    dialog = opened(window)
    dialog._go("pue")
    assert dialog.items["pue"].text(6) == "project"
    QTest.keyClick(dialog.table, Qt.Key.Key_Delete)
    assert dialog.draft == {"pue": None}
    assert dialog.items["pue"].text(1) == "1.25"
    dialog.accept()
    assert not document.project.rows("assumptions")


def test_the_same_value_again_is_no_change(window: MainWindow, document: Document) -> None:
    dialog = opened(window)
    dialog.set("pue", "value", "1.25")
    dialog.set("pue", "source", ASSUMPTIONS["pue"].basis)
    dialog.reset()
    assert not dialog.draft
    dialog.reject()
    assert not document.project.rows("assumptions")


def test_search_and_own(window: MainWindow, document: Document) -> None:
    dialog = opened(window)
    dialog.search.setText("resale end")
    shown = [name for name, item in dialog.items.items() if not item.isHidden()]
    assert shown == ["resale_it", "resale_network"]
    dialog.search.clear()
    dialog.own.setChecked(True)
    assert all(item.isHidden() for item in dialog.items.values())
    dialog.reject()

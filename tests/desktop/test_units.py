"""Metric and US units: one setting of the project, printed alike everywhere, undone in one step."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from core import units
from core.model.fields import fields_of
from core.model.records import Block, Instance, Override
from desktop.background import Background
from desktop.document import Document
from desktop.main_window import MainWindow
from desktop.panels.form import Shift, WrongValueError, parsed, shown

X, MASS = fields_of(Instance)["x_mm"], fields_of(Block)["mass_kg"]
At = Callable[..., str]


def settle(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: window.evaluation.is_current, timeout=10_000)


@pytest.mark.parametrize(
    ("text", "value"), [("600", 600), ("48 in", 1219), ("2 ft", 610), ("2' 6\"", 762), ("1.2 m", 1200)]
)
def test_lengths_are_typed_in_either_system(text: str, value: int) -> None:
    assert parsed(X, text) == value


def test_a_number_without_a_unit_is_in_the_units_in_force() -> None:
    with units.use("us"):
        assert parsed(X, "24") == 610
        assert parsed(MASS, "1000") == pytest.approx(453.59237)
        assert parsed(MASS, "100 kg") == 100
        assert shown(600, "mm") == "23.62205"
        assert parsed(X, shown(600, "mm")) == 600
        assert Shift("+12").of(X, 600) == 905  # 600 mm and a foot
    assert parsed(MASS, "100 lb") == pytest.approx(45.359237)
    assert Shift("+12").of(X, 600) == 612


@pytest.mark.parametrize("text", ["5 kg", "many", "600 mm mm", "12.5.1"])
def test_what_is_no_length_is_refused(text: str) -> None:
    with pytest.raises(WrongValueError):
        parsed(X, text)


def test_work_beside_the_windows_prints_in_the_units_of_who_asked(qtbot: QtBot) -> None:
    background, found = Background(), list[str]()
    for name in ("us", "metric"):
        with units.use(name):
            background.run(lambda: units.show(1000.0, "kg"), lambda text, error: found.append(text))
    qtbot.waitUntil(lambda: len(found) == 2)
    background.close()
    assert found == ["2,205 lb", "1,000 kg"]


def test_cables_are_in_feet_and_metres_are_understood() -> None:
    length = fields_of(Override)["length_m"]
    with units.use("us"):
        assert parsed(length, "10") == pytest.approx(3.048)
        assert parsed(length, "3 m") == 3
        assert parsed(length, shown(3.0, "m")) == pytest.approx(3)
        assert length.heading == "Ordered length [ft]"


def test_the_window_follows_the_setting_and_undo(
    window: MainWindow, document: Document, at: At, qtbot: QtBot
) -> None:
    settle(window, qtbot)
    document.selection.set([at("r2")])
    tile = window.tally.numbers.tiles["heaviest"]
    assert tile.headline is not None
    metric = tile.headline.value
    assert metric.endswith(" kg")
    window.actions_.run("view.units_us")
    settle(window, qtbot)
    kilograms = window.evaluation.outcome.evaluation.quantities["rack_mass_kg"].value  # type: ignore[union-attr]
    assert kilograms is not None
    assert tile.headline.value == units.show(kilograms, "kg")
    assert tile.headline.value.endswith(" lb")
    line = next(f for f in window.properties.findChildren(QLineEdit) if f.accessibleName().startswith("x,"))
    assert (line.accessibleName(), line.text()) == ("x, in", "23.62205")
    line.selectAll()
    QTest.keyClicks(line, "48")
    QTest.keyClick(line, Qt.Key.Key_Return)
    record = document.project.resolve(document.top, at("r2"))
    assert isinstance(record, Instance)
    assert record.x_mm == 1219
    document.undo()
    document.undo()
    settle(window, qtbot)
    assert units.system() == "metric"
    assert tile.headline.value == metric
    assert window.actions_["view.units_metric"].isChecked()

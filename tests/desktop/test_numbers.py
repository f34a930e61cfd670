"""The twelve numbers in sight: what they say, how each is made, what a drag would change."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from core.model.change import Edit
from core.model.records import Requirement
from desktop.document import Document
from desktop.dragging import Carried
from desktop.main_window import MainWindow
from desktop.panels.numbers import LABELS, Tile
from tests.desktop.conftest import SERVER, SWITCH, path_of
from tests.desktop.gestures import drag_in, drag_out, drop


def settle(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(
        lambda: window.evaluation.is_current and bool(window.tally.numbers.headlines), timeout=10_000
    )


def ask(document: Document, **values: float) -> None:
    edit = Edit(document.project, "Set the brief")
    for name, value in values.items():
        edit.put("requirements", Requirement(id=name, value=value))
    document.commit_edit(edit)


def tile(window: MainWindow, name: str) -> Tile:
    return window.tally.numbers.tiles[name]


def words(widget: object) -> str:
    return "\n".join(found.text() for found in widget.findChildren(QLabel))  # type: ignore[attr-defined]


def test_all_twelve_have_a_value_and_a_full_accessible_name(
    window: MainWindow, document: Document, qtbot: QtBot
) -> None:
    settle(window, qtbot)
    assert [h.name for h in window.tally.numbers.headlines] == [name for name, _ in LABELS]
    for found in window.tally.numbers.tiles.values():
        assert found.headline is not None
        assert found.headline.value in found.accessibleName()
        assert found.headline.detail in found.accessibleName()
        assert found.focusPolicy() == Qt.FocusPolicy.StrongFocus


@pytest.mark.parametrize("width", [640, 960, 1400, 1900])
def test_no_number_is_cut_at_any_width(
    window: MainWindow, document: Document, qtbot: QtBot, width: int
) -> None:
    settle(window, qtbot)
    window.tally.numbers.resize(width, 51)
    boxes = [found.geometry() for found in window.tally.numbers.tiles.values()]
    for found in window.tally.numbers.tiles.values():
        assert found.width() >= found.natural_width()
    assert max(box.right() for box in boxes) < width
    assert not any(a.intersects(b) for k, a in enumerate(boxes) for b in boxes[:k])


def test_one_click_names_the_binding_limit_and_its_worst_rack(
    window: MainWindow, document: Document, qtbot: QtBot
) -> None:
    ask(document, facility_power_w=4000.0)
    settle(window, qtbot)
    power = tile(window, "power").headline
    assert power is not None
    QTest.mouseClick(tile(window, "binding"), Qt.MouseButton.LeftButton)
    explanation = window.tally.explanation
    assert explanation.isVisible()
    assert "Site power" in words(explanation)
    assert explanation.links[0].text() in {"r1", "r2", "r3"}
    worst = explanation.links[0].text()
    QTest.mouseClick(explanation.links[0], Qt.MouseButton.LeftButton)
    assert document.selection.paths == (path_of(document, worst),)
    assert not explanation.isVisible()


def test_a_number_without_a_limit_offers_to_set_one(
    window: MainWindow, document: Document, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle(window, qtbot)
    asked: list[str] = []
    window.tally.explanation.limit_requested.connect(asked.append)
    monkeypatch.setattr("desktop.dialogs.brief.BriefDialog.open", lambda self: None)
    power = tile(window, "power")
    assert power.headline is not None
    assert (power.headline.state, power.headline.detail) == ("unknown", "no limit")
    power.setFocus()
    QTest.keyClick(power, Qt.Key.Key_Return)
    buttons = {b.text(): b for b in window.tally.explanation.findChildren(QPushButton)}
    QTest.mouseClick(buttons["Set a limit …"], Qt.MouseButton.LeftButton)
    assert asked == ["facility_power_w"]


def test_the_explanation_names_inputs_with_their_sources(
    window: MainWindow, document: Document, qtbot: QtBot
) -> None:
    settle(window, qtbot)
    QTest.mouseClick(tile(window, "heaviest"), Qt.MouseButton.LeftButton)
    text = words(window.tally.explanation)
    spec = document.project.find_type(SERVER)
    assert spec is not None
    assert spec.name in text
    citation = next(c for c in spec.sources if "mass_kg" in c.fields)
    assert f"{citation.evidence}: {citation.title}" in text
    window.tally.explanation.close()


def test_a_drag_from_the_catalogue_shows_what_it_would_add(
    window: MainWindow, document: Document, qtbot: QtBot
) -> None:
    settle(window, qtbot)
    before = window.evaluation.outcome
    assert before is not None
    racks = window.workspace.racks
    window.workspace.show_view("racks")
    standing = next(s for s in racks.standing if s.path == path_of(document, "r3"))
    point = (standing.x + standing.drawn.width / 2, standing.y + standing.drawn.base + 200)
    drag_in(racks, Carried("type", SWITCH), point)
    said = tile(window, "power").change
    assert said.startswith("+")
    assert " → " in racks.overlay.note.split("\n")[1]
    drag_out(racks)
    assert tile(window, "power").change == ""
    drop(racks, Carried("type", SWITCH), point)
    settle(window, qtbot)
    after = window.evaluation.outcome
    assert after is not None
    from desktop.tally import signed

    added = after.evaluation.power.total_max_w - before.evaluation.power.total_max_w
    assert signed(added, "W") == said
    assert tile(window, "power").change == ""


def test_results_are_grouped_and_open_the_same_explanation(
    window: MainWindow, document: Document, qtbot: QtBot
) -> None:
    settle(window, qtbot)
    lines = window.results.model.lines
    assert lines[0] == "Power"
    assert [q.name for q in window.results.model.quantities[:2]] == ["power_max_w", "power_typical_w"]
    assert {q.name for q in window.results.model.quantities} == set(
        window.evaluation.outcome.evaluation.quantities  # type: ignore[union-attr]
    )
    index = window.results.model.index(1, 0)
    box = window.results.table.visualRect(index)
    QTest.mouseClick(window.results.table.viewport(), Qt.MouseButton.LeftButton, pos=box.center())
    assert window.tally.explanation.isVisible()
    assert window.tally.explanation.headline.name == "power_max_w"  # type: ignore[union-attr]
    window.tally.explanation.close()

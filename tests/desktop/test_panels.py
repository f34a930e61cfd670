"""Panels: catalogue, properties, results, findings, tree."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QLineEdit, QPlainTextEdit
from pytestqt.qtbot import QtBot

from core.model.records import Device, Requirement
from desktop.document import Document
from desktop.dragging import FORMAT, Carried, carried_in, packed
from desktop.main_window import MainWindow
from desktop.panels.properties import PropertiesPanel
from tests.desktop.conftest import SERVER

Paths = Callable[..., str]


def type_into(panel: PropertiesPanel, name: str, text: str) -> None:
    """Type a text into the field of a name and leave it by Enter."""
    editor = panel._form.editors[name]
    line = editor.findChild(QLineEdit)
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, text)
    QTest.keyClick(line, Qt.Key.Key_Return)


def device(document: Document, path: str) -> Device:
    found = document.project.resolve(document.top, path)
    assert isinstance(found, Device)
    return found


def test_search_and_filters(window: MainWindow, document: Document) -> None:
    catalogue = window.catalogue
    catalogue.search.setText("h200 8u")
    assert catalogue.model.items
    assert all("H200" in e.title.upper() or "H200" in e.detail.upper() for e in catalogue.model.items)
    catalogue.search.setText("")
    catalogue.kind.setCurrentIndex(catalogue.kind.findData("rack"))
    assert {e.kind for e in catalogue.model.items} == {"rack"}
    catalogue.kind.setCurrentIndex(catalogue.kind.findData("block"))
    assert {e.title for e in catalogue.model.items} == {"Node rack", "Network rack"}


def test_drag_data_names_the_entry_and_foreign_data_are_ignored() -> None:
    assert carried_in(packed(Carried("type", SERVER))) == Carried("type", SERVER)
    foreign = QMimeData()
    foreign.setText("type x")
    assert carried_in(foreign) is None
    foreign.setData(FORMAT, b"\xff\xfe nonsense")
    assert carried_in(foreign) is None


def test_properties_edit_one_field_of_everything_selected(
    window: MainWindow, document: Document, at: Paths
) -> None:
    document.selection.set([at("r1", "a"), at("r1", "b")])
    type_into(window.properties, "power_limit_w", "700")
    assert {device(document, at("r1", n)).power_limit_w for n in "ab"} == {700.0}
    document.undo()
    assert {device(document, at("r1", n)).power_limit_w for n in "ab"} == {None}


def test_a_value_out_of_range_never_reaches_the_project(
    window: MainWindow, document: Document, at: Paths
) -> None:
    document.selection.set([at("r1", "a")])
    before = document.project.stamp
    for text in ("-5", "abc"):
        type_into(window.properties, "power_limit_w", text)
    assert document.project.stamp == before


def test_a_taken_name_is_refused_in_words(window: MainWindow, document: Document, at: Paths) -> None:
    document.selection.set([at("r1", "a")])
    type_into(window.properties, "name", "b")
    assert "'b' is taken" in window.statusBar().currentMessage()
    assert device(document, at("r1", "a")).name == "a"


def test_typing_twice_in_one_field_is_one_undo_step(
    window: MainWindow, document: Document, at: Paths
) -> None:
    document.selection.set([at("r1", "a")])
    type_into(window.properties, "note", "one")
    type_into(window.properties, "note", "two")
    assert len(document.history.undo_labels) == 1


def test_own_name_of_one_copy_is_an_override(window: MainWindow, document: Document, at: Paths) -> None:
    document.set_only_this(True)
    document.selection.set([path := at("r1", "a")])
    type_into(window.properties, "name", "special")
    assert document.block_at(at("r1")) == document.block_at(at("r2"))
    assert document.project.names_along(document.top, path)[-1] == "special"
    assert document.project.names_along(document.top, at("r2", "a"))[-1] == "a"


def test_pasted_markup_stays_text(window: MainWindow, document: Document, at: Paths) -> None:
    document.selection.set([at("r1", "a")])
    type_into(window.properties, "name", "<b>x</b>")
    assert device(document, at("r1", "<b>x</b>")).name == "<b>x</b>"
    for found in window.findChildren(QLabel):
        assert found.textFormat() == Qt.TextFormat.PlainText or not found.text(), found.text()


def test_results_follow_edits_and_limits(
    window: MainWindow, document: Document, at: Paths, qtbot: QtBot
) -> None:
    def value(name: str) -> float:
        outcome = window.evaluation.outcome
        assert outcome is not None
        return outcome.evaluation.quantities[name].value or 0.0

    before = value("devices")
    document.selection.set([at("r1", "a")])
    window.actions_.run("edit.delete")
    qtbot.waitUntil(lambda: window.evaluation.is_current)
    assert value("devices") == before - 2
    edit = document.edit("Limit")
    edit.put("requirements", Requirement(id="rack_power_w", value=10.0))
    document.commit_edit(edit)
    qtbot.waitUntil(lambda: window.evaluation.is_current)
    outcome = window.evaluation.outcome
    assert outcome is not None
    assert outcome.evaluation.quantities["rack_power_max_w"].state == "over"


def test_only_the_newest_edit_is_answered(
    window: MainWindow, document: Document, at: Paths, qtbot: QtBot
) -> None:
    answers: list[int] = []
    window.evaluation.finished.connect(lambda outcome: answers.append(outcome.stamp))
    document.selection.set([at("r3")])
    for _ in range(12):
        window.actions_.run("edit.rotate")
        qtbot.wait(1)
    qtbot.waitUntil(lambda: window.evaluation.is_current)
    assert answers[-1] == document.project.stamp
    assert len(answers) <= 12
    assert answers == sorted(answers)


def test_tree_follows_the_project_and_shares_the_selection(
    window: MainWindow, document: Document, at: Paths, qtbot: QtBot
) -> None:
    tree = window.tree
    root = tree.model.item(0)
    assert [root.child(i).text() for i in range(root.rowCount())] == ["r1", "r2", "r3"]
    document.selection.set([at("r2")])
    assert [i.data() for i in tree.tree.selectionModel().selectedIndexes()] == ["r2"]
    window.actions_.run("edit.delete")
    qtbot.waitUntil(lambda: tree.model.item(0).rowCount() == 2)


def test_inputs_and_buttons_have_names_for_screen_readers(
    window: MainWindow, document: Document, at: Paths
) -> None:
    document.selection.set([at("r1", "a")])
    for kind in (QLineEdit, QComboBox, QPlainTextEdit, QAbstractButton):
        for widget in window.findChildren(kind):
            named = (
                widget.accessibleName()
                or getattr(widget, "text", str)()
                or widget.objectName().startswith("qt_")
            )
            within = widget.parent() is not None and isinstance(widget.parent(), QComboBox | QLineEdit)
            assert named or within or not widget.isVisible(), widget


@pytest.mark.parametrize("choice", ["light", "dark"])
def test_text_can_be_read_in_both_themes(choice: str) -> None:
    from desktop.theme import DARK, LIGHT

    colours = LIGHT if choice == "light" else DARK

    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        r, g, b = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    def contrast(a: str, b: str) -> float:
        high, low = sorted((luminance(a), luminance(b)), reverse=True)
        return (high + 0.05) / (low + 0.05)

    for ground in (colours.panel, colours.field, colours.raised, colours.canvas):
        for ink in (colours.text, colours.faint, colours.error, colours.warning, colours.ok, colours.info):
            assert contrast(ink, ground) >= 4.5, (ink, ground)
    assert contrast(colours.on_accent, colours.accent) >= 4.5
    assert contrast(colours.text, colours.accent_soft) >= 4.5

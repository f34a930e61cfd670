"""Cords of racks: a preview, one key, one step; and what cannot be fed is said."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from core.files.project_file import encode
from core.files.session import Session
from core.model.project import Project
from desktop.dialogs.cording import CordingDialog
from desktop.document import Document
from desktop.main_window import MainWindow
from tests.desktop.conftest import forget_edits
from tests.desktop.hand import Hand
from tests.editing.laying.cord_racks import hall, racks

Opener = Callable[[Project], Document]


@pytest.fixture
def opened(window: MainWindow, qtbot: QtBot) -> Opener:
    def open_in_window(project: Project) -> Document:
        document = Document(Session.new(project), title="Cords")
        window.set_document(document)
        qtbot.waitUntil(lambda: window.evaluation.is_current, timeout=20_000)
        return document

    return open_in_window


@pytest.fixture
def hand(window: MainWindow) -> Iterator[Hand]:
    yield Hand(window)
    forget_edits(window)


@pytest.fixture
def asked(window: MainWindow, opened: Opener, qtbot: QtBot) -> Callable[..., CordingDialog]:
    """Open the dialog for all racks of a project, and wait until the engine has spoken."""

    def ask(project: Project) -> CordingDialog:
        document = opened(project)
        document.selection.set(racks(project))
        window.actions_.run("link.cord")
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, CordingDialog)
        heard(qtbot, dialog)
        return dialog

    return ask


def heard(qtbot: QtBot, dialog: CordingDialog) -> None:
    qtbot.waitUntil(lambda: not dialog._later.isActive() and dialog.loads is not None, timeout=20_000)


def texts(widget: QWidget) -> list[str]:
    QApplication.processEvents()
    return [shown.text() for shown in widget.findChildren(QLabel) if shown.text()]


def column(dialog: CordingDialog, title: str) -> list[str]:
    place = dialog.cords.columns.index(title)
    return [dialog.cords.index(row, place).data() for row in range(dialog.cords.rowCount())]


def test_cord_24_supplies_of_a_rack_to_three_sources(
    window: MainWindow, opened: Opener, hand: Hand, qtbot: QtBot
) -> None:
    """Select the rack, key, Enter."""
    document = opened(hall())
    before = encode(document.project)
    hand.click(window.workspace.hall, (300, 500))
    hand.key("Ctrl+Shift+C")
    hand.key("Return")
    assert hand.count <= 3, hand.done
    cords = [link for link in document.project.every("links") if link.layer == "power"]
    assert sum(link.count for link in cords) == 24
    assert document.history.undo_labels == ["Cord 27 supplies"]
    qtbot.waitUntil(lambda: window.evaluation.is_current, timeout=20_000)
    outcome = window.evaluation.outcome
    assert outcome is not None
    power = outcome.evaluation.power
    assert power.source_w(0) == pytest.approx([13_600] * 3)
    assert not power.device_short.any()
    hand.key("Ctrl+Z")
    assert encode(document.project) == before


def test_the_preview_says_what_holds_before_anything_changes(asked: Callable[..., CordingDialog]) -> None:
    dialog = asked(hall())
    assert dialog._document.history.undo_labels == []
    said = texts(dialog)
    assert "24 cords in 1 rack; 3 inlets fed straight from the sources." in said
    assert (
        "4 × DGX H100: 2+2+2 over A, B, C holds; 4 of 6 supplies left, 4 needed when any one is lost" in said
    )
    assert "No PDU, bank or line is over its rating, whichever source or side is lost" in said
    assert column(dialog, "Source")[3:9] == ["A", "A", "B", "B", "C", "C"]
    assert column(dialog, "Colour")[3:9] == ["blue", "blue", "red", "red", "green", "green"]
    assert all(length.endswith(" m") for length in column(dialog, "Length")[3:])
    assert dialog.go.text() == "Cord 27"
    dialog.reject()
    assert dialog._document.history.undo_labels == []


def test_two_sources_fail_and_what_moves_is_shown(asked: Callable[..., CordingDialog], qtbot: QtBot) -> None:
    dialog = asked(hall())
    dialog.choose_sides(["A", "B"])
    heard(qtbot, dialog)
    said = texts(dialog)
    assert "4 × DGX H100: 3+3 over A, B fails; without A or B 3 of 6 supplies are left, 4 needed" in said
    assert any(text.endswith("14 change their source by your choice.") for text in said)
    assert any(text.startswith("r1 / pdu-c carries 118 % of its rating") for text in said)
    assert column(dialog, "What happens")[5] == "Corded; B before your change"
    assert dialog.tabs.tabText(1) == "Loads (1 over)"
    dialog.reject()


def test_what_cannot_be_fed_is_listed_with_its_reason(asked: Callable[..., CordingDialog]) -> None:
    dialog = asked(hall(pdu="apc-ap8865"))
    dialog.only_wrong.setChecked(True)
    assert set(column(dialog, "What happens")) == {
        *(f"No free C19 outlet left on pdu-{x} (pdu-{x})" for x in "abc"),
        *(f"Source {x} gives 415 V, the inlet takes 208 V" for x in "ABC"),
    }
    assert dialog.go.isEnabled()
    dialog.reject()


def test_copies_that_are_not_selected_are_counted(window: MainWindow, opened: Opener, qtbot: QtBot) -> None:
    document = opened(hall(copies=3))
    document.selection.set(racks(document.project)[:1])
    window.actions_.run("link.cord")
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, CordingDialog)
    assert any(
        "2 other racks of the same drawings get the same cords inside" in text for text in texts(dialog)
    )
    dialog.reject()
    document.set_only_this(True)
    window.actions_.run("link.cord")
    alone = QApplication.activeModalWidget()
    assert isinstance(alone, CordingDialog)
    assert not any("other racks" in text for text in texts(alone))
    heard(qtbot, alone)
    assert alone.cord()
    blocks = {instance.of for instance in document.project.instances(document.top).values()}
    assert len(blocks) == 2
    assert len(document.history.undo_labels) == 1


def test_all_fed_already_leaves_nothing_to_do_until_it_is_replaced(
    asked: Callable[..., CordingDialog], qtbot: QtBot
) -> None:
    dialog = asked(hall())
    assert dialog.cord()
    document = dialog._document
    again = CordingDialog(dialog.parent(), racks(document.project))  # type: ignore[arg-type]
    assert not again.go.isEnabled()
    assert again.go.toolTip() == "Every supply that can be fed is fed already"
    assert set(column(again, "What happens")) == {"Stays as it is"}
    again.replace.setChecked(True)
    qtbot.waitUntil(lambda: again.go.isEnabled(), timeout=20_000)
    assert column(again, "What happens")[3] == "Corded; was pdu-a c19-1"
    again.reject()


def test_the_command_says_why_it_cannot_be_done(window: MainWindow, opened: Opener) -> None:
    document = opened(hall())
    document.selection.clear()
    assert window.actions_.entry("link.cord").reason == "select racks or devices first"
    document.selection.set(racks(document.project))
    assert window.actions_.entry("link.cord").reason == ""


def test_every_field_has_a_name_and_the_tables_line_up(asked: Callable[..., CordingDialog]) -> None:
    dialog = asked(hall())
    names = [w.accessibleName() for w in (dialog.scheme, dialog.origin, dialog.cord_view, dialog.load_view)]
    assert names == ["Spread supplies", "Feed from", "Cords", "Loads"]
    right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    place = dialog.parts.columns.index("Worst")
    assert dialog.parts.index(0, place).data(Qt.ItemDataRole.TextAlignmentRole) == right
    assert dialog.parts.index(0, place).data() == "20.4 kW"
    dialog.reject()

"""Two designs compared: marks in the one-line diagram and the cooling schematic, of areas and pathways."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace
from pytestqt.qtbot import QtBot

from core.editing.remove import remove
from core.files.project_file import save
from core.files.session import Session
from core.files.writing import ABSENT
from core.model.project import Project
from core.model.records import Area, Pathway
from desktop.canvas.change_marks import ChangeMark
from desktop.dialogs.comparing import ComparingDialog
from desktop.document import Document
from desktop.main_window import MainWindow
from desktop.views.card_view import CardView
from tests.drawing.halls import two_sided, wet

Compare = Callable[[Project], ComparingDialog]


@pytest.fixture
def compare(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> Compare:
    """Return what compares the open design with another one, as a file."""

    def begin(before: Project) -> ComparingDialog:
        save(before, tmp_path / "before.cage", ABSENT)
        window.actions_.run("worth.compare")
        dialog = window.findChild(ComparingDialog)
        assert dialog is not None
        dialog.add_file(tmp_path / "before.cage")
        qtbot.waitUntil(lambda: dialog.found is not None, timeout=10_000)
        return dialog

    return begin


def opened(window: MainWindow, project: Project) -> Document:
    document = Document(Session.new(project), title="Later")
    window.set_document(document)
    return document


def states(window: MainWindow, view: str) -> list[tuple[str, str]]:
    return sorted((mark.state, mark.words) for mark in window.workspace.changes.marks[view].marks)


def on(view: CardView, mark: ChangeMark) -> str:
    """Return the title of the card that a mark is around or beside."""
    for card, (x, y, _, height) in zip(view.drawing.cards, view.drawing.boxes, strict=True):
        left = mark.at.right() if mark.state == "removed" else mark.at.left()
        if (left, mark.at.top()) == pytest.approx((x, -y - height)):
            return card.title
    raise AssertionError(mark)


def test_what_is_fed_otherwise_and_what_is_gone_stand_in_the_one_line_diagram(
    window: MainWindow,
    compare: Compare,
    qtbot: QtBot,
) -> None:
    document = opened(window, two_sided(racks=4).project)
    edit = document.edit("Alter")
    remove(edit, document.top, ["ups-b2"])
    edit.replace("devices", (document.top, "ups-a3"), note="refurbished")
    document.commit_edit(edit)
    qtbot.waitUntil(lambda: window.evaluation.is_current, timeout=10_000)
    dialog = compare(two_sided(racks=4).project)
    window.workspace.show_view("power")
    view = window.workspace.power
    marks = window.workspace.changes.marks["power"].marks
    assert [(mark.state, mark.words, on(view, mark)) for mark in marks] == [
        ("cabled", "", "r2 / pdu-b"),
        ("changed", "1 of 4", "ups-a1 … ups-a4 × 4"),
        ("removed", "1", "r2 / pdu-b"),
    ]
    assert marks[2].path == "ups-b2"
    assert window.workspace.change_bar.legend.words == [
        "added 0",
        "removed 1",
        "moved 0",
        "changed 1",
        "cables 1",
    ]
    # Cords are no matter of the cooling schematic.
    window.workspace.show_view("cooling")
    assert states(window, "cooling") == []
    dialog.close()
    window.workspace.show_view("power")
    assert states(window, "power") == []


def test_a_new_cooler_and_its_hoses_stand_in_the_cooling_schematic(
    window: MainWindow, compare: Compare, qtbot: QtBot
) -> None:
    before = Document(Session.new(wet().project))
    edit = before.edit("Alter")
    remove(edit, before.top, ["cooler-2"])
    before.commit_edit(edit)
    opened(window, wet().project)
    qtbot.waitUntil(lambda: window.evaluation.is_current, timeout=10_000)
    dialog = compare(before.project)
    window.workspace.show_view("cooling")
    view = window.workspace.cooling
    marks = window.workspace.changes.marks["cooling"].marks
    assert sorted((mark.state, mark.path) for mark in marks) == [("added", "cooler-2"), ("cabled", "cdu-2")]
    assert [on(view, mark) for mark in marks]
    dialog.close()


def test_areas_and_pathways_are_marked_on_the_floor(
    window: MainWindow, compare: Compare, qtbot: QtBot
) -> None:
    room = Area(block="hall", id="room", kind="room", name="Hall 1", points=((0, 0), (9000, 0), (9000, 6000)))
    tray = Pathway(block="hall", id="tray", kind="tray", points=((0, 0, 3000), (5000, 0, 3000)), width_mm=400)
    duct = Pathway(block="hall", id="duct", kind="duct", name="Old", points=((0, 2000, 0), (5000, 2000, 0)))
    before = Document(Session.new(two_sided().project))
    after = opened(window, two_sided().project)
    for document, rows in ((before, (room, duct)), (after, (replace(room, height_mm=4000), tray))):
        edit = document.edit("Draw")
        for one in rows:
            edit.put("areas" if isinstance(one, Area) else "pathways", one)
        document.commit_edit(edit)
    dialog = compare(before.project)
    marks = {mark.path: mark for mark in window.workspace.changes.of_hall.marks}
    assert {path: mark.state for path, mark in marks.items()} == {
        "room": "changed",
        "tray": "added",
        "duct": "removed",
    }
    assert (marks["tray"].at.height(), marks["tray"].at.width()) == (400, 5400)
    assert (marks["tray"].words, marks["duct"].words) == ("tray", "Old")
    # The way through the changes leads to all three, also to what is gone.
    shown = []
    for _ in window.workspace.changes.rows:
        window.workspace.show_view("network")
        window.actions_.run("worth.next_change")
        shown.append(window.workspace.name)
    assert shown == ["hall"] * 3
    dialog.close()

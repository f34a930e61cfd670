"""The way in of a rack, drawn over the hall."""

from __future__ import annotations

from collections.abc import Callable

from pytestqt.qtbot import QtBot

from core.model.records import Area
from desktop.document import Document
from desktop.main_window import MainWindow

Paths = Callable[..., str]


def roomed(document: Document, *, door_mm: int) -> None:
    """Draw a room around the racks with a door far to the left of them."""
    edit = document.edit("Room")
    room = ((-6000, -6000), (6000, -6000), (6000, 6000), (-6000, 6000))
    edit.put("areas", Area(block=document.top, id="room", kind="room", name="Room", points=room))
    door = ((-6000, -4000), (-6000, -4000 + door_mm))
    edit.put("areas", Area(block=document.top, id="door", kind="door", name="Door", points=door))
    document.commit_edit(edit)


def test_the_way_of_a_rack_is_shown_and_hidden(
    window: MainWindow, document: Document, at: Paths, qtbot: QtBot
) -> None:
    roomed(document, door_mm=1500)
    way, action = window.workspace.hall.way, window.actions_["go.way_in"]
    qtbot.waitUntil(lambda: window.evaluation.is_current, timeout=10_000)
    window.actions_.refresh()
    assert not action.isEnabled()
    document.selection.set([at("r3")])
    window.workspace.show_view("racks")
    window.actions_.refresh()
    action.trigger()
    qtbot.waitUntil(lambda: bool(way.corners), timeout=10_000)
    assert window.workspace.name == "hall"
    rack = document.project.instances(document.top)[at("r3")]
    spec = document.project.find_type(document.project.blocks[rack.of].rack_type)
    end = (rack.x_mm + spec.width_mm / 2, rack.y_mm + spec.depth_mm / 2)  # type: ignore[union-attr]
    assert way.corners[-1] == end
    assert -6300 <= way.corners[0][0] <= -5300
    assert "way" in window.workspace.hall.layer._laid
    assert "corner" in way.words
    action.trigger()
    assert way.path == ""
    assert "way" not in window.workspace.hall.layer._laid


def test_why_there_is_no_way_is_said(window: MainWindow, document: Document, at: Paths, qtbot: QtBot) -> None:
    way = window.workspace.hall.way
    qtbot.waitUntil(lambda: window.evaluation.is_current, timeout=10_000)
    document.selection.set([at("r3")])
    said: list[str] = []
    way.said.connect(said.append)
    window.actions_["go.way_in"].trigger()
    qtbot.waitUntil(lambda: bool(said), timeout=10_000)
    assert said[-1].endswith("no door is drawn on its level")
    roomed(document, door_mm=300)
    qtbot.waitUntil(lambda: said[-1].endswith("no door is high and wide enough for it"), timeout=10_000)

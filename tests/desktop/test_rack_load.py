"""What a placed rack weighs in operation, on its feet, and whether it comes in: shown with its properties."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from core.model.records import Area
from desktop.document import Document
from desktop.main_window import MainWindow
from desktop.panels.rack_load import RACK_LOAD, rack_load_of

Paths = Callable[..., str]
ROOM = ((-3000, -3000), (6000, -3000), (6000, 5000), (-3000, 5000))


def put(document: Document, area: Area) -> None:
    edit = document.edit("Draw", document.top)
    edit.put("areas", area)
    document.commit_edit(edit)


def shown(window: MainWindow, qtbot: QtBot) -> dict[str, str]:
    qtbot.waitUntil(lambda: window.evaluation.is_current)
    return {name: text.text() for name, text in window.properties._computed.items()}


def test_a_rack_shows_what_the_floor_carries(
    window: MainWindow, document: Document, at: Paths, qtbot: QtBot
) -> None:
    put(document, Area(block=document.top, id="room", kind="room", points=ROOM, point_load_kg=500.0))
    document.selection.set([at("r1")])
    found = shown(window, qtbot)
    assert tuple(found) == RACK_LOAD
    load = window.evaluation.outcome.evaluation.floor_load  # type: ignore[union-attr]
    # VR3300 of 137 kg and two servers of 25.1 kg
    assert load.rack_operating_kg[0] == pytest.approx(137 + 2 * 25.1)
    assert found["In operation"].startswith("187.2 kg; 0 kg cables, 0 kg coolant")
    assert found["Worst foot"].startswith(f"{load.rack_worst_foot_kg[0]:.4g} kg of 500 kg")
    assert found["Footprint"].endswith("not for a floor rating")
    assert found["Way in"] == "no door drawn"


def test_the_way_in_follows_what_is_drawn(
    window: MainWindow, document: Document, at: Paths, qtbot: QtBot
) -> None:
    document.selection.set([at("r1")])
    put(document, Area(block=document.top, id="room", kind="room", points=ROOM))
    points = ((-3000, -2500), (-2900, -2500), (-2900, -1000), (-3000, -1000))
    for height, words in ((2400, "from a door, upright"), (1900, "no door lets it in")):
        put(document, Area(block=document.top, id="d", kind="door", points=points, height_mm=height))
        assert shown(window, qtbot)["Way in"] == words
    put(document, Area(block=document.top, id="d", kind="door", points=points, height_mm=2400))
    put(document, Area(block=document.top, id="w", kind="wall", points=((-1500, -3000), (-1500, 5000))))
    assert shown(window, qtbot)["Way in"] == "none wide enough from a door"


def test_before_it_is_evaluated_it_says_so() -> None:
    assert set(rack_load_of(None, "x").values()) == {"not evaluated yet"}


def test_devices_and_floors_have_no_such_rows(window: MainWindow, document: Document, at: Paths) -> None:
    document.selection.set([at("r1", "a")])
    assert window.properties._computed == {}

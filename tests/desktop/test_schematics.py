"""The one-line diagram and the cooling schematic in the window, by mouse and keyboard."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from core.drawing.chain_cards import Card
from core.files.session import Session
from core.model.records import Layout
from desktop.document import Document
from desktop.main_window import MainWindow
from desktop.views.power_view import PowerView
from desktop.views.schematic_view import SchematicView
from tests.desktop.gestures import click, double_click, drag, press_key, send
from tests.drawing.halls import two_sided, wet

Point = tuple[float, float]


@pytest.fixture
def document(window: MainWindow, qtbot: QtBot) -> Document:
    """Twenty racks on two sides, the power view shown."""
    made = Document(Session.new(two_sided(racks=20).project), title="Two sides")
    window.set_document(made)
    qtbot.waitUntil(lambda: window.evaluation.is_current, timeout=10_000)
    window.workspace.show_view("power")
    return made


@pytest.fixture
def view(window: MainWindow, document: Document) -> PowerView:
    return window.workspace.power


def card_of(view: SchematicView, begin: str) -> Card:
    exact = [card for card in view.drawing.cards if card.title == begin]
    (card,) = exact or [card for card in view.drawing.cards if card.title.startswith(begin)]
    return card


def middle(view: SchematicView, begin: str) -> Point:
    x, y, width, height = view.box_of(card_of(view, begin))
    return x + width / 2, y + height / 2


def titles(view: SchematicView) -> list[str]:
    return [card.title for card in view.drawing.cards]


def test_the_tabs_and_keys_lead_to_both(window: MainWindow, document: Document) -> None:
    for name, key in (("power", "Alt+4"), ("cooling", "Alt+5")):
        action = window.actions_[f"view.{name}"]
        assert action.shortcut().toString() == key
        action.trigger()
        assert window.workspace.name == name


def test_a_click_selects_all_a_card_stands_for(document: Document, view: PowerView) -> None:
    click(view, middle(view, "pdu-a"))
    assert set(document.selection.paths) == {f"r{n}/pdu-a" for n in range(1, 21)}
    assert [card.title for card in view.selected_cards()] == ["pdu-a × 20"]
    click(view, middle(view, "Source A"))
    assert document.selection.paths == ()
    assert [card.title for card in view.selected_cards()] == ["Source A"]


def test_what_is_selected_elsewhere_is_outlined_here(document: Document, view: PowerView) -> None:
    document.selection.set(["r3/s"])
    assert [card.title for card in view.selected_cards()] == ["Servers × 20"]
    document.selection.set(["r3"])
    assert sorted(card.title for card in view.selected_cards()) == [
        "Servers × 20",
        "pdu-a × 20",
        "pdu-b × 20",
    ]


def test_a_double_click_draws_one_branch_alone_and_folds_again(
    window: MainWindow, document: Document, view: PowerView
) -> None:
    double_click(view, middle(view, "ups-a"))
    assert "ups-a1" in titles(view)
    assert "ups-a2 … ups-a20 × 19" in titles(view)
    assert "r1 / pdu-a" in titles(view)
    assert "pdu-b × 20" in titles(view)
    window.actions_.run("schematic.fold")
    assert len(titles(view)) == 7
    window.actions_.refresh()
    assert window.actions_.entry("schematic.fold").reason == "everything is folded"


def test_a_double_click_on_a_single_thing_goes_to_it(
    window: MainWindow, document: Document, view: PowerView
) -> None:
    double_click(view, middle(view, "ups-a"))
    double_click(view, middle(view, "r1 / pdu-a"))
    assert window.workspace.name == "racks"
    assert document.selection.paths == ("r1/pdu-a",)


def test_a_drag_is_one_step_and_kept_in_the_file(document: Document, view: PowerView) -> None:
    before = view.box_of(card_of(view, "Servers"))
    start = middle(view, "Servers")
    drag(view, start, (start[0] + 90.0, start[1]))
    after = view.box_of(card_of(view, "Servers"))
    others = view.box_of(card_of(view, "Source A"))
    assert after[1] == pytest.approx(before[1])
    layout = document.project.rows("layouts", "hall")["power"]
    assert isinstance(layout, Layout)
    assert list(layout.positions) == ["r1/s"]
    document.undo()
    assert "power" not in document.project.rows("layouts", "hall")
    assert view.box_of(card_of(view, "Servers")) == pytest.approx(before)
    document.redo()
    assert view.box_of(card_of(view, "Servers")) == pytest.approx(after)
    assert view.box_of(card_of(view, "Source A")) == pytest.approx(others)


def test_reset_is_one_step(window: MainWindow, document: Document, view: PowerView) -> None:
    window.actions_.refresh()
    assert window.actions_.entry("schematic.reset").reason == "no box was moved by hand"
    start = middle(view, "Servers")
    drag(view, start, (start[0] + 90.0, start[1] - 30.0))
    window.actions_.run("schematic.reset")
    assert "power" not in document.project.rows("layouts", "hall")
    document.undo()
    assert list(document.project.rows("layouts", "hall")["power"].positions) == ["r1/s"]


def test_x_fails_a_source_and_restores_it(window: MainWindow, document: Document, view: PowerView) -> None:
    stamp = document.project.stamp
    click(view, middle(view, "Source A"))
    window.actions_.run("network.fail")
    assert window.workspace.outages.sources == ("A",)
    assert card_of(view, "Source A").state == "failed"
    assert card_of(view, "pdu-a").says == "no power, all 20"
    assert window.statusBar().currentMessage() == "What if: Source A failed; 40 devices are without power"
    click(view, middle(view, "Source A"))
    window.actions_.run("network.fail")
    assert window.workspace.outages.is_nothing
    assert card_of(view, "pdu-a").state == ""
    assert document.project.stamp == stamp  # nothing was edited


def test_x_on_a_folded_card_fails_one_of_it(window: MainWindow, document: Document, view: PowerView) -> None:
    click(view, middle(view, "ups-b"))
    window.actions_.run("network.fail")
    assert window.workspace.outages.devices == ("ups-b1",)
    assert document.selection.paths == ("ups-b1",)
    assert card_of(view, "ups-b1").state == "failed"
    assert card_of(view, "ups-b2 … ups-b20 × 19").state == ""
    window.actions_.run("schematic.restore_all")
    assert len(titles(view)) == 7


def test_what_is_deleted_is_no_longer_failed(window: MainWindow, document: Document, view: PowerView) -> None:
    window.workspace.outages.fail(["ups-a1", "source:A"])
    edit = document.edit("Remove")
    for link in list(document.project.links("hall").values()):
        if "ups-a1" in (link.a.path, link.b.path):
            edit.remove("links", link.key)
    edit.remove("devices", ("hall", "ups-a1"))
    document.commit_edit(edit)
    assert window.workspace.outages.keys == ("source:A",)


def test_hovering_tells_all_of_a_card(document: Document, view: PowerView) -> None:
    from PySide6.QtCore import QEvent

    send(view, QEvent.Type.MouseMove, middle(view, "pdu-a"), held=False)
    assert view.note.isVisible()
    assert view.note.title.text() == "pdu-a × 20"
    assert "worst 10 kW (B lost)" in view.note.lines.text()
    assert "and 17 more" in view.note.lines.text()


def test_arrows_go_from_card_to_card(document: Document, view: PowerView) -> None:
    press_key(view, Qt.Key.Key_Right)  # nothing is selected yet: the first card
    first = view.selected_cards()[0].title
    view.pick(card_of(view, "Source A"))
    document.selection.clear()
    press_key(view, Qt.Key.Key_Down)
    assert view.selected_cards()[0].title.startswith("ups-a")
    press_key(view, Qt.Key.Key_Up)
    assert view.selected_cards()[0].title == "Source A"
    assert first


def test_an_empty_design_says_what_to_do(window: MainWindow, qtbot: QtBot) -> None:
    from tests.engine.designs import Design

    window.set_document(Document(Session.new(Design().project), title="Empty"))
    qtbot.waitUntil(lambda: window.evaluation.is_current, timeout=10_000)
    for name, words in (("power", "No power is drawn yet"), ("cooling", "No cooling is drawn yet")):
        window.workspace.show_view(name)  # type: ignore[arg-type]
        assert window.workspace.view.say_empty().startswith(words)


def test_the_cooling_view_shows_the_failed_cdu_and_who_it_leaves(window: MainWindow, qtbot: QtBot) -> None:
    made = Document(Session.new(wet(racks=8).project), title="Wet")
    window.set_document(made)
    qtbot.waitUntil(lambda: window.evaluation.is_current, timeout=10_000)
    window.workspace.show_view("cooling")
    view = window.workspace.cooling
    click(view, middle(view, "cdu-1"))
    assert made.selection.paths == ("cdu-1", "cdu-2", "cdu-3", "cdu-4")
    window.actions_.run("network.fail")
    assert card_of(view, "cdu-1").state == "failed"
    assert sorted(c.title for c in view.drawing.cards if c.state == "dead") == ["Racks × 2", "m × 2"]
    inside = (
        view.viewport()
        .rect()
        .contains(
            view.viewportTransform()
            .map(QPointF(middle(view, "Racks × 2")[0], -middle(view, "Racks × 2")[1]))
            .toPoint()
        )
    )
    assert inside  # a drawing seen as a whole still is


def test_show_selection_goes_to_the_card(window: MainWindow, document: Document) -> None:
    window.workspace.show_view("hall")
    document.selection.set(["r3/s"])
    window.actions_.run("go.power")
    assert window.workspace.name == "power"
    assert [card.title for card in window.workspace.power.selected_cards()] == ["Servers × 20"]


def test_a_feeder_tells_what_it_has_left(
    window: MainWindow, document: Document, view: PowerView, qtbot: QtBot
) -> None:
    document.selection.set(["r1/pdu-a"])
    told = window.properties._computed
    qtbot.waitUntil(lambda: told["Left"].text().startswith("24.5 kW of 34.5 kW"), timeout=10_000)
    # 200 kW on two sides of 40 kW are too much for either source as it is.
    assert told["Can be added"].text() == "0 W; then source A is full"
    assert told["Stranded"].text() == "24.5 kW"
    assert not told["Phases"].isVisible()
    qtbot.waitUntil(lambda: bool(card_of(view, "pdu-a").more), timeout=10_000)
    assert "Stranded: 24.5 kW" in card_of(view, "pdu-a").more

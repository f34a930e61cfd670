"""Pins: what is moved by hand is offered one, however it was moved; the legend says what the mark means."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from core.files.session import Session
from core.model.change import Edit
from desktop.document import Document
from desktop.main_window import MainWindow
from tests.desktop.hand import Hand
from tests.drawing.fabrics import rails

OFFER = "Link > Pin Switches to Their Place keeps"


@pytest.fixture
def document(window: MainWindow, qtbot: QtBot) -> Document:
    """Four hosts on two rails, as if generated."""
    project = rails(hosts=4, rails=2)
    made = Document(Session.new(project), title="Rails")
    edit = Edit(project, "Generated")
    edit.replace("fabrics", ("", "compute"), family="leaf-spine")
    made.commit_edit(edit)
    window.set_document(made)
    qtbot.waitUntil(lambda: window.evaluation.is_current, timeout=10_000)
    return made


@pytest.fixture
def said(document: Document) -> list[str]:
    """What the document has told beside each edit."""
    found: list[str] = []
    document.noted.connect(found.append)
    return found


def test_arrow_keys_offer_a_pin_in_the_hall(window: MainWindow, document: Document, said: list[str]) -> None:
    window.workspace.show_view("hall")
    window.workspace.hall.setFocus()
    document.selection.set(["leafs"])
    before = document.project.instances("hall")["leafs"].x_mm
    Hand(window).key("Right")
    assert document.project.instances("hall")["leafs"].x_mm > before
    (words,) = said
    assert OFFER in words
    document.undo()  # one step
    assert document.project.instances("hall")["leafs"].x_mm == before
    said.clear()
    document.selection.set(["n0"])
    Hand(window).key("Right")
    assert said == []  # hosts are no switches


def test_arrow_keys_offer_a_pin_in_a_rack(window: MainWindow, document: Document, said: list[str]) -> None:
    document.selection.set(["spines/spine1"])
    window.workspace.show_racks_of_selection()
    window.workspace.racks.setFocus()
    before = document.project.devices("b-spines")["spine1"].half_u
    Hand(window).key("Up")
    assert document.project.devices("b-spines")["spine1"].half_u == before + 2
    (words,) = said
    assert OFFER in words
    document.undo()
    assert document.project.devices("b-spines")["spine1"].half_u == before


def test_a_swap_offers_a_pin(window: MainWindow, document: Document, said: list[str]) -> None:
    document.selection.set(["leafs/leaf0", "spines/spine0"])
    window.actions_.run("arrange.swap")
    (words,) = said
    assert OFFER in words
    assert words.startswith("Swap leaf0 and spine0")


def test_the_legend_has_the_pin_only_if_something_is_pinned(
    window: MainWindow, document: Document, qtbot: QtBot
) -> None:
    window.workspace.show_view("network")
    legend = window.workspace.network.legend
    assert not legend.isVisible()
    document.selection.set(["spines/spine0", "spines/spine1"])
    window.actions_.run("fabrics.pin")
    qtbot.waitUntil(legend.isVisible)
    assert legend.lines() == ["Marks", "Switch that is pinned to its place: 2"]
    window.actions_.run("network.colour_rate")
    assert legend.lines() == ["Rate", "400G: 16", "Switch that is pinned to its place: 2"]
    window.actions_.run("network.colour_fabric")
    document.undo()
    qtbot.waitUntil(lambda: not legend.isVisible())

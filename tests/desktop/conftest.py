"""A window with a small project in it, on the offscreen platform."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from core.catalogue.library import Library
from core.editing.blocks import new_floor_block, new_rack_block, place_instance
from core.editing.place import place_device
from core.editing.space import Spot
from core.files.session import Session
from core.model.change import Edit
from core.model.history import History
from core.model.project import Project
from desktop.app import make_application
from desktop.document import Document
from desktop.main_window import MainWindow
from desktop.templates import examples
from desktop.theme import theme
from tests.desktop.journey import SCALE, Journey
from tests.desktop.program import screen

RACK, SERVER, SWITCH = "vertiv-vr3300", "dell-r760", "nvidia-qm9700"


def small_project() -> Project:
    """Return a hall: two racks of one drawing (servers a, b) and a network rack (switches s, t)."""
    project, library = Project(), Library.builtin()
    edit = Edit(project, "Build", ids=iter([f"id{i}" for i in range(10, 999)]).__next__)
    hall = new_floor_block(edit, "Hall 1")
    nodes = new_rack_block(edit, library, RACK, "Node rack")
    place_device(edit, library, nodes.id, SERVER, Spot(half_u=0), name="a")
    place_device(edit, library, nodes.id, SERVER, Spot(half_u=20), name="b")
    network = new_rack_block(edit, library, RACK, "Network rack")
    place_device(edit, library, network.id, SWITCH, Spot(half_u=40), name="s")
    place_device(edit, library, network.id, SWITCH, Spot(half_u=50), name="t")
    for at, (block, name) in enumerate(((nodes, "r1"), (nodes, "r2"), (network, "r3"))):
        place_instance(edit, hall.id, block.id, x_mm=600 * at, name=name)
    History(project).commit(edit.change())
    return project


def path_of(document: Document, *names: str) -> str:
    """Return the path whose steps have these names."""
    project, block, steps = document.project, document.top, []
    for name in names:
        rows = {**project.instances(block), **project.devices(block)}
        (found,) = [record for record in rows.values() if record.name == name]
        steps.append(found.id)
        block = getattr(found, "of", "")
    return "/".join(steps)


@pytest.fixture(autouse=True)
def nobody_chooses_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answer the system's dialog for files at once, with none; else a test would wait for a person."""
    for name in ("getOpenFileName", "getSaveFileName"):
        monkeypatch.setattr(QFileDialog, name, lambda *_, **__: ("", ""))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_, **__: "")


@pytest.fixture(scope="session")
def qapp() -> QApplication:
    """The application, dressed as the program dresses it."""
    app = make_application()
    theme().apply("light")
    return app


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    """A main window on the start page."""
    made = MainWindow(Library.builtin())
    qtbot.addWidget(made, before_close_func=forget_edits)
    made.filing.show_start()
    made.resize(1400, 900)
    made.show()
    yield made
    forget_edits(made)


def forget_edits(window: MainWindow) -> None:
    """Let a window be closed without a question."""
    if window.document is not None:
        window.document.history.mark_saved()
        window.document._begun_dirty = False


@pytest.fixture
def document(window: MainWindow, qtbot: QtBot) -> Document:
    """The small project, open in the window."""
    made = Document(Session.new(small_project()), title="Small")
    window.set_document(made)
    qtbot.waitUntil(lambda: window.evaluation.is_current, timeout=10_000)
    return made


@pytest.fixture
def h100(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[MainWindow]:
    """The window on the unit of 31 DGX H100, with a state folder of its own."""
    monkeypatch.setenv("CAGENUT_STATE_DIR", str(tmp_path / "state"))
    window.filing.open_example(next(one for one in examples() if one.name == "superpod-h100-su"))
    qtbot.waitUntil(lambda: window.evaluation.is_current, timeout=30_000)
    document = window.document
    assert document is not None
    yield window
    document.history.mark_saved()


@pytest.fixture
def at(document: Document) -> Callable[..., str]:
    """Return the path of something by the names of its steps."""
    return lambda *names: path_of(document, *names)


@pytest.fixture(scope="session")
def journey_screen() -> Iterator[str]:
    """A screen for journeys, in their scale."""
    with screen(SCALE) as display:
        yield display


@pytest.fixture
def journey(
    journey_screen: str, state_dir: str, request: pytest.FixtureRequest
) -> Iterator[Callable[..., Journey]]:
    """Start the program for a journey: `journey()`, or `journey("file.cage")`; it is ended with the test."""
    begun: list[Journey] = []

    def begin(*arguments: str) -> Journey:
        begun.append(Journey(journey_screen, request.node.name.removeprefix("test_"), *arguments))
        return begun[-1]

    yield begin
    for made in begun:
        if made.process.poll() is None:
            made.kill()


LEFT = Qt.MouseButton.LeftButton

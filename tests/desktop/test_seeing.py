"""What hall and racks show: colours with a legend, levels of detail, air, cables; labels never overlap."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QTransform, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.catalogue.library import Library
from core.drawing.batch import Level
from core.drawing.colour_schemes import SCHEMES
from core.drawing.styles import STYLE_INDEX, STYLE_NAMES, STYLES
from core.engine.evaluation import evaluate
from core.files.project_file import load
from core.files.session import Session
from core.model.project import Project
from core.model.records import Instance
from desktop.canvas.labels import Labels, text_font
from desktop.document import Document
from desktop.main_window import MainWindow
from desktop.seeing import Seeing
from desktop.views.hall import HallView
from desktop.views.racks import RackView
from tests.desktop.conftest import SERVER, small_project
from tests.desktop.gestures import click, drag, hold, press_key, send

EXAMPLES = sorted((Path(__file__).resolve().parents[2] / "resources" / "examples").glob("*.cage"))
Paths = Callable[..., str]


@pytest.fixture(scope="module")
def projects() -> dict[str, tuple[Project, object]]:
    """The examples with their evaluations, by name."""
    found = {path.stem: load(path)[0] for path in EXAMPLES}
    return {name: (project, evaluate(project)) for name, project in found.items()}


def shown(view: HallView | RackView, qtbot: QtBot, project: Project, evaluation: object) -> Seeing:
    """Show a project in a view of its own."""
    qtbot.addWidget(view)
    view.resize(1300, 800)
    view.set_document(Document(Session.new(project)), Library.builtin())
    view.seeing.take(evaluation)  # type: ignore[arg-type]
    view.show()
    return view.seeing


def written(view: HallView | RackView) -> Labels:
    """Return the texts that are written in a view."""
    window = view.mapToScene(view.viewport().rect()).boundingRect()
    return view.layer.labels(window, view.viewportTransform())


def ink(labels: Labels) -> np.ndarray:
    """Return the boxes of the texts by the metrics of their fonts: x0, y0, x1, y1, shape (n, 4)."""
    boxes = []
    for text, px, style, angle, start in zip(
        labels.texts, labels.font_px.tolist(), labels.style.tolist(), labels.angle.tolist(),
        labels.start.tolist(), strict=True,
    ):  # fmt: skip
        look = STYLES[STYLE_NAMES[style]]
        metrics = QFontMetricsF(text_font(px, look.bold, look.mono))
        tight = metrics.tightBoundingRect(text).translated(QPointF(*start))
        boxes.append(QTransform().rotate(-angle).mapRect(tight).getCoords())
    return np.array(boxes).reshape(-1, 4)


def overlapping(labels: Labels) -> list[tuple[str, str]]:
    """Return the pairs of texts whose ink overlaps by more than a pixel."""
    boxes = ink(labels)
    x0, y0, x1, y1 = boxes.T
    wide = np.minimum(x1[:, None], x1) - np.maximum(x0[:, None], x0)
    tall = np.minimum(y1[:, None], y1) - np.maximum(y0[:, None], y0)
    pairs = np.argwhere(np.triu((wide > 1.0) & (tall > 1.0), 1))
    return [(labels.texts[a], labels.texts[b]) for a, b in pairs.tolist()]


ZOOMS = (1.0, 1.7, 3.1, 5.5, 11.0, 24.0)
"""From the whole drawing inwards."""


@pytest.mark.parametrize("scheme", ["", "power"])
@pytest.mark.parametrize("name", [path.stem for path in EXAMPLES])
def test_labels_of_the_hall_never_overlap(
    qtbot: QtBot, projects: dict[str, tuple[Project, object]], name: str, scheme: str
) -> None:
    view = HallView()
    seeing = shown(view, qtbot, *projects[name])
    seeing.colour_by(scheme)
    seeing.switch("cables", True)
    view.fit()
    fitted, middle = view.scale_now, view.shapes_of(view.things.paths[:1])[0][0].boundingRect().center()  # type: ignore[union-attr]
    counts = []
    for zoom in (0.4, *ZOOMS):
        view.zoom(fitted * zoom / view.scale_now)
        view.centerOn(middle)
        labels = written(view)
        counts.append(len(labels.texts))
        assert overlapping(labels) == [], (zoom, view.scale_now)
    assert max(counts) > 10


@pytest.mark.parametrize("scheme", ["", "function"])
@pytest.mark.parametrize("name", [path.stem for path in EXAMPLES])
def test_labels_of_the_racks_never_overlap(
    qtbot: QtBot, projects: dict[str, tuple[Project, object]], name: str, scheme: str
) -> None:
    view = RackView()
    view.which = "all"
    seeing = shown(view, qtbot, *projects[name])
    seeing.colour_by(scheme)
    seeing.switch("cables", True)
    view.fit()
    fitted, counts = view.scale_now, []
    first = view.standing[0]
    for zoom in (0.5, *ZOOMS, 60.0):
        view.zoom(fitted * zoom / view.scale_now)
        view.centerOn(first.x + first.drawn.width / 2, -first.y - first.drawn.height / 2)
        labels = written(view)
        counts.append(len(labels.texts))
        assert overlapping(labels) == [], (zoom, view.scale_now)
    assert max(counts) > 40


def test_numbers_are_written_whole_or_not_at_all(
    qtbot: QtBot, projects: dict[str, tuple[Project, object]]
) -> None:
    view = HallView()
    seeing = shown(view, qtbot, *projects["superpod-gb200-su"])
    seeing.colour_by("power")
    view.fit()
    value = STYLE_INDEX["value.bold"]
    whole = set(view._texts)
    fitted, seen = view.scale_now, 0
    for zoom in (0.3, 0.5, 1.0, 1.5):
        view.zoom(fitted * zoom / view.scale_now)
        labels = written(view)
        texts = [t for t, s in zip(labels.texts, labels.style.tolist(), strict=True) if s == value]
        seen += len(texts)
        assert set(texts) <= whole
    assert seen


# Levels of detail.


def at_level(view: HallView | RackView, level: Level, lowest: float = 0.008) -> list[str]:
    """Zoom to the middle of a level of detail and return what is written."""
    edges = (lowest, *view.layer.thresholds, 3.0 * view.layer.thresholds[2])
    view.zoom((edges[level] * edges[level + 1]) ** 0.5 / view.scale_now)
    assert view.layer.level(view.scale_now) == level
    return written(view).texts


def test_hall_names_blocks_then_racks_then_says_what_is_in_them(
    qtbot: QtBot, projects: dict[str, tuple[Project, object]]
) -> None:
    view = HallView()
    shown(view, qtbot, *projects["superpod-gb200-su"])
    view.fit()
    project = projects["superpod-gb200-su"][0]
    (unit,) = project.instances(project.top).values()
    (rack,) = (i.id for i in project.instances(unit.of).values() if i.name == "r01")
    box = view.shapes_of([f"{unit.id}/{rack}"])[0][0].boundingRect()

    def texts(level: Level) -> list[str]:
        at_level(view, level)
        view.centerOn(box.center())
        return written(view).texts

    far = texts(Level.FAR)
    assert "su-1" in far
    assert "r01" not in far
    assert "r01" in texts(Level.NEAR)
    close = texts(Level.CLOSE)
    assert any(text.startswith("37 of 48 U · ") for text in close)
    assert any(text.startswith("18 × ") for text in close)
    assert close.count("r01") == 1


def test_racks_group_ports_before_they_show_them(qtbot: QtBot) -> None:
    view = RackView()
    shown(view, qtbot, small_project(), None)
    view.fit()
    network = view.standing[2]
    assert view.document is not None

    def texts(level: Level) -> list[str]:
        at_level(view, level, 0.05)
        view.centerOn(network.x + network.drawn.width, -network.y - network.drawn.height / 2)
        return written(view).texts

    far = texts(Level.FAR)
    assert {"r1", "r3"} <= set(far)
    assert "s" not in far
    middle = texts(Level.MIDDLE)
    assert "s" in middle
    assert middle.count("32 × OSFP") == 2
    assert "32 × OSFP" not in texts(Level.NEAR)


def test_port_names_and_names_can_be_switched_off(qtbot: QtBot) -> None:
    view = RackView()
    seeing = shown(view, qtbot, small_project(), None)
    view.fit()
    assert "a" in at_level(view, Level.MIDDLE, 0.05)
    seeing.switch("names", False)
    assert "a" not in written(view).texts
    every = (-9e9, -9e9, 9e9, 9e9)

    def levels() -> set[int]:
        return {texts.level for drawing in view.layer.seen(every, 2.0)[0] for texts in drawing.texts}

    assert Level.CLOSE in levels()
    seeing.switch("port_names", False)
    assert Level.CLOSE not in levels()


# Colours in the window.


def test_colour_is_chosen_in_menu_and_box_alike(window: MainWindow, document: Document) -> None:
    seeing, box = window.workspace.seeing, window.workspace.colour
    for name in SCHEMES:
        window.actions_.run(f"view.colour_{name}")
        assert seeing.scheme is SCHEMES[name]
        assert box.currentData() == name
    box.setCurrentIndex(box.findData("mass"))
    box.activated.emit(box.currentIndex())
    assert window.actions_["view.colour_mass"].isChecked()
    window.actions_.run("view.colour_none")
    assert seeing.scheme is None
    assert not window.workspace.hall.legend.isVisible()


def test_legend_counts_what_is_drawn_and_follows_edits(
    window: MainWindow, document: Document, at: Paths
) -> None:
    hall = window.workspace.hall
    window.actions_.run("view.colour_status")
    assert hall.legend.isVisible()
    assert hall.legend.lines() == ["Status", "No value: 3"]
    edit = document.edit("Status")
    edit.replace("instances", (document.top, at("r2")), status="ordered")
    document.commit_edit(edit)
    assert hall.legend.lines() == ["Status", "Ordered: 1", "No value: 2"]
    assert hall.legend.accessibleDescription() == "Status; Ordered: 1; No value: 2"
    document.undo()
    assert hall.legend.lines() == ["Status", "No value: 3"]


def test_values_come_with_the_evaluation(window: MainWindow, document: Document, qtbot: QtBot) -> None:
    window.workspace.seeing.take(None)
    window.actions_.run("view.colour_power")
    hall = window.workspace.hall
    assert "Evaluating: 3" in hall.legend.lines()
    assert set(hall._texts) == {"…"}
    window.evaluation.request()
    qtbot.waitUntil(lambda: "…" not in hall._texts, timeout=10_000)
    assert all(text.endswith(" kW") for text in hall._texts)


def test_racks_say_the_value_of_the_rack_above_it(window: MainWindow, document: Document) -> None:
    window.workspace.show_view("racks")
    window.actions_.run("view.colour_free")
    racks = window.workspace.racks
    racks.zoom(1.2 * racks.layer.thresholds[0] / racks.scale_now)
    racks.centerOn(racks.layer.content.center())
    assert any(text.startswith("Free units: ") and text.endswith(" U") for text in written(racks).texts)
    assert racks.legend.lines()[0].startswith("Free units")


def test_a_device_carries_its_mark_before_its_name(window: MainWindow, document: Document) -> None:
    window.workspace.show_view("racks")
    window.actions_.run("view.colour_supplier")
    racks = window.workspace.racks
    racks.zoom(1.6 * racks.layer.thresholds[0] / racks.scale_now)
    racks.centerOn(racks.layer.content.center())
    spec = document.project.find_type(SERVER)
    assert f"{spec.maker[:3].upper()} · b" in written(racks).texts  # type: ignore[union-attr]


# Air and cables.


def test_arrows_show_where_the_air_goes_in_and_out(window: MainWindow, document: Document) -> None:
    window.workspace.show_view("racks")
    racks = window.workspace.racks
    window.actions_.run("view.airflow")
    lines = {STYLE_NAMES[g.style]: g.rows for g in racks.layer._laid["air"].lines}
    front = next(s for s in racks.standing if s.face == "front")
    rear = next(s for s in racks.standing if s.face == "rear")
    into, out = lines["air.in"], lines["air.out"]
    # Shafts are horizontal; those into the front end nearer to it than they begin.
    shafts = into[into[:, 1] == into[:, 3]]
    at_front = shafts[np.abs(shafts[:, 2] - front.x) < 150]
    assert len(at_front)
    assert (at_front[:, 0] < at_front[:, 2]).all()
    leaving = out[(out[:, 1] == out[:, 3]) & (np.abs(out[:, 0] - rear.x) < 150)]
    assert len(leaving)
    assert (leaving[:, 2] < leaving[:, 0]).all()
    window.actions_.run("view.airflow")
    assert "air" not in racks.layer._laid


def test_cables_lead_to_racks_that_are_not_shown(
    window: MainWindow, document: Document, at: Paths, qtbot: QtBot
) -> None:
    from core.editing.cabling.connect import connect

    edit = document.edit("Link")
    s, t = at("r3", "s"), at("r3", "t")
    connect(edit, document.top, s, ("osfp1/1", "osfp2/1"), t, ("osfp1/1", "osfp2/1"))
    document.commit_edit(edit)
    qtbot.waitUntil(lambda: window.evaluation.is_current, timeout=10_000)
    window.workspace.show_view("racks")
    racks = window.workspace.racks
    window.actions_.run("view.cables")
    drawn = racks.layer._laid["cables"]
    bundles = [g for g in drawn.lines if g.until == Level.MIDDLE]
    single = [g for g in drawn.lines if g.until > Level.MIDDLE]
    # One bundle of two cables from afar, two cables from near by; each has two bends.
    assert sum(len(g.rows) for g in bundles) == 3
    assert sum(len(g.rows) for g in single) == 2 * 3
    assert "× 2" in [text for texts in drawn.texts for text in texts.strings]
    ends = {tuple(row[:2]) for g in single for row in g.rows.tolist()}
    port = racks.port_boxes(s)["osfp1"].center()
    assert any(abs(x - port.x()) < 0.1 and abs(y - port.y()) < 0.1 for x, y in ends)
    document.selection.set([at("r1", "a")])
    assert "cables" not in racks.layer._laid
    document.selection.set([s])
    assert "cables" in racks.layer._laid


def test_wheel_zooms_about_the_pointer_and_space_pans(window: MainWindow, document: Document) -> None:
    hall = window.workspace.hall
    where = hall.viewportTransform().map(QPointF(600, -300))
    before, scale = hall.mapToScene(where.toPoint()), hall.scale_now
    none = Qt.KeyboardModifier.NoModifier
    event = QWheelEvent(
        where, hall.viewport().mapToGlobal(where), QPoint(), QPoint(0, 240), Qt.MouseButton.NoButton, none,
        Qt.ScrollPhase.NoScrollPhase, False, Qt.MouseEventSource.MouseEventNotSynthesized,
    )  # fmt: skip
    QApplication.sendEvent(hall.viewport(), event)
    assert hall.scale_now > 1.3 * scale
    after = hall.mapToScene(where.toPoint())
    assert (after - before).manhattanLength() * hall.scale_now < 4
    from PySide6.QtGui import QKeyEvent

    QApplication.sendEvent(hall, QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Space, none))
    stamp, paths = document.project.stamp, document.selection.paths
    drag(hall, (300, 500), (900, 500))
    assert (document.project.stamp, document.selection.paths) == (stamp, paths)


def test_zooming_out_frames_more_than_150_racks(qtbot: QtBot) -> None:
    project = small_project()
    from core.model.change import Edit
    from core.model.history import History

    edit = Edit(project, "Many")
    first = next(iter(project.instances(project.top).values()))
    for i in range(170):
        edit.put("instances", Instance(block=project.top, id=f"m{i}", of=first.of, x_mm=600 * i, y_mm=4000))
    History(project).commit(edit.change())
    view = RackView()
    view.which = "all"
    shown(view, qtbot, project, None)
    view.fit()
    assert len(view.standing) == 2 * 173
    seen = view.mapToScene(view.viewport().rect()).boundingRect()
    assert seen.contains(view.layer.content)
    assert seen.height() < 3.0 * view.layer.content.height()


def test_shift_and_arrow_turn_things_on_the_floor(window: MainWindow, document: Document, at: Paths) -> None:
    document.selection.set([at("r3")])
    hall, shift = window.workspace.hall, Qt.KeyboardModifier.ShiftModifier
    press_key(hall, Qt.Key.Key_Left, shift)
    placed = document.project.resolve(document.top, at("r3"))
    assert isinstance(placed, Instance)
    assert placed.rotation == 90
    assert document.history.undo_labels[-1].startswith("Rotate")
    press_key(hall, Qt.Key.Key_Right, shift)
    placed = document.project.resolve(document.top, at("r3"))
    assert isinstance(placed, Instance)
    assert (placed.rotation, placed.x_mm, placed.y_mm) == (0, 1200, 0)


def test_many_selected_are_outlined_from_an_array(qtbot: QtBot) -> None:
    project = small_project()
    view = HallView()
    shown(view, qtbot, project, None)
    assert view.document is not None
    paths = list(view.things.paths)  # type: ignore[union-attr]
    devices = [f"{p}/{d}" for p in paths for d in project.devices(project.resolve(project.top, p).of)]  # type: ignore[union-attr]
    boxes = view.boxes_of(devices)
    assert len(boxes) == len(paths) == 3
    assert boxes[:, 0].tolist() == [0.0, 600.0, 1200.0]
    whole = [QRectF(*box) for box in view.boxes_of(paths).tolist()]
    assert [shape.boundingRect() for shape in view.shapes_of(paths)[0]] == whole


def test_a_picture_is_kept_only_as_long_as_it_is_right(window: MainWindow, document: Document) -> None:
    hall = window.workspace.hall
    for _ in range(3):
        hall.viewport().repaint()
    assert hall.layer._kept is not None
    kept = hall.grab().toImage()
    window.actions_.run("view.colour_function")
    assert hall.grab().toImage() != kept
    window.actions_.run("view.colour_none")
    hall.pan_by(5, 0)
    hall.viewport().repaint()
    assert hall.layer._kept is None


def test_collisions_are_told_while_many_are_dragged(
    window: MainWindow, document: Document, at: Paths
) -> None:
    hall = window.workspace.hall
    document.selection.set([at("r1"), at("r2")])
    hold(hall, (300, 500), (900, 500), Qt.KeyboardModifier.AltModifier)
    assert [ghost.fits for ghost in hall.overlay.ghosts] == [False, False]
    assert "r3" in hall.overlay.note
    send(hall, QEvent.Type.MouseMove, (300, 6000))
    assert [ghost.fits for ghost in hall.overlay.ghosts] == [True, True]
    press_key(hall, Qt.Key.Key_Escape)
    assert hall.overlay.is_empty


def test_a_click_keeps_working_while_everything_is_shown(
    window: MainWindow, document: Document, at: Paths
) -> None:
    for name in ("airflow", "cables"):
        window.actions_.run(f"view.{name}")
    window.actions_.run("view.colour_function")
    click(window.workspace.hall, (900, 500))
    assert document.selection.paths == (at("r2"),)


def test_the_legend_stays_in_the_corner_of_a_drawing_resized_unseen(
    window: MainWindow, document: Document, qtbot: QtBot
) -> None:
    window.actions_.run("view.colour_status")
    hall = window.workspace.hall
    window.workspace.show_view("network")
    window.resize(1400, 700)
    QApplication.processEvents()
    window.workspace.show_view("hall")
    QApplication.processEvents()
    assert hall.legend.isVisible()
    assert hall.rect().contains(hall.legend.geometry())

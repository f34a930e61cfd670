"""The tools under the program: what has gone wrong there before must not come back unseen."""

import re
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from PySide6.QtCore import QObject, QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QTransform
from PySide6.QtWidgets import QApplication, QGraphicsRectItem, QGraphicsScene, QGraphicsView

ROOT = Path(__file__).resolve().parents[1]
CALLS = 300


def void_calls(
    scene: QGraphicsScene, view: QGraphicsView, painter: QPainter
) -> dict[str, Callable[[], object]]:
    """Return calls into Qt that give nothing back, by name."""
    thing, item, pen, box = QObject(), QGraphicsRectItem(0, 0, 1, 1), QPen(QColor("red")), QRectF(0, 0, 5, 5)
    scene.addItem(item)
    return {
        "setObjectName": lambda: thing.setObjectName("x"),
        "setPen": lambda: painter.setPen(pen),
        "drawRect": lambda: painter.drawRect(box),
        "setPos": lambda: item.setPos(1, 1),
        "setTransform": lambda: view.setTransform(QTransform()),
        "repaint": lambda: view.viewport().repaint(),
        "processEvents": lambda: QApplication.processEvents(),
    }


def test_qt_keeps_the_references_to_none(qapp: QApplication) -> None:
    """PySide6 6.12.0 drops one per void call; Python 3.11 aborts when none is left."""
    scene = QGraphicsScene()
    view = QGraphicsView(scene)
    view.show()
    image = QImage(50, 50, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    drift = {}
    for name, call in void_calls(scene, view, painter).items():
        call()
        before = sys.getrefcount(None)
        for _ in range(CALLS):
            call()
        drift[name] = (sys.getrefcount(None) - before) / CALLS
    painter.end()
    view.close()
    assert {name: each for name, each in drift.items() if abs(each) > 0.3} == {}


def locked() -> list[str]:
    """Return the entries of requirements.lock: requirement and hashes on one line each."""
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    return [line for line in text.replace("\\\n", " ").splitlines() if line and not line.startswith("#")]


def test_lock_names_no_place_to_load_from() -> None:
    """Options such as an index address, URLs, paths and host names are all more than a pin and its hashes."""
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pin, digest = r"[a-z0-9-]+==[\w.]+( ; [\w.=!<>' ]+)? \\", r"    --hash=sha256:[0-9a-f]{64}( \\)?"
    assert [line for line in text.splitlines() if not re.fullmatch(f"{pin}|{digest}", line)] == []


@pytest.mark.parametrize("entry", locked(), ids=lambda entry: entry.split("==")[0])
def test_lock_pins_by_version_and_hash(entry: str) -> None:
    requirement, *hashes = entry.split("--hash=")
    assert re.search(r"^[a-z0-9-]+==[\w.]+ *(;.*)?$", requirement.strip())
    assert hashes
    assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", each.strip()) for each in hashes)


def test_lock_holds_what_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [Requirement(line) for line in project["dependencies"] + project["optional-dependencies"]["dev"]]
    pinned = {pin.name: pin for pin in (Requirement(entry.split("--hash=")[0]) for entry in locked())}
    for requirement in asked:
        (version,) = pinned[requirement.name.lower()].specifier
        assert version.version in requirement.specifier, requirement.name


def test_qt_stays_below_the_version_that_aborts() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (qt,) = [line for line in map(Requirement, project["dependencies"]) if line.name == "PySide6-Essentials"]
    assert "6.11.3" in qt.specifier
    assert "6.12.0" not in qt.specifier
    assert "6.12.1" not in qt.specifier

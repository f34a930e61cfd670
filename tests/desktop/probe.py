"""Starts the program as a user would and tells a test where things are on the screen; it does nothing else.

Each line on standard input is an expression; its value comes back as one line of JSON.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from PySide6.QtCore import QPointF, QSocketNotifier
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QWidget

from desktop.app import run
from desktop.main_window import MainWindow
from desktop.views.view import View


def window() -> MainWindow:
    return next(w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow))


def centre(widget: QWidget) -> list[int]:
    """Return the middle of a widget on the screen."""
    return list(widget.mapToGlobal(widget.rect().center()).toTuple())


def named(text: str) -> list[int]:
    """Return where a visible button of a text or name is."""
    for widget in QApplication.allWidgets():
        shown = isinstance(widget, QAbstractButton) and widget.isVisible()
        if shown and text in (widget.text().replace("&", ""), widget.accessibleName()):
            return centre(widget)
    return []


def entry(kind: str, name: str) -> list[int]:
    """Scroll the catalogue to an entry and return where it is."""
    catalogue = window().catalogue
    for row, found in enumerate(catalogue.model.entries):
        if (found.carried.kind, found.carried.id) == (kind, name):
            index = catalogue.model.index(row)
            catalogue.list.scrollTo(index)
            at = catalogue.list.visualRect(index).center()
            return list(catalogue.list.viewport().mapToGlobal(at).toTuple())
    return []


def point(view: View, x: float, y: float) -> list[int]:
    """Return where a point of a drawing is on the screen."""
    at = view.viewportTransform().map(QPointF(x, -y)).toPoint()
    return list(view.viewport().mapToGlobal(at).toTuple())


def unit(rack: str, number: float) -> list[int]:
    """Return where a unit of a rack's front is."""
    racks = window().workspace.racks
    standing = next(s for s in racks.standing if s.path == rack and s.face == "front")
    drawn = standing.drawn
    return point(racks, standing.x + drawn.width / 2, standing.y + drawn.base + (number - 0.5) * drawn.pitch)


def port(device: str, name: str) -> list[int]:
    racks = window().workspace.racks
    at = racks.port_boxes(device)[name].center()
    return point(racks, at.x(), -at.y())


def devices(rack: str) -> dict[str, list[Any]]:
    """Return type and position of the devices of a rack, by id."""
    document = window().document
    assert document is not None
    rows = document.project.devices(document.block_at(rack))
    return {d.id: [d.type, d.half_u] for d in rows.values()}


def links() -> int:
    document = window().document
    assert document is not None
    return sum(1 for _ in document.project.every("links"))


def dialog_line() -> list[int]:
    """Return where the file name of the dialog in front is."""
    top = QApplication.activeModalWidget()
    lines = [] if top is None else [line for line in top.findChildren(QLineEdit) if line.isVisible()]
    return centre(lines[0]) if lines else []


def say(value: Any) -> None:
    sys.stdout.write(json.dumps(value, default=str) + "\n")
    sys.stdout.flush()


def answer() -> None:
    line = sys.stdin.readline()
    if not line:
        QApplication.quit()
        return
    try:
        value: Any = eval(line, globals())
    except Exception as error:
        value = {"error": repr(error)}
    say(value)


if __name__ == "__main__":
    from PySide6.QtCore import QTimer

    from desktop.app import make_application

    app = make_application()
    notifier = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read)
    notifier.activated.connect(lambda *_: answer())
    QTimer.singleShot(0, lambda: say("ready"))
    sys.exit(run([Path(name) for name in sys.argv[1:]]))

"""Starts the program as a user would and tells a test where things are on the screen; it does nothing else.

Each line on standard input is an expression; its value comes back as one line of JSON.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from PySide6.QtCore import QPointF, QSocketNotifier
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QLineEdit,
    QMenu,
    QScrollArea,
    QTabWidget,
    QWidget,
)

from desktop.app import run
from desktop.dialogs.sheets import SheetsWindow
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


def named_all(text: str) -> list[QWidget]:
    """Return the visible widgets of an accessible name."""
    return [w for w in QApplication.allWidgets() if w.isVisible() and w.accessibleName() == text]


def field(text: str) -> list[int]:
    """Scroll to the field of an accessible name and return where it is."""
    found = named_all(text)
    if not found:
        return []
    around = found[0].parentWidget()
    while around is not None:
        if isinstance(around, QScrollArea):
            around.ensureWidgetVisible(found[0])
        around = around.parentWidget()
    return centre(found[0])


def menu_title(text: str) -> list[int]:
    """Return where a menu of the menu bar is."""
    bar = window().menuBar()
    for action in bar.actions():
        if action.text().replace("&", "") == text:
            return list(bar.mapToGlobal(bar.actionGeometry(action).center()).toTuple())
    return []


def menu_item(text: str) -> list[int]:
    """Return where a line of an open menu is; names may go on after the text (Undo Move rack)."""
    menus = [w for w in QApplication.topLevelWidgets() if isinstance(w, QMenu) and w.isVisible()]
    for menu in menus:
        for action in menu.actions():
            if action.isEnabled() and action.text().replace("&", "").startswith(text):
                return list(menu.mapToGlobal(menu.actionGeometry(action).center()).toTuple())
    return []


def things() -> dict[str, list[Any]]:
    """Return id, x, y and rotation of what stands in the floor block that is drawn, by name."""
    document, hall = window().document, window().workspace.hall
    assert document is not None
    found = document.project.instances(hall.block).values()
    return {thing.name: [thing.id, thing.x_mm, thing.y_mm, thing.rotation] for thing in found}


def middle(name: str) -> list[int]:
    """Return where a thing of the drawn floor block is, by name: its middle, or that of the first in it."""
    hall = window().workspace.hall
    hall.ensure_drawn()
    assert hall.drawn is not None
    row = hall.drawn.first[things()[name][0]][0]
    return point(hall, *(hall.drawn.low[row] + hall.drawn.high[row]) / 2)


def dialog() -> str:
    """Return the title of the dialog in front; an ellipsis while it does not take keys yet."""
    top = QApplication.activeModalWidget()
    if top is None:
        return ""
    is_ready = QApplication.activeWindow() is top and QApplication.focusWidget() is not None
    return top.windowTitle() if is_ready else "…"


def sheets() -> SheetsWindow | None:
    """Return the window of the sheets, if it is open."""
    found = window().findChildren(SheetsWindow)
    return found[0] if found else None


def line(view: QAbstractItemView, row: int, column: int = 0) -> list[int]:
    """Scroll a list or table to a row and return where it is."""
    index = view.model().index(row, column)
    view.scrollTo(index)
    return list(view.viewport().mapToGlobal(view.visualRect(index).center()).toTuple())


def tab(tabs: QTabWidget, text: str) -> list[int]:
    """Return where a tab is."""
    bar = tabs.tabBar()
    found = [at for at in range(bar.count()) if bar.tabText(at).replace("&", "") == text]
    return list(bar.mapToGlobal(bar.tabRect(found[0]).center()).toTuple()) if found else []


def picture(path: str) -> bool:
    """Save what is on the screen, menus and dialogs too."""
    return bool(QApplication.primaryScreen().grabWindow(0).save(path))


def entry(kind: str, name: str) -> list[int]:
    """Scroll the catalogue to an entry and return where it is."""
    catalogue = window().catalogue
    for row, found in enumerate(catalogue.model.items):
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

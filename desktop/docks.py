"""The panels around the drawings and the tool bar: which, where, how large at first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow, QTabWidget, QToolBar, QWidget

from desktop.actions import Actions

if TYPE_CHECKING:
    from desktop.main_window import MainWindow

TOOL_BAR = (
    "file.new", "file.open", "file.save", "", "edit.undo", "edit.redo", "", "tool.select", "tool.link", "",
    "edit.rotate", "edit.delete", "", "view.fit", "view.zoom_in", "view.zoom_out", "", "file.export",
)  # fmt: skip
"""Names of actions; an empty one is a line between groups."""
UNTITLED = ("left", "below")
"""Panels that say themselves what they are."""


def make_docks(window: MainWindow) -> tuple[dict[str, QDockWidget], QTabWidget, QTabWidget]:
    """Put the panels of a window around its drawings; return them by name, and the tabs left and below."""
    left, below = _tabs(), _tabs()
    pages: dict[str, tuple[tuple[str, QWidget], ...]] = {
        "left": (("Catalogue", window.catalogue), ("Project", window.tree), ("History", window.history)),
        "below": (
            ("Findings", window.findings),
            ("Failures", window.failures),
            ("Loads", window.loads),
            ("Fabric", window.inspector),
        ),
    }
    areas = Qt.DockWidgetArea
    docks: dict[str, QDockWidget] = {}
    for name, title, widget, area in (
        ("left", "Catalogue and project", left, areas.LeftDockWidgetArea),
        ("properties", "Properties", window.properties, areas.RightDockWidgetArea),
        ("results", "Results", window.results, areas.RightDockWidgetArea),
        ("below", "Findings and tables", below, areas.BottomDockWidgetArea),
    ):
        dock = QDockWidget(title, window)
        dock.setObjectName(name)
        dock.setWidget(widget)
        dock.setFeatures(QDockWidget.DockWidgetFeature.DockWidgetMovable)
        dock.setMinimumWidth(250)
        if name in UNTITLED:
            dock.setTitleBarWidget(QWidget())
        window.addDockWidget(area, dock)
        if isinstance(widget, QTabWidget):
            # Filled where it stays: what gets another parent takes all below it along, which is slow.
            for words, page in pages[name]:
                widget.addTab(page, words)
        docks[name] = dock
    window.setCorner(Qt.Corner.BottomLeftCorner, areas.LeftDockWidgetArea)
    window.setCorner(Qt.Corner.BottomRightCorner, areas.RightDockWidgetArea)
    return docks, left, below


def _tabs() -> QTabWidget:
    made = QTabWidget()
    made.setDocumentMode(True)
    return made


def share_room(window: QMainWindow, docks: dict[str, QDockWidget]) -> None:
    """Give the panels their first sizes; what the user drags them to is kept."""
    across, down = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
    window.resizeDocks([docks["left"], docks["properties"]], [290, 420], across)
    window.resizeDocks([docks["properties"], docks["results"]], [380, 480], down)
    window.resizeDocks([docks["below"]], [160], down)


def make_tool_bar(actions: Actions) -> QToolBar:
    """Return the tool bar."""
    bar = QToolBar("Main")
    bar.setObjectName("main")
    bar.setMovable(False)
    bar.setIconSize(QSize(16, 16))
    for name in TOOL_BAR:
        if name:
            bar.addAction(actions[name])
        else:
            bar.addSeparator()
    return bar

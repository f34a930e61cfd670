"""Keys and gestures, made from the registry of actions, and what this program is."""

from __future__ import annotations

from importlib import metadata

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QFrame, QGridLayout, QScrollArea, QWidget

from desktop.actions import Actions
from desktop.widgets import ask, button, column, label, row

GESTURES = (
    ("Wheel", "Zoom under the pointer"),
    ("Middle drag, Space and drag", "Pan"),
    ("Shift and wheel", "Pan sideways"),
    ("Click, Ctrl or Shift and click", "Select, add to the selection"),
    ("Drag on empty ground", "Select by a rubber band; from right to left also what it only touches"),
    ("Double click", "Enter a block, show a rack"),
    ("Drag", "Move, also between racks; with Ctrl copy; with Alt without snapping"),
    ("R while dragging", "Turn by a quarter"),
    ("Arrows", "Nudge; Shift by the device's height, Alt finely"),
    ("Enter in the catalogue", "Place click by click"),
    ("Escape", "Drop what is being done, then clear the selection, then go one block up"),
)


class KeysDialog(QDialog):
    """The list of keys."""

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keys and gestures")
        self.resize(560, 620)
        body = QWidget()
        grid = QGridLayout(body)
        grid.setContentsMargins(16, 12, 16, 12)
        grid.setHorizontalSpacing(18)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        grid.addWidget(label("GESTURES", "section"), 0, 0, 1, 2)
        rows = list(GESTURES)
        for at, (keys, words) in enumerate(rows, 1):
            grid.addWidget(label(keys), at, 0)
            grid.addWidget(label(words, "faint", wrap=True), at, 1)
        at = len(rows) + 1
        grid.addWidget(label("KEYS", "section"), at, 0, 1, 2)
        for name in actions:
            shortcuts = [
                s.toString(QKeySequence.SequenceFormat.NativeText) for s in actions[name].shortcuts()
            ]
            if shortcuts:
                at += 1
                grid.addWidget(label(", ".join(shortcuts)), at, 0)
                grid.addWidget(label(actions[name].text().replace("&", ""), "faint"), at, 1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidget(body)
        foot = row(None, button("Close", self.accept, primary=True), margins=(12, 8, 12, 12))
        self.setLayout(column(scroll, foot, gap=0))


def about(parent: QWidget) -> None:
    """Say what this program is, which version, under which licence."""
    try:
        version = metadata.version("cagenut")
    except metadata.PackageNotFoundError:
        version = "unknown"
    words = (
        "Draw, check and hand off AI data-centre racks and halls.\n\n"
        "MIT licence. Made with Qt (LGPL) through PySide6, numpy, networkx, scipy, msgspec and reportlab.\n"
        "Calculations are design intent; the engineer of record verifies them."
    )
    ask(parent, "About Cagenut", f"Cagenut {version}", words, "Close")

"""Keys and gestures, made from the registry of actions, and what this program is."""

from __future__ import annotations

from importlib import metadata

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QWidget,
)

from core.explore.search import Terms
from desktop.actions import MENUS, Actions
from desktop.icons import icon
from desktop.widgets import ask, button, column, label, panel, row

GESTURES = (
    ("Wheel", "Zoom under the pointer; View > Wheel Pans lets it pan, and zoom with Ctrl"),
    ("Middle drag, Space and drag", "Pan"),
    ("Shift and wheel", "Pan sideways"),
    ("Click, Ctrl and click", "Select, add to the selection"),
    ("Shift and click", "In a rack: select all from the last one to this one"),
    ("Drag on empty ground", "Select by a rubber band; from right to left also what it only touches"),
    ("Double click", "Enter a block, show a rack, edit the properties of a device"),
    ("Drag", "Move, also between racks; with Ctrl copy; with Alt without snapping"),
    ("Shift and drag onto a device", "The two change places; cables follow"),
    ("Drag from a port that was clicked", "Link it; if it is in use, plug its cable in elsewhere"),
    ("Drag the end of a selected link", "Re-route it; onto a cable the two swap ends"),
    ("A number while placing in a rack", "So many at once, from there up; Shift: as many as fit"),
    ("R while dragging", "Turn by a quarter"),
    ("Arrows in a rack", "Move by a unit; Shift by the device's height, Alt by half a unit"),
    ("Arrows on a floor", "Move by the grid; Ctrl ten times as far, Alt by 10 mm; Shift turns by a quarter"),
    ("Ctrl and Enter in a dialog", "Do it and close, from any field"),
    ("Double click on empty ground", "Search for something and place it there"),
    ("Right click", "What can be done with the thing under the pointer"),
    ("Enter in the catalogue", "Place click by click"),
    ("Escape", "Drop what is being done, then clear the selection, then go one block up"),
)
IN_SEARCH = (
    (">", "Actions only"),
    ("@", "Things and ports only: leaf-3 17 is port 17 of leaf-3"),
    ("#", "Sheets of the specification set only"),
    ("+", "What can be placed only"),
    ("Up, Down, Page Up, Page Down", "Choose a line"),
    ("Enter", "Go there, or do it"),
)
IN_SHEETS = (
    ("Page Up, Page Down", "Sheet before, sheet after"),
    ("Ctrl and wheel, Ctrl++, Ctrl+-", "Zoom"),
    ("Ctrl+0", "Whole sheet"),
)
Line = tuple[str, tuple[str, ...], str]
"""Heading, keys, what they do."""


def lines_of(actions: Actions) -> list[Line]:
    """Return all keys by menu, then the gestures."""
    found: list[Line] = []
    for menu in MENUS:
        for name in actions:
            entry = actions.entry(name)
            if entry.menu.partition("|")[0] != menu:
                continue
            action = actions[name]
            keys = [s.toString(QKeySequence.SequenceFormat.NativeText) for s in action.shortcuts()]
            if keys:
                # What the action would undo now is part of its text.
                text = entry.text.replace("&", "").replace(" …", "")
                _, _, *inner = f"{entry.menu}|".split("|")
                within = f"{inner[0].replace('&', '')}: " if inner and inner[0] else ""
                found.append((menu, tuple(keys), within + text))
    for heading, rows in (
        ("Gestures in a drawing", GESTURES),
        ("In the search (Ctrl+K)", IN_SEARCH),
        ("In the preview of sheets", IN_SHEETS),
    ):
        found += [(heading, tuple(keys.split(", ")), words) for keys, words in rows]
    return found


class KeysDialog(QDialog):
    """The list of keys, with a box that narrows it."""

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keys and gestures")
        self.resize(620, 700)
        self.lines = lines_of(actions)
        self._terms = Terms([words for _, _, words in self.lines], [self._about(line) for line in self.lines])
        self.box = QLineEdit()
        self.box.setAccessibleName("Search the keys")
        self.box.setPlaceholderText("Search: undo, Ctrl+Z, drag …")
        self.box.setClearButtonEnabled(True)
        self.box.addAction(icon("search", "faint"), QLineEdit.ActionPosition.LeadingPosition)
        self.box.textChanged.connect(self.narrow)
        self._headings: dict[str, QLabel] = {}
        self._rows: list[tuple[QWidget, QWidget]] = []
        self._nothing = label("No key and no gesture is called that.", "faint")
        self._nothing.hide()
        scroll = QScrollArea()
        scroll.setAccessibleName("Keys and gestures")
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidget(self._body())
        head = panel("bar")
        head.setLayout(column(self.box, margins=(12, 10, 12, 10)))
        foot = row(None, button("Close", self.accept, primary=True), margins=(12, 8, 12, 12))
        self.setLayout(column(head, scroll, foot, gap=0))
        self.box.setFocus()

    @property
    def shown(self) -> list[Line]:
        """The lines that the box leaves."""
        return [line for line, row in zip(self.lines, self._rows, strict=True) if not row[1].isHidden()]

    def narrow(self, query: str) -> None:
        """Leave the lines that match."""
        every = range(len(self.lines))
        found = {n for _, n in self._terms.search(query, len(self.lines))} if query.strip() else set(every)
        for number, widgets in enumerate(self._rows):
            for widget in widgets:
                widget.setVisible(number in found)
        left = {self.lines[number][0] for number in found}
        for heading, widget in self._headings.items():
            widget.setVisible(heading in left)
        self._nothing.setVisible(not found)

    def _body(self) -> QWidget:
        body = QWidget()
        grid = QGridLayout(body)
        grid.setContentsMargins(16, 4, 16, 16)
        grid.setHorizontalSpacing(18)
        grid.setVerticalSpacing(5)
        grid.setColumnStretch(1, 1)
        at = 0
        grid.addWidget(self._nothing, at, 0, 1, 2)
        for heading, keys, words in self.lines:
            at += 1
            if heading not in self._headings:
                self._headings[heading] = label(heading.upper(), "section")
                self._headings[heading].setMinimumHeight(30)
                self._headings[heading].setAlignment(Qt.AlignmentFlag.AlignBottom)
                grid.addWidget(self._headings[heading], at, 0, 1, 2)
                at += 1
            caps, text = _caps(keys), label(words, wrap=True)
            text.setAccessibleName(f"{words}: {' or '.join(keys)}")
            grid.addWidget(caps, at, 0, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
            grid.addWidget(text, at, 1)
            self._rows.append((caps, text))
        grid.setRowStretch(at + 1, 1)
        return body

    @staticmethod
    def _about(line: Line) -> str:
        heading, keys, _ = line
        return f"{heading} {' '.join(keys)}"


def _caps(keys: tuple[str, ...]) -> QWidget:
    """Return keys, each in a frame of its own."""
    made = QWidget()
    box = QHBoxLayout(made)
    box.setContentsMargins(0, 0, 0, 0)
    box.setSpacing(4)
    for key in keys:
        box.addWidget(label(key, "key"))
    box.addStretch(1)
    return made


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

"""The page that says which devices go to which: filled in with what is most likely wanted."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QIntValidator
from PySide6.QtWidgets import QComboBox, QGridLayout, QLineEdit, QWidget

from core.editing.cabling.range_guess import guess
from core.editing.cabling.ranges import FREE, RULES, Range
from desktop.document import Document
from desktop.widgets import label

MOST_PLACES = 300


class RangePage(QWidget):
    """The fields of a range."""

    edited = Signal()

    def __init__(self, document: Document) -> None:
        super().__init__()
        self._document = document
        self._selected = tuple(document.selection.paths)
        self.scope = QComboBox()
        self.scope.setAccessibleName("Where")
        self.a, self.b = self._line("From devices"), self._line("To devices")
        self.a_ports, self.b_ports = self._line("Their ports"), self._line("Ports they go to")
        for line in (self.a_ports, self.b_ports):
            line.setPlaceholderText(FREE)
        self.rule = QComboBox()
        self.rule.setAccessibleName("Rule")
        for name, words in RULES.items():
            self.rule.addItem(words, name)
        self.links = self._line("Cables for each pair")
        self.links.setPlaceholderText("as the ports give")
        self.links.setValidator(QIntValidator(1, 512, self.links))
        self.scope.activated.connect(lambda _: self.edited.emit())
        self.rule.activated.connect(lambda _: self.edited.emit())
        grid = QGridLayout(self)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(8)
        for place in (1, 3):
            grid.setColumnStretch(place, 1)
        for line, left, one, right, other in (
            (0, "Where", self.scope, "Rule", self.rule),
            (1, "From devices", self.a, "To devices", self.b),
            (2, "Their ports", self.a_ports, "Their ports", self.b_ports),
            (3, "", None, "Cables for each pair", self.links),
        ):
            for place, text, widget in ((0, left, one), (2, right, other)):
                if widget is not None:
                    grid.addWidget(label(text, "faint"), line, place)
                    grid.addWidget(widget, line, place + 1)
        hint = "Names and types with * and ranges: leaf-{1..8}, r0*/dgx-*, osfp{1..4}; several with commas"
        grid.addWidget(label(hint, "small", wrap=True), 3, 0, 1, 2)
        self._fill_in()

    @property
    def is_filled(self) -> bool:
        """Whether both sides are named."""
        return bool(self.a.text().strip() and self.b.text().strip())

    @property
    def asked(self) -> Range:
        """The range that the fields say."""
        return Range(
            a=self.a.text(),
            b=self.b.text(),
            a_ports=self.a_ports.text() or FREE,
            b_ports=self.b_ports.text() or FREE,
            rule=self.rule.currentData(),
            links=int(self.links.text() or 0),
            scope=tuple(self.scope.currentData() or ()),
            selected=self._selected,
        )

    def _line(self, name: str) -> QLineEdit:
        made = QLineEdit()
        made.setAccessibleName(name)
        made.setMaxLength(4000)
        made.textEdited.connect(lambda _: self.edited.emit())
        return made

    def _fill_in(self) -> None:
        """List the places and fill in what is most likely wanted."""
        document = self._document
        project, top, selection = document.project, document.top, document.selection
        found = guess(project, top, entered=selection.entered, selected=selection.paths)
        self.scope.addItem("Everything", ())
        if self._selected:
            self.scope.addItem("What is selected", self._selected)
        for path in self._places():
            self.scope.addItem(document.label_of(path), (path,))
        if found is None:
            if selection.entered:
                self._choose_scope((selection.entered,))
            return
        self._choose_scope(found.scope)
        self.a.setText(found.a)
        self.b.setText(found.b)
        self.a_ports.setText("" if found.a_ports == FREE else found.a_ports)
        self.b_ports.setText("" if found.b_ports == FREE else found.b_ports)
        self.rule.setCurrentIndex(self.rule.findData(found.rule))
        self.links.setText(str(found.links) if found.links else "")

    def _choose_scope(self, scope: tuple[str, ...]) -> None:
        for at in range(self.scope.count()):
            if tuple(self.scope.itemData(at)) == scope:
                self.scope.setCurrentIndex(at)
                return
        if len(scope) == 1:
            self.scope.addItem(self._document.label_of(scope[0]), scope)
            self.scope.setCurrentIndex(self.scope.count() - 1)

    def _places(self) -> list[str]:
        """Return the paths of placed blocks, outermost first."""
        project, top = self._document.project, self._document.top
        found: list[str] = []
        waiting = [(top, "")]
        while waiting and len(found) < MOST_PLACES:
            block, head = waiting.pop(0)
            for instance in project.instances(block).values():
                path = f"{head}/{instance.id}".lstrip("/")
                found.append(path)
                waiting.append((instance.of, path))
        return found[:MOST_PLACES]

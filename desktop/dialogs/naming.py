"""Naming templates, one line for each level, with what they give and what naming anew would change."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFrame,
    QGridLayout,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QWidget,
)

from core.editing.levels import PLACEHOLDERS, levels_in, placeholders_of
from core.editing.naming import template_of
from core.editing.numbering import Renaming, next_names, renamings, renumber_by, why_frozen
from core.errors import CagenutError
from core.model.change import Edit
from core.model.records import NamingTemplate
from desktop.dialogs.naming_line import Line, level_name
from desktop.document import Document
from desktop.theme import font
from desktop.widgets import Banner, button, column, label, let_ctrl_enter, panel, row, sentence

ALWAYS = ("instance.rack", "device.server", "device.switch")
"""Levels that are offered in an empty project too."""
_PAUSE_MS = 60
_MOST_SHOWN = 400
_HEADINGS = ("Level", "Template", "First", "Step", "Next names", "Name anew", "What would change")


class NamingDialog(QDialog):
    """Edits the templates of the project or of one drawing; names anew what is ticked, as one step."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._frozen = why_frozen(document.project)
        self._lines: dict[str, Line] = {}
        self._found: list[Renaming] = []
        self.setWindowTitle("Naming templates")
        self.scope = QComboBox()
        self.scope.setAccessibleName("Where the templates hold")
        self._fill_scope()
        self.scope.currentIndexChanged.connect(lambda _: self._show_lines())
        self._banner = Banner()
        self._scroll = QScrollArea()
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # Tab goes from field to field
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._changes = QPlainTextEdit()
        self._changes.setReadOnly(True)
        self._changes.setFont(font("body", mono=True))
        self._changes.setAccessibleName("Names that change")
        self._changes.setMinimumHeight(90)
        self._legend = label("", "small", wrap=True)
        self._legend.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._problem = label("", "faint", wrap=True)
        self.apply_button = button("Apply", self.accept, primary=True)
        self.apply_button.setAutoDefault(False)  # Enter ends a field and changes nothing
        self.apply_button.setToolTip("Ctrl+Enter")
        let_ctrl_enter(self, self.apply_button)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_PAUSE_MS)
        self._later.timeout.connect(self.look)
        self._lay_out()
        self._show_lines()
        if self._frozen:
            words = sentence(f"{self._frozen}: templates hold for what is added, nothing is named anew.")
            self._banner.say(words, "info", "info")

    def _lay_out(self) -> None:
        head = panel("bar")
        head.setLayout(row(label("Templates of", "faint"), self.scope, None, margins=(14, 8, 14, 8)))
        below = panel()
        words = QWidget()
        words.setLayout(column(label("PLACEHOLDERS", "section"), self._legend, None, gap=4))
        listed = QWidget()
        listed.setLayout(column(label("NAMES THAT CHANGE", "section"), self._changes, gap=4))
        box = row(listed, words, gap=16, margins=(14, 8, 14, 8))
        box.setStretch(0, 1)
        box.setStretch(1, 1)
        below.setLayout(box)
        foot = row(self._problem, button("Cancel", self.reject), self.apply_button, margins=(14, 8, 14, 12))
        foot.setStretch(0, 1)
        layout = column(head, self._banner, self._scroll, below, foot, gap=0)
        layout.setStretch(2, 3)
        layout.setStretch(3, 2)
        self.setLayout(layout)
        screen = QGuiApplication.primaryScreen()
        if screen is not None:
            room = screen.availableSize() * 0.94
            self.resize(min(1060, room.width()), min(720, room.height()))

    def _fill_scope(self) -> None:
        project = self._document.project
        self.scope.addItem("the whole project", "")
        here = self._document.block_at(self._document.selection.entered)
        counts = project.placements()
        for block in sorted(project.blocks.values(), key=lambda b: (b.id != here, b.name.casefold())):
            if counts.get(block.id) or block.id == project.top:
                kind = "rack drawing" if block.kind == "rack" else "floor drawing"
                self.scope.addItem(f"{kind} {block.name}", block.id)

    @property
    def block(self) -> str:
        """The block the templates hold in; empty for the project."""
        return str(self.scope.currentData() or "")

    @property
    def blocks(self) -> list[str]:
        """The blocks whose contents are named."""
        project = self._document.project
        if self.block:
            return [self.block]
        counts = project.placements()
        return [block for block in project.blocks if counts.get(block) or block == project.top]

    @property
    def lines(self) -> dict[str, Line]:
        """The lines by level."""
        return self._lines

    def _show_lines(self) -> None:
        project = self._document.project
        self._counts = levels_in(project, self.blocks)
        self._samples = {level: block for block in self.blocks for level in levels_in(project, [block])}
        levels = list(self._counts)
        if not self.block:
            levels += [level for level in ALWAYS if level not in self._counts]
        body = QWidget()
        grid = QGridLayout(body)
        grid.setContentsMargins(14, 10, 14, 10)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 2)
        grid.setColumnStretch(4, 2)
        grid.setColumnStretch(6, 2)
        for i, heading in enumerate(_HEADINGS):
            grid.addWidget(label(heading, "section"), 0, i)
        self._lines = {}
        for at, level in enumerate(levels, 1):
            self._add_line(grid, at, level)
        grid.setRowStretch(len(levels) + 1, 1)
        self._scroll.setWidget(body)
        self.look()
        self._show_legend(levels[0] if levels else "instance.rack")

    def _add_line(self, grid: QGridLayout, at: int, level: str) -> None:
        project = self._document.project
        own = project.rows("naming", self.block).get(level)
        default = self._default(level)
        line = self._lines[level] = Line(level, own or default, own is not None, default.template)
        count = self._counts.get(level, 0)
        name = label(level_name(level))
        name.setBuddy(line.text)
        name.setToolTip(f"{count:,} drawn")
        widgets: Sequence[QWidget] = (
            name, line.text, line.first, line.step, line.next, line.anew, line.change,
        )  # fmt: skip
        for i, widget in enumerate(widgets):
            grid.addWidget(widget, at, i)
        line.anew.setEnabled(bool(count) and not self._frozen)
        line.anew.setToolTip(
            sentence(self._frozen) if self._frozen else "Name all of this level anew" if count else "None yet"
        )
        line.text.textChanged.connect(lambda _: self._later.start())
        line.text.cursorPositionChanged.connect(lambda *_: self._show_legend(level))
        line.first.textChanged.connect(lambda _: self._later.start())
        line.step.textChanged.connect(lambda _: self._later.start())
        line.anew.toggled.connect(lambda _: self._later.start())

    def _default(self, level: str) -> NamingTemplate:
        """Return the template that holds where the scope has none of its own."""
        bare = Edit(self._document.project, "Default")
        if level in bare.rows("naming", self.block):
            bare.remove("naming", (self.block, level))
        return template_of(bare, self.block, level)

    def look(self) -> None:
        """Say what the templates give and what would change."""
        self._later.stop()
        problem, wrong = "", ""
        edit = Edit(self._document.project, "Name by templates")
        for level, line in self._lines.items():
            reason = self._try(edit, level, line)
            if reason:
                wrong, problem = level, reason
            _mark(line.text, reason)
        self._found = []
        if not problem:
            try:
                self._found = renamings(edit, self.blocks, list(self._counts))
            except CagenutError as error:
                problem = str(error)
        for level, line in self._lines.items():
            found = [each for each in self._found if each.level == level]
            line.change.setText("–" if problem else _told(found, self._counts.get(level, 0)))
            line.change.setToolTip("\n".join(_arrow(each) for each in found[:20]))
        chosen = self._chosen()
        self._changes.setPlainText(
            "\n".join(_arrow(each) for each in chosen[:_MOST_SHOWN]) or "None. Tick a level to name it anew."
        )
        words = f"{len(chosen):,} names change" if chosen else "No name changes; new things get new names"
        self._problem.setText(f"{level_name(wrong)}: {sentence(problem)}" if wrong else problem or words)
        self._problem.setProperty("role", "error" if problem else "faint")
        self._problem.style().polish(self._problem)
        self.apply_button.setEnabled(not problem)
        self.apply_button.setText(f"Apply and Name {len(chosen):,} Anew" if chosen else "Apply")

    def _try(self, edit: Edit, level: str, line: Line) -> str:
        """Put the template of a line; say why it cannot be."""
        default, project = self._default(level), self._document.project
        try:
            made = line.template(self.block, default)
            if made is not None:
                edit.put("naming", made)
            elif level in edit.rows("naming", self.block):
                edit.remove("naming", (self.block, level))
            names = next_names(edit, self._samples.get(level, project.top), level)
        except CagenutError as error:
            line.next.setText("–")
            return str(error)
        line.next.setText(", ".join(names))
        line.next.setToolTip(line.next.text())
        return ""

    def _chosen(self) -> list[Renaming]:
        ticked = {level for level, line in self._lines.items() if line.anew.isChecked()}
        if not ticked or not self._found:
            return []
        edit = self._with_templates()
        return renamings(edit, self.blocks, ticked)

    def _with_templates(self, *, label_text: str = "Set naming templates") -> Edit:
        edit = Edit(self._document.project, label_text)
        for level, line in self._lines.items():
            made = line.template(self.block, self._default(level))
            present = edit.rows("naming", self.block).get(level)
            if made is not None and made != present:
                edit.put("naming", made)
            elif made is None and present is not None:
                edit.remove("naming", (self.block, level))
        return edit

    def accept(self) -> None:
        """Put templates and names into one change."""
        self.look()
        if not self.apply_button.isEnabled():
            return
        try:
            found = self._chosen()
            edit = self._with_templates(
                label_text=f"Name {len(found)} anew" if found else "Set naming templates"
            )
            if found:
                renumber_by(edit, found)
            self._document.commit_edit(edit)
        except CagenutError as error:
            self._problem.setText(sentence(str(error)))
            return
        super().accept()

    def _show_legend(self, level: str) -> None:
        lines = [f"{{{name}}}  {PLACEHOLDERS[name]}" for name in placeholders_of(level) if name != "parent"]
        self._legend.setText("\n".join([f"{level_name(level)}:", *lines]))


def _mark(field: QLineEdit, reason: str) -> None:
    if bool(field.property("wrong")) != bool(reason):
        field.setProperty("wrong", "true" if reason else None)
        field.style().polish(field)
    field.setToolTip(sentence(reason))


def _arrow(each: Renaming) -> str:
    return f"{each.before or '(no name)'} → {each.after}"


def _told(found: list[Renaming], count: int) -> str:
    if not count:
        return "none yet"
    if not found:
        return "keeps its name" if count == 1 else f"all {count:,} keep their names"
    return f"{len(found):,} of {count:,}: {_arrow(found[0])}"

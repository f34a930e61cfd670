"""Where one is and what an edit will alter: the path of entered blocks, and "all N / only this one"."""

from __future__ import annotations

from posixpath import commonpath

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QRadioButton, QToolButton, QWidget

from core.editing.copies import differing, paths_of
from core.model.change import Change
from core.model.records import Instance
from desktop.document import Document
from desktop.icons import icon
from desktop.theme import theme
from desktop.widgets import label


class ContextBar(QFrame):
    """The line above the drawings."""

    entered = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "bar")
        self.setFixedHeight(34)
        self._document: Document | None = None
        self._crumbs = QHBoxLayout()
        self._crumbs.setSpacing(0)
        self._scope = label(role="faint")
        self._differ = QToolButton()
        self._differ.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._differ.setToolTip("Select the copies in which something differs from the drawing")
        self._differ.clicked.connect(self._select_differing)
        self._found: list[str] = []
        self._all, self._one = QRadioButton("all of them"), QRadioButton("only this one")
        self._all.setToolTip("An edit alters the drawing, and so all its copies")
        self._one.setToolTip(
            "The edited copy becomes a drawing of its own in the same undo step;\n"
            "its name, tag, serial, status and note become its own without that"
        )
        self._choice = QButtonGroup(self)
        for choice in (self._all, self._one):
            self._choice.addButton(choice)
        self._all.setChecked(True)
        self._one.toggled.connect(self._chosen)
        box = QHBoxLayout(self)
        box.setContentsMargins(8, 0, 12, 0)
        box.setSpacing(10)
        box.addLayout(self._crumbs)
        box.addStretch(1)
        for widget in (self._differ, self._scope, self._all, self._one):
            box.addWidget(widget)
        theme().changed.connect(self.refresh)

    def set_document(self, document: Document | None) -> None:
        """Follow another project."""
        if self._document is not None:
            self._document.changed.disconnect(self._changed)
            self._document.selection.changed.disconnect(self.refresh)
            self._document.selection.entered_changed.disconnect(self.refresh)
            self._document.scope_changed.disconnect(self.refresh)
        self._document = document
        if document is not None:
            document.changed.connect(self._changed)
            document.selection.changed.connect(self.refresh)
            document.selection.entered_changed.connect(self.refresh)
            document.scope_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the path and the number of copies that an edit alters."""
        while (item := self._crumbs.takeAt(0)) is not None:
            if item.widget() is not None:
                item.widget().hide()
                item.widget().deleteLater()
        document = self._document
        if document is None or not document.top:
            self._show_scope("", 1)
            self._show_differing("", 1)
            return
        entered = document.selection.entered
        steps = entered.split("/") if entered else []
        self._add_crumb(document.label_of(""), "", last=not steps)
        for depth in range(len(steps)):
            path = "/".join(steps[: depth + 1])
            name = document.project.names_along(document.top, path)[-1]
            self._add_crumb(name, path, last=depth == len(steps) - 1)
        holder = edited_holder(document)
        block = document.project.blocks.get(document.block_at(holder))
        copies = document.copies(holder) if holder else 1
        self._show_scope("" if block is None else block.name, copies, inside=_inside(document, holder))
        self._show_differing("" if block is None or copies < 2 else block.id, copies)

    def _add_crumb(self, name: str, path: str, *, last: bool) -> None:
        made = QToolButton()
        made.setText(name)
        if last:
            made.setProperty("here", "true")
        made.setAccessibleName(f"Go to {name}")
        made.setToolTip(f"Go to {name}")
        made.clicked.connect(lambda *_: self.entered.emit(path))
        self._crumbs.addWidget(made)
        if not last:
            self._crumbs.addWidget(label("/", "faint"))

    def _show_scope(self, name: str, copies: int, inside: str = "") -> None:
        many = copies > 1
        self._scope.setVisible(bool(name))
        # Where a rack stands and what it is called is not its drawing's: only what is in it is.
        words = f"Inside {inside}: edits {name}" if inside else f"Edits {name}"
        self._scope.setText(f"{words}, {copies:,} copies:" if many else words)
        for choice in (self._all, self._one):
            choice.setVisible(many)
        if self._document is not None:
            wanted = self._one if self._document.only_this else self._all
            if not wanted.isChecked():
                wanted.setChecked(True)

    def _show_differing(self, block: str, copies: int) -> None:
        document, self._found = self._document, []
        if document is not None and block and document.differences():
            self._found = differing(list(paths_of(document.project, block)), document.differences())
        count = len(self._found)
        self._differ.setIcon(icon("different"))
        self._differ.setVisible(bool(count))
        verb = "differs" if count == 1 else "differ"
        self._differ.setText(f"{count:,} of {copies:,} {verb}")

    def _select_differing(self) -> None:
        document, found = self._document, self._found
        if document is None or not found:
            return
        # The copies stand in what holds them all, which may be outside of the one that has been entered.
        holder = commonpath([path.rpartition("/")[0] for path in found])
        entered = document.selection.entered
        if entered != holder and not holder.startswith(f"{entered}/" if entered else ""):
            self.entered.emit(holder)
        document.selection.set(found)

    def _chosen(self, only_this: bool) -> None:
        if self._document is not None:
            self._document.set_only_this(only_this)

    def _changed(self, change: Change) -> None:
        if any(delta.table in ("instances", "blocks", "settings", "overrides") for delta in change.deltas):
            self.refresh()


def _inside(document: Document, holder: str) -> str:
    """Return the name of the rack that is selected, if what is edited is the drawing of that rack."""
    return document.label_of(holder).rpartition(" / ")[2] if holder in document.selection.paths else ""


def edited_holder(document: Document) -> str:
    """Return the path of the instance whose block an edit of the selection alters."""
    paths = document.selection.paths
    if not paths:
        return document.selection.entered
    record = document.project.resolve(document.top, paths[0])
    block = document.project.blocks.get(record.of) if isinstance(record, Instance) else None
    if block is not None and block.kind == "rack" and len(paths) == 1:
        return paths[0]
    return paths[0].rpartition("/")[0]

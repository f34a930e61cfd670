"""Where a change happened: what undo altered is named and can be shown, the view does not jump by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, QRectF, QTimer
from PySide6.QtWidgets import QPushButton

from core.editing.routes import counted
from core.model.change import Change
from core.model.project import Reader
from desktop.widgets import button

if TYPE_CHECKING:
    from desktop.document import Document
    from desktop.main_window import MainWindow

MOST_PATHS = 200
"""Things that are shown at once."""
_PLACED = ("instances", "devices", "links")
_INSIDE = ("areas", "pathways", "underlays", "notes", "overrides", "layouts")


class Whereabouts(NamedTuple):
    """What a change altered and where it is."""

    paths: tuple[str, ...]
    """What it altered that is there now; else what it stood in."""
    words: str


def path_to(reader: Reader, block: str) -> str | None:
    """Return the path of the first place where a block is built; empty for the top, None if nowhere."""
    above: dict[str, tuple[str, str]] = {}
    for parent in reader.blocks_of("instances"):
        for instance in reader.instances(parent).values():
            above.setdefault(instance.of, (parent, instance.id))
    steps: list[str] = []
    while block != reader.top:
        if block not in above or len(steps) > len(above):
            return None
        block, step = above[block]
        steps.append(step)
    return "/".join(reversed(steps))


def whereabouts(document: Document, change: Change) -> Whereabouts:
    """Return what of the drawings a change altered; nothing if it altered none."""
    project, entered = document.project, document.selection.entered
    holders: dict[str, str | None] = {document.block_at(entered): entered}
    there: dict[str, None] = {}
    around: dict[str, None] = {}
    number = 0
    for delta in change.deltas:
        if delta.table not in _PLACED and delta.table not in _INSIDE:
            continue
        number += 1
        block, record_id = delta.key
        if len(there) >= MOST_PATHS:
            continue
        if block not in holders:
            holders[block] = path_to(project, block)
        holder = holders[block]
        if holder is None:
            continue
        prefix = f"{holder}/" if holder else ""
        said = (delta.after or delta.before) if delta.table == "overrides" else None
        path = prefix + (said.path if said is not None else record_id)  # type: ignore[attr-defined]
        if delta.table in (*_PLACED, "overrides") and project.resolve(document.top, path) is not None:
            there[path] = None
        else:
            around[holder] = None
    paths = tuple(there) or tuple(around)
    if not paths:
        return Whereabouts((), "")
    where = document.label_of(paths[0])
    if not there:
        return Whereabouts(paths, f"in {where}")
    return Whereabouts(paths, where if number == 1 else f"{counted(number, 'record')}, such as {where}")


class UndoNotice(QObject):
    """Says in the status bar where undo altered what is not in view; its button shows it."""

    def __init__(self, window: MainWindow, for_ms: int) -> None:
        super().__init__(window)
        self._window = window
        self._document: Document | None = None
        self.last: tuple[str, ...] = ()
        """Paths of what undo altered last."""
        self.button: QPushButton = button("Show", self.show)
        self.button.setAccessibleName("Show what was altered")
        self.button.hide()
        window.statusBar().insertPermanentWidget(0, self.button)
        self._hide = QTimer(self)
        self._hide.setSingleShot(True)
        self._hide.setInterval(for_ms)
        self._hide.timeout.connect(self.button.hide)
        window.document_changed.connect(self._watch)

    @property
    def why_not_show(self) -> str:
        """Why there is nothing to show; empty if there is."""
        document = self._document
        if document is None:
            return "no project is open"
        if not self.last:
            return "nothing was undone or done again lately"
        gone = all(path and document.project.resolve(document.top, path) is None for path in self.last)
        return "it is not there any more" if gone else ""

    def show(self) -> None:
        """Bring what undo altered into view."""
        self.button.hide()
        document = self._document
        if document is None:
            return
        paths = [path for path in self.last if path]
        if paths:
            self._window.workspace.show_paths(paths)
        elif self.last:
            self._window.workspace.open_path("")
            self._window.workspace.show_view("hall")
            self._window.workspace.hall.fit()

    def _watch(self) -> None:
        self._document, self.last = self._window.document, ()
        self.button.hide()
        if self._document is not None:
            self._document.turned.connect(self._turned)

    def _turned(self, words: str, change: Change) -> None:
        document = self._document
        if document is None:
            return
        found = whereabouts(document, change)
        self.last = found.paths
        seen = not found.paths or self._is_in_view(document, found.paths)
        self.button.setVisible(not seen)
        if not seen:
            self.button.setToolTip(f"Show {found.words}")
            self._window.say(f"{words} – out of view: {found.words}")
            self._hide.start()

    def _is_in_view(self, document: Document, paths: tuple[str, ...]) -> bool:
        view = self._window.workspace.view
        seen = view.mapToScene(view.viewport().rect()).boundingRect()
        shapes, lines = view.shapes_of([path for path in paths if path])
        boxes = [shape.boundingRect() for shape in shapes]
        boxes += [QRectF(line.p1(), line.p2()).normalized().adjusted(-1, -1, 1, 1) for line in lines]
        if boxes:
            return any(seen.intersects(box) for box in boxes)
        # What it stood in is the floor that is drawn: it went from there, or nothing there has an outline.
        return self._window.workspace.name == "hall" and document.selection.entered in paths

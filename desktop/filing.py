"""New, open, save, recover, export: what a window does with files, and the dialogs that edit the project."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QMenu

from core.editing.routes import counted
from core.errors import CagenutError
from core.files import recovery, state
from core.files.recovery import Offer
from core.files.session import Session
from core.files.writing import FileConflictError
from core.model.change import Edit
from core.model.project import Project
from desktop.document import Document
from desktop.widgets import ask, show_error

if TYPE_CHECKING:
    from desktop.main_window import MainWindow
    from desktop.templates import Offered

FILTER = "Cagenut projects (*.cage)"
MOST_LISTED = 10


class Filing(QObject):
    """The file commands of one window."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window

    # Opening.

    def new(self) -> None:
        """Begin an empty hall."""
        if not self.may_leave():
            return
        from core.editing.blocks import new_floor_block
        from core.model.history import History

        project = Project()
        edit = Edit(project, "New project")
        new_floor_block(edit, "Hall 1")
        History(project).commit(edit.change())
        self._show(Document(Session.new(project, is_dirty=False), title="Untitled"))

    def ask_open(self) -> None:
        """Ask for a project and open it."""
        recent = self._window.settings.recent
        folder = str(Path(recent[0]).parent) if recent else str(Path.home())
        name, _ = QFileDialog.getOpenFileName(self._window, "Open", folder, FILTER)
        if name:
            self.open(Path(name))

    def open(self, path: Path) -> bool:
        """Open a project; a crash's unsaved work on it is offered first."""
        if not self.may_leave():
            return False
        try:
            offers = [offer for offer in recovery.for_path(path) if not offer.problem]
            if offers and self._wants(offers[0]):
                return self.recover(offers[0])
            session = Session.open(path)
        except (CagenutError, OSError) as error:
            show_error(self._window, "Not opened", f"{path.name} was not opened", str(error))
            return False
        self._show(Document(session))
        self._window.settings.remember(path)
        state.save_settings(self._window.settings)
        if session.opened_by is not None:
            self._window.say(f"Also open: {session.opened_by}. Talk before both save.")
        return True

    def open_example(self, example: Offered) -> bool:
        """Open a copy of an example; saving asks for a file."""
        if not self.may_leave():
            return False
        from core.files.project_file import load

        try:
            project, _ = load(example.path)
        except CagenutError as error:
            show_error(self._window, "Not opened", f"{example.title} was not opened", str(error))
            return False
        self._show(Document(Session.new(project, is_dirty=False), title=example.title))
        return True

    def open_made(self, project: Project, title: str) -> bool:
        """Open a design that was computed; it is not saved anywhere yet."""
        if not self.may_leave():
            return False
        document = Document(Session.new(project), title=title)
        document.mark_unsaved()
        self._show(document)
        return True

    def recover(self, offer: Offer) -> bool:
        """Go on with a copy of what a crash has left."""
        if not self.may_leave():
            return False
        try:
            found = recovery.recover(offer)
            session = Session.resume(found)
        except (CagenutError, OSError) as error:
            show_error(self._window, "Not recovered", f"{offer.name} was not recovered", str(error))
            self.show_start()
            return False
        title = offer.name if session.path is not None else f"{Path(offer.name).stem} (recovered)"
        document = Document(session, title=title)
        document.mark_unsaved()
        self._show(document)
        lost = f" {found.stopped.capitalize()}." if found.stopped else ""
        self._window.say(f"Recovered {counted(found.carried + found.kept, 'change')}.{lost} Save to keep it.")
        return True

    def put_away(self, offer: Offer) -> None:
        """Take an offer off the start page; its files are kept for 30 days."""
        try:
            recovery.discard(offer)
        except CagenutError as error:
            show_error(self._window, "Not put away", str(error))
        self.show_start()

    def fill_recent(self, menu: QMenu) -> None:
        """List the projects opened lately that are still there."""
        menu.clear()
        for name in [n for n in self._window.settings.recent if Path(n).exists()][:MOST_LISTED]:
            action = menu.addAction(Path(name).name.replace("&", "&&"))
            action.setToolTip(name)
            action.triggered.connect(lambda _=False, path=name: self.open(Path(path)))
        if menu.isEmpty():
            menu.addAction("No project was saved or opened yet").setEnabled(False)

    def go_to_start(self) -> None:
        """Close the project and show the start page."""
        if self.may_leave():
            self._window.set_document(None)
            self.show_start()

    def show_start(self) -> None:
        """Fill the start page with what there is now."""
        self._window.start.show_choices(self._window.settings.recent, recovery.find_recoverable())

    def _wants(self, offer: Offer) -> bool:
        what = "change was" if offer.changes == 1 else "changes were"
        words = f"{offer.changes:,} {what} never saved. Recovering opens a copy with what was not saved."
        return (
            ask(self._window, "Unsaved work", f"Recover {offer.name}?", words, "Recover", "Open as saved")
            == 0
        )

    def _show(self, document: Document) -> None:
        self._window.set_document(document)

    # Saving.

    def why_not_save(self) -> str:
        document = self._window.document
        return "it is being saved" if document is not None and document.is_saving else ""

    def save(self) -> bool:
        """Save to the project's own file, or ask for one."""
        document = self._window.document
        if document is None or document.is_saving:
            return False
        if document.path is None:
            return self.save_as()
        document.save()
        return True

    def save_as(self) -> bool:
        """Ask for a file and save to it."""
        document = self._window.document
        path = None if document is None else self._ask_path(document)
        if document is None or path is None:
            return False
        document.save(path, overwrite=path.exists())
        return True

    def save_failed(self, error: CagenutError) -> None:
        """Say why saving failed; a file that somebody else wrote is only replaced if the user says so."""
        document = self._window.document
        if document is None:
            return
        if isinstance(error, FileConflictError):
            words = "Somebody else has saved it since it was opened here. Replacing it loses their edits."
            chosen = ask(
                self._window,
                "Not saved",
                str(error),
                words,
                "Save as …",
                "Replace it",
                "Cancel",
                warning=True,
            )
            if chosen == 0:
                self.save_as()
            elif chosen == 1:
                document.save(overwrite=True)
            return
        show_error(self._window, "Not saved", str(error), "Your edits are still here, and in the journal.")

    def may_leave(self) -> bool:
        """Ask what to do with unsaved edits; tells whether the project may be closed."""
        document = self._window.document
        if document is None or not document.is_dirty:
            return True
        words = "What is not saved can be had again for 30 days: File > Recover."
        chosen = ask(
            self._window,
            "Unsaved edits",
            f"Save {document.name}?",
            words,
            "Save",
            "Do not save",
            "Cancel",
            warning=True,
        )
        if chosen == 1:
            return True
        if chosen == 2:
            return False
        path = document.path or self._ask_path(document)
        if path is None:
            return False
        document.save(path, overwrite=path != document.path and path.exists(), wait=True)
        return not document.is_dirty

    def _ask_path(self, document: Document) -> Path | None:
        start = document.path or Path.home() / f"{document.name}.cage"
        name, _ = QFileDialog.getSaveFileName(self._window, "Save as", str(start), FILTER)
        if not name:
            return None
        return Path(name if name.endswith(".cage") else f"{name}.cage")

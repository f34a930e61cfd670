"""The open project as the windows see it: one QObject between the core and everything that shows it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from core.errors import FileError
from core.files.session import Saving, Session
from core.model.change import Change, Edit
from core.model.history import History
from core.model.project import Project, Reader
from core.model.records import Area, Instance, Key, Link, Pathway
from desktop.background import Background
from desktop.selection import Selection

MOST_GONE = 200
"""Deletions of which is remembered what was selected."""
SYNC_MS = 700
"""How long after an edit the journal is made safe from a loss of power."""


class Document(QObject):
    """A project with its history, its place on disk and what is selected in it."""

    changed = Signal(object)
    """Carries the `Change` that was applied."""
    saved = Signal()
    save_failed = Signal(object)
    """Carries the `FileError`."""
    protection_changed = Signal(str)
    """Why the latest edits are not protected against a crash; empty while they are."""
    noted = Signal(str)
    """What an edit did beside what was asked."""
    turned = Signal(str, object)
    """Carries words and the `Change` of a step that was undone or done again."""
    scope_changed = Signal()

    def __init__(self, session: Session, *, title: str = "") -> None:
        super().__init__()
        self.session = session
        self.project: Project = session.project
        self.title = title
        self.selection = Selection()
        self.only_this = False
        """Whether edits make the selected copy unique first instead of altering all copies."""
        self.history = History(self.project, journal=session)
        self.history.listeners.append(self._applied)
        self.history.protection_listeners.append(self.protection_changed.emit)
        self._background = Background(self)
        self._gone: dict[frozenset[tuple[str, Key]], tuple[str, ...]] = {}
        self._differences: tuple[int, Mapping[str, frozenset[str]]] = (-1, {})
        self._placements: tuple[int, Mapping[str, int]] = (-1, {})
        self._begun_dirty = False
        self._sync = QTimer(self)
        self._sync.setSingleShot(True)
        self._sync.setInterval(SYNC_MS)
        self._sync.timeout.connect(self._synchronise)

    # Editing.

    @property
    def top(self) -> str:
        return self.project.top

    def edit(self, label: str, *holders: str) -> Edit:
        """Begin an edit of the blocks that the instances at these paths place.

        With `only_this` they and the blocks on the way are made unique in the same change.
        """
        if not self.only_this:
            return Edit(self.project, label)
        shared = [holder for holder in dict.fromkeys(holders) if holder and self.copies(holder) > 1]
        if not shared:
            return Edit(self.project, label)
        from core.editing.blocks import make_unique

        own = Edit(self.project, label)
        for holder in shared:
            make_unique(own, self.top, holder)
        return _UniqueEdit(own, label)

    def commit(self, change: Change, notes: list[str] | None = None, *, group: str = "") -> bool:
        """Apply a change and say what it did beside what was asked."""
        done = self.history.commit(change, group=group)
        if done and notes:
            self.noted.emit(". ".join([change.label, *dict.fromkeys(notes)]))
        return done

    def commit_edit(self, edit: Edit, *, group: str = "") -> bool:
        """Apply what an edit has collected."""
        return self.commit(edit.change(), edit.notes, group=group)

    def undo(self) -> None:
        """Take the last step back."""
        change = self.history.undo()
        if change is not None:
            back = self._gone.get(_keys_of(change), ())
            found = [path for path in back if self.project.resolve(self.top, path) is not None]
            if found:
                self.selection.set(found)
            self.noted.emit(f"Undone: {change.label}")
            self.turned.emit(f"Undone: {change.label}", change)

    def remember_gone(self, change: Change, paths: tuple[str, ...]) -> None:
        """Remember what was selected when a change deleted it: it is selected again once it is back."""
        self._gone[_keys_of(change)] = paths
        while len(self._gone) > MOST_GONE:
            del self._gone[next(iter(self._gone))]

    def redo(self) -> None:
        """Do the step undone last again."""
        change = self.history.redo()
        if change is not None:
            self.noted.emit(f"Done again: {change.label}")
            self.turned.emit(f"Done again: {change.label}", change)

    def set_only_this(self, only_this: bool) -> None:
        """Choose whether edits alter all copies or make the selected one unique."""
        if only_this != self.only_this:
            self.only_this = only_this
            self.scope_changed.emit()

    def copies(self, holder: str) -> int:
        """Return how often the block is built that the instance at a path places."""
        if self._placements[0] != self.project.stamp:
            self._placements = self.project.stamp, self.project.placements()
        return self._placements[1].get(self.block_at(holder), 1)

    def differences(self) -> Mapping[str, frozenset[str]]:
        """Return the fields in which placed things differ from their drawing, by path."""
        if self._differences[0] != self.project.stamp:
            from core.editing.copies import differences

            self._differences = self.project.stamp, differences(self.project)
        return self._differences[1]

    def block_at(self, path: str) -> str:
        """Return the block an instance places; the built block for the empty path."""
        from core.editing.routes import block_at

        return block_at(self.project, self.top, path)

    def label_of(self, path: str) -> str:
        """Return what people read for a path."""
        if not path:
            block = self.project.blocks.get(self.top)
            return block.name if block is not None else ""
        *steps, last = self.project.names_along(self.top, path)
        record = self.project.resolve(self.top, path)
        if record is None:
            drawn = self.ground_at(path)
            last = last if drawn is None else drawn.name or drawn.kind.capitalize()
        if isinstance(record, Link) and last == record.id:
            last = ends_of(self.project, record)
        return " / ".join([*steps, last])

    def ground_at(self, path: str) -> Area | Pathway | None:
        """Return the area or pathway that a path leads to, None if there is none."""
        holder, _, last = path.rpartition("/")
        placed = self.project.resolve(self.top, holder) if holder else None
        block = placed.of if isinstance(placed, Instance) else "" if holder else self.top
        pathways = self.project.rows("pathways", block)
        return pathways.get(last) or self.project.areas(block).get(last)

    # The file.

    @property
    def path(self) -> Path | None:
        return self.session.path

    @property
    def name(self) -> str:
        """What the title bar calls the project."""
        return self.path.name if self.path is not None else self.title or "Untitled"

    @property
    def is_dirty(self) -> bool:
        return not self.history.is_saved or self._begun_dirty

    @property
    def saved_position(self) -> int:
        """The `position` of the history that is in the file; -1 if none of this session is."""
        return -1 if self._begun_dirty or self.path is None else self.history.saved_position

    @property
    def is_saving(self) -> bool:
        return self._background.is_busy

    def mark_unsaved(self) -> None:
        """Count the project as not saved though it was not edited (a template, a recovered copy)."""
        self._begun_dirty = True

    def save(self, path: Path | None = None, *, overwrite: bool = False, wait: bool = False) -> None:
        """Save beside the window; `saved` or `save_failed` tells how it went.

        Parameters
        ----------
        path : Path, optional
            Another file than the project's own.
        overwrite : bool
            Replace the file whoever wrote it.
        wait : bool
            Save before returning (the window is closing).
        """
        try:
            saving = self.session.begin_save(path, overwrite=overwrite)
        except FileError as error:
            self.save_failed.emit(error)
            return
        stamp = self.project.stamp
        if not wait:
            self._background.run(saving.run, lambda _, error: self._save_ended(saving, stamp, error))
            return
        error: BaseException | None = None
        try:
            saving.run()
        except FileError as problem:
            error = problem
        self._save_ended(saving, stamp, error)

    def close(self) -> None:
        """End the session: wait for a save under way, release the lock, put the journal away."""
        self._sync.stop()
        self._background.close()
        self.session.close()

    def _save_ended(self, saving: Saving, stamp: int, error: BaseException | None) -> None:
        try:
            self.session.end_save(saving)
        except FileError as unconfirmed:
            error = error or unconfirmed
        if saving.is_done and stamp == self.project.stamp:
            self._begun_dirty = False
            self.history.mark_saved()
        if error is not None:
            if not isinstance(error, FileError):
                raise error
            self.save_failed.emit(error)
        else:
            self.saved.emit()

    def _synchronise(self) -> None:
        try:
            self.session.sync()
        except (OSError, FileError) as error:
            self.protection_changed.emit(str(error))

    def _applied(self, change: Change) -> Any:
        self.selection.forget_missing(self.project)
        self._sync.start()
        self.changed.emit(change)


def ends_of(reader: Reader, link: Link) -> str:
    """Return what people read for a link without a name: its two ends, with the ports of a single cable."""
    names = []
    for end in (link.a, link.b):
        port = f" {end.ports[0]}" if link.count == 1 else ""
        names.append(f"{reader.names_along(link.block, end.path)[-1]}{port}")
    return " – ".join(names)


def _keys_of(change: Change) -> frozenset[tuple[str, Key]]:
    return frozenset((delta.table, delta.key) for delta in change.deltas)


class _UniqueEdit(Edit):
    """An edit of what another edit has made unique; if it alters nothing, nothing was made unique either."""

    def __init__(self, own: Edit, label: str) -> None:
        super().__init__(own, label)
        self._own = own
        self.notes = list(own.notes)

    def change(self) -> Change:
        later = super().change()
        return self._own.change().merged(later) if later.deltas else later

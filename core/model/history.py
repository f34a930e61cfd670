"""Commit, undo and redo. Every step is journaled; only bytes limit how far back one can go."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import NamedTuple, Protocol

from core.errors import FileError
from core.model.change import Change, encode_change
from core.model.integrity import first, problems_after
from core.model.linked import ensure_unlinked
from core.model.project import Project

UNDO_BYTES = 256 * 1024 * 1024


class Journal(Protocol):
    """Where changes go before anybody sees them."""

    def append(self, payload: bytes) -> None:
        """Add one record; raises OSError or FileError if it may not have been kept."""


class Step(NamedTuple):
    """One entry of the undo list."""

    change: Change
    group: str
    size: int
    serial: int


class Listed(NamedTuple):
    """One step as a list of them shows it."""

    label: str
    serial: int
    """Number of the step, never given twice in one session."""
    is_done: bool
    """Whether it is in force: it can be undone. Else it was undone and can be done again."""


class History:
    """The undo and redo lists of a project, and the one place where changes are applied.

    Parameters
    ----------
    project : Project
        The project altered.
    journal : Journal, optional
        Takes every change before the listeners hear of it.
    undo_bytes : int
        Bound on what undo and redo may hold [B]; the oldest steps go first.
    """

    def __init__(
        self, project: Project, journal: Journal | None = None, undo_bytes: int = UNDO_BYTES
    ) -> None:
        self.project = project
        self.journal = journal
        self.listeners: list[Callable[[Change], None]] = []
        self.protection_listeners: list[Callable[[str], None]] = []
        self.unprotected = ""
        """Why the latest edits are not in the journal; empty while they are."""
        self._undo: deque[Step] = deque()
        self._redo: deque[Step] = deque()
        self._bytes = 0
        self._limit = undo_bytes
        self._serial = 0
        self._saved = 0
        self._floor = 0
        self._dropped = False

    def commit(self, change: Change, *, group: str = "") -> bool:
        """Check, apply, journal and announce a change; tell whether there was anything to do.

        Consecutive commits with the same non-empty `group` (typing in one field, nudging one thing)
        become one undo step.

        Raises
        ------
        RecordError
            If the change would leave a reference dangling; the project is then as it was.
        StaleChangeError
            If the change was made from records that have changed since.
        """
        if not change.deltas:
            return False
        self._apply_checked(change)
        announced = change
        size = self._write(change, "do")
        last = self._undo[-1] if self._undo else None
        if (
            group
            and last is not None
            and last.group == group
            and not self._redo
            and last.serial != self._saved
        ):
            self._undo.pop()
            self._bytes -= last.size
            change, size = last.change.merged(change), last.size + size
        self._forget(self._redo)
        self._serial += 1
        self._undo.append(Step(change, group, size, self._serial))
        self._bytes += size
        self._trim()
        self._announce(announced)
        return True

    def undo(self) -> Change | None:
        """Take the last step back and return the change that did it, or None."""
        return self._turn(self._undo, self._redo, "undo")

    def redo(self) -> Change | None:
        """Do the step undone last again and return its change, or None."""
        return self._turn(self._redo, self._undo, "redo")

    @property
    def undo_labels(self) -> list[str]:
        """Names of the steps that can be undone, the next one first."""
        return [step.change.label for step in reversed(self._undo)]

    @property
    def redo_labels(self) -> list[str]:
        """Names of the steps that can be redone, the next one first."""
        return [step.change.label for step in reversed(self._redo)]

    @property
    def steps(self) -> list[Listed]:
        """All steps that can be undone or done again, in the order in which they were done."""
        done = [Listed(step.change.label, step.serial, True) for step in self._undo]
        return done + [Listed(step.change.label, step.serial, False) for step in reversed(self._redo)]

    @property
    def position(self) -> int:
        """Serial of the last step in force; what came before the first step listed has a lower one."""
        return self._position

    @property
    def floor(self) -> int:
        """The `position` once everything listed is undone."""
        return self._floor

    @property
    def saved_position(self) -> int:
        """The `position` at the last `mark_saved`; -1 if no position here is the saved one."""
        return self._saved

    @property
    def is_saved(self) -> bool:
        """Whether the project is as it was at the last `mark_saved`."""
        return self._position == self._saved

    @property
    def undo_size(self) -> int:
        """Bytes held for undo and redo."""
        return self._bytes

    @property
    def has_dropped(self) -> bool:
        """Whether old steps were given up for lack of room."""
        return self._dropped

    def mark_saved(self, *, journal: Journal | None = None) -> None:
        """Remember this state as the saved one; go on with a new journal if one is given."""
        self._saved = self._position
        if journal is not None:
            self.journal = journal
        self._protect("")

    def mark_unsaved(self) -> None:
        """Make the present state count as not saved (a recovered copy)."""
        self._saved = -1

    @property
    def _position(self) -> int:
        return self._undo[-1].serial if self._undo else self._floor

    def _turn(self, source: deque[Step], target: deque[Step], kind: str) -> Change | None:
        if not source:
            return None
        step = source[-1]
        change = step.change.inverse if kind == "undo" else step.change
        self.project.apply(change)
        source.pop()
        target.append(step)
        self._write(change, kind)
        self._announce(change)
        return change

    def _apply_checked(self, change: Change) -> None:
        ensure_unlinked(self.project, change)
        self.project.apply(change)
        try:
            problem = first(problems_after(self.project, change))
        except BaseException:
            self.project.apply(change.inverse)
            raise
        if problem is not None:
            self.project.apply(change.inverse)
            raise problem

    def _write(self, change: Change, kind: str) -> int:
        payload = encode_change(change, kind)
        if self.journal is not None:
            try:
                self.journal.append(payload)
            except (OSError, FileError) as error:
                self._protect(getattr(error, "strerror", "") or str(error))
            else:
                self._protect("")
        return len(payload)

    def _announce(self, change: Change) -> None:
        for listener in list(self.listeners):
            listener(change)

    def _protect(self, reason: str) -> None:
        if reason != self.unprotected:
            self.unprotected = reason
            for listener in list(self.protection_listeners):
                listener(reason)

    def _forget(self, steps: deque[Step]) -> None:
        self._bytes -= sum(step.size for step in steps)
        steps.clear()

    def _trim(self) -> None:
        while self._bytes > self._limit and len(self._undo) > 1:
            oldest = self._undo.popleft()
            self._bytes -= oldest.size
            self._floor = oldest.serial
            self._dropped = True

"""An open project with what protects it: its lock, its journal and the copy of what the journal starts from.

A session is the journal of a `History`. Saving has three parts, so that the long one can run beside the
window's thread while the user goes on editing::

    saving = session.begin_save()  # takes the records as they are now
    saving.run()                   # any thread: encode, prove, next journal, replace the file
    session.end_save(saving)       # changes made meanwhile go over; the old journal is retired

At every moment the file, or the file with one journal, holds every change that was acknowledged.
"""

from __future__ import annotations

import contextlib
import errno
import os
import time
from pathlib import Path

from core.errors import FileError
from core.files import project_file, writing
from core.files.journal import ROTATE_BYTES, Journal, retire
from core.files.lock import Holder, Lock
from core.files.recovery import Recovered
from core.files.saving import Saving, begin_journal, header_of
from core.model.project import Project

_RETRY_S = 5.0


class Session:
    """One open project. Make it with `new`, `open` or `resume`.

    Attributes
    ----------
    project : Project
    path : Path or None
        The file; None before the first save.
    file_hash : str
        Hash of the file as loaded or saved last; empty before the first save.
    problem : str
        Why there is no journal at present; empty while there is one.
    """

    def __init__(self, project: Project, path: Path | None, file_hash: str) -> None:
        self.project = project
        self.path = path
        self.file_hash = file_hash
        self.problem = ""
        self._journal: Journal | None = None
        self._lock = Lock(path) if path else None
        self._late: list[bytes] | None = None
        self._tried = 0.0

    @classmethod
    def new(cls, project: Project | None = None, *, is_dirty: bool = True) -> Session:
        """Begin a project that has no file yet.

        What it holds already counts as unsaved, unless it can be had again without a journal: an empty hall,
        an example.
        """
        session = cls(project or Project(), None, "")
        session._begin(
            project_file.encode(session.project), is_dirty=is_dirty and session.project.count() > 0
        )
        return session

    @classmethod
    def open(cls, path: Path) -> Session:
        """Load a project file.

        Raises
        ------
        FileError, RecordError
            If it cannot be loaded; then nothing was touched.
        """
        data = project_file.read_bytes(path)
        session = cls(project_file.decode(data, path.name), path, writing.sha256(data))
        session._begin(data, is_dirty=False)
        return session

    @classmethod
    def resume(cls, recovered: Recovered) -> Session:
        """Go on with a recovered copy. Its journal is retired once the copy is safe in one of its own."""
        path = recovered.path if recovered.is_of_file else None
        session = cls(recovered.project, path, recovered.file_hash if path else "")
        data = project_file.encode(recovered.project)
        session._begin(
            data,
            is_dirty=True,
            carried=recovered.carried + recovered.kept,
            follows=recovered.journal,
            follows_count=recovered.total,
        )
        if not session.problem:
            with contextlib.suppress(OSError, FileError):  # then it counts as superseded, see recovery
                retire(recovered.journal, "recovered")
        return session

    @property
    def opened_by(self) -> Holder | None:
        """Who else has the file open, for a warning."""
        return self._lock.other if self._lock else None

    @property
    def changes(self) -> int:
        """Changes in the journal, those before the last rotation included."""
        return self._journal.header.carried + self._journal.count if self._journal else 0

    def append(self, payload: bytes) -> None:
        """Keep one change; raises OSError or FileError if it may not have been kept."""
        if self._late is not None:
            self._late.append(payload)
        if self._journal is not None:
            self._journal.append(payload)
        elif time.monotonic() - self._tried > _RETRY_S:
            self._rotate()  # the change is applied already, so it is in the base
        else:
            raise OSError(errno.EIO, self.problem or "there is no journal")

    def sync(self) -> None:
        """Make the journal safe from a loss of power; call when idle, a second after a change at most.

        A journal that was lost or has grown large is replaced by one that starts from the present state.

        Raises
        ------
        OSError, FileError
            If the latest changes may not be on the disk.
        """
        journal = self._journal
        if journal is None:
            self._rotate()
            return
        try:
            journal.sync()
        except OSError:
            self._rotate()
        if self._late is None and journal is self._journal and journal.size > ROTATE_BYTES:
            self._rotate()

    def begin_save(self, path: Path | None = None, *, overwrite: bool = False) -> Saving:
        """Take the records as they are now, to be saved to the session's file or to another one.

        Parameters
        ----------
        path : Path, optional
            Another file than the session's ("save as").
        overwrite : bool
            Replace the file whoever wrote it: only after the user has said so.

        Raises
        ------
        FileError
            If there is no file yet and none is given, or the last save has not ended.
        """
        target = path or self.path
        if target is None:
            raise FileError("this project has no file yet", cure="Say where to save it")
        if self._late is not None:
            raise FileError("the project is being saved", where=target.name, cure="Wait for it to end")
        is_own = self.path is not None and os.path.realpath(target) == os.path.realpath(self.path)
        expect = None if overwrite else self.file_hash if is_own else writing.ABSENT
        self._late = []
        return Saving(self.project, target, expect, self._journal)

    def end_save(self, saving: Saving) -> None:
        """Go over to the new file and journal, or back to the old ones if the save failed.

        Raises
        ------
        FileError
            If the file is written but the disk did not confirm it.
        """
        late, self._late = self._late or [], None
        if not saving.is_done:
            return
        old, new = self._journal, saving.next
        if new is not None:
            self._hand_over(old, new, late)
        if self._lock is None or saving.path != self.path:
            if self._lock is not None:
                self._lock.release()
            self._lock = Lock(saving.path)
        self.path, self.file_hash = saving.path, saving.hash
        if saving.unconfirmed is not None:
            raise saving.unconfirmed

    def save(self, path: Path | None = None, *, overwrite: bool = False) -> None:
        """Save in one go.

        Raises
        ------
        FileConflictError
            If the file is not the one that was loaded.
        FileError
            If it cannot be written; file and journal are as they were.
        """
        saving = self.begin_save(path, overwrite=overwrite)
        try:
            saving.run()
        finally:
            self.end_save(saving)

    def close(self) -> None:
        """End the session. Changes that were not saved are kept with the retired journals for 30 days."""
        journal, self._journal = self._journal, None
        if journal is not None:
            with contextlib.suppress(OSError, FileError):  # then it is offered at the next start
                if journal.count or journal.header.is_dirty:
                    journal.retire("discarded")
                else:
                    journal.drop()
        if self._lock is not None:
            self._lock.release()

    def _hand_over(self, old: Journal | None, new: Journal, late: list[bytes]) -> None:
        self._journal, self.problem = new, ""
        try:
            for payload in late:
                new.append(payload)
        except OSError:  # kept in memory for the next append, and in the old journal until then
            if old is not None:
                old.close()
            return
        if old is not None:
            with contextlib.suppress(OSError, FileError):  # then it counts as superseded, see recovery
                old.retire("saved")

    def _rotate(self) -> None:
        """Start a journal from the present state; raises FileError if that fails."""
        old, carried = self._journal, self.changes
        data = project_file.encode(self.project)
        self._begin(
            data,
            is_dirty=True,
            carried=carried,
            follows=old.path if old else None,
            follows_count=old.count if old else 0,
        )
        if self.problem:
            raise FileError(self.problem)
        if old is not None:
            with contextlib.suppress(OSError, FileError):
                old.retire("superseded")

    def _begin(
        self,
        base: bytes,
        *,
        is_dirty: bool,
        carried: int = 0,
        follows: Path | None = None,
        follows_count: int = 0,
    ) -> None:
        self._tried = time.monotonic()
        header = header_of(
            self.project.id,
            base,
            self.path,
            self.file_hash,
            is_dirty=is_dirty,
            carried=carried,
            follows=follows,
            follows_count=follows_count,
        )
        try:
            self._journal = begin_journal(header, base)
        except (OSError, FileError) as error:
            self.problem = str(error)
        else:
            self.problem = ""

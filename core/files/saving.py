"""One save of a session, and the journal that begins with it."""

from __future__ import annotations

import contextlib
import gzip
import os
import secrets
import time
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

from core.errors import FileError
from core.files import migrations, project_file, state, writing
from core.files.journal import BASE, SUFFIX, Header, Journal, now
from core.files.lock import host_name
from core.model.project import Project
from core.model.records import Record


class Saving:
    """A save on its way: `run` it on any thread, then give it to `Session.end_save` on the first one."""

    def __init__(self, project: Project, path: Path, expect: str | None, old: Journal | None) -> None:
        self.path = path
        self.hash = ""
        self.is_done = False
        self.next: Journal | None = None
        self.unconfirmed: FileError | None = None
        self._project_id = project.id
        self._tables: Mapping[str, list[Record]] = project_file.tables_of(project)
        self._expect = expect
        self._follows = old.path if old else None
        self._follows_count = old.count if old else 0

    def run(self) -> None:
        """Encode, prove, begin the next journal, replace the file.

        Raises
        ------
        FileError
            If the file was not replaced.
        """
        data = project_file.encode_tables(self._project_id, self._tables)
        project_file.verify(data, self._tables)
        self.hash = writing.sha256(data)
        header = header_of(
            self._project_id,
            data,
            self.path,
            self.hash,
            follows=self._follows,
            follows_count=self._follows_count,
        )
        # A file that can be saved is saved, journal or not; the old journal then goes on.
        with contextlib.suppress(OSError, FileError):
            self.next = begin_journal(header, data)
        try:
            project_file.write(data, self.path, self._expect)
        except BaseException as error:
            if isinstance(error, FileError) and _holds(self.path, self.hash):
                self.unconfirmed = error
            else:
                if self.next is not None:
                    with contextlib.suppress(OSError):  # an empty journal is cleared at the next start
                        self.next.drop()
                raise
        self.is_done = True


def header_of(
    project_id: str,
    base: bytes,
    path: Path | None,
    file_hash: str,
    *,
    is_dirty: bool = False,
    carried: int = 0,
    follows: Path | None = None,
    follows_count: int = 0,
) -> Header:
    """Return the header of a journal that starts from a text."""
    return Header(
        project=project_id,
        base=writing.sha256(base),
        format=migrations.FORMAT,
        app=_version(),
        opened=now(),
        host=host_name(),
        pid=os.getpid(),
        path=_printable(os.path.realpath(path)) if path else "",
        file_hash=file_hash,
        is_dirty=is_dirty,
        carried=carried,
        follows=follows.name if follows else "",
        follows_count=follows_count,
    )


def begin_journal(header: Header, base: bytes) -> Journal:
    """Write the copy of the base, then the journal named by its hash; raises OSError or FileError."""
    folder = state.journal_folder(header.project)
    writing.make_folder(folder)
    journal = folder / f"{header.base[:16]}-{secrets.token_hex(4)}{SUFFIX}"
    copy = gzip.compress(base, 1, mtime=int(time.time()))
    writing.write_safely(journal.with_suffix(BASE), copy, expect=writing.ABSENT)
    try:
        return Journal(journal, header)
    except BaseException:
        with contextlib.suppress(OSError):
            writing.remove(journal.with_suffix(BASE))
        raise


def _holds(path: Path, digest: str) -> bool:
    try:
        return writing.hash_of(path) == digest
    except OSError:
        return False


def _printable(path: str) -> str:
    """A name that is not UTF-8 cannot be written down; the file then counts as missing."""
    return os.fsencode(path).decode("utf-8", "replace")


def _version() -> str:
    try:
        return metadata.version("cagenut")
    except metadata.PackageNotFoundError:
        return "unknown"

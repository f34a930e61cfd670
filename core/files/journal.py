"""The journal of an open project: every change, in the order made, each provable on its own.

A text file beside the design, in the user's state folder. The first line is the header, then one record
for each change::

    cagenut-journal 1 <crc> <header as JSON>
    <crc> <length> <sequence> <payload>

The sum of a record covers its length, its number and its payload and starts from the header's sum, so that
a record that is damaged, doubled, out of order or of another journal is noticed. `read` keeps what comes
before the first such record.
"""

from __future__ import annotations

import contextlib
import os
import re
import zlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec

from core.errors import FileError
from core.files import writing
from core.files.appending import Appender

JOURNAL_VERSION = 1
ROTATE_BYTES = 16 * 1024 * 1024
SUFFIX = ".journal"
RETIRED = ".retired"
BASE = ".base"
ENDED = ".ended"
ATTEMPTS = ".attempts"
"""Names beside `<hash>-<token>.journal`, which becomes `.retired` when it is done with."""
_LONGEST_HEAD = 100_000

End = Literal["saved", "recovered", "discarded", "superseded"]

_HEAD = b"cagenut-journal %d " % JOURNAL_VERSION
_MARK = re.compile(rb"([0-9a-f]{8}) (0|[1-9][0-9]{0,11}) ([1-9][0-9]{0,11}) ")


class Header(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What a journal starts from."""

    project: str
    base: str
    """Hash of the text (`project_file`) that the changes apply to; a copy of it lies beside the journal."""
    format: int
    """Format of that text and of the records in the changes."""
    app: str
    opened: str
    """Date and time, for people; nothing is decided by it but when a retired journal is old."""
    host: str = ""
    pid: int = 0
    path: str = ""
    """The project's file; empty for one never saved."""
    file_hash: str = ""
    """Hash of that file when the journal was begun."""
    is_dirty: bool = False
    """Whether the base already holds more than the file: after a rotation or a recovery."""
    carried: int = 0
    """Changes that are in a dirty base."""
    follows: str = ""
    """Name of the journal this one takes over from."""
    follows_count: int = 0
    """Changes of that journal that are in this one's base."""


class Ended(NamedTuple):
    """When and why a journal was retired."""

    end: End
    date: str


class Contents(NamedTuple):
    """What can be read of a journal."""

    header: Header
    changes: list[bytes]
    rest: int
    """Bytes after the last good record; 0 if nothing is damaged."""


class Journal:
    """A journal being written: `core.model.history.Journal`.

    A change that could not be written is kept in memory and goes first with the next one, so that what is
    in the file is never without its past.
    """

    def __init__(self, path: Path, header: Header) -> None:
        """Begin a journal that does not exist yet; raises OSError or FileError."""
        line = _HEAD + _sealed(msgspec.json.encode(header))
        self.path = path
        self.header = header
        self.count = 0
        """Changes in the file."""
        self._salt = zlib.crc32(line)
        self._waiting: list[bytes] = []
        writing.write_safely(path, line, expect=writing.ABSENT)
        self._file = Appender(path)

    @property
    def size(self) -> int:
        """Bytes of the file."""
        return self._file.size

    @property
    def is_complete(self) -> bool:
        """Whether every change given is in the file."""
        return not self._waiting

    def append(self, payload: bytes) -> None:
        """Add one change, after those that could not be written before.

        Raises
        ------
        OSError
            If it may not have been kept.
        """
        if not self._waiting:
            try:
                self._put(payload)
            except BaseException:
                self._waiting.append(payload)
                raise
        else:
            self._waiting.append(payload)
            while self._waiting:
                self._put(self._waiting[0])
                del self._waiting[0]

    def sync(self) -> None:
        """Make everything appended safe from a loss of power; raises OSError."""
        self._file.sync()

    def retire(self, end: End) -> None:
        """Close the journal and mark it as done with; raises OSError or FileError."""
        self._file.close()
        retire(self.path, end)

    def drop(self) -> None:
        """Close the journal and remove it and its base: nothing happened since it began."""
        self._file.close()
        writing.remove(self.path)
        writing.remove(self.path.with_suffix(BASE))

    def close(self) -> None:
        """Close the journal and leave it where it is."""
        self._file.close()

    def _put(self, payload: bytes) -> None:
        mark = b"%d %d " % (len(payload), self.count + 1)
        crc = zlib.crc32(payload, zlib.crc32(mark, self._salt))
        self._file.append(b"%08x %b%b\n" % (crc, mark, payload))
        self.count += 1


def read(path: Path) -> Contents:
    """Return the good part of a journal.

    Raises
    ------
    FileError
        If the file cannot be read or its header is damaged: then nothing of it can be trusted.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise FileError(f"it cannot be read ({error.strerror})", where=str(path)) from error
    end = data.find(b"\n") + 1
    header = _header(data[:end], path)
    salt = zlib.crc32(data[:end])
    found: list[bytes] = []
    while mark := _MARK.match(data, end):
        start, stop = mark.end(), mark.end() + int(mark[2])
        crc = zlib.crc32(data[start:stop], zlib.crc32(data[mark.start(2) : start], salt))
        sound = b"%08x" % crc == mark[1] and int(mark[3]) == len(found) + 1
        if not sound or data[stop : stop + 1] != b"\n":
            break
        found.append(data[start:stop])
        end = stop + 1
    return Contents(header, found, len(data) - end)


def read_header(path: Path) -> Header:
    """Return the header of a journal; raises FileError as `read`."""
    try:
        with open(path, "rb") as file:
            return _header(file.readline(_LONGEST_HEAD), path)
    except OSError as error:
        raise FileError(f"it cannot be read ({error.strerror})", where=str(path)) from error


def retire(path: Path, end: End) -> None:
    """Mark a journal that nobody writes as done with: when and why beside it, and another name.

    The base is kept where the changes are in no file: after a recovery and when they were discarded.
    Raises OSError or FileError.
    """
    writing.write_safely(path.with_suffix(ENDED), msgspec.json.encode(Ended(end, now())))
    writing.move(path, path.with_suffix(RETIRED))
    if end in ("saved", "superseded"):
        writing.remove(path.with_suffix(BASE))
    writing.remove(path.with_suffix(ATTEMPTS))


def now() -> str:
    """Return date and time in UTC, ISO 8601, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _sealed(text: bytes) -> bytes:
    return b"%08x %b\n" % (zlib.crc32(text), text)


def _header(line: bytes, path: Path) -> Header:
    if line.startswith(_HEAD):
        text = line[len(_HEAD) + 9 : -1]
        if line == _HEAD + _sealed(text):
            with contextlib.suppress(msgspec.MsgspecError):
                return msgspec.json.decode(text, type=Header)
    version = re.match(rb"cagenut-journal (\d{1,9}) ", line)
    if version and int(version[1]) > JOURNAL_VERSION:
        raise FileError(
            f"this journal has version {int(version[1])}, this program reads up to {JOURNAL_VERSION}",
            where=str(path),
            cure="Recover it with a newer version; nothing was touched",
        )
    raise FileError("the head of this journal is damaged", where=str(path))


def is_file_of(path: Path, other: str) -> bool:
    """Whether a path written in a header means this file."""
    return bool(other) and os.path.realpath(other) == os.path.realpath(path)

"""A file that grows by whole pieces, and who has it."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from pathlib import Path

from core.files import writing


class Appender:
    """A file that grows by whole pieces: a piece that could not be written leaves no trace.

    The file must exist. It is held: `is_held` tells other processes (and other appenders) so until
    `close` or the end of the process.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor = writing.open_to_append(path)
        try:
            self.size = os.fstat(self._descriptor).st_size
            if not _hold(self._descriptor) or self.is_lost():
                raise OSError(errno.EBUSY, "another process has it", str(path))
        except BaseException:
            writing.calls.close(self._descriptor)
            raise
        self._torn = False

    def append(self, piece: bytes) -> None:
        """Write a piece at the end, in one call if the system lets us; raises OSError."""
        if self._torn:
            self._repair()
        try:
            writing.write_all(self._descriptor, piece)
        except BaseException:
            self._torn = True
            with contextlib.suppress(OSError):  # tried again before the next piece
                self._repair()
            raise
        self.size += len(piece)

    def sync(self) -> None:
        """Make everything appended durable; raises OSError, also if the file was taken away."""
        if self.is_lost():
            raise FileNotFoundError(errno.ENOENT, "the journal was removed", str(self.path))
        writing.calls.fdatasync(self._descriptor)

    def is_lost(self) -> bool:
        """Whether the name no longer leads to this file."""
        try:
            return not os.path.samestat(os.stat(self.path), os.fstat(self._descriptor))
        except FileNotFoundError:
            return True

    def close(self) -> None:
        """Give the file free; raises OSError."""
        if self._descriptor >= 0:
            descriptor, self._descriptor = self._descriptor, -1
            writing.calls.close(descriptor)

    def _repair(self) -> None:
        writing.calls.ftruncate(self._descriptor, self.size)
        self._torn = False


def is_held(path: Path) -> bool:
    """Whether an `Appender` of any process has the file; False if there is no such file."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        return sys.platform == "win32" and path.exists()
    try:
        return not _hold(descriptor)
    finally:
        os.close(descriptor)


def _hold(descriptor: int) -> bool:
    if sys.platform == "win32":
        import msvcrt

        os.lseek(descriptor, 2**31 - 2, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:  # a file system without locks: nobody can hold anything
        return error.errno in (errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS)
    return True

"""The lock beside a project file: advice to whoever opens it next, never a reason to refuse.

What guards the file is the hash compared at save (`writing.write_safely`). The lock says who has the
project open, since when and where, so that people can talk before one of them has to merge.
"""

from __future__ import annotations

import contextlib
import getpass
import os
import secrets
import socket
import sys
from pathlib import Path

import msgspec

from core.errors import FileError
from core.files import writing
from core.files.journal import now

_MOST_BYTES = 10_000


class Holder(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who has a project open."""

    who: str = ""
    host: str = ""
    pid: int = 0
    since: str = ""
    """Date and time, for people."""
    token: str = ""

    def __str__(self) -> str:
        return f"{self.who or 'somebody'} on {self.host or 'some computer'}, since {self.since or 'unknown'}"

    @property
    def is_stale(self) -> bool:
        """Whether the program that made the lock runs no more, as far as one can know from here."""
        return self.host == host_name() and not is_running(self.pid)


class Lock:
    """The lock of one open project.

    Attributes
    ----------
    other : Holder or None
        Who had the project open already: to be shown. The file can be edited and saved all the same.
    """

    def __init__(self, path: Path) -> None:
        self.path = lock_file(path)
        self.other: Holder | None = None
        self._mine = Holder(_user(), host_name(), os.getpid(), now(), secrets.token_hex(8))
        try:
            self._take()
        except (OSError, FileError):
            self.is_held = False  # a read-only folder: there is nothing to be advised of either
        else:
            self.is_held = self.other is None

    def release(self) -> None:
        """Remove the lock if it is still ours."""
        if self.is_held:
            self.is_held = False
            found = read_lock(self.path)
            if found is not None and found.token == self._mine.token:
                with contextlib.suppress(OSError):
                    writing.remove(self.path)

    def _take(self) -> None:
        data = msgspec.json.encode(self._mine) + b"\n"
        try:
            writing.create_new(self.path, data)
        except FileExistsError:
            found = read_lock(self.path)
            if found is None or found.is_stale:
                writing.write_safely(self.path, data)
            else:
                self.other = found


def lock_file(path: Path) -> Path:
    """Return where the lock of a project file lies."""
    target = Path(os.path.realpath(path))
    return target.with_name(f"{target.name}.lock")


def read_lock(path: Path) -> Holder | None:
    """Return what a lock file says, or None if it says nothing that can be read."""
    try:
        with open(path, "rb") as file:
            return msgspec.json.decode(file.read(_MOST_BYTES), type=Holder)
    except (OSError, msgspec.MsgspecError):
        return None


def host_name() -> str:
    """Return the name of this computer."""
    return socket.gethostname()


def is_running(pid: int) -> bool:
    """Whether a process of this computer is running."""
    if pid <= 0:
        return False
    if sys.platform == "win32":  # os.kill would end it
        import ctypes

        handle = ctypes.windll.kernel32.OpenProcess(0x1000, False, pid)
        if handle:
            ctypes.windll.kernel32.CloseHandle(handle)
        return bool(handle)
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except (ProcessLookupError, OverflowError):
        return False
    return True


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # no name for this user id
        return ""

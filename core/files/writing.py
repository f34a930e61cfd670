"""Every file the program writes is written here: whole and safely, or by appending.

No other module opens a file for writing (a test walks the sources). A write leaves the old file or the
new one, never something in between: it goes to a new file beside the target, is counted, flushed to the
disk and read back, and only then takes the target's place.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import secrets
import shutil
import stat
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from core.errors import FileError

ABSENT = ""
"""For `expect`: there must be no such file yet."""

_TEMP_AGE_S = 86_400
_PATIENCE_S = (0.02, 0.05, 0.1, 0.2, 0.4, 0.8)
_FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))
_DENIED = (errno.EACCES, errno.EPERM, errno.EROFS)
_NO_FOLDER_SYNC = (errno.EINVAL, errno.ENOTSUP, errno.EBADF, errno.EACCES, errno.EISDIR)


class FileConflictError(FileError):
    """The file on disk is not the one that was loaded: somebody else wrote it."""


class Calls:
    """The operating system as far as it is written to. Tests put a faulty one in its place."""

    open = staticmethod(os.open)
    write = staticmethod(os.write)
    fsync = staticmethod(os.fsync)
    fdatasync = staticmethod(getattr(os, "fdatasync", os.fsync))
    ftruncate = staticmethod(os.ftruncate)
    close = staticmethod(os.close)
    replace = staticmethod(os.replace)
    unlink = staticmethod(os.unlink)
    mkdir = staticmethod(os.makedirs)
    sleep = staticmethod(time.sleep)


calls: Calls = Calls()


def sha256(data: bytes) -> str:
    """Return the hash by which files are told apart, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def hash_of(path: Path) -> str | None:
    """Return the hash of a file, or None if there is no such file."""
    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return None


def write_safely(path: Path, data: bytes, *, expect: str | None = None) -> str:
    """Write a whole file and return its hash. A failure leaves what was there and no rest behind.

    Parameters
    ----------
    path : Path
        The target; a link is followed, mode and access list of an existing file are kept.
    data : bytes
        The whole content.
    expect : str, optional
        Hash of the content that is to be replaced, or `ABSENT`. None replaces whatever is there.

    Raises
    ------
    FileConflictError
        If the file on disk is another one than expected.
    FileError
        If the file cannot be written.
    """
    target = Path(os.path.realpath(path))
    digest = sha256(data)
    with _explained(target, len(data)):
        _compare(target, expect)
        _sweep(target)
        temp = target.parent / f"{_temp_prefix(target)}{secrets.token_hex(6)}.cage.tmp"
        try:
            _fill(temp, target, data)
            if hash_of(temp) != digest:
                raise FileError("what was written does not read back", where=str(target), cure=_ELSEWHERE)
            _compare(target, expect)
            _replace(temp, target)
        except BaseException:
            with contextlib.suppress(OSError):  # the first failure is the one to tell
                calls.unlink(temp)
            raise
    try:
        sync_folder(target.parent)
    except OSError as error:
        raise FileError(
            f"the file is written, but the disk did not confirm it ({error.strerror})",
            where=str(target),
            cure="Save again",
        ) from error
    return digest


def create_new(path: Path, data: bytes) -> None:
    """Write a small file that must not exist yet; raises FileExistsError if it does."""
    descriptor = calls.open(path, _flags(os.O_WRONLY | os.O_CREAT | os.O_EXCL), 0o666)
    try:
        write_all(descriptor, data)
    except BaseException:
        with contextlib.suppress(OSError):
            calls.unlink(path)
        raise
    finally:
        calls.close(descriptor)


def make_folder(path: Path) -> None:
    """Make a folder and those above it, for this user alone; raises OSError."""
    if not path.is_dir():
        calls.mkdir(path, 0o700, True)


def move(path: Path, target: Path) -> None:
    """Rename a file, replacing the target; raises OSError."""
    calls.replace(path, target)
    sync_folder(target.parent)


def remove(path: Path) -> None:
    """Remove a file if it is there; raises OSError."""
    with contextlib.suppress(FileNotFoundError):
        calls.unlink(path)


def sync_folder(folder: Path) -> None:
    """Make names in a folder durable, where the system can; raises OSError."""
    if sys.platform == "win32":
        return
    try:
        descriptor = calls.open(folder, os.O_RDONLY, 0)
        try:
            calls.fsync(descriptor)
        finally:
            calls.close(descriptor)
    except OSError as error:
        if error.errno not in _NO_FOLDER_SYNC:
            raise


def open_to_append(path: Path) -> int:
    """Open an existing file to write at its end; for `core.files.appending`."""
    return calls.open(path, _flags(os.O_WRONLY | os.O_APPEND), 0)


def write_all(descriptor: int, data: bytes) -> None:
    """Write all of the data, in one call if the system lets us; raises OSError."""
    done = calls.write(descriptor, data)
    rest = memoryview(data)
    while done < len(data):
        count = calls.write(descriptor, rest[done:])
        if count <= 0:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        done += count


_ELSEWHERE = "Save it elsewhere"


def _flags(flags: int) -> int:
    return flags | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)


def _compare(target: Path, expect: str | None) -> None:
    try:
        found = os.stat(target)
    except FileNotFoundError:
        return  # nothing would be overwritten
    if not stat.S_ISREG(found.st_mode):
        raise FileError("this is no file", where=str(target), cure=_ELSEWHERE)
    if expect is not None and hash_of(target) != expect:
        raise FileConflictError(
            "there is already such a file" if expect == ABSENT else "the file was changed by somebody else",
            where=str(target),
            cure="Save under another name, or overwrite it knowingly",
        )


def _fill(temp: Path, target: Path, data: bytes) -> None:
    descriptor = calls.open(temp, _flags(os.O_WRONLY | os.O_CREAT | os.O_EXCL), 0o666)
    try:
        _copy_mode(descriptor, target)
        write_all(descriptor, data)
        _flush(descriptor)
    finally:
        calls.close(descriptor)


def _flush(descriptor: int) -> None:
    if sys.platform == "darwin":
        import fcntl

        with contextlib.suppress(OSError):  # not every volume has it
            fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
    calls.fsync(descriptor)


def _copy_mode(descriptor: int, target: Path) -> None:
    """Give the new file owner, mode and access list of the one it replaces, as far as we may."""
    if sys.platform == "win32" or not target.exists():
        return
    old = os.stat(target)
    with contextlib.suppress(OSError):
        os.fchown(descriptor, -1 if os.geteuid() else old.st_uid, old.st_gid)
    os.fchmod(descriptor, stat.S_IMODE(old.st_mode))
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            access = os.getxattr(target, "system.posix_acl_access")
            os.setxattr(descriptor, "system.posix_acl_access", access)


def _replace(temp: Path, target: Path) -> None:
    for pause in _PATIENCE_S:
        try:
            calls.replace(temp, target)
        except PermissionError:  # a virus scanner, an indexer or a sync tool has it open
            calls.sleep(pause)
        else:
            return
    calls.replace(temp, target)


def _temp_prefix(target: Path) -> str:
    return f".{sha256(os.fsencode(target.name))[:10]}-"


def _sweep(target: Path) -> None:
    """Remove what a killed write of the same file left a day ago or earlier."""
    for rest in target.parent.glob(f"{_temp_prefix(target)}*.cage.tmp"):
        with contextlib.suppress(OSError):
            if time.time() - rest.stat().st_mtime > _TEMP_AGE_S:
                calls.unlink(rest)


@contextlib.contextmanager
def _explained(target: Path, size: int) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _explain(error, target, size) from error


def _explain(error: OSError, target: Path, size: int) -> FileError:
    where = str(target)
    if error.errno in _FULL:
        with contextlib.suppress(OSError):
            size -= min(shutil.disk_usage(target.parent).free, size)
        missing = f"{max(size, 1) / 1e6:.1f} MB are missing" if size else "there is no room left for you"
        return FileError(f"the disk is full, {missing}", where=where, cure="Make room, or save it elsewhere")
    if not target.parent.is_dir():
        return FileError("there is no such folder", where=str(target.parent), cure=_ELSEWHERE)
    if error.errno in _DENIED:
        return FileError("the folder or the file cannot be written", where=where, cure=_ELSEWHERE)
    return FileError(f"it cannot be written ({error.strerror or error})", where=where, cure=_ELSEWHERE)

"""The one writer: the old file or the new one, whatever fails, and nothing left behind."""

from __future__ import annotations

import errno
import os
import stat
import tempfile
import time
from pathlib import Path

import pytest

from core.errors import FileError
from core.files import writing
from core.files.writing import ABSENT, FileConflictError, write_safely
from tests.files.faults import FAULTS, Faulty, faulty, temps, without_privileges

OLD, NEW = b"old " * 1000, b"new " * 3000


@pytest.fixture
def target(tmp_path: Path) -> Path:
    path = tmp_path / "hall.cage"
    path.write_bytes(OLD)
    return path


def test_new_file(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    assert write_safely(path, NEW, expect=ABSENT) == writing.sha256(NEW)
    assert path.read_bytes() == NEW
    assert temps(tmp_path) == []


def test_empty_file(tmp_path: Path) -> None:
    write_safely(tmp_path / "a", b"")
    assert (tmp_path / "a").read_bytes() == b""


def test_a_link_is_followed_and_the_mode_kept(tmp_path: Path, target: Path) -> None:
    target.chmod(0o640)
    link = tmp_path / "link.cage"
    link.symlink_to(target)
    write_safely(link, NEW, expect=writing.sha256(OLD))
    assert link.is_symlink()
    assert target.read_bytes() == NEW
    assert stat.S_IMODE(target.stat().st_mode) == 0o640


def test_order_of_calls(target: Path) -> None:
    with faulty(Faulty()) as system:
        write_safely(target, NEW)
    assert system.log == ["open", "write", "fsync", "close", "replace", "open", "fsync", "close"]


@pytest.mark.parametrize(("fault", "lasting"), FAULTS)
def test_old_or_new_and_nothing_else(target: Path, fault: int | str, lasting: bool) -> None:
    n = 0
    while True:
        n += 1
        target.write_bytes(OLD)
        with faulty(Faulty(n, fault, lasting=lasting)) as system:
            failed = None
            try:
                write_safely(target, NEW, expect=writing.sha256(OLD))
            except FileError as error:
                failed = error
        if system.count < n:
            break
        found = target.read_bytes()
        assert found in (OLD, NEW)
        assert failed or found == NEW
        if failed:
            assert str(target.parent) in failed.where
            assert failed.cure
        if not lasting:
            assert temps(target.parent) == []
        for name in temps(target.parent):
            (target.parent / name).unlink()
    assert n > 6


def test_sharing_violation_is_waited_for(target: Path) -> None:
    with faulty(Faulty()) as system:
        real, refusals = system.replace, iter([True] * 4)

        def replace(a: Path, b: Path) -> None:
            if next(refusals, False):
                raise PermissionError(errno.EACCES, "in use")
            real(a, b)

        system.replace = replace  # type: ignore[method-assign, assignment]
        write_safely(target, NEW)
    assert target.read_bytes() == NEW
    assert len(system.slept) == 4
    assert sorted(system.slept) == system.slept


def test_disk_full_names_what_is_missing(target: Path) -> None:
    with faulty(Faulty(2, errno.ENOSPC)), pytest.raises(FileError, match=r"disk is full, .* MB|no room"):
        write_safely(target, b"x" * 5_000_000)
    assert target.read_bytes() == OLD


def test_other_content_than_loaded_is_a_conflict(target: Path) -> None:
    with pytest.raises(FileConflictError, match="changed by somebody else"):
        write_safely(target, NEW, expect=writing.sha256(b"loaded"))
    with pytest.raises(FileConflictError, match="already such a file"):
        write_safely(target, NEW, expect=ABSENT)
    assert target.read_bytes() == OLD
    write_safely(target, NEW)
    assert target.read_bytes() == NEW


def test_file_replaced_while_writing_is_a_conflict(target: Path) -> None:
    theirs = b"from the other computer"
    with faulty(Faulty()) as system:
        real = system.fsync

        def fsync(descriptor: int) -> None:
            real(descriptor)
            target.write_bytes(theirs)

        system.fsync = fsync  # type: ignore[method-assign, assignment]
        with pytest.raises(FileConflictError):
            write_safely(target, NEW, expect=writing.sha256(OLD))
    assert target.read_bytes() == theirs
    assert temps(target.parent) == []


def test_a_file_that_is_gone_is_no_conflict(target: Path) -> None:
    target.unlink()
    write_safely(target, NEW, expect=writing.sha256(OLD))
    assert target.read_bytes() == NEW


def test_read_only_folder() -> None:
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        folder = Path(name)
        path = folder / "hall.cage"
        path.write_bytes(OLD)
        path.chmod(0o666)
        folder.chmod(0o555)
        try:
            with without_privileges(), pytest.raises(FileError, match="cannot be written") as caught:
                write_safely(path, NEW, expect=writing.sha256(OLD))
        finally:
            folder.chmod(0o755)
        assert caught.value.cure == "Save it elsewhere"
        assert path.read_bytes() == OLD
        assert temps(folder) == []


def test_targets_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="no such folder"):
        write_safely(tmp_path / "none" / "a.cage", NEW)
    with pytest.raises(FileError, match="this is no file"):
        write_safely(tmp_path, NEW)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(FileError, match="this is no file"):
        write_safely(pipe, NEW, expect="x")
    with pytest.raises(FileError):
        write_safely(tmp_path / ("n" * 300), NEW)
    assert temps(tmp_path) == []


def test_a_long_name_needs_no_longer_one(tmp_path: Path) -> None:
    path = tmp_path / ("n" * 250 + ".cage")
    write_safely(path, NEW)
    assert path.read_bytes() == NEW


def test_rests_of_killed_writes_are_swept_after_a_day(target: Path) -> None:
    prefix = writing._temp_prefix(target)
    old, fresh = target.parent / f"{prefix}aa.cage.tmp", target.parent / f"{prefix}bb.cage.tmp"
    old.write_bytes(b"x")
    fresh.write_bytes(b"x")
    os.utime(old, (time.time() - 90_000,) * 2)
    write_safely(target, NEW)
    assert not old.exists()
    assert fresh.exists()


def test_create_new_never_replaces(target: Path) -> None:
    with pytest.raises(FileExistsError):
        writing.create_new(target, NEW)
    assert target.read_bytes() == OLD

"""Open, edit, save, close, crash: the file, or the file with one journal, holds every change."""

from __future__ import annotations

import errno
import json
import os
import tempfile
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from core.errors import FileError
from core.files import journal as journals
from core.files import project_file, recovery, state, writing
from core.files.lock import Holder, lock_file
from core.files.session import Session
from core.files.writing import ABSENT, FileConflictError
from core.model.history import History
from core.model.project import Project
from tests.files.faults import Faulty, faulty, temps, without_privileges
from tests.model.factories import moved, small


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "hall.cage"
    project_file.save(small(), path, ABSENT)
    return path


def begin(path: Path) -> tuple[Session, History]:
    session = Session.open(path)
    return session, History(session.project, session)


def edit(history: History, x_mm: int) -> None:
    history.commit(moved(history.project, x_mm))


def x_of(project: Project) -> int:
    return project.instances("hall")["r1"].x_mm


def crash(session: Session) -> None:
    """Leave everything as the end of the process would."""
    assert session._journal is not None
    session._journal.close()


def suffixes() -> list[str]:
    return sorted(path.suffix for path in state.journal_folder().glob("*/*"))


def recovered(path: Path) -> Project:
    (offer,) = recovery.for_path(path)
    return recovery.recover(offer).project


def test_edit_and_save(path: Path) -> None:
    session, history = begin(path)
    edit(history, 1)
    edit(history, 2)
    assert session.changes == 2
    session.sync()
    session.save()
    history.mark_saved()
    assert session.changes == 0
    assert x_of(project_file.load(path)[0]) == 2
    edit(history, 3)
    session.save()
    assert x_of(project_file.load(path)[0]) == 3
    session.close()
    assert recovery.find_recoverable() == []
    assert suffixes() == [".ended", ".ended", ".retired", ".retired"]
    assert temps(path.parent) == []
    assert [p.name for p in path.parent.iterdir()] == ["hall.cage"]


def test_only_looking_leaves_nothing(path: Path) -> None:
    before = path.read_bytes()
    Session.open(path).close()
    assert path.read_bytes() == before
    assert suffixes() == []


def test_a_crash_is_offered_and_never_applied(path: Path) -> None:
    before = path.read_bytes()
    session, history = begin(path)
    edit(history, 1)
    edit(history, 2)
    history.undo()
    assert recovery.find_recoverable() == []  # still running
    crash(session)
    (offer,) = recovery.for_path(path)
    assert (offer.name, offer.changes, offer.file, offer.problem) == ("hall.cage", 3, "same", "")
    copy = recovery.recover(offer)
    assert copy.project.same_records(session.project)
    assert (copy.kept, copy.total, copy.is_of_file, copy.stopped) == (3, 3, True, "")
    assert path.read_bytes() == before
    assert recovery.for_path(path) == [replace(offer, attempts=1)]  # until a session has the copy


def test_going_on_with_a_recovered_copy(path: Path) -> None:
    session, history = begin(path)
    edit(history, 5)
    crash(session)
    session._lock.release()  # type: ignore[union-attr]
    again = Session.resume(recovery.recover(recovery.for_path(path)[0]))
    assert again.path == path
    assert again.changes == 1
    assert recovery.find_recoverable() == []
    (kept,) = recovery.find_discarded()
    assert kept.changes == 1
    crash(again)  # before any further edit: the copy itself is safe
    assert x_of(recovered(path)) == 5
    third = Session.resume(recovery.recover(recovery.for_path(path)[0]))
    third.save()
    assert x_of(project_file.load(path)[0]) == 5
    third.close()
    assert recovery.find_recoverable() == []


def test_a_file_replaced_underneath(path: Path) -> None:
    session, history = begin(path)
    edit(history, 5)
    theirs = small()
    History(theirs).commit(moved(theirs, 99))
    project_file.save(theirs, path, None)
    before = path.read_bytes()
    with pytest.raises(FileConflictError):
        session.save()
    assert path.read_bytes() == before
    edit(history, 6)
    assert session.changes == 2
    crash(session)
    (offer,) = recovery.for_path(path)
    assert offer.file == "changed"
    copy = recovery.recover(offer)
    assert x_of(copy.project) == 6
    assert not copy.is_of_file
    again = Session.resume(copy)
    assert again.path is None
    with pytest.raises(FileConflictError):
        again.save(path)
    again.save(path.with_name("copy.cage"))
    assert path.read_bytes() == before
    again.close()


def test_overwriting_knowingly(path: Path) -> None:
    session, history = begin(path)
    edit(history, 5)
    path.write_bytes(b"theirs")
    session.save(overwrite=True)
    assert x_of(project_file.load(path)[0]) == 5
    session.close()


def test_a_project_never_saved(tmp_path: Path) -> None:
    session = Session.new(small("fresh"))
    history = History(session.project, session)
    with pytest.raises(FileError, match="no file yet"):
        session.save()
    edit(history, 4)
    crash(session)
    (offer,) = recovery.find_recoverable()
    assert (offer.name, offer.path, offer.file) == ("Untitled", None, "never saved")
    again = Session.resume(recovery.recover(offer))
    again.save(tmp_path / "a.cage")
    assert x_of(project_file.load(tmp_path / "a.cage")[0]) == 4
    again.close()
    assert recovery.find_recoverable() == []
    Session.new().close()
    assert recovery.find_recoverable() == []


def test_an_untouched_project_that_was_never_saved_is_not_offered() -> None:
    crash(Session.new(small("example"), is_dirty=False))
    assert recovery.find_recoverable() == []
    session = Session.new(small("example"), is_dirty=False)
    edit(History(session.project, session), 4)
    crash(session)
    (offer,) = recovery.find_recoverable()
    assert offer.changes == 1


def test_changes_made_while_saving(path: Path) -> None:
    session, history = begin(path)
    edit(history, 1)
    saving = session.begin_save()
    edit(history, 2)
    with pytest.raises(FileError, match="being saved"):
        session.begin_save()
    saving.run()
    edit(history, 3)
    session.end_save(saving)
    assert x_of(project_file.load(path)[0]) == 1
    assert session.changes == 2
    crash(session)
    assert x_of(recovered(path)) == 3


def test_a_crash_between_the_parts_of_a_save(path: Path) -> None:
    session, history = begin(path)
    edit(history, 1)
    saving = session.begin_save()
    edit(history, 2)
    saving.run()
    crash(session)
    assert saving.next is not None
    saving.next.close()
    assert x_of(project_file.load(path)[0]) == 1
    assert x_of(recovered(path)) == 2


def test_save_as_keeps_the_old_file(path: Path) -> None:
    session, history = begin(path)
    before = path.read_bytes()
    edit(history, 7)
    other = path.with_name("other.cage")
    session.save(other)
    assert session.path == other
    assert not lock_file(path).exists()
    assert lock_file(other).exists()
    assert path.read_bytes() == before
    session.close()
    assert recovery.find_recoverable() == []


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EACCES])
@pytest.mark.parametrize("lasting", [False, True])
def test_whatever_fails_in_a_save(path: Path, number: int, lasting: bool) -> None:
    """After any failing call the file is old or new, the session goes on, and nothing is lost."""
    n, value = 0, 0
    session, history = begin(path)
    while True:
        n, value = n + 1, value + 2
        edit(history, value)
        with faulty(Faulty(n, number, lasting=lasting)) as system:
            try:
                session.save()
            except FileError:
                failed = True
            else:
                failed = False
        on_disk = x_of(project_file.load(path)[0])
        assert failed or on_disk == value
        edit(history, value + 1)
        held = session._journal
        assert held is not None
        contents = journals.read(held.path)
        base = recovery._base(held.path, contents.header)
        replayed, _, stopped = recovery.replay(base, contents.changes, "x")
        assert not stopped
        assert x_of(replayed) == value + 1
        for name in temps(path.parent):
            (path.parent / name).unlink()
        if system.count < n:
            break
    session.save()
    session.close()
    assert n > 25
    assert recovery.tidy() == []
    assert recovery.find_recoverable() == []


def test_not_protected_until_an_append_succeeds(path: Path) -> None:
    session, history = begin(path)
    told: list[str] = []
    history.protection_listeners.append(told.append)
    with faulty(Faulty(1, errno.ENOSPC, lasting=True)):
        edit(history, 1)
        edit(history, 2)
        assert history.unprotected == "No space left on device"
    assert x_of(session.project) == 2
    edit(history, 3)
    assert history.unprotected == ""
    assert told == ["No space left on device", ""]
    crash(session)
    assert x_of(recovered(path)) == 3


def test_no_journal_at_all(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The state folder is a file: open, edit and save work, with the banner."""
    blocked = path.with_name("blocked")
    blocked.write_bytes(b"")
    monkeypatch.setenv("CAGENUT_STATE_DIR", str(blocked))
    session, history = begin(path)
    assert session.problem
    edit(history, 1)
    assert history.unprotected
    session.save()
    assert x_of(project_file.load(path)[0]) == 1
    with pytest.raises(FileError):
        session.sync()
    blocked.unlink()
    session.sync()
    edit(history, 2)
    assert not history.unprotected
    crash(session)
    assert x_of(recovered(path)) == 2


def test_a_journal_taken_away_is_begun_again(path: Path) -> None:
    session, history = begin(path)
    edit(history, 1)
    for each in state.journal_folder().glob("*/*"):
        each.unlink()
    session.sync()
    edit(history, 2)
    crash(session)
    assert x_of(recovered(path)) == 2


def test_rotation(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.files.session.ROTATE_BYTES", 2000)
    session, history = begin(path)
    for x in range(100):
        edit(history, x)
        if x % 7 == 0:
            session.sync()
    assert session._journal is not None
    assert session._journal.size < 4000
    assert session.changes == 99  # the first edit moved nothing
    crash(session)
    (offer,) = recovery.for_path(path)
    assert offer.changes == 99
    assert x_of(recovery.recover(offer).project) == 99


def test_a_read_only_folder() -> None:
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        folder = Path(name)
        path = folder / "hall.cage"
        project_file.save(small(), path, ABSENT)
        before = path.read_bytes()
        folder.chmod(0o555)
        os.environ["CAGENUT_STATE_DIR"], kept = f"{name}-state", os.environ["CAGENUT_STATE_DIR"]
        try:
            with without_privileges():
                session, history = begin(path)
                assert session.opened_by is None
                edit(history, 1)
                assert history.unprotected == ""
                with pytest.raises(FileError, match="Save it elsewhere"):
                    session.save()
                assert path.read_bytes() == before
                crash(session)
                assert x_of(recovered(path)) == 1
        finally:
            os.environ["CAGENUT_STATE_DIR"] = kept
            folder.chmod(0o755)
            import shutil

            shutil.rmtree(f"{name}-state")


def test_the_second_to_open_is_told_of_the_first(path: Path) -> None:
    first, of_first = begin(path)
    second, history = begin(path)
    assert first.opened_by is None
    assert second.opened_by is not None
    assert second.opened_by.pid == os.getpid()
    edit(history, 1)
    second.save()  # advice only
    edit(of_first, 2)
    with pytest.raises(FileConflictError):
        first.save()
    second.close()
    assert lock_file(path).exists()
    first.close()
    assert not lock_file(path).exists()


def test_stale_and_foreign_locks(path: Path) -> None:
    held = lock_file(path)
    for holder, is_told in (
        (Holder(who="a", host=os.uname().nodename, pid=2**22 + 5), False),
        (Holder(who="a", host="elsewhere", pid=1), True),
    ):
        held.write_bytes(msgspec.json.encode(holder))
        session, _ = begin(path)
        assert (session.opened_by is not None) == is_told
        session.close()
    assert "elsewhere" in str(holder)
    held.write_bytes(b"\xff{")
    session, _ = begin(path)
    assert session.opened_by is None
    session.close()
    assert not held.exists()


def test_a_bad_file_is_refused_and_nothing_touched(path: Path) -> None:
    path.write_bytes(b'{"format":5,"project":"p"}')
    with pytest.raises(FileError, match="format 5"):
        Session.open(path)
    assert suffixes() == []
    assert [p.name for p in path.parent.iterdir()] == ["hall.cage"]


def test_settings_never_fail_hard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = state.load_settings()
    settings.remember(tmp_path / "a.cage")
    settings.remember(tmp_path / "b.cage")
    settings.remember(tmp_path / "a.cage")
    settings.values["theme"] = "dark"
    for n in range(30):
        settings.remember_view(f"p{n}", {"zoom": n})
    assert state.save_settings(settings) == ""
    again = state.load_settings()
    assert [Path(p).name for p in again.recent] == ["a.cage", "b.cage"]
    assert again.values == {"theme": "dark"}
    assert list(again.views) == [f"p{n}" for n in range(10, 30)]
    for bad in (b"", b"[]", b"\xff", b'{"recent":3}', b"[" * 100_000):
        state.settings_file().write_bytes(bad)
        assert state.load_settings() == state.Settings()
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("CAGENUT_STATE_DIR", str(tmp_path / "file"))
    assert state.save_settings(settings)
    assert state.load_settings() == state.Settings()


def test_folders_of_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CAGENUT_STATE_DIR")
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_STATE_HOME", "/x")
    assert state.state_folder() == Path("/x/cagenut")
    monkeypatch.delenv("XDG_STATE_HOME")
    assert state.state_folder() == Path.home() / ".local/state/cagenut"
    monkeypatch.setattr("sys.platform", "darwin")
    assert state.types_folder() == Path.home() / "Library/Application Support/Cagenut/types"
    monkeypatch.setattr("sys.platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", "/local")
    assert state.settings_file() == Path("/local/Cagenut/settings.json")
    hostile = state.journal_folder("../../x")
    assert hostile.parent == state.journal_folder()
    assert json.dumps(hostile.name)
    assert writing.ABSENT == ""

"""Recovery: every crash point, damage, other formats, and what is kept how long."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from core.errors import FileError
from core.files import journal as journals
from core.files import migrations, project_file, recovery, state
from core.files.session import Session
from core.files.writing import ABSENT
from tests.files.test_project_file import to_3
from tests.files.test_session import begin, crash, edit, suffixes, x_of
from tests.model.factories import small


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "hall.cage"
    project_file.save(small(), path, ABSENT)
    return path


@pytest.fixture
def journal(path: Path) -> Path:
    """The journal of a session that crashed after four edits."""
    session, history = begin(path)
    for x in (1, 2, 3, 4):
        edit(history, x)
    crash(session)
    assert session._journal is not None
    return session._journal.path


def offer_of(path: Path) -> recovery.Offer:
    (offer,) = recovery.for_path(path)
    return offer


def test_damage_keeps_what_came_before(path: Path, journal: Path) -> None:
    data = bytearray(journal.read_bytes())
    data[data.index(b'"x_mm":3')] ^= 1
    journal.write_bytes(data)
    offer = offer_of(path)
    assert (offer.changes, offer.rest > 0) == (2, True)
    copy = recovery.recover(offer)
    assert x_of(copy.project) == 2
    assert "damaged" in copy.stopped
    Session.resume(copy).close()
    assert recovery.find_recoverable() == []
    assert journal.with_suffix(".retired").read_bytes() == data


def test_found_by_id_when_the_file_was_moved(path: Path, journal: Path) -> None:
    moved = path.with_name("moved.cage")
    path.rename(moved)
    offer = offer_of(moved)
    assert (offer.file, offer.journal) == ("missing", journal)
    assert x_of(recovery.recover(offer).project) == 4
    assert recovery.for_path(path.with_name("other.cage")) == []


def test_two_failures_leave_it_alone(path: Path, journal: Path) -> None:
    good = journal.with_suffix(journals.BASE).read_bytes()
    journal.with_suffix(journals.BASE).write_bytes(good[:-20])
    for attempts in (0, 1):
        offer = offer_of(path)
        assert (offer.attempts, offer.problem) == (attempts, "")
        with pytest.raises(FileError, match="copy of the base"):
            recovery.recover(offer)
    offer = offer_of(path)
    assert str(journal.parent) in offer.problem
    with pytest.raises(FileError, match="failed 2 times"):
        recovery.recover(offer)
    assert journal.exists()
    recovery.discard(offer)
    assert recovery.find_recoverable() == []


def test_a_base_of_another_project(path: Path, journal: Path) -> None:
    import gzip

    journal.with_suffix(journals.BASE).write_bytes(gzip.compress(project_file.encode(small("other"))))
    with pytest.raises(FileError, match="damaged"):
        recovery.recover(offer_of(path))
    journal.with_suffix(journals.BASE).unlink()
    assert "missing" in offer_of(path).problem


def test_a_damaged_head_is_listed(path: Path, journal: Path) -> None:
    journal.write_bytes(b"x" + journal.read_bytes())
    assert recovery.for_path(path) == []
    (offer,) = recovery.find_recoverable()
    assert "damaged" in offer.problem
    assert recovery.tidy() == []
    assert journal.exists()


def with_header(journal: Path, **fields: Any) -> None:
    """Write the journal again with another header."""
    contents = journals.read(journal)
    journal.unlink()
    changed = msgspec.structs.replace(contents.header, **fields)
    again = journals.Journal(journal, changed)
    for payload in contents.changes:
        again.append(payload)
    again.close()


def test_a_journal_of_a_newer_program(path: Path, journal: Path) -> None:
    with_header(journal, format=4)
    before = {p: p.read_bytes() for p in journal.parent.iterdir()}
    offer = offer_of(path)
    assert "format 4" in offer.problem
    assert "up to format 2" in offer.problem
    for _ in range(3):
        with pytest.raises(FileError, match=r"format 4.*up to format 2"):
            recovery.recover(offer)
    assert {p: p.read_bytes() for p in journal.parent.iterdir()} == before


def test_a_journal_of_an_older_program(path: Path, journal: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The changes are made in the old format, then all of it is migrated."""
    monkeypatch.setattr(migrations, "FORMAT", 3)
    monkeypatch.setitem(migrations.STEPS, 2, to_3)
    copy = recovery.recover(offer_of(path))
    assert x_of(copy.project) == 4
    assert copy.project.blocks["rack"].name == "TRAINING RACK"


def test_a_change_that_does_not_fit_ends_the_replay(path: Path, journal: Path) -> None:
    contents = journals.read(journal)
    journal.unlink()
    again = journals.Journal(journal, contents.header)
    for n in (0, 1, 3):
        again.append(contents.changes[n])
    again.append(b"not a change")
    again.close()
    copy = recovery.recover(offer_of(path))
    assert (copy.kept, copy.total, x_of(copy.project)) == (2, 4, 2)
    assert copy.stopped.startswith("change 3 does not fit")


def test_retired_after_thirty_days_by_the_date_inside(path: Path, journal: Path) -> None:
    import os

    recovery.discard(offer_of(path))
    retired = journal.with_suffix(journals.RETIRED)
    os.utime(retired, (0, 0))  # what the file system says does not matter
    now = datetime.now(UTC)
    assert recovery.tidy(now + timedelta(days=29)) == []
    (offer,) = recovery.find_discarded()
    assert x_of(recovery.recover(offer).project) == 4
    assert recovery.tidy(now + timedelta(days=31)) == []
    assert suffixes() == []


def test_without_a_date_the_thirty_days_begin_now(path: Path, journal: Path) -> None:
    recovery.discard(offer_of(path))
    journal.with_suffix(journals.ENDED).unlink()
    later = datetime.now(UTC) + timedelta(days=300)
    assert recovery.tidy(later) == []
    assert recovery.tidy(later + timedelta(days=29)) == []
    assert recovery.find_discarded()
    assert recovery.tidy(later + timedelta(days=31)) == []
    assert suffixes() == []


def test_unfinished_journals_never_go_by_age(path: Path, journal: Path) -> None:
    assert recovery.tidy(datetime.now(UTC) + timedelta(days=3000)) == []
    assert offer_of(path).changes == 4


def test_a_base_without_a_journal_goes_after_thirty_days(journal: Path) -> None:
    journal.unlink()
    recovery.tidy()
    assert suffixes() == [journals.BASE]
    recovery.tidy(datetime.now(UTC) + timedelta(days=31))
    assert suffixes() == []


@pytest.mark.parametrize("order", [sorted, lambda paths, **by: sorted(paths, **by)[::-1]])
def test_a_crash_between_replace_and_the_end_of_the_save(
    path: Path, order: Callable[..., list[Path]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recovery, "sorted", order, raising=False)  # journals have names by chance
    session, history = begin(path)
    edit(history, 1)
    saving = session.begin_save()
    saving.run()
    crash(session)
    assert saving.next is not None
    saving.next.close()
    assert recovery.for_path(path) == []  # the file holds it
    assert recovery.tidy() == []
    assert journals.RETIRED in suffixes()
    assert journals.SUFFIX not in suffixes()


def test_a_crash_between_the_new_journal_and_replace(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    session, history = begin(path)
    edit(history, 1)
    saving = session.begin_save()
    monkeypatch.setattr(project_file, "write", lambda *_: "")
    saving.run()
    crash(session)
    assert saving.next is not None
    saving.next.close()
    assert x_of(project_file.load(path)[0]) == 0
    assert x_of(recovery.recover(offer_of(path)).project) == 1
    assert recovery.tidy() == []
    assert x_of(recovery.recover(offer_of(path)).project) == 1
    assert not saving.next.path.exists()


def test_an_old_journal_that_could_not_be_retired(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError("no")

    session, history = begin(path)
    edit(history, 1)
    with monkeypatch.context() as patch:
        patch.setattr(journals, "retire", refuse)
        session.save()
    edit(history, 2)
    assert recovery.find_recoverable() == []  # the first is in the file, the second is running
    session.save()
    session.close()
    assert recovery.find_recoverable() == []
    recovery.tidy()
    assert journals.SUFFIX not in suffixes()


def test_several_projects(path: Path, journal: Path) -> None:
    other = Session.new(small("other"))
    crash(other)
    assert len(recovery.find_recoverable()) == 2
    assert offer_of(path).journal == journal
    assert len(list(state.journal_folder().iterdir())) == 2


def test_an_offer_whose_files_are_gone(path: Path, journal: Path) -> None:
    offer = offer_of(path)
    journal.unlink()
    with pytest.raises(FileError, match="cannot be read"):
        recovery.recover(offer)
    with pytest.raises(FileError):
        recovery.discard(replace(offer, journal=journal))

"""The journal: what was acknowledged can be read, what is damaged is noticed."""

from __future__ import annotations

import errno
import re
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

from core.errors import FileError
from core.files import journal as journals
from core.files.appending import is_held
from core.files.journal import Header, Journal, read
from tests.files.faults import FAULTS, Faulty, faulty

PAYLOADS = [b'["do","Edit %d",[]]' % n * (n % 4 + 1) for n in range(12)]


def header(**fields: object) -> Header:
    given = {"project": "p", "base": "0" * 64, "format": 1, "app": "1", "opened": journals.now()}
    return Header(**{**given, **fields})  # type: ignore[arg-type]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A journal of twelve changes, closed."""
    path = tmp_path / "a.journal"
    journal = Journal(path, header())
    for payload in PAYLOADS:
        journal.append(payload)
    journal.sync()
    assert journal.size == path.stat().st_size
    journal.close()
    return path


def starts(data: bytes) -> list[int]:
    """Where each record begins; the last entry is the end."""
    return [m.end() for m in re.finditer(rb"\n", data)]


def test_what_is_written_is_read(path: Path) -> None:
    contents = read(path)
    assert contents.changes == PAYLOADS
    assert contents.rest == 0
    assert contents.header == journals.read_header(path)


def test_one_call_to_the_system_for_each_change(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "a.journal", header())
    with faulty(Faulty()) as system:
        journal.append(b"x" * 100_000)
    journal.close()
    assert system.log == ["write"]


def test_cut_at_every_byte_of_the_last_records(path: Path) -> None:
    data = path.read_bytes()
    marks = starts(data)
    for cut in range(marks[-5], len(data)):
        path.write_bytes(data[:cut])
        kept = sum(mark <= cut for mark in marks[1:])
        contents = read(path)
        assert contents.changes == PAYLOADS[:kept]
        assert contents.rest == cut - marks[kept]


def test_every_flipped_bit_of_the_last_records(path: Path) -> None:
    data = path.read_bytes()
    marks = starts(data)
    for place in range(marks[-5], len(data)):
        kept = sum(mark <= place for mark in marks[1:])
        for bit in range(8):
            broken = bytearray(data)
            broken[place] ^= 1 << bit
            path.write_bytes(broken)
            assert read(path).changes == PAYLOADS[:kept]


def test_every_flipped_bit_of_the_head(path: Path) -> None:
    data = path.read_bytes()
    for place in range(data.index(b"\n") + 1):
        broken = bytearray(data)
        broken[place] ^= 1 << (place % 8)
        path.write_bytes(broken)
        with pytest.raises(FileError):
            read(path)


def test_doubled_swapped_and_missing_records(path: Path) -> None:
    data = path.read_bytes()
    marks = starts(data)
    head, rows = data[: marks[0]], [data[a:b] for a, b in pairwise(marks)]
    for order, kept in (([0, 1, 1, 2], 2), ([0, 2, 1, 3], 1), ([1, 2], 0), ([0, 1, 3], 2)):
        path.write_bytes(head + b"".join(rows[n] for n in order))
        assert read(path).changes == PAYLOADS[:kept]


def test_records_of_another_journal(path: Path, tmp_path: Path) -> None:
    other = Journal(tmp_path / "b.journal", header(project="q"))
    other.append(PAYLOADS[0])
    other.close()
    row = other.path.read_bytes().split(b"\n", 1)[1]
    head = path.read_bytes().split(b"\n", 1)[0]
    path.write_bytes(head + b"\n" + row)
    assert read(path).changes == []
    assert read(path).rest == len(row)


def test_newer_journal_is_refused_by_number(path: Path) -> None:
    before = path.read_bytes().replace(b"cagenut-journal 1", b"cagenut-journal 7", 1)
    path.write_bytes(before)
    with pytest.raises(FileError, match=r"version 7.*up to 1"):
        read(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize(("fault", "lasting"), FAULTS)
def test_a_failed_append_leaves_no_trace_and_comes_later(
    tmp_path: Path, fault: int | str, lasting: bool
) -> None:
    journal = Journal(tmp_path / "a.journal", header())
    journal.append(PAYLOADS[0])
    with faulty(Faulty(1, fault, lasting=lasting)):
        acknowledged = 1
        for payload in PAYLOADS[1:4]:
            try:
                journal.append(payload)
            except OSError:
                assert not journal.is_complete
            else:
                assert journal.is_complete
                acknowledged = PAYLOADS.index(payload) + 1
    assert read(journal.path).changes[:acknowledged] == PAYLOADS[:acknowledged]
    journal.append(PAYLOADS[4])
    assert read(journal.path).changes == PAYLOADS[:5]
    assert read(journal.path).rest == 0
    journal.close()


def test_a_piece_that_cannot_be_cut_off_is_cut_off_later(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "a.journal", header())
    journal.append(PAYLOADS[0])
    with faulty(Faulty(1, "short", lasting=True)) as system:

        def ftruncate(*_: object) -> None:
            raise OSError(errno.EIO, "no")

        system.ftruncate = ftruncate  # type: ignore[method-assign, assignment]
        for payload in PAYLOADS[1:3]:
            with pytest.raises(OSError, match=r"."):
                journal.append(payload)
        assert read(journal.path).changes == PAYLOADS[:1]
        assert read(journal.path).rest == 1
    journal.append(PAYLOADS[3])
    assert read(journal.path).changes == PAYLOADS[:4]
    journal.close()


def test_a_journal_taken_away_is_noticed(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "a.journal", header())
    journal.path.unlink()
    with pytest.raises(FileNotFoundError):
        journal.sync()
    journal.close()


def test_a_journal_is_held_while_open(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "a.journal", header())
    assert is_held(journal.path)
    journal.close()
    assert not is_held(journal.path)
    assert not is_held(tmp_path / "none")


def test_retiring_says_when_and_why(path: Path) -> None:
    path.with_suffix(journals.BASE).write_bytes(b"x")
    journals.retire(path, "saved")
    assert not path.exists()
    assert not path.with_suffix(journals.BASE).exists()
    ended = msgspec.json.decode(path.with_suffix(journals.ENDED).read_bytes(), type=journals.Ended)
    assert ended.end == "saved"
    assert read(path.with_suffix(journals.RETIRED)).changes == PAYLOADS

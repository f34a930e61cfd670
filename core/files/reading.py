"""From the text of a project file to a project: each record checked, each reference proved."""

from __future__ import annotations

import gc
import itertools
import re
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import msgspec

from core.errors import CagenutError, FileError, RecordError
from core.files import migrations
from core.files.canonical import encode_lines, encode_record
from core.files.scanning import Scanner
from core.model.check import check
from core.model.integrity import problems
from core.model.project import Project
from core.model.records import TABLES, Record

_MOST_PROBLEMS = 1000
_BULK = frozenset(("instances", "devices", "links", "overrides"))
"""Tables that grow with the design. Their integers are bounded by the schema, so that a canonical line of
plain characters has nothing left that `check` could refuse."""
_PROJECT_ID = re.compile(r"[A-Za-z0-9._+-]{1,64}\Z")
_RECORD_ID = re.compile(r'"id"\s*:\s*"([A-Za-z0-9._+-]{1,64})"')
_PLACE = re.compile(r"(\w+?)s? '(?:([^'/]*)/)?([^'/]*)'")
_table_decoders = {table: msgspec.json.Decoder(list[cls]) for table, cls in TABLES.items()}  # type: ignore[valid-type]
_decoders = {table: msgspec.json.Decoder(cls) for table, cls in TABLES.items()}


def decode(data: bytes, where: str) -> Project:
    """Return the project of a text, migrated to the present format if it is older.

    Parameters
    ----------
    data : bytes
    where : str
        Name of the file, for errors.

    Raises
    ------
    FileError, RecordError
        If this is no project, or a record in it may not enter the model. The error names the line.
    """
    scanner = Scanner(_text(data, where), where)
    found = _format(scanner)
    if found > migrations.FORMAT:
        raise FileError(
            f"this file has format {found}, this program reads up to format {migrations.FORMAT}",
            where=where,
            cure="Open it with a newer version; nothing was touched",
        )
    with without_collector():
        return _migrated(scanner, found) if found < migrations.FORMAT else _Loader(scanner).project()


def decode_tables(data: bytes, where: str) -> dict[str, list[Record]]:
    """Return the records of a text in the present format; for proving what is to be saved."""
    with without_collector():
        return _Loader(Scanner(_text(data, where), where)).tables()


@contextmanager
def without_collector() -> Iterator[None]:
    """Hold the garbage collector: among a million new objects without cycles it only costs half the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _text(data: bytes, where: str) -> str:
    try:
        return data.decode("utf-8-sig" if data[:1] == b"\xef" else "utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise FileError("this is no UTF-8 text", where=f"{where}, line {line}") from None


def _format(scanner: Scanner) -> int:
    """Return the format number, wherever in the object it stands, and start over."""
    if scanner.next_char() != "{":
        scanner.fail("this is no Cagenut project")
    for name in scanner.members():
        if name == "format":
            start = scanner.at
            number = scanner.value()
            if type(number) is not int or number < 1:
                scanner.fail("the format must be a positive number", start)
            scanner.at = 0
            return number
        scanner.skip()
    scanner.fail("this is no Cagenut project: it has no format number", 0)


def _migrated(scanner: Scanner, found: int) -> Project:
    where = scanner.where
    data: dict[str, Any] = {}
    for name in scanner.members():
        is_list = scanner.next_char() == "["
        data[name] = [scanner.value() for _ in scanner.elements()] if is_list else scanner.value()
    try:
        data = migrations.migrate(data, found, migrations.FORMAT)
        text = msgspec.json.encode(data).decode()
    except CagenutError as error:
        raise error.at(where) from None
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise FileError(f"format {found} with something missing or odd: {error!r}", where=where) from error
    return _Loader(Scanner(text, f"{where}, brought from format {found} to {migrations.FORMAT}")).project()


class _Loader:
    """Takes a text of the present format into records; remembers where each record begins."""

    def __init__(self, scanner: Scanner) -> None:
        self._scanner = scanner
        self._starts: dict[str, array[int]] = {}
        self._id = ""
        # A line without these cannot hold a character that `check` refuses.
        text = scanner.text
        self._odd = [char.encode() for char in ("\\", "\x7f") if char in text]

    def project(self) -> Project:
        """Return the project, all references proved."""
        tables = self.tables()
        project = Project(self._id)
        try:
            for table, records in tables.items():
                project.load(table, records)
            found = list(itertools.islice(problems(project), _MOST_PROBLEMS))
        except RecordError as error:
            found = [error]
        if found:
            self._refuse(found, tables)
        return project

    def tables(self) -> dict[str, list[Record]]:
        """Return the records by table, each of them checked."""
        scanner = self._scanner
        tables: dict[str, list[Record]] = {}
        seen: set[str] = set()
        for name in scanner.members():
            start = scanner.at
            if name in seen:
                scanner.fail(f"the name {name[:40]!a} comes twice", start)
            seen.add(name)
            if name == "format":
                scanner.skip()
            elif name == "project":
                self._id = self._project_id()
            elif name in TABLES:
                tables[name] = self._records(name)
            else:
                scanner.fail(f"there is no table {name[:40]!a}", start)
        if scanner.next_char():
            scanner.fail("there is something after the end of the project")
        if "project" not in seen:
            scanner.fail("the project has no id", 0)
        return tables

    def _project_id(self) -> str:
        found = self._scanner.value()
        if not isinstance(found, str) or not _PROJECT_ID.match(found):
            self._scanner.fail("the project id must be letters and digits")
        return found

    def _records(self, table: str) -> list[Record]:
        scanner, text = self._scanner, self._scanner.text
        if scanner.next_char() != "[":
            scanner.fail(f"table '{table}' must be a list")
        whole = self._records_at_once(table)
        if whole is not None:
            return whole
        decoder = _decoders[table]
        records: list[Record] = []
        starts = self._starts[table] = array("Q")
        find, add, mark = text.find, records.append, starts.append
        for start in scanner.elements():
            is_canonical = text[start - 1] == "\n"  # each line is tried once, however long it is
            if is_canonical:
                end = find("\n", start)
                line = text[start : end if end >= 0 else None].removesuffix(",")
                try:
                    record = decoder.decode(line)
                    is_canonical = encode_record(table, record).decode() == line
                except (msgspec.MsgspecError, UnicodeError, RecursionError):
                    is_canonical = False
            if is_canonical:
                scanner.at = start + len(line)
                if not self._is_plain(table, record, line.encode()):
                    record = self._checked(table, record, start)
            else:
                record = self._checked(table, self._value(table), start)
            add(record)
            mark(start)
        return records

    def _value(self, table: str) -> Any:
        """Return the plain data of the next record; an error in it names the record if it can be seen."""
        start = self._scanner.at
        try:
            return self._scanner.value()
        except FileError as error:
            match = _RECORD_ID.search(self._scanner.text, start, start + 500)
            record = f"{table} record '{match[1]}'" if match else f"a record of '{table}'"
            raise FileError(error.problem, where=f"{error.where}, {record}", cure=error.cure) from None

    def _records_at_once(self, table: str) -> list[Record] | None:
        """Return the records if the table is as `encode` writes it, else None and nothing is taken."""
        scanner, text = self._scanner, self._scanner.text
        start, end = scanner.at + 2, text.find("\n]", scanner.at)
        if not text.startswith("[\n", scanner.at) or end < 0:
            return None
        rows = text[start:end]
        try:
            records: list[Record] = _table_decoders[table].decode(f"[{rows}]")
            lines = encode_lines(table, records)
            if b",\n".join(lines).decode() != rows:
                return None
        except (msgspec.MsgspecError, UnicodeError, RecursionError):
            return None
        length = bytes.__len__ if rows.isascii() else lambda line: len(line.decode())
        starts = itertools.accumulate((length(line) + 2 for line in lines[:-1]), initial=start)
        self._starts[table] = array("Q", starts)
        for index, line in enumerate(lines):
            if not self._is_plain(table, records[index], line):
                records[index] = self._checked(table, records[index], self._starts[table][index])
        scanner.at = end + 2
        return records

    def _is_plain(self, table: str, record: Record, line: bytes) -> bool:
        """Whether a record that decoded and encodes to the same line needs no further check."""
        if table not in _BULK or not line.isascii() or not (record.id and record.block):
            return False
        return not any(char in line for char in self._odd)

    def _checked(self, table: str, data: Any, start: int) -> Record:
        try:
            return check(table, data)
        except RecordError as error:
            raise error.at(self._scanner.place(start)) from None

    def _refuse(self, found: list[RecordError], tables: dict[str, list[Record]]) -> NoReturn:
        error = found[0]
        cure = error.cure or "Correct that line in a text editor, or take an older copy of the file"
        if len(found) > 1:
            more = f"{len(found) - 1}{' or more' if len(found) == _MOST_PROBLEMS else ''}"
            cure = f"{cure} ({more} further problems)"
        place = self._place_of(error.where, tables)
        raise RecordError(error.problem, where=f"{place}, {error.where}" if error.where else place, cure=cure)

    def _place_of(self, where: str, tables: dict[str, list[Record]]) -> str:
        """Return file and, if the place names a record, the line (of the last one with its key)."""
        match = _PLACE.match(where)
        table = next((t for t in TABLES if match and t.removesuffix("s") == match[1].removesuffix("s")), "")
        if match and table:
            key = (match[2] or "", match[3])
            for index in range(len(tables.get(table, ())) - 1, -1, -1):
                if tables[table][index].key == key:
                    return self._scanner.place(self._starts[table][index])
        return self._scanner.where

"""Changes of a journal applied to the text they were made from."""

from __future__ import annotations

from typing import Any

import msgspec

from core.errors import RecordError, StaleChangeError
from core.files import project_file
from core.files.scanning import Scanner
from core.model.change import decode_change
from core.model.check import check
from core.model.integrity import first, problems
from core.model.project import Project
from core.model.records import Key

_Rows = dict[str, dict[Key, dict[str, Any]]]


def replay(base: bytes, changes: list[bytes], where: str) -> tuple[Project, int, str]:
    """Return the project after the changes, how many were applied, and why not all of them.

    Raises
    ------
    FileError, RecordError
        If the base is no project, or the result must not enter the model.
    """
    project = project_file.decode(base, where)
    touched: set[tuple[str, Key]] = set()
    kept, stopped = 0, ""
    for line in changes:
        try:
            _, change = decode_change(line)
            project.apply(change)
        except (RecordError, StaleChangeError) as error:
            stopped = f"change {kept + 1} does not fit: {error}"
            break
        touched.update((delta.table, delta.key) for delta in change.deltas)
        kept += 1
    for table, key in touched:
        record = project.get(table, key)
        if record is not None:
            check(table, record)
    problem = first(problems(project))
    if problem is not None:
        raise problem.at(where)
    return project, kept, stopped


def replay_older(base: bytes, changes: list[bytes], number: int, where: str) -> tuple[Project, int, str]:
    """As `replay`, for a journal of an older format: its changes are made in plain data, then migrated.

    Raises
    ------
    FileError, RecordError
        As `replay`.
    """
    data, rows = _plain(base, where)
    kept, stopped = 0, ""
    for line in changes:
        try:
            _, _, deltas = msgspec.json.decode(
                line, type=tuple[str, str, list[tuple[str, str, str, Any, Any]]]
            )
        except (msgspec.MsgspecError, RecursionError) as error:
            stopped = f"change {kept + 1} cannot be read: {error}"
            break
        for table, block, record_id, _before, after in deltas:
            records = rows.setdefault(table, {})
            records.pop((block, record_id), None)
            if after is not None:
                records[block, record_id] = after
        kept += 1
    data.update({table: list(records.values()) for table, records in rows.items()})
    data["format"] = number
    return project_file.decode(msgspec.json.encode(data), where), kept, stopped


def _plain(base: bytes, where: str) -> tuple[dict[str, Any], _Rows]:
    scanner = Scanner(base.decode("utf-8-sig"), where)
    data: dict[str, Any] = {}
    rows: _Rows = {}
    for name in scanner.members():
        if scanner.next_char() == "[":
            found = [scanner.value() for _ in scanner.elements()]
            rows[name] = {(row.get("block", ""), row.get("id", "")): row for row in found}
        else:
            data[name] = scanner.value()
    return data, rows

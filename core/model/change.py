"""Changes: before and after of records, and the edit that collects them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple, TypeVar

import msgspec

from core.errors import EditError, RecordError
from core.model.check import check
from core.model.project import Reader, random_id
from core.model.records import BLOCK_TABLES, TABLES, Key, Record

R = TypeVar("R", bound=Record)


class Delta(NamedTuple):
    """One record before and after; None for "was not" and "is no more"."""

    table: str
    key: Key
    before: Record | None
    after: Record | None


class Change(NamedTuple):
    """The only way a project is altered."""

    label: str
    deltas: tuple[Delta, ...]

    @property
    def inverse(self) -> Change:
        """The change that takes this one back."""
        turned = tuple(Delta(t, k, after, before) for t, k, before, after in reversed(self.deltas))
        return Change(self.label, turned)

    def merged(self, later: Change) -> Change:
        """Return one change that does this and then `later`, without deltas that cancel out."""
        deltas = {(d.table, d.key): d for d in self.deltas}
        for delta in later.deltas:
            first = deltas.get((delta.table, delta.key))
            before = delta.before if first is None else first.before
            deltas[delta.table, delta.key] = Delta(delta.table, delta.key, before, delta.after)
        return Change(later.label, tuple(d for d in deltas.values() if d.before != d.after))


_encoder = msgspec.json.Encoder()
_decoders = {table: msgspec.json.Decoder(cls) for table, cls in TABLES.items()}
_raw_decoder = msgspec.json.Decoder(tuple[str, str, list[tuple[str, str, str, msgspec.Raw, msgspec.Raw]]])


def encode_change(change: Change, kind: str = "do") -> bytes:
    """Return a change as one line of JSON. `kind` is do, undo or redo."""
    return _encoder.encode(
        (kind, change.label, [(d[0], d[1][0], d[1][1], d[2], d[3]) for d in change.deltas])
    )


def decode_change(line: bytes) -> tuple[str, Change]:
    """Return kind and change of a line that `encode_change` wrote.

    Raises
    ------
    RecordError
        If the line is not such a line or a record in it may not enter the model.
    """
    try:
        kind, label, rows = _raw_decoder.decode(line)
        deltas = tuple(
            Delta(table, (block, rid), _decode(table, before), _decode(table, after))
            for table, block, rid, before, after in rows
        )
    except (msgspec.DecodeError, KeyError, RecursionError) as error:
        raise RecordError(f"not a change: {error}") from None
    return kind, Change(label, deltas)


def _decode(table: str, raw: msgspec.Raw) -> Record | None:
    if bytes(raw) == b"null":
        return None
    return _decoders[table].decode(raw)


class Edit(Reader):
    """Collects replaced records, reading through its own writes; ends in one `Change` or is dropped.

    Parameters
    ----------
    project : Reader
        What the edit starts from; another edit works as well (a preview of a preview).
    label : str
        Name of the undo step, as the user reads it.
    ids : callable, optional
        Makes fresh ids; random unless a script wants the same ones every time.

    Examples
    --------
    >>> from core.model.project import Project
    >>> from core.model.records import Block
    >>> edit = Edit(Project(), "New block")
    >>> _ = edit.put("blocks", Block(id="hall", name="Hall", kind="floor"))
    >>> [d.after.name for d in edit.change().deltas]
    ['Hall']
    """

    def __init__(self, project: Reader, label: str, *, ids: Callable[[], str] | None = None) -> None:
        self.base = project
        self.label = label
        self.notes: list[str] = []
        """What the edit did beside what was asked (cascades), for the status bar."""
        self._make_id = ids or getattr(project, "_make_id", None) or random_id
        self._written: dict[tuple[str, str], dict[str, Any]] = {}
        self._touched: dict[tuple[str, Key], None] = {}
        self._used: set[Key] = set()
        """Keys that records have or had in this edit."""

    def rows(self, table: str, block: str = "") -> Mapping[str, Any]:
        written = self._written.get((table, block))
        return self.base.rows(table, block) if written is None else written

    def blocks_of(self, table: str) -> Iterator[str]:
        seen = dict.fromkeys(self.base.blocks_of(table))
        seen.update(dict.fromkeys(block for t, block in self._written if t == table))
        return iter([block for block in seen if self.rows(table, block)])

    def put(self, table: str, record: R) -> R:
        """Add a record, or replace the one with its key.

        Raises
        ------
        RecordError
            If the record may not enter the model (`core.model.check`).
        """
        checked = check(table, record)
        self._copy(table, checked.block)[checked.id] = checked
        self._touched[table, checked.key] = None
        self._used.add(checked.key)
        return checked  # type: ignore[return-value]

    def remove(self, table: str, key: Key) -> None:
        """Remove one record, nothing that hangs on it (see `core.editing.remove`).

        Raises
        ------
        EditError
            If there is no such record.
        """
        if self.get(table, key) is None:
            raise EditError("there is no such record", where=f"{table} {'/'.join(key)}")
        del self._copy(table, key[0])[key[1]]
        self._touched[table, key] = None
        self._used.add(key)

    def replace(self, table: str, key: Key, **fields: Any) -> Any:
        """Replace some fields of a record and return the new record.

        Raises
        ------
        EditError
            If there is no such record.
        """
        record = self.get(table, key)
        if record is None:
            raise EditError("there is no such record", where=f"{table} {'/'.join(key)}")
        return self.put(table, msgspec.structs.replace(record, **fields))

    def new_id(self, block: str = "") -> str:
        """Return an id that no record of the block has or had in this edit."""
        # In a block there are records of its own tables only; thousands of ids are drawn in one edit.
        tables = BLOCK_TABLES if block else TABLES
        while True:
            key = block, fresh = block, self._make_id()
            if key not in self._used and not any(fresh in self.rows(table, block) for table in tables):
                return fresh

    def change(self) -> Change:
        """Return what has been collected; deltas that change nothing are left out."""
        deltas = []
        for table, key in self._touched:
            before, after = self.base.get(table, key), self.get(table, key)
            if before != after:
                deltas.append(Delta(table, key, before, after))
        return Change(self.label, tuple(deltas))

    def _copy(self, table: str, block: str) -> dict[str, Any]:
        if table not in TABLES:
            raise RecordError(f"there is no table '{table}'")
        written = self._written.get((table, block))
        if written is None:
            written = self._written[table, block] = dict(self.base.rows(table, block))
        return written

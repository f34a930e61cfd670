"""One text for one record, whatever way the record was made.

msgspec leaves a default out only if the field holds the very same object (an empty text, None, a small
integer); 600 or "front" that came from elsewhere would be written. And the order of a dictionary is not
part of a record's value. Both are settled here.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from operator import attrgetter
from typing import Any, get_type_hints

import msgspec

from core.model.records import TABLES, Record

_encode = msgspec.json.Encoder(order="deterministic").encode
_in_order = attrgetter("block", "id")


def encode_record(table: str, record: Record) -> bytes:
    """Return the line of a record, without comma and newline."""
    if table == "types":
        return _encode(_settled_deep(record))
    return _encode(_settled(record, _fragile(type(record))))


def encode_lines(table: str, records: Sequence[Record]) -> list[bytes]:
    """Return the lines of many records of one table: as `encode_record`, only quicker."""
    fragile = _fragile(TABLES[table])
    if table == "types" or len(fragile) > 1:
        return [encode_record(table, record) for record in records]
    if not fragile:
        return [_encode(record) for record in records]
    ((name, default),) = fragile
    get = attrgetter(name)
    return [
        _encode(r if (found := get(r)) is default or found != default else _settled(r, fragile))
        for r in records
    ]


def in_order(records: Sequence[Record]) -> list[Record]:
    """Return the records of a table in the order of the file."""
    return sorted(records, key=_in_order)


def _settled(record: Any, fragile: tuple[tuple[str, Any], ...]) -> Any:
    changed = {
        name: default
        for name, default in fragile
        if (found := getattr(record, name)) is not default and found == default
    }
    return msgspec.structs.replace(record, **changed) if changed else record


def _settled_deep(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(_settled_deep(item) for item in value)
    if not isinstance(value, msgspec.Struct):
        return value
    changed = {
        name: _settled_deep(old)
        for name in value.__struct_fields__
        if isinstance(old := getattr(value, name), (tuple, msgspec.Struct))
    }
    return _settled(msgspec.structs.replace(value, **changed), _fragile(type(value)))


@cache
def _fragile(struct: type[msgspec.Struct]) -> tuple[tuple[str, Any], ...]:
    """Return the fields whose default can be equalled without being the same object."""
    hints = get_type_hints(struct)
    return tuple(
        (info.name, info.default)
        for info in msgspec.structs.fields(struct)
        if isinstance(info.default, (int, float, str)) and not _is_single(info.default, hints[info.name])
    )


def _is_single(default: Any, hint: Any) -> bool:
    if isinstance(default, bool) or default == "":
        return True
    return isinstance(default, int) and hint is not float and -5 <= default <= 256

"""What is selected, seen as one: kinds with their counts, values that agree, values of one's own.

Tens of thousands of things may be selected; some dozens of records stand behind them: those are looked at.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from operator import attrgetter
from typing import Any

from core.editing.fields import OF_ONE, Stated, Thing
from core.editing.overrides import OVERRIDE_FIELDS
from core.editing.routes import counted
from core.model.project import Reader
from core.model.records import Block, Device, Instance, Link, Record
from desktop.selection import records_of

KINDS = ("rack", "placed block", "device", "cable", "trunk", "drawing")
MOST_LOOKED_AT = 500
"""Things whose overrides are looked up one by one; of more it is only told that there are some."""


class Selected:
    """Some placed things and the records behind them.

    Attributes
    ----------
    paths : tuple of str
        Of the things that are there; a drawing itself has the empty path.
    records : list of Record
        The record of each.
    distinct : list of Record
        The same records, each once.
    """

    def __init__(self, reader: Reader, found: Iterable[tuple[str, Record]]) -> None:
        self.reader = reader
        pairs = list(found)
        self.paths = tuple([path for path, _ in pairs])
        self.records = [record for _, record in pairs]
        self.distinct = list(dict(zip(map(id, self.records), self.records, strict=True)).values())

    @classmethod
    def at(cls, reader: Reader, paths: Sequence[str]) -> Selected:
        """Return what some paths from the built block lead to."""
        return cls(reader, records_of(reader, paths))

    def __len__(self) -> int:
        return len(self.paths)

    @cached_property
    def types(self) -> set[type[Record]]:
        return {type(record) for record in self.distinct}

    @cached_property
    def kind_of(self) -> dict[int, str]:
        """Kind of each distinct record, by its identity."""
        return {
            id(record): "device" if type(record) is Device else self._kind(record) for record in self.distinct
        }

    def _kind(self, record: Record) -> str:
        if isinstance(record, Instance):
            block = self.reader.blocks.get(record.of)
            return "rack" if block is not None and block.kind == "rack" else "placed block"
        if isinstance(record, Link):
            return "cable" if record.count == 1 else "trunk"
        return "drawing" if isinstance(record, Block) else "device"

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many things of each kind are selected."""
        found, kind_of = dict.fromkeys(KINDS, 0), self.kind_of
        for key, number in Counter(map(id, self.records)).items():
            found[kind_of[key]] += number
        return {kind: number for kind, number in found.items() if number}

    def of_kind(self, kind: str) -> list[str]:
        """Return the paths of the things of a kind."""
        kinds = self.kind_of
        return [p for p, r in zip(self.paths, self.records, strict=True) if kinds[id(r)] == kind]

    # Values.

    @cached_property
    def has_overrides(self) -> bool:
        return any(bool(self.reader.overrides(block)) for block in self.reader.blocks_of("overrides"))

    @cached_property
    def own(self) -> Mapping[str, int]:
        """How many of the things have a value of their own, by field; told of at most `MOST_LOOKED_AT`."""
        found: dict[str, int] = {}
        for values in self._own_values:
            for field in values:
                found[field] = found.get(field, 0) + 1
        return found

    @cached_property
    def _own_values(self) -> list[dict[str, Any]]:
        if not self.has_overrides or len(self) > MOST_LOOKED_AT or self.paths == ("",):
            return []
        stated, top = Stated(self.reader), self.reader.top
        found = []
        for path in self.paths:
            values = {}
            for field in OVERRIDE_FIELDS:
                said = stated.in_force(top, Thing(path), field)
                if said is not None:
                    values[field] = getattr(said, field)
            found.append(values)
        return found

    def values(self, field: str) -> list[Any]:
        """Return the different values that a field has in what is selected."""
        if all(_has(kind, field) for kind in self.types):
            drawn = list(map(attrgetter(field), self.distinct))
        else:
            drawn = [_drawn(record, field) for record in self.distinct]
        if field in OVERRIDE_FIELDS and self._own_values:
            drawn = [
                own.get(field, _drawn(record, field))
                for own, record in zip(self._own_values, self.records, strict=True)
            ]
        elif field in OVERRIDE_FIELDS and self.has_overrides and len(self) > MOST_LOOKED_AT:
            drawn += [
                getattr(said, field) for said in self._overrides_of_paths if getattr(said, field) is not None
            ]
        with suppress(TypeError):  # tables cannot be told apart that way
            drawn = list(dict.fromkeys(drawn))  # of tens of thousands some few are left
        return list({repr(value): value for value in drawn}.values())

    @cached_property
    def _overrides_of_paths(self) -> list[Any]:
        """Overrides that speak of one of very many things selected; inner blocks speak of all copies."""
        held, top = set(self.paths), self.reader.top
        return [
            said
            for block in self.reader.blocks_of("overrides")
            for said in self.reader.overrides(block).values()
            if block != top or said.path in held
        ]

    def own_words(self, field: str) -> str:
        """Return what is said of a field that is not as drawn; empty if it is."""
        number = self.own.get(field, 0)
        if not number or (field in OF_ONE and not _is_drawn(self.records[0], field)):
            return ""
        if len(self) > 1:
            return f"{number:,} of {counted(len(self), 'thing')} with an own value"
        drawn = _drawn(self.records[0], field)
        return f"Own value; the drawing says {drawn if drawn not in (None, '') else 'nothing'}"


def _is_drawn(record: Record, field: str) -> bool:
    return _has(type(record), field)


def _has(kind: type[Record], field: str) -> bool:
    return field in kind.__struct_fields__


def _drawn(record: Record, field: str) -> Any:
    """Return what the drawing says; of what it has no field for, nothing."""
    return getattr(record, field, "" if field in OF_ONE else None)

"""What stands behind the rows of a snapshot: the record, the placed block it is in, what overrides say."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from core.engine.flat import Flat
from core.engine.snapshot import Snapshot
from core.model.project import Reader
from core.model.records import Instance, Link, Override, Record
from core.report.lists.cells import Numbers, Texts, ranked

JOINT = " / "
"""Between the names of a path, as the window prints it."""
COUNTED = ("device", "rack", "cable")
Index = NDArray[np.int64]
T = TypeVar("T")


class Place(NamedTuple):
    """A block where it is built."""

    path: str
    label: str
    """Names along the path, joined; empty for the built block."""
    name: str
    flat: Flat
    instance: Instance | None
    start: Mapping[str, int]
    """First row of each kind."""


class Statement(NamedTuple):
    """What an override says of some rows, and where it stands."""

    rows: slice
    override: Override


class Placed:
    """The rows of a snapshot with their records and names.

    Reads the project's records, so make and use it where the project is edited. It stays right while records
    are replaced; of those removed since the snapshot nothing is known, and those added are not in it.
    """

    def __init__(self, reader: Reader, snapshot: Snapshot) -> None:
        self.reader = reader
        self.snapshot = snapshot
        self._made: dict[str, Any] = {}

    @cached_property
    def places(self) -> list[Place]:
        """Every placed block, each before those inside; rows of all kinds follow the same order."""
        found: list[Place] = []
        named = self._named_instances()
        start: Mapping[str, int] = dict.fromkeys(COUNTED, 0)
        waiting = [Place("", "", "", self.snapshot.flat, None, start)]
        while waiting:
            found.append(at := waiting.pop())
            path, label, _, flat, _, start = at
            instances = self.reader.instances(flat.block)
            for child in reversed(flat.children):
                inside = f"{path}/{child.id}" if path else child.id
                record = instances.get(child.id)
                name = named.get(inside) or (record.name if record is not None else "") or child.id
                words = f"{label}{JOINT}{name}" if label else name
                below = {kind: start[kind] + child.start[kind] for kind in COUNTED}
                waiting.append(Place(inside, words, name, child.flat, record, below))
        return found

    @cached_property
    def place_by_path(self) -> dict[str, int]:
        return {place.path: i for i, place in enumerate(self.places)}

    def place_of(self, kind: str) -> Index:
        """Return for each row the number of the place that holds it."""

        def make() -> Index:
            return np.repeat(np.arange(len(self.places)), self._own(kind)).astype(np.int64)

        return self._once(f"place {kind}", make)

    @cached_property
    def labels(self) -> list[str]:
        """Names along the path of each place, joined."""
        return [place.label for place in self.places]

    @cached_property
    def label_order(self) -> Index:
        return ranked(self.labels)

    @cached_property
    def rack_places(self) -> Index:
        """Number of the place of each rack."""
        return np.flatnonzero(self._own("rack"))

    def _own(self, kind: str) -> Index:
        counts = [_own_count(place.flat, kind) for place in self.places]
        return np.array(counts, np.int64)

    # Records.

    def records(self, kind: str) -> tuple[list[Record | None], Index]:
        """Return the distinct records behind the rows of a kind, and for each row the number of its own."""
        return self._once(f"records {kind}", lambda: self._records(kind))

    def _records(self, kind: str) -> tuple[list[Record | None], Index]:
        found: list[Record | None] = []
        if kind == "rack":
            found = [p.instance for p in self.places if _own_count(p.flat, "rack")]
            return found, np.arange(len(found))
        first: dict[str, Index] = {}
        parts: list[Index] = []
        for place in self.places:
            flat = place.flat
            own = first.get(flat.block)
            if own is None:
                base = len(found)
                if kind == "device":
                    devices = self.reader.devices(flat.block)
                    found += [devices.get(i) for i in flat.device_ids]
                    own = base + np.arange(len(flat.device_ids))
                else:
                    links = self.reader.links(flat.block)
                    found += [links.get(i) for i, _ in flat.cable_links]
                    counts = np.array([count for _, count in flat.cable_links], np.int64)
                    own = base + np.repeat(np.arange(len(counts)), counts)
                first[flat.block] = own
            parts.append(own)
        return found, np.concatenate(parts).astype(np.int64)

    @cached_property
    def cable_number(self) -> Index:
        """Number of each cable in its trunk, from 0."""
        known: dict[str, Index] = {}
        parts = []
        for place in self.places:
            flat = place.flat
            if flat.block not in known:
                counts = np.array([count for _, count in flat.cable_links], np.int64)
                ends = np.cumsum(counts)
                known[flat.block] = np.arange(int(counts.sum())) - np.repeat(ends - counts, counts)
            parts.append(known[flat.block])
        return np.concatenate(parts)

    def record(self, kind: str, row: int) -> Any:
        records, index = self.records(kind)
        return records[index[row]]

    # Fields of records, with what overrides say.

    def texts(self, kind: str, field: str, shown: Callable[[Any], str] = str) -> Texts:
        """Return a field of the records as texts, overrides in force."""

        def make() -> Texts:
            records, index = self.records(kind)
            codes: dict[str, int] = {}

            def code(value: Any) -> int:
                return codes.setdefault("" if value is None else shown(value), len(codes))

            own = np.array([code(getattr(r, field, "")) for r in records], np.int32)
            of_rows = own[index] if len(own) else np.zeros(0, np.int32)
            for rows, said in self._said(kind):
                value = getattr(said, field, None)
                if value is not None:
                    of_rows[rows] = code(value)
            return Texts(of_rows, list(codes))

        return self._once(f"{kind} {field}", make)

    def numbers(self, kind: str, field: str, **options: Any) -> Numbers:
        """Return a field of the records as numbers, overrides in force."""
        records, index = self.records(kind)
        own = np.array([_number(getattr(r, field, None)) for r in records], np.float64)
        of_rows = own[index] if len(own) else np.zeros(0)
        for rows, said in self._said(kind):
            value = getattr(said, field, None)
            if value is not None:
                of_rows[rows] = value
        return Numbers(of_rows, **options)

    def name(self, kind: str) -> Texts:
        """Return the names in force; a device or rack without one has its id."""
        if kind == "cable":
            return self._once("cable name in force", self._cable_names)
        if kind == "rack":
            names = [self.places[k].name or self._top_name() for k in self.rack_places]
            return Texts(np.arange(len(names), dtype=np.int32), names)
        names_ = self.texts(kind, "name")
        if "" not in names_.values:
            return names_
        return self._once(f"{kind} name in force", lambda: self._with_ids(kind, names_))

    def _with_ids(self, kind: str, names: Texts) -> Texts:
        records, index = self.records(kind)
        values, codes = list(names.values), names.codes.copy()
        nameless = np.flatnonzero(codes == values.index(""))
        for number in np.unique(index[nameless]).tolist():
            record = records[number]
            values.append(record.id if record is not None else "")
            codes[nameless[index[nameless] == number]] = len(values) - 1
        return Texts(codes, values)

    def _cable_names(self) -> Texts:
        """Cable k of a trunk that has a name is called `name-k`, as on the schedule."""
        records, index = self.records("cable")
        names = self.texts("cable", "name")
        many = np.array([isinstance(link, Link) and link.count > 1 for link in records], bool)
        own = np.array([name != "" for name in names.values], bool)
        if not len(records) or not (many[index] & own[names.codes]).any():
            return names
        codes, values = names.codes.copy(), list(names.values)
        for row in np.flatnonzero(many[index] & own[names.codes]).tolist():
            values.append(f"{names.values[names.codes[row]]}-{self.cable_number[row] + 1}")
            codes[row] = len(values) - 1
        for rows, said in self._said("cable"):
            if said.cable is not None and said.name is not None:
                values.append(said.name)
                codes[rows] = len(values) - 1
        return Texts(codes, values)

    def _top_name(self) -> str:
        block = self.reader.blocks.get(self.snapshot.flat.block)
        return block.name if block is not None else ""

    @cached_property
    def device_labels(self) -> Texts:
        """Names along the path of every device, joined; sorted by place, then by name."""
        names, place = self.name("device"), self.place_of("device")
        labels = self.labels
        texts = [
            f"{labels[p]}{JOINT}{names.values[c]}" if labels[p] else names.values[c]
            for p, c in zip(place.tolist(), names.codes.tolist(), strict=True)
        ]
        order = ranked(names.values)
        both = self.label_order[place] * (len(names.values) + 1) + order[names.codes]
        return Texts(np.arange(len(texts), dtype=np.int32), texts, both)

    # Paths.

    def path(self, kind: str, row: int) -> str:
        """Return the path of a row; of a cable that of its link."""
        return str(getattr(self.snapshot, f"{kind}_path")(row)).partition("#")[0]

    def paths(self, kind: str, rows: Index) -> list[str]:
        """Return the paths of many rows; of cables those of their links."""
        if len(rows) < 200:
            return [self.path(kind, row) for row in rows.tolist()]
        if kind == "rack":
            return [self.places[k].path for k in self.rack_places[rows].tolist()]
        records, index = self.records(kind)
        place = self.place_of(kind)[rows].tolist()
        heads = [f"{p.path}/" if p.path else "" for p in self.places]
        ids = [r.id if r is not None else "" for r in records]
        return [heads[p] + ids[i] for p, i in zip(place, index[rows].tolist(), strict=True)]

    def rows_of(self, kind: str, paths: Iterable[str]) -> Index:
        """Return the rows that paths lead to; of a link all its cables."""
        found: list[int] = []
        if kind == "device":  # tens of thousands may be asked for: what holds several is looked up once
            holders: dict[str, tuple[Mapping[str, int], int]] = {}
            for path in paths:
                holder, _, last = path.rpartition("/")
                if holder not in holders:
                    number = self.place_by_path.get(holder)
                    place = None if number is None else self.places[number]
                    holders[holder] = (
                        ({}, 0) if place is None else (place.flat.rows_by_id, place.start["device"])
                    )
                rows_by_id, start = holders[holder]
                row = rows_by_id.get(last, -1)
                if row >= 0:
                    found.append(start + row)
            return np.array(found, np.int64)
        for path in paths:
            rows = self._rows_at(kind, path)
            if rows is not None:
                found += range(rows.start, rows.stop)
        return np.array(found, np.int64)

    def _rows_at(self, kind: str, path: str) -> slice | None:
        if kind == "rack":
            number = self.place_by_path.get(path)
            if number is None or not _own_count(self.places[number].flat, "rack"):
                return None
            row = self.places[number].start["rack"]
            return slice(row, row + 1)
        holder, _, last = path.rpartition("/")
        number = self.place_by_path.get(holder)
        if number is None:
            return None
        place = self.places[number]
        if kind == "device":
            row = place.flat.rows_by_id.get(last, -1)
            return None if row < 0 else slice(place.start["device"] + row, place.start["device"] + row + 1)
        span = self._link_spans(place.flat).get(last)
        return None if span is None else slice(place.start["cable"] + span[0], place.start["cable"] + span[1])

    def _link_spans(self, flat: Flat) -> dict[str, tuple[int, int]]:
        def make() -> dict[str, tuple[int, int]]:
            at, spans = 0, {}
            for link_id, count in flat.cable_links:
                spans[link_id] = (at, at + count)
                at += count
            return spans

        return self._once(f"links of {flat.block}", make)

    # Overrides.

    def _said(self, kind: str) -> list[Statement]:
        """Return what overrides say of rows, inner blocks first, so that the last one wins."""
        return self._once(f"said {kind}", lambda: list(self._statements(kind)))

    def _statements(self, kind: str) -> Iterator[Statement]:
        holders = [place for place in self.places if self.reader.overrides(place.flat.block)]
        for place in reversed(holders):
            said = sorted(
                self.reader.overrides(place.flat.block).values(), key=lambda o: (o.cable is not None, o.id)
            )
            for override in said:
                path = f"{place.path}/{override.path}" if place.path else override.path
                rows = self._rows_at(kind, path)
                if rows is not None and kind == "cable" and override.cable is not None:
                    at = rows.start + override.cable
                    rows = slice(at, at + 1) if at < rows.stop else None
                if rows is not None:
                    yield Statement(rows, override)

    def _named_instances(self) -> dict[str, str]:
        """Return the names that overrides give, by path from the built block; the outermost wins."""
        named: dict[str, str] = {}
        if not any(self.reader.overrides(block) for block in self.reader.blocks_of("overrides")):
            return named
        waiting = [("", self.snapshot.flat)]
        while waiting:
            path, flat = waiting.pop(0)
            for override in self.reader.overrides(flat.block).values():
                if override.name is not None and override.cable is None:
                    named.setdefault(f"{path}/{override.path}" if path else override.path, override.name)
            waiting += [(f"{path}/{c.id}" if path else c.id, c.flat) for c in flat.children]
        return named

    def _once(self, name: str, make: Callable[[], T]) -> T:
        if name not in self._made:
            self._made[name] = make()
        found: T = self._made[name]
        return found


def _own_count(flat: Flat, kind: str) -> int:
    if kind == "device":
        return len(flat.device_ids)
    if kind == "rack":
        return len(flat.own["racks"]["rack_block"])
    return sum(count for _, count in flat.cable_links)


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else float("nan")

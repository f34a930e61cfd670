"""Part of a design with all that it needs, to be carried into another place or project."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec

from core.editing.cabling.sockets import compatible
from core.editing.naming import free_block_name
from core.errors import EditError, RecordError
from core.model.change import Edit
from core.model.check import check
from core.model.project import Reader
from core.model.records import BLOCK_TABLES, TABLES, Device, Instance, Key, Link, Record
from core.model.types import DeviceType

FORMAT = 1
_SHARED = ("types", "sources", "fabrics", "phases")


@dataclass
class Parcel:
    """Records by table: types, sources, fabrics and phases in use, whole blocks, and loose things.

    `root` is the block to place, or the one that the loose things were copied from (then it is not
    among the blocks).
    """

    root: str
    rows: dict[str, dict[Key, Record]] = field(default_factory=dict)

    def add(self, table: str, record: Record) -> None:
        """Add a record."""
        self.rows.setdefault(table, {})[record.key] = record

    def of(self, table: str, block: str | None = None) -> list[Any]:
        """Return the records of a table, of one block if given."""
        rows = self.rows.get(table, {}).values()
        return [record for record in rows if block is None or record.block == block]

    def to_plain(self) -> dict[str, Any]:
        """Return plain data that can be written as JSON."""
        plain: dict[str, Any] = {"cagenut_parcel": FORMAT, "root": self.root}
        for table in TABLES:
            if self.rows.get(table):
                plain[table] = msgspec.to_builtins(self.of(table))
        return plain

    @classmethod
    def from_plain(cls, data: Any) -> Parcel:
        """Return the parcel that `to_plain` described.

        Raises
        ------
        EditError
            If the data are something else.
        """
        if not isinstance(data, dict) or data.get("cagenut_parcel") != FORMAT:
            raise EditError("the clipboard holds nothing of a design", cure="Copy part of a drawing first")
        parcel = cls(str(data.get("root", "")))
        try:
            for table in TABLES:
                for row in data.get(table, ()):
                    parcel.add(table, check(table, row))
        except (RecordError, TypeError) as error:
            raise EditError(f"the clipboard is damaged: {error}", cure="Copy again") from None
        return parcel


def gather_block(parcel: Parcel, reader: Reader, block: str) -> None:
    """Add a block, all blocks placed in it and all that they refer to."""
    for each in sorted(reader.descendants(block)):
        record = reader.blocks[each]
        parcel.add("blocks", record)
        gather_types(parcel, reader, [record.rack_type])
        for table in BLOCK_TABLES:
            for inner in reader.rows(table, each).values():
                gather(parcel, reader, table, inner)


def gather(parcel: Parcel, reader: Reader, table: str, record: Record) -> None:
    """Add a record and what it refers to, except blocks."""
    parcel.add(table, record)
    if isinstance(record, (Device, Instance, Link)) and record.phase in reader.phases:
        parcel.add("phases", reader.phases[record.phase])
    if isinstance(record, Device):
        gather_types(parcel, reader, [record.type, *record.modules.values()])
        for source in record.feeds.values():
            parcel.add("sources", reader.sources[source])
    elif isinstance(record, Link):
        gather_types(parcel, reader, [record.cable])
        if record.fabric:
            parcel.add("fabrics", reader.fabrics[record.fabric])


def gather_types(parcel: Parcel, reader: Reader, type_ids: Iterable[str]) -> None:
    """Add types and those built into them."""
    waiting = list(type_ids)
    while waiting:
        record = reader.rows("types").get(waiting.pop())
        if record is None or record.key in parcel.rows.get("types", {}):
            continue
        parcel.add("types", record)
        if isinstance(record.spec, DeviceType):
            waiting.extend(fit.type for fit in record.spec.accelerators)
            waiting.extend(bay.fitted for bay in record.spec.bays if bay.fitted)


def unpack_shared(edit: Edit, parcel: Parcel) -> None:
    """Put types, sources, fabrics and phases into a project that lacks them; what it has, it keeps."""
    kept = []
    for table in _SHARED:
        for record in parcel.of(table):
            present = edit.get(table, record.key)
            if present is None:
                edit.put(table, record)
            elif present != record:
                kept.append(record.id)
    if kept:
        edit.notes.append(f"kept this project's own {', '.join(kept)}")


def unpack_blocks(edit: Edit, parcel: Parcel, into: str) -> dict[str, str]:
    """Put the blocks of a parcel into a project; return the id each has there.

    A block that the project already holds in identical form is used again, unless it contains the block
    `into` which they will be placed in.
    """
    packed = _Packed(parcel)
    above = edit.ancestors(into)
    own = {_digest(edit, block, {}): block for block in reversed(list(edit.blocks)) if block not in above}
    ids: dict[str, str] = {}
    for block in _bottom_up(parcel):
        same = own.get(_digest(packed, block, {}))
        if same is not None:
            ids[block] = same
            continue
        ids[block] = fresh = block if block not in edit.blocks else edit.new_id()
        record = packed.blocks[block]
        name = free_block_name(edit, record.name)
        edit.put("blocks", msgspec.structs.replace(record, id=fresh, name=name))
        for table in BLOCK_TABLES:
            for inner in parcel.of(table, block):
                moved = msgspec.structs.replace(inner, block=fresh)
                if isinstance(moved, Instance):
                    moved = msgspec.structs.replace(moved, of=ids[moved.of])
                edit.put(table, moved)
    return ids


def ensure_ports(edit: Edit, links: Iterable[Link]) -> None:
    """Raise if the project's own version of a type lacks a port that a cable brought in needs.

    Raises
    ------
    EditError
        With the first port that is missing or does not fit.
    """
    for link in links:
        sockets = []
        for end in (link.a, link.b):
            device = edit.resolve(link.block, end.path)
            table = edit.ports(device) if isinstance(device, Device) else None
            sockets.append([None if table is None else table.find(port) for port in end.ports])
        for a, b in zip(*sockets, strict=True):
            reason = "a port is missing" if a is None or b is None else compatible(a, b)
            if reason:
                raise EditError(
                    f"a cable does not fit this project's version of its types: {reason}",
                    cure="Update the types of the project first",
                )


class _Packed(Reader):
    """A parcel read like a project."""

    def __init__(self, parcel: Parcel) -> None:
        self._rows: dict[tuple[str, str], dict[str, Record]] = {}
        for table, rows in parcel.rows.items():
            for (block, record_id), record in rows.items():
                self._rows.setdefault((table, block), {})[record_id] = record

    def rows(self, table: str, block: str = "") -> dict[str, Any]:
        return self._rows.get((table, block), {})

    def blocks_of(self, table: str) -> Iterator[str]:
        return iter([block for name, block in self._rows if name == table])


def _bottom_up(parcel: Parcel) -> list[str]:
    packed = _Packed(parcel)
    order: dict[str, None] = {}

    def visit(block: str) -> None:
        if block in order or block not in packed.blocks:
            return
        for instance in packed.instances(block).values():
            visit(instance.of)
        order[block] = None

    for block in packed.blocks:
        visit(block)
    return list(order)


def _digest(reader: Reader, block: str, known: dict[str, str]) -> str:
    """Return a hash of all that a block holds, its name and id left out."""
    if block in known:
        return known[block]
    found = hashlib.sha256()
    record = reader.blocks[block]
    found.update(msgspec.json.encode(msgspec.structs.replace(record, id="x", name="", note="")))
    for table in BLOCK_TABLES:
        for _, inner in sorted(reader.rows(table, block).items()):
            fields: dict[str, Any] = msgspec.to_builtins(inner)
            fields.pop("block", None)
            if isinstance(inner, Instance):
                fields["of"] = _digest(reader, inner.of, known)
            found.update(table.encode() + msgspec.json.encode(fields, order="sorted"))
    known[block] = found.hexdigest()
    return known[block]

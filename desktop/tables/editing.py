"""Cells of a table put into the design: parsed, for one row or many, in one undo step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from core.editing.fields import OF_ONE, Stated, Thing, Watch, relative, set_fields, unwatched, value_of
from core.editing.overrides import OVERRIDE_FIELDS
from core.editing.routes import counted
from core.editing.types import rack_type_of
from core.errors import EditError
from core.model.change import Edit
from core.model.fields import Field, fields_of
from core.model.project import Reader
from core.model.records import Device, Instance, Link, Override, Record
from core.report.lists.cells import Rows
from core.report.lists.listing import Listing
from desktop.document import Document
from desktop.panels.form import Shift, WrongValueError, base_type, parsed
from desktop.panels.units import unit_notation

RECORDS: dict[str, type[Record]] = {"device": Device, "rack": Instance, "cable": Link}


def field_of(thing: str, name: str) -> Field:
    """Return what is known about a field of the things of a list."""
    own = fields_of(RECORDS[thing])
    return own[name] if name in own else fields_of(Override)[name]


def choices_of(reader: Reader, thing: str, name: str) -> list[str]:
    """Return the texts to choose from for a field; none if it is typed."""
    if name == "phase":
        return ["", *(p.name for p in sorted(reader.phases.values(), key=lambda p: p.order))]
    return list(field_of(thing, name).choices)


def set_cells(
    document: Document,
    listing: Listing,
    cells: Mapping[int, Mapping[str, str]],
    watch: Watch = unwatched,
) -> bool:
    """Put texts into the fields of some rows: all of them or none, one undo step.

    Parameters
    ----------
    cells : mapping of row of the list to (field to text)
    watch : callable, optional
        Sees every row twice: as its texts are read and as its fields are set.

    Raises
    ------
    EditError
        If a text is no value of its field or an edit cannot be done; names the row.
    """
    fields = list(dict.fromkeys(field for row in cells.values() for field in row))
    if not fields:
        return False
    rows = np.array(list(cells), np.int64)
    same = len({tuple(row.items()) for row in cells.values()}) == 1
    if same and len(rows) > 1:
        rows, things = _one_of_each(document, listing, rows, fields)
    else:
        things = things_of(listing, rows)
    title = field_of(listing.kind.thing, fields[0]).label if len(fields) == 1 else f"{len(fields)} fields"
    words = f"Set {title[:1].lower()}{title[1:]} of {counted(len(cells), listing.kind.noun)}"
    edit = _edit_for(document, words, fields, things)
    total = len(things)
    wanted = list(watch(_values(edit, document, listing, rows, things, cells), total))
    at: list[int] = []
    try:
        set_fields(edit, document.top, watch(_followed(wanted, at), total), only_this=document.only_this)
    except EditError as error:
        row = int(rows[min(len(at), len(rows)) - 1])
        raise error.at(_row_words(listing, row, cells)) from None
    return document.commit_edit(edit)


def _followed(wanted: list[tuple[Thing, dict[str, Any]]], at: list[int]) -> Iterable[Any]:
    for number, item in enumerate(wanted):
        at.append(number)
        yield item


def _edit_for(document: Document, words: str, fields: list[str], things: list[Thing]) -> Edit:
    if not document.only_this or all(field in OVERRIDE_FIELDS for field in fields):
        return Edit(document.project, words)
    return document.edit(words, *(thing.path.rpartition("/")[0] for thing in things))


def _one_of_each(
    document: Document, listing: Listing, rows: Rows, fields: list[str]
) -> tuple[Rows, list[Thing]]:
    """Return one row and thing for each trunk meant whole, and for each record where that is enough.

    It is enough where all copies get the same anyway and nothing has a value of its own.
    """
    kind, placed = listing.kind.thing, listing.source.placed
    if kind == "cable":
        rows, things = _whole_trunks(listing, rows)
    else:
        things = things_of(listing, rows)
    alone = document.only_this or kind == "rack" or any(field in OF_ONE for field in fields)
    overridden = any(True for block in document.project.blocks_of("overrides"))
    of_record = set(fields) <= set(RECORDS[kind].__struct_fields__)
    if alone or overridden or not of_record or any(thing.cable is not None for thing in things):
        return rows, things
    _, first = np.unique(placed.records(kind)[1][rows], return_index=True)
    first = np.sort(first)
    return rows[first], [things[k] for k in first.tolist()]


def things_of(listing: Listing, rows: Rows) -> list[Thing]:
    """Return the thing of each row; a cable of a trunk is one by itself."""
    placed, kind = listing.source.placed, listing.kind.thing
    paths = placed.paths(kind, rows)
    if kind != "cable":
        return [Thing(path) for path in paths]
    records, index = placed.records("cable")
    many = [isinstance(link, Link) and link.count > 1 for link in records]
    return [
        Thing(path, number if many[record] else None)
        for path, record, number in zip(
            paths, index[rows].tolist(), placed.cable_number[rows].tolist(), strict=True
        )
    ]


def _whole_trunks(listing: Listing, rows: Rows) -> tuple[Rows, list[Thing]]:
    """Return one row and thing for each trunk all of whose cables are among the rows, else each cable."""
    things = things_of(listing, rows)
    counts: dict[str, int] = {}
    for thing in things:
        counts[thing.path] = counts.get(thing.path, 0) + 1
    records, index = listing.source.placed.records("cable")
    kept: list[int] = []
    found: list[Thing] = []
    done: set[str] = set()
    for at, (thing, record) in enumerate(zip(things, index[rows].tolist(), strict=True)):
        link = records[record]
        whole = isinstance(link, Link) and counts[thing.path] == link.count
        if whole and thing.path in done:
            continue
        done.add(thing.path)
        kept.append(at)
        found.append(Thing(thing.path) if whole else thing)
    return rows[np.array(kept, np.int64)], found


def _values(
    edit: Edit,
    document: Document,
    listing: Listing,
    rows: Rows,
    things: list[Thing],
    cells: Mapping[int, Mapping[str, str]],
) -> Iterable[tuple[Thing, dict[str, Any]]]:
    stated = Stated(edit)
    parsed_before: dict[tuple[object, ...], Any] = {}
    for row, thing in zip(rows.tolist(), things, strict=True):
        record = edit.resolve(document.top, thing.path)
        if record is None:
            raise EditError("it is no longer there", where=_row_words(listing, row, cells))
        values = {}
        for field, text in cells[row].items():
            try:
                key = (field, text, record.block if field == "half_u" else "")
                if relative(text) is not None and _is_number(listing, field):
                    now = value_of(edit, document.top, thing, record, field, stated)
                    values[field] = Shift(text).of(field_of(listing.kind.thing, field), now)
                    continue
                if key not in parsed_before:
                    parsed_before[key] = _value(edit, listing.kind.thing, record, field, text)
                values[field] = parsed_before[key]
                _may_stand(document, thing, record, field)
            except (WrongValueError, EditError) as error:
                raise EditError(
                    f"{field_of(listing.kind.thing, field).label}: {error}",
                    where=_row_words(listing, row, cells),
                ) from None
        yield thing, values


def _is_number(listing: Listing, field: str) -> bool:
    return field != "half_u" and base_type(field_of(listing.kind.thing, field).type) in (int, float)


def _value(reader: Reader, thing: str, record: Record, name: str, text: str) -> Any:
    """Return the value of a field that a text stands for."""
    text = text.strip()
    if name == "half_u" and isinstance(record, Device):
        rack = rack_type_of(reader, record.block)
        if rack is None or record.zone:
            raise WrongValueError("It stands in no unit of a rack")
        return unit_notation(rack).parse(text)
    if name == "phase":
        found = {p.name.casefold(): p.id for p in reader.phases.values()}
        if text and text.casefold() not in found:
            names = ", ".join(p.name for p in reader.phases.values()) or "none yet"
            raise WrongValueError(f"There is no phase '{text}'; there are: {names}")
        return found.get(text.casefold(), "")
    field = field_of(thing, name)
    if field.choices:
        match = next((c for c in field.choices if c.casefold() == text.casefold()), None)
        if match is None:
            raise WrongValueError(f"'{text}' is none of {', '.join(c for c in field.choices if c)}")
        return int(match) if base_type(field.type) is int else match
    if base_type(field.type) is str and name not in RECORDS[thing].__struct_fields__:
        return text
    return parsed(field, text)


def _may_stand(document: Document, thing: Thing, record: Record, field: str) -> None:
    """Refuse coordinates of what stands in a placed block: they are those of the plan, not of its drawing."""
    if field in ("x_mm", "y_mm", "rotation") and isinstance(record, Instance) and "/" in thing.path:
        inside = document.label_of(thing.path.rpartition("/")[0])
        raise EditError(f"it stands inside {inside}", cure="Enter that and move it there")


def _row_words(listing: Listing, row: int, cells: Mapping[int, object]) -> str:
    number = list(cells).index(row) + 1 if row in cells else 1
    name = listing.cells("name").text(row) if any(c.name == "name" for c in listing.kind.columns) else ""
    if len(cells) == 1:
        return name or "row 1"
    return f"row {number} of {len(cells)}{f' ({name})' if name else ''}"

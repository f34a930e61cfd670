"""Fields of placed things from a table: asset tags, serial numbers, states and notes by name or path."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Any, Literal, NamedTuple

from core.editing.fields import Thing, Watch, set_fields, unwatched
from core.editing.placed_things import PlacedThings
from core.editing.routes import counted
from core.errors import EditError, FileError
from core.files.delimited import Delimited, Line
from core.model.change import Edit
from core.model.check import clean_name
from core.model.fields import NAME_LENGTH, TEXT_LENGTH, fields_of
from core.model.project import Reader
from core.model.records import Device, Instance, Link, Override, Record
from core.units import entered, with_points

State = Literal["new", "changed", "unchanged", "unmatched", "wrong"]
STATES: tuple[State, ...] = ("wrong", "unmatched", "changed", "new", "unchanged")
KEYS = {
    "path": ("path", "location", "pathname"),
    "name": ("name", "device", "cable", "host", "hostname", "rackname"),
    "holder": ("rack", "within", "in", "holder"),
    "old_tag": ("oldassettag", "oldtag", "currentassettag", "assettagold"),
}
"""What a row is matched by: words that may stand above the column, without blanks and signs.

A holder makes a name unique (rack and device); alone it is the name itself.
"""
FEET = ("lengthft", "lengthpinnedft")
"""Heads of lengths in feet, as tables in US units have them."""
FIELDS = {
    "asset_tag": ("assettag", "tag", "asset", "assetnumber", "assetno", "inventorynumber"),
    "serial": ("serial", "serialnumber", "serialno", "sn"),
    "status": ("status", "state"),
    "note": ("note", "notes", "remark", "remarks", "comment"),
    "name": ("namenew", "newname", "rename"),
    "length_m": ("lengthm", "length", "lengthpinned", "lengthpinnedm", *FEET),
    "power_limit_w": ("powerlimitw", "powerlimit", "limitw"),
    "absent": ("absent",),
}
"""What can be set, and what may stand above the column."""
_YES, _NO = ("yes", "true", "1", "y", "x", "absent"), ("no", "false", "0", "n", "present")
_OF: dict[str, tuple[type[Record], ...]] = {"length_m": (Link,), "power_limit_w": (Device, Instance)}


class Row(NamedTuple):
    """One row of the table: what it is about and what it would change."""

    line: int
    key: str
    state: State
    thing: Thing | None = None
    before: dict[str, str] = {}  # noqa: RUF012 (never altered)
    after: dict[str, str] = {}  # noqa: RUF012
    values: dict[str, Any] = {}  # noqa: RUF012
    problem: str = ""


class Plan(NamedTuple):
    """What a table would change."""

    where: str
    fields: tuple[str, ...]
    """Fields that the table sets."""
    ignored: tuple[str, ...]
    """Headings that mean nothing here."""
    rows: list[Row]

    def count(self, *states: State) -> int:
        """Return the number of rows in some states."""
        return sum(row.state in states for row in self.rows)

    @property
    def summary(self) -> str:
        """How many rows are in which state, in words."""
        words = (
            (state, self.count(state)) for state in ("new", "changed", "unchanged", "unmatched", "wrong")
        )
        return ", ".join(f"{count:,} {state}" for state, count in words if count) or "no rows"


def plan_fields(reader: Reader, table: Delimited, watch: Watch = unwatched) -> Plan:
    """Match the rows of a table with what is placed under the built block.

    `watch` sees every row as it is matched.

    Raises
    ------
    FileError
        If no column names the things, none holds a field, or two hold the same.
    """
    columns = _columns(table)
    names = [name for name in columns.values() if not name.startswith("key.")]
    if not any(name.startswith("key.") for name in columns.values()):
        raise FileError(
            "no column names the things",
            where=f"{table.where}, line 1",
            cure="Head one column 'name', 'path' or 'old asset tag'",
        )
    if not names:
        raise FileError(
            "no column holds a field that can be set",
            where=f"{table.where}, line 1",
            cure="Head a column 'asset_tag', 'serial', 'status', 'note' or 'new name'",
        )
    things = PlacedThings(reader)
    feet = {at for at in columns if _plain(table.heads[at]) in FEET}
    rows = [_row(things, columns, line, feet) for line in watch(table.rows, len(table.rows))]
    ignored = tuple(head for at, head in enumerate(table.heads) if at not in columns and head)
    return Plan(table.where, tuple(dict.fromkeys(names)), ignored, _without_twins(rows))


def apply_fields(edit: Edit, plan: Plan, watch: Watch = unwatched) -> int:
    """Set the fields of the rows that match; return how many things were altered.

    `watch` sees every row as its fields are set.

    Raises
    ------
    EditError
        If there is nothing to set or a value cannot be taken; names file and line.
    """
    wanted = [row for row in plan.rows if row.state in ("new", "changed")]
    if not wanted:
        raise EditError("nothing in it would change", where=plan.where, cure="Choose another file")

    def setting() -> Iterator[tuple[Thing, dict[str, Any]]]:
        for row in wanted:
            assert row.thing is not None
            at.append(row.line)
            yield row.thing, row.values

    at: list[int] = []
    try:
        set_fields(edit, edit.top, watch(setting(), len(wanted)), only_this=True)
    except EditError as error:
        raise error.at(f"{plan.where}, line {at[-1]}") from None
    edit.notes.append(f"fields of {counted(len(wanted), 'thing')} set")
    return len(wanted)


def _columns(table: Delimited) -> dict[int, str]:
    """Return what each column is: `key.path`, `key.name`, `key.old_tag` or a field."""
    found: dict[int, str] = {}
    for at, head in enumerate(table.heads):
        plain = _plain(head)
        name = next((f"key.{k}" for k, words in KEYS.items() if plain in words), "")
        name = name or next((f for f, words in FIELDS.items() if plain in words), "")
        if not name:
            continue
        if name in found.values():
            if name.startswith("key."):
                continue  # the first of them names the things
            twin = table.heads[next(i for i, n in found.items() if n == name)]
            raise FileError(
                f"the columns '{twin}' and '{head}' mean the same",
                where=f"{table.where}, line 1",
                cure="Remove or rename one of them",
            )
        found[at] = name
    keys = {name for name in found.values() if name.startswith("key.")}
    if keys == {"key.holder"}:
        return {at: "key.name" if name == "key.holder" else name for at, name in found.items()}
    return found


def _plain(head: str) -> str:
    return re.sub(r"[^a-z0-9]", "", head.casefold())


def _in_metres(text: str) -> str:
    """Return a length in feet as one in metres; what is no number as it is."""
    try:
        return shown(entered(f"{text}ft", "m")) if text.strip() else text
    except ValueError:
        return text


def _row(things: PlacedThings, columns: dict[int, str], line: Line, feet: Collection[int] = ()) -> Row:
    cells = {
        name: _in_metres(line.cells[at]) if at in feet else line.cells[at] for at, name in columns.items()
    }
    key, found, problem = things.match(cells)
    if problem:
        return Row(line.number, key, "unmatched", problem=problem)
    thing, record = found[0]
    before: dict[str, str] = {}
    after: dict[str, str] = {}
    values: dict[str, Any] = {}
    for field, text in cells.items():
        if field.startswith("key.") or not text.strip():
            continue
        old = things.value(thing, record, field)
        before[field] = shown(old)
        if text == before[field]:
            continue
        try:
            value = parsed(record, field, text)
        except ValueError as error:
            return Row(line.number, key, "wrong", thing, before, {field: text}, problem=str(error))
        if value != old:
            values[field], after[field] = value, shown(value)
    if not values:
        return Row(line.number, key, "unchanged", thing, before)
    state: State = "changed" if any(before[field] for field in values) else "new"
    return Row(line.number, key, state, thing, before, after, values)


def _without_twins(rows: list[Row]) -> list[Row]:
    """Mark rows that speak of a thing, or give an asset tag or serial, that an earlier row has."""
    seen: dict[object, int] = {}
    checked = []
    for row in rows:
        claims: list[tuple[object, str]] = []
        if row.thing is not None:
            claims.append((row.thing, "the same thing"))
        claims += [
            ((f, row.after[f]), f"'{row.after[f]}'") for f in ("asset_tag", "serial") if f in row.after
        ]
        twin = next(((seen[c], words) for c, words in claims if c in seen), None)
        if twin is not None and row.state in ("new", "changed", "unchanged"):
            row = row._replace(state="wrong", problem=f"line {twin[0]} has {twin[1]} already")
        for claim, _ in claims:
            seen.setdefault(claim, row.line)
        checked.append(row)
    return checked


def shown(value: Any) -> str:
    """Return a field as a table holds it.

    Examples
    --------
    >>> shown(None), shown(True), shown(2.5), shown("installed")
    ('', 'yes', '2.5', 'installed')
    """
    if value is None or value is False:
        return ""
    if value is True:
        return "yes"
    return f"{round(value, 6):.15g}" if isinstance(value, float) else str(value)


def parsed(record: Record, field: str, text: str) -> Any:
    """Return the value a cell stands for.

    Raises
    ------
    ValueError
        If it stands for none, or things of this kind have no such field; says why.
    """
    kinds = _OF.get(field)
    if kinds is not None and not isinstance(record, kinds):
        raise ValueError(f"only {' and '.join(_NOUNS[k] for k in kinds)} have the field {_title(field)}")
    word = text.strip()
    if field == "absent":
        if word.casefold() not in (*_YES, *_NO):
            raise ValueError(f"'{word}' is neither yes nor no")
        return word.casefold() in _YES
    if field == "status":
        choices = [choice for choice in fields_of(Device)["status"].choices if choice]
        if word.casefold() not in choices:
            raise ValueError(f"'{word}' is no status; use {', '.join(choices)}")
        return word.casefold()
    if field in ("length_m", "power_limit_w"):
        return _number(field, word)
    if field == "note":
        if len(word) > TEXT_LENGTH:
            raise ValueError(f"a note has at most {TEXT_LENGTH} characters")
        return "\n".join(clean_name(part) if len(part) <= NAME_LENGTH else part for part in word.splitlines())
    if len(word) > NAME_LENGTH:
        raise ValueError(f"at most {NAME_LENGTH} characters")
    return clean_name(word)


_NOUNS: dict[type[Record], str] = {Device: "devices", Instance: "racks", Link: "cables"}


def _number(field: str, word: str) -> float:
    try:
        value = float(with_points(word))
    except ValueError:
        raise ValueError(f"'{word}' is no number") from None
    known = fields_of(Override)[field]
    if not (known.low or 0.0) <= value <= (known.high or 1e12):
        raise ValueError(f"{_title(field)} must be from {known.low or 0:g} to {known.high or 1e12:g}")
    return value


def _title(field: str) -> str:
    return fields_of(Override)[field].label.lower()

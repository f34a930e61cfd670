"""One door for names and numbers: what may enter the model.

`Edit.put` and the loader of project files both call `check`. What passes can be saved, reloaded and
exported in every format we write.
"""

from __future__ import annotations

import math
import unicodedata
from typing import Any, TypeVar

import msgspec

from core.errors import RecordError
from core.model.records import (
    PROJECT_TABLES,
    TABLES,
    Assumption,
    Record,
    Requirement,
    TransformerRecord,
    TypeRecord,
    Workload,
)
from core.model.requirements import REQUIREMENTS

R = TypeVar("R", bound=Record)

_BIDI = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def check(table: str, record: Any) -> Record:
    """Return the record, validated against the schema of its table.

    Parameters
    ----------
    table : str
        Name of the table the record is meant for.
    record : Record or dict
        A record, or the plain data of one.

    Raises
    ------
    RecordError
        If the data do not fit the schema, a number is not finite or out of range, or a text holds
        control characters, unpaired surrogates, direction overrides or is not in normal form C.
    """
    cls = TABLES.get(table)
    if cls is None:
        raise RecordError(f"there is no table '{table}'")
    try:
        data = msgspec.to_builtins(record) if isinstance(record, msgspec.Struct) else record
    except TypeError as error:
        raise RecordError(str(error), where=f"{table} record '{record.id}'") from None
    try:
        checked = msgspec.convert(data, cls)
    except msgspec.ValidationError as error:
        raise RecordError(str(error), where=_where(table, data)) from None
    try:
        _clean(data)
    except RecordError as error:
        raise error.at(_where(table, data)) from None
    if not checked.id:
        raise RecordError("a record needs an id", where=_where(table, data))
    if (checked.block == "") != (table in PROJECT_TABLES) and table not in _EITHER:
        needed = "no block" if table in PROJECT_TABLES else "a block"
        raise RecordError(f"a record of this table has {needed}", where=_where(table, data))
    if isinstance(checked, Requirement) and checked.id in REQUIREMENTS:
        fault = REQUIREMENTS[checked.id].fault(checked.value)
        if fault:
            raise RecordError(fault, where=_where(table, data))
    if isinstance(checked, Assumption):
        low, high = checked.low, checked.high
        if min(checked.value, checked.value if low is None else low) < 0:
            raise RecordError("an assumption cannot be negative", where=_where(table, data))
        if (low is not None and low > checked.value) or (high is not None and high < checked.value):
            raise RecordError(
                "the value of an assumption must lie in its range",
                where=_where(table, data),
                cure="Correct the value, the lowest or the highest",
            )
    priced = checked.spec if isinstance(checked, TypeRecord) else checked
    low, high = getattr(priced, "price_low_usd", None), getattr(priced, "price_high_usd", None)
    if low is not None and high is not None and low > high:
        raise RecordError(
            "the lowest price is above the highest", where=_where(table, data), cure="Raise the highest first"
        )
    if isinstance(checked, Workload):
        try:
            checked.job  # noqa: B018
        except msgspec.ValidationError as error:
            raise RecordError(f"{error} of a {checked.kind} workload", where=_where(table, data)) from None
    if isinstance(checked, TransformerRecord) and (fault := checked.spec.fault()):
        raise RecordError(fault, where=_where(table, data))
    return checked


PARAGRAPHS = frozenset(
    ("note", "notes", "text", "description", "reason", "source", "title", "url", "heat_condition")
)
"""Fields whose text may have several lines."""

_LARGEST = 2**63 - 1
_EITHER = frozenset(("waivers", "layouts", "naming", "overrides", "notes"))


def _where(table: str, data: Any) -> str:
    name = "?"
    if isinstance(data, dict):
        name = f"'{str(data.get('block', ''))[:40]}/{str(data.get('id', '?'))[:40]}'".replace("'/", "'")
        name = name.encode("ascii", "backslashreplace").decode()
    return f"{table} record {name}"


def _clean(value: Any, *, lines: bool = False) -> None:
    if isinstance(value, str):
        _clean_text(value, lines)
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise RecordError("a number must be finite", cure="Give a number, or leave it out if not known")
    elif isinstance(value, int):
        if not -_LARGEST <= value <= _LARGEST:
            raise RecordError("an integer is too large", cure="Write it with a decimal point")
    elif isinstance(value, dict):
        for key, item in value.items():
            if not (type(key) is str and key.isascii() and key.isprintable()):
                _clean(key)
            # Most of what there is, seen at once: tens of thousands of records pass here in one edit.
            if not (type(item) is str and item.isascii() and item.isprintable()):
                _clean(item, lines=key in PARAGRAPHS)
    elif isinstance(value, (list, tuple)):
        for item in value:
            _clean(item, lines=lines)


def _clean_text(text: str, lines: bool) -> None:
    if text.isascii() and text.isprintable():
        return
    for char in text:
        category = unicodedata.category(char)
        if category in ("Cc", "Cs", "Zl", "Zp") and not (lines and char == "\n"):
            raise RecordError(f"text holds the character U+{ord(char):04X}", cure="Remove it")
        if char in _BIDI or category == "Cn":
            raise RecordError(f"text holds U+{ord(char):04X}, which cannot be printed", cure="Remove it")
    if unicodedata.normalize("NFC", text) != text:
        raise RecordError(
            "text is not in Unicode normal form C", cure="Type the accented letters as one character"
        )


def clean_name(text: str) -> str:
    """Return text as it may enter the model: normal form C, no control characters, at most 128 characters.

    For what people type or paste; `check` refuses what this repairs.

    Examples
    --------
    >>> clean_name("  rack\\t7  ")
    'rack 7'
    """
    text = unicodedata.normalize("NFC", text)
    kept = (
        c if unicodedata.category(c) not in ("Cc", "Cs", "Cn", "Zl", "Zp") else " "
        for c in text
        if c not in _BIDI
    )
    return unicodedata.normalize("NFC", " ".join("".join(kept).split()))[:128]

"""TOML of one thing: bounded reading with lines in messages, canonical writing."""

from __future__ import annotations

import datetime
import math
import re
import tomllib
import unicodedata
from collections.abc import Collection, Iterator
from difflib import get_close_matches
from typing import Any, TypeVar

import msgspec

from core.errors import CatalogueError

MOST_BYTES = 1_000_000
MOST_DEPTH = 16
"""Brackets within brackets, and parts of a dotted key."""

_STRINGS = re.compile(  # each branch also matches the unclosed string, so that the search stays linear
    r'"""(?:[^\\]|\\.)*?(?:"""|\Z)|' r"'''.*?(?:'''|\Z)|" r'"(?:[^"\\\n]|\\[^\n])*"?|' r"'[^'\n]*'?|#[^\n]*",
    re.DOTALL,
)
_AT = re.compile(r" - at `\$\.?([^`]*)`$")
_UNKNOWN = re.compile(r"unknown field `([^`]+)`")
_MISSING = re.compile(r"missing required field `([^`]+)`")
T = TypeVar("T")


def parse(text: str, where: str, *, holds: str = "type") -> dict[str, Any]:
    """Return what a TOML text holds, dates as text.

    Parameters
    ----------
    holds : str, optional
        What a file holds one of, for messages.

    Raises
    ------
    CatalogueError
        If it is no TOML, too large, nested too deeply, or holds a number that is not finite.
    """
    if len(text) > MOST_BYTES:
        raise CatalogueError(
            f"the file is larger than {MOST_BYTES:,} bytes", where=where, cure=f"One file holds one {holds}"
        )
    _refuse_nesting(text, where)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(f"this is no TOML: {error}", where=where, cure="Mend that line") from None
    except (ValueError, RecursionError):  # an integer of thousands of digits; brackets without end
        raise CatalogueError("this is no TOML that can be read", where=where) from None
    plain = {key: _dates_as_text(value) for key, value in data.items()}
    for path, value in _numbers(plain, ""):
        if not math.isfinite(value):
            raise error_at("a number must be finite", path, text, where, "Give a number, or remove the line")
    return plain


def _refuse_nesting(text: str, where: str) -> None:
    """Refuse what would cost the parser its stack or minutes; strings and comments are skipped."""
    depth = 0
    for number, line in enumerate(_STRINGS.sub(_keep_lines, text).split("\n"), 1):
        dotted = 0
        for char in line:
            if char in "[{":
                depth += 1
            elif char in "]}":
                depth -= 1
            elif char == ".":
                dotted += 1
            elif char in "=,":
                dotted = 0
            if depth > MOST_DEPTH or dotted > MOST_DEPTH:
                raise CatalogueError("the file is nested too deeply", where=f"{where}, line {number}")


def _keep_lines(match: re.Match[str]) -> str:
    return "\n" * match[0].count("\n")


def _dates_as_text(value: Any) -> Any:
    """TOML dates become ISO 8601 text, so that `read = 2026-11-22` is accepted too."""
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: _dates_as_text(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_dates_as_text(item) for item in value]
    return value


def converted(data: dict[str, Any], kind: type[T], known: Collection[str], text: str, where: str) -> T:
    """Return plain data as a struct; what is wrong is said with its line.

    Parameters
    ----------
    kind : type
        Struct, or a union of such.
    known : collection of str
        Names of fields, to propose one for an unknown name.

    Raises
    ------
    CatalogueError
        If a field is unknown, missing, or of the wrong kind.
    """
    try:
        return msgspec.convert(data, kind)
    except msgspec.ValidationError as error:
        message = str(error)
    at = _AT.search(message)
    path = at[1] if at else ""
    problem = _AT.sub("", message).replace(" | null", "")
    cure = "Correct the value or remove the line"
    if unknown := _UNKNOWN.search(problem):
        path = f"{path}.{unknown[1]}".lstrip(".")
        near = get_close_matches(unknown[1], known, 1)
        cure = f"Did you mean {near[0]}?" if near else "Remove it"
        problem = f"there is no field '{unknown[1]}'"
    elif missing := _MISSING.search(problem):
        cure = f"Add {missing[1]}"
        problem = f"the field '{missing[1]}' is missing"
    elif path:
        problem = f"{path}: {problem[:1].lower()}{problem[1:]}"
    raise error_at(problem, path, text, where, cure)


def _numbers(value: Any, path: str) -> Iterator[tuple[str, float]]:
    if isinstance(value, float):
        yield path, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _numbers(item, f"{path}.{key}".lstrip("."))
    elif isinstance(value, list):
        for i, item in enumerate(value):
            yield from _numbers(item, f"{path}[{i}]")


def error_at(problem: str, path: str, text: str, where: str, cure: str) -> CatalogueError:
    """Return an error at the line of a path such as `ports[2].name`."""
    line = _line_of(text, path)
    return CatalogueError(problem, where=f"{where}, line {line}" if line else where, cure=cure)


def _line_of(text: str, path: str) -> int | None:
    """Return the line, from 1, on which the value of a path such as `ports[2].name` stands."""
    lines = text.split("\n")
    first, last = 0, len(lines)
    keys = re.findall(r"([A-Za-z_]\w*)(?:\[(\d+)\])?", path)
    for i, (key, index) in enumerate(keys):
        headers = [n for n in range(first, last) if re.match(rf"\s*\[+\s*{key}\s*\]+", lines[n])]
        if headers and (index or i < len(keys) - 1):
            first = headers[min(int(index or 0), len(headers) - 1)]
            after = (n for n in range(first + 1, last) if lines[n].lstrip().startswith("["))
            last = next(after, last)
        elif headers:
            return headers[0] + 1
        else:
            found = (n for n in range(first, last) if re.match(rf"\s*[\"']?{key}[\"']?\s*=", lines[n]))
            first = next(found, first if i else -1)
            if first < 0:
                return None
            last = first + 1 if i == len(keys) - 1 else last
    return first + 1 if keys else None


def canonical(data: dict[str, Any]) -> str:
    """Return the canonical TOML of plain data: single values, then notes, then tables, sources last."""
    data = dict(data)
    sources, notes = data.pop("sources", []), data.pop("notes", [])
    lines: list[str] = []
    tables: list[str] = []
    for key, value in data.items():
        if _is_table_list(value):
            tables.extend(_table(key, row) for row in value)
        else:
            lines.append(f"{key} = {_value(value)}")
    if notes:
        lines.extend(("notes = [", *(f"    {_value(note)}," for note in notes), "]"))
    tables.extend(_table("sources", row) for row in sources)
    return "\n".join(lines) + "\n" + "".join(tables)


def _is_table_list(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and bool(value) and isinstance(value[0], dict)


def _table(key: str, row: dict[str, Any]) -> str:
    return f"\n[[{key}]]\n" + "".join(f"{name} = {_value(value)}\n" for name, value in row.items())


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    if isinstance(value, str):
        return '"' + "".join(_escaped(char) for char in value) + '"'
    raise TypeError(f"no TOML for {type(value).__name__}")


def _escaped(char: str) -> str:
    if char in '"\\':
        return "\\" + char
    if unicodedata.category(char) in ("Cc", "Zl", "Zp"):
        return {"\n": "\\n", "\t": "\\t"}.get(char, f"\\u{ord(char):04x}")
    return char

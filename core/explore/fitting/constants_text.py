"""Constants of any model as the text of a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec


def constants_text(constants: Any, heading: str = "") -> str:
    """Return constants as TOML that reads back to equal ones, numbers to six figures.

    Parameters
    ----------
    constants : msgspec.Struct
        Values, and mappings and structs of such; lists of structs become arrays of tables.
    heading : str, optional
        Lines for the head of the file, made comments.

    Examples
    --------
    >>> import tomllib
    >>> from core.engine.collective_constants import shipped_constants
    >>> tomllib.loads(constants_text(shipped_constants()))["links"]["NVLink 4"]["launch_us"]
    4.93
    """
    lines = [f"# {line}" for line in heading.splitlines()]
    lines += _table(msgspec.to_builtins(constants), ())
    return "\n".join(lines).strip("\n") + "\n"


def _table(values: dict[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    """Yield a table: its single values first, then its tables."""
    single = {key: value for key, value in values.items() if not _is_nested(value) and value is not None}
    if path and (single or not values):
        yield ""
        yield f"[{'.'.join(map(_key, path))}]"
    yield from (f"{_key(key)} = {_value(value)}" for key, value in single.items())
    for key, value in values.items():
        if isinstance(value, dict):
            yield from _table(value, (*path, key))
        elif _is_nested(value):
            for row in value:
                yield ""
                yield f"[[{'.'.join(map(_key, (*path, key)))}]]"
                yield from (f"{_key(name)} = {_value(v)}" for name, v in row.items() if v is not None)


def _is_nested(value: Any) -> bool:
    return isinstance(value, dict) or (
        isinstance(value, list | tuple) and bool(value) and isinstance(value[0], dict)
    )


def _key(name: str) -> str:
    return name if name.replace("_", "").isalnum() and name.isascii() else _text(name)


def _text(value: str) -> str:
    # A JSON text is a TOML text: the same escapes, control characters as \u.
    return msgspec.json.encode(value).decode()


def _value(value: Any) -> str:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_value, value)) + "]"
    if isinstance(value, float):
        text = f"{value:.6g}"
        return text if any(sign in text for sign in ".en") else f"{text}.0"
    return repr(value)

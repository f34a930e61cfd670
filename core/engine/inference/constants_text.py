"""Constants of the model of inference as the text of a file."""

from __future__ import annotations

from typing import Any

import msgspec

from core.engine.inference.constants import Constants


def write_constants(constants: Constants, heading: str = "") -> str:
    """Return constants as TOML that `read_constants` reads back to the same.

    Parameters
    ----------
    heading : str, optional
        Lines for the head of the file, made comments.

    Examples
    --------
    >>> from core.engine.inference.constants import read_constants, shipped_constants
    >>> read_constants(write_constants(shipped_constants())) == shipped_constants()
    True
    """
    plain = msgspec.to_builtins(constants)
    lines = [f"# {line}" for line in heading.splitlines()]
    for name in ("families", "precisions", "power"):
        lines += ["", f"[{name}]", *(f"{_key(key)} = {_inline(value)}" for key, value in plain[name].items())]
    for name, engine in plain["engines"].items():
        own = {key: value for key, value in engine.items() if key != "families"}
        lines += ["", f"[engines.{_key(name)}]", *_pairs(own)]
        for family, kernels in engine["families"].items():
            lines += ["", f"[engines.{_key(name)}.families.{_key(family)}]", *_pairs(kernels)]
    for source in plain["sources"]:
        lines += ["", "[[sources]]", *_pairs(source)]
    return "\n".join(lines).lstrip("\n") + "\n"


def _pairs(values: dict[str, Any]) -> list[str]:
    return [f"{_key(key)} = {_inline(value)}" for key, value in values.items() if value is not None]


def _key(name: str) -> str:
    return name if name.replace("_", "").replace("-", "").isalnum() else _text(name)


def _text(value: str) -> str:
    # A JSON text is a TOML text: the same escapes, control characters as \u.
    return msgspec.json.encode(value).decode()


def _inline(value: Any) -> str:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, dict):
        return "{ " + ", ".join(_pairs(value)) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_inline, value)) + "]"
    return repr(value)

"""Files of constants of the models: TOML with every constant named, each with its unit, limits and source."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import TypeVar

import msgspec

from core.errors import EngineError

T = TypeVar("T")


def parse_constants(text: str, kind: type[T], where: str) -> T:
    """Return the constants of a kind that a TOML text holds.

    Raises
    ------
    EngineError
        If it is no TOML, or a constant is missing, unknown or out of its range.
    """
    try:
        return msgspec.convert(tomllib.loads(text), kind)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise EngineError(str(error), where=where, cure="Compare with the file that is shipped") from None


def shipped_text(name: str) -> str:
    """Return the text of a file of constants shipped with the program."""
    return files("resources").joinpath("reference", name).read_text(encoding="utf-8")

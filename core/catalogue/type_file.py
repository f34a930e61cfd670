"""One type, one TOML file: strict reading, canonical writing."""

from __future__ import annotations

import tomllib
from functools import cache

import msgspec

from core.catalogue.toml_text import MOST_BYTES, canonical, converted, error_at, parse
from core.catalogue.type_check import faults_of
from core.errors import CatalogueError, RecordError
from core.model.check import check
from core.model.records import TypeRecord
from core.model.types import AnyType

__all__ = ["MOST_BYTES", "read_trusted", "read_type", "write_type"]


def read_type(text: str, where: str, *, draft: bool = False) -> AnyType:
    """Return the type a TOML text holds.

    Parameters
    ----------
    text : str
        Content of the file.
    where : str
        Name of the file, for messages.
    draft : bool
        A type that is still being written: its numbers need no source yet.

    Raises
    ------
    CatalogueError
        If the text is no TOML, holds an unknown key, a wrong or non-finite value, a number without a
        source, a bad port pattern or a name used twice. The message names the line where it can.
    """
    spec: AnyType = converted(parse(text, where), AnyType, _known_keys(), text, where)  # type: ignore[arg-type]
    for fault in faults_of(spec, draft=draft):
        raise error_at(fault.problem, fault.path, text, where, fault.cure)
    try:
        check("types", TypeRecord(id=spec.id, spec=spec))
    except RecordError as error:
        raise CatalogueError(error.problem, where=where, cure=error.cure) from None
    return spec


def read_trusted(text: str, where: str) -> AnyType:
    """Return the type of a file that came with the program and that its tests have read strictly."""
    try:
        return msgspec.convert(tomllib.loads(text), AnyType)  # type: ignore[no-any-return]
    except (ValueError, msgspec.ValidationError):
        return read_type(text, where)


def write_type(spec: AnyType) -> str:
    """Return the canonical TOML of a type: `read_type` gives back an equal type.

    Single values come first in the order of the schema, then notes, then tables, the sources last.
    """
    return canonical(msgspec.to_builtins(spec))


@cache
def _known_keys() -> frozenset[str]:
    from core.model import types

    structs = [s for s in vars(types).values() if isinstance(s, type) and issubclass(s, msgspec.Struct)]
    return frozenset({"type"} | {name for struct in structs for name in struct.__struct_fields__})

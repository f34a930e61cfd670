"""A type that is being written: what is sound of it, and what has been typed that is not."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import msgspec

from core.catalogue.citing import cited, covered, uncited
from core.catalogue.type_check import doubts_of, numbers_of, unsourced
from core.catalogue.type_file import read_type, write_type
from core.errors import CagenutError, CatalogueError
from core.model.types import AnyType, Evidence

_ID_SIGNS = re.compile(r"[A-Za-z0-9._+-]+")


def id_from(name: str) -> str:
    """Return the id that a name suggests.

    Examples
    --------
    >>> id_from("Acme One (8 GPU)")
    'acme-one-8-gpu'
    """
    return re.sub(r"[^a-z0-9._+]+", "-", name.lower()).strip("-")[:64].strip("-")


class Draft:
    """The last sound state of a type, and the reasons for what was refused since."""

    def __init__(self, spec: AnyType, *, follows: bool = False) -> None:
        self.spec = spec
        self.refused: dict[str, str] = {}
        """Why what stands in a field is not in the type."""
        self.source: Callable[[], tuple[str, Evidence]] = lambda: ("", "user")
        """Where values that are typed come from: title and evidence; without a title they are assumed."""
        self._begun = spec
        self._id_follows = follows

    @property
    def is_altered(self) -> bool:
        """Whether something would be lost."""
        return self.spec != self._begun or bool(self.refused)

    def put(self, name: str, value: Any) -> str:
        """Take a value for a field; return why it cannot be, or nothing."""
        if name == "id":
            self._id_follows = False
        if value == getattr(self.spec, name):
            self.refused.pop(name, None)
            return ""
        fields = {name: value}
        if name == "name" and self._id_follows:
            fields["id"] = id_from(str(value)) or self.spec.id
        spec = msgspec.structs.replace(self.spec, **fields)
        if name != "sources":
            spec = self._from_source(spec, name)
        try:
            self.spec = sound(spec)
        except CagenutError as error:
            cure = "" if "line" in error.cure else error.cure
            self.refused[name] = f"{error.problem}. {cure}" if cure else error.problem
            return self.refused[name]
        self.refused.pop(name, None)
        return ""

    def refuse(self, name: str, reason: str) -> None:
        """Remember that what stands in a field is no value of it."""
        self.refused[name] = reason

    def replace(self, spec: AnyType) -> None:
        """Take another type as a whole (from the text, a file, or a start)."""
        self.spec = spec
        self.refused.clear()

    def begin(self, spec: AnyType, *, follows: bool = False) -> None:
        """Start over."""
        self.replace(spec)
        self._begun = spec
        self._id_follows = follows

    def cover(self) -> None:
        """Give every number that has no source the one that is named, or that none was given."""
        self.spec = covered(self.spec, *self.source())

    def _from_source(self, spec: AnyType, name: str) -> AnyType:
        """Return the type with a typed value no longer under the source of the value before."""
        title, evidence = self.source()
        if title.strip() and name in numbers_of(spec):
            return cited(spec, [name], title.strip(), evidence)
        return uncited(spec, [name])

    @property
    def missing(self) -> tuple[str, ...]:
        """Numbers without a source."""
        return unsourced(self.spec)

    @property
    def doubts(self) -> list[str]:
        """What is possible but hardly meant."""
        return list(doubts_of(self.spec))


def sound(spec: AnyType) -> AnyType:
    """Return a type as the catalogue reads it; numbers need no source yet.

    Raises
    ------
    CatalogueError
        If it cannot be read back.
    """
    if not _ID_SIGNS.fullmatch(spec.id):
        raise CatalogueError("the id may hold letters, digits, dot, dash, plus and underscore")
    return read_type(write_type(spec), "TOML", draft=True)

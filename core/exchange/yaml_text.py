"""YAML as plain data: scalars keep their text and line; what plain data has no need of is refused.

The text of a scalar stays as it was written, so that a port called `1:10`, `0123` or `on` keeps its name
(YAML 1.1 takes them for a sexagesimal number, an octal one and a boolean); who reads a field decides what
it is. Anchors, aliases, tags, keys given twice and a second document are refused. The parser runs as a
stream of events over a stack of our own, so that deep nesting costs no stack.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import yaml

from core.errors import CatalogueError

MOST_BYTES = 1_000_000
MOST_DEPTH = 16
_NULLS = frozenset(("", "~", "null", "Null", "NULL"))
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Scalar(str):
    """A scalar as it was written."""

    line: int = 0
    """Line it begins on, from 1."""


class Mapping(dict[str, "Value"]):
    """Keys and values."""

    line: int = 0


class Sequence(list["Value"]):
    """Values in order."""

    line: int = 0


Value: TypeAlias = Scalar | Mapping | Sequence | None


def read_yaml(text: str, where: str, *, kind: str = "type") -> Mapping:
    """Return the mapping a YAML text holds.

    Parameters
    ----------
    text : str
        Content of the file.
    where : str
        Name of the file, for messages.
    kind : str, optional
        What the file should hold, for messages.

    Raises
    ------
    CatalogueError
        If the text is no YAML, no mapping, too large, or holds an anchor, an alias, a tag, a key twice or
        a second document. The message names the line where it can.

    Examples
    --------
    >>> read_yaml("model: 7.10\\nports: [{name: 1:10}]", "x.yaml")
    {'model': '7.10', 'ports': [{'name': '1:10'}]}
    """
    if len(text) > MOST_BYTES:
        raise CatalogueError(
            f"the file is larger than {MOST_BYTES:,} bytes",
            where=where,
            cure="One file holds one type" if kind == "type" else "Split it",
        )
    builder = _Builder(where)
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            builder.take(event)
    except yaml.YAMLError as error:
        raise _no_yaml(error, where) from None
    if not isinstance(builder.root, Mapping):
        raise CatalogueError(
            f"this holds no {kind}",
            where=where,
            cure="A type begins with lines such as manufacturer: and model:" if kind == "type" else "",
        )
    return builder.root


def _no_yaml(error: yaml.YAMLError, where: str) -> CatalogueError:
    mark = getattr(error, "problem_mark", None)
    place = f"{where}, line {mark.line + 1}" if mark is not None else where
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "it cannot be read"
    return CatalogueError(f"this is no YAML: {problem}", where=place, cure="Mend that line")


class _Builder:
    """Makes values of the parser's events."""

    def __init__(self, where: str) -> None:
        self.root: Value = None
        self._where = where
        self._open: list[Mapping | Sequence] = []
        self._keys: list[Scalar | None] = []
        self._documents = 0

    def take(self, event: Any) -> None:
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise self._error("anchors and aliases are not read", line, "Write the values out")
        if isinstance(event, yaml.ScalarEvent):
            self._refuse_tag(event, line)
            is_null = event.implicit[0] and event.style in (None, "") and event.value in _NULLS
            if is_null and not self._awaits_key():
                self._put(None, line)
                return
            scalar = Scalar(event.value)
            scalar.line = line
            self._put(scalar, line)
        elif isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            self._refuse_tag(event, line)
            made = Mapping() if isinstance(event, yaml.MappingStartEvent) else Sequence()
            made.line = line
            self._put(made, line)
            self._open.append(made)
            self._keys.append(None)
            if len(self._open) > MOST_DEPTH:
                raise self._error("the file is nested too deeply", line, f"{MOST_DEPTH} levels are read")
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            self._open.pop()
            self._keys.pop()
        elif isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                raise self._error("a second document begins here", line, "Put it into a file of its own")

    def _awaits_key(self) -> bool:
        return bool(self._open) and isinstance(self._open[-1], Mapping) and self._keys[-1] is None

    def _put(self, value: Value, line: int) -> None:
        if not self._open:
            self.root = value
            return
        holder, key = self._open[-1], self._keys[-1]
        if isinstance(holder, Sequence):
            holder.append(value)
        elif key is None:
            if not isinstance(value, Scalar):
                raise self._error("a key has to be a word", line, "Write the key as plain text")
            if value in holder:
                raise self._error(f"the key '{value[:40]}' stands here twice", line, "Remove one of them")
            self._keys[-1] = value
        else:
            holder[key] = value
            self._keys[-1] = None

    def _refuse_tag(self, event: Any, line: int) -> None:
        if event.tag not in (None, "!"):
            raise self._error(f"the tag '{event.tag[:40]}' is not read", line, "Remove it")

    def _error(self, problem: str, line: int, cure: str) -> CatalogueError:
        return CatalogueError(problem, where=f"{self._where}, line {line}", cure=cure)

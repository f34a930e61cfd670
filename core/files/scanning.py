"""JSON read piece by piece: every value has a line, nothing nests deeply, no name comes twice.

The standard parser would take NaN, keep the last of two equal names and follow any nesting into a
RecursionError; it also knows no lines once a file is read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NoReturn

from core.errors import FileError

MOST_DEPTH = 32
_SPACE = re.compile(r"[ \t\r\n]*")
_STRING = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)', re.DOTALL)
_NESTING = re.compile(r'[^"\[\]{}]*+(?:("[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z))|([\[{])|([\]}]))', re.DOTALL)
_SCALAR = re.compile(r"[^,\[\]{}\s]+")


class Scanner:
    """Walks through a JSON text. `where` names the text in errors."""

    def __init__(self, text: str, where: str) -> None:
        self.text = text
        self.where = where
        self.at = 0
        self._counted = 0
        self._line = 1

    def line(self, position: int) -> int:
        """Return the number of the line a position is in; quick for rising positions."""
        if position < self._counted:
            self._counted, self._line = 0, 1
        self._line += self.text.count("\n", self._counted, position)
        self._counted = position
        return self._line

    def place(self, position: int) -> str:
        """Return file and line of a position, for people."""
        return f"{self.where}, line {self.line(position)}"

    def fail(self, problem: str, position: int | None = None, cure: str = "") -> NoReturn:
        """Raise a FileError for a position, the present one if none is given."""
        raise FileError(problem, where=self.place(self.at if position is None else position), cure=cure)

    def next_char(self) -> str:
        """Skip white space and return the character after it without taking it; empty at the end."""
        match = _SPACE.match(self.text, self.at)
        assert match is not None  # it matches the empty text
        self.at = match.end()
        return self.text[self.at : self.at + 1]

    def take(self, char: str) -> None:
        """Take one expected character."""
        found = self.next_char()
        if found != char:
            self.fail(f"expected '{char}', found {ascii(found) if found else 'the end of the file'}")
        self.at += 1

    def members(self) -> Iterator[str]:
        """Yield the names of an object; who asks takes each value before the next name."""
        self.take("{")
        if self.next_char() == "}":
            self.at += 1
            return
        while True:
            if self.next_char() != '"':
                self.fail("expected a name in double quotes")
            name = self.value()
            self.take(":")
            yield name
            if self.next_char() != ",":
                break
            self.at += 1
        self.take("}")

    def elements(self) -> Iterator[int]:
        """Yield where each element of a list begins; who asks takes it before the next."""
        self.take("[")
        if self.next_char() == "]":
            self.at += 1
            return
        while True:
            self.next_char()
            yield self.at
            if self.next_char() != ",":
                break
            self.at += 1
        self.take("]")

    def value(self) -> Any:
        """Take one value whole and return it as plain data."""
        start, end = self.extent()
        try:
            found = _decoder.decode(self.text[start:end])
        except json.JSONDecodeError as error:
            self.fail(f"this is not JSON: {error.msg}", start + error.pos)
        except (ValueError, RecursionError) as error:
            self.fail(str(error).split(";")[0], start)
        self.at = end
        return found

    def skip(self) -> None:
        """Pass over one value."""
        self.at = self.extent()[1]

    def extent(self) -> tuple[int, int]:
        """Return where the next value begins and ends; bounded in depth and not recursive."""
        first = self.next_char()
        start = self.at
        if first == '"':
            match = _STRING.match(self.text, start)
        elif first in ("{", "["):
            return start, self._closing(start)
        else:
            match = _SCALAR.match(self.text, start)
        if match is None:
            self.fail(f"expected a value, found {ascii(first) if first else 'the end of the file'}")
        return start, match.end()

    def _closing(self, start: int) -> int:
        depth = 0
        position = start
        while True:
            match = _NESTING.match(self.text, position)
            if match is None:
                self.fail("this bracket is never closed", start)
            position = match.end()
            if match.group(2):
                depth += 1
                if depth > MOST_DEPTH:
                    self.fail(f"nested more than {MOST_DEPTH} deep", start)
            elif match.group(3):
                depth -= 1
                if depth == 0:
                    return position


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise ValueError(f"the name {twice[:40]!a} comes twice")
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


_decoder = json.JSONDecoder(object_pairs_hook=_pairs, parse_constant=_refuse_constant)

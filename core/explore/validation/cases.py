"""Published cases as they are read from a file: inputs, the figures to compare with, tolerance."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from core.errors import CagenutError

MOST_CASES = 20_000
_INTEGER = re.compile(r"[-+]?\d{1,18}\Z")
_FLOAT = re.compile(r"[-+]?(\d+\.\d*|\.\d+|\d+)([eE][-+]?\d{1,3})?\Z")
_WORDS = {"true": True, "True": True, "false": False, "False": False}


class MissingInputError(Exception):
    """An input that a rule needs is not there, or is not of the kind it needs: the rule says nothing."""


class WrongInputError(MissingInputError):
    """An input is there and is not of the kind or in the range that a rule needs; the text says so."""


class CaseError(CagenutError):
    """A file of cases that cannot be read."""


@dataclass(frozen=True)
class Tolerance:
    """How far a computed number may be off: `rel` of the published one plus `abs`; both 0: as printed."""

    rel: float = 0.0
    abs: float = 0.0

    def __str__(self) -> str:
        parts = [f"{self.rel * 100:g} %"] if self.rel else []
        return " + ".join(parts + ([f"{self.abs:g}"] if self.abs else [])) or "exact"


@dataclass(frozen=True)
class Case:
    """One published case.

    Attributes
    ----------
    id, family : str
    inputs : dict
        What it is about; rules take from here what they need.
    expected, derived : dict
        Figures the source states; figures that follow from those.
    tolerance : Tolerance
    verified : bool
        The figure was read in a source; False: from memory.
    basis, notes, source, group : str
    entry : dict
        All of it, as it stands in the file.
    """

    id: str
    family: str
    inputs: dict[str, Any]
    expected: dict[str, Any]
    derived: dict[str, Any] = field(default_factory=dict)
    tolerance: Tolerance = Tolerance()
    verified: bool = True
    basis: str = ""
    notes: str = ""
    source: str = ""
    group: str = ""
    entry: dict[str, Any] = field(default_factory=dict)

    @property
    def is_measured(self) -> bool:
        """Whether it is judged by the mean error of its group: it has a kind and measured figures."""
        return "kind" in self.entry and "measured" in self.entry

    def __contains__(self, name: str) -> bool:
        return name in self.inputs

    def __getitem__(self, name: str) -> Any:
        if name not in self.inputs:
            raise MissingInputError(name)
        return self.inputs[name]

    def integer(self, name: str, default: int | None = None) -> int:
        """Return an input that has to be a whole number of at least 0.

        Raises
        ------
        MissingInputError
            If it is not there (and there is no default) or is something else (`WrongInputError`).
        """
        value = self.inputs.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise self._unfit(name, "a whole number of at least 0")
        return value

    def number(self, name: str, default: float | None = None) -> float:
        """Return an input that has to be a number of at least 0; raises as `integer` does."""
        value = self.inputs.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
            raise self._unfit(name, "a number of at least 0")
        return float(value)

    def text(self, name: str) -> str:
        """Return an input that has to be a word; raises as `integer` does."""
        value = self.inputs.get(name)
        if not isinstance(value, str):
            raise self._unfit(name, "a word")
        return value

    def numbers(self, name: str) -> list[float]:
        """Return an input that has to be a list of numbers; raises as `integer` does."""
        value = self.inputs.get(name)
        if not isinstance(value, list) or not all(type(v) in (int, float) for v in value):
            raise self._unfit(name, "a list of numbers")
        return [float(v) for v in value]

    def _unfit(self, name: str, wanted: str) -> MissingInputError:
        if name not in self.inputs:
            return MissingInputError(name)
        return WrongInputError(f"the input {name[:40]} is {str(self.inputs[name])[:40]!r}, not {wanted}")


def read_cases(data: Mapping[str, Any], where: str) -> list[Case]:
    """Return the cases of a file.

    Parameters
    ----------
    data : mapping
        The file as plain data: words, lists and mappings, numbers still as they were written.
    where : str
        Name of the file, for messages.

    Raises
    ------
    CaseError
        If there are no cases, two have the same id, or one lacks its figures.
    """
    listed = data.get("cases")
    if not isinstance(listed, list) or not listed:
        raise CaseError("this holds no cases", where=where, cure="A file of cases has a list 'cases:'")
    if len(listed) > MOST_CASES:
        raise CaseError(f"the file has more than {MOST_CASES:,} cases", where=where)
    cases = [_case(raw, where) for raw in listed]
    seen: set[str] = set()
    for case in cases:
        if case.id in seen:
            raise CaseError(f"two cases are called '{case.id[:80]}'", where=where, cure="Rename one of them")
        seen.add(case.id)
    return cases


def _case(raw: Any, where: str) -> Case:
    line = getattr(raw, "line", 0)
    place = f"{where}, line {line}" if line else where
    if not isinstance(raw, Mapping):
        raise CaseError("a case is a mapping with id, family, inputs and expected", where=place)
    name = raw.get("id")
    if not isinstance(name, str) or not name:
        raise CaseError("a case has no id", where=place)
    place = f"{place}, case {name[:80]}"
    plain = {str(key): plain_value(value, place) for key, value in raw.items()}
    family = plain.get("family", plain.get("kind"))
    if not isinstance(family, str):
        raise CaseError("a case has no family", where=place)
    inputs = _mapping(plain, "inputs", place)
    for key in ("hardware", "workload"):
        inputs |= _mapping(plain, key, place)
    if "kind" in plain:
        for key in ("model", "parallelism"):
            _mapping(plain, key, place)
    expected = _mapping(plain, "expected", place) or _mapping(plain, "measured", place)
    if not expected:
        raise CaseError("a case has no expected figures", where=place, cure="Give 'expected:' or 'measured:'")
    return Case(
        id=name,
        family=family,
        inputs=inputs,
        expected=expected,
        derived=_mapping(plain, "derived", place),
        tolerance=_tolerance(plain.get("tolerance"), place),
        verified=plain.get("verified", True) is True,
        basis=str(plain.get("basis") or ""),
        notes=str(plain.get("notes") or ""),
        source=str(plain.get("source") or ""),
        group=str(plain.get("group") or ""),
        entry=plain,
    )


def _mapping(plain: dict[str, Any], key: str, place: str) -> dict[str, Any]:
    value = plain.get(key)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise CaseError(f"'{key}' is a mapping of names to values", where=place)
    return dict(value)


def _tolerance(value: Any, place: str) -> Tolerance:
    if value in (None, "exact"):
        return Tolerance()
    if isinstance(value, dict) and value and set(value) <= {"rel", "abs"}:
        given = [value.get("rel", 0), value.get("abs", 0)]
        if all(type(v) in (int, float) and v >= 0 for v in given):
            return Tolerance(*map(float, given))
    raise CaseError("the tolerance is 'exact', {rel: x} or {abs: x}", where=place)


def plain_value(value: Any, place: str) -> Any:
    """Return plain data with numbers and truth values made of their words.

    Examples
    --------
    >>> plain_value({"a": ["4", "0.5", "true", "2-8-9-400", None]}, "")
    {'a': [4, 0.5, True, '2-8-9-400', None]}
    """
    if isinstance(value, Mapping):
        return {str(key): plain_value(inner, place) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain_value(inner, place) for inner in value]
    if not isinstance(value, str):
        return value
    text = str(value)
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.match(text):
        return int(text)
    if _FLOAT.match(text):
        number = float(text)
        if not math.isfinite(number):
            raise CaseError(f"'{text[:40]}' is too large a number", where=place)
        return number
    if text.lstrip("+-").lower() in (".nan", "nan", ".inf", "inf", "infinity"):
        raise CaseError(f"'{text[:40]}' is no number to compare with", where=place)
    return text


def has_numbers(value: Any) -> bool:
    """Tell whether there is a number anywhere in plain data."""
    return any(True for _ in _numbers(value))


def _numbers(value: Any) -> Iterator[float]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from _numbers(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _numbers(inner)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield value

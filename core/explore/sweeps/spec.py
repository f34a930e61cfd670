"""What a sweep is asked for: a TOML file with a base, parameters, a search, limits and objectives."""

from __future__ import annotations

import difflib
import math
import re
import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from core.errors import CagenutError

Scalar = float | int | str | bool
Method = Literal["grid", "random", "evolutionary"]
METHODS = ("grid", "random", "evolutionary")
BASES = ("file", "example", "template", "generate")
MOST_POINTS = 1_000_000
RESERVED = ("point", "front", "broken", "failure")
"""Columns of the tables beside parameters and quantities."""
COUNTS = ("errors", "warnings")
"""Findings of the rules, as quantities; they are counted only where a limit or an objective asks."""
_LIMIT = re.compile(r"\s*([A-Za-z0-9_]+)\s*(<=|>=)\s*([-+0-9.eE_]+)\s*")
_KEYS: dict[str, tuple[str, ...]] = {
    "": ("name", "base", "search", "parameters", "constraints", "objectives"),
    "search": ("method", "points", "seed", "population"),
    "parameter": ("set", "values", "low", "high", "integer"),
}


class SpecError(CagenutError):
    """A sweep that cannot be run as asked."""


@dataclass(frozen=True)
class Parameter:
    """What is varied: listed values, or a range from `low` to `high`.

    `target` says where the value goes (`core.explore.sweeps.targets`).
    """

    name: str
    target: tuple[str, ...]
    values: tuple[Scalar, ...] = ()
    low: float = 0.0
    high: float = 0.0
    integer: bool = False

    def at(self, share: float) -> Scalar:
        """Return the value at a share of the range or of the list, from 0 up to but not 1.

        Examples
        --------
        >>> Parameter("n", ("generate", "hosts"), low=1, high=4, integer=True).at(0.99)
        4
        >>> Parameter("n", ("generate", "hosts"), ("a", "b")).at(0.4)
        'a'
        """
        if self.values:
            return self.values[min(int(share * len(self.values)), len(self.values) - 1)]
        if self.integer:
            return min(int(self.low + share * (self.high - self.low + 1)), int(self.high))
        return self.low + share * (self.high - self.low)


class Limit(NamedTuple):
    """A quantity that must not exceed (`<=`) or must reach (`>=`) a value."""

    quantity: str
    sign: str
    value: float

    def holds(self, value: float | None) -> bool:
        """Whether a value keeps the limit; what is not known does not."""
        if value is None:
            return False
        return value <= self.value if self.sign == "<=" else value >= self.value

    @property
    def text(self) -> str:
        return f"{self.quantity} {self.sign} {self.value:g}"


class Objective(NamedTuple):
    quantity: str
    sense: str
    """`least` or `most`."""


@dataclass(frozen=True)
class Spec:
    """A sweep as asked for. `base` is one of `BASES` with what belongs to it."""

    name: str
    base: tuple[str, Any]
    parameters: tuple[Parameter, ...]
    method: Method = "grid"
    points: int = 0
    seed: int = 0
    population: int = 40
    limits: tuple[Limit, ...] = ()
    objectives: tuple[Objective, ...] = ()
    lines: Mapping[str, int] = field(default_factory=dict)
    """Line of each key in the file, for messages."""
    source: str = "sweep"

    @property
    def quantities(self) -> tuple[str, ...]:
        """Names of the quantities that limits and objectives speak of."""
        return (*(limit.quantity for limit in self.limits), *(goal.quantity for goal in self.objectives))

    @property
    def counts_findings(self) -> bool:
        return any(name in COUNTS for name in self.quantities)

    def error(self, key: str, problem: str, cure: str = "") -> SpecError:
        """Return an error that names file, line and key."""
        return _error(self.source, self.lines, key, problem, cure)


def read_spec(text: str, source: str) -> Spec:
    """Return the sweep of a TOML text.

    Raises
    ------
    SpecError
        If it is no TOML or asks for something that is not known; with line, key and cure.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SpecError(f"this is no TOML: {error}", where=source, cure="Correct that line") from None
    return _Reading(source, _lines_of(text)).spec(data)


def near(word: str, known: Iterable[str]) -> str:
    """Return a cure that names what may have been meant.

    Examples
    --------
    >>> near("power_max", ["power_max_w", "mass_kg"])
    'Perhaps power_max_w'
    """
    names = list(known)
    close = difflib.get_close_matches(word, names, 3, 0.5)
    return f"Perhaps {', '.join(close)}" if close else f"Known are: {', '.join(names[:40])}"


def _lines_of(text: str) -> dict[str, int]:
    """Return the line of each key and table, by its dotted name."""
    found: dict[str, int] = {}
    table = ""
    for number, line in enumerate(text.splitlines(), 1):
        head = re.match(r"\s*\[\[?([^\]]+)\]", line)
        pair = re.match(r"\s*([A-Za-z0-9_.\"-]+)\s*=", line)
        if head:
            table = head[1].strip().replace('"', "")
            found.setdefault(table, number)
        elif pair:
            name = pair[1].replace('"', "")
            found.setdefault(f"{table}.{name}" if table else name, number)
    return found


def _error(source: str, lines: Mapping[str, int], key: str, problem: str, cure: str) -> SpecError:
    parts = key.split(".")
    line = next((lines[k] for n in range(len(parts), 0, -1) if (k := ".".join(parts[:n])) in lines), None)
    place = source if line is None else f"{source}, line {line}"
    return SpecError(problem, where=f"{place}, {key}" if key else place, cure=cure)


@dataclass(frozen=True)
class _Reading:
    """One file as it is read."""

    source: str
    lines: Mapping[str, int]

    def spec(self, data: dict[str, Any]) -> Spec:
        self.known("", data, _KEYS[""])
        search = self.table("search", data.get("search", {}))
        self.known("search", search, _KEYS["search"])
        method = search.get("method", "grid")
        if method not in METHODS:
            raise self.error("search.method", f"there is no search '{method}'", near(str(method), METHODS))
        parameters = tuple(
            self.parameter(name, self.table(f"parameters.{name}", value))
            for name, value in self.table("parameters", data.get("parameters", {})).items()
        )
        if not parameters:
            raise self.error("parameters", "nothing is varied", "Add a table [parameters.NAME]")
        seen: dict[tuple[str, ...], str] = {}
        for one in parameters:
            if other := seen.get(one.target):
                key = f"parameters.{one.name}"
                raise self.error(key, f"'{other}' sets the same", "Give each its own, or leave one out")
            seen[one.target] = one.name
        if method == "grid":
            self.finite(parameters)
        elif "points" not in search:
            raise self.error("search", f"a {method} search needs a number of points", "Add points = 200")
        return Spec(
            name=str(data.get("name", self.source)),
            base=self.base(self.table("base", data.get("base", {}))),
            parameters=parameters,
            method=method,
            points=self.whole("search.points", search.get("points", 1), 1, MOST_POINTS),
            seed=self.whole("search.seed", search.get("seed", 0), 0, 2**32 - 1),
            population=self.whole("search.population", search.get("population", 40), 4, 10_000),
            limits=tuple(self.limit(text) for text in self.list("constraints", data)),
            objectives=tuple(self.objective(text) for text in self.list("objectives", data)),
            lines=self.lines,
            source=self.source,
        )

    def base(self, data: dict[str, Any]) -> tuple[str, Any]:
        self.known("base", data, BASES)
        if len(data) != 1:
            raise self.error("base", "a sweep starts from one design", f"Give one of {', '.join(BASES)}")
        (kind, value), = data.items()  # fmt: skip
        if kind == "generate":
            return kind, self.table("base.generate", value)
        if not isinstance(value, str) or not value:
            raise self.error(f"base.{kind}", "this must be a name in quotes", 'Such as "hall.cage"')
        return kind, value

    def parameter(self, name: str, data: dict[str, Any]) -> Parameter:
        key = f"parameters.{name}"
        self.known(key, data, _KEYS["parameter"])
        target = data.get("set")
        if not isinstance(target, str) or not target:
            raise self.error(key, "it does not say what it sets", 'Such as set = "requirement:air_supply_c"')
        if name in RESERVED:
            raise self.error(key, f"'{name}' is a column of the tables", "Give it another name")
        parts = tuple(target.split(":"))
        whole = data.get("integer", False)
        if not isinstance(whole, bool):
            raise self.error(f"{key}.integer", "this must be true or false", "integer = true")
        if "values" in data:
            for other in ("low", "high", "integer"):
                if other in data:
                    raise self.error(f"{key}.{other}", "there are values already", "Leave one of them out")
            values = data["values"]
            if not isinstance(values, list) or not values:
                raise self.error(f"{key}.values", "this must be a list of values", "values = [1, 2]")
            if not all(_is_plain(value) for value in values):
                raise self.error(f"{key}.values", "values are finite numbers or words", "values = [1, 2]")
            if len({str(value) for value in values}) < len(values):
                raise self.error(f"{key}.values", "a value is listed twice", "Leave one of them out")
            return Parameter(name, parts, tuple(values))
        low, high = data.get("low"), data.get("high")
        for side, value in (("low", low), ("high", high)):
            if isinstance(value, bool) or not isinstance(value, (int, float)) or not _is_finite(value):
                raise self.error(
                    f"{key}.{side}", "this must be a number", "Give values, or low and high of a range"
                )
        if low >= high:  # type: ignore[operator]
            raise self.error(f"{key}.high", f"{high} is not above {low}", "Turn low and high around")
        if whole and (low != int(low) or high != int(high)):  # type: ignore[arg-type]
            raise self.error(f"{key}.low", "a range of whole numbers has whole ends", "low = 10, high = 12")
        return Parameter(name, parts, (), low, high, whole)  # type: ignore[arg-type]

    def finite(self, parameters: tuple[Parameter, ...]) -> None:
        total = 1
        for one in parameters:
            if not one.values and not one.integer:
                raise self.error(
                    f"parameters.{one.name}",
                    "a grid needs listed values",
                    'Give values = [...], or [search] method = "random"',
                )
            total *= len(one.values) or int(one.high - one.low) + 1
        if total > MOST_POINTS:
            raise self.error("parameters", f"the grid has {total:,} points", "List fewer values, or random")

    def limit(self, text: Any) -> Limit:
        match = _LIMIT.fullmatch(text) if isinstance(text, str) else None
        try:
            value = math.nan if match is None else float(match[3])
        except ValueError:
            value = math.nan
        if match is None or not math.isfinite(value):
            raise self.error(
                "constraints", f"'{text}' is no limit", 'Write it as "power_max_w <= 2.5e6", with <= or >='
            )
        return Limit(match[1], match[2], value)

    def objective(self, text: Any) -> Objective:
        sense, _, name = text.partition(" ") if isinstance(text, str) else ("", "", "")
        if sense not in ("least", "most") or not name.strip():
            raise self.error(
                "objectives",
                f"'{text}' is no objective",
                'Write it as "least capex_usd" or "most accelerators"',
            )
        return Objective(name.strip(), sense)

    def known(self, key: str, data: Mapping[str, Any], names: Collection[str]) -> None:
        for name in data:
            if name not in names:
                raise self.error(
                    f"{key}.{name}" if key else name, f"the key '{name}' is not known", near(name, names)
                )

    def table(self, key: str, value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self.error(key, "this must be a table", f"Write [{key}]")
        return value

    def list(self, key: str, data: Mapping[str, Any]) -> list[Any]:
        value = data.get(key, [])
        if not isinstance(value, list):
            raise self.error(key, "this must be a list", f'{key} = ["..."]')
        return value

    def whole(self, key: str, value: Any, low: int, high: int) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise self.error(key, f"{value!r} is no whole number from {low} to {high}", "Correct it")
        return value

    def error(self, key: str, problem: str, cure: str) -> SpecError:
        return _error(self.source, self.lines, key, problem, cure)


def _is_plain(value: Any) -> bool:
    return isinstance(value, (str, bool)) or (isinstance(value, (int, float)) and _is_finite(value))


def _is_finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # a whole number of hundreds of digits
        return False

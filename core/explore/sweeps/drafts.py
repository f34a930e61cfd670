"""A sweep while it is being written: parameters as typed, turned into the text of a file and back."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

from core.explore.sweeps.spec import Method, Parameter, Scalar, Spec, SpecError, read_spec

RANGE = re.compile(r"\s*([-+0-9.eE_]+)\s*(?:…|\.\.\.?|\bto\b)\s*([-+0-9.eE_]+)\s*(whole)?\s*")
_PLAIN = re.compile(r"[^A-Za-z0-9_]+")


@dataclass(frozen=True)
class Varied:
    """A parameter as it is typed.

    `values` is a list (`a, b`), a range (`0.8 … 1.2`), or a range of whole numbers (`4 … 8 whole`).
    """

    name: str
    target: str
    values: str


@dataclass(frozen=True)
class Draft:
    """A sweep that may not be complete yet; `read` says what is missing."""

    varied: tuple[Varied, ...] = ()
    method: Method = "grid"
    points: int = 200
    seed: int = 1
    population: int = 40
    objectives: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()
    name: str = "Sweep"
    base: tuple[str, str] = field(default=("file", "design.cage"))

    def text(self) -> str:
        """Return the file of it, as `cagenut sweep` reads it."""
        lines = [
            f"name = {_quoted(self.name)}",
            f"constraints = [{', '.join(map(_quoted, self.limits))}]",
            f"objectives = [{', '.join(map(_quoted, self.objectives))}]",
            "", "[base]", f"{self.base[0]} = {_quoted(self.base[1])}",
            "", "[search]", f"method = {_quoted(self.method)}",
        ]  # fmt: skip
        if self.method != "grid":
            lines += [f"points = {self.points}", f"seed = {self.seed}"]
        if self.method == "evolutionary":
            lines.append(f"population = {self.population}")
        for one in self.varied:
            lines += ["", f"[parameters.{_key(one.name)}]", f"set = {_quoted(one.target)}", *_values(one)]
        return "\n".join(lines) + "\n"

    def read(self) -> Spec:
        """Return the sweep.

        Raises
        ------
        SpecError
            If it is not complete, or asks for something that is not known.
        """
        return read_spec(self.text(), self.name)


def draft_of(spec: Spec) -> Draft:
    """Return a sweep as it is typed; one that generates its base has none that can be written again.

    Raises
    ------
    SpecError
        If its base is generated.
    """
    kind, value = spec.base
    if kind == "generate":
        raise SpecError(
            "a sweep that generates its base is run by `cagenut sweep`",
            where=spec.source,
            cure="Open a file that starts from a design",
        )
    return Draft(
        tuple(Varied(one.name, ":".join(one.target), typed(one)) for one in spec.parameters),
        spec.method,
        spec.points,
        spec.seed,
        spec.population,
        tuple(f"{goal.sense} {goal.quantity}" for goal in spec.objectives),
        tuple(f"{limit.quantity} {limit.sign} {limit.value!r}" for limit in spec.limits),
        spec.name,
        (kind, str(value)),
    )


def typed(one: Parameter) -> str:
    """Return the values of a parameter as they are typed.

    Examples
    --------
    >>> typed(Parameter("n", ("generate", "hosts"), low=4, high=8, integer=True))
    '4 … 8 whole'
    >>> typed(Parameter("n", ("price_factor", "*"), (0.8, 1.2)))
    '0.8, 1.2'
    """
    if one.values:
        return ", ".join(_word(value) for value in one.values)
    return f"{one.low:.10g} … {one.high:.10g}{' whole' if one.integer else ''}"


def unused(name: str, taken: tuple[str, ...]) -> str:
    """Return a name of a parameter that is not taken.

    Examples
    --------
    >>> unused("DGX H100", ("DGX_H100",))
    'DGX_H100_2'
    """
    key = _key(name)
    found, number = key, 2
    while found in taken:
        found, number = f"{key}_{number}", number + 1
    return found


def _values(one: Varied) -> list[str]:
    match = RANGE.fullmatch(one.values)
    if match:
        # What is no number is told by the reader, with the line.
        whole = ["integer = true"] if match[3] else []
        return [f"low = {_number(match[1])}", f"high = {_number(match[2])}", *whole]
    words = [word.strip() for word in one.values.split(",")]
    return [f"values = [{', '.join(_written(word) for word in words if word)}]"]


def _written(word: str) -> str:
    if word in ("true", "false"):
        return word
    number = _number(word)
    return number if number != _quoted(word) else _quoted(word.strip('"'))


def _number(word: str) -> str:
    """Return a number as TOML has it; what is none in quotes."""
    try:
        return repr(int(word))
    except ValueError:
        pass
    try:
        value = float(word)
    except ValueError:
        return _quoted(word)
    return repr(value) if value == value and abs(value) != float("inf") else _quoted(word)


def _word(value: Scalar) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str) and (_number(value) != _quoted(value) or value in ("true", "false")):
        return f'"{value}"'
    if isinstance(value, float) and float(f"{value:.12g}") == value:
        return f"{value:.12g}"
    return str(value)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _key(name: str) -> str:
    return _PLAIN.sub("_", name).strip("_") or "value"

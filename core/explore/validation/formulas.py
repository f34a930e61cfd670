"""Formulas as sources print them: whole-number arithmetic over named variables, without `eval`.

Understood: + - * // / % ** with whole numbers and names, brackets, comparisons, `x in {1,2}`, `not`, `and`,
`or`, `a if condition else b`, `k odd`, `k even`, `sqrt(...)`, `min(a, b)`, `max(a, b)`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import NamedTuple

from core.errors import EngineError

MOST_CHARACTERS = 200
_TOKEN = re.compile(r"\s*(?:(\d+(?:\.\d+)?)|([A-Za-z_]\w*)|(\*\*|//|<=|>=|==|!=|[-+*/%(){},<>^]))")
_BINARY = {"+": 1, "-": 1, "*": 2, "//": 2, "/": 2, "%": 2, "**": 4, "^": 4}
_MOST_VALUE = 1e15


class _Token(NamedTuple):
    kind: str
    text: str


def evaluate(formula: str, names: Mapping[str, float]) -> float:
    """Return the value of a formula; truth values are 1 and 0.

    Raises
    ------
    EngineError
        If it is not understood, names an unknown variable, divides by zero or grows too large.

    Examples
    --------
    >>> evaluate("4 + 2*(j-1) + (0 if k<=4 else 1)", {"j": 3, "k": 5})
    9
    >>> evaluate("0 if k in {1,2,5,6} else 1", {"k": 6})
    0
    >>> evaluate("P^2/2", {"P": 64})
    2048.0
    >>> evaluate("2 * min(a, b)", {"a": 3, "b": 4})
    6
    """
    if len(formula) > MOST_CHARACTERS:
        raise EngineError("the formula is too long")
    reader = _Reader(_tokens(formula), names)
    value = reader.choice()
    if reader.here.kind != "end":
        raise EngineError(f"'{reader.here.text}' is not understood in '{formula}'")
    return value


def _tokens(formula: str) -> list[_Token]:
    tokens, at, text = [], 0, formula.rstrip()
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise EngineError(f"'{text[at : at + 10]}' is not understood in '{formula}'")
        kind = ("number", "word", "sign")[(found.lastindex or 1) - 1]
        tokens.append(_Token(kind, found[found.lastindex or 1]))
        at = found.end()
    return [*tokens, _Token("end", "")]


class _Reader:
    """Computes while it reads."""

    def __init__(self, tokens: list[_Token], names: Mapping[str, float]) -> None:
        self._tokens, self._names, self._at = tokens, names, 0
        self._depth = 0

    @property
    def here(self) -> _Token:
        return self._tokens[self._at]

    def choice(self) -> float:
        value = self._or()
        if self._take("if"):
            condition = self._or()
            self._expect("else")
            other = self.choice()
            return value if condition else other
        return value

    def _or(self) -> float:
        value = self._and()
        while self._take("or"):
            other = self._and()
            value = float(bool(value) or bool(other))
        return value

    def _and(self) -> float:
        value = self._compared()
        while self._take("and"):
            other = self._compared()
            value = float(bool(value) and bool(other))
        return value

    def _compared(self) -> float:
        if self._take("not"):
            return float(not self._compared())
        value = self._sum(1)
        if self._take("odd") or self._take("even"):
            return float(value % 2 == (self._tokens[self._at - 1].text == "odd"))
        if self._take("in"):
            self._expect("{")
            members = [self._sum(1)]
            while self._take(","):
                members.append(self._sum(1))
            self._expect("}")
            return float(value in members)
        for sign in ("<=", ">=", "==", "!=", "<", ">"):
            if self._take(sign):
                other = self._sum(1)
                return float(
                    {
                        "<=": value <= other, ">=": value >= other, "==": value == other,
                        "!=": value != other, "<": value < other, ">": value > other,
                    }[sign]
                )  # fmt: skip
        return value

    def _sum(self, least: int) -> float:
        value = self._atom()
        while (binding := _BINARY.get(self.here.text, 0)) >= least and self.here.kind == "sign":
            sign = self.here.text
            self._at += 1
            other = self._sum(binding if binding == 4 else binding + 1)
            value = _binary(sign, value, other)
        return value

    def _atom(self) -> float:
        self._depth += 1
        if self._depth > 50:
            raise EngineError("the formula is nested too deeply")
        try:
            token = self.here
            self._at += token.kind != "end"
            if token.text == "-":
                return -self._atom()
            if token.text == "(":
                value = self.choice()
                self._expect(")")
                return value
            if token.kind == "number":
                return float(token.text) if "." in token.text else int(token.text)
            if token.text == "sqrt" and self.here.text == "(":
                return _root(self._atom())
            if token.text in ("min", "max") and self._take("("):
                one = self.choice()
                self._expect(",")
                other = self.choice()
                self._expect(")")
                return min(one, other) if token.text == "min" else max(one, other)
            if token.kind == "word" and token.text in self._names:
                return self._names[token.text]
            raise EngineError(f"'{token.text or 'the end'}' is not understood in a formula")
        finally:
            self._depth -= 1

    def _take(self, text: str) -> bool:
        if self.here.text == text and self.here.kind != "number":
            self._at += 1
            return True
        return False

    def _expect(self, text: str) -> None:
        if not self._take(text):
            raise EngineError(f"'{text}' is missing before '{self.here.text or 'the end'}' in a formula")


def _root(value: float) -> float:
    if value < 0:
        raise EngineError("a formula takes the root of a negative number")
    return math.sqrt(value)


def _binary(sign: str, a: float, b: float) -> float:
    if sign in ("/", "//", "%") and b == 0:
        raise EngineError("a formula divides by zero")
    if sign in ("**", "^"):
        if abs(b) > 16 or abs(a) > 1e6:
            raise EngineError("a power in a formula is too large")
        value = a**b
    else:
        value = {
            "+": lambda: a + b, "-": lambda: a - b, "*": lambda: a * b,
            "/": lambda: a / b, "//": lambda: a // b, "%": lambda: a % b,
        }[sign]()  # fmt: skip
    if isinstance(value, complex) or abs(value) > _MOST_VALUE:
        raise EngineError("a value in a formula is too large")
    return float(value) if isinstance(value, float) else int(value)

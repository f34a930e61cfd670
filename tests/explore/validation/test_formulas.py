"""Formulas as sources print them."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import EngineError
from core.explore.validation.formulas import evaluate


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("1 + 2*3", 7), ("(1+2)*3", 9), ("7//2 + 7%2", 4), ("2**3**2", 512), ("-3 + 5", 2), ("8 - 3 - 2", 3),
        ("P^2/2", 32), ("1 if j odd else 2", 1), ("1 if j even else 2", 2), ("j in {1,3}", 1),
        ("not j in {1}", 1),
        ("1 if j>2 and k<=5 else 0", 1), ("1 if j>9 or k==5 else 0", 1), ("sqrt(2*P)", 4), ("10 / 4", 2.5),
    ],
)  # fmt: skip
def test_values(formula: str, value: float) -> None:
    assert evaluate(formula, {"j": 3, "k": 5, "P": 8}) == value


@pytest.mark.parametrize(
    "formula",
    [
        "", "1 +", "(1", "__import__('os')", "x", "1 2", "10**17", "9**9**9", "1/0", "1//0", "5 % 0",
        "sqrt(0-1)",
        "1 if j", "j in {1", "(" * 60 + "1" + ")" * 60, "1+" * 120 + "1", "j.k", "'a'", "lambda: 1",
    ],
)  # fmt: skip
def test_what_is_refused(formula: str) -> None:
    with pytest.raises(EngineError):
        evaluate(formula, {"j": 3})


@given(st.integers(0, 99), st.integers(0, 99), st.integers(1, 99))
def test_as_python_reads_them(a: int, b: int, c: int) -> None:
    names = {"a": a, "b": b, "c": c}
    assert evaluate("a + b*c - (a - b)//c", names) == a + b * c - (a - b) // c
    assert evaluate("a % c if a <= b else b % c", names) == (a % c if a <= b else b % c)


@given(st.text(max_size=60))
def test_nonsense_is_an_error_of_ours(text: str) -> None:
    with contextlib.suppress(EngineError):
        evaluate(text, {"j": 1, "k": 2})

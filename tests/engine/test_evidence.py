"""How well a sum is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.engine.evidence import Grounds, grounds, joined
from core.engine.specs import EVIDENCE, UNKNOWN

amounts_of = st.just(0.0) | st.floats(1e-3, 1e9)
parts = st.lists(st.tuples(amounts_of, st.integers(0, len(EVIDENCE) - 1)), max_size=12)


def of(rows: list[tuple[float, int]]) -> Grounds:
    amounts = np.array([amount for amount, _ in rows], dtype=float)
    codes = np.array([code for _, code in rows], dtype=np.int8)
    return grounds(amounts, codes, [f"input {k}" for k in range(len(rows))])


@given(parts)
def test_shares_sum_to_one(rows: list[tuple[float, int]]) -> None:
    found = of(rows)
    total = sum(amount for amount, _ in rows)
    assert sum(share for _, share in found.shares) == pytest.approx(1.0 if total > 0 else 0.0)
    assert found.verified == pytest.approx(sum(a for a, c in rows if c == 0) / total if total > 0 else 0.0)


@given(parts)
def test_the_three_largest_unverified_inputs_dominate(rows: list[tuple[float, int]]) -> None:
    found = of(rows)
    total = sum(amount for amount, _ in rows)
    weak = sorted((amount for amount, code in rows if code > 0 and amount > 0), reverse=True)[:3]
    if total > 0:
        assert [c.share * total for c in found.dominant] == pytest.approx(weak)
    assert all(c.evidence != "verified" for c in found.dominant)


@given(parts, parts)
def test_joining_sums_is_summing_their_inputs(a: list[tuple[float, int]], b: list[tuple[float, int]]) -> None:
    whole = of(a + b)
    both = joined(*((sum(amount for amount, _ in rows), of(rows)) for rows in (a, b)))
    assert dict(both.shares) == pytest.approx(dict(whole.shares))
    assert [c.share for c in both.dominant] == pytest.approx([c.share for c in whole.dominant])


def test_unknown_inputs_are_named_and_have_no_share() -> None:
    found = of([(3.0, 0), (1.0, 1), (0.0, UNKNOWN)])
    assert found.unknown == ("input 2",)
    assert found.shares == (("verified", 0.75), ("estimate", 0.25))
    assert found.label == "75 % verified"


def test_a_sum_of_unknowns_is_unknown() -> None:
    assert of([(0.0, UNKNOWN)]).label == "unknown"
    assert of([]).label == ""

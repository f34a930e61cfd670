"""Comparing figures."""

from __future__ import annotations

from typing import Any

import pytest

from core.explore.validation.cases import Case, Tolerance
from core.explore.validation.running import run
from core.explore.validation.verdicts import Spread, judge

EXACT = Tolerance()


def verdict(
    expected: Any, computed: Any, tolerance: Tolerance = EXACT, name: str = "n", notes: str = ""
) -> str:
    case = Case("c", "f", {}, {name: expected}, tolerance=tolerance, notes=notes)
    return judge(case, name, computed).verdict


@pytest.mark.parametrize(
    ("expected", "computed", "agrees"),
    [
        (5, 5, True), (5, 5.0001, False), (3.093, 3.09308, True), (3.093, 3.0936, False),
        (40.8, 4 * 10.2, True),
        ("spine", "Spine", True), ("spine", 3, False), (True, True, True), (1, True, False), (5, "5", False),
        ([1, 2], [1, 2], True), ([1, 2], [1], False), ([1, 2], [None, 2], True), ([1, 2], [None, 3], False),
        ({"a": 1}, {"a": 1, "b": 2}, True), ({"a": 1, "b": 2}, {"a": 1}, False),
        ([{"a": 1}], [{"a": 2}], False),
    ],
)  # fmt: skip
def test_as_printed(expected: Any, computed: Any, agrees: bool) -> None:
    assert verdict(expected, computed) == ("pass" if agrees else "fail")


def test_tolerances_and_bounds() -> None:
    assert verdict(100, 104, Tolerance(rel=0.05)) == "pass"
    assert verdict(100, 106, Tolerance(rel=0.05)) == "fail"
    assert verdict(117, 116.69, Tolerance(abs=0.5)) == "pass"
    assert verdict(117, 116.4, Tolerance(abs=0.5)) == "fail"
    assert verdict(40, 40.8, name="kw_greater_than") == "pass"
    assert verdict(40, 40, name="kw_greater_than") == "fail"
    assert verdict(5, 4, name="share_below_percent") == "pass"
    assert verdict(200, 196, name="arrays_about") == "pass"


def test_a_network_drawn_at_random_is_compared_with_the_range_of_draws() -> None:
    spread = Spread.of([1.0, 2.0, 3.0])
    assert verdict(1.2, spread, Tolerance(rel=0.01)) == "pass"
    assert verdict(3.02, spread, Tolerance(rel=0.01)) == "pass"
    assert verdict(3.2, spread, Tolerance(rel=0.01)) == "fail"


def test_a_source_that_contradicts_itself_and_says_so() -> None:
    notes = "The printed 30.1 does not equal 148/419."
    assert verdict({"a": 30.1, "b": 2}, {"a": 35.3, "b": 2}, notes=notes) == "disagrees"
    assert verdict({"a": 30.1, "b": 2}, {"a": 35.3, "b": 3}, notes=notes) == "fail"  # b is not spoken of
    assert verdict(30.1, 35.3) == "fail"


def test_a_case_in_which_nothing_agrees_is_no_contradiction() -> None:
    inputs = {"failures_per_1000_node_days": 6.5, "gpus_per_node": 8, "gpus": 16384}
    case = Case("c", "reliability", inputs, {"mttf_hours": 5.0}, notes="The printed 5 contradicts the rate.")
    assert run(case).verdict == "fail"

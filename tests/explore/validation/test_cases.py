"""Files of cases: what is read, what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import CagenutError
from core.exchange.yaml_text import read_yaml
from core.explore.validation.cases import (
    Case,
    CaseError,
    MissingInputError,
    Tolerance,
    plain_value,
    read_cases,
)


def read(text: str) -> list[Case]:
    return read_cases(read_yaml(text, "x.yaml", kind="case"), "x.yaml")


def test_a_case() -> None:
    (case,) = read(
        "cases:\n- {id: a, family: topology, inputs: {k: 4, s: [2, 3], name: x}, expected: {hosts: 16},"
        " derived: {core: 4.0}, tolerance: {rel: 0.1}, verified: recalled}"
    )
    assert case.inputs == {"k": 4, "s": [2, 3], "name": "x"}
    assert (case.expected, case.derived) == ({"hosts": 16}, {"core": 4.0})
    assert case.tolerance == Tolerance(rel=0.1)
    assert not case.verified
    assert (case.integer("k"), case.number("k"), case.numbers("s"), case.text("name")) == (
        4,
        4.0,
        [2, 3],
        "x",
    )
    for wrong in (
        lambda: case.integer("s"),
        lambda: case.text("k"),
        lambda: case.integer("no"),
        lambda: case["no"],
    ):
        with pytest.raises(MissingInputError):
            wrong()


def test_a_measurement_has_hardware_and_workload_for_inputs() -> None:
    (case,) = read(
        "cases:\n- {id: a, kind: collective, hardware: {count: 8}, workload: {bytes: 2},"
        " measured: {time_us: 5}}"
    )
    assert (case.family, case.inputs, case.expected) == (
        "collective",
        {"count": 8, "bytes": 2},
        {"time_us": 5},
    )


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: 1", "no cases"),
        ("cases: []", "no cases"),
        ("cases: 5", "no cases"),
        ("cases: [1]", "is a mapping"),
        ("cases: [{family: era}]", "no id"),
        ("cases: [{id: a, expected: {b: 1}}]", "no family"),
        ("cases: [{id: a, family: era}]", "no expected"),
        ("cases: [{id: a, family: era, expected: 5}]", "mapping of names"),
        ("cases: [{id: a, family: era, expected: {b: 1}, tolerance: much}]", "tolerance"),
        ("cases: [{id: a, family: era, expected: {b: 1}, tolerance: {rel: -1}}]", "tolerance"),
        ("cases: [{id: a, family: era, expected: {b: .nan}}]", "no number"),
        ("cases: [{id: a, family: era, expected: {b: 1e999}}]", "too large"),
        ("cases: [{id: a, family: e, expected: {b: 1}}, {id: a, family: e, expected: {b: 1}}]", "two cases"),
        ("cases: &x [*x]", "anchors"),
        ("cases: !!python/object:os.system x", "tag"),
        ("[" * 40, "nested too deeply"),
        ("cases:\n  - {", "no YAML"),
        ("#" * 1_000_001, "larger than"),
    ],
)
def test_what_is_refused(text: str, problem: str) -> None:
    with pytest.raises(CagenutError, match=problem):
        read(text)


def test_errors_say_where() -> None:
    with pytest.raises(CaseError, match=r"x.yaml, line 3, case b: a case has no expected"):
        read("cases:\n- {id: a, family: e, expected: {b: 1}}\n- {id: b, family: e}")


@given(
    st.one_of(st.integers(-(10**17), 10**17), st.floats(allow_nan=False, allow_infinity=False), st.booleans())
)
def test_numbers_come_back_as_they_were(value: float) -> None:
    text = str(value).lower() if isinstance(value, bool) else repr(value)
    assert plain_value(text, "") == value

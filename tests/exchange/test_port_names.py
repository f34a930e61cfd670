"""Names of ports as patterns, and back."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from core.exchange.port_names import PortNames, grouped
from core.model.ports import expand

OURS = st.from_regex(r"[A-Za-z]{0,4}[0-9]{0,3}[-.]?[0-9]{1,5}[a-z]?", fullmatch=True)
RUNS = st.tuples(
    st.sampled_from(["Eth", "Ethernet1-", "p", ""]),
    st.integers(0, 9999),
    st.integers(1, 70),
    st.sampled_from(["", "-1", ".0", "x"]),
    st.integers(0, 2),
).map(lambda r: [(f"{r[0]}{n}{r[3]}", r[4]) for n in range(r[1], r[1] + r[2])])
LISTS = st.lists(st.one_of(RUNS, st.tuples(OURS, st.integers(0, 2)).map(lambda p: [p])), max_size=6)


@given(LISTS)
def test_patterns_stand_for_exactly_the_names_in_order(runs: list[list[tuple[str, int]]]) -> None:
    names = [pair for run in runs for pair in run]
    found = grouped(names)
    assert [(name, key) for pattern, key, _ in found for name in expand(pattern)] == names
    assert sum(count for _, _, count in found) == len(names)


@given(st.lists(st.text(max_size=80), max_size=30))
def test_every_name_gets_one_of_its_own(names: list[str]) -> None:
    given_names = PortNames()
    ours = [given_names.take(name) for name in names]
    assert len(set(ours)) == len(ours)
    assert [given_names.given[name] for name in ours] == names
    for name in ours:
        assert expand(name) == (name,)


def test_a_run_is_one_pattern() -> None:
    names = [(f"Ethernet1-{n}", 0) for n in range(1, 65)]
    assert grouped(names) == [("Ethernet1-{1..64}", 0, 64)]


def test_leading_zeros_end_a_run() -> None:
    names = [(f"p{n:02}", 0) for n in range(8, 13)]
    assert grouped(names) == [("p08", 0, 1), ("p09", 0, 1), ("p{10..12}", 0, 3)]


def test_the_number_that_counts_may_stand_anywhere() -> None:
    names = [(f"et-{n}-0", 0) for n in range(3)] + [("et-3-0", 1)]
    assert grouped(names) == [("et-{0..2}-0", 0, 3), ("et-3-0", 1, 1)]


def test_ten_thousand_is_beyond_a_pattern() -> None:
    assert grouped([("p9998", 0), ("p9999", 0), ("p10000", 0)]) == [("p{9998..9999}", 0, 2), ("p10000", 0, 1)]

"""Fronts against what the definition says, point by point."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from core.explore.sweeps.pareto import crowding, fronts


def plain_fronts(costs: list[list[int]]) -> list[int]:
    """The definition: take away what no other point beats, again and again."""
    found = [-1] * len(costs)
    front = 0
    while -1 in found:
        left = [i for i, rank in enumerate(found) if rank < 0]
        for i in [i for i in left if not any(beats(costs[j], costs[i]) for j in left)]:
            found[i] = front
        front += 1
    return found


def beats(one: list[int], other: list[int]) -> bool:
    pairs = list(zip(one, other, strict=True))
    return all(a <= b for a, b in pairs) and any(a < b for a, b in pairs)


@given(
    st.integers(1, 4).flatmap(
        lambda n: st.lists(st.lists(st.integers(0, 5), min_size=n, max_size=n), min_size=1, max_size=30)
    )
)
def test_fronts_are_those_of_the_definition(costs: list[list[int]]) -> None:
    assert fronts(np.array(costs, float)).tolist() == plain_fronts(costs)


def test_no_points_have_no_fronts() -> None:
    assert fronts(np.empty((0, 2))).tolist() == []


def test_the_ends_are_the_loneliest() -> None:
    # Ranges 4 and 4; the middle one lies between neighbours that are 4 apart in both: 1 + 1.
    lonely = crowding(np.array([[0.0, 4.0], [1.0, 3.0], [4.0, 0.0]]))
    assert lonely.tolist() == [np.inf, 2.0, np.inf]

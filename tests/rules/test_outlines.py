"""Boxes and polygons on the floor, against a second opinion."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from core.model.records import Area
from core.rules.outlines import depth_inside, overlaps, reach_outside

Row = tuple[int, int, int, int]
sides = st.integers(0, 40)
boxes = st.lists(st.tuples(sides, sides, st.integers(1, 15), st.integers(1, 15)), max_size=25)


def table(rows: list[Row]) -> np.ndarray:
    return np.array([(x, y, x + w, y + d) for x, y, w, d in rows], np.int64).reshape(-1, 4)


@given(one=boxes, other=boxes)
def test_sweep_finds_what_comparing_all_pairs_finds(one: list[Row], other: list[Row]) -> None:
    a, b = table(one), table(other)
    i, j, wide = overlaps(a, b)
    expected = {}
    for m, p in enumerate(a):
        for n, q in enumerate(b):
            shared = min(min(p[2], q[2]) - max(p[0], q[0]), min(p[3], q[3]) - max(p[1], q[1]))
            if shared > 0.5:
                expected[m, n] = shared
    assert dict(zip(zip(i.tolist(), j.tolist(), strict=True), wide.tolist(), strict=True)) == expected


def test_a_line_is_a_wall() -> None:
    wall = Area(block="h", id="w", kind="wall", points=((10, 0), (10, 30)))
    assert depth_inside(table([(0, 0, 20, 10), (20, 0, 5, 5), (0, 0, 10, 10)]), wall).tolist() == [1, 0, 0]


def test_a_triangle_leaves_its_bounding_box_free() -> None:
    column = Area(block="h", id="c", kind="column", points=((0, 0), (100, 0), (0, 100)))
    inside = depth_inside(table([(80, 80, 15, 15), (5, 5, 10, 10)]), column)
    assert (inside > 0).tolist() == [False, True]


def test_reach_out_of_a_room() -> None:
    room = Area(block="h", id="r", kind="room", points=((0, 0), (100, 0), (100, 100), (0, 100)))
    out = reach_outside(table([(0, 0, 100, 100), (95, 0, 10, 10), (-7, 0, 10, 10)]), room)
    assert out.tolist() == [0, 5, 7]

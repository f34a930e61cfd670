"""Rows of racks and the aisles between them."""

from __future__ import annotations

from typing import Any

import pytest

from core.engine.aisles import Aisles
from tests.engine.designs import Design

# Racks are 600 x 1200 mm; unturned ones face the front of the plan (y 0).


def hall(*racks: dict[str, Any]) -> Aisles:
    design = Design()
    design.rack("r")
    for k, place in enumerate(racks):
        design.place("r", f"r{k}", **place)
    return design.evaluate().aisles


def row(y: int, *, turned: bool = False, count: int = 3, x: int = 0) -> list[dict[str, Any]]:
    """Racks side by side whose outline begins at y; turned ones face the back."""
    if turned:
        return [{"x_mm": x + 600 * k + 600, "y_mm": y + 1200, "rotation": 180} for k in range(count)]
    return [{"x_mm": x + 600 * k, "y_mm": y} for k in range(count)]


def test_a_row_is_racks_side_by_side() -> None:
    (one,) = hall(*row(0)).rows
    assert (one.racks, one.facing) == ((0, 1, 2), (0, -1))
    assert (one.front_mm, one.rear_mm, one.start_mm, one.end_mm, one.length_mm) == (0, 1200, 0, 1800, 1800)


def test_a_gap_to_walk_through_makes_two_rows() -> None:
    assert len(hall(*row(0), *row(0, x=1800 + 790)).rows) == 1
    assert len(hall(*row(0), *row(0, x=1800 + 800)).rows) == 2


def test_fronts_a_little_out_of_line_are_one_row() -> None:
    assert len(hall(*row(0), *row(80, x=1800)).rows) == 1
    assert len(hall(*row(0), *row(300, x=1800)).rows) == 2


def test_cold_aisle_between_fronts_hot_between_rears() -> None:
    found = hall(*row(0, turned=True), *row(2400), *row(4500, turned=True))
    kinds = {(a.kind, a.width_mm, a.start_mm, a.end_mm) for a in found.aisles}
    assert kinds == {("cold", 1200, 0, 1800), ("hot", 900, 0, 1800)}


def test_rows_that_all_face_one_way_have_mixed_aisles() -> None:
    (aisle,) = hall(*row(0), *row(2700)).aisles
    assert (aisle.kind, aisle.width_mm) == ("mixed", 1500)
    front = aisle.a if aisle.side_a == "front" else aisle.b
    assert hall(*row(0), *row(2700)).rows[front].front_mm == 2700


def test_rows_too_far_apart_or_beside_each_other_share_no_aisle() -> None:
    assert hall(*row(0, turned=True), *row(1200 + 3001)).aisles == ()
    assert len(hall(*row(0, turned=True), *row(1200 + 3000)).aisles) == 1
    assert hall(*row(0, turned=True), *row(2400, x=1800)).aisles == ()


def test_only_the_nearest_row_is_across() -> None:
    found = hall(*row(0, turned=True), *row(2200), *row(3600))
    assert sorted((a.kind, a.width_mm) for a in found.aisles) == [("cold", 1000), ("mixed", 200)]


@pytest.mark.parametrize("rotation", [90, 270])
def test_rows_along_y(rotation: int) -> None:
    """Turned by 90 the front looks to +x: outline from x - 1200 to x."""
    racks = [{"x_mm": 0, "y_mm": 600 * k, "rotation": rotation} for k in range(2)]
    (one,) = hall(*racks).rows
    assert one.facing == ((1, 0) if rotation == 90 else (-1, 0))
    assert one.axis == 0
    assert one.length_mm == 1200
    assert abs(one.front_mm - one.rear_mm) == 1200


def test_levels_are_apart() -> None:
    upper = [{**place, "z_mm": 5000} for place in row(2400)]
    found = hall(*row(0, turned=True), *upper)
    assert (len(found.rows), found.aisles) == (2, ())


def test_absent_racks_are_in_no_row() -> None:
    design = Design()
    design.rack("r")
    for k in range(3):
        design.place("r", f"r{k}", x_mm=600 * k)
    design.override("r1", absent=True)
    assert [one.racks for one in design.evaluate().aisles.rows] == [(0, 2)]


def test_no_racks_no_rows() -> None:
    assert Design().evaluate().aisles == Aisles((), ())

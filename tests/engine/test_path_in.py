"""Ways in: from a door to in front of a rack's place."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.engine.floor_grid import connected
from core.engine.path_in import WaysIn, way_in, ways_in
from core.model.records import Area
from tests.engine.designs import Design

# A room of 8 x 6 m with a door of 1.5 m in its left wall; racks are 600 x 1200 x 2000 mm.
ROOM = ((0, 0), (8000, 0), (8000, 6000), (0, 6000))


def area(design: Design, kind: str, points: Any, name: str = "", **fields: Any) -> None:
    record = Area(block="hall", id=name or kind, kind=kind, points=tuple(points), **fields)  # type: ignore[arg-type]
    design.put(("areas", record))


def box(left: int, front: int, right: int, back: int) -> tuple[tuple[int, int], ...]:
    return ((left, front), (right, front), (right, back), (left, back))


def hall(*places: dict[str, Any], door: int = 1500, height: int = 2400) -> Design:
    design = Design()
    design.rack("r")
    for k, place in enumerate(places or ({"x_mm": 5000, "y_mm": 3000},)):
        design.place("r", f"r{k}", **place)
    area(design, "room", ROOM)
    if door:
        area(design, "door", box(0, 1000, 100, 1000 + door), height_mm=height)
    return design


def ways(design: Design) -> WaysIn:
    return design.evaluate().ways_in


def test_an_open_floor_is_a_way_in() -> None:
    found = ways(hall())
    assert found.rack_through.tolist() == found.rack_reached.tolist() == [True]


def test_without_a_door_nothing_is_judged() -> None:
    found = ways(hall(door=0))
    assert not (found.rack_judged | found.rack_through | found.rack_reached).any()


@pytest.mark.parametrize(
    ("door", "height", "through"),
    [(600, 2000, True), (590, 2400, False), (1500, 1990, False), (1500, 0, True)],
)
def test_door_against_rack(door: int, height: int, through: bool) -> None:
    """Upright, narrow side ahead: 600 mm wide and 2,000 mm high; a door without height is only wide."""
    found = ways(hall(door=door, height=height))
    assert found.rack_judged.tolist() == [True]
    assert found.rack_through.tolist() == [through]
    if not through:
        assert not found.rack_reached.any()


def test_a_tight_door_needs_its_margin() -> None:
    """600 mm and 50 mm on each side do not go through 600 mm; without the margin they do."""
    design = hall(door=620)
    assert not ways(design).rack_reached[0]
    design.require(moving_margin_mm=0.0)
    assert ways(design).rack_reached[0]


def wall(design: Design, gap: int) -> None:
    """A wall across the room at x 3000, open at its back end."""
    area(design, "wall", box(3000, 0, 3100, 6000 - gap), "w")


@pytest.mark.parametrize(("gap", "reached"), [(0, False), (600, False), (900, True), (2000, True)])
def test_a_gap_in_a_wall(gap: int, reached: bool) -> None:
    """The rack passes with 600 + 2 x 50 mm; it turns beside the wall, where there is room."""
    design = hall()
    wall(design, gap)
    assert ways(design).rack_reached.tolist() == [reached]


def test_a_corner_needs_the_diagonal() -> None:
    """A corridor of 1,000 mm with a bend: the diagonal of 1,342 mm does not turn, 1,500 mm do."""
    for wide, reached in ((1000, False), (1600, True)):
        design = hall({"x_mm": 6600, "y_mm": 4200}, door=0)
        # In at the left between y 0 and `wide`, then up between x 6000 and 6000 + wide.
        area(design, "door", box(0, 0, 100, wide), height_mm=2400)
        area(design, "wall", box(100, wide, 6000, 6000), "a")
        area(design, "wall", box(6000 + wide, 0, 8000, 2500), "b")
        assert ways(design).rack_reached.tolist() == [reached], wide


def test_racks_and_devices_stand_in_the_way() -> None:
    across = [{"x_mm": 3000, "y_mm": y, "rotation": 90} for y in range(0, 6000, 600)]
    design = hall({"x_mm": 5000, "y_mm": 3000}, *across)
    found = ways(design)
    assert not found.rack_reached[0]
    assert found.rack_reached[1:].all()
    design.override("r4", absent=True)
    design.override("r5", absent=True)
    assert ways(design).rack_reached[0]
    design.device("hall", "cdu", x_mm=2000, y_mm=1700)  # 900 x 1200 in the gap of 1,200 mm
    assert not ways(design).rack_reached[0]


def test_what_is_kept_free_can_be_crossed() -> None:
    design = hall()
    area(design, "keep-out", box(100, 800, 1500, 2600), "k")
    area(design, "containment", box(3000, 0, 3100, 6000), "c")
    assert ways(design).rack_reached.all()


def test_a_column_fills_its_polygon() -> None:
    design = hall()
    area(design, "column", ((2500, 0), (3500, 0), (3000, 6000)), "c")  # a triangle, open at its tip
    assert ways(design).rack_reached.all() == ways(design).rack_reached.any()
    area(design, "column", box(2900, 5000, 3100, 6000), "d")
    assert not ways(design).rack_reached.any()


def test_other_levels_have_their_own_doors() -> None:
    design = hall({"x_mm": 5000, "y_mm": 3000}, {"x_mm": 5000, "y_mm": 3000, "z_mm": 6000})
    found = ways(design)
    assert found.rack_judged.tolist() == [True, False]
    assert found.rack_reached.tolist() == [True, False]


def test_found_anew_only_if_something_moves() -> None:
    design = hall()
    before = ways(design)
    design.device("r", "server", 1)
    assert ways(design) is before
    for x in (5600, 2000, 5600):
        design.change("instances", "hall", "r0", x_mm=x)
        wall(design, x // 4)
        found, fresh = ways(design), ways_in(design.evaluator.snapshot())
        assert found is not before
        assert found.rack_reached.tolist() == fresh.rack_reached.tolist()
    design.remove("areas", "hall", "door")
    assert ways(design).doors == ()


def test_the_way_goes_round_a_wall() -> None:
    design = hall()
    assert ways(design).rack_reached.all()
    straight = way_in(design.evaluator.snapshot(), 0)
    wall(design, 1500)
    found = way_in(design.evaluator.snapshot(), 0)
    assert straight[0][0] == pytest.approx(50, abs=150)
    assert 1000 <= straight[0][1] <= 2500
    assert straight[-1] == found[-1] == (5300, 3600)
    assert max(y for _, y in found) > 4500 + 300  # past the end of the wall
    legs = np.abs(np.diff(np.array(found), axis=0)).sum()
    assert legs > np.abs(np.diff(np.array(straight), axis=0)).sum() + 2000


def test_there_is_no_way_where_none_is_found() -> None:
    design = hall()
    wall(design, 0)
    assert not ways(design).rack_reached.any()
    assert way_in(design.evaluator.snapshot(), 0) == ()
    assert way_in(hall(height=1900).evaluator.snapshot(), 0) == ()


@given(st.lists(st.lists(st.booleans(), min_size=6, max_size=6), min_size=2, max_size=6))
def test_connected_cells_by_a_plain_flood(rows: list[list[bool]]) -> None:
    free = np.array(rows, bool)
    label, count = connected(free)
    assert (label > 0).tolist() == free.tolist()
    plain = np.zeros(free.shape, int)
    n = 0
    for start in zip(*np.nonzero(free), strict=True):
        if plain[start]:
            continue
        n += 1
        todo = [start]
        while todo:
            i, j = todo.pop()
            if 0 <= i < free.shape[0] and 0 <= j < free.shape[1] and free[i, j] and not plain[i, j]:
                plain[i, j] = n
                todo += [(i + 1, j), (i - 1, j), (i, j + 1), (i, j - 1)]
    assert n == count
    pairs = {(a, b) for a, b in zip(label[free].tolist(), plain[free].tolist(), strict=True)}
    assert len(pairs) == n

"""Pathways and areas drawn and changed; routes pinned."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.editing.pathways import (
    draw_area,
    draw_pathway,
    insert_point,
    move_drawn,
    move_point,
    pin_route,
    remove_point,
    set_level,
)
from core.errors import EditError
from core.model.change import Edit
from core.model.history import History
from tests.engine.designs import Design

LINE = ((0, 0, 2_700), (5_000, 0, 2_700), (5_000, 3_000, 2_700))


def done(design: Design, act: Callable[[Edit], Any]) -> Any:
    edit = Edit(design.project, "Draw")
    result = act(edit)
    design.project.apply(edit.change())
    return result


def test_a_pathway_is_named_and_keeps_its_points() -> None:
    design = Design()
    first = done(design, lambda e: draw_pathway(e, "hall", (LINE[0], *LINE), width_mm=450))
    second = done(design, lambda e: draw_pathway(e, "hall", LINE, kind="ladder", carries="fibre"))
    third = done(design, lambda e: draw_pathway(e, "hall", LINE))
    assert first.points == LINE
    assert [way.name for way in (first, second, third)] == ["CT-1", "CL-1", "CT-2"]
    assert (first.width_mm, second.carries) == (450, "fibre")


def test_points_are_moved_put_in_and_taken_out() -> None:
    design = Design()
    way = done(design, lambda e: draw_pathway(e, "hall", LINE)).id
    done(design, lambda e: move_point(e, "pathways", "hall", way, 1, 6_000, 0))
    done(design, lambda e: insert_point(e, "pathways", "hall", way, 0, 3_000, 100))
    done(design, lambda e: remove_point(e, "pathways", "hall", way, 3))
    done(design, lambda e: move_drawn(e, "pathways", "hall", way, 10, -20))
    done(design, lambda e: set_level(e, "hall", way, 3_000))
    points = design.project.rows("pathways", "hall")[way].points
    assert points == ((10, -20, 3_000), (3_010, 80, 3_000), (6_010, -20, 3_000))


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (lambda e: draw_pathway(e, "hall", ((0, 0, 1), (0, 0, 1))), "two points"),
        (lambda e: draw_area(e, "hall", "room", ((0, 0), (9, 0), (18, 0))), "encloses nothing"),
        (lambda e: move_drawn(e, "areas", "hall", "gone", 1, 1), "not drawn any more"),
        (lambda e: pin_route(e, "hall", ("k",), ("gone",)), "of the drawing"),
    ],
)
def test_what_cannot_be_drawn_is_refused(act: Callable[[Edit], Any], words: str) -> None:
    with pytest.raises(EditError, match=words):
        act(Edit(Design().project, "Draw"))


def test_an_area_keeps_three_corners_and_a_wall_two() -> None:
    design = Design()
    room = done(design, lambda e: draw_area(e, "hall", "room", ((0, 0), (9, 0), (9, 9), (0, 0)))).id
    wall = done(design, lambda e: draw_area(e, "hall", "wall", ((0, 0), (9, 0)))).id
    assert design.project.areas("hall")[room].points == ((0, 0), (9, 0), (9, 9))
    for area, needed in ((room, "3"), (wall, "2")):
        with pytest.raises(EditError, match=f"needs {needed} points"):
            remove_point(Edit(design.project, "Draw"), "areas", "hall", area, 0)


def test_routes_are_pinned_and_unpinned() -> None:
    design = Design()
    design.device("hall", "switch", name="a")
    design.device("hall", "switch", name="b")
    design.link("a", "osfp1/1", "b", "osfp1/1", name="k")
    way = done(design, lambda e: draw_pathway(e, "hall", LINE)).id
    assert done(design, lambda e: pin_route(e, "hall", ("k",), (way,))) == 1
    assert design.project.links("hall")["k"].via == (way,)
    assert done(design, lambda e: pin_route(e, "hall", ("k",), ())) == 1
    assert design.project.links("hall")["k"].via == ()


@given(st.lists(st.tuples(st.sampled_from(["move", "insert", "remove", "shift"]), st.integers(0, 3),
                          st.integers(-99, 99), st.integers(-99, 99)), max_size=8))  # fmt: skip
def test_undo_gives_back_what_was_drawn(steps: list[tuple[str, int, int, int]]) -> None:
    design = Design()
    area = done(design, lambda e: draw_area(e, "hall", "zone", ((0, 0), (500, 0), (500, 500), (0, 500)))).id
    history, before = History(design.project), design.project.areas("hall")[area]
    for what, at, x, y in steps:
        edit = Edit(design.project, what)
        at %= len(design.project.areas("hall")[area].points)
        try:
            if what == "move":
                move_point(edit, "areas", "hall", area, at, x, y)
            elif what == "insert":
                insert_point(edit, "areas", "hall", area, at, x, y)
            elif what == "remove":
                remove_point(edit, "areas", "hall", area, at)
            else:
                move_drawn(edit, "areas", "hall", area, x, y)
        except EditError:
            continue
        history.commit(edit.change())
    while history.undo_labels:
        history.undo()
    assert design.project.areas("hall")[area] == before

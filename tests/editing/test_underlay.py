"""Underlays: stored as given, moved, turned and scaled by two points, one undo step each."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.editing.blocks import new_floor_block
from core.editing.underlay import (
    add_underlay,
    lines_of,
    matrix_of,
    move_underlay,
    pack,
    scale_underlay,
    turn_underlay,
    unpack,
)
from core.errors import EditError, RecordError
from core.model.change import Edit
from core.model.history import History
from core.model.project import Project
from core.model.records import Underlay

WALLS = {"WALL": np.array([[0.0, 0.0, 10.0, 0.0], [10.0, 0.0, 10.0, 5.0]]), "DOOR": np.ones((1, 4))}


def hall_with_underlay(*, locked: bool = False) -> tuple[Project, Underlay]:
    project = Project()
    edit = Edit(project, "Build")
    hall = new_floor_block(edit, "Hall")
    made = add_underlay(edit, hall.id, "drawing", "plan.dxf", pack(WALLS), mm_per_unit=1000.0)
    made = edit.replace("underlays", made.key, locked=locked)
    History(project).commit(edit.change())
    return project, made


def point(underlay: Underlay, u: float, v: float) -> tuple[float, float]:
    a, b, c, d, e, f = matrix_of(underlay)
    return a * u + c * v + e, b * u + d * v + f


def test_an_underlay_begins_locked_and_says_so() -> None:
    project, made = hall_with_underlay(locked=True)
    edit = Edit(project, "Move")
    for act in (
        lambda: move_underlay(edit, made.key, 1, 1),
        lambda: turn_underlay(edit, made.key, 90),
        lambda: scale_underlay(edit, made.key, (0, 0), (1000, 0), 5000),
    ):
        with pytest.raises(EditError, match=r"'plan\.dxf' is locked\. Unlock it first"):
            act()
    assert not edit.change().deltas
    assert Underlay(block="b", id="u", kind="image").locked


def test_lines_stand_where_unit_turn_and_place_put_them() -> None:
    project, made = hall_with_underlay()
    edit = Edit(project, "Turn")
    move_underlay(edit, made.key, 500, 0)
    turned = turn_underlay(edit, made.key, 90)
    # Metres: the wall from (0, 0) to (10, 0) m, turned to the left, runs from (0.5, 0) to (0.5, 10) m.
    assert lines_of(turned)[0] == pytest.approx([500, 0, 500, 10_000])
    edit.replace("underlays", made.key, hidden_layers=("WALL",))
    left = edit.get("underlays", made.key)
    assert len(lines_of(left)) == 1


def test_scaling_by_two_points_is_one_step_and_is_undone() -> None:
    project, made = hall_with_underlay()
    history = History(project)
    edit = Edit(project, "Scale")
    scaled = scale_underlay(edit, made.key, point(made, 10, 0), point(made, 10, 5), 6000.0)
    history.commit(edit.change())
    assert scaled.mm_per_unit == pytest.approx(1200.0)
    assert point(scaled, 10, 0) == pytest.approx((10_000, 0))
    assert point(scaled, 10, 5) == pytest.approx((10_000, 6000))
    history.undo()
    assert project.get("underlays", made.key) == made


@pytest.mark.parametrize("distance", [0.0, -5.0, math.nan, math.inf])
def test_a_distance_that_is_none_is_refused(distance: float) -> None:
    project, made = hall_with_underlay()
    with pytest.raises(EditError, match="distance"):
        scale_underlay(Edit(project, "Scale"), made.key, (0, 0), (1000, 0), distance)


@given(
    one=st.tuples(st.integers(-(10**6), 10**6), st.integers(-(10**6), 10**6)),
    step=st.tuples(st.integers(100, 10**5), st.integers(-(10**5), 10**5)),
    factor=st.floats(0.1, 10.0),
    turn=st.floats(-360, 360),
)
def test_two_points_end_up_as_far_apart_as_asked(
    one: tuple[int, int], step: tuple[int, int], factor: float, turn: float
) -> None:
    project, made = hall_with_underlay()
    edit = Edit(project, "Scale")
    made = turn_underlay(edit, made.key, turn)
    other = one[0] + step[0], one[1] + step[1]
    a, b, c, d, e, f = matrix_of(made)
    back = np.linalg.inv(np.array(((a, c), (b, d))))
    first, second = (back @ (np.array(p) - (e, f)) for p in (one, other))
    wanted = math.dist(one, other) * factor
    scaled = scale_underlay(edit, made.key, one, other, wanted)
    now = point(scaled, *first), point(scaled, *second)
    assert math.dist(*now) == pytest.approx(wanted)
    assert now[0] == pytest.approx(one, abs=1.0)  # positions are whole millimetres


@given(
    st.dictionaries(
        st.text("ABC-1", min_size=1, max_size=5),
        st.lists(st.tuples(*[st.integers(-(10**7), 10**7)] * 4), min_size=1, max_size=5),
        max_size=4,
    )
)
def test_what_is_packed_is_unpacked(layers: dict[str, list[tuple[int, ...]]]) -> None:
    given_ = {name: np.array(rows) / 10 for name, rows in layers.items()}
    back = unpack(pack(given_, 1))
    assert {name: rows.tolist() for name, rows in back.items()} == {
        name: rows.tolist() for name, rows in given_.items()
    }


@pytest.mark.parametrize("data", ["", "no base64!", "aGVsbG8=", pack({})[:-8], "eJwrL0pUSM7PzUvVAwAZlARH"])
def test_damaged_data_are_refused(data: str) -> None:
    with pytest.raises(RecordError, match="damaged"):
        unpack(data)


def test_data_that_inflate_without_end_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.editing.underlay._MOST_INFLATED", 1000)
    with pytest.raises(RecordError, match="too large"):
        unpack(pack({"a": np.zeros((500, 4))}))


def test_an_underlay_needs_a_floor() -> None:
    with pytest.raises(EditError, match="lies below a floor"):
        add_underlay(Edit(Project(), "Add"), "none", "drawing", "x", "", mm_per_unit=1.0)

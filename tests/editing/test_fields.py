"""Fields of placed things: where a value is put, what is in force, and back to the drawing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.editing.fields import Stated, Thing, clear_fields, own_fields, relative, set_fields, value_of
from core.editing.overrides import set_override
from core.errors import EditError
from tests.editing.factory import Bench, small_hall


class Case:
    """The small hall, with functions that set and read."""

    def __init__(self) -> None:
        self.bench = Bench()
        self.ids = small_hall(self.bench)
        self.project = self.bench.project
        self.top = self.project.top

    def path(self, *names: str) -> str:
        return "/".join(self.ids[name] for name in names)

    def set(self, *paths: str, only_this: bool = False, **fields: object) -> None:
        edit = self.bench.edit("Set")
        set_fields(edit, self.top, [(Thing(path), fields) for path in paths], only_this=only_this)
        self.bench.commit(edit)

    def get(self, path: str, field: str, cable: int | None = None) -> object:
        record = self.project.resolve(self.top, path)
        return value_of(self.project, self.top, Thing(path, cable), record, field)

    def overrides(self) -> int:
        return sum(1 for _ in self.project.every("overrides"))


@pytest.fixture
def case() -> Case:
    return Case()


def test_a_field_of_the_drawing_is_set_for_all_copies(case: Case) -> None:
    case.set(case.path("su1", "ra", "node"), status="installed")
    assert case.get(case.path("su2", "ra", "node"), "status") == "installed"
    assert case.overrides() == 0


def test_only_this_is_an_override_of_one(case: Case) -> None:
    here, there = case.path("su1", "ra", "node"), case.path("su2", "ra", "node")
    case.set(here, only_this=True, status="installed", note="wet")
    assert (case.get(here, "status"), case.get(there, "status")) == ("installed", "")
    assert case.overrides() == 1


def test_an_asset_tag_is_never_given_to_all_copies(case: Case) -> None:
    here, there = case.path("su1", "ra", "node"), case.path("su2", "ra", "node")
    case.set(here, asset_tag="T-1")
    assert (case.get(here, "asset_tag"), case.get(there, "asset_tag")) == ("T-1", "")
    case.set(case.path("rs", "spine"), asset_tag="T-2")  # built once: it stands in the drawing
    assert case.project.resolve(case.top, case.path("rs", "spine")).asset_tag == "T-2"


def test_a_rack_has_an_asset_tag_though_its_record_has_none(case: Case) -> None:
    case.set(case.path("rs"), asset_tag="R-1", serial="S")
    assert own_fields(case.project, case.path("rs")) == {"asset_tag": "R-1", "serial": "S"}
    case.set(case.path("rs"), asset_tag="", serial="")
    assert case.overrides() == 0


def test_an_own_value_is_replaced_where_it_stands_and_the_drawings_value_takes_it_back(case: Case) -> None:
    here = case.path("su1", "ra", "node")
    case.set(here, only_this=True, status="ordered")
    case.set(here, status="planned")  # what one sees is what one edits
    assert (case.get(here, "status"), case.overrides()) == ("planned", 1)
    assert case.get(case.path("su2", "ra", "node"), "status") == ""
    case.set(here, status="")
    assert case.overrides() == 0


def test_one_cable_of_a_trunk(case: Case) -> None:
    su = case.ids["su"]
    (link,) = case.project.links(su).values()
    path = f"{case.ids['su1']}/{link.id}"
    edit = case.bench.edit()
    set_fields(edit, case.top, [(Thing(path, 1), {"length_m": 7.0})], only_this=True)
    case.bench.commit(edit)
    assert [case.get(path, "length_m", k) for k in (0, 1)] == [None, 7.0]
    assert case.get(f"{case.ids['su2']}/{link.id}", "length_m", 1) is None


def test_a_taken_or_empty_name_is_refused(case: Case) -> None:
    with pytest.raises(EditError, match="'node-2' is taken"):
        case.set(case.path("su1", "ra", "node"), name="node-2")
    with pytest.raises(EditError, match="taken"):
        case.set(case.path("su1", "ra", "node"), only_this=True, name="node-2")
    with pytest.raises(EditError, match="a name is needed"):
        case.set(case.path("su1", "ra", "node"), name="  ")


def test_what_is_not_there_or_has_no_such_field_is_refused(case: Case) -> None:
    with pytest.raises(EditError, match="no longer there"):
        case.set("gone", note="x")
    with pytest.raises(EditError, match="no field 'half_u'"):
        case.set(case.path("rs"), half_u=3)


def test_a_device_moves_to_another_unit_with_the_others_of_the_same_edit(case: Case) -> None:
    nodes = {d.name: d for d in case.project.devices(case.ids["nodes"]).values()}
    first, second = (case.path("su1", "ra") + f"/{nodes[n].id}" for n in ("node-1", "node-2"))
    edit = case.bench.edit()
    set_fields(edit, case.top, [(Thing(first), {"half_u": 16}), (Thing(second), {"half_u": 0})])
    case.bench.commit(edit)
    assert case.project.resolve(case.top, first).half_u == 16
    assert case.project.resolve(case.top, second).half_u == 0


def test_cleared_fields_are_those_of_the_drawing_again(case: Case) -> None:
    here = case.path("su1", "ra", "node")
    case.set(here, only_this=True, status="ordered", note="x")
    edit = case.bench.edit()
    assert clear_fields(edit, case.top, [Thing(here)], "status") == 1
    case.bench.commit(edit)
    assert (case.get(here, "status"), case.get(here, "note")) == ("", "x")


def test_outer_blocks_win_over_inner_ones(case: Case) -> None:
    edit = case.bench.edit()
    set_override(edit, case.ids["su"], case.path("ra", "node"), note="inner")
    set_override(edit, case.top, case.path("su1", "ra", "node"), note="outer")
    case.bench.commit(edit)
    stated = Stated(case.project)
    here, there = (Thing(case.path(su, "ra", "node")) for su in ("su1", "su2"))
    assert stated.in_force(case.top, here, "note").note == "outer"
    assert stated.in_force(case.top, there, "note").note == "inner"


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["su1", "su2"]),
            st.sampled_from(["status", "note", "asset_tag", "serial"]),
            st.sampled_from(["", "planned", "installed"]),
            st.booleans(),
        ),
        max_size=12,
    )
)
def test_what_was_set_last_is_in_force_and_undo_takes_all_back(steps: list) -> None:
    case = Case()
    before = [dict(case.project.overrides(b)) for b in (case.top, case.ids["su"])]
    device = case.project.resolve(case.top, case.path("su1", "ra", "node"))
    for unit, field, value, only_this in steps:
        here = case.path(unit, "ra", "node")
        case.set(here, only_this=only_this, **{field: value})
        assert case.get(here, field) == value
    while case.bench.history.undo_labels[:-1]:
        case.bench.history.undo()
    assert [dict(case.project.overrides(b)) for b in (case.top, case.ids["su"])] == before
    assert case.project.resolve(case.top, case.path("su1", "ra", "node")) == device


@pytest.mark.parametrize("text", ["-5", "12", "", "+", "*x", "/0", "abc"])
def test_what_is_no_relative_edit(text: str) -> None:
    assert relative(text) is None


def test_relative_edits() -> None:
    cases = {"+100": 110.0, "*2": 20.0, "/4": 2.5, "-=3": 7.0, "+-3": 7.0, "* 1,5": 15.0}
    assert {text: relative(text)(10) for text in cases} == cases

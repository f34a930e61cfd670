"""Copies of a drawing: which differ, back to the drawing, and the drawing brought to what one copy has."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.drawing.placed import walk
from core.editing.copies import apply_to_all, clear, differences, differing, paths_of, set_absent
from core.editing.fields import own_fields
from core.editing.footprint import box_of_block
from core.editing.grouping import group, ungroup
from core.editing.overrides import set_override
from core.errors import EditError
from core.model.records import Area, Layout, Waiver
from tests.editing.factory import Bench, small_hall


@pytest.fixture
def hall():
    bench = Bench()
    return bench, small_hall(bench)


def test_paths_of_every_copy(hall):
    bench, h = hall
    assert list(paths_of(bench.project, h["hall"])) == [""]
    assert list(paths_of(bench.project, h["nodes"])) == [f"{h['su1']}/{h['ra']}", f"{h['su2']}/{h['ra']}"]
    assert list(paths_of(bench.project, "gone")) == []


def test_names_tags_and_serials_make_no_copy_differ(hall):
    bench, h = hall
    node = f"{h['su1']}/{h['ra']}/{h['node']}"
    edit = bench.edit()
    set_override(edit, h["hall"], node, name="head", asset_tag="T1", serial="S1")
    assert differences(edit) == {}
    set_override(edit, h["hall"], node, status="ordered", power_limit_w=9000.0)
    bench.commit(edit)
    found = differences(bench.project)
    assert found == {node: {"status", "power_limit_w"}}
    racks = list(paths_of(bench.project, h["nodes"]))
    assert differing(racks, found) == [f"{h['su1']}/{h['ra']}"]
    assert own_fields(bench.project, node)["asset_tag"] == "T1"


def test_what_an_inner_block_says_differs_in_all_its_copies(hall):
    bench, h = hall
    edit = bench.edit()
    set_override(edit, h["su"], f"{h['ra']}/{h['node']}", status="ordered")
    bench.commit(edit)
    assert set(differences(bench.project)) == {f"{su}/{h['ra']}/{h['node']}" for su in (h["su1"], h["su2"])}
    edit = bench.edit()
    assert clear(edit, f"{h['su1']}/{h['ra']}/{h['node']}", "status") == 1
    assert edit.notes == ["the same in 2 copies of 'Unit'"]
    bench.commit(edit)
    assert differences(bench.project) == {}


def test_clear_takes_back_the_outermost_statement_first(hall):
    bench, h = hall
    path = f"{h['su1']}/{h['ra']}/{h['node']}"
    edit = bench.edit()
    set_override(edit, h["su"], f"{h['ra']}/{h['node']}", status="ordered", note="inner")
    set_override(edit, h["hall"], path, status="installed")
    bench.commit(edit)
    assert own_fields(bench.project, path) == {"status": "installed", "note": "inner"}
    edit = bench.edit()
    assert clear(edit, path, "status") == 1
    bench.commit(edit)
    assert own_fields(bench.project, path) == {"status": "ordered", "note": "inner"}


def test_clear_within_a_rack(hall):
    bench, h = hall
    rack = f"{h['su1']}/{h['ra']}"
    edit = bench.edit()
    set_override(edit, h["hall"], rack, asset_tag="R7")
    set_override(edit, h["hall"], f"{rack}/{h['node']}", serial="S1", absent=True)
    set_override(edit, h["hall"], f"{h['su2']}/{h['ra']}", asset_tag="R8")
    bench.commit(edit)
    edit = bench.edit()
    assert clear(edit, rack) == 1
    assert clear(edit, rack, within=True) == 2
    bench.commit(edit)
    assert [o.path for o in bench.project.overrides(h["hall"]).values()] == [f"{h['su2']}/{h['ra']}"]


def test_apply_to_all_writes_the_drawing_and_clears_every_copy(hall):
    bench, h = hall
    one, two = (f"{su}/{h['ra']}/{h['node']}" for su in (h["su1"], h["su2"]))
    edit = bench.edit()
    set_override(edit, h["hall"], one, status="installed", asset_tag="T1")
    set_override(edit, h["hall"], two, status="ordered", note="late")
    bench.commit(edit)
    edit = bench.edit()
    assert apply_to_all(edit, one) == 1
    bench.commit(edit)
    assert bench.project.devices(h["nodes"])[h["node"]].status == "installed"
    assert own_fields(bench.project, one) == {"asset_tag": "T1"}
    assert own_fields(bench.project, two) == {"note": "late"}
    with pytest.raises(EditError, match="belongs to one thing"):
        apply_to_all(bench.edit(), one, "asset_tag")
    with pytest.raises(EditError, match="nothing of its own"):
        apply_to_all(bench.edit(), f"{h['su1']}/{h['rb']}")


def test_absent_everywhere_is_gone_from_the_drawing(hall):
    bench, h = hall
    leaf = f"{h['su1']}/{h['rb']}/{h['leaf']}"
    edit = bench.edit()
    assert set_absent(edit, [leaf], True) == 1
    assert set_absent(edit, [leaf], True) == 0
    bench.commit(edit)
    edit = bench.edit()
    apply_to_all(edit, leaf)
    bench.commit(edit)
    assert h["leaf"] not in bench.project.devices(h["leafs"])
    assert not list(bench.project.overrides(h["hall"]))


def test_what_is_absent_in_all_copies_can_be_present_in_one(hall):
    bench, h = hall
    leaf = f"{h['su1']}/{h['rb']}/{h['leaf']}"
    edit = bench.edit()
    set_override(edit, h["su"], f"{h['rb']}/{h['leaf']}", absent=True)
    set_override(edit, h["hall"], leaf, absent=False)
    bench.commit(edit)
    edit = bench.edit()
    assert set_absent(edit, [leaf], True) == 1
    assert own_fields(edit, leaf)["absent"] is True
    assert set_absent(edit, [leaf], False) == 1
    assert not own_fields(edit, leaf).get("absent")


def standing(project):
    """Where every rack stands and how it is turned, whatever contains it."""
    return sorted(
        (at.name, at.transform, at.z_mm) for at in walk(project, project.top) if at.block.kind == "rack"
    )


def cables(project):
    graph = project.graph(project.top, expand=True)
    return sorted(tuple(sorted((graph.nodes[a]["name"], graph.nodes[b]["name"]))) for a, b in graph.edges())


@given(
    st.integers(-3, 3),
    st.integers(-9000, 9000),
    st.integers(-9000, 9000),
    st.booleans(),
    st.sampled_from((0, 90, 180, 270)),
)
def test_a_dissolved_unit_leaves_everything_where_it_was(z, x, y, mirrored, rotation):
    bench = Bench()
    h = small_hall(bench)
    edit = bench.edit()
    edit.replace(
        "instances", (h["hall"], h["su1"]), x_mm=x, y_mm=y, z_mm=z, mirrored=mirrored, rotation=rotation
    )
    set_override(edit, h["hall"], f"{h['su1']}/{h['ra']}/{h['node']}", serial="outer")
    set_override(edit, h["su"], f"{h['ra']}/{h['node']}", serial="inner", note="kept")
    edit.put("layouts", Layout(block=h["su"], id="net", positions={h["ra"]: (1.0, 2.0)}))
    edit.put(
        "waivers", Waiver(block=h["su"], id="w", rule="r", subjects=(h["rb"],), author="a", reason="because")
    )
    edit.put("areas", Area(block=h["su"], id="a1", kind="zone", points=((0, 0), (600, 0), (600, 1200))))
    bench.commit(edit)
    project = bench.project
    before, wired, box = standing(project), cables(project), box_of_block(project, h["hall"])
    edit = bench.edit()
    ids = ungroup(edit, h["hall"], h["su1"])
    bench.commit(edit)
    assert standing(project) == before
    assert cables(project) == wired
    assert box_of_block(project, h["hall"]) == box
    assert set(ids) <= set(project.instances(h["hall"]))
    own = {o.path.partition("/")[2]: o for o in project.overrides(h["hall"]).values()}
    assert (own[h["node"]].serial, own[h["node"]].note) == ("outer", "kept")
    assert len(project.rows("layouts", h["hall"])["net"].positions) == 1
    assert len(project.waivers(h["hall"])) == len(project.areas(h["hall"])) == 1
    while bench.history.undo_labels[1:]:
        bench.history.undo()


def test_group_and_dissolve_are_there_and_back(hall):
    bench, h = hall
    before, wired = standing(bench.project), cables(bench.project)
    edit = bench.edit()
    pod = group(edit, h["hall"], [h["su1"], h["rs"]], "Pod")
    bench.commit(edit)
    edit = bench.edit()
    ungroup(edit, h["hall"], pod.id)
    bench.commit(edit)
    assert (standing(bench.project), cables(bench.project)) == (before, wired)
    assert {i.name for i in bench.project.instances(h["hall"]).values()} == {"su-1", "su-2", "rs"}


def test_a_unit_that_an_outer_drawing_calls_absent_does_not_dissolve_into_being_there(hall):
    bench, h = hall
    edit = bench.edit()
    pod = group(edit, h["hall"], [h["su1"], h["su2"]], "Pod")
    set_override(edit, h["hall"], f"{pod.id}/{h['su1']}", absent=True)
    bench.commit(edit)
    with pytest.raises(EditError, match="absent"):
        ungroup(bench.edit(), pod.of, h["su1"])
    ungroup(bench.edit(), pod.of, h["su2"])


def test_what_is_waived_of_a_unit_as_a_whole_is_not_waived_of_the_hall(hall):
    bench, h = hall
    edit = bench.edit()
    edit.put("waivers", Waiver(block=h["su"], id="w", rule="r", subjects=(), author="a", reason="because"))
    bench.commit(edit)
    edit = bench.edit()
    ungroup(edit, h["hall"], h["su1"])
    assert not edit.waivers(h["hall"])


def test_only_a_placed_floor_block_dissolves(hall):
    bench, h = hall
    for wrong in (h["rs"], "gone"):
        with pytest.raises(EditError, match="only a placed unit"):
            ungroup(bench.edit(), h["hall"], wrong)
    edit = bench.edit()
    set_override(edit, h["hall"], h["su1"], absent=True)
    with pytest.raises(EditError, match="absent"):
        ungroup(edit, h["hall"], h["su1"])

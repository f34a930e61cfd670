"""Trunks open into cables and back; what each cable is called and what overrides say of it stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.drawing.cables import cables_of
from core.drawing.placed import Placement
from core.editing.cabling.connect import connect
from core.editing.cabling.trunks import bundle, open_trunk
from core.editing.overrides import set_override
from core.errors import EditError
from tests.editing.factory import Bench, small_hall
from tests.editing.test_wiring import row_of_nodes, tags

PORTS = ["osfp30/1", "osfp30/2", "osfp31/1"]


def a_trunk(**fields):
    bench = row_of_nodes(racks=1, leafs=1)
    paths, top = tags(bench), bench.project.top
    edit = bench.edit()
    trunk = connect(edit, top, paths["net/leaf-1"], PORTS, paths["net/spine-1"], PORTS, **fields)
    bench.commit(edit)
    head = paths["net/leaf-1"].rpartition("/")[0]
    return bench, trunk, f"{head}/{trunk.id}"


def said(project):
    """What a schedule says of every cable: its name if it has one, ends, length and status in force."""
    placement = Placement(project, project.top)
    found = set()
    for cable in cables_of(placement):
        at = cable.at.overrides.find(cable.link.id, cable.k)
        own = {f: next((v for o in at if (v := getattr(o, f)) is not None), None)
               for f in ("length_m", "status", "serial")}  # fmt: skip
        named = "" if cable.tag.startswith("D-") else cable.tag
        length = own["length_m"] if own["length_m"] is not None else cable.link.length_m
        status = own["status"] or cable.link.status
        found.add((named, cable.a.port, cable.z.port, length, status, own["serial"]))
    return found


def test_a_trunk_opens_into_its_cables():
    bench, trunk, path = a_trunk(name="up", length_m=4.0, colour="red")
    top = bench.project.top
    edit = bench.edit()
    set_override(edit, top, path, status="ordered")
    set_override(edit, top, path, cable=1, serial="S1", status="installed")
    bench.commit(edit)
    before = said(bench.project)
    edit = bench.edit()
    links = open_trunk(edit, trunk.block, trunk.id)
    assert [(link.name, link.count, link.length_m, link.colour) for link in links] == [
        (f"up-{k}", 1, 4.0, "red") for k in (1, 2, 3)
    ]
    assert links[0].id == trunk.id
    bench.commit(edit)
    assert said(bench.project) == before
    overrides = {
        o.path.rpartition("/")[2]: (o.status, o.serial) for o in bench.project.overrides(top).values()
    }
    assert overrides == {
        links[0].id: ("ordered", None),
        links[1].id: ("installed", "S1"),
        links[2].id: ("ordered", None),
    }
    edit = bench.edit()
    back = bundle(edit, trunk.block, [link.id for link in links])
    bench.commit(edit)
    assert (back.name, back.a, back.b, back.id) == ("up", trunk.a, trunk.b, trunk.id)
    assert said(bench.project) == before


def test_overrides_of_each_copy_go_with_the_cables():
    bench = Bench()
    h = small_hall(bench)
    (link_id,) = bench.project.links(h["su"])
    edit = bench.edit()
    set_override(edit, h["hall"], f"{h['su1']}/{link_id}", cable=0, serial="A")
    set_override(edit, h["hall"], f"{h['su2']}/{link_id}", cable=1, serial="B")
    bench.commit(edit)
    edit = bench.edit()
    first, second = open_trunk(edit, h["su"], link_id)
    assert {(o.path, o.serial) for o in edit.overrides(h["hall"]).values()} == {
        (f"{h['su1']}/{first.id}", "A"),
        (f"{h['su2']}/{second.id}", "B"),
    }
    bundle(edit, h["su"], [first.id, second.id])
    assert {(o.path, o.cable, o.serial) for o in edit.overrides(h["hall"]).values()} == {
        (f"{h['su1']}/{first.id}", 0, "A"),
        (f"{h['su2']}/{first.id}", 1, "B"),
    }


def test_cables_with_names_of_their_own_keep_them():
    bench, _, _ = a_trunk()
    paths, top = tags(bench), bench.project.top
    edit = bench.edit()
    one = connect(edit, top, paths["r1/node-1"], ["osfp1/1"], paths["net/leaf-1"], ["osfp1/1"],
                  name="left", length_m=2.0)  # fmt: skip
    two = connect(edit, top, paths["net/leaf-1"], ["osfp1/2"], paths["r1/node-1"], ["osfp1/2"],
                  name="right", status="ordered")  # fmt: skip
    bench.commit(edit)
    before = said(bench.project)
    edit = bench.edit()
    made = bundle(edit, top, [one.id, two.id])
    assert (made.a.ports, made.b.ports, made.name) == (("osfp1/1", "osfp1/2"),) * 2 + ("",)
    bench.commit(edit)
    assert said(bench.project) == before


def test_what_cannot_be_bundled():
    bench, _, _ = a_trunk()
    paths, top = tags(bench), bench.project.top
    edit = bench.edit()
    node, leaf, spine = paths["r1/node-1"], paths["net/leaf-1"], paths["net/spine-1"]
    one = connect(edit, top, node, ["osfp1/1"], leaf, ["osfp1/1"], colour="red")
    two = connect(edit, top, node, ["osfp1/2"], leaf, ["osfp1/2"], colour="blue")
    other = connect(edit, top, node, ["osfp2/1"], spine, ["osfp1/1"], colour="red")
    for ids, words in (
        ([one.id], "one link is no bundle"),
        ([one.id, two.id], "differ in their colour"),
        ([one.id, other.id], "join different devices"),
    ):
        with pytest.raises(EditError, match=words):
            bundle(edit, top, ids)
    with pytest.raises(EditError, match="single cable"):
        open_trunk(edit, top, one.id)
    with pytest.raises(EditError, match="no longer there"):
        open_trunk(edit, top, "ghost")


text = st.one_of(st.none(), st.sampled_from(["a", "b"]))
overrides = st.lists(
    st.tuples(
        st.sampled_from([None, 0, 1, 2]), text, text, st.sampled_from([None, 1.0, 2.0]),
        st.sampled_from([None, "ordered"]), st.booleans(),
    ),
    max_size=5,
)  # fmt: skip


@given(overrides, st.sampled_from(["", "up"]), st.sampled_from([None, 5.0]))
def test_opening_and_bundling_say_the_same(given_overrides, name, length_m):
    bench, trunk, path = a_trunk(name=name, length_m=length_m)
    top, block = bench.project.top, trunk.block
    edit = bench.edit()
    for cable, own, serial, length, status, outer in given_overrides:
        fields = {"name": own, "serial": serial, "length_m": length, "status": status}
        fields = {field: value for field, value in fields.items() if value is not None}
        if fields:
            where = (top, path) if outer else (block, trunk.id)
            set_override(edit, *where, cable=cable, **fields)
    if edit.change().deltas:
        bench.commit(edit)
    before = said(bench.project)
    edit = bench.edit()
    links = open_trunk(edit, block, trunk.id)
    bench.commit(edit)
    assert said(bench.project) == before
    edit = bench.edit()
    made = bundle(edit, block, [link.id for link in links])
    bench.commit(edit)
    assert (made.a, made.b) == (trunk.a, trunk.b)
    assert said(bench.project) == before
    bench.history.undo()
    bench.history.undo()
    assert bench.project.links(block)[trunk.id] == trunk

"""Many cables at once: ranges, the guess, and the same links that single ones give."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.editing.blocks import new_floor_block, new_rack_block, place_instance
from core.editing.cabling.connect import connect
from core.editing.cabling.patterns import matching, port_names, ports_named, standing_devices
from core.editing.cabling.range_guess import fabric_role, guess
from core.editing.cabling.ranges import Range, plan
from core.editing.cabling.sockets import Ends, Usage
from core.editing.cabling.wiring import Plan, Wire, connect_many, judge
from core.editing.overrides import set_override
from core.editing.place import place_device
from core.editing.space import unit
from core.errors import EditError
from core.model.ports import PortTable
from core.model.records import Fabric
from tests.editing.factory import LIBRARY, Bench, small_hall


def row_of_nodes(racks=3, leafs=8):
    """A hall with racks of four nodes, all of one drawing, and a rack of leafs and two spines."""
    bench = Bench()
    edit = bench.edit("Hall")
    hall = new_floor_block(edit, "Hall").id
    nodes = new_rack_block(edit, LIBRARY, "rack", "Node rack").id
    for k in range(4):
        place_device(edit, LIBRARY, nodes, "node", unit(1 + 8 * k), name=f"node-{k + 1}")
    net = new_rack_block(edit, LIBRARY, "rack", "Network rack").id
    for k in range(leafs):
        place_device(edit, LIBRARY, net, "leaf", unit(1 + k), name=f"leaf-{k + 1}")
    for k in range(2):
        place_device(edit, LIBRARY, net, "leaf", unit(30 + k), name=f"spine-{k + 1}")
    for k in range(racks):
        place_instance(edit, hall, nodes, x_mm=600 * k, name=f"r{k + 1}")
    place_instance(edit, hall, net, x_mm=6000, name="net")
    bench.commit(edit)
    return bench


def tags(bench):
    project = bench.project
    return {at.tag: at.path for at in standing_devices(project, project.top)}


def cables(project):
    """Every cable as its two ends, in the block it lives in."""
    return {
        (link.block, frozenset(((link.a.path, a), (link.b.path, b))))
        for link in project.every("links")
        for a, b in zip(link.a.ports, link.b.ports, strict=True)
    }


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("node-*", 12),
        ("node-{1..2}", 6),
        ("r1/node-*", 4),
        ("r{1..2}/node-{3..4}", None),
        ("leaf-{1..8}, spine-1", 9),
        ("node", 12),  # the type's id
        ("*/leaf-1", 1),
        ("NODE-1", None),
        ("leaf-{8..1}", None),
        ("", None),
        ("node-{1..", None),
        ("[n]ode-1", None),
    ],
)
def test_devices_by_pattern(text, found):
    bench = row_of_nodes()
    devices = standing_devices(bench.project, bench.project.top)
    if found is None:
        with pytest.raises(EditError, match=r"no pattern|no device is called|is empty|is needed"):
            matching(devices, text)
    else:
        assert len(matching(devices, text)) == found


def test_names_come_in_the_order_people_count():
    bench = row_of_nodes(racks=11)
    devices = standing_devices(bench.project, bench.project.top)
    racks = [at.tag.partition("/")[0] for at in matching(devices, "node-1")]
    assert racks == [f"r{k}" for k in range(1, 12)]


def test_overrides_of_names_count_and_what_is_absent_is_not_there():
    bench = row_of_nodes()
    paths = tags(bench)
    edit = bench.edit()
    set_override(edit, bench.project.top, paths["r2/node-1"], name="spare")
    set_override(edit, bench.project.top, paths["r3/node-1"], absent=True)
    bench.commit(edit)
    now = tags(bench)
    assert now["r2/spare"] == paths["r2/node-1"]
    assert "r3/node-1" not in now
    assert "r1/node-1" in now


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("osfp{1..2}", ["osfp1/1", "osfp1/2", "osfp2/1", "osfp2/2"]),
        ("osfp2, osfp1", ["osfp2/1", "osfp2/2", "osfp1/1", "osfp1/2"]),
        ("osfp*/1", ["osfp1/1", "osfp2/1", "osfp3/1", "osfp4/1"]),
        ("osfp3/2", ["osfp3/2"]),
        ("out-of-band", ["bmc"]),
        ("bmc", ["bmc"]),
        ("osfp9", None),
        ("osfp1/7", None),
        ("osfp{1..2", None),
    ],
)
def test_ports_by_pattern(text, tokens):
    bench = row_of_nodes()
    usage = Usage(bench.project, bench.project.top, tags(bench)["r1/node-1"])
    if tokens is None:
        with pytest.raises(EditError, match=r"no pattern|node-1 has no port"):
            ports_named(usage, text)
    else:
        assert ports_named(usage, text) == tokens


def test_port_names_say_ranges():
    table = PortTable(LIBRARY.find("node"))
    names = [table.by_name[name] for name in ("osfp1", "osfp2", "osfp3", "bmc")]
    assert port_names(names) == "osfp{1..3}, bmc"


def test_rails_go_to_as_many_leafs():
    """12 nodes of 8 lanes: lane r of each goes to leaf r, on its next lane."""
    bench = row_of_nodes()
    project, paths = bench.project, tags(bench)
    found = plan(project, project.top, Range("node-*", "leaf-*", "osfp{1..4}"))
    assert (len(found.wires), len(found.good)) == (96, 96)
    assert found.wires[0] == Wire(paths["r1/node-1"], "osfp1/1", paths["net/leaf-1"], "osfp1/1")
    assert found.wires[7] == Wire(paths["r1/node-1"], "osfp4/2", paths["net/leaf-8"], "osfp1/1")
    assert found.wires[8] == Wire(paths["r1/node-2"], "osfp1/1", paths["net/leaf-1"], "osfp1/2")
    edit = bench.edit()
    links = connect_many(edit, project.top, found.good, colour="blue")
    bench.commit(edit)
    assert len(links) == len(project.links(project.top)) == 96
    assert {link.colour for link in links} == {"blue"}
    again = plan(project, project.top, Range("node-*", "leaf-*", "osfp{1..4}", "osfp{1..6}"))
    assert {wire.state for wire in again.wires} == {"there"}


def test_more_leafs_than_rails_share_the_nodes_evenly():
    """12 nodes, 2 cages of which lane 1 is used, 8 leafs: a rail has 4 leafs, a leaf 3 nodes."""
    bench = row_of_nodes()
    project, paths = bench.project, tags(bench)
    found = plan(project, project.top, Range("node-*", "leaf-*", "osfp{1..2}/1"))
    leaf_of = [next(t for t, p in paths.items() if p == wire.b_path) for wire in found.wires]
    assert leaf_of[:2] == ["net/leaf-1", "net/leaf-5"]
    assert leaf_of[2 * 3] == "net/leaf-2"
    assert leaf_of[-1] == "net/leaf-8"


def test_a_trunk_where_devices_are_paired():
    bench = row_of_nodes(leafs=2)
    project = bench.project
    found = plan(project, project.top, Range("leaf-{1..2}", "spine-{1..2}", rule="pairs", links=4))
    edit = bench.edit()
    links = connect_many(edit, project.top, found.good)
    assert [link.count for link in links] == [4, 4]
    assert links[0].block == next(b.id for b in project.blocks.values() if b.name == "Network rack")


def test_mesh_and_its_misfits_are_said():
    """A switch has 64 lanes: 2 x 20 cables of a leaf fit, of 2 x 40 the last do not."""
    bench = row_of_nodes(leafs=2)
    project = bench.project
    good = plan(project, project.top, Range("leaf-*", "spine-*", rule="mesh", links=20))
    assert (len(good.wires), len(good.problems)) == (80, 0)
    short = plan(project, project.top, Range("leaf-*", "spine-*", rule="mesh", links=40))
    assert len(short.wires) == 160
    # leaf-1 takes 40 + 24; then spine-1 has 24 left, and leaf-2's last 24 find 40 at spine-2.
    assert len(short.good) == 64 + 24 + 24
    words = [wire.problem for wire in short.problems]
    assert {word: words.count(word) for word in words} == {
        "leaf-1 has no port left": 16,
        "spine-1 has no port left": 16,
        "leaf-2 has no port left": 16,
    }
    wrong = plan(project, project.top, Range("r1/node-{1..3}", "leaf-1", "bmc", "osfp1", rule="fill"))
    mates = "RJ45 does not mate with OSFP-finned"
    assert [wire.problem for wire in wrong.problems] == [mates, mates, "no device is left for it"]


def test_filling_goes_on_with_the_next_device():
    bench = row_of_nodes(racks=9, leafs=2)
    project = bench.project
    found = plan(project, project.top, Range("node-*", "leaf-*", "osfp{1..2}", rule="fill"))
    assert len(found.good) == 128  # 36 x 4 lanes asked, 2 x 64 there
    assert [wire.b_path for wire in found.good].count(tags(bench)["net/leaf-1"]) == 64
    assert {wire.problem for wire in found.problems} == {"no device is left for it"}


def test_copies_of_a_drawing_are_wired_once():
    """Two units of one drawing: what is wired in one is wired in the other."""
    bench = Bench()
    h = small_hall(bench)
    project = bench.project
    found = plan(project, h["hall"], Range("node-2", "leaf-1", "osfp2/1"))
    assert [wire.state for wire in found.wires] == ["new", "same"]  # each to the leaf of its own unit
    inside = [
        plan(project, h["hall"], Range("node-2", "leaf-1", "osfp2/1", scope=(h[su],)))
        for su in ("su1", "su2")
    ]
    assert [wire.state for found in inside for wire in found.wires] == ["new", "new"]
    both = judge(project, h["hall"], [wire for found in inside for wire in found.wires])
    assert [wire.state for wire in both.wires] == ["new", "same"]
    edit = bench.edit()
    (link,) = connect_many(edit, h["hall"], both.wires)
    assert link.block == h["su"]


def test_a_stale_plan_is_refused_whole():
    bench = row_of_nodes()
    project, paths = bench.project, tags(bench)
    found = plan(project, project.top, Range("node-*", "leaf-*", "osfp1"))
    edit = bench.edit()
    connect(edit, project.top, paths["r1/node-1"], ["osfp1/1"], paths["net/spine-1"], ["osfp1/1"])
    bench.commit(edit)
    edit = bench.edit()
    with pytest.raises(EditError, match="osfp1/1 of node-1 is in use"):
        connect_many(edit, project.top, found.good)
    assert not edit.change().deltas


def test_a_tick_may_stop_it():
    bench = row_of_nodes()

    def stop(done, total):
        raise EditError("stopped")

    with pytest.raises(EditError, match="stopped"):
        plan(bench.project, bench.project.top, Range("node-*", "leaf-*"), stop)
    with pytest.raises(EditError, match="stopped"):
        judge(bench.project, bench.project.top, [Wire("a", "b", "c", "d")], stop)


def test_the_guess_wires_a_row_from_nothing():
    """First the nodes' rails, then leafs to spines; the BMCs find no switch of their kind."""
    bench = row_of_nodes()
    project = bench.project
    edit = bench.edit()
    edit.put("fabrics", Fabric(id="compute", name="Compute"))
    bench.commit(edit)
    first = guess(project, project.top)
    assert (first.a, first.a_ports, first.b, first.rule) == ("node-*", "osfp{1..4}", "leaf-*", "rail")
    assert fabric_role(project, project.top, first) == "compute"
    edit = bench.edit()
    connect_many(edit, project.top, plan(project, project.top, first).good, fabric="compute")
    bench.commit(edit)
    second = guess(project, project.top)
    assert (second.a, second.b, second.rule) == ("leaf-*", "spine-*", "mesh")
    # 64 - 12 lanes are left at each leaf, 26 for each spine; 64 at a spine are 8 for each leaf.
    assert second.links == 8
    edit = bench.edit()
    connect_many(edit, project.top, plan(project, project.top, second).good, fabric="compute")
    bench.commit(edit)
    assert guess(project, project.top) is None


def test_the_guess_keeps_to_what_is_selected():
    bench = row_of_nodes()
    project, paths = bench.project, tags(bench)
    chosen = [paths["r2/node-1"], paths["r2/node-2"]]
    found = guess(project, project.top, selected=chosen)
    assert {wire.a_path for wire in plan(project, project.top, found).good} == set(chosen)
    both = guess(project, project.top, selected=[*chosen, paths["net/leaf-1"]])
    assert len(plan(project, project.top, both).good) == 16
    assert guess(Bench().project, "") is None


PORTS = [f"osfp{c}/{lane}" for c in range(1, 5) for lane in (1, 2)]
wires = st.lists(
    st.tuples(
        st.sampled_from(["r1/node-1", "r2/node-1", "r1/node-2", "net/leaf-1"]),
        st.sampled_from([*PORTS, "osfp1", "bmc", "psu1", "no"]),
        st.sampled_from(["net/leaf-1", "net/leaf-2", "net/spine-1", "r2/node-1"]),
        st.sampled_from([*PORTS, "mgmt", "osfp2"]),
    ),
    max_size=12,
)


@given(wires)
def test_many_cables_are_as_the_same_cables_one_by_one(asked):
    """Each wire is judged as `connect` would judge it at that moment, and the result is the same."""
    bench = row_of_nodes(racks=2, leafs=2)
    project, paths = bench.project, tags(bench)
    one_by_one = bench.edit()
    expected = []
    for a, a_port, b, b_port in asked:
        attempt = bench.edit("one")
        attempt.base = one_by_one
        try:
            connect(attempt, project.top, paths[a], [a_port], paths[b], [b_port])
        except EditError:
            expected.append(False)
            continue
        connect(one_by_one, project.top, paths[a], [a_port], paths[b], [b_port])
        expected.append(True)
    found: Plan = judge(project, project.top, [Wire(paths[a], p, paths[b], q) for a, p, b, q in asked])
    assert [wire.state == "new" for wire in found.wires] == expected
    many = bench.edit()
    connect_many(many, project.top, found.good)
    assert cables(many) == cables(one_by_one)
    change = many.change()
    if change.deltas:
        bench.history.commit(change)
        bench.history.undo()
    assert not cables(project)


def test_the_index_of_ends_is_as_the_links_are():
    bench = Bench()
    h = small_hall(bench)
    node = f"{h['su1']}/{h['ra']}/{h['node']}"
    found = list(Ends(bench.project).plugged(h["hall"], node))
    assert {(at.token, at.far) for at in found if at.link.layer == "data"} == {
        ("osfp1/1", (f"{h['su1']}/{h['rb']}/{h['leaf']}", "osfp1/1")),
        ("osfp1/2", (f"{h['su1']}/{h['rb']}/{h['leaf']}", "osfp1/2")),
    }
    assert {at.path for at in found if at.link.layer == "power"} == {
        f"{h['su1']}/{h['ra']}/{link}" for link in bench.project.links(h["nodes"])
    }
    # Asked of the drawing itself, the links of both copies of the unit count.
    assert set(Ends(bench.project).tokens(h["leafs"], h["leaf"])) == {"osfp1/1", "osfp1/2", "osfp17/1"}

"""One end of a cable goes elsewhere, or two cables swap ends: all else stays, and undo takes it back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.editing.cabling.connect import connect
from core.editing.cabling.reroute import CableEnd, ends_at, reroute, socket_of, swap_ends
from core.editing.overrides import set_override
from core.errors import EditError
from tests.editing.factory import Bench, assert_sound, small_hall
from tests.editing.test_wiring import cables, row_of_nodes, tags


@pytest.fixture
def wired():
    """Two nodes, each with a cable to leaf-1, and a trunk of four between leaf-1 and spine-1."""
    bench = row_of_nodes(racks=2, leafs=2)
    paths = tags(bench)
    edit = bench.edit()
    top = bench.project.top
    one = connect(edit, top, paths["r1/node-1"], ["osfp1/1"], paths["net/leaf-1"], ["osfp1/1"],
                  name="one", length_m=3.0, colour="blue")  # fmt: skip
    two = connect(edit, top, paths["r2/node-1"], ["osfp1/1"], paths["net/leaf-1"], ["osfp1/2"], name="two")
    ports = ["osfp30/1", "osfp30/2", "osfp31/1", "osfp31/2"]
    trunk = connect(edit, top, paths["net/leaf-1"], ports, paths["net/spine-1"], ports, name="up")
    bench.commit(edit)
    net = paths["net/leaf-1"].rpartition("/")[0]
    return bench, paths, one.id, two.id, f"{net}/{trunk.id}"


def test_an_end_goes_to_a_free_port_and_everything_else_stays(wired):
    bench, paths, one, _, _ = wired
    top, before = bench.project.top, bench.project.links(bench.project.top)[one]
    edit = bench.edit()
    path = reroute(edit, top, CableEnd(one, "b"), paths["net/leaf-2"], "osfp5/2")
    assert path == one
    after = edit.links(top)[one]
    assert (after.b.path, after.b.ports) == (paths["net/leaf-2"], ("osfp5/2",))
    assert after.a == before.a
    assert (after.name, after.length_m, after.colour) == ("one", 3.0, "blue")
    assert len(edit.change().deltas) == 1


@pytest.mark.parametrize(
    ("device", "port", "words"),
    [
        ("net/leaf-1", "osfp1/2", "osfp1/2 of leaf-1 is in use"),
        ("net/leaf-1", "osfp1", "osfp1 of leaf-1 is used in another split"),
        ("net/leaf-1", "mgmt", "RJ45 does not mate with OSFP-finned"),
        ("net/leaf-1", "osfp99", "leaf-1 has no port 'osfp99'"),
        ("r1/node-1", "osfp1/1", "a port is not linked to itself"),
    ],
)
def test_what_does_not_fit_is_refused(wired, device, port, words):
    bench, paths, one, _, _ = wired
    with pytest.raises(EditError, match=words.replace("'", ".")):
        reroute(bench.edit(), bench.project.top, CableEnd(one, "b"), paths[device], port)


def test_two_cables_swap_their_ends(wired):
    bench, paths, one, two, _ = wired
    top = bench.project.top
    edit = bench.edit()
    swap_ends(edit, top, CableEnd(one, "b"), CableEnd(two, "b"))
    links = edit.links(top)
    assert (links[one].b.ports, links[two].b.ports) == (("osfp1/2",), ("osfp1/1",))
    assert (links[one].name, links[one].length_m, links[two].name) == ("one", 3.0, "two")
    edit = bench.edit()
    swap_ends(edit, top, CableEnd(one, "a"), CableEnd(two, "a"))
    links = edit.links(top)
    assert (links[one].a.path, links[two].a.path) == (paths["r2/node-1"], paths["r1/node-1"])


def test_a_cable_leaves_its_trunk_with_its_name_and_override(wired):
    bench, paths, _, _, trunk = wired
    top = bench.project.top
    edit = bench.edit()
    set_override(edit, top, trunk, cable=1, serial="S1")
    set_override(edit, top, trunk, cable=3, serial="S3")
    bench.commit(edit)
    edit = bench.edit()
    path = reroute(edit, top, CableEnd(trunk, "a", 1), paths["net/leaf-2"], "osfp1/1")
    assert path != trunk
    left, single = edit.resolve(top, trunk), edit.resolve(top, path)
    assert left.a.ports == ("osfp30/1", "osfp31/1", "osfp31/2")
    assert (single.name, single.b.ports) == ("up-2", ("osfp30/2",))
    said = {(o.path.rpartition("/")[2], o.cable): o.serial for o in edit.overrides(top).values()}
    assert said == {(left.id, 2): "S3", (single.id, None): "S1"}
    assert edit.notes == []


def test_swapping_in_one_trunk(wired):
    bench, _, _, _, trunk = wired
    edit = bench.edit()
    swap_ends(edit, bench.project.top, CableEnd(trunk, "b", 0), CableEnd(trunk, "b", 3))
    assert edit.resolve(bench.project.top, trunk).b.ports == ("osfp31/2", "osfp30/2", "osfp31/1", "osfp30/1")
    with pytest.raises(EditError, match="two ends of one link"):
        swap_ends(bench.edit(), bench.project.top, CableEnd(trunk, "a", 0), CableEnd(trunk, "b", 3))


def test_a_link_moves_to_the_lowest_block_of_its_ends(wired):
    bench, paths, one, _, _ = wired
    top = bench.project.top
    edit = bench.edit()
    set_override(edit, top, one, status="installed")
    bench.commit(edit)
    edit = bench.edit()
    path = reroute(edit, top, CableEnd(one, "a"), paths["net/spine-1"], "osfp1/1")
    link = edit.resolve(top, path)
    assert edit.blocks[link.block].name == "Network rack"
    assert (link.name, one in edit.links(top)) == ("one", False)
    assert [o.status for o in edit.overrides(link.block).values()] == ["installed"]
    bench.commit(edit)
    edit = bench.edit()
    assert reroute(edit, top, CableEnd(path, "a"), paths["r2/node-2"], "osfp1/1").count("/") == 0


def test_a_link_of_several_copies_stays_in_them():
    bench = Bench()
    h = small_hall(bench)
    (link,) = bench.project.links(h["su"])
    path, spine = f"{h['su1']}/{link}", f"{h['rs']}/{h['spine']}"
    with pytest.raises(EditError, match="in all 2 copies of 'Unit'"):
        reroute(bench.edit(), h["hall"], CableEnd(path, "b", 0), spine, "osfp9/1")


def test_one_cable_does_not_become_one_in_every_copy(wired):
    """With both ends in r1 it would belong to the drawing of r1 and r2, and there be two of it."""
    bench, paths, one, _, _ = wired
    with pytest.raises(EditError, match="would be in all 2 copies of 'Node rack'"):
        reroute(bench.edit(), bench.project.top, CableEnd(one, "b"), paths["r1/node-2"], "osfp1/1")


def test_what_is_plugged_into_a_port(wired):
    bench, paths, one, two, trunk = wired
    top = bench.project.top
    assert ends_at(bench.project, top, paths["net/leaf-1"], "osfp1") == [
        CableEnd(one, "b", 0),
        CableEnd(two, "b", 0),
    ]
    assert ends_at(bench.project, top, paths["net/spine-1"], "osfp31") == [
        CableEnd(trunk, "b", 2),
        CableEnd(trunk, "b", 3),
    ]


_PORTS = [f"osfp{c}/{lane}" for c in (1, 2, 30, 31) for lane in (1, 2)]
_DEVICES = ["r1/node-1", "r2/node-1", "net/leaf-1", "net/leaf-2", "net/spine-1"]
moves = st.lists(
    st.tuples(
        st.integers(0, 30), st.sampled_from(["a", "b"]), st.integers(0, 30), st.sampled_from(_DEVICES),
        st.sampled_from(_PORTS), st.booleans(),
    ),
    max_size=8,
)  # fmt: skip


def all_ends(project, top):
    """Every cable by the path of its link, with the path's instances."""
    found = []
    heads = {top: [""]}
    for instance in project.instances(top).values():
        heads.setdefault(instance.of, []).append(f"{instance.id}/")
    for block, prefixes in heads.items():
        for link in project.links(block).values():
            found += [(f"{prefixes[0]}{link.id}", k) for k in range(link.count)]
    return sorted(found)


def numbers(project):
    return sorted(
        f"{link.name}-{k + 1}" if link.count > 1 else link.name
        for link in project.every("links")
        for k in range(link.count)
    )


@given(moves)
def test_whatever_is_replugged(steps):
    """No socket is used twice, no cable is lost or gains another name, and undo of all is the start."""
    bench = row_of_nodes(racks=2, leafs=2)
    paths, top = tags(bench), bench.project.top
    edit = bench.edit()
    for k, node in enumerate(("r1/node-1", "r2/node-1")):
        connect(edit, top, paths[node], ["osfp1/1"], paths["net/leaf-1"], [f"osfp1/{k + 1}"], name=node[:2])
    ports = _PORTS[4:]
    connect(edit, top, paths["net/leaf-1"], ports, paths["net/spine-1"], ports, name="up")
    bench.commit(edit)
    start, done = cables(bench.project), 0
    for number, end, other, device, port, swaps in steps:
        known = all_ends(bench.project, top)
        path, k = known[number % len(known)]
        which = CableEnd(path, end, k)
        edit = bench.edit()
        before = numbers(bench.project)
        far = socket_of(edit, top, which._replace(end="b" if end == "a" else "a"))
        try:
            if swaps:
                path_b, k_b = known[other % len(known)]
                second = CableEnd(path_b, "b", k_b)
                old = socket_of(edit, top, which), socket_of(edit, top, second)
                swap_ends(edit, top, which, second)
            else:
                reroute(edit, top, which, paths[device], port)
        except EditError:
            continue
        change = edit.change()
        if not change.deltas:
            continue
        bench.history.commit(change)
        assert_sound(bench.project)
        done += 1
        used = [socket for _, pair in sorted(cables(bench.project), key=str) for socket in pair]
        assert len(used) == 2 * len(known)
        if swaps:
            sockets = {(at, token) for at, token in old}
            assert sockets <= {socket_of(bench.project, top, CableEnd(p, e, c))
                               for p, c in all_ends(bench.project, top) for e in ("a", "b")}  # fmt: skip
        elif ends_at(bench.project, top, paths[device], port):
            assert far in {
                socket_of(bench.project, top, e._replace(end="b" if e.end == "a" else "a"))
                for e in ends_at(bench.project, top, paths[device], port)
            }
        assert len(numbers(bench.project)) == len(before)
    for _ in range(done):
        bench.history.undo()
    assert cables(bench.project) == start

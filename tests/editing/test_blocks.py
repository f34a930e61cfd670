"""Blocks: unique copies, groups, arrays, turning and mirroring, replacing, names, the clipboard."""

from __future__ import annotations

import json

import pytest
from msgspec.structs import replace

from core.catalogue.library import Library
from core.editing.arrange import Grid, mirror, move_things, rotate, snap
from core.editing.arrays import array
from core.editing.blocks import make_unique, new_rack_block, place_instance
from core.editing.cabling.connect import connect
from core.editing.clipboard import copy, duplicate, paste
from core.editing.footprint import Box, box_of, box_of_block
from core.editing.grouping import group
from core.editing.naming import next_name, rename, render, renumber
from core.editing.overrides import set_override
from core.editing.place import place_device
from core.editing.refit import retype_all
from core.editing.remove import remove
from core.editing.replace import replace_block
from core.editing.retype import retype, update_type
from core.editing.space import Spot, unit
from core.editing.templates import insert, parcel_of
from core.errors import EditError
from core.model.records import Area, Layout, NamingTemplate, Note, Revision, Waiver
from core.model.types import DeviceType, PortGroup
from tests.editing.factory import LIBRARY, TYPES, Bench, assert_sound, osfp, small_hall


@pytest.fixture
def hall():
    bench = Bench()
    return bench, small_hall(bench)


def shape(project, block):
    """What is drawn, by names: independent of ids of blocks."""
    graph = project.graph(block, expand=True)
    return sorted(tuple(sorted((graph.nodes[a]["name"], graph.nodes[b]["name"]))) for a, b in graph.edges())


def test_make_unique_copies_shared_blocks_only_and_keeps_references(hall):
    bench, h = hall
    before = shape(bench.project, h["hall"])
    edit = bench.edit()
    set_override(edit, h["hall"], f"{h['su1']}/{h['rb']}/{h['leaf']}", serial="S1")
    bench.commit(edit)
    edit = bench.edit()
    links = dict(edit.links(h["hall"]))
    rack = make_unique(edit, h["hall"], f"{h['su1']}/{h['ra']}/{h['node']}")
    bench.commit(edit)
    assert bench.project.links(h["hall"]) == links
    assert rack not in (h["nodes"], h["leafs"])
    assert h["node"] in bench.project.devices(rack)
    assert len(bench.project.blocks) == 7  # the unit and the node rack; the leaf rack stays shared
    assert shape(bench.project, h["hall"]) == before
    edit = bench.edit()
    assert make_unique(edit, h["hall"], f"{h['su1']}/{h['ra']}") == rack
    assert edit.change().deltas == ()
    assert make_unique(edit, h["hall"], h["rs"]) == h["spines"]
    assert edit.change().deltas == ()


def test_group_moves_things_without_moving_anything(hall):
    bench, h = hall
    before = shape(bench.project, h["hall"])
    edit = bench.edit()
    leaf = f"{h['su1']}/{h['rb']}/{h['leaf']}"
    set_override(edit, h["hall"], leaf, serial="S1")
    box = box_of_block(edit, h["hall"])
    pod = group(edit, h["hall"], [h["su1"], h["rs"]], "Pod")
    bench.commit(edit)
    assert box_of_block(bench.project, h["hall"]) == box
    assert shape(bench.project, h["hall"]) == before
    inner = bench.project.links(pod.of)
    assert [link.a.path for link in inner.values()] == [leaf]
    assert next(iter(bench.project.overrides(h["hall"]).values())).path == f"{pod.id}/{leaf}"
    assert {link.b.path for link in bench.project.links(h["hall"]).values()} == {
        f"{pod.id}/{h['rs']}/{h['spine']}"
    }


def test_a_block_is_never_placed_in_itself(hall):
    bench, h = hall
    with pytest.raises(EditError, match="contains"):
        place_instance(bench.edit(), h["su"], h["hall"])
    with pytest.raises(EditError, match="holds devices"):
        place_instance(bench.edit(), h["nodes"], h["leafs"])


def test_array_counts_names_on_and_mirrors_every_second_row(hall):
    bench, h = hall
    edit = bench.edit()
    first = place_instance(edit, h["hall"], h["nodes"], name="c-r01", x_mm=10_000, y_mm=500)
    made = array(edit, h["hall"], [first.id], columns=3, rows=2, pitch_y_mm=2400, second="mirrored")
    bench.commit(edit)
    assert [i.name for i in made] == ["c-r01", "c-r02", "c-r03", "c-r04", "c-r05", "c-r06"]
    boxes = [box_of(bench.project, i) for i in made]
    assert boxes[2] == Box(11_200, 500, 11_800, 1_700)
    assert boxes[4] == Box(10_600, 2_900, 11_200, 4_100)
    assert (made[4].rotation, made[4].mirrored) == (180, True)


def test_turning_four_times_and_mirroring_twice_is_nothing(hall):
    bench, h = hall
    ids = [h["su1"], h["su2"], h["rs"]]
    for axis in ("x", "y"):
        edit = bench.edit()
        before = box_of_block(edit, h["hall"])
        mirror(edit, h["hall"], ids, axis)
        assert box_of_block(edit, h["hall"]) == before
        mirror(edit, h["hall"], ids, axis)
        assert edit.change().deltas == ()
    edit = bench.edit()
    for _ in range(4):
        rotate(edit, h["hall"], ids)
    assert edit.change().deltas == ()
    rotate(edit, h["hall"], [h["rs"]])
    assert box_of(edit, edit.instances(h["hall"])[h["rs"]]) == Box(5700, 300, 6900, 900)


def test_turning_about_half_a_millimetre_moves_nothing_in_the_end(hall):
    bench, h = hall
    edit = bench.edit()
    ids = [place_device(edit, LIBRARY, h["hall"], "cdu", Spot(x_mm=x)).id for x in (5, 1000)]
    before = [edit.devices(h["hall"])[i] for i in ids]
    for quarters in ((1, 1, 1, 1), (-1, -1, -1, -1), (1, -1), (-1, 1), (1, 2, 1), (2, 2), (3, 1), (1, 1, 2)):
        for turn in quarters:
            rotate(edit, h["hall"], ids, turn)
        assert [edit.devices(h["hall"])[i] for i in ids] == before, quarters


def test_floor_devices_are_mirrored_without_a_flag(hall):
    bench, h = hall
    edit = bench.edit()
    cdu = place_device(edit, LIBRARY, h["hall"], "cdu", Spot(x_mm=7000))
    mirror(edit, h["hall"], [cdu.id, h["rs"]])
    assert box_of(edit, edit.devices(h["hall"])[cdu.id]) == Box(6000, 0, 6900, 1200)
    move_things(edit, h["hall"], [cdu.id], 5, -5, 1)
    moved = edit.devices(h["hall"])[cdu.id]
    assert (moved.x_mm, moved.y_mm, moved.z_mm) == (6005, -5, 1)


def test_snapping_prefers_neighbours_to_the_grid():
    row = [Box(0, 0, 600, 1200)]
    assert snap(655, 40, Grid(600), row, size=(600, 1200)) == (600, 0)
    assert snap(1700, 700, Grid(600), row, size=(600, 1200)) == (1800, 600)
    assert snap(1234, 40, Grid(609.6), ()) == (1219, 0)
    assert snap(1234, 41, None, ()) == (1234, 41)
    assert snap(-640, 0, None, row, size=(600, 1200)) == (-600, 0)


def test_replacing_a_block_finds_ends_by_name(hall):
    bench, h = hall
    edit = bench.edit()
    other = new_rack_block(edit, LIBRARY, "rack", "Other").id
    place_device(edit, LIBRARY, other, "leaf", unit(1), name="leaf-1")
    lost = replace_block(edit, h["su"], h["rb"], other)
    assert lost == 0
    bench.commit(edit)
    edit = bench.edit()
    empty = new_rack_block(edit, LIBRARY, "rack", "Empty").id
    assert replace_block(edit, h["su"], h["rb"], empty) == 4
    bench.commit(edit)


def test_retype_keeps_what_fits_and_lists_the_rest(hall):
    bench, h = hall
    edit = bench.edit()
    misfits = retype(edit, LIBRARY, h["leafs"], [h["leaf"]], "leaf-small")
    bench.commit(edit)
    device = bench.project.devices(h["leafs"])[h["leaf"]]
    assert (device.type, device.name) == ("leaf-small", "leaf-1")
    trunk = next(iter(bench.project.links(h["su"]).values()))
    assert trunk.b.ports == ("cage1/1", "cage1/2")  # same role and place in order
    assert [(m.device, m.port) for m in misfits] == [("leaf-1", "osfp17/1")] * 2
    assert edit.notes[-1].startswith("2 connections removed")
    with pytest.raises(EditError, match="stands on the floor"):
        retype(bench.edit(), LIBRARY, h["leafs"], [h["leaf"]], "cdu")


def test_retype_keeps_feeds_of_inlets_that_exist(hall):
    bench, h = hall
    edit = bench.edit()
    misfits = retype(edit, LIBRARY, h["nodes"], [h["pdu"]], "pdu")
    assert misfits == []
    assert edit.devices(h["nodes"])[h["pdu"]].feeds == {"inlet": "A"}
    assert edit.change().deltas == ()


def test_updating_a_type_drops_cables_of_ports_that_are_gone(hall):
    bench, _ = hall
    newer = [replace(t, version=2, ports=t.ports[1:]) if t.id == "leaf" else t for t in TYPES]
    edit = bench.edit()
    misfits = update_type(edit, Library({t.id: t for t in newer}), "leaf")
    assert len(misfits) == 4
    bench.commit(edit)
    assert update_type(bench.edit(), LIBRARY, "node") == []


def test_cables_between_two_devices_of_the_type_follow_its_renamed_ports(hall):
    """Leaf and spine are of one type: both ends of their cables are renamed before any is judged."""
    bench, h = hall
    leaf = next(t for t in TYPES if t.id == "leaf")
    renamed = replace(leaf, version=2, ports=(osfp("cage", 32, whole=False), *leaf.ports[1:]))
    newer = [renamed if t is leaf else t for t in TYPES]
    edit = bench.edit()
    assert update_type(edit, Library({t.id: t for t in newer}), "leaf") == []
    bench.commit(edit)
    ends = sorted((k.a.ports, k.b.ports) for k in bench.project.links(h["hall"]).values())
    assert ends == [(("cage17/1",), ("cage1/1",)), (("cage17/1",), ("cage2/1",))]


def test_two_cabled_devices_that_change_together_keep_what_fits_afterwards():
    """RJ45 mates with neither OSFP nor SFP, and each with its like: judged in between, the cable would go."""

    def port(connector):
        return PortGroup(name="p1", layer="data", connector=connector, rate_gbps=1)

    copper = DeviceType(id="copper", name="Copper", kind="switch", height_u=1, ports=(port("RJ45"),))
    fibre = DeviceType(id="fibre", name="Fibre", kind="switch", height_u=1, ports=(port("LC"),))
    library = Library({t.id: t for t in (*TYPES, copper, fibre)})
    bench = Bench()
    edit = bench.edit()
    rack = new_rack_block(edit, library, "rack", "Rack").id
    ids = [place_device(edit, library, rack, "copper", unit(k)).id for k in (1, 2)]
    connect(edit, rack, ids[0], ["p1"], ids[1], ["p1"])
    bench.commit(edit)
    edit = bench.edit()
    assert retype(edit, library, rack, ids, "fibre") == []
    bench.commit(edit)
    assert [k.count for k in bench.project.links(rack).values()] == [1]
    edit = bench.edit()
    assert retype_all(edit, library, [(rack, i) for i in ids], "copper").misfits == []
    assert retype(bench.edit(), library, rack, ids[:1], "copper")[0].port == "p1"


def test_names_from_templates(hall):
    bench, h = hall
    assert render("{parent}-{type}-{n:03}", parent="A", type="leaf", n=7) == "A-leaf-007"
    with pytest.raises(EditError, match="the name template holds"):
        render("{kind}", n=1)
    with pytest.raises(EditError, match="no name template"):
        render("{n.__class__}", n=1)
    edit = bench.edit()
    edit.put(
        "naming", NamingTemplate(block=h["spines"], id="device.switch", template="spine-{n:02}", start=5)
    )
    assert next_name(edit, h["spines"], "device.switch") == "spine-05"
    assert next_name(edit, h["leafs"], "device.switch") == "sw-01"
    assert renumber(edit, h["spines"], [h["spine"]]) == 1
    assert edit.devices(h["spines"])[h["spine"]].name == "spine-05"
    with pytest.raises(EditError, match="taken"):
        rename(edit, h["nodes"], h["node"], "node-2")
    edit.put("revisions", Revision(id="1", number="P1", date="2026-01-01"))
    with pytest.raises(EditError, match="frozen"):
        renumber(edit, h["spines"], [h["spine"]])


def test_paste_gives_fresh_ids_and_counted_on_names(hall):
    bench, h = hall
    edit = bench.edit()
    ids = [h["node"], h["pdu"]]
    data = json.loads(json.dumps(copy(edit, h["nodes"], ids)))
    new = paste(edit, data, h["nodes"])
    bench.commit(edit)
    devices = bench.project.devices(h["nodes"])
    assert [(devices[i].name, devices[i].half_u) for i in new] == [("node-3", 32), ("pdu-2", 0)]
    cords = bench.project.links(h["nodes"]).values()
    assert sorted(link.count for link in cords) == [2, 2]
    other = Bench()
    edit = other.edit()
    rack = new_rack_block(edit, LIBRARY, "rack", "R").id
    paste(edit, data, rack)
    other.commit(edit)
    assert [d.name for d in other.project.devices(rack).values()] == ["node-1", "pdu-1"]


def test_duplicating_instances_keeps_their_block_and_the_cables_between(hall):
    bench, h = hall
    edit = bench.edit()
    new = duplicate(edit, h["su"], [h["ra"], h["rb"]], dx=2000)
    bench.commit(edit)
    rows = bench.project.instances(h["su"])
    assert [(rows[i].name, rows[i].of, rows[i].x_mm) for i in new] == [
        ("ra-2", h["nodes"], 2000), ("rb-2", h["leafs"], 2600)]  # fmt: skip
    assert len(bench.project.links(h["su"])) == 2
    assert len(bench.project.blocks) == 5


def test_what_is_no_selection_is_refused(hall):
    bench, h = hall
    damaged = {"cagenut_parcel": 1, "root": "x", "devices": [{"id": 3}]}
    for data, problem in (
        (None, "holds nothing of a design"),
        ({}, "holds nothing of a design"),
        ({"cagenut_parcel": 9}, "holds nothing of a design"),
        (damaged, "the clipboard is damaged: devices record '3'"),
    ):
        with pytest.raises(EditError, match=problem):
            paste(bench.edit(), data, h["nodes"])


def test_a_template_is_brought_in_once(hall):
    template, _ = hall
    bench = Bench()
    edit = bench.edit()
    small = small_hall(bench)
    first = insert(edit, template.project, small["hall"], x_mm=20_000, name="t-1")
    again = insert(edit, parcel_of(template.project).to_plain(), small["hall"], x_mm=40_000)
    bench.commit(edit)
    assert first.of == again.of
    assert again.name == "Hall-2-1"
    assert len(bench.project.blocks) == 6  # units and racks are the same drawings, only the hall is new
    assert_sound(bench.project)


def test_replacing_a_block_takes_overrides_and_waivers_along_or_drops_them(hall):
    bench, h = hall
    edit = bench.edit()
    other = new_rack_block(edit, LIBRARY, "rack", "Other").id
    twin = place_device(edit, LIBRARY, other, "leaf", unit(1), name="leaf-1").id
    set_override(edit, h["hall"], f"{h['su1']}/{h['rb']}/{h['leaf']}", serial="S1")
    set_override(edit, h["hall"], f"{h['su2']}/{h['ra']}/{h['node']}", serial="S2")
    subject = f"{h['rb']}/{h['leaf']}"
    edit.put("waivers", Waiver(block=h["su"], id="w", rule="r", subjects=(subject,), author="a", reason="x"))
    replace_block(edit, h["su"], h["rb"], other)
    replace_block(edit, h["su"], h["ra"], other)
    bench.commit(edit)
    paths = [o.path for o in bench.project.overrides(h["hall"]).values()]
    assert paths == [f"{h['su1']}/{h['rb']}/{twin}"]
    assert bench.project.waivers(h["su"])["w"].subjects == (f"{h['rb']}/{twin}",)


def test_a_group_takes_waivers_and_schematic_positions_along(hall):
    bench, h = hall
    edit = bench.edit()
    leaf = f"{h['su1']}/{h['rb']}/{h['leaf']}"
    edit.put("waivers", Waiver(block=h["hall"], id="w", rule="r", subjects=(leaf,), author="a", reason="x"))
    edit.put("layouts", Layout(block=h["hall"], id="net", positions={leaf: (1.0, 2.0)}))
    pod = group(edit, h["hall"], [h["su1"]], "Pod")
    bench.commit(edit)
    assert bench.project.waivers(h["hall"])["w"].subjects == (f"{pod.id}/{leaf}",)
    assert bench.project.rows("layouts", h["hall"])["net"].positions == {f"{pod.id}/{leaf}": (1.0, 2.0)}


def test_floor_things_are_copied_with_their_areas_and_notes(hall):
    bench, h = hall
    edit = bench.edit()
    cdu = place_device(edit, LIBRARY, h["hall"], "cdu", Spot(x_mm=9000), name="cdu-01").id
    edit.put(
        "areas", Area(block=h["hall"], id="a", kind="zone", name="Z", points=((0, 0), (10, 0), (10, 10)))
    )
    edit.put("notes", Note(block=h["hall"], id="n", text="hello", x_mm=5))
    set_override(edit, h["hall"], cdu, serial="S1", note="spare")
    new = duplicate(edit, h["hall"], [cdu, "a", "n"], dx=100, dy=-100)
    bench.commit(edit)
    copied = bench.project.devices(h["hall"])[new[0]]
    assert (copied.name, copied.x_mm, copied.y_mm) == ("cdu-02", 9100, -100)
    areas = [a.points for a in bench.project.areas(h["hall"]).values()]
    assert areas[1] == ((100, -100), (110, -100), (110, -90))
    assert sorted(n.x_mm for n in bench.project.rows("notes", h["hall"]).values()) == [5, 105]
    override = next(o for o in bench.project.overrides(h["hall"]).values() if o.path == new[0])
    assert (override.serial, override.note) == (None, "spare")  # a serial number is of one specimen
    edit = bench.edit()
    remove(edit, h["hall"], ["a", "n", cdu])
    bench.commit(edit)
    assert len(bench.project.areas(h["hall"])) == 1


def test_pasting_into_a_project_with_another_version_of_a_type(hall):
    source, h = hall
    data = copy(source.project, h["nodes"], [h["node"], h["pdu"]])
    newer = [replace(t, version=2, ports=t.ports[:1]) if t.id == "node" else t for t in TYPES]
    bench = Bench()
    edit = bench.edit()
    library = Library({t.id: t for t in newer})
    rack = new_rack_block(edit, library, "rack", "R").id
    place_device(edit, library, rack, "node", unit(20))
    with pytest.raises(EditError, match="a port is missing"):
        paste(edit, data, rack)


def test_retype_keeps_modules_chosen_by_hand(hall):
    bench, h = hall
    edit = bench.edit()
    device = place_device(
        edit, LIBRARY, h["leafs"], "halfling", unit(1, side="right"), modules={"nic2": "nic"}
    )
    retype(edit, LIBRARY, h["leafs"], [device.id], "halfling")
    kept = edit.devices(h["leafs"])[device.id]
    assert (kept.side, kept.modules["nic2"]) == ("right", "nic")
    bench.commit(edit)
    with pytest.raises(EditError, match="no longer there"):
        retype(bench.edit(), LIBRARY, h["leafs"], ["gone"], "leaf")


def test_names_without_a_number_and_frozen_names(hall):
    bench, h = hall
    edit = bench.edit()
    edit.put("naming", NamingTemplate(block=h["spines"], id="device.switch", template="spine"))
    edit.put("naming", NamingTemplate(block=h["leafs"], id="device.switch", template="{row}"))
    first = place_device(edit, LIBRARY, h["spines"], "leaf")
    second = place_device(edit, LIBRARY, h["spines"], "leaf")
    assert (first.name, second.name) == ("spine", "spine-2")
    assert place_device(edit, LIBRARY, h["leafs"], "leaf").name == "switch"
    edit.put("revisions", Revision(id="1", number="P1", date="2026-01-01"))
    rename(edit, h["spines"], first.id, " top\tspine ")
    assert edit.devices(h["spines"])[first.id].name == "top spine"
    assert edit.notes == ["'spine' is on sheets already issued"]

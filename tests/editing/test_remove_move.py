"""Cascades: what hangs on a device goes or comes along, on every level above."""

from __future__ import annotations

import pytest

from core.editing.blocks import make_unique
from core.editing.move import move_devices
from core.editing.overrides import clear_override, set_override
from core.editing.place import place_device
from core.editing.remove import remove, remove_block
from core.editing.space import Spot, unit
from core.errors import EditError
from core.model.records import Fabric, Layout, Waiver
from tests.editing.factory import LIBRARY, Bench, small_hall


@pytest.fixture
def hall():
    bench = Bench()
    return bench, small_hall(bench)


def test_removing_a_device_cabled_from_three_levels_up(hall):
    bench, h = hall
    edit = bench.edit()
    leaf = f"{h['su1']}/{h['rb']}/{h['leaf']}"
    edit.put("fabrics", Fabric(id="f", name="F", pins=(leaf, f"{h['rs']}/{h['spine']}")))
    set_override(edit, h["hall"], leaf, serial="S1")
    uplink = next(iter(edit.links(h["hall"]).values()))
    set_override(edit, h["hall"], uplink.id, cable=0, length_m=7.0)
    edit.put(
        "waivers",
        Waiver(block=h["su"], id="w", rule="r", subjects=(f"{h['rb']}/{h['leaf']}",), author="a", reason="x"),
    )
    edit.put("layouts", Layout(block=h["hall"], id="net", positions={leaf: (0.0, 0.0), h["rs"]: (1.0, 1.0)}))
    bench.commit(edit)
    before = bench.project.count()

    edit = bench.edit()
    remove(edit, h["leafs"], [h["leaf"]])
    bench.commit(edit)
    assert not bench.project.links(h["su"])
    assert not bench.project.links(h["hall"])
    assert not bench.project.overrides(h["hall"])
    assert not bench.project.waivers(h["su"])
    assert bench.project.fabrics["f"].pins == (f"{h['rs']}/{h['spine']}",)
    assert bench.project.rows("layouts", h["hall"])["net"].positions == {h["rs"]: (1.0, 1.0)}
    assert edit.notes == ["2 overrides removed", "1 waiver removed", "4 cables removed"]

    bench.history.undo()
    assert bench.project.count() == before


def test_removing_an_instance_takes_only_the_cables_of_that_copy(hall):
    bench, h = hall
    edit = bench.edit()
    remove(edit, h["hall"], [h["su2"]])
    assert len(edit.links(h["hall"])) == 1
    assert edit.notes == ["1 cable removed"]
    bench.commit(edit)
    edit = bench.edit()
    remove_block(edit, h["su"])
    assert h["su"] not in edit.blocks
    assert not edit.links(h["su"])
    bench.commit(edit)
    with pytest.raises(EditError, match="is built"):
        remove_block(bench.edit(), h["hall"])


def test_moving_within_a_rack_keeps_everything(hall):
    bench, h = hall
    edit = bench.edit()
    links = dict(edit.links(h["su"]))
    move_devices(edit, h["nodes"], {h["node"]: unit(20)})
    assert edit.links(h["su"]) == links
    bench.commit(edit)
    with pytest.raises(EditError, match="U9-U16 hold node-2"):
        move_devices(bench.edit(), h["nodes"], {h["node"]: unit(10)})


def test_two_devices_can_swap_places(hall):
    bench, h = hall
    edit = bench.edit()
    second = next(d.id for d in edit.devices(h["nodes"]).values() if d.name == "node-2")
    move_devices(edit, h["nodes"], {h["node"]: unit(9), second: unit(1)})
    bench.commit(edit)
    after = bench.project.devices(h["nodes"])
    assert (after[h["node"]].half_u, after[second].half_u) == (16, 0)


def test_a_device_takes_its_cables_to_another_rack(hall):
    bench, h = hall
    start = {block: dict(bench.project.links(block)) for block in (h["su"], h["nodes"])}
    edit = bench.edit()
    set_override(edit, h["hall"], f"{h['su1']}/{h['ra']}/{h['node']}", serial="S1")
    bench.commit(edit)

    edit = bench.edit()
    path = {"source": f"{h['su1']}/{h['ra']}", "target": f"{h['su1']}/{h['rb']}"}
    move_devices(edit, h["hall"], {h["node"]: unit(1)}, **path)
    bench.commit(edit)
    assert edit.notes == []
    trunk = next(iter(bench.project.links(h["leafs"]).values()))
    assert (trunk.a.path, trunk.b.path) == (h["node"], h["leaf"])  # both are in the leaf rack now
    cord = next(iter(bench.project.links(h["su"]).values()))
    assert (cord.a.path, cord.b.path) == (f"{h['ra']}/{h['pdu']}", f"{h['rb']}/{h['node']}")
    override = next(iter(bench.project.overrides(h["hall"]).values()))
    assert override.path == f"{h['su1']}/{h['rb']}/{h['node']}"

    edit = bench.edit()
    move_devices(edit, h["hall"], {h["node"]: unit(1)}, source=path["target"], target=path["source"])
    bench.commit(edit)
    for block, rows in start.items():
        assert bench.project.links(block) == rows


def test_cables_of_other_copies_cannot_follow(hall):
    """From su-1 to the spine rack: only su-1's own node can be cabled there, su-2's is gone."""
    bench, h = hall
    edit = bench.edit()
    move_devices(edit, h["hall"], {h["leaf"]: unit(1)}, source=f"{h['su1']}/{h['rb']}", target=h["rs"])
    bench.commit(edit)
    ends = [(link.a.path, link.b.path) for link in bench.project.links(h["hall"]).values()]
    assert (f"{h['su1']}/{h['ra']}/{h['node']}", f"{h['rs']}/{h['leaf']}") in ends
    assert any("1 cable removed" in note for note in edit.notes)
    uplink = next(iter(bench.project.links(h["spines"]).values()))
    assert {uplink.a.path, uplink.b.path} == {h["leaf"], h["spine"]}


def test_floor_devices_move_between_floors(hall):
    bench, h = hall
    edit = bench.edit()
    cdu = place_device(edit, LIBRARY, h["hall"], "cdu", Spot(x_mm=100)).id
    moved = move_devices(edit, h["hall"], {cdu: Spot(x_mm=500, rotation=90)}, target=h["su1"])
    assert (moved[0].block, moved[0].x_mm, moved[0].rotation) == (h["su"], 500, 90)
    bench.commit(edit)
    with pytest.raises(EditError, match="stands on the floor"):
        move_devices(bench.edit(), h["hall"], {cdu: unit(1)}, source=h["su1"], target=h["rs"])


def test_overrides_are_put_merged_and_cleared(hall):
    bench, h = hall
    edit = bench.edit()
    path = f"{h['su1']}/{h['rb']}/{h['leaf']}"
    set_override(edit, h["hall"], path, serial="S1")
    set_override(edit, h["hall"], path, absent=True)
    assert len(edit.overrides(h["hall"])) == 1
    left = clear_override(edit, h["hall"], path, "absent")
    assert left is not None
    assert (left.serial, left.absent) == ("S1", None)
    assert clear_override(edit, h["hall"], path) is None
    assert not edit.overrides(h["hall"])
    with pytest.raises(EditError, match="'type' is the same for all copies"):
        set_override(edit, h["hall"], path, type="x")
    with pytest.raises(EditError, match="no longer there"):
        set_override(edit, h["hall"], "nowhere", name="x")


def test_only_one_of_two_copies_changes_when_made_unique_in_the_same_edit(hall):
    bench, h = hall
    edit = bench.edit()
    node = f"{h['su1']}/{h['ra']}"
    make_unique(edit, h["hall"], node)
    move_devices(edit, h["hall"], {h["node"]: unit(20)}, node, node)
    bench.commit(edit)
    project = bench.project
    assert project.resolve(h["hall"], f"{node}/{h['node']}").half_u == 38
    assert project.resolve(h["hall"], f"{h['su2']}/{h['ra']}/{h['node']}").half_u == 0
    bench.history.undo()
    assert project.resolve(h["hall"], f"{node}/{h['node']}").half_u == 0

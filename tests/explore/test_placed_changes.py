"""Where two designs differ: on the floor, in racks, along cables."""

from __future__ import annotations

import pytest

from core.catalogue.library import Library
from core.editing.blocks import make_unique, new_floor_block, new_rack_block, place_instance
from core.editing.cabling.connect import connect, first_compatible
from core.editing.copies import set_absent
from core.editing.place import Spot, place_device
from core.editing.remove import remove
from core.engine.record_changes import changes_between
from core.explore.placed_changes import cabled_otherwise, device_changes, floor_changes
from core.model.change import Edit
from core.model.history import History
from core.model.project import Project

RACK, SERVER, SWITCH = "vertiv-vr3300", "dell-r760", "nvidia-qm9700"


def hall() -> Project:
    """Two racks of one drawing with servers a and b, and a third with switches s and t that are joined."""
    project, library = Project(), Library.builtin()
    edit = Edit(project, "Build", ids=iter([f"id{i}" for i in range(10, 999)]).__next__)
    top = new_floor_block(edit, "Hall")
    nodes = new_rack_block(edit, library, RACK, "Nodes")
    for name, half_u in (("a", 0), ("b", 20)):
        place_device(edit, library, nodes.id, SERVER, Spot(half_u=half_u), name=name)
    network = new_rack_block(edit, library, RACK, "Network")
    s, t = (
        place_device(edit, library, network.id, SWITCH, Spot(half_u=u), name=name)
        for name, u in (("s", 40), ("t", 50))
    )
    for at, (block, name) in enumerate(((nodes, "r1"), (nodes, "r2"), (network, "r3"))):
        place_instance(edit, top.id, block.id, x_mm=600 * at, name=name)
    pair = first_compatible(edit, network.id, s.id, t.id)
    connect(edit, network.id, s.id, pair.a_ports, t.id, pair.b_ports)
    History(project).commit(edit.change())
    return project


def named(project: Project, name: str) -> str:
    """Return the id of the rack, or of the device, with a name."""
    rows = [*project.every("instances"), *project.every("devices")]
    return next(one.id for one in rows if one.name == name)


def said(before: Project, after: Project) -> dict[str, tuple[str, int]]:
    """Return state and number of things inside of what is otherwise on the floor, by name."""
    cabled = cabled_otherwise(before, after, changes_between(before, after))
    return {one.name: (one.state, one.inside) for one in floor_changes(before, after, "", cabled)}


def test_nothing_is_otherwise_in_the_same_design() -> None:
    assert not said(hall(), hall())


def test_a_moved_rack_tells_where_it_stood() -> None:
    before, after = hall(), hall()
    edit = Edit(after, "Move")
    edit.replace("instances", (after.top, named(after, "r3")), x_mm=4200)
    History(after).commit(edit.change())
    (one,) = floor_changes(before, after, "", {})
    assert (one.state, one.name) == ("moved", "r3")
    assert one.was is not None
    assert one.box[0] - one.was[0] == pytest.approx(3000)
    assert one.box[2:] == one.was[2:]


def test_racks_that_are_new_and_gone() -> None:
    before, after = hall(), hall()
    edit = Edit(after, "Alter")
    remove(edit, after.top, [named(after, "r2")])
    block = after.instances(after.top)[named(after, "r1")].of
    place_instance(edit, after.top, block, x_mm=9000, name="r9")
    History(after).commit(edit.change())
    assert said(before, after) == {"r2": ("removed", 0), "r9": ("added", 0)}


def test_a_server_less_is_counted_in_both_racks_of_its_drawing() -> None:
    before, after = hall(), hall()
    edit = Edit(after, "Remove")
    block = after.instances(after.top)[named(after, "r1")].of
    remove(edit, block, [named(after, "a")])
    History(after).commit(edit.change())
    assert said(before, after) == {"r1": ("changed", 1), "r2": ("changed", 1)}
    found = device_changes(before, after, named(after, "r1"))
    assert {k: v.state for k, v in found.items()} == {named(before, "a"): "removed"}


def test_a_cable_less_counts_for_the_devices_at_both_ends() -> None:
    before, after = hall(), hall()
    edit = Edit(after, "Cut")
    (link,) = after.every("links")
    edit.remove("links", link.key)
    History(after).commit(edit.change())
    cabled = cabled_otherwise(before, after, changes_between(before, after))
    rack = named(after, "r3")
    assert {path: len(links) for path, links in cabled.items()} == {
        f"{rack}/{named(after, 's')}": 1,
        f"{rack}/{named(after, 't')}": 1,
    }
    assert said(before, after) == {"r3": ("cabled", 2)}


def test_a_copy_of_the_drawing_alone_is_no_change() -> None:
    before, after = hall(), hall()
    edit = Edit(after, "Unique")
    make_unique(edit, after.top, named(after, "r2"))
    History(after).commit(edit.change())
    assert not said(before, after)
    assert not device_changes(before, after, named(after, "r2"))


def test_what_is_absent_counts_as_removed() -> None:
    before, after = hall(), hall()
    edit = Edit(after, "Mask")
    set_absent(edit, [named(after, "r2")], True)
    History(after).commit(edit.change())
    assert said(before, after) == {"r2": ("removed", 0)}

"""Room in a rack: what fits where, and why not."""

from __future__ import annotations

import pytest

from core.editing.blocks import new_floor_block, new_rack_block
from core.editing.place import place_device, place_many
from core.editing.space import Spot, first_fit, obstacles, unit
from core.errors import EditError
from tests.editing.factory import LIBRARY, Bench


@pytest.fixture
def rack():
    bench = Bench()
    edit = bench.edit()
    block = new_rack_block(edit, LIBRARY, "rack", "Rack").id
    return bench, edit, block


def reason(edit, block, type_id, spot, ignore=()):
    return obstacles(edit, block, LIBRARY.get(type_id), spot, ignore)


def test_a_clash_names_the_units_and_their_holder(rack):
    _, edit, block = rack
    held = place_device(edit, LIBRARY, block, "node", unit(12), name="dgx-03")
    assert reason(edit, block, "leaf", unit(19)) == "U12-U19 hold dgx-03"
    assert reason(edit, block, "leaf", unit(20)) == ""
    assert reason(edit, block, "leaf", unit(19), ignore=[held.id]) == ""


def test_the_rack_ends(rack):
    _, edit, block = rack
    assert reason(edit, block, "node", unit(35)) == ""
    assert reason(edit, block, "node", unit(36)) == "needs 8U, rack ends at U42"


def test_depth_and_pitch_are_refused(rack):
    _, edit, block = rack
    assert reason(edit, block, "deep", unit(1)) == "950 mm deep, rack takes 900 mm"
    assert reason(edit, block, "sled", unit(1)) == "made for OU, rack has U"
    open_rack = new_rack_block(edit, LIBRARY, "or3", "Open").id
    assert reason(edit, open_rack, "node", unit(1)) == "made for U, rack has OU"
    assert reason(edit, open_rack, "sled", unit(1)) == ""


def test_front_and_rear_share_a_unit_if_the_depths_allow(rack):
    _, edit, block = rack
    place_device(edit, LIBRARY, block, "leaf", unit(10), name="leaf")
    assert reason(edit, block, "patch", unit(10, "rear")) == ""  # 660 + 200 of 900 mm
    assert reason(edit, block, "leaf", unit(10, "rear")) == "U10 holds leaf"  # 660 + 660
    place_device(edit, LIBRARY, block, "unknown", unit(11), name="u")
    assert reason(edit, block, "patch", unit(11, "rear")) == "U11 holds u"


def test_half_and_third_widths_stand_side_by_side(rack):
    _, edit, block = rack
    for side in ("left", "right"):
        place_device(edit, LIBRARY, block, "halfling", unit(1, side=side))
    assert "hold" in reason(edit, block, "halfling", unit(2, side="left"))
    assert reason(edit, block, "halfling", unit(5)) == "takes a half of the width: left or right"
    assert reason(edit, block, "leaf", unit(5, side="left")) == "takes the full width"
    for side in ("left", "centre", "right"):
        place_device(edit, LIBRARY, block, "thirdling", unit(3, side=side))
    assert reason(edit, block, "thirdling", unit(3.5, side="centre")) == ""


def test_zero_u_devices_take_the_places_of_zones(rack):
    _, edit, block = rack
    spots = [Spot.of(place_device(edit, LIBRARY, block, "pdu")) for _ in range(3)]
    assert [(s.zone, s.place) for s in spots] == [("left", 0), ("left", 1), ("right", 0)]
    with pytest.raises(EditError, match="no 'PDU' fits"):
        place_device(edit, LIBRARY, block, "pdu")
    assert reason(edit, block, "pdu", unit(1)) == "mounts in a zone of the rack: left, right"
    assert reason(edit, block, "leaf", Spot(zone="left")) == "mounts in units, not in a zone"


def test_first_fit_from_below_and_from_above(rack):
    _, edit, block = rack
    node = LIBRARY.get("node")
    place_device(edit, LIBRARY, block, "leaf", unit(1))
    assert first_fit(edit, block, node) == unit(2)
    assert first_fit(edit, block, node, from_top=True) == unit(35)
    assert first_fit(edit, block, node, low=4, high=18) is None


def test_place_many_fills_a_range_and_counts_names_on(rack):
    _, edit, block = rack
    made = place_many(edit, LIBRARY, block, "leaf", low=76, from_top=True, name="leaf-09")
    assert [d.name for d in made] == ["leaf-09", "leaf-10", "leaf-11", "leaf-12"]
    assert [d.half_u for d in made] == [82, 80, 78, 76]
    with pytest.raises(EditError, match="4 of 6 devices"):
        place_many(edit, LIBRARY, block, "node", count=6)


def test_what_has_no_place_is_told_where_it_belongs(rack):
    _, edit, block = rack
    with pytest.raises(EditError, match="stands on the floor"):
        place_device(edit, LIBRARY, block, "cdu", unit(1))
    with pytest.raises(EditError, match="goes into a bay"):
        place_device(edit, LIBRARY, block, "nic", unit(1))
    floor = new_floor_block(edit, "Floor").id
    with pytest.raises(EditError, match="mounts in a rack"):
        place_device(edit, LIBRARY, floor, "leaf")
    assert place_device(edit, LIBRARY, floor, "cdu", Spot(x_mm=600)).x_mm == 600


def test_modules_that_a_type_ships_with_are_fitted(rack):
    bench, edit, block = rack
    device = place_device(edit, LIBRARY, block, "halfling")
    assert device.modules == {"nic1": "nic", "nic2": "nic"}
    assert edit.ports(device).find("nic2-p1") is not None
    bench.commit(edit)

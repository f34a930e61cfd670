"""Many devices change their type at once: what fits stays, what does not is listed."""

from __future__ import annotations

import contextlib

from hypothesis import given
from hypothesis import strategies as st

from core.catalogue.library import Library
from core.editing.blocks import new_rack_block
from core.editing.place import place_device
from core.editing.refit import retype_all
from core.editing.space import unit
from core.errors import EditError
from core.model.records import PowerSource
from core.model.types import DeviceType
from tests.editing.factory import LIBRARY, TYPES, Bench, assert_sound, small_hall

TALL = DeviceType(id="tall", name="Tall node", kind="server", height_u=10, depth_mm=880)
BOTH = Library({spec.id: spec for spec in [*TYPES, TALL]})


def four_nodes(count=4, gap=0):
    bench = Bench()
    edit = bench.edit()
    block = new_rack_block(edit, BOTH, "rack", "Rack").id
    edit.put("sources", PowerSource(id="A", name="A"))
    for n in range(count):
        place_device(
            edit, BOTH, block, "node", unit(1 + n * (8 + gap)), name=f"n{n + 1}", feeds={"psu1": "A"}
        )
    bench.commit(edit)
    return bench, block


def test_taller_devices_move_up_in_order():
    bench, block = four_nodes()
    edit = bench.edit()
    done = retype_all(edit, BOTH, [d.key for d in bench.project.devices(block).values()], "tall")
    bench.commit(edit)
    found = sorted((d.half_u, d.name, d.type) for d in bench.project.devices(block).values())
    assert found == [(0, "n1", "tall"), (20, "n2", "tall"), (40, "n3", "tall"), (60, "n4", "tall")]
    assert (len(done.changed), len(done.moved), done.left) == (4, 3, [])
    assert [(m.device, m.port, m.reason) for m in done.misfits] == [
        (f"n{n}", "psu1", "no such inlet") for n in range(1, 5)
    ]


def test_what_finds_no_room_stays_as_it_was_and_is_listed():
    bench, block = four_nodes(count=5)
    edit = bench.edit()
    done = retype_all(edit, BOTH, [d.key for d in bench.project.devices(block).values()], "tall")
    bench.commit(edit)
    types = {d.name: d.type for d in bench.project.devices(block).values()}
    assert list(types.values()).count("node") == len(done.left) == 5 - len(done.changed)
    assert all(types[misfit.device] == "node" and "no room for 'Tall node'" in misfit.reason
               for misfit in done.left)  # fmt: skip
    assert [types[f"n{n}"] for n in range(1, 6)] == ["node"] * 4 + ["tall"]  # 40 of 42 U: one may grow by 2
    assert edit.notes[0].startswith("4 devices left as before")


def test_without_moving_only_what_fits_in_its_place_changes():
    bench, block = four_nodes(gap=2)
    edit = bench.edit()
    keys = [d.key for d in bench.project.devices(block).values()]
    done = retype_all(edit, BOTH, keys, "tall", moving=False)
    assert (len(done.changed), done.moved, done.left) == (4, [], [])


def test_devices_of_several_racks_in_one_change():
    bench = Bench()
    h = small_hall(bench)
    keys = [(h["leafs"], h["leaf"]), (h["spines"], h["spine"])]
    edit = bench.edit()
    done = retype_all(edit, LIBRARY, keys, "leaf-small")
    bench.commit(edit)
    assert done.changed == keys
    ports = sorted(p for k in bench.project.links(h["hall"]).values() for e in (k.a, k.b) for p in e.ports)
    # cage1..16 take the place of osfp1..16 in order; osfp17 of the leafs has none.
    assert [(m.device, m.port, m.reason) for m in done.misfits] == [
        ("leaf-1", "osfp17/1", "leaf-1 has no such port"),
        ("leaf-1", "osfp17/1", "leaf-1 has no such port"),
    ]
    assert ports == []
    bench.history.undo()
    assert len(bench.project.links(h["hall"])) == 2


@given(
    st.lists(
        st.tuples(st.integers(1, 42), st.sampled_from(["node", "leaf", "patch", "halfling"])), max_size=8
    ),
    st.sampled_from(["tall", "node", "leaf-small", "thirdling", "pdu", "sled"]),
    st.booleans(),
)
def test_any_replacement_is_sound_and_accounts_for_every_device(devices, target, moving):
    bench = Bench()
    edit = bench.edit()
    block = new_rack_block(edit, BOTH, "rack", "Rack").id
    for number, kind in devices:
        side = "left" if kind == "halfling" else ""
        with contextlib.suppress(EditError):
            place_device(edit, BOTH, block, kind, unit(number, side=side))
    bench.commit(edit)
    before = dict(bench.project.devices(block))
    edit = bench.edit()
    done = retype_all(edit, BOTH, [d.key for d in before.values()], target, moving=moving)
    bench.commit(edit)
    assert_sound(bench.project)
    after = bench.project.devices(block)
    assert set(after) == set(before)
    already = sum(d.type == target for d in before.values())
    assert len(done.changed) + len(done.left) + already == len(before)
    assert {key[1] for key in done.changed} == {i for i in after if after[i].type != before[i].type}
    assert moving or all(
        (after[i].half_u, after[i].zone) == (before[i].half_u, before[i].zone) for i in after
    )

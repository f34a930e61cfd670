"""Arrays, alignment, spacing, swapping, filling and reserving: what moves where, and what is refused."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.catalogue.library import Library
from core.editing.align import align, distribute, flip, spread, stack
from core.editing.arrays import Grid, array, array_boxes, array_names, array_up, default_pitch
from core.editing.blocks import new_floor_block, new_rack_block, place_instance
from core.editing.cabling.connect import connect
from core.editing.fill import Capacity, capacity, fill, fill_blanks
from core.editing.floor_room import FloorRoom
from core.editing.footprint import Box, box_of
from core.editing.overrides import set_override
from core.editing.place import place_device
from core.editing.reserve import release, reserve, room_of
from core.editing.space import Spot, first_fit, obstacles, unit
from core.editing.swap import swap_devices, swap_things
from core.errors import EditError
from core.model.records import Area, Requirement
from core.model.types import Bay, DeviceType
from tests.editing.factory import LIBRARY, Bench, assert_sound, small_hall


class Floor:
    """A floor with racks of one drawing at given corners."""

    def __init__(self, *corners: tuple[int, int]) -> None:
        self.bench = Bench()
        edit = self.bench.edit()
        self.block = new_floor_block(edit, "Hall").id
        self.rack = new_rack_block(edit, LIBRARY, "rack", "Rack").id
        self.ids = [
            place_instance(edit, self.block, self.rack, x_mm=x, y_mm=y, name=f"r{n}").id
            for n, (x, y) in enumerate(corners, 1)
        ]
        self.bench.commit(edit)

    def boxes(self) -> list[Box]:
        instances = self.bench.project.instances(self.block)
        return [box_of(self.bench.project, instances[i]) for i in self.ids]


@pytest.fixture
def rack():
    bench = Bench()
    edit = bench.edit()
    return bench, edit, new_rack_block(edit, LIBRARY, "rack", "Rack").id


# Arrays.


def test_an_array_of_two_racks_keeps_their_distance_and_counts_both_names_on():
    floor = Floor((0, 0), (600, 300))
    edit = floor.bench.edit()
    made = array(edit, floor.block, floor.ids, columns=2, rows=2, pitch_x_mm=1800, pitch_y_mm=3000)
    floor.bench.commit(edit)
    assert [i.name for i in made] == ["r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8"]
    assert [(i.x_mm, i.y_mm) for i in made] == [
        (0, 0), (600, 300), (1800, 0), (2400, 300), (0, 3000), (600, 3300), (1800, 3000), (2400, 3300),
    ]  # fmt: skip


@pytest.mark.parametrize(("second", "rotation", "front"), [("mirrored", 180, 3000), ("turned", 180, 3000)])
def test_second_rows_face_the_first(second, rotation, front):
    floor = Floor((0, 0), (600, 300))
    edit = floor.bench.edit()
    made = array(edit, floor.block, floor.ids, columns=1, rows=2, pitch_y_mm=3000, second=second)
    r3, r4 = (box_of(edit, thing) for thing in made[2:])
    # The row is 1500 deep: the rack that stood 300 behind the front now ends 300 before the back.
    assert (r3.front, r4.front) == (front + 300, front)
    assert [thing.rotation for thing in made[2:]] == [rotation, rotation]
    assert (r3.left, r4.left) == ((0, 600) if second == "mirrored" else (600, 0))


@given(
    st.lists(st.tuples(st.integers(-9, 9), st.integers(-9, 9)), min_size=1, max_size=4, unique=True),
    st.integers(1, 5),
    st.integers(1, 4),
    st.sampled_from(["", "mirrored", "turned"]),
)
def test_the_preview_of_an_array_is_what_is_made(corners, columns, rows, second):
    floor = Floor(*((600 * x, 1200 * y) for x, y in corners))
    before = floor.bench.project.count()
    edit = floor.bench.edit()
    grid = Grid(columns, rows, *default_pitch(edit, floor.block, floor.ids), second)
    boxes = array_boxes(floor.boxes(), grid)
    names = array_names(edit, floor.block, floor.ids, grid.copies)
    made = array(
        edit, floor.block, floor.ids, columns=columns, rows=rows,
        pitch_x_mm=grid.pitch_x_mm, pitch_y_mm=grid.pitch_y_mm, second=second,
    )  # fmt: skip
    assert len(made) == len(corners) * columns * rows
    assert [box_of(edit, thing) for thing in made[len(corners) :]] == boxes
    assert [thing.name for thing in made[len(corners) :]] == names
    if grid.copies:
        room = FloorRoom(edit, floor.block)
        assert len({thing.name for thing in made}) == len(made)
        assert all("r" in room.obstacle(box) for box in boxes)  # each stands where it is drawn
    floor.bench.commit(edit)
    if grid.copies:
        floor.bench.history.undo()
    assert floor.bench.project.count() == before


def test_copies_take_cables_and_overrides_along_but_not_asset_tags():
    bench = Bench()
    h = small_hall(bench)
    edit = bench.edit()
    set_override(edit, h["su"], f"{h['ra']}/{h['node']}", asset_tag="A1", note="spare")
    made = array(edit, h["su"], [h["ra"], h["rb"]], columns=2, pitch_x_mm=2400)
    bench.commit(edit)
    (ra, rb) = (thing.id for thing in made[2:])
    links = [k for k in bench.project.links(h["su"]).values() if k.a.path.startswith(ra)]
    assert [(k.a.path, k.b.path, k.count) for k in links] == [(f"{ra}/{h['node']}", f"{rb}/{h['leaf']}", 2)]
    (note,) = (o for o in bench.project.overrides(h["su"]).values() if o.path.startswith(ra))
    assert (note.note, note.asset_tag) == ("spare", None)


def test_an_array_in_a_rack_goes_upwards_with_the_cables_among_its_devices(rack):
    bench, edit, block = rack
    node = place_device(edit, LIBRARY, block, "node", unit(1), name="node-1").id
    leaf = place_device(edit, LIBRARY, block, "leaf", unit(9), name="leaf-1").id
    connect(edit, block, node, ["osfp1/1"], leaf, ["osfp1/1"])
    made = array_up(edit, block, [node, leaf], count=3, gap=2)
    bench.commit(edit)
    assert [(d.name, d.half_u) for d in made] == [
        ("node-1", 0), ("leaf-1", 16), ("node-2", 20), ("leaf-2", 36), ("node-3", 40), ("leaf-3", 56),
    ]  # fmt: skip
    assert len(bench.project.links(block)) == 3
    with pytest.raises(EditError, match="U9 holds leaf-1"):
        array_up(bench.edit(), block, [node], count=2)
    with pytest.raises(EditError, match="rack ends at U42"):
        array_up(bench.edit(), block, [node, leaf], count=5, gap=120)


# Aligning and spacing.


@pytest.mark.parametrize(
    ("line", "corners"),
    [
        ("left", [(0, 0), (0, 3000), (0, 6100)]),
        ("right", [(1300, 0), (1300, 3000), (1300, 6100)]),
        ("centre_x", [(650, 0), (650, 3000), (650, 6100)]),
    ],
)
def test_things_line_up(line, corners):
    floor = Floor((0, 0), (700, 3000), (1300, 6100))
    edit = floor.bench.edit()
    align(edit, floor.block, floor.ids, line)
    floor.bench.commit(edit)
    assert [box[:2] for box in floor.boxes()] == corners


def test_aligning_is_refused_by_name_where_something_stands():
    floor = Floor((0, 0), (700, 3000), (0, 3600))
    edit = floor.bench.edit()
    with pytest.raises(EditError, match="'r2': Stands in the way: r3"):
        align(edit, floor.block, floor.ids[:2], "left")
    with pytest.raises(EditError, match="They would stand in each other"):
        align(edit, floor.block, [floor.ids[0], floor.ids[2]], "front")
    assert edit.change().deltas == ()


@given(st.lists(st.integers(0, 40_000), min_size=3, max_size=7))
def test_spacing_keeps_the_outermost_and_makes_gaps_equal(starts):
    floor = Floor(*((x, 2000 * n) for n, x in enumerate(starts)))
    edit = floor.bench.edit()
    if max(starts) - min(starts) < 600 * (len(starts) - 1):
        with pytest.raises(EditError, match="do not fit"):
            distribute(edit, floor.block, floor.ids, "x")
        return
    distribute(edit, floor.block, floor.ids, "x")
    things = [edit.instances(floor.block)[i].x_mm for i in floor.ids]
    order = sorted(things)
    gaps = [b - a - 600 for a, b in pairwise(order)]
    assert (min(things), max(things)) == (min(starts), max(starts))
    assert max(gaps) - min(gaps) <= 1
    assert [edit.instances(floor.block)[i].y_mm for i in floor.ids] == [2000 * n for n in range(len(starts))]


def test_stack_and_spread_in_a_rack(rack):
    bench, edit, block = rack
    ids = [place_device(edit, LIBRARY, block, "leaf", unit(n)).id for n in (5, 9, 20)]
    stack(edit, block, ids)
    assert [edit.devices(block)[i].half_u for i in ids] == [8, 10, 12]
    edit.replace("devices", (block, ids[2]), half_u=38)
    spread(edit, block, ids)
    assert [edit.devices(block)[i].half_u for i in ids] == [8, 22, 38]  # 13 free units: 6 and 7
    stack(edit, block, ids, upwards=True)
    assert [edit.devices(block)[i].half_u for i in ids] == [34, 36, 38]
    place_device(edit, LIBRARY, block, "patch", unit(21), name="panel")
    panel = place_device(edit, LIBRARY, block, "patch", unit(21, "rear")).id
    with pytest.raises(EditError, match="U21 holds panel"):
        flip(edit, block, [panel])
    bench.commit(edit)


def test_flip_keeps_the_units(rack):
    _, edit, block = rack
    leaf = place_device(edit, LIBRARY, block, "leaf", unit(7)).id
    (turned,) = flip(edit, block, [leaf])
    assert (turned.half_u, turned.face) == (12, "rear")
    pdu = place_device(edit, LIBRARY, block, "pdu").id
    with pytest.raises(EditError, match="one face only"):
        flip(edit, block, [pdu])


# Swapping.


def test_devices_of_two_racks_change_places_and_their_cables_follow():
    bench = Bench()
    h = small_hall(bench)
    edit = bench.edit()
    spare = place_device(edit, LIBRARY, h["spines"], "leaf", unit(3), name="leaf-1").id
    bench.commit(edit)
    edit = bench.edit()
    one, other = f"{h['su1']}/{h['rb']}/{h['leaf']}", f"{h['rs']}/{spare}"
    new_one, new_other = swap_devices(edit, h["hall"], one, other)
    bench.commit(edit)
    leaf, was_spare = (bench.project.resolve(h["hall"], path) for path in (new_one, new_other))
    assert (leaf.block, leaf.half_u, leaf.name) == (h["spines"], 4, "leaf-1")
    assert (was_spare.block, was_spare.half_u, was_spare.name) == (h["leafs"], 78, "leaf-1")
    ends = {(k.a.ports, k.b.ports) for k in bench.project.links(h["spines"]).values()}
    assert ends == {(("osfp17/1",), ("osfp1/1",))}  # to the spine, which is now in the same rack
    bench.history.undo()
    assert bench.project.resolve(h["hall"], one).half_u == 78


def test_swapping_is_refused_where_one_does_not_fit(rack):
    _, edit, block = rack
    leaf = place_device(edit, LIBRARY, block, "leaf", unit(42), name="leaf").id
    node = place_device(edit, LIBRARY, block, "node", unit(1), name="node").id
    with pytest.raises(EditError, match="rack ends at U42"):
        swap_devices(edit, block, leaf, node)
    with pytest.raises(EditError, match="the same device"):
        swap_devices(edit, block, leaf, leaf)


def test_racks_change_places_and_turn():
    floor = Floor((0, 0), (3000, 4000))
    edit = floor.bench.edit()
    edit.replace("instances", (floor.block, floor.ids[1]), rotation=180, x_mm=3600, y_mm=5200)
    swap_things(edit, floor.block, *floor.ids)
    floor.bench.commit(edit)
    assert [box[:2] for box in floor.boxes()] == [(3000, 4000), (0, 0)]
    turns = [floor.bench.project.instances(floor.block)[i].rotation for i in floor.ids]
    assert turns == [180, 0]


@given(st.integers(1, 42), st.integers(1, 42), st.sampled_from(["leaf", "patch", "node", "halfling"]))
def test_swapping_twice_is_nothing(first, second, kind):
    bench = Bench()
    edit = bench.edit()
    hall = new_floor_block(edit, "Hall").id
    racks = [new_rack_block(edit, LIBRARY, "rack", "Rack").id for _ in range(2)]
    a, b = (place_instance(edit, hall, block, x_mm=n * 600).id for n, block in enumerate(racks))
    try:
        one = place_device(edit, LIBRARY, racks[0], "leaf", unit(first), name="one").id
        other = place_device(edit, LIBRARY, racks[1], kind, first_at(edit, racks[1], kind, second)).id
    except EditError:
        return
    bench.commit(edit)
    before_records = {t: dict(bench.project.rows(t, block)) for t in ("devices",) for block in racks}
    edit = bench.edit()
    try:
        paths = swap_devices(edit, hall, f"{a}/{one}", f"{b}/{other}")
    except EditError:
        return
    bench.commit(edit)
    edit = bench.edit()
    swap_devices(edit, hall, *paths)
    bench.commit(edit)
    assert {t: dict(bench.project.rows(t, block)) for t in ("devices",) for block in racks} == before_records


def first_at(reader, block, kind, number):
    return first_fit(reader, block, LIBRARY.get(kind), low=2 * (number - 1)) or unit(number)


# Filling.


def test_a_range_is_filled_from_below_around_what_is_there(rack):
    bench, edit, block = rack
    place_device(edit, LIBRARY, block, "leaf", unit(9), name="in-the-way")
    made = fill(edit, LIBRARY, block, "node", name="n-1")
    assert [(d.name, d.half_u) for d in made] == [
        ("n-1", 0),
        ("n-2", 18),
        ("n-3", 34),
        ("n-4", 50),
        ("n-5", 66),
    ]
    assert capacity(edit, block, LIBRARY.get("node")).fits == 0
    bench.commit(edit)


def test_gaps_are_kept_and_counted(rack):
    _, edit, block = rack
    assert capacity(edit, block, LIBRARY.get("leaf"), low=0, high=20, gap=2).by_space == 5
    made = fill(edit, LIBRARY, block, "leaf", low=0, high=20, gap=2)
    assert [d.half_u for d in made] == [0, 4, 8, 12, 16]
    pairs = fill(edit, LIBRARY, block, "halfling", low=40, high=60, gap=2)
    assert [(d.half_u, d.side) for d in pairs] == [
        (40, "left"), (40, "right"), (46, "left"), (46, "right"), (52, "left"), (52, "right"),
    ]  # fmt: skip


def test_a_type_of_unknown_power_is_not_limited_by_power(rack):
    _, edit, block = rack
    node = LIBRARY.get("node")
    assert node.power_max_w is None
    edit.replace("blocks", ("", block), power_limit_w=25_000.0)
    assert capacity(edit, block, node).by_power is None
    assert len(fill(edit, LIBRARY, block, "node")) == 5
    assert edit.notes == []


def test_more_than_the_power_limit_is_a_note_not_a_refusal(rack):
    """10 kW each and 0.5 kW for the module it ships with, against the lowest of three limits."""
    _, edit, block = rack
    card = DeviceType(id="card", name="Card", kind="module", power_typical_w=500)
    hot = DeviceType(id="hot", name="Hot", kind="server", height_u=4, depth_mm=800, power_max_w=10_000,
                     bays=(Bay(name="slot", accepts="card", fitted="card"),))  # fmt: skip
    library = Library({spec.id: spec for spec in (*LIBRARY, card, hot)})
    edit.replace("blocks", ("", block), power_limit_w=50_000.0)
    first = place_device(edit, library, block, "hot", unit(1))
    assert capacity(edit, block, hot).by_power == 3  # 39.5 / 10.5
    edit.put("requirements", Requirement(id="rack_power_w", value=32_000))
    assert capacity(edit, block, hot) == Capacity(9, 2, 32_000)
    edit.replace("devices", first.key, power_limit_w=0.0)
    assert capacity(edit, block, hot).by_power == 3  # it may draw nothing now
    fill(edit, library, block, "hot", count=4)
    assert edit.notes == ["more than the rack's power limit of 32 kW carries"]


def test_blanks_close_what_is_free_but_not_what_is_reserved(rack):
    bench, edit, block = rack
    place_device(edit, LIBRARY, block, "node", unit(1))
    reserve(edit, block, 16, 20, "later")
    made = fill_blanks(edit, Library.builtin(), block)
    heights = [edit.find_type(d.type).height_u for d in made]
    assert sum(heights) == 32
    assert min(d.half_u for d in made) == 20
    room = room_of(edit, block)
    assert (room.used, room.reserved, room.free) == (80, 4, 0)
    bench.commit(edit)


# Reserving.


def test_reserved_units_are_refused_with_their_note_and_skipped_by_themselves(rack):
    _, edit, block = rack
    reserve(edit, block, 0, 8, "storage, wave 2")
    leaf = LIBRARY.get("leaf")
    assert obstacles(edit, block, leaf, unit(2)) == "U1-U4 are reserved: storage, wave 2"
    assert first_fit(edit, block, leaf) == unit(5)
    assert [d.half_u for d in fill(edit, LIBRARY, block, "leaf", count=2)] == [8, 10]
    room = room_of(edit, block)
    assert (room.total, room.used, room.reserved, room.free) == (84, 4, 8, 72)
    with pytest.raises(EditError, match="U5 holds"):
        reserve(edit, block, 6, 12)
    with pytest.raises(EditError, match="reserved: storage"):
        reserve(edit, block, 6, 8)
    with pytest.raises(EditError, match="U1 to U42"):
        reserve(edit, block, 80, 90)


def test_one_face_may_be_reserved(rack):
    _, edit, block = rack
    reserve(edit, block, 0, 4, "patching", "rear")
    assert obstacles(edit, block, LIBRARY.get("patch"), unit(1)) == ""
    assert "reserved: patching" in obstacles(edit, block, LIBRARY.get("patch"), unit(1, "rear"))
    assert "reserved: patching" in obstacles(edit, block, LIBRARY.get("unknown"), unit(1))


def test_part_of_a_reservation_is_given_free(rack):
    _, edit, block = rack
    reserve(edit, block, 0, 10, "later")
    assert release(edit, block, 4, 6) == 2
    assert [(r.half_u, r.half_units, r.note) for r in edit.blocks[block].reserved] == [
        (0, 4, "later"),
        (6, 4, "later"),
    ]
    assert release(edit, block) == 8
    assert edit.blocks[block].reserved == ()
    with pytest.raises(EditError, match="nothing is reserved"):
        release(edit, block)


ranges = st.tuples(st.integers(0, 83), st.integers(1, 20))


@given(st.lists(st.tuples(st.sampled_from(["reserve", "release", "fill"]), ranges), max_size=8))
def test_reserved_used_and_free_always_add_up_and_nothing_overlaps(steps):
    bench = Bench()
    edit = bench.edit()
    block = new_rack_block(edit, LIBRARY, "rack", "Rack").id
    bench.commit(edit)
    for what, (low, height) in steps:
        edit = bench.edit()
        try:
            if what == "reserve":
                reserve(edit, block, low, low + height, "x")
            elif what == "release":
                release(edit, block, low, low + height)
            else:
                fill(edit, LIBRARY, block, "leaf", low=low, high=min(low + height, 84))
        except EditError:
            continue
        bench.commit(edit)
        room = room_of(bench.project, block)
        kept = [row for r in bench.project.blocks[block].reserved
                for row in range(r.half_u, r.half_u + r.half_units)]  # fmt: skip
        used = [row for d in bench.project.devices(block).values() for row in (d.half_u, d.half_u + 1)]
        assert len({*kept, *used}) == len(kept) + len(used)
        assert (room.used, room.reserved, room.free) == (len(used), len(kept), 84 - len(kept) - len(used))
    while bench.history.undo_labels[1:]:
        bench.history.undo()
    assert bench.project.blocks[block].reserved == ()
    assert_sound(bench.project)


# Room on a floor.


def test_areas_that_nothing_stands_on():
    floor = Floor((0, 0))
    edit = floor.bench.edit()
    points = ((600, 0), (3000, 0), (600, 3000))
    edit.put("areas", Area(block=floor.block, id="a", kind="keep-out", name="Ramp", points=points))
    edit.put("areas", Area(block=floor.block, id="z", kind="zone", points=((0, 0), (9, 0), (9, 9))))
    room = FloorRoom(edit, floor.block)
    assert room.obstacle(Box(600, 100, 1200, 1300)) == "In the keep-out area Ramp"
    assert room.obstacle(Box(2400, 1800, 3000, 3000)) == ""  # beyond the slope
    assert room.obstacle(Box(0, 1200, 600, 2400)) == ""  # touches rack and area
    assert room.obstacle(Box(300, 0, 900, 1200)) == "Stands in the way: r1"
    assert room.obstacle(Box(500, 3000, 4000, 3600)) == ""


def test_spot_side_follows_the_width(rack):
    _, edit, block = rack
    third = place_device(edit, LIBRARY, block, "thirdling", Spot(half_u=0, side="centre"), name="third").id
    half = place_device(edit, LIBRARY, block, "halfling", Spot(half_u=20, side="right"), name="half").id
    swap_devices(edit, block, third, half)
    assert Spot.of(edit.devices(block)[third])[:3] == (20, "front", "right")
    assert Spot.of(edit.devices(block)[half])[:3] == (0, "front", "left")

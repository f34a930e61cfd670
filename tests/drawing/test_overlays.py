"""What the screen lays over plans and elevations: air, badges, names by distance, cables."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from core.catalogue.library import Library
from core.drawing.airflow import face_air, floor_air, rack_airflow
from core.drawing.badges import badges
from core.drawing.batch import Batch, Level
from core.drawing.cable_bundles import MOST_SEGMENTS, bundles_of
from core.drawing.colour_values import device_rows, rack_rows
from core.drawing.elevation import elevation
from core.drawing.floor_cables import floor_cables
from core.drawing.plan import footprints
from core.drawing.plan_names import close_up, content_of, far_names, joint_name, names_on
from core.drawing.plan_rows import Beside, aisles_of, rows_of
from core.drawing.rack_cables import ShownFace, rack_cables
from core.drawing.rack_geometry import device_box
from core.drawing.styles import STYLE_NAMES
from core.editing.blocks import new_floor_block, new_rack_block, place_instance
from core.editing.cabling.connect import connect
from core.editing.place import place_device
from core.editing.space import Spot
from core.engine.evaluation import evaluate
from core.model.change import Edit
from core.model.history import History
from core.model.project import Project
from core.model.records import Device
from core.model.types import DeviceType, RackType

RACK, SERVER, SWITCH = "vertiv-vr3300", "nvidia-dgx-h100", "nvidia-qm9700"


@pytest.fixture
def project() -> Project:
    """A hall: a unit su of racks r1, r2 (servers a, b) and beside it the rack r3 (switch s)."""
    made, library = Project(), Library.builtin()
    numbers: Iterator[str] = iter([f"id{i}" for i in range(10, 99)])
    edit = Edit(made, "Build", ids=numbers.__next__)
    hall, unit = new_floor_block(edit, "Hall"), new_floor_block(edit, "Unit")
    nodes = new_rack_block(edit, library, RACK, "Nodes")
    a = place_device(edit, library, nodes.id, SERVER, Spot(half_u=0), name="a")
    place_device(edit, library, nodes.id, SERVER, Spot(half_u=20), name="b")
    network = new_rack_block(edit, library, RACK, "Network")
    s = place_device(edit, library, network.id, SWITCH, Spot(half_u=0), name="s")
    first = place_instance(edit, unit.id, nodes.id, name="r1")
    place_instance(edit, unit.id, nodes.id, x_mm=600, name="r2")
    su = place_instance(edit, hall.id, unit.id, name="su")
    r3 = place_instance(edit, hall.id, network.id, x_mm=600, y_mm=4000, name="r3")
    node = f"{su.id}/{first.id}/{a.id}"
    ports = ("osfp1/1", "osfp2/1", "osfp3/1")
    connect(edit, hall.id, node, ports, f"{r3.id}/{s.id}", ports)
    History(made).commit(edit.change())
    return made


def lines(batch: Batch, style: str) -> np.ndarray:
    return batch.lines[[STYLE_NAMES[s] == style for s in batch.line_style.tolist()]]


# Front and rear.


@pytest.mark.parametrize(("side", "share"), [("left", 0.25), ("right", 0.75)])
def test_what_is_left_in_front_is_right_from_behind(side: str, share: float) -> None:
    rack = RackType(id="r", name="r", units=42, width_mm=600, depth_mm=1200, height_mm=2000, opening_mm=450)
    half = DeviceType(id="h", name="h", kind="server", height_u=1, width="half")
    device = Device(block="b", id="d", type="h", half_u=4, side=side)  # type: ignore[arg-type]
    front, rear = device_box(device, half, rack, "front"), device_box(device, half, rack, "rear")
    # The opening begins 75 mm from the outside; the half is 225 mm wide.
    assert front[0] + front[2] / 2 == pytest.approx(75 + share * 450)
    assert rear[0] + rear[2] / 2 == pytest.approx(600 - (75 + share * 450))
    assert front[1:] == rear[1:]


def test_zones_are_mirrored_too() -> None:
    library = Library.builtin()
    rack = library.get(RACK)
    assert isinstance(rack, RackType)
    slim = DeviceType(id="slim", name="slim", kind="rack-pdu", zero_u=True)
    for zone in rack.zones:
        device = Device(block="b", id="d", type="slim", zone=zone.name)
        front, rear = device_box(device, slim, rack, "front"), device_box(device, slim, rack, "rear")
        assert front[0] + front[2] / 2 == pytest.approx(rack.width_mm - (rear[0] + rear[2] / 2))
        if zone.side == "left":
            assert front[0] < rack.width_mm / 2 < rear[0]


# Air.


def test_air_goes_in_at_the_front_and_out_at_the_rear(project: Project) -> None:
    things = footprints(project, project.top)
    block = things.blocks[things.names.index("r1")]
    spec = project.find_type(SERVER)
    assert isinstance(spec, DeviceType)
    assert spec.airflow == rack_airflow(project, block) == "front-to-rear"
    drawn = floor_air(project, things)
    row = things.names.index("r1")
    front_y = things.corners[row, 0, 1]
    # The first third of the lines are shafts: they end inside the front of their rack.
    into = lines(drawn, "air.in")
    shafts = into[: len(into) // 3]
    mine = shafts[np.abs(shafts[:, 2] - things.corners[row, :2, 0].mean()) < 1]
    assert mine[0, 3] == pytest.approx(front_y + 30)
    assert mine[0, 1] == pytest.approx(front_y - 210)


def test_a_device_mounted_from_the_rear_blows_the_other_way(project: Project) -> None:
    block = next(b.id for b in project.blocks.values() if b.name == "Nodes")
    for device in list(project.devices(block).values()):
        edit = Edit(project, "Turn")
        edit.replace("devices", device.key, face="rear")
        History(project).commit(edit.change())
    assert rack_airflow(project, block) == "rear-to-front"
    for face, style in (("front", "air.out"), ("rear", "air.in")):
        drawn = elevation(project, block, face)  # type: ignore[arg-type]
        boxes = np.array([[75.0, 100.0 * i, 450.0, 80.0] for i in range(len(drawn.owners))])
        air = face_air(project, block, drawn.owners, boxes, face, drawn.width)  # type: ignore[arg-type]
        assert {STYLE_NAMES[s] for s in air.line_style.tolist()} == {style}


# Levels of detail.


def test_badges_count_the_ports_a_face_shows(project: Project) -> None:
    block = next(b.id for b in project.blocks.values() if b.name == "Network")
    spec = project.find_type(SWITCH)
    assert isinstance(spec, DeviceType)
    face = next(g.face for g in spec.ports if g.connector.startswith("OSFP"))
    assert "32 × OSFP" in badges(project, block, face).texts
    other = "rear" if face == "front" else "front"
    assert "32 × OSFP" not in badges(project, block, other).texts
    assert set(badges(project, block, face).text_level.tolist()) == {Level.MIDDLE}


def test_from_afar_blocks_are_named_and_rows_of_racks_that_are_in_none(project: Project) -> None:
    things = footprints(project, project.top)
    assert set(far_names(things, rows_of(things.corners)).texts) == {"su", "r3"}
    noted = far_names(things, rows_of(things.corners), lambda rows: f"{len(rows)} things")
    assert sorted(noted.texts) == ["1 things", "2 things", "r3", "su"]
    assert joint_name(["r01-01", "r01-02", "r01-10"]) == "r01"
    assert joint_name(["n1", "n2"]) == "n1 – n2"


def test_names_get_a_second_line(project: Project) -> None:
    things = footprints(project, project.top)
    racks, others = names_on(things, 90.0, ["x"] * len(things))
    assert sorted(racks.texts) == ["r1", "r2", "r3", "x", "x", "x"]
    assert others.texts == ()
    alone, _ = names_on(things, 90.0)
    assert sorted(alone.texts) == ["r1", "r2", "r3"]


def test_close_up_lays_the_units_between_front_and_rear(project: Project) -> None:
    things = footprints(project, project.top)
    row = things.names.index("r1")
    content = content_of(project, things.blocks[row])
    rack = project.find_type(RACK)
    spec = project.find_type(SERVER)
    assert isinstance(rack, RackType)
    assert isinstance(spec, DeviceType)
    assert content.most == f"2 × {spec.name}"
    assert content.low.tolist() == pytest.approx([0.0, 10 / rack.units])
    assert (content.high - content.low).tolist() == pytest.approx([spec.height_u / rack.units] * 2)
    drawn = close_up(things, [row], {things.blocks[row]: content}, lambda _: ["r1", "words"])
    x0, y0 = things.corners[row].min(axis=0)
    x1, y1 = things.corners[row].max(axis=0)
    assert len(drawn.rects) == 2
    assert (drawn.rects[:, 0] >= x0).all()
    assert (drawn.rects[:, 0] + drawn.rects[:, 2] <= x1).all()
    assert (drawn.rects[:, 1] >= y0).all()
    assert (drawn.rects[:, 1] + drawn.rects[:, 3] <= y1).all()
    # The front is at the lower edge of an unturned rack, and the lowest unit is nearest to it.
    low = min(drawn.rects.tolist(), key=lambda r: r[1])
    assert low[1] - y0 == pytest.approx(0.06 * rack.depth_mm)
    assert low[3] == pytest.approx(0.91 * spec.height_u / rack.units * rack.depth_mm)


def test_beside_finds_the_next_row_as_one_would_by_hand() -> None:
    def rack(x: float, y: float) -> list[tuple[float, float]]:
        return [(x, y), (x + 600, y), (x + 600, y + 1200), (x, y + 1200)]

    rows = rows_of(np.array([rack(0, 0), rack(600, 0), rack(0, 3000), rack(600, 3000)], dtype=np.float64))
    low, high = sorted(rows, key=lambda r: r.front)
    beside = Beside(rows)
    assert beside.free(low, in_front=False) == 1800
    assert beside.free(low, in_front=True) == float("inf")
    assert beside.free(high, in_front=True) == 1800
    assert [(a.low, a.high) for a in aisles_of(rows)] == [(1200, 3000)]


# Cables.


def test_cables_on_the_floor_are_bundled_by_pair(project: Project) -> None:
    snap = evaluate(project).snapshot
    things = footprints(project, project.top)
    rows = rack_rows(snap.flat, things.paths)
    far, near = floor_cables(project, snap, things, *rows, None)
    assert [text.strip() for text in (*near.texts, *far.texts)] == ["× 3", "× 3"]
    assert len(near.lines) == len(far.lines) == 3
    assert {int(level) for level in far.line_level} == {Level.FAR}
    # From the rear edge of r1 to the front edge of r3, along right angles.
    points = {tuple(p) for line in near.lines.tolist() for p in (line[:2], line[2:])}
    r1, r3 = things.corners[things.names.index("r1")], things.corners[things.names.index("r3")]
    low, middle, high = sorted({y for _, y in points})
    assert (low, high) == (r1[2, 1], r3[0, 1])
    # Kinds of cables run side by side.
    assert middle == pytest.approx((r1[:, 1].mean() + r3[:, 1].mean()) / 2, abs=100)
    assert all(line[0] == line[2] or line[1] == line[3] for line in near.lines.tolist())


def test_only_the_cables_of_what_is_chosen(project: Project) -> None:
    snap = evaluate(project).snapshot
    things = footprints(project, project.top)
    rows = rack_rows(snap.flat, things.paths)
    assert not len(floor_cables(project, snap, things, *rows, {things.names.index("r2")})[1].lines)
    assert len(floor_cables(project, snap, things, *rows, {things.names.index("r3")})[1].lines) == 3


def test_a_cable_to_a_rack_that_is_not_shown_says_where_it_leads(project: Project) -> None:
    snap = evaluate(project).snapshot
    things = footprints(project, project.top)
    row = things.names.index("r3")
    drawn = elevation(project, things.blocks[row], "rear")
    rows = device_rows(snap.flat, things.paths[row], drawn.owners)
    shown = ShownFace(rows, drawn.boxes, "rear", drawn.width, lambda _: None)
    chosen = np.zeros(snap.n_devices, dtype=np.bool_)
    chosen[shown.rows] = True
    assert not len(rack_cables(project, snap, [shown], None)[0].lines)
    bundles, _ = rack_cables(project, snap, [shown], chosen)
    assert bundles.texts == ("→ a × 3",)


def test_the_thickest_bundles_come_first_and_there_is_an_end() -> None:
    from core.drawing.floor_cables import _floor_lines

    count = MOST_SEGMENTS
    a = np.concatenate([np.arange(count), np.zeros(5, dtype=np.int64)])
    b = np.concatenate([np.arange(count) + 1, np.full(5, 77)])
    found = bundles_of(a, b, np.zeros(len(a), dtype=np.int64), count + 1)
    assert (int(found.a[0]), int(found.b[0]), int(found.number[0])) == (0, 77, 5)
    low = np.zeros((count + 1, 2))
    drawn = _floor_lines(found, low, low + 600.0, ("link.compute",), Level.MIDDLE)
    assert len(drawn.lines) <= MOST_SEGMENTS

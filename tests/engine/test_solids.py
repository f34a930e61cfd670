"""Devices of a rack as boxes: where they are, and which are in each other's way."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.engine.solids import TOUCH_MM, Clash, Solid, clashes, gear_mm, rails_mm, solids_of
from core.model.records import Device
from core.model.types import DeviceType, RackType, Zone
from tests.engine.designs import Design

# 42 x 44.45 = 1866.9 mm: units begin 66.55 mm up; 75 mm beside an opening of 450; rails 100 to 1100 mm deep.
RACK = RackType(
    id="rack", name="Rack", units=42, width_mm=600, depth_mm=1200, height_mm=2000, mounting_depth_mm=1000,
    opening_mm=450,
    zones=(Zone(name="left", places=2), Zone(name="right", side="right"), Zone(name="mid", side="centre")),
)  # fmt: skip
Placed = tuple[Device, DeviceType]


def in_units(
    name: str, at: float, height_u: float = 1, depth_mm: float | None = 800, **fields: Any
) -> Placed:
    of_type = {k: fields.pop(k) for k in ("width", "unit", "kind") if k in fields}
    spec = DeviceType(
        id=name, name=name, height_u=height_u, depth_mm=depth_mm, **({"kind": "server"} | of_type)
    )
    return Device(block="r", id=name, type=name, half_u=round(2 * (at - 1)), **fields), spec


def zero_u(name: str, zone: str, wide: float | None, deep: float | None, place: int = 0) -> Placed:
    spec = DeviceType(
        id=name, name=name, kind="rack-pdu", zero_u=True, width_mm=wide, depth_mm=deep, height_mm=1800
    )
    return Device(block="r", id=name, type=name, zone=zone, place=place), spec


def met(*placed: Placed, rack: RackType = RACK) -> list[Clash]:
    return list(clashes(solids_of(rack, placed)))


def box(placed: Placed, rack: RackType = RACK) -> Solid:
    (solid,) = solids_of(rack, [placed])
    return solid


def test_boxes_in_units() -> None:
    a = box(in_units("a", 11, 2))
    assert a.low == (75, 100, pytest.approx(66.55 + 444.5))
    assert a.high == (525, 900, pytest.approx(66.55 + 533.4))
    assert box(in_units("b", 1, face="rear")).low[1] == 300
    third = box(in_units("c", 1, width="third", side="centre"))
    assert (third.low[0], third.high[0]) == (225, 375)
    assert box(in_units("d", 1, x_mm=10)).low[0] == 85


def test_boxes_of_zero_u_units() -> None:
    left, right = box(zero_u("a", "left", 56, 60)), box(zero_u("b", "right", 56, 60))
    assert (left.low, left.high) == ((0, 1140, 100), (56, 1200, 1900))
    assert (right.low[0], right.high[0]) == (544, 600)
    middle = box(zero_u("c", "mid", 50, 60))
    assert (middle.low[0], middle.high[0]) == (275, 325)
    first, second = solids_of(RACK, [zero_u("a", "left", 56, 60), zero_u("b", "left", 56, 40, place=1)])
    assert (second.low[1], second.high[1]) == (1100, first.low[1])


def test_a_pitch_of_its_own() -> None:
    """48 mm units in a rack of 44.45 mm: never added, drawn as high as they are."""
    odd = box(in_units("a", 1, 2, unit="OU"))
    assert odd.high[2] - odd.low[2] == 96
    open_rack = RackType(
        id="o", name="O", unit="OU", units=44, pitch_mm=48, width_mm=600, depth_mm=1068, height_mm=2286
    )
    ou = box(in_units("b", 2, 2, unit="OU"), open_rack)
    assert (ou.low[2], ou.high[2]) == (87 + 48, 87 + 144)


def test_neighbours_touch() -> None:
    assert met(in_units("a", 1), in_units("b", 2)) == []
    half = {"width": "half", "height_u": 1}
    assert met(in_units("a", 1, side="left", **half), in_units("b", 1, side="right", **half)) == []
    (clash,) = met(in_units("a", 1, 1), in_units("b", 1.5, 1))
    assert clash.sure
    assert clash.deep_mm == pytest.approx(22.225)


@pytest.mark.parametrize(
    ("front", "rear", "clash"),
    [(600, 400, False), (600, 400.5, False), (600, 401, True), (1000, None, True), (600, None, None),
     (None, None, None)],
)  # fmt: skip
def test_opposite_faces(front: float | None, rear: float | None, clash: bool | None) -> None:
    """Depths of both within 1,000 mm of mounting depth; one not known: cannot be said, but for its panel."""
    found = met(in_units("a", 1, depth_mm=front), in_units("b", 1, depth_mm=rear, face="rear"))
    assert [c.sure for c in found] == ([] if clash is False else [bool(clash)])


def test_a_wide_pdu_needs_room_behind_deep_gear() -> None:
    """112 mm wide in 75 mm: 37 mm behind the gear, which may be 1200 - 60 - 100 = 1040 mm deep."""
    pdu = zero_u("p", "left", 112, 60)
    deep_rack = RackType(
        id="d", name="D", units=42, width_mm=600, depth_mm=1200, height_mm=2000, mounting_depth_mm=1200,
        opening_mm=450, zones=RACK.zones,
    )  # fmt: skip
    assert rails_mm(deep_rack) == (0, 1200)
    assert met(pdu, in_units("a", 1, depth_mm=1140), rack=deep_rack) == []
    (clash,) = met(pdu, in_units("a", 1, depth_mm=1150), rack=deep_rack)
    assert clash.overlap == (pytest.approx(37), pytest.approx(10), pytest.approx(11))
    assert met(zero_u("p", "left", 75, 60), in_units("a", 1, depth_mm=1150), rack=deep_rack) == []
    assert not any(c.sure for c in met(zero_u("p", "left", None, 60), in_units("a", 1), rack=deep_rack))


def test_a_busbar_keeps_the_middle_of_the_rear() -> None:
    rack = RackType(
        id="b", name="B", units=42, width_mm=600, depth_mm=1200, height_mm=2000, mounting_depth_mm=1000,
        opening_mm=450, busbar="busbar-50V", zones=RACK.zones,
    )  # fmt: skip
    (clash,) = met(zero_u("p", "mid", 60, 80), rack=rack)
    assert {clash.a.kind, clash.b.kind} == {"zone", "busbar"}
    assert clash.overlap == (60, 80, 1800)
    assert met(zero_u("p", "left", 60, 80), in_units("a", 1, depth_mm=1000), rack=rack) == []


def test_a_door_is_behind_the_rack() -> None:
    spec = DeviceType(id="d", name="Door", kind="rear-door", zero_u=True, depth_mm=140)
    door = box((Device(block="r", id="d", type="d", zone="left"), spec))
    assert (door.low[1], door.high[1]) == (1200, 1340)


sizes = st.tuples(
    st.integers(1, 80), st.sampled_from([0.5, 1, 2, 4]), st.sampled_from(["front", "rear"]),
    st.sampled_from([200, 500, 700, None]), st.sampled_from(["full", "left", "right"]),
)  # fmt: skip


@given(st.lists(sizes, min_size=2, max_size=6))
def test_clashes_are_those_of_every_pair(rows: list[tuple[int, float, str, float | None, str]]) -> None:
    placed = [
        in_units(str(k), 1 + half / 2, high, deep, face=face, width="full" if side == "full" else "half",
                 side="" if side == "full" else side)
        for k, (half, high, face, deep, side) in enumerate(rows)
    ]  # fmt: skip
    solids = solids_of(RACK, placed)
    expected = set()
    for i, a in enumerate(solids):
        for b in solids[i + 1 :]:
            if all(min(a.high[k], b.high[k]) - max(a.low[k], b.low[k]) > TOUCH_MM for k in range(3)):
                expected.add((a.device, b.device))
    found = list(clashes(solids))
    assert {(c.a.device, c.b.device) for c in found} == expected
    for clash in found:
        assert clash.sure or clash.a.unknown or clash.b.unknown


def test_columns_agree_with_boxes() -> None:
    design = Design()
    design.rack("r")
    design.place("r", "r1")
    design.device("r", "server", 1)
    design.device("r", "switch", 20, face="rear")
    design.device("r", "half", 3, side="right")
    design.device("r", "pdu", zone="left")
    design.device("hall", "cdu")
    snap = design.evaluate().snapshot
    at = gear_mm(snap)
    rack = snap.specs.rack_types[0]
    devices = sorted(design.project.devices("r").values(), key=lambda d: d.id)
    placed = [(d, design.project.find_type(d.type)) for d in devices]
    for solid in solids_of(rack, placed):  # type: ignore[arg-type]
        row = design.row(f"r1/{solid.device}")
        if solid.kind == "units":
            assert np.allclose(at[row], solid.centre), solid
        else:
            assert (at[row, 0], at[row, 2]) == (37.5, 1000)
    floor = next(k for k in range(snap.n_devices) if snap.device_rack[k] < 0)
    assert at[floor].tolist() == [450, 600, 1000]

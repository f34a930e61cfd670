"""What the floor carries: feet, zones, rows."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.engine.floor_load import FloorLoad, foot_loads
from core.model.records import Area, TypeRecord
from core.model.types import DeviceType, PortGroup
from tests.engine.designs import TYPES, Design

ROOM = ((-1000, -1000), (9000, -1000), (9000, 4000), (-1000, 4000))
"""50 m2."""


def retype(design: Design, type_id: str, **fields: Any) -> None:
    spec = next(t for t in TYPES if t.id == type_id)
    design.put(("types", TypeRecord(id=type_id, spec=msgspec.structs.replace(spec, **fields))))


def one_rack(**rack: Any) -> Design:
    """A frame of 100 kg, 600 x 1200 x 2000 mm, feet 50 mm in from its corners."""
    design = Design()
    retype(design, "rack", **({"foot_inset_mm": 50.0, "mounting_depth_mm": 1000.0} | rack))
    design.rack("r")
    design.place("r", "r1")
    return design


def loaded(design: Design) -> FloorLoad:
    return design.evaluate().floor_load


def area(design: Design, kind: str = "room", points: Any = ROOM, **fields: Any) -> None:
    name = fields.pop("id", kind)
    design.put(("areas", Area(block="hall", id=name, name=name.title(), kind=kind, points=points, **fields)))  # type: ignore[arg-type]


def test_an_empty_rack_stands_evenly() -> None:
    load = loaded(one_rack())
    assert load.rack_operating_kg.tolist() == [100]
    assert load.rack_centre_mm.tolist() == [[300, 600, 1000]]
    assert load.rack_foot_kg.tolist() == [[25, 25, 25, 25]]
    assert load.rack_feet_given.all()


def test_centre_of_gravity_and_worst_foot() -> None:
    """A server of 130 kg (8 U from unit 1, 800 deep from the rail at 100): y 500, z 66.55 + 177.8 = 244.35.

    With the frame: y (100 x 600 + 130 x 500) / 230 = 543.478, z (100 x 1000 + 130 x 244.35) / 230.
    Feet are 500 x 1100 mm apart: front feet 230/4 (1 + 2 x 56.522 / 1100) = 63.409 kg.
    """
    design = one_rack()
    retype(design, "server", depth_mm=800.0)
    design.device("r", "server", 1)
    load = loaded(design)
    y, z = (100 * 600 + 130 * 500) / 230, (100 * 1000 + 130 * 244.35) / 230
    assert load.rack_centre_mm[0] == pytest.approx([300, y, z])
    front = 230 / 4 * (1 + 2 * (600 - y) / 1100)
    assert load.rack_foot_kg[0] == pytest.approx([front, front, 115 - front, 115 - front])
    assert load.rack_worst_foot_kg[0] == pytest.approx(63.409, abs=1e-3)
    assert load.rack_placed[0] == 1


def test_nvl72_under_its_footprint() -> None:
    """1,360 kg on 0.6 x 1.068 m are 2,122 kg/m2 (physical-standards 8: 2,120, derived): information only."""
    design = Design()
    retype(design, "rack", depth_mm=1068, foot_inset_mm=50.0)
    design.rack("r")
    design.change("blocks", "", "r", mass_kg=1360.0)
    design.place("r", "r1")
    area(design, load_kg_m2=1200.0)
    evaluation = design.evaluate()
    load = evaluation.floor_load
    assert load.rack_footprint_kg_m2[0] == pytest.approx(2120, rel=0.002)
    assert load.rack_foot_kg[0] == pytest.approx([340] * 4)  # nothing in it whose place is known
    assert [zone.load_kg_m2 for zone in load.zones] == [pytest.approx(27.2)]  # 1,360 kg on 50 m2
    from core.rules.checking import check_design

    assert [f for f in check_design(design.project).findings if f.rule.startswith("mass.zone")] == []


def test_coolant_and_cables_come_on_top() -> None:
    design = one_rack()
    retype(design, "server", coolant_volume_l=20.0)
    a, b = design.device("r", "server", 1), design.device("r", "switch", 12)
    design.sources("A")
    design.fabric("f")
    retype(design, "splitter", mass_g_m=100.0)
    retype(design, "mmf", mass_g_m=100.0)
    design.link(f"{a}", "osfp1/1 osfp1/2", f"{b}", "osfp1/1 osfp1/2", block="r", fabric="f")
    evaluation = design.evaluate()
    load = evaluation.floor_load
    assert load.rack_coolant_kg.tolist() == [20]
    assert load.rack_coolant_unknown.tolist() == [0]
    ordered = evaluation.cabling.cable_ordered_m
    options = [evaluation.cabling.options[k] for k in evaluation.cabling.cable_option]
    assert load.rack_cable_kg[0] == pytest.approx(
        sum(m * 0.1 / o.links for m, o in zip(ordered, options, strict=True))
    )
    assert load.rack_cable_kg[0] > 0
    total = evaluation.mass.rack_kg[0] + 20 + load.rack_cable_kg[0]
    assert load.rack_operating_kg[0] == pytest.approx(total)


def test_coolant_of_unknown_volume_is_counted_as_unknown() -> None:
    design = one_rack()
    retype(design, "server", liquid_fraction=0.8)
    for k in range(3):
        design.device("r", "server", 1 + 8 * k)
    load = loaded(design)
    assert (load.rack_coolant_kg.tolist(), load.rack_coolant_unknown.tolist()) == ([0], [3])


def test_zones_hold_what_stands_in_them() -> None:
    design = one_rack()
    design.place("r", "r2", x_mm=6000)
    area(design, load_kg_m2=500.0, point_load_kg=300.0, floor="slab")
    half = ((-1000, -1000), (4000, -1000), (4000, 4000), (-1000, 4000))
    area(design, "zone", half, load_kg_m2=400.0, point_load_kg=200.0, rolling_load_kg=150.0, floor="raised")
    design.device("hall", "ups", x_mm=2000, y_mm=0)  # 500 kg
    load = loaded(design)
    zones = {zone.name: zone for zone in load.zones}
    assert (zones["Room"].mass_kg, zones["Room"].area_m2) == (700, 50)
    assert (zones["Zone"].mass_kg, zones["Zone"].load_kg_m2) == (600, 24)
    assert load.rack_point_limit_kg.tolist() == [200, 300]
    assert load.rack_rolling_limit_kg[0] == 150
    assert np.isnan(load.rack_rolling_limit_kg[1])
    assert load.rack_floor.tolist() == [2, 1]


def test_turned_and_mirrored_racks_are_where_they_are_drawn() -> None:
    design = one_rack()
    area(design, "zone", ((0, 0), (1200, 0), (1200, 600), (0, 600)), load_kg_m2=1.0)
    design.change("instances", "hall", "r1", rotation=90, x_mm=1200)
    assert loaded(design).zones[0].mass_kg == 100
    design.change("instances", "hall", "r1", rotation=90, x_mm=2400)
    assert loaded(design).zones[0].mass_kg == 0


def test_rows_add_up() -> None:
    design = one_rack()
    design.place("r", "r2", x_mm=600)
    design.place("r", "r3", x_mm=3000)
    rows = loaded(design).rows
    assert [(row.racks, row.length_mm, row.mass_kg) for row in rows] == [
        ((0, 1), 1200, 200),
        ((2,), 600, 100),
    ]
    assert rows[0].kg_m == pytest.approx(200 / 1.2)


def test_absent_racks_weigh_nothing() -> None:
    design = one_rack()
    design.override("r1", absent=True)
    load = loaded(design)
    assert load.rack_operating_kg.tolist() == [0]
    assert load.rack_worst_foot_kg.tolist() == [0]
    assert load.rows == ()


def test_no_feet_given_are_assumed() -> None:
    load = loaded(one_rack(foot_inset_mm=None))
    assert not load.rack_feet_given.any()
    assert load.rack_foot_kg.tolist() == [[25] * 4]


def test_a_coolant_hose_weighs_by_its_diameter() -> None:
    """Of no known mass: 50 mm and 1,400 kg/m3 (assumed)."""
    design = one_rack()
    retype(design, "hoses", reach_max_m=50)
    ports = [PortGroup(name=n, layer="coolant", direction=n, connector="FD83") for n in ("in", "out")]  # type: ignore[arg-type]
    wet_type = DeviceType(id="wet", name="Wet", kind="server", height_u=4, ports=tuple(ports))
    design.put(("types", TypeRecord(id="wet", spec=wet_type)))
    wet, cdu = design.device("r", "wet", 1), design.device("hall", "cdu", x_mm=3000)
    design.link(cdu, "supply1", f"r1/{wet}", "in", layer="coolant")
    design.link(cdu, "return1", f"r1/{wet}", "out", layer="coolant")
    evaluation = design.evaluate()
    # From the middle of units 1 to 4 (66.55 + 88.9 mm) to the top and 0.4 m to the side; a pair is one piece.
    metres = min(2 - 0.15545 + 0.4, evaluation.cabling.cable_ordered_m[0] / 2)
    assert evaluation.floor_load.rack_cable_kg[0] == pytest.approx(metres * np.pi * 0.025**2 * 1400)


@given(
    mass=st.floats(1, 5000), x=st.floats(-240, 240), y=st.floats(-500, 500),
    wide=st.floats(400, 800), deep=st.floats(800, 1200),
)  # fmt: skip
def test_feet_carry_all_and_balance(mass: float, x: float, y: float, wide: float, deep: float) -> None:
    """Sums of forces and moments; where a foot would lift only the sum holds."""
    feet = foot_loads(np.array([mass]), np.array([[x, y]]), np.array([[wide, deep]]))[0]
    assert feet.sum() == pytest.approx(mass)
    assert (feet >= 0).all()
    if feet.min() > 0:
        assert (feet[1] + feet[3] - feet[0] - feet[2]) * wide / 2 == pytest.approx(
            mass * x, abs=1e-6 * mass * 1000
        )
        assert (feet[2] + feet[3] - feet[0] - feet[1]) * deep / 2 == pytest.approx(
            mass * y, abs=1e-6 * mass * 1000
        )

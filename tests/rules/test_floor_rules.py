"""Rules of space and floor where they have to stay silent, and where a setting decides."""

from __future__ import annotations

import pytest

from core.model.records import Area, Device
from core.model.types import DeviceType, Zone
from core.rules.finding import Finding, Report
from tests.rules.plan import CDU, PDU, Plan
from tests.rules.space_fixtures import SPACE_FIXTURES, light
from tests.rules.test_rules import checked


def found(plan: Plan, rule: str) -> tuple[Finding, ...]:
    return checked(plan.project()).of(rule)


def missing(report: Report, rule: str) -> tuple[str, ...]:
    return next((u.missing for u in report.unchecked if u.rule == rule), ())


def opposite(plan: Plan, gap: int) -> None:
    """Put the second rack in front of the first, face to face (fronts at y 2000 and 2000 - gap)."""
    plan.change("instances", "h", "r2", x_mm=600, y_mm=2000 - gap, rotation=180)


# Clearance


def test_the_clearance_is_a_setting() -> None:
    plan = Plan()
    opposite(plan, 1000)
    (finding,) = found(plan, "space.front_clearance")
    assert (finding.value, finding.limit) == (1000, 1200)
    plan.ask("clearance_front_mm", 1000.0)
    assert found(plan, "space.front_clearance") == ()


def test_a_rack_type_has_its_own_clearance() -> None:
    plan = Plan()
    opposite(plan, 1300)
    assert found(plan, "space.front_clearance") == ()
    plan.retype("rack", clearance_front_mm=1500)
    (finding,) = found(plan, "space.front_clearance")
    assert (finding.value, finding.limit) == (1300, 1500)


def test_a_door_swings_even_where_less_is_asked() -> None:
    """600 mm wide: one leaf needs 600 mm, two need 300 mm each."""
    plan = Plan()
    opposite(plan, 500)
    plan.ask("clearance_front_mm", 0.0)
    (finding,) = found(plan, "space.front_clearance")
    assert (finding.value, finding.limit) == (500, 600)
    plan.ask("door_leaf", 0.5)
    assert found(plan, "space.front_clearance") == ()


def test_a_rear_door_takes_room_behind() -> None:
    """Backs at y 3200 and 4200: 1,000 mm, of which a door takes 140."""
    plan = Plan()
    plan.change("instances", "h", "r2", x_mm=600, y_mm=5400, rotation=180)
    assert found(plan, "space.rear_clearance") == ()
    door = DeviceType(
        id="door", name="Door", kind="rear-door", zero_u=True, depth_mm=140, mass_kg=40, power_max_w=0
    )
    plan.use(door)
    plan.put("devices", Device(block="r", id="d1", type="door", zone="left", place=2))
    (finding,) = found(plan, "space.rear_clearance")
    assert (finding.value, finding.limit) == (1000, 1040)


# Aisles


def test_a_row_without_air_to_breathe_or_to_blow_is_in_no_mixed_aisle() -> None:
    plan = Plan()
    plan.change("instances", "h", "r2", x_mm=0, y_mm=4500)
    (finding,) = found(plan, "space.mixed_aisle")
    assert finding.subjects == ("r2",)
    for name in ("node", "leaf"):
        plan.retype(name, liquid_fraction=0.9)  # 230 W of 2.3 kW to air
    assert found(plan, "space.mixed_aisle") == ()


@pytest.mark.parametrize(("gap", "asked", "wrong"), [(1300, 1300.0, False), (1300, 1301.0, True)])
def test_an_aisle_is_held_against_what_is_asked(gap: int, asked: float, wrong: bool) -> None:
    plan = Plan()
    opposite(plan, gap)
    assert found(plan, "space.aisle_width") == ()
    plan.ask("aisle_hot_mm", 5000.0)
    assert found(plan, "space.aisle_width") == ()
    plan.ask("aisle_cold_mm", asked)
    assert bool(found(plan, "space.aisle_width")) is wrong


def test_a_row_as_long_as_allowed() -> None:
    plan = Plan()
    plan.ask("row_length_m", 1.2)
    assert found(plan, "space.row_length") == ()


def test_a_containment_of_fronts_is_sound() -> None:
    plan = Plan()
    points = ((-100, 500), (1300, 500), (1300, 2000), (-100, 2000))
    plan.put("areas", Area(block="h", id="c", kind="containment", points=points))
    assert found(plan, "space.containment") == ()


# In the rack


def test_a_busbar_and_a_unit_before_it() -> None:
    plan = Plan()
    zones = (Zone(name="left", places=4), Zone(name="mid", side="centre"))
    plan.retype("rack", busbar="busbar-50V", zones=zones)
    plan.use(PDU, width_mm=50, depth_mm=60)
    plan.put(
        "devices", Device(block="r", id="p1", name="pdu-1", type="pdu", zone="mid", feeds={"inlet": "A"})
    )
    (finding,) = found(plan, "space.zone_clash")
    assert (finding.subjects, finding.value) == (("p1",), 50)
    assert "space of the busbar" in finding.message
    plan.change("devices", "r", "p1", zone="left")
    assert found(plan, "space.zone_clash") == ()


def test_a_unit_of_unknown_size_is_not_judged() -> None:
    plan = Plan()
    plan.pdu()
    report = checked(plan.project())
    assert report.of("space.zone_clash") == ()
    assert missing(report, "space.zone_clash") == ("width and depth of PDU",)


def test_half_a_width_is_half_the_opening() -> None:
    """450 mm between the rails: 225 mm for a half."""
    plan = Plan()
    plan.retype("leaf", width="half", width_mm=225)
    plan.change("devices", "r", "s1", side="left")
    assert found(plan, "space.width") == ()
    plan.retype("leaf", width_mm=226)
    (finding,) = found(plan, "space.width")
    assert (finding.value, finding.limit) == (226, 225)


# Floor


def test_a_quarter_of_the_mass_is_not_the_worst_foot() -> None:
    """400 kg of which a node of 240 kg at y 100 to 900: (160 x 600 + 240 x 500) / 400 = 540; +10.91 %."""
    plan = Plan()
    light(plan)
    plan.retype("rack", foot_inset_mm=50)
    plan.retype("node", mass_kg=240)
    plan.change("areas", "h", "room", point_load_kg=105.0)
    (finding,) = found(plan, "mass.point_load")
    assert finding.value == pytest.approx(100 * (1 + 2 * 60 / 1100))
    assert finding.limit == 105


def test_feet_that_nobody_gives_are_said_to_be_assumed() -> None:
    plan = Plan()
    plan.change("areas", "h", "room", point_load_kg=500.0)
    assert missing(checked(plan.project()), "mass.point_load") == (
        "feet of Rack, taken as four near the corners",
    )


def test_a_heavy_footprint_is_no_finding() -> None:
    """400 kg on 0.72 m2 are 556 kg/m2 below the rack; the room of 200 m2 takes 100 kg/m2."""
    plan = Plan()
    light(plan)
    plan.change("areas", "h", "room", load_kg_m2=100.0)
    report = checked(plan.project())
    assert [f for f in report.findings if f.rule.startswith("mass.")] == []


def test_racks_filled_in_place_do_not_roll_loaded() -> None:
    plan = Plan()
    plan.retype("rack", rolling_max_kg=10)
    assert found(plan, "mass.rolling_load") == ()
    plan.change("blocks", "", "r", mass_kg=160.0)
    (finding,) = found(plan, "mass.rolling_load")
    assert (finding.value, finding.limit) == (60, 10)


def test_a_zone_in_a_block_placed_twice_is_judged_in_each_place() -> None:
    plan = Plan()
    light(plan)
    for k in (1, 2):
        left = 600 * (k - 1)
        points = ((left, 2000), (left + 600, 2000), (left + 600, 3200), (left, 3200))
        plan.put("areas", Area(block="h", id=f"z{k}", kind="zone", points=points, load_kg_m2=500.0))
    (finding,) = found(plan, "mass.zone_load")  # 400 kg on 0.72 m2, twice
    assert finding.value == pytest.approx(400 / 0.72)
    assert finding.message.endswith("(and 1 more such)")


# Doors


def test_a_door_of_unknown_height_is_judged_by_its_width() -> None:
    plan = Plan()
    SPACE_FIXTURES["space.door_too_small"].spoil(plan)
    plan.change("areas", "h", "d", height_mm=0)
    assert found(plan, "space.door_too_small") == ()
    points = ((-5000, 0), (-4900, 0), (-4900, 550), (-5000, 550))
    plan.change("areas", "h", "d", points=points)
    (finding,) = found(plan, "space.door_too_small")
    assert (finding.value, finding.limit) == (600, 550)


def test_things_of_unknown_height_are_not_above_the_ceiling() -> None:
    plan = Plan()
    plan.use(CDU, height_mm=None, cooling_w=None)
    plan.put("devices", Device(block="h", id="c", name="CDU", type="cdu", x_mm=-4000, y_mm=6000))
    plan.change("areas", "h", "room", height_mm=2500)
    assert found(plan, "space.room_height") == ()

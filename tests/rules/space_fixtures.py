"""Designs that spoil what fits in a rack, what the floor carries, and what comes through the door."""

from __future__ import annotations

from core.model.records import Area, Device
from tests.rules.fixture import Fixtures
from tests.rules.plan import PDU, Plan

SPACE_FIXTURES = Fixtures()
fixture = SPACE_FIXTURES.of

# Racks of the plan are 600 x 1200 x 2000 mm at y 2000 to 3200, rails 450 mm apart and 100 to 1100 mm deep.


@fixture("space.zone_clash", "n1", "p1", value=25, limit=0)
def zone_clash(plan: Plan) -> None:
    """A PDU of 100 mm beside the opening (75 mm) and from y 1150 to 950, the node ends at 1050."""
    plan.use(PDU, width_mm=100, depth_mm=250)
    plan.retype("node", depth_mm=950)
    plan.put(
        "devices", Device(block="r", id="p1", name="pdu-1", type="pdu", zone="left", feeds={"inlet": "A"})
    )


@fixture("space.zone_height", "p1", value=2100, limit=2000)
def zone_height(plan: Plan) -> None:
    plan.use(PDU, width_mm=50, depth_mm=50, height_mm=2100)
    plan.put(
        "devices", Device(block="r", id="p1", name="pdu-1", type="pdu", zone="left", feeds={"inlet": "A"})
    )


@fixture("space.width", "n1", value=490, limit=482.6)
def width(plan: Plan) -> None:
    plan.retype("node", width_mm=490)


@fixture("space.room_height", "r1", "r2", block="h", value=2000, limit=1900, count=1)
def room_height(plan: Plan) -> None:
    plan.change("areas", "h", "room", height_mm=1900)


@fixture("space.mixed_aisle", "r2", block="h", value=1300, limit=None, count=1)
def mixed_aisle(plan: Plan) -> None:
    """The second rack looks at the back of the first, which ends at y 3200."""
    plan.change("instances", "h", "r2", x_mm=0, y_mm=4500)


@fixture("space.aisle_width", value=1300, limit=1500)
def aisle_width(plan: Plan) -> None:
    """Fronts at y 2000 and 700: the second rack is turned about its corner, from x 600 to 0."""
    plan.change("instances", "h", "r2", x_mm=600, y_mm=700, rotation=180)
    plan.ask("aisle_cold_mm", 1500.0)


@fixture("space.row_length", value=1200, limit=1000)
def row_length(plan: Plan) -> None:
    plan.ask("row_length_m", 1.0)


@fixture("space.containment", "r2", block="h", count=1)
def containment(plan: Plan) -> None:
    """Before the row: the front of the first rack and the rear of the second, which is turned."""
    plan.change("instances", "h", "r2", x_mm=1200, y_mm=3200, rotation=180)
    points = ((-100, 500), (1300, 500), (1300, 2000), (-100, 2000))
    plan.put("areas", Area(block="h", id="c", kind="containment", points=points))


def door(plan: Plan, wide: int, high: int) -> None:
    """Put a door into the left wall of the room."""
    points = ((-5000, 0), (-4900, 0), (-4900, wide), (-5000, wide))
    plan.put("areas", Area(block="h", id="d", kind="door", points=points, height_mm=high))


@fixture("space.door_too_small", value=2000, limit=1950)
def door_too_small(plan: Plan) -> None:
    door(plan, 1500, 1950)


@fixture("space.no_way_in")
def no_way_in(plan: Plan) -> None:
    """A wall from the front of the room to its back, between the door and the racks."""
    door(plan, 1500, 2400)
    plan.put("areas", Area(block="h", id="w", kind="wall", points=((-2000, -5000), (-2000, 15_000))))


# Mass: each rack weighs 100 + 50 + 10 kg.


@fixture("mass.rolling_load", value=250, limit=200)
def rolling_load(plan: Plan) -> None:
    plan.change("blocks", "", "r", mass_kg=350.0)
    plan.retype("rack", rolling_max_kg=200)


@fixture("mass.floor_rolling", value=100, limit=90)
def floor_rolling(plan: Plan) -> None:
    """400 kg in the middle: a node and a leaf of no mass."""
    light(plan)
    plan.change("areas", "h", "room", rolling_load_kg=90.0)


@fixture("mass.point_load", value=100, limit=80)
def point_load(plan: Plan) -> None:
    light(plan)
    plan.change("areas", "h", "room", point_load_kg=80.0)


@fixture("mass.zone_load", block="h", value=400, limit=300, count=1)
def zone_load(plan: Plan) -> None:
    """800 kg on 2 m2."""
    light(plan)
    points = ((0, 2000), (1000, 2000), (1000, 4000), (0, 4000))
    plan.put("areas", Area(block="h", id="z", kind="zone", points=points, load_kg_m2=300.0))


def light(plan: Plan) -> None:
    """Put all the mass of the racks into their frames: 400 kg each, stated."""
    for name in ("node", "leaf"):
        plan.retype(name, mass_kg=0)
    plan.change("blocks", "", "r", mass_kg=400.0)
    plan.retype("rack", rolling_max_kg=500)
    plan.retype("dac", mass_g_m=0)
    plan.retype("aoc", mass_g_m=0)

"""One minimal design for each rule, demanding exactly its finding (cabling, networks: `network_fixtures`)."""

from __future__ import annotations

from core.model.records import Area, Device
from core.model.requirements import REQUIREMENTS
from core.model.types import Citation, DeviceType, Fit, PortGroup
from tests.rules.cooling_fixtures import COOLING_FIXTURES
from tests.rules.cord_fixtures import CORD_FIXTURES
from tests.rules.fault_level_fixtures import FAULT_LEVEL_FIXTURES
from tests.rules.fixture import Fixtures, Spoil
from tests.rules.network_fixtures import NETWORK_FIXTURES
from tests.rules.outage_fixtures import OUTAGE_FIXTURES
from tests.rules.pathway_fixtures import PATHWAY_FIXTURES
from tests.rules.phase_fixtures import PHASE_FIXTURES
from tests.rules.plan import BOTH, LIQUID, NODE, PDU, Plan
from tests.rules.ride_through_fixtures import RIDE_THROUGH_FIXTURES
from tests.rules.shelves import shelves
from tests.rules.space_fixtures import SPACE_FIXTURES
from tests.rules.worth_fixtures import WORTH_FIXTURES

FIXTURES = Fixtures(
    FAULT_LEVEL_FIXTURES
    | PHASE_FIXTURES
    | NETWORK_FIXTURES
    | COOLING_FIXTURES
    | CORD_FIXTURES
    | OUTAGE_FIXTURES
    | RIDE_THROUGH_FIXTURES
    | SPACE_FIXTURES
    | PATHWAY_FIXTURES
    | WORTH_FIXTURES
)
fixture = FIXTURES.of


# Space


@fixture("space.clash", "n1", "n2", value=2 * 44.45, limit=0)
def clash(plan: Plan) -> None:
    plan.put("devices", Device(block="r", id="n2", type="node", half_u=4, feeds=BOTH))


@fixture("space.outside_rack", "n1", value=44, limit=42)
def outside_rack(plan: Plan) -> None:
    plan.change("devices", "r", "n1", half_u=80)


@fixture("space.wrong_place", "n1")
def wrong_place(plan: Plan) -> None:
    plan.change("devices", "r", "n1", zone="left")


@fixture("space.wrong_unit", "n1")
def wrong_unit(plan: Plan) -> None:
    plan.retype("node", unit="OU")


@fixture("space.depth", "n1", value=1100, limit=1000)
def depth(plan: Plan) -> None:
    plan.retype("node", depth_mm=1100)


@fixture("space.floor_overlap", "r1", "r2", block="h", value=50, limit=0, count=1)
def floor_overlap(plan: Plan) -> None:
    plan.change("instances", "h", "r2", x_mm=550)


@fixture("space.outside_room", "r2", block="h", value=100, limit=0, count=1)
def outside_room(plan: Plan) -> None:
    plan.room(-5000, -5000, 1100, 15_000)


@fixture("space.keep_out", "r1", block="h", value=100, limit=0, count=1)
def keep_out(plan: Plan) -> None:
    points = ((100, 2100), (200, 2100), (200, 2300), (100, 2300))
    plan.put("areas", Area(block="h", id="k", kind="keep-out", name="Hatch", points=points))


@fixture("space.front_clearance", "r1", "r2", block="h", value=1000, limit=1200, count=1)
def front_clearance(plan: Plan) -> None:
    plan.change("instances", "h", "r2", x_mm=600, y_mm=1000, rotation=180)


@fixture("space.rear_clearance", "r1", "r2", block="h", value=600, limit=900, count=1)
def rear_clearance(plan: Plan) -> None:
    plan.change("instances", "h", "r2", x_mm=600, y_mm=5000, rotation=180)


@fixture("safety.working_space", "u1", block="h", value=500, limit=900, count=1)
def working_space(plan: Plan) -> None:
    ups = DeviceType(
        id="ups", name="UPS", kind="ups", floor_standing=True, width_mm=1000, depth_mm=1000, height_mm=2000,
        mass_kg=1, power_max_w=0, clearance_front_mm=300, clearance_rear_mm=0,
    )  # fmt: skip
    plan.use(ups)
    plan.put("devices", Device(block="h", id="u1", type="ups", x_mm=3000, y_mm=6000))
    plan.put("areas", Area(block="h", id="w", kind="wall", points=((2500, 5500), (4500, 5500))))


# Mass


@fixture("mass.rack_load", value=60, limit=50)
def rack_load(plan: Plan) -> None:
    plan.retype("rack", load_max_kg=50)


@fixture("mass.unknown", value=1, limit=0)
def mass_unknown(plan: Plan) -> None:
    plan.retype("node", mass_kg=None)


# Power


@fixture("power.inlet_voltage", "n1", value=480 / 3**0.5, limit=240)
def inlet_voltage(plan: Plan) -> None:
    for name in "AB":
        plan.change("sources", "", name, voltage_v=480)


@fixture("power.connector", "c1")
def power_connector(plan: Plan) -> None:
    plan.pdu()
    plan.link("r", "c1", "p1", "c13-1", "n1", "psu1", layer="power")


@fixture("power.unfed", "s1", value=300, limit=0)
def unfed(plan: Plan) -> None:
    plan.change("devices", "r", "s1", feeds={})


@fixture("power.overload", "p1", value=2000, limit=1000)
def overload(plan: Plan) -> None:
    plan.pdu(rated_w=1000)


@fixture("power.continuous_load", "p1", value=2000, limit=1920)
def continuous_load(plan: Plan) -> None:
    plan.pdu(rated_w=2400)
    plan.ask("continuous_share", 0.8)


@fixture("power.source_overload", block="h", value=4600, limit=4500, count=1)
def source_overload(plan: Plan) -> None:
    for name in "AB":
        plan.change("sources", "", name, capacity_w=4500)


@fixture("power.rack_over_limit", value=2300, limit=2000)
def rack_over_limit(plan: Plan) -> None:
    plan.change("blocks", "", "r", power_limit_w=2000)


@fixture("power.looped", "p1", "p2", count=4)
def looped(plan: Plan) -> None:
    plan.use(PDU)
    for k in (1, 2):
        plan.put("devices", Device(block="r", id=f"p{k}", type="pdu", zone="left", place=k))
    three = PortGroup(name="out", layer="power", direction="out", connector="C19", phases=3)
    plan.retype("pdu", ports=(*PDU.ports, three))
    plan.link("r", "c1", "p1", "out", "p2", "inlet", layer="power")
    plan.link("r", "c2", "p2", "out", "p1", "inlet", layer="power")


@fixture("power.supplies_short", "n1", value=1, limit=2)
def supplies_short(plan: Plan) -> None:
    plan.retype("node", supplies_needed=2)


@fixture("power.supplies_unfed", "n1", value=1, limit=2)
def supplies_unfed(plan: Plan) -> None:
    plan.retype("node", supplies_needed=2)
    plan.change("devices", "r", "n1", feeds={"psu1": "A"})


@fixture("power.dies_with_source", "s1", value=300, limit=0)
def dies_with_source(plan: Plan) -> None:
    plan.retype("leaf", supplies_fitted=1)
    plan.change("devices", "r", "s1", feeds={"psu1": "A"})


@fixture("power.busbar_short", value=200, limit=0)
def busbar_short(plan: Plan) -> None:
    shelves(plan, 900)


@fixture("power.busbar_short_after_loss", value=500, limit=0)
def busbar_short_after_loss(plan: Plan) -> None:
    shelves(plan, 1500)


# Cooling


@fixture("cooling.airflow_direction", "s1")
def airflow_direction(plan: Plan) -> None:
    plan.retype("leaf", airflow="rear-to-front")


@fixture("cooling.fluid", "n1")
def fluid(plan: Plan) -> None:
    plan.retype("node", coolant="water")
    plan.ask("coolant", "PG25")


@fixture("cooling.connector", "hose")
def cooling_connector(plan: Plan) -> None:
    plan.retype("node", ports=(*NODE.ports, LIQUID))
    out = PortGroup(name="out", layer="coolant", direction="out", connector="FD83", fluid="PG25")
    plan.use(
        DeviceType(id="manifold", name="Manifold", kind="manifold", zero_u=True, mass_kg=20, ports=(out,))
    )
    plan.put("devices", Device(block="r", id="m1", type="manifold", zone="left"))
    plan.link("r", "hose", "m1", "out", "n1", "supply", layer="coolant")


@fixture("cooling.unplumbed", "n1", value=1000, limit=0)
def unplumbed(plan: Plan) -> None:
    plan.retype("node", liquid_fraction=0.5, ports=(*NODE.ports, LIQUID))
    plan.cdus(2, cooling_w=9000)


@fixture("cooling.supply_too_warm", "n1", value=40, limit=30)
def supply_too_warm(plan: Plan) -> None:
    plan.retype("node", liquid_fraction=0.5, coolant_supply_max_c=30)
    plan.ask("liquid_supply_c", 40)


@fixture("cooling.air_inlet", "n1", value=40, limit=35)
def air_inlet(plan: Plan) -> None:
    plan.ask("air_supply_c", 40)


@fixture("cooling.cdu_short", block="h", value=2000, limit=1500, count=1)
def cdu_short(plan: Plan) -> None:
    plan.retype("node", liquid_fraction=0.5)
    plan.cdus(1)


@fixture("cooling.cdu_lost", block="h", value=2000, limit=1500, count=1)
def cdu_lost(plan: Plan) -> None:
    plan.retype("node", liquid_fraction=0.5)
    plan.cdus(2)


# Safety, data


@fixture("safety.redundancy", "s1", value=300, limit=0)
def redundancy(plan: Plan) -> None:
    plan.ask("redundancy", "2N")
    plan.retype("leaf", supplies_fitted=1)
    plan.change("devices", "r", "s1", feeds={"psu1": "A"})


@fixture("data.power_unknown", block="h", value=1, limit=0, count=1)
def power_unknown(plan: Plan) -> None:
    plan.retype("node", power_max_w=None, power_typical_w=None)


@fixture("data.unverified_share", block="h", value=300 / 2300, limit=0.5, count=1)
def unverified_share(plan: Plan) -> None:
    guess = Citation(fields=("power_max_w", "power_typical_w"), title="Memory", evidence="recalled")
    plan.retype("node", sources=(guess,))


@fixture("data.unnamed", "n1")
def unnamed(plan: Plan) -> None:
    plan.change("devices", "r", "n1", name="")


@fixture("data.delivered_contents", value=1, limit=0)
def delivered_contents(plan: Plan) -> None:
    contents = (Fit(type="leaf", count=1), Fit(type="node", count=2))
    plan.change("blocks", "", "r", mass_kg=100.0, delivered=contents)


@fixture("data.type_outdated", block="h", value=1, limit=0, count=1, newer=(NODE,))
def type_outdated(plan: Plan) -> None:
    """The catalogue of the fixture holds the node as version 2."""


# Requirements

BROKEN: dict[str, tuple[float, float]] = {
    "facility_power_w": (1000, 4600),
    "accelerators": (100, 0),
    "tflops_bf16_dense": (100, 0),
    "budget_usd": (1500, 2000),
    "heat_air_w": (1000, 4600),
    "heat_liquid_w": (1000, 2000),
    "rack_power_w": (2000, 2300),
    "rack_mass_kg": (150, 160),
    "floor_load_kg_m2": (1, 1.6),
    "oversubscription": (1.5, 2),
}
"""Requirement: what is asked and what the plan has."""


def broken(name: str) -> Spoil:
    def spoil(plan: Plan) -> None:
        plan.ask(name, BROKEN[name][0])
        if name == "budget_usd":
            plan.retype("node", price_low_usd=500, price_high_usd=1000)
        elif name == "heat_liquid_w":
            plan.retype("node", liquid_fraction=0.5)
        elif name == "oversubscription":
            plan.spines("a")
            plan.link("r", "l2", "n1", "osfp2", "s1", "osfp2")
            plan.link("h", "x1", "r1/s1", "osfp3", "sp1/a", "osfp1")
            plan.link("h", "x2", "r2/s1", "osfp3", "sp1/a", "osfp3")

    return spoil


for _name, _kind in REQUIREMENTS.items():
    if _kind.sense != "input":
        _asked, _has = BROKEN[_name]
        fixture(f"requirement.{_name}", block="h", value=_has, limit=_asked, count=1)(broken(_name))

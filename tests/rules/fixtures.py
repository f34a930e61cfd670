"""One minimal design for each rule, demanding exactly its finding."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from core.model.records import Area, Device
from core.model.requirements import REQUIREMENTS
from core.model.types import AcceleratorType, Citation, DeviceType, Fit, PortGroup
from tests.rules.plan import BOTH, DAC, LIQUID, NODE, PDU, Plan, cage, psu


@dataclass(frozen=True)
class Fixture:
    """How to spoil the plan, and the finding that has to come of it."""

    rule: str
    spoil: Callable[[Plan], None]
    block: str = "r"
    subjects: tuple[str, ...] = ()
    value: float | None = None
    limit: float | None = None
    count: int = 2
    newer: tuple[DeviceType, ...] = field(default=())
    """Types of the catalogue the checker knows."""


FIXTURES: dict[str, Fixture] = {}
Spoil = Callable[[Plan], None]


def fixture(
    rule: str,
    *subjects: str,
    block: str = "r",
    value: float | None = None,
    limit: float | None = None,
    count: int = 2,
    newer: tuple[DeviceType, ...] = (),
) -> Callable[[Spoil], Spoil]:
    def keep(spoil: Spoil) -> Spoil:
        FIXTURES[rule] = Fixture(rule, spoil, block, subjects, value, limit, count, newer)
        return spoil

    return keep


# Space


@fixture("space.clash", "n1", "n2", value=2, limit=0)
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
    plan.change("devices", "r", "s1", feeds={"psu1": "A"})


@fixture("power.busbar_short", value=200, limit=0)
def busbar_short(plan: Plan) -> None:
    shelves(plan, 900)


@fixture("power.busbar_short_after_loss", value=500, limit=0)
def busbar_short_after_loss(plan: Plan) -> None:
    shelves(plan, 1500)


def shelves(plan: Plan, rated_w: float) -> None:
    """Two shelves, fed by A and B, on the busbar of a tray of 2 kW."""
    bar = {"layer": "power", "connector": "busbar-50V", "phases": 0}
    plan.retype("rack", busbar="busbar-50V")
    tray = PortGroup(name="bar", direction="in", **bar)
    plan.use(NODE, id="tray", name="Tray", kind="tray", height_u=1, ports=(tray,), supplies_needed=None)
    shelf = DeviceType(
        id="shelf", name="Shelf", kind="power-shelf", height_u=1, depth_mm=800, mass_kg=30, power_max_w=0,
        power_typical_w=0, rated_w=rated_w, efficiency=1.0, inlet_max_c=50,
        ports=(PortGroup(name="bar", direction="out", **bar), psu(1, "C20")),
    )  # fmt: skip
    plan.use(shelf)
    plan.put("devices", Device(block="r", id="t1", type="tray", half_u=30))
    for k, name in enumerate("AB"):
        plan.put("devices", Device(block="r", id=f"sh{k}", type="shelf", half_u=32 + 2 * k,
                                   feeds={"psu1": name}))  # fmt: skip


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


# Cabling

# Both leafs stand at unit 11: bottom of unit 1 at 66.55 mm, middle 10.5 U of 44.45 mm above; trays at 2.7 m.
RISE_M = 2.7 - (66.55 + 10.5 * 44.45) / 1000
ENDS_M = 2 * RISE_M + 2 * 0.4 + 2 * 1.0


@fixture("cabling.no_part", "x1", block="h", value=ENDS_M + 1.1 * 40, limit=30, count=1)
def no_part(plan: Plan) -> None:
    plan.room(-5000, -5000, 45_000, 15_000)
    plan.change("instances", "h", "r2", x_mm=40_000)


@fixture("cabling.part_mismatch", "l1")
def part_mismatch(plan: Plan) -> None:
    plan.use(DAC, id="finned", name="Finned copper", connector_a="OSFP-finned", connector_b="OSFP-finned")
    plan.change("links", "r", "l1", cable="finned")


@fixture("cabling.connector", "l2")
def cabling_connector(plan: Plan) -> None:
    bmc = PortGroup(name="bmc", layer="data", connector="RJ45", rate_gbps=1)
    plan.retype("node", ports=(*NODE.ports, bmc))
    plan.link("r", "l2", "n1", "bmc", "s1", "osfp2")


@fixture("cabling.rate_mismatch", "l2", value=400, limit=200)
def rate_mismatch(plan: Plan) -> None:
    plan.retype("node", ports=(*NODE.ports, cage("slow", 200)))
    plan.use(DAC, id="dac200", rate_gbps=200)
    plan.link("r", "l2", "n1", "slow", "s1", "osfp2")


@fixture("cabling.too_short", "x1", block="h", value=1, limit=ENDS_M + 1.1 * 0.6, count=1)
def too_short(plan: Plan) -> None:
    plan.change("links", "h", "x1", length_m=1.0)


@fixture("cabling.port_used_twice", "s1", value=1, limit=0)
def port_used_twice(plan: Plan) -> None:
    plan.link("r", "l2", "n1", "osfp2", "s1", "osfp1")


@fixture("cabling.cage_whole_and_lanes", "s1", value=1, limit=0)
def cage_whole_and_lanes(plan: Plan) -> None:
    plan.retype("node", ports=(*NODE.ports, cage("half", 200)))
    plan.use(DAC, id="splitter", split=2)
    plan.link("r", "l2", "n1", "half", "s1", "osfp1/1")


# Networks


@fixture("network.disconnected", block="h", value=2, limit=1, count=1)
def disconnected(plan: Plan) -> None:
    plan.drop("links", "h", "x1")


@fixture("network.uneven_uplinks", "r1/s1", block="h", value=2, limit=1, count=1)
def uneven_uplinks(plan: Plan) -> None:
    plan.spines("a", "b")
    plan.link("h", "x1", "r1/s1", "osfp2 osfp3", "sp1/a", "osfp1 osfp2")
    plan.link("h", "x2", "r1/s1", "osfp4", "sp1/b", "osfp1")
    plan.link("h", "x3", "r2/s1", "osfp2", "sp1/a", "osfp3")
    plan.link("h", "x4", "r2/s1", "osfp3", "sp1/b", "osfp3")


@fixture("network.rail", "L0", "L1", block="sp", value=2, limit=1)
def rail(plan: Plan) -> None:
    plan.spines("L0", "L1")
    plan.drop("links", "r", "l1")
    plan.change("fabrics", "", "f", family="rail-optimised")
    plan.link("h", "x1", "r1/n1", "osfp1", "sp1/L0", "osfp1")
    plan.link("h", "x2", "r1/n1", "osfp2", "sp1/L1", "osfp1")
    plan.link("h", "x3", "r2/n1", "osfp2", "sp1/L0", "osfp2")
    plan.link("h", "x4", "r2/n1", "osfp1", "sp1/L1", "osfp2")


def _two_rails(plan: Plan, hosts: int) -> None:
    """Take the leafs out of the racks, stand more servers there, and put two leafs apart."""
    plan.spines("L0", "L1")
    plan.drop("links", "r", "l1")
    plan.drop("devices", "r", "s1")
    for k in range(2, hosts // 2 + 1):
        plan.put("devices", Device(block="r", id=f"n{k}", type="node", half_u=8 * k, feeds=BOTH))


def _hosts(number: int) -> list[str]:
    return [f"r{1 + k % 2}/n{1 + k // 2}" for k in range(number)]


def _fine(plan: Plan) -> None:
    """Leafs with ports enough for the larger fixtures."""
    plan.retype("leaf", ports=(cage("osfp{1..16}", lanes=(2,)), psu(2, "C14", 300)))


@fixture("network.off_rail", "x51", block="h", count=1)
def off_rail(plan: Plan) -> None:
    _fine(plan)
    _two_rails(plan, 6)
    for k, host in enumerate(_hosts(6), 1):
        for rail in (0, 1):
            leaf = 0 if (k, rail) == (5, 1) else rail
            plan.link(
                "h", f"x{k}{rail}", host, f"osfp{rail + 1}", f"sp1/L{leaf}", f"osfp{k + 8 * (leaf < rail)}"
            )
    plan.link("sp", "u", "L0", "osfp16", "L1", "osfp16")


@fixture("network.off_unit", "x31", block="h", count=1)
def off_unit(plan: Plan) -> None:
    """Two units of three hosts on three rails; one host is in one of them on the leaf of the other unit."""
    _fine(plan)
    _two_rails(plan, 6)
    plan.retype("node", ports=(cage("osfp{1..3}"), psu(2, "C20")))
    for k, name in enumerate(("L2", "L3", "L4", "L5", "S"), 2):
        plan.put("devices", Device(block="sp", id=name, name=name, type="leaf", half_u=2 * k, feeds=BOTH))
    for k, host in enumerate(_hosts(6), 1):
        for rail in range(3):
            unit = 1 if (k, rail) == (3, 1) else (k - 1) // 3
            plan.link("h", f"x{k}{rail}", host, f"osfp{rail + 1}", f"sp1/L{3 * unit + rail}", f"osfp{k}")
    for k in range(6):
        plan.link("sp", f"u{k}", f"L{k}", "osfp16", "S", f"osfp{k + 1}")


def _two_planes(plan: Plan, hosts: int = 6) -> None:
    """Each host on leafs L0 and L1; two spines on each, A0 and B0 on the first."""
    _fine(plan)
    _two_rails(plan, hosts)
    for k, name in enumerate(("A0", "B0", "A1", "B1"), 4):
        plan.put("devices", Device(block="sp", id=name, name=name, type="leaf", half_u=2 * k, feeds=BOTH))
        for port in range(4):
            mine = f"osfp{8 + 4 * (name[0] == 'B') + port}"
            plan.link("sp", f"u{name}{port}", f"L{name[1]}", mine, name, f"osfp{port + 1}")
    for k, host in enumerate(_hosts(hosts), 1):
        for plane in (0, 1):
            plan.link("h", f"x{k}{plane}", host, f"osfp{plane + 1}", f"sp1/L{plane}", f"osfp{k}")


@fixture("network.planes_joined", "w", block="sp", count=1)
def planes_joined(plan: Plan) -> None:
    _two_planes(plan)
    plan.link("sp", "w", "A0", "osfp9", "A1", "osfp9")


@fixture("network.one_plane", "r1/n1", block="h", value=1, limit=2, count=1)
def one_plane(plan: Plan) -> None:
    _two_planes(plan)
    plan.drop("links", "h", "x11")


@fixture("network.one_leaf", "r1/n1", block="h", count=1)
def one_leaf(plan: Plan) -> None:
    """Adapters of two ports: the first of each on L0, the second on L1, but not in one host."""
    plan.use(AcceleratorType(id="gpu", name="GPU"))
    plan.retype("node", accelerators=(Fit(type="gpu", count=1),))
    _fine(plan)
    _two_rails(plan, 6)
    plan.link("sp", "u", "L0", "osfp16", "L1", "osfp16")
    for k, host in enumerate(_hosts(6), 1):
        for port in (0, 1):
            plan.link(
                "h",
                f"x{k}{port}",
                host,
                f"osfp{port + 1}",
                f"sp1/L{port * (k > 1)}",
                f"osfp{k + 8 * (k == 1) * port}",
            )


@fixture("network.bond", "r2/n1", block="h", count=1)
def bond(plan: Plan) -> None:
    _fine(plan)
    plan.change("fabrics", "", "f", role="in-band")
    _two_rails(plan, 2)
    plan.link("h", "x1", "r1/n1", "osfp1", "sp1/L0", "osfp1")
    plan.link("h", "x2", "r1/n1", "osfp2", "sp1/L1", "osfp1")
    plan.link("h", "x3", "r2/n1", "osfp1", "sp1/L1", "osfp2")
    plan.link("h", "x4", "r2/n1", "osfp2", "sp1/L1", "osfp3")
    plan.link("sp", "u", "L0", "osfp16", "L1", "osfp16")


# Safety, data


@fixture("safety.redundancy", "s1", value=300, limit=0)
def redundancy(plan: Plan) -> None:
    plan.ask("redundancy", "2N")
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


@fixture("network.no_fabric", "l1")
def no_fabric(plan: Plan) -> None:
    plan.change("links", "r", "l1", fabric="")


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

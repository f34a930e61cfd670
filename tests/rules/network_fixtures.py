"""One minimal design for each rule of cabling and networks, demanding exactly its finding."""

from __future__ import annotations

from core.model.records import Device
from core.model.types import AcceleratorType, Fit, PortGroup
from tests.rules.fixture import Fixtures
from tests.rules.plan import BOTH, DAC, NODE, Plan, cage, psu

NETWORK_FIXTURES = Fixtures()
fixture = NETWORK_FIXTURES.of

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


@fixture("cabling.cage_half_lit", "s1", value=2, limit=0)
def cage_half_lit(plan: Plan) -> None:
    """Two links of half the rate, each in a cage of its own."""
    plan.retype("node", ports=(*NODE.ports, cage("half{1..2}", 200)))
    plan.use(DAC, id="splitter", split=2)
    for k in (1, 2):
        plan.link("r", f"l{k + 1}", "n1", f"half{k}", "s1", f"osfp{k + 1 + (k == 2)}/1")


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


@fixture("network.no_fabric", "l1")
def no_fabric(plan: Plan) -> None:
    plan.change("links", "r", "l1", fabric="")

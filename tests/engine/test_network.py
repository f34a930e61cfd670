"""Fabrics measured on what is drawn."""

from __future__ import annotations

import pytest

from core.engine.evaluation import Evaluator
from core.engine.hops import components, hops_between
from core.engine.network import FabricResult, Network
from core.engine.scale_up import scale_up_topology
from tests.engine.designs import Design, servers_and_leafs


def of(design: Design) -> Network:
    return design.evaluate().network


def one(design: Design) -> FabricResult:
    (result,) = of(design).fabrics
    return result


def leaf_spine(nodes: int, up: int = 32) -> Design:
    """Eight rails: NIC r of node n on leaf r; `up` links of each leaf over four spines."""
    design = servers_and_leafs(nodes, 8)
    for k in range(4):
        design.device("hall", "switch", name=f"s{k}", x_mm=1_000 * k, y_mm=9_000)
    for n in range(nodes):
        for r in range(8):
            node, leaf = f"osfp{r // 2 + 1}/{r % 2 + 1}", f"osfp{n // 2 + 1}/{n % 2 + 1}"
            design.link(f"n{n}", node, f"l{r}", leaf, fabric="f")
    for r in range(8):
        for s in range(4):
            each = up // 4
            down = [f"osfp{17 + (each * s + i) // 2}/{(each * s + i) % 2 + 1}" for i in range(each)]
            over = [f"osfp{(each * r + i) // 2 + 1}/{(each * r + i) % 2 + 1}" for i in range(each)]
            design.link(f"l{r}", down, f"s{s}", over, fabric="f")
    return design


def test_a_small_unit_of_eight_rails() -> None:
    result = one(leaf_spine(4))
    assert (result.hosts, result.switches) == (4, 12)
    assert (result.links, result.host_links, result.switch_links) == (288, 32, 256)
    assert [(t.number, t.switches) for t in result.tiers] == [(1, 8), (2, 4)]
    assert result.tiers[0].down_gbps == 32 * 400
    assert result.tiers[0].up_gbps == 256 * 400
    assert result.tiers[0].oversubscription == pytest.approx(4 / 32)
    assert result.oversubscription == 1.0  # never below 1
    assert result.components == 1
    # every pair of nodes meets on a leaf of each rail
    assert (result.hops.most, result.hops.mean) == (1, 1.0)
    # 32 accelerators: 4 x 8 x 7 / 2 pairs inside a node, the other of 32 x 31 / 2 on a leaf
    assert result.hops.pairs == (112, 384)
    assert result.hops.accelerator_mean == pytest.approx(384 / 496)
    assert [(p.low, p.high, p.pairs, p.least, p.most) for p in result.pairs] == [(1, 2, 32, 8, 8)]
    assert (result.host_gbps_low, result.host_gbps_high) == (3_200, 3_200)
    # leafs: 4 down + 32 up of 64; spines 64 of 64
    assert (result.ports_used, result.ports_total) == (8 * 36 + 4 * 64, 12 * 64)
    assert result.switch_ports_used.tolist() == [36] * 8 + [64] * 4


def test_oversubscription_is_that_of_the_worst_switch() -> None:
    design = leaf_spine(4, up=4)  # 4 down, 4 up
    assert one(design).oversubscription == 1.0
    first = next(k for k, link in design.project.links("hall").items() if link.b.path == "s0")
    design.remove("links", "hall", first)
    assert one(design).oversubscription == pytest.approx(4 / 3)


def test_a_fabric_in_two_parts() -> None:
    design = servers_and_leafs(4, 2)
    for k in range(4):
        design.link(f"n{k}", "osfp1/1", f"l{k // 2}", f"osfp{k + 1}/1", fabric="f")
    result = one(design)
    assert result.components == 2
    assert (result.hops.most, result.hops.mean) == (1, 1.0)
    assert result.oversubscription is None


def test_a_switch_on_its_management_port_is_a_host_there() -> None:
    design = Design()
    design.fabric("oob")
    design.device("hall", "rj-switch", name="m")
    design.device("hall", "switch", name="w", x_mm=1_000)
    design.device("hall", "server", name="s", x_mm=2_000)
    design.link("m", "rj1", "w", "mgmt", fabric="oob")
    design.link("m", "rj2", "s", "bmc", fabric="oob")
    result = one(design)
    assert (result.hosts, result.switches, result.switch_links) == (2, 1, 0)
    # 48 ports of 1G; the 100G uplinks are no places for 1G links
    assert (result.ports_used, result.ports_total) == (2, 48)


def test_ports_are_counted_at_the_rates_in_use() -> None:
    design = Design()
    design.fabric("oob")
    design.device("hall", "rj-switch", name="m")
    design.device("hall", "rj-switch", name="n", x_mm=1_000)
    design.device("hall", "server", name="s", x_mm=2_000)
    design.link("m", "rj2", "s", "bmc", fabric="oob")
    design.link("m", "up1", "n", "up1", fabric="oob")
    result = one(design)
    assert dict(zip(result.switch_rows.tolist(), result.switch_ports_total.tolist(), strict=True)) == {
        design.row("m"): 48 + 4,
        design.row("n"): 48 + 4,
    }


def test_links_of_no_fabric_are_a_result_of_their_own() -> None:
    design = leaf_spine(1)
    design.device("hall", "switch", name="x", y_mm=20_000)
    design.device("hall", "switch", name="y", y_mm=22_000)
    design.link("x", "osfp1/1", "y", "osfp1/1")
    network = of(design)
    assert [(r.fabric, r.links) for r in network.fabrics] == [("", 1), ("f", 8 + 256)]
    assert network.find("f") is network.fabrics[1]
    loose = network.fabrics[0]
    assert (loose.hosts, loose.tiers, loose.hops.most) == (0, (), 0)


def test_the_cartridge_joins_what_the_scarcer_side_has() -> None:
    design = Design()
    design.rack("o", "or3")
    for k in range(3):
        design.device("o", "sled", 1 + 2 * k)
    design.device("o", "nvs", 10)
    design.place("o", "o1")
    design.place("o", "o2", x_mm=600)
    design.override("o2", absent=True)
    scale_up = of(design).scale_up
    assert scale_up.rack_accelerators.tolist() == [12, 0]
    assert scale_up.rack_links.tolist() == [144, 0]  # 3 x 72 accelerator ports, 144 on the switch


def test_a_rack_without_cartridge_has_no_scale_up() -> None:
    design = Design()
    design.rack("r")
    design.device("r", "server", 1)
    design.place("r", "r1")
    assert of(design).scale_up.links == 0


def test_a_lost_switch_is_seen() -> None:
    design = leaf_spine(2)
    design.override("s3", absent=True)
    result = one(design)
    assert (result.switches, result.switch_links) == (11, 192)


def test_an_untouched_fabric_is_kept_and_the_other_measured_again() -> None:
    design = leaf_spine(2)
    design.fabric("oob")
    design.device("hall", "rj-switch", name="m", y_mm=20_000)
    for k in range(2):
        design.link("m", f"rj{k + 1}", f"n{k}", "bmc", fabric="oob", name=f"b{k}")
    before = of(design)
    design.remove("links", "hall", "b0")
    after = of(design)
    assert after.find("f").tiers is before.find("f").tiers  # type: ignore[union-attr]
    assert after.find("oob").links == 1  # type: ignore[union-attr]
    fresh = Evaluator(design.project).evaluate().network
    for kept, new in zip(after.fabrics, fresh.fabrics, strict=True):
        assert kept.drawn.cables.tolist() == new.drawn.cables.tolist()
        assert (kept.links, kept.hops, kept.tiers) == (new.links, new.hops, new.tiers)


def test_the_cartridge_as_a_topology() -> None:
    design = Design()
    design.rack("o", "or3")
    for k in range(3):
        design.device("o", "sled", 1 + 2 * k)
    design.device("o", "nvs", 10)
    design.device("o", "nvs", 12)
    for k in range(2):
        design.place("o", f"o{k}", x_mm=600 * k)
    net = scale_up_topology(design.evaluate().snapshot)
    # a rack: 3 sleds of 4 accelerators and 72 ports, all of them in use, to two switch trays of 144
    assert (len(net), int(net.is_switch.sum()), net.accelerators.sum()) == (10, 4, 24)
    assert net.count.tolist() == [36] * 12
    assert set(net.gbps.tolist()) == {400.0}
    assert components(net.a, net.b, len(net)) == 2
    assert hops_between(net).pairs == (2 * 18, 2 * 48)  # 3 x 4 x 3 / 2 in a sled; 12 x 11 / 2 - 18

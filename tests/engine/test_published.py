"""Published designs, built from the shipped catalogue, against those in resources/reference/designs.yaml.

Where the sum of a design differs from a published figure the difference is stated here, not tuned away.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from core.engine.coolants import coolant_flow_lpm
from core.engine.evaluation import Evaluation, evaluate
from core.files.project_file import load
from tests.engine.designs import Design, shipped

ROOT = Path(__file__).resolve().parents[2]
CASES: dict[str, dict[str, Any]] = {
    case["id"]: case
    for case in yaml.safe_load((ROOT / "resources/reference/designs.yaml").read_text(encoding="utf-8"))[
        "cases"
    ]
}


def expected(case: str) -> dict[str, Any]:
    found: dict[str, Any] = CASES[case]["expected"] | CASES[case].get("derived", {})
    return found


def rack_of(type_id: str, number: int, height_u: int, rack_type: str = "apc-ar3300") -> Design:
    design = shipped()
    design.rack("r", rack_type)
    for k in range(number):
        design.device("r", type_id, 1 + height_u * k)
    design.place("r", "r1")
    return design


def example(name: str) -> Evaluation:
    project, _ = load(ROOT / f"resources/examples/{name}.cage")
    return evaluate(project)


def test_every_case_has_a_source_and_those_used_here_are_verified() -> None:
    text = Path(__file__).read_text(encoding="utf-8")
    used = {name for name in CASES if f'"{name}"' in text}
    assert len(used) == 15
    for name, case in CASES.items():
        assert case["source"]
        assert case["url"].startswith("https://")
        assert case["verified"] is True or name not in used


# Power and mass of racks.


def test_four_dgx_h100_in_a_rack() -> None:
    rack_w = rack_of("nvidia-dgx-h100", 4, 8).evaluate().power.rack_max_w[0]
    assert rack_w / 1000 == pytest.approx(expected("h100-rack-power")["rack_kw"])  # 4 x 10.2
    assert rack_w / 1000 > expected("h100-rack-power")["rack_kw_greater_than"]


def test_two_dgx_b200_in_a_rack_and_sixteen_racks_in_a_unit() -> None:
    design = rack_of("nvidia-dgx-b200", 2, 10)
    for k in range(2, 17):
        design.place("r", f"r{k}", x_mm=600 * k)
    power = design.evaluate().power
    assert power.rack_max_w[0] / 1000 == pytest.approx(expected("b200-su-layout")["rack_kw"])
    assert power.total_max_w / 1000 == pytest.approx(expected("b200-su-layout")["su_kw"], rel=0.002)


def test_four_dgx_b300_in_a_rack() -> None:
    """More than 50 kW, "about 56 kW": a budget between our typical (60.0) and well below our maximum.

    The published 56 kW are 14 kW for each node; its guide gives 15.0 kW average and 19.7 kW peak on AC.
    """
    power = rack_of("nvidia-dgx-b300", 4, 10, "generic-52u-800x1200").evaluate().power
    assert power.rack_max_w[0] / 1000 > expected("b300-eth-rack")["rack_kw_greater_than"]
    published = expected("b300-xdr-rack")["rack_kw"]
    assert power.rack_typical_w[0] / 1000 / published == pytest.approx(60.0 / 56)
    assert power.rack_max_w[0] / 1000 / published == pytest.approx(78.8 / 56)


def nvl72(tray: str = "nvidia-gb200-compute-tray") -> Design:
    """18 trays, nine switch trays and eight shelves on two sides."""
    design = shipped()
    design.sources("A", "B")
    design.rack("r", "nvidia-mgx-nvl72")
    for k in range(18):
        design.device("r", tray, 1 + k)
    for k in range(9):
        design.device("r", "nvidia-nvlink5-switch-tray", 20 + k)
    for k in range(8):
        design.device("r", "nvidia-power-shelf-33kw", 30 + k, feeds={"ac": "AB"[k // 4]})
    design.place("r", "r1")
    return design


def test_a_gb200_nvl72_rack() -> None:
    """18 x 6.3 + 9 x 1.24 = 124.56 kW on the busbar, / 0.975 = 127.8 kW: 3.2 % below the 132 kW measured.

    The parts not in the catalogue make the difference (management switches, fans of the rack, busbar). The
    split differs more: all heat of the switch trays is taken as liquid, so air comes out a quarter low.
    """
    published = expected("gb200-nvl72-rack")
    evaluation = nvl72().evaluate()
    assert evaluation.compute.accelerators == CASES["gb200-nvl72-rack"]["inputs"]["gpus"]
    assert evaluation.power.rack_max_w[0] == pytest.approx(124_560 / 0.975)
    assert published["nominal_kw"] < evaluation.power.rack_max_w[0] / 1000 < published["measured_kw"]
    assert evaluation.power.rack_max_w[0] / 1000 / published["measured_kw"] == pytest.approx(0.968, abs=0.001)
    assert evaluation.cooling.liquid_w / 1000 == pytest.approx(published["liquid_kw"], rel=0.01)
    assert evaluation.cooling.air_w / 1000 / published["air_kw"] == pytest.approx(0.72, abs=0.01)
    assert not evaluation.power.busbar_short_w.any()  # 124.6 of 132 kW with a side lost
    # Nobody publishes the mass of the parts: ours is unknown, not wrong.
    assert evaluation.mass.rack_unknown[0] == 18 + 9 + 8 + 1
    assert evaluation.mass.grounds.label == "unknown"


def test_the_stated_mass_of_a_gb200_nvl72_rack_is_taken() -> None:
    design = nvl72()
    design.change("blocks", "", "r", mass_kg=float(expected("gb200-nvl72-rack")["rack_kg"]))
    assert design.evaluate().mass.total_kg == expected("gb200-nvl72-rack")["rack_kg"]


def test_a_gb200_scalable_unit_stays_below_its_published_power() -> None:
    """1.2 MW for a unit; ours: racks, network, management, coolant units, without the storage: 3 % less."""
    coolant_units_mw = 2 * 0.0205
    total_mw = example("superpod-gb200-su").power.rack_max_w.sum() / 1e6 + coolant_units_mw
    assert 0.95 <= total_mw / expected("gb200-su-power")["su_tdp_mw"] <= 1.0


def test_sixty_four_gb300_racks() -> None:
    design = nvl72("nvidia-gb300-compute-tray")
    for k in range(1, 64):
        design.place("r", f"r{k + 1}", x_mm=600 * k)
    assert design.evaluate().compute.accelerators == expected("azure-gb300-cluster")["gpus"]


# Types.


@pytest.mark.parametrize(
    ("key", "types"),
    [("dgx_h100_h200", ("nvidia-dgx-h100", "nvidia-dgx-h200")), ("dgx_b200", ("nvidia-dgx-b200",))],
)
def test_nodes(key: str, types: tuple[str, ...]) -> None:
    published = expected("dgx-node-specs")[key]
    for type_id in types:
        design = rack_of(type_id, 1, 10)
        evaluation = design.evaluate()
        spec = evaluation.snapshot.specs.specs[1].type
        assert evaluation.space.used_u == published["u"]
        assert evaluation.mass.total_kg - frame_kg(evaluation) == pytest.approx(published["kg"])
        assert evaluation.power.total_max_w / 1000 == pytest.approx(published["kw_max"])
        assert f"{spec.supplies_fitted} x 3.3 kW {spec.supplies_needed}+" in published["psus"]
        assert evaluation.cooling.airflow_m3h == pytest.approx(published["cfm"] * 1.699, rel=0.001)
        assert spec.depth_mm == published["depth_mm"]


def frame_kg(evaluation: Evaluation) -> float:
    return float(evaluation.snapshot.specs.rack_column("mass_kg").value[0])


@pytest.mark.parametrize(
    ("key", "type_id"),
    [
        ("qm9700", "nvidia-qm9700"), ("sn5600", "nvidia-sn5600"), ("sn4600c", "nvidia-sn4600c"),
        ("sn2201", "nvidia-sn2201"), ("ufm_appliance", "nvidia-ufm-appliance"),
    ],
)  # fmt: skip
def test_switches_and_appliances(key: str, type_id: str) -> None:
    published = expected("switch-specs")[key]
    evaluation = rack_of(type_id, 1, 1).evaluate()
    assert evaluation.space.used_u == published["u"]
    assert evaluation.mass.total_kg - frame_kg(evaluation) == pytest.approx(published["kg"])
    if "kw_max" in published:
        assert evaluation.power.total_max_w / 1000 == pytest.approx(published["kw_max"])
    typical = published.get("kw_typ_passive", published.get("kw_typ"))
    if typical is not None:
        assert evaluation.power.total_typical_w / 1000 == pytest.approx(typical)
    groups = evaluation.snapshot.specs.specs[1].type.ports
    cages = [g for g in groups if g.layer == "data" and (g.rate_gbps or 0) >= 100]
    named = {k: v for k, v in published.items() if k in ("cages", "ports_800g", "ports_100g", "uplinks_100g")}
    for count in named.values():
        assert sum(int(g.name.split("..")[1].rstrip("}")) for g in cages) == count


def test_the_liquid_flow_rule() -> None:
    """1.5 L/min for each kW at no more than 10 K; 180 L/min for a 120 kW rack, 9.55 K of water.

    The 9.55 K stand on 4.19 kJ/L K, water at 15 degC; at the 40 degC of a rack it is 4.15: 1 % more flow.
    """
    rule = expected("liquid-flow-rule")
    heat_w = CASES["liquid-flow-rule"]["inputs"]["rack_kw"] * 1000
    assert coolant_flow_lpm(heat_w, "PG25", 35.0, rule["delta_t_c_max"]) == pytest.approx(
        rule["flow_l_per_min"], rel=0.005
    )
    assert coolant_flow_lpm(heat_w, "water", 35.0, rule["delta_t_c_water"]) == pytest.approx(
        rule["flow_l_per_min"], rel=0.011
    )
    low, high = rule["l_per_min_per_kw_range"]
    assert low <= rule["l_per_min_per_kw_typical"] <= high


# Networks.


def test_the_h100_scalable_unit_of_the_examples() -> None:
    published = expected("h100-b200-table4-su1")
    evaluation = example("superpod-h100-su")
    fabric = next(f for f in evaluation.network.fabrics if f.switch_links >= 256)
    assert evaluation.compute.accelerators == published["gpus"]
    assert [t.switches for t in fabric.tiers] == [published["leaf_switches"], published["spine_switches"]]
    assert fabric.host_links == published["cables_compute_and_ufm"]
    assert fabric.switch_links == published["cables_leaf_spine"]
    assert fabric.oversubscription == 1.0


def h100_four_units() -> Design:
    """127 nodes in 32 racks, eight leafs for each of four units, 16 spines; NIC r on leaf r of its unit.

    Spines stand far enough away for optics on every link, as the published bill has it.
    """
    design = shipped()
    design.fabric("f")
    design.rack("n", "apc-ar3300")
    design.rack("l", "apc-ar3300")
    design.rack("s", "apc-ar3300")
    for k in range(4):
        design.device("n", "nvidia-dgx-h100", 1 + 8 * k, f"n{k}")
    for k in range(8):
        design.device("l", "nvidia-qm9700", 20 + k, f"l{k}")
        design.device("s", "nvidia-qm9700", 20 + k, f"s{k}")
    for k in range(32):
        design.place("n", f"n{k}", x_mm=600 * (k % 8), y_mm=2_400 * (k // 8))
    for k in range(4):
        design.place("l", f"l{k}", x_mm=6_000 + 600 * k)
    for k in range(2):
        design.place("s", f"s{k}", x_mm=15_000 + 600 * k)
    for n in range(128):
        for r in range(8):
            place = n % 32
            design.link(
                f"n{n // 4}/n{n % 4}", [lane(r)], f"l{n // 32}/l{r}", [lane(place)], fabric="f",
            )  # fmt: skip
    for leaf in range(32):
        for spine in range(16):
            up = [lane(32 + 2 * spine), lane(33 + 2 * spine)]
            down = [lane(2 * leaf), lane(2 * leaf + 1)]
            design.link(f"l{leaf // 8}/l{leaf % 8}", up, f"s{spine // 8}/s{spine % 8}", down, fabric="f")
    design.override("n31/n3", absent=True)  # its leaf ports serve the fabric manager
    return design


def lane(index: int) -> str:
    return f"osfp{index // 2 + 1}/{index % 2 + 1}"


def test_cables_and_optics_of_four_h100_units() -> None:
    published, inputs = expected("h100-cables-compute-4su"), CASES["h100-cables-compute-4su"]["inputs"]
    evaluation = h100_four_units().evaluate()
    (fabric,) = evaluation.network.fabrics
    assert fabric.hosts == inputs["nodes"]
    assert [t.switches for t in fabric.tiers] == [inputs["leaf"], inputs["spine"]]
    assert fabric.links == published["ndr_cables_400g"]
    pieces = {row.type.id: 0 for row in evaluation.cost.rows if row.section in ("cables", "optics")}
    for row in evaluation.cost.rows:
        if row.type.id in pieces:
            pieces[row.type.id] += row.count
    # Every cage of a switch is occupied here: 31 nodes take 16 cages of the last unit's leafs as 32 do.
    assert pieces == {
        "fibre-om4-mpo12-apc": published["ndr_cables_400g"],
        "nvidia-mma4z00-ns": published["switch_osfp_transceivers"],
        "nvidia-mma4z00-ns-flt": published["system_osfp_transceivers"],
    }
    assert fabric.oversubscription == 1.0
    # 127 nodes: 32 leave nothing free on a leaf, 31 leave one port on each of eight.
    assert fabric.ports_total - fabric.ports_used == 8


def test_nodes_of_a_unit_are_one_switch_apart_on_each_rail() -> None:
    near = expected("h100-rail-rule")["same_rail_nodes_one_hop"]
    (fabric,) = h100_four_units().evaluate().network.fabrics
    # Three units of 32 nodes and one of 31: one switch inside a unit, three between units.
    inside = 3 * 32 * near + 31 * (near - 1)
    pairs = 127 * 126
    assert fabric.hops.most == 3
    assert fabric.hops.mean == pytest.approx((inside + 3 * (pairs - inside)) / pairs)


def gb200_unit() -> Design:
    """Eight racks; rail t of rack k on leaf (t, k): 18 down, three up to each of six spines of the rail."""
    design = shipped()
    design.fabric("f")
    design.rack("r", "nvidia-mgx-nvl72")
    for k in range(18):
        design.device("r", "nvidia-gb200-compute-tray", 1 + k, f"t{k}")
    for k in range(9):
        design.device("r", "nvidia-nvlink5-switch-tray", 20 + k)
    for k in range(8):
        design.place("r", f"r{k}", x_mm=600 * k)
    for rail in range(4):
        design.rack(f"w{rail}", "apc-ar3300")
        for k in range(8):
            design.device(f"w{rail}", "nvidia-qm9700", 1 + k, f"l{k}")
        for k in range(6):
            design.device(f"w{rail}", "nvidia-qm9700", 20 + k, f"s{k}")
        design.place(f"w{rail}", f"w{rail}", x_mm=600 * rail, y_mm=3_000)
        for rack in range(8):
            for tray in range(18):
                leaf = f"w{rail}/l{rack}"
                design.link(f"r{rack}/t{tray}", [f"osfp{rail + 1}"], leaf, [lane(tray)], fabric="f")
            for spine in range(6):
                up = [lane(18 + 3 * spine + i) for i in range(3)]
                down = [lane(3 * rack + i) for i in range(3)]
                design.link(f"l{rack}", up, f"s{spine}", down, f"w{rail}", fabric="f")
    return design


def test_the_fabric_of_a_gb200_unit() -> None:
    published = expected("gb200-su-fabric")
    evaluation = gb200_unit().evaluate()
    (fabric,) = evaluation.network.fabrics
    assert evaluation.compute.accelerators == published["gpus_per_su"]
    assert [t.switches for t in fabric.tiers] == [published["leafs_per_su"], published["spines_per_su"]]
    assert fabric.switch_links == published["links_leaf_spine_per_su"]
    assert fabric.switch_links == 4 * 8 * 6 * published["links_per_leaf_spine_pair"]
    assert fabric.tiers[0].oversubscription == 1.0
    assert fabric.components == 1  # trays have a port on every rail; the rails themselves are not joined
    assert fabric.hops.most == 3
    assert set(fabric.switch_ports_used.tolist()) == {36.0, 24.0}


def test_the_nvlink_domain_of_a_rack() -> None:
    published = expected("gb200-nvlink-domain")
    network = gb200_unit().evaluate().network
    assert network.scale_up.rack_links.tolist()[:8] == [published["nvlink_links"]] * 8
    assert network.scale_up.rack_accelerators.tolist()[:8] == [72] * 8

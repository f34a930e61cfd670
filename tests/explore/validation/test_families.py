"""The shipped cases are met, and others in the same format run as well."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.__main__ import main
from core.engine.topology import topology_of
from core.errors import CagenutError
from core.exchange.yaml_text import read_yaml
from core.explore.validation.cases import Case, read_cases
from core.explore.validation.running import FAMILIES, Report, run, validate
from core.explore.validation.throughput import pairs
from core.explore.validation.verdicts import CaseResult
from core.fabrics.families import generate

REFERENCE = Path(__file__).resolve().parents[3] / "resources/reference"
QUICK = [family for family in FAMILIES if family != "throughput"]


def shipped(name: str) -> list[Case]:
    return read_cases(read_yaml((REFERENCE / name).read_text(encoding="utf-8"), name, kind="case"), name)


DESIGNS = {case.id: case for name in ("designs.yaml", "physical.yaml") for case in shipped(name)}


@cache
def report_of(family: str) -> Report:
    return validate(DESIGNS.values(), family)


def verdicts(result: CaseResult) -> dict[str, str]:
    return {key.name: key.verdict for key in result.keys}


def computed(result: CaseResult) -> dict[str, Any]:
    return {key.name: key.computed for key in result.keys if key.computed is not None}


@pytest.mark.parametrize("family", QUICK)
def test_no_shipped_case_falls_short(family: str) -> None:
    report = report_of(family)
    assert [result.case.id for result in report.results if result.verdict == "fail"] == []
    assert report.is_good


def test_every_case_that_states_something_computable_passes() -> None:
    """What is left are claims, and two that ask for what no input gives (stored bytes, share of peak)."""
    families = ("superpod", "bom", "era", "operator", "topology")
    results = [result for family in families for result in report_of(family).results]
    left = {result.case.id: result.verdict for result in results if result.verdict != "pass"}
    assert [name for name, verdict in left.items() if verdict == "not_covered"] == [
        "llama3-storage",
        "megascale-mfu",
    ]
    assert sum(verdict == "claim" for verdict in left.values()) == 7
    assert len(results) - len(left) == 50


def test_names_and_order_do_not_matter() -> None:
    cases = [case for case in DESIGNS.values() if case.family in ("superpod", "era", "reliability")]
    before = {case.id: run(case) for case in cases}
    renamed = [replace(case, id=f"other-{n}", source="") for n, case in enumerate(cases)]
    again = list(enumerate(renamed))
    random.Random(4).shuffle(again)
    for n, case in again:
        shuffled = replace(case, expected=dict(reversed(case.expected.items())))
        assert verdicts(run(shuffled)) == verdicts(before[cases[n].id])


def test_other_inputs_give_other_figures() -> None:
    """6 units of 16 nodes with 4 GPUs: a leaf has 16 down and 16 up; 24 leafs x 16 / 32 = 12 spines, but 16
    uplinks divide over 16 only."""
    inputs = {
        "fabric": "compute", "su_count": 6, "nodes_per_su": 16, "gpus_per_node": 4, "rails": 4,
        "leaf_ports": 32, "spine_ports": 32, "port_gbps": 200, "ufm_links": 0,
    }  # fmt: skip
    expected = {
        "nodes": 96, "gpus": 384, "leaf_switches": 24, "spine_switches": 16, "core_switches": 0,
        "cables_node_leaf": 384, "cables_leaf_spine": 384,
    }  # fmt: skip
    result = run(Case("mine", "superpod", inputs, expected))
    assert computed(result) == expected
    assert result.verdict == "pass"
    wrong = run(Case("mine", "superpod", inputs, {**expected, "spine_switches": 12}))
    assert wrong.verdict == "fail"
    assert verdicts(wrong)["spine_switches"] == "fail"
    assert verdicts(wrong)["nodes"] == "pass"


@pytest.mark.parametrize(
    ("family", "inputs", "expected"),
    [
        ("topology", {"k": 6, "tiers": 3}, {"hosts": 54, "switches": 45, "equal_cost_paths_interpod": 9}),
        (
            "topology",
            {"q": 7, "p": 6},
            {"routers": 98, "network_degree": 11, "router_links": 539, "diameter": 2},
        ),
        ("topology", {"q": 5}, {"routers": 31, "radix": 6, "quadric_vertices": 6, "router_links": 90}),
        ("topology", {"p": 3, "a": 6, "h": 3}, {"groups": 19, "terminals": 342, "router_radix": 11}),
        (
            "topology",
            {"radix": 4, "variant": "largest"},
            {"p": 2, "groups": 5, "endpoints": 20, "switches": 20},
        ),
        (
            "topology",
            {"L": 2, "S": [3, 5], "K": [2, 1], "T": 2},
            {"routers": 15, "terminals": 30, "links": 60},
        ),
        ("operator", {"racks": 3, "gpus_per_rack": 72}, {"gpus": 216}),
        ("operator", {"cube": [4, 4, 4], "cubes": 8}, {"chips": 512, "ocs": 48, "optical_links_to_ocs": 768}),
        ("reliability", {"mtti_h": 12, "dump_min": 10}, {"tau_opt_min": 113.426}),
        (
            "physical",
            {"nodes_per_rack": 3, "node_kw": 10.0, "nodes": 8},
            {"rack_kw": 30.0, "racks_per_su": 3},
        ),
        ("era", {"pattern": "C-G-N-B", "example": "1-2-3-100"}, {"cpu_sockets": 1, "gpus": 2, "nics": 3}),
    ],
)
def test_cases_of_our_own(family: str, inputs: dict[str, Any], expected: dict[str, Any]) -> None:
    assert computed(run(Case("mine", family, inputs, expected))) == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("key", ["gpu_cage", "gpu_subport", "gpu_switch", "cpu_cage", "cpu_subport"])
def test_a_wrong_port_map_is_found(key: str) -> None:
    case = DESIGNS["era-2-8-9-400-port-map"]
    wrong = {"gpu_switch": "core-02 if k odd else core-01"}.get(key, "7 + j")
    result = run(replace(case, expected={**case.expected, key: wrong}))
    assert verdicts(result)[key] == "fail"
    assert "at j=" in computed(result)[key]


def test_contradictions_are_flagged_and_the_rest_still_passes() -> None:
    result = run(DESIGNS["llama3-interruptions"])
    assert result.verdict == "pass"
    assert verdicts(result)["printed_percent"] == "disagrees"
    assert computed(result)["printed_percent"]["faulty_gpu"] == 35.3


@pytest.mark.parametrize(
    ("inputs", "verdict"),
    [
        ({}, "claim"),
        ({"baseline": "fat tree"}, "claim"),
        ({"terminals_more_than": 5}, "claim"),
        ({"z": 3}, "not_covered"),
    ],
)
def test_claims_and_what_is_not_covered(inputs: dict[str, Any], verdict: str) -> None:
    assert run(Case("c", "topology", inputs, {"saving_percent": 3})).verdict == verdict


@pytest.mark.parametrize("family", [*FAMILIES, "weather"])
@pytest.mark.parametrize("number", [0, 1, 3, 10**12, 0.5, -4, "x", [], [0, 0], True])
def test_hostile_inputs_are_only_not_covered(family: str, number: Any) -> None:
    """Any input may hold anything: no rule may fall over or take long."""
    names = {name for case in DESIGNS.values() if case.family == family for name in case.inputs}
    texts = {"traffic": "maximum weight pairs", "topology": "xpander"}
    inputs = dict.fromkeys(names, number) | (texts if number == 10**12 else {})
    expected = {
        key: value
        for case in DESIGNS.values()
        if case.family == family
        for key, value in case.expected.items()
    }
    result = run(Case("hostile", family, inputs, expected or {"n": 1}))
    assert result.verdict in ("pass", "fail", "not_covered", "claim")


def test_throughput_of_small_random_graphs() -> None:
    """Complete graph of four: pairs send 3 each way, 1 goes straight, 8 of 12 links carry 4 over two hops."""
    topology = topology_of(generate("hyperx", {"shape": "4", "host_ports": 3}))
    demand = pairs(topology, 1.0)
    assert (demand.gbps > 0).sum() == 4
    assert (demand.gbps == demand.gbps.T).all()
    inputs = {
        "topology": "random regular", "switches": 4, "network_ports": 3, "servers_per_switch": 3,
        "traffic": "maximum weight pairs", "fractions": [1.0],
    }  # fmt: skip
    result = run(
        Case(
            "mine", "throughput", inputs, {"throughput_per_server": [0.6667], "throughput_per_switch": [2.0]}
        )
    )
    assert result.verdict == "pass"
    # straight ways alone carry 1 of 3
    ways = {"slack0_shortest_paths_only": 1.0, "slack1": 2.0, "slack2": 2.0}
    assert [key.verdict for key in run(Case("ways", "throughput", inputs, ways)).keys] == ["pass"] * 3
    assert run(Case("less", "throughput", inputs, {"slack1": 1.9})).verdict == "fail"
    assert run(DESIGNS["tub-definition"]).verdict == "pass"


@pytest.mark.parametrize(
    ("formula", "verdict"),
    [
        ("2*E / sum over matched pairs of (shortest path length * H)", "pass"),
        ("4*E / sum over matched pairs of (shortest path length * min(H_u,H_v))", "fail"),
        ("2*E / sum over matched pairs of (shortest path length)", "fail"),
        ("banana", "claim"),
    ],
)
def test_a_bound_is_held_against_the_formula_as_printed(formula: str, verdict: str) -> None:
    inputs = {"graph": "uni-regular switch graph"}
    assert run(Case("bound", "throughput", inputs, {"tub": formula})).verdict == verdict


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def status(*arguments: str) -> int:
        with pytest.raises(SystemExit) as ended:
            main(["validate", *arguments])
        return int(ended.value.code or 0)

    designs = str(REFERENCE / "designs.yaml")
    assert status(designs, "--family", "reliability", "--json") == 0
    data = json.loads(capsys.readouterr().out)
    case = next(case for case in data["cases"] if case["id"] == "daly-24h")
    assert (case["family"], case["verdict"]) == ("reliability", "pass")
    assert case["keys"]["tau_opt_min"]["expected"] == 117
    assert case["keys"]["tau_opt_min"]["computed"] == pytest.approx(116.69, abs=0.01)
    assert case["keys"]["tau_opt_min"]["verdict"] == "pass"
    assert (data["summary"]["cases"], data["summary"]["pass"], data["summary"]["claim"]) == (6, 5, 1)
    mine = tmp_path / "mine.yaml"
    mine.write_text(
        "cases:\n- {id: a, family: operator, inputs: {racks: 2, gpus_per_rack: 8}, expected: {gpus: 17}}\n"
    )
    assert status(str(mine)) == 1
    out = capsys.readouterr().out
    assert "FAIL         operator  a (tolerance exact)" in out
    assert "gpus: expected 17, computed 16" in out
    assert "1 fall short" in out
    assert status(str(mine), "--family", "era") == 2
    assert status(str(tmp_path / "none.yaml")) == 2
    mine.write_text("cases: &a [*a]")
    assert status(str(mine)) == 2
    mine.write_bytes(b"\xff\xfe\x00")
    assert status(str(mine)) == 2
    assert "cagenut:" in capsys.readouterr().err


def test_an_unknown_family_is_said() -> None:
    with pytest.raises(CagenutError, match="no case of family"):
        validate(DESIGNS.values(), "weather")


def test_published_generator_sets_of_a_slim_fly_are_used() -> None:
    """q = 5: X = {1, 4} and X' = {2, 3} make 50 routers of 7 links at most two hops apart (Hoffman and
    Singleton's graph); {1, 4} twice leaves differences of 2 and 3 between the halves three hops apart."""
    figures = {"routers": 50, "network_degree": 7, "router_links": 175, "nodes": 200, "diameter": 2}
    good = Case("mine", "topology", {"q": 5, "p": 4, "X": [1, 4], "Xp": [2, 3]}, figures)
    assert computed(run(good)) == figures
    same = run(replace(good, inputs={**good.inputs, "Xp": [1, 4]}))
    assert computed(same)["diameter"] == 3
    assert verdicts(same)["diameter"] == "fail"


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"X": [1, 2], "Xp": [3, 4]}, "X has the difference 1 and not 4"),
        ({"X": [1, 9]}, "X is not a set of whole numbers from 1 to 4"),
        ({"Xp": "2 3"}, "the input Xp is '2 3', not a list of numbers"),
        ({"q": 9}, "no field of 9"),
    ],
)
def test_sets_that_make_no_slim_fly_say_why(changed: dict[str, Any], reason: str) -> None:
    inputs = {"q": 5, "p": 3, "X": [1, 4], "Xp": [2, 3], **changed}
    result = run(Case("mine", "topology", inputs, {"routers": 50}))
    assert result.verdict == "not_covered"
    assert reason in result.remark
    assert result.keys[0].remark == result.remark


@pytest.mark.parametrize(
    ("family", "inputs", "reason"),
    [
        ("topology", {"k": 1e300}, "the input k is '1e+300', not a whole number of at least 0"),
        ("topology", {"k": "x"}, "the input k is 'x', not a whole number of at least 0"),
        ("superpod", {"su_count": -1}, "the input su_count is '-1', not a whole number of at least 0"),
        ("widget", {"k": 4}, "no family of cases is called 'widget'; known are: superpod"),
        ("topology", {"z": 3}, "nothing of it follows from the inputs z"),
    ],
)
def test_what_is_not_covered_says_why(family: str, inputs: dict[str, Any], reason: str) -> None:
    result = run(Case("mine", family, inputs, {"hosts": 16}))
    assert result.verdict in ("not_covered", "claim")
    assert reason in result.keys[0].remark


PHYSICAL_CASES = [
    ({"voltage_v": 480, "power_kw": 100, "power_factor": 0.9}, {"current_a": 133.6}),
    (
        {"voltage_v": 200, "bank_a": {"L1-L2": 10}},
        {"line_a": [0.0, 10.0, 10.0], "most_a": 10, "power_w": 2000},
    ),
    ({"power_kw": 10, "dc_voltage_v": 50}, {"dc_current_a": 200}),
    (
        {"supplies_fitted": 4, "supplies_needed": 2, "supply_kw": 3, "sources": 2, "max_kw": 5},
        {"left_kw": 6, "survives_source_loss": True},
    ),
    (
        {"shelves": 4, "shelf_kw": 10, "rack_max_kw": 25},
        {"side_kw": 20, "short_kw": 5, "holds_on_one_side": False},
    ),
    ({"heat_kw": 10, "air_rise_k": 10}, {"airflow_m3h": 2985}),
    ({"coolant": "water", "heat_kw": 70, "flow_l_per_min": 100, "supply_c": 20}, {"return_c": 30.05}),
    ({"flow_table": [[20, 10], [30, 20]], "supply_c": 25}, {"flow_l_per_min": 15, "within_the_table": True}),
    ({"voltage_v": 400, "leg": "L1-N", "power_kw": 2.3094}, {"current_a": 10}),
    ({"voltage_v": 208, "leg": "L3-L1", "current_a": 10}, {"power_kw": 2.08}),
    ({"phase_a": [30, 30, 0]}, {"imbalance_percent": 100}),
    ({"supply_c": 33, "approach_k": 5}, {"facility_c": 28, "water_class": "W27"}),
    ({"facility_c": 16}, {"water_class": ""}),
    ({"rack_kg": 1000, "width_mm": 500, "depth_mm": 1000}, {"kg_m2": 2000, "kpa": 19.6133, "foot_kg": 250}),
    ({"type": "nvidia-gb300-nvl72-manifold", "supply_c": 32.5}, {"flow_l_per_min": 80}),
    ({"type": "nvidia-gb300-nvl72-manifold", "supply_c": 46}, {"within_the_table": False}),
    ({"gpus": 1000, "gpu_w": 700, "server_overhead_w_per_gpu": 300}, {"server_it_mw": 1}),
]


@pytest.mark.parametrize(("inputs", "expected"), PHYSICAL_CASES)
def test_physical_cases_of_our_own(inputs: dict[str, Any], expected: dict[str, Any]) -> None:
    found = computed(run(Case("mine", "physical", inputs, expected)))
    for name, value in expected.items():
        assert found[name] == (value if isinstance(value, str) else pytest.approx(value, rel=2e-3)), name


@pytest.mark.parametrize(
    "module_and_name",
    [
        "core.explore.validation.physical.airflow_m3h",
        "core.explore.validation.physical.rise_or_unknown_k",
        "core.explore.validation.physical.conductor_currents",
        "core.explore.validation.physical.dc_current_a",
        "core.explore.validation.physical.pressure_ratio",
        "core.explore.validation.facility.imbalance",
        "core.explore.validation.facility.flow_at",
        "core.explore.validation.facility.water_class",
    ],
)
def test_a_wrong_formula_of_the_engine_makes_cases_fail(
    module_and_name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from importlib import import_module

    module, _, name = module_and_name.rpartition(".")
    right = getattr(import_module(module), name)

    def wrong(*given: Any, **more: Any) -> Any:
        found = right(*given, **more)
        return f"not {found}" if isinstance(found, str) else np.multiply(found, 1.1)

    monkeypatch.setattr(module_and_name, wrong)
    assert not validate(DESIGNS.values(), "physical").is_good


@pytest.mark.parametrize(
    "inputs",
    [
        {"supplies_fitted": 10**9, "supplies_needed": 1, "supply_kw": 1, "sources": 2, "max_kw": 1},
        {"shelves": 0, "shelf_kw": 1, "rack_max_kw": 1},
        {"voltage_v": 0, "power_kw": 1},
        {"voltage_v": 400, "bank_a": {"L9": 1}},
        {"voltage_v": 400, "bank_a": 7},
        {"coolant": "beer", "celsius": 20},
        {"coolant": "PG25", "celsius": 900},
        {"flow_table": "x", "supply_c": 20},
        {"flow_table": [[1, 2, 3, 4]], "supply_c": 20},
        {"nodes_per_rack": 0, "node_kw": 1},
        {"voltage_v": 400, "leg": "L9", "power_kw": 1},
        {"phase_a": [1, 2]},
        {"phase_a": "even"},
        {"rack_kg": 0, "width_mm": 600, "depth_mm": 1000},
        {"rack_kg": 1000, "width_mm": 600.5, "depth_mm": 1000},
        {"type": "no-such-type"},
        {"type": 7},
    ],
)
def test_physical_inputs_that_mean_nothing_are_not_covered_with_a_reason(inputs: dict[str, Any]) -> None:
    result = run(Case("mine", "physical", inputs, {"rack_kw": 1.0}))
    assert [key.verdict for key in result.keys] == ["not_covered"]
    assert result.keys[0].remark or result.remark


def test_no_physical_figure_is_made_of_a_published_one() -> None:
    """The published figures may be anything: what is computed stays as it is."""
    for case in DESIGNS.values():
        if case.family == "physical":
            strange = dict.fromkeys(case.expected | case.derived, 12345.678)
            other = run(Case(case.id, case.family, case.inputs, strange))
            assert computed(other) == computed(run(case)), case.id

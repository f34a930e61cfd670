"""Each kind of target sets what it says, and says why where it cannot."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import CagenutError
from core.explore.sweeps.executors import Here
from core.explore.sweeps.running import Outcome, open_point, run
from core.model.project import Project
from tests.explore.sweeps.asked import asked

UNIT = '[base]\nexample = "superpod-h100-su"\n'


def swept(target: str, values: str, folder: Path) -> tuple[Outcome, list[Project]]:
    spec, plan = asked(f'{UNIT}[parameters.p]\nset = "{target}"\nvalues = {values}\n')
    outcome = run(spec, plan, folder, Here())
    assert [point.failure for point in outcome.points] == [""] * len(outcome.points)
    return outcome, [open_point(plan, point) for point in outcome.points]


def figures(outcome: Outcome, name: str) -> list[float]:
    return [point.quantities[name] for point in outcome.points]  # type: ignore[misc]


def test_the_accelerator_system(tmp_path: Path) -> None:
    """31 hosts of 8 H100 with 80 GB, or of 8 B200 with 180 GB."""
    outcome, _ = swept("device:nvidia-dgx-h100", '["nvidia-dgx-h100", "nvidia-dgx-b200"]', tmp_path)
    assert figures(outcome, "memory_tb") == pytest.approx([31 * 8 * 0.080, 31 * 8 * 0.180])


def test_the_switch(tmp_path: Path) -> None:
    outcome, designs = swept("device:nvidia-qm9700", '["nvidia-qm9700", "arista-7060px5-64e"]', tmp_path)
    assert figures(outcome, "power_max_w")[0] != figures(outcome, "power_max_w")[1]
    types = {device.type for device in designs[1].every("devices")}
    assert "arista-7060px5-64e" in types
    assert "nvidia-qm9700" not in types


def test_the_rack_type(tmp_path: Path) -> None:
    _, designs = swept("rack:apc-ar3300", '["apc-ar3300", "apc-ar3357"]', tmp_path)
    assert [{b.rack_type for b in d.blocks.values() if b.rack_type} for d in designs] == [
        {"apc-ar3300"}, {"apc-ar3357"},
    ]  # fmt: skip


def test_the_family_of_a_fabric(tmp_path: Path) -> None:
    outcome, designs = swept("fabric:compute:family", '["rail-optimised", "leaf-spine"]', tmp_path)
    assert [design.fabrics["compute"].family for design in designs] == ["rail-optimised", "leaf-spine"]
    assert figures(outcome, "accelerators") == [248, 248]


def test_oversubscription(tmp_path: Path) -> None:
    """Eight leafs with 32 ports up take four spines of 64; with 16 ports up they take two."""
    _, designs = swept("fabric:compute:oversubscription", "[1.0, 2.0]", tmp_path)
    switches = [
        sum(device.type == "nvidia-qm9700" for device in design.every("devices")) for design in designs
    ]
    assert switches == [12, 10]


def test_cooling(tmp_path: Path) -> None:
    """What takes its airflow from the temperature rise needs less of it at a larger one."""
    outcome, _ = swept("requirement:air_rise_k", "[10.0, 20.0]", tmp_path)
    low, high = figures(outcome, "airflow_m3h")
    assert high < low


def test_redundancy(tmp_path: Path) -> None:
    _, designs = swept("requirement:redundancy", '["N", "2N"]', tmp_path)
    assert [design.requirements["redundancy"].value for design in designs] == ["N", "2N"]


def test_an_assumption(tmp_path: Path) -> None:
    outcome, designs = swept("assumption:energy_usd_kwh", "[0.05, 0.1]", tmp_path)
    assert [d.rows("assumptions")["energy_usd_kwh"].value for d in designs] == [0.05, 0.1]
    low, high = figures(outcome, "tco_year_usd")
    assert high > low


def test_parallelism(tmp_path: Path) -> None:
    """The plan searched is at least as fast as tensor parallel of two, which is dearer in traffic."""
    outcome, designs = swept("workload:w1:tp", "[0, 2, 8]", tmp_path)
    assert [d.rows("workloads")["w1"].parameters["tp"] for d in designs] == [0, 2, 8]
    free, two, eight = figures(outcome, "train_days:w1")
    assert free <= min(two, eight)
    assert two != eight


def test_a_price(tmp_path: Path) -> None:
    """31 hosts, each 100,000 USD dearer."""
    outcome, _ = swept("price:nvidia-dgx-h100", "[200e3, 300e3]", tmp_path)
    low, high = figures(outcome, "capex_low_usd")
    assert high - low == pytest.approx(31 * 100e3)


def test_a_field_of_a_type(tmp_path: Path) -> None:
    outcome, _ = swept("type:nvidia-dgx-h100:power_max_w", "[10200.0, 11200.0]", tmp_path)
    low, high = figures(outcome, "power_max_w")
    assert high - low == pytest.approx(31 * 1000)


def test_a_source(tmp_path: Path) -> None:
    _, designs = swept("source:A:capacity_w", "[200e3, 300e3]", tmp_path)
    assert [design.sources["A"].capacity_w for design in designs] == [200e3, 300e3]


@pytest.mark.parametrize(
    ("target", "values", "said"),
    [
        ("device:none-such", '["a"]', "no device of the type"),
        ("rack:none-such", '["a"]', "no rack of the type"),
        ("rack:apc-ar3300", '["nvidia-dgx-h100"]', "no rack type"),
        ("fabric:oob:hosts", "[4]", "was not generated"),
        ("workload:none:tp", "[1]", "no workload"),
        ("type:none:power_max_w", "[1.0]", "no type"),
        ("type:nvidia-dgx-h100:none", "[1.0]", "no field"),
        ("source:Z:capacity_w", "[1.0]", "no source"),
        ("source:A:none", "[1.0]", "no field"),
        ("price_factor:none", "[1.0]", "no type"),
    ],
)
def test_what_is_not_there_is_a_point_with_its_reason(
    target: str, values: str, said: str, tmp_path: Path
) -> None:
    """Beside a point that can be built, for a search of which none can is refused before it begins."""
    spec, plan = asked(f'{UNIT}[parameters.p]\nset = "{target}"\nvalues = {values}\n')
    from core.explore.sweeps.variants import Bench

    point = Bench(plan).point(0, {"p": spec.parameters[0].values[0]})
    assert said in point.failure


def test_a_value_that_a_field_cannot_have_is_refused_before_the_run() -> None:
    with pytest.raises(CagenutError, match=r"-5\.0 is no power, maximum.*\. Give one from 0 to any W"):
        asked(f'{UNIT}[parameters.p]\nset = "type:nvidia-dgx-h100:power_max_w"\nvalues = [-5.0]\n')

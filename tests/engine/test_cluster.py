"""What a workload meets of a design: counts, rates and powers of the examples, parts, and what is missing."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from msgspec.structs import replace

from core.engine.cluster import Cluster, cluster_of
from core.engine.evaluation import Evaluation, Evaluator
from core.errors import EngineError
from core.files.project_file import load
from core.model.change import Edit
from core.model.history import History
from core.model.records import Workload
from tests.engine.designs import shipped

ROOT = Path(__file__).parents[2]


@cache
def evaluated(name: str) -> Evaluation:
    return Evaluator(load(ROOT / f"resources/examples/{name}.cage")[0]).evaluate()


def cluster(name: str, part: str = "") -> Cluster:
    of = evaluated(name)
    return cluster_of(of.snapshot, of.network, part)


def test_the_h100_unit() -> None:
    """31 DGX H100 of 8; 400 Gbit/s for each accelerator; NVLink 900 GB/s both ways; 10.2 kW a server."""
    found = cluster("superpod-h100-su")
    assert (found.count, found.node, found.nodes) == (248, 8, 31)
    assert (found.hierarchy.domain, found.hierarchy.up_gb_s) == (8, 450.0)
    assert found.nic_gb_s == 50.0
    assert found.network_share == 1.0
    assert found.tflops["bf16"] == 989
    assert found.host_w == pytest.approx(10_200 / 8 - 700, abs=1)
    assert found.unknown == ()


def test_half_of_the_spines_leave_a_share_of_the_network() -> None:
    """Each of 8 leafs takes 31 x 400 Gbit/s in; 7/8 of it leaves by 2 spines x 8 links of 400 Gbit/s."""
    project = load(ROOT / "resources/examples/superpod-h100-su.cage")[0]
    (rack,) = (b.id for b in project.blocks.values() if b.name == "Compute fabric rack")
    gone = {d.id for d in project.rows("devices", rack).values() if d.name in ("spine-1-01", "spine-1-02")}
    edit = Edit(project, "Unlink two spines")
    for link in list(project.rows("links", rack).values()):
        if link.fabric == "compute" and gone & {link.a.path, link.b.path}:
            edit.remove("links", link.key)
    History(project).commit(edit.change())
    of = Evaluator(project).evaluate()
    found = cluster_of(of.snapshot, of.network)
    share = 2 * 8 * 400 / (31 * 400 * 7 / 8)
    assert found.network_share == pytest.approx(share)
    assert found.hierarchy.oversubscription == pytest.approx(1 / share)
    assert found.nic_gb_s == pytest.approx(50 * share)


def test_the_gb200_unit_has_domains_of_a_rack() -> None:
    found = cluster("superpod-gb200-su")
    assert (found.count, found.node, found.hierarchy.domain) == (576, 4, 72)


def test_a_part_of_the_hall() -> None:
    of = evaluated("hall")
    specs, flat = of.snapshot.specs.accelerators().value, of.snapshot.flat
    parts = [
        child.id
        for child in flat.children
        if specs[of.snapshot.device_spec[list(flat.rows_under("device", child.id))]].any()
    ]
    assert [cluster("hall", part).count for part in parts] == [576] * 4
    assert cluster("hall").count == 2304


def test_no_accelerators_and_no_such_part() -> None:
    with pytest.raises(EngineError, match="there are no accelerators in 'nowhere'"):
        cluster("hall", "nowhere")
    of = shipped().evaluate()
    with pytest.raises(EngineError, match="there are no accelerators"):
        cluster_of(of.snapshot, of.network)


def test_workloads_are_a_group_of_their_own() -> None:
    project = load(ROOT / "resources/examples/superpod-h100-su.cage")[0]
    evaluator, history = Evaluator(project), History(project)
    before = evaluator.snapshot()
    assert evaluator.snapshot().group("workloads") is before.group("workloads")
    edit = Edit(project, "Add workload")
    edit.put("workloads", Workload(id="new", name="New"))
    history.commit(edit.change())
    after = evaluator.snapshot()
    assert "new" in {w.id for w in after.workloads} - {w.id for w in before.workloads}
    assert after.group("brief") is before.group("brief")
    history.undo()
    assert evaluator.snapshot().workloads == before.workloads


def test_a_part_has_its_share_of_the_links() -> None:
    """The hall has four equal units."""
    project = load(ROOT / "resources/examples/hall.cage")[0]
    units = [one.id for one in project.instances(project.top).values() if one.name.startswith("su-")]
    whole, parts = cluster("hall"), [cluster("hall", unit) for unit in units]
    assert [(one.count, one.links) for one in parts] == [(576, whole.links // 4)] * 4


def test_without_a_peak_of_16_bits_it_says_so_and_all_else_is_there() -> None:
    project = load(ROOT / "resources/examples/superpod-h100-su.cage")[0]
    edit = Edit(project, "No BF16")
    chip = project.rows("types")["nvidia-h100-sxm5"]
    edit.put("types", replace(chip, spec=replace(chip.spec, tflops_bf16_dense=None)))
    History(project).commit(edit.change())
    of = Evaluator(project).evaluate()
    assert of.quantities["power_max_w"].value
    for result in of.workloads.results:
        assert "dense BF16 peak of" in result.problem

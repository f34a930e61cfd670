"""The ways a workload could run: the first is taken, fixed ones give the same, the others say why."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec
import pytest

from core.catalogue.transformers import presets
from core.engine.brief import Brief
from core.engine.cluster import Cluster
from core.engine.collectives import Hierarchy
from core.engine.inference.ranking import LATE_BETWEEN, LATE_FIRST, TOO_LARGE, UNEVEN, services_of
from core.engine.inference.serving import serve
from core.engine.training.search import MEMORY
from core.engine.workload_plans import alternatives, freed, is_fixed, parameters_of
from core.engine.workloads import WorkloadResult
from core.errors import EngineError
from core.model.jobs import ServingJob, TrainingJob
from core.model.records import Workload

CLUSTER = Cluster(
    "H100 SXM5", 64, 8, Hierarchy(8, 450.0, "NVLink 4", nic_gb_s=50.0), {"bf16": 989.0, "fp8": 1979.0}, 80.0,
    3.35, 700.0,
)  # fmt: skip


BRIEF = Brief((), (), (), (), None)


def given(kind: str, model: str, **parameters: Any) -> WorkloadResult:
    one = Workload(id="w", name="W", kind=kind, model=model, parameters=parameters)  # type: ignore[arg-type]
    return WorkloadResult(one, presets()[model], CLUSTER)


def test_a_plan_that_is_fixed_stands_among_all() -> None:
    start = given("training", "llama-3-8b", global_batch=256)
    found = alternatives(start, BRIEF)
    assert found.plans is not None
    assert found.result.training is not None
    assert not found.is_fixed
    assert found.plans is found.result.training.search
    second = found.plans.best[1]
    model = presets()["llama-3-8b"]
    kept = parameters_of(second.plan, model)
    workload = msgspec.structs.replace(start.workload, parameters={"global_batch": 256} | kept)
    again = alternatives(replace(start, workload=workload), BRIEF)
    assert again.is_fixed
    assert again.result.training is not None
    assert again.plans is not None
    assert again.result.training.step.plan == second.plan
    assert again.result.training.step.step_s == second.step_s
    assert [way.plan for way in again.plans.best] == [way.plan for way in found.plans.best]
    assert freed(workload.job) == start.workload.job


def test_a_degree_that_is_fixed_holds_for_all_plans() -> None:
    found = alternatives(given("training", "llama-3-8b", global_batch=256, tp=4), BRIEF)
    assert found.plans is not None
    assert not found.is_fixed
    assert {way.plan.tp for way in found.plans.best} == {4.0}


@pytest.mark.parametrize(("model", "complete"), [("llama-3-8b", True), ("mixtral-8x7b", False)])
def test_expert_parallel_belongs_to_the_plan_where_there_are_experts(model: str, complete: bool) -> None:
    job = TrainingJob(tp=1, pp=1, cp=1, microbatch=1, interleave=1, recompute="none")
    assert is_fixed(job, presets()[model]) is complete
    assert is_fixed(msgspec.structs.replace(job, ep=1), presets()[model])
    assert not is_fixed(msgspec.structs.replace(job, ep=1, recompute="search"), presets()[model])


def test_plans_out_of_memory_say_how_much_is_missing() -> None:
    found = alternatives(given("training", "llama-3-405b", global_batch=64), BRIEF)
    assert found.result.problem.startswith("none of ")
    assert found.plans is not None
    assert found.plans.best == ()
    near = found.plans.nearest()
    assert near[0].shortfall_bytes == min(one.shortfall_bytes for one in near) > 0
    assert found.nearest is not None
    assert found.nearest.plan == near[0].plan
    assert found.nearest.shortfall_bytes == pytest.approx(near[0].shortfall_bytes)
    examples = found.plans.examples(MEMORY, 3)
    assert [one.reason for one in examples] == [MEMORY] * 3
    assert {one.plan for one in examples} <= {one.plan for one in found.plans.nearest(10**6)}


@pytest.mark.parametrize("mode", ["chunked", "separate", "disaggregated"])
@pytest.mark.parametrize("model", ["llama-3-70b", "qwen3-30b-a3b"])
def test_the_first_way_to_serve_is_the_one_that_is_taken(model: str, mode: Any) -> None:
    job = ServingJob(mode=mode)
    taken = serve(presets()[model], job, CLUSTER)
    found = services_of(presets()[model], job, CLUSTER)
    assert taken.is_within
    assert found.best[0] == taken
    rates = [way.requests_s for way in found.best]
    assert rates == sorted(rates, reverse=True)
    pairs = [(way.tp, way.ep) for way in (*found.best, *found.rejected)]
    assert len(pairs) == len(set(pairs))
    assert sum(found.counts.values()) == len(found.rejected)
    for way in found.best:
        assert way.batch <= way.most_batch
        assert sum(way.ttft_split.values()) == pytest.approx(way.ttft_s)
        assert way.itl_s <= job.itl_limit_s
        assert way.memory is not None
        assert way.memory.free >= 0


def test_pools_without_room_for_prefill_are_said_and_not_taken() -> None:
    """64 of 64 accelerators decode; weights of 70.6 GB leave no room for less than two of them."""
    llama = presets()["llama-3-70b"]
    with pytest.raises(EngineError, match=r"do not hold a replica that prefills \(64\)"):
        serve(llama, ServingJob(mode="disaggregated", tp=64), CLUSTER)
    found = services_of(llama, ServingJob(mode="disaggregated"), CLUSTER)
    assert max(way.tp for way in found.best) == 32
    (all_of_them,) = (one for one in found.rejected if one.tp == 64)
    assert all_of_them.kind == UNEVEN
    assert "no accelerators are left" in all_of_them.reason


def test_a_way_to_serve_that_is_fixed_gives_the_same() -> None:
    found = services_of(presets()["llama-3-70b"], ServingJob(), CLUSTER)
    second = found.best[1]
    kept = parameters_of(second, presets()["llama-3-70b"])
    assert "ep" not in kept
    start = given("inference", "llama-3-70b", **kept)
    again = alternatives(start, BRIEF)
    assert again.is_fixed
    assert again.services is not None
    assert again.result.serving is not None
    assert again.result.serving.requests_s == pytest.approx(second.requests_s)
    assert [way.tp for way in again.services.best] == [way.tp for way in found.best]


def test_ways_that_do_not_do_say_why() -> None:
    llama, job = presets()["llama-3-70b"], ServingJob()
    # 70.6e9 weights of a byte and more leave an accelerator of 80 GB no room.
    short = [one for one in services_of(llama, job, CLUSTER).rejected if one.kind == TOO_LARGE]
    assert [(one.tp, one.ep) for one in short] == [(1, 1)]
    assert f"{short[0].shortfall_bytes:,.0f} bytes short" in short[0].reason
    hasty = services_of(llama, ServingJob(itl_limit_s=1e-4), CLUSTER)
    assert hasty.best == ()
    assert LATE_BETWEEN in hasty.counts
    prompt = services_of(llama, ServingJob(ttft_limit_s=1e-4), CLUSTER)
    assert LATE_FIRST in prompt.counts
    uneven = services_of(llama, ServingJob(tp=7), CLUSTER)
    assert uneven.counts == {UNEVEN: 1}
    assert "64 heads do not divide by 7" in uneven.rejected[0].reason

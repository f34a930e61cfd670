"""A whole step: parts add up, columns agree with single plans, bubbles and overlaps as published."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.engine.training import Plan, plan_at, plan_columns, step_columns, train_step
from core.engine.training.arithmetic import SINGLE
from core.engine.training.shape import shape_of
from core.engine.training.step import split_step
from core.errors import EngineError
from core.model.jobs import TrainingJob
from tests.engine.training.training_cases import (
    DEEPSEEK,
    GPT3,
    LLAMA_8B,
    LLAMA_405B,
    ROUND,
    cluster,
    h100s,
    rates,
)

powers = st.sampled_from([1.0, 2.0, 4.0, 8.0, 16.0])
plans = st.builds(
    Plan,
    tp=powers,
    pp=powers,
    dp=powers,
    cp=st.sampled_from([1.0, 2.0]),
    ep=st.sampled_from([1.0, 8.0]),
    microbatch=st.sampled_from([1.0, 2.0]),
    interleave=st.sampled_from([1.0, 2.0]),
    recompute=st.sampled_from([0.0, 1.0, 2.0]),
    sharding=st.sampled_from([0.0, 1.0, 2.0]),
    sequence_parallel=st.sampled_from([0.0, 1.0]),
    shard_ranks=st.sampled_from([0.0, 4.0]),
    tp_overlap=st.sampled_from([0.0, 1.0]),
)
JOB = TrainingJob(sequence=4096, global_batch=1024)


@settings(max_examples=60, deadline=None)
@given(st.lists(plans, min_size=1, max_size=6), st.sampled_from([GPT3, LLAMA_405B, DEEPSEEK]))
def test_parts_add_up_and_columns_agree_with_single_plans(listed: list[Plan], model) -> None:  # type: ignore[no-untyped-def]
    there = h100s(16384)
    columns = step_columns(model, JOB, plan_columns(listed), there)
    for row, plan in enumerate(listed):
        one = train_step(model, JOB, plan, there)
        assert one.step_s == pytest.approx(sum(one.split), rel=1e-12)
        assert min(one.split) >= 0
        assert columns.step_s[row] == pytest.approx(one.step_s, rel=1e-9)
        for name in one.split._fields:
            column = np.broadcast_to(getattr(columns.split, name), len(columns))
            assert column[row] == pytest.approx(getattr(one.split, name), rel=1e-9, abs=1e-12)
        assert columns.shortfall_bytes[row] == pytest.approx(one.shortfall_bytes, rel=1e-9, abs=1.0)
        assert plan_at(columns.plans, row) == plan


def test_equal_stages_wait_p_minus_1_over_v_microbatches() -> None:
    # Without an output product all stages are equal: (p - 1) / (v m) of the busy time.
    shape = shape_of(GPT3, 2048)._replace(vocab=0.0)
    for chunks in (1.0, 3.0):
        plan = Plan(tp=8, pp=8, dp=1, interleave=chunks)
        found = split_step(SINGLE, shape, plan, rates(), 64.0, 1.0)
        busy = found.compute + found.attention + found.tp
        assert found.bubble / busy == pytest.approx(7 / (chunks * 64))


def test_stages_wait_for_the_one_with_the_output_product() -> None:
    shape = shape_of(GPT3, 2048)
    plan = Plan(tp=8, pp=8)
    found = split_step(SINGLE, shape, plan, rates(), 64.0, 1.0)
    equal = split_step(SINGLE, shape._replace(vocab=0.0), plan, rates(), 64.0, 1.0)
    assert found.bubble > equal.bubble
    assert found.total > equal.total


def test_traffic_once_a_step_hides_behind_a_microbatch() -> None:
    shape, plan = shape_of(GPT3, 2048), Plan(tp=8, pp=8, dp=2)
    fast = rates()._replace(network=1e11)
    none = split_step(SINGLE, shape, plan, fast, 64.0, 1.0).dp
    half = split_step(SINGLE, shape, plan, fast._replace(data_hidden=0.5), 64.0, 1.0).dp
    assert half == pytest.approx(none / 2)
    slow = rates()._replace(data_hidden=1.0, network=1e8)
    # More than there is to hide behind stays.
    assert split_step(SINGLE, shape, plan, slow, 64.0, 1.0).dp > 10.0


def test_tensor_traffic_hides_inside_a_domain_only() -> None:
    shape = shape_of(GPT3, 2048)
    hidden = rates()._replace(tensor_hidden=1.0)
    assert split_step(SINGLE, shape, Plan(tp=8), hidden, 8.0, 1.0).tp == 0.0
    assert split_step(SINGLE, shape, Plan(tp=16), hidden, 8.0, 1.0).tp > 0.0


def test_kernels_wait_for_the_host_where_they_are_short() -> None:
    shape = shape_of(LLAMA_8B, 128)
    found = split_step(SINGLE, shape, Plan(), rates()._replace(layer_s=1.0), 1.0, 1.0)
    assert found.total == pytest.approx(3 * 32, rel=0.01)


def test_utilisation_by_both_conventions() -> None:
    job = TrainingJob(sequence=2048, global_batch=64, era="2021")
    found = train_step(GPT3, job, Plan(tp=8, pp=8), cluster(64), ROUND)
    flops = 72 * 64 * 2048 * 96 * 12288**2 * (1 + 2048 / (6 * 12288) + 51200 / (12 * 96 * 12288))
    assert found.mfu == pytest.approx(flops / found.step_s / 64 / 400e12)
    assert found.tokens_s == pytest.approx(64 * 2048 / found.step_s)
    attention = 12 * 64 * 2048**2 * 96 * 12288
    assert found.mfu_causal / found.mfu == pytest.approx(1 - attention / 2 / flops)


def test_the_verdict_says_what_is_short() -> None:
    job = TrainingJob(sequence=2048, global_batch=64, era="2021")
    found = train_step(GPT3, job, Plan(tp=8), cluster(8), ROUND)
    assert not found.fits
    assert found.shortfall_bytes == pytest.approx(found.memory.total - 80 * 2**30)
    assert found.verdict().startswith("does not fit")
    assert "bytes short" in found.verdict()
    assert train_step(LLAMA_8B, job, Plan(tp=8), cluster(8), ROUND).verdict().startswith("fits: ")


def test_what_cannot_be_computed_is_said() -> None:
    with pytest.raises(EngineError, match="takes 128 accelerators of 64"):
        train_step(GPT3, JOB, Plan(tp=8, pp=16), cluster(64))
    with pytest.raises(EngineError, match="no plan"):
        plan_columns([])


def test_balance_of_experts_matters_only_where_they_are_spread() -> None:
    """With all experts on each rank its tokens are as many however they are routed."""
    shape = shape_of(DEEPSEEK, 4096)

    def compute(ep: int, uneven: float) -> float:
        return split_step(SINGLE, shape, Plan(tp=8, dp=8, ep=ep), rates(), 64.0, uneven).compute

    assert compute(1, 4.0) == compute(1, 1.0)
    assert compute(8, 4.0) > compute(8, 1.0)


def test_states_of_experts_cost_what_they_hold() -> None:
    """Adam passes over the same states however experts are spread; what is not sharded is not gathered."""
    shape = shape_of(DEEPSEEK, 4096)
    plans = [Plan(dp=64, ep=ep, sharding=1) for ep in (1, 8, 64)]
    found = [split_step(SINGLE, shape, plan, rates(), 64.0, 1.0).optimizer for plan in plans]
    assert found == pytest.approx([found[0]] * 3)
    alone, shared = (
        split_step(SINGLE, shape, Plan(dp=8, ep=ep, sharding=2), rates(), 8.0, 1.0).dp for ep in (8, 1)
    )
    assert alone < shared / 5

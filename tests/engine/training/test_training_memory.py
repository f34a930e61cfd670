"""Memory against Korthikanti et al. 2022 (arXiv 2205.05198), figure 1 and table 2."""

from __future__ import annotations

import pytest

from core.engine.training.arithmetic import SINGLE
from core.engine.training.memory import held_of, layer_activations, memory_of
from core.engine.training.plan import Plan
from core.engine.training.shape import shape_of
from core.engine.transformer import parameters
from tests.engine.training.training_cases import DEEPSEEK, GPT3, rates

SHAPE = shape_of(GPT3, 2048)
S, H, A = 2048, 12288, 96


@pytest.mark.parametrize(
    ("plan", "expected"),
    [
        (Plan(sequence_parallel=0.0), 34 + 5 * A * S / H),
        (Plan(tp=8, sequence_parallel=0.0), 10 + 24 / 8 + 5 * A * S / (H * 8)),
        (Plan(tp=8), (34 + 5 * A * S / H) / 8),
        (Plan(tp=8, recompute=1.0), 34 / 8),
        (Plan(tp=8, sequence_parallel=0.0, recompute=2.0), 2),
    ],
)
def test_activations_of_a_layer_follow_table_2(plan: Plan, expected: float) -> None:
    assert layer_activations(SINGLE, SHAPE, plan, rates()) == pytest.approx(S * H * expected)


def test_activations_of_the_first_stage_follow_figure_1() -> None:
    # 175B, t = 8, p = 8, three chunks a stage: 12.35 GiB with sequence parallelism and selective recompute.
    plan = Plan(tp=8, pp=8, interleave=3.0, recompute=1.0)
    held = memory_of(SINGLE, SHAPE, plan, rates(), 64.0)
    assert held.activations / 2**30 == pytest.approx(12.3515625, rel=1e-6)


def test_few_microbatches_keep_few_activations() -> None:
    plan = Plan(tp=8, pp=8)
    many, few = (memory_of(SINGLE, SHAPE, plan, rates(), m).activations for m in (64.0, 2.0))
    assert many / few == pytest.approx(8 / 2)


def test_states_are_18_bytes_a_parameter_and_shard() -> None:
    layers = SHAPE._replace(embedding=0.0)
    held = 12 * 12 * H**2 / 8
    alone = memory_of(SINGLE, layers, Plan(tp=8, pp=8, sharding=0.0), rates(), 64.0)
    assert alone.weights + alone.gradients + alone.optimizer == pytest.approx(18 * held)
    assert (alone.weights + alone.gradients + alone.optimizer) / 2**30 == pytest.approx(45.5625)
    shared = memory_of(SINGLE, layers, Plan(tp=8, pp=8, dp=16, sharding=1.0), rates(), 64.0)
    assert shared.optimizer == pytest.approx(12 * held / 16)
    assert shared.weights == pytest.approx(2 * held)
    full = memory_of(SINGLE, layers, Plan(tp=8, dp=16, sharding=2.0), rates(), 64.0)
    # All shared, beside two layers that are gathered at a time.
    assert full.weights == pytest.approx(2 * 96 * 12 * H**2 / 8 / 16 + 2 * 2 * 12 * H**2 / 8)


def test_all_parameters_are_held_somewhere() -> None:
    shape = shape_of(DEEPSEEK, 4096)
    held = held_of(SINGLE, shape, Plan())
    assert held.dense + held.experts == pytest.approx(parameters(DEEPSEEK), rel=1e-4)
    split = held_of(SINGLE, shape, Plan(ep=64, dp=64))
    assert split.experts == pytest.approx(held.experts / 64)


def test_parts_add_up_and_communicators_are_counted() -> None:
    lean = rates()._replace(reserve=1e9, communicator=1e8)
    found = memory_of(SINGLE, SHAPE, Plan(tp=8, pp=8), lean, 8.0)
    assert found.reserve == pytest.approx(1.2e9)
    assert found.total == pytest.approx(sum(found))

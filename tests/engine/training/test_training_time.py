"""Time of layers and of traffic against hand calculations."""

from __future__ import annotations

import pytest

from core.engine.constants_file import shipped_text
from core.engine.training.arithmetic import SINGLE
from core.engine.training.compute import dense_layer, expert_layer, optimizer, output_product
from core.engine.training.constants import read_constants, shipped_constants
from core.engine.training.memory import held_of
from core.engine.training.plan import Plan
from core.engine.training.rates import rates_of
from core.engine.training.result import era_of
from core.engine.training.shape import shape_of
from core.engine.training.traffic import (
    context_s,
    data_s,
    expert_s,
    pipeline_s,
    ring_s,
    sharded_s,
    tensor_s,
)
from core.engine.transformer import layer_weights
from core.errors import EngineError
from core.model.jobs import TrainingJob
from tests.engine.training.training_cases import DEEPSEEK, GPT3, LLAMA_8B, cluster, rates

SHAPE = shape_of(GPT3, 2048)
PLAIN = Plan(sequence_parallel=0.0)


def test_flops_of_a_step_follow_narayanan_2021() -> None:
    # 72 B s L h^2 (1 + s/6h + V/12Lh), arXiv 2104.04473; here for one sequence.
    s, l, h, v = 2048, 96, 12288, 51200  # noqa: E741
    published = 72 * s * l * h**2 * (1 + s / (6 * h) + v / (12 * l * h))
    assert 3 * SHAPE.model_flops * s == pytest.approx(published, rel=1e-9)


def test_products_take_flops_over_the_rate_and_the_root_of_squares_with_traffic() -> None:
    found = dense_layer(SINGLE, SHAPE, Plan(tp=8), rates()).products
    h, x, rate, memory = 12288, 2048, 200e12, 2e12
    expected = 0.0
    for weights, values in (
        (4 * h * h / 8, x * (2 * h + 4 * h / 8)),
        (8 * h * h / 8, x * (2 * h + 8 * h / 8)),
    ):
        busy = 3 * 2 * x * weights / rate
        traffic = (3 * 2 * (values + weights) + 8 * weights) / memory
        expected += (busy**2 + traffic**2) ** 0.5
    assert found == pytest.approx(expected, rel=1e-12)


def test_full_recompute_adds_a_third_to_products() -> None:
    fast = rates()._replace(memory=1e30)
    once = dense_layer(SINGLE, SHAPE, Plan(tp=8), fast).products
    again = dense_layer(SINGLE, SHAPE, Plan(tp=8, recompute=2.0), fast).products
    assert again / once == pytest.approx(4 / 3)


def test_plain_attention_computes_the_square_and_moves_the_scores() -> None:
    found = dense_layer(SINGLE, SHAPE, Plan(tp=8), rates()).attention
    flops = 2048 * 4 * 12288 * 2048 / 8 * 3
    scores = 2048 * 2048 * 96 / 8 * 10.0 * 2.5
    assert found == pytest.approx(flops / 100e12 + scores / 2e12)


def test_fused_attention_computes_half_of_the_square_and_two_and_a_half_of_it_back() -> None:
    fused = rates()._replace(fused_attention=1.0)
    found = dense_layer(SINGLE, SHAPE, Plan(tp=8), fused).attention
    assert found == pytest.approx(2048 * 2 * 12288 * 2048 / 8 * 3.5 / 100e12)


def test_narrow_products_are_slower_as_r_over_r_plus_half() -> None:
    fast = rates()._replace(memory=1e30)
    half = fast._replace(half_width=1536.0)
    shape = SHAPE._replace(dense=0.0)
    ratio = (
        dense_layer(SINGLE, shape, Plan(tp=8), half).products
        / dense_layer(SINGLE, shape, Plan(tp=8), fast).products
    )
    assert ratio == pytest.approx((1 + 1536 / 2048) * (1 + 1536 / 1536))


def test_experts_cost_what_their_tokens_cost() -> None:
    shape, fast = shape_of(DEEPSEEK, 4096), rates()._replace(memory=1e30)
    found = expert_layer(SINGLE, shape, Plan(ep=64), fast, 1.0).products
    w = layer_weights(DEEPSEEK)
    assert found == pytest.approx(3 * 2 * 4096 * (w.attention + w.shared + 8 * w.expert) / 200e12)
    busiest = expert_layer(SINGLE, shape, Plan(ep=64), fast, 1.5).products
    assert busiest - found == pytest.approx(0.5 * 3 * 2 * 4096 * 8 * w.expert / 200e12)


def test_the_output_product_and_adam() -> None:
    fast = rates()._replace(memory=1e30)
    assert output_product(SINGLE, SHAPE, Plan(tp=8), fast) == pytest.approx(
        3 * 2 * 2048 * 12288 * 51200 / 8 / 200e12
    )
    assert optimizer(1e9, 10.0, rates()) == pytest.approx(30 * 1e9 / 10 / 2e12)


def test_a_ring_inside_a_domain_runs_over_scale_up_links() -> None:
    assert ring_s(SINGLE, 16e9, 8.0, 1.0, rates()) == pytest.approx(16e9 * 7 / 8 / 100e9)


def test_a_ring_across_domains_enters_each_by_all_its_ports() -> None:
    # 64 ranks, all eight of a domain: each port carries an eighth.
    assert ring_s(SINGLE, 16e9, 64.0, 1.0, rates()) == pytest.approx(16e9 * 63 / 64 / 8 / 10e9)
    # Every eighth rank: one in each domain, and its one port carries all of it.
    assert ring_s(SINGLE, 16e9, 8.0, 8.0, rates()) == pytest.approx(16e9 * 7 / 8 / 10e9)


def test_tensor_parallel_traffic_leaves_the_domain_when_it_must() -> None:
    volume = 2 * 2 * 2048 * 12288
    inside = tensor_s(SINGLE, SHAPE, Plan(tp=8), rates(), 2.0)
    assert inside == pytest.approx(4 * volume * 7 / 8 / 100e9)
    outside = tensor_s(SINGLE, SHAPE, Plan(tp=16), rates(), 2.0)
    assert outside == pytest.approx(4 * volume * 15 / 16 / 8 / 10e9)
    recomputed = tensor_s(SINGLE, SHAPE, Plan(tp=8, recompute=2.0), rates(), 2.0)
    assert recomputed / inside == pytest.approx(6 / 4)


def test_context_parallel_ring_of_keys_and_values() -> None:
    shape = shape_of(LLAMA_8B, 8192)
    sent = 8192 * 2 * 8 * 128 * 2 * 3 / 4 * 3
    assert context_s(SINGLE, shape, Plan(cp=4), rates()) == pytest.approx(sent / 100e9)
    assert context_s(SINGLE, shape, Plan(tp=8, cp=4), rates()) == pytest.approx(sent / 8 / 10e9)


def test_expert_traffic_inside_and_beyond_a_domain() -> None:
    shape = shape_of(DEEPSEEK, 4096)
    routed = 4096 * 7168 * 4
    inside = expert_s(SINGLE, shape, Plan(ep=8), rates(), 1.0)
    assert inside == pytest.approx(2 * routed * 8 * 7 / 8 / 100e9)
    # Eight domains; experts of a token lie on four of them at most, and 7 in 8 are elsewhere.
    beyond = expert_s(SINGLE, shape, Plan(ep=64), rates(), 1.0)
    assert beyond == pytest.approx(2 * routed * 4 * 7 / 8 / 10e9)
    free = expert_s(SINGLE, shape._replace(node_limit=0.0), Plan(ep=64), rates(), 1.0)
    assert free / beyond == pytest.approx(2.0)
    # Plain all-to-all sends a copy for each of the eight, limited or not.
    copies = expert_s(SINGLE, shape, Plan(ep=64), rates()._replace(expert_once=0.0), 1.0)
    assert copies == pytest.approx(2 * routed * 8 * 7 / 8 / 10e9)


def test_pipeline_data_and_full_sharding() -> None:
    plan = Plan(tp=8, pp=8, interleave=3.0)
    assert pipeline_s(SINGLE, SHAPE, plan, rates()) == pytest.approx(2 * 3 * 2 * 2048 * 12288 / 8 / 10e9)
    assert pipeline_s(SINGLE, SHAPE, Plan(tp=8, pp=1), rates()) == 0.0
    # Gradients of 4 bytes are reduced, weights of 2 gathered.
    assert data_s(SINGLE, 1e9, 0.0, Plan(tp=8, dp=8), rates()) == pytest.approx(6e9 * 7 / 8 / 10e9)
    assert sharded_s(SINGLE, 1e9, 64.0, Plan(dp=64), rates()) == pytest.approx(3 * 2e9 * 63 / 64 / 8 / 10e9)


def test_an_expert_is_split_over_ranks_that_expert_parallelism_leaves() -> None:
    # 314e9 parameters of Grok-1's kind on 4 x 32 ranks: experts over 8 x 4 of them, 16 copies for tp = 4.
    shape = shape_of(DEEPSEEK, 4096)
    split = held_of(SINGLE, shape, Plan(tp=4, dp=32, ep=8))
    assert split.experts == pytest.approx(58 * 256 * 3 * 7168 * 2048 / 32)
    whole = held_of(SINGLE, shape, Plan(tp=4, dp=32, ep=128))
    assert whole.experts == pytest.approx(58 * 256 * 3 * 7168 * 2048 / 128)


def test_a_part_below_its_rated_power_runs_slower() -> None:
    constants = shipped_constants()
    full, low = (
        rates_of(_named("H100 SXM5", watts, {"bf16": 989.0}), "bf16", "2024", constants).products
        for watts in (700.0, 500.0)
    )
    assert low / full == pytest.approx((500 / 700) ** constants.shared.power_exponent)


def test_a_part_sold_with_a_lower_peak_for_its_power_loses_nothing_more() -> None:
    # 1,000 W for 1,750 TFLOPS are the 1,400 W for 2,450 that the shares of Blackwell were measured at.
    constants = shipped_constants()
    share = constants.accelerators["Blackwell"].bf16_share
    found = rates_of(_named("B200 X", 1000.0, {"bf16": 1750.0}), "bf16", "2024", constants)
    assert found.products == pytest.approx(1750e12 * share)
    hotter = rates_of(_named("B200 X", 1000.0, {"bf16": 2250.0}), "bf16", "2024", constants)
    clock = (1000 / 1400 * 2450 / 2250) ** constants.shared.power_exponent
    assert hotter.products == pytest.approx(2250e12 * clock * share)


@pytest.mark.parametrize(
    ("name", "job", "era"),
    [
        ("B200 SXM6", TrainingJob(), "2026"),
        ("H100 SXM5", TrainingJob(), "2024"),
        ("H100 SXM5", TrainingJob(sharding="full"), "2024 sharded"),
        ("Nothing known", TrainingJob(), "2024"),
        ("B200 SXM6", TrainingJob(era="2024"), "2024"),
        ("B200 SXM6", TrainingJob(sharding="full"), "2026"),
    ],
)
def test_software_is_of_the_accelerators_time_unless_a_job_says_which(
    name: str, job: TrainingJob, era: str
) -> None:
    assert era_of(job, _named(name, 700.0), shipped_constants()) == era


def test_an_accelerator_of_an_unknown_time_is_refused() -> None:
    text = shipped_text("training.toml").replace('era = "2026"', 'era = "1999"')
    with pytest.raises(EngineError, match="there is no era '1999'"):
        read_constants(text)


def test_a_precision_without_a_peak_takes_the_next_wider() -> None:
    narrow = rates_of(_named("H100 SXM5", 700.0), "fp4", "2024", shipped_constants())
    assert narrow.peak == 800e12
    assert narrow.value_bytes == 1.0
    with pytest.raises(EngineError, match="no known peak in bf16"):
        rates_of(_named("X", 700.0, {"fp8": 800.0}), "bf16", "2024", shipped_constants())


def _named(name: str, watts: float, tflops: dict[str, float] | None = None):  # type: ignore[no-untyped-def]
    from dataclasses import replace

    return replace(cluster(), name=name, tdp_w=watts, tflops=tflops or {"bf16": 400.0, "fp8": 800.0})

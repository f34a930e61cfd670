"""Iterations against times computed by hand, and what they must hold whatever the figures."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.engine.collective_constants import shipped_constants as shipped_collectives
from core.engine.collectives import Hierarchy
from core.engine.inference.constants import Constants, shipped_constants
from core.engine.inference.iteration import iteration
from core.engine.inference.traffic import SIZES, exchange_s, times_of
from core.errors import EngineError
from tests.engine.inference.serving_examples import CONSTANTS, KERNELS, cluster, dense, mixture

ONE: dict[str, Any] = {"tp": 1.0, "batch": 4.0, "context": 100.0, "constants": CONSTANTS}


def with_kernels(**changes: Any) -> Constants:
    engine = CONSTANTS.engines["vllm"]
    kernels = msgspec.structs.replace(KERNELS, **changes)
    engine = msgspec.structs.replace(engine, families={"round": kernels})
    return msgspec.structs.replace(CONSTANTS, engines={"vllm": engine})


def test_parts_of_an_iteration_that_decodes_are_as_computed_by_hand() -> None:
    found = iteration(dense(), cluster(), **ONE)
    # Of a layer: attention 1000 x 100 x (10 + 2 x 5) + 1e6 = 3e6, network 3 x 1000 x 3000 = 9e6.
    # All ten 1.2e8 weights, the head 1e6: 2.42e8 bytes at half of 1e12 B/s.
    assert found.weights_s == pytest.approx(2.42e8 / 0.5e12)
    # 4 sequences x 100 tokens x 10 layers x 2 x 5 heads x 100 values x 2 bytes.
    assert found.cache_s == pytest.approx(4 * 100 * 10 * 1000 * 2 / 0.5e12)
    assert found.products_s == pytest.approx(2 * 1.21e8 * 4 / 50e12)
    assert found.host_s == pytest.approx(10 * 100e-6 + 4 * 10e-6)
    assert found.attention_s == found.reduce_s == found.exchange_s == found.experts_s == 0
    assert found.seconds == pytest.approx(2.42e8 / 0.5e12 + 8e6 / 0.5e12 + 9.68e8 / 50e12 + 1.04e-3)


def test_prompt_tokens_add_products_attention_and_the_time_of_an_uncaptured_graph() -> None:
    plain = iteration(dense(), cluster(), **ONE)
    found = iteration(dense(), cluster(), prefill_tokens=500.0, prefill_context=1000.0, **ONE)
    # Prompts pass the layers; only sequences that get a token pass the head.
    assert found.products_s == pytest.approx(2 * (1.2e8 * 504 + 1e6 * 4) / 50e12)
    # 2 x 10 heads x 200 values x half of 1000 tokens x 10 layers, for each token, at a quarter of the peak.
    assert found.attention_s == pytest.approx(500 * 2 * 10 * 200 * 500 * 10 / 25e12)
    assert found.host_s == pytest.approx(float(plain.host_s) + 1000e-6)


def test_experts_that_no_token_takes_are_not_read() -> None:
    found = iteration(mixture(), cluster(), **(ONE | {"batch": 1.0}))
    # An expert has 3 x 1000 x 1000 weights a layer; one token takes 2 of 8.
    assert found.experts_s == pytest.approx(2 * 3e7 * 2 / 0.25e12)
    two = iteration(mixture(), cluster(), **(ONE | {"batch": 2.0}))
    assert two.experts_s == pytest.approx(8 * (1 - 0.75**2) * 3e7 * 2 / 0.25e12)


def test_the_busiest_rank_of_experts_sets_the_time() -> None:
    even = iteration(mixture(), cluster(), ep=4.0, imbalance=1.0, **ONE)
    uneven = iteration(mixture(), cluster(), ep=4.0, imbalance=1.5, **ONE)
    assert uneven.experts_s == pytest.approx(1.5 * float(even.experts_s))
    alone = iteration(mixture(), cluster(), imbalance=1.5, **ONE)
    assert alone.experts_s == pytest.approx(float(even.experts_s) * 4)


def test_ranks_share_weights_and_pay_two_all_reduces_a_layer() -> None:
    found = iteration(dense(), cluster(), **(ONE | {"tp": 2.0}))
    assert found.weights_s == pytest.approx(1.21e8 / 0.5e12)
    size = 4 * 1000 * 2
    each = np.interp(size, SIZES, times_of("all-reduce", 2, cluster().hierarchy))
    assert found.reduce_s == pytest.approx(20 * each)
    assert iteration(dense(), cluster(), **ONE).reduce_s == 0


def test_ranks_beyond_the_heads_of_keys_keep_copies_of_the_cache() -> None:
    five = iteration(dense(), cluster(), **(ONE | {"tp": 5.0}))
    ten = iteration(dense(), cluster(16), **(ONE | {"tp": 10.0}))
    assert five.cache_s == pytest.approx(float(iteration(dense(), cluster(), **ONE).cache_s) / 5)
    assert ten.cache_s == pytest.approx(float(five.cache_s))


def test_latent_attention_is_kept_whole_by_every_rank() -> None:
    latent = dense(kv_heads=10, kv_rank=50, rope_dim=10, nope_dim=40, value_dim=50)
    one, four = (iteration(latent, cluster(), **(ONE | {"tp": tp})) for tp in (1.0, 2.0))
    assert one.cache_s == pytest.approx(4 * 100 * 10 * 60 * 2 / 0.5e12)
    assert four.cache_s == pytest.approx(float(one.cache_s))


def test_layers_with_a_window_read_no_more_than_it() -> None:
    windowed = dense(window=50, window_layers=5)
    full, half = iteration(dense(), cluster(), **ONE), iteration(windowed, cluster(), **ONE)
    assert half.cache_s == pytest.approx(float(full.cache_s) * 0.75)


def test_data_parallel_attention_exchanges_tokens_with_the_experts() -> None:
    shared = iteration(mixture(), cluster(), ep=2.0, **(ONE | {"tp": 2.0}))
    apart = iteration(mixture(), cluster(), ep=2.0, **ONE)
    assert shared.exchange_s == 0
    assert shared.reduce_s > 0
    assert apart.exchange_s > 0
    assert apart.reduce_s == 0
    assert apart.host_s == pytest.approx(10 * 100e-6 + 2 * 10e-6), "each rank has half of the sequences"


def test_tokens_go_to_their_experts_alone_where_that_is_faster() -> None:
    known, far = shipped_collectives(), Hierarchy(8, 450.0, "NVLink 4", 50.0)
    fabric = known.fabric
    each = fabric.dispatch_bytes_per_value + fabric.combine_bytes_per_value
    found = exchange_s(far, 64.0, 64 * 1000.0, 1000.0, 8.0)
    size = 1000 * 8 * 1000 * each * 63 / 64
    expected = 2e-6 * fabric.nic_low_latency_us + size / (50e9 * fabric.nic_share)
    assert found == pytest.approx(expected)
    # Routing limited to two domains sends each token over the network twice instead of eight times.
    limited = exchange_s(far, 64.0, 64 * 1000.0, 1000.0, 8.0, 2.0)
    late = 2e-6 * fabric.nic_low_latency_us
    assert float(limited) - late == pytest.approx((expected - late) / 4)
    assert exchange_s(far, 1.0, 1000.0, 1000.0, 8.0) == 0
    # Two ranks, all eight experts of each token taken: gathering moves less than eight copies.
    both = [np.interp(2e6, SIZES, times_of(name, 2, far)) for name in ("all-gather", "reduce-scatter")]
    assert exchange_s(far, 2.0, 1000.0, 1000.0, 8.0) == pytest.approx(sum(both))


def test_reading_and_multiplying_overlap_by_the_power_of_the_roofline() -> None:
    added = iteration(dense(), cluster(), **(ONE | {"batch": 100.0}))
    joined = iteration(
        dense(), cluster(), **(ONE | {"batch": 100.0, "constants": with_kernels(roofline=2.0)})
    )
    a, b = float(added.weights_s), float(added.products_s)
    assert float(joined.weights_s) + float(joined.products_s) == pytest.approx((a * a + b * b) ** 0.5)


def test_a_precision_without_units_takes_the_next_wider_ones() -> None:
    h100 = cluster(name="H100 SXM5", tflops={"bf16": 100.0, "fp8": 200.0})
    fp4 = iteration(dense(), h100, tp=1.0, batch=64.0, context=10.0, precision="fp4")
    kernels = shipped_constants().kernels("vllm", "H100")[0]
    assert fp4.flops == pytest.approx(2 * (1.2e8 + 1e6) * 64 / 2), "counted in the 16-bit peak"
    assert kernels.product_share_fp8 > 0


@given(
    tp=st.sampled_from([1.0, 2.0, 4.0, 8.0]),
    ep=st.sampled_from([1.0, 2.0, 8.0]),
    batch=st.floats(1, 2000),
    context=st.floats(1, 1e5),
    prompt=st.floats(0, 1e4),
    is_mixture=st.booleans(),
)
def test_parts_add_up_and_more_work_never_takes_less(
    tp: float, ep: float, batch: float, context: float, prompt: float, is_mixture: bool
) -> None:
    model = (
        mixture(heads=16, kv_heads=16, hidden=1600)
        if is_mixture
        else dense(heads=16, kv_heads=16, hidden=1600)
    )
    ep = ep if is_mixture and ep >= tp else 1.0
    given_: dict[str, Any] = {"tp": tp, "ep": ep, "context": context, "prefill_context": 1000.0}
    found = iteration(model, cluster(), batch=batch, prefill_tokens=prompt, constants=CONSTANTS, **given_)
    assert sum(found.split().values()) == pytest.approx(float(found.seconds), rel=1e-12)
    assert all(part >= 0 for part in found.split().values())
    more = iteration(model, cluster(), batch=batch + 1, prefill_tokens=prompt, constants=CONSTANTS, **given_)
    assert float(more.seconds) >= float(found.seconds)


def test_columns_give_what_single_calls_give() -> None:
    rng = np.random.default_rng(3)
    tp = rng.choice([1.0, 2.0, 5.0], 40)
    ep = np.where(rng.random(40) < 0.5, tp, 1.0) * np.where(tp == 5.0, 1.0, 1.0)
    batch, context = rng.integers(1, 500, 40).astype(float), rng.uniform(10, 5000, 40)
    prompt = np.where(rng.random(40) < 0.5, 0.0, 300.0)
    columns: dict[str, Any] = {
        "tp": tp, "ep": ep, "batch": batch, "context": context, "prefill_tokens": prompt,
        "prefill_context": np.full(40, 800.0),
    }  # fmt: skip
    together = iteration(mixture(), cluster(), constants=CONSTANTS, **columns)
    for row in range(40):
        one = {name: float(column[row]) for name, column in columns.items()}
        single = iteration(mixture(), cluster(), constants=CONSTANTS, **one)
        for name, part in single.split().items():
            whole = np.broadcast_to(together.split()[name], (40,))
            assert whole[row] == pytest.approx(float(part), rel=1e-12, abs=1e-18), name


def test_unknown_words_and_ranks_without_a_network_are_refused() -> None:
    with pytest.raises(EngineError, match="no serving engine is called 'x'"):
        iteration(dense(), cluster(), engine="x", **ONE)
    with pytest.raises(EngineError, match="no precision"):
        iteration(dense(), cluster(), precision="int3", **ONE)
    with pytest.raises(EngineError, match="multiple of key"):
        iteration(dense(kv_heads=3), cluster(), **ONE)
    alone = cluster(hierarchy=Hierarchy(2, 450.0, "NVLink 4"))
    with pytest.raises(EngineError, match="no network joins domains"):
        iteration(dense(), alone, **(ONE | {"tp": 4.0}))

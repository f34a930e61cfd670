"""Services: limits of memory and latency, queueing, speculation, pools, and what is said of them."""

from __future__ import annotations

from dataclasses import replace
from math import inf, isinf
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.engine.inference.batching import memory_of, most_sequences, weights_held
from core.engine.inference.constants import read_constants, shipped_constants
from core.engine.inference.constants_text import write_constants
from core.engine.inference.energy import at_power_limit
from core.engine.inference.iteration import iteration, machine_of
from core.engine.inference.pools import split_pools
from core.engine.inference.queueing import mean_wait_s, tail_wait_s
from core.engine.inference.search import serving_options, setting_of
from core.engine.inference.serving import serve, serve_mix
from core.engine.inference.shape import shape_of
from core.engine.inference.speculation import Speculation
from core.engine.inference.steady import Requests, prefill
from core.errors import EngineError
from core.model.jobs import ServingJob
from tests.engine.inference.serving_examples import CONSTANTS, ENGINE, cluster, dense, mixture

BF16 = CONSTANTS.precisions["bf16"]


def job(**changes: Any) -> ServingJob:
    """A service without limits of latency, in 16 bits."""
    free: dict[str, Any] = {"precision": "bf16", "cache_bytes": 2.0, "itl_limit_s": 0.0, "ttft_limit_s": 0.0}
    return ServingJob(**(free | {"input_tokens": 100.0, "output_tokens": 100.0} | changes))


def test_the_batch_is_what_memory_leaves_over_what_a_sequence_keeps() -> None:
    shape = shape_of(dense())
    assert weights_held(shape, BF16, 1.0, 1.0) == 2 * (1.2e8 + 2e6)
    most = most_sequences(
        shape, BF16, ENGINE, 1.0, tp=1.0, ep=1.0, input_tokens=900.0, output_tokens=100.0, cache_bytes=2.0
    )
    activations = 4096 * 2 * (4 * 1000 + 2 * 3000)
    # 10 layers x 2 x 5 heads x 100 values x 2 bytes x 1000 tokens: 20 MB a sequence.
    assert most == (1e9 - 2.44e8 - activations) // 2e7 == 33
    held = memory_of(shape, BF16, ENGINE, 1.0, tp=1, ep=1, batch=33, tokens=1000, cache_bytes=2.0)
    assert held.used + held.free == pytest.approx(1e9)
    assert 0 <= held.free < 2e7


def test_data_parallel_ranks_each_have_room_for_their_own() -> None:
    shape, each = shape_of(mixture()), {"input_tokens": 100.0, "output_tokens": 100.0, "cache_bytes": 2.0}
    one = most_sequences(shape, BF16, ENGINE, 2.0, tp=1.0, ep=1.0, **each)
    four = most_sequences(shape, BF16, ENGINE, 2.0, tp=1.0, ep=4.0, **each)
    assert four > 4 * one, "experts are spread, so that each rank has more room as well"


def test_a_model_that_is_too_large_says_by_how_many_bytes() -> None:
    small = cluster(1, memory_gb=0.2)
    found = serve(dense(), job(), small, CONSTANTS)
    activations = 4096 * 2 * 10_000
    missing = 2.44e8 + activations + 200 * 10 * 1000 * 2 - 0.2e9
    assert (found.fits, found.verdict, found.limit) == (False, "too large", "memory")
    assert found.shortfall_bytes == pytest.approx(missing)
    assert f"{missing:,.0f} bytes short" in found.words[0]
    # One accelerator more of the same, sharing the weights, holds it.
    assert serve(dense(), job(), cluster(2, memory_gb=0.25), CONSTANTS).tp == 2


def test_the_best_option_is_the_fastest_of_those_listed_and_its_parts_add_up() -> None:
    wanted = job(itl_limit_s=0.01)
    found, options = (f(dense(), wanted, cluster(), CONSTANTS) for f in (serve, serving_options))
    good = np.array([not reason for reason in options.reasons])
    assert good.any()
    assert not good.all()
    whole = (8 // options.replica) * options.replica * options.requests_s
    assert found.requests_s == pytest.approx(whole[good].max())
    assert sum(found.split.values()) == pytest.approx(found.iteration_s)
    assert found.tokens_out_s == pytest.approx(found.replicas * found.batch / found.itl_s)
    assert found.tokens_out_s_each * found.accelerators == pytest.approx(found.tokens_out_s)
    assert found.tokens_in_s == pytest.approx(found.tokens_out_s), "as long in as out"
    assert found.energy_j_token == pytest.approx(found.power_w / found.tokens_out_s)
    hosts = found.energy_j_token_wall - found.energy_j_token
    assert hosts == pytest.approx(found.accelerators * 200 * 0.5 / found.tokens_out_s)


def test_limits_of_latency_bound_the_batch_and_say_so() -> None:
    free = serve(dense(), job(tp=1), cluster(), CONSTANTS)
    held = serve(dense(), job(tp=1, itl_limit_s=0.004), cluster(), CONSTANTS)
    assert held.itl_s <= 0.004 < free.itl_s
    assert held.batch < free.batch
    assert held.limit == "time between tokens"
    assert held.verdict == "fits"
    late = serve(dense(), job(itl_limit_s=1e-6), cluster(), CONSTANTS)
    assert late.verdict == "late"
    assert not late.is_within
    assert "time between tokens" in late.words[0]


def test_degrees_and_batch_of_the_job_are_kept() -> None:
    found = serve(dense(), job(tp=2, batch=7), cluster(), CONSTANTS)
    assert (found.tp, found.batch, found.replicas) == (2, 7, 4)
    refused = serve(dense(), job(tp=4), cluster(), CONSTANTS)
    assert refused.verdict == "too large"
    assert "10 heads do not divide by 4 ranks" in refused.words[0]
    with_experts = serve(mixture(), job(ep=4), cluster(), CONSTANTS)
    assert with_experts.ep == 4


def test_waits_follow_pollaczek_and_khinchine_and_stop_where_queues_are_unstable() -> None:
    assert mean_wait_s(0.8, 0.0, 1.0) == pytest.approx(2.0)
    assert mean_wait_s(0.8, 1.0, 1.0) == pytest.approx(4.0)
    assert isinf(mean_wait_s(0.91, 1.0, 1.0))
    assert isinf(tail_wait_s(0.91, inf))
    assert tail_wait_s(0.8, 4.0) == pytest.approx(5.0 * np.log(80.0))
    found = serve(dense(), job(load=0.95), cluster(), CONSTANTS)
    assert isinf(found.ttft_s)
    assert found.verdict == "late"
    assert "unstable" in found.words[0]
    assert not serve(dense(), job(load=0.95, ttft_limit_s=9.0), cluster(), CONSTANTS).is_within
    with pytest.raises(EngineError):
        mean_wait_s(1.5, 1.0, 1.0)


def test_a_lower_load_brings_the_first_token_sooner() -> None:
    half, most = (serve(dense(), job(load=load), cluster(), CONSTANTS) for load in (0.5, 0.9))
    assert half.ttft_s < most.ttft_s
    assert half.ttft_p99_s > half.ttft_s


def test_speculation_advances_by_what_is_accepted_and_costs_its_drafts() -> None:
    guess = Speculation(0.7, 3)
    assert guess.advance == pytest.approx(1 + 0.7 + 0.49 + 0.343)
    assert Speculation(0.0, 0).advance == 1
    assert Speculation(0.0, 3).advance == 1
    assert guess.draft_s(dense(draft_layers=2), 1.0) == pytest.approx(3 * 2 / 10)
    with pytest.raises(EngineError):
        Speculation(1.0, 2)
    wanted = job(tp=1, batch=4, mode="disaggregated")
    plain = serve(dense(), wanted, cluster(), CONSTANTS)
    fast = serve(dense(), msgspec.structs.replace(wanted, accepted=0.7, drafted=3), cluster(), CONSTANTS)
    verified = float(
        iteration(dense(), cluster(), tp=1.0, batch=4.0, context=150.0, each=4.0, constants=CONSTANTS).seconds
    )
    assert fast.itl_s == pytest.approx(verified * (1 + 3 / 10) / guess.advance)
    assert fast.itl_s < plain.itl_s
    assert fast.split["draft"] == pytest.approx(0.3 * verified)


def test_separate_prefill_makes_others_wait() -> None:
    wanted = job(tp=1, batch=10, mode="separate")
    found = serve(dense(), wanted, cluster(), CONSTANTS)
    one: dict[str, Any] = {"tp": 1.0, "context": 150.0, "constants": CONSTANTS}
    decode = float(iteration(dense(), cluster(), batch=10.0, **one).seconds)
    # A chunk of 2,048 would take 20 prompts at once; there are ten sequences.
    ten = iteration(dense(), cluster(), batch=0.0, prefill_tokens=1000.0, prefill_context=100.0, **one)
    assert found.itl_s == pytest.approx(decode + 10 / 100 * float(ten.seconds) / 10)
    assert sum(found.split.values()) == pytest.approx(found.iteration_s)
    long = prefill(
        machine_of(dense(), cluster(), "bf16", "vllm", CONSTANTS),
        Requests(5000.0, 100.0, chunk=2048.0, cache_bytes=2.0, imbalance=1.0), tp=1.0, ep=1.0, batch=3.0,
    )  # fmt: skip
    part = iteration(
        dense(),
        cluster(),
        batch=3.0,
        prefill_tokens=5000 / 3,
        prefill_context=5000.0,
        **(one | {"context": 5050.0}),
    )
    assert long.prompts == 1
    assert long.seconds == pytest.approx(3 * float(part.seconds))


def test_pools_serve_the_smaller_of_both_rates() -> None:
    assert split_pools(8, 3.0, 1, 1.0, 1).requests_s == min(2 * 3.0, 6 * 1.0)
    assert split_pools(8, 3.0, 1, 1.0, 1, prefill_share=0.5).requests_s == min(4 * 3.0, 4 * 1.0)
    with pytest.raises(EngineError, match="do not hold a replica"):
        split_pools(3, 1.0, 2, 1.0, 2)


@given(st.integers(2, 60), st.floats(0.1, 50), st.integers(1, 4), st.floats(0.1, 50), st.integers(1, 4))
def test_no_other_split_of_pools_serves_more(n: int, rp: float, ap: int, rd: float, ad: int) -> None:
    if n < ap + ad:
        return
    found = split_pools(n, rp, ap, rd, ad)
    every = [min(k * rp, (n - k * ap) // ad * rd) for k in range(1, (n - ad) // ap + 1)]
    assert found.requests_s == pytest.approx(max(every))
    assert found.accelerators <= n


def test_pools_are_chosen_by_what_both_serve_together() -> None:
    wanted = job(mode="disaggregated", itl_limit_s=0.01)
    found = serve(mixture(), wanted, cluster(), CONSTANTS)
    fixed = [
        serve(mixture(), msgspec.structs.replace(wanted, tp=tp, ep=ep), cluster(), CONSTANTS)
        for tp, ep in ((1, 1), (1, 2), (1, 4), (2, 2), (2, 4))
    ]
    assert found.requests_s >= max(result.requests_s for result in fixed) * (1 - 1e-9)
    with pytest.raises(EngineError, match="do not hold a replica"):
        serve(dense(), job(mode="disaggregated"), cluster(1), CONSTANTS)


def test_disaggregated_first_tokens_pay_the_transfer_of_the_cache() -> None:
    fast = cluster()
    slow = replace(fast, hierarchy=replace(fast.hierarchy, oversubscription=50.0))
    quick, late = (
        serve(dense(), job(mode="disaggregated", load=0.5, tp=1), c, CONSTANTS) for c in (fast, slow)
    )
    assert quick.pools is not None
    assert quick.pools.accelerators <= 8
    assert quick.requests_s == pytest.approx(quick.pools.requests_s)
    # 100 tokens x 20 kB over 50 GB/s at 90 %, and over a fiftieth of it.
    assert late.ttft_s - quick.ttft_s == pytest.approx(2e6 / (1e9 * 0.9) - 2e6 / (50e9 * 0.9))


def test_services_share_a_cluster_up_to_all_of_it() -> None:
    half = job(share=0.5)
    both = serve_mix([(dense(), half), (mixture(), half)], cluster(), CONSTANTS)
    assert [result.accelerators for result in both] == [4, 4]
    with pytest.raises(EngineError, match="110%"):
        serve_mix([(dense(), half), (mixture(), job(share=0.6))], cluster(), CONSTANTS)
    with pytest.raises(EngineError, match="leaves none"):
        serve(dense(), job(share=0.05), cluster(), CONSTANTS)


def test_an_accelerator_that_nobody_measured_is_named() -> None:
    found = serve(dense(), job(), cluster(name="Other"), CONSTANTS)
    assert any("vllm on Other was not measured" in words for words in found.unknown)


def test_a_power_limit_slows_products_by_its_cube_root() -> None:
    held = at_power_limit(cluster(), 50.0)
    assert held.tflops["bf16"] == pytest.approx(50.0)
    assert held.tdp_w == 50.0
    with pytest.raises(EngineError):
        at_power_limit(cluster(), 0.0)


def test_constants_are_kept_and_read_and_wrong_ones_refused() -> None:
    shipped = shipped_constants()
    assert read_constants(write_constants(shipped, "two\nlines")) == shipped
    assert read_constants(write_constants(CONSTANTS)) == CONSTANTS
    text = write_constants(shipped)
    for broken in (
        text.replace("layer_us", "layer_ms", 1),
        text.replace("memory_share = 0", "memory_share = -0", 1),
        "[",
    ):
        with pytest.raises(EngineError):
            read_constants(broken)
    for engine in shipped.engines.values():
        assert engine.version
        assert engine.date
        assert engine.families
    assert {source.evidence for source in shipped.sources} <= {"verified", "estimate", "recalled", "assumed"}


def test_more_memory_never_serves_fewer_by_other_batches() -> None:
    asked = job(itl_limit_s=0.02)
    found = [
        serve(dense(), asked, replace(cluster(8), memory_gb=gb), CONSTANTS).tokens_out_s
        for gb in np.arange(1.0, 4.0, 0.05).tolist()
    ]
    steps = np.diff(found)
    assert (steps >= -0.06 * np.array(found[:-1])).all()
    assert found[-1] > found[0]


def test_a_share_is_not_short_of_one_by_rounding() -> None:
    found = serving_options(dense(), job(share=0.29), cluster(100), CONSTANTS)
    assert found is not None
    assert setting_of(dense(), job(share=0.29), cluster(100), CONSTANTS).accelerators == 29


def test_fresh_tokens_look_back_on_what_is_cached() -> None:
    """The last hundredth of a prompt looks back on all of it; the mean of the whole is half of that."""
    asked = Requests(100_000.0, 100.0, 8192.0, 2.0, 1.0, cached_share=0.99)
    assert asked.prompt / 2 == pytest.approx(99_500.0)
    assert Requests(100.0, 100.0, 8192.0, 2.0, 1.0).prompt == 100.0

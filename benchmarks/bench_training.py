"""Speed of the model of training: one plan, columns of plans, best plan of Llama 3 405B on 16,384 H100.

usage: python benchmarks/bench_training.py
Measures llm-analysis (`pip install llm-analysis`) beside it in the same run, if it is there.
Calculon cannot be measured beside: it is no package (the `calculon` that pip finds is about queues).
"""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from core.engine.cluster import Cluster
from core.engine.collectives import Hierarchy
from core.engine.training import Plan, best_plans, plan_at, step_columns, train_step
from core.model.jobs import TrainingJob
from core.model.transformer import Transformer

SCALAR_TARGET, COLUMNS_TARGET, SEARCH_TARGET_S = 3_000, 100_000, 1.0
MODEL = Transformer(
    id="l", name="Llama 3 405B", layers=126, hidden=16384, heads=128, kv_heads=8, ffn=53248, vocab=128256
)
CLUSTER = Cluster(
    name="H100 SXM5", count=16384, node=8, hierarchy=Hierarchy(8, 450.0, "NVLink 4", nic_gb_s=50.0),
    tflops={"bf16": 989.0, "fp8": 1979.0}, memory_gb=80.0, memory_tb_s=3.35, tdp_w=700.0,
)  # fmt: skip
JOB = TrainingJob(sequence=8192, global_batch=2048)


def main() -> None:
    """Print rates, the best plan and the peer."""
    started = time.perf_counter()
    found = best_plans(MODEL, JOB, CLUSTER)
    searched = time.perf_counter() - started
    best = found.best[0]
    print(
        f"best plan of {found.looked_at:,} in {searched:.3f} s (goal {SEARCH_TARGET_S} s): "
        f"{best.plan.words()}, {best.step_s:.2f} s, utilisation {best.mfu:.1%}"
    )
    columns = Plan(*(np.tile(column, 20) for column in found.plans))
    rows = len(columns.tp)
    each = _seconds(lambda: step_columns(MODEL, JOB, columns, CLUSTER), 5) / rows
    print(f"columns: {1 / each:,.0f} plans/s, {rows:,} at once (goal {COLUMNS_TARGET:,})")
    plans = [plan_at(found.plans, row) for row in range(0, found.looked_at, 50)]
    turn = iter(plans * 1000)
    own = 1 / _seconds(lambda: train_step(MODEL, JOB, next(turn), CLUSTER), 3000)
    print(f"one plan at a time: {own:,.0f}/s (goal {SCALAR_TARGET:,})")
    peer = _llm_analysis()
    if peer is None:
        print("llm-analysis is not installed: not measured beside")
    else:
        print(f"llm-analysis on the same model, one plan at a time: {peer:,.0f}/s; ratio {own / peer:.1f}")


def _seconds(call: Callable[[], object], times: int) -> float:
    call()
    started = time.perf_counter()
    for _ in range(times):
        call()
    return (time.perf_counter() - started) / times


def _llm_analysis() -> float | None:
    """Return training configurations that llm-analysis computes in a second, without writing files."""
    try:
        from llm_analysis.analysis import LLMAnalysis
        from llm_analysis.config import ModelConfig, ParallelismConfig, get_gpu_config_by_name
    except ImportError:
        return None
    logging.disable(logging.CRITICAL)
    # It takes whole multiples of the hidden size only.
    model = ModelConfig(
        name="l", num_layers=126, n_head=128, num_key_value_heads=8, hidden_dim=16384, vocab_size=128256,
        max_seq_len=8192, ffn_embed_dim=65536,
    )  # fmt: skip
    chip = get_gpu_config_by_name("h100-sxm-80gb")

    def one() -> object:
        layout = ParallelismConfig(tp_size=8, pp_size=14, dp_size=128)
        analysis = LLMAnalysis(model, chip, parallelism_config=layout, flops_efficiency=0.5)
        return analysis.training(
            batch_size_per_gpu=1,
            global_batch_size=2048,
            seq_len=8192,
            total_num_tokens=10**12,
            mlp_gated_linear_units=True,
        )

    try:
        return 1 / _seconds(one, 300)
    except (AssertionError, TypeError, ValueError, KeyError) as error:
        print(f"llm-analysis is of another version: {error!r}")
        return None


if __name__ == "__main__":
    main()

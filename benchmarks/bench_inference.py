"""Speed of the model of inference: single iterations, columns of options, the search for the best."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from core.engine.cluster import Cluster
from core.engine.collectives import Hierarchy
from core.engine.inference.iteration import iteration, machine_of, run
from core.engine.inference.search import serving_options
from core.engine.inference.serving import serve
from core.model.jobs import ServingJob
from core.model.transformer import Transformer

LLAMA = Transformer(
    id="l", name="Llama 3 70B", layers=80, hidden=8192, heads=64, kv_heads=8, ffn=28672, vocab=128256
)
DEEPSEEK = Transformer(
    id="d", name="DeepSeek-V3", layers=61, hidden=7168, heads=128, kv_heads=128, ffn=18432, vocab=129280,
    experts=256, experts_per_token=8, shared_experts=1, expert_ffn=2048, dense_layers=3, query_rank=1536,
    kv_rank=512, rope_dim=64, nope_dim=128, value_dim=128, draft_layers=1, expert_groups=4,
)  # fmt: skip
CLUSTER = Cluster(
    "H100 SXM5", 1024, 8, Hierarchy(8, 450.0, "NVLink 4", 50.0), {"bf16": 989.0, "fp8": 1979.0}, 80.0, 3.35,
    700.0, 575.0,
)  # fmt: skip
ROWS = 100_000


def main() -> None:
    one: dict[str, Any] = {"tp": 4.0, "batch": 64.0, "context": 1500.0, "precision": "fp8"}
    iteration(LLAMA, CLUSTER, **one)
    seconds = best_of(lambda: iteration(LLAMA, CLUSTER, **one))
    print(f"one iteration, scalar call         {1 / seconds:12,.0f} / s")
    rng = np.random.default_rng(1)
    columns: dict[str, Any] = {
        "tp": rng.choice([1.0, 2.0, 4.0, 8.0], ROWS), "ep": np.ones(ROWS),
        "batch": rng.integers(1, 500, ROWS).astype(float), "context": rng.uniform(100, 8000, ROWS),
        "prefill_tokens": rng.uniform(0, 2000, ROWS), "prefill_context": np.full(ROWS, 1000.0),
    }  # fmt: skip
    machine = machine_of(LLAMA, CLUSTER, "fp8", "vllm")
    seconds = best_of(lambda: run(machine, cache_bytes=1.0, imbalance=1.0, **columns), 5)
    print(f"iterations, columns of {ROWS:,}     {ROWS / seconds:12,.0f} / s")
    for model in (LLAMA, DEEPSEEK):
        for mode in ("chunked", "separate", "disaggregated"):
            job = ServingJob(mode=mode)
            seconds = best_of(lambda model=model, job=job: serve(model, job, CLUSTER), 5)  # type: ignore[misc]
            count = len(serving_options(model, job, CLUSTER))
            print(f"serve {model.name:12} {mode:14} {seconds * 1e3:8.2f} ms for {count:,} options")


def best_of(call: Callable[[], object], times: int = 200) -> float:
    """Return the shortest of some calls, in seconds."""
    found = []
    for _ in range(times):
        start = time.perf_counter()
        call()
        found.append(time.perf_counter() - start)
    return min(found)


if __name__ == "__main__":
    main()

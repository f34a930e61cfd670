"""What a workload asks of a design: a training run, or a service.

A `Workload` record keeps these as its `parameters`; `core.model.check` holds them to the fields here.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from core.model.fields import described, quantity

Precision = Literal["bf16", "fp8", "fp4"]
Degree = Annotated[int, quantity("", "Degree", low=0, high=1_000_000)]


class TrainingJob(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, kw_only=True):
    """A training run. Degrees of parallelism of 0 are left to the search for the best plan."""

    tokens: Annotated[float, quantity("tokens", "Tokens of the run", low=1, high=1e18)] = 1e12
    sequence: Annotated[int, quantity("tokens", "Sequence", low=1, high=100_000_000)] = 8192
    global_batch: Annotated[int, quantity("", "Global batch, sequences", low=1, high=10_000_000)] = 1024
    precision: Annotated[Precision, described("Precision of the products")] = "bf16"
    accelerators: Annotated[int, quantity("", "Accelerators, 0 for all", low=0, high=10_000_000)] = 0
    tp: Annotated[int, quantity("", "Tensor parallel, 0 to search", low=0, high=4096)] = 0
    pp: Annotated[int, quantity("", "Pipeline stages, 0 to search", low=0, high=4096)] = 0
    cp: Annotated[int, quantity("", "Context parallel, 0 to search", low=0, high=4096)] = 0
    ep: Annotated[int, quantity("", "Expert parallel, 0 to search", low=0, high=4096)] = 0
    microbatch: Annotated[int, quantity("", "Microbatch, 0 to search", low=0, high=4096)] = 0
    interleave: Annotated[int, quantity("", "Chunks of a stage, 0 to search", low=0, high=1024)] = 0
    recompute: Annotated[
        Literal["search", "none", "selective", "full"], described("Activations computed again")
    ] = "search"
    sharding: Annotated[
        Literal["none", "optimizer", "full"],
        described("Sharded over data parallel ranks", help="optimizer: ZeRO-1; full: FSDP, ZeRO-3"),
    ] = "optimizer"
    era: Annotated[
        Literal["auto", "2021", "2024", "2026"],
        described(
            "Software of",
            help="auto: of the accelerator's time; 2021: no overlap, plain attention; 2024: traffic behind "
            "compute; 2026: faster products",
        ),
    ] = "auto"
    imbalance: Annotated[float, quantity("", "Load of the busiest expert over the mean", low=1, high=100)] = (
        1.1
    )
    save_s: Annotated[float, quantity("s", "Stall of a checkpoint", low=0, high=1e6)] = 30.0
    restart_s: Annotated[float, quantity("s", "Detect, reschedule, load, warm up", low=0, high=1e6)] = 900.0
    spare_nodes: Annotated[
        int, quantity("", "Spare hosts, -1 for as many as needed", low=-1, high=1_000_000)
    ] = -1
    """Beside those the run works on; they need not be drawn."""
    part: Annotated[str, described("Part of the design it runs on")] = ""
    """Path of an instance in the built block; empty for all of it."""


class ServingJob(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, kw_only=True):
    """A model served. Degrees of 0 and a batch of 0 are left to the search for the best."""

    input_tokens: Annotated[float, quantity("tokens", "Input", low=1, high=1e8)] = 1024.0
    output_tokens: Annotated[float, quantity("tokens", "Output", low=1, high=1e8)] = 512.0
    cached_share: Annotated[float, quantity("", "Input found in the prefix cache", low=0, high=0.999)] = 0.0
    precision: Annotated[Precision, described("Precision of the products")] = "fp8"
    cache_bytes: Annotated[float, quantity("B", "Bytes of a cached value", low=0.25, high=8)] = 1.0
    mode: Annotated[
        Literal["chunked", "separate", "disaggregated"],
        described("Prefill", help="chunked: mixed into decoding; separate: steps of its own; or own pool"),
    ] = "chunked"
    chunk: Annotated[int, quantity("tokens", "Prefill chunk", low=1, high=10_000_000)] = 2048
    tp: Annotated[int, quantity("", "Tensor parallel, 0 to search", low=0, high=4096)] = 0
    ep: Annotated[int, quantity("", "Expert parallel, 0 to search", low=0, high=4096)] = 0
    batch: Annotated[int, quantity("", "Sequences of a replica, 0 to search", low=0, high=1_000_000)] = 0
    ttft_limit_s: Annotated[float, quantity("s", "Time to first token, at most", low=0, high=1e5)] = 2.0
    itl_limit_s: Annotated[float, quantity("s", "Time between tokens, at most", low=0, high=1e5)] = 0.05
    load: Annotated[float, quantity("", "Load of the service", low=0.01, high=1.0)] = 0.7
    """Share of the highest rate of requests that comes in on the mean."""
    variation: Annotated[float, quantity("", "Variation of service times", low=0, high=10)] = 1.0
    """Standard deviation over mean."""
    prefill_share: Annotated[float, quantity("", "Share of accelerators that prefill", low=0, high=1)] = 0.0
    """Disaggregated; 0 to search."""
    accepted: Annotated[float, quantity("", "Drafted tokens accepted", low=0, high=0.999)] = 0.0
    drafted: Annotated[int, quantity("", "Drafted tokens a step", low=0, high=64)] = 0
    imbalance: Annotated[float, quantity("", "Load of the busiest expert over the mean", low=1, high=100)] = (
        1.2
    )
    engine: Annotated[str, described("Engine whose host times hold")] = "vllm"
    share: Annotated[float, quantity("", "Share of the accelerators", low=0, high=1)] = 1.0
    """Of the part it runs on: several services share a design."""
    part: Annotated[str, described("Part of the design it runs on")] = ""
    """Path of an instance in the built block; empty for all of it."""

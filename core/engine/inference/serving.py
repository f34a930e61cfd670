"""The best way to serve a model on a cluster within limits of latency, and what it gives."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import inf
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from core.engine.cluster import Cluster
from core.engine.inference.batching import ServingMemory, memory_of
from core.engine.inference.constants import Constants, shipped_constants
from core.engine.inference.energy import steady_power_w
from core.engine.inference.pools import PoolSplit, best_of_pools, pools_of, transfer_s
from core.engine.inference.queueing import MOST_LOAD, mean_wait_s, tail_wait_s
from core.engine.inference.search import (
    ServingOptions,
    Setting,
    most_batches,
    serving_options,
    setting_of,
)
from core.errors import EngineError
from core.model.jobs import ServingJob
from core.model.transformer import Transformer

Columns: TypeAlias = NDArray[Any]
ITL = "mean time between two tokens of a running sequence, first token left out"


@dataclass(frozen=True)
class ServingResult:
    """How a model is served best.

    Attributes
    ----------
    model : str
    fits, is_within : bool
        A replica holds the model; and an option keeps the limits of latency.
    tp, ep, batch, replicas : int
        Degrees, sequences of a replica, replicas (of the decoding pool where pools are apart).
    accelerators : int
        Of all replicas, pools together.
    pools : PoolSplit or None
    ttft_s, ttft_p99_s : float
        Time to first token at the job's load, mean and 99 of 100; infinite where the queue is unstable.
    ttft_split : dict of str to float
        Of the mean: `queue`, `prompt`, `transfer` of a cache to another pool; adds up to `ttft_s`.
    most_batch : int
        Sequences that the memory of a replica holds.
    itl_s, itl_median_s : float
        Time between two tokens of a running sequence; `ITL` says what is counted.
    requests_s, tokens_out_s, tokens_in_s : float
        Highest rates of all replicas; a load below 1 takes its share of them.
    tokens_out_s_each : float
        Of one accelerator, pools together.
    iteration_s : float
        Of a full batch.
    split : dict of str to float
        What an iteration is spent on, in seconds; adds up to `iteration_s`.
    memory : ServingMemory or None
        Of the fullest accelerator of a replica.
    power_w : float
        Of all accelerators, on the mean at the highest rate.
    energy_j_token, energy_j_token_wall : float
        Of a token put out, by accelerators and by hosts with them; a site adds its PUE.
    shortfall_bytes : float
        What an accelerator lacks where the model does not fit.
    verdict : str
        `fits`, `late` or `too large`.
    limit : str
        What keeps it from more.
    words, unknown : tuple of str
    """

    model: str
    fits: bool
    is_within: bool
    tp: int = 0
    ep: int = 0
    batch: int = 0
    replicas: int = 0
    accelerators: int = 0
    pools: PoolSplit | None = None
    ttft_s: float = inf
    ttft_p99_s: float = inf
    ttft_split: dict[str, float] = field(default_factory=dict)
    most_batch: int = 0
    itl_s: float = inf
    itl_median_s: float = inf
    requests_s: float = 0.0
    tokens_out_s: float = 0.0
    tokens_in_s: float = 0.0
    tokens_out_s_each: float = 0.0
    iteration_s: float = 0.0
    split: dict[str, float] = field(default_factory=dict)
    memory: ServingMemory | None = None
    power_w: float = 0.0
    energy_j_token: float = 0.0
    energy_j_token_wall: float = 0.0
    shortfall_bytes: float = 0.0
    verdict: str = ""
    limit: str = ""
    words: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def serve(
    model: Transformer, job: ServingJob, cluster: Cluster, constants: Constants | None = None
) -> ServingResult:
    """Return the way to serve a model that puts out most tokens within the job's limits.

    Parameters
    ----------
    model : Transformer
    job : ServingJob
        Degrees and a batch of 0 are searched; limits of 0 are none.
    cluster : Cluster
    constants : Constants, optional
        Those shipped by default.

    Returns
    -------
    ServingResult
        Where no option keeps the limits, the fastest to a token, verdict `late`; where no replica holds the
        model, verdict `too large` and the bytes that are missing.

    Raises
    ------
    EngineError
        If the shape of the model is wrong, the engine or precision unknown, or no accelerator left.
    """
    chosen = constants or shipped_constants()
    setting = setting_of(model, job, cluster, chosen)
    options = serving_options(model, job, cluster, chosen)
    good = np.array([not reason for reason in options.reasons])
    runs = np.array([not r or r.startswith("time ") for r in options.reasons])
    if not runs.any():
        return _too_large(setting, options)
    if good.any():
        best = best_row(setting, options, good)
    else:
        best = int(np.argmin(np.where(runs, options.itl_s + _late_s(job, options), inf)))
    return row_result(setting, options, best, bool(good.any()), chosen)


def serve_mix(
    services: list[tuple[Transformer, ServingJob]], cluster: Cluster, constants: Constants | None = None
) -> list[ServingResult]:
    """Return how several models share a cluster, each on its job's share of the accelerators.

    Raises
    ------
    EngineError
        If shares add up to more than all of it, or one of the services cannot be judged.
    """
    shares = sum(job.share for _, job in services)
    if shares > 1 + 1e-9:
        raise EngineError(
            f"services take {shares:.0%} of the accelerators", where="share", cure="Lower a share"
        )
    return [serve(model, job, cluster, constants) for model, job in services]


def _late_s(job: ServingJob, options: ServingOptions) -> Columns:
    """Return by how much first tokens are late: the second thing to keep low."""
    return np.maximum(options.ttft_s - (job.ttft_limit_s or inf), 0.0)


def best_row(setting: Setting, options: ServingOptions, good: Columns) -> int:
    """Return the row with most requests of all whole replicas; of equals the faster one."""
    if setting.job.mode == "disaggregated":
        return best_of_pools(setting, options, good)
    replicas = setting.accelerators // options.replica
    rate = replicas * options.replica * options.requests_s
    return int(np.lexsort((options.itl_s, -np.where(good, rate, -1.0)))[0])


def _too_large(setting: Setting, options: ServingOptions) -> ServingResult:
    named = list(dict.fromkeys(options.reasons))
    short = options.shortfall_bytes
    least = float(short[short > 0].min()) if (short > 0).any() else 0.0
    words = (
        named[0] if len(named) == 1 or not least else f"{least:,.0f} bytes short on each accelerator at best"
    )
    return ServingResult(
        model=setting.model.name,
        fits=False,
        is_within=False,
        shortfall_bytes=least,
        verdict="too large",
        limit="memory" if least else "degrees",
        words=(f"{setting.model.name} does not run on {setting.accelerators} accelerators: {words}",),
        unknown=setting.machine.unknown,
    )


def row_result(
    setting: Setting, options: ServingOptions, row: int, is_within: bool, constants: Constants
) -> ServingResult:
    """Return what one of the options gives.

    Raises
    ------
    EngineError
        If the job wants pools apart and they do not fit, or nothing joins them.
    """
    job, cluster, state = setting.job, setting.cluster, options.state

    def at(values: object) -> float:
        column = np.broadcast_to(np.asarray(values, float), (len(options),))
        return float(column[row])

    tp, ep, batch, size = (int(at(v)) for v in (options.tp, options.ep, options.batch, options.replica))
    rate = at(options.requests_s) * size
    first, transfer, pools = at(options.first_s), 0.0, None
    if job.mode == "disaggregated":
        pools, first = pools_of(setting, options, row, rate)
        transfer = transfer_s(setting, tp)
        replicas, total, queue_rate = pools.decode, pools.requests_s, pools.requests_s / pools.prefill
    else:
        replicas = setting.accelerators // size
        total, queue_rate = replicas * rate, rate
    wait = mean_wait_s(job.load, job.variation, 1 / queue_rate)
    iteration = at(state.mean_s) + _prompts_s(job, options, row)
    split = {name: at(value) for name, value in state.split().items()}
    split["prompts"] = _prompts_s(job, options, row)
    used = pools.accelerators if pools else replicas * size
    each_w = at(steady_power_w(constants.power_of(cluster.name)[0], cluster, state))
    power, host = each_w * used, cluster.host_w * used * constants.power_of(cluster.name)[0].host
    tokens = total * job.output_tokens
    ttft = first + transfer + wait
    memory = memory_of(
        setting.machine.shape, setting.machine.precision, setting.engine, cluster.memory_gb,
        tp=tp, ep=ep, batch=batch, cache_bytes=job.cache_bytes,
        tokens=job.input_tokens + setting.engine.held_output * job.output_tokens,
    )  # fmt: skip
    in_time = ttft < inf and ttft <= (job.ttft_limit_s or inf)
    found = ServingResult(
        model=setting.model.name, fits=True, is_within=is_within and in_time,
        tp=tp, ep=ep, batch=batch, replicas=replicas, accelerators=used, pools=pools,
        ttft_s=ttft, ttft_p99_s=first + transfer + tail_wait_s(job.load, wait),
        ttft_split={"queue": wait, "prompt": first, "transfer": transfer},
        most_batch=int(most_batches(setting, options, row)),
        itl_s=at(options.itl_s), itl_median_s=at(state.itl_median_s),
        requests_s=total, tokens_out_s=tokens, tokens_in_s=total * job.input_tokens,
        tokens_out_s_each=tokens / used, iteration_s=iteration, split=split, memory=memory,
        power_w=power, energy_j_token=power / tokens, energy_j_token_wall=(power + host) / tokens,
        limit=_limit(setting, options, row),
    )  # fmt: skip
    return _told(setting, found, constants, options.reasons[row])


def _prompts_s(job: ServingJob, options: ServingOptions, row: int) -> float:
    """Return the time of prompts that have steps of their own, for each iteration of those that decode."""
    if job.mode != "separate":
        return 0.0
    iterations = job.output_tokens / options.state.advance
    return float(options.batch[row] / iterations * options.prompt_s[row])


def _limit(setting: Setting, options: ServingOptions, row: int) -> str:
    """Return what keeps a replica from a larger batch."""
    if options.reasons[row]:
        return "latency"
    same = (options.tp == options.tp[row]) & (options.ep == options.ep[row])
    larger = same & (options.batch > options.batch[row])
    if setting.job.batch:
        return "batch of the job"
    if not larger.any():
        return "memory"
    said = options.reasons[int(np.flatnonzero(larger)[0])]
    return said.split(" of ")[0] if said else "compute"


def _told(setting: Setting, found: ServingResult, constants: Constants, late: str) -> ServingResult:
    job = setting.job
    words = []
    if late:
        words.append(f"No option keeps the limits; the nearest has a {late}")
    elif not found.is_within:
        words.append(
            f"Time to first token of {found.ttft_s:.3g} s at a load of {job.load:.0%}, "
            f"limit {job.ttft_limit_s:g} s"
            if found.ttft_s < inf
            else f"A load of {job.load:.0%} is unstable: above {MOST_LOAD:.0%} waits are not told"
        )
    words.append(f"Time between tokens: {ITL}")
    _, power = constants.power_of(setting.cluster.name)
    unknown = (*setting.cluster.unknown, *setting.machine.unknown, *([power] if power else []))
    verdict = "fits" if found.is_within else "late"
    return replace(found, verdict=verdict, words=tuple(words), unknown=unknown)

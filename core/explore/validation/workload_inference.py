"""Measured serving: what the model of inference says for the figures of a case."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from core.engine.cluster import Cluster
from core.engine.inference.batching import most_sequences
from core.engine.inference.constants import Constants, shipped_constants
from core.engine.inference.energy import steady_power_w
from core.engine.inference.iteration import Machine, machine_of, run
from core.engine.inference.steady import Requests, Steady, steady
from core.errors import EngineError
from core.explore.validation.serving_inputs import (
    Case,
    assumed,
    cluster_of,
    count,
    engine_of,
    inputs,
    model_of,
    number,
    part,
    precision_of,
)  # fmt: skip

DEGREES = (1, 2, 4, 8)
BATCHES = 48
"""Batches tried on the way to the largest that fits."""


@dataclass(frozen=True)
class _Run:
    """A case as the model takes it."""

    case: Case
    machine: Machine
    cluster: Cluster
    constants: Constants
    engine: str
    cache_bytes: float


def predict(case: Case, constants: Constants | None = None) -> dict[str, float]:
    """Return what the model says for the figures of a case, named as they are there.

    Parameters
    ----------
    case : mapping
        One entry of a file of cases, kind `inference`, as plain data.
    constants : Constants, optional
        Those shipped by default.

    Raises
    ------
    EngineError
        If the case lacks an input, has one that is not known, or others of its source contradict it.

    Notes
    -----
    Four kinds of workload: a batch kept full (`avg_batch`), one batch from prompt to last token (`batch`),
    a phase of separated pools (`phase`), and all requests queued (anything else). Itl is the time between
    two tokens of a running sequence; its median leaves out prompts as far as they are rare. Rates of
    several replicas are for all accelerators of the case.
    """
    chosen = constants or shipped_constants()
    if reason := inputs()["contradicted"].get(str(case.get("id", ""))):
        raise EngineError(reason)
    engine, cache_bytes = engine_of(case)
    cluster = cluster_of(case)
    machine = machine_of(model_of(case), cluster, precision_of(case), engine, chosen)
    running = _Run(case, machine, cluster, chosen, engine, cache_bytes)
    workload = part(case, "workload")
    if "avg_batch" in workload:
        return _kept_full(running)
    if "batch" in workload:
        return _one_batch(running)
    if "phase" in workload:
        return _phase(running)
    return _queued(running)


def _kept_full(run_of: _Run) -> dict[str, float]:
    workload, degrees = part(run_of.case, "workload"), part(run_of.case, "parallelism")
    batch = number(workload, "avg_batch")
    ep = count(degrees, "ep", 1)
    tp = count(degrees, "tp", 1)
    if degrees.get("dp") == 1:
        # Without data parallel ranks attention is shared by all that share the experts.
        tp = max(tp, ep)
    asked = Requests(
        input_tokens=_input_tokens(run_of.case),
        output_tokens=number(workload, "avg_output_tokens"),
        chunk=run_of.constants.engine(run_of.engine).most_tokens,
        cache_bytes=run_of.cache_bytes,
        imbalance=1 + assumed("uneven_each_doubling") * np.log2(ep),
    )
    state = steady(run_of.machine, asked, tp=float(tp), ep=float(ep), batch=batch)
    mean_s = float(state.mean_s)
    watts = _accelerator_w(run_of, state, max(tp, ep))
    return {
        "itl_ms_median": float(state.median_s) * 1e3,
        "itl_ms_mean": mean_s * 1e3,
        "output_tokens_per_s": batch / mean_s,
        "gpu_power_w": watts,
        "energy_j_per_output_token": watts * mean_s / batch,
    }


def _accelerator_w(run_of: _Run, state: Steady, accelerators: float) -> float:
    """Return the power of all accelerators of a replica."""
    power, _ = run_of.constants.power_of(run_of.cluster.name)
    return accelerators * float(steady_power_w(power, run_of.cluster, state))


def _input_tokens(case: Case) -> float:
    workload = part(case, "workload")
    for name in ("avg_input_tokens", "input_tokens"):
        if workload.get(name) is not None:
            return number(workload, name)
    task = inputs()["tasks"].get(workload.get("task"))
    if task is None:
        raise EngineError("the case does not say how long its prompts are")
    return float(task["input"])


def _one_batch(run_of: _Run) -> dict[str, float]:
    """A batch of equal requests: one prefill, then a token each at a time.

    Pipeline stages work on as many parts of the batch at once as there are stages.
    """
    workload, degrees = part(run_of.case, "workload"), part(run_of.case, "parallelism")
    tp, pp = float(count(degrees, "tp", 1)), float(count(degrees, "pp", 1))
    batch, prompt = number(workload, "batch"), number(workload, "input_tokens")
    answer = number(workload, "output_tokens")
    parts = min(batch, pp)
    iterated = partial(run, run_of.machine, tp=tp, ep=1.0, cache_bytes=run_of.cache_bytes, imbalance=1.0)
    first = iterated(
        batch=0.0, context=0.0,
        prefill_tokens=batch * prompt / parts, prefill_context=prompt,
    ).seconds * (parts + pp - 1) / pp  # fmt: skip
    each = iterated(
        batch=batch / parts, context=prompt + answer / 2,
        prefill_tokens=0.0, prefill_context=0.0,
    ).seconds  # fmt: skip
    return {
        "request_latency_ms": 1e3 * float(first + (answer - 1) * each),
        "prefill_ms": 1e3 * float(first),
        "decode_ms_per_token": 1e3 * float(each),
    }


def _phase(run_of: _Run) -> dict[str, float]:
    """Prefill or decode alone, with attention data parallel and experts over all ranks."""
    workload = part(run_of.case, "workload")
    ep = float(count(part(run_of.case, "parallelism"), "ep"))
    iterated = partial(
        run, run_of.machine, tp=1.0, ep=ep,
        cache_bytes=run_of.cache_bytes, imbalance=assumed("imbalance"),
    )  # fmt: skip
    if workload.get("phase") == "prefill":
        rank = number(workload, "tokens_per_device", assumed("tokens_of_rank"))
        prompt = number(workload, "input_tokens", 1024.0)
        found = iterated(batch=0.0, context=0.0, prefill_tokens=rank * ep, prefill_context=prompt)
        rate = rank * run_of.cluster.node / float(found.seconds)
        if workload.get("includes_cache_hits"):
            # Tokens found in the cache are counted as processed; the rate is the mean of a day.
            hits = float(part(run_of.case, "measured").get("cache_hit_fraction", 0.0))
            rate *= assumed("online_share") / (1 - hits)
        return {"input_tokens_per_s_per_node": rate}
    rank = number(workload, "batch_per_gpu")
    found = iterated(
        batch=rank * ep, context=number(workload, "kv_tokens"),
        prefill_tokens=0.0, prefill_context=0.0,
    )  # fmt: skip
    return {"output_tokens_per_s_per_node": rank * run_of.cluster.node / float(found.seconds)}


def _queued(run_of: _Run) -> dict[str, float]:
    """More requests than can run: the batch and, where the case leaves them, the degrees that give most."""
    workload, degrees = part(run_of.case, "workload"), part(run_of.case, "parallelism")
    prompt, answer = _lengths(run_of.case)
    all_of_it = run_of.cluster.count
    if degrees.get("tp"):
        pairs = [(count(degrees, "tp"), count(degrees, "pp", 1))]
    else:
        pairs = [(degree, 1) for degree in DEGREES if all_of_it % degree == 0]
    task = inputs()["tasks"].get(workload.get("dataset"), {})
    longest = max(answer, float(task.get("longest", 0)))
    found = [_most(run_of, tp, pp, (prompt, answer, longest)) for tp, pp in pairs]
    rate, watts = max(found)
    power, _ = run_of.constants.power_of(run_of.cluster.name)
    if not rate:
        raise EngineError("the model does not fit the accelerators of the case")
    if workload.get("scenario") == "server":
        rate *= assumed("server_load")
    hosts = all_of_it * run_of.cluster.host_w * power.host
    return {
        "output_tokens_per_s": rate,
        "system_power_w": watts + hosts,
        "energy_j_per_output_token": (watts + hosts) / rate,
    }


def _lengths(case: Case) -> tuple[float, float]:
    workload = part(case, "workload")
    if "input_tokens" in workload:
        return number(workload, "input_tokens"), number(workload, "output_tokens")
    task = inputs()["tasks"].get(workload.get("dataset"))
    if task is None:
        raise EngineError("the case does not say how long its prompts and answers are")
    return float(task["input"]), float(task["output"])


def _most(run_of: _Run, tp: int, pp: int, tokens: tuple[float, float, float]) -> tuple[float, float]:
    """Return the highest rate of all accelerators at some degrees and their power; 0 if it does not fit.

    `tokens` are those of a prompt, an answer, and of the longest answer that room may have to be held for.

    A pipeline of p stages works on p batches at once, each a p-th of the time with it: its rate by
    accelerator is that of one that had all layers, and each stage keeps its layers' cache of all p.
    """
    prompt, answer, longest = tokens
    machine, engine = run_of.machine, run_of.constants.engine(run_of.engine)
    held = machine.shape
    stage = replace(
        held, body=held.body / pp, head=held.head / pp, table=held.table / pp, expert=held.expert / pp
    )
    most = most_sequences(
        stage, machine.precision, engine, run_of.cluster.memory_gb,
        tp=float(tp), ep=1.0, input_tokens=prompt, output_tokens=longest, cache_bytes=run_of.cache_bytes,
    )  # fmt: skip
    limit = min(float(most), engine.most_tokens / (1 + prompt / answer))
    if limit < 1:
        return 0.0, 0.0
    batch = np.unique(np.floor(np.geomspace(1, limit, BATCHES)))
    asked = Requests(prompt, answer, engine.most_tokens, run_of.cache_bytes, imbalance=1.0)
    state = steady(machine, asked, tp=float(tp), ep=1.0, batch=batch)
    rates = batch / state.mean_s
    slowest = part(run_of.case, "workload").get("tpot_limit_ms")
    if slowest:
        rates = np.where(state.mean_s * 1e3 <= slowest, rates, 0.0)
    best = int(np.argmax(rates))
    power, _ = run_of.constants.power_of(run_of.cluster.name)
    watts = np.broadcast_to(steady_power_w(power, run_of.cluster, state), rates.shape)
    return (
        float(rates[best]) * run_of.cluster.count / tp,
        float(watts[best]) * run_of.cluster.count,
    )

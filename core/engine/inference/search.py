"""All ways to serve a model on a cluster, with the reason why each that is none was rejected."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.engine.cluster import Cluster
from core.engine.inference.batching import cache_of_sequence, most_sequences, room_for_cache
from core.engine.inference.constants import Constants, Engine, shipped_constants
from core.engine.inference.iteration import Machine, machine_of
from core.engine.inference.queueing import MOST_LOAD, mean_wait_s
from core.engine.inference.speculation import Speculation
from core.engine.inference.steady import Requests, Steady, prefill, steady
from core.errors import EngineError
from core.model.jobs import ServingJob
from core.model.transformer import Transformer

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
MOST_DEGREE = 1024
BATCHES = np.unique(np.r_[np.arange(1.0, 33.0), np.floor(32 * 1.06 ** np.arange(1, 300))])
"""Batches tried for each pair of degrees: all small ones, then in steps of 6 %. They are the same whatever
the memory: more of it may not mean fewer tokens because other batches are tried."""
KV_STEP_S = 10e-6
"""Latency of handing a cache to another pool."""
KV_SHARE = 0.9
"""Of the network rate of an accelerator, moving a cache."""


@dataclass(frozen=True, eq=False)
class ServingOptions:
    """Ways to serve a model, a row each.

    Attributes
    ----------
    tp, ep, batch : ndarray
        Degrees, and sequences of a replica.
    replica : ndarray
        Accelerators of a replica.
    state : Steady
        Of a replica that decodes; columns.
    first_s, prompt_s : ndarray
        In which a prompt goes through, beside the batch or, with separate prefill, with others alone; the
        second is the time of a replica for each of these.
    itl_s, ttft_s : ndarray
        Means; the second with the wait at the job's load.
    requests_s : ndarray
        Highest rate of requests of one accelerator of the decoding pool.
    reasons : tuple of str
        Why a row does not do; empty if it does.
    shortfall_bytes : ndarray
        What an accelerator lacks to hold one sequence; 0 where it fits.
    """

    tp: Floats
    ep: Floats
    batch: Floats
    replica: Floats
    state: Steady
    first_s: Floats
    prompt_s: Floats
    itl_s: Floats
    ttft_s: Floats
    requests_s: Floats
    reasons: tuple[str, ...]
    shortfall_bytes: Floats

    def __len__(self) -> int:
        return len(self.tp)


@dataclass(frozen=True)
class Setting:
    """A model on a machine for a job: what is the same for all options."""

    model: Transformer
    job: ServingJob
    cluster: Cluster
    machine: Machine
    engine: Engine
    accelerators: int
    asked: Requests


def setting_of(
    model: Transformer, job: ServingJob, cluster: Cluster, constants: Constants | None = None
) -> Setting:
    """Return what is the same for all ways to serve a model.

    Raises
    ------
    EngineError
        If something of the job is not known, or its share leaves no accelerator.
    """
    chosen = constants or shipped_constants()
    machine = machine_of(model, cluster, job.precision, job.engine, chosen)
    engine = chosen.engine(job.engine)
    accelerators = int(cluster.count * job.share + 1e-9)
    if accelerators < 1:
        raise EngineError(
            f"a share of {job.share:.0%} of {cluster.count} accelerators leaves none",
            where="share",
            cure="Give the service a larger share, or another part of the design",
        )
    asked = Requests(
        job.input_tokens, job.output_tokens, min(job.chunk, engine.most_tokens), job.cache_bytes,
        job.imbalance, job.cached_share,
    )  # fmt: skip
    return Setting(model, job, cluster, machine, engine, accelerators, asked)


def serving_options(
    model: Transformer, job: ServingJob, cluster: Cluster, constants: Constants | None = None
) -> ServingOptions:
    """Return all options that are looked at: degrees by powers of two, batches up to what memory holds.

    Degrees and a batch that the job names are kept. Raises as `setting_of` does.
    """
    setting = setting_of(model, job, cluster, constants)
    tp, ep = _degrees(setting)
    most = _most(setting, tp, ep)
    pair, batch = _rows(setting, most)
    tried = np.maximum(np.minimum(batch, np.maximum(most[pair], 1.0)), 1.0)
    of_pair = _reasons(setting, tp, ep, most)
    reasons = [of_pair[number] for number in pair.tolist()]
    for row in np.flatnonzero(batch > most[pair]).tolist():
        room = f"memory: room for {int(most[pair[row]])} of {int(batch[row])} sequences"
        reasons[row] = reasons[row] or room
    possible = np.array([not reason or reason.startswith("memory") for reason in of_pair])
    # A collective over ranks that nothing joins has no time: such rows are computed as one accelerator.
    shown_tp, shown_ep = np.where(possible, tp, 1.0), np.where(possible, ep, 1.0)
    return _computed(setting, (tp[pair], ep[pair], tried), (shown_tp[pair], shown_ep[pair]), reasons)


def most_batches(setting: Setting, options: ServingOptions, row: int) -> float:
    """Return the sequences that the memory of a replica of an option holds."""
    return float(_most(setting, options.tp[row : row + 1], options.ep[row : row + 1])[0])


def _computed(
    setting: Setting,
    rows: tuple[Floats, Floats, Floats],
    shown: tuple[Floats, Floats],
    reasons: list[str],
) -> ServingOptions:
    job, machine = setting.job, setting.machine
    tp, ep, batch = rows
    own_steps = job.mode != "chunked"
    state = steady(
        machine, setting.asked, tp=shown[0], ep=shown[1], batch=batch,
        speculation=Speculation(job.accepted, job.drafted), has_prompts=not own_steps,
    )  # fmt: skip
    taken = prefill(
        machine, setting.asked, tp=shown[0], ep=shown[1], batch=0.0 * batch if own_steps else batch,
        most_prompts=batch if job.mode == "separate" else np.inf,
    )  # fmt: skip
    first = np.broadcast_to(np.asarray(taken.seconds, float), batch.shape)
    each = np.broadcast_to(np.asarray(taken.each_s, float), batch.shape)
    iterations = job.output_tokens / state.advance
    if job.mode == "separate":
        # Steps for prompts alone, in which others wait: in the iterations of a sequence come B prompts.
        itl = np.asarray((state.mean_s + batch / iterations * each) / state.advance, float)
    else:
        itl = np.asarray(state.itl_s, float)
    requests = batch / (itl * job.output_tokens)
    replica = np.maximum(tp, ep)
    # The wait is in proportion to the time between two answers.
    ttft = first + mean_wait_s(min(job.load, MOST_LOAD), job.variation, 1.0) / requests
    room = room_for_cache(
        machine.shape, machine.precision, setting.engine, setting.cluster.memory_gb, tp=tp, ep=ep
    )
    need = _sequence(setting, tp)
    return ServingOptions(
        tp, ep, batch, replica, state, first, each, itl, ttft, requests / replica,
        tuple(_with_late(job, reasons, itl, ttft)), np.maximum(need - room, 0.0),
    )  # fmt: skip


def _with_late(job: ServingJob, reasons: list[str], itl_s: Floats, ttft_s: Floats) -> list[str]:
    """Return the reasons with those of rows that run but answer later than the job asks."""
    found = list(reasons)
    itl_limit, ttft_limit = job.itl_limit_s, 0.0 if job.mode == "disaggregated" else job.ttft_limit_s
    slow = itl_s > (itl_limit or np.inf)
    for row in np.flatnonzero(slow | (ttft_s > (ttft_limit or np.inf))).tolist():
        if slow[row]:
            late = f"time between tokens of {itl_s[row] * 1e3:.3g} ms, limit {itl_limit * 1e3:g} ms"
        else:
            late = f"time to first token of {ttft_s[row]:.3g} s, limit {ttft_limit:g} s"
        found[row] = found[row] or late
    return found


def _degrees(setting: Setting) -> tuple[Floats, Floats]:
    """Return pairs of degrees: powers of two, or those that the job names."""
    job, model = setting.job, setting.model
    powers = [2**k for k in range(MOST_DEGREE.bit_length()) if 2**k <= min(setting.accelerators, MOST_DEGREE)]
    tps = [job.tp] if job.tp else [tp for tp in powers if model.heads % tp == 0]
    if job.ep:
        eps = [job.ep]
    else:
        eps = [1] + [ep for ep in powers if ep > 1 and model.experts and model.experts % ep == 0]
    pairs = [(tp, ep) for tp in tps for ep in eps if job.ep or ep == 1 or ep % tp == 0]
    return np.array([t for t, _ in pairs], float), np.array([e for _, e in pairs], float)


def _sequence(setting: Setting, tp: Floats) -> Floats:
    job = setting.job
    tokens = job.input_tokens + setting.engine.held_output * job.output_tokens
    return np.asarray(cache_of_sequence(setting.machine.shape, tokens, job.cache_bytes, tp), float)


def _most(setting: Setting, tp: Floats, ep: Floats) -> Floats:
    job = setting.job
    most = most_sequences(
        setting.machine.shape, setting.machine.precision, setting.engine, setting.cluster.memory_gb,
        tp=tp, ep=ep, input_tokens=job.input_tokens, output_tokens=job.output_tokens,
        cache_bytes=job.cache_bytes,
    )  # fmt: skip
    if job.mode == "chunked":
        # Prompts that come in must fit the tokens of an iteration beside those that decode.
        ranks = np.maximum(tp, ep) / tp
        steady_most = setting.engine.most_tokens / (1 + setting.asked.fresh / job.output_tokens) * ranks
        most = np.minimum(most, np.floor(steady_most))
    return np.asarray(most, float)


def _rows(setting: Setting, most: Floats) -> tuple[Ints, Floats]:
    """Return the number of the degree pair and the batch of each row."""
    if setting.job.batch:
        return np.arange(len(most)), np.full(len(most), float(setting.job.batch))
    tops = np.maximum(most, 1.0).tolist()
    batches = [np.append(BATCHES[top > BATCHES], top) for top in tops]
    return np.repeat(np.arange(len(most)), [len(b) for b in batches]), np.concatenate(batches)


def _reasons(setting: Setting, tp: Floats, ep: Floats, most: Floats) -> list[str]:
    """Return why degree pairs cannot run at all; empty where they can."""
    model, hierarchy = setting.model, setting.cluster.hierarchy
    room = np.asarray(
        room_for_cache(
            setting.machine.shape, setting.machine.precision, setting.engine,
            setting.cluster.memory_gb, tp=tp, ep=ep,
        )
    )  # fmt: skip
    need = _sequence(setting, tp)
    found = []
    for t, e, m, left, each in zip(tp, ep, most, room, need, strict=True):
        ranks = int(max(t, e))
        if ranks > setting.accelerators:
            found.append(f"a replica of {ranks} of {setting.accelerators} accelerators")
        elif model.heads % int(t):
            found.append(f"{model.heads} heads do not divide by {int(t)} ranks")
        elif e > 1 and (not model.experts or model.experts % int(e)):
            found.append(f"{model.experts} experts do not divide by {int(e)} ranks")
        elif e > 1 and e % t:
            found.append(f"{int(e)} ranks of experts are no multiple of {int(t)} of attention")
        elif ranks > hierarchy.domain and not hierarchy.nic_gb_s > 0:
            found.append(f"no network joins domains of {hierarchy.domain}")
        elif m < 1:
            found.append(f"memory: {max(each - left, 1.0):,.0f} bytes short on each accelerator")
        else:
            found.append("")
    return found

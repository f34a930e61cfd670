"""Disaggregated serving: one pool takes prompts in, another puts tokens out."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor, inf
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from core.engine.inference.batching import cache_of_sequence
from core.engine.inference.search import KV_SHARE, KV_STEP_S, ServingOptions, Setting
from core.errors import EngineError

Columns: TypeAlias = NDArray[Any]


@dataclass(frozen=True)
class PoolSplit:
    """How accelerators are shared between prefill and decoding.

    Attributes
    ----------
    prefill, decode : int
        Replicas of each pool.
    prefill_size, decode_size : int
        Accelerators of a replica.
    requests_s : float
        Rate of the slower pool.
    """

    prefill: int
    decode: int
    prefill_size: int
    decode_size: int
    requests_s: float

    @property
    def accelerators(self) -> int:
        """Accelerators of both pools."""
        return self.prefill * self.prefill_size + self.decode * self.decode_size


def split_pools(
    accelerators: int,
    prefill_requests_s: float,
    prefill_size: int,
    decode_requests_s: float,
    decode_size: int,
    prefill_share: float = 0.0,
) -> PoolSplit:
    """Return the split of a design between pools that serves most requests.

    Parameters
    ----------
    accelerators : int
    prefill_requests_s, decode_requests_s : float
        Highest rates of one replica of each pool.
    prefill_size, decode_size : int
        Accelerators of one replica.
    prefill_share : float, optional
        Share that prefills, where it is given; 0: the best is searched.

    Raises
    ------
    EngineError
        If not one replica of each fits.

    Notes
    -----
    min(n_p R_p, n_d R_d) over whole replicas with n_p a_p + n_d a_d <= n.

    Examples
    --------
    Prefill is three times as fast as decoding: a quarter of eight accelerators prefills.

    >>> split_pools(8, 3.0, 1, 1.0, 1)
    PoolSplit(prefill=2, decode=6, prefill_size=1, decode_size=1, requests_s=6.0)
    """
    if accelerators < prefill_size + decode_size:
        raise EngineError(
            f"{accelerators} accelerators do not hold a replica that prefills ({prefill_size}) "
            f"and one that decodes ({decode_size})",
            where="mode",
            cure="Take chunked prefill, or more accelerators",
        )

    most = (accelerators - decode_size) // prefill_size
    if prefill_share:
        tried = np.clip([floor(accelerators * prefill_share / prefill_size)], 1, most)
    else:
        tried = np.arange(1, most + 1)
    decode = (accelerators - tried * prefill_size) // decode_size
    rates = np.minimum(tried * prefill_requests_s, decode * decode_requests_s)
    best = int(np.argmax(rates))
    return PoolSplit(int(tried[best]), int(decode[best]), prefill_size, decode_size, float(rates[best]))


def best_of_pools(setting: Setting, options: ServingOptions, good: Columns) -> int:
    """Return the row whose pools serve most: of each pair of degrees the batch that decodes most is tried.

    Raises
    ------
    EngineError
        If no pair leaves room for a replica of each pool.
    """
    rows: dict[tuple[float, float], int] = {}
    for row in np.flatnonzero(good).tolist():
        pair = float(options.tp[row]), float(options.ep[row])
        if pair not in rows or options.requests_s[row] > options.requests_s[rows[pair]]:
            rows[pair] = row
    found: list[tuple[float, int]] = []
    problem: EngineError | None = None
    for row in rows.values():
        try:
            rate = float(options.requests_s[row] * options.replica[row])
            found.append((pools_of(setting, options, row, rate)[0].requests_s, row))
        except EngineError as error:
            problem = error
    if problem is not None and not found:
        raise problem
    return max(found, key=lambda pair: pair[0])[1]


def pools_of(setting: Setting, options: ServingOptions, row: int, rate: float) -> tuple[PoolSplit, float]:
    """Return the best pools for a row that decodes, and the time of a prompt in them.

    Of each size of replica the degrees are tried that take most prompts, in time where any does.

    Raises
    ------
    EngineError
        If no replica that prefills fits beside.
    """
    job, size = setting.job, int(options.replica[row])
    left = max(setting.accelerators - size, int(options.replica.min()))
    runs = np.array([not r or r.startswith("time ") for r in options.reasons]) & (options.replica <= left)
    in_time = runs & (options.first_s <= (job.ttft_limit_s or inf))
    usable = in_time if in_time.any() else runs
    found = []
    for replica in np.unique(options.replica[usable]).tolist():
        best = int(np.argmin(np.where(usable & (options.replica == replica), options.prompt_s, inf)))
        each = 1 / float(options.prompt_s[best])
        split = split_pools(setting.accelerators, each, int(replica), rate, size, job.prefill_share)
        found.append((split, float(options.first_s[best])))
    if not found:
        raise EngineError(
            f"beside a replica of {size} that decodes no accelerators are left for one that prefills",
            where="mode",
            cure="Take chunked prefill, or more accelerators",
        )
    return max(found, key=lambda pair: pair[0].requests_s)


def transfer_s(setting: Setting, tp: int) -> float:
    """Return the time to hand the cache of a prompt to the decoding pool, each rank its part."""
    job, cluster = setting.job, setting.cluster
    if not cluster.nic_gb_s > 0:
        raise EngineError("no network joins the pools", where="mode", cure="Take chunked prefill")
    held = cache_of_sequence(setting.machine.shape, job.input_tokens, job.cache_bytes, float(tp))
    return KV_STEP_S + float(held) / (cluster.nic_gb_s * 1e9 * KV_SHARE)

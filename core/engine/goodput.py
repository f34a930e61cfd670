"""Goodput of a training run: what failures and checkpoints leave of its time."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, exp, expm1, isinf, lgamma, log, sqrt
from statistics import NormalDist

from core.engine.checkpointing import availability_interval, daly_interval, young_interval
from core.errors import EngineError

MANY = 1000.0
"""Mean of a Poisson distribution beyond which the normal one stands for it."""


@dataclass(frozen=True)
class Goodput:
    """What is left of the time of a job that saves its state at intervals and starts again after failures.

    Attributes
    ----------
    failures_day : float
        Failures that end the job [1/d].
    mttf_h : float
        Mean time between them [h]; inf without any.
    young_s, daly_s, availability_s : float
        Interval between saves [s] by Young, by Daly, and as Saxena et al. have it.
    interval_s : float
        The one taken, with the highest goodput (`best_interval`) [s].
    restart_s : float
        Mean time from a failure to work again [s], waiting for a repair where no spare is free included.
    spares : int
        Spare hosts counted on.
    spare_missing : float
        Share of failures of nodes that find no free spare.
    share : float
        Goodput: useful time over all time.
    save_share, rework_share, restart_share : float
        Where the rest goes: saving, work done again, restarting. With `share` they add up to 1. Of the time
        that failures cost a restart and half an interval of work each have their part.
    """

    failures_day: float
    mttf_h: float
    young_s: float
    daly_s: float
    availability_s: float
    interval_s: float
    restart_s: float
    spares: int
    spare_missing: float
    share: float
    save_share: float
    rework_share: float
    restart_share: float


def failures_per_day(
    nodes: float,
    links: float,
    *,
    node_failures_1000_days: float,
    link_failures_1000_days: float,
    job_failures_day: float,
) -> float:
    """Return the failures that end a job [1/d]: of its nodes, of its links, and those of no size.

    Examples
    --------
    With the two rates fitted to Meta's RSC-1 (7.9 h at 128 nodes) and Llama 3 (419 stops in 54 days at
    2,048 nodes):

    >>> rates = {"node_failures_1000_days": 2.46, "link_failures_1000_days": 0.0, "job_failures_day": 2.72}
    >>> round(24 / failures_per_day(128, 0, **rates), 1), round(54 * failures_per_day(2048, 0, **rates))
    (7.9, 419)
    """
    rates = (nodes, links, node_failures_1000_days, link_failures_1000_days, job_failures_day)
    if min(rates) < 0:
        raise EngineError("counts and rates of failures cannot be negative", where="goodput")
    return (nodes * node_failures_1000_days + links * link_failures_1000_days) / 1000 + job_failures_day


def no_spare(nodes: float, node_failures_1000_days: float, repair_h: float, spares: int) -> float:
    """Return the probability that a failed node finds no free spare.

    Nodes in repair follow a Poisson distribution of mean nodes x rate x time of repair; a spare is free while
    fewer of them than there are spares are in repair.

    Examples
    --------
    >>> round(no_spare(2048, 2.5, 24.0, 0), 3), no_spare(2048, 2.5, 24.0, 5) > no_spare(2048, 2.5, 24.0, 10)
    (1.0, True)
    """
    mean = _in_repair(nodes, node_failures_1000_days, repair_h)
    if mean > MANY:
        return 1.0 - NormalDist(mean, sqrt(mean)).cdf(spares - 0.5)
    return max(0.0, 1.0 - sum(_poisson(k, mean) for k in range(spares))) if mean > 0 else 0.0


def spares_needed(nodes: float, node_failures_1000_days: float, repair_h: float, short: float = 0.01) -> int:
    """Return the least number of spares with which at most a share `short` of failures finds none free.

    Examples
    --------
    >>> spares_needed(2048, 2.46, 24.0), spares_needed(31, 2.46, 24.0), spares_needed(31, 0.0, 24.0)
    (12, 2, 0)
    """
    mean = _in_repair(nodes, node_failures_1000_days, repair_h)
    if mean <= 0:
        return 0
    if mean > MANY:
        return ceil(NormalDist(mean, sqrt(mean)).inv_cdf(1 - short))
    spares, fewer = 0, 0.0
    while 1.0 - fewer > short:
        fewer += _poisson(spares, mean)
        spares += 1
    return spares


def best_interval(save: float, mttf: float) -> float:
    """Return the interval of work between saves with the highest `goodput_at`; all in one unit of time.

    The time of a restart does not alter it. Solves (1 - T/Q) e^((T + C)/Q) = 1, of which Young's and Daly's
    intervals are the first terms.

    Examples
    --------
    >>> from core.engine.checkpointing import daly_interval, young_interval
    >>> [round(t, 1) for t in (young_interval(30, 36000), daly_interval(30, 36000), best_interval(30, 36000))]
    [1469.7, 1449.8, 1449.8]
    """
    c = save / mttf
    u = min(sqrt(2 * c), 1.0)
    for _ in range(50):
        step = (u - 1 + exp(-(u + c))) / (1 - exp(-(u + c)))
        u -= step
        if abs(step) < 1e-13:
            break
    return u * mttf


def goodput_at(interval: float, save: float, mttf: float, restart: float) -> float:
    """Return the goodput with saves after each interval of work; all in one unit of time.

    T / (Q e^(R/Q) (e^((T + C)/Q) - 1)) for exponentially distributed failures, which strike while the job
    saves and restarts as well (Daly 2006).

    Examples
    --------
    >>> round(goodput_at(3600.0, 30.0, 3600.0 * 1000, 900.0), 4)
    0.991
    >>> goodput_at(60.0, 0.0, float("inf"), 900.0)
    1.0
    """
    if interval <= 0 or save < 0 or mttf <= 0 or restart < 0:
        raise EngineError("times have to be positive", where="goodput")
    if isinf(mttf):
        return interval / (interval + save)
    exponent = (interval + save) / mttf
    if exponent + restart / mttf > 700:  # beyond what floats hold: nothing is ever finished
        return 0.0
    return interval / (mttf * exp(restart / mttf) * expm1(exponent))


def goodput_of(
    nodes: float,
    links: float,
    *,
    save_s: float,
    restart_s: float,
    spares: int | None = None,
    repair_h: float,
    node_failures_1000_days: float,
    link_failures_1000_days: float,
    job_failures_day: float,
) -> Goodput:
    """Return the goodput of a job at the interval with the highest goodput.

    Parameters
    ----------
    nodes, links : float
        Hosts, and network links without which the job stops.
    save_s : float
        Stall of a save [s].
    restart_s : float
        Detect, reschedule, load, warm up, with a spare at hand [s].
    spares : int, optional
        Spare hosts; without, as many as are needed (`spares_needed`).
    repair_h : float
        Until a failed host is back [h].

    Raises
    ------
    EngineError
        If a count, a time or a rate is negative.

    Notes
    -----
    A failure of a host that finds no free spare waits for a repair: the wait joins the time of a restart in
    the share of failures that are of hosts. Links and the rest restart on what is there.
    """
    if min(save_s, restart_s, repair_h, spares or 0) < 0:
        raise EngineError("times and spares cannot be negative", where="goodput")
    daily = failures_per_day(
        nodes,
        links,
        node_failures_1000_days=node_failures_1000_days,
        link_failures_1000_days=link_failures_1000_days,
        job_failures_day=job_failures_day,
    )
    if spares is None:
        spares = spares_needed(nodes, node_failures_1000_days, repair_h)
    if daily == 0:
        inf = float("inf")
        return Goodput(0.0, inf, inf, inf, inf, inf, restart_s, spares, 0.0, 1.0, 0.0, 0.0, 0.0)
    of_nodes = nodes * node_failures_1000_days / 1000 / daily
    missing = no_spare(nodes, node_failures_1000_days, repair_h, spares)
    restart = restart_s + of_nodes * missing * repair_h * 3600
    mttf = 86_400 / daily
    save = max(save_s, 1e-3)  # a save that costs nothing would be made all the time
    best = best_interval(save, mttf)
    share = goodput_at(best, save, mttf, restart)
    saving = share * save / best
    restarting = min((1 - share - saving) * restart / (restart + best / 2), 1 - share - saving)
    return Goodput(
        failures_day=daily,
        mttf_h=24 / daily,
        young_s=young_interval(save, mttf),
        daly_s=daly_interval(save, mttf),
        availability_s=availability_interval(save, mttf, restart),
        interval_s=best,
        restart_s=restart,
        spares=spares,
        spare_missing=missing,
        share=share,
        save_share=saving,
        rework_share=1 - share - saving - restarting,
        restart_share=restarting,
    )


def _in_repair(nodes: float, node_failures_1000_days: float, repair_h: float) -> float:
    """Return the mean number of hosts in repair."""
    return nodes * node_failures_1000_days / 1000 * repair_h / 24


def _poisson(k: int, mean: float) -> float:
    return exp(k * log(mean) - mean - lgamma(k + 1))

"""Requests that wait for a replica."""

from __future__ import annotations

from math import inf, log

from core.errors import EngineError

MOST_LOAD = 0.9
"""Above it waiting times follow from the shape of arrivals that nobody knows: said to be unstable."""


def mean_wait_s(load: float, variation: float, service_s: float) -> float:
    """Return the mean wait of requests for one replica, infinite above `MOST_LOAD`.

    Parameters
    ----------
    load : float
        Share of its highest rate, 0 to 1.
    variation : float
        Standard deviation of service times over their mean.
    service_s : float
        Time between two answers at the highest rate.

    Raises
    ------
    EngineError
        If an argument is out of range.

    Notes
    -----
    M/G/1: rho / (1 - rho) (1 + CV^2) / 2 E[S] (Pollaczek and Khinchine).

    Examples
    --------
    >>> mean_wait_s(0.5, 1.0, 2.0), mean_wait_s(0.95, 1.0, 2.0)
    (2.0, inf)
    """
    if not 0 <= load <= 1 or not variation >= 0 or not service_s > 0:
        raise EngineError("load is 0 to 1, variation 0 or more, a service takes some time", where="load")
    if load > MOST_LOAD:
        return inf
    return load / (1 - load) * (1 + variation**2) / 2 * service_s


def tail_wait_s(load: float, mean_s: float, share: float = 0.99) -> float:
    """Return the wait that a share of requests stays below.

    Notes
    -----
    Waits above 0 are taken to be exponential, with mean E[W] / rho: exact for M/M/1.

    Examples
    --------
    >>> round(tail_wait_s(0.5, 2.0), 2), tail_wait_s(0.005, 0.1)
    (15.65, 0.0)
    """
    if mean_s == inf:
        return inf
    if load <= 1 - share:
        return 0.0
    return mean_s / load * log(load / (1 - share))


def together_wait_s(requests: int, prompt_s: float) -> float:
    """Return the mean time to first token of requests that arrive at once: (b + 1) / 2 prompts.

    Examples
    --------
    >>> together_wait_s(3, 1.0)
    2.0
    """
    return (requests + 1) / 2 * prompt_s

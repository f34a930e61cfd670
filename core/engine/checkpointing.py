"""How often a job fails and how often it should save: closed formulas."""

from __future__ import annotations

from math import sqrt

from core.errors import EngineError


def job_mttf_h(nodes: float, failures_per_1000_node_days: float) -> float:
    """Return the mean time to failure of a job from a rate of node failures [h].

    Causes that are not node failures (software, storage, users) are not in it.

    Examples
    --------
    >>> round(job_mttf_h(2048, 6.5), 2)
    1.8
    """
    _positive(nodes, failures_per_1000_node_days)
    return 24 / (nodes * failures_per_1000_node_days / 1000)


def young_interval(save: float, mttf: float) -> float:
    """Return the interval between saves with the least lost time, to first order: sqrt(2 save mttf).

    Examples
    --------
    >>> young_interval(5, 360)
    60.0
    """
    _positive(save, mttf)
    return sqrt(2 * save * mttf)


def daly_interval(save: float, mttf: float) -> float:
    """Return the interval between saves to higher order [1]_; all in the same unit.

    Notes
    -----
    sqrt(2 d M) (1 + sqrt(d / 2M) / 3 + (d / 2M) / 9) - d for d < 2 M, else M.

    References
    ----------
    .. [1] J. T. Daly, "A higher order estimate of the optimum checkpoint interval for restart dumps",
       Future Generation Computer Systems 22, 2006.

    Examples
    --------
    >>> round(daly_interval(5, 24 * 60), 1)
    116.7
    """
    _positive(save, mttf)
    if save >= 2 * mttf:
        return mttf
    part = save / (2 * mttf)
    return sqrt(2 * save * mttf) * (1 + sqrt(part) / 3 + part / 9) - save


def availability_interval(save: float, mttf: float, recovery: float) -> float:
    """Return the interval between saves with the highest availability (Saxena et al., arXiv 2410.18124).

    Examples
    --------
    >>> availability_interval(1.0, 10.0, 2.0)
    6.0
    """
    _positive(save, mttf)
    return save + sqrt(2 * (mttf + recovery) * save + save * save)


def _positive(*values: float) -> None:
    if not all(value > 0 for value in values):
        raise EngineError("times and rates have to be above 0")

"""A share of switches, links or optics that fail at random: mean and interval of what is left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import stdtrit

from core.engine.columns import Floats
from core.engine.failures.cases import Failure, Optics, cases_of
from core.engine.failures.outcome import Baseline, Outcome
from core.engine.failures.single import outcomes
from core.engine.throughput.load import Progress
from core.engine.topology import Rows
from core.errors import EngineError

Chance = Literal["switch", "link", "optic"]
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Estimate:
    """Mean of the trials with its 95 % confidence interval.

    Attributes
    ----------
    mean, low, high : float
        The interval is Student's, about the mean; it may reach beyond what is possible.
    least, most : float
        Of all trials.
    """

    mean: float
    low: float
    high: float
    least: float
    most: float


@dataclass(frozen=True)
class RandomFailures:
    """What is left after failures at random.

    Attributes
    ----------
    kind : str
    share : float
    failed, of : int
        How many fail in each trial, and of how many.
    trials, seed : int
    bandwidth_left, worst_left, accelerators_cut_off : Estimate
    worst : Outcome
        Worst trial.
    """

    kind: Chance
    share: float
    failed: int
    of: int
    trials: int
    seed: int
    bandwidth_left: Estimate
    worst_left: Estimate
    accelerators_cut_off: Estimate
    worst: Outcome


def random_failures(
    baseline: Baseline,
    share: float,
    kind: Chance = "link",
    trials: int = 200,
    seed: int = 0,
    optics: Optics | None = None,
    progress: Progress | None = None,
) -> RandomFailures:
    """Let a share of the parts of one kind fail at random, many times.

    Parameters
    ----------
    share : float
        Of all parts of the kind; at least one fails unless it is 0.
    kind : str
        Links are drawn one by one, each cable of a trunk for itself.
    trials : int
        Sets of parts that are drawn, each without replacement and independent of the others.
    seed : int
        The same seed draws the same sets.

    Raises
    ------
    EngineError
        If the share is not between 0 and 1, there are fewer than two trials, or nothing of the kind.
    """
    if not 0.0 <= share <= 1.0:
        raise EngineError(f"{share:g} is no share", cure="Give a number from 0 to 1")
    if trials < 2:
        raise EngineError("one trial has no confidence interval", cure="Ask for two trials or more")
    parts = cases_of(baseline.topology, (kind,), optics)
    owner = np.repeat(np.arange(len(parts)), [part.alike for part in parts])
    if not len(owner):
        raise EngineError(f"the network has no {kind}")
    failed = max(int(share * len(owner) + 0.5), 1) if share > 0 else 0
    random = np.random.default_rng(seed)
    drawn = [_together(parts, owner[random.permutation(len(owner))[:failed]]) for _ in range(trials)]
    found = list(outcomes(baseline, drawn, progress))
    return RandomFailures(
        kind=kind,
        share=share,
        failed=failed,
        of=len(owner),
        trials=trials,
        seed=seed,
        bandwidth_left=estimate(np.array([outcome.bandwidth_left for outcome in found])),
        worst_left=estimate(np.array([outcome.worst_left for outcome in found])),
        accelerators_cut_off=estimate(np.array([outcome.accelerators_cut_off for outcome in found])),
        worst=min(found, key=lambda outcome: outcome.rank),
    )


def estimate(values: Floats) -> Estimate:
    """Return the mean of independent values with its Student interval.

    Examples
    --------
    >>> found = estimate(np.array([1.0, 2.0, 3.0]))
    >>> round(found.mean, 3), round(found.high, 3)
    (2.0, 4.484)
    """
    n, mean = len(values), float(values.mean())
    half = float(stdtrit(n - 1, (1 + CONFIDENCE) / 2) * values.std(ddof=1) / np.sqrt(n))
    return Estimate(mean, mean - half, mean + half, float(values.min()), float(values.max()))


def _together(parts: tuple[Failure, ...], chosen: Rows) -> Failure:
    """Return one failure of several parts; links of a trunk that fail in several of them add up."""
    devices: set[int] = set()
    lost: dict[int, int] = {}
    for row in chosen.tolist():
        devices.update(parts[row].devices)
        for trunk, n in parts[row].links:
            lost[trunk] = lost.get(trunk, 0) + n
    return Failure("set", tuple(sorted(devices)), tuple(sorted(lost.items())))

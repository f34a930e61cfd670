"""Errors by source and quantity, and the goals they are held to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from core.explore.validation import workloads as w
from core.explore.validation.collective import GOALS as COLLECTIVE_GOALS
from core.explore.validation.collective import MEBIBYTE, message_bytes
from core.explore.validation.verdicts import CaseResult
from core.explore.validation.workloads import Comparison, comparison

Statistic = Literal["mean", "worst source", "rank", "correlation"]
FEWEST = 6
"""Cases of a sweep that are worth ranking."""
BLOOM = "bloom-prequel"


@dataclass(frozen=True)
class Group:
    """How far the cases of one source are off in one quantity.

    Attributes
    ----------
    cases : int
        Figures compared.
    mean, bias, worst : float
        Mean of |computed / measured - 1|, the signed mean, and the largest, signed.
    basis : str
        `left out`, `not fitted`, `in sample`, or several joined by a comma.
    in_sample : float or None
        The mean by the shipped constants.
    """

    group: str
    quantity: str
    cases: int
    mean: float
    bias: float
    worst: float
    basis: str
    in_sample: float | None = None


@dataclass(frozen=True)
class Goal:
    """What a quantity is held to.

    Attributes
    ----------
    statistic : str
        `mean`: plain mean over sources of their mean errors; `worst source`: the largest of these; `rank`:
        place that the fastest case of a sweep has among those predicted; `correlation`: least rank
        correlation of a sweep.
    """

    quantity: str
    limit: float
    statistic: Statistic = "mean"


@dataclass(frozen=True)
class Verdict:
    """A goal and what is reached."""

    goal: Goal
    reached: float
    basis: str

    @property
    def name(self) -> str:
        """Quantity, and what of it where that is not the mean."""
        words = {"mean": "", "worst source": ", worst source", "rank": ", place of the fastest predicted"}
        return self.goal.quantity + words.get(self.goal.statistic, ", rank correlation of each sweep, least")

    @property
    def is_met(self) -> bool:
        if self.goal.statistic == "correlation":
            return self.reached >= self.goal.limit
        return self.reached <= self.goal.limit


GOALS = (
    Goal(f"{w.DENSE}, H100", 0.06),
    Goal(f"{w.DENSE}, H100", 0.15, "worst source"),
    Goal(f"{w.DENSE}, A100", 0.10),
    Goal(f"{w.DENSE}, A100", 0.18, "worst source"),
    Goal(f"{w.DENSE}, Blackwell", 0.12),
    Goal(w.MOE, 0.15),
    Goal(w.SHARDED, 0.12),
    Goal(w.WEIGHTS, 0.05),
    Goal(w.ACTIVATIONS, 0.05),
    *(Goal(f"collectives {size}", limit) for size, limit in COLLECTIVE_GOALS.items()),
    Goal(f"{w.ITL_DENSE}, H100", 0.09),
    Goal(f"{w.ITL_DENSE}, B200", 0.15),
    Goal(w.ITL_MOE, 0.20),
    Goal(w.OFFLINE, 0.20),
    Goal(w.ENERGY, 0.12),
    Goal(w.WALL_ENERGY, 0.15),
    Goal(w.HOURS, 0.15),
    Goal(w.EPOCH, 0.05),
    Goal("BLOOM's sweep of t, p and b", 3, "rank"),
    Goal("sweeps of parallelism", 0.8, "correlation"),
)
"""Section 8 of the notes on workload models; speed is measured by benchmarks/bench_training.py."""


def groups_of(found: Sequence[Comparison]) -> list[Group]:
    """Return errors by quantity, those with goals first, and by source in the order of the file."""
    sorted_by: dict[tuple[str, str], list[Comparison]] = {}
    for one in found:
        sorted_by.setdefault((one.quantity, one.case.group or "(no group)"), []).append(one)
    order = {quantity: place for place, quantity in enumerate(_order(found))}
    rows = sorted(sorted_by.items(), key=lambda item: order[item[0][0]])
    return [_group(group, quantity, mine) for (quantity, group), mine in rows]


def _order(found: Sequence[Comparison]) -> Iterator[str]:
    """Yield quantities, each once."""
    yield from dict.fromkeys((*(goal.quantity for goal in GOALS), *(one.quantity for one in found)))


def _group(group: str, quantity: str, mine: Sequence[Comparison]) -> Group:
    errors = [one.error for one in mine]
    bases = ", ".join(dict.fromkeys(one.basis for one in mine))
    before = sum(abs(one.in_sample) for one in mine) / len(mine) if bases != "not fitted" else None
    size = len(errors)
    return Group(
        group, quantity, size, sum(map(abs, errors)) / size, sum(errors) / size, max(errors, key=abs),
        bases, before,
    )  # fmt: skip


def collective_comparisons(results: Sequence[CaseResult]) -> list[Comparison]:
    """Return the comparisons of collectives, by size of message."""
    return [
        comparison(result.case, key.name, f"collectives {_size(result)}", key.expected, key.computed)
        for result in results
        for key in result.keys
        if key.error is not None and not key.derived
    ]


def _size(result: CaseResult) -> str:
    return tuple(COLLECTIVE_GOALS)[message_bytes(result.case) < MEBIBYTE]


def verdicts(groups: Sequence[Group], found: Sequence[Comparison]) -> list[Verdict]:
    """Return the goals that the cases speak of, and what is reached."""
    judged = []
    for goal in GOALS:
        if goal.statistic in ("rank", "correlation"):
            value, bases = _ranking(goal, found)
        else:
            mine = [group for group in groups if group.quantity == goal.quantity]
            means = [group.mean for group in mine]
            value = None if not means else max(means) if goal.statistic != "mean" else sum(means) / len(means)
            bases = [part for group in mine for part in group.basis.split(", ")]
        if value is not None:
            judged.append(Verdict(goal, value, ", ".join(sorted(set(bases)))))
    return judged


def _ranking(goal: Goal, found: Sequence[Comparison]) -> tuple[float | None, list[str]]:
    all_sweeps = dict(sweeps(found))
    if goal.statistic == "rank":
        all_sweeps = {name: mine for name, mine in all_sweeps.items() if name.startswith(BLOOM)}
    if not all_sweeps:
        return None, []
    bases = [one.basis for mine in all_sweeps.values() for one in mine]
    if goal.statistic == "rank":
        return float(max(place_of_fastest(mine) for mine in all_sweeps.values())), list(bases)
    return min(correlation(mine) for mine in all_sweeps.values()), list(bases)


def sweeps(found: Sequence[Comparison]) -> Iterator[tuple[str, list[Comparison]]]:
    """Yield sets of step times of one source, model, count and batch that differ in parallelism alone.

    Rows that ran on fall-back kernels, as the inputs of their source say, are no part of a sweep.
    """
    from core.explore.validation.training_inputs import read_case

    sorted_by: dict[str, list[Comparison]] = {}
    for one in found:
        if one.figure != "step_s" or one.case.family != "training":
            continue
        read = read_case(one.case.entry)
        if read.is_fitted:
            shape = f"{read.model.layers} x {read.model.hidden}"
            name = f"{one.case.group}, {shape}, {read.cluster.count}, batch {read.batch:g}"
            sorted_by.setdefault(name, []).append(one)
    yield from ((name, mine) for name, mine in sorted_by.items() if len(mine) >= FEWEST)


def place_of_fastest(mine: Sequence[Comparison]) -> int:
    """Return the place, from 1, that the fastest measured case has among those predicted."""
    fastest = min(mine, key=lambda one: one.measured)
    return 1 + sum(one.computed < fastest.computed for one in mine)


def correlation(mine: Sequence[Comparison]) -> float:
    """Return Spearman's rank correlation of computed and measured figures.

    Examples
    --------
    >>> [_ranks(values) for values in ([3.0, 1.0, 2.0], [1.0, 1.0, 5.0])]
    [[3.0, 1.0, 2.0], [1.5, 1.5, 3.0]]
    """
    a, b = _ranks([one.measured for one in mine]), _ranks([one.computed for one in mine])
    mean_a, mean_b = sum(a) / len(a), sum(b) / len(b)
    together = sum((x - mean_a) * (y - mean_b) for x, y in zip(a, b, strict=True))
    spread = (sum((x - mean_a) ** 2 for x in a) * sum((y - mean_b) ** 2 for y in b)) ** 0.5
    return float(together / spread) if spread else 0.0


def _ranks(values: Sequence[float]) -> list[float]:
    """Return ranks from 1, equal values sharing their mean."""
    return [
        sum(other < value for other in values) + (1 + sum(other == value for other in values)) / 2
        for value in values
    ]


def missed(judged: Sequence[Verdict], found: Sequence[Comparison]) -> dict[tuple[str, str], bool]:
    """Tell by id and figure whether a goal of its quantity is missed."""
    short = {verdict.goal.quantity for verdict in judged if not verdict.is_met}
    return {(one.case.id, one.figure): one.quantity in short for one in found}

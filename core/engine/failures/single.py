"""Every single failure: one case of each class where parts of a network are alike, else every case."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.engine.failures.cases import KINDS, Failure, Kind, Optics, cases_of
from core.engine.failures.dense import Dense
from core.engine.failures.outcome import Baseline, Outcome
from core.engine.failures.symmetry import classes_of
from core.engine.throughput.load import Progress
from core.engine.topology import Rows

FEW = 4
"""Classes count as few, and one case of each is measured, if there are so many cases to a class."""
WORST = 20
SAME = 1e-6


@dataclass(frozen=True, eq=False)
class SingleFailures:
    """All single failures of a network.

    Attributes
    ----------
    outcomes : tuple of Outcome
        Of the cases that were measured, the worst first; `alike` says for how many each stands.
    cases : int
        Single failures in all, each link counted.
    classes : int
        Classes of them that nothing tells apart.
    is_by_class : bool
        Whether a case stands for all of its class; else every case was measured.
    throughput : float
        Of the whole network.
    """

    outcomes: tuple[Outcome, ...]
    cases: int
    classes: int
    is_by_class: bool
    throughput: float

    @property
    def least_left(self) -> float:
        """What the network carries of before after the failure that leaves least; 1 if nothing can fail."""
        return min((outcome.bandwidth_left for outcome in self.outcomes), default=1.0)

    def worst(self, most: int = WORST, kind: Kind | None = None) -> tuple[Outcome, ...]:
        """Return the worst failures."""
        mine = [outcome for outcome in self.outcomes if kind in (None, outcome.failure.kind)]
        return tuple(mine[:most])


def single_failures(
    baseline: Baseline,
    kinds: Collection[Kind] = KINDS,
    optics: Optics | None = None,
    by_class: bool | None = None,
    progress: Progress | None = None,
) -> SingleFailures:
    """Measure every single failure of some kinds.

    Parameters
    ----------
    baseline : Baseline
    kinds : collection of str, optional
    optics : Optics, optional
        Needed for the kind `optic`.
    by_class : bool, optional
        Whether one case may stand for its class; without it where there are at least four cases to a class.
    progress : callable, optional

    Notes
    -----
    By class, three cases of each class are measured; where they differ, so is every other.

    Raises
    ------
    EngineError
        If optics are asked for and it is not said where they are.
    """
    cases = cases_of(baseline.topology, kinds, optics)
    of = classes_of(baseline.topology, baseline.load, cases)
    classes = int(of.max(initial=-1)) + 1
    if by_class is None:
        by_class = classes * FEW <= len(cases)
    found = _by_class(baseline, cases, of, progress) if by_class else outcomes(baseline, cases, progress)
    total = sum(case.alike for case in cases)
    ranked = tuple(sorted(found, key=lambda outcome: outcome.rank))
    return SingleFailures(ranked, total, classes, by_class, baseline.throughput)


def outcomes(
    baseline: Baseline, failures: Sequence[Failure], progress: Progress | None = None
) -> Iterator[Outcome]:
    """Measure failures one after the other, or many at once where the network is small."""
    dense = Dense(baseline) if Dense.fits(baseline) else None
    step = dense.at_once if dense else 1
    for first in range(0, len(failures), step):

        def tick(done: int = first) -> None:
            if progress is not None:
                progress(done, len(failures), "Failures")

        tick()
        some = failures[first : first + step]
        yield from dense.outcomes(some) if dense else [baseline.outcome(some[0], tick)]


def _by_class(
    baseline: Baseline, cases: Sequence[Failure], of: Rows, progress: Progress | None
) -> list[Outcome]:
    members = [np.flatnonzero(of == number).tolist() for number in range(int(of.max(initial=-1)) + 1)]
    tried = [list(dict.fromkeys((rows[0], rows[len(rows) // 2], rows[-1]))) for rows in members]
    measured = outcomes(baseline, [cases[row] for rows in tried for row in rows], progress)
    found = []
    for rows, some in zip(members, tried, strict=True):
        its = [next(measured) for _ in some]
        if all(same(its[0], other) for other in its[1:]):
            found.append(replace(its[0], alike=sum(cases[row].alike for row in rows)))
        else:
            others = set(rows) - set(some)
            found += its
            found += outcomes(baseline, [cases[row] for row in sorted(others)], progress)
    return found


def same(one: Outcome, other: Outcome) -> bool:
    """Tell whether two failures cost the same."""
    counts = [
        (
            len(each.cut_off),
            len(each.reduced),
            each.separated,
            len(each.isolated),
            each.accelerators_cut_off,
            each.accelerators_reduced,
        )
        for each in (one, other)
    ]
    left, other_left = ((each.bandwidth_left, each.worst_left) for each in (one, other))
    return counts[0] == counts[1] and bool(np.allclose(left, other_left, rtol=SAME, atol=SAME))

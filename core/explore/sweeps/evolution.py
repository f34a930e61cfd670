"""Search that breeds from the best: fronts first, then the lonely ones (NSGA-II)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from core.engine.columns import Floats
from core.explore.sweeps.pareto import Order, crowding, fronts
from core.explore.sweeps.sampling import Values
from core.explore.sweeps.spec import Spec

STEP = 0.1
"""Standard deviation of a small step, as a share of the range."""


class Evolution:
    """Generations of points as shares of every parameter's range.

    Two parents are taken, each the better of two; a child takes every share from one of them or from
    between them, and one share in about as many as there are parameters is moved or drawn anew. The best of
    parents and children go on (K. Deb et al. 2002, as `core.explore.sweeps.pareto`).
    """

    def __init__(self, spec: Spec) -> None:
        from scipy.stats import qmc

        self.spec = spec
        self._random = np.random.default_rng(spec.seed)
        size = min(spec.population, spec.points)
        first = qmc.LatinHypercube(len(spec.parameters), seed=spec.seed)
        self._asked: Floats = first.random(size)
        self._parents: Floats = np.empty((0, len(spec.parameters)))
        self._costs: Floats = np.empty((0, len(spec.objectives) or 1))

    def ask(self) -> list[Values]:
        """Return the points of the next generation."""
        return [
            {one.name: one.at(float(share)) for one, share in zip(self.spec.parameters, row, strict=True)}
            for row in self._asked
        ]

    def tell(self, costs: Floats) -> None:
        """Take what came of the points asked for, shape (n_points, n_objectives), less is better."""
        shares = np.concatenate([self._parents, self._asked])
        every = np.concatenate([self._costs, costs])
        order = ranked(every)[: self.spec.population]
        self._parents, self._costs = shares[order], every[order]
        self._asked = self._children(len(self._asked))

    def _children(self, count: int) -> Floats:
        rng, size = self._random, len(self._parents)
        # Parents are in order, so the better of two is the one that comes first.
        one = self._parents[rng.integers(size, size=(count, 2)).min(axis=1)]
        other = self._parents[rng.integers(size, size=(count, 2)).min(axis=1)]
        mix = np.where(rng.random(one.shape) < 0.5, rng.integers(2, size=one.shape), rng.random(one.shape))
        child = one + mix * (other - one)
        moved = rng.random(one.shape) < 1.0 / one.shape[1]
        step = child + rng.normal(0.0, STEP, one.shape)
        anew = rng.random(one.shape)
        child = np.where(moved, np.where(rng.random(one.shape) < 0.5, step, anew), child)
        clipped: Floats = np.clip(child, 0.0, np.nextafter(1.0, 0.0))
        return clipped


def ranked(costs: Floats) -> Order:
    """Return the order of points, best first: by front, within a front the lonely ones first."""
    front = fronts(costs)
    lonely = np.zeros(len(costs))
    for number in range(int(front.max(initial=-1)) + 1):
        rows = np.flatnonzero(front == number)
        lonely[rows] = crowding(costs[rows])
    return np.asarray(np.lexsort((-lonely, front)), np.int64)


def penalised(spec: Spec, quantities: Sequence[Mapping[str, float | None]]) -> Floats:
    """Return the costs of points, shape (n_points, n_objectives), less is better.

    What breaks a limit is worse in everything than what keeps them, and the more so the more it breaks
    them; what could not be built is worst.
    """
    found = np.empty((len(quantities), len(spec.objectives)))
    for row, known in enumerate(quantities):
        if not known:
            found[row] = 1e30 * 1e9
            continue
        excess = 0.0
        for limit in spec.limits:
            value = known.get(limit.quantity)
            if value is None:
                excess += 1e6
            elif not limit.holds(value):
                excess += abs(value - limit.value) / max(abs(limit.value), abs(value), 1e-9)
        for column, goal in enumerate(spec.objectives):
            value = known.get(goal.quantity)
            if value is None or excess:
                found[row, column] = 1e30 * (1.0 + (excess or 1e9))
            else:
                found[row, column] = value if goal.sense == "least" else -value
    return found

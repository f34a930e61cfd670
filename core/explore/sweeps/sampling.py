"""Points of a sweep: every combination, or spread at random by a Latin hypercube."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from core.explore.sweeps.spec import Scalar, Spec

Values = dict[str, Scalar]


def points(spec: Spec) -> Iterator[Values]:
    """Yield the values of each point, equal ones once.

    A random search draws `points` of a Latin hypercube: each of that many equal slices of every range is
    met once. The same seed gives the same points.
    """
    seen: set[tuple[Scalar, ...]] = set()
    for chosen in _grid(spec) if spec.method == "grid" else _hypercube(spec):
        if chosen not in seen:
            seen.add(chosen)
            yield dict(zip((one.name for one in spec.parameters), chosen, strict=True))


def _grid(spec: Spec) -> Iterator[tuple[Scalar, ...]]:
    lists = [one.values or range(int(one.low), int(one.high) + 1) for one in spec.parameters]
    yield from itertools.product(*lists)


def _hypercube(spec: Spec) -> Iterator[tuple[Scalar, ...]]:
    from scipy.stats import qmc

    drawn = qmc.LatinHypercube(len(spec.parameters), seed=spec.seed).random(spec.points)
    for row in drawn:
        yield tuple(one.at(float(share)) for one, share in zip(spec.parameters, row, strict=True))

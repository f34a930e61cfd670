"""A sweep from its first point to its last: kept as it goes, given up and taken up again."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from core.errors import CagenutError
from core.explore.sweeps.evolution import Evolution, penalised
from core.explore.sweeps.executors import Executor
from core.explore.sweeps.pareto import fronts
from core.explore.sweeps.sampling import Values, points
from core.explore.sweeps.spec import COUNTS, Spec, near
from core.explore.sweeps.store import LOG, Store, read_points, rows_of
from core.explore.sweeps.variants import Bench, Plan, Point, drawing_of, key_of
from core.model.project import Project

Progress = Callable[[int, int, str], None]
"""Told done, total and words; what it raises ends the sweep, finished points are kept."""
CHUNK = 8
IDLE_GENERATIONS = 5
"""An evolution that finds nothing new for so many generations is over."""


@dataclass(frozen=True)
class Outcome:
    """Points of a sweep in order, with what they are worth.

    `ranks` holds the front of each point that keeps all limits, by key; `broken` the limits that others
    break.
    """

    spec: Spec
    points: tuple[Point, ...]
    ranks: dict[str, int]
    broken: dict[str, str]
    computed: int = 0
    """How many were computed now; the others were there."""

    @property
    def front(self) -> list[Point]:
        """Points that nothing else beats."""
        return [point for point in self.points if self.ranks.get(point.key) == 0]

    @property
    def failed(self) -> int:
        return sum(bool(point.failure) for point in self.points)

    @property
    def rows(self) -> list[dict[str, Any]]:
        """A row of plain values for each point."""
        return rows_of(self.points, self.ranks, self.broken)


def run(
    spec: Spec,
    plan: Plan,
    folder: Path,
    executor: Executor,
    *,
    resume: bool = False,
    progress: Progress = lambda done, total, words: None,
) -> Outcome:
    """Compute the points of a sweep that are not there yet.

    Raises
    ------
    CagenutError
        If the base cannot be computed, a quantity is not known, the folder cannot be used, or the executor
        fails. Points that are finished are kept.
    """
    ensure_known(spec, plan)
    store = Store(folder, resume=resume)
    try:
        job = _Job(spec, plan, store, executor, progress)
        done = job.evolve() if spec.method == "evolutionary" else job.compute(list(points(spec)), 0)
        return replace(judged(spec, done), computed=job.computed)
    finally:
        store.close()


def ensure_known(spec: Spec, plan: Plan) -> None:
    """Compute the base (of a generated one the first point) and look up every quantity that is asked for.

    Raises
    ------
    CagenutError
        If it cannot be computed or has no such quantity.
    """
    if spec.method == "evolutionary" and not spec.objectives:
        raise spec.error("objectives", "an evolutionary search needs an objective", 'Add "least capex_usd"')
    names: set[str] = set()
    first = None
    for values in itertools.islice(points(spec if spec.method != "evolutionary" else _sample(spec)), 20):
        first = Bench(plan).point(0, values)
        names |= first.quantities.keys()
        for one in spec.parameters:
            if one.name in names:
                key = f"parameters.{one.name}"
                raise spec.error(key, "a quantity has this name already", "Give it another name")
        if set(spec.quantities) <= names:
            return
    if not names:
        raise spec.error("parameters", f"none of the first points can be built: {first and first.failure}")
    for name in spec.quantities:
        if name not in names:
            key = "constraints" if name in [limit.quantity for limit in spec.limits] else "objectives"
            raise spec.error(key, f"there is no quantity '{name}'", near(name, sorted({*names, *COUNTS})))


def judged(spec: Spec, found: Iterable[Point]) -> Outcome:
    """Return points with the limits they break and the fronts of the others."""
    every = tuple(sorted(found, key=lambda point: point.number))
    broken = {
        point.key: ", ".join(words)
        for point in every
        if not point.failure
        and (words := [w.text for w in spec.limits if not w.holds(point.quantities.get(w.quantity))])
    }
    kept = [
        point
        for point in every
        if not point.failure
        and point.key not in broken
        and all(point.quantities.get(goal.quantity) is not None for goal in spec.objectives)
    ]
    if not spec.objectives:
        return Outcome(spec, every, {}, broken)
    costs = penalised(spec, [point.quantities for point in kept])
    ranks = fronts(costs) if kept else np.empty(0, np.int64)
    return Outcome(spec, every, {p.key: int(rank) for p, rank in zip(kept, ranks, strict=True)}, broken)


def stored(spec: Spec, plan: Plan, folder: Path) -> Outcome:
    """Return what is in a folder of this sweep already.

    Raises
    ------
    FileError
        If there is nothing to read.
    """
    found = {point.key: point for point in read_points(folder / LOG)}
    return judged(spec, [p for p in found.values() if p.key == key_of(plan, p.values)])


def open_point(plan: Plan, point: Point) -> Project:
    """Return a point as a project.

    Raises
    ------
    CagenutError
        If it could not be built then either.
    """
    if point.failure:
        raise CagenutError(f"point {point.number} could not be built: {point.failure}", cure="Choose another")
    return Bench(plan).project(point.values)


class _Job:
    """One run: what is done, and what is still to do."""

    def __init__(self, spec: Spec, plan: Plan, store: Store, executor: Executor, progress: Progress) -> None:
        self.spec, self.plan, self.store, self.executor = spec, plan, store, executor
        self.progress = progress
        self.computed = 0

    def compute(self, wanted: Sequence[Values], start: int, total: int = 0) -> list[Point]:
        """Return the points of values, in order; those in the store are not computed again.

        A point keeps its number for good: of a search that was altered since, new points take free ones.
        """
        keys = [key_of(self.plan, values) for values in wanted]
        taken = {point.number for point in self.store.points.values()}
        free = itertools.count(max(max(taken, default=-1) + 1, start + len(wanted)))
        missing = [
            (next(free) if start + n in taken else start + n, values)
            for n, (key, values) in enumerate(dict(zip(keys, wanted, strict=True)).items())
            if key not in self.store.points
        ]
        done, total = len(wanted) - len(missing), total or len(wanted)
        self.progress(start + done, total, "points")
        if missing:
            for chunk in self._chunks(missing):
                self.store.add(chunk)
                self.computed += len(chunk)
                done += len(chunk)
                self.progress(start + done, total, "points")
        return [self.store.points[key] for key in keys]

    def evolve(self) -> list[Point]:
        """Return the points of all generations, equal ones once, up to the number asked for."""
        search, found = Evolution(self.spec), dict[str, Point]()
        idle = 0
        while len(found) < self.spec.points and idle < IDLE_GENERATIONS:
            asked = search.ask()
            keys = [key_of(self.plan, values) for values in asked]
            fresh = {k: v for k, v in zip(keys, asked, strict=True) if k not in found}
            fresh = dict(itertools.islice(fresh.items(), self.spec.points - len(found)))
            new = self.compute(list(fresh.values()), len(found), self.spec.points)
            idle = 0 if new else idle + 1
            found.update((point.key, point) for point in new)
            known = [found[key].quantities if key in found else {} for key in keys]
            search.tell(penalised(self.spec, known))
        return list(found.values())

    def _chunks(self, missing: list[tuple[int, Values]]) -> Iterator[list[Point]]:
        # Small enough that all workers are busy to the end and little is lost when one is killed.
        size = max(1, min(CHUNK, -(-len(missing) // (2 * self.executor.workers))))
        missing = sorted(missing, key=lambda task: drawing_of(self.plan, task[1]))
        chunks = [missing[at : at + size] for at in range(0, len(missing), size)]
        results = self.executor.run(self.plan, chunks)
        try:
            yield from results
        finally:
            close = getattr(results, "close", None)
            if close is not None:
                close()


def _sample(spec: Spec) -> Spec:
    return replace(spec, method="random", points=min(spec.points, 20))

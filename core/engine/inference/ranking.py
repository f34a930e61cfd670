"""Ways to serve a model side by side: the best of each pair of degrees, and why the others do not do."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from core.engine.cluster import Cluster
from core.engine.inference.constants import Constants, shipped_constants
from core.engine.inference.search import ServingOptions, Setting, serving_options, setting_of
from core.engine.inference.serving import Columns, ServingResult, best_row, row_result
from core.errors import EngineError
from core.model.jobs import ServingJob
from core.model.transformer import Transformer

LATE_BETWEEN = "the time between tokens is above its limit"
LATE_FIRST = "the time to first token is above its limit"
TOO_LARGE = "the memory does not do"
UNEVEN = "degrees do not divide, or there are too few accelerators"
KINDS = (LATE_FIRST, LATE_BETWEEN, TOO_LARGE, UNEVEN)
"""Nearest to what does first."""


@dataclass(frozen=True)
class RejectedService:
    """A pair of degrees that does not do.

    Attributes
    ----------
    tp, ep, batch : int
        The batch that is nearest to the limits.
    kind : str
        One of `KINDS`.
    reason : str
        The same with its figures.
    shortfall_bytes : float
        What an accelerator lacks to hold one sequence; 0 for other reasons.
    """

    tp: int
    ep: int
    batch: int
    kind: str
    reason: str
    shortfall_bytes: float


@dataclass(frozen=True)
class ServingSearch:
    """Ways to serve a model.

    Attributes
    ----------
    best : tuple of ServingResult
        One for each pair of degrees that keeps the limits, by its best batch; most requests first.
    looked_at, possible : int
        Options that were computed, and those of them that keep the limits.
    rejected : tuple of RejectedService
        Pairs of degrees of which no batch does, the nearest first.
    """

    best: tuple[ServingResult, ...]
    looked_at: int
    possible: int
    rejected: tuple[RejectedService, ...]

    @property
    def counts(self) -> dict[str, int]:
        """Pairs of degrees that do not do, by kind of reason."""
        found = Counter(one.kind for one in self.rejected)
        return {kind: found[kind] for kind in KINDS if found[kind]}


def services_of(
    model: Transformer, job: ServingJob, cluster: Cluster, constants: Constants | None = None
) -> ServingSearch:
    """Return the ways to serve a model, side by side; the first one is that of `serve`.

    Raises
    ------
    EngineError
        If the shape of the model is wrong, the engine or precision unknown, or no accelerator left.
    """
    chosen = constants or shipped_constants()
    setting = setting_of(model, job, cluster, chosen)
    options = serving_options(model, job, cluster, chosen)
    good = np.array([not reason for reason in options.reasons])
    best: list[ServingResult] = []
    rejected: list[RejectedService] = []
    pairs = dict.fromkeys(zip(options.tp.tolist(), options.ep.tolist(), strict=True))
    for tp, ep in pairs:
        mine = (options.tp == tp) & (options.ep == ep)
        found = _judged(setting, options, mine, good & mine, chosen)
        if isinstance(found, ServingResult):
            best.append(found)
        else:
            rejected.append(found)
    # Of pools that serve as much the first is taken, as `serve` does; else the faster one.
    apart = job.mode == "disaggregated"
    best.sort(key=lambda one: (-one.requests_s, 0.0 if apart else one.itl_s))
    rejected.sort(key=lambda one: (KINDS.index(one.kind), one.shortfall_bytes))
    return ServingSearch(tuple(best), len(options), int(good.sum()), tuple(rejected))


def _judged(
    setting: Setting, options: ServingOptions, mine: Columns, good: Columns, constants: Constants
) -> ServingResult | RejectedService:
    """Return what the best batch of a pair of degrees gives, or why none does."""
    if not good.any():
        late = np.array([reason.startswith("time ") for reason in options.reasons]) & mine
        near = late if late.any() else mine
        row = int(np.argmin(np.where(near, options.itl_s, np.inf)))
        return _rejected(options, row, options.reasons[row])
    row = 0
    try:
        row = best_row(setting, options, good)
        found = row_result(setting, options, row, True, constants)
    except EngineError as error:
        return _rejected(options, int(np.argmax(good)), error.problem)
    return found if found.is_within else _rejected(options, row, found.words[0])


def _rejected(options: ServingOptions, row: int, reason: str) -> RejectedService:
    said = reason.lower()
    if said.startswith("time between"):
        kind = LATE_BETWEEN
    elif said.startswith("memory"):
        kind = TOO_LARGE
    else:
        kind = LATE_FIRST if said.startswith(("time to", "a load")) else UNEVEN
    short = float(options.shortfall_bytes[row]) if kind == TOO_LARGE else 0.0
    tp, ep, batch = (int(column[row]) for column in (options.tp, options.ep, options.batch))
    return RejectedService(tp, ep, batch, kind, reason, short)

"""The best plan of a training run: all that are possible, ranked, and why the others are not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.engine.cluster import Cluster
from core.engine.columns import Flags, Floats
from core.engine.training.constants import Constants, shipped_constants
from core.engine.training.plan import RECOMPUTE, SHARDING, Plan, plan_at
from core.engine.training.result import (
    StepColumns,
    StepResult,
    check_joined,
    era_of,
    step_columns,
    train_step,
)
from core.errors import EngineError
from core.model.jobs import TrainingJob
from core.model.transformer import Transformer

MOST_TENSOR = 64
MOST_CONTEXT = 64
MOST_MICROBATCH = 16
MOST_CHUNKS = 16
SPARE_SLOTS = 3
"""Places of layers that embedding, output and draft layers take, so that chunks come out even."""
MEMORY = "the memory does not do"
REASONS = (
    "",
    "the global batch is no multiple of data parallel ranks times microbatch",
    "heads, or feed-forward widths, are no multiple of tensor parallel",
    "stages would be without layers",
    "chunks would not have equal numbers of layers",
    "chunks need as many microbatches as stages",
    "experts are no multiple of expert parallel",
    "expert parallel does not divide the ranks that experts spread over",
    MEMORY,
)
_FITS, _BATCH, _TENSOR, _STAGES, _CHUNKS, _FEW, _EXPERTS, _SPREAD, _MEMORY = range(len(REASONS))


@dataclass(frozen=True)
class Rejected:
    """A plan that is not possible, why, and by how many bytes it misses the memory (0 for other reasons)."""

    plan: Plan
    reason: str
    shortfall_bytes: float


@dataclass(frozen=True)
class PlanSearch:
    """What a search found.

    Attributes
    ----------
    best : tuple of StepResult
        Plans that are possible, fastest first, at most as many as were asked for.
    looked_at, possible : int
        Plans that were computed, and those of them that are possible.
    counts : dict of str to int
        Plans that are not possible, by reason.
    plans : Plan
        All plans looked at, as columns.
    step_s, shortfall_bytes : ndarray
        Of all of them.
    reason : ndarray of int
        Number in `REASONS` of all of them; 0 for possible ones.
    """

    best: tuple[StepResult, ...]
    looked_at: int
    possible: int
    counts: dict[str, int]
    plans: Plan
    step_s: Floats
    shortfall_bytes: Floats
    reason: np.ndarray[tuple[int], np.dtype[np.int64]]

    def rejected(self, row: int) -> Rejected:
        """Return why a plan looked at is not possible."""
        return Rejected(
            plan_at(self.plans, row), REASONS[int(self.reason[row])], float(self.shortfall_bytes[row])
        )

    def examples(self, reason: str, most: int = 5) -> tuple[Rejected, ...]:
        """Return plans that a reason keeps from being possible, those first that would be fastest."""
        rows = np.flatnonzero(self.reason == REASONS.index(reason))
        rows = rows[np.argsort(self.step_s[rows], kind="stable")]
        return tuple(self.rejected(int(row)) for row in rows[:most])

    def nearest(self, most: int = 20) -> tuple[Rejected, ...]:
        """Return plans that only memory keeps from being possible, the least short first."""
        rows = np.flatnonzero(self.reason == _MEMORY)
        rows = rows[np.argsort(self.shortfall_bytes[rows], kind="stable")]
        return tuple(self.rejected(int(row)) for row in rows[:most])


def best_plans(
    model: Transformer,
    job: TrainingJob,
    cluster: Cluster,
    most: int = 20,
    constants: Constants | None = None,
) -> PlanSearch:
    """Return the fastest plans of a job, having computed all that are possible.

    Parameters
    ----------
    job : TrainingJob
        Degrees that are not 0 are kept.
    most : int, optional
        Plans to return.

    Raises
    ------
    EngineError
        If the model is faulty, accelerators are missing, or degrees that were fixed do not divide them.

    Notes
    -----
    Looked at are tensor, context and expert parallel degrees and microbatches that are powers of two (and
    those fixed), all divisors as pipeline stages, chunks of equal length (embedding, output and draft may
    take the place of a layer each), and kinds of recompute. Ties are broken by the order of degrees, so that
    a search has one answer.
    """
    count = job.accelerators or cluster.count
    if count > cluster.count:
        raise EngineError(
            f"the job asks for {count:,} accelerators, there are {cluster.count:,}", where="training"
        )
    check_joined(cluster, count)
    chosen = constants or shipped_constants()
    era = chosen.era(era_of(job, cluster, chosen))
    # Where scores never reach memory, computing them again saves nothing.
    idle = era.attention != "plain" and era.selective_kept == 1.0
    plans = _candidates(model, job, count, [0, 2] if idle else [0, 1, 2])
    found = step_columns(model, job, plans, cluster, constants)
    reason = _reasons(model, job, found)
    rows = np.flatnonzero(reason == _FITS)
    rows = rows[np.argsort(found.step_s[rows], kind="stable")]
    best = tuple(train_step(model, job, plan_at(plans, int(r)), cluster, constants) for r in rows[:most])
    numbers = np.bincount(reason, minlength=len(REASONS))
    counts = {REASONS[n]: int(numbers[n]) for n in range(1, len(REASONS)) if numbers[n]}
    return PlanSearch(best, len(found), len(rows), counts, plans, found.step_s, found.shortfall_bytes, reason)


def _powers(fixed: int, most: float) -> list[int]:
    if fixed:
        return [fixed]
    return [2**n for n in range(int(np.log2(max(most, 1))) + 1)]


def _candidates(model: Transformer, job: TrainingJob, count: int, levels: list[int]) -> Plan:
    """Return all combinations of degrees whose product divides the accelerators, as columns."""
    tensor = _powers(job.tp, min(MOST_TENSOR, model.heads, count))
    stages = [job.pp] if job.pp else [n for n in range(1, min(model.layers, count) + 1) if count % n == 0]
    context = _powers(job.cp, min(MOST_CONTEXT, job.sequence / 2048, count))
    expert = _powers(job.ep, model.experts) if model.experts else [1]
    rows = _powers(job.microbatch, min(MOST_MICROBATCH, job.global_batch))
    chunks = [job.interleave] if job.interleave else list(range(1, MOST_CHUNKS + 1))
    if job.recompute != "search":
        levels = [RECOMPUTE.index(job.recompute)]
    grids = np.meshgrid(tensor, stages, context, expert, rows, chunks, levels, indexing="ij")
    tp, pp, cp, ep, microbatch, interleave, recompute = (grid.ravel().astype(float) for grid in grids)
    whole = np.where(pp > 1, _spare(model, pp, interleave) <= SPARE_SLOTS, False) | (interleave == 1)
    keep = (count % (tp * pp * cp) == 0) & (whole | (job.interleave > 0))
    if not keep.any():
        raise EngineError(
            f"the degrees that are fixed do not divide {count:,} accelerators",
            where="training",
            cure="Leave them to the search (0), or use another number of accelerators",
        )
    ones = np.ones(int(keep.sum()))
    tp, pp, cp = tp[keep], pp[keep], cp[keep]
    return Plan(
        tp=tp,
        pp=pp,
        dp=count / (tp * pp * cp),
        cp=cp,
        ep=ep[keep],
        microbatch=microbatch[keep],
        interleave=interleave[keep],
        recompute=recompute[keep],
        sharding=ones * SHARDING.index(job.sharding),
        sequence_parallel=ones,
        shard_ranks=ones * 0.0,
        tp_overlap=ones,
    )


def _reasons(
    model: Transformer, job: TrainingJob, found: StepColumns
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return why each plan is not possible: the first reason in the order of `REASONS`."""
    p = found.plans
    microbatches = job.global_batch / (p.dp * p.microbatch)
    per_stage = np.ceil(model.layers / p.pp)
    spare = per_stage * p.pp - model.layers
    ranks = p.tp * p.cp * p.dp
    faults: list[tuple[int, Flags]] = [
        (_BATCH, microbatches % 1 != 0),
        (_TENSOR, _uneven(model, p.tp)),
        (_STAGES, spare >= per_stage),
        (_CHUNKS, (p.interleave > 1) & ((_spare(model, p.pp, p.interleave) > SPARE_SLOTS) | (p.pp == 1))),
        (_FEW, (p.interleave > 1) & (microbatches < p.pp)),
        (_EXPERTS, model.experts % p.ep != 0 if model.experts else p.ep > 1),
        (_SPREAD, ranks % p.ep != 0),
        (_MEMORY, found.shortfall_bytes > 0),
    ]
    reason = np.zeros(len(found), np.int64)
    for number, fault in reversed(faults):
        reason[fault] = number
    return reason


def _spare(model: Transformer, pp: Floats, chunks: Floats) -> Floats:
    """Return the layers that chunks of one length would have beyond those of the model."""
    spare: Floats = np.ceil(model.layers / (pp * chunks)) * pp * chunks - model.layers
    return spare


def _uneven(model: Transformer, tp: Floats) -> Flags:
    """Tell where tensor parallel ranks would not have equal parts."""
    keys = model.kv_heads
    uneven: Flags = (model.heads % tp != 0) | (model.ffn % tp != 0)
    if not model.is_latent:
        # Fewer key and value heads than ranks are copied.
        uneven |= (keys % tp != 0) & (tp % keys != 0)
    return uneven

"""A training step of a job on a cluster: time by part, memory by part, and what follows from them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.engine.cluster import Cluster
from core.engine.columns import Floats
from core.engine.training.arithmetic import COLUMNS, SINGLE
from core.engine.training.constants import Constants, shipped_constants
from core.engine.training.memory import Memory, memory_of
from core.engine.training.plan import Plan
from core.engine.training.rates import rates_of
from core.engine.training.shape import shape_of
from core.engine.training.step import Split, split_step
from core.errors import EngineError
from core.model.jobs import TrainingJob
from core.model.transformer import Transformer

CONVENTION = "all of the attention square counted, causal or not; dense BF16 peak"
CAUSAL_CONVENTION = "half of the attention square counted, as causal kernels compute; dense BF16 peak"


@dataclass(frozen=True)
class StepResult:
    """What one step takes.

    Attributes
    ----------
    plan : Plan
    step_s : float
    split : Split
        Seconds by part; they add up to `step_s`.
    memory : Memory
        Bytes by part on the fullest accelerator.
    capacity_bytes, shortfall_bytes : float
        Of one accelerator; 0 where the plan fits.
    tokens_s : float
    model_flops_s : float
        FLOP/s of the model itself on all accelerators, without recompute, by the first convention.
    mfu, mfu_causal : float
        Share of the dense BF16 peak, by `CONVENTION` and by `CAUSAL_CONVENTION`.
    compute_share : float
        Share of the peak in the precision of the job that computing keeps busy; for energy.
    microbatches : float
    """

    plan: Plan
    step_s: float
    split: Split
    memory: Memory
    capacity_bytes: float
    shortfall_bytes: float
    tokens_s: float
    model_flops_s: float
    mfu: float
    mfu_causal: float
    compute_share: float
    microbatches: float

    @property
    def fits(self) -> bool:
        """Whether the plan fits the memory."""
        return self.shortfall_bytes <= 0

    def verdict(self) -> str:
        """Say whether the plan fits, and by how much not.

        The sum is of the fullest accelerator, as the text says.
        """
        held, there = self.memory.total / 2**30, self.capacity_bytes / 2**30
        if self.fits:
            return f"fits: {held:,.1f} of {there:,.1f} GiB"
        parts = self.memory._asdict()
        most = max(parts, key=lambda name: float(parts[name]))
        return (
            f"does not fit: {held:,.1f} of {there:,.1f} GiB, {self.shortfall_bytes:,.0f} bytes short; "
            f"most are {most}"
        )


@dataclass(frozen=True)
class StepColumns:
    """Steps of many plans, a row each: seconds by part, bytes by part, and what is short of memory."""

    plans: Plan
    step_s: Floats
    split: Split
    memory: Memory
    shortfall_bytes: Floats

    def __len__(self) -> int:
        return len(self.step_s)


def era_of(job: TrainingJob, cluster: Cluster, constants: Constants) -> str:
    """Return the software whose constants hold: frameworks of 2024 that shard fully have their own."""
    era = constants.accelerator(cluster.name)[1].era if job.era == "auto" else job.era
    return f"{era} sharded" if job.sharding == "full" and era == "2024" else era


def check_joined(cluster: Cluster, ranks: float) -> None:
    """Check that accelerators beyond one scale-up domain are joined by a network.

    Raises
    ------
    EngineError
        If they are not.
    """
    if ranks > cluster.hierarchy.domain and cluster.nic_gb_s <= 0:
        raise EngineError(
            f"no network joins {ranks:,.0f} accelerators: one scale-up domain has "
            f"{cluster.hierarchy.domain:,}",
            where="training",
            cure="Wire their hosts to a compute fabric, or train on one domain",
        )


def train_step(
    model: Transformer, job: TrainingJob, plan: Plan, cluster: Cluster, constants: Constants | None = None
) -> StepResult:
    """Return what one step of a job takes.

    Parameters
    ----------
    model : Transformer
    job : TrainingJob
        Its degrees are not looked at: those of the plan count.
    plan : Plan
        Of floats.
    cluster : Cluster
    constants : Constants, optional
        Those shipped by default.

    Raises
    ------
    EngineError
        If the shape of the model is faulty, the accelerators have no known peak, or the plan needs more of
        them than there are.

    Notes
    -----
    The formulas stand in `core.engine.training.compute`, `traffic`, `memory` and `step`.
    """
    if fault := model.fault():
        raise EngineError(fault, where=model.name)
    if plan.ranks > cluster.count:
        raise EngineError(
            f"the plan takes {plan.ranks:,.0f} accelerators of {cluster.count:,}",
            where="training",
            cure="Lower a degree of parallelism, or leave it to the search",
        )
    check_joined(cluster, plan.ranks)
    shape = shape_of(model, job.sequence)
    chosen = constants or shipped_constants()
    rates = rates_of(cluster, job.precision, era_of(job, cluster, chosen), chosen)
    split = split_step(SINGLE, shape, plan, rates, float(job.global_batch), job.imbalance)
    microbatches = job.global_batch / (plan.dp * plan.microbatch)
    memory = memory_of(SINGLE, shape, plan, rates, microbatches)
    seconds = split.total
    tokens_s = job.global_batch * job.sequence / seconds
    flops_s = 3 * shape.model_flops * tokens_s
    peak = cluster.tflops.get("bf16", max(cluster.tflops.values())) * 1e12 * plan.ranks
    return StepResult(
        plan=plan,
        step_s=seconds,
        split=split,
        memory=memory,
        capacity_bytes=rates.capacity,
        shortfall_bytes=max(memory.total - rates.capacity, 0.0),
        tokens_s=tokens_s,
        model_flops_s=flops_s,
        mfu=flops_s / peak,
        mfu_causal=3 * shape.causal_flops * tokens_s / peak,
        compute_share=3 * shape.causal_flops * tokens_s / (rates.peak * plan.ranks),
        microbatches=microbatches,
    )


def step_columns(
    model: Transformer, job: TrainingJob, plans: Plan, cluster: Cluster, constants: Constants | None = None
) -> StepColumns:
    """Return what steps take by many plans at once, by the same formulas.

    Parameters
    ----------
    plans : Plan
        Of columns of one length (`plan_columns`).

    Raises
    ------
    EngineError
        As `train_step`, but for plans that need too many accelerators.
    """
    if fault := model.fault():
        raise EngineError(fault, where=model.name)
    shape = shape_of(model, job.sequence)
    chosen = constants or shipped_constants()
    rates = rates_of(cluster, job.precision, era_of(job, cluster, chosen), chosen)
    batch = float(job.global_batch)
    split = split_step(COLUMNS, shape, plans, rates, batch, job.imbalance)
    memory = memory_of(COLUMNS, shape, plans, rates, batch / (plans.dp * plans.microbatch))
    short: Floats = np.maximum(memory.total - rates.capacity, 0.0)
    return StepColumns(plans, split.total, split, memory, short)

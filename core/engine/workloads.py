"""What the design trains and serves: each workload on the accelerators drawn, live."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from core.engine.brief import Brief
from core.engine.cluster import Cluster, cluster_of
from core.engine.error_bands import Band, band_of
from core.engine.goodput import Goodput, goodput_of
from core.engine.inference.energy import accelerator_power_w
from core.engine.network import Network, network
from core.engine.output import Output
from core.engine.own_constants import constants_state, inference_constants, training_constants
from core.engine.snapshot import Snapshot
from core.engine.stage import stage
from core.engine.transformer import attention_flops, forward_flops, matmul_parameters
from core.errors import EngineError
from core.model.jobs import ServingJob, TrainingJob
from core.model.records import Workload
from core.model.transformer import Transformer

if TYPE_CHECKING:
    from core.engine.inference.serving import ServingResult
    from core.engine.training.result import StepResult
    from core.engine.training.search import PlanSearch

LEAST_GOODPUT = 1e-6
RATES = ("node_failures_1000_days", "link_failures_1000_days", "job_failures_day", "repair_h")


@dataclass(frozen=True)
class TrainingRun:
    """A training run by its best plan.

    Attributes
    ----------
    step : StepResult
        A step of it, with its split, memory and plan.
    search : PlanSearch
        The plans it was chosen from, and why others were not.
    goodput : Goodput
    tokens_s : float
        With what failures and saves cost taken off [1/s].
    days, days_without : float
        Length of the run, with failures and saves and without.
    energy_j_token : float
        Of accelerators and their hosts, for each token, without losses and cooling [J].
    """

    step: StepResult
    search: PlanSearch
    goodput: Goodput
    tokens_s: float
    days: float
    days_without: float
    energy_j_token: float

    @property
    def energy_mwh(self) -> float:
        """Energy of accelerators and hosts for the run, with what failures and saves take of it [MWh]."""
        return self.energy_j_token * self.step.tokens_s * self.days * 86_400 / 3.6e9


@dataclass(frozen=True)
class WorkloadResult:
    """What comes of one workload.

    Attributes
    ----------
    workload : Workload
    model : Transformer or None
    cluster : Cluster or None
    training : TrainingRun or None
    serving : ServingResult or None
    output : Output or None
        None where it does not run; `problem` says why and `cure` what to do.
    band : Band or None
        Error of predictions of such hardware and kind on published cases that were not fitted.
    notes : tuple of str
        What had to be taken for granted.
    """

    workload: Workload
    model: Transformer | None
    cluster: Cluster | None = None
    training: TrainingRun | None = None
    serving: ServingResult | None = None
    output: Output | None = None
    band: Band | None = None
    problem: str = ""
    cure: str = ""
    notes: tuple[str, ...] = ()
    rates: tuple[float, ...] = ()
    constants: tuple[tuple[int, int] | None, ...] = ()

    def is_of(self, other: WorkloadResult) -> bool:
        """Tell whether it was made of the same workload, model, accelerators, failure rates and constants."""
        return (self.workload, self.model, self.cluster, self.rates, self.constants) == (
            other.workload,
            other.model,
            other.cluster,
            other.rates,
            other.constants,
        )


@dataclass(frozen=True)
class Workloads:
    """Results of all workloads, in the order of their ids."""

    results: tuple[WorkloadResult, ...] = ()

    @property
    def outputs(self) -> tuple[Output, ...]:
        """What comes out of those that run."""
        return tuple(result.output for result in self.results if result.output is not None)

    def of(self, workload: str) -> WorkloadResult | None:
        """Return the result of a workload by its id."""
        return next((result for result in self.results if result.workload.id == workload), None)


@stage(reads=("devices", "racks", "cables", "workloads", "brief"), needs=(network,), reuses=True)
def workloads(snap: Snapshot, net: Network, before: Workloads | None = None) -> Workloads:
    """Run every workload on the accelerators drawn.

    Notes
    -----
    Each has its accelerators for itself. A result stands while workload, model, accelerators and rates of
    failures are the same, so that edits elsewhere cost nothing.
    """
    models = {model.id: model for model in snap.models}
    kept = {result.workload.id: result for result in before.results} if before is not None else {}
    results = []
    for workload in snap.workloads:
        given = _given(snap, net, workload, models.get(workload.model))
        old = kept.get(workload.id)
        results.append(old if old is not None and old.is_of(given) else run_workload(given, snap.brief))
    return Workloads(tuple(results))


def _given(snap: Snapshot, net: Network, workload: Workload, model: Transformer | None) -> WorkloadResult:
    """Return what a workload starts from."""
    rates = tuple(snap.brief.assume(name) for name in RATES)
    blank = WorkloadResult(workload, model, rates=rates, constants=constants_state())
    if model is None:
        return replace(blank, problem="no model is chosen", cure="Choose one under Worth > Workloads")
    try:
        cluster = cluster_of(snap, net, workload.job.part)
    except EngineError as error:
        return replace(blank, problem=error.problem, cure=error.cure)
    return replace(blank, cluster=cluster, notes=cluster.unknown)


def run_workload(given: WorkloadResult, brief: Brief) -> WorkloadResult:
    """Return the result of a workload from what it starts from."""
    if given.problem or given.model is None or given.cluster is None:
        return given
    job = given.workload.job
    try:
        if isinstance(job, TrainingJob):
            return _trained(given, given.model, given.cluster, job, brief)
        return _served(given, given.model, given.cluster, job)
    except EngineError as error:
        return replace(given, problem=error.problem, cure=error.cure)


def _trained(
    given: WorkloadResult, model: Transformer, cluster: Cluster, job: TrainingJob, brief: Brief
) -> WorkloadResult:
    from core.engine.training.result import era_of
    from core.engine.training.search import best_plans

    used = used_of(cluster, job.accelerators)
    constants, own = training_constants()
    search = best_plans(model, job, used, constants=constants)
    if not search.best:
        return replace(
            given,
            problem=_none_possible(search),
            cure="Leave degrees to the search, change the global batch, or draw more accelerators",
        )
    step = search.best[0]
    rates = {name: brief.assume(name) for name in RATES}
    spares = None if job.spare_nodes < 0 else job.spare_nodes
    links = used.links * used.count / cluster.count
    goodput = goodput_of(
        used.nodes, links, save_s=job.save_s, restart_s=job.restart_s, spares=spares, **rates
    )
    if goodput.share < LEAST_GOODPUT:
        return replace(
            given,
            problem="failures come faster than the run gets on",
            cure="Allow spare hosts, or make saves and restarts shorter",
        )
    tokens_s = step.tokens_s * goodput.share
    days_without = job.tokens / step.tokens_s / 86_400
    days = days_without / goodput.share
    run = TrainingRun(step, search, goodput, tokens_s, days, days_without, _energy_j_token(used, step))
    band = band_of(cluster.name, model, job)
    output = Output(
        workload=given.workload.id,
        name=given.workload.name,
        kind="training",
        accelerators=step.plan.ranks,
        model_flops_s=step.model_flops_s * step.mfu_causal / step.mfu * goodput.share,
        tokens_in_s=tokens_s,
        run_hours=days * 24,
        band=None if band is None else band.error,
        words=f"{model.name}, {step.plan.words()}, software of {era_of(job, used, constants)}, "
        f"goodput {goodput.share:.1%}",
    )
    # Energy goes by the power of serving, whose constants may be the user's own as well.
    notes = (*given.notes, *(words for words in (own, inference_constants()[1]) if words))
    return replace(given, training=run, output=output, band=band, notes=notes)


def _none_possible(search: PlanSearch) -> str:
    """Say why no plan of a search is possible: the reason of most, and what lacks at least."""
    what = "the plan is not" if search.looked_at == 1 else f"none of {search.looked_at:,} plans is"
    why = max(search.counts, key=lambda reason: search.counts[reason], default="")
    near = search.nearest(1)
    short = f", {near[0].shortfall_bytes:,.0f} bytes short at best" if near and near[0].reason == why else ""
    return f"{what} possible{': ' if why else ''}{why}{short}"


def _served(given: WorkloadResult, model: Transformer, cluster: Cluster, job: ServingJob) -> WorkloadResult:
    from core.engine.inference.serving import serve

    constants, own = inference_constants()
    found = serve(model, job, cluster, constants)
    band = band_of(cluster.name, model, job)
    notes = (*given.notes, *found.unknown, *([own] if own else []))
    if not found.fits or not found.is_within:
        cure = "Serve a smaller model or fewer bytes a value, or draw accelerators with more memory"
        return replace(
            given,
            serving=found,
            band=band,
            notes=notes,
            problem=found.words[0],
            cure=cure if not found.fits else "Allow more time, or shorter input and output",
        )
    read, written = found.tokens_in_s * job.load, found.tokens_out_s * job.load
    context = job.input_tokens + job.output_tokens / 2
    flops = read * (1 - job.cached_share) * forward_flops(model, job.input_tokens * (1 + job.cached_share))
    flops += written * (2 * matmul_parameters(model) + attention_flops(model, context, causal=False))
    output = Output(
        workload=given.workload.id,
        name=given.workload.name,
        kind="inference",
        accelerators=float(found.accelerators),
        model_flops_s=flops,
        tokens_in_s=read,
        tokens_out_s=written,
        band=None if band is None else band.error,
        words=", ".join(found.words),
    )
    return replace(given, serving=found, output=output, band=band, notes=notes)


def _energy_j_token(cluster: Cluster, step: StepResult) -> float:
    """Return the energy of accelerators and hosts for a token [J], by the power fitted to serving."""
    power, _ = inference_constants()[0].power_of(cluster.name)
    busy = step.compute_share * cluster.tflops["bf16"] * 1e12
    watts = accelerator_power_w(power, cluster, read_bytes=0.0, flops=busy, seconds=1.0)
    return (float(watts) + cluster.host_w) * cluster.count / step.tokens_s


def used_of(cluster: Cluster, count: int) -> Cluster:
    """Return a cluster of so many of its accelerators; all where none are named.

    Raises
    ------
    EngineError
        If there are fewer.
    """
    if count > cluster.count:
        raise EngineError(
            f"{count:,} accelerators are asked for, {cluster.count:,} are drawn",
            where="workload",
            cure="Ask for fewer, or draw more",
        )
    return replace(cluster, count=count) if 0 < count < cluster.count else cluster

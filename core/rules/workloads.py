"""What the design is meant to train and serve: whether it can, and what stands in its way."""

from __future__ import annotations

from collections.abc import Iterator

from core.model.jobs import ServingJob
from core.rules.finding import Severity
from core.rules.rule import Yielded, of_design, rule
from core.rules.views import Design
from core.units import share

_READS = ("workloads", "economics")


@rule("workload.does_not_run", Severity.ERROR, "Workload does not run",
      reads=_READS)  # fmt: skip
def does_not_run(design: Design) -> Iterator[Yielded]:
    """A workload does not run on the accelerators drawn: no plan fits their memory, no way of serving keeps
    the limits of latency, or something is missing.

    Source: the models of training and inference (engine formulas), on the part of the design the workload
    names.
    """
    failed = [result for result in design.of.workloads.results if result.output is None]
    if failed:
        first = failed[0]
        more = f"; {len(failed) - 1} more do not run either" if len(failed) > 1 else ""
        yield of_design(
            f"{first.workload.name}: {first.problem}; {first.cure[:1].lower()}{first.cure[1:]}{more}",
            float(len(failed)),
            0.0,
        )


@rule("workload.tensor_parallel", Severity.WARNING, "Tensor parallel leaves the scale-up domain",
      reads=_READS)  # fmt: skip
def tensor_parallel(design: Design) -> Iterator[Yielded]:
    """A plan or a replica is split over more accelerators by tensor parallel than one scale-up domain has.

    All of a layer's sums then cross the network, which is many times slower: a larger domain or more pipeline
    stages are usually faster.

    Source: traffic of tensor parallel, two sums a layer forward and two back (Shoeybi et al. 2019).
    """
    for result in design.of.workloads.results:
        run, served, cluster = result.training, result.serving, result.cluster
        degree = run.step.plan.tp if run is not None else served.tp if served is not None else 0
        if cluster is not None and degree > cluster.hierarchy.domain:
            yield of_design(
                f"{result.workload.name}: tensor parallel {degree:.0f} over domains of "
                f"{cluster.hierarchy.domain}; lower it, or leave it to the search",
                float(degree),
                float(cluster.hierarchy.domain),
            )
            return


@rule("workload.shares", Severity.ERROR, "Services take more than all accelerators",
      reads=_READS)  # fmt: skip
def shares(design: Design) -> Iterator[Yielded]:
    """Services on the same part of the design take more than all of its accelerators together.

    Training runs are not counted: they take turns with services, or run on another part.

    Source: sum of the shares that the workloads state.
    """
    taken: dict[str, float] = {}
    for result in design.of.workloads.results:
        job = result.workload.job
        if isinstance(job, ServingJob):
            taken[job.part] = taken.get(job.part, 0.0) + job.share
    worst = max(taken.values(), default=0.0)
    if worst > 1 + 1e-9:
        yield of_design(
            f"services take {share(worst)} of the accelerators of one part; lower their shares", worst, 1.0
        )

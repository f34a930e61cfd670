"""The ways a workload could run: all plans ranked, one of them fixed, and left to the search again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from core.engine.brief import Brief
from core.engine.inference.ranking import ServingSearch, services_of
from core.engine.inference.serving import ServingResult
from core.engine.own_constants import inference_constants, training_constants
from core.engine.training.plan import RECOMPUTE, Plan
from core.engine.training.result import StepResult, train_step
from core.engine.training.search import PlanSearch, best_plans
from core.engine.workloads import WorkloadResult, run_workload, used_of
from core.errors import EngineError
from core.model.fields import fields_of
from core.model.jobs import ServingJob, TrainingJob
from core.model.transformer import Transformer

PLAN_FIELDS = {
    TrainingJob: ("tp", "pp", "cp", "ep", "microbatch", "interleave", "recompute"),
    ServingJob: ("tp", "ep", "batch"),
}
"""Parameters of a job that make its plan."""
Job = TrainingJob | ServingJob


@dataclass(frozen=True)
class Alternatives:
    """What comes of a workload, and the ways it could run.

    Attributes
    ----------
    result : WorkloadResult
    plans : PlanSearch or None
        Of a training run, what its fixed degrees allow; where its whole plan is fixed, all.
    services : ServingSearch or None
        The same of a service.
    is_fixed : bool
        The job names its whole plan.
    nearest : StepResult or None
        A step of the plan that misses the memory by least, where a training run has none that fits.
    """

    result: WorkloadResult
    plans: PlanSearch | None = None
    services: ServingSearch | None = None
    is_fixed: bool = False
    nearest: StepResult | None = None


def alternatives(given: WorkloadResult, brief: Brief) -> Alternatives:
    """Return what comes of a workload from what it starts from, and the ways it could run."""
    result = run_workload(given, brief)
    model, cluster, job = given.model, given.cluster, given.workload.job
    if given.problem or model is None or cluster is None:
        return Alternatives(result)
    fixed = is_fixed(job, model)
    asked = freed(job) if fixed else job
    try:
        if isinstance(asked, TrainingJob):
            if result.training is not None and not fixed:
                return Alternatives(result, plans=result.training.search)
            assert isinstance(job, TrainingJob)
            used, constants = used_of(cluster, asked.accelerators), training_constants()[0]
            plans = best_plans(model, asked, used, constants=constants)
            near = () if result.training else best_plans(model, job, used, constants=constants).nearest(1)
            nearest = train_step(model, job, near[0].plan, used, constants) if near else None
            return Alternatives(result, plans=plans, is_fixed=fixed, nearest=nearest)
        services = services_of(model, asked, cluster, inference_constants()[0])
        return Alternatives(result, services=services, is_fixed=fixed)
    except EngineError:
        return Alternatives(result, is_fixed=fixed)  # the result says why


def is_fixed(job: Job, model: Transformer) -> bool:
    """Tell whether a job names its whole plan; `ep` counts where there are experts."""
    names = (name for name in PLAN_FIELDS[type(job)] if name != "ep" or model.experts)
    return all(getattr(job, name) not in (0, "search") for name in names)


def names_any(job: Job) -> bool:
    """Tell whether a job names a part of its plan."""
    return any(getattr(job, name) not in (0, "search") for name in PLAN_FIELDS[type(job)])


def freed(job: Job) -> Job:
    """Return a job that leaves its whole plan to the search."""
    fields = fields_of(type(job))
    return msgspec.structs.replace(job, **{name: fields[name].default for name in PLAN_FIELDS[type(job)]})


def parameters_of(way: Plan | ServingResult, model: Transformer) -> dict[str, Any]:
    """Return the parameters of a job that fix a plan, or a way to serve.

    Examples
    --------
    >>> from core.catalogue.transformers import presets
    >>> parameters_of(Plan(tp=8.0, pp=2.0, dp=4.0), presets()["llama-3-8b"])
    {'tp': 8, 'pp': 2, 'cp': 1, 'microbatch': 1, 'interleave': 1, 'recompute': 'none'}
    """
    if isinstance(way, Plan):
        found: dict[str, Any] = {
            "tp": int(way.tp),
            "pp": int(way.pp),
            "cp": int(way.cp),
            "ep": int(way.ep),
            "microbatch": int(way.microbatch),
            "interleave": int(way.interleave),
            "recompute": RECOMPUTE[int(way.recompute)],
        }
    else:
        found = {"tp": way.tp, "ep": way.ep, "batch": way.batch}
    return {name: value for name, value in found.items() if name != "ep" or model.experts}

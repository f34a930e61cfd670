"""Published cases of training: what they state, what the model says."""

from __future__ import annotations

from typing import Any

from core.engine.training.arithmetic import SINGLE
from core.engine.training.constants import Constants, shipped_constants
from core.engine.training.memory import memory_of
from core.engine.training.plan import Plan
from core.engine.training.rates import rates_of
from core.engine.training.shape import shape_of
from core.engine.training.step import split_step
from core.errors import EngineError
from core.explore.validation.training_inputs import TrainingCase, cluster_of, model_of, read_case

GIB = 2.0**30


def family_of(case: TrainingCase) -> str:
    """Return the family of the accelerators of a case, as errors are told apart by."""
    return shipped_constants().accelerator(case.cluster.name)[0]


def predict(case: dict[str, Any], constants: Constants | None = None) -> dict[str, float]:
    """Return what the model says for a case: `step_s` and figures derived of it, memory in GiB.

    Raises
    ------
    EngineError
        If an input is missing, or the case is of a kind that is not modelled.
    """
    chosen = constants or shipped_constants()
    if case.get("kind") == "memory":
        return _memory(case, chosen)
    read = read_case(case)
    shape = shape_of(read.model, read.sequence)
    rates = rates_of(read.cluster, read.precision, read.era, chosen)
    step = split_step(SINGLE, shape, read.plan, rates, read.batch, read.imbalance).total
    tokens = read.batch * read.sequence
    count = read.cluster.count
    memory = memory_of(SINGLE, shape, read.plan, rates, read.batch / (read.plan.dp * read.plan.microbatch))
    return {
        "step_s": step,
        "tokens_per_s": tokens / step,
        "tokens_per_s_per_gpu": tokens / step / count,
        "mfu": 3 * shape.model_flops * tokens / step / count / (read.cluster.tflops["bf16"] * 1e12),
        "weights_gib": memory.weights / GIB,
        "gradients_gib": memory.gradients / GIB,
        "optimizer_gib": memory.optimizer / GIB,
        "activations_gib": memory.activations / GIB,
        "peak_mem_gib": memory.total / GIB,
    }


def fit(cases: list[dict[str, Any]], start: Constants | None = None) -> Constants:
    """Return constants fitted to the cases that state a step time; others are passed over.

    The search begins at `start`, by default at the constants shipped, so that a few measurements of one's own
    move only what they tell something about.

    Raises
    ------
    EngineError
        If no case is left.
    """
    from core.explore.fitting.training import fit as fitted

    return fitted(readable(cases), start or shipped_constants())


def readable(cases: list[dict[str, Any]]) -> list[TrainingCase]:
    """Return the cases of training that can be predicted and state a step time."""
    found = []
    for case in cases:
        if case.get("kind") != "training":
            continue
        try:
            read = read_case(case)
        except EngineError:
            continue
        if read.measured_s > 0:
            found.append(read)
    return found


def _memory(case: dict[str, Any], constants: Constants) -> dict[str, float]:
    """Return memory of a stage between first and last: published figures count layers only."""
    where = str(case.get("id", "case"))
    model, sequence = model_of(case, where)
    layout = case["parallelism"]
    cluster = cluster_of(case, 1, where)
    rates = rates_of(cluster, "bf16", "2021", constants)
    shape = shape_of(model, sequence)._replace(embedding=0.0)
    base = Plan(
        tp=float(layout["tp"]), pp=float(layout["pp"]), microbatch=float(layout["microbatch"]),
        interleave=float(layout.get("interleave", 1)), sharding=0.0,
    )  # fmt: skip
    many = 1e9
    plain = memory_of(SINGLE, shape, base._replace(sequence_parallel=0.0), rates, many)
    lean = memory_of(SINGLE, shape, base._replace(recompute=1.0), rates, many)
    return {
        "params_and_optimizer_gib": (plain.weights + plain.gradients + plain.optimizer) / GIB,
        "activations_no_recompute_gib": plain.activations / GIB,
        "activations_seqpar_selective_gib": lean.activations / GIB,
    }

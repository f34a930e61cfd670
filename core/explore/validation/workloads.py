"""Measured workloads: what the models say for each case, by constants that were not fitted to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from core.errors import CagenutError
from core.explore.validation import left_out
from core.explore.validation.cases import Case
from core.explore.validation.verdicts import CaseResult, KeyResult

KINDS = ("training", "memory", "inference", "gpu_hours", "cost", "reliability")
"""Kinds of cases that are judged by mean errors; collectives beside them have a module of their own."""
Basis = Literal["left out", "not fitted", "in sample"]
"""Constants were fitted without the case; it is none of those they were fitted to; or they were."""
Progress = Callable[[int, int, str], None]

DENSE, MOE, SHARDED = "step time, dense", "step time, MoE", "step time, FSDP"
WEIGHTS, ACTIVATIONS = "memory, weights and optimizer", "memory, activations"
ITL_DENSE, ITL_MOE, RATE_MOE = "ITL and tokens/s, dense", "ITL, MoE", "tokens/s, MoE"
OFFLINE, SERVED = "offline maximum throughput", "throughput under latency limits"
ENERGY, WALL_ENERGY = "energy per token, GPU", "energy per token, wall"
HOURS, ALL_HOURS = "training GPU-hours of whole runs", "GPU-hours of all runs of a model card"
EPOCH, COST = "cost, Epoch amortised", "cost of serving"
FAILURES = "failures of jobs"
RATES = ("tokens_per_s", "tokens_per_s_per_gpu", "mfu")
"""Figures of speed; their errors are told as those of time."""


@dataclass(frozen=True)
class Comparison:
    """One measured figure and what the model says.

    Attributes
    ----------
    figure : str
        Its name in the case.
    quantity : str
        What errors are put together by.
    error : float
        Computed over measured less 1.
    in_sample : float
        The same by the shipped constants.
    """

    case: Case
    figure: str
    quantity: str
    measured: float
    computed: float
    error: float
    in_sample: float
    basis: Basis


def compare(
    cases: Sequence[Case], progress: Progress | None = None
) -> tuple[list[CaseResult], list[Comparison]]:
    """Return results of cases and all their comparisons.

    Errors of cases that constants were fitted to are those by constants fitted without them, where these are
    known. What cannot be computed is not covered, with the reason.
    """
    results: list[CaseResult] = []
    found: list[Comparison] = []
    for number, case in enumerate(cases):
        if progress is not None and number % 25 == 0:
            progress(number, len(cases), f"{case.family} {case.group}")
        result, mine = _compared(case)
        results.append(result)
        found += mine
    return results, found


def computed_figures(case: Case, constants: Any = None) -> dict[str, float]:
    """Return what the model of its kind says for the figures of a case.

    Raises
    ------
    CagenutError
        If an input is missing or not modelled.
    """
    from core.explore.validation import workload_reliability, workload_runs

    if case.family in ("training", "memory"):
        from core.explore.validation import workload_training

        return workload_training.predict(case.entry, constants)
    if case.family == "inference":
        from core.explore.validation import workload_inference

        return workload_inference.predict(case.entry, constants)
    if case.family == "gpu_hours":
        return workload_runs.predict(case.entry)
    if case.family == "reliability":
        return workload_reliability.predict(case.entry)
    from core.explore.validation import workload_cost

    return workload_cost.predict(case.entry)


def _compared(case: Case) -> tuple[CaseResult, list[Comparison]]:
    try:
        with np.errstate(over="raise", divide="raise", invalid="raise"):
            computed = computed_figures(case)
        chosen = dict(quantities(case))
    except CagenutError as error:
        return _not_covered(case, error.problem), []
    except (ArithmeticError, LookupError, TypeError, ValueError, AttributeError) as error:
        # Inputs come from anybody's file: zeros, lists and impossible sizes are no fault of the program.
        return _not_covered(
            case, f"the inputs are out of range or of another kind ({type(error).__name__})"
        ), []
    measured = {**case.derived, **case.expected}
    found = []
    for figure, quantity in chosen.items():
        value, mine = measured.get(figure), computed.get(figure)
        if isinstance(value, int | float) and _is_number(value) and mine is not None and mine > 0:
            found.append(comparison(case, figure, quantity, value, mine))
    if not found and not any(_bounded(case, name, computed) for name in case.expected):
        return _not_covered(case, "it states no figure that is compared"), []
    return _result(case, computed, found), found


def comparison(case: Case, figure: str, quantity: str, measured: float, computed: float) -> Comparison:
    """Return a comparison, on the best basis there is."""
    off = _off(figure, computed, measured)
    if not left_out.is_fitted(case, figure):
        return Comparison(case, figure, quantity, measured, computed, off, off, "not fitted")
    without = left_out.error_without(case, figure, off)
    if without is None:
        return Comparison(case, figure, quantity, measured, computed, off, off, "in sample")
    value = measured / (1 + without) if figure in RATES else measured * (1 + without)
    return Comparison(case, figure, quantity, measured, value, without, off, "left out")


def _off(figure: str, computed: float, measured: float) -> float:
    return measured / computed - 1 if figure in RATES else computed / measured - 1


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value > 0


def _not_covered(case: Case, reason: str) -> CaseResult:
    keys = tuple(
        KeyResult(name, value, None, "not_covered", derived, reason)
        for derived, figures in ((False, case.expected), (True, case.derived))
        for name, value in figures.items()
    )
    return CaseResult(case, "not_covered", keys, reason)


def _result(case: Case, computed: dict[str, float], found: list[Comparison]) -> CaseResult:
    errors = {one.figure: one for one in found}
    keys = []
    for derived, figures in ((False, case.expected), (True, case.derived)):
        for name, value in figures.items():
            one = errors.get(name)
            if one is not None and not (derived and name in case.expected):
                keys.append(
                    KeyResult(name, value, one.computed, "pass", derived, one.basis, round(one.error, 6))
                )
            elif bound := _bounded(case, name, computed):
                keys.append(KeyResult(name, value, computed[name], bound, derived))
            else:
                keys.append(KeyResult(name, value, None, "not_covered", derived, "not compared"))
    return CaseResult(case, "pass", tuple(keys))


def _bounded(case: Case, name: str, computed: dict[str, float]) -> Literal["pass", "fail", ""]:
    """Return whether a figure stated as a bound, such as `>0.90`, holds; empty if it is none."""
    text, mine = case.expected.get(name), computed.get(name)
    if not isinstance(text, str) or mine is None or text[:1] not in "<>":
        return ""
    try:
        limit = float(text[1:])
    except ValueError:
        return ""
    return "pass" if (mine > limit if text[0] == ">" else mine < limit) else "fail"


def with_verdicts(results: list[CaseResult], missed: Mapping[tuple[str, str], bool]) -> list[CaseResult]:
    """Return results in which the compared figures of goals that are missed fall short.

    `missed` tells it by id of the case and name of the figure.
    """
    judged = []
    for result in results:
        keys = tuple(
            replace(key, verdict="fail") if missed.get((result.case.id, key.name)) else key
            for key in result.keys
        )
        falls = any(key.verdict == "fail" for key in keys)
        judged.append(replace(result, keys=keys, verdict="fail" if falls else result.verdict))
    return judged


def quantities(case: Case) -> Iterator[tuple[str, str]]:
    """Yield the figures of a case that are compared, each with the quantity that its error counts for."""
    if case.entry.get("measured", {}).get("projection") is True:
        return  # it was computed by somebody else
    if case.family == "training":
        yield from _of_training(case)
    elif case.family == "memory":
        for name in case.expected:
            yield name, ACTIVATIONS if name.startswith("activations") else WEIGHTS
    elif case.family == "inference":
        yield from _of_inference(case)
    elif case.family == "gpu_hours":
        # Cards that count all runs of a model, failed and small ones too, are no measure of one run.
        all_runs = "all runs" in str(case.entry.get("note", ""))
        yield "gpu_hours", ALL_HOURS if all_runs else HOURS
    elif case.family == "cost":
        yield "amortised_hw_plus_energy_usd", EPOCH
        yield "cost_usd_per_day", COST
        yield "usd_per_million_output_tokens", COST
    elif case.family == "reliability":
        for name in ("unexpected", "job_mttf_h", "machines_down_per_day"):
            yield name, FAILURES


def _of_training(case: Case) -> Iterator[tuple[str, str]]:
    """Yield the one figure of speed that is compared: seconds where they are stated, else tokens."""
    from core.engine.training.constants import shipped_constants
    from core.explore.validation.training_inputs import read_case

    read = read_case(case.entry)
    family, _ = shipped_constants().accelerator(read.cluster.name)
    quantity = {"moe": MOE, "fsdp": SHARDED}.get(read.sort, f"{DENSE}, {family}")
    stated = {**case.derived, **case.expected}
    for name in ("step_s", *RATES):
        if _is_number(stated.get(name)):
            yield name, quantity
            break
    yield "peak_mem_gib", "memory, peak"


def _of_inference(case: Case) -> Iterator[tuple[str, str]]:
    workload, model = case.entry.get("workload") or {}, case.entry.get("model") or {}
    if "avg_batch" in workload:
        if "moe" in model:
            yield "itl_ms_median", ITL_MOE
            yield "output_tokens_per_s", RATE_MOE
        else:
            quantity = f"{ITL_DENSE}, {chip_of(case)}"
            yield "itl_ms_median", quantity
            yield "output_tokens_per_s", quantity
        yield "energy_j_per_output_token", ENERGY
        yield "gpu_power_w", "power of GPUs"
    elif "batch" in workload:
        yield from ((name, "latency of one batch") for name in case.expected if name.endswith("_ms"))
        yield "decode_ms_per_token", "latency of one batch"
    elif "phase" in workload:
        yield "input_tokens_per_s_per_node", "prefill and decode apart"
        yield "output_tokens_per_s_per_node", "prefill and decode apart"
    else:
        yield "output_tokens_per_s", SERVED if workload.get("scenario") == "server" else OFFLINE
        yield "energy_j_per_output_token", WALL_ENERGY
        yield "system_power_w", "power of systems"


def chip_of(case: Case) -> str:
    """Return the accelerator without form and memory, as goals name it."""
    return str((case.entry.get("hardware") or {}).get("accelerator", "")).split("-")[0]

"""Measured collectives: time or bus bandwidth, judged by the mean error of their group."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from core.engine.collective_constants import Constants, shipped_constants
from core.engine.collectives import Hierarchy, Run, collective
from core.engine.expert_exchange import expert_exchange
from core.errors import CagenutError
from core.explore.validation.cases import Case, MissingInputError
from core.explore.validation.verdicts import CaseResult, CaseVerdict, KeyResult

MEBIBYTE = 2**20
GOALS = {"at least 1 MiB": 0.10, "below 1 MiB": 0.25}
"""Largest mean error of a group, by size of the message."""
LARGE = 16 * 2**30
"""Bytes of a message that a source calls large, or the peak of its sweep [B]."""
_OPERATIONS = {
    "all_reduce": "all-reduce", "all_gather": "all-gather", "reduce_scatter": "reduce-scatter",
    "alltoall": "all-to-all", "all_to_all": "all-to-all", "broadcast": "broadcast",
    "sendrecv": "point-to-point",
}  # fmt: skip
_ALGORITHMS = {"nvls": "switch", "ring": "ring", "tree": "tree"}


@dataclass(frozen=True)
class GroupError:
    """How far a group of cases is off: mean of |computed / measured - 1|, and the signed mean."""

    group: str
    size: str
    cases: int
    mean: float
    bias: float
    worst: float

    @property
    def is_met(self) -> bool:
        return self.mean <= GOALS[self.size]


def predictions(case: Case, constants: Constants | None = None) -> dict[str, Any]:
    """Return what the model says for the figures of a case.

    Raises
    ------
    MissingInputError
        If an input is missing.
    EngineError
        If the model does not cover it.
    """
    chosen = constants or shipped_constants()
    operation = case.text("op")
    if operation == "moe all-to-all":
        return _exchange(case, chosen)
    if operation not in _OPERATIONS:
        raise MissingInputError("op")
    hierarchy, ranks = _hierarchy(case, chosen), _ranks(case)
    size = message_bytes(case)
    algorithm = _ALGORITHMS.get(str(case.inputs.get("algo", "")), "")
    in_network = case.inputs.get("in_network_reduction")
    if not algorithm and in_network is False:
        algorithm = "ring"

    def run(by: str) -> Run:
        return collective(_OPERATIONS[operation], ranks, size, hierarchy, algorithm=by, constants=chosen)

    best = run(algorithm)
    found: dict[str, Any] = {"time_us": best.seconds * 1e6, "busbw_gb_s": best.bus_gb_s}
    if "busbw_gb_s_ring" in case.expected:
        found["busbw_gb_s_ring"] = run("ring").bus_gb_s
    return found


def message_bytes(case: Case) -> float:
    """Return the bytes of a message; words such as `large` stand for a size at which rates are level."""
    if "bytes" not in case and "tokens_per_rank" in case:
        return float(case.integer("tokens_per_rank") * case.integer("hidden") * case.integer("top_k"))
    return LARGE if isinstance(case["bytes"], str) else case.number("bytes")


def _ranks(case: Case) -> int:
    if "ranks" in case:
        return case.integer("ranks")
    if "count" in case:
        return case.integer("count")
    # A source that only says that there are several nodes: the fewest that are.
    return case.integer("gpus_per_node") * (2 if case.inputs.get("multi_node") else 1)


def _hierarchy(case: Case, constants: Constants) -> Hierarchy:
    accelerator = constants.accelerator(case.text("accelerator"))
    if accelerator is None:
        raise MissingInputError("accelerator")
    ranks = _ranks(case)
    is_inside = case.inputs.get("scale_up_only") is True
    domain = ranks if is_inside else case.integer("gpus_per_node", ranks)
    return Hierarchy(
        domain=max(domain, 1),
        up_gb_s=accelerator.up_gb_s,
        link=accelerator.link,
        nic_gb_s=case.number("nic_gbps_per_gpu", 0.0) / 8,
        fabric_reduces=case.inputs.get("in_network_reduction") is True,
    )


def _exchange(case: Case, constants: Constants) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, combine in (("dispatch", False), ("combine", True)):
        run = expert_exchange(
            case.integer("ranks"),
            case.integer("tokens_per_rank"),
            case.integer("hidden"),
            case.integer("top_k"),
            _hierarchy(case, constants),
            combine=combine,
            constants=constants,
        )
        found[f"{name}_us"] = run.seconds * 1e6
        found[f"{name}_gb_s"] = run.rate_gb_s
        found["link"] = "RDMA" if run.over == "network" else "NVLink"
    return found


def judge_groups(cases: list[Case]) -> tuple[list[CaseResult], list[GroupError]]:
    """Return the cases with their errors, each passed or failed with its group and size."""
    results = [_compared(case) for case in cases]
    groups = group_errors(results)
    met = {(group.group, group.size): group.is_met for group in groups}
    return [_with_group(result, met) for result in results], groups


def _compared(case: Case) -> CaseResult:
    remark = ""
    try:
        computed = predictions(case)
    except MissingInputError as missing:
        computed, remark = {}, f"no usable input '{missing}'"
    except CagenutError as error:
        computed, remark = {}, error.problem
    keys = tuple(_key(case, name, computed, remark, derived) for derived, name in _names(case))
    return CaseResult(case, "pass" if computed else "not_covered", keys, remark)


def _names(case: Case) -> Iterator[tuple[bool, str]]:
    for name in case.expected:
        yield False, name
    for name in case.derived:
        yield True, name


def _key(case: Case, name: str, computed: dict[str, Any], remark: str, derived: bool) -> KeyResult:
    expected, got = (case.derived if derived else case.expected)[name], computed.get(name)
    if got is None or (isinstance(expected, int | float) and not expected > 0):
        return KeyResult(name, expected, None, "not_covered", derived, remark)
    if isinstance(expected, str):
        return KeyResult(name, expected, got, "pass" if got == expected else "fail", derived)
    return KeyResult(name, expected, got, "pass", derived, error=got / expected - 1)


def errors_of(result: CaseResult) -> list[float]:
    """Return the errors of the figures that were measured."""
    return [key.error for key in result.keys if key.error is not None and not key.derived]


def group_errors(results: list[CaseResult]) -> list[GroupError]:
    """Return the errors by group and size of message, in the order of the file."""
    found: dict[tuple[str, str], list[float]] = {}
    for result in results:
        errors = errors_of(result)
        if errors:
            size = tuple(GOALS)[message_bytes(result.case) < MEBIBYTE]
            largest = max(errors, key=abs)
            found.setdefault((result.case.group, size), []).append(
                sum(map(abs, errors)) / len(errors) * (1 if largest >= 0 else -1)
            )
    return [
        GroupError(
            group, size, len(errors),
            sum(map(abs, errors)) / len(errors), sum(errors) / len(errors), max(map(abs, errors)),
        )
        for (group, size), errors in found.items()
    ]  # fmt: skip


def _with_group(result: CaseResult, met: dict[tuple[str, str], bool]) -> CaseResult:
    if result.verdict == "not_covered":
        return result
    size = tuple(GOALS)[message_bytes(result.case) < MEBIBYTE]
    if met.get((result.case.group, size), True):
        verdict: CaseVerdict = "fail" if any(key.verdict == "fail" for key in result.keys) else "pass"
        return replace(result, verdict=verdict)
    keys = tuple(replace(k, verdict="fail") if k.error is not None else k for k in result.keys)
    return replace(result, verdict="fail", keys=keys)

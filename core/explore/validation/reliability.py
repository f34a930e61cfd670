"""Cases of failures and checkpoints."""

from __future__ import annotations

from typing import Any

from core.engine.checkpointing import availability_interval, daly_interval, job_mttf_h, young_interval
from core.explore.validation.cases import Case, MissingInputError
from core.explore.validation.formulas import evaluate

_SAMPLES = ((0.1, 8.0, 0.25), (2.0, 30.0, 1.0), (5.0, 100.0, 10.0))


def interruptions(case: Case) -> dict[str, Any]:
    """A log of interruptions: totals, shares and rates from its counts."""
    days, gpus = case.number("days"), case.integer("gpus")
    counts = case.expected.get("counts")
    if not isinstance(counts, dict) or not days or not all(type(n) is int for n in counts.values()):
        raise MissingInputError("counts")
    unexpected = sum(counts.values())
    planned = case.expected.get("planned")
    shares = {cause: round(100 * n / unexpected, 1) for cause, n in counts.items()}
    nodes = gpus / case.integer("gpus_per_node", 8)
    return {
        "unexpected": unexpected,
        "total": unexpected + planned if isinstance(planned, int) else None,
        "printed_percent": shares,
        "mtbf_hours": days * 24 / unexpected,
        "failures_per_1000_node_days": unexpected / (nodes * days) * 1000,
        **{f"{cause}_percent": 100 * n / unexpected for cause, n in counts.items()},
    }


def node_failures(case: Case) -> dict[str, Any]:
    """Mean time to failure of a job from the rate of its nodes."""
    nodes = case.integer("gpus") / max(case.integer("gpus_per_node"), 1)
    return {"mttf_hours": job_mttf_h(nodes, case.number("failures_per_1000_node_days"))}


def checkpoint_interval(case: Case) -> dict[str, Any]:
    """Interval between checkpoints, to higher order."""
    return {"tau_opt_min": daly_interval(case.number("dump_min"), case.number("mtti_h") * 60)}


def interval_formulas(case: Case) -> dict[str, Any]:
    """Formulas of the best interval as a source prints them, held against the program's at several values."""
    for name in ("Ts", "Tf", "Tr"):
        case.text(name)
    found = {}
    for key, mine in (
        ("lost_time_optimal", lambda s, f, r: young_interval(s, f)),
        ("availability_optimal", availability_interval),
    ):
        text = case.expected.get(key)
        if isinstance(text, str):
            same = all(
                abs(evaluate(text, {"Ts": s, "Tf": f, "Tr": r}) / mine(s, f, r) - 1) < 1e-9
                for s, f, r in _SAMPLES
            )
            found[key] = text if same else "does not hold"
    return found


RULES = (interruptions, node_failures, checkpoint_interval, interval_formulas)

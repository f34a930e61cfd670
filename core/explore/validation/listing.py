"""Results of validation as lines and as plain data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from core.explore.validation.collective import GOALS, GroupError
from core.explore.validation.running import Report
from core.explore.validation.verdicts import CaseResult, KeyResult

WIDTH = 60
WORDS = {
    "pass": "pass",
    "fail": "FAIL",
    "not_covered": "not covered",
    "claim": "claim",
    "disagrees": "disagrees",
}


def as_data(report: Report) -> dict[str, Any]:
    """Return a report as plain data: cases with their figures, and the summary."""
    return {
        "cases": [_case(result) for result in report.results],
        "summary": {
            "cases": len(report.results),
            **{verdict: report.count(verdict) for verdict in ("pass", "fail", "not_covered", "claim")},
            "keys": {
                verdict: report.keys()[verdict] for verdict in ("pass", "fail", "not_covered", "disagrees")
            },
            "groups": [_group(group) for group in report.groups],
            **_overall(report),
        },
    }


def _case(result: CaseResult) -> dict[str, Any]:
    data: dict[str, Any] = {
        "id": result.case.id,
        "family": result.case.family,
        "verdict": result.verdict,
        "verified": result.case.verified,
        "tolerance": str(result.case.tolerance),
        "keys": {key.name: _key(key) for key in result.keys},
    }
    return data | ({"remark": result.remark} if result.remark else {})


def _key(key: KeyResult) -> dict[str, Any]:
    data: dict[str, Any] = {"expected": key.expected, "computed": key.computed, "verdict": key.verdict}
    if key.derived:
        data["derived"] = True
    if key.error is not None:
        data["error"] = round(key.error, 6)
    return data | ({"remark": key.remark} if key.remark else {})


def _group(group: GroupError) -> dict[str, Any]:
    return {
        "group": group.group,
        "size": group.size,
        "cases": group.cases,
        "mean_error": round(group.mean, 4),
        "bias": round(group.bias, 4),
        "worst": round(group.worst, 4),
        "goal": GOALS[group.size],
        "verdict": "pass" if group.is_met else "fail",
    }


def plain_means(report: Report) -> dict[str, float]:
    """Return the plain mean over groups of the errors of collectives, by size of message."""
    found = {}
    for size in GOALS:
        means = [group.mean for group in report.groups if group.size == size]
        if means:
            found[size] = sum(means) / len(means)
    return found


def _overall(report: Report) -> dict[str, Any]:
    means = plain_means(report)
    return {"mean_error_over_groups": {size: round(mean, 4) for size, mean in means.items()}} if means else {}


def as_lines(report: Report) -> Iterator[str]:
    """Yield a report: a line for each case, below it one for each figure, then the summary."""
    for result in report.results:
        case = result.case
        doubt = "" if case.verified else ", from memory"
        yield f"{WORDS[result.verdict]:<12} {case.family}  {case.id} (tolerance {case.tolerance}{doubt})"
        for key in result.keys:
            yield f"    {_line(key)}"
    yield ""
    yield from summary_lines(report)


def _line(key: KeyResult) -> str:
    name = f"{key.name} (derived)" if key.derived else key.name
    text = f"{WORDS[key.verdict]:<12}{name}: expected {shown(key.expected)}"
    if key.computed is not None:
        text += f", computed {shown(key.computed)}"
    if key.error is not None and abs(key.error) > 1e-9:
        text += f", {key.error:+.1%}"
    return f"{text} ({key.remark})" if key.remark else text


def shown(value: Any) -> str:
    """Return a figure as printed, long ones cut.

    Examples
    --------
    >>> shown(0.123456789), shown([1, None]), shown({"a": 1.0})
    ('0.123457', '[1, -]', '{a: 1}')
    """
    if value is None:
        text = "-"
    elif isinstance(value, float):
        text = f"{value:.6g}"
    elif isinstance(value, list):
        text = "[" + ", ".join(shown(part) for part in value) + "]"
    elif isinstance(value, dict):
        text = "{" + ", ".join(f"{key}: {shown(part)}" for key, part in value.items()) + "}"
    else:
        text = str(value)
    return text if len(text) <= WIDTH else text[: WIDTH - 1] + "…"


def summary_lines(report: Report) -> Iterator[str]:
    """Yield the totals."""
    keys = report.keys()
    yield (
        f"{len(report.results)} cases: {report.count('pass')} pass, {report.count('fail')} fall short, "
        f"{report.count('not_covered')} not covered, {report.count('claim')} claims without inputs"
    )
    yield (
        f"{keys.total()} figures: {keys['pass']} agree, {keys['fail']} do not, "
        f"{keys['not_covered']} not covered, {keys['disagrees']} where the source contradicts itself"
    )
    for group in report.groups:
        verdict = "meets" if group.is_met else "MISSES"
        yield (
            f"collectives of {group.group}, {group.size}: mean error {group.mean:.1%} of {group.cases} cases "
            f"(bias {group.bias:+.1%}, worst {group.worst:.1%}), {verdict} {GOALS[group.size]:.0%}"
        )
    for size, mean in plain_means(report).items():
        yield f"collectives {size}: plain mean over groups {mean:.1%}"

"""Results of validation as lines and as plain data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from core.explore.validation.collective import GOALS, GroupError
from core.explore.validation.running import Report
from core.explore.validation.verdicts import CaseResult, KeyResult
from core.explore.validation.workload_goals import Group, Verdict

WIDTH = 60
WORDS = {
    "pass": "pass",
    "fail": "FAIL",
    "not_covered": "not covered",
    "claim": "claim",
    "disagrees": "disagrees",
}


def as_data(report: Report) -> dict[str, Any]:
    """Return a report as plain data: cases with their figures, errors by source, and the summary."""
    return {
        "cases": [_case(result) for result in report.results],
        "groups": [_error(group) for group in report.errors],
        "summary": {
            "goals": [_goal(verdict) for verdict in report.goals],
            "goals_met": report.goals_met,
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


def _error(group: Group) -> dict[str, Any]:
    data: dict[str, Any] = {
        "group": group.group,
        "quantity": group.quantity,
        "cases": group.cases,
        "mean_error": round(group.mean, 4),
        "bias": round(group.bias, 4),
        "worst": round(group.worst, 4),
        "basis": group.basis,
    }
    return data | ({} if group.in_sample is None else {"mean_error_in_sample": round(group.in_sample, 4)})


def _goal(verdict: Verdict) -> dict[str, Any]:
    return {
        "quantity": verdict.name,
        "goal": verdict.goal.limit,
        "reached": round(verdict.reached, 4),
        "met": verdict.is_met,
        "basis": verdict.basis,
    }


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
    yield from _error_lines(report)
    yield from _goal_lines(report)


def _error_lines(report: Report) -> Iterator[str]:
    """Yield errors by quantity and source, each quantity with the plain mean over its sources."""
    by_quantity: dict[str, list[Group]] = {}
    for group in report.errors:
        by_quantity.setdefault(group.quantity, []).append(group)
    for quantity, groups in by_quantity.items():
        yield ""
        mean = sum(group.mean for group in groups) / len(groups)
        bias = sum(group.bias for group in groups) / len(groups)
        yield f"{quantity}: mean over sources {mean:.1%}, bias {bias:+.1%}"
        for group in groups:
            before = ""
            if group.in_sample is not None and "left out" in group.basis:
                before = f", {group.in_sample:.1%} in sample"
            yield (
                f"    {group.group:<24}{group.cases:>4} figures  mean {group.mean:6.1%}  "
                f"bias {group.bias:+7.1%}  worst {group.worst:+7.1%}  ({group.basis}{before})"
            )


def _goal_lines(report: Report) -> Iterator[str]:
    if not report.goals:
        return
    met = sum(verdict.is_met for verdict in report.goals)
    yield ""
    yield f"{met} of {len(report.goals)} goals are met"
    for verdict in report.goals:
        word = "met" if verdict.is_met else "MISSED"
        yield f"    {word:<8}{verdict.name}: {goal_text(verdict)} ({verdict.basis})"


def goal_text(verdict: Verdict) -> str:
    """Return what is reached beside the goal."""
    if verdict.goal.statistic == "rank":
        return f"{verdict.reached:.0f}, goal at most {verdict.goal.limit:.0f}"
    if verdict.goal.statistic == "correlation":
        return f"{verdict.reached:.2f}, goal at least {verdict.goal.limit:g}"
    return f"{verdict.reached:.1%}, goal at most {verdict.goal.limit:.0%}"

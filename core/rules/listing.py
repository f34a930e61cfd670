"""A report as plain data and as lines, for the command line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from core.engine.headline import counted
from core.rules.finding import Finding, Report


def as_data(report: Report) -> dict[str, Any]:
    """Return what `cagenut check --json` prints."""
    return {
        "errors": report.errors,
        "warnings": report.warnings,
        "infos": report.infos,
        "findings": [_finding(finding) for finding in report.findings],
        "waived": [_finding(finding) for finding in report.waived],
        "unchecked": [{"rule": u.rule, "missing": list(u.missing)} for u in report.unchecked],
        "off": list(report.off),
    }


def as_lines(report: Report) -> Iterator[str]:
    """Yield a report line by line: open findings, waived ones, what was not checked, what is off."""
    for finding in report.findings:
        again = " (waived, but worse since)" if finding.reopened else ""
        yield f"{finding.severity.value:8}{finding.rule}{_times(finding)}: {finding.message}{again}"
    for finding in report.waived:
        assert finding.waiver is not None, "waived findings carry their waiver"
        yield (
            f"waived  {finding.rule}{_times(finding)}: {finding.message} "
            f"[{finding.waiver.author}: {finding.waiver.reason}]"
        )
    for unchecked in report.unchecked:
        yield f"grey    {unchecked.rule}: not checked for want of {', '.join(unchecked.missing)}"
    if report.off:
        yield f"off     {', '.join(report.off)}"
    yield (
        f"{counted(report.errors, 'error')}, {counted(report.warnings, 'warning')}, "
        f"{counted(report.infos, 'info')}, "
        f"{len(report.waived)} waived, {len(report.unchecked)} not checked"
    )


def _times(finding: Finding) -> str:
    return f" x {finding.count:,}" if finding.count > 1 else ""


def _finding(finding: Finding) -> dict[str, Any]:
    data: dict[str, Any] = {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "message": finding.message,
        "count": finding.count,
        "block": finding.block,
        "subjects": list(finding.subjects),
        "examples": list(finding.examples),
        "value": finding.value,
        "limit": finding.limit,
        "unit": finding.unit,
    }
    if finding.waiver is not None:
        data["waiver"] = {
            "author": finding.waiver.author,
            "date": finding.waiver.date,
            "reason": finding.waiver.reason,
            "reopened": finding.reopened,
        }
    return data

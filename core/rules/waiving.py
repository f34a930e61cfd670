"""Waivers: findings that somebody accepted for a reason, up to a value."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from core.model.project import Reader
from core.model.records import Waiver
from core.rules.finding import Finding, FindingKey
from core.rules.rule import Sense, rules

_SLACK = 1e-6


def waived(
    findings: Iterable[Finding], records: Reader, top: str
) -> tuple[tuple[Finding, ...], tuple[Finding, ...], tuple[Waiver, ...]]:
    """Sort findings into open and accepted ones, and return the waivers that match none.

    Parameters
    ----------
    findings : iterable of Finding
    records : Reader
    top : str
        The block that is built; a waiver without a block is taken as one of it.
    """
    by_key: dict[FindingKey, Waiver] = {}
    for waiver in sorted(records.every("waivers"), key=lambda w: w.key):
        by_key[waiver.rule, waiver.block or top, tuple(sorted(waiver.subjects))] = waiver
    idle = dict(by_key)
    open_, accepted = [], []
    for finding in findings:
        key = (finding.rule, finding.block, tuple(sorted(finding.subjects)))
        idle.pop(key, None)
        waiver = by_key.get(key)
        if waiver is None:
            open_.append(finding)
        elif is_worse(finding, waiver, rules()[finding.rule].worse):
            open_.append(replace(finding, waiver=waiver, reopened=True))
        else:
            accepted.append(replace(finding, waiver=waiver))
    place = lambda finding: finding.place  # noqa: E731
    return tuple(sorted(open_, key=place)), tuple(sorted(accepted, key=place)), tuple(idle.values())


def is_worse(finding: Finding, waiver: Waiver, worse: Sense) -> bool:
    """Tell whether a finding is worse than it was when it was waived.

    A waiver without a value covers any value; a finding without one cannot get worse.
    """
    if finding.value is None or waiver.value is None:
        return False
    now, before = (badness(value, finding.limit, worse) for value in (finding.value, waiver.value))
    return now > before + _SLACK * max(1.0, abs(before))


def badness(value: float | None, limit: float | None, worse: Sense) -> float:
    """Return a number that is larger the worse a value is."""
    if value is None:
        return 0.0
    if worse == "away" and limit is not None:
        return abs(value - limit)
    return -value if worse == "less" else value

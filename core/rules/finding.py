"""What a check found: findings, what could not be checked, and the report that holds both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TypeAlias

from core.model.records import Waiver

FindingKey: TypeAlias = tuple[str, str, tuple[str, ...]]
"""Rule, lowest block holding the cause, subjects relative to it."""


class Severity(Enum):
    """How bad it is; `off` is a rule the project does not want."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"
    OFF = "off"

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return list(Severity).index(self)


@dataclass(frozen=True)
class Finding:
    """One thing a rule found, however often it is built.

    Attributes
    ----------
    rule : str
        Id of the rule.
    severity : Severity
    block : str
        Lowest block that holds the cause.
    subjects : tuple of str
        Paths from that block: devices, instances or links; empty for the block itself. At most
        `MOST_SUBJECTS`, in order.
    count : int
        How many placed things it concerns: shown as "x 1,152".
    message : str
        Names people read, value, limit, cure.
    value, limit : float or None
        What was held against what; the worst of all placements.
    unit : str
        Base unit of both.
    examples : tuple of str
        Some full paths from the block that is built, to jump to: of devices, racks, links, areas or pathways.
    waiver : Waiver or None
        The waiver that matches, whether it still covers the value or not.
    reopened : bool
        It was waived, but has become worse since.
    """

    rule: str
    severity: Severity
    block: str
    subjects: tuple[str, ...]
    count: int
    message: str
    value: float | None = None
    limit: float | None = None
    unit: str = ""
    examples: tuple[str, ...] = ()
    waiver: Waiver | None = None
    reopened: bool = False

    @property
    def key(self) -> FindingKey:
        return (self.rule, self.block, self.subjects)

    @property
    def waived(self) -> bool:
        return self.waiver is not None and not self.reopened

    @property
    def place(self) -> tuple[object, ...]:
        """Order in a report: worst first, then by rule and place."""
        return (self.severity.rank, self.rule, self.block, self.subjects)


@dataclass(frozen=True)
class Unchecked:
    """A rule that could not say yes or no for want of facts: grey, never green."""

    rule: str
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Report:
    """Everything a check found.

    Attributes
    ----------
    findings : tuple of Finding
        Open ones, worst first; reopened ones among them.
    waived : tuple of Finding
        Accepted ones; each carries its waiver with author, date and reason.
    off : tuple of str
        Ids of the rules the project switched off.
    unchecked : tuple of Unchecked
        Rules for which facts are missing.
    idle_waivers : tuple of Waiver
        Waivers that match no finding any more.
    severities : mapping of str to Severity
        Of every rule, as the project set it.
    """

    findings: tuple[Finding, ...] = ()
    waived: tuple[Finding, ...] = ()
    off: tuple[str, ...] = ()
    unchecked: tuple[Unchecked, ...] = ()
    idle_waivers: tuple[Waiver, ...] = ()
    severities: Mapping[str, Severity] = field(default_factory=dict)

    def count(self, severity: Severity) -> int:
        """Return the number of open findings of a severity, each counted once however often it is built."""
        return sum(finding.severity is severity for finding in self.findings)

    @property
    def errors(self) -> int:
        return self.count(Severity.ERROR)

    @property
    def warnings(self) -> int:
        return self.count(Severity.WARNING)

    @property
    def infos(self) -> int:
        return self.count(Severity.INFO)

    def of(self, rule: str) -> tuple[Finding, ...]:
        """Return the open findings of a rule."""
        return tuple(finding for finding in self.findings if finding.rule == rule)

"""G-005: what the design rules found, what was waived by whom and why, and what could not be checked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from core.model.records import Waiver
from core.report.context import Context
from core.report.paper import Box
from core.report.sheet import Page, Sheet, table_sheets
from core.report.tables import Column, Table, lay
from core.report.values import count, show

if TYPE_CHECKING:
    from core.rules.finding import Finding

_MOST_NAMED = 4
_SEVERITIES = ("error", "warning", "info")


def sheets(context: Context) -> list[Sheet]:
    """Return the design-rule report."""
    base = Sheet("G-005", "Design-rule report", "General", _nothing, "findings and waivers")
    tables = [_findings(context), _waivers(context)]
    rest = _unchecked(context)
    if rest.rows:
        tables.append(rest)
    area = context.paper.above
    laid = [lay(table, area.width, area.height) for table in tables]
    if all(len(one.parts) == 1 for one in laid) and sum(one.height(0) + 11 for one in laid) < area.height:

        def draw(page: Page) -> None:
            y = area.top
            for one in laid:
                y = page.table(one, 0, Box(area.x, area.y, area.width, y - area.y)) - 6.0

        return [replace(base, draw=draw)]
    ids = _ids()
    found: list[Sheet] = []
    for table, what in zip(tables, ("findings", "waivers", "not checked"), strict=False):
        found += table_sheets(context, table, ids, replace(base, subtitle=what))
    return found


def _nothing(page: Page) -> None:
    """Draw nothing."""


def _ids() -> Iterator[str]:
    yield "G-005"
    at = 2
    while True:
        yield f"G-005.{at}"
        at += 1


def _names(context: Context, block: str, paths: tuple[str, ...]) -> str:
    """Return tags of what is concerned, from the block that holds the cause."""
    shown = [_tag(context, block, path) for path in paths[:_MOST_NAMED]]
    if len(paths) > _MOST_NAMED:
        shown.append(f"and {len(paths) - _MOST_NAMED} more")
    holder = context.project.blocks.get(block)
    lead = f"{holder.name}: " if holder is not None and block != context.project.top else ""
    return lead + "; ".join(shown) if shown else lead.rstrip(": ") or "the design"


def _tag(context: Context, block: str, path: str) -> str:
    clean = path.partition("#")[0]
    project = context.project
    if block not in project.blocks or not clean or project.resolve(block, clean) is None:
        return path
    return "/".join(project.names_along(block, clean))


def _findings(context: Context) -> Table:
    columns = (
        Column("Severity", least=16), Column("Rule", most=52), Column("Finding", wide=1.0, most=190),
        Column("Where", most=80, wide=0.4), Column("Built", "right"), Column("Value", "right"),
        Column("Limit", "right"), Column("State"),
    )  # fmt: skip
    report = context.report
    if report is None:
        return Table(columns, (), "Findings", note="The design rules were not run for this set.")
    rows = [_finding_row(context, f) for f in (*report.findings, *report.waived)]
    tally = ", ".join(
        f"{sum(f.severity.value == s for f in report.findings)} {s}" for s in _SEVERITIES
    )  # fmt: skip
    note = "" if rows else "No rule found anything."
    if report.off:
        note = f"{note} Rules switched off: {', '.join(report.off)}.".strip()
    return Table(columns, rows, f"Findings open: {tally}; waived: {len(report.waived)}", note=note)


def _finding_row(context: Context, finding: Finding) -> tuple[str, ...]:
    state = "waived" if finding.waived else "open again" if finding.reopened else "open"
    value = show(finding.value, finding.unit) if finding.value is not None else ""
    limit = show(finding.limit, finding.unit) if finding.limit is not None else ""
    return (
        finding.severity.value.upper(), finding.rule, finding.message,
        _names(context, finding.block, finding.subjects), f"× {count(finding.count)}", value, limit, state,
    )  # fmt: skip


def _waivers(context: Context) -> Table:
    project = context.project
    idle = {w.key for w in context.report.idle_waivers} if context.report is not None else set()
    rows = []
    waivers: list[Waiver] = sorted(project.every("waivers"), key=lambda w: (w.rule, w.id))
    for waiver in waivers:
        where = _names(context, waiver.block or project.top, waiver.subjects)
        value = show(waiver.value) if waiver.value is not None else "any"
        state = "matches nothing any more" if waiver.key in idle else "in force"
        date = waiver.date or "not stated"
        rows.append((waiver.rule, where, value, waiver.reason, waiver.author, date, state))
    columns = (
        Column("Rule", most=52),
        Column("Where", most=80, wide=0.4),
        Column("Waived up to", "right", least=20),
        Column("Reason", wide=1.0, most=150),
        Column("By", most=40),
        Column("Date"),
        Column("State"),
    )
    return Table(columns, rows, "Waivers", note="" if rows else "Nothing is waived.")


def _unchecked(context: Context) -> Table:
    columns = (Column("Rule", most=60), Column("What is missing to check it", wide=1.0, most=300))
    report = context.report
    rows = [(u.rule, "; ".join(u.missing)) for u in report.unchecked] if report is not None else []
    return Table(columns, rows, "Not checked for want of facts")

"""G-005: what the design rules found, and what was waived by whom and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from core.report.context import Context
from core.report.paper import Box
from core.report.sheet import Page, Sheet, table_sheets
from core.report.tables import Column, Table, lay
from core.report.values import number

_ORDER = ("error", "warning", "info")


def sheets(context: Context) -> list[Sheet]:
    """Return the design-rule report: findings, then waivers."""
    base = Sheet("G-005", "Design-rule report", "General", _nothing, "findings and waivers")
    findings = _findings(context)
    waivers = _waivers(context)
    area = context.paper.above
    laid = lay(findings, area.width, area.height)
    waived = lay(waivers, area.width, area.height)
    if (
        len(laid.parts) == 1
        and laid.height(0) + waived.height(0) + 24 < area.height
        and len(waived.parts) == 1
    ):

        def draw(page: Page) -> None:
            y = page.table(laid, 0, area) - 6.0
            page.table(waived, 0, Box(area.x, area.y, area.width, y - area.y))

        return [replace(base, draw=draw)]
    ids = _ids()
    found = table_sheets(context, findings, ids, replace(base, subtitle="findings"))
    return found + table_sheets(context, waivers, ids, replace(base, subtitle="waivers"))


def _nothing(page: Page) -> None:
    """Draw nothing."""


def _ids() -> Iterator[str]:
    yield "G-005"
    at = 2
    while True:
        yield f"G-005.{at}"
        at += 1


def _severity(finding: Any) -> str:
    value = getattr(finding, "severity", "info")
    return str(getattr(value, "value", value)).lower().rpartition(".")[2]


def _names(context: Context, finding: Any) -> str:
    """Return what a finding is about, as tags; a path that leads nowhere as it is."""
    subjects = getattr(finding, "subjects", ())
    shown = []
    for path in list(subjects)[:4]:
        shown.append(_tag(context, str(path), getattr(finding, "block", "")))
    if len(subjects) > 4:
        shown.append(f"and {len(subjects) - 4} more")
    return "; ".join(shown)


def _tag(context: Context, path: str, block: str) -> str:
    project = context.project
    clean = path.partition("#")[0]
    for holder in (block or project.top, project.top):
        if holder in project.blocks and clean and project.resolve(holder, clean) is not None:
            name = "/".join(project.names_along(holder, clean))
            return name if holder == project.top else f"{project.blocks[holder].name}: {name}"
    named = project.blocks.get(path)
    return named.name if named is not None else path


def _findings(context: Context) -> Table:
    columns = (
        Column("Severity", least=16), Column("Rule", most=52), Column("Finding", wide=1.0, most=170),
        Column("Where", most=90, wide=0.4), Column("Count", "right"), Column("Value", "right"),
        Column("Limit", "right"), Column("State"),
    )  # fmt: skip
    if context.findings is None:
        return Table(columns, (), "Findings", note="The design rules were not run for this set.")
    rows = []
    found = sorted(
        context.findings, key=lambda f: (_ORDER.index(s) if (s := _severity(f)) in _ORDER else 9, str(f.rule))
    )
    for finding in found:
        rows.append((
            _severity(finding).upper(),
            str(finding.rule),
            str(getattr(finding, "text", "") or getattr(finding, "message", "")),
            _names(context, finding),
            f"{int(getattr(finding, 'count', 1)):,}",
            _value(getattr(finding, "value", None)),
            _value(getattr(finding, "limit", None)),
            "waived" if getattr(finding, "waiver", None) else "open",
        ))  # fmt: skip
    counts = ", ".join(f"{sum(_severity(f) == s for f in found)} {s}" for s in _ORDER)
    return Table(columns, rows, f"Findings: {counts}", note="" if rows else "No rule found anything.")


def _value(value: Any) -> str:
    return number(float(value)) if isinstance(value, (int, float)) and not isinstance(value, bool) else ""


def _waivers(context: Context) -> Table:
    project = context.project
    rows = []
    for waiver in sorted(project.every("waivers"), key=lambda w: (w.rule, w.id)):
        where = "; ".join(_tag(context, path, waiver.block) for path in waiver.subjects)
        rows.append((waiver.rule, where, _value(waiver.value), waiver.reason, waiver.author,
                     waiver.date or "not stated"))  # fmt: skip
    columns = (
        Column("Rule", most=52), Column("Where", most=80), Column("Value waived", "right"),
        Column("Reason", wide=1.0, most=150), Column("By", most=40), Column("Date"),
    )  # fmt: skip
    return Table(columns, rows, "Waivers", note="" if rows else "Nothing is waived.")

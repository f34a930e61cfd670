"""C-951: results of the engine with evidence and method, and what the sums stand on."""

from __future__ import annotations

from core.report.context import Context
from core.report.sheet import CAUTION, Page, Sheet, numbers, table_sheets
from core.report.tables import Column, Table
from core.report.values import show
from core.units import share

_STATE = {"over": "NOT MET", "near": "near limit", "within": "met", "unknown": ""}


def sheets(context: Context) -> list[Sheet]:
    """Return the summary of results; none without an evaluation."""
    found = context.evaluation
    if found is None:
        return []
    ids = numbers("C", 951)
    base = Sheet("", "Results", "Results", _nothing, "summary", caution=CAUTION)
    rows = []
    for quantity in found.quantities.values():
        grounds = quantity.grounds
        dominant = ", ".join(f"{c.name} ({c.evidence}, {share(c.share)})" for c in grounds.dominant)
        if grounds.unknown:
            shown = ", ".join(grounds.unknown[:3])
            more = f" and {len(grounds.unknown) - 3} more" if len(grounds.unknown) > 3 else ""
            dominant = f"{dominant}{'; ' if dominant else ''}unknown, counted as 0: {shown}{more}"
        limit = show(quantity.limit, quantity.unit) if quantity.limit is not None else "no limit stated"
        rows.append(
            (
                quantity.label,
                quantity.text,
                limit,
                _STATE[quantity.state],
                grounds.label,
                dominant,
                quantity.formula,
            )
        )
    columns = (
        Column("Quantity", most=60),
        Column("Value", "right", least=20),
        Column("Limit", "right"),
        Column("State"),
        Column("Evidence", most=30),
        Column("What dominates or is missing", most=110, wide=1.0),
        Column("Method", most=120, wide=1.0),
    )
    note = "TFLOPS are dense. Sums count what is unknown as zero and say so. Calculations are design intent."
    return table_sheets(context, Table(columns, rows, note=note), ids, base)


def _nothing(page: Page) -> None:
    """Draw nothing."""

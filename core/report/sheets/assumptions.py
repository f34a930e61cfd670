"""C-971: every number that was assumed: value, range, evidence and where it comes from."""

from __future__ import annotations

from core.engine.brief import ASSUMPTIONS
from core.report.context import Context
from core.report.sheet import CAUTION, Page, Sheet, numbers, table_sheets
from core.report.tables import NOT_KNOWN, Column, Table
from core.units import show


def sheets(context: Context) -> list[Sheet]:
    """Return the assumptions of the design and of the house; none without an evaluation."""
    of = context.evaluation
    if of is None:
        return []
    own = {record.id: record for record in context.project.rows("assumptions").values()}
    rows = []
    for name, house in ASSUMPTIONS.items():
        low, value, high = of.snapshot.brief.ranged(name)
        record = own.get(name)
        ranged = low < high
        rows.append((
            house.label, show(value, house.unit), show(low, house.unit) if ranged else NOT_KNOWN,
            show(high, house.unit) if ranged else NOT_KNOWN,
            record.evidence if record else house.evidence,
            "project" if record else "house", (record.source if record else house.basis) or NOT_KNOWN,
        ))  # fmt: skip
    for record in own.values():
        if record.id not in ASSUMPTIONS:
            rows.append((
                record.id, show(record.value, record.unit), *(
                    NOT_KNOWN if end is None else show(end, record.unit) for end in (record.low, record.high)
                ), record.evidence, "project", record.source or NOT_KNOWN,
            ))  # fmt: skip
    columns = (
        Column("Assumption", wide=1.0, least=70, most=130), Column("Value", "right", least=22),
        Column("Low", "right", least=20), Column("High", "right", least=20), Column("Evidence", least=20),
        Column("Of", least=16), Column("Source or basis", wide=1.0, least=80, most=160),
    )  # fmt: skip
    note = (
        f"{NOT_KNOWN} : no range is stated. A project replaces any of them by a record of its own; "
        "requirements and their defaults are in the basis of design."
    )
    base = Sheet("", "Assumptions", "Results", _nothing, "what the figures rest on", caution=CAUTION)
    return table_sheets(context, Table(columns, rows, note=note), numbers("C", 971), base)


def _nothing(page: Page) -> None:
    """Draw nothing."""

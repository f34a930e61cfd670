"""C-985: the design beside others: figures with ratios, pieces that differ, and what is otherwise."""

from __future__ import annotations

from core.engine.comparison import Comparison, compare
from core.report.context import Context
from core.report.flow import Piece, flow_sheets
from core.report.sheet import CAUTION, Page, Sheet, numbers, table_sheets
from core.report.tables import NOT_KNOWN, Column, Table
from core.report.values import count

MOST_CHANGES = 60


def sheets(context: Context) -> list[Sheet]:
    """Return the comparison; none without designs to compare with."""
    of = context.evaluation
    if of is None or not context.against:
        return []
    found = compare([*context.against, context.as_named(of)])
    ids = numbers("C", 985)
    base = Sheet("", "Comparison", "Results", _nothing, " / ".join(found.names), caution=CAUTION)
    pieces = [_bill(found), *_changes(found)]
    return [
        *table_sheets(context, _figures(found), ids, base),
        *flow_sheets(context, [p for p in pieces if p.table.rows], ids, base),
    ]


def _figures(found: Comparison) -> Table:
    others = range(1, len(found.names))
    rows = []
    for row in found.figures:
        if row.is_same:
            continue
        cells = [row.label, *(text or NOT_KNOWN for text in row.texts)]
        for at in others:
            cells.append(row.difference_text(at) or NOT_KNOWN)
            cells.append(row.ratio_text(at).replace("x ", "") or NOT_KNOWN)
        rows.append(tuple(cells))
    columns = [Column("Figure", wide=1.0, least=60, most=120)]
    columns += [Column(name, "right", least=24, most=60) for name in found.names]
    for at in others:
        columns.append(Column(f"{found.names[at]}: difference", "right", least=24, most=60))
        columns.append(Column("Ratio", "right", least=14))
    note = f"Against {found.names[0]}. Figures that are the same are left out. {NOT_KNOWN} : not known; "
    note += "≥: at least, since inputs are not known; ~: of what is known, the two lack different inputs."
    return Table(tuple(columns), rows, "Figures", note=note)


def _bill(found: Comparison) -> Piece:
    rows = [(row.name, row.section, *(count(number) for number in row.counts)) for row in found.bill]
    columns = (
        Column("Pieces", wide=1.0, least=50, most=90), Column("Section", least=20),
        *(Column(name, "right", least=16, most=40) for name in found.names),
    )  # fmt: skip
    return Piece(Table(columns, rows, "Pieces that differ"))


def _changes(found: Comparison) -> list[Piece]:
    pieces = []
    for name, rows, related in zip(found.names[1:], found.changes, found.related, strict=True):
        said: list[tuple[str, str]] = [(row.kind, row.words) for row in rows[:MOST_CHANGES]]
        more = f"{len(rows) - MOST_CHANGES} more are not shown." if len(rows) > MOST_CHANGES else ""
        if not related:
            said = [("", "not of the same project: compared by figures and pieces alone")]
        columns = (Column("Change", least=20), Column("What", wide=1.0, most=220))
        pieces.append(Piece(Table(columns, said, f"What {name} has otherwise"), (more,) if more else ()))
    return pieces


def _nothing(page: Page) -> None:
    """Draw nothing."""

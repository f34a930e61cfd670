"""Collectives of a fabric, as tables of its measures sheet."""

from __future__ import annotations

from core.engine.collective_table import COLUMNS, NOTES, ROLE, CollectiveTable, collective_table
from core.engine.evaluation import Evaluation
from core.errors import EngineError
from core.model.records import Fabric
from core.report.context import Context
from core.report.flow import Piece
from core.report.tables import Column, Table
from core.report.values import count

_LEAST = {"Bus GB/s": 17.0, "Limited by": 27.0}
_NUMBERS = ("Time", "Bus GB/s")


def collectives_pieces(context: Context, of: Evaluation, fabric: Fabric) -> tuple[Piece, ...]:
    """Return a table for one domain and one for all; none for storage, management and scale-up alone."""
    if fabric.role != ROLE:
        return ()
    try:
        found = collective_table(context.project.fabrics, of, fabric.id)
    except EngineError as error:
        rows = [("not computed", f"{error.problem}. {error.cure}".strip())]
        heads = (Column("Result"), Column("Why", wide=1.0, most=120))
        return (Piece(Table(heads, rows, "Collectives")),)
    over = f"They run over: {found.about}."
    titles = {
        "domain": f"Collectives in one scale-up domain of {count(found.hierarchy.domain)} GPUs",
        "fabric": f"Collectives on the fabric, {count(found.gpus)} GPUs",
    }
    tables = [table for scope, title in titles.items() if (table := _table(found, scope, title)).rows]
    words = [(over, NOTES[0]), (NOTES[1],)] if len(tables) > 1 else [(over, *NOTES)]
    return tuple(Piece(table, said, begins=True) for table, said in zip(tables, words, strict=True))


def _table(found: CollectiveTable, scope: str, title: str) -> Table:
    columns = tuple(
        Column(
            name, "right" if name in _NUMBERS else "left", wide=float(name == "Basis"),
            least=_LEAST.get(name, 0.0),
        )
        for name in COLUMNS
    )  # fmt: skip
    return Table(columns, [row.cells for row in found.shown(scope=scope)], title, pad=0.4)

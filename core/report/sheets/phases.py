"""B-7xx: what stands after each phase of building: totals, what it adds to the bill, what one loss takes.

Each phase is the design filtered to what is built by then and evaluated anew, not a share of the whole.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from core.drawing.fabric_load import percent
from core.model.phasing import Step, built_up_to, steps_of
from core.report.context import Context
from core.report.flow import Piece, flow_sheets
from core.report.sheet import CAUTION, Page, Sheet, numbers
from core.report.sheets.outages import CSV_NAME, outages_piece
from core.report.tables import NOT_KNOWN, Column, Table
from core.report.values import count, metres
from core.units import per

if TYPE_CHECKING:
    from core.engine.cost import BomRow
    from core.engine.evaluation import Evaluation

TOTALS = (
    "racks", "accelerators", "tflops_bf16_dense", "power_typical_w", "power_max_w", "power_peak_w",
    "source_worst_use", "heat_air_w", "heat_liquid_w", "airflow_m3h", "coolant_flow_lpm", "mass_kg", "links",
    "capex_low_usd", "capex_high_usd",
)  # fmt: skip
"""Quantities printed for each phase, those of them that the design has."""
SECTIONS = ("racks", "devices", "modules", "cables", "optics")
MOST_LOSSES = 8
"""Rows of losses printed for each phase."""


class Built(NamedTuple):
    """The design after a phase: its context has project, results and names."""

    step: Step
    context: Context
    evaluation: Evaluation


def sheets(context: Context) -> list[Sheet]:
    """Return the sheets; none without an evaluation, or where all is built at once."""
    of = context.evaluation
    steps = steps_of(context.project) if of is not None else ()
    if not steps:
        return []
    built = [_built(context, step, step is steps[-1]) for step in steps]
    pieces = [_totals(built), _losses_in_sum(built)]
    pieces += [piece for at in built if (piece := _losses(context, at)) is not None]
    pieces.append(_bill(built))
    base = Sheet("", "Phases", "Phases", _nothing, "cumulative, each evaluated alone", caution=CAUTION)
    return flow_sheets(context, [p for p in pieces if p.table.rows], numbers("B", 701), base)


def _built(context: Context, step: Step, is_last: bool) -> Built:
    from core.engine.evaluation import evaluate

    assert context.evaluation is not None
    context.tick()
    if is_last:  # all phases are built: the design itself
        return Built(step, replace(context, extras={}), context.evaluation)
    project = built_up_to(context.project, step.order)
    evaluation = evaluate(project)
    inner = Context(
        project, context.paper, b"", evaluation=evaluation, cancelled=context.cancelled
    )  # fmt: skip
    return Built(step, inner, evaluation)


def _nothing(page: Page) -> None:
    """Draw nothing."""


def _heads(built: list[Built]) -> tuple[Column, ...]:
    return tuple(Column(at.step.name, "right", least=22, most=34) for at in built)


def _totals(built: list[Built]) -> Piece:
    last = built[-1].evaluation.quantities
    rows = [("Date", *(at.step.date or "hold" for at in built))]
    for name in TOTALS:
        if name in last:
            rows.append(
                (
                    last[name].label,
                    *(q.text if (q := at.evaluation.quantities.get(name)) else "none" for at in built),
                )
            )
    words = (
        "Standing after each phase: all that is drawn up to it, evaluated alone. What names no phase is "
        "there from the first; a cable comes when both its ends stand. Rooms and pathways have no phase: "
        "they are there from the start. The last column is the whole design (C-951).",
    )
    return Piece(Table((Column("Standing after", least=50, wide=1.0), *_heads(built)), rows, "Totals"), words)


def _losses_in_sum(built: list[Built]) -> Piece:
    """Say of each phase what the loss of any one element takes at most."""
    found = [at.evaluation.outages for at in built]

    def row(words: str, values: list[str]) -> tuple[str, ...]:
        return (words, *values)

    rows = [
        row("Elements lost one by one", [count(len(f)) for f in found]),
        row("Most accelerators lost", [count(f.accelerators_lost.max(initial=0.0)) for f in found]),
        row(
            "Elements whose loss takes any",
            [count(int((f.accelerators_lost > 0).sum())) for f in found],
        ),
        row(
            "Elements whose loss leaves supplies short",
            [count(int((f.supplies_short > 0).sum())) for f in found],
        ),
        row("Elements whose loss overloads a feeder", [count(int((f.overloaded > 0).sum())) for f in found]),
        row("Highest load of a feeder then", [_worst(f.worst_share.max(initial=0.0)) for f in found]),
        row("Busbars that fall short", [count(int((f.busbars_short > 0).sum())) for f in found]),
    ]
    columns = (Column("With one element lost", least=50, wide=1.0), *_heads(built))
    words = ("At maximum sustained power, with what stands by then. Lost: dead, uncooled or cut off.",)
    table = Table(columns, rows if any(len(f) for f in found) else [], "Loss of one element by phase")
    return Piece(table, words)


def _worst(share: float) -> str:
    return percent(float(share)) if share > 0 else "none"


def _losses(context: Context, at: Built) -> Piece | None:
    """List the worst losses after a phase, and attach all."""
    piece = outages_piece(at.context)
    if piece is None:
        return None
    text = at.context.extras.get(CSV_NAME)
    name = f"outages-phase-{at.step.order}.csv"
    if text is not None:
        context.extras[name] = text
    table = replace(
        piece.table, rows=piece.table.rows[:MOST_LOSSES], title=f"What one loss takes after {at.step.name}"
    )
    quiet = "" if table.rows else " None takes more than itself."
    return Piece(
        table, (f"The {len(table.rows)} worst; every case is in the attached {name}.{quiet}",)
    )  # fmt: skip


_Key = tuple[str, str, float | None, bool]


def _bill(built: list[Built]) -> Piece:
    """List what each phase adds to the bill of materials."""
    bills = [{_key(row): row for row in at.evaluation.cost.rows} for at in built]
    kinds: dict[_Key, BomRow] = {}
    for bill in reversed(bills):
        kinds = {**bill, **kinds}
    rows = []
    for key in sorted(kinds, key=lambda key: (SECTIONS.index(key[0]), key[1], key[2] or 0.0, key[3])):
        row = kinds[key]
        counts = [bill[key].count if key in bill else 0 for bill in bills]
        added = [now - before for now, before in zip(counts, [0, *counts], strict=False)]
        rows.append((
            row.section, row.type.maker or NOT_KNOWN, row.type.name + (" (in rack)" if row.included else ""),
            metres(row.length_m), *(count(n) if n else "" for n in added), count(counts[-1]),
        ))  # fmt: skip
    for label, field in (("USD low", "low_usd"), ("USD high", "high_usd")):
        sums = [getattr(at.evaluation.cost, field) for at in built]
        added_usd = [now - before for now, before in zip(sums, [0.0, *sums], strict=False)]
        rows.append(("", label, "", "", *(count(round(usd)) for usd in added_usd), count(round(sums[-1]))))
    columns = (
        Column("Section", least=14), Column("Maker", least=20, most=34),
        Column("Item", least=40, wide=1.0, most=80), Column(per("Length", "m"), "right", least=12, most=14),
        *(Column(at.step.name, "right", least=20, most=24) for at in built),
        Column("In all", "right", least=21),
    )  # fmt: skip
    words = (
        "What each phase adds; the sums are those of the bill of materials. Less than none: what came first "
        "is replaced, as cables that take another way or share a piece once more stands. Pieces without a "
        "known price add nothing to the sums.",
    )
    bold = frozenset((len(rows) - 2, len(rows) - 1))
    return Piece(Table(columns, rows, "Bill of materials by phase", bold_rows=bold), words)


def _key(row: BomRow) -> _Key:
    return row.section, row.type.id, row.length_m, row.included

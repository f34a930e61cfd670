"""C-991: which models the figures of workloads come from, and how far these were off on published cases."""

from __future__ import annotations

from dataclasses import replace

from core.engine.error_bands import Band, serving_bands, training_bands
from core.engine.own_constants import collective_constants, inference_constants, training_constants
from core.report.context import Context
from core.report.flow import Piece, flow_sheets
from core.report.sheet import CAUTION, Page, Sheet, numbers
from core.report.tables import NOT_KNOWN, Column, Table

MODELS = (
    ("Training step", "additive over products, attention, traffic by axis, bubble, optimizer and host"),
    ("Serving", "additive over weights, cache, products, sums and host times of an iteration; M/G/1 wait"),
    ("Collectives", "latency and bandwidth by algorithm over scale-up domain and network"),
)


def sheets(context: Context) -> list[Sheet]:
    """Return the statement; none where nothing is trained or served."""
    of = context.evaluation
    if of is None or not of.workloads.results:
        return []
    used = [
        (result.workload.name, result.model.name if result.model else NOT_KNOWN,
         result.band.words if result.band else "no published case of such hardware and kind: unknown")
        for result in of.workloads.results
    ]  # fmt: skip
    own = [words for _, words in (training_constants(), inference_constants(), collective_constants())]
    models = [
        (name, what, words or "shipped with the program")
        for (name, what), words in zip(MODELS, own, strict=True)
    ]
    pieces = [
        Piece(
            Table(
                (Column("Workload", least=34, most=60), Column("Model", least=30, most=50),
                 Column("Error of its prediction", wide=1.0, most=180)),
                used, "Workloads of this design",
            ),
            ("An error is the mean of |predicted / measured - 1|: single predictions lie beyond it, and "
             "further off on hardware, software or sizes that nobody published.",),
        ),
        Piece(Table((Column("Figures", least=30), Column("Model", wide=1.0, most=160),
                     Column("Constants", least=40, most=80)), models, "Models")),
        _bands("Training step, by accelerator", training_bands()),
        _bands("Tokens a second of services, by accelerator", serving_bands()),
    ]  # fmt: skip
    base = Sheet("", "Validation statement", "Results", _nothing, "which model, which error", caution=CAUTION)
    return flow_sheets(context, [p for p in pieces if p.table.rows], numbers("C", 991), base)


def _bands(title: str, bands: tuple[Band, ...]) -> Piece:
    # Accelerators of a generation share their cases: a row is of one set, not of one name.
    sets: dict[Band, list[str]] = {}
    for band in bands:
        sets.setdefault(replace(band, accelerator=""), []).append(band.accelerator or "all")
    rows = [
        (", ".join(names), band.kind, f"{100 * band.error:.1f} %", f"{100 * band.bias:+.1f} %",
         str(band.cases), band.how)
        for band, names in sorted(sets.items(), key=lambda item: (item[1] == ["all"], item[1], item[0].kind))
    ]  # fmt: skip
    columns = (
        Column("Accelerator", least=26), Column("Kind", least=26), Column("Mean error", "right", least=20),
        Column("Bias", "right", least=16), Column("Cases", "right", least=14),
        Column("How", wide=1.0, least=50, most=90),
    )  # fmt: skip
    return Piece(Table(columns, rows, title))


def _nothing(page: Page) -> None:
    """Draw nothing."""

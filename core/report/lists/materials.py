"""The bill of materials as a list; counts and prices are those of the engine."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from core.engine.brief import Brief
from core.engine.cost import BomRow
from core.report.lists.cells import Cells, Numbers, Rows, coded
from core.report.lists.listing import COMPUTED, OF_TYPE, Column, Kind, Source


def _rows(source: Source) -> Rows:
    return np.arange(len(source.evaluation.cost.rows))


def _text(name: str, title: str, get: Callable[[BomRow], str], *also: str, shown: bool = True) -> Column:
    def make(source: Source) -> Cells:
        return coded(get(row) for row in source.evaluation.cost.rows)

    return Column(name, title, make, fixed=OF_TYPE, also=also, shown=shown)


def _number(
    name: str,
    title: str,
    unit: str,
    get: Callable[[BomRow], float | None],
    *also: str,
    missing: str = "unknown",
    digits: int = 15,
) -> Column:
    def make(source: Source) -> Cells:
        found = [get(row) for row in source.evaluation.cost.rows]
        values = np.array([np.nan if v is None else v for v in found], np.float64)
        return Numbers(values, missing=missing, digits=digits)

    return Column(name, title, make, unit=unit, fixed=COMPUTED, also=also)


def _each(usd: float | None, row: BomRow) -> float | None:
    return None if usd is None or not row.count else round(usd / row.count, 2)


def _whole(usd: float | None) -> float | None:
    return None if usd is None else round(usd)


def spares(row: BomRow, brief: Brief) -> int | None:
    """Return how many more pieces of a part to keep at hand, in no sum; None where none are kept.

    A share of the pieces, rounded up: one spare at least of everything that technicians replace.
    """
    share = SPARED.get(row.section)
    return None if share is None else math.ceil(round(row.count * brief.assume(share), 6))


SPARED = {"cables": "spare_share", "optics": "spare_share_optics"}
"""Sections of which spares are kept, and the assumption that says what share."""


def _spares(source: Source) -> Cells:
    brief = source.evaluation.snapshot.brief
    found = [spares(row, brief) for row in source.evaluation.cost.rows]
    return Numbers(np.array([np.nan if n is None else n for n in found], np.float64), missing="")


def _evidence(row: BomRow) -> str:
    return "in the rack's price" if row.included else row.evidence if row.low_usd is not None else "unknown"


MATERIALS = Kind(
    name="materials",
    title="Bill of materials",
    noun="part",
    thing="part",
    columns=(
        _text("section", "Section", lambda r: r.section),
        _text("part", "Part", lambda r: r.type.name, "type", "name"),
        _text("maker", "Maker", lambda r: r.type.maker),
        _text("part_number", "Part number", lambda r: r.type.part_number),
        _number("length", "Length", "m", lambda r: r.length_m, missing=""),
        _number("count", "Count", "", lambda r: float(r.count), "qty"),
        Column("spares", "Spares", _spares, fixed=COMPUTED),
        _number("unit_low", "Each, low", "USD", lambda r: _each(r.low_usd, r)),
        _number("unit_high", "Each, high", "USD", lambda r: _each(r.high_usd, r)),
        _number("low", "Total, low", "USD", lambda r: _whole(r.low_usd)),
        _number("high", "Total, high", "USD", lambda r: _whole(r.high_usd), "usd"),
        _text("evidence", "Evidence", _evidence),
        _text("supplier", "Suppliers", lambda r: ", ".join(r.type.suppliers) or r.type.maker),
        _number("weeks", "Lead time", "weeks", lambda r: r.type.lead_time_weeks),
    ),
    rows=_rows,
)

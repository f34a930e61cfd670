"""T-8xx: cages, optics and cables of each fabric; together the data cables and optics of the bill."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from core.drawing.schematic import tier_name
from core.engine.cost import BomRow
from core.engine.fabric_bill import FabricBill, fabric_bills
from core.engine.network import FabricResult
from core.model.types import CableType, OpticType
from core.report.context import Context
from core.report.csv_text import csv_bytes
from core.report.flow import Piece, flow_sheets
from core.report.sheet import Page, Sheet, numbers
from core.report.tables import NOT_KNOWN, Column, Table
from core.report.values import count, metres, metres_in_all, show
from core.units import per

CSV_NAME = "optics-bill.csv"
NO_FABRIC = "Data links of no network"
_Items: TypeAlias = dict[tuple[str, str, float | None], str]
"""Item of the bill of materials by section, type and length."""


def sheets(context: Context) -> list[Sheet]:
    """Return the bill of each fabric with links in the order of names, data links of none last."""
    of = context.evaluation
    found: list[Sheet] = []
    if of is None:
        return found
    names = context.project.fabrics
    ids, listed = numbers("T", 801), []
    items = {_key(row): str(at) for at, row in enumerate(of.cost.rows, start=1)}
    bills = fabric_bills(of.snapshot, of.cabling, of.network)
    for bill in sorted(bills, key=lambda b: (not b.fabric, _name(context, b.fabric), b.fabric)):
        context.tick()
        result = of.network.find(bill.fabric)
        if result is None:
            continue
        record = names.get(bill.fabric)
        about = f"{record.name} ({record.role})" if record is not None else NO_FABRIC
        base = Sheet("", "Optics and cables", "Optics and cables", _nothing, about)
        pieces = [_cages(context, bill, result), _optics(bill, items), _cables(bill, items)]
        found += flow_sheets(context, [piece for piece in pieces if piece is not None], ids, base)
        listed += _csv_rows(_name(context, bill.fabric), bill)
    if listed:
        context.extras[CSV_NAME] = csv_bytes(_csv_heads(), listed)
    return found


def _key(row: BomRow) -> tuple[str, str, float | None]:
    return row.section, row.type.id, row.length_m


def _nothing(page: Page) -> None:
    """Draw nothing."""


def _name(context: Context, fabric: str) -> str:
    record = context.project.fabrics.get(fabric)
    return record.name if record is not None else NO_FABRIC


def _cages(context: Context, bill: FabricBill, result: FabricResult) -> Piece:
    columns = (
        Column("Tier"), Column("Device", wide=1.0, most=90), Column("Devices", "right"),
        Column("Cages used", "right"), Column("with optics", "right"), Column("Links there", "right"),
    )  # fmt: skip
    rows: list[tuple[str, ...]] = []
    for row in bill.cages:
        spec = context.project.find_type(row.type)
        rows.append((
            tier_name(row.tier), spec.name if spec is not None else row.type, count(row.devices),
            count(row.cages), count(row.with_optics), count(row.links),
        ))  # fmt: skip
    sums = [
        sum(getattr(row, name) for row in bill.cages) for name in ("devices", "cages", "with_optics", "links")
    ]
    rows.append(("Sum", "", *(count(n) for n in sums)))
    words = (
        f"Cages, ports and links are three numbers: {count(result.links)} links have two ends each; a cage "
        f"that is split holds several. Switches have {count(result.ports_used)} of "
        f"{count(result.ports_total)} ports in use at the rates of this network.",
    )
    return Piece(Table(columns, rows, "Cages", bold_rows=frozenset({len(rows) - 1})), words)


def _optics(bill: FabricBill, items: _Items) -> Piece | None:
    if not bill.optics:
        return None
    columns = (
        Column("Item", "right"), Column("Part number", most=44), Column("Optic", wide=1.0, most=60),
        Column("At"), Column("Qty", "right"), Column("Spare", "right"), Column("USD low", "right"),
        Column("USD high", "right"),
    )  # fmt: skip
    rows = [
        (
            items[_key(optic.row)], optic.row.type.part_number or NOT_KNOWN, _what(optic.row.type),
            tier_name(optic.tier), count(optic.row.count), "0", _usd(optic.row.low_usd),
            _usd(optic.row.high_usd),
        )
        for optic in bill.optics
    ]  # fmt: skip
    priced = [optic.row for optic in bill.optics]
    total = sum(row.count for row in priced)
    rows.append(("", "Sum", _without(priced), "", count(total), "0", *_totals(priced)))
    return Piece(Table(columns, rows, "Optics", bold_rows=frozenset({len(rows) - 1})), _prices(bill))


def _cables(bill: FabricBill, items: _Items) -> Piece | None:
    if not bill.cables and not bill.without_part:
        return None
    columns = (
        Column("Item", "right"), Column("Part number", most=44), Column("Cable", wide=1.0, most=60),
        Column(per("Length", "m"), "right", most=14), Column("Qty", "right"), Column("Spare", "right"),
        Column("Links", "right"), Column(per("In all", "m"), "right"),
        Column("USD low", "right"), Column("USD high", "right"),
    )  # fmt: skip
    rows: list[tuple[str, ...]] = []
    for cable in bill.cables:
        row = cable.row
        rows.append((
            items[_key(row)], row.type.part_number or NOT_KNOWN, _what(row.type), metres(row.length_m),
            count(row.count), "0", count(cable.links), metres_in_all((row.length_m or 0.0) * row.count),
            _usd(row.low_usd), _usd(row.high_usd),
        ))  # fmt: skip
    if bill.without_part:
        rows.append((
            "", NOT_KNOWN, "no qualified part reaches", "", "", "", count(bill.without_part), "", NOT_KNOWN,
            NOT_KNOWN,
        ))  # fmt: skip
    pieces = sum(cable.row.count for cable in bill.cables)
    length = sum((cable.row.length_m or 0.0) * cable.row.count for cable in bill.cables)
    priced = [cable.row for cable in bill.cables]
    links = bill.links + bill.without_part
    rows.append((
        "", "Sum", _without(priced, bill.without_part), "", count(pieces), "0", count(links),
        count(round(length)), *_totals(priced),
    ))  # fmt: skip
    words = _prices(bill) if not bill.optics else ()
    if bill.elsewhere:
        words += (
            f"{count(bill.elsewhere)} more links share a piece with another network, on whose bill it is.",
        )
    table = Table(columns, rows, "Cables", bold_rows=frozenset({len(rows) - 1}), pad=0.4)
    return Piece(table, words, begins=True)


def _totals(rows: Sequence[BomRow]) -> tuple[str, str]:
    """Return the sums of what has a price, not known where nothing has."""
    if rows and all(row.low_usd is None for row in rows):
        return NOT_KNOWN, NOT_KNOWN
    low, high = (sum(getattr(row, name) or 0.0 for row in rows) for name in ("low_usd", "high_usd"))
    return _usd(low), _usd(high)


def _without(rows: Sequence[BomRow], links: int = 0) -> str:
    """Return what a total leaves out; `links` have no part."""
    pieces = sum(row.count for row in rows if row.low_usd is None)
    left = [
        f"{count(n)} {noun}{'' if n == 1 else 's'} that {'has' if n == 1 else 'have'} no {lacks}"
        for n, noun, lacks in ((pieces, "item", "price"), (links, "link", "part"))
        if n
    ]
    return f"without {' and '.join(left)}" if left else ""


def _prices(bill: FabricBill) -> tuple[str, ...]:
    return (
        f"{NOT_KNOWN} : not known; pieces without a known price add nothing: {count(bill.unpriced)} of them. "
        "Spares: see B-901. One transceiver for each cage that needs one; a cable of several links is "
        f"one piece. Items are those of B-901, to which the bills of all networks add up. "
        f"Also in the attached {CSV_NAME}.",
    )


def _what(spec: object) -> str:
    if isinstance(spec, OpticType):
        return f"{spec.name} ({spec.fibre}, {spec.rate_gbps:g}G, up to {show(spec.reach_m, 'm')})"
    if isinstance(spec, CableType):
        rate = f", {spec.rate_gbps:g}G" if spec.rate_gbps else ""
        return f"{spec.name} ({spec.media}{rate})"
    return ""


def _usd(value: float | None) -> str:
    return NOT_KNOWN if value is None else count(round(value))


def _csv_heads() -> tuple[str, ...]:
    return (
        "Fabric", "Section", "At", "Maker", "Part number", "Description", per("Length", "m"), "Qty", "Links",
        "USD low", "USD high", "Evidence",
    )  # fmt: skip


def _csv_rows(fabric: str, bill: FabricBill) -> list[tuple[str, ...]]:
    listed = [
        *((optic.row, tier_name(optic.tier), "") for optic in bill.optics),
        *((cable.row, "", str(cable.links)) for cable in bill.cables),
    ]
    rows = [
        (
            fabric, row.section, at, row.type.maker, row.type.part_number, _what(row.type),
            metres(row.length_m),
            str(row.count), links, *("" if v is None else f"{v:.2f}" for v in (row.low_usd, row.high_usd)),
            row.evidence if row.low_usd is not None else "unknown",
        )
        for row, at, links in listed
    ]  # fmt: skip
    if bill.without_part:
        blank = ("",) * 3
        rows.append(
            (fabric, "cables", *blank, "no qualified part reaches", "", "", str(bill.without_part), *blank)
        )
    return rows

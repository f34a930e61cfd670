"""B-901: bill of materials; quantities are those of the model."""

from __future__ import annotations

from collections import Counter

from core.engine.cost import BomRow
from core.engine.evaluation import Evaluation
from core.model.types import AnyType, CableType, DeviceType
from core.report.context import Context
from core.report.lists.materials import spares
from core.report.sheet import Page, Sheet, numbers, table_sheets
from core.report.tables import NOT_KNOWN, Column, Table
from core.report.values import count, metres
from core.units import per


def sheets(context: Context) -> list[Sheet]:
    """Return the bill of materials."""
    base = Sheet("", "Bill of materials", "Bill of materials", _nothing)
    return table_sheets(context, _table(context), numbers("B", 901), base)


def _nothing(page: Page) -> None:
    """Draw nothing."""


def _table(context: Context) -> Table:
    columns = (
        Column("Item", "right"),
        Column("Section", most=24),
        Column("Maker", most=40),
        Column("Part number", most=44),
        Column("Description", wide=1.0, most=110),
        Column(per("Length", "m"), "right", most=14),
        Column("Qty", "right"),
        Column("Spare", "right"),
        Column("USD low", "right"),
        Column("USD high", "right"),
        Column("Evidence", most=22),
        Column("Alternates", most=44),
        Column("Weeks", "right"),
    )
    found = context.evaluation
    if found is None:
        return Table(
            columns,
            _counted(context),
            note=f"{NOT_KNOWN} : not known. Not evaluated: pieces of racks and devices as drawn.",
        )
    rows = []
    for at, row in enumerate(found.cost.rows, start=1):
        rows.append((
            str(at), row.section, row.type.maker or NOT_KNOWN, row.type.part_number or NOT_KNOWN,
            _what(row.type), metres(row.length_m), count(row.count), _spare(row, found),
            *(("in rack", "in rack") if row.included else (_usd(row.low_usd), _usd(row.high_usd))),
            "" if row.included else row.evidence if row.low_usd is not None else NOT_KNOWN,
            ", ".join(s for s in row.type.suppliers if s != row.type.maker) or "none stated",
            _weeks(row.type),
        ))  # fmt: skip
    rows.append(
        ("", "Sum", "", "", "", "", "", "", _usd(found.cost.low_usd), _usd(found.cost.high_usd), "", "", "")
    )
    note = (
        f"{NOT_KNOWN} : not known. Low and high are sums of the prices seen: bounds, not a likely "
        f"range. Pieces without a known price add nothing: {count(found.cost.unpriced)} of them. "
        "Spares are those of the brief, for cables and optics, and in no sum."
    )
    return Table(columns, rows, note=note, bold_rows=frozenset({len(rows) - 1}))


def _spare(row: BomRow, found: Evaluation) -> str:
    number = spares(row, found.snapshot.brief)
    return "" if number is None else count(number)


def _usd(value: float | None) -> str:
    return NOT_KNOWN if value is None else count(round(value))


def _weeks(spec: AnyType) -> str:
    return NOT_KNOWN if spec.lead_time_weeks is None else f"{spec.lead_time_weeks:g}"


def _what(spec: AnyType) -> str:
    if isinstance(spec, CableType):
        rate = f", {spec.rate_gbps:g} Gbit/s" if spec.rate_gbps else ""
        return f"{spec.name} ({spec.media}{rate})"
    return spec.name


def _counted(context: Context) -> list[tuple[str, ...]]:
    counts: Counter[tuple[str, str]] = Counter()
    for at in context.placement.blocks.values():
        if at.block.kind == "rack":
            counts["racks", at.block.rack_type] += 1
        for device in context.project.devices(at.block.id).values():
            if not at.overrides.is_absent(device.id):
                counts["devices", device.type] += 1
                for module in device.modules.values():
                    counts["modules", module] += 1
    order = ("racks", "devices", "modules")
    rows: list[tuple[str, ...]] = []
    for (section, type_id), pieces in sorted(counts.items(), key=lambda i: (order.index(i[0][0]), i[0][1])):
        spec = context.project.find_type(type_id)
        if spec is None or (isinstance(spec, DeviceType) and spec.kind == "other" and not spec.name):
            continue
        rows.append((
            str(len(rows) + 1), section, spec.maker or NOT_KNOWN, spec.part_number or NOT_KNOWN,
            _what(spec), "", count(pieces), "", _usd(spec.price_low_usd), _usd(spec.price_high_usd), "", "",
            _weeks(spec),
        ))  # fmt: skip
    return rows

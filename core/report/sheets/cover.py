"""G-001: what this is, for whom, issued for what, and which sheets there are."""

from __future__ import annotations

from collections.abc import Sequence

from core.drawing.plan import plan
from core.report.context import Context
from core.report.fonts import LEAST_MM, MONO, SANS_BOLD, WIDE_BOLD, wrap
from core.report.paper import Box, scale_to_fit
from core.report.sheet import Page, Sheet
from core.report.tables import Column, Laid, Table, lay
from core.report.title_block import stamp
from core.report.values import scaled

_LEFT = 132.0
_GAP = 8.0
_KEY = ("accelerators", "racks", "power_max_w", "heat_liquid_w", "heat_air_w", "mass_kg", "tflops_bf16_dense",
        "cables")  # fmt: skip
_QR = 30.0


def sheets(context: Context, planned: Sequence[Sheet]) -> list[Sheet]:
    """Return the cover, and continuations if the index is longer than one sheet."""
    area = context.paper.above
    room = area.width - _LEFT - _GAP
    columns = max(1, int(room // 118.0))
    width = (room - _GAP * (columns - 1)) / columns
    extra = 0
    while True:
        ids = ["G-001", *(f"G-001.{i + 2}" for i in range(extra))]
        listed = [_row("G-001", "Cover and sheet index", "")] + [
            _row(s.id, s.title, s.subtitle) for s in planned
        ]
        links = {(row, 0): id_ for row, id_ in enumerate(["G-001", *(s.id for s in planned)])}
        columns_of = (Column("Sheet", most=24, least=15), Column("Title", wide=1.0, most=width - 20))
        laid = lay(Table(columns_of, listed, links=links), width, area.height - 9.0)
        first = list(range(min(columns, len(laid.parts))))
        rest = list(range(len(first), len(laid.parts)))
        full = max(1, int((area.width + _GAP) // (width + _GAP)))
        pages = [first, *(rest[i : i + full] for i in range(0, len(rest), full))]
        if len(pages) - 1 <= extra:
            break
        extra = len(pages) - 1
    return [_sheet(context, ids[i], parts, laid, width, i) for i, parts in enumerate(pages)]


def _row(number: str, title: str, subtitle: str) -> tuple[str, str]:
    return number, f"{title}: {subtitle}" if subtitle else title


def _sheet(context: Context, id_: str, parts: list[int], laid: Laid, width: float, at: int) -> Sheet:
    def draw(page: Page) -> None:
        area = page.area
        x = area.x
        if at == 0:
            _draw_left(page, Box(area.x, area.y, _LEFT, area.height))
            x += _LEFT + _GAP
        y = page.heading(x, area.top, f"Sheet index ({page.total} sheets)", area.right - x)
        for i, part in enumerate(parts):
            page.table(laid, part, Box(x + i * (width + _GAP), area.y, width, y - area.y))

    title = "Cover and sheet index" if at == 0 else "Sheet index"
    return Sheet(id_, title, "General", draw, subtitle="" if at == 0 else f"part {at + 1}", in_index=at == 0)


def _draw_left(page: Page, box: Box) -> None:
    context = page.context
    y = box.top - 2.0
    for line in wrap(context.title, WIDE_BOLD, 8.0, box.width)[:3]:
        page.text(box.x, y - 5.0, line, 8.0, "sheet.heading", face=WIDE_BOLD, room=box.width)
        y -= 11.0
    y = page.paragraph(
        box.x, y - 1.0, "Specification set for racks, hall, networks and cabling", box.width, 4.0
    )
    y -= 3.0
    last = context.revision
    facts = [
        ("Client", context.client), ("Site", context.site), ("Document", context.document),
        ("Revision", f"{last.number}, {last.date}" if last else "none"),
        ("Approved by", last.approver if last and last.approver else "nobody yet"),
    ]  # fmt: skip
    for label, text in facts:
        page.text(box.x, y - 2.0, label, 3.0, "sheet.label", room=30.0)
        low = page.paragraph(box.x + 32.0, y, text, box.width - 32.0, 3.0)
        y = low - 0.9
    y -= 1.0
    style = "sheet.issued" if context.is_issued else "sheet.stamp"
    text = context.status.upper() if context.is_issued else "DRAFT - NOT ISSUED"
    stamp(page, Box(box.x, y - 11.0, box.width, 11.0), text, 5.0, style)
    y -= 16.0
    y = _key_figures(page, Box(box.x, box.y, box.width, y - box.y))
    _draw_hash(page, Box(box.x, box.y, box.width, _QR))
    _key_plan(page, Box(box.x, box.y + _QR + 4.0, box.width, y - box.y - _QR - 8.0))


def _key_figures(page: Page, box: Box) -> float:
    evaluation = page.context.evaluation
    y = page.heading(box.x, box.top, "Key figures", box.width)
    if evaluation is None:
        return page.paragraph(box.x, y, "Not evaluated.", box.width)
    shown = [evaluation.quantities[name] for name in _KEY if name in evaluation.quantities]
    half = box.width / 2
    for i, quantity in enumerate(shown):
        x = box.x + (i % 2) * half
        if i and i % 2 == 0:
            y -= 4.4
        page.text(x, y - 2.0, quantity.label, LEAST_MM, "sheet.label", room=half * 0.52)
        page.text(x + half * 0.54, y - 2.0, scaled(quantity.value, quantity.unit), LEAST_MM, "text.bold",
                  room=half * 0.44)  # fmt: skip
    return y - 9.0


def _draw_hash(page: Page, box: Box) -> None:
    context = page.context
    _qr(page, f"CAGENUT SHA256 {context.hash}", box.x, box.y, _QR)
    x = box.x + _QR + 4.0
    room = box.width - _QR - 4.0
    y = box.top
    page.text(x, y - 2.0, "SHA-256 of the attached design", LEAST_MM, "text.bold", face=SANS_BOLD, room=room)
    y -= 4.6
    for i in range(0, 64, 32):
        page.text(x, y - 2.0, context.hash[i : i + 32], LEAST_MM, "text.mono", face=MONO, room=room)
        y -= 3.9
    note = "Every title block shows the first 12 digits. To check: cagenut verify FILE.pdf"
    page.paragraph(x, y - 0.8, note, room)


def _qr(page: Page, text: str, x: float, y: float, size: float) -> None:
    import segno

    code = segno.make(text, error="m", micro=False)
    rows = list(code.matrix)
    each = size / len(rows)
    for r, row in enumerate(rows):
        start = None
        for c, dark in enumerate([*row, 0]):
            if dark and start is None:
                start = c
            elif not dark and start is not None:
                page.pdf.rect(
                    x + start * each, y + (len(rows) - r - 1) * each, (c - start) * each, each, "sheet.module"
                )
                start = None


def _key_plan(page: Page, box: Box) -> None:
    """Draw the hall in small, without marks."""
    project = page.context.project
    top = project.blocks.get(project.top)
    if box.height < 25.0 or top is None or top.kind != "floor":
        return
    drawn = plan(project, project.top, scale=1.0, marks=False)
    x0, y0, x1, y1 = drawn.extent
    room = Box(box.x, box.y, box.width, box.height - 7.0)
    k = scale_to_fit(x1 - x0, y1 - y0, room)
    k = max((x1 - x0) / room.width, (y1 - y0) / room.height, k * 0.5)
    page.text(box.x, box.top - 2.0, "Key plan", LEAST_MM, "text.bold")
    low = room.top - (y1 - y0) / k
    page.pdf.batch(drawn.under, box.x - x0 / k, low - y0 / k, 1 / k, level=0)
    page.pdf.batch(drawn.batch, box.x - x0 / k, low - y0 / k, 1 / k, level=0)

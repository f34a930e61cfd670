"""G-001: what this is, for whom, issued for what, and which sheets there are."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from core.drawing.plan import plan
from core.report.context import Context
from core.report.fonts import LEAST_MM, MONO, SANS_BOLD, WIDE_BOLD, wrap
from core.report.paper import Box, scale_to_fit
from core.report.sheet import Page, Sheet
from core.report.tables import Column, Laid, Table, lay
from core.report.title_block import stamp

_LEFT = 132.0
_GAP = 8.0
_KEY = ("accelerators", "racks", "power_max_w", "heat_liquid_w", "heat_air_w", "mass_kg", "tflops_bf16_dense",
        "cables")  # fmt: skip
_QR = 30.0


def sheets(context: Context, planned: Sequence[Sheet]) -> list[Sheet]:
    """Return the cover; an index too long for it names long series by range and goes on in full behind it."""
    area = context.paper.above
    columns = max(1, int((area.width - _LEFT - _GAP) // 118.0))
    width = (area.width - _LEFT - _GAP - _GAP * (columns - 1)) / columns
    own = [("G-001", _TITLE, "")]
    rows = own + [(s.id, s.title, s.subtitle) for s in planned]
    laid = _index(rows, width, area.height - 9.0)
    if len(laid.parts) <= columns:
        return [_cover(laid, list(range(len(laid.parts))), width, len(planned) + 1)]
    full = max(1, int((area.width + _GAP) // (width + _GAP)))
    wide = (area.width - _GAP * (full - 1)) / full
    extra = 0
    while True:
        more = [(f"G-001.{i + 2}", "Sheet index in full", f"part {i + 1}") for i in range(extra)]
        whole = _index([*own, *more, *rows[1:]], wide, area.height - 9.0)
        pages = [range(i, min(i + full, len(whole.parts))) for i in range(0, len(whole.parts), full)]
        if len(pages) <= extra:
            break
        extra = len(pages)
    total = len(rows) + extra
    first, last = laid.parts[0]
    room = columns * (last - first - 1)
    short = _index(_ranges([*own, *more, *rows[1:]], room), width, area.height - 9.0)
    found = [_cover(short, list(range(min(columns, len(short.parts)))), width, total)]
    for (number, title, subtitle), parts in zip(more, pages, strict=True):
        found.append(_continuation(number, title, subtitle, whole, list(parts), wide, total))
    return found


_TITLE = "Cover and sheet index"
_LONG = 12
"""Series with at least so many sheets may be named by range where room is short."""
_Row = tuple[str, str, str]


def _index(rows: Sequence[_Row], width: float, height: float) -> Laid:
    shown = [(number, f"{title}: {subtitle}" if subtitle else title) for number, title, subtitle in rows]
    links = {(at, 0): number.partition(" ")[0] for at, (number, _, _) in enumerate(rows)}
    columns = (Column("Sheet", most=32, least=15), Column("Title", wide=1.0, most=width - 20))
    return lay(Table(columns, shown, links=links), width, height)


def _ranges(rows: Sequence[_Row], most: int) -> list[_Row]:
    """Return at most `most` rows, if need be with the longest series of one title in one row each."""
    series = [list(run) for _, run in groupby(rows, key=lambda row: row[1])]
    spare = len(rows) - most
    short: set[int] = set()
    # First the parts of one table, whose titles say nothing more.
    order = sorted(range(len(series)), key=lambda i: ("part " not in series[i][-1][2], -len(series[i])))
    for at in order:
        if spare <= 0:
            break
        if len(series[at]) < _LONG:
            continue
        short.add(at)
        spare -= len(series[at]) - 1
    found: list[_Row] = []
    for at, run in enumerate(series):
        if at in short:
            text = f"{len(run)} sheets, see the index in full"
            found.append((f"{run[0][0]} to {run[-1][0]}", run[0][1], text))
        else:
            found += run
    return found


def _cover(laid: Laid, parts: list[int], width: float, total: int) -> Sheet:
    def draw(page: Page) -> None:
        area = page.area
        _draw_left(page, Box(area.x, area.y, _LEFT, area.height))
        x = area.x + _LEFT + _GAP
        _draw_index(page, Box(x, area.y, area.right - x, area.height), laid, parts, width, total)

    return Sheet("G-001", _TITLE, "General", draw)


def _continuation(
    id_: str, title: str, subtitle: str, laid: Laid, parts: list[int], width: float, total: int
) -> Sheet:
    def draw(page: Page) -> None:
        _draw_index(page, page.area, laid, parts, width, total)

    return Sheet(id_, title, "General", draw, subtitle)


def _draw_index(page: Page, box: Box, laid: Laid, parts: list[int], width: float, total: int) -> None:
    y = page.heading(box.x, box.top, f"Sheet index ({total} sheets)", box.width)
    for i, part in enumerate(parts):
        page.table(laid, part, Box(box.x + i * (width + _GAP), box.y, width, y - box.y))


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
    text = context.status.upper()
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
        page.text(x + half * 0.54, y - 2.0, quantity.text, LEAST_MM, "text.bold",
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
    note = (
        "Every title block shows the first 12 digits. To check that, and that no sheet is missing: "
        "cagenut verify FILE.pdf"
    )
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
    for layer in drawn.layers:
        page.pdf.batch(layer, box.x - x0 / k, low - y0 / k, 1 / k, level=0)

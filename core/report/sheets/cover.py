"""G-001: what this is, for whom, issued for what, and which sheets there are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

from core.drawing.plan import footprints, plan, plan_extent
from core.drawing.plan_marks import draw_groups
from core.report.context import Context
from core.report.fonts import LEAST_MM, MONO, SANS_BOLD, WIDE_BOLD, wrap
from core.report.paper import Box
from core.report.sheet import Page, Sheet
from core.report.tables import Column, Laid, Table, lay
from core.report.title_block import stamp

_LEFT = 132.0
_GAP = 8.0
_KEY = ("accelerators", "racks", "power_max_w", "heat_liquid_w", "heat_air_w", "mass_kg", "tflops_bf16_dense",
        "cables")  # fmt: skip
_MORE = ("power_typical_w", "links", "space_used_u", "airflow_m3h",
         "coolant_flow_lpm", "memory_tb")  # fmt: skip
_QR = 30.0
_OUTLINE, _NAMES_ABOVE = 2.0, 7.0
"""Room of the key plan for outlines around blocks, and for their names [mm]."""


def sheets(context: Context, planned: Sequence[Sheet]) -> list[Sheet]:
    """Return the cover; an index too long for it names long series by range and goes on in full behind it."""
    area = context.paper.above
    columns = max(1, int((area.width - _LEFT - _GAP) // 118.0))
    width = (area.width - _LEFT - _GAP - _GAP * (columns - 1)) / columns
    own = [("G-001", _TITLE, "")]
    rows = _gathered(own + [(s.id, s.title, s.subtitle) for s in planned])
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
    total = len(planned) + 1 + extra
    first, last = laid.parts[0]
    room = columns * (last - first - 1)
    short = _index(_ranges([*own, *more, *rows[1:]], room), width, area.height - 9.0)
    found = [_cover(short, list(range(min(columns, len(short.parts)))), width, total)]
    for (number, title, subtitle), parts in zip(more, pages, strict=True):
        found.append(_continuation(number, title, subtitle, whole, list(parts), wide, total))
    return found


_TITLE = "Cover and sheet index"
_PART = re.compile(r"(, )?part \d+ of \d+$")
_LONG = 12
"""Series with at least so many sheets may be named by range where room is short."""
_Row = tuple[str, str, str]


def _index(rows: Sequence[_Row], width: float, height: float) -> Laid:
    shown = [(number, f"{title}: {subtitle}" if subtitle else title) for number, title, subtitle in rows]
    links = {(at, 0): number.partition(" ")[0] for at, (number, _, _) in enumerate(rows)}
    columns = (Column("Sheet", most=32, least=15), Column("Title", wide=1.0, most=width - 20))
    return lay(Table(columns, shown, links=links), width, height)


def _gathered(rows: Sequence[_Row]) -> list[_Row]:
    """Return the rows with the many parts of one table in one, as their titles differ by the number only."""
    found: list[_Row] = []
    for _, group in groupby(rows, key=lambda row: (row[1], _PART.sub("", row[2]))):
        run = list(group)
        if len(run) < _LONG or not all(_PART.search(row[2]) for row in run):
            found += run
            continue
        what = _PART.sub("", run[0][2])
        text = f"{what}{', ' if what else ''}{len(run)} parts"
        found.append((f"{run[0][0]} to {run[-1][0]}", run[0][1], text))
    return found


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
        # What the index leaves is used for figures and key plan.
        x = area.right - len(parts) * (width + _GAP) + _GAP
        _draw_left(page, Box(area.x, area.y, x - _GAP - area.x, area.height))
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
    """Draw title, status, figures, hash and key plan; the plan stands beside the rest if there is room."""
    context = page.context
    whole = box
    is_wide = box.width >= _LEFT + 60.0
    y = box.top - 2.0
    for line in wrap(context.title, WIDE_BOLD, 8.0, box.width)[:3]:
        page.text(box.x, y - 5.0, line, 8.0, "sheet.heading", face=WIDE_BOLD, room=box.width)
        y -= 11.0
    y = page.paragraph(
        box.x, y - 1.0, "Specification set for racks, hall, networks and cabling", box.width, 4.0
    )
    y -= 3.0
    top = y
    if is_wide:
        box = Box(box.x, box.y, _LEFT - 24.0, box.height)
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
    low = box.y + _QR + 4.0
    y = _key_figures(page, Box(box.x, low, box.width, y - low), is_wide)
    _draw_hash(page, Box(box.x, box.y, box.width, _QR))
    if is_wide:
        x = box.right + _GAP
        _key_plan(page, Box(x, box.y, whole.right - x, top - box.y))
    else:
        _key_plan(page, Box(box.x, low, box.width, y - low - 4.0))


def _key_figures(page: Page, box: Box, is_wide: bool) -> float:
    evaluation = page.context.evaluation
    y = page.heading(box.x, box.top, "Key figures", box.width)
    if evaluation is None:
        return page.paragraph(box.x, y, "Not evaluated.", box.width)
    shown = [evaluation.quantities[name] for name in _KEY if name in evaluation.quantities]
    if is_wide:
        more = [evaluation.quantities[name] for name in _MORE if name in evaluation.quantities]
        pitch = min(7.0, (y - box.y) / len(shown + more)) if (y - box.y) / len(shown + more) >= 4.6 else 0.0
        if pitch:
            for quantity in shown + more:
                page.text(box.x, y - pitch / 2, quantity.label, 3.0, "sheet.label", room=box.width * 0.56)
                page.text(box.right, y - pitch / 2, quantity.text, 3.5, "text.bold",
                          room=box.width * 0.42, anchor=2)  # fmt: skip
                y -= pitch
                page.pdf.rule(box.x, y, box.right, y, "table.line")
            return y
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
    things = footprints(project, project.top)
    x0, y0, x1, y1 = plan_extent(project, project.top, things)
    y = page.heading(box.x, box.top, "Key plan", box.width)
    # The names of blocks stand above the outermost outlines, which stand outside of the things themselves.
    outer = [group for group in things.groups if group[1] == 1]
    pad, above = (_OUTLINE, _NAMES_ABOVE) if outer else (0.0, 1.0)
    room = Box(box.x + pad, box.y + pad, box.width - 2 * pad, y - box.y - pad - above)
    k = max((x1 - x0) / room.width, (y1 - y0) / room.height, 1e-9)
    drawn = plan(project, project.top, scale=k, marks=False, things=things)
    low = room.top - (y1 - y0) / k
    for layer in drawn.layers:
        page.pdf.batch(layer, room.x - x0 / k, low - y0 / k, 1 / k, level=0)
    page.pdf.batch(draw_groups(outer, k), room.x - x0 / k, low - y0 / k, 1 / k)

"""Title block, revision table, notes and stamps of a sheet."""

from __future__ import annotations

from core.drawing.batch import Batch, Sketch
from core.report.fonts import CAPITAL, LEAST_MM, MONO, WIDE_BOLD
from core.report.paper import BLOCK_HEIGHT, REVISIONS_HEIGHT, Box, frame_batch
from core.report.sheet import Page
from core.units import system

_SMALL = LEAST_MM * CAPITAL
_ROWS = (13.0, 15.0, 9.4, 9.3, 9.3)
"""Heights of the rows of the title block from the top [mm]; they add up to its height."""
_FIFTHS = (0.2, 0.2, 0.2, 0.2, 0.2)
_CELLS: tuple[tuple[float, ...], ...] = (
    (0.36, 0.64),
    (0.74, 0.26),
    _FIFTHS,
    (0.4, 0.2, 0.2, 0.2),
    (0.4, 0.2, 0.2, 0.2),
)
_LABELS: tuple[tuple[str, ...], ...] = (
    ("Client", "Project and site"),
    ("Title", "Sheet"),
    ("Drawn", "Checked", "Approved", "Date", "Revision"),
    ("Status", "Scale", "Size", "Sheet of set"),
    ("Design, SHA-256 (first 12 digits)", "Document type", "Document no.", "Made with"),
)
_REVISIONS = (("Rev", 14.0), ("Date", 22.0), ("Description", 50.0), ("By", 17.0), ("Appr.", 17.0))
CAUTION_STYLE = "sheet.caution"
INCHES = "inches, cable lengths in feet"
NOTES = (
    "Dimensions in {}; do not scale from prints. Positions from the datum of the hall plan unless "
    "the sheet says otherwise. Calculations are design intent; no compliance with any standard or tier "
    "is claimed."
)


def cells(box: Box) -> list[list[Box]]:
    """Return the cells of a title block, row by row from the top."""
    found: list[list[Box]] = []
    top = box.top
    for height, shares in zip(_ROWS, _CELLS, strict=True):
        x, row = box.x, []
        for share in shares:
            row.append(Box(x, top - height, share * box.width, height))
            x += share * box.width
        found.append(row)
        top -= height
    return found


def static_batch(box: Box) -> Batch:
    """Return the lines and labels of a title block, the same on every sheet."""
    sketch = Sketch()
    sketch.rect(box.x, box.y, box.width, box.height, "sheet.block")
    for row, labels in zip(cells(box), _LABELS, strict=True):
        for cell, label in zip(row, labels, strict=True):
            sketch.rect(cell.x, cell.y, cell.width, cell.height, "sheet.cell")
            sketch.text(cell.x + 1.2, cell.top - 2.2, label, _SMALL, "sheet.label", width=cell.width - 2.0)
    return sketch.freeze()


def draw_border(page: Page) -> None:
    """Draw everything around the contents of a sheet."""
    paper = page.paper
    page.pdf.symbol("frame", frame_batch(paper))
    page.pdf.symbol("title-block", static_batch(paper.block))
    _values(page)
    block = paper.block
    width = sum(w for _, w in _REVISIONS)
    if page.sheet.form == "strip":
        _revisions(page, Box(block.x - width, block.y, width, BLOCK_HEIGHT))
        left = max(paper.frame.x, block.x - width - 90.0)
        _notes(page, Box(left, block.y, block.x - width - left, BLOCK_HEIGHT))
    else:
        _revisions(page, Box(block.x, block.top, block.width, REVISIONS_HEIGHT))
        stamps = [(CAUTION_STYLE, page.sheet.caution.upper(), 2.5)] if page.sheet.caution else []
        if not page.context.is_issued:
            stamps.append(("sheet.stamp", "DRAFT", 5.0))
        low = paper.stamps
        width = (low.width - 3.0 * (len(stamps) - 1)) / max(len(stamps), 1)
        for i, (style, text, size) in enumerate(stamps):
            stamp(page, Box(low.x + i * (width + 3.0), low.y, width, low.height), text, size, style)


def _values(page: Page) -> None:
    context, sheet = page.context, page.sheet
    last = context.revision
    boxes = cells(page.paper.block)

    def put(cell: Box, text: str, size: float = LEAST_MM, style: str = "text", face: str = "") -> None:
        low = cell.y + (cell.height - 3.6) / 2
        page.text(cell.x + 1.2, low, text, size, style, room=cell.width - 2.4, face=face)

    def two(cell: Box, first: str, second: str, size: float) -> None:
        page.text(cell.x + 1.2, cell.y + cell.height - 6.3, first, size, "text.bold", room=cell.width - 2.4)
        page.text(cell.x + 1.2, cell.y + 2.5, second, LEAST_MM, "text", room=cell.width - 2.4)

    put(boxes[0][0], context.client, 3.5, "text.bold")
    two(boxes[0][1], context.title, context.site, 3.5)
    two(boxes[1][0], sheet.title, sheet.subtitle, 4.5)
    number = boxes[1][1]
    page.text(number.x + number.width / 2, number.y + 5.4, sheet.id, 7.0, "sheet.heading",
              anchor=1, room=number.width - 3, face=WIDE_BOLD)  # fmt: skip
    empty = "not stated"
    signed = (last.author, last.checker, last.approver, last.date) if last else (empty,) * 4
    for cell, text in zip(boxes[2], (*signed, last.number if last else "none"), strict=True):
        put(cell, text or empty, style="text" if text and text != empty else "text.faint")
    status = "sheet.issued" if context.is_issued else "sheet.stamp"
    put(boxes[3][0], context.status, 3.0, status)
    put(boxes[3][1], sheet.scale)
    put(boxes[3][2], page.paper.name)
    put(boxes[3][3], f"{page.number} of {page.total}")
    put(boxes[4][0], f"sha256 {context.short_hash}", 3.0, "text.mono", MONO)
    put(boxes[4][1], "Specification")
    put(boxes[4][2], context.document, style="text" if context.document != empty else "text.faint")
    put(boxes[4][3], f"Cagenut {version()}")


def version() -> str:
    """Return the version of the program."""
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as installed

    try:
        return installed("cagenut")
    except PackageNotFoundError:
        return "source"


def _revisions(page: Page, box: Box) -> None:
    """Draw the revision table: the latest at the bottom, as many as there is room for."""
    pdf = page.pdf
    pdf.rect(box.x, box.y, box.width, box.height, "sheet.block")
    step = 5.2
    rows = int(box.height // step) - 1
    factor = box.width / sum(w for _, w in _REVISIONS)
    shown = page.context.revisions[-rows:]
    x = box.x
    for title, width in _REVISIONS:
        width *= factor
        if x > box.x:
            pdf.rule(x, box.y, x, box.y + step * (len(shown) + 1), "table.line")
        page.text(x + 1.2, box.y + step / 2, title, LEAST_MM, "sheet.label", room=width - 2)
        x += width
    pdf.rule(box.x, box.y + step, box.right, box.y + step, "sheet.cell")
    for i, revision in enumerate(shown):
        y = box.y + step * (i + 1.5)
        text = revision.description or revision.purpose
        cells_of = (revision.number, revision.date, text, revision.author, revision.approver)
        x = box.x
        for value, (_, width) in zip(cells_of, _REVISIONS, strict=True):
            page.text(x + 1.2, y, value, LEAST_MM, room=width * factor - 2)
            x += width * factor
        pdf.rule(box.x, y + step / 2, box.right, y + step / 2, "table.line")
    if not shown:
        page.text(box.x + 1.2, box.y + step * 1.5, "No revision yet", LEAST_MM, "text.faint")


def _notes(page: Page, box: Box) -> None:
    """Draw general notes and stamps."""
    if box.width < 30:
        return
    page.pdf.rect(box.x, box.y, box.width, box.height, "sheet.block")
    y = box.top - 1.4
    page.text(box.x + 2, y - 1.9, "General notes", LEAST_MM, "text.bold", room=box.width - 4)
    y -= 4.6
    unit = INCHES if system() == "us" else "millimetres"
    page.paragraph(box.x + 2, y, NOTES.format(unit), box.width - 4)
    y = box.y + 2.0
    if page.sheet.caution:
        y = stamp(
            page, Box(box.x + 2, y, box.width - 4, 9.0), page.sheet.caution.upper(), 3.0, "sheet.caution"
        )
    if not page.context.is_issued:
        stamp(page, Box(box.x + 2, y, box.width - 4, 11.0), "DRAFT", 6.0, "sheet.stamp")


def stamp(page: Page, box: Box, text: str, size: float, style: str) -> float:
    """Draw a stamp and return the upper edge with a gap [mm]."""
    page.pdf.rect(box.x, box.y, box.width, box.height, style)
    page.pdf.rect(box.x + 0.8, box.y + 0.8, box.width - 1.6, box.height - 1.6, style)
    page.text(box.x + box.width / 2, box.y + box.height / 2, text, size, style, anchor=1,
              room=box.width - 4, face=WIDE_BOLD)  # fmt: skip
    return box.top + 1.6

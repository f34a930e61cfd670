"""G-002: revisions and how the document is controlled."""

from __future__ import annotations

from core.report.context import SHORT, Context
from core.report.paper import Box
from core.report.sheet import Page, Sheet
from core.report.tables import Column, Table, lay
from core.report.title_block import version
from core.report.values import count

DESIGN_FILE = "design.cage"


def sheets(context: Context) -> list[Sheet]:
    """Return the sheet of revisions and document control."""
    return [Sheet("G-002", "Revisions and document control", "General", _draw)]


def _draw(page: Page) -> None:
    context, area = page.context, page.area
    rows = [
        (r.number, r.date, r.purpose or "not stated", r.description, r.author or "not stated",
         r.checker or "not stated", r.approver or "not stated")
        for r in reversed(context.revisions)
    ]  # fmt: skip
    columns = (
        Column("Rev", least=12), Column("Date", least=20), Column("Issued for", most=60, wide=0.4),
        Column("Description", most=120, wide=1.0), Column("Drawn", most=36), Column("Checked", most=36),
        Column("Approved", most=36),
    )  # fmt: skip
    note = "" if rows else "No revision yet: this set is a draft."
    laid = lay(Table(columns, rows, "Revisions, the latest first", note=note), area.width, area.height * 0.55)
    y = page.table(laid, 0, area)
    if len(laid.parts) > 1:
        page.text(area.x, y - 2.0, f"Older revisions are in the attached {DESIGN_FILE}.")
        y -= 5.0
    facts = lay(
        Table((Column("Item", least=50), Column("Value", wide=1.0, most=300)), _facts(context),
              "Document control"),
        area.width, area.height,
    )  # fmt: skip
    page.table(facts, 0, Box(area.x, area.y, area.width, y - 5.0 - area.y))


def _linked(context: Context) -> str:
    """Return the drawings that come from other files, each with its version."""
    project, found = context.project, []
    for record in project.rows("linked").values():
        block = project.blocks.get(record.root)
        if block is not None:
            found.append(f"{block.name}: {record.file}, {record.version}, content {record.digest[:SHORT]}")
    return "; ".join(sorted(found)) or "none"


def _facts(context: Context) -> list[tuple[str, str]]:
    missing = context.missing_characters
    glyphs = ", ".join(f"U+{ord(c):04X}" for c in missing[:40])
    if len(missing) > 40:
        glyphs += f" and {len(missing) - 40} more"
    why = (
        "The latest revision has a purpose and an approver."
        if context.is_issued
        else "DRAFT until a revision states a purpose and an approver, and the design is what it issued."
    )
    files = ", ".join([DESIGN_FILE, *sorted(context.extras)])
    return [
        ("Status", f"{context.status}. {why}"),
        ("Design, SHA-256", context.hash),
        ("How to verify", "cagenut verify FILE.pdf recomputes the hash of the attached design and compares "
                          "it with the title block of every sheet, and checks that sheets 1 to n of n are "
                          "all there. What the sheets show is not compared with the design."),
        ("Linked drawings", _linked(context)),
        ("Attached files", files),
        ("Records in the design", count(context.project.count())),
        ("Made with", f"Cagenut {version()}"),
        ("Dates", "All dates come from the revision records; the file itself carries none."),
        ("Lettering", "No text has a font size under 2.5 mm at print size (see G-003). Text that does not "
                      "fit a drawing is shortened with an ellipsis there and printed in full in the tables."),
        ("Characters without a glyph", glyphs or "none"),
        ("Accessibility", "This PDF is not tagged; the attached design holds the same data as text."),
    ]  # fmt: skip

"""G-006: what has changed since the issue before: the schedule that goes with the clouds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.engine.record_changes import NOUNS, ChangeRow, fold
from core.report.clouded import Mark, mark_of, where_marked
from core.report.context import Context
from core.report.racks import elevation_ids
from core.report.sheet import Page, Sheet, numbers, table_sheets
from core.report.tables import NOT_KNOWN, Column, Table
from core.report.values import count

MOST_NAMES = 12
MOST_SHEETS = 6


def sheets(context: Context, others: Sequence[Sheet]) -> list[Sheet]:
    """Return the schedule of changes; none where nothing was issued before.

    `others` are the sheets the changes may have clouds on.
    """
    since = context.since
    if since is None:
        return []
    before = since.revision
    by = context.revision.author if context.is_issued and context.revision else ""
    racks = _sheets_of_racks(context)
    marked = where_marked({sheet.id: sheet.clouds for sheet in others})
    rows = [
        (
            str(number), row.kind, NOUNS.get(row.table, row.table), _names(row), count(row.count),
            row.where or "the whole project",
            _listed(row, marked) or _of_rack(racks, row) or _sheet(context, row),
            "; ".join(f"{f.label}: {f.before or 'none'}" for f in row.fields) or NOT_KNOWN,
            "; ".join(f"{f.label}: {f.after or 'none'}" for f in row.fields) or NOT_KNOWN,
            _author(context, row) or by or NOT_KNOWN,
        )
        for number, row in enumerate(fold(since.changes), start=1)
    ]  # fmt: skip
    columns = (
        Column("No.", "right"), Column("Change", least=18), Column("What", least=22),
        Column("Names", wide=1.0, least=40, most=90), Column("Built", "right"),
        Column("Drawing", least=26, most=50), Column("Sheet", least=14),
        Column("From", wide=0.6, least=36, most=80), Column("To", wide=0.6, least=36, most=80),
        Column("By", least=18, most=30),
    )  # fmt: skip
    now = f"revision {since.number}" if since.number else "the draft"
    note = (
        f"From revision {before.number} of {before.date} to {now}. Clouds mark them on the sheets "
        f"named; of what was removed the sheet where it stood. {NOT_KNOWN} : added or removed as a whole."
    )
    if not rows:
        note = f"Nothing has changed since revision {before.number} of {before.date}."
    base = Sheet("", "Changes", "General", _nothing, f"since revision {before.number}")
    return table_sheets(context, Table(columns, rows, note=note), numbers("G", 6), base)


def _listed(row: ChangeRow, marked: Mapping[Mark, list[str]]) -> str:
    """Return the sheets that have clouds around the things of a row."""
    ids = dict.fromkeys(sheet for one in row.changes for sheet in marked.get(mark_of(one), ()))
    names = list(ids)
    more = len(names) - MOST_SHEETS
    return ", ".join(names[:MOST_SHEETS]) + (f" and {more} more" if more > 0 else "")


def _author(context: Context, row: ChangeRow) -> str:
    """Return who is named in the records of a row themselves: waivers have an author of their own."""
    if row.table != "waivers" or row.kind == "removed":
        return ""
    rows = [context.project.rows("waivers", one.key[0]).get(one.key[1]) for one in row.changes]
    return ", ".join(dict.fromkeys(one.author for one in rows if one is not None and one.author))


def _names(row: ChangeRow) -> str:
    names = [one.name for one in row.changes[:MOST_NAMES]]
    more = len(row.changes) - len(names)
    return ", ".join(names) + (f" and {more} more" if more > 0 else "")


def _sheets_of_racks(context: Context) -> dict[str, str]:
    """Return the first elevation of each rack drawing, by its id."""
    found: dict[str, str] = {}
    for path, sheet in elevation_ids(context).items():
        at = context.placement.blocks.get(path)
        if at is not None:
            found.setdefault(at.block.id, sheet)
    return found


def _of_rack(racks: dict[str, str], row: ChangeRow) -> str:
    """Return the elevation of what stood in a rack."""
    return racks.get(row.changes[0].key[0], "") if row.table in ("devices", "links") else ""


def _sheet(context: Context, row: ChangeRow) -> str:
    on_floor = row.table in ("instances", "devices", "areas", "pathways", "notes", "underlays")
    if on_floor and row.changes[0].key[0] == context.project.top:
        return "A-101"
    return {"requirements": "G-004", "sources": "G-004", "waivers": "G-005"}.get(row.table, NOT_KNOWN)


def _nothing(page: Page) -> None:
    """Draw nothing."""

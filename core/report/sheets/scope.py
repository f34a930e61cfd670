"""B-8xx: the scope split: who furnishes and who installs what is drawn, with pieces, mass and price."""

from __future__ import annotations

from core.report.context import Context
from core.report.flow import Piece, flow_sheets
from core.report.scopes import SCOPES, Item, items_of, states_scope
from core.report.sheet import Page, Sheet, numbers
from core.report.sheets.power_schedule import HOLD
from core.report.tables import NOT_KNOWN, Column, Table
from core.report.values import at_least, count, mass
from core.units import per

PARTIES = {
    "OFOI": ("owner", "owner"), "OFCI": ("owner", "contractor"), "CFCI": ("contractor", "contractor"),
    "": (HOLD, HOLD),
}  # fmt: skip
"""Who furnishes and who installs."""
_FIGURES = (Column("Pieces", "right", least=14), Column("USD low", "right", least=24),
            Column("USD high", "right", least=24))  # fmt: skip


def sheets(context: Context) -> list[Sheet]:
    """Return the split; none without an evaluation, or where nothing drawn states its scope."""
    of = context.evaluation
    if of is None or not states_scope(context.project):
        return []
    items = items_of(context.project, of)
    base = Sheet("", "Scope split", "Scope", _nothing, "who furnishes, who installs")
    pieces = [_in_sum(items), _by_class(items)]
    return flow_sheets(context, pieces, numbers("B", 801), base)


def _nothing(page: Page) -> None:
    """Draw nothing."""


def _in_sum(items: list[Item]) -> Piece:
    rows = []
    for scope in SCOPES:
        own = [item for item in items if item.scope == scope]
        if own:
            rows.append((*_head(scope), *_figures(own)))
    rows.append(("All", "", "", *_figures(items)))
    columns = (
        Column("Scope", least=20), Column("Furnished by", least=24), Column("Installed by", least=24),
        _FIGURES[0], Column(per("Mass", "kg"), "right", least=22), *_FIGURES[1:],
    )  # fmt: skip
    words = (
        f"'{HOLD}': nothing drawn says who furnishes and installs it; to be settled before pricing. A thing "
        "has its own scope, else that of the nearest block around it. Sums are those of C-951 and B-901: "
        "cables and optics are not in the mass; pieces without a known price add nothing.",
        "Rooms, floors, pathways, pipes beyond those drawn, supports and labour: by others, not in it.",
    )
    return Piece(Table(columns, rows, "In sum", bold_rows=frozenset({len(rows) - 1})), words)


def _by_class(items: list[Item]) -> Piece:
    rows = [
        (
            item.section, item.name, *_head(item.scope), count(item.pieces),
            _mass([item]), *_prices([item]),
            ", ".join(sorted(item.makers)[:3]) + (" ..." if len(item.makers) > 3 else "") or NOT_KNOWN,
        )
        for item in items
    ]  # fmt: skip
    columns = (
        Column("Section", least=14), Column("Class", least=30, wide=1.0), Column("Scope", least=10),
        Column("Furnished", least=14), Column("Installed", least=14), Column("Pieces", "right", least=11),
        Column(per("Mass", "kg"), "right", least=12), Column("USD low", "right", least=16),
        Column("USD high", "right", least=16), Column("Makers", least=14, most=34, wide=0.3),
    )  # fmt: skip
    words = (
        f"{NOT_KNOWN} : not known, or not in the mass of the design. Racks as delivered hold the mass and "
        "price of the contents stated for them; those devices are counted without their own.",
    )
    return Piece(Table(columns, rows, "By class"), words)


def _head(scope: str) -> tuple[str, str, str]:
    return (scope or HOLD, *PARTIES[scope])


def _figures(items: list[Item]) -> tuple[str, str, str, str]:
    return (count(sum(item.pieces for item in items)), _mass(items), *_prices(items))


def _mass(items: list[Item]) -> str:
    kg = [item.kg for item in items if item.kg is not None]
    if not kg:
        return NOT_KNOWN
    missing = sum(item.unweighed for item in items)
    if all(item.in_rack == item.pieces for item in items):
        return "in rack" if not sum(kg) else mass(sum(kg))
    return NOT_KNOWN if missing and not sum(kg) else at_least(mass(sum(kg)), missing)


def _prices(items: list[Item]) -> tuple[str, str]:
    missing = sum(item.unpriced for item in items)
    low, high = sum(item.low_usd for item in items), sum(item.high_usd for item in items)
    if all(item.in_rack == item.pieces for item in items):
        return "in rack", "in rack"
    if not high:
        return (NOT_KNOWN, NOT_KNOWN) if missing else ("0", "0")
    return at_least(count(round(low)), missing), at_least(count(round(high)), missing)

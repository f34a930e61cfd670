"""C-981: who delivers the design: shares of the spend, what has one source, what is waited for."""

from __future__ import annotations

from core.drawing.charts import share_chart
from core.drawing.worth_charts import supplier_split
from core.engine.supply import Shares, Supply, Wait
from core.engine.supply_lines import UNKNOWN
from core.report.context import Context
from core.report.flow import Picture, Piece, flow_sheets
from core.report.sheet import CAUTION, Page, Sheet, numbers
from core.report.tables import NOT_KNOWN, Column, Table
from core.report.values import count
from core.units import share, show

MOST = 12


def sheets(context: Context) -> list[Sheet]:
    """Return the supplier report; none without an evaluation or without anything to buy."""
    of = context.evaluation
    if of is None or not of.supply.lines:
        return []
    found = of.supply
    names = {record.id: record.spec.name for record in context.project.rows("types").values()}
    pieces: list[Piece | Picture] = [
        *_chart("Known spend by supplier", found.suppliers),
        *_chart("Known spend by function", found.functions),
        _shares("By supplier", found.suppliers),
        _shares("By country of manufacture, else of assembly", found.countries),
        _functions(found),
        _waits(found),
        _lines(found, names),
    ]
    base = Sheet("", "Suppliers", "Results", _nothing, "where the design comes from", caution=CAUTION)
    drawn = [p for p in pieces if isinstance(p, Picture) or p.table.rows]
    return flow_sheets(context, drawn, numbers("C", 981), base)


def _chart(title: str, shares: Shares) -> list[Picture]:
    bars = supplier_split(shares)
    return [Picture(lambda width: share_chart(bars, width, title=title))] if bars else []


def _shares(title: str, shares: Shares) -> Piece:
    rows = [(part.name, show(part.usd, "USD"), share(part.share)) for part in shares.parts[:MOST]]
    if len(shares.parts) > MOST:
        rest = shares.parts[MOST:]
        rows.append(
            (f"{len(rest)} others", show(sum(p.usd for p in rest), "USD"), share(sum(p.share for p in rest)))
        )
    columns = (
        Column(title, wide=1.0, least=50, most=90), Column("Known spend", "right", least=24),
        Column("Share", "right", least=16),
    )  # fmt: skip
    words = (
        f"Concentration {shares.concentration_text} (Herfindahl-Hirschman index of the known shares, "
        f"0 to 1); unknown {share(shares.unknown)} of the spend.",
    )
    return Piece(Table(columns, rows, title), words)


def _functions(found: Supply) -> Piece:
    rows = []
    for part in found.functions.parts:
        inside = found.by_function[part.name]
        largest = inside.largest
        rows.append((
            part.name, show(part.usd, "USD"), share(part.share),
            f"{largest.name} {share(largest.share)}" if largest else UNKNOWN, inside.concentration_text,
        ))  # fmt: skip
    columns = (
        Column("Function", wide=1.0, least=34, most=60), Column("Known spend", "right", least=24),
        Column("Share", "right", least=16), Column("Largest supplier", least=40, most=60),
        Column("Concentration", "right", least=24),
    )  # fmt: skip
    words = (
        "Servers, and racks that come whole, count as accelerators: these are most of their price. Optics "
        "with cables.",
    )
    return Piece(Table(columns, rows, "By function"), words)


def _waits(found: Supply) -> Piece:
    rows = [
        ("Power and cooling on the floor", *_wait(found.plant)),
        ("First rack, with all in it", *_wait(found.first_rack)),
        ("Last rack, with all in it", *_wait(found.last_rack)),
    ]
    columns = (
        Column("Comes", wide=1.0, least=50, most=80), Column("Weeks", "right", least=16),
        Column("For", least=40, most=70), Column("Types without a lead time", "right", least=34),
    )  # fmt: skip
    domestic = (
        "" if found.domestic is None else f" Domestic share of the known spend {share(found.domestic)}."
    )
    unpriced = f" {found.unpriced:,} pieces have no price." if found.unpriced else ""
    words = (
        "The longest lead time among the parts; time to install is not in it. A rack runs when the plant is "
        f"there too.{domestic}{unpriced}",
    )
    return Piece(Table(columns, rows, "Lead times to the first and the last rack"), words)


def _wait(wait: Wait) -> tuple[str, str, str]:
    return (NOT_KNOWN if wait.weeks is None else f"{wait.weeks:g}", wait.line or NOT_KNOWN, str(wait.unknown))


def _lines(found: Supply, names: dict[str, str]) -> Piece:
    rows = []
    for line in found.lines:
        if line.included:
            continue
        rows.append((
            line.type.name, line.function, count(line.count),
            NOT_KNOWN if line.usd is None else show(line.usd, "USD"), ", ".join(line.suppliers) or NOT_KNOWN,
            ", ".join(line.countries) or NOT_KNOWN,
            NOT_KNOWN if line.lead_weeks is None else f"{line.lead_weeks:g}",
            ", ".join(names.get(one, one) for one in line.alternates)
            or ("none" if line.suppliers else NOT_KNOWN),
        ))  # fmt: skip
    columns = (
        Column("Part", wide=1.0, least=44, most=70), Column("Function", least=18),
        Column("Qty", "right", least=12), Column("Spend", "right", least=20),
        Column("Suppliers", least=26, most=44), Column("Made or assembled in", least=20, most=36),
        Column("Weeks", "right", least=12), Column("Alternates", least=16, most=50),
    )  # fmt: skip
    single = len(found.single_sourced)
    note = f"{NOT_KNOWN} : not known. {single} lines have one source and no alternate."
    return Piece(Table(columns, rows, "Lines of the bill", note=note), (), True)


def _nothing(page: Page) -> None:
    """Draw nothing."""

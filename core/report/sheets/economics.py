"""C-961: performance and cost: what the design trains and serves, what it costs, and what moves that."""

from __future__ import annotations

from collections import Counter

from core.drawing.charts import bar_chart, share_chart, tornado_chart
from core.drawing.worth_charts import (
    MOVED,
    OPEX,
    capital_split,
    power_chain,
    time_split,
    time_title,
    tornado_rows,
    year_split,
)
from core.engine.capex import DOMAINS, domain_of
from core.engine.cash_flow import cash_flow
from core.engine.cost import Cost
from core.engine.economics import Economics
from core.engine.energy import Energy
from core.engine.sensitivity import Spread, spreads, tornado
from core.engine.unit_costs import figures_of
from core.engine.workload_words import workload_rows
from core.engine.workloads import WorkloadResult
from core.engine.worth import yearly_grounds
from core.report.context import Context
from core.report.flow import Picture, Piece, flow_sheets
from core.report.sheet import CAUTION, Page, Sheet, numbers
from core.report.tables import Column, Table
from core.units import share, show


def sheets(context: Context) -> list[Sheet]:
    """Return the summary of performance and cost; none without an evaluation or without prices."""
    of = context.evaluation
    if of is None or not of.economics.figures or not of.economics.prices:
        return []
    priced = of.economics
    chance = spreads(priced)
    context.tick()
    pieces: list[Piece | Picture] = []
    for result in of.workloads.results:
        pieces += [_workload(result), *_times(result)]
    pieces += [_unit_costs(priced, chance), _capital(priced, chance, of.cost), _capital_chart(priced)]
    pieces += [_operating(priced), _year_chart(priced), *_power(of.energy, of.economics), _cash(priced)]
    if MOVED in priced.figures:
        pieces += [_tornado(priced), _tornado_chart(priced)]
    pieces.append(_unpriced(of.cost))
    base = Sheet("", "Performance and cost", "Results", _nothing, "design intent", caution=CAUTION)
    drawn = [p for p in pieces if isinstance(p, Picture) or p.table.rows]
    return flow_sheets(context, drawn, numbers("C", 961), base)


def _times(of: WorkloadResult) -> list[Picture]:
    """Return where the time of a step or an iteration goes."""
    bars = time_split(of)
    return [Picture(lambda width: share_chart(bars, width, title=time_title(of)))] if bars else []


def _capital_chart(of: Economics) -> Picture:
    return Picture(lambda width: share_chart(capital_split(of), width, title="Capital by domain"))


def _year_chart(of: Economics) -> Picture:
    return Picture(lambda width: share_chart(year_split(of), width, title="Cost of a year"))


def _power(of: Energy, worth: Economics) -> list[Picture]:
    bars = power_chain(of, worth)
    title = "Mean power of a year, from the site to the IT"
    return [Picture(lambda width: bar_chart(bars, width, title=title))] if bars else []


def _tornado_chart(of: Economics) -> Picture:
    rows, likely = tornado_rows(of, MOVED), of.figures[MOVED]
    title = "What moves the accelerator-hour most"
    return Picture(lambda width: tornado_chart(rows, likely, show(likely, "USD"), width, title=title))


def _workload(of: WorkloadResult) -> Piece:
    """Return what a workload makes of the design, or why it does not run."""
    kind = "Training" if of.workload.kind == "training" else "Inference"
    columns = (Column(kind, least=42, most=60), Column("Value", wide=1.0, most=130))
    table = Table(columns, workload_rows(of), f"{kind}: {of.workload.name}")
    return Piece(table, tuple(f"{note}." for note in of.notes))


def _unit_costs(of: Economics, chance: dict[str, Spread]) -> Piece:
    rows = []
    for figure in figures_of(of.facts.outputs):
        if figure.name not in of.figures:
            continue
        spread = chance[figure.name]
        rows.append((
            figure.label, *(show(v, figure.unit) for v in (of.figures[figure.name], spread.p10, spread.p50,
                                                          spread.p90)),
            f"{show(spread.low_bound, figure.unit)} to {show(spread.high_bound, figure.unit)}",
        ))  # fmt: skip
    columns = (
        Column("Figure", wide=1.0, least=50, most=80), Column("Likely", "right", least=20),
        Column("P10", "right", least=20), Column("P50", "right", least=20), Column("P90", "right", least=20),
        Column("Bounds", "right", least=36),
    )  # fmt: skip
    unpriced = (
        f"{of.unpriced:,} pieces have no price, count nothing and are named below. " if of.unpriced else ""
    )
    how = of.facts.depreciation
    model = "The error of predictions of workloads is not in these ranges. " if of.facts.outputs else ""
    words = (
        f"{unpriced}Likely: every input at its likely value. P10 to P90: 10,000 draws of all prices and "
        "assumptions, each a PERT distribution, independent of one another. Bounds: all inputs at the ends "
        f"that make the figure least and most; not a likely range. Capital by {how}. Evidence of the cost of "
        f"a year: {yearly_grounds(of).label}. {model}Formulas stand with the results.",
    )
    return Piece(Table(columns, rows, "What it costs"), words)


def _capital(of: Economics, chance: dict[str, Spread], bill: Cost) -> Piece:
    total, year = of.figures["capex_usd"], of.figures["capex_year_usd"]
    lacking = Counter[str]()
    for line in bill.rows:
        if line.low_usd is None and not line.included:
            lacking[domain_of(line.type)] += line.count
    rows = []
    for domain in DOMAINS:
        usd = of.figures[f"capex_{domain}_usd"]
        spread = chance[f"capex_{domain}_usd"]
        rows.append((
            f"{domain[0].upper()}{domain[1:]}", show(spread.low_bound, "USD"), show(usd, "USD"),
            show(spread.high_bound, "USD"), share(usd / total), show(of.figures[f"year_{domain}_usd"], "USD"),
            f"{lacking[domain]:,}" if lacking[domain] else "",
        ))  # fmt: skip
    whole = chance["capex_usd"]
    rows.append((
        "All", show(whole.low_bound, "USD"), show(total, "USD"), show(whole.high_bound, "USD"), share(1.0),
        show(year, "USD"), f"{lacking.total():,}" if lacking else "",
    ))  # fmt: skip
    columns = (
        Column("Capital", wide=1.0, least=40, most=70), Column("Low bound", "right", least=22),
        Column("Likely", "right", least=22), Column("High bound", "right", least=22),
        Column("Share", "right", least=14), Column("A year", "right", least=20),
        Column("Pieces without a price", "right", least=16, most=22),
    )  # fmt: skip
    by_others = [
        name
        for name, is_so in (("power", of.facts.power_by_others), ("cooling", of.facts.cooling_by_others))
        if is_so
    ]
    others = f" {' and '.join(by_others).capitalize()} not drawn: by the watt." if by_others else ""
    words = (f"{_split_words(of)}Building by the watt of IT at its highest sustained power.{others}",)
    return Piece(Table(columns, rows, "Capital by domain", bold_rows=frozenset({len(rows) - 1})), words)


def _split_words(of: Economics) -> str:
    """Say how the price of servers was split, and of which."""
    share_of = next(one for one in of.inputs if one.name == "accelerator_share")
    assumed = [price.type.name for price in of.prices if price.accelerators and price.share is None]
    own = [price.type.name for price in of.prices if price.share is not None]
    said = ""
    if assumed:
        said += f"Accelerators: {share_of.likely:g} of one price for all of {', '.join(assumed)}. "
    if own:
        said += f"Accelerators at prices of their own in {', '.join(own)}. "
    return said


def _cash(of: Economics) -> Piece:
    """Return what is paid year by year until servers are replaced."""
    rows = []
    for year in cash_flow(of):
        paid = (year.capital_usd, year.operating_usd, year.resale_usd, year.total_usd, year.present_usd)
        rows.append((str(year.number), *(show(usd, "USD") for usd in paid)))
    columns = (
        Column("Year", least=16, wide=1.0), Column("Capital", "right", least=24),
        Column("Operating", "right", least=24), Column("Resale", "right", least=24),
        Column("Paid so far", "right", least=24), Column("Paid so far, today's worth", "right", least=34),
    )  # fmt: skip
    words = (
        "All capital is paid before the first year, resale comes at the end of the life of the servers. "
        "The cost over that life differs: building and plant are spread over their own lives, with interest.",
    )
    return Piece(Table(columns, rows, "Paid by year"), words)


def _unpriced(of: Cost) -> Piece:
    """Return what has no price."""
    counts: dict[str, tuple[str, int]] = {}
    for row in of.rows:
        if row.low_usd is None and not row.included:
            domain = domain_of(row.type)
            counts[row.type.name] = (domain, row.count + counts.get(row.type.name, ("", 0))[1])
    order = sorted(counts.items(), key=lambda one: (DOMAINS.index(one[1][0]), -one[1][1], one[0]))
    rows = [(name, domain[0].upper() + domain[1:], f"{count:,}") for name, (domain, count) in order]
    columns = (Column("Without a price", wide=1.0, least=60, most=120), Column("Domain", least=36),
               Column("Pieces", "right", least=18))  # fmt: skip
    return Piece(Table(columns, rows, "Counted as nothing"))


def _operating(of: Economics) -> Piece:
    year = of.figures["tco_year_usd"]
    rows = [
        ("Capital", show(of.figures["capex_year_usd"], "USD"), share(of.figures["capex_year_usd"] / year))
    ]
    for name, label in OPEX.items():
        usd = of.figures[f"opex_{name}_usd"]
        rows.append((label, show(usd, "USD"), share(usd / year)))
    rows.append(("All", show(year, "USD"), share(1.0)))
    columns = (
        Column("A year", wide=1.0, least=40, most=70), Column("USD", "right", least=24),
        Column("Share", "right", least=16),
    )  # fmt: skip
    carbon = (
        f"Energy {show(of.figures['energy_mwh'], 'MWh')}, carbon dioxide {show(of.figures['carbon_t'], 't')} "
        "by the grid factor; embodied carbon is not known of any type and not counted.",
    )
    return Piece(Table(columns, rows, "Cost of a year", bold_rows=frozenset({len(rows) - 1})), carbon)


def _tornado(of: Economics) -> Piece:
    unit = "USD"
    rows = []
    for swing in tornado(of, MOVED):
        one = swing.input
        rows.append((
            one.label, show(one.low, one.unit), show(one.high, one.unit), show(swing.at_low, unit),
            show(swing.at_high, unit), show(swing.width, unit), str(one.evidence),
        ))  # fmt: skip
    columns = (
        Column("Input", wide=1.0, least=50, most=90), Column("Low", "right", least=18),
        Column("High", "right", least=18), Column("Hour at low", "right", least=20),
        Column("Hour at high", "right", least=20), Column("Moves it by", "right", least=20),
        Column("Evidence", least=18),
    )  # fmt: skip
    likely = show(of.figures[MOVED], unit)
    words = (f"Accelerator-hour {likely} with all inputs likely; one at a time at its ends.",)
    return Piece(Table(columns, rows, "What moves the accelerator-hour most"), words)


def _nothing(page: Page) -> None:
    """Draw nothing."""

"""What is paid year by year over the life of the servers."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from core.engine.capex import DOMAINS
from core.engine.economics import RESALES, Economics


@dataclass(frozen=True)
class CashYear:
    """What is paid in a year [USD], and so far.

    Attributes
    ----------
    number : int
        0 is before the first year.
    capital_usd, operating_usd, resale_usd : float
    total_usd : float
        Paid so far, resale taken off.
    present_usd : float
        The same discounted to year 0, payments at the end of a year.
    """

    number: int
    capital_usd: float
    operating_usd: float
    resale_usd: float
    total_usd: float
    present_usd: float


def cash_flow(of: Economics) -> tuple[CashYear, ...]:
    """Return what is paid until servers are replaced; empty where a cost cannot be worked out.

    A life that is no whole number of years ends within its last one, of which that part is paid. Network is
    taken to be sold with the servers. Price of energy and wages are those of today in all years.
    """
    if not of.figures:
        return ()
    likely = {one.name: one.likely for one in of.inputs}
    life, rate = likely["life_it_years"], likely["discount_rate"]
    operating, capital = of.figures["opex_year_usd"], of.figures["capex_usd"]
    resale = sum(
        of.figures[f"capex_{domain}_usd"] * likely[RESALES[domain]] for domain in DOMAINS if domain in RESALES
    )
    years = [CashYear(0, capital, 0.0, 0.0, capital, capital)]
    for number in range(1, ceil(life) + 1):
        paid = operating * min(1.0, life - number + 1)
        back = resale if number == ceil(life) else 0.0
        last = years[-1]
        worth = (paid - back) / (1 + rate) ** min(float(number), life)
        years.append(
            CashYear(number, 0.0, paid, back, last.total_usd + paid - back, last.present_usd + worth)
        )
    return tuple(years)

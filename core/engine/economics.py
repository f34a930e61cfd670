"""What the design costs a year and for what comes out of it: one formula over named inputs.

Every figure is a function of `Inputs`: prices of types and assumptions, each with low, likely and high. The
formula takes single values or columns, so that the same one gives the likely figures, the tornado and ten
thousand draws.

Sources: the method of Barroso, Hoelzle and Ranganathan, "The Datacenter as a Computer" (amortisation of
facility and servers beside operating cost); constants of Epoch AI's training-cost-trends where assumptions
name them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite

import numpy as np

from core.engine.brief import ASSUMPTIONS, Brief
from core.engine.capex import DOMAINS, Domain, PriceInput, hosts_of, prices_of
from core.engine.compute import Compute, compute
from core.engine.cost import Cost, cost
from core.engine.depreciation import Value, yearly_of
from core.engine.energy import OUTSIDE, Energy, energy
from core.engine.power import Power, power
from core.engine.snapshot import Snapshot
from core.engine.stage import stage
from core.engine.unit_costs import HOURS, Facts, Figure, figures_of, unit_costs
from core.engine.workloads import Workloads, workloads
from core.errors import EngineError
from core.model.types import Evidence

LIVES: dict[Domain, str] = {
    "accelerators": "life_it_years",
    "servers": "life_it_years",
    "network": "life_network_years",
    "optics and cables": "life_network_years",
    "racks": "life_plant_years",
    "power": "life_plant_years",
    "cooling": "life_plant_years",
    "shell": "life_shell_years",
    "spares": "life_it_years",
    "freight and tax": "life_it_years",
}
RESALES: dict[Domain, str] = {
    "accelerators": "resale_it",
    "servers": "resale_it",
    "network": "resale_network",
    "optics and cables": "resale_network",
}
MAINTAINED: dict[Domain, str] = {
    domain: "maintenance_it" if domain in RESALES else "maintenance_plant"
    for domain in DOMAINS
    if domain not in ("spares", "freight and tax")
}
NAMES = tuple(
    name
    for name in ASSUMPTIONS
    if name
    in {
        *LIVES.values(), *RESALES.values(), *MAINTAINED.values(), "accelerator_share", "energy_usd_kwh",
        "pue", "water_usd_m3", "discount_rate", "shell_usd_w", "power_plant_usd_w", "cooling_plant_usd_w",
        "spare_devices_share", "freight_share", "tax_share",
        "staff_usd_mw", "space_usd_m2", "software_usd_accelerator", "availability", "utilisation",
        "goodput", "grid_kg_kwh",
    }
)  # fmt: skip
"""Assumptions that cost rests on."""


@dataclass(frozen=True)
class Ranged:
    """One input of the cost: a price of all pieces of a type, or an assumption."""

    name: str
    label: str
    unit: str
    low: float
    likely: float
    high: float
    evidence: Evidence | str
    basis: str


@dataclass(frozen=True)
class Economics:
    """Cost of the design, and of what comes out of it.

    Attributes
    ----------
    prices : tuple of PriceInput
        By type, largest first.
    inputs : tuple of Ranged
        All that the figures rest on.
    facts : Facts
    figures : dict of str to float
        Likely figures by the names of `figures_of`; empty with a `problem`.
    unpriced : int
        Pieces without a price; they count nothing.
    problem : str
        Why there are no figures.
    lacking : tuple of str
        Prices that nobody gives: all that is money is more than it says.
    """

    prices: tuple[PriceInput, ...]
    inputs: tuple[Ranged, ...]
    facts: Facts
    figures: dict[str, float]
    unpriced: int
    problem: str = ""
    lacking: tuple[str, ...] = ()

    @property
    def labels(self) -> dict[str, Figure]:
        """Figures by name, with label, unit and formula."""
        return {figure.name: figure for figure in figures_of(self.facts.outputs)}


@stage(reads=("devices", "brief", "racks", "rack records"), needs=(power, cost, energy, compute, workloads))
def economics(
    snap: Snapshot, drawn: Power, priced: Cost, year: Energy, computing: Compute, running: Workloads
) -> Economics:
    """Work out what the design costs a year, and for what comes out of it."""
    prices = prices_of(priced.rows, hosts_of(snap))
    facts = _facts(snap, drawn, year, computing, running)
    spread = snap.brief.assume("price_spread")
    inputs = (
        *(_price_input(price, spread) for price in prices),
        *(_assumed(snap.brief, name) for name in NAMES),
    )
    values = {one.name: one.likely for one in inputs}
    try:
        _check({one.name: np.array([one.low, one.likely, one.high]) for one in inputs})
        found = {name: float(value) for name, value in evaluate(values, prices, facts).items()}
    except EngineError as error:
        return Economics(prices, inputs, facts, {}, priced.unpriced, error.problem)
    return Economics(prices, inputs, facts, found, priced.unpriced, lacking=priced.grounds.unknown)


def evaluate(values: Mapping[str, Value], prices: Sequence[PriceInput], facts: Facts) -> dict[str, Value]:
    """Return all figures from inputs.

    Parameters
    ----------
    values : mapping of str to float or ndarray, shape (n,)
        Of each input by name: prices [USD] as `price:<id of the type>`, assumptions by their ids.
    prices : sequence of PriceInput
        What domain each price belongs to.
    facts : Facts

    Returns
    -------
    dict of str to float or ndarray, shape (n,)

    Raises
    ------
    EngineError
        If a life is 0, or a share is above 1.
    """
    _check(values)
    v = values
    domains = _domains(v, prices, facts)
    capital = sum(domains.values())
    rate = v["discount_rate"]
    yearly = {
        domain: yearly_of(
            usd, v[LIVES[domain]], rate, v[RESALES[domain]] if domain in RESALES else 0.0, facts.depreciation
        )
        for domain, usd in domains.items()
    }
    others = facts.power_by_others or facts.cooling_by_others
    facility_w = facts.it_w * v["pue"] if others else facts.facility_w
    energy_kwh = facility_w / 1000 * HOURS
    opex = {
        "energy": energy_kwh * v["energy_usd_kwh"],
        "maintenance": sum(domains[domain] * v[name] for domain, name in MAINTAINED.items()),
        "staff": facts.critical_w / 1e6 * v["staff_usd_mw"],
        "space": facts.room_m2 * v["space_usd_m2"],
        "software": facts.accelerators * v["software_usd_accelerator"],
        "water": facts.water_l_h * HOURS / 1000 * v["water_usd_m3"],
    }
    year = sum(yearly.values()) + sum(opex.values())
    life = v["life_it_years"]
    found = {f"capex_{domain}_usd": usd for domain, usd in domains.items()}
    found |= {f"year_{domain}_usd": usd for domain, usd in yearly.items()}
    found |= {f"opex_{name}_usd": usd for name, usd in opex.items()}
    found |= {
        "capex_usd": capital,
        "capex_year_usd": sum(yearly.values()),
        "opex_year_usd": sum(opex.values()),
        "tco_year_usd": year,
        "tco_life_usd": year * life,
        "energy_mwh": energy_kwh / 1000,
        "carbon_t": energy_kwh * v["grid_kg_kwh"] / 1000,
    }
    return found | unit_costs(v, facts, capital, year)


def _domains(v: Mapping[str, Value], prices: Sequence[PriceInput], facts: Facts) -> dict[Domain, Value]:
    """Return capital by domain: what is drawn, what comes with it, and by the watt what is by others.

    Spares are a share of devices; freight and tax one of all that is delivered, spares too.
    """
    found: dict[Domain, Value] = dict.fromkeys(DOMAINS, 0.0)
    for price in prices:
        usd = v[f"price:{price.type.id}"]
        if price.accelerators:
            share = v["accelerator_share"] if price.share is None else price.share
            found["accelerators"] = found["accelerators"] + usd * share
            found["servers"] = found["servers"] + usd * (1 - share)
        else:
            found[price.domain] = found[price.domain] + usd
    spares = v["spare_devices_share"] * sum(found[name] for name in ("accelerators", "servers", "network"))
    delivered = sum(found.values()) + spares
    found["spares"], found["freight and tax"] = spares, delivered * (v["freight_share"] + v["tax_share"])
    found["shell"] = found["shell"] + facts.critical_w * v["shell_usd_w"]
    if facts.power_by_others:
        found["power"] = found["power"] + facts.critical_w * v["power_plant_usd_w"]
    if facts.cooling_by_others:
        found["cooling"] = found["cooling"] + facts.critical_w * v["cooling_plant_usd_w"]
    return found


def fault_of(name: str, values: Sequence[float]) -> str:
    """Return what is wrong with values of an assumption; empty if nothing is.

    Examples
    --------
    >>> fault_of("availability", [0.9, 0.97, 1.2])
    'Share of the hours in which accelerators can be used: must be at most 1'
    >>> fault_of("availability", [0.9, 0.97, 0.99])
    ''
    """
    if not all(isfinite(value) for value in values):
        return f"{ASSUMPTIONS[name].label}: must be a finite number"
    try:
        _check({name: np.array(values)})
    except EngineError as error:
        return error.problem
    return ""


def _check(values: Mapping[str, Value]) -> None:
    for name, value in values.items():
        least = float(np.min(value))
        if name.startswith("life_") and least <= 0:
            raise EngineError(f"{ASSUMPTIONS[name].label}: must be above 0 years", where=f"assumption {name}")
        if least < 0:
            label = ASSUMPTIONS[name].label if name in ASSUMPTIONS else f"'{name}'"
            raise EngineError(f"{label}: cannot be negative", where=f"assumption {name}")
        shares = (
            "accelerator_share", "availability", "goodput", "resale_it", "resale_network", "utilisation",
        )  # fmt: skip
        if name in shares and float(np.max(value)) > 1:
            raise EngineError(f"{ASSUMPTIONS[name].label}: must be at most 1", where=f"assumption {name}")
        if name in ("availability", "goodput", "utilisation") and least == 0:
            raise EngineError(f"{ASSUMPTIONS[name].label}: must be above 0", where=f"assumption {name}")


def _price_input(price: PriceInput, spread: float) -> Ranged:
    """Return a price with its range; one that is neither verified nor the user's own is never certain."""
    basis = next((s.title for s in price.type.sources if "price_low_usd" in s.fields), "no source given")
    low, high = price.low_usd, price.high_usd
    if low == high and price.evidence not in ("verified", "user"):
        low, high = low * (1 - min(spread, 1.0)), high * (1 + spread)
        basis = f"{basis}; range assumed"
    return Ranged(
        f"price:{price.type.id}", f"Price of {price.count:,} x {price.type.name}", "USD", low,
        price.likely_usd, high, price.evidence, basis,
    )  # fmt: skip


def _assumed(brief: Brief, name: str) -> Ranged:
    house = ASSUMPTIONS[name]
    own = name in dict(brief.assumptions)
    low, likely, high = brief.ranged(name)
    return Ranged(
        name, house.label, house.unit, low, likely, high, "user" if own else house.evidence,
        "the project" if own else house.basis,
    )  # fmt: skip


def _critical_w(snap: Snapshot, drawn: Power) -> float:
    kinds = np.array([spec.type.kind for spec in snap.specs.specs])[snap.device_spec]
    inside = (snap.device_spec > 0) & ~np.isin(kinds, OUTSIDE)
    return float(drawn.normal.device_heat_w[inside].sum())


def _facts(snap: Snapshot, drawn: Power, year: Energy, computing: Compute, running: Workloads) -> Facts:
    stated = snap.brief.text("depreciation")
    return Facts(
        accelerators=computing.accelerators,
        tflops_bf16=computing.tflops_dense["bf16"][0],
        tflops_fp8=computing.tflops_dense["fp8"][0],
        it_w=year.it_w,
        facility_w=year.total_w,
        critical_w=_critical_w(snap, drawn),
        power_by_others=bool(year.power_by_others),
        cooling_by_others=bool(year.cooling_by_others),
        water_l_h=0.0 if np.isnan(year.water_l_h) else year.water_l_h,
        room_m2=snap.brief.room_m2 or 0.0,
        outputs=running.outputs,
        depreciation="straight line" if stated.strip().lower() == "straight line" else "annuity",
    )

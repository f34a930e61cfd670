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
from typing import Any, Literal, TypeAlias

import numpy as np

from core.engine.brief import ASSUMPTIONS, Brief
from core.engine.capex import DOMAINS, Domain, PriceInput, hosts_of, prices_of
from core.engine.compute import Compute, compute
from core.engine.cost import Cost, cost
from core.engine.energy import Energy, energy
from core.engine.output import Output
from core.engine.snapshot import Snapshot
from core.engine.stage import stage
from core.engine.workloads import Workloads, workloads
from core.errors import EngineError
from core.model.types import Evidence

HOURS = 8766.0
"""Hours of a mean year."""
NO_RATE = 1e-12
"""Interest below this is none: the formula has no digits left there."""
Value: TypeAlias = Any
"""A number, or a column of draws."""
Depreciation = Literal["annuity", "straight line"]
LIVES: dict[Domain, str] = {
    "accelerators": "life_it_years",
    "servers": "life_it_years",
    "network": "life_network_years",
    "optics and cables": "life_network_years",
    "racks": "life_plant_years",
    "power": "life_plant_years",
    "cooling": "life_plant_years",
    "shell": "life_shell_years",
}
RESALES: dict[Domain, str] = {
    "accelerators": "resale_it",
    "servers": "resale_it",
    "network": "resale_network",
    "optics and cables": "resale_network",
}
MAINTAINED: dict[Domain, str] = {
    domain: "maintenance_it" if domain in RESALES else "maintenance_plant" for domain in DOMAINS
}
NAMES = tuple(
    name
    for name in ASSUMPTIONS
    if name
    in {
        *LIVES.values(), *RESALES.values(), *MAINTAINED.values(), "accelerator_share", "energy_usd_kwh",
        "pue", "water_usd_m3", "discount_rate", "shell_usd_w", "power_plant_usd_w", "cooling_plant_usd_w",
        "staff_usd_mw", "space_usd_m2", "software_usd_accelerator", "availability", "utilisation",
        "grid_kg_kwh",
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
class Facts:
    """What is counted on the drawing, and not open to a guess.

    Attributes
    ----------
    accelerators : float
    tflops_bf16, tflops_fp8 : float
        Dense peak of all [TFLOPS].
    it_w, facility_w : float
        Mean power of a year of the IT, and of all that is drawn [W].
    power_by_others, cooling_by_others : bool
        Not all of it is drawn: PUE and cost by the watt are assumed.
    water_l_h, room_m2 : float
    outputs : tuple of Output
    """

    accelerators: float
    tflops_bf16: float
    tflops_fp8: float
    it_w: float
    facility_w: float
    power_by_others: bool
    cooling_by_others: bool
    water_l_h: float
    room_m2: float
    outputs: tuple[Output, ...]
    depreciation: Depreciation = "annuity"


@dataclass(frozen=True)
class Figure:
    """A figure of the cost.

    Attributes
    ----------
    name, label, unit : str
    formula : str
    """

    name: str
    label: str
    unit: str
    formula: str


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
    """

    prices: tuple[PriceInput, ...]
    inputs: tuple[Ranged, ...]
    facts: Facts
    figures: dict[str, float]
    unpriced: int
    problem: str = ""

    @property
    def labels(self) -> dict[str, Figure]:
        """Figures by name, with label, unit and formula."""
        return {figure.name: figure for figure in figures_of(self.facts.outputs)}


@stage(reads=("devices", "brief", "racks", "rack records"), needs=(cost, energy, compute, workloads))
def economics(
    snap: Snapshot, priced: Cost, year: Energy, computing: Compute, running: Workloads
) -> Economics:
    """Work out what the design costs a year, and for what comes out of it."""
    prices = prices_of(priced.rows, hosts_of(snap))
    facts = _facts(snap, year, computing, running)
    inputs = (*map(_price_input, prices), *(_assumed(snap.brief, name) for name in NAMES))
    values = {one.name: one.likely for one in inputs}
    try:
        found = {name: float(value) for name, value in evaluate(values, prices, facts).items()}
    except EngineError as error:
        return Economics(prices, inputs, facts, {}, priced.unpriced, error.problem)
    return Economics(prices, inputs, facts, found, priced.unpriced)


def annuity(rate: Value, years: Value) -> Value:
    """Return the yearly payment that pays 1 back with interest: r (1 + r)^N / ((1 + r)^N - 1); 1/N at 0.

    Examples
    --------
    >>> round(annuity(0.08, 5.0), 6), annuity(0.0, 4.0)
    (0.250456, 0.25)
    """
    some = np.asarray(rate) > NO_RATE
    safe = np.where(some, rate, 1.0)
    found = np.where(
        some, safe / -np.expm1(-np.asarray(years) * np.log1p(safe)), 1 / np.asarray(years, float)
    )
    return found if found.shape else float(found)


def yearly_of(capex: Value, life: Value, rate: Value, resale: Value, how: Depreciation) -> Value:
    """Return what capital costs a year [USD].

    Annuity: (1 - S / (1 + r)^N) A(r, N) of the price, with S its resale after N years. Straight line:
    (1 - S) / N, without interest.

    Examples
    --------
    >>> yearly_of(1000.0, 5.0, 0.08, 0.1, "straight line")
    180.0
    """
    if how == "straight line":
        return capex * (1 - resale) / life
    return capex * (1 - resale / (1 + rate) ** life) * annuity(rate, life)


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
        "maintenance": sum(usd * v[MAINTAINED[domain]] for domain, usd in domains.items()),
        "staff": facts.it_w / 1e6 * v["staff_usd_mw"],
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
    return found | _units(v, facts, capital, year)


def _units(v: Mapping[str, Value], facts: Facts, capital: Value, year: Value) -> dict[str, Value]:
    """Return what one of a thing costs."""
    found: dict[str, Value] = {}
    if facts.it_w > 0:
        found["usd_per_mw"] = capital / (facts.it_w / 1e6)
    if not facts.accelerators:
        return found
    hour = year / (HOURS * facts.accelerators * v["availability"])
    found |= {"usd_per_accelerator": capital / facts.accelerators, "usd_per_gpu_hour": hour}
    if facts.tflops_bf16:
        found["usd_per_tflop_bf16_all"] = capital / facts.tflops_bf16
        if not any(output.kind == "training" for output in facts.outputs):
            delivered = facts.tflops_bf16 * v["utilisation"] / 1000 * v["availability"]
            found["usd_per_pflop_day"] = year / (delivered * HOURS / 24)
    if facts.tflops_fp8:
        found["usd_per_tflop_fp8_all"] = capital / facts.tflops_fp8
    for output in facts.outputs:
        found |= _of_output(output, hour, v["availability"])
    return found


def _of_output(output: Output, hour: Value, availability: Value) -> dict[str, Value]:
    """Return what the work of a workload costs: its accelerators at the price of their hour."""
    each, second = output.workload, hour * output.accelerators / 3600
    found: dict[str, Value] = {}
    if output.model_flops_s > 0:
        found[f"usd_per_pflop_day:{each}"] = second * 86_400 / (output.model_flops_s / 1e15)
    if output.run_hours is not None:
        found[f"usd_per_run:{each}"] = hour * output.accelerators * output.run_hours
    if output.kind == "inference" and output.tokens_in_s > 0:
        found[f"usd_per_m_tokens_in:{each}"] = second / output.tokens_in_s * 1e6
    if output.tokens_out_s > 0:
        found[f"usd_per_m_tokens_out:{each}"] = second / output.tokens_out_s * 1e6
        both = output.tokens_in_s + output.tokens_out_s
        found[f"usd_per_m_tokens:{each}"] = second / both * 1e6
    return found


def _domains(v: Mapping[str, Value], prices: Sequence[PriceInput], facts: Facts) -> dict[Domain, Value]:
    """Return capital by domain: what is drawn, and by the watt what is by others."""
    found: dict[Domain, Value] = dict.fromkeys(DOMAINS, 0.0)
    for price in prices:
        usd = v[f"price:{price.type.id}"]
        if price.accelerators:
            found["accelerators"] = found["accelerators"] + usd * v["accelerator_share"]
            found["servers"] = found["servers"] + usd * (1 - v["accelerator_share"])
        else:
            found[price.domain] = found[price.domain] + usd
    found["shell"] = found["shell"] + facts.it_w * v["shell_usd_w"]
    if facts.power_by_others:
        found["power"] = found["power"] + facts.it_w * v["power_plant_usd_w"]
    if facts.cooling_by_others:
        found["cooling"] = found["cooling"] + facts.it_w * v["cooling_plant_usd_w"]
    return found


def _check(values: Mapping[str, Value]) -> None:
    for name, value in values.items():
        least = float(np.min(value))
        if name.startswith("life_") and least <= 0:
            raise EngineError(f"{ASSUMPTIONS[name].label}: must be above 0 years", where=f"assumption {name}")
        if least < 0:
            raise EngineError(f"'{name}' cannot be negative", where=f"assumption {name}")
        shares = ("accelerator_share", "availability", "resale_it", "resale_network", "utilisation")
        if name in shares and float(np.max(value)) > 1:
            raise EngineError(f"{ASSUMPTIONS[name].label}: must be at most 1", where=f"assumption {name}")
        if name == "availability" and least == 0:
            raise EngineError(f"{ASSUMPTIONS[name].label}: must be above 0", where=f"assumption {name}")


def figures_of(outputs: Sequence[Output]) -> tuple[Figure, ...]:
    """Return label, unit and formula of the figures people ask for, in order."""
    found = [
        Figure("capex_usd", "Capital cost", "USD", "sum of the domains, likely prices"),
        Figure("tco_year_usd", "Cost of a year", "USD", "capital by its lives + operating cost"),
        Figure("tco_life_usd", "Cost over the life of the servers", "USD", "cost of a year x their life"),
        Figure("usd_per_accelerator", "Capital per accelerator", "USD", "capital / accelerators"),
        Figure("usd_per_tflop_bf16_all", "Capital per TFLOPS, BF16 dense", "USD", "capital / dense peak"),
        Figure("usd_per_tflop_fp8_all", "Capital per TFLOPS, FP8 dense", "USD", "capital / dense peak"),
        Figure("usd_per_mw", "Capital per megawatt of IT", "USD", "capital / mean power of the IT"),
        Figure(
            "usd_per_gpu_hour", "Accelerator-hour", "USD",
            "cost of a year / (8,766 h x accelerators x availability)",
        ),
        Figure(
            "usd_per_pflop_day", "PFLOP-day delivered, assumed utilisation", "USD",
            "cost of a year / (dense BF16 peak x utilisation x availability x days)",
        ),
        Figure("carbon_t", "Carbon dioxide of a year's energy", "t", "energy x grid factor"),
    ]  # fmt: skip
    for output in outputs:
        each, name = output.workload, output.name
        found += [
            Figure(
                f"usd_per_pflop_day:{each}", f"PFLOP-day delivered, {name}", "USD",
                "accelerators x accelerator-hour x 24 / model PFLOP/s with goodput",
            ),
            Figure(
                f"usd_per_run:{each}", f"Training run, {name}", "USD",
                "accelerators x hours, lost ones included, x accelerator-hour",
            ),
            Figure(f"usd_per_m_tokens_in:{each}", f"Million tokens in, {name}", "USD",
                   "all cost on tokens read"),
            Figure(f"usd_per_m_tokens_out:{each}", f"Million tokens out, {name}", "USD",
                   "all cost on tokens written"),
            Figure(f"usd_per_m_tokens:{each}", f"Million tokens in and out, {name}", "USD",
                   "all cost on tokens read and written"),
        ]  # fmt: skip
    return tuple(found)


def _price_input(price: PriceInput) -> Ranged:
    basis = next((s.title for s in price.type.sources if "price_low_usd" in s.fields), "no source given")
    return Ranged(
        f"price:{price.type.id}", f"Price of {price.count:,} x {price.type.name}", "USD", price.low_usd,
        price.likely_usd, price.high_usd, price.evidence, basis,
    )  # fmt: skip


def _assumed(brief: Brief, name: str) -> Ranged:
    house = ASSUMPTIONS[name]
    own = name in dict(brief.assumptions)
    low, likely, high = brief.ranged(name)
    return Ranged(
        name, house.label, house.unit, low, likely, high, "user" if own else house.evidence,
        "the project" if own else house.basis,
    )  # fmt: skip


def _facts(snap: Snapshot, year: Energy, computing: Compute, running: Workloads) -> Facts:
    stated = snap.brief.text("depreciation")
    return Facts(
        accelerators=computing.accelerators,
        tflops_bf16=computing.tflops_dense["bf16"][0],
        tflops_fp8=computing.tflops_dense["fp8"][0],
        it_w=year.it_w,
        facility_w=year.total_w,
        power_by_others=bool(year.power_by_others),
        cooling_by_others=bool(year.cooling_by_others),
        water_l_h=0.0 if np.isnan(year.water_l_h) else year.water_l_h,
        room_m2=snap.brief.room_m2 or 0.0,
        outputs=running.outputs,
        depreciation="straight line" if stated.strip().lower().startswith("straight") else "annuity",
    )

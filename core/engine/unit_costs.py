"""What one of a thing costs: an accelerator, an hour of it, a TFLOPS, a PFLOP-day, a run, tokens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.engine.depreciation import Depreciation, Value
from core.engine.output import Output

HOURS = 8766.0
"""Hours of a mean year."""


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
    critical_w : float
        Highest sustained power of the IT: what building and plant are sized for [W].
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
    critical_w: float
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


def unit_costs(v: Mapping[str, Value], facts: Facts, capital: Value, year: Value) -> dict[str, Value]:
    """Return what one of each thing costs, by the names of `figures_of`.

    Parameters
    ----------
    v : mapping of str to float or ndarray, shape (n,)
        Assumptions by their ids; `availability`, `utilisation` and `goodput` are read.
    facts : Facts
    capital, year : float or ndarray, shape (n,)
        All capital, and the cost of a year [USD].

    Returns
    -------
    dict of str to float or ndarray, shape (n,)
        None of what there is nothing to divide by.
    """
    found: dict[str, Value] = {}
    if facts.critical_w > 0:
        found["usd_per_mw"] = capital / (facts.critical_w / 1e6)
    if not facts.accelerators:
        return found
    hour = year / (HOURS * facts.accelerators * v["availability"])
    found |= {"usd_per_accelerator": capital / facts.accelerators, "usd_per_gpu_hour": hour}
    if facts.tflops_bf16:
        found["usd_per_tflop_bf16_all"] = capital / facts.tflops_bf16
        if not any(output.kind == "training" for output in facts.outputs):
            delivered = facts.tflops_bf16 / 1000 * v["utilisation"] * v["goodput"] * v["availability"]
            found["usd_per_pflop_day"] = year / (delivered * HOURS / 24)
    if facts.tflops_fp8:
        found["usd_per_tflop_fp8_all"] = capital / facts.tflops_fp8
    for output in facts.outputs:
        found |= _of_output(output, hour)
    return found


def _of_output(output: Output, hour: Value) -> dict[str, Value]:
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


def figures_of(outputs: Sequence[Output]) -> tuple[Figure, ...]:
    """Return label, unit and formula of the figures people ask for, in order."""
    found = [
        Figure("capex_usd", "Capital cost", "USD", "sum of the domains, likely prices"),
        Figure("tco_year_usd", "Cost of a year", "USD", "capital by its lives + operating cost"),
        Figure("tco_life_usd", "Cost over the life of the servers", "USD", "cost of a year x their life"),
        Figure("usd_per_accelerator", "Capital per accelerator", "USD", "capital / accelerators"),
        Figure("usd_per_tflop_bf16_all", "Capital per TFLOPS, BF16 dense", "USD", "capital / dense peak"),
        Figure("usd_per_tflop_fp8_all", "Capital per TFLOPS, FP8 dense", "USD", "capital / dense peak"),
        Figure(
            "usd_per_mw", "Capital per megawatt of IT", "USD", "capital / highest sustained power of the IT"
        ),
        Figure(
            "usd_per_gpu_hour", "Accelerator-hour", "USD",
            "cost of a year / (8,766 h x accelerators x availability)",
        ),
        Figure(
            "usd_per_pflop_day", "PFLOP-day delivered, assumed utilisation", "USD",
            "cost of a year / (dense BF16 peak x utilisation x goodput x availability x days)",
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

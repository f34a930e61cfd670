"""What the design is worth, as quantities: figures of cost and of what it trains and serves."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from core.engine.depreciation import yearly_of
from core.engine.economics import LIVES, RESALES, Economics
from core.engine.evidence import Grounds, grounds
from core.engine.quantities import Quantity
from core.engine.specs import EVIDENCE
from core.engine.unit_costs import figures_of
from core.engine.workloads import WorkloadResult

if TYPE_CHECKING:
    from core.engine.evaluation import Evaluation

CALCULATED = Grounds((("estimate", 1.0),))
"""Of figures a model predicts: as good as its error on published cases."""


def worth_of(of: Evaluation) -> list[Quantity]:
    """Return the figures of cost, of training runs and of services; none of cost where it has a problem."""
    found = _figures(of.economics)
    for result in of.workloads.results:
        found += _trained(result) + _served(result)
    return found


def yearly_grounds(of: Economics) -> Grounds:
    """Return how well the cost of a year is known.

    Each price counts with what it costs a year; energy, maintenance, staff, spares, freight and the building
    by the assumption behind them.
    """
    likely = {one.name: one.likely for one in of.inputs}
    evidence = {one.name: str(one.evidence) for one in of.inputs}
    amounts, codes, names = [], [], []

    def add(name: str, amount: float, known: str) -> None:
        amounts.append(amount)
        codes.append(EVIDENCE.index(known))
        names.append(name)

    for price in of.prices:
        domain = "servers" if price.accelerators else price.domain
        year = yearly_of(
            likely[f"price:{price.type.id}"], likely[LIVES[domain]], likely["discount_rate"],
            likely[RESALES[domain]] if domain in RESALES else 0.0, of.facts.depreciation,
        )  # fmt: skip
        add(f"{price.type.name}: price", year, price.evidence)
    rests = {
        "opex_energy_usd": "energy_usd_kwh", "opex_maintenance_usd": "maintenance_it",
        "opex_staff_usd": "staff_usd_mw", "opex_space_usd": "space_usd_m2",
        "opex_software_usd": "software_usd_accelerator", "opex_water_usd": "water_usd_m3",
        "year_shell_usd": "shell_usd_w", "year_spares_usd": "spare_devices_share",
        "year_freight and tax_usd": "freight_share",
    }  # fmt: skip
    labels = {one.name: one.label for one in of.inputs}
    for name, missing in (
        ("power_plant_usd_w", of.facts.power_by_others),
        ("cooling_plant_usd_w", of.facts.cooling_by_others),
    ):
        if missing:
            usd = of.facts.critical_w * likely[name]
            year = yearly_of(
                usd, likely["life_plant_years"], likely["discount_rate"], 0.0, of.facts.depreciation
            )
            add(labels[name], year, evidence[name])
    for figure, name in rests.items():
        if of.figures[figure] > 0:
            add(labels[name], of.figures[figure], evidence[name])
    return grounds(np.array(amounts), np.array(codes, np.int8), names)


def _figures(of: Economics) -> list[Quantity]:
    if not of.figures:
        return []
    how = yearly_grounds(of)
    least = replace(how, unknown=of.lacking)
    unpriced = f" {of.unpriced:,} pieces have no price and count nothing." if of.unpriced else ""
    return [
        Quantity(
            figure.name, figure.label, of.figures[figure.name], figure.unit,
            least if "USD" in figure.unit else how,
            f"{figure.formula[0].upper()}{figure.formula[1:]}.{unpriced}",
        )
        for figure in figures_of(of.facts.outputs)
        if figure.name in of.figures
    ]  # fmt: skip


def _trained(of: WorkloadResult) -> list[Quantity]:
    run, each, name = of.training, of.workload.id, of.workload.name
    if run is None:
        return []
    band = "" if of.band is None else f" Error of such predictions: {of.band.words}."
    plan = run.step.plan.words()
    values = (
        ("step_s", "Step", run.step.step_s, "s", f"Sum of its parts, {plan}."),
        ("mfu", "Model FLOPs utilisation, causal, of BF16", 100 * run.step.mfu_causal, "%",
         "FLOPs of the model, causal attention, without those computed again, over the dense BF16 peak."),
        ("train_tokens_s", "Tokens a second, goodput included", run.tokens_s, "tokens/s",
         "Tokens of a step over its time, goodput included."),
        ("goodput", "Goodput", 100 * run.goodput.share, "%",
         "Useful time over all time, with failures and saves."),
        ("train_days", "Length of the run", run.days, "d", "Tokens over tokens a second, goodput included."),
        ("train_mwh", "Energy of accelerators and hosts", run.energy_mwh, "MWh", "Their power for the run."),
    )  # fmt: skip
    return [
        Quantity(f"{key}:{each}", f"{label}, {name}", value, unit, CALCULATED, words + band)
        for key, label, value, unit, words in values
    ]


def _served(of: WorkloadResult) -> list[Quantity]:
    found, each, name = of.serving, of.workload.id, of.workload.name
    if found is None or of.output is None:
        return []
    band = "" if of.band is None else f" Error of such predictions: {of.band.words}."
    values = (
        ("ttft_s", "Time to first token", found.ttft_s, "s", "Wait and prefill at the mean load."),
        ("itl_s", "Time between tokens", found.itl_s, "s", "Of a running sequence, mean."),
        ("serve_tokens_s", "Tokens out a second, at the mean load", of.output.tokens_out_s, "tokens/s",
         "Highest rate within the limits of latency, times the load."),
        ("serve_tokens_s_each", "Tokens out a second and accelerator, highest", found.tokens_out_s_each,
         "tokens/s", "Highest rate within the limits of latency."),
        ("j_per_token", "Energy for a token out, hosts included", found.energy_j_token_wall, "J",
         "Power of accelerators and hosts over tokens a second; a site adds its PUE."),
    )  # fmt: skip
    return [
        Quantity(f"{key}:{each}", f"{label}, {name}", value, unit, CALCULATED, words + band)
        for key, label, value, unit, words in values
    ]

"""Published costs: Epoch AI's amortised cost of training runs, and what a service pays for its accelerators.

Taken from a case: accelerators, chip-hours, length of the run and the price of the cluster. Days of release
and of publication, power, PUE and price of electricity come from `resources/reference/cost-inputs.toml`.
"""

from __future__ import annotations

import math
import tomllib
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from core.engine.depreciation import yearly_of
from core.engine.unit_costs import HOURS
from core.errors import EngineError

BEFORE_PUBLICATION_DAYS = 60
"""From the end of training to the day it is published."""


@cache
def _given() -> dict[str, Any]:
    path = files("resources").joinpath("reference", "cost-inputs.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))


def predict(case: dict[str, Any]) -> dict[str, float]:
    """Return the cost of a case by its name there [USD].

    Raises
    ------
    EngineError
        If an input is not stated.
    """
    measured = case.get("measured") or {}
    if "amortised_hw_plus_energy_usd" in measured:
        return {"amortised_hw_plus_energy_usd": amortised_usd(case)}
    if "cost_usd_per_day" in measured:
        return {"cost_usd_per_day": rented_usd_day(case)}
    raise EngineError("the rate of tokens and the price of an accelerator-hour are not stated")


def amortised_usd(case: dict[str, Any]) -> float:
    """Return what a run uses up of the value of its cluster, and its energy [USD].

    Notes
    -----
    Value when training starts is the price x e^(-0.14 ln 10 t), t years after the accelerators could be
    bought. A year uses up 0.14 ln 10 of that, which is a straight line over 3.1 years.

    Raises
    ------
    EngineError
        If an input is not stated.
    """
    hardware, measured = case.get("hardware") or {}, case.get("measured") or {}
    chip = _known("accelerators", hardware.get("accelerator"))
    run = _known("runs", case.get("id"))
    rate = float(_given()["value_lost_a_year"])
    hours = _number(measured, "chip_hours")
    price = _number(measured, "cluster_acquisition_usd") / _number(hardware, "count")
    age = max(0, (_started(run, measured) - _available(chip)).days) / 365.25
    value = price * math.exp(-rate * age)
    capital = yearly_of(value, 1 / rate, 0.0, 0.0, "straight line") * hours / HOURS
    power_kw = chip["power_w"] / 1000 * chip["server_over_chip"] * chip["mean_over_max"]
    return float(capital + power_kw * run["pue"] * hours * run["usd_kwh"])


def rented_usd_day(case: dict[str, Any]) -> float:
    """Return what accelerators in use cost a day at a price by the hour [USD].

    Raises
    ------
    EngineError
        If an input is not stated.
    """
    hardware, measured = case.get("hardware") or {}, case.get("measured") or {}
    count = _number(hardware, "nodes_avg") * _number(hardware, "gpus_per_node")
    return count * 24 * _number(measured, "usd_per_gpu_hour_assumed")


def _started(run: dict[str, Any], measured: dict[str, Any]) -> date:
    if "started" in run:
        started: date = run["started"]
        return started
    length = timedelta(hours=_number(measured, "training_hours"))
    published: date = run["published"]
    return published - length - timedelta(days=BEFORE_PUBLICATION_DAYS)


def _available(chip: dict[str, Any]) -> date:
    released: date = chip["released"]
    return released + timedelta(days=chip["available_after_days"])


def _known(table: str, name: Any) -> dict[str, Any]:
    found = _given()[table].get(name) if isinstance(name, str) else None
    if found is None:
        what = "accelerator" if table == "accelerators" else "run"
        raise EngineError(
            f"no dates of the {what} '{str(name)[:40]}' are known",
            cure=f"Known are: {', '.join(_given()[table])}",
        )
    return dict(found)


def _number(table: dict[str, Any], name: str) -> float:
    value = table.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < math.inf:
        raise EngineError(f"the case does not state {name}")
    return float(value)

"""Climates: how many hours of a year the outdoor air is how warm."""

from __future__ import annotations

import math
import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from core.engine.columns import Floats
from core.errors import EngineError
from core.model.types import Evidence

HOURS = 8760.0
_BIN = re.compile(r"^\s*(-?\d+(?:\.\d+)?)\s*:\s*(\d+(?:\.\d+)?)\s*$")


@dataclass(frozen=True, eq=False)
class Climate:
    """Dry-bulb temperatures of a year as bins.

    Attributes
    ----------
    name : str
    outdoor_c : ndarray, shape (n_bins,)
        Middle of each bin [degC], ascending.
    hours : ndarray, shape (n_bins,)
        Hours of a year; their sum is 8,760.
    evidence : str
    basis : str
        Where the bins come from.
    """

    name: str
    outdoor_c: Floats
    hours: Floats
    evidence: Evidence
    basis: str


@cache
def climates() -> dict[str, Climate]:
    """Return the climates that are shipped, by name."""
    found = {}
    folder = files("resources").joinpath("climates")
    for path in sorted((p for p in folder.iterdir() if p.name.endswith(".toml")), key=lambda p: p.name):
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        months = zip(data["mean_c"], data["swing_k"], strict=True)
        outdoor, hours = _bins(tuple(months), data["weather_k"])
        found[data["name"]] = Climate(data["name"], outdoor, hours, data["evidence"], data["basis"])
    return found


def climate_of(text: str) -> Climate:
    """Return the climate a brief names, or the one whose bins it gives.

    Parameters
    ----------
    text : str
        A name of `climates`, or bins of one's own as `temperature:hours`, parted by spaces, commas or
        semicolons. Hours are scaled to a year.

    Raises
    ------
    EngineError
        If it is neither.

    Examples
    --------
    >>> own = climate_of("-5:760 5:4000 15:3000 25:1000")
    >>> own.outdoor_c.tolist(), own.hours.tolist()
    ([-5.0, 5.0, 15.0, 25.0], [760.0, 4000.0, 3000.0, 1000.0])
    """
    known = climates()
    wanted = text.strip()
    for name, climate in known.items():
        if name.casefold() == wanted.casefold():
            return climate
    parts = [part for part in re.split(r"[\s,;]+", re.sub(r"\s*:\s*", ":", wanted)) if part]
    matches = [_BIN.match(part) for part in parts]
    cure = f"Name one of {', '.join(known)}, or give bins as temperature:hours, such as -5:760 5:4000"
    if not parts or not all(matches):
        raise EngineError(f"there is no climate '{wanted[:60]}'", where="requirement climate", cure=cure)
    rows = sorted((float(m[1]), float(m[2])) for m in matches if m is not None)
    outdoor, hours = (np.array(column) for column in zip(*rows, strict=True))
    if not hours.sum() > 0 or np.any(np.diff(outdoor) <= 0) or abs(outdoor).max() > 70:
        problem = (
            "its hours are all 0" if not hours.sum() > 0 else "a temperature comes twice or is beyond 70"
        )
        raise EngineError(
            f"the bins of the climate are no year: {problem}", where="requirement climate", cure=cure
        )
    return Climate(
        "bins of the brief", outdoor, hours * (HOURS / hours.sum()), "user", "typed into the brief"
    )


def _bins(months: tuple[tuple[float, float], ...], weather_k: float) -> tuple[Floats, Floats]:
    """Return bins of 1 K from monthly means, daily swings and the scatter of the weather.

    Each hour of a day lies on a sine of the month's swing around its mean; the weather moves the whole day by
    a normal deviate of `weather_k`, cut at three of them.
    """
    shifts = np.linspace(-3.0, 3.0, 61)
    chance = np.exp(-(shifts**2) / 2)
    chance /= chance.sum()
    of_day = np.sin(np.arange(24) * (2 * math.pi / 24))
    temperature, weight = [], []
    for mean, swing in months:
        around = mean + swing / 2 * of_day[:, None] + weather_k * shifts
        temperature.append(around.ravel())
        weight.append(np.broadcast_to(chance / 24, around.shape).ravel())
    at = np.round(np.concatenate(temperature)).astype(int)
    low = int(at.min())
    hours = np.bincount(at - low, weights=np.concatenate(weight))
    outdoor: Floats = np.arange(low, low + len(hours), dtype=float)
    return outdoor, hours * (HOURS / hours.sum())

"""What capital costs a year: annuity or straight line, with a resale at the end."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import numpy as np

NO_RATE = 1e-12
"""Interest below this is none: the formula has no digits left there."""
Value: TypeAlias = Any
"""A number, or a column of draws."""
Depreciation = Literal["annuity", "straight line"]


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

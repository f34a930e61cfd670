"""Numbers in narrow columns of the sheets; everything else prints through `core.units.show`."""

from __future__ import annotations

import math

from core.units import UNKNOWN, converted, number_text, show

__all__ = ["UNKNOWN", "at_least", "count", "kilo", "mass", "metres", "metres_in_all", "show", "whole"]


def at_least(text: str, unknown: object) -> str:
    """Return a sum as a lower bound if something in it is not known.

    Examples
    --------
    >>> at_least("32 kg", ["shelf: mass"]), at_least("32 kg", ()), at_least("unknown", [1])
    ('≥ 32 kg', '32 kg', 'unknown')
    """
    return f"≥ {text}" if unknown and text != UNKNOWN else text


def count(value: float) -> str:
    """Return a count, thousands grouped."""
    return number_text(value, digits=15)


def whole(value: float | None) -> str:
    """Return a value rounded to a whole number.

    Examples
    --------
    >>> whole(1092.6), whole(None)
    ('1093', 'unknown')
    """
    if value is None or not math.isfinite(value):
        return UNKNOWN
    return f"{value:.0f}"


def mass(value: float | None) -> str:
    """Return a mass [kg] as a whole number in the units in force; the heading says which.

    Examples
    --------
    >>> mass(1092.6), mass(None)
    ('1093', 'unknown')
    """
    return whole(None if value is None else converted(value, "kg")[0])


def metres(value: float | None) -> str:
    """Return a length [m] with one decimal in the units in force; empty if it is not known."""
    return "" if value is None or not math.isfinite(value) else f"{converted(value, 'm')[0]:.1f}"


def metres_in_all(value: float) -> str:
    """Return a sum of lengths [m] as a whole number in the units in force."""
    return count(round(converted(value, "m")[0]))


def kilo(value: float | None, digits: int = 1) -> str:
    """Return a value in thousands (W as kW).

    Examples
    --------
    >>> kilo(118_869.2), kilo(None)
    ('118.9', 'unknown')
    """
    return UNKNOWN if value is None or not math.isfinite(value) else f"{value / 1000:.{digits}f}"

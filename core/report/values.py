"""Numbers in narrow columns of the sheets; everything else prints through `core.units.show`."""

from __future__ import annotations

import math

from core.units import UNKNOWN, number_text, show

__all__ = ["UNKNOWN", "count", "kilo", "metres", "show", "whole"]


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


def metres(value: float | None) -> str:
    """Return a length [m] with one decimal; empty if it is not known."""
    return "" if value is None or not math.isfinite(value) else f"{value:.1f}"


def kilo(value: float | None, digits: int = 1) -> str:
    """Return a value in thousands (W as kW).

    Examples
    --------
    >>> kilo(118_869.2), kilo(None)
    ('118.9', 'unknown')
    """
    return UNKNOWN if value is None or not math.isfinite(value) else f"{value / 1000:.{digits}f}"

"""How numbers are printed, so that window, sheets, tables and command line print the same.

Values are kept in base units (W, kg, mm, Gbit/s ...); only here are they scaled and rounded.
"""

from __future__ import annotations

import math

UNKNOWN = "unknown"
THIN = "\u202f"
"""Narrow no-break space between groups of three digits."""

# Base unit: (factor, scaled unit), the first whose scaled value is at least 1 is taken.
_SCALES: dict[str, tuple[tuple[float, str], ...]] = {
    "W": ((1e6, "MW"), (1e3, "kW"), (1.0, "W")),
    "TFLOPS": ((1e6, "EFLOPS"), (1e3, "PFLOPS"), (1.0, "TFLOPS")),
    "USD": ((1e9, "B USD"), (1e6, "M USD"), (1e3, "k USD"), (1.0, "USD")),
    "Gbit/s": ((1e6, "Pbit/s"), (1e3, "Tbit/s"), (1.0, "Gbit/s")),
    "TB": ((1e3, "PB"), (1.0, "TB"), (1e-3, "GB")),
}


def show(value: float | None, unit: str = "", *, digits: int = 4) -> str:
    """Return a value with its unit, scaled and rounded to significant digits.

    Parameters
    ----------
    value : float or None
        None prints as `unknown`, never as blank or zero.
    unit : str
        Base unit; empty for counts and ratios.
    digits : int
        Significant digits; whole numbers below 10,000 keep all theirs.

    Examples
    --------
    >>> show(1047502.77, "W")
    '1.048 MW'
    >>> show(576.0)
    '576'
    >>> show(None, "kg")
    'unknown'
    >>> show(31234.6, "m3/h").replace(THIN, " ")
    '31 235 m³/h'
    """
    if value is None or math.isnan(value):
        return UNKNOWN
    number, scaled = scale(value, unit)
    text = number_text(number, digits=digits)
    return f"{text} {symbol(scaled)}" if scaled else text


def scale(value: float, unit: str) -> tuple[float, str]:
    """Return a value and its unit scaled to a readable size."""
    scales = _SCALES.get(unit)
    if scales is None or not math.isfinite(value):
        return value, unit
    for factor, scaled in scales:
        if abs(value) >= factor * 0.99995:
            return value / factor, scaled
    factor, scaled = scales[-1] if unit != "TB" else (1.0, "TB")
    return value / factor, scaled


def number_text(value: float, *, digits: int = 4) -> str:
    """Return a number rounded to significant digits, thousands grouped.

    Examples
    --------
    >>> number_text(0.012345)
    '0.01235'
    >>> number_text(127.94985)
    '127.9'
    >>> number_text(10368)
    '10\\u202f368'
    """
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    if value == 0:
        return "0"
    places = max(0, digits - 1 - math.floor(math.log10(abs(value))))
    text = f"{value:,.{places}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace(",", THIN)


def share(value: float | None) -> str:
    """Return a share as per cent.

    Examples
    --------
    >>> share(0.8345)
    '83.5 %'
    """
    return UNKNOWN if value is None or math.isnan(value) else f"{number_text(100 * value, digits=3)} %"


_SYMBOLS = {"degC": "°C", "m3/h": "m³/h", "kg/m2": "kg/m²", "m2": "m²", "m3/s": "m³/s", "g/cm3": "g/cm³"}


def symbol(unit: str) -> str:
    """Return a unit as it is printed."""
    return _SYMBOLS.get(unit, unit)

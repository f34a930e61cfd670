"""Numbers as the sheets print them: value and unit, and `unknown` where nothing is known."""

from __future__ import annotations

import math

UNKNOWN = "unknown"
_UNITS = {"kg/m2": "kg/m²", "m3/h": "m³/h", "degC": "°C"}
_STEPS = ((1e6, "M"), (1e3, "k"))


def unit_text(unit: str) -> str:
    """Return a unit as printed."""
    return _UNITS.get(unit, unit)


def scaled(value: float | None, unit: str) -> str:
    """Return value and unit; watts become kW or MW, TFLOPS become PFLOPS or EFLOPS.

    Examples
    --------
    >>> scaled(1_254_300.0, "W"), scaled(950.0, "kg"), scaled(None, "W"), scaled(2.0, "")
    ('1.254 MW', '950 kg', 'unknown', '2')
    """
    if value is None or not math.isfinite(value):
        return UNKNOWN
    if unit == "W":
        for step, prefix in _STEPS:
            if abs(value) >= step:
                return f"{value / step:.4g} {prefix}W"
    if unit == "TFLOPS":
        for step, prefix in ((1e6, "E"), (1e3, "P")):
            if abs(value) >= step:
                return f"{value / step:.4g} {prefix}FLOPS"
    return f"{number(value)} {unit_text(unit)}".strip()


def number(value: float | None, digits: int = 4) -> str:
    """Return a number with so many significant digits, thousands grouped; whole numbers whole.

    Examples
    --------
    >>> number(1234567.0), number(0.08333), number(1152)
    ('1,234,567', '0.08333', '1,152')
    """
    if value is None or not math.isfinite(value):
        return UNKNOWN
    if abs(value - round(value)) < 1e-9 or abs(value) >= 10**digits:
        return f"{round(value):,}"
    text = f"{value:.{digits}g}"
    return text if "e" not in text else f"{value:.6f}"


def metres(value: float | None) -> str:
    """Return a length [m] with one decimal; empty if it is not known."""
    return "" if value is None or not math.isfinite(value) else f"{value:.1f}"


def kilo(value: float | None, digits: int = 1) -> str:
    """Return a value in thousands (W as kW)."""
    return UNKNOWN if value is None or not math.isfinite(value) else f"{value / 1000:,.{digits}f}"

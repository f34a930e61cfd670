"""How numbers are printed, so that window, sheets, tables and command line print the same.

Values are kept in base units (W, kg, mm, Gbit/s ...); only here are they converted, scaled and rounded. A
project says whether people read metric or US units (setting `units`); whoever prints says `use` once, around
all that is printed. Power, data and money are the same in both.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Literal, NamedTuple

System = Literal["metric", "us"]
SYSTEMS: tuple[System, ...] = ("metric", "us")
SETTING = "units"
"""Id of the project's setting."""

UNKNOWN = "unknown"
THIN = "\u202f"
"""Narrow no-break space before a unit where a line must not break; thousands are grouped by commas."""


class Other(NamedTuple):
    """A base unit as people in the US read it: value x factor + offset."""

    unit: str
    factor: float
    offset: float = 0.0


US: dict[str, Other] = {
    "kg": Other("lb", 1 / 0.45359237),
    "mm": Other("in", 1 / 25.4),
    "m": Other("ft", 1 / 0.3048),
    "m2": Other("ft²", 1 / 0.3048**2),
    "kg/m2": Other("lb/ft²", 0.3048**2 / 0.45359237),
    "kg/m": Other("lb/ft", 0.3048 / 0.45359237),
    "kg/m3": Other("lb/ft³", 0.3048**3 / 0.45359237),
    "kg/kWh": Other("lb/kWh", 1 / 0.45359237),
    "L/min": Other("gpm", 1 / 3.785411784),
    "m3/h": Other("CFM", 1 / (0.3048**3 * 60)),
    "m3/s": Other("CFM", 60 / 0.3048**3),
    "degC": Other("°F", 1.8, 32.0),
    "K": Other("°F", 1.8),
    "kPa": Other("psi", 1 / 6.894757293168),
    "L": Other("gal", 1 / 3.785411784),
    "m/s": Other("ft/s", 1 / 0.3048),
}
"""A temperature (degC) and a temperature difference (K) are not converted alike. Cables made in whole metres
are listed in feet: 3 m as 9.84 ft."""
_system: ContextVar[System] = ContextVar("units", default="metric")


def system() -> System:
    """Return the units in force."""
    return _system.get()


def choose(name: object) -> None:
    """Take these units from now on; what is no system is metric."""
    _system.set("us" if name == "us" else "metric")


@contextmanager
def use(name: object) -> Iterator[None]:
    """Take these units for a while.

    Examples
    --------
    >>> with use("us"):
    ...     show(1000.0, "kg"), show(35.0, "degC"), show(10.0, "K")
    ('2,205 lb', '95 °F', '18 °F')
    """
    token = _system.set("us" if name == "us" else "metric")
    try:
        yield
    finally:
        _system.reset(token)


def converted(value: float, unit: str) -> tuple[float, str]:
    """Return a value and its unit as people read them, neither scaled nor rounded."""
    other = US.get(unit) if system() == "us" else None
    return (value, unit) if other is None else (value * other.factor + other.offset, other.unit)


# Base unit: (factor, scaled unit), the first whose scaled value is at least 1 is taken.
_SCALES: dict[str, tuple[tuple[float, str], ...]] = {
    "W": ((1e6, "MW"), (1e3, "kW"), (1.0, "W")),
    "TFLOPS": ((1e6, "EFLOPS"), (1e3, "PFLOPS"), (1.0, "TFLOPS")),
    "USD": ((1e9, "B USD"), (1e6, "M USD"), (1e3, "k USD"), (1.0, "USD")),
    "Gbit/s": ((1e6, "Pbit/s"), (1e3, "Tbit/s"), (1.0, "Gbit/s")),
    "TB": ((1e3, "PB"), (1.0, "TB"), (1e-3, "GB")),
    "tokens": ((1e12, "T tokens"), (1e9, "B tokens"), (1e6, "M tokens"), (1.0, "tokens")),
    "s": ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs")),
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
    >>> show(1047502.77, "W"), show(0.04906, "s"), show(0.0, "s")
    ('1.048 MW', '49.06 ms', '0 s')
    >>> show(576.0)
    '576'
    >>> show(None, "kg")
    'unknown'
    >>> show(31234.6, "m3/h")
    '31,235 m³/h'
    """
    if value is None or math.isnan(value):
        return UNKNOWN
    number, scaled = scale(value, unit)
    text = number_text(number, digits=digits)
    return f"{text} {symbol(scaled)}" if scaled else text


def scale(value: float, unit: str) -> tuple[float, str]:
    """Return a value and its unit as people read them, scaled to a readable size."""
    value, unit = converted(value, unit)
    scales = _SCALES.get(unit)
    if scales is None or not math.isfinite(value) or value == 0:
        return value, unit
    for factor, scaled in scales:
        if abs(value) >= factor * 0.99995:
            return value / factor, scaled
    factor, scaled = scales[-1]
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
    '10,368'
    """
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    if value == 0:
        return "0"
    places = max(0, digits - 1 - math.floor(math.log10(abs(value))))
    text = f"{value:,.{places}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text


def share(value: float | None) -> str:
    """Return a share as per cent.

    Examples
    --------
    >>> share(0.8345), share(0.99984), share(1.0)
    ('83.5 %', '99.98 %', '100 %')
    """
    if value is None or math.isnan(value):
        return UNKNOWN
    # Nearly all is not all.
    near = 0.9995 <= abs(value) < 1
    return f"{number_text(100 * value, digits=4 if near else 3)} %"


_SYMBOLS = {
    "degC": "°C",
    "m3/h": "m³/h",
    "kg/m2": "kg/m²",
    "kg/m3": "kg/m³",
    "m2": "m²",
    "m3/s": "m³/s",
    "g/cm3": "g/cm³",
}


def symbol(unit: str) -> str:
    """Return a unit as it is printed.

    Examples
    --------
    >>> symbol("m3/h")
    'm³/h'
    """
    other = US.get(unit) if system() == "us" else None
    return _SYMBOLS.get(unit, unit) if other is None else other.unit


def per(text: str, unit: str) -> str:
    """Return a heading with the unit as it is printed.

    Examples
    --------
    >>> per("Mass", "kg")
    'Mass kg'
    """
    return f"{text} {symbol(unit)}"


def length(mm: float) -> str:
    """Return a length [mm] as it is written in a text: whole millimetres, or inches to a tenth.

    Examples
    --------
    >>> length(1219.2)
    '1219 mm'
    >>> with use("us"):
    ...     length(1219.2)
    '48 in'
    """
    return f"{measure(mm)} {symbol('mm')}"


def measure(mm: float) -> str:
    """Return a length [mm] without its unit: whole millimetres, or inches to a tenth.

    Examples
    --------
    >>> measure(3000)
    '3000'
    >>> with use("us"):
    ...     measure(3000)
    '118.1'
    """
    number, unit = converted(mm, "mm")
    return f"{number:.0f}" if unit == "mm" else f"{number:.1f}".removesuffix(".0")


def span(metres: float, *, places: int = 2) -> str:
    """Return a length [m] with its unit as it is written in a text: rounded to decimals, no zeros at the end.

    Examples
    --------
    >>> span(2.0), span(1.2345), span(12.04, places=1)
    ('2 m', '1.23 m', '12 m')
    >>> with use("us"):
    ...     span(3.0)
    '9.84 ft'
    """
    return f"{spanned(metres, places=places)} {symbol('m')}"


def spanned(metres: float, *, places: int = 2) -> str:
    """Return a length [m] as `span` does, without its unit.

    Examples
    --------
    >>> spanned(2.0)
    '2'
    """
    return f"{round(converted(metres, 'm')[0], places):.12g}"


# What people type: factor to the base unit named first, and what is added.
_TYPED: dict[str, dict[str, tuple[float, float]]] = {
    "mm": {"mm": (1, 0), "cm": (10, 0), "m": (1000, 0), "in": (25.4, 0), '"': (25.4, 0), "inch": (25.4, 0),
           "ft": (304.8, 0), "'": (304.8, 0), "feet": (304.8, 0)},
    "kg": {"kg": (1, 0), "g": (1e-3, 0), "t": (1e3, 0), "lb": (0.45359237, 0), "lbs": (0.45359237, 0)},
    "W": {"w": (1, 0), "kw": (1e3, 0), "mw": (1e6, 0), "btu/h": (0.29307107, 0)},
    "degC": {"c": (1, 0), "°c": (1, 0), "degc": (1, 0), "f": (1 / 1.8, -32 / 1.8), "°f": (1 / 1.8, -32 / 1.8),
             "k": (1, -273.15)},
    "K": {"k": (1, 0), "°c": (1, 0), "c": (1, 0), "°f": (1 / 1.8, 0), "f": (1 / 1.8, 0)},
    "L/min": {"l/min": (1, 0), "lpm": (1, 0), "l/s": (60, 0), "gpm": (3.785411784, 0),
              "m3/h": (1000 / 60, 0)},
    "m3/h": {"m3/h": (1, 0), "m³/h": (1, 0), "m3/s": (3600, 0), "cfm": (0.3048**3 * 60, 0)},
    "m3/s": {"m3/s": (1, 0), "m³/s": (1, 0), "m3/h": (1 / 3600, 0), "cfm": (0.3048**3 / 60, 0)},
    "L": {"l": (1, 0), "m3": (1000, 0), "m³": (1000, 0), "gal": (3.785411784, 0)},
    "m/s": {"m/s": (1, 0), "ft/s": (0.3048, 0), "fps": (0.3048, 0)},
    "kPa": {"kpa": (1, 0), "bar": (100, 0), "pa": (1e-3, 0), "psi": (6.894757293168, 0)},
    "m2": {"m2": (1, 0), "m²": (1, 0), "ft2": (0.3048**2, 0), "ft²": (0.3048**2, 0), "sqft": (0.3048**2, 0)},
    "kg/m2": {"kg/m2": (1, 0), "kg/m²": (1, 0), "kn/m2": (1000 / 9.80665, 0),
              "psf": (0.45359237 / 0.3048**2, 0), "lb/ft2": (0.45359237 / 0.3048**2, 0),
              "lb/ft²": (0.45359237 / 0.3048**2, 0)},
    "kg/kWh": {"kg/kwh": (1, 0), "g/kwh": (1e-3, 0), "lb/kwh": (0.45359237, 0)},
    "tokens": {"m": (1e6, 0), "b": (1e9, 0), "g": (1e9, 0), "t": (1e12, 0)},
    "kg/m": {"kg/m": (1, 0), "g/m": (1e-3, 0), "lb/ft": (0.45359237 / 0.3048, 0)},
    "kg/m3": {"kg/m3": (1, 0), "kg/m³": (1, 0), "lb/ft3": (0.45359237 / 0.3048**3, 0),
              "lb/ft³": (0.45359237 / 0.3048**3, 0)},
}  # fmt: skip
_TYPED["m"] = {name: (factor / 1000, 0) for name, (factor, _) in _TYPED["mm"].items()}
_GROUPED = re.compile(r"(?<![0-9.,])[1-9][0-9]{0,2}(?:,[0-9]{3})+(?![0-9,])")
_PART = re.compile(r"([+-]?[0-9]*\.?[0-9]+(?:[eE][+-]?[0-9]+)?)([^0-9.+-][^0-9.]*[23]?)?")


def with_points(text: str) -> str:
    """Return a typed text with its numbers as programs read them: no blanks, a point before the decimals.

    A comma before exactly three digits groups thousands, unless nothing but zeros is before it; any other
    comma is a decimal one.

    Examples
    --------
    >>> with_points("1,200"), with_points("1,5"), with_points("0,125"), with_points("1 200,5 mm")
    ('1200', '1.5', '0.125', '1200.5mm')
    >>> with_points("12,345,678.9"), with_points("+1,000")
    ('12345678.9', '+1000')
    """
    text = _GROUPED.sub(lambda found: found[0].replace(",", ""), re.sub(r"\s", "", text))
    return text.replace(",", ".")


def entered(text: str, unit: str) -> float:
    """Return the value in the base unit that a text stands for.

    Parameters
    ----------
    text : str
        A number, with a unit or in the units in force; feet and inches may follow each other.
    unit : str
        Base unit.

    Raises
    ------
    ValueError
        If it is no number, or its unit measures something else.

    Examples
    --------
    >>> entered("48 in", "mm"), entered("2 ft 6 in", "mm"), entered("1,5", "m")
    (1219.2, 762.0, 1.5)
    >>> entered("1,200", "mm")
    1200.0
    >>> entered("15.6 T", "tokens") == entered("15.6e12", "tokens") == 15.6e12
    True
    >>> with use("us"):
    ...     round(entered("100", "kg"), 3), entered("95", "degC")
    (45.359, 35.0)
    """
    plain = with_points(text)
    known, total, at, parts = _TYPED.get(unit, {}), 0.0, 0, 0
    for found in _PART.finditer(plain):
        if found.start() != at:
            break
        at, parts = found.end(), parts + 1
        number, name = float(found[1]), (found[2] or "").lower()
        if name in known:
            factor, offset = known[name]
            total += number * factor + offset
        elif not name and parts == 1:
            other = US.get(unit) if system() == "us" else None
            total += number if other is None else (number - other.offset) / other.factor
        elif name in (unit.lower(), _SYMBOLS.get(unit, unit).lower()):
            total += number
        else:
            raise ValueError(f"'{found[2] or found[1]}' is no unit of {unit or 'a plain number'}")
    if not parts or at != len(plain) or (parts > 1 and unit not in ("mm", "m")):
        raise ValueError("A number is needed")
    return float(f"{total:.12g}")


def entry(value: float, unit: str) -> str:
    """Return a value as it stands in a field for input, without unit: nothing is lost by reading it again.

    Examples
    --------
    >>> entry(600.0, "mm")
    '600'
    >>> with use("us"):
    ...     entry(600.0, "mm")
    '23.62205'
    >>> entry(15.6e12, "tokens"), entry(8192, "tokens"), entry(123_456_789, "tokens")
    ('15.6 T', '8192', '123.456789 M')
    """
    if unit == "tokens" and 1e6 <= abs(value) < 1e15:
        scaled, name = scale(value, unit)
        return f"{scaled:.12g} {name.split()[0]}"
    if system() == "us" and unit in US:
        return f"{converted(value, unit)[0]:.7g}"
    return f"{value:g}" if value == round(value, 4) and abs(value) < 1e6 else str(value)

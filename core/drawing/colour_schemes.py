"""What a drawing can be coloured by, and what comes of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.units import number_text, symbol

Codes = NDArray[np.int16]
Values = NDArray[np.float64]
STEPS = 5
"""Steps of a scale of numbers."""
MOST_CLASSES = 8
"""Classes with a colour of their own; of more, the rest shares one."""
NONE_STYLE, NONE_HATCH = "paint.none", "paint.none.hatch"
"""What has no value is hatched, so that its colour is not taken for a step of the scale."""


class Scheme(NamedTuple):
    """What a drawing can be coloured by."""

    name: str
    label: str
    unit: str = ""
    """Unit the values are printed in; empty for classes."""
    says: str = ""
    """What the values are, where the label does not tell."""
    without: str = "No value"
    """What a thing without a value has not."""
    is_long: bool = False
    """Whether the values take a computation that no edit waits for."""

    @property
    def is_scale(self) -> bool:
        """Whether it is a scale of numbers, not a set of classes."""
        return bool(self.unit)


SCHEMES: dict[str, Scheme] = {
    scheme.name: scheme
    for scheme in (
        Scheme("function", "Function"),
        Scheme("status", "Status"),
        Scheme("phase", "Phase"),
        Scheme("supplier", "Supplier"),
        Scheme("power", "Power at maximum", "kW"),
        Scheme(
            "headroom", "Headroom of feeds", "kW", "left on the tightest feed, any one element lost",
            "Floor equipment, or no rated feed", is_long=True,
        ),
        Scheme("air", "Heat to air", "kW"),
        Scheme("liquid", "Heat to liquid", "kW"),
        Scheme("mass", "Mass", "kg"),
        Scheme("free", "Free units", "U"),
        Scheme("ports", "Free data ports", "ports", without="No data ports"),
        Scheme("cost", "Cost", "k USD", "middle of low and high price; no cables, no optics", "No price"),
        Scheme("evidence", "Evidence"),
    )
}  # fmt: skip
"""All schemes by name, in the order they are offered."""


class Entry(NamedTuple):
    """One line of a legend."""

    style: str
    mark: str
    """What stands on each thing of it; empty on a scale, where the value itself does."""
    name: str
    number: int
    """How many things there are of it."""


@dataclass(frozen=True)
class Colouring:
    """What some things are coloured as.

    Attributes
    ----------
    scheme : Scheme
    codes : ndarray of int16, shape (n,)
        Index into `entries`; -1 where there is no value.
    texts : tuple of str, length n
        Mark or printed value of each thing; empty where there is none.
    entries : tuple of Entry
        Classes that occur, or the steps of the scale from low to high.
    missing : int
        Things without a value.
    is_waiting : bool
        Whether values will come with the next evaluation.
    low, high : float
        Ends of the scale, in the scheme's unit; NaN for classes.
    """

    scheme: Scheme
    codes: Codes
    texts: tuple[str, ...]
    entries: tuple[Entry, ...]
    missing: int
    is_waiting: bool = False
    low: float = float("nan")
    high: float = float("nan")
    unit: str = ""
    """Unit of the values as people read it."""
    values: Values = field(default_factory=lambda: np.zeros(0))
    """The values themselves, NaN where there is none; none for classes."""
    counted: str = ""
    """What `entries` count, where it has to be said: links."""

    def style(self, row: int) -> str:
        """Return the style a thing is painted in."""
        code = int(self.codes[row])
        return NONE_STYLE if code < 0 else self.entries[code].style


def shown_texts(colouring: Colouring, *, unit: bool = False) -> tuple[str, ...]:
    """Return what stands on each thing; a dash where there is no value, dots where one is on its way.

    `unit` puts the unit of the scale behind each value.
    """
    nothing = "…" if colouring.is_waiting else "–"
    after = f" {colouring.unit}" if unit and colouring.unit else ""
    return tuple(f"{text}{after}" if text else nothing for text in colouring.texts)


def summary_of(colouring: Colouring, rows: Sequence[int]) -> str:
    """Return in a few letters what some things are: their marks, or their lowest and highest value."""
    if not colouring.scheme.is_scale:
        marks = Counter(colouring.texts[row] for row in rows if colouring.texts[row])
        return " ".join(mark for mark, _ in marks.most_common(3)) or "–"
    values = colouring.values[list(rows)] if len(colouring.values) else np.zeros(0)
    values = values[~np.isnan(values)]
    if not len(values):
        return "…" if colouring.is_waiting else "–"
    low, high = value_text(float(values.min())), value_text(float(values.max()))
    return f"{low} {colouring.unit}" if low == high else f"{low} – {high} {colouring.unit}"


def value_text(value: float, unit: str = "") -> str:
    """Return a value as it stands on a rack, to three digits.

    Examples
    --------
    >>> value_text(131.96, "kW")
    '132 kW'
    >>> value_text(0.3251)
    '0.325'
    """
    text = number_text(value, digits=3)
    return f"{text} {symbol(unit)}" if unit else text

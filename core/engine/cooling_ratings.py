"""What a CDU, room unit or door can take off, at the conditions it meets.

Ratings hold at their own approach and entering temperature. Vendors' tables are interpolated, never
extrapolated: outside of them the capacity is unknown, with the reason.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.model.types import DeviceType

_EPS = 1e-9


@dataclass(frozen=True)
class Rating:
    """What a unit takes off, or why that is not known.

    Attributes
    ----------
    cooling_w : float
        NaN if not known.
    why : str
        Empty if it is known.
    """

    cooling_w: float
    why: str = ""


def rating_at(spec: DeviceType, approach_k: float | None) -> Rating:
    """Return the heat a CDU removes at the approach that is there.

    Parameters
    ----------
    spec : DeviceType
    approach_k : float or None
        Secondary supply less facility water [K]; None: not given, the CDU is taken at its own rating.

    Notes
    -----
    With a table the capacity is interpolated between its rows. With one rated approach it holds at that and
    at any larger one; for a smaller one nothing is said.

    Examples
    --------
    >>> cdu = DeviceType(id="c", name="C", kind="cdu", cooling_w=1e6, approach_k=4)
    >>> rating_at(cdu, 5.0).cooling_w
    1000000.0
    >>> rating_at(cdu, 3.0).why
    'C is rated at 4 K approach, 3 K is there'
    """
    rows = sorted((p.approach_k, p.cooling_w) for p in spec.cooling_points if p.approach_k is not None)
    if approach_k is None or not rows:
        if spec.cooling_w is None:
            return Rating(np.nan, f"heat removal of {spec.name} is not known")
        if approach_k is None or spec.approach_k is None or approach_k >= spec.approach_k - _EPS:
            return Rating(spec.cooling_w)
        there = f"{spec.name} is rated at {spec.approach_k:g} K approach, {approach_k:g} K is there"
        return Rating(np.nan, there)
    low, high = rows[0][0], rows[-1][0]
    if approach_k < low - _EPS:
        return Rating(np.nan, f"{spec.name} is rated from {low:g} K approach, {approach_k:g} K is there")
    at = min(approach_k, high)  # a larger approach takes off no less than the last row says
    return Rating(float(np.interp(at, [row[0] for row in rows], [row[1] for row in rows])))


def approach_of(spec: DeviceType) -> float:
    """Return the approach a CDU is rated at: the smallest of its table, else its own; NaN if not known."""
    rows = [p.approach_k for p in spec.cooling_points if p.approach_k is not None]
    if spec.approach_k is not None:
        return spec.approach_k
    return min(rows) if rows else np.nan

"""Rows of racks and the aisles between them, found from where the racks stand."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.drawing.batch import Floats
from core.units import measure

_TOUCHING = 60.0
"""Racks closer than this stand in one row [mm]."""


class Row(NamedTuple):
    """Racks side by side, facing one way. `axis` 0: the row runs along x."""

    axis: int
    facing: int
    """+1 towards larger coordinates across the row, -1 towards smaller ones."""
    low: float
    high: float
    front: float
    rear: float
    racks: int
    text: str
    """Widths as people write them, `8 × 600 + 800`; empty if there are more than three different runs."""


class Aisle(NamedTuple):
    """The space between two rows."""

    axis: int
    at: float
    low: float
    high: float
    kind: str


def rows_of(corners: Floats) -> list[Row]:
    """Return the rows of racks.

    Parameters
    ----------
    corners : ndarray, shape (n, 4, 2)
        Front left, front right, rear right, rear left of each rack [mm].
    """
    found: list[Row] = []
    if not len(corners):
        return found
    front = corners[:, :2].mean(axis=1)
    toward = front - corners[:, 2:].mean(axis=1)
    for axis in (0, 1):
        across = 1 - axis
        member = np.abs(toward[:, across]) > np.abs(toward[:, axis])
        for sign in (-1, 1):
            rows = np.flatnonzero(member & (np.sign(toward[:, across]) == sign))
            found.extend(_runs(corners[rows], axis, sign))
    return found


def _runs(corners: Floats, axis: int, sign: int) -> list[Row]:
    if not len(corners):
        return []
    across = 1 - axis
    low, high = corners[:, :, axis].min(axis=1), corners[:, :, axis].max(axis=1)
    front, rear = corners[:, 0, across], corners[:, 2, across]
    order = np.lexsort((low, np.round(front)))
    found: list[Row] = []
    start = 0
    for i in range(1, len(order) + 1):
        if i < len(order):
            a, b = order[i - 1], order[i]
            if abs(front[a] - front[b]) < 1.0 and low[b] - high[a] < _TOUCHING:
                continue
        members = order[start:i]
        widths = np.round(high[members] - low[members]).astype(int).tolist()
        found.append(
            Row(axis, sign, float(low[members].min()), float(high[members].max()),
                float(front[members[0]]), float(rear[members].mean()), len(members),
                _widths(widths) if abs(sum(widths) - (high[members].max() - low[members].min())) < 1 else "")
        )  # fmt: skip
        start = i
    return found


class Beside:
    """How much is free before and behind rows; found for all of them at once."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self._place = {row: place for place, row in enumerate(rows)}
        table = np.array(
            [(row.axis, row.low, row.high, row.front, row.rear, row.facing) for row in rows], dtype=np.float64
        ).reshape(-1, 6)
        self._free = np.full((2, len(rows)), np.inf)
        for axis in (0, 1):
            members = np.flatnonzero(table[:, 0] == axis)
            for start in range(0, len(members), _AT_ONCE):
                some = members[start : start + _AT_ONCE]
                self._free[:, some] = _gaps(table[some], table[members], some[:, None] == members)

    def free(self, row: Row, *, in_front: bool) -> float:
        """Return the distance to the next row before or behind a row [mm]; infinite if there is none."""
        return float(self._free[0 if in_front else 1, self._place[row]])


@lru_cache(maxsize=2)
def beside(rows: tuple[Row, ...]) -> Beside:
    """Return what is free beside rows; a plan asks several times for the same ones."""
    return Beside(rows)


_AT_ONCE = 256


def _gaps(some: Floats, rows: Floats, is_same: NDArray[np.bool_]) -> Floats:
    """Return what is free before and behind some rows that run along one axis with others, shape (2, n)."""
    low, high, facing = some[:, 1, None], some[:, 2, None], some[:, 5, None]
    apart = is_same | (rows[:, 1] >= high) | (low >= rows[:, 2])
    found = []
    for edge, way in ((some[:, 3, None], facing), (some[:, 4, None], -facing)):
        nearest = np.full(len(some), np.inf)
        for other in (rows[:, 3], rows[:, 4]):
            gaps = way * (other - edge)
            gaps[apart | (gaps < 0)] = np.inf
            nearest = np.minimum(nearest, gaps.min(axis=1))
        found.append(nearest)
    return np.array(found)


def _widths(widths: list[int]) -> str:
    """Return widths as runs of equal ones.

    Examples
    --------
    >>> _widths([600, 600, 800])
    '2 × 600 + 800'
    """
    runs = [(width, len(list(same))) for width, same in groupby(widths)]
    parts = [f"{n} × {measure(w)}" if n > 1 else measure(w) for w, n in runs]
    return " + ".join(parts) if len(runs) <= 3 else ""


def aisles_of(rows: list[Row], least: float = 500.0, most: float = 6000.0) -> list[Aisle]:
    """Return the aisles between neighbouring rows that run alongside each other."""
    found: list[Aisle] = []
    for axis in (0, 1):
        members = [row for row in rows if row.axis == axis]
        spans = [(min(r.front, r.rear), max(r.front, r.rear), r) for r in members]
        low_of, _high_of, first_of, last_of = (
            (
                np.array(column)
                for column in zip(*((s[0], s[1], s[2].low, s[2].high) for s in spans), strict=True)
            )
            if spans
            else (np.zeros(0),) * 4
        )
        for low_a, high_a, a in spans:
            shared = np.minimum(a.high, last_of) - np.maximum(a.low, first_of)
            enough = shared > 0.3 * np.minimum(a.high - a.low, last_of - first_of)
            after = np.flatnonzero(enough & (low_of - high_a > -1.0) & (low_of > low_a))
            best: tuple[float, Row] | None = None
            if len(after):
                nearest = int(after[np.argmin(low_of[after])])
                best = (spans[nearest][0], spans[nearest][2])
            if best is None or not least <= best[0] - high_a <= most:
                continue
            b = best[1]
            # Off the middle, where the lengths of the rows stand.
            at = max(a.low, b.low) + 0.15 * (min(a.high, b.high) - max(a.low, b.low))
            a_front, b_front = a.facing > 0, b.facing < 0
            kind = "cold aisle" if a_front and b_front else "hot aisle"
            found.append(Aisle(axis, at, high_a, best[0], kind if a_front == b_front else "aisle"))
    return found

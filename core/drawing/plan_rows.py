"""Rows of racks and the aisles between them, found from where the racks stand."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

import numpy as np

from core.drawing.batch import Floats

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


def free_beside(row: Row, rows: Sequence[Row], *, in_front: bool) -> float:
    """Return the distance to the next row before or behind a row [mm]; infinite if there is none."""
    edge, way = (row.front, row.facing) if in_front else (row.rear, -row.facing)
    gaps = [
        way * (near - edge)
        for other in rows
        if other.axis == row.axis and other is not row and other.low < row.high and row.low < other.high
        for near in (other.front, other.rear)
        if way * (near - edge) >= 0
    ]
    return min(gaps, default=float("inf"))


def _widths(widths: list[int]) -> str:
    """Return widths as runs of equal ones.

    Examples
    --------
    >>> _widths([600, 600, 800])
    '2 × 600 + 800'
    """
    runs = [(width, len(list(same))) for width, same in groupby(widths)]
    return " + ".join(f"{n} × {w}" if n > 1 else f"{w}" for w, n in runs) if len(runs) <= 3 else ""


def aisles_of(rows: list[Row], least: float = 500.0, most: float = 6000.0) -> list[Aisle]:
    """Return the aisles between neighbouring rows that run alongside each other."""
    found: list[Aisle] = []
    for axis in (0, 1):
        members = [row for row in rows if row.axis == axis]
        spans = [(min(r.front, r.rear), max(r.front, r.rear), r) for r in members]
        for low_a, high_a, a in spans:
            best: tuple[float, Row] | None = None
            for low_b, _, b in spans:
                shared = min(a.high, b.high) - max(a.low, b.low)
                gap = low_b - high_a
                if shared > 0.3 * min(a.high - a.low, b.high - b.low) and gap > -1.0 and low_b > low_a:
                    best = min(best, (low_b, b), key=lambda t: t[0]) if best else (low_b, b)
            if best is None or not least <= best[0] - high_a <= most:
                continue
            b = best[1]
            # Off the middle, where the lengths of the rows stand.
            at = max(a.low, b.low) + 0.15 * (min(a.high, b.high) - max(a.low, b.low))
            a_front, b_front = a.facing > 0, b.facing < 0
            kind = "cold aisle" if a_front and b_front else "hot aisle"
            found.append(Aisle(axis, at, high_a, best[0], kind if a_front == b_front else "aisle"))
    return found

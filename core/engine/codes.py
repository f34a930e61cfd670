"""Distinct numbers of long columns, without the sorting or hashing of `numpy.unique` where it can be had."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Number = TypeVar("Number", np.int64, np.float64)

MOST_CODES = 1 << 23
"""Largest table of codes that is made (8 MB of flags)."""


def numbered(code: NDArray[np.int64], size: int) -> tuple[NDArray[np.int64], NDArray[np.intp]]:
    """Return the distinct codes, ascending, and which of them each row is; codes are 0 to size - 1.

    Examples
    --------
    >>> numbered(np.array([5, 2, 5]), 6)
    (array([2, 5]), array([1, 0, 1]))
    """
    if size > MOST_CODES:
        values, index = np.unique(code, return_inverse=True)
        return values, index.reshape(-1)
    seen = np.zeros(size, bool)
    seen[code] = True
    found = np.flatnonzero(seen)
    place = np.zeros(size, np.intp)
    place[found] = np.arange(len(found))
    return found.astype(np.int64), place[code]


def distinct(values: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the distinct values, ascending; none is below 0.

    Examples
    --------
    >>> distinct(np.array([5, 2, 5]))
    array([2, 5])
    """
    if int(values.max(initial=0)) >= MOST_CODES:
        return counted(values.reshape(-1))[0]
    seen = np.zeros(int(values.max(initial=0)) + 1, bool)
    seen[values] = True
    return np.flatnonzero(seen).astype(np.int64)


def counted(values: NDArray[Number]) -> tuple[NDArray[Number], NDArray[np.int64]]:
    """Return the distinct values, ascending, and how often each occurs.

    Examples
    --------
    >>> counted(np.array([5, 2, 5]))
    (array([2, 5]), array([1, 2]))
    """
    ordered = np.sort(values)
    first = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if len(ordered) else np.zeros(0, np.intp)
    return ordered[first], np.diff(np.r_[first, len(ordered)]).astype(np.int64)

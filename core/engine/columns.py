"""Array types of the engine, and sums by index."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int32]
Flags: TypeAlias = NDArray[np.bool_]

_COS, _SIN = np.array((1, 0, -1, 0)), np.array((0, 1, 0, -1))


def ints(values: Sequence[int]) -> Ints:
    """Return whole numbers as a column."""
    return np.array(values, dtype=np.int32)


def floats(values: Sequence[float | None]) -> Floats:
    """Return numbers as a column, NaN where there is none.

    Examples
    --------
    >>> floats([1.5, None])
    array([1.5, nan])
    """
    return np.array([np.nan if v is None else v for v in values], dtype=np.float64)


def turned(x: NDArray[Any], y: NDArray[Any], turn: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return points after x became -x (turn 4 to 7) and then `turn & 3` quarter turns counter-clockwise.

    Examples
    --------
    >>> [a.tolist() for a in turned(np.array([600, 600]), np.array([0, 0]), np.array([1, 4]))]
    [[0, -600], [600, 0]]
    """
    cos, sin = _COS[turn & 3], _SIN[turn & 3]
    x = np.where(turn >> 2, -x, x)
    return cos * x - sin * y, sin * x + cos * y


def sum_by(index: NDArray[Any], weights: NDArray[Any], n: int) -> Floats:
    """Return for each of n rows the sum of the weights whose index it is, as float64.

    Examples
    --------
    >>> sum_by(np.array([0, 2, 2]), np.array([1.0, 2.0, 3.0]), 3)
    array([1., 0., 5.])
    """
    sums: Floats = np.asarray(np.bincount(index, weights=weights, minlength=n), dtype=np.float64)
    return sums


def count_by(index: NDArray[Any], n: int) -> Floats:
    """Return how often each of n rows occurs, as float64 (for products with values)."""
    return np.bincount(index, minlength=n).astype(np.float64)

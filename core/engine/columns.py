"""Array types of the engine, and sums by index."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int32]
Flags: TypeAlias = NDArray[np.bool_]


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

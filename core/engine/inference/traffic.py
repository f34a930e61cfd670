"""Collectives of an iteration: all-reduces of tensor parallel ranks, tokens sent to experts and back."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from core.engine.collective_constants import shipped_constants
from core.engine.collectives import Hierarchy, collective

Number: TypeAlias = float | NDArray[np.float64]
"""A figure, or a column of them."""
SIZES = tuple(2.0**power for power in range(8, 33, 2))
"""Bytes of messages at which collectives are computed; between them times are straight lines."""


def reduce_s(hierarchy: Hierarchy, ranks: Number, size: Number, late_s: float = 0.0) -> Number:
    """Return the time of an all-reduce, none for one rank.

    Parameters
    ----------
    ranks, size : float or ndarray
        Ranks, and bytes that each holds.
    late_s : float, optional
        More for each, where there are ranks.

    Raises
    ------
    EngineError
        If ranks do not fit a domain and no network joins domains.
    """
    each = _by_ranks(ranks, size, lambda n: times_of("all-reduce", n, hierarchy))
    return each + np.where(np.asarray(ranks) > 1, late_s, 0.0)


def exchange_s(hierarchy: Hierarchy, ranks: Number, size: Number) -> Number:
    """Return the time to gather tokens for the experts and scatter their results back.

    `size` are the bytes of all tokens of all ranks; raises as `reduce_s` does.
    """

    def both(n: int) -> tuple[float, ...]:
        there, back = times_of("all-gather", n, hierarchy), times_of("reduce-scatter", n, hierarchy)
        return tuple(a + b for a, b in zip(there, back, strict=True))

    return _by_ranks(ranks, size, both)


def _by_ranks(ranks: Number, size: Number, times: Callable[[int], tuple[float, ...]]) -> Number:
    numbers, sizes = np.broadcast_arrays(np.asarray(ranks, float), np.asarray(size, float))
    found = np.zeros(numbers.shape)
    for number in np.unique(numbers).tolist():
        if number > 1:
            mine = numbers == number
            found[mine] = _between(sizes[mine], times(int(number)))
    return found if found.ndim else float(found)


def _between(size: NDArray[np.float64], times: tuple[float, ...]) -> NDArray[np.float64]:
    """Return times at sizes from those at `SIZES`, and beyond the largest by its rate."""
    inside: NDArray[np.float64] = np.interp(size, SIZES, times)
    beyond: NDArray[np.float64] = inside * np.maximum(size / SIZES[-1], 1.0)
    return beyond


@lru_cache(maxsize=256)
def times_of(operation: str, ranks: int, hierarchy: Hierarchy) -> tuple[float, ...]:
    """Return the times of a collective at `SIZES`; raises as `collective` does."""
    known = shipped_constants()
    return tuple(collective(operation, ranks, size, hierarchy, constants=known).seconds for size in SIZES)

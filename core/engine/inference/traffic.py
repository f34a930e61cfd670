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
VALUE_BYTES = 2.0
"""Of an activation."""
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


def exchange_s(
    hierarchy: Hierarchy, ranks: Number, tokens: Number, hidden: float, taken: float, nodes: float = 0.0
) -> Number:
    """Return the time in which tokens reach their experts and results come back: the faster of two ways.

    Parameters
    ----------
    ranks : float or ndarray
        Ranks that the experts lie on, none to exchange for one.
    tokens : float or ndarray
        Of all ranks.
    hidden, taken : float
        Values of a token; experts it takes.
    nodes : float, optional
        Domains that a token's experts lie on at most; 0: no limit.

    Notes
    -----
    Either every rank gathers all tokens and scatters what its experts add to each; or each token goes to the
    ranks of its experts alone: x k h (b + b') (1 - 1/n) bytes of its rank, over the network once to each
    domain where routing is limited. Raises as `reduce_s` does.
    """

    def both(n: int) -> tuple[float, ...]:
        there, back = times_of("all-gather", n, hierarchy), times_of("reduce-scatter", n, hierarchy)
        return tuple(a + b for a, b in zip(there, back, strict=True))

    gathered = _by_ranks(ranks, tokens * hidden * VALUE_BYTES, both)
    known = shipped_constants()
    link, fabric = known.link(hierarchy.link), known.fabric
    count = np.maximum(np.asarray(ranks, float), 1.0)
    is_inside = count <= hierarchy.domain
    copies = np.where(is_inside, taken, min(taken, nodes) if nodes else taken)
    each = fabric.dispatch_bytes_per_value + fabric.combine_bytes_per_value
    size = tokens / count * copies * hidden * each * (1 - 1 / count)
    port = max(fabric.nic_share * hierarchy.nic_gb_s / hierarchy.oversubscription, 1e-9)
    rate = np.where(is_inside, link.direct_share * hierarchy.up_gb_s, port) * 1e9
    late = np.where(is_inside, link.exchange_us, fabric.nic_low_latency_us) * 2e-6
    directed = np.where(count > 1, late + size / rate, 0.0)
    faster: Number = np.minimum(gathered, directed)
    return faster


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

"""Which points no other point beats in everything that counts: fronts and how crowded they are."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from core.engine.columns import Floats

Order: TypeAlias = NDArray[np.int64]


def fronts(costs: Floats) -> Order:
    """Return the front of every point: 0 is beaten by none, 1 only by those of front 0, and so on.

    A point beats another one if it is nowhere worse and somewhere better; equal points beat neither.

    Parameters
    ----------
    costs : ndarray, shape (n_points, n_objectives)
        The less the better.

    Returns
    -------
    ndarray of int, shape (n_points,)

    Examples
    --------
    >>> fronts(np.array([[1.0, 3.0], [2.0, 2.0], [2.0, 4.0], [3.0, 5.0]])).tolist()
    [0, 0, 1, 2]
    """
    found = np.full(len(costs), -1, np.int64)
    # Sorted by all objectives, a point can only be beaten by one that comes before it.
    left = np.asarray(np.lexsort(costs.T[::-1]) if costs.size else np.arange(len(costs)), np.int64)
    front = 0
    while len(left):
        best, rest = _split(costs, left)
        found[best] = front
        left = rest
        front += 1
    return found


def crowding(costs: Floats) -> Floats:
    """Return how lonely each point of one front is; the ends of every objective are infinitely so.

    Sum over the objectives of the distance between the neighbours on both sides, as a share of the range
    (K. Deb et al., "A fast and elitist multiobjective genetic algorithm: NSGA-II", IEEE Trans. Evol. Comput.
    6(2), 2002).

    Parameters
    ----------
    costs : ndarray, shape (n_points, n_objectives)

    Returns
    -------
    ndarray, shape (n_points,)
    """
    found = np.zeros(len(costs))
    for column in costs.T:
        order = np.argsort(column, kind="stable")
        span = column[order[-1]] - column[order[0]] if len(order) else 0.0
        found[order[:1]] = found[order[-1:]] = np.inf
        if span > 0:
            found[order[1:-1]] += (column[order[2:]] - column[order[:-2]]) / span
    return found


def _split(costs: Floats, order: Order) -> tuple[Order, Order]:
    """Return those of a sorted list that none of it beats, and the others in order."""
    best: list[int] = []
    rest: list[int] = []
    front = np.empty((0, costs.shape[1]))
    for row in order:
        point = costs[row]
        if bool(((front <= point).all(axis=1) & (front < point).any(axis=1)).any()):
            rest.append(row)
        else:
            best.append(row)
            front = np.vstack([front, point])
    return np.array(best, np.int64), np.array(rest, np.int64)

"""Which cables of a snapshot are those of an earlier one, row by row, whatever was added or taken out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.engine.flat import Flat
from core.engine.snapshot import Snapshot


def kept_rows(
    snap: Snapshot, before: Snapshot, columns: Sequence[str], rows: NDArray[np.intp] | None = None
) -> NDArray[np.intp]:
    """Return for each cable the row of an equal one in an earlier snapshot.

    Parameters
    ----------
    snap, before : Snapshot
    columns : sequence of str
        Columns in which the two rows are equal.
    rows : ndarray of intp, optional
        Cables that are asked for; all by default.

    Returns
    -------
    ndarray of intp, shape (n_cables,) or as `rows`
        -1 where none is known. No row of the earlier snapshot occurs twice.
    """
    found = _likely(snap.flat, before.flat, {})
    if rows is not None:
        found = found[rows]
    if not before.n_cables:
        return found
    same = found >= 0
    for name in columns:
        column: NDArray[np.int32] = getattr(snap, name)
        same &= (column if rows is None else column[rows]) == getattr(before, name)[found]
    return np.where(same, found, -1)


def merged(
    old: NDArray[Any], kept: NDArray[np.intp], rows: NDArray[np.intp], fresh: NDArray[Any]
) -> NDArray[Any]:
    """Return a column whose rows are those kept of an old one, and fresh ones elsewhere.

    Examples
    --------
    >>> merged(np.array([7, 8]), np.array([1, -1]), np.array([1]), np.array([9]))
    array([8, 9])
    """
    column = old[kept]
    column[rows] = fresh
    return column


def _likely(flat: Flat, before: Flat, known: dict[tuple[int, int], NDArray[np.intp]]) -> NDArray[np.intp]:
    """Pair the cables of two states of a block: its own by order, those of its children by id."""
    if flat is before:
        return np.arange(flat.counts["cable"])
    key = (id(flat), id(before))
    if key not in known:
        parts = [_aligned(flat, before)]
        for child in flat.children:
            then = before.child_by_id.get(child.id)
            if then is None or then.flat.block != child.flat.block:
                parts.append(np.full(child.flat.counts["cable"], -1))
            else:
                rows = _likely(child.flat, then.flat, known)
                parts.append(np.where(rows >= 0, rows + then.start["cable"], -1))
        known[key] = np.concatenate(parts)
    return known[key]


def _aligned(flat: Flat, before: Flat) -> NDArray[np.intp]:
    """Pair a block's own cables: the first and the last that are equal; those between if as many."""
    now, then = (np.stack(list(f.own["cables"].values())) for f in (flat, before))
    n, m = now.shape[1], then.shape[1]
    if n == m:
        return np.arange(n)
    least = min(n, m)
    head = _equal(now[:, :least], then[:, :least])
    tail = min(_equal(now[:, n - least :][:, ::-1], then[:, m - least :][:, ::-1]), least - head)
    found = np.full(n, -1)
    found[:head] = np.arange(head)
    found[n - tail :] = np.arange(m - tail, m)
    return found


def _equal(now: NDArray[np.int32], then: NDArray[np.int32]) -> int:
    """Return how many of the first rows are equal."""
    other = np.flatnonzero((now != then).any(axis=0))
    return int(other[0]) if len(other) else now.shape[1]

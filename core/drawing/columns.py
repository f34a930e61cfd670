"""Batches straight from arrays, for drawings with thousands of equal parts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from core.drawing.batch import Batch, Ints, Sketch
from core.drawing.styles import STYLE_INDEX

_EMPTY = Sketch().freeze()


def _marks(count: int, style: str, level: int, owners: Ints | None) -> tuple[Ints, Ints, Ints]:
    styles = np.full(count, STYLE_INDEX[style], dtype=np.int32)
    levels = np.full(count, int(level), dtype=np.int32)
    own = np.full(count, -1, dtype=np.int32) if owners is None else np.asarray(owners, dtype=np.int32)
    return styles, levels, own


def rect_batch(rects: ArrayLike, style: str, *, level: int = 0, owners: Ints | None = None) -> Batch:
    """Return a batch of rectangles, shape (n, 4): x, y, width, height [mm]."""
    rows = np.asarray(rects, dtype=np.float64).reshape(-1, 4)
    styles, levels, own = _marks(len(rows), style, level, owners)
    return replace(_EMPTY, rects=rows, rect_style=styles, rect_level=levels, rect_owner=own)


def line_batch(lines: ArrayLike, style: str, *, level: int = 0, owners: Ints | None = None) -> Batch:
    """Return a batch of lines, shape (n, 4): x1, y1, x2, y2 [mm]."""
    rows = np.asarray(lines, dtype=np.float64).reshape(-1, 4)
    styles, levels, own = _marks(len(rows), style, level, owners)
    return replace(_EMPTY, lines=rows, line_style=styles, line_level=levels, line_owner=own)


def hatch_lines(rects: ArrayLike, step: float) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Return lines that rise to the right over rectangles, cut at their edges.

    Parameters
    ----------
    rects : array_like, shape (n, 4)
        x, y of the lower left corner, width, height [mm].
    step : float
        Distance of the lines across [mm].

    Returns
    -------
    ndarray, shape (m, 4)

    Examples
    --------
    >>> hatch_lines([(0, 0, 10, 20)], 15).tolist()
    [[0.0, 5.0, 10.0, 15.0]]
    """
    boxes = np.asarray(rects, np.float64).reshape(-1, 4)
    x, y, wide, tall = boxes.T
    count = np.maximum(np.ceil((wide + tall) / step).astype(np.int64) - 1, 0)
    of = np.repeat(np.arange(len(boxes)), count)
    along = np.arange(len(of)) - np.repeat(np.cumsum(count) - count, count)
    start = (along + 1) * step - tall[of]
    left, right = np.maximum(start, 0.0), np.minimum(start + tall[of], wide[of])
    lines = np.stack([x[of] + left, y[of] + left - start, x[of] + right, y[of] + right - start], axis=1)
    return lines


def text_batch(
    texts: tuple[str, ...],
    at: ArrayLike,
    size: ArrayLike,
    *,
    style: str = "text",
    width: ArrayLike = 0.0,
    angle: ArrayLike = 0.0,
    anchor: int = 1,
    level: int = 0,
    owners: Ints | None = None,
) -> Batch:
    """Return a batch of texts; `size`, `width` and `angle` are one value or one for each text."""
    count = len(texts)
    styles, levels, own = _marks(count, style, level, owners)

    def column(value: ArrayLike) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        return np.broadcast_to(np.asarray(value, dtype=np.float64), (count,)).copy()

    return replace(
        _EMPTY,
        texts=texts,
        text_at=np.asarray(at, dtype=np.float64).reshape(-1, 2),
        text_size=column(size),
        text_width=column(width),
        text_angle=column(angle),
        text_anchor=np.full(count, int(anchor), dtype=np.int32),
        text_style=styles,
        text_level=levels,
        text_owner=own,
    )

"""Columns of primitives: what a drawing is made of.

Millimetres throughout, x to the right, y *up*. A `Sketch` collects primitives, `freeze` turns it into a
read-only `Batch` that every painter (Qt, PDF, later SVG and DXF) loops over. Screen and paper differ only
in the level of detail: a painter draws the primitives whose level is at most the one it has come to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from core.drawing.styles import STYLE_INDEX

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int32]


class Level(IntEnum):
    """How near one must be for a primitive to be drawn. Paper draws all of them."""

    FAR = 0
    MIDDLE = 1
    NEAR = 2
    CLOSE = 3


class Anchor(IntEnum):
    """Which point of a text its position is."""

    LEFT = 0
    CENTRE = 1
    RIGHT = 2


@dataclass(frozen=True)
class Batch:
    """A frozen drawing. Painted in this order: rects, polygons, lines, texts, each by rising row.

    Attributes
    ----------
    rects : ndarray, shape (n, 4)
        x, y of the lower left corner, width, height [mm].
    lines : ndarray, shape (m, 4)
        x1, y1, x2, y2 [mm].
    points, starts : ndarray, shapes (k, 2) and (p + 1,)
        Corners of the polygons; polygon i has points[starts[i]:starts[i + 1]].
    texts : tuple of str, length t
    text_at : ndarray, shape (t, 2)
        Anchor point on the middle line of the text [mm].
    text_size : ndarray, shape (t,)
        Height of capitals [mm].
    text_width : ndarray, shape (t,)
        Room there is [mm]; a painter shrinks or shortens the text to it; 0 is unlimited.
    text_anchor, text_angle : ndarray, shape (t,)
        `Anchor`; degrees counter-clockwise.
    *_style, *_level, *_owner : ndarray, shape (rows,)
        Index into `STYLE_NAMES`; `Level`; index into what the maker of the batch calls its owners (rows
        of devices, racks ...), -1 for nobody's.
    """

    rects: Floats
    rect_style: Ints
    rect_level: Ints
    rect_owner: Ints
    lines: Floats
    line_style: Ints
    line_level: Ints
    line_owner: Ints
    points: Floats
    starts: Ints
    polygon_style: Ints
    polygon_level: Ints
    polygon_owner: Ints
    texts: tuple[str, ...]
    text_at: Floats
    text_size: Floats
    text_width: Floats
    text_anchor: Ints
    text_angle: Floats
    text_style: Ints
    text_level: Ints
    text_owner: Ints

    @property
    def bounds(self) -> tuple[float, float, float, float] | None:
        """x0, y0, x1, y1 of rects, lines and polygons [mm]; None if there are none."""
        parts = []
        if len(self.rects):
            parts += [self.rects[:, :2], self.rects[:, :2] + self.rects[:, 2:]]
        if len(self.lines):
            parts += [self.lines[:, :2], self.lines[:, 2:]]
        if len(self.points):
            parts.append(self.points)
        if not parts:
            return None
        low = np.min([p.min(axis=0) for p in parts], axis=0)
        high = np.max([p.max(axis=0) for p in parts], axis=0)
        return float(low[0]), float(low[1]), float(high[0]), float(high[1])


class Sketch:
    """Collects primitives."""

    def __init__(self) -> None:
        self._rects: list[tuple[float, float, float, float]] = []
        self._lines: list[tuple[float, float, float, float]] = []
        self._points: list[tuple[float, float]] = []
        self._starts: list[int] = [0]
        self._texts: list[str] = []
        self._text_rows: list[tuple[float, float, float, float, int, float]] = []
        self._marks: dict[str, list[tuple[int, int, int]]] = {
            "rect": [], "line": [], "polygon": [], "text": [],
        }  # fmt: skip
        self._batches: list[tuple[Batch, float, float, int]] = []

    def rect(
        self, x: float, y: float, width: float, height: float, style: str, *, level: int = 0, owner: int = -1
    ) -> None:
        """Add a rectangle by its lower left corner."""
        self._rects.append((x, y, width, height))
        self._marks["rect"].append((STYLE_INDEX[style], level, owner))

    def line(
        self, x1: float, y1: float, x2: float, y2: float, style: str, *, level: int = 0, owner: int = -1
    ) -> None:
        """Add a straight line."""
        self._lines.append((x1, y1, x2, y2))
        self._marks["line"].append((STYLE_INDEX[style], level, owner))

    def polyline(
        self, points: Sequence[tuple[float, float]], style: str, *, level: int = 0, owner: int = -1
    ) -> None:
        """Add lines from point to point."""
        for (x1, y1), (x2, y2) in pairwise(points):
            self.line(x1, y1, x2, y2, style, level=level, owner=owner)

    def polygon(
        self, points: Sequence[tuple[float, float]], style: str, *, level: int = 0, owner: int = -1
    ) -> None:
        """Add a closed polygon."""
        self._points.extend(points)
        self._starts.append(len(self._points))
        self._marks["polygon"].append((STYLE_INDEX[style], level, owner))

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: float,
        style: str = "text",
        *,
        anchor: Anchor = Anchor.LEFT,
        angle: float = 0.0,
        width: float = 0.0,
        level: int = 0,
        owner: int = -1,
    ) -> None:
        """Add one line of plain text; y is its middle, `size` the height of capitals [mm]."""
        self._texts.append(text)
        self._text_rows.append((x, y, size, width, int(anchor), angle))
        self._marks["text"].append((STYLE_INDEX[style], level, owner))

    def add(self, batch: Batch, dx: float = 0.0, dy: float = 0.0, *, owner_offset: int = 0) -> None:
        """Add a finished batch, shifted; its owners count on from `owner_offset`."""
        self._batches.append((batch, dx, dy, owner_offset))

    def freeze(self) -> Batch:
        """Return the batch."""
        own = self._own()
        if not self._batches:
            return own
        return concatenate([own, *(shifted(b, dx, dy, offset) for b, dx, dy, offset in self._batches)])

    def _own(self) -> Batch:
        marks = {kind: _columns(rows) for kind, rows in self._marks.items()}
        rows = np.array(self._text_rows, dtype=np.float64).reshape(-1, 6)
        return Batch(
            np.array(self._rects, dtype=np.float64).reshape(-1, 4),
            *marks["rect"],
            np.array(self._lines, dtype=np.float64).reshape(-1, 4),
            *marks["line"],
            np.array(self._points, dtype=np.float64).reshape(-1, 2),
            np.array(self._starts, dtype=np.int32),
            *marks["polygon"],
            tuple(self._texts),
            np.ascontiguousarray(rows[:, :2]),
            rows[:, 2].copy(),
            rows[:, 3].copy(),
            rows[:, 4].astype(np.int32),
            rows[:, 5].copy(),
            *marks["text"],
        )


def _columns(rows: list[tuple[int, int, int]]) -> tuple[Ints, Ints, Ints]:
    table = np.array(rows, dtype=np.int32).reshape(-1, 3)
    return table[:, 0].copy(), table[:, 1].copy(), table[:, 2].copy()


def shifted(batch: Batch, dx: float, dy: float, owner_offset: int = 0) -> Batch:
    """Return a batch moved by (dx, dy) [mm] with its owners counted on."""

    def owners(rows: Ints) -> Ints:
        return np.where(rows < 0, rows, rows + owner_offset).astype(np.int32) if owner_offset else rows

    return replace(
        batch,
        rects=batch.rects + np.array((dx, dy, 0.0, 0.0)),
        lines=batch.lines + np.array((dx, dy, dx, dy)),
        points=batch.points + np.array((dx, dy)),
        text_at=batch.text_at + np.array((dx, dy)),
        rect_owner=owners(batch.rect_owner),
        line_owner=owners(batch.line_owner),
        polygon_owner=owners(batch.polygon_owner),
        text_owner=owners(batch.text_owner),
    )


def tiled(batch: Batch, at: Floats, owners: Ints) -> Batch:
    """Return copies of a batch, copy k moved by `at[k]` [mm]; everything in it belongs to `owners[k]`."""
    n = len(at)
    xy = np.asarray(at, dtype=np.float64).reshape(n, 1, 2)
    pair = np.concatenate([xy, xy], axis=2)
    still = np.concatenate([xy, np.zeros((n, 1, 2))], axis=2)
    columns: dict[str, object] = {
        "rects": (batch.rects[None] + still).reshape(-1, 4),
        "lines": (batch.lines[None] + pair).reshape(-1, 4),
        "points": (batch.points[None] + xy).reshape(-1, 2),
        "text_at": (batch.text_at[None] + xy).reshape(-1, 2),
        "texts": batch.texts * n,
    }
    steps = np.arange(n, dtype=np.int32)[:, None] * np.int32(len(batch.points))
    columns["starts"] = np.concatenate([[0], (batch.starts[1:][None] + steps).ravel()]).astype(np.int32)
    for kind in ("rect", "line", "polygon", "text"):
        rows = len(getattr(batch, f"{kind}_style"))
        columns[f"{kind}_owner"] = np.repeat(np.asarray(owners, dtype=np.int32), rows)
    for name in Batch.__dataclass_fields__:
        if name not in columns:
            columns[name] = np.tile(getattr(batch, name), n)
    return Batch(**columns)  # type: ignore[arg-type]


def concatenate(batches: Sequence[Batch]) -> Batch:
    """Return one batch with the primitives of all, in order."""
    columns: dict[str, object] = {}
    for name in Batch.__dataclass_fields__:
        if name == "texts":
            columns[name] = tuple(text for batch in batches for text in batch.texts)
        elif name == "starts":
            offsets = np.cumsum([0] + [len(batch.points) for batch in batches])
            parts = [batch.starts[1:] + offset for batch, offset in zip(batches, offsets, strict=False)]
            columns[name] = np.concatenate([np.zeros(1), *parts]).astype(np.int32)
        else:
            columns[name] = np.concatenate([getattr(batch, name) for batch in batches])
    return Batch(**columns)  # type: ignore[arg-type]

"""A batch made ready for Qt: y turned down, grouped by level and style, so that a frame is a few calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF
from PySide6.QtGui import QFontMetricsF, QPolygonF

from core.drawing.batch import Batch, Level
from core.drawing.styles import STYLE_INDEX, STYLE_NAMES, STYLES
from desktop.theme import MONO, SANS, font

CAP_HEIGHT = {SANS: 0.729, MONO: 0.73}
"""Height of capitals as a share of the font's pixel size."""
REFERENCE_PX = 100
ALWAYS = 9
"""What is not taken away again as one comes nearer (`until`: the last level at which it is drawn)."""
_KINDS = ("polygons", "rects", "lines", "texts")
_UNIT_NUMBER = STYLE_INDEX["rack.number"]
_USED_PORT = STYLE_INDEX["port.used"]
Box = tuple[float, float, float, float]
_NO_BOX: Box = (0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Group:
    """Primitives of one kind, level and style: rows of four doubles as `QRectF` or `QLineF` lays them out."""

    rank: int
    """Place in the order of painting: first by batch, then the ground, then what belongs to something."""
    level: int
    style: int
    rows: NDArray[np.float64]
    low: NDArray[np.float32]
    high: NDArray[np.float32]
    """Corners of the rows' boxes, shape (2, n): x above y."""
    until: int = ALWAYS

    def visible(self, x0: float, y0: float, x1: float, y1: float) -> NDArray[np.float64]:
        """Return the rows whose boxes meet a window, in memory of their own if not all do."""
        low, high = self.low, self.high
        if len(self.rows) < 32:
            return self.rows
        keep = (high[0] >= x0) & (low[0] <= x1) & (high[1] >= y0) & (low[1] <= y1)
        return self.rows if keep.all() else np.ascontiguousarray(self.rows[keep])


@dataclass(frozen=True)
class Polygons:
    """Polygons of one level and style."""

    rank: int
    level: int
    style: int
    shapes: list[QPolygonF]
    boxes: NDArray[np.float64]
    """x0, y0, x1, y1 of each."""
    until: int = ALWAYS


@dataclass(frozen=True)
class Texts:
    """The texts of one level: anchor points, cap heights, rooms and natural widths for a cap height of 1."""

    level: int
    strings: list[str]
    at: NDArray[np.float64]
    size: NDArray[np.float64]
    room: NDArray[np.float64]
    natural: NDArray[np.float64]
    anchor: NDArray[np.int32]
    angle: NDArray[np.float64]
    style: NDArray[np.int32]
    until: int = ALWAYS
    rank: int = 0
    """Lower ones have the right of way: names of things, then other texts, then numbers of units."""

    @cached_property
    def largest(self) -> float:
        """Largest cap height [mm]."""
        return float(self.size.max())

    @cached_property
    def _widest(self) -> float:
        return float(self.natural.max())

    def reach(self, scale: float) -> float:
        """Return how far a text can stick out from its anchor at a scale [mm]."""
        return self._widest * min(max(self.largest * scale, 5.0), 13.0) / scale


@dataclass(frozen=True)
class Prepared:
    """What a layer paints: polygons first, then rects, lines and texts, each in the order it was drawn."""

    polygons: list[Polygons] = field(default_factory=list)
    rects: list[Group] = field(default_factory=list)
    lines: list[Group] = field(default_factory=list)
    texts: list[Texts] = field(default_factory=list)
    box: tuple[float, float, float, float] = _NO_BOX
    """x0, y0, x1, y1 in scene coordinates."""

    @cached_property
    def order(self) -> list[tuple[int, int]]:
        """Ranks and levels there are, in the order of painting."""
        return sorted({(g.rank, g.level) for g in (*self.polygons, *self.rects, *self.lines)})

    def up_to(self, level: Level) -> Prepared:
        """Return only the levels at most `level`."""
        return self._part(lambda each: each <= level)

    def above(self, level: Level) -> Prepared:
        """Return only the levels above `level`."""
        return self._part(lambda each: each > level)

    def without_texts(self, level: Level) -> Prepared:
        """Return the drawing without the texts of one level."""
        return replace(self, texts=[texts for texts in self.texts if texts.level != level])

    def _part(self, keep: object) -> Prepared:
        def kept(rows: list) -> list:  # type: ignore[type-arg]
            return [row for row in rows if keep(row.level)]  # type: ignore[operator]

        return Prepared(kept(self.polygons), kept(self.rects), kept(self.lines), kept(self.texts), self.box)

    @property
    def is_empty(self) -> bool:
        return not (self.polygons or self.rects or self.lines or self.texts)


def stacked(batches: Sequence[Batch]) -> Prepared:
    """Return batches that are painted one over the other as one."""
    return piled([prepare(batch) for batch in batches])


def piled(parts: Sequence[Prepared]) -> Prepared:
    """Return drawings that are painted one over the other as one."""

    def over(kind: str) -> list:  # type: ignore[type-arg]
        return [replace(g, rank=g.rank + 2 * i) for i, p in enumerate(parts) for g in getattr(p, kind)]

    texts = [t for p in parts for t in p.texts]
    box = _around([part.box for part in parts])
    return Prepared(over("polygons"), over("rects"), over("lines"), texts, box)


def _around(boxes: Sequence[Box]) -> Box:
    """Return the box around boxes, some of which may be of nothing."""
    some = np.array([box for box in boxes if box != _NO_BOX]).reshape(-1, 4)
    if not len(some):
        return _NO_BOX
    x0, y0, x1, y1 = (*some[:, :2].min(axis=0).tolist(), *some[:, 2:].max(axis=0).tolist())
    return x0, y0, x1, y1


def together(parts: Sequence[Prepared]) -> Prepared:
    """Return drawings as one whose primitives stay in their ranks; the box is that of the first."""
    return Prepared(
        *([row for part in parts for row in getattr(part, kind)] for kind in _KINDS), parts[0].box
    )


def raised(drawing: Prepared, by: int) -> Prepared:
    """Return a drawing that is painted later, by so many ranks."""

    def later(rows: list) -> list:  # type: ignore[type-arg]
        return [replace(row, rank=row.rank + by) for row in rows]

    return Prepared(
        later(drawing.polygons), later(drawing.rects), later(drawing.lines), drawing.texts, drawing.box
    )


def below(under: Prepared, drawing: Prepared) -> Prepared:
    """Return a drawing with another below it, whatever its ranks; the box is that of both."""
    return replace(together([drawing, raised(under, -100)]), box=_around([drawing.box, under.box]))


def prepare(batch: Batch, until: int = ALWAYS) -> Prepared:
    """Return a batch as a layer wants it; `until` is the last level at which it is drawn."""
    made = _prepare(batch)
    if until == ALWAYS:
        return made

    def limited(rows: list) -> list:  # type: ignore[type-arg]
        return [replace(row, until=until) for row in rows]

    return Prepared(*(limited(getattr(made, kind)) for kind in _KINDS), made.box)


def _prepare(batch: Batch) -> Prepared:
    rects = batch.rects.copy()
    rects[:, 1] = -(rects[:, 1] + rects[:, 3])
    lines = batch.lines.copy()
    lines[:, 1::2] *= -1
    points = batch.points * np.array((1.0, -1.0))
    bounds = batch.bounds
    box = _NO_BOX if bounds is None else (bounds[0], -bounds[3], bounds[2], -bounds[1])
    texts = _texts(batch)
    # Texts that belong to a thing stand on it; the others (dimensions, notes) may stand outside of all else.
    box = _around([box, *(_written(part) for part in texts if part.rank)])
    return Prepared(
        _polygons(points, batch),
        _groups(
            rects,
            batch.rect_style,
            batch.rect_level,
            batch.rect_owner,
            rects[:, :2],
            rects[:, :2] + rects[:, 2:],
        ),
        _groups(
            lines,
            batch.line_style,
            batch.line_level,
            batch.line_owner,
            np.minimum(lines[:, :2], lines[:, 2:]),
            np.maximum(lines[:, :2], lines[:, 2:]),
        ),
        texts,
        box,
    )


def _written(texts: Texts) -> Box:
    """Return the box of texts in the size in which they are drawn, in scene coordinates."""
    width = np.where(
        texts.room > 0, np.minimum(texts.room, texts.natural * texts.size), texts.natural * texts.size
    )
    turn = np.radians(texts.angle)
    c, s = np.cos(turn), np.sin(turn)
    to_middle = np.choose(texts.anchor, (width / 2, np.zeros(len(width)), -width / 2))
    x, y = texts.at[:, 0] + to_middle * c, texts.at[:, 1] - to_middle * s
    half_x = (np.abs(c) * width + np.abs(s) * texts.size) / 2
    half_y = (np.abs(s) * width + np.abs(c) * texts.size) / 2
    low, high = (x - half_x, y - half_y), (x + half_x, y + half_y)
    return float(low[0].min()), float(low[1].min()), float(high[0].max()), float(high[1].max())


def _groups(
    rows: NDArray[np.float64],
    style: NDArray[np.int32],
    level: NDArray[np.int32],
    owner: NDArray[np.int32],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
) -> list[Group]:
    return [
        Group(
            *key,
            np.ascontiguousarray(rows[members]),
            np.ascontiguousarray(low[members].T, dtype=np.float32),
            np.ascontiguousarray(high[members].T, dtype=np.float32),
        )
        for key, members in _by_style(style, level, owner)
    ]


Key = tuple[int, int, int]
"""Rank, level, style."""


def _by_style(
    style: NDArray[np.int32], level: NDArray[np.int32], owner: NDArray[np.int32]
) -> list[tuple[Key, NDArray[np.intp]]]:
    """Return the members of each key: the ground first, then by level, then by first appearance."""
    if not len(style):
        return []
    count = len(STYLE_NAMES)
    # Ports in use lie over all ports, also where drawings that begin with different styles are merged.
    rank = (owner >= 0).astype(np.int64) + (style == _USED_PORT)
    keys = (rank * len(Level) + level).astype(np.int64) * count + style
    order = keys.argsort(kind="stable")
    ordered = keys[order]
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    found = [
        (int(ordered[s]), members) for s, members in zip(starts, np.split(order, starts[1:]), strict=True)
    ]
    made = []
    for key, members in sorted(found, key=lambda entry: (entry[0] // count, int(entry[1][0]))):
        rest, style_index = divmod(key, count)
        rank, level_index = divmod(rest, len(Level))
        made.append(((rank, level_index, style_index), members))
    return made


def _polygons(points: NDArray[np.float64], batch: Batch) -> list[Polygons]:
    if not len(batch.polygon_style):
        return []
    starts, corners = batch.starts.tolist(), points.tolist()
    firsts = batch.starts[:-1]
    boxes = np.hstack([np.minimum.reduceat(points, firsts), np.maximum.reduceat(points, firsts)])
    made = []
    for key, members in _by_style(batch.polygon_style, batch.polygon_level, batch.polygon_owner):
        shapes = [
            QPolygonF([QPointF(x, y) for x, y in corners[starts[i] : starts[i + 1]]])
            for i in members.tolist()
        ]
        made.append(Polygons(*key, shapes, boxes[members]))
    return made


def _texts(batch: Batch) -> list[Texts]:
    made = []
    ranks = np.where(batch.text_owner >= 0, 0, 1) + (batch.text_style == _UNIT_NUMBER)
    for level, rank in sorted(set(zip(batch.text_level.tolist(), ranks.tolist(), strict=True))):
        rows = np.flatnonzero((batch.text_level == level) & (ranks == rank))
        strings = [batch.texts[i] for i in rows.tolist()]
        styles = batch.text_style[rows]
        natural = [natural_width(s, STYLE_NAMES[k]) for s, k in zip(strings, styles.tolist(), strict=True)]
        made.append(
            Texts(
                level,
                strings,
                np.ascontiguousarray(batch.text_at[rows] * np.array((1.0, -1.0))),
                batch.text_size[rows],
                batch.text_width[rows],
                np.array(natural),
                batch.text_anchor[rows],
                batch.text_angle[rows],
                styles,
                rank=rank,
            )
        )
    return made


_widths: dict[tuple[str, bool, bool], float] = {}
_metrics: dict[tuple[bool, bool], QFontMetricsF] = {}


def natural_width(text: str, style: str) -> float:
    """Return the width of a text whose capitals are 1 high."""
    look = STYLES[style]
    key = (text, look.bold, look.mono)
    if key not in _widths:
        if len(_widths) > 200_000:
            _widths.clear()
        metrics = _metrics.get(key[1:])
        if metrics is None:
            made = font(bold=look.bold, mono=look.mono)
            made.setPixelSize(REFERENCE_PX)
            metrics = _metrics[key[1:]] = QFontMetricsF(made)
        cap = CAP_HEIGHT[MONO if look.mono else SANS] * REFERENCE_PX
        _widths[key] = metrics.horizontalAdvance(text) / cap
    return _widths[key]

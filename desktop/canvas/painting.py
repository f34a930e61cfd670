"""Painting a prepared drawing with QPainter: culling, level of detail, one call per style."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QRect, Qt
from PySide6.QtGui import QBrush, QPainter, QPen, QTransform
from shiboken6 import Shiboken

from core.drawing.batch import Level
from core.drawing.styles import STYLE_NAMES
from desktop.canvas.labels import labels_of, write
from desktop.canvas.looks import Look
from desktop.canvas.prepared import Group, Polygons, Prepared

PENLESS_PX = 4
"""A filled rect lower than this is painted without its outline, which would hide the fill."""
PENLESS_PORT_PX = 12
"""The same for ports, of which there are many."""
_PORTS = frozenset(i for i, name in enumerate(STYLE_NAMES) if name.startswith("port."))
_GROUPS = frozenset(i for i, name in enumerate(STYLE_NAMES) if name == "face.group")
"""Stand in for ports from afar; the ports cover them."""
_NO_PEN = QPen(Qt.PenStyle.NoPen)
_IDENTITY = QTransform()
_INSET = np.array((1, 1, -1, -1), dtype=np.int32)
_FAR_PX = 20_000.0
"""Where rects that reach far out of the window are cut off [px]."""


def paint(
    painter: QPainter,
    drawings: Sequence[Prepared],
    window: tuple[float, float, float, float],
    level: Level,
    styles: tuple[Look, ...],
    transform: QTransform,
) -> None:
    """Paint prepared drawings as one: by rank, then level, then in their order.

    Parameters
    ----------
    window : tuple of float
        x0, y0, x1, y1 of what is exposed, in scene coordinates.
    level : Level
        Finer primitives are left out.
    transform : QTransform
        From scene to viewport.
    """
    steps = sorted({step for drawing in drawings for step in drawing.order if step[1] <= level})
    for rank, step in steps:
        for drawing in drawings:
            _paint_step(painter, drawing, window, rank, step, level, styles, transform)
    texts = [text for drawing in drawings for text in drawing.texts]
    labels = labels_of(texts, window, level, transform)
    if labels.texts:
        write(painter, labels, styles)
        painter.setWorldTransform(transform)


def _paint_step(
    painter: QPainter,
    drawing: Prepared,
    window: tuple[float, float, float, float],
    rank: int,
    step: int,
    level: Level,
    styles: tuple[Look, ...],
    transform: QTransform,
) -> None:
    for shapes in drawing.polygons:
        if shapes.level == step and shapes.rank == rank and level <= shapes.until:
            _paint_polygons(painter, shapes, window, styles[shapes.style])
    for group in drawing.rects:
        if group.level == step and group.rank == rank and level <= group.until:
            if level >= Level.NEAR and group.style in _GROUPS:
                continue
            _paint_rects(painter, group, window, styles[group.style], transform)
    for group in drawing.lines:
        if group.level == step and group.rank == rank and level <= group.until:
            rows = group.visible(*window)
            if len(rows):
                painter.setPen(styles[group.style].pen)
                painter.drawLines(Shiboken.wrapInstance(rows.ctypes.data, QLineF), len(rows))


def _paint_polygons(
    painter: QPainter, shapes: Polygons, window: tuple[float, float, float, float], look: Look
) -> None:
    painter.setPen(look.pen)
    painter.setBrush(look.brush)
    box = shapes.boxes
    seen = (
        (box[:, 2] >= window[0])
        & (box[:, 0] <= window[2])
        & (box[:, 3] >= window[1])
        & (box[:, 1] <= window[3])
    )
    for i in np.flatnonzero(seen).tolist():
        painter.drawPolygon(shapes.shapes[i])


def _paint_rects(
    painter: QPainter,
    group: Group,
    window: tuple[float, float, float, float],
    look: Look,
    transform: QTransform,
) -> None:
    """Paint rects snapped to pixels: outlines are a filled rect below, which is several times faster."""
    rows = group.visible(*window)
    if not len(rows):
        return
    outer = in_pixels(rows, transform)
    middle = outer[len(outer) // 2]
    least = PENLESS_PORT_PX if group.style in _PORTS else PENLESS_PX
    painter.setWorldTransform(_IDENTITY)
    painter.setPen(_NO_PEN)
    if look.has_fill and int(middle[3] - middle[1]) + 1 < least:
        _fill(painter, outer, look.brush)
    elif look.has_fill and look.is_hairline:
        outer[:, 2:] += 1  # neighbours share their line
        _fill(painter, outer, look.pen.brush())
        inner = outer + _INSET
        _fill(
            painter,
            np.ascontiguousarray(inner[(inner[:, 2] >= inner[:, 0]) & (inner[:, 3] >= inner[:, 1])]),
            look.brush,
        )
    else:
        painter.setPen(look.pen)
        _fill(painter, outer, look.brush)
    painter.setWorldTransform(transform)


def in_pixels(rows: NDArray[np.float64], transform: QTransform) -> NDArray[np.int32]:
    """Return rects as `QRect` lays them out: first and last pixel, at least one pixel each."""
    made = rows * transform.m11()
    made[:, 2:] += made[:, :2]
    made += np.array((transform.dx(), transform.dy()) * 2) + 0.5
    np.floor(made, out=made)
    np.clip(made, -_FAR_PX, _FAR_PX, out=made)
    pixels = made.astype(np.int32)
    pixels[:, 2:] -= 1
    np.maximum(pixels[:, 2:], pixels[:, :2], out=pixels[:, 2:])
    return pixels


def _fill(painter: QPainter, rows: NDArray[np.int32], brush: QBrush) -> None:
    if len(rows):
        painter.setBrush(brush)
        painter.drawRects(Shiboken.wrapInstance(rows.ctypes.data, QRect), len(rows))

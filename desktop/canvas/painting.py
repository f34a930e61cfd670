"""Painting a prepared drawing with QPainter: culling, level of detail, one call per style."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QRect, Qt
from PySide6.QtGui import QBrush, QFont, QPainter, QPen, QTransform
from shiboken6 import Shiboken

from core.drawing.batch import Anchor, Level
from core.drawing.styles import STYLE_NAMES
from desktop.canvas.looks import Look
from desktop.canvas.prepared import CAP_HEIGHT, Group, Polygons, Prepared, Texts
from desktop.theme import MONO, SANS, font

MOST_LABELS = 500
SMALLEST_TEXT_PX = 5.0
"""Cap height below which a text is not worth reading."""
WORTH_PX = 3.2
"""Cap height from which a text is shown, if need be larger than drawn."""
LARGEST_TEXT_PX = 13.0
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
    drawing: Prepared,
    window: tuple[float, float, float, float],
    level: Level,
    scale: float,
    styles: tuple[Look, ...],
    transform: QTransform,
) -> None:
    """Paint a prepared drawing.

    Parameters
    ----------
    window : tuple of float
        x0, y0, x1, y1 of what is exposed, in scene coordinates.
    level : Level
        Finer primitives are left out.
    scale : float
        Size of a millimetre [px].
    """
    for rank, step in drawing.order:
        if step > level:
            continue
        for shapes in drawing.polygons:
            if shapes.level == step and shapes.rank == rank:
                _paint_polygons(painter, shapes, window, styles[shapes.style])
        for group in drawing.rects:
            if group.level == step and group.rank == rank:
                if level >= Level.NEAR and group.style in _GROUPS:
                    continue
                _paint_rects(painter, group, window, styles[group.style], transform)
        for group in drawing.lines:
            if group.level == step and group.rank == rank:
                rows = group.visible(*window)
                if len(rows):
                    painter.setPen(styles[group.style].pen)
                    painter.drawLines(Shiboken.wrapInstance(rows.ctypes.data, QLineF), len(rows))
    budget = MOST_LABELS
    for texts in drawing.texts:
        if texts.level <= level:
            budget -= _paint_texts(painter, texts, window, scale, styles, transform, budget)


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
    made = np.empty((len(rows), 4))
    made[:, :2] = rows[:, :2] * transform.m11() + (transform.dx(), transform.dy())
    made[:, 2:] = made[:, :2] + rows[:, 2:] * transform.m11()
    made += 0.5
    np.floor(made, out=made)
    made[:, 2:] -= 1.0
    np.maximum(made[:, 2:], made[:, :2], out=made[:, 2:])
    np.clip(made, -_FAR_PX, _FAR_PX, out=made)
    return made.astype(np.int32)


def _fill(painter: QPainter, rows: NDArray[np.int32], brush: QBrush) -> None:
    if len(rows):
        painter.setBrush(brush)
        painter.drawRects(Shiboken.wrapInstance(rows.ctypes.data, QRect), len(rows))


def _paint_texts(
    painter: QPainter,
    texts: Texts,
    window: tuple[float, float, float, float],
    scale: float,
    styles: tuple[Look, ...],
    transform: QTransform,
    budget: int,
) -> int:
    if not len(texts.size) or texts.largest * scale < WORTH_PX:
        return 0
    reach = texts.reach(scale)
    rows = np.flatnonzero(
        (texts.at[:, 0] >= window[0] - reach)
        & (texts.at[:, 0] <= window[2] + reach)
        & (texts.at[:, 1] >= window[1] - reach)
        & (texts.at[:, 1] <= window[3] + reach)
    )
    drawn = texts.size[rows] * scale
    cap = np.clip(drawn, SMALLEST_TEXT_PX, LARGEST_TEXT_PX)
    room = np.where(texts.room[rows] > 0, texts.room[rows] * scale, np.inf)
    natural = texts.natural[rows]
    squeeze = np.minimum(1.0, room / np.maximum(natural * cap, 1e-9))
    cap = np.maximum(cap * squeeze, SMALLEST_TEXT_PX)
    keep = (drawn >= WORTH_PX) & (room >= 2.2 * cap)
    rows, cap, room, width = rows[keep], cap[keep], room[keep], (natural * cap)[keep]
    if not len(rows) or len(rows) > budget:
        return 0
    painter.save()
    painter.resetTransform()
    x = texts.at[rows, 0] * transform.m11() + transform.dx()
    y = texts.at[rows, 1] * transform.m22() + transform.dy()
    x = x - np.choose(texts.anchor[rows], (np.zeros(len(rows)), width / 2, width))
    baseline = y + cap / 2
    last: tuple[int, int] | None = None
    for i, left, bottom, size, style, limit, full, angle in zip(
        rows.tolist(), x.tolist(), baseline.tolist(), np.rint(cap * 2).astype(int).tolist(),
        texts.style[rows].tolist(), room.tolist(), width.tolist(), texts.angle[rows].tolist(),
        strict=True,
    ):  # fmt: skip
        if last != (size, style):
            look = styles[style]
            painter.setFont(text_font(size / 2, look.bold, look.mono))
            painter.setPen(look.text)
            last = (size, style)
        text = texts.strings[i]
        if full > limit + 0.5:
            text = shortened(text, limit / full)
        if angle:
            _rotated(painter, texts, i, transform, text, size / 2, full, angle)
        else:
            painter.drawText(round(left), round(bottom), text)
    painter.restore()
    return len(rows)


def _rotated(
    painter: QPainter,
    texts: Texts,
    i: int,
    transform: QTransform,
    text: str,
    cap: float,
    width: float,
    angle: float,
) -> None:
    x = texts.at[i, 0] * transform.m11() + transform.dx()
    y = texts.at[i, 1] * transform.m22() + transform.dy()
    c, s = _turn(angle)
    painter.setWorldTransform(QTransform(c, -s, s, c, x, y))
    shift = {Anchor.LEFT: 0.0, Anchor.CENTRE: width / 2, Anchor.RIGHT: width}[Anchor(int(texts.anchor[i]))]
    painter.drawText(round(-shift), round(cap / 2), text)
    painter.setWorldTransform(_IDENTITY)


def _turn(angle: float) -> tuple[float, float]:
    """Return cosine and sine of an angle [deg], exact for quarter turns."""
    quarters = {0.0: (1.0, 0.0), 90.0: (0.0, 1.0), 180.0: (-1.0, 0.0), 270.0: (0.0, -1.0)}
    radians = math.radians(angle)
    return quarters.get(angle % 360.0) or (math.cos(radians), math.sin(radians))


def shortened(text: str, share: float) -> str:
    """Return the beginning of a text that takes about a share of its width."""
    return text[: max(1, int(len(text) * share) - 1)].rstrip() + "…"


_fonts: dict[tuple[float, bool, bool], QFont] = {}


def text_font(cap_px: float, bold: bool, mono: bool) -> QFont:
    """Return the font whose capitals are `cap_px` high, to half a pixel."""
    key = (cap_px, bold, mono)
    if key not in _fonts:
        made = font(bold=bold, mono=mono)
        made.setPixelSize(max(6, round(cap_px / CAP_HEIGHT[MONO if mono else SANS])))
        made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
        _fonts[key] = made
    return _fonts[key]

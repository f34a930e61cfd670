"""Which texts of a drawing are written, how large and where: none over another, none larger than its room."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QFont, QPainter, QTransform

from core.drawing.styles import STYLE_INDEX, STYLE_NAMES
from desktop.canvas.looks import Look
from desktop.canvas.prepared import CAP_HEIGHT, Texts, natural_width
from desktop.theme import SANS, font, theme

MOST_LABELS = 450
"""Texts in a frame; of a level of detail that would have more none are written."""
SMALLEST_TEXT_PX = 5.0
"""Cap height below which a text is not worth reading."""
WORTH_PX = 3.2
"""Cap height from which a text is shown, if need be larger than drawn."""
LARGEST_TEXT_PX = 13.0
LEAST_CAPS = 2.2
"""Room for less than this many heights of capitals is left empty."""
WIDER = 1.02
"""Texts come out up to so much wider than measured at the reference size."""
Floats = NDArray[np.float64]
PLATE_ALPHA = 205
DIVIDER = " · "
"""What comes before it is written whole or not at all."""
LINE = 1.62
"""Height of a line of text, from the accent to the descender, in heights of capitals."""
_CAP = CAP_HEIGHT[SANS]
_WHOLE = tuple(i for i, name in enumerate(STYLE_NAMES) if name.startswith("value"))
"""Styles of texts that are written whole or not at all: half a number is a wrong one."""
_PLATED = STYLE_INDEX["value.far"]
"""Written on a plate of their own, for what lies below them is not one ground."""


class Labels(NamedTuple):
    """Texts as they are written, one row each, in pixels of the viewport."""

    texts: list[str]
    boxes: Floats
    """x0, y0, x1, y1 of what each covers, shape (n, 4)."""
    font_px: NDArray[np.intp]
    style: NDArray[np.int32]
    angle: Floats
    """Degrees counter-clockwise."""
    start: Floats
    """Where the base line begins, in coordinates turned by the angle, shape (n, 2)."""


NO_LABELS = Labels(
    [], np.zeros((0, 4)), np.zeros(0, dtype=np.intp), np.zeros(0, dtype=np.int32), np.zeros(0),
    np.zeros((0, 2)),
)  # fmt: skip


class _Found(NamedTuple):
    """Candidates of one `Texts`: rows, pixel sizes, and boxes about their middles."""

    texts: Texts
    rows: NDArray[np.intp]
    px: NDArray[np.intp]
    width: Floats
    is_cut: NDArray[np.bool_]
    x: Floats
    y: Floats
    boxes: Floats


def labels_of(
    every: Iterable[Texts], window: tuple[float, float, float, float], level: int, transform: QTransform
) -> Labels:
    """Return the texts that are written, in order of their levels.

    Parameters
    ----------
    every : iterable of Texts
        Earlier ones have the right of way within a level.
    window : tuple of float
        x0, y0, x1, y1 of what is exposed, in scene coordinates.
    level : int
        The level of detail one has come to.
    transform : QTransform
        From scene to viewport; not turned.
    """
    shown = sorted((t for t in every if t.level <= level <= t.until), key=lambda t: (t.level, t.rank))
    found: list[_Found] = []
    budget = MOST_LABELS
    for texts in shown:
        part = _candidates(texts, window, transform)
        if part is not None and len(part.rows) <= budget:
            found.append(part)
            budget -= len(part.rows)
    if not found:
        return NO_LABELS
    free = _free(np.concatenate([part.boxes for part in found]))
    parts = []
    start = 0
    for part in found:
        parts.append(_placed(part, np.flatnonzero(free[start : start + len(part.rows)])))
        start += len(part.rows)
    if len(parts) == 1:
        return parts[0]
    texts = [text for part in parts for text in part.texts]
    return Labels(texts, *(np.concatenate(columns) for columns in zip(*(p[1:] for p in parts), strict=True)))


def _candidates(
    texts: Texts, window: tuple[float, float, float, float], transform: QTransform
) -> _Found | None:
    scale = transform.m11()
    if not len(texts.size) or texts.largest * scale < WORTH_PX:
        return None
    reach = texts.reach(scale)
    at = texts.at
    rows = np.flatnonzero(
        (at[:, 0] >= window[0] - reach)
        & (at[:, 0] <= window[2] + reach)
        & (at[:, 1] >= window[1] - reach)
        & (at[:, 1] <= window[3] + reach)
        & (texts.size * scale >= WORTH_PX)
    )
    if not len(rows):
        return None
    cap = np.clip(texts.size[rows] * scale, SMALLEST_TEXT_PX, LARGEST_TEXT_PX)
    room = np.where(texts.room[rows] > 0, texts.room[rows] * scale, np.inf)
    natural = texts.natural[rows]
    fitting = (room - 1.0) / np.maximum(natural * WIDER, 1e-9)
    cap = np.maximum(np.minimum(cap, fitting), SMALLEST_TEXT_PX)
    px = np.maximum(np.floor(cap / _CAP + 1e-6), 6.0)
    cap = px * _CAP
    full = natural * cap * WIDER + 1.0
    is_cut = full > room + 0.5
    keep = (room >= LEAST_CAPS * cap) & ~(is_cut & np.isin(texts.style[rows], _WHOLE))
    if not keep.all():
        rows, cap, px, full, is_cut, room = (c[keep] for c in (rows, cap, px, full, is_cut, room))
        if not len(rows):
            return None
    width = np.minimum(full, room)
    x = at[rows, 0] * scale + transform.dx()
    y = at[rows, 1] * transform.m22() + transform.dy()
    angle = np.radians(texts.angle[rows])
    c, s = np.cos(angle), np.sin(angle)
    to_middle = np.choose(texts.anchor[rows], (width / 2, np.zeros(len(rows)), -width / 2))
    x, y = x + to_middle * c, y - to_middle * s
    tall = cap * LINE
    half_w, half_h = (np.abs(c) * width + np.abs(s) * tall) / 2, (np.abs(s) * width + np.abs(c) * tall) / 2
    boxes = np.column_stack([x - half_w, y - half_h, x + half_w, y + half_h])
    return _Found(texts, rows, px.astype(np.intp), width, is_cut, x, y, boxes)


def _free(boxes: Floats) -> NDArray[np.bool_]:
    """Tell which boxes are written so that no two overlap, earlier ones first."""
    count = len(boxes)
    free = np.ones(count, dtype=np.bool_)
    x0, y0, x1, y1 = (np.ascontiguousarray(column, dtype=np.float32) for column in boxes.T)
    # Only boxes that meet any other need a decision.
    meets = (x0[:, None] < x1) & (x0 < x1[:, None]) & (y0[:, None] < y1) & (y0 < y1[:, None])
    np.fill_diagonal(meets, False)
    for i in np.flatnonzero(meets.any(axis=1)).tolist():
        if free[:i][meets[i, :i]].any():
            free[i] = False
    return free


def _placed(part: _Found, keep: NDArray[np.intp]) -> Labels:
    """Return those of the candidates that are kept, cut to their rooms and placed."""
    source, rows, px, width = part.texts, part.rows[keep], part.px[keep], part.width[keep]
    style, angle = source.style[rows], source.angle[rows]
    texts = [source.strings[i] for i in rows.tolist()]
    for k in np.flatnonzero(part.is_cut[keep]).tolist():
        room = (float(width[k]) - 1.0) / (float(px[k]) * _CAP * WIDER)
        texts[k] = cut_to(texts[k], int(style[k]), room)
    c, s = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    x, y = part.x[keep], part.y[keep]
    start = np.column_stack([x * c - y * s - width / 2, x * s + y * c + px * _CAP / 2])
    return Labels(texts, part.boxes[keep], px, style, angle, np.rint(start))


_cuts: dict[tuple[str, int, int], str] = {}


def cut_to(text: str, style: int, room: float) -> str:
    """Return the longest beginning of a text that fits a room, in heights of capitals; empty if none does."""
    key = (text, style, int(room * 8))
    found = _cuts.get(key)
    if found is None:
        if len(_cuts) > 50_000:
            _cuts.clear()
        name, limit = STYLE_NAMES[style], int(room * 8) / 8
        length = len(text)
        first, divider, _ = text.partition(DIVIDER)
        if divider and natural_width(f"{first}{DIVIDER}…", name) > limit:
            found = _cuts[key] = first if natural_width(first, name) <= limit else ""
            return found
        while length and natural_width(text[:length].rstrip() + "…", name) > limit:
            length -= 1
        found = _cuts[key] = text[:length].rstrip() + "…" if length else ""
    return found


def write(painter: QPainter, labels: Labels, styles: tuple[Look, ...]) -> None:
    """Write labels in the pixels of the viewport; the painter's transform is the identity afterwards."""
    painter.resetTransform()
    _paint_plates(painter, labels)
    order = np.lexsort((labels.font_px, labels.style, labels.angle))
    last: tuple[int, int] | None = None
    turn = 0.0
    columns = (labels.font_px, labels.style, labels.angle, labels.start[:, 0], labels.start[:, 1])
    rows = zip(order.tolist(), *(column[order].tolist() for column in columns), strict=True)
    for i, px, style, angle, x, y in rows:
        if last != (px, style):
            look = styles[style]
            painter.setFont(text_font(px, look.bold, look.mono))
            painter.setPen(look.text)
            last = (px, style)
        if angle != turn:
            turn = angle
            painter.setWorldTransform(QTransform().rotate(-turn))
        if labels.texts[i]:
            painter.drawText(int(x), int(y), labels.texts[i])
    painter.resetTransform()


def _paint_plates(painter: QPainter, labels: Labels) -> None:
    plated = np.flatnonzero(labels.style == _PLATED)
    if len(plated):
        plate = theme().colour("canvas")
        plate.setAlpha(PLATE_ALPHA)
        for x0, y0, x1, y1 in labels.boxes[plated].tolist():
            painter.fillRect(QRectF(x0 - 2, y0, x1 - x0 + 4, y1 - y0), plate)


_fonts: dict[tuple[int, bool, bool], QFont] = {}


def text_font(px: int, bold: bool, mono: bool) -> QFont:
    """Return the font of a pixel size."""
    key = (px, bold, mono)
    if key not in _fonts:
        made = font(bold=bold, mono=mono)
        made.setPixelSize(px)
        made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
        _fonts[key] = made
    return _fonts[key]

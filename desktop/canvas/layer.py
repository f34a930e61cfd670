"""The drawing itself: one graphics item that paints arrays, whatever the number of devices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QFont, QPainter, QPen, QTransform
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget
from shiboken6 import Shiboken

from core.drawing.batch import Anchor, Level
from core.drawing.styles import STYLE_NAMES
from desktop.canvas.looks import Look, looks
from desktop.canvas.prepared import CAP_HEIGHT, Group, Key, Polygons, Prepared, Texts
from desktop.theme import MONO, SANS, font, theme

MOST_LABELS = 600
MOST_STAMPS = 48
"""With more stamps than this in view they are painted from merged arrays, without the near levels."""
SMALLEST_TEXT_PX = 5.0
"""Cap height below which a text is not worth reading."""
WORTH_PX = 3.2
"""Cap height from which a text is shown, if need be larger than drawn."""
LARGEST_TEXT_PX = 13.0
PENLESS_PX = 5.0
"""A filled rect lower than this is painted without its outline, which would hide the fill."""
PENLESS_PORT_PX = 12.0
"""The same for ports, of which there are many."""
_PORTS = frozenset(i for i, name in enumerate(STYLE_NAMES) if name.startswith("port."))
_GROUPS = frozenset(i for i, name in enumerate(STYLE_NAMES) if name == "face.group")
"""Stand in for ports from afar; the ports cover them."""
_NO_PEN = QPen(Qt.PenStyle.NoPen)
_IDENTITY = QTransform()
_INSET = np.array((1, 1, -1, -1), dtype=np.int32)
_FAR_PX = 20_000.0
"""Where rects that reach far out of the window are cut off [px]."""


@dataclass(frozen=True)
class Stamp:
    """A prepared batch at a place: the same rack elevation stands wherever its block is placed."""

    drawing: Prepared
    dx: float = 0.0
    dy: float = 0.0
    """Scene coordinates, y down."""


class Layer(QGraphicsItem):
    """Paints stamps by culling, level of detail and one call per style.

    Parameters
    ----------
    thresholds : tuple of float
        Scale [px/mm] from which `MIDDLE`, `NEAR` and `CLOSE` primitives are drawn.
    """

    def __init__(self, thresholds: tuple[float, float, float]) -> None:
        super().__init__()
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.thresholds = thresholds
        self._box = QRectF()
        self._stamps: list[tuple[Prepared, float, float]] = []
        self._boxes: NDArray[np.float64] = np.zeros((0, 4))
        self._merged = Prepared()

    def draw(self, stamps: Sequence[Stamp]) -> None:
        """Replace the drawing."""
        self.prepareGeometryChange()
        self._stamps = []
        boxes = []
        for stamp in stamps:
            x0, y0, x1, y1 = stamp.drawing.box
            boxes.append((x0 + stamp.dx, y0 + stamp.dy, x1 + stamp.dx, y1 + stamp.dy))
        self._boxes = np.array(boxes, dtype=np.float64).reshape(-1, 4)
        self._stamps = [(stamp.drawing, stamp.dx, stamp.dy) for stamp in stamps]
        self._merged = merged([_far(stamp) for stamp in stamps]) if len(stamps) > MOST_STAMPS else Prepared()
        if len(self._boxes):
            low, high = self._boxes[:, :2].min(axis=0), self._boxes[:, 2:].max(axis=0)
            self._box = QRectF(low[0], low[1], high[0] - low[0], high[1] - low[1])
        else:
            self._box = QRectF()
        self.update()

    def boundingRect(self) -> QRectF:
        margin = 0.02 * max(self._box.width(), self._box.height(), 1.0)
        return self._box.adjusted(-margin, -margin, margin, margin)

    @property
    def content(self) -> QRectF:
        """The box of what is drawn."""
        return QRectF(self._box)

    def level(self, scale: float) -> Level:
        """Return the level of detail at a scale [px/mm]."""
        return Level(sum(scale >= threshold for threshold in self.thresholds))

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        transform = painter.worldTransform()
        scale = transform.m11()
        exposed = option.exposedRect
        window = (exposed.left(), exposed.top(), exposed.right(), exposed.bottom())
        level = self.level(scale)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        styles = looks(theme().is_dark)
        seen = (
            (self._boxes[:, 2] >= window[0])
            & (self._boxes[:, 0] <= window[2])
            & (self._boxes[:, 3] >= window[1])
            & (self._boxes[:, 1] <= window[3])
        )
        visible = np.flatnonzero(seen).tolist()
        if len(visible) > MOST_STAMPS:
            _paint(painter, self._merged, window, min(level, Level.MIDDLE), scale, styles, transform, MOST_LABELS)
            return
        budget = MOST_LABELS
        for i in visible:
            drawing, dx, dy = self._stamps[i]
            moved = QTransform.fromTranslate(dx, dy) * transform
            painter.setWorldTransform(moved)
            local = (window[0] - dx, window[1] - dy, window[2] - dx, window[3] - dy)
            budget -= _paint(painter, drawing, local, level, scale, styles, moved, max(budget, 0))
        painter.setWorldTransform(transform)


def _far(stamp: Stamp) -> tuple[Prepared, float, float]:
    return stamp.drawing.up_to(Level.MIDDLE), stamp.dx, stamp.dy


def merged(parts: Sequence[tuple[Prepared, float, float]]) -> Prepared:
    """Return one prepared batch holding all parts at their places."""
    groups: dict[str, dict[Key, list[Group]]] = {"rects": {}, "lines": {}}
    texts: dict[int, list[Texts]] = {}
    polygons = []
    for drawing, dx, dy in parts:
        for kind in ("rects", "lines"):
            step = np.array((dx, dy, 0.0, 0.0) if kind == "rects" else (dx, dy, dx, dy))
            corner = np.array([[dx], [dy]], dtype=np.float32)
            for g in getattr(drawing, kind):
                moved = Group(g.rank, g.level, g.style, g.rows + step, g.low + corner, g.high + corner)
                groups[kind].setdefault((g.rank, g.level, g.style), []).append(moved)
        for t in drawing.texts:
            at = t.at + np.array((dx, dy))
            texts.setdefault(t.level, []).append(
                Texts(t.level, t.strings, at, t.size, t.room, t.natural, t.anchor, t.angle, t.style)
            )
        for p in drawing.polygons:
            shapes = [shape.translated(dx, dy) for shape in p.shapes]
            polygons.append(Polygons(p.rank, p.level, p.style, shapes, p.boxes + np.array((dx, dy, dx, dy))))
    return Prepared(
        polygons,
        [_joined(members) for members in groups["rects"].values()],
        [_joined(members) for members in groups["lines"].values()],
        [_joined_texts(members) for _, members in sorted(texts.items())],
    )


def _joined(members: list[Group]) -> Group:
    return Group(
        members[0].rank,
        members[0].level,
        members[0].style,
        np.ascontiguousarray(np.concatenate([m.rows for m in members])),
        np.concatenate([m.low for m in members], axis=1),
        np.concatenate([m.high for m in members], axis=1),
    )


def _joined_texts(members: list[Texts]) -> Texts:
    columns = ("at", "size", "room", "natural", "anchor", "angle", "style")
    strings = [text for m in members for text in m.strings]
    return Texts(members[0].level, strings, *(np.concatenate([getattr(m, c) for m in members]) for c in columns))


def _paint(
    painter: QPainter,
    drawing: Prepared,
    window: tuple[float, float, float, float],
    level: Level,
    scale: float,
    styles: tuple[Look, ...],
    transform: QTransform,
    budget: int,
) -> int:
    """Paint one prepared batch and return the number of labels painted."""
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
    painted = 0
    for texts in drawing.texts:
        if texts.level <= level:
            painted += _paint_texts(painter, texts, window, scale, styles, transform, budget - painted)
    return painted


def _paint_polygons(
    painter: QPainter, shapes: Polygons, window: tuple[float, float, float, float], look: Look
) -> None:
    painter.setPen(look.pen)
    painter.setBrush(look.brush)
    box = shapes.boxes
    seen = (
        (box[:, 2] >= window[0]) & (box[:, 0] <= window[2]) & (box[:, 3] >= window[1]) & (box[:, 1] <= window[3])
    )
    for i in np.flatnonzero(seen).tolist():
        painter.drawPolygon(shapes.shapes[i])


def _paint_rects(
    painter: QPainter, group: Group, window: tuple[float, float, float, float], look: Look, transform: QTransform
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
    if look.has_fill and int(middle[3] - middle[1]) < least:
        _fill(painter, outer, look.brush)
    elif look.has_fill and look.is_hairline:
        _fill(painter, outer, look.pen.brush())
        inner = outer + _INSET
        _fill(painter, np.ascontiguousarray(inner[(inner[:, 2] >= inner[:, 0]) & (inner[:, 3] >= inner[:, 1])]), look.brush)
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
    painter: QPainter, texts: Texts, i: int, transform: QTransform, text: str, cap: float, width: float, angle: float
) -> None:
    painter.save()
    painter.translate(
        texts.at[i, 0] * transform.m11() + transform.dx(), texts.at[i, 1] * transform.m22() + transform.dy()
    )
    painter.rotate(-angle)
    shift = {Anchor.LEFT: 0.0, Anchor.CENTRE: width / 2, Anchor.RIGHT: width}[Anchor(int(texts.anchor[i]))]
    painter.drawText(round(-shift), round(cap / 2), text)
    painter.restore()


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

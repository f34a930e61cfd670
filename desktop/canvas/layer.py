"""The drawing itself: one graphics item that paints arrays, whatever the number of devices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from core.drawing.batch import Level
from desktop.canvas.looks import looks
from desktop.canvas.painting import paint
from desktop.canvas.prepared import Group, Key, Polygons, Prepared, Texts
from desktop.theme import theme

MOST_STAMPS = 48
"""With more stamps than this in view they are painted from merged arrays, without the near levels."""


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
        self._near: tuple[list[int], Prepared] = ([], Prepared())

    def draw(self, stamps: Sequence[Stamp]) -> None:
        """Replace the drawing."""
        self.prepareGeometryChange()
        self._stamps = []
        boxes = []
        for stamp in stamps:
            x0, y0, x1, y1 = stamp.drawing.box
            boxes.append((x0 + stamp.dx, y0 + stamp.dy, x1 + stamp.dx, y1 + stamp.dy))
        self._boxes = np.array(boxes, dtype=np.float64).reshape(-1, 4)
        self._near = ([], Prepared())
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
            level = min(level, Level.MIDDLE)
            paint(painter, self._merged, window, level, scale, styles, transform)
            return
        paint(painter, self._together(visible), window, level, scale, styles, transform)

    def _together(self, visible: list[int]) -> Prepared:
        """Return the stamps in view as one drawing; kept until others come into view."""
        if self._near[0] != visible:
            parts = [self._stamps[i] for i in visible]
            alone = len(parts) == 1 and parts[0][1] == parts[0][2] == 0.0
            self._near = (visible, parts[0][0] if alone else merged(parts))
        return self._near[1]


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
    return Texts(
        members[0].level, strings, *(np.concatenate([getattr(m, c) for m in members]) for c in columns)
    )

"""The drawing itself: one graphics item that paints arrays, whatever the number of devices."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap, QTransform
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from core.drawing.batch import Level
from desktop.canvas.labels import Labels, labels_of
from desktop.canvas.looks import looks
from desktop.canvas.painting import paint
from desktop.canvas.pictures import Shown
from desktop.canvas.prepared import Group, Prepared, Texts
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
        self._laid: dict[str, Prepared] = {}
        self._pictures: list[Shown] = []
        self._revision = 0
        self._shown: object = None
        self._kept: QPixmap | None = None
        self.closer: Callable[[tuple[float, float, float, float], float], Prepared | None] | None = None
        """Gives what is only drawn of what is in a window (scene coordinates), at a scale; or nothing."""

    def refresh(self) -> None:
        """Paint anew what `closer` gives."""
        self._revision += 1
        self.update()

    def lay(self, name: str, drawing: Prepared | None) -> None:
        """Paint another drawing with the stamps (colours, cables ...), or take it away."""
        if drawing is not None and not drawing.is_empty:
            self._laid[name] = drawing
            self.refresh()
        elif self._laid.pop(name, None) is not None:
            self.refresh()

    def draw(self, stamps: Sequence[Stamp], pictures: Sequence[Shown] = ()) -> None:
        """Replace the drawing, and the pictures that lie below it."""
        self.prepareGeometryChange()
        self._pictures = list(pictures)
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
        for picture in self._pictures:
            self._box = self._box.united(picture.box)
        self.refresh()

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
        exposed = option.exposedRect
        if widget is None:
            self._paint(painter, exposed, transform)
            return
        # What lies above the drawing changes with every move of the mouse, the drawing itself does not: the
        # second frame of the same picture is kept, those after it are that picture.
        key = (transform, widget.size(), widget.devicePixelRatioF(), theme().is_dark, self._revision)
        if key != self._shown:
            self._shown, self._kept = key, None
            self._paint(painter, exposed, transform)
            return
        if self._kept is None:
            # All of it, though only a part may be exposed now (a panel over the drawing has come or gone).
            whole = transform.inverted()[0].mapRect(QRectF(widget.rect()))
            self._kept = self._picture(widget, whole, transform)
        painter.resetTransform()
        painter.drawPixmap(0, 0, self._kept)
        painter.setWorldTransform(transform)

    def _picture(self, widget: QWidget, exposed: QRectF, transform: QTransform) -> QPixmap:
        ratio = widget.devicePixelRatioF()
        made = QPixmap(widget.size() * ratio)
        made.setDevicePixelRatio(ratio)
        made.fill(theme().colour("canvas"))
        painter = QPainter(made)
        painter.setWorldTransform(transform)
        self._paint(painter, exposed, transform)
        painter.end()
        return made

    def _paint(self, painter: QPainter, exposed: QRectF, transform: QTransform) -> None:
        window = (exposed.left(), exposed.top(), exposed.right(), exposed.bottom())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for picture in self._pictures:
            picture.paint(painter)
        drawings, level = self.seen(window, transform.m11())
        paint(painter, drawings, window, level, looks(theme().is_dark), transform)

    def seen(self, window: tuple[float, float, float, float], scale: float) -> tuple[list[Prepared], Level]:
        """Return the drawings that make up what is in a window at a scale, and their level of detail."""
        boxes = self._boxes
        meets = (
            (boxes[:, 2] >= window[0])
            & (boxes[:, 0] <= window[2])
            & (boxes[:, 3] >= window[1])
            & (boxes[:, 1] <= window[3])
        )
        visible = np.flatnonzero(meets).tolist()
        crowded, level = len(visible) > MOST_STAMPS, self.level(scale)
        if crowded:
            level = min(level, Level.MIDDLE)
        found = [self._merged if crowded else self._together(visible), *self._laid.values()]
        closer = self.closer(window, scale) if self.closer is not None else None
        return (found if closer is None else [*found, closer]), level

    def labels(self, window: QRectF, transform: QTransform) -> Labels:
        """Return the texts that are written in a window of the scene, as `paint` writes them."""
        edges = (window.left(), window.top(), window.right(), window.bottom())
        drawings, level = self.seen(edges, transform.m11())
        texts = [text for drawing in drawings for text in drawing.texts]
        return labels_of(texts, edges, level, transform)

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
    groups: dict[str, dict[tuple[int, int, int, int], list[tuple[Group, float, float]]]]
    groups = {"rects": {}, "lines": {}}
    texts: dict[tuple[int, int, int], list[Texts]] = {}
    polygons = []
    for drawing, dx, dy in parts:
        for kind, found in groups.items():
            for g in getattr(drawing, kind):
                found.setdefault((g.rank, g.level, g.style, g.until), []).append((g, dx, dy))
        for t in drawing.texts:
            texts.setdefault((t.level, t.rank, t.until), []).append(replace(t, at=t.at + np.array((dx, dy))))
        for p in drawing.polygons:
            shapes = [shape.translated(dx, dy) for shape in p.shapes]
            polygons.append(replace(p, shapes=shapes, boxes=p.boxes + np.array((dx, dy, dx, dy))))
    return Prepared(
        polygons,
        [_joined(members, (1.0, 1.0, 0.0, 0.0)) for members in groups["rects"].values()],
        [_joined(members, (1.0, 1.0, 1.0, 1.0)) for members in groups["lines"].values()],
        [_joined_texts(members) for _, members in sorted(texts.items())],
    )


def _joined(members: list[tuple[Group, float, float]], moves: tuple[float, float, float, float]) -> Group:
    """Return equal groups as one; `moves` tells which of the four columns a step moves."""
    counts = [len(g.rows) for g, _, _ in members]
    steps = np.repeat(np.array([(dx, dy) for _, dx, dy in members]), counts, axis=0)
    rows = np.concatenate([g.rows for g, _, _ in members])
    rows += np.hstack([steps, steps]) * np.array(moves)
    corner = steps.T.astype(np.float32)
    low = np.concatenate([g.low for g, _, _ in members], axis=1) + corner
    high = np.concatenate([g.high for g, _, _ in members], axis=1) + corner
    return replace(members[0][0], rows=rows, low=low, high=high)


def _joined_texts(members: list[Texts]) -> Texts:
    columns = ("at", "size", "room", "natural", "anchor", "angle", "style")
    strings = [text for m in members for text in m.strings]
    joined = {c: np.concatenate([getattr(m, c) for m in members]) for c in columns}
    return replace(members[0], strings=strings, **joined)

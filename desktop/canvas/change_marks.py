"""Above the drawings: what was added, removed, moved and changed against another design."""

from __future__ import annotations

from dataclasses import dataclass
from math import atan2, cos, pi, sin
from typing import Literal

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QPainter, QPen, QPolygonF, QTransform

from desktop.canvas.box_marks import BoxMarks
from desktop.theme import font, theme

MarkState = Literal["added", "removed", "moved", "was", "changed", "cabled"]
LEAST_PX = 3.0
LEAST_PLATE_PX = 16.0
"""Boxes narrower or lower than this have no room for a sign at their corner."""
LEAST_WORDS_PX = 46.0
FLAT_PX = (40.0, 7.0)
"""A box that is wide and low, as of one rack unit, has its sign at its right end."""
HATCH = 120
PLATE_PX = 15.0
PLACES = (0.5, 0.3, 0.7)
"""Where along a line its sign may be: lines beside each other have theirs at different places."""
WORDS = {"cabled": "cables"}
"""What a legend calls a state, where that is not its name."""
SIGNS: dict[MarkState, str] = {"added": "+", "removed": "−", "moved": "→", "changed": "≠", "cabled": "~"}
ROLES: dict[MarkState, str] = {
    "added": "ok", "removed": "error", "moved": "info", "was": "info", "changed": "warning",
    "cabled": "warning",
}  # fmt: skip
LINES: dict[MarkState, Qt.PenStyle] = {
    "added": Qt.PenStyle.SolidLine,
    "removed": Qt.PenStyle.DashLine,
    "moved": Qt.PenStyle.DashDotLine,
    "was": Qt.PenStyle.DotLine,
    "changed": Qt.PenStyle.SolidLine,
    "cabled": Qt.PenStyle.DotLine,
}


@dataclass(frozen=True)
class ChangeMark:
    """Something that is otherwise, in scene coordinates.

    Attributes
    ----------
    state : str
        `was` is where something stood that was moved; of what is `cabled` only cables are otherwise.
    at : QRectF
        Its box; of a line the box around it.
    words : str
        Beside its sign.
    line : QLineF, optional
        Cables between two boxes; of what was moved the way it went.
    path : str
        What it is about.
    """

    state: MarkState
    at: QRectF
    words: str = ""
    line: QLineF | None = None
    path: str = ""

    @property
    def box(self) -> QRectF:
        """All of it."""
        if self.line is None:
            return self.at
        return self.at.united(QRectF(self.line.p1(), self.line.p2()).normalized().adjusted(-1, -1, 1, 1))


class ChangeMarks(BoxMarks[ChangeMark]):
    """A line around each thing and a sign at its corner: colour is never alone."""

    def __init__(self) -> None:
        super().__init__(above=7)

    def paint_mark(self, painter: QPainter, mark: ChangeMark, box: QRectF) -> None:
        whole = mark.box
        if whole.width() <= 0 or whole.height() <= 0:
            return
        across, along = box.width() / whole.width(), box.height() / whole.height()
        to_px = QTransform.fromTranslate(-whole.x(), -whole.y()) * QTransform.fromScale(across, along)
        to_px *= QTransform.fromTranslate(box.x(), box.y())
        colour = theme().colour(ROLES[mark.state])
        line = None if mark.line is None else to_px.map(mark.line)
        if line is not None and mark.state == "moved":
            _paint_way(painter, line, to_px.mapRect(mark.at), colour)
        elif line is not None:
            painter.setPen(QPen(colour, 2.4, LINES[mark.state]))
            painter.drawLine(line)
            place = PLACES[round(abs(whole.center().x())) % len(PLACES)]
            paint_plate(painter, line.pointAt(place) + QPointF(0, PLATE_PX / 2), mark.state, mark.words)
            return
        _paint_box(painter, mark, to_px.mapRect(mark.at), colour)


def _paint_box(painter: QPainter, mark: ChangeMark, box: QRectF, colour: QColor) -> None:
    least = min(box.width(), box.height())
    heavy = least >= LEAST_PLATE_PX and mark.state != "cabled"
    painter.setPen(QPen(colour, 2.0 if heavy else 1.2, LINES[mark.state]))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if mark.state == "removed" and least >= LEAST_PX:
        faint = QColor(colour)
        faint.setAlpha(HATCH)
        painter.setBrush(QBrush(faint, Qt.BrushStyle.BDiagPattern))
    painter.drawRect(box)
    if mark.state == "was":
        return
    if least >= LEAST_PLATE_PX:
        words = mark.words if box.width() >= LEAST_WORDS_PX else ""
        wide = plate_px(mark.state, words)
        paint_plate(painter, QPointF(box.right() - wide / 2 + 2, box.top() + PLATE_PX - 6), mark.state, words)
    elif box.width() >= FLAT_PX[0] and box.height() >= FLAT_PX[1]:
        paint_plate(painter, QPointF(box.right() - PLATE_PX / 2, box.center().y() + PLATE_PX / 2), mark.state)


def _paint_way(painter: QPainter, line: QLineF, box: QRectF, colour: QColor) -> None:
    """Paint an arrow from where something stood to the edge of where it stands: its name stays readable."""
    corners = (box.topLeft(), box.topRight(), box.bottomRight(), box.bottomLeft())
    for one, other in zip(corners, (*corners[1:], corners[0]), strict=True):
        kind, at = line.intersects(QLineF(one, other))
        if kind == QLineF.IntersectionType.BoundedIntersection:
            line = QLineF(line.p1(), at)
    if line.length() < PLATE_PX:
        return
    painter.setPen(QPen(colour, 1.2))
    painter.drawLine(line)
    angle, tip = atan2(line.dy(), line.dx()), line.p2()
    wings = [tip - QPointF(9 * cos(angle + turn), 9 * sin(angle + turn)) for turn in (-pi / 8, pi / 8)]
    painter.setBrush(colour)
    painter.drawPolygon(QPolygonF([tip, *wings]))


def plate_px(state: MarkState, words: str = "") -> float:
    """Return how wide a plate is [px]."""
    if not words:
        return PLATE_PX
    return PLATE_PX + QFontMetricsF(font("small", bold=True)).horizontalAdvance(words) + 5


def paint_plate(painter: QPainter, low: QPointF, state: MarkState, words: str = "") -> None:
    """Paint a sign, and words beside it, on a plate; `low` is the middle of its lower side [px]."""
    colour, wide = theme().colour(ROLES[state]), plate_px(state, words)
    plate = QRectF(low.x() - wide / 2, low.y() - PLATE_PX, wide, PLATE_PX)
    painter.setPen(QPen(colour, 1.2))
    painter.setBrush(theme().colour("raised"))
    painter.drawRoundedRect(plate, 4, 4)
    painter.setFont(font("strong", bold=True))
    painter.setPen(colour)
    square = QRectF(plate.left(), plate.top() - 1, PLATE_PX, PLATE_PX)
    painter.drawText(square, int(Qt.AlignmentFlag.AlignCenter), SIGNS[state])
    if words:
        painter.setFont(font("small", bold=True))
        painter.setPen(theme().colour("text"))
        rest = plate.adjusted(PLATE_PX - 1, 0, -3, 0)
        painter.drawText(rest, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), words)

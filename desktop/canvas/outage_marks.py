"""Above hall and racks: what is taken for failed in power and cooling, and what goes down with it."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen

from core.explore.outage_cost import State
from desktop.canvas.box_marks import BoxMarks
from desktop.canvas.broken import paint_badge
from desktop.theme import theme

LEAST_PX = 3.0
"""Boxes narrower or lower than this get a line around them and no more."""
LEAST_BADGE_PX = 18.0
COVER = 110
HATCH = 150
"""How much of a box is covered, and how strong the lines on it are, of 255."""
_SIGNS: dict[State, tuple[str, str]] = {
    "failed": ("cross", "error"),
    "dead": ("barred", "error"),
    "uncooled": ("drop", "error"),
    "cut": ("barred", "warning"),
    "short": ("less", "warning"),
}
_HATCHES: dict[State, Qt.BrushStyle] = {
    "dead": Qt.BrushStyle.BDiagPattern,
    "uncooled": Qt.BrushStyle.HorPattern,
    "cut": Qt.BrushStyle.VerPattern,
}
WORDS: dict[State, str] = {
    "failed": "failed",
    "dead": "without power",
    "uncooled": "uncooled",
    "cut": "cut off",
    "short": "short of power",
}


class OutageMark(NamedTuple):
    """A box in scene coordinates, what becomes of it, and a number to say beside its sign."""

    box: QRectF
    state: State
    words: str = ""


class OutageMarks(BoxMarks[OutageMark]):
    """A cross on what failed, a hatch and a sign on what it takes along; colour is never alone."""

    def __init__(self) -> None:
        super().__init__(above=9)

    def paint_mark(self, painter: QPainter, mark: OutageMark, box: QRectF) -> None:
        _paint_mark(painter, mark, box)


def _paint_mark(painter: QPainter, mark: OutageMark, box: QRectF) -> None:
    sign, role = _SIGNS[mark.state]
    colour = theme().colour(role)
    if min(box.width(), box.height()) >= LEAST_PX and mark.state != "short":
        cover = QColor(theme().colour("canvas"))
        cover.setAlpha(COVER)
        painter.fillRect(box, cover)
        lines = QColor(colour)
        lines.setAlpha(HATCH)
        if mark.state in _HATCHES:
            painter.fillRect(box, QBrush(lines, _HATCHES[mark.state]))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    dash = Qt.PenStyle.DashLine if mark.state == "failed" else Qt.PenStyle.SolidLine
    wide = 1.8 if min(box.width(), box.height()) >= LEAST_BADGE_PX else 1.0
    painter.setPen(QPen(colour, wide, dash))
    painter.drawRect(box)
    if mark.state == "failed":
        painter.drawLine(box.topLeft(), box.bottomRight())
        painter.drawLine(box.bottomLeft(), box.topRight())
    if min(box.width(), box.height()) < LEAST_BADGE_PX:
        return
    # Within the box: neighbours stand close together.
    inner = QRectF(box.left(), box.top() + 10, box.width() - 6, box.height())
    paint_badge(painter, inner, sign, mark.words, colour)

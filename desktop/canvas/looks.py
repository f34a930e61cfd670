"""How a style of `core.drawing.styles` is painted on screen, by theme."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QPen

from core.drawing.styles import STYLE_NAMES, STYLES, Style
from desktop.theme import DARK, LIGHT

_DASHES = {
    "": Qt.PenStyle.SolidLine,
    "dash": Qt.PenStyle.DashLine,
    "dot": Qt.PenStyle.DotLine,
    "chain": Qt.PenStyle.DashDotLine,
}
ERASING = frozenset(("label.back", "area.opening"))
"""Styles that cover what is below with the white of paper."""
HEAVY_MM = 0.5
"""Lines from this print width on are 2 px wide on screen."""
BROAD_MM = 1.0
"""From this on they are 3 px wide for each millimetre."""


@dataclass(frozen=True)
class Look:
    """Pen, brush and text colour of one style."""

    pen: QPen
    brush: QBrush
    text: QColor
    bold: bool
    mono: bool

    has_fill: bool
    is_hairline: bool
    """Whether the pen is solid and one pixel wide."""


@cache
def looks(dark: bool) -> tuple[Look, ...]:
    """Return the looks of all styles in the order of `STYLE_NAMES`."""
    ground = (DARK if dark else LIGHT).canvas
    return tuple(
        _look(_erasing(STYLES[name], ground), False) if name in ERASING else _look(STYLES[name], dark)
        for name in STYLE_NAMES
    )


def _erasing(style: Style, ground: str) -> Style:
    """Return a style that paints the white of paper in the colour of the screen's ground."""
    return replace(style, fill=style.fill and ground, stroke=style.stroke and ground)


def _look(style: Style, dark: bool) -> Look:
    if style.stroke is None:
        pen = QPen(Qt.PenStyle.NoPen)
    else:
        pen = QPen(stroke_colour(style.stroke, dark), _width_px(style.width_mm))
        pen.setStyle(_DASHES[style.dash])
        pen.setCosmetic(True)
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    brush = QBrush(Qt.BrushStyle.NoBrush)
    if style.fill is not None:
        brush = QBrush(QColor(style.dark) if dark and style.dark else fill_colour(style.fill, dark))
    hairline = style.stroke is not None and style.width_mm < HEAVY_MM and not style.dash
    return Look(
        pen, brush, text_colour(style.text, dark), style.bold, style.mono, style.fill is not None, hairline
    )


def _width_px(width_mm: float) -> int:
    """Return how wide a line is on screen: what is drawn to be told apart by its width is wider."""
    if width_mm < HEAVY_MM:
        return 1
    return 2 if width_mm < BROAD_MM else round(3 * width_mm)


def fill_colour(colour: str, dark: bool) -> QColor:
    """Return a fill; on dark paper pale fills become deep ones of the same hue."""
    made = QColor(colour)
    if not dark:
        return made
    hue, saturation, lightness, _ = made.getHslF()
    if lightness > 0.55:
        return QColor.fromHslF(max(hue, 0.0), min(saturation * 0.62, 0.5), 0.15 + (1.0 - lightness) * 0.75)
    return QColor.fromHslF(max(hue, 0.0), saturation, 0.35 + lightness * 0.4)


def stroke_colour(colour: str, dark: bool) -> QColor:
    """Return a stroke; on dark paper dark strokes become light ones of the same hue."""
    made = QColor(colour)
    if not dark:
        return made
    hue, saturation, lightness, _ = made.getHslF()
    if lightness > 0.6:
        return QColor.fromHslF(max(hue, 0.0), saturation * 0.7, 0.28)
    return QColor.fromHslF(max(hue, 0.0), min(saturation, 0.6), 0.72 - lightness * 0.3)


def text_colour(colour: str, dark: bool) -> QColor:
    """Return a text colour; light text on a filled ground stays light."""
    made = QColor(colour)
    if not dark:
        return made
    hue, saturation, lightness, _ = made.getHslF()
    if lightness > 0.9:
        return made
    return QColor.fromHslF(max(hue, 0.0), min(saturation, 0.55), 0.9 - lightness * 0.35)

"""Line icons, drawn in the colours of the theme."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from desktop.theme import theme

SIZE = 16
"""Side of an icon [px]; drawn at twice that for dense screens."""


def icon(name: str, role: str = "text") -> QIcon:
    """Return an icon in a colour of the present theme; ask again when the theme changes."""
    colours = theme().colours
    return _icon(name, getattr(colours, role), colours.disabled)


def pixmap(name: str, role: str = "text", size: int = SIZE, ratio: float = 2.0) -> QPixmap:
    """Return an icon as a pixmap of `size` px."""
    return _pixmap(name, theme().colour(role).name(), size, ratio)


def paint_icon(painter: QPainter, name: str, box: QRectF, colour: QColor) -> None:
    """Paint an icon into a box."""
    _renderer(name, colour.name()).render(painter, box)


def application_icon() -> QIcon:
    """Return the program's own icon."""
    return QIcon(str(files("resources").joinpath("icons", "cagenut.svg")))


@cache
def _icon(name: str, colour: str, disabled: str) -> QIcon:
    made = QIcon(_pixmap(name, colour, SIZE, 2.0))
    made.addPixmap(_pixmap(name, disabled, SIZE, 2.0), QIcon.Mode.Disabled)
    return made


@cache
def _pixmap(name: str, colour: str, size: int, ratio: float) -> QPixmap:
    made = QPixmap(round(size * ratio), round(size * ratio))
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    _renderer(name, colour).render(painter, QRectF(made.rect()))
    painter.end()
    made.setDevicePixelRatio(ratio)
    return made


@cache
def _renderer(name: str, colour: str) -> QSvgRenderer:
    text = files("resources").joinpath("icons", f"{name}.svg").read_text("utf-8")
    return QSvgRenderer(QByteArray(text.replace("currentColor", colour).encode()))

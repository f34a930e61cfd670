"""Pictures below a drawing, painted pale; in a dark window their light paper becomes dark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter, QTransform

from core.drawing.underlays import Picture
from desktop.theme import theme

STRENGTH = 0.4
"""How much of a picture shows through."""
MOST_PIXELS = 20_000_000


@dataclass(frozen=True)
class Shown:
    """A picture made ready for Qt."""

    data: bytes
    transform: QTransform
    """From pixels, y down, to the scene."""
    box: QRectF
    """In scene coordinates."""

    def paint(self, painter: QPainter) -> None:
        image = _image(self.data, theme().is_dark)
        painter.save()
        painter.setWorldTransform(self.transform, True)
        painter.setOpacity(STRENGTH)
        # The paper takes the colour of the ground, only what is drawn on it shows.
        mode = QPainter.CompositionMode
        painter.setCompositionMode(
            mode.CompositionMode_Screen if theme().is_dark else mode.CompositionMode_Multiply
        )
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, True)
        painter.drawImage(0, 0, image)
        painter.restore()


def shown(pictures: Sequence[Picture]) -> list[Shown]:
    """Return pictures ready to be painted; one that cannot be read is left out."""
    found = []
    for picture in pictures:
        image = _image(picture.data, False)
        if image.isNull():
            continue
        a, b, c, d, e, f = picture.matrix
        # The rows of an image go down from its upper edge, y of the scene goes down as well.
        high = image.height()
        transform = QTransform(a, -b, -c, d, e + c * high, -(f + d * high))
        box = transform.mapRect(QRectF(0, 0, image.width(), high))
        found.append(Shown(picture.data, transform, box))
    return found


@lru_cache(maxsize=6)
def _image(data: bytes, dark: bool) -> QImage:
    made = QImage.fromData(data)
    if made.width() * made.height() > MOST_PIXELS:
        return QImage()
    if dark:
        made = made.convertToFormat(QImage.Format.Format_ARGB32)
        made.invertPixels(QImage.InvertMode.InvertRgb)
    return made

"""Reserved units in a rack elevation: hatched, with what they are kept for."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from core.drawing.batch import Anchor, Level, Sketch
from core.drawing.faceplate import Face
from core.drawing.rack_geometry import Frame
from core.model.records import Reserved

_STEP_MM = 45.0


def draw_reserved(sketch: Sketch, reserved: Iterable[Reserved], frame: Frame, face: Face) -> None:
    """Draw the reservations that concern a face of a rack."""
    left = (frame.width - frame.opening) / 2.0
    for each in reserved:
        if each.face not in ("both", face):
            continue
        y = frame.base + each.half_u * frame.pitch / 2.0
        height = each.half_units * frame.pitch / 2.0
        for level in (Level.FAR, Level.MIDDLE):  # from the middle on it also covers the lines of the units
            sketch.rect(left, y, frame.opening, height, "rack.reserved", level=level)
        size = min(16.0, 0.5 * height)
        words = f"Reserved: {each.note}" if each.note else "Reserved"
        room = min(1.05 * size * len(words) + 2 * size, frame.opening - 60.0)
        x = left + frame.opening / 2.0
        sketch.text(
            x,
            y + height / 2.0,
            words,
            size,
            "rack.reserved",
            anchor=Anchor.CENTRE,
            width=room - size,
            level=Level.MIDDLE,
        )
        side = (frame.opening - room) / 2.0  # the hatch leaves the words free
        _hatch(sketch, left, y, side, height)
        _hatch(sketch, left + frame.opening - side, y, side, height)


def mark_reserved(
    sketch: Sketch, x: float, y: float, width: float, height: float, *, hatched: bool = True
) -> None:
    """Draw a dashed frame, and a hatch, over something that stands there but is reserved."""
    corners = ((x, y), (x + width, y), (x + width, y + height), (x, y + height), (x, y))
    for (x1, y1), (x2, y2) in pairwise(corners):
        sketch.line(x1, y1, x2, y2, "reserved.frame")
    if hatched:
        _hatch(sketch, x, y, width, height)


def _hatch(sketch: Sketch, left: float, bottom: float, width: float, height: float) -> None:
    """Draw lines that rise to the right, cut at the edges."""
    start = -height
    while start < width:
        x1, x2 = max(start, 0.0), min(start + height, width)
        if x2 - x1 > 1.0:
            y1, y2 = bottom + x1 - start, bottom + x2 - start
            sketch.line(left + x1, y1, left + x2, y2, "rack.reserved.hatch", level=Level.MIDDLE)
        start += _STEP_MM

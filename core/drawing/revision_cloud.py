"""Revision clouds: what has changed since the issue before, as reviewers look for it on drawings."""

from __future__ import annotations

from math import cos, inf, pi, sin

from core.drawing.batch import Anchor, Sketch

SCALLOP_MM = 4.0
"""Width of one bulge on paper."""
BULGE_POINTS = 6
ROOM_MM = 1.2
"""Between what changed and its cloud."""
TRIANGLE_MM = 6.0


def cloud(
    sketch: Sketch, x0: float, y0: float, x1: float, y1: float, number: str, highest: float = inf
) -> None:
    """Draw a cloud around a box, with the number of the revision in a triangle at its upper right corner.

    Parameters
    ----------
    sketch : Sketch
    x0, y0, x1, y1 : float
        The box on paper [mm].
    number : str
        Of the revision; empty where it is not issued yet: the triangle stays empty.
    highest : float
        Up to where the triangle may go [mm].
    """
    left, low, right, top = x0 - ROOM_MM, y0 - ROOM_MM, x1 + ROOM_MM, y1 + ROOM_MM
    corners = ((left, low), (right, low), (right, top), (left, top))
    points: list[tuple[float, float]] = []
    for k, (ax, ay) in enumerate(corners):
        bx, by = corners[(k + 1) % 4]
        points += _scallops(ax, ay, bx, by)
    sketch.polyline([*points, points[0]], "revision.cloud")
    x, half = right + TRIANGLE_MM * 0.4, TRIANGLE_MM / 2
    y = min(top + TRIANGLE_MM * 0.2, highest - TRIANGLE_MM)
    sketch.polygon([(x - half, y), (x + half, y), (x, y + TRIANGLE_MM * 0.87)], "revision.mark")
    if number:
        sketch.text(x, y + TRIANGLE_MM * 0.28, number, 1.8, "revision.mark", anchor=Anchor.CENTRE)


def _scallops(ax: float, ay: float, bx: float, by: float) -> list[tuple[float, float]]:
    """Return half circles along an edge that runs with the box on its left."""
    length = abs(bx - ax) + abs(by - ay)
    count = max(1, round(length / SCALLOP_MM))
    dx, dy = (bx - ax) / count, (by - ay) / count
    points = []
    for k in range(count):
        cx, cy = ax + dx * (k + 0.5), ay + dy * (k + 0.5)
        for step in range(BULGE_POINTS):
            angle = pi * step / BULGE_POINTS
            along, out = -cos(angle) / 2, sin(angle) / 2
            points.append((cx + along * dx + out * dy, cy + along * dy - out * dx))
    return points

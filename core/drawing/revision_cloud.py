"""Revision clouds: what has changed since the issue before, as reviewers look for it on drawings."""

from __future__ import annotations

from math import cos, inf, pi, sin

from core.drawing.batch import Anchor, Sketch

SCALLOP_MM = 4.0
"""Width of one bulge on paper; around small things they are smaller, clear of what stands beside."""
LEAST_SCALLOP_MM = 1.6
SIDE_SCALLOPS = 5
"""Bulges along the shorter side of what is small."""
BULGE_POINTS = 6
ROOM_MM = 1.2
"""Between what changed and its cloud; around small things less."""
TRIANGLE_MM = 6.0
SMALL_TRIANGLE_MM = 5.2


def cloud(
    sketch: Sketch,
    x0: float,
    y0: float,
    x1: float,
    y1: float,
    number: str,
    highest: float = inf,
    along: float = 1.0,
) -> None:
    """Draw a cloud around a box, with the number of the revision in a triangle above its upper right corner.

    Parameters
    ----------
    sketch : Sketch
    x0, y0, x1, y1 : float
        The box on paper [mm].
    number : str
        Of the revision; empty where it is not issued yet: the triangle stays empty.
    highest : float
        Up to where the triangle may go [mm].
    along : float
        Where along the upper side the triangle is: 0 at its left end, 1 at the right one.
    """
    wide = min(max(min(x1 - x0, y1 - y0) / SIDE_SCALLOPS, LEAST_SCALLOP_MM), SCALLOP_MM)
    room = ROOM_MM * wide / SCALLOP_MM
    left, low, right, top = x0 - room, y0 - room, x1 + room, y1 + room
    corners = ((left, low), (right, low), (right, top), (left, top))
    points: list[tuple[float, float]] = []
    for k, (ax, ay) in enumerate(corners):
        bx, by = corners[(k + 1) % 4]
        points += _scallops(ax, ay, bx, by, wide)
    sketch.polyline([*points, points[0]], "revision.cloud")
    side = TRIANGLE_MM if wide == SCALLOP_MM else SMALL_TRIANGLE_MM
    x, y = left + along * (right - left), min(top + wide / 2 - 0.3, highest - side)
    sketch.polygon([(x - side / 2, y), (x + side / 2, y), (x, y + side * 0.87)], "revision.mark")
    if number:
        sketch.text(x, y + side * 0.17, number, 1.8, "revision.mark", anchor=Anchor.CENTRE)


def _scallops(ax: float, ay: float, bx: float, by: float, wide: float) -> list[tuple[float, float]]:
    """Return half circles along an edge that runs with the box on its left."""
    length = abs(bx - ax) + abs(by - ay)
    count = max(1, round(length / wide))
    dx, dy = (bx - ax) / count, (by - ay) / count
    points = []
    for k in range(count):
        cx, cy = ax + dx * (k + 0.5), ay + dy * (k + 0.5)
        for step in range(BULGE_POINTS):
            angle = pi * step / BULGE_POINTS
            along, out = -cos(angle) / 2, sin(angle) / 2
            points.append((cx + along * dx + out * dy, cy + along * dy - out * dx))
    return points

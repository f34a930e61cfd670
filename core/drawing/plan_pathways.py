"""Pathways on plans: their run below what stands on the floor, their edges and names above it."""

from __future__ import annotations

import math
from itertools import pairwise

from core.drawing.batch import Batch, Level, Sketch
from core.drawing.dimensions import TEXT
from core.drawing.placed import Transform, walk
from core.model.project import Reader
from core.model.records import Pathway
from core.units import length

_EM = 0.5
"""Mean width of a letter, of its height."""
KINDS = ("fibre", "copper", "power", "coolant")
"""What pathways carry that have an edge of their own."""


def draw_runs(project: Reader, block: str) -> Batch:
    """Draw the runs of the pathways of a floor block and of all blocks placed in it."""
    sketch = Sketch()
    for way, transform, _ in _placed(project, block):
        for piece in _quads(way, transform):
            sketch.polygon(piece, "pathway", level=Level.MIDDLE)
    return sketch.freeze()


def draw_edges(project: Reader, block: str, scale: float) -> Batch:
    """Draw the edges of the same, which run over racks, crosses where they rise or drop, and their names."""
    sketch = Sketch()
    for way, transform, own in _placed(project, block):
        style = edge_style(way)
        for a, b, c, d in _quads(way, transform):
            sketch.line(*a, *b, style, level=Level.MIDDLE)
            sketch.line(*d, *c, style, level=Level.MIDDLE)
        for (x1, y1, z1), (x2, y2, z2) in pairwise(way.points):
            if (x1, y1) == (x2, y2) and z1 != z2:
                x, y = transform.apply(x1, y1)
                half = max(way.width_mm, 100) / 2
                sketch.line(x - half, y - half, x + half, y + half, style, level=Level.MIDDLE)
                sketch.line(x - half, y + half, x + half, y - half, style, level=Level.MIDDLE)
        if own and way.points and way.name:
            _name(sketch, way, transform, scale)
    return sketch.freeze()


def edge_style(way: Pathway) -> str:
    """Return the style of the edges of a pathway: by what it carries."""
    return f"pathway.{way.carries}" if way.carries in KINDS else "pathway.data"


def _name(sketch: Sketch, way: Pathway, transform: Transform, scale: float) -> None:
    """Write name, what it carries and its height along the longest piece, if they are no longer than it."""
    pieces = [
        (transform.apply(a[0], a[1]), transform.apply(b[0], b[1]), a[2]) for a, b in pairwise(way.points)
    ]
    (x1, y1), (x2, y2), z = max(pieces, key=lambda piece: math.dist(piece[0], piece[1]))
    angle = 90.0 if abs(y2 - y1) > abs(x2 - x1) else 0.0
    words = " · ".join(filter(None, (way.name, way.carries, f"z {length(z)}")))
    if _EM * len(words) * TEXT * scale > math.dist((x1, y1), (x2, y2)):
        return  # sheets of pathways name them all
    beside = way.width_mm / 2 + 0.8 * TEXT * scale
    x, y = min((x1, y1), (x2, y2))
    x, y = (x - beside, y + scale) if angle else (x + scale, y + beside)
    sketch.text(x, y, words, TEXT * scale, "text.faint", angle=angle, level=Level.NEAR)


def _placed(project: Reader, block: str) -> list[tuple[Pathway, Transform, bool]]:
    found = []
    for at in walk(project, block):
        if at.block.kind == "floor":
            ways = project.rows("pathways", at.block.id).values()
            found += [(way, at.transform, not at.depth) for way in ways]
    return found


Point = tuple[float, float]


def _quads(way: Pathway, transform: Transform) -> list[tuple[Point, Point, Point, Point]]:
    """Return the outline of each straight piece in plan; a piece that stands upright has none."""
    found = []
    points = [transform.apply(x, y) for x, y, _ in way.points]
    for (x1, y1), (x2, y2) in pairwise(points):
        long = math.hypot(x2 - x1, y2 - y1)
        if long:
            nx, ny = -(y2 - y1) / long * way.width_mm / 2, (x2 - x1) / long * way.width_mm / 2
            found.append(((x1 + nx, y1 + ny), (x2 + nx, y2 + ny), (x2 - nx, y2 - ny), (x1 - nx, y1 - ny)))
    return found

"""The way by which a rack comes from a door to its place, over a plan."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from core.drawing.batch import Anchor, Batch, Sketch
from core.drawing.dimensions import TEXT
from core.units import length

STYLE = "way.in"
Corner = tuple[float, float]


def way_words(corners: Sequence[Corner]) -> str:
    """Return how long a way is and how many corners it has.

    Examples
    --------
    >>> way_words([(0, 0), (0, 3000), (4000, 3000)])
    'Way in: 7000 mm, 1 corner'
    """
    run = sum(math.dist(a, b) for a, b in pairwise(corners))
    bends = max(len(corners) - 2, 0)
    return f"Way in: {length(run)}, {bends} corner{'' if bends == 1 else 's'}"


def draw_way(corners: Sequence[Corner], scale: float) -> Batch:
    """Draw the way of the middle of a rack, with its length; which side is ahead it does not tell.

    Parameters
    ----------
    corners : sequence of (x, y)
        As of `core.engine.path_in.way_in` [mm].
    scale : float
        Millimetres of the floor for each of paper.
    """
    sketch = Sketch()
    sketch.polyline(list(corners), STYLE)
    for a, b in pairwise(corners):
        _head(sketch, a, b, 3.0 * scale)
    longest = max(pairwise(corners), key=lambda ends: math.dist(*ends), default=None)
    if longest is not None:
        (x1, y1), (x2, y2) = longest
        upright = abs(y2 - y1) > abs(x2 - x1)
        aside = 2.8 * scale
        x, y = (x1 + x2) / 2 - (aside if upright else 0.0), (y1 + y2) / 2 + (0.0 if upright else aside)
        sketch.text(x, y, way_words(corners), TEXT * scale, STYLE, anchor=Anchor.CENTRE,
                    angle=90.0 if upright else 0.0, width=math.dist(*longest))  # fmt: skip
    return sketch.freeze()


def _head(sketch: Sketch, a: Corner, b: Corner, size: float) -> None:
    """Draw the head of an arrow at the end of a straight piece that is long enough for one."""
    run = math.dist(a, b)
    if run < 2 * size:
        return
    along = ((b[0] - a[0]) / run, (b[1] - a[1]) / run)
    back = (b[0] - size * along[0], b[1] - size * along[1])
    side = (-along[1] * size / 3, along[0] * size / 3)
    sketch.polygon([b, (back[0] + side[0], back[1] + side[1]), (back[0] - side[0], back[1] - side[1])], STYLE)

"""Where a click on the plan comes to rest: on a corner drawn already, in line with the last, on the grid."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.drawing.underlays import underlay_lines
from core.editing.arrange import Grid
from desktop.canvas.pointer import Pointer

if TYPE_CHECKING:
    from desktop.views.hall import HallView

CATCH_PX = 9.0
"""How near to a corner a click takes it."""


class Snapping:
    """Corners of areas, pathways and underlays of a floor block, and half of its grid."""

    def __init__(self, canvas: HallView) -> None:
        document = canvas.document
        assert document is not None
        project, block = document.project, canvas.block
        self._grid = Grid(project.blocks[block].grid_mm / 2)
        drawn = [p[:2] for a in project.areas(block).values() for p in a.points]
        drawn += [p[:2] for w in project.rows("pathways", block).values() for p in w.points]
        ends = underlay_lines(project, block).lines.reshape(-1, 2)
        self._corners = np.concatenate([np.array(drawn, float).reshape(-1, 2), ends])

    def at(self, at: Pointer, last: tuple[int, int] | None = None) -> tuple[int, int]:
        """Return the point that a click means; with Shift it is straight or at 45 degrees from the last."""
        x, y = self._caught(at)
        if last is None or not at.is_shifted:
            return x, y
        dx, dy = x - last[0], y - last[1]
        if abs(dx) > 2 * abs(dy):
            return x, last[1]
        if abs(dy) > 2 * abs(dx):
            return last[0], y
        step = max(abs(dx), abs(dy))
        return last[0] + (step if dx > 0 else -step), last[1] + (step if dy > 0 else -step)

    def _caught(self, at: Pointer) -> tuple[int, int]:
        if at.is_free:
            return round(at.x), round(at.y)
        if len(self._corners):
            apart = np.hypot(self._corners[:, 0] - at.x, self._corners[:, 1] - at.y)
            nearest = int(apart.argmin())
            if apart[nearest] * at.scale <= CATCH_PX:
                return round(float(self._corners[nearest, 0])), round(float(self._corners[nearest, 1]))
        return self._grid.nearest(at.x, at.y)

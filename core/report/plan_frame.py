"""A plan of the floor that is built, fitted to a sheet, to draw measures of the facility on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from core.drawing.batch import Batch, Floats, Level, Sketch
from core.drawing.dimensions import TEXT
from core.drawing.plan import Footprints, footprints, plan_extent
from core.drawing.plan_marks import Box as Extent
from core.drawing.plan_marks import draw_areas
from core.engine.aisles import inside
from core.report.context import Context
from core.report.paper import Box, scale_bar, scale_to_fit
from core.report.sheet import Page

_MARGIN = 5.0
_AROUND = 4.0
"""Shown of what lies around the rooms drawn [mm]."""
_BELOW = 16.0
"""Room below the plan for scale bar, legend and notes [mm]."""


@dataclass(frozen=True)
class PlanFrame:
    """Where a plan stands on the sheet.

    Attributes
    ----------
    things : Footprints
    extent : tuple of float
        x0, y0, x1, y1 of what is drawn [mm].
    scale : float
        k of 1:k as printed.
    k : float
        Millimetres of the plan for a unit of the sheet's contents.
    x, y : float
        Where the origin of the plan is on the sheet.
    room : Box
        What is drawn is cut off at it.
    """

    things: Footprints
    extent: Extent
    scale: float
    k: float
    x: float
    y: float
    room: Box

    def ground(self, context: Context) -> Batch:
        """Return rooms, zones, walls, columns and doors."""
        return draw_areas(context.project, context.project.top, self.k)

    def draw(self, page: Page, batches: Sequence[Batch]) -> None:
        """Draw batches in millimetres of the plan, one over the other, and the scale bar."""
        page.pdf.begin_clip(self.room)
        for batch in batches:
            page.tick()
            page.pdf.batch(batch, self.x, self.y, 1 / self.k)
        page.pdf.end_clip()
        bar = Sketch()
        scale_bar(bar, page.area.x + 2.0, page.area.y + 1.0, self.k)
        page.pdf.batch(bar.freeze())


def framed(context: Context, also: Floats | None = None) -> PlanFrame:
    """Return the frame of the plan of the block that is built: of its racks and the rooms that hold them.

    Without racks all of the plan is in it; `also` are points to be in it, shape (n, 2) [mm].
    """
    project, zoom = context.project, context.paper.zoom
    things = footprints(project, project.top)
    extent = _about_racks(context, things) or plan_extent(project, project.top, things)
    if also is not None and len(also):
        low, high = also.min(axis=0).tolist(), also.max(axis=0).tolist()
        x0, y0, x1, y1 = extent
        extent = min(x0, low[0]), min(y0, low[1]), max(x1, high[0]), max(y1, high[1])
    x0, y0, x1, y1 = extent
    area = context.paper.above
    room = Box(
        area.x + _MARGIN, area.y + _BELOW, area.width - 2 * _MARGIN, area.height - _BELOW - _MARGIN
    )  # fmt: skip
    scale = scale_to_fit((x1 - x0) / zoom, (y1 - y0) / zoom, room)
    k = scale * zoom
    left = room.x + (room.width - (x1 - x0) / k) / 2
    low_edge = room.y + (room.height - (y1 - y0) / k) / 2
    drawn = Box(left, low_edge, (x1 - x0) / k, (y1 - y0) / k).inset(-_AROUND)
    return PlanFrame(things, extent, scale, k, left - x0 / k, low_edge - y0 / k, drawn)


def _about_racks(context: Context, things: Footprints) -> Extent | None:
    """Return the box of all racks and of the rooms of the block that hold any of them."""
    if not things.is_rack.any():
        return None
    racks = things.corners[things.is_rack]
    middles = racks.mean(axis=1)
    parts = [racks.reshape(-1, 2)]
    for area in context.project.areas(context.project.top).values():
        if area.kind == "room" and len(area.points) > 2 and inside(area.points, middles).any():
            parts.append(np.array(area.points, np.float64))
    every = np.concatenate(parts)
    low, high = every.min(axis=0), every.max(axis=0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def fits_across(text: str, breadth_mm: float, k: float) -> bool:
    """Tell whether a text of the least size fits into a breadth of the plan."""
    return len(text) * 0.86 * TEXT * k <= breadth_mm


def hatch(sketch: Sketch, box: Extent, step: float, style: str) -> None:
    """Hatch an upright box with rising lines, `step` apart along x."""
    x0, y0, x1, y1 = box
    count = int((x1 - x0 + y1 - y0) / step)
    for i in range(1, min(count, 200) + 1):
        u = x0 - (y1 - y0) + i * step
        left, right = max(u, x0), min(u + y1 - y0, x1)
        if right > left:
            sketch.line(left, y0 + left - u, right, y0 + right - u, style, level=Level.NEAR)


def arrow(sketch: Sketch, points: Sequence[tuple[float, float]], style: str, size: float) -> None:
    """Draw a line through points with a head at its end."""
    sketch.polyline(points, style)
    for (x1, y1), (x2, y2) in list(pairwise(points))[-1:]:
        long = max(((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5, 1e-9)
        ux, uy = (x2 - x1) / long, (y2 - y1) / long
        for side in (-1, 1):
            sketch.line(
                x2, y2, x2 - size * (ux + side * 0.4 * -uy), y2 - size * (uy + side * 0.4 * ux), style
            )  # fmt: skip

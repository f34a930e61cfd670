"""What stands on the floor: no two things in one place, inside the room, off what is kept free."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from core.rules.finding import Severity
from core.rules.folding import MOST_SUBJECTS
from core.rules.outlines import TOUCH_MM, depth_inside, overlaps, reach_outside
from core.rules.rule import Hit, Row, Yielded, rule
from core.rules.views import FloorView
from core.units import length

UNKNOWN_MM = 1e6
"""Height from which a box is one whose height nobody knows."""
MOST_PAIRS = 16
"""Overlaps of a block reported one by one; more become one finding."""


@rule("space.floor_overlap", Severity.ERROR, "Racks or floor devices overlap", scope="floor", unit="mm")
def floor_overlap(view: FloorView) -> Iterator[Yielded]:
    """Two racks or floor-standing devices take the same floor by more than 0.5 mm both ways.

    Heights count: what hangs above is no overlap. Racks inside one placed block are judged in that block.

    Source: outlines of rack and device types; house tolerance, as positions are whole millimetres.
    """
    boxes = view.boxes
    a, b, wide = overlaps(boxes.box, boxes.box)
    above = (boxes.z[a, 0] >= boxes.z[b, 1]) | (boxes.z[b, 0] >= boxes.z[a, 1])
    kept = (a < b) & (boxes.part[a] != boxes.part[b]) & ~above
    a, b, wide = a[kept], b[kept], wide[kept]
    if not len(a):
        return
    if len(a) > MOST_PAIRS:
        rows = tuple(boxes.row[int(k)] for k in np.unique(np.concatenate([a, b])))
        text = f"{len(a)} overlaps, the largest {length(wide.max())}; move them apart"
        yield Hit(rows[:MOST_SUBJECTS], text, float(wide.max()), 0.0)
        return
    for i, j, mm in zip(a, b, wide, strict=True):
        text = f"overlap by {length(mm)}; move one"
        yield Hit((boxes.row[int(i)], boxes.row[int(j)]), text, float(mm), 0.0)


@rule("space.outside_room", Severity.ERROR, "Outside the room", scope="floor", unit="mm")
def outside_room(view: FloorView) -> Iterator[Yielded]:
    """A rack or a floor-standing device reaches out of the room drawn in its block.

    A block without a room is not judged here. With several rooms each thing has to be inside one of them.

    Source: the plan of the project.
    """
    rooms = [area for area in view.areas if area.kind == "room" and len(area.points) > 2]
    if not rooms or not len(view.boxes):
        return
    out = np.min([reach_outside(view.boxes.box, room) for room in rooms], axis=0)
    rows = [view.boxes.row[int(k)] for k in np.flatnonzero(out > TOUCH_MM)]
    if rows:
        text = f"up to {length(out.max())} outside the room; move it in"
        yield Hit(_capped(rows), text, float(out.max()), 0.0)


@rule("space.keep_out", Severity.ERROR, "On ground that is kept free", scope="floor", unit="mm")
def keep_out(view: FloorView) -> Iterator[Yielded]:
    """A rack or a floor-standing device stands on a column, a wall or a keep-out.

    Source: the plan of the project.
    """
    for area in view.areas:
        if area.kind not in ("keep-out", "column", "wall") or len(area.points) < 2:
            continue
        deep = depth_inside(view.boxes.box, area)
        rows = [view.boxes.row[int(k)] for k in np.flatnonzero(deep > TOUCH_MM)]
        if rows:
            text = f"{length(deep.max())} into {area.kind} {area.name or area.id}; move it away"
            yield Hit(_capped(rows), text, float(deep.max()), 0.0)


@rule("space.room_height", Severity.ERROR, "Taller than the room", scope="floor", unit="mm")
def room_height(view: FloorView) -> Iterator[Yielded]:
    """A rack or a floor-standing device reaches above the clear height of the room it stands in.

    Judged where the room has a height: to the underside of what hangs lowest.

    Source: the plan of the project; heights of the rack and device types.
    """
    boxes = view.boxes
    known = boxes.z[:, 1] - boxes.z[:, 0] < UNKNOWN_MM
    for area in view.areas:
        if area.kind != "room" or not area.height_mm or len(area.points) < 3:
            continue
        inside = reach_outside(boxes.box, area) <= TOUCH_MM
        over = np.flatnonzero(inside & known & (boxes.z[:, 1] > area.height_mm + TOUCH_MM))
        if len(over):
            top = float(boxes.z[over, 1].max())
            text = f"up to {length(top)} tall in a room of {length(area.height_mm)}; choose lower ones"
            yield Hit(_capped([boxes.row[int(k)] for k in over]), text, top, float(area.height_mm))


def _capped(rows: list[Row]) -> tuple[Row, ...]:
    return tuple(rows[:MOST_SUBJECTS])

"""Room in front of and behind racks and floor-standing kit: to work, to breathe, to get out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from core.rules.finding import Severity
from core.rules.folding import MOST_SUBJECTS
from core.rules.outlines import TOUCH_MM, overlaps
from core.rules.rule import Hit, Missing, Yielded, rule
from core.rules.views import Boxes, FloorView
from core.units import length

ELECTRICAL = ("ups", "floor-pdu", "transformer", "generator", "battery", "switchgear")
SOLID = ("wall", "column", "keep-out")
Side = Literal["front", "rear"]


@rule("space.front_clearance", Severity.WARNING, "Too little room in front", scope="floor", unit="mm",
      worse="less")  # fmt: skip
def front_clearance(view: FloorView) -> Iterator[Yielded]:
    """Less is free in front of a rack or a floor-standing device than it needs.

    A rack needs what its type asks, or 1.2 m, and the width of its door in any case (one leaf; a setting); a
    floor-standing device what its type asks.

    Source: cold aisle of 1.2 m, TIA-942-A as cited on a web page, not read in the original; the clearance of
    floor-standing types from their data sheets. The door is derived.
    """
    yield from _clear(view, "front")


@rule("space.rear_clearance", Severity.WARNING, "Too little room behind", scope="floor", unit="mm",
      worse="less")  # fmt: skip
def rear_clearance(view: FloorView) -> Iterator[Yielded]:
    """Less is free behind a rack or a floor-standing device than it needs.

    A rack needs what its type asks, or 0.9 m, and the width of its door in any case (one leaf; a setting),
    behind a rear-door heat exchanger as it hangs there; a floor-standing device what its type asks.

    Source: house value. The aisle pitch on server-racks.com has a hot aisle of three feet (0.9 m), the
    planner AIDC Studio 0.9 m behind a rack; the clearance of floor-standing types from their data sheets.
    """
    yield from _clear(view, "rear")


@rule("safety.working_space", Severity.WARNING, "Too little working space at electrical gear", scope="floor",
      unit="mm", worse="less")  # fmt: skip
def working_space(view: FloorView) -> Iterator[Yielded]:
    """Less than 0.9 m (a setting) is free in front of a UPS, board, panel, transformer, battery or generator.

    The depth asked rises to 1.2 m with the voltage and with what is opposite; the engineer of record decides.

    Source: 0.9 to 1.2 m by voltage, NEC 110.26, recalled, not read in the original. That it is asked of
    batteries and generators too is a house rule.
    """
    boxes = view.boxes
    kinds = [view.specs.specs[int(k)].type.kind for k in boxes.spec]
    working = view.brief.value("clearance_working_mm")
    wanted = np.array([working if kind in ELECTRICAL else np.nan for kind in kinds])
    yield from _found(view, "front", wanted, "keep the working space free")


def _clear(view: FloorView, side: Side) -> Iterator[Yielded]:
    boxes = view.boxes
    house, leaf = view.brief.value(f"clearance_{side}_mm"), view.brief.value("door_leaf")
    asked_of_racks = [
        max(house if (own := getattr(kind, f"clearance_{side}_mm")) is None else own, leaf * kind.width_mm)
        for kind in view.specs.rack_types
    ]
    wanted = np.append(asked_of_racks, np.nan)[boxes.rack_kind]
    if side == "rear":
        wanted = wanted + boxes.door_mm
    for number in np.unique(boxes.spec[~boxes.is_rack]):
        spec = view.specs.specs[int(number)].type
        asked = getattr(spec, f"clearance_{side}_mm")
        if asked is None:
            yield Missing(f"clearance {side} of {spec.name}")
        elif asked > 0:
            wanted[~boxes.is_rack & (boxes.spec == number)] = asked
    yield from _found(view, side, wanted, "widen the aisle")


def _found(view: FloorView, side: Side, wanted: NDArray[np.float64], cure: str) -> Iterator[Yielded]:
    """Yield one hit for all things of the block that lack room on a side, with the smallest gap."""
    boxes = view.boxes
    some = np.flatnonzero(~np.isnan(wanted))
    if not len(some):
        return
    which, gap = _gaps(boxes, some, side, wanted[some])
    more = [_to_areas(view, boxes, some, side, wanted[some])]
    which = np.concatenate([which, *(m[0] for m in more)])
    gap = np.concatenate([gap, *(m[1] for m in more)])
    if not len(which):
        return
    worst = int(np.argmin(gap - wanted[which]))
    rows = [boxes.row[int(k)] for k in np.unique(which)]
    limit = float(wanted[which[worst]])
    where = "in front" if side == "front" else "behind"
    text = f"{length(gap[worst])} free {where} of {length(limit)}; {cure}"
    yield Hit(tuple(rows[:MOST_SUBJECTS]), text, float(gap[worst]), limit)


def _zones(boxes: Boxes, some: NDArray[np.intp], side: Side, deep: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the ground that has to be free beside the chosen boxes."""
    way = boxes.facing[some] * (1 if side == "front" else -1)
    box = boxes.box[some].copy()
    reach = np.ceil(deep).astype(np.int64)[:, None]
    ahead = np.maximum(way, 0) * reach
    back = np.minimum(way, 0) * reach
    zone = np.empty_like(box)
    for axis in (0, 1):
        low, high = box[:, axis], box[:, axis + 2]
        zone[:, axis] = np.where(way[:, axis] > 0, high, np.where(way[:, axis] < 0, low + back[:, axis], low))
        zone[:, axis + 2] = np.where(
            way[:, axis] > 0, high + ahead[:, axis], np.where(way[:, axis] < 0, low, high)
        )
    return zone


def _gaps(
    boxes: Boxes, some: NDArray[np.intp], side: Side, deep: NDArray[np.float64]
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Return which of the chosen things have another one too near, and how near."""
    zone = _zones(boxes, some, side, deep)
    i, j, _ = overlaps(zone, boxes.box)
    mine = some[i]
    apart = (boxes.z[mine, 0] < boxes.z[j, 1]) & (boxes.z[j, 0] < boxes.z[mine, 1])
    kept = (boxes.part[mine] != boxes.part[j]) & (mine != j) & apart
    i, j, mine = i[kept], j[kept], mine[kept]
    gap = _gap(boxes.box[mine], boxes.box[j], boxes.facing[mine] * (1 if side == "front" else -1))
    near = (gap > -TOUCH_MM) & (gap < deep[i] - TOUCH_MM)  # what overlaps is another rule's
    return mine[near], np.maximum(gap[near], 0.0)


def _gap(box: NDArray[np.int64], other: NDArray[np.int64], way: NDArray[np.int64]) -> NDArray[np.float64]:
    """Distance from the face of a box that looks in a direction to another box."""
    right, left = other[:, 0] - box[:, 2], box[:, 0] - other[:, 2]
    back, front = other[:, 1] - box[:, 3], box[:, 1] - other[:, 3]
    along_x = np.where(way[:, 0] > 0, right, left)
    along_y = np.where(way[:, 1] > 0, back, front)
    gap: NDArray[np.float64] = np.where(way[:, 0] != 0, along_x, along_y).astype(np.float64)
    return gap


def _to_areas(
    view: FloorView, boxes: Boxes, some: NDArray[np.intp], side: Side, deep: NDArray[np.float64]
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Return which of the chosen things have a wall, a column or the end of the room too near."""
    zone = _zones(boxes, some, side, deep)
    way = boxes.facing[some] * (1 if side == "front" else -1)
    which, gaps = [np.zeros(0, np.intp)], [np.zeros(0)]
    for area in view.areas:
        if area.kind in SOLID and len(area.points) > 1:
            points = np.array(area.points, np.int64)
            solid = np.concatenate([points.min(axis=0), points.max(axis=0)])[None, :]
            i, _, _ = overlaps(zone, solid + np.array([[-1, -1, 1, 1]]))  # a wall may be drawn as a line
            gap = _gap(boxes.box[some[i]], np.repeat(solid, len(i), axis=0), way[i])
        elif area.kind == "room" and len(area.points) > 2:
            points = np.array(area.points, np.int64)
            low, high = points.min(axis=0), points.max(axis=0)
            face = boxes.box[some]
            ahead = np.where(way > 0, high - face[:, 2:], np.where(way < 0, face[:, :2] - low, 1 << 40))
            inside = np.all((face[:, :2] >= low) & (face[:, 2:] <= high), axis=1)
            i = np.flatnonzero(inside)
            gap = ahead.min(axis=1)[i].astype(np.float64)
        else:
            continue
        near = (gap > -TOUCH_MM) & (gap < deep[i] - TOUCH_MM)
        which.append(some[i[near]])
        gaps.append(np.maximum(gap[near], 0.0))
    return np.concatenate(which), np.concatenate(gaps)

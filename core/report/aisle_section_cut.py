"""Upright cuts across the rows of racks of a room: what each one meets, along the cut and in height."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from core.drawing.plan import Footprints
from core.engine.aisles import Aisle, Boxes, Row, boxes_of, inside
from core.report.context import Context
from core.report.pathway_tags import pathway_tags

if TYPE_CHECKING:
    from core.engine.evaluation import Evaluation
    from core.engine.placed_plan import PlacedArea

AROUND_MM = 1500.0
"""Shown beside the outermost racks where no room is drawn."""


@dataclass(frozen=True)
class Met:
    """Something that is cut: from u to u2 along the cut, z to z2 in height [mm].

    A height of nothing (z2 = z) is one that no type or record states.
    """

    kind: Literal["rack", "unit", "pathway", "wall", "containment"]
    name: str
    u: float
    u2: float
    z: float
    z2: float
    note: str = ""
    front: int = 0
    """Of a rack: 1 if its front looks along u, -1 if against it."""


@dataclass(frozen=True)
class Section:
    """A cut across rows of one direction.

    Attributes
    ----------
    name : str
        Letter of the cut: A, B ...
    room : str
        Name of the room, empty where none is drawn around the racks.
    axis : int
        Coordinate of the plan that runs along the cut: 1 for y.
    at_mm : float
        Where the cut is, in the other coordinate.
    low_mm, high_mm : float
        Ends of the cut: inside of the room, or a little beyond the racks.
    z_mm, height_mm : float
        Level of the floor, and clear height of the room (0: not stated).
    floor : str
        slab, raised, or empty.
    met : tuple of Met
    aisles : tuple of (Aisle, float, float)
        Aisles that are crossed, with the faces on both sides along the cut.
    """

    name: str
    room: str
    axis: int
    at_mm: float
    low_mm: float
    high_mm: float
    z_mm: float
    height_mm: float
    floor: str
    met: tuple[Met, ...]
    aisles: tuple[tuple[Aisle, float, float], ...]

    @property
    def top_mm(self) -> float:
        """Highest thing shown, above the floor."""
        return max([self.height_mm, *(m.z2 - self.z_mm for m in self.met)])


def sections_of(context: Context, of: Evaluation, things: Footprints) -> list[Section]:
    """Return one cut for each direction of rows of each room that holds racks, at most two a room."""
    found: list[Section] = []
    for room, rows in _rooms(of):
        for axis in (1, 0):
            across = [row for row in rows if of.aisles.rows[row].axis == axis]
            if across:
                context.tick()
                found.append(_section(context, of, things, room, across, _letter(len(found))))
    return found


def _letter(index: int) -> str:
    return chr(65 + index) if index < 26 else _letter(index // 26 - 1) + chr(65 + index % 26)


def _rooms(of: Evaluation) -> Iterator[tuple[PlacedArea | None, list[int]]]:
    """Yield each room with the rows that begin in it; at last, by level, rows in no room."""
    snap, rows = of.snapshot, of.aisles.rows
    box = boxes_of(snap)
    middles = np.array([(box[r.racks[0], :2] + box[r.racks[0], 2:]) / 2 for r in rows]).reshape(-1, 2)
    free = np.ones(len(rows), bool)
    for area in snap.areas:
        if area.kind != "room" or len(area.points) < 3:
            continue
        level = np.array([row.z_mm for row in rows]) == area.z_mm
        held = np.flatnonzero(free & level & inside(area.points, middles))
        if len(held):
            free[held] = False
            yield area, held.tolist()
    for z in sorted({rows[k].z_mm for k in np.flatnonzero(free)}):
        yield None, [k for k in np.flatnonzero(free).tolist() if rows[k].z_mm == z]


def _section(
    context: Context, of: Evaluation, things: Footprints, room: PlacedArea | None, across: list[int],
    name: str,
) -> Section:  # fmt: skip
    snap, rows = of.snapshot, of.aisles.rows
    axis, z = rows[across[0]].axis, rows[across[0]].z_mm
    box, at = boxes_of(snap), _best_cut(of, across, axis)
    racks = [(row, k) for row in across if (k := _rack_at(box, rows[row], at)) >= 0]
    faces = [float(box[k, e]) for _, k in racks for e in (axis, axis + 2)]
    low, high = min(faces) - AROUND_MM, max(faces) + AROUND_MM
    if room is not None:
        spans = [s for s in _spans(room.points, axis, at) if s[0] < max(faces) and s[1] > min(faces)]
        if spans:
            low, high = min(s[0] for s in spans), max(s[1] for s in spans)
    met = [_rack(context, of, k, rows[row], box) for row, k in racks]
    met += [*_areas(of, axis, at, z, low, high), *_units(context, of, things, axis, at, z, low, high)]
    met += [m for m in _pathways(of, axis, at) if m.u < high and m.u2 > low and m.z >= z]
    if room is not None and room.record.height_mm:
        met = [m for m in met if m.z < z + room.record.height_mm]
    there = {row for row, _ in racks}
    aisles = tuple(
        (a, min(ends), max(ends))
        for a in of.aisles.aisles
        if a.a in there and a.b in there and a.start_mm <= at <= a.end_mm
        for ends in [(rows[a.a].face_mm(a.side_a), rows[a.b].face_mm(a.side_b))]
    )
    record = room.record if room is not None else None
    return Section(
        name, (record.name or "Room") if record else "", axis, at, low, high, z,
        float(record.height_mm) if record else 0.0, record.floor if record else "",
        tuple(met), aisles,
    )  # fmt: skip


def _best_cut(of: Evaluation, across: list[int], axis: int) -> float:
    """Return the middle of a rack where a cut meets most rows, then most aisles, then nearest the middle."""
    rows, box = of.aisles.rows, boxes_of(of.snapshot)
    span = np.array([(rows[r].start_mm, rows[r].end_mm) for r in across])
    places = {
        float(box[k, 1 - axis] + box[k, 3 - axis]) / 2 for row in across for k in rows[row].racks
    }  # fmt: skip
    middle = float(span.mean())
    aisles = [a for a in of.aisles.aisles if a.a in across and a.b in across]

    def score(at: float) -> tuple[float, ...]:
        racks = sum(_rack_at(box, rows[row], at) >= 0 for row in across)
        crossed = sum(a.start_mm <= at <= a.end_mm for a in aisles)
        return racks, crossed, -abs(at - middle), -at

    return max(places, key=score)


def _rack_at(boxes: Boxes, row: Row, at: float) -> int:
    """Return the rack of a row that a cut meets, -1 for none."""
    if not row.start_mm <= at <= row.end_mm:
        return -1
    racks, side = np.array(row.racks), 1 - row.axis
    hit = np.flatnonzero((boxes[racks, side] <= at) & (boxes[racks, side + 2] > at))
    return int(racks[hit[0]]) if len(hit) else -1


def _rack(context: Context, of: Evaluation, rack: int, row: Row, box: Boxes) -> Met:
    snap = of.snapshot
    spec, z = snap.specs.rack_types[int(snap.rack_type[rack])], float(snap.rack_z[rack])
    u, u2 = float(box[rack, row.axis]), float(box[rack, row.axis + 2])
    return Met(
        "rack", context.rack_name(rack), u, u2, z, z + spec.height_mm, spec.name, front=row.way("front")
    )  # fmt: skip


def _spans(points: tuple[tuple[int, int], ...], axis: int, at: float) -> list[tuple[float, float]]:
    """Return the stretches of a cut that lie in a polygon."""
    across = 1 - axis
    hits = sorted(
        p[axis] + (at - p[across]) * (q[axis] - p[axis]) / (q[across] - p[across])
        for p, q in zip(points, (*points[1:], points[0]), strict=True)
        if (p[across] > at) != (q[across] > at)
    )
    return list(zip(hits[::2], hits[1::2], strict=False))


def _areas(of: Evaluation, axis: int, at: float, z: float, low: float, high: float) -> Iterator[Met]:
    for area in of.snapshot.areas:
        if area.kind not in ("wall", "column", "containment") or area.z_mm != z or len(area.points) < 3:
            continue
        kind: Literal["containment", "wall"] = "containment" if area.kind == "containment" else "wall"
        for u, u2 in _spans(area.points, axis, at):
            if u < high and u2 > low:
                yield Met(kind, area.record.name, u, u2, z, z + area.record.height_mm, area.kind)


def _units(
    context: Context, of: Evaluation, things: Footprints, axis: int, at: float, z: float, low: float,
    high: float,
) -> Iterator[Met]:  # fmt: skip
    """Yield devices on the floor, or hung in the room, that the cut goes through."""
    snap, across = of.snapshot, 1 - axis
    row_of = {snap.device_path(k): k for k in np.flatnonzero(snap.device_rack < 0).tolist()}
    for k in np.flatnonzero(~things.is_rack).tolist():
        (c0, c1) = things.corners[k].min(axis=0), things.corners[k].max(axis=0)
        row = row_of.get(things.paths[k], -1)
        u, u2, level = float(c0[axis]), float(c1[axis]), float(snap.device_z[row]) if row >= 0 else z
        if row < 0 or not c0[across] <= at < c1[across] or u >= high or u2 <= low or level < z:
            continue
        spec = snap.specs.specs[int(snap.device_spec[row])].type
        yield Met("unit", things.tags[k], u, u2, level, level + (spec.height_mm or 0.0), spec.name)


def _pathways(of: Evaluation, axis: int, at: float) -> Iterator[Met]:
    """Yield pieces of pathways that the cut crosses, or that run along it within their width."""
    tags, across = pathway_tags(of), 1 - axis
    for way in of.snapshot.pathways:
        half, deep, tag = way.record.width_mm / 2, way.record.depth_mm, tags[way.path]
        for p, q in zip(way.points, way.points[1:], strict=False):
            a, b = float(p[across]), float(q[across])
            if a == b:
                if abs(at - a) < max(half, 1.0):
                    still = p[axis] == q[axis]
                    low, high = sorted((float(p[axis]), float(q[axis])))
                    extra = half if still else 0.0
                    bottom, top = sorted((float(p[2]), float(q[2])))
                    yield Met(
                        "pathway", tag, low - extra, high + extra, bottom, top + (0 if still else deep),
                        way.path,
                    )  # fmt: skip
            elif min(a, b) <= at < max(a, b):
                share = (at - a) / (b - a)
                u, z = p[axis] + share * (q[axis] - p[axis]), p[2] + share * (q[2] - p[2])
                yield Met("pathway", tag, u - half, u + half, z, z + deep, way.path)

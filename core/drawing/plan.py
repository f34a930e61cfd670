"""Plans of floor blocks: racks and floor devices as footprints, areas, pathways, and marks to measure by.

Model millimetres of the block, x to the right, y to the back. `scale` (1:k) only sets how large texts and
marks come out, since those have their size on paper.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.drawing.batch import Batch, Floats, Level, Sketch, concatenate
from core.drawing.columns import line_batch, rect_batch, text_batch
from core.drawing.dimensions import TEXT
from core.drawing.placed import Transform, devices_in, walk
from core.drawing.plan_marks import Box, draw_areas, draw_grid, draw_groups, draw_marks, draw_ordinates
from core.drawing.plan_pathways import draw_edges, draw_runs
from core.drawing.plan_rows import rows_of
from core.drawing.styles import device_style
from core.model.project import Reader
from core.model.types import DeviceType, RackType

_UNKNOWN = 600.0
_PITCH = 3.3
"""From line to line of a tag in two lines [mm on paper]."""
Flags = np.ndarray[tuple[int], np.dtype[np.bool_]]


@dataclass(frozen=True)
class Footprints:
    """Things that stand on the floor, one row each.

    Attributes
    ----------
    paths, names, tags, blocks : tuple of str, length n
        Path from the block drawn; name in force; names along the path; rack block or type id.
    styles : tuple of str, length n
    corners : ndarray, shape (n, 4, 2)
        Front left, front right, rear right, rear left [mm].
    is_rack : ndarray of bool, shape (n,)
    transforms : tuple of Transform, length n
    groups : tuple of (name, depth, box)
        Floor blocks placed below that hold any of them, with their bounding boxes.
    """

    paths: tuple[str, ...]
    names: tuple[str, ...]
    tags: tuple[str, ...]
    blocks: tuple[str, ...]
    styles: tuple[str, ...]
    corners: Floats
    is_rack: np.ndarray[tuple[int], np.dtype[np.bool_]]
    transforms: tuple[Transform, ...]
    groups: tuple[tuple[str, int, Box], ...]

    def __len__(self) -> int:
        return len(self.paths)


@dataclass(frozen=True)
class Plan:
    """A drawn plan.

    Attributes
    ----------
    layers : tuple of Batch
        Grid and running dimensions; areas, pathways and outlines of groups; footprints; edges of pathways,
        datum, lengths of rows and other marks. Painted in this order.
    owners : tuple of str
        Paths from the block; the `*_owner` columns index into it.
    extent : tuple of float
        x0, y0, x1, y1 of room and things, without marks [mm].
    """

    layers: tuple[Batch, ...]
    owners: tuple[str, ...]
    extent: Box

    @property
    def bounds(self) -> Box:
        """x0, y0, x1, y1 of everything drawn [mm]."""
        boxes = [b for layer in self.layers if (b := layer.bounds) is not None] or [self.extent]
        x0, y0, x1, y1 = zip(*boxes, strict=True)
        return min(x0), min(y0), max(x1), max(y1)


def footprints(project: Reader, block: str) -> Footprints:
    """Return everything that stands on a floor block, from its records and those of all blocks below."""
    rows: list[tuple[str, str, str, str, str, bool]] = []
    corners: list[list[tuple[float, float]]] = []
    transforms: list[Transform] = []
    spans: list[tuple[str, str, int]] = []
    for at in walk(project, block):
        if at.block.kind == "rack":
            rack = project.find_type(at.block.rack_type)
            known = isinstance(rack, RackType)
            width = float(rack.width_mm) if isinstance(rack, RackType) else _UNKNOWN
            depth = float(rack.depth_mm) if isinstance(rack, RackType) else 2 * _UNKNOWN
            reserved = at.status == "reserved"
            style = "rack.unknown" if not known else "rack.reserved.plan" if reserved else "rack.plan"
            rows.append((at.path, at.name, at.tag, at.block.id, style, True))
            corners.append(_corners(at.transform, width, depth))
            transforms.append(at.transform)
            continue
        if at.depth:
            spans.append((at.path, at.name, at.depth))
        for device, name in devices_in(project, at):
            spec = project.find_type(device.type)
            if not isinstance(spec, DeviceType):
                continue
            placed = at.transform.placed(device.x_mm, device.y_mm, device.rotation)
            reserved = at.overrides.status(device.id, device.status) == "reserved"
            style = "rack.reserved.plan" if reserved else device_style(spec.kind)
            rows.append((at.prefix() + device.id, name, at.tag_of(name), spec.id, style, False))
            corners.append(_corners(placed, spec.width_mm or _UNKNOWN, spec.depth_mm or _UNKNOWN))
            transforms.append(placed)
    columns = tuple(zip(*rows, strict=True)) if rows else ((),) * 6
    paths, names, tags, blocks, styles, is_rack = columns
    quads = np.array(corners, dtype=np.float64).reshape(-1, 4, 2)
    return Footprints(
        paths, names, tags, blocks, styles, quads, np.array(is_rack, dtype=np.bool_), tuple(transforms),
        _groups(spans, paths, quads),
    )  # fmt: skip


def _corners(placed: Transform, width: float, depth: float) -> list[tuple[float, float]]:
    return [placed.apply(x, y) for x, y in ((0, 0), (width, 0), (width, depth), (0, depth))]


def _groups(
    spans: Sequence[tuple[str, str, int]], paths: Sequence[str], quads: Floats
) -> tuple[tuple[str, int, Box], ...]:
    """Return the bounding box of what each placed block holds; paths of one block are contiguous."""
    ranges: dict[str, list[int]] = {}
    for row, path in enumerate(paths):
        parts = path.split("/")
        for depth in range(1, len(parts)):
            ranges.setdefault("/".join(parts[:depth]), []).append(row)
    found = []
    for path, name, depth in spans:
        rows = ranges.get(path)
        if rows:
            points = quads[rows].reshape(-1, 2)
            low, high = points.min(axis=0), points.max(axis=0)
            found.append((name, depth, (float(low[0]), float(low[1]), float(high[0]), float(high[1]))))
    return tuple(found)


def plan_extent(project: Reader, block: str, things: Footprints) -> Box:
    """Return x0, y0, x1, y1 of areas, pathways and things [mm]; one empty square metre if there are none."""
    points: list[Floats] = []
    if len(things):
        points.append(things.corners.reshape(-1, 2))
    for area in project.areas(block).values():
        if area.points:
            points.append(np.array(area.points, dtype=np.float64))
    for pathway in project.rows("pathways", block).values():
        if pathway.points:
            points.append(np.array(pathway.points, dtype=np.float64)[:, :2])
    if not points:
        return 0.0, 0.0, 1000.0, 1000.0
    every = np.concatenate(points)
    low, high = every.min(axis=0), every.max(axis=0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def plan(
    project: Reader,
    block: str,
    *,
    scale: float = 100.0,
    marks: bool = True,
    things: Footprints | None = None,
    part: bool = False,
    full_tags: bool = False,
    names: bool = True,
) -> Plan:
    """Draw the plan of a floor block.

    Parameters
    ----------
    project : Reader
    block : str
        Id of a floor block.
    scale : float
        Texts and marks are sized for a print at 1:scale.
    marks : bool
        Grid, bubbles, datum, north arrow and dimensions.
    things : Footprints, optional
        What `footprints` returned, if the caller has it.
    part : bool
        The plan of a block built in another: no grid, datum and north of its own; positions
        from its front left corner.
    full_tags : bool
        Names within groups under the names of the groups, where there is room for two lines.
    names : bool
        Names on the things; without them the screen writes its own (`core.drawing.plan_names`).
    """
    things = things or footprints(project, block)
    extent = plan_extent(project, block, things)
    rows = rows_of(things.corners[things.is_rack])
    areas = concatenate([draw_areas(project, block, scale), draw_runs(project, block)])
    racks = concatenate(draw_footprints(things, scale, full_tags, names))
    if not marks:
        return Plan((areas, racks), things.paths, extent)
    grid = draw_ordinates(project, block, extent, rows, scale, part)
    if not part:
        grid = concatenate([draw_grid(project, block, extent, rows, scale), grid])
    areas = concatenate([areas, draw_groups(things.groups, scale)])
    over = concatenate(
        [draw_edges(project, block, scale), draw_marks(project, block, extent, rows, scale, part)]
    )
    return Plan((grid, areas, racks, over), things.paths, extent)


def two_lines(things: Footprints, scale: float) -> Flags:
    """Tell which footprints have room for the whole tag: the group above, the name below."""
    size = things.corners.max(axis=1) - things.corners.min(axis=1)
    longest, breadth = size.max(axis=1) * 0.94, size.min(axis=1) * 0.92
    found = np.zeros(len(things), dtype=np.bool_)
    for row, tag in enumerate(things.tags):
        group, _, _ = tag.rpartition("/")
        needed = max(len(group), len(things.names[row])) * 0.86 * TEXT * scale
        found[row] = bool(group) and needed <= longest[row] and _PITCH * 2 * scale <= breadth[row]
    return found


def draw_footprints(
    things: Footprints, scale: float, full_tags: bool = False, names: bool = True
) -> list[Batch]:
    """Return the footprints with front edge and name as batches, whatever their number."""
    if not len(things):
        return [Sketch().freeze()]
    low, high = things.corners.min(axis=1), things.corners.max(axis=1)
    size = high - low
    parts: list[Batch] = []
    styles = np.array(things.styles)
    for style in dict.fromkeys(things.styles):
        rows = np.flatnonzero(styles == style).astype(np.int32)
        parts.append(rect_batch(np.hstack([low, size])[rows], style, owners=rows))
    racks = np.flatnonzero(things.is_rack).astype(np.int32)
    if len(racks):
        inward = (things.corners[racks, 2:].mean(axis=1) - things.corners[racks, :2].mean(axis=1)) * 0.035
        front = np.hstack([things.corners[racks, 0] + inward, things.corners[racks, 1] + inward])
        parts.append(line_batch(front, "rack.front", level=Level.MIDDLE, owners=racks))
    if not names:
        return parts
    capital = TEXT * scale
    lengths = np.array([len(name) for name in things.names], dtype=np.float64)
    needed = lengths * 0.86 * capital
    upright = (size[:, 1] > size[:, 0]) & (needed > 0.92 * size[:, 0])
    room = np.where(upright, size[:, 1], size[:, 0]) * 0.94
    middle, shift = (low + high) / 2, np.zeros_like(low)
    both = two_lines(things, scale) if full_tags else np.zeros(len(things), dtype=np.bool_)
    groups = tuple(tag.rpartition("/")[0] for tag in things.tags)
    # Two lines stand across the longer side: the one above is the one to the left where they are upright.
    upright = np.where(both, size[:, 1] > size[:, 0], upright)
    room = np.where(upright, size[:, 1], size[:, 0]) * 0.94
    shift[:, 0] = np.where(both & upright, -_PITCH / 2 * scale, 0.0)
    shift[:, 1] = np.where(both & ~upright, _PITCH / 2 * scale, 0.0)
    angle, height = np.where(upright, 90.0, 0.0), np.minimum(capital, 0.5 * size.min(axis=1))
    every = np.arange(len(things), dtype=np.int32)
    for texts, at, rows in (
        (groups, middle + shift, np.flatnonzero(both).astype(np.int32)),
        (things.names, middle - shift, every),
    ):
        parts.append(
            text_batch(
                tuple(texts[row] for row in rows.tolist()), at[rows], height[rows], width=room[rows],
                angle=angle[rows], level=Level.MIDDLE, owners=rows,
            )
        )  # fmt: skip
    return parts

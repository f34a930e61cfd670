"""What is written on the things of a plan, for the screen: blocks from afar, names, contents from near by.

Sheets have one scale and take `core.drawing.plan` alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.drawing.batch import Anchor, Batch, Floats, Level, Sketch, concatenate
from core.drawing.columns import rect_batch, text_batch
from core.drawing.dimensions import TEXT
from core.drawing.plan import Footprints
from core.drawing.plan_marks import Box
from core.drawing.plan_rows import Row
from core.drawing.styles import device_style
from core.model.project import Reader
from core.model.types import DeviceType, RackType

_EMPTY = Sketch().freeze()
_SEPARATORS = "-_./: "
_STRIP = (0.66, 0.95)
"""Where across a rack its face is drawn lying down; left of it are words."""
_LINE = 1.8
"""From line to line, in heights of capitals."""


def far_names(
    things: Footprints, rows: Sequence[Row], note_of: Callable[[list[int]], str] | None = None
) -> Batch:
    """Name the blocks, and the rows of racks that are in none, for one who sees no single rack.

    The innermost come first: where they fit, they stand in the way of those around them. `note_of` gives
    what is written below a name by the rows of the things that are in it.
    """
    places: list[tuple[str, Box]] = []
    for name, _, box in sorted(things.groups, key=lambda group: -group[1]):
        places.append((name, box))
    alone = np.array(["/" not in path for path in things.paths], dtype=np.bool_)
    loose = np.flatnonzero(things.is_rack & alone)
    middle = things.corners.mean(axis=1)
    for row in rows if len(loose) else ():
        near, far = sorted((row.front, row.rear))
        box = (row.low, near, row.high, far) if row.axis == 0 else (near, row.low, far, row.high)
        members = loose[_within(middle[loose], box)]
        if len(members):
            order = members[np.argsort(things.corners[members, 0, row.axis])].tolist()
            places.append((joint_name([things.names[i] for i in order]), box))
    sketch = Sketch()
    for name, box in places:
        _far_name(sketch, name, box, 0.5 if note_of is None else 0.66)
    for _, box in places if note_of is not None else ():
        assert note_of is not None
        _far_name(sketch, note_of(np.flatnonzero(_within(middle, box)).tolist()), box, 0.26)
    return sketch.freeze()


def _within(points: Floats, box: Box) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = (points[:, 0] > box[0]) & (points[:, 0] < box[2])
    return found & (points[:, 1] > box[1]) & (points[:, 1] < box[3])


def _far_name(sketch: Sketch, name: str, box: Box, share: float) -> None:
    """Write a name at a share of the way across the shorter side of a box."""
    x0, y0, x1, y1 = box
    wide, tall = x1 - x0, y1 - y0
    upright = tall > 2.0 * wide
    x = x0 + (1.0 - share) * wide if upright else (x0 + x1) / 2
    y = (y0 + y1) / 2 if upright else y0 + share * tall
    # As large as the place allows: the painter keeps it to what can be read.
    sketch.text(
        x, y, name, 0.5 * min(wide, tall), "value.far", anchor=Anchor.CENTRE, angle=90.0 if upright else 0.0,
        width=0.96 * max(wide, tall) if upright else 0.96 * wide, level=Level.FAR,
    )  # fmt: skip


def joint_name(names: Sequence[str]) -> str:
    """Return what a row of things is called: what their names begin with, or the first and the last.

    Examples
    --------
    >>> joint_name(["r07-01", "r07-02"]), joint_name(["a1", "a2", "a12"]), joint_name(["x"])
    ('r07', 'a1 – a12', 'x')
    """
    if len(names) == 1:
        return names[0]
    low, high = min(names), max(names)
    shared = next((i for i, (a, b) in enumerate(zip(low, high, strict=False)) if a != b), len(low))
    cut = max(low.rfind(separator, 0, shared) for separator in _SEPARATORS)
    if cut > 0:
        return low[:cut].rstrip(_SEPARATORS)
    return f"{names[0]} – {names[-1]}"


def names_on(things: Footprints, scale: float, second: Sequence[str] | None = None) -> tuple[Batch, Batch]:
    """Write the name of each thing on it, and below it a second text if there is one.

    Returns those of the racks and those of the floor-standing devices.

    Parameters
    ----------
    things : Footprints
    scale : float
        Texts are sized for a print at 1:scale.
    second : sequence of str, length n, optional
    """
    if not len(things):
        return _EMPTY, _EMPTY
    low, high = things.corners.min(axis=1), things.corners.max(axis=1)
    size, middle = high - low, (low + high) / 2
    lines = (things.names,) if second is None else (things.names, tuple(second))
    capital = np.full(len(things), TEXT * scale)
    upright = size[:, 1] > size[:, 0]
    if second is None:
        needed = np.array([len(name) for name in things.names]) * 0.86 * capital
        upright &= needed > 0.92 * size[:, 0]
    room = np.where(upright, size[:, 1], size[:, 0]) * 0.94
    across = np.where(upright, size[:, 0], size[:, 1])
    height = np.minimum(capital, across * (0.5 if second is None else 0.23))
    parts: tuple[list[Batch], list[Batch]] = ([], [])
    for number, texts in enumerate(lines):
        step = 0.0 if len(lines) == 1 else (0.5 - number) * 2.0 * height
        shift = np.zeros_like(middle)
        shift[:, 0], shift[:, 1] = np.where(upright, -step, 0.0), np.where(upright, 0.0, step)
        for kind, is_kind in zip(parts, (things.is_rack, ~things.is_rack), strict=True):
            rows = np.flatnonzero(is_kind).astype(np.int32)
            kind.append(
                text_batch(
                    tuple(texts[i] for i in rows.tolist()), (middle + shift)[rows], height[rows],
                    style="value.bold" if number else "value", width=room[rows],
                    angle=np.where(upright, 90.0, 0.0)[rows], level=Level.MIDDLE, owners=rows,
                )
            )  # fmt: skip
    return concatenate(parts[0]), concatenate(parts[1])


class Content(NamedTuple):
    """What a rack block holds, for its plan from near by."""

    low: Floats
    high: Floats
    """From the lower to the upper edge of each device, as shares of the rack's units."""
    rear: NDArray[np.bool_]
    styles: tuple[str, ...]
    most: str
    """The devices there are most of, by height: `18 × GB300 compute tray`."""
    style: str
    """Style of those devices; of an empty rack its own."""


def content_of(project: Reader, block: str) -> Content:
    """Return what a rack block holds."""
    record = project.blocks.get(block)
    rack = project.find_type(record.rack_type) if record is not None else None
    units = rack.units if isinstance(rack, RackType) else 1
    rows: list[tuple[float, float, bool, str]] = []
    heights: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    style_of: dict[str, str] = {}
    for device in project.devices(block).values():
        spec = project.find_type(device.type)
        if not isinstance(spec, DeviceType) or device.zone or spec.kind == "blank":
            continue
        low = device.half_u / 2 / units
        rows.append((low, low + spec.height_u / units, device.face == "rear", device_style(spec.kind)))
        heights[spec.name] += int(1000 * spec.height_u)
        counts[spec.name] += 1
        style_of[spec.name] = device_style(spec.kind)
    best = max(heights, key=lambda name: (heights[name], name), default="")
    table = np.array([row[:2] for row in rows], dtype=np.float64).reshape(-1, 2)
    return Content(
        np.clip(table[:, 0], 0, 1), np.clip(table[:, 1], 0, 1),
        np.array([row[2] for row in rows], dtype=np.bool_),
        tuple(r[3] for r in rows), f"{counts[best]:,} × {best}" if best else "empty",
        style_of.get(best, "rack.plan"),
    )  # fmt: skip


def close_up(
    things: Footprints,
    rows: Sequence[int],
    contents: Mapping[str, Content],
    words: Callable[[int], Sequence[str]],
    *,
    neutral: bool = False,
) -> Batch:
    """Draw what some racks hold: their faces lying down, bottom to the front, and lines of words beside them.

    Parameters
    ----------
    things : Footprints
    rows : sequence of int
        Which of them, racks only.
    contents : mapping of block id to Content
    words : callable
        Lines to write on a rack by its row, the name first.
    neutral : bool
        Faces without colours of their own, where colours mean something else.
    """
    parts: list[Batch] = []
    strips: dict[str, list[Floats]] = {}
    numbers: dict[str, list[NDArray[np.int32]]] = {}
    ordered = sorted(rows, key=lambda row: things.blocks[row])
    for block, members in groupby(ordered, key=lambda row: things.blocks[row]):
        content, found = contents[block], np.array(list(members), dtype=np.int32)
        for style in dict.fromkeys(content.styles):
            which = np.array([s == style for s in content.styles])
            rects = _strips(things.corners[found], content, which)
            shown = "rack.unit" if neutral else style
            strips.setdefault(shown, []).append(rects.reshape(-1, 4))
            numbers.setdefault(shown, []).append(np.repeat(found, int(which.sum())))
    for style, found_rects in strips.items():
        owners = np.concatenate(numbers[style]).astype(np.int32)
        parts.append(rect_batch(np.concatenate(found_rects), style, level=Level.CLOSE, owners=owners))
    parts.extend(_words(things, rows, words))
    return concatenate(parts) if parts else _EMPTY


def _strips(corners: Floats, content: Content, which: NDArray[np.bool_]) -> Floats:
    """Return the rectangles of some devices in each rack, shape (racks, devices, 4)."""
    left, right = _STRIP
    u0 = np.where(content.rear[which], (left + right) / 2, left)
    v0, v1 = 0.06 + 0.91 * content.low[which], 0.06 + 0.91 * content.high[which]
    origin = corners[:, None, 0]
    across, along = corners[:, None, 1] - origin, corners[:, None, 3] - origin
    one = origin + u0[None, :, None] * across + v0[None, :, None] * along
    two = origin + right * across + v1[None, :, None] * along
    low, high = np.minimum(one, two), np.maximum(one, two)
    return np.concatenate([low, high - low], axis=2)


def _words(things: Footprints, rows: Sequence[int], words: Callable[[int], Sequence[str]]) -> list[Batch]:
    texts: list[str] = []
    at: list[tuple[float, float]] = []
    sizes: list[float] = []
    rooms: list[float] = []
    angles: list[float] = []
    bold: list[bool] = []
    for row in rows:
        corners = things.corners[row]
        origin, across, along = corners[0], corners[1] - corners[0], corners[3] - corners[0]
        wide, deep = float(np.abs(across).sum()), float(np.abs(along).sum())
        lines = words(row)
        height = min(0.55 * wide / (_LINE * max(len(lines), 3)), 0.06 * deep)
        upright = abs(along[1]) > abs(along[0])
        # Lines run along the depth and follow each other from the left, or from the top if they lie.
        middle = origin + 0.5 * along
        start = across if (across[0] > 0 if upright else across[1] < 0) else -across
        edge = 0.05 if start is across else 1.0 - _STRIP[0] + 0.02
        base = middle if start is across else middle + across
        for number, text in enumerate(lines):
            share = edge + (number + 0.5) * _LINE * height / wide
            point = base + share * start
            texts.append(text)
            at.append((float(point[0]), float(point[1])))
            sizes.append(height)
            rooms.append(0.9 * deep)
            angles.append(90.0 if upright else 0.0)
            bold.append(number == 0)
    made = []
    for is_bold in (True, False):
        which = [i for i, b in enumerate(bold) if b == is_bold]
        if which:
            made.append(
                text_batch(
                    tuple(texts[i] for i in which), [at[i] for i in which], [sizes[i] for i in which],
                    style="text.bold" if is_bold else "text", width=[rooms[i] for i in which],
                    angle=[angles[i] for i in which], level=Level.CLOSE,
                )
            )  # fmt: skip
    return made

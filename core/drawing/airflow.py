"""Which way the air goes through devices and racks, as arrows: blue into them, red out of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from core.drawing.batch import Batch, Floats, Level, Sketch, concatenate
from core.drawing.columns import line_batch
from core.drawing.faceplate import Face
from core.drawing.plan import Footprints
from core.model.project import Reader
from core.model.types import DeviceType

_EMPTY = Sketch().freeze()
_MOVES = ("front-to-rear", "rear-to-front", "side-to-rear")


def rack_airflow(project: Reader, block: str) -> str:
    """Return the way of the air through a rack block: that of most of its height; empty if none moves air."""
    heights: Counter[str] = Counter()
    for device in project.devices(block).values():
        spec = project.find_type(device.type)
        if isinstance(spec, DeviceType) and spec.airflow in _MOVES:
            heights[_as_mounted(spec.airflow, device.face)] += int(1000 * spec.height_u) or 1
    return max(heights, key=lambda way: (heights[way], way), default="")


def _as_mounted(airflow: str, face: str) -> str:
    """Return the way of the air seen from the rack, of a device that may be mounted from the rear."""
    if face == "front":
        return airflow
    turned = {"front-to-rear": "rear-to-front", "rear-to-front": "front-to-rear"}
    return turned.get(airflow, "side-to-front")


def floor_air(project: Reader, things: Footprints) -> Batch:
    """Draw an arrow into each rack where it takes air in and one out of it where the air leaves."""
    ways: dict[str, str] = {}
    rows: dict[str, list[int]] = {"front-to-rear": [], "rear-to-front": []}
    for row in np.flatnonzero(things.is_rack).tolist():
        block = things.blocks[row]
        if block not in ways:
            ways[block] = rack_airflow(project, block)
        if ways[block]:
            rows["rear-to-front" if ways[block].endswith("front") else "front-to-rear"].append(row)
    parts = []
    for way, members in rows.items():
        if members:
            corners = things.corners[members]
            front, rear = corners[:, :2].mean(axis=1), corners[:, 2:].mean(axis=1)
            step = (rear - front) / np.abs(rear - front).sum(axis=1)[:, None]
            if way == "rear-to-front":
                front, rear, step = rear, front, -step
            parts.append(line_batch(_arrows(front - 210.0 * step, front + 30.0 * step), "air.in", level=1))
            parts.append(line_batch(_arrows(rear - 30.0 * step, rear + 210.0 * step), "air.out", level=1))
    return concatenate(parts) if parts else _EMPTY


def face_air(
    project: Reader, block: str, ids: Sequence[str], boxes: Floats, face: Face, width: float
) -> Batch:
    """Draw beside one face of a rack which devices take air in there and which blow it out.

    Parameters
    ----------
    project : Reader
    block : str
        Rack block.
    ids : sequence of str
        Devices.
    boxes : ndarray, shape (n, 4)
        x, y, width, height of each on this face; NaN where it hides the device.
    face : {"front", "rear"}
    width : float
        Outside of the rack [mm].
    """
    lines: dict[str, list[tuple[float, float, float]]] = {"air.in": [], "air.out": []}
    devices = project.devices(block)
    for device_id, box in zip(ids, boxes.tolist(), strict=True):
        device = devices.get(device_id)
        spec = project.find_type(device.type) if device is not None else None
        if device is None or not isinstance(spec, DeviceType) or np.isnan(box[0]):
            continue
        if spec.airflow not in _MOVES:
            continue
        start, _, end = _as_mounted(spec.airflow, device.face).partition("-to-")
        y = box[1] + box[3] / 2
        if start == face:
            lines["air.in"].append((-100.0, -54.0, y))
        elif start == "side":
            lines["air.in"] += [(-100.0, -54.0, y), (width + 100.0, width + 54.0, y)]
        if end == face:
            lines["air.out"].append((-54.0, -100.0, y))
    parts = []
    for style, rows in lines.items():
        if rows:
            table = np.array(rows)
            tails, tips = table[:, (0, 2)], table[:, (1, 2)]
            parts.append(line_batch(_arrows(tails, tips, 0.3), style, level=Level.MIDDLE))
    return concatenate(parts) if parts else _EMPTY


def _arrows(tails: Floats, tips: Floats, head: float = 0.38) -> Floats:
    """Return shafts and heads of arrows, shape (3 n, 4)."""
    way = tips - tails
    side = way[:, ::-1] * (-1.0, 1.0)
    back = tips - head * way
    wings = [back + 0.8 * head * side, back - 0.8 * head * side]
    return np.concatenate([np.hstack([tails, tips]), *(np.hstack([wing, tips]) for wing in wings)])

"""Faceplates drawn from the list of ports: what the front or rear of a device looks like.

Local coordinates, lower left corner of the body at the origin [mm]. Everything has owner 0. One faceplate
is made for each type, face and size and reused by shift (`core.drawing.batch.tiled`).
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Literal

import numpy as np

from core.drawing.batch import Anchor, Batch, Floats, Level, Sketch
from core.drawing.connectors import Shape, shape_of
from core.drawing.styles import device_style
from core.model.ports import Port, PortTable, port_table
from core.model.types import DeviceType

Face = Literal["front", "rear"]
_MARGIN = 3.0
_EAR = 9.0
_NAME_SHARE = 0.17
_TALL = 140.0
"""On faces higher than this ports stand in bands by what they carry [mm]."""
_FOOT = 0.16
"""Share of a vertical strip kept for its name."""
_RANGE = re.compile(r"\{(\d+)\.\.\d+\}")
_BLIND_MATE = 16
"""More scale-up ports than this in a group are drawn as one connector."""
_CIRCLE = [(math.cos(t), math.sin(t)) for t in np.linspace(0.0, 2.0 * math.pi, 13)[:-1]]


@dataclass(frozen=True)
class Faceplate:
    """A drawn face and where its parts are.

    Attributes
    ----------
    batch : Batch
        Body, handles, vents, airflow sign, ports and port numbers.
    width, height : float
        Size of the body [mm].
    ports : dict of str to int
        Row of `port_rects` by the name of the port; only ports of this face.
    port_rects : ndarray, shape (n, 4)
        x, y, width, height [mm].
    name_box : tuple of float
        x, y, width, height of the room left for a name [mm].
    """

    batch: Batch
    width: float
    height: float
    ports: dict[str, int]
    port_rects: Floats
    name_box: tuple[float, float, float, float]


_cache: dict[tuple[int, int, str, float, float], tuple[DeviceType, PortTable, Faceplate]] = {}


def faceplate(
    spec: DeviceType,
    face: Face,
    width: float,
    height: float,
    ports: PortTable | None = None,
) -> Faceplate:
    """Return the (cached) face of a device type.

    Parameters
    ----------
    spec : DeviceType
    face : {"front", "rear"}
        The rear is drawn as one sees it standing behind.
    width, height : float
        Size of the body [mm].
    ports : PortTable, optional
        Ports with the modules fitted; by default those of the bare type.
    """
    table = ports or port_table(spec)
    key = (id(spec), id(table), face, round(width, 1), round(height, 1))
    entry = _cache.get(key)
    if entry is None or entry[0] is not spec or entry[1] is not table:
        if len(_cache) > 4096:
            _cache.clear()
        entry = (spec, table, _draw(spec, table, face, width, height))
        _cache[key] = entry
    return entry[2]


def _draw(spec: DeviceType, table: PortTable, face: Face, width: float, height: float) -> Faceplate:
    sketch = Sketch()
    sketch.rect(0, 0, width, height, device_style(spec.kind), owner=0)
    if spec.kind == "blank":
        _vents(sketch, _EAR, 0, width - 2 * _EAR, height)
        return Faceplate(sketch.freeze(), width, height, {}, np.zeros((0, 4)), (0, 0, width, height))
    vertical = height > 2 * width
    ears = 0.0 if vertical or width < 100 else _EAR
    if ears:
        _handles(sketch, width, height, ears)
    shown = [p for p in table if p.group.face == face]
    sign = min(10.0, 0.4 * height) if spec.airflow not in ("", "none") and not vertical else 0.0
    left, right = ears + _MARGIN, width - ears - _MARGIN - (sign + _MARGIN if sign else 0.0)
    name_room = 0.0 if vertical else max(min(70.0, 0.4 * width), _NAME_SHARE * width)
    top = height - 0.6 * _EAR if vertical else height
    boxes = _place(shown, left + name_room, right, top, vertical)
    _draw_ports(sketch, boxes)
    if sign:
        air_sign(sketch, right + _MARGIN + sign / 2, height / 2, sign / 2, _draws_in(spec, face))
    first = min((box[0] for _, box, _ in boxes), default=right)
    if vertical:
        used = min((box[1] for _, box, _ in boxes), default=height)
        name_box = (0.0, 0.0, width, max(used - _MARGIN, _FOOT * height))
    else:
        name_box = (left, 0.0, max(first - left - _MARGIN, 0.0), height)
        if not boxes and spec.airflow != "none":
            keep = min(0.45 * (right - left), 200.0)
            _vents(sketch, left + keep, 0, right - left - keep, height)
            name_box = (left, 0.0, keep - _MARGIN, height)
    rects = np.array([box for _, box, _ in boxes], dtype=np.float64).reshape(-1, 4)
    names = {port.name: row for row, (port, _, _) in enumerate(boxes)}
    return Faceplate(sketch.freeze(), width, height, names, rects, name_box)


def _handles(sketch: Sketch, width: float, height: float, ear: float) -> None:
    inset = min(6.0, 0.18 * height)
    for x in (0.28 * ear, width - 0.72 * ear):
        sketch.rect(x, inset, 0.44 * ear, height - 2 * inset, "face.handle", level=Level.NEAR, owner=0)


def _vents(sketch: Sketch, x: float, y: float, width: float, height: float) -> None:
    if width < 20 or height < 12:
        return
    count = min(24, int(width // 9))
    inset = min(7.0, 0.22 * height)
    for i in range(count):
        at = x + (i + 0.5) * width / count
        sketch.line(at, y + inset, at, y + height - inset, "face.vent", level=Level.NEAR, owner=0)


def _draws_in(spec: DeviceType, face: Face) -> bool:
    return (spec.airflow == "rear-to-front") == (face == "rear")


def air_sign(sketch: Sketch, x: float, y: float, r: float, into: bool) -> None:
    """Draw the drafting sign of an arrow seen from behind (cross: air goes in) or from ahead (dot)."""
    ring = [(x + r * c, y + r * s) for c, s in _CIRCLE]
    sketch.polygon(ring, "air.intake" if into else "air.exhaust", level=Level.NEAR, owner=0)
    if into:
        d = 0.7 * r
        sketch.line(x - d, y - d, x + d, y + d, "air.mark", level=Level.NEAR, owner=0)
        sketch.line(x - d, y + d, x + d, y - d, "air.mark", level=Level.NEAR, owner=0)
    else:
        dot = [(x + 0.35 * r * c, y + 0.35 * r * s) for c, s in _CIRCLE]
        sketch.polygon(dot, "air.dot", level=Level.NEAR, owner=0)


_Box = tuple[float, float, float, float]


def _runs(ports: list[Port]) -> list[tuple[Shape, list[Port]]]:
    """Return runs of neighbouring ports that share a connector shape and layer."""
    runs: list[tuple[Shape, list[Port]]] = []
    for port in ports:
        shape = shape_of(port.group.connector, port.group.layer)
        if runs and runs[-1][0] == shape and runs[-1][1][-1].group.layer == port.group.layer:
            runs[-1][1].append(port)
        else:
            runs.append((shape, [port]))
    return runs


def _place(
    ports: list[Port], left: float, right: float, height: float, vertical: bool
) -> list[tuple[Port, _Box, Shape]]:
    """Return a box for each port: rows from the top, columns to the right, squeezed to the room there is."""
    runs = _runs(ports)
    if not runs or right - left < 4 or height < 4:
        return []
    if vertical:
        return _place_vertical(runs, left, right, height)
    layers = list(dict.fromkeys(members[0].group.layer for _, members in runs))
    if height > _TALL and len(layers) > 1:
        return _place_in_bands(ports, left, right, height)
    room = height - 2.0
    columns: list[tuple[Shape, list[Port], int, int, float]] = []
    for shape, members in runs:
        squeeze = min(1.0, room / shape.pitch_y)
        rows = max(1, int(room // (shape.pitch_y * squeeze)))
        # As few rows as there can be, as on real panels: a little squeezing is better than a third row.
        wide = 1.1 * (right - left)
        while rows > 1 and math.ceil(len(members) / (rows - 1)) * shape.pitch_x * squeeze <= wide:
            rows -= 1
        columns.append((shape, members, rows, math.ceil(len(members) / rows), squeeze))
    gap = 5.0
    needed = sum(c * s.pitch_x * q for s, _, _, c, q in columns) + gap * (len(columns) - 1)
    factor = min(1.0, (right - left) / needed)
    x = right - needed * factor
    placed: list[tuple[Port, _Box, Shape]] = []
    for shape, members, rows, count, squeeze in columns:
        px, py = shape.pitch_x * squeeze * factor, shape.pitch_y * squeeze
        width, tall = shape.width * squeeze * factor, shape.height * squeeze
        top = height / 2 + rows * py / 2
        for i, port in enumerate(members):
            column, row = divmod(i, rows)
            box = (x + column * px + (px - width) / 2, top - (row + 1) * py + (py - tall) / 2, width, tall)
            placed.append((port, box, shape))
        x += count * px + gap * factor
    return placed


def _place_in_bands(
    ports: list[Port], left: float, right: float, height: float
) -> list[tuple[Port, _Box, Shape]]:
    """Return boxes for a tall chassis: data ports above, coolant below them, power at the bottom."""
    bands = [[p for p in ports if p.group.layer == layer] for layer in ("power", "coolant", "data")]
    present = [band for band in bands if band]
    share = height / len(present)
    placed = []
    for at, band in enumerate(present):
        for port, (x, y, w, h), shape in _place(band, left, right, share, False):
            placed.append((port, (x, y + at * share, w, h), shape))
    order = {id(port): i for i, port in enumerate(ports)}
    return sorted(placed, key=lambda entry: order[id(entry[0])])


def _place_vertical(
    runs: list[tuple[Shape, list[Port]]], left: float, right: float, height: float
) -> list[tuple[Port, _Box, Shape]]:
    """Return boxes for a vertical strip (zero-U PDU): one column from the top, two if it must."""
    total = sum(len(members) for _, members in runs)
    needed = sum(shape.pitch_y * len(members) for shape, members in runs)
    room = (1.0 - _FOOT) * height
    columns = 1 if needed <= room else 2
    # Spread over the whole length, as outlets are, but not wider apart than one can take for a group.
    spread = min(room * columns / needed, 2.5)
    factor = min(1.0, spread)
    lane = (right - left) / columns
    placed: list[tuple[Port, _Box, Shape]] = []
    per_column = math.ceil(total / columns)
    y, column, index = height, 0, 0
    for shape, members in runs:
        width, tall = min(shape.width, 0.9 * lane), shape.height * factor
        for port in members:
            if index and index % per_column == 0:
                column, y = column + 1, height
            y -= shape.pitch_y * spread
            x = left + column * lane + (lane - width) / 2
            placed.append((port, (x, y, width, tall), shape))
            index += 1
    return placed


def _draw_ports(sketch: Sketch, boxes: list[tuple[Port, _Box, Shape]]) -> None:
    """Draw the ports; many scale-up ports are one blind-mate connector until one is close."""
    groups: dict[int, list[_Box]] = {}
    for port, box, _ in boxes:
        if port.group.role == "scale-up":
            groups.setdefault(id(port.group), []).append(box)
    blocks = {key for key, found in groups.items() if len(found) > _BLIND_MATE}
    for key in blocks:
        x0, y0 = min(b[0] for b in groups[key]), min(b[1] for b in groups[key])
        x1, y1 = max(b[0] + b[2] for b in groups[key]), max(b[1] + b[3] for b in groups[key])
        sketch.rect(x0, y0, x1 - x0, y1 - y0, "port.scale-up", level=Level.MIDDLE, owner=0)
    for port, box, shape in boxes:
        _port(sketch, port, box, shape, Level.CLOSE if id(port.group) in blocks else Level.NEAR)


def port_label(port: Port) -> str:
    """Return what is printed beside a port: its index within its group, or its name if it is alone.

    Examples
    --------
    >>> from core.model.types import PortGroup
    >>> group = PortGroup(name="qsfp28-{1..32}", layer="data", connector="QSFP28")
    >>> port_label(Port(9, "qsfp28-10", group, 9))
    '10'
    """
    varies = _RANGE.search(port.group.name)
    return str(int(varies[1]) + port.ordinal) if varies is not None else port.group.name


def _port(sketch: Sketch, port: Port, box: _Box, shape: Shape, level: Level) -> None:
    x, y, width, height = box
    style = f"port.{port.group.layer}"
    if level == Level.NEAR:
        sketch.rect(x, y, width, height, "face.group", level=Level.MIDDLE, owner=0)
    if shape.is_round:
        cx, cy, r = x + width / 2, y + height / 2, min(width, height) / 2
        ring = [(cx + r * c, cy + r * s) for c, s in _CIRCLE]
        sketch.polygon(ring, style, level=level, owner=0)
    else:
        sketch.rect(x, y, width, height, style, level=level, owner=0)
    sketch.text(
        x + width / 2, y + height / 2, port_label(port), 0.32 * height, "text.light",
        anchor=Anchor.CENTRE, width=0.9 * width, level=Level.CLOSE, owner=0,
    )  # fmt: skip

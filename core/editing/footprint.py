"""What stands where on a floor: boxes in integer millimetres, turned and mirrored exactly."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from core.model.project import Reader
from core.model.records import Device, Instance
from core.model.types import DeviceType, RackType


class Box(NamedTuple):
    """A rectangle on the floor [mm]."""

    left: int
    front: int
    right: int
    back: int

    def moved(self, dx: int, dy: int) -> Box:
        """Return the box moved."""
        return Box(self.left + dx, self.front + dy, self.right + dx, self.back + dy)

    def union(self, other: Box) -> Box:
        """Return the smallest box around both."""
        return Box(
            min(self.left, other.left),
            min(self.front, other.front),
            max(self.right, other.right),
            max(self.back, other.back),
        )


EMPTY = Box(0, 0, 0, 0)


def turned(x: int, y: int, rotation: int, mirrored: bool = False) -> tuple[int, int]:
    """Return a point after x became -x (if mirrored) and then turned counterclockwise seen from above.

    Examples
    --------
    >>> turned(600, 0, 90)
    (0, 600)
    """
    if mirrored:
        x = -x
    for _ in range(rotation // 90 % 4):
        x, y = -y, x
    return x, y


def turned_box(box: Box, rotation: int, mirrored: bool = False) -> Box:
    """Return a box mirrored, then turned, about the origin."""
    x0, y0 = turned(box.left, box.front, rotation, mirrored)
    x1, y1 = turned(box.right, box.back, rotation, mirrored)
    return Box(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))


def around(boxes: Iterable[Box]) -> Box:
    """Return the smallest box around all."""
    found: Box | None = None
    for box in boxes:
        found = box if found is None else found.union(box)
    return EMPTY if found is None else found


def meets(box: Box, points: Sequence[tuple[int, int]]) -> bool:
    """Tell whether a box shares floor with a polygon; touching is no clash.

    Examples
    --------
    >>> triangle = ((0, 0), (1000, 0), (0, 1000))
    >>> meets(Box(100, 100, 200, 200), triangle), meets(Box(500, 500, 900, 900), triangle)
    (True, False)
    """
    if box.left >= box.right or box.front >= box.back:
        return False
    corners = ((box.left, box.front), (box.right, box.front), (box.right, box.back), (box.left, box.back))
    middle = ((box.left + box.right) / 2, (box.front + box.back) / 2)
    if holds(points, *middle) or any(_strictly_inside(box, x, y) for x, y in points):
        return True
    edges = list(zip(points, (*points[1:], points[0]), strict=True))
    sides = list(zip(corners, (*corners[1:], corners[0]), strict=True))
    return any(_cross(*edge, *side) for edge in edges for side in sides) or any(
        _runs_through(box, *edge) for edge in edges
    )


def holds(points: Sequence[tuple[int, int]], x: float, y: float) -> bool:
    """Tell whether a polygon holds a point (even-odd rule)."""
    inside = False
    for (x1, y1), (x2, y2) in zip(points, (*points[1:], points[0]), strict=True):
        if (y1 > y) != (y2 > y) and x < x1 + (y - y1) * (x2 - x1) / (y2 - y1):
            inside = not inside
    return inside


def _strictly_inside(box: Box, x: float, y: float) -> bool:
    return box.left < x < box.right and box.front < y < box.back


def _runs_through(box: Box, a: tuple[int, int], b: tuple[int, int]) -> bool:
    """Tell whether an edge along the grid runs through a box without a corner in it."""
    return _strictly_inside(box, (a[0] + b[0]) / 2, (a[1] + b[1]) / 2)


def _cross(a: tuple[int, int], b: tuple[int, int], c: tuple[int, int], d: tuple[int, int]) -> bool:
    """Tell whether two stretches cross, not only touch."""

    def side(p: tuple[int, int], q: tuple[int, int], r: tuple[int, int]) -> int:
        return (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])

    return side(a, b, c) * side(a, b, d) < 0 and side(c, d, a) * side(c, d, b) < 0


def box_of_block(reader: Reader, block: str) -> Box:
    """Return the box of a block in its own coordinates: a rack's outside, or all that a floor holds."""
    return _box_of_block(reader, block, {})


def box_of(reader: Reader, thing: Instance | Device) -> Box:
    """Return the box of an instance or a floor-standing device in the coordinates of its block."""
    if isinstance(thing, Instance):
        return _placed(box_of_block(reader, thing.of), thing)
    return _device_box(reader, thing)


def _box_of_block(reader: Reader, block: str, known: dict[str, Box]) -> Box:
    if block in known:
        return known[block]
    record = reader.blocks.get(block)
    if record is not None and record.kind == "rack":
        rack = reader.find_type(record.rack_type)
        found = Box(0, 0, rack.width_mm, rack.depth_mm) if isinstance(rack, RackType) else EMPTY
    else:
        boxes = [_placed(_box_of_block(reader, i.of, known), i) for i in reader.instances(block).values()]
        boxes.extend(_device_box(reader, d) for d in reader.devices(block).values())
        found = around(boxes)
    known[block] = found
    return found


def _placed(box: Box, instance: Instance) -> Box:
    return turned_box(box, instance.rotation, instance.mirrored).moved(instance.x_mm, instance.y_mm)


def _device_box(reader: Reader, device: Device) -> Box:
    spec = reader.find_type(device.type)
    wide = deep = 0
    if isinstance(spec, DeviceType):
        wide, deep = round(spec.width_mm or 0), round(spec.depth_mm or 0)
    return turned_box(Box(0, 0, wide, deep), device.rotation).moved(device.x_mm, device.y_mm)

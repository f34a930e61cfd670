"""What stands where on a floor: boxes in integer millimetres, turned and mirrored exactly."""

from __future__ import annotations

from collections.abc import Iterable
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

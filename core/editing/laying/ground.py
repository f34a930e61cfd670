"""Free floor for another rack: everything built under a floor block, in the coordinates of that block."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from core.editing.arrays import AISLE_MM
from core.editing.floor_room import BARRED
from core.editing.footprint import Box, box_of, holds, meets, turned, turned_box
from core.editing.routes import join
from core.editing.rows import Standing, standings
from core.model.project import Reader
from core.model.records import Device, Instance, Rotation

REAR_MM = 900
"""What is kept free behind a rack where there is a choice."""


class Stand(NamedTuple):
    """Where a rack can stand on a floor."""

    x_mm: int
    y_mm: int
    rotation: Rotation
    row: int
    """Row it joins, -1 for one of its own."""
    box: Box
    is_clear: bool = True
    """Whether there is room to open it before and behind."""


class Ground:
    """What stands on a floor block and all floors placed in it.

    Parameters
    ----------
    reader : Reader
    block : str
        Floor block from which the paths start.
    """

    def __init__(self, reader: Reader, block: str) -> None:
        self._reader = reader
        self._blocks: dict[str, str] = {}
        self._ways: dict[str, tuple[Instance, ...]] = {}
        self._stands: dict[str, dict[str, Standing]] = {}
        self._boxes: list[Box] = []
        self._barred: list[tuple[str, list[tuple[int, int]]]] = []
        self._rooms: list[list[tuple[int, int]]] = []
        self._array: np.ndarray | None = None
        self._enter(block, "", ())
        middles = [((b.left + b.right) / 2, (b.front + b.back) / 2) for b in self._boxes]
        self._rooms = [room for room in self._rooms if any(holds(room, x, y) for x, y in middles)]

    def standings(self, floor: str) -> dict[str, Standing]:
        """Return where things stand on the floor a path leads to."""
        found = self._stands.get(floor)
        if found is None:
            found = self._stands[floor] = dict(standings(self._reader, self._blocks[floor]))
        return found

    def box(self, floor: str, thing_id: str) -> Box:
        """Return the box of an instance or device of a floor, in that floor's coordinates."""
        return box_of(self._reader, self._thing(floor, thing_id))

    def take(self, floor: str, box: Box) -> None:
        """Count a place as taken."""
        self._boxes.append(self._out(floor, box))
        self._array = None

    def row_stands(self, floor: str, row: int, wide: int, deep: int) -> list[Stand]:
        """Return the free places for a rack in a row: at its end, at its beginning, in its gaps."""
        things = [thing_id for thing_id, at in self.standings(floor).items() if at.row == row]
        racks = [self._thing(floor, thing_id) for thing_id in things]
        boxes = {thing.id: box_of(self._reader, thing) for thing in racks}
        model = next((t for t in reversed(racks) if isinstance(t, Instance) and self._is_rack(t)), None)
        if model is None:
            return []
        turned_row = model.rotation % 180 == 90
        low, high = (1, 3) if turned_row else (0, 2)
        spans = sorted((box[low], box[high]) for box in boxes.values())
        starts = [spans[-1][1], spans[0][0] - wide]
        starts += [a[1] for a, b in pairwise(spans) if b[0] - a[1] >= wide]
        found = []
        for number, start in enumerate(starts):
            box = _beside(boxes[model.id], model.rotation, start, wide, deep)
            beyond = box if number > 1 else _longer(box, low, high, AISLE_MM if number == 0 else -AISLE_MM)
            if not self._obstacle(floor, beyond, box):
                around = _with_aisles(box, model.rotation)
                is_clear = not self._obstacle(floor, around, _grown(around))
                found.append(_stand(box, model.rotation, wide, deep, row)._replace(is_clear=is_clear))
        return found

    def new_row_stand(self, floor: str, wide: int, deep: int) -> Stand | None:
        """Return a free place for a rack in a row of its own.

        Across the aisle from a row of racks of that floor if there is room, else behind, before or beside
        all that is there.
        """
        for rotation, left, right, y in self._new_rows(floor, deep):
            for x in range(left, max(right - wide, left) + 1, wide):
                box = Box(x, y, x + wide, y + deep)
                room = _with_aisles(box, rotation)
                if not self._obstacle(floor, room, _grown(room)):
                    return _stand(box, rotation, wide, deep, -1)
        return None

    def _new_rows(self, floor: str, deep: int) -> Iterator[tuple[Rotation, int, int, int]]:
        """Yield where a new row of racks could be: rotation, left and right end, lower edge."""
        things = [self._thing(floor, thing_id) for thing_id in self.standings(floor)]
        boxes = [box_of(self._reader, thing) for thing in things]
        if not boxes:
            yield 0, 0, 12_000, 0
            return
        rows: dict[int, tuple[Rotation, list[Box]]] = {}
        for thing, box in zip(things, boxes, strict=True):
            if isinstance(thing, Instance) and self._is_rack(thing) and thing.rotation in (0, 180):
                rows.setdefault(self.standings(floor)[thing.id].row, (thing.rotation, []))[1].append(box)
        for rotation, row in rows.values():
            left, right = min(b.left for b in row), max(b.right for b in row)
            before = min(b.front for b in row) - AISLE_MM - deep
            behind = max(b.back for b in row) + AISLE_MM
            opposite: Rotation = 180 if rotation == 0 else 0
            for y in (before, behind) if rotation == 0 else (behind, before):
                yield opposite, left, right, y
        grid = self._reader.blocks[self._blocks[floor]].grid_mm
        left, front = (min(b[side] for b in boxes) // grid * grid for side in (0, 1))
        right, back = (-(-max(b[side] for b in boxes) // grid) * grid for side in (2, 3))
        yield 0, left, right, back + AISLE_MM
        yield 180, left, right, (front - AISLE_MM - deep) // grid * grid
        for y in range(front, max(back - deep, front) + 1, max(deep, 1)):
            yield 0, right + AISLE_MM, right + 2 * AISLE_MM + 7_200, y

    def _obstacle(self, floor: str, clear: Box, box: Box) -> str:
        """Return what is in the way: `clear` has to be free of things, `box` of what bars a rack."""
        if self._array is None:
            self._array = np.array(self._boxes, np.int64).reshape(-1, 4)
        out, inner = self._out(floor, clear), self._out(floor, box)
        taken = self._array
        hit = (taken[:, 0] < out.right) & (out.left < taken[:, 2])
        hit &= (taken[:, 1] < out.back) & (out.front < taken[:, 3])
        if hit.any():
            return "Something stands in the way"
        barred = next((words for words, points in self._barred if meets(inner, points)), "")
        if barred or not self._rooms:
            return barred
        corners = [
            (x, y) for x in (inner.left + 2, inner.right - 2) for y in (inner.front + 2, inner.back - 2)
        ]
        inside = any(all(holds(room, x, y) for x, y in corners) for room in self._rooms)
        return "" if inside else "Outside the room"

    def _enter(self, block: str, path: str, way: tuple[Instance, ...]) -> None:
        self._blocks[path], self._ways[path] = block, way
        for area in self._reader.areas(block).values():
            points = [self._point(point, way) for point in area.points]
            if len(points) > 2 and area.kind in BARRED:
                self._barred.append((f"In the {BARRED[area.kind]} {area.name}".rstrip(), points))
            elif len(points) > 2 and area.kind == "room":
                self._rooms.append(points)
        for device in self._reader.devices(block).values():
            self._boxes.append(self._out(path, box_of(self._reader, device)))
        for instance in self._reader.instances(block).values():
            if self._is_rack(instance):
                self._boxes.append(self._out(path, box_of(self._reader, instance)))
            else:
                self._enter(instance.of, join(path, instance.id), (*way, instance))

    def _is_rack(self, instance: Instance) -> bool:
        return self._reader.blocks[instance.of].kind == "rack"

    def _thing(self, floor: str, thing_id: str) -> Instance | Device:
        block = self._blocks[floor]
        instance = self._reader.instances(block).get(thing_id)
        return self._reader.devices(block)[thing_id] if instance is None else instance

    def _out(self, floor: str, box: Box) -> Box:
        for instance in reversed(self._ways[floor]):
            box = turned_box(box, instance.rotation, instance.mirrored).moved(instance.x_mm, instance.y_mm)
        return box

    def _point(self, point: tuple[int, int], way: tuple[Instance, ...]) -> tuple[int, int]:
        for instance in reversed(way):
            x, y = turned(*point, instance.rotation, instance.mirrored)
            point = x + instance.x_mm, y + instance.y_mm
        return point


def _beside(model: Box, rotation: int, start: int, size: int, deep: int) -> Box:
    """Return the box of a rack in the row of another, their fronts on one line."""
    if rotation == 0:
        return Box(start, model.front, start + size, model.front + deep)
    if rotation == 180:
        return Box(start, model.back - deep, start + size, model.back)
    if rotation == 90:
        return Box(model.right - deep, start, model.right, start + size)
    return Box(model.left, start, model.left + deep, start + size)


def _with_aisles(box: Box, rotation: int) -> Box:
    """Return the box of a rack with what is kept free before and behind it."""
    if rotation % 180 == 90:
        front, rear = (REAR_MM, AISLE_MM) if rotation == 90 else (AISLE_MM, REAR_MM)
        return Box(box.left - front, box.front, box.right + rear, box.back)
    front, rear = (AISLE_MM, REAR_MM) if rotation == 0 else (REAR_MM, AISLE_MM)
    return Box(box.left, box.front - front, box.right, box.back + rear)


def _grown(box: Box) -> Box:
    """Return a box a little larger: a wall or column beside an aisle narrows it, as the rules see it."""
    return Box(box.left - 1, box.front - 1, box.right + 1, box.back + 1)


def _longer(box: Box, low: int, high: int, by: int) -> Box:
    sides = list(box)
    sides[high if by > 0 else low] += by
    return Box(*sides)


def _stand(box: Box, rotation: Rotation, wide: int, deep: int, row: int) -> Stand:
    origin = turned_box(Box(0, 0, wide, deep), rotation)
    return Stand(box.left - origin.left, box.front - origin.front, rotation, row, box)

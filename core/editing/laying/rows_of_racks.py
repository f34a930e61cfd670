"""Racks and units on a floor: rows that face each other across cold aisles, units side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt
from typing import NamedTuple

from core.editing.footprint import Box, box_of_block, turned_box
from core.model.change import Edit
from core.model.records import Area, Instance, Rotation

ROOM_MM = 2400
"""What a new hall leaves free around everything."""


class Item(NamedTuple):
    """A block to be placed."""

    of: str
    name: str
    racks: int = 1
    """Racks side by side in it."""
    is_network: bool = False
    """Goes into the middle of its row, to be near to all."""


@dataclass(frozen=True)
class Aisles:
    """Distances on the floor [mm]."""

    cold_mm: int = 1200
    hot_mm: int = 1200
    side_mm: int = 1200
    """Between units side by side."""
    row_racks: int = 24
    """Most racks in one row."""


def stand(
    edit: Edit, block: str, racks: Sequence[Item], units: Sequence[Item], aisles: Aisles
) -> tuple[list[str], list[str], int]:
    """Place racks in rows and units in a grid with the rows in its middle.

    Returns
    -------
    list of str, list of str
        Ids of the instances of racks and of units, in the order given.
    int
        Number of rows of racks.
    """
    rows = _rows(racks, aisles.row_racks, pairs=bool(units))
    pitch = _pitch(edit, units, aisles)
    columns = max(round(sqrt(len(units) * pitch[1] / pitch[0])), 1) if units else 1
    lines = [list(range(k, min(k + columns, len(units)))) for k in range(0, len(units), columns)]
    before = len(lines) // 2 if len(rows) > 1 else 0
    floor = _Floor(edit, block, columns * pitch[0] - aisles.side_mm if units else 0)
    y = 0
    for k, line in enumerate([*lines[:before], [], *lines[before:]]):
        if k == before:
            y = floor.rows(rows, racks, y, aisles)
            continue
        for column, number in enumerate(line):
            floor.put("unit", number, units[number], column * pitch[0], y, 0)
        y += pitch[1]
    return floor.ids("rack", len(racks)), floor.ids("unit", len(units)), len(rows)


def enclose(edit: Edit, block: str, name: str) -> None:
    """Draw the room around all that stands on a floor."""
    box = box_of_block(edit, block)
    left, front = box.left - ROOM_MM, box.front - ROOM_MM
    right, back = box.right + ROOM_MM, box.back + ROOM_MM
    points = ((left, front), (right, front), (right, back), (left, back))
    area = Area(block=block, id=edit.new_id(block), kind="room", name=name, points=points, height_mm=4500)
    edit.put("areas", area)


class _Floor:
    def __init__(self, edit: Edit, block: str, wide_mm: int) -> None:
        self._edit, self._block = edit, block
        self._wide_mm = wide_mm
        """Width in the middle of which rows of racks stand; 0: they begin at the left."""
        self._boxes: dict[str, Box] = {}
        self._placed: dict[tuple[str, int], str] = {}

    def ids(self, table: str, number: int) -> list[str]:
        return [self._placed[table, k] for k in range(number)]

    def box(self, of: str) -> Box:
        if of not in self._boxes:
            self._boxes[of] = box_of_block(self._edit, of)
        return self._boxes[of]

    def put(self, table: str, number: int, item: Item, left: int, front: int, rotation: Rotation) -> None:
        """Place a block so that its box begins at a point."""
        box = turned_box(self.box(item.of), rotation)
        instance = Instance(
            block=self._block,
            id=self._edit.new_id(self._block),
            of=item.of,
            name=item.name,
            x_mm=left - box.left,
            y_mm=front - box.front,
            rotation=rotation,
        )
        self._placed[table, number] = self._edit.put("instances", instance).id

    def rows(self, rows: Sequence[Sequence[int]], items: Sequence[Item], y: int, aisles: Aisles) -> int:
        """Place rows from y to the back, two and two face to face; return where the next thing may begin."""
        for pair in (rows[k : k + 2] for k in range(0, len(rows), 2)):
            deep = [max(self._deep(items[n]) for n in row) for row in pair]
            if len(rows) == 1:  # its back to what stands behind it
                self._row(pair[0], items, y, 0)
                y += deep[0]
            else:
                self._row(pair[0], items, y + deep[0], 180)
                y += deep[0]
            if len(pair) > 1:
                y += aisles.cold_mm
                self._row(pair[1], items, y, 0)
                y += deep[1]
            y += aisles.hot_mm
        return y

    def _deep(self, item: Item) -> int:
        box = self.box(item.of)
        return box.back - box.front

    def _row(self, row: Sequence[int], items: Sequence[Item], front: int, rotation: Rotation) -> None:
        boxes = [self.box(items[number].of) for number in row]
        grid = self._edit.blocks[self._block].grid_mm
        spare = self._wide_mm - sum(box.right - box.left for box in boxes)
        x = max(spare // 2, 0) // grid * grid
        for number, box in zip(row, boxes, strict=True):
            back = self._deep(items[number]) if rotation else 0
            self.put("rack", number, items[number], x, front - back, rotation)
            x += box.right - box.left


def _rows(items: Sequence[Item], most: int, *, pairs: bool) -> list[list[int]]:
    """Share racks out to rows of about equal length, those of the network in the middle of each."""
    if not items:
        return []
    total = sum(item.racks for item in items)
    number = -(-total // most)
    if len(items) > 3 or (pairs and len(items) > 1):
        number = max(number + number % 2, 2)
    number = min(number, len(items))
    hosts = [k for k, item in enumerate(items) if not item.is_network]
    network = [k for k, item in enumerate(items) if item.is_network]
    rows = []
    # The rows that get one rack fewer get one network rack more.
    for mine, theirs in zip(_shares(hosts, number), reversed(_shares(network, number)), strict=True):
        half = (len(mine) + 1) // 2
        rows.append([*mine[:half], *theirs, *mine[half:]])
    return [row for row in rows if row]


def _shares(things: Sequence[int], number: int) -> list[list[int]]:
    starts = [k * len(things) // number for k in range(number + 1)]
    return [list(things[low:high]) for low, high in pairwise(starts)]


def _pitch(edit: Edit, units: Sequence[Item], aisles: Aisles) -> tuple[int, int]:
    """Return the distance from unit to unit, across and to the back."""
    boxes = [box_of_block(edit, of) for of in dict.fromkeys(unit.of for unit in units)]
    wide = max((box.right - box.left for box in boxes), default=0)
    deep = max((box.back - box.front for box in boxes), default=0)
    return wide + aisles.side_mm, deep + aisles.hot_mm

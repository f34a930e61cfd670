"""Array copies: on a floor in rows and columns, in a rack upwards."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Literal, NamedTuple

import msgspec

from core.editing.arrange import flipped, moved_to
from core.editing.footprint import Box, around, box_of
from core.editing.multiplying import Thing, multiply
from core.editing.naming import counted_on, names_in
from core.editing.place import ensure_fits
from core.editing.space import Spot, half_units
from core.editing.types import device_type_of
from core.errors import EditError
from core.model.change import Edit
from core.model.project import Reader
from core.model.records import Device

AISLE_MM = 1200
"""What a new row leaves free in front of the one before it, where nothing else is asked for."""
MOST_COPIES = 20_000

Second = Literal["", "mirrored", "turned"]
"""What every second row is: as the first, mirrored front to back, or turned by 180 degrees."""


class Grid(NamedTuple):
    """Rows and columns of an array, the first place included."""

    columns: int
    rows: int = 1
    pitch_x_mm: int = 0
    pitch_y_mm: int = 0
    second: Second = ""

    @property
    def copies(self) -> int:
        """How many are added."""
        return self.columns * self.rows - 1

    def places(self) -> Iterator[tuple[int, int, bool]]:
        """Yield dx, dy and whether it is in a second row, row by row, without the first place."""
        for row in range(self.rows):
            for column in range(self.columns):
                if row or column:
                    yield column * self.pitch_x_mm, row * self.pitch_y_mm, bool(row % 2 and self.second)


def default_pitch(reader: Reader, block: str, ids: Iterable[str]) -> tuple[int, int]:
    """Return the distance from copy to copy along the row and from row to row [mm].

    Along the row they stand side by side, rows leave an aisle; both rounded up to the grid of the floor.
    """
    box = around(_boxes(reader, block, ids))
    grid = reader.blocks[block].grid_mm
    wide, deep = box.right - box.left, box.back - box.front + AISLE_MM
    return _up(wide, grid), _up(deep, grid)


def array_boxes(boxes: Sequence[Box], grid: Grid) -> list[Box]:
    """Return the boxes of the copies of some boxes, in the order in which they are made."""
    group = around(boxes)
    over = [_turned_over(box, group, grid.second) for box in boxes]
    return [box.moved(dx, dy) for dx, dy, second in grid.places() for box in (over if second else boxes)]


def array_names(reader: Reader, block: str, ids: Iterable[str], copies: int) -> list[str]:
    """Return the names the copies of things will get, in the order in which they are made."""
    taken = names_in(reader, block)
    last = [_thing(reader, block, thing_id).name for thing_id in dict.fromkeys(ids)]
    found = []
    for _ in range(copies):
        for at, name in enumerate(last):
            last[at] = name and counted_on(name, taken)
            taken.add(last[at])
            found.append(last[at])
    return found


def array(
    edit: Edit,
    block: str,
    ids: Iterable[str],
    *,
    columns: int,
    rows: int = 1,
    pitch_x_mm: int | None = None,
    pitch_y_mm: int | None = None,
    second: Second = "",
) -> list[Thing]:
    """Copy things of a floor block into rows and columns, names counted on, and return all of them.

    Parameters
    ----------
    edit : Edit
    block : str
    ids : iterable of str
        Instances and floor-standing devices; they keep their distances.
    columns, rows : int
        How many there are then, the first included.
    pitch_x_mm, pitch_y_mm : int, optional
        From one to the next, to the right and to the back; side by side if left out.
    second : {"", "mirrored", "turned"}
        Every second row as the first, mirrored front to back so that rows face each other, or turned.

    Returns
    -------
    list of Instance or Device
        Row by row, the originals first.

    Raises
    ------
    EditError
        If something is no longer there, a count is less than 1, or there would be too many.
    """
    chosen = list(dict.fromkeys(ids))
    if columns < 1 or rows < 1:
        raise EditError("an array needs at least one row and one column")
    things = [_thing(edit, block, thing_id) for thing_id in chosen]
    boxes = [box_of(edit, thing) for thing in things]
    group = around(boxes)
    grid = Grid(
        columns,
        rows,
        group.right - group.left if pitch_x_mm is None else pitch_x_mm,
        group.back - group.front if pitch_y_mm is None else pitch_y_mm,
        second,
    )
    if grid.copies * len(things) > MOST_COPIES:
        raise EditError(
            f"an array makes at most {MOST_COPIES:,} copies", cure="Group them into a block and copy that"
        )
    over = {
        thing.id: _thing_over(edit, thing, _turned_over(box, group, second), second)
        for thing, box in zip(things, boxes, strict=True)
    }

    def way(dx: int, dy: int, is_second: bool) -> Callable[[Thing], Thing]:
        def moved(thing: Thing) -> Thing:
            start = over[thing.id] if is_second else thing
            return msgspec.structs.replace(start, x_mm=start.x_mm + dx, y_mm=start.y_mm + dy)

        return moved

    made = multiply(edit, block, chosen, [way(*place) for place in grid.places()])
    return [*things, *(copy for each in made for copy in each.values())]


def array_up(edit: Edit, block: str, ids: Iterable[str], *, count: int, gap: int = 0) -> list[Device]:
    """Copy devices of a rack upwards and return all of them, the originals first.

    Parameters
    ----------
    count : int
        How many there are then, the first included.
    gap : int
        Half units left free between one and the next.

    Raises
    ------
    EditError
        If one does not fit, or a count is less than 1.
    """
    chosen = list(dict.fromkeys(ids))
    if count < 1:
        raise EditError("an array needs at least one")
    devices = [_thing(edit, block, device_id) for device_id in chosen]
    spots = spots_up(edit, block, chosen, count=count, gap=gap)
    made: list[Device] = [device for device in devices if isinstance(device, Device)]
    for spots_of in spots:
        for device_id, spot in spots_of.items():
            device = edit.devices(block)[device_id]
            ensure_fits(edit, block, device_type_of(edit, device.type), spot)

        def way(thing: Thing, spots_of: dict[str, Spot] = spots_of) -> Thing:
            return msgspec.structs.replace(thing, **spots_of[thing.id]._asdict())

        # One copy after the other, so that the next is checked against it; names count on all the same.
        (fresh,) = multiply(edit, block, chosen, [way])
        made += [copy for copy in fresh.values() if isinstance(copy, Device)]
    return made


def spots_up(
    reader: Reader, block: str, ids: Iterable[str], *, count: int, gap: int = 0
) -> list[dict[str, Spot]]:
    """Return where the copies of devices go, by the id of the original, one entry for each copy.

    Raises
    ------
    EditError
        If one of them is beside the units, or would be above the rack.
    """
    devices = [reader.devices(block)[device_id] for device_id in dict.fromkeys(ids)]
    if any(device.zone for device in devices):
        raise EditError("what is mounted beside the units has no next unit", cure="Select devices in units")
    tops = [d.half_u + half_units(device_type_of(reader, d.type)) for d in devices]
    step = max(tops) - min(d.half_u for d in devices) + gap
    return [
        {d.id: Spot.of(d)._replace(half_u=d.half_u + copy * step) for d in devices}
        for copy in range(1, count)
    ]


def _turned_over(box: Box, group: Box, second: Second) -> Box:
    """Return a box of the first row as it is in a second row that stands in its place."""
    front, back = group.front + group.back - box.back, group.front + group.back - box.front
    if second == "turned":
        left, right = group.left + group.right - box.right, group.left + group.right - box.left
        return Box(left, front, right, back)
    return Box(box.left, front, box.right, back)


def _thing_over(reader: Reader, thing: Thing, target: Box, second: Second) -> Thing:
    over = flipped(thing, "y")
    if second == "turned":
        over = flipped(over, "x")
    return moved_to(reader, over, target.left, target.front)


def _boxes(reader: Reader, block: str, ids: Iterable[str]) -> list[Box]:
    return [box_of(reader, _thing(reader, block, thing_id)) for thing_id in dict.fromkeys(ids)]


def _thing(reader: Reader, block: str, thing_id: str) -> Thing:
    thing = reader.instances(block).get(thing_id) or reader.devices(block).get(thing_id)
    if thing is None:
        raise EditError("something selected is no longer there", cure="Select it again")
    return thing


def _up(length: int, grid: int) -> int:
    return -(-length // grid) * grid

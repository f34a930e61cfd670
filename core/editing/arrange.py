"""Placed blocks and floor-standing devices are moved, turned, mirrored, copied in rows and snapped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal, NamedTuple, cast

import msgspec

from core.editing.footprint import Box, around, box_of, turned
from core.editing.space import Spot
from core.errors import EditError
from core.model.change import Edit
from core.model.project import Reader
from core.model.records import Device, Instance, Rotation

Thing = Device | Instance


class Grid(NamedTuple):
    """A floor grid; the pitch may be a fraction of a millimetre (609.6 mm tiles)."""

    pitch_mm: float = 600.0
    x_mm: float = 0.0
    y_mm: float = 0.0

    def nearest(self, x: float, y: float) -> tuple[int, int]:
        """Return the nearest grid point, each coordinate rounded to whole millimetres."""
        return _on_grid(x, self.x_mm, self.pitch_mm), _on_grid(y, self.y_mm, self.pitch_mm)


def snap(
    x: int,
    y: int,
    grid: Grid | None,
    others: Sequence[Box] = (),
    *,
    size: tuple[int, int] = (0, 0),
    reach_mm: int = 100,
) -> tuple[int, int]:
    """Return where the front left corner of something dragged comes to rest.

    Parameters
    ----------
    x, y : int
        Where it was dropped [mm].
    grid : Grid or None
        Where there is no neighbour in reach; None leaves the point as it is.
    others : sequence of Box
        Neighbours; touching or lining up with an edge wins over the grid.
    size : tuple of int
        Width and depth of what is dragged [mm].
    reach_mm : int
        How far an edge attracts.

    Examples
    --------
    >>> snap(1190, 640, Grid(600), [Box(0, 600, 1200, 1800)], size=(600, 1200))
    (1200, 600)
    """
    wide, deep = size
    xs = [at for o in others for at in (o.left, o.right, o.left - wide, o.right - wide)]
    ys = [at for o in others for at in (o.front, o.back, o.front - deep, o.back - deep)]
    to_x, to_y = (x, y) if grid is None else grid.nearest(x, y)
    return _attracted(x, xs, reach_mm, to_x), _attracted(y, ys, reach_mm, to_y)


def move_things(edit: Edit, block: str, ids: Iterable[str], dx: int, dy: int, dz: int = 0) -> None:
    """Move instances and floor-standing devices of a floor block by whole millimetres.

    Raises
    ------
    EditError
        If something is no longer there.
    """
    for thing in _things(edit, block, ids):
        _put(edit, thing, x_mm=thing.x_mm + dx, y_mm=thing.y_mm + dy, z_mm=thing.z_mm + dz)


def rotate(edit: Edit, block: str, ids: Iterable[str], quarters: int = 1) -> None:
    """Turn things together by quarter turns, counterclockwise seen from above, about their middle.

    Raises
    ------
    EditError
        If something is no longer there.
    """
    things = _things(edit, block, ids)
    box = around(box_of(edit, thing) for thing in things)
    twice_x, twice_y = box.left + box.right, box.front + box.back
    if quarters % 2 and (twice_x + twice_y) % 2:
        # A quarter turn needs a middle on whole millimetres. It is taken to one side and the other in turn,
        # so that neither four turns nor a turn to and fro move anything.
        step = 1 if things[0].rotation % 180 else -1
        twice_x, twice_y = (twice_x + step, twice_y) if quarters % 4 == 1 else (twice_x, twice_y - step)
    for thing in things:
        x, y = turned(2 * thing.x_mm - twice_x, 2 * thing.y_mm - twice_y, 90 * quarters)
        rotation = _rotation(thing.rotation + 90 * quarters)
        _put(edit, thing, x_mm=(x + twice_x) // 2, y_mm=(y + twice_y) // 2, rotation=rotation)


def mirror(edit: Edit, block: str, ids: Iterable[str], axis: Literal["x", "y"] = "x") -> None:
    """Mirror things together about their middle, left to right (`x`) or front to back (`y`).

    Plan positions change, never what is inside a rack; a device keeps its shape and turns.

    Raises
    ------
    EditError
        If something is no longer there.
    """
    things = _things(edit, block, ids)
    box = around(box_of(edit, thing) for thing in things)
    for thing in things:
        own = box_of(edit, thing)
        turned_over = flipped(thing, axis)
        target = (
            (box.left + box.right - own.right, own.front)
            if axis == "x"
            else (own.left, box.front + box.back - own.back)
        )
        edit.put(_table(thing), moved_to(edit, turned_over, *target))


def moved_to(reader: Reader, thing: Thing, left: int, front: int) -> Thing:
    """Return a thing moved so that its box has the given front left corner."""
    box = box_of(reader, thing)
    return msgspec.structs.replace(
        thing, x_mm=thing.x_mm + left - box.left, y_mm=thing.y_mm + front - box.front
    )


def spot_at(x_mm: int, y_mm: int, rotation: Rotation = 0) -> Spot:
    """Return a spot on the floor."""
    return Spot(x_mm=x_mm, y_mm=y_mm, rotation=rotation)


def _things(reader: Reader, block: str, ids: Iterable[str]) -> list[Thing]:
    return list(_each(reader, block, ids))


def _each(reader: Reader, block: str, ids: Iterable[str]) -> Iterator[Thing]:
    for thing_id in dict.fromkeys(ids):
        thing = reader.instances(block).get(thing_id) or reader.devices(block).get(thing_id)
        if thing is None:
            raise EditError("something selected is no longer there", cure="Select it again")
        yield thing


def _table(thing: Thing) -> str:
    return "instances" if isinstance(thing, Instance) else "devices"


def _put(edit: Edit, thing: Thing, **fields: Any) -> None:
    edit.put(_table(thing), msgspec.structs.replace(thing, **fields))


def _rotation(degrees: int) -> Rotation:
    return cast("Rotation", degrees % 360)


def flipped(thing: Thing, axis: Literal["x", "y"]) -> Thing:
    """Return a thing mirrored about its own origin."""
    turn = _rotation(-thing.rotation if axis == "x" else 180 - thing.rotation)
    if isinstance(thing, Instance):
        return msgspec.structs.replace(thing, rotation=turn, mirrored=not thing.mirrored)
    return msgspec.structs.replace(thing, rotation=turn)


def _on_grid(at: float, origin: float, pitch: float) -> int:
    return round(origin + round((at - origin) / pitch) * pitch)


def _attracted(at: int, edges: Iterable[int], reach: int, otherwise: int) -> int:
    near = [edge for edge in edges if abs(edge - at) <= reach]
    return min(near, key=lambda edge: (abs(edge - at), edge)) if near else otherwise

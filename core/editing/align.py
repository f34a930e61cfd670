"""Things on a floor line up and are spaced evenly; devices in a rack close ranks or spread."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec

from core.editing.arrange import moved_to
from core.editing.floor_room import FloorRoom
from core.editing.footprint import Box, around, box_of
from core.editing.place import ensure_fits
from core.editing.space import Spot, half_units
from core.editing.types import device_type_of
from core.errors import EditError
from core.model.change import Edit
from core.model.project import Reader
from core.model.records import Device, Instance
from core.model.types import DeviceType

Line = Literal["left", "right", "front", "back", "centre_x", "centre_y"]
Axis = Literal["x", "y"]
Thing = Device | Instance


def align(edit: Edit, block: str, ids: Iterable[str], line: Line) -> None:
    """Line up things of a floor block at an edge of the box around them, or at its middle.

    Parameters
    ----------
    line : {"left", "right", "front", "back", "centre_x", "centre_y"}
        `centre_x` gives all the same middle from left to right, `centre_y` from front to back.

    Raises
    ------
    EditError
        If fewer than two are given, or one would stand in something; nothing is moved then.
    """
    things, boxes = _things(edit, block, ids, 2)
    group = around(boxes)
    _move(edit, block, things, [_lined_up(box, group, line) for box in boxes])


def distribute(
    edit: Edit, block: str, ids: Iterable[str], axis: Axis, by: Literal["gap", "pitch"] = "gap"
) -> None:
    """Space things of a floor block evenly between the two outermost, which stay where they are.

    Parameters
    ----------
    axis : {"x", "y"}
    by : {"gap", "pitch"}
        Equal room between neighbours, or equal distances of their middles. Whole millimetres: what does
        not divide is spread over the places, none is more than 1 mm off.

    Raises
    ------
    EditError
        If fewer than three are given, they do not fit between the two, or one would stand in something.
    """
    things, boxes = _things(edit, block, ids, 3)
    low, high = ("left", "right") if axis == "x" else ("front", "back")

    def start(box: Box) -> int:
        return int(getattr(box, low))

    def size(box: Box) -> int:
        return int(getattr(box, high)) - start(box)

    order = sorted(range(len(boxes)), key=lambda i: 2 * start(boxes[i]) + size(boxes[i]))
    first, last = boxes[order[0]], boxes[order[-1]]
    inner = [boxes[i] for i in order[1:-1]]
    steps = len(inner) + 1
    targets = list(boxes)
    if by == "gap":
        room = start(last) - start(first) - size(first) - sum(size(box) for box in inner)
        if room < 0:
            raise EditError(
                "they do not fit between the two outermost", cure="Move the outermost further apart"
            )
        at = start(first) + size(first)
        for place, i in enumerate(order[1:-1], 1):
            wanted = at + (room * place) // steps
            targets[i] = _at(boxes[i], axis, wanted)
            at += size(boxes[i])
    else:
        middle = 2 * start(first) + size(first)
        way = 2 * start(last) + size(last) - middle
        for place, i in enumerate(order[1:-1], 1):
            twice = middle + way * place // steps - size(boxes[i])
            targets[i] = _at(boxes[i], axis, twice // 2)
    _move(edit, block, things, targets)


def stack(edit: Edit, block: str, ids: Iterable[str], *, upwards: bool = False) -> list[Device]:
    """Close the gaps between devices of a rack: all move down to the lowest, or up to the highest.

    Raises
    ------
    EditError
        If fewer than two are given, or something else is in the way.
    """
    rows = _rows(edit, block, ids, 2)
    heights = [max(half_units(spec) for _, spec in row) for row in rows]
    moves: dict[str, Spot] = {}
    at = rows[0][0][0].half_u
    if upwards:
        at = rows[-1][0][0].half_u + heights[-1] - sum(heights)
    for row, height in zip(rows, heights, strict=True):
        moves |= {device.id: Spot.of(device)._replace(half_u=at) for device, _ in row}
        at += height
    return _move_all(edit, block, moves)


def spread(edit: Edit, block: str, ids: Iterable[str]) -> list[Device]:
    """Space devices of a rack evenly between the lowest and the highest, on whole units where they are so.

    Raises
    ------
    EditError
        If fewer than three are given, or something else is in the way.
    """
    rows = _rows(edit, block, ids, 3)
    heights = [max(half_units(spec) for _, spec in row) for row in rows]
    starts = [row[0][0].half_u for row in rows]
    step = 1 if any(n % 2 for n in (*heights, *starts)) else 2
    room = (starts[-1] - starts[0] - sum(heights[:-1])) // step
    moves: dict[str, Spot] = {}
    at = starts[0]
    for place, (row, height) in enumerate(zip(rows, heights, strict=True)):
        wanted = at + step * (room * place // (len(rows) - 1))
        moves |= {device.id: Spot.of(device)._replace(half_u=wanted) for device, _ in row}
        at += height
    return _move_all(edit, block, moves)


def flip(edit: Edit, block: str, ids: Iterable[str]) -> list[Device]:
    """Mount devices of a rack block from its other face, in the same units, and return them.

    Raises
    ------
    EditError
        If a device is mounted beside the units, or its place on the other face is taken.
    """
    moves: dict[str, Spot] = {}
    for device in _devices(edit, block, ids):
        if device.zone:
            raise EditError(f"'{device.name}' is mounted beside the units and has one face only")
        moves[device.id] = Spot.of(device)._replace(face="rear" if device.face == "front" else "front")
    return _move_all(edit, block, moves)


def _things(reader: Reader, block: str, ids: Iterable[str], least: int) -> tuple[list[Thing], list[Box]]:
    chosen = list(dict.fromkeys(ids))
    if len(chosen) < least:
        raise EditError(f"that needs {least} things or more on one floor", cure="Select more")
    things: list[Thing] = []
    for thing_id in chosen:
        thing = reader.instances(block).get(thing_id) or reader.devices(block).get(thing_id)
        if thing is None:
            raise EditError("something selected is no longer there", cure="Select it again")
        things.append(thing)
    return things, [box_of(reader, thing) for thing in things]


def _lined_up(box: Box, group: Box, line: Line) -> Box:
    match line:
        case "left":
            return _at(box, "x", group.left)
        case "right":
            return _at(box, "x", group.right - (box.right - box.left))
        case "front":
            return _at(box, "y", group.front)
        case "back":
            return _at(box, "y", group.back - (box.back - box.front))
        case "centre_x":
            return _at(box, "x", (group.left + group.right - (box.right - box.left)) // 2)
        case "centre_y":
            return _at(box, "y", (group.front + group.back - (box.back - box.front)) // 2)


def _at(box: Box, axis: Axis, start: int) -> Box:
    return box.moved(start - box.left, 0) if axis == "x" else box.moved(0, start - box.front)


def _move(edit: Edit, block: str, things: Sequence[Thing], targets: Sequence[Box]) -> None:
    moving = [
        (thing, box)
        for thing, box in zip(things, targets, strict=True)
        if (box.left, box.front) != box_of(edit, thing)[:2]
    ]
    staying = [box for thing, box in zip(things, targets, strict=True) if box == box_of(edit, thing)]
    room = FloorRoom(edit, block, {thing.id for thing in things})
    reasons = room.obstacles([*staying, *(box for _, box in moving)])[len(staying) :]
    for (thing, _), reason in zip(moving, reasons, strict=True):
        if reason:
            raise EditError(f"'{thing.name}': {reason}", cure="Clear the place, or select fewer")
    for thing, box in moving:
        table = "instances" if isinstance(thing, Instance) else "devices"
        edit.put(table, moved_to(edit, thing, box.left, box.front))


def _devices(reader: Reader, block: str, ids: Iterable[str]) -> list[Device]:
    found = [reader.devices(block).get(device_id) for device_id in dict.fromkeys(ids)]
    devices = [device for device in found if device is not None]
    if len(devices) < len(found):
        raise EditError("a device is no longer there", cure="Select it again")
    return devices


def _rows(
    reader: Reader, block: str, ids: Iterable[str], least: int
) -> list[list[tuple[Device, DeviceType]]]:
    """Return devices of a rack from below; those that begin in the same unit stay together."""
    rows: dict[int, list[tuple[Device, DeviceType]]] = {}
    for device in _devices(reader, block, ids):
        if device.zone:
            raise EditError(f"'{device.name}' is mounted beside the units", cure="Select devices in units")
        rows.setdefault(device.half_u, []).append((device, device_type_of(reader, device.type)))
    if len(rows) < least:
        raise EditError(f"that needs {least} devices or more of one rack", cure="Select more")
    return [rows[at] for at in sorted(rows)]


def _move_all(edit: Edit, block: str, moves: dict[str, Spot]) -> list[Device]:
    """Put devices of a rack block where they are to be; those moved do not stand in each other's way."""
    devices = [edit.devices(block)[device_id] for device_id in moves]
    waiting = [device.id for device in devices]
    moved = []
    for device in devices:
        spot = moves[device.id]
        if spot.half_u < 0:
            raise EditError(f"'{device.name}' would be below the rack")
        ensure_fits(edit, block, device_type_of(edit, device.type), spot, tuple(waiting))
        waiting.remove(device.id)
        moved.append(edit.put("devices", msgspec.structs.replace(device, **spot._asdict())))
    return moved

"""Two devices, or two placed blocks, change places; cables follow."""

from __future__ import annotations

from typing import Any

import msgspec

from core.editing.arrange import moved_to
from core.editing.floor_room import FloorRoom
from core.editing.footprint import box_of
from core.editing.move import move_devices
from core.editing.place import ensure_fits
from core.editing.routes import device_at
from core.editing.space import Spot, fitting_side
from core.editing.types import device_type_of, rack_type_of
from core.errors import EditError
from core.model.change import Edit
from core.model.project import Reader
from core.model.records import Device, Instance


def swap_devices(edit: Edit, top: str, one: str, other: str) -> tuple[str, str]:
    """Let two devices change places, in one rack or between two, and return their new paths.

    Each takes the units, the face and the side of the other, by its bottom; its cables follow where they
    can, as `move_devices` does.

    Parameters
    ----------
    edit : Edit
    top : str
        Block from which the paths start.
    one, other : str
        Paths of the devices.

    Raises
    ------
    EditError
        If they are one and the same device of a drawing, or one does not fit in the other's place.
    """
    a, b = device_at(edit, top, one), device_at(edit, top, other)
    if a.key == b.key:
        raise EditError(
            "both are the same device of one drawing", cure="Choose 'only this one' to make one copy unique"
        )
    for device in (a, b):
        if rack_type_of(edit, device.block) is None:
            raise EditError(f"'{device.name}' stands on the floor", cure="Select two devices in racks")
    here, there = one.rpartition("/")[0], other.rpartition("/")[0]
    to_b, to_a = _taking(edit, a, b), _taking(edit, b, a)
    if a.block == b.block:
        move_devices(edit, top, {a.id: to_b, b.id: to_a}, here, here)
        return one, other
    ensure_fits(edit, b.block, device_type_of(edit, a.type), to_b, (b.id,))
    ensure_fits(edit, a.block, device_type_of(edit, b.type), to_a, (a.id,))
    (moved_a,) = move_devices(edit, top, {a.id: to_b}, here, there, making_room=(b.id,))
    (moved_b,) = move_devices(edit, top, {b.id: to_a}, there, here)
    return f"{there}/{moved_a.id}".lstrip("/"), f"{here}/{moved_b.id}".lstrip("/")


def swap_things(edit: Edit, block: str, one: str, other: str) -> None:
    """Let two placed blocks or floor-standing devices of a floor block change places.

    Each takes the front left corner and the turn of the other.

    Raises
    ------
    EditError
        If one would stand in something.
    """
    a, b = _thing(edit, block, one), _thing(edit, block, other)
    moved = [_standing_as(edit, a, b), _standing_as(edit, b, a)]
    FloorRoom(edit, block, {one, other}).ensure([box_of(edit, thing) for thing in moved])
    for thing in moved:
        edit.put("instances" if isinstance(thing, Instance) else "devices", thing)


def why_not_swap(edit: Reader, top: str, one: str, other: str) -> str:
    """Return why two devices cannot change places; empty if they can."""
    dry = Edit(edit, "swap")
    try:
        swap_devices(dry, top, one, other)
    except EditError as error:
        return error.problem
    return ""


def _taking(reader: Reader, device: Device, place: Device) -> Spot:
    """Return the spot of another device as a device of this width takes it."""
    spec = device_type_of(reader, device.type)
    spot = Spot.of(place)
    return spot._replace(side=fitting_side(spec, spot.side), x_mm=device.x_mm if not spot.zone else 0)


def _standing_as(reader: Reader, thing: Device | Instance, place: Device | Instance) -> Device | Instance:
    box = box_of(reader, place)
    fields: dict[str, Any] = {"rotation": place.rotation, "z_mm": place.z_mm}
    if isinstance(thing, Instance) and isinstance(place, Instance):
        fields["mirrored"] = place.mirrored
    return moved_to(reader, msgspec.structs.replace(thing, **fields), box.left, box.front)


def _thing(reader: Reader, block: str, thing_id: str) -> Device | Instance:
    thing = reader.instances(block).get(thing_id) or reader.devices(block).get(thing_id)
    if thing is None:
        raise EditError("something selected is no longer there", cure="Select it again")
    return thing

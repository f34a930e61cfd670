"""Many devices change their type at once: what finds room changes, what does not is listed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from core.catalogue.library import Library
from core.editing.fields import Watch, unwatched
from core.editing.place import floor_obstacle
from core.editing.retype import Misfit, Rewiring, change_type
from core.editing.routes import counted
from core.editing.space import Occupancy, Spot, fitting_side
from core.editing.types import rack_type_of, use_device_type
from core.errors import EditError
from core.model.change import Edit
from core.model.project import Reader
from core.model.records import Device, Key
from core.model.types import DeviceType


class Refit(NamedTuple):
    """What a change of type did."""

    changed: list[Key]
    moved: list[Key]
    """Those of them that had to move within their rack."""
    misfits: list[Misfit]
    """Cables and cords that are gone."""
    left: list[Misfit]
    """Devices that stayed as they were, with the reason."""


def retype_all(
    edit: Edit,
    library: Library,
    keys: Iterable[Key],
    type_id: str,
    *,
    moving: bool = True,
    watch: Watch = unwatched,
) -> Refit:
    """Give devices of any blocks another type as far as it fits, and return what became of them.

    As `retype`, but nothing is refused: a device that finds no room stays as it was and is listed.

    Parameters
    ----------
    edit : Edit
    library : Library
    keys : iterable of (block, id)
    type_id : str
    moving : bool
        Where the new type is taller, devices move up within their rack, in order from below; otherwise
        they keep their lowest unit or stay as they were.
    watch : callable, optional
        Sees every block as its devices change.

    Raises
    ------
    EditError
        If the type is no device type or a device is no longer there.
    """
    spec = use_device_type(edit, library, type_id)
    by_block: dict[str, list[Device]] = {}
    for block, device_id in dict.fromkeys(keys):
        device = edit.devices(block).get(device_id)
        if device is None:
            raise EditError("a device is no longer there", cure="Select it again")
        if device.type != type_id:
            by_block.setdefault(block, []).append(device)
    refit = Refit([], [], [], [])
    rewiring = Rewiring(edit, [device.key for devices in by_block.values() for device in devices])
    # Racks that hold the same find the same room; hundreds of them differ in nothing but their ids.
    known: dict[object, _Room] = {}
    for block, devices in watch(by_block.items(), len(by_block)):
        spots, left = _room_like(edit, block, devices, spec, moving, known)
        refit.left.extend(left)
        for device in devices:
            spot = spots.get(device.id)
            if spot is not None:
                change_type(edit, library, device, spec, spot, rewiring)
                refit.changed.append(device.key)
                if (spot.half_u, spot.zone) != (device.half_u, device.zone):
                    refit.moved.append(device.key)
    if refit.left:
        edit.notes.append(f"{counted(len(refit.left), 'device')} left as before: {refit.left[0].reason}")
    refit.misfits.extend(rewiring.finish())
    return refit


class _Room(NamedTuple):
    """What `_room_for` found, by the place of the devices among those of their block."""

    spots: dict[int, Spot]
    left: list[Misfit]


def _room_like(
    reader: Reader,
    block: str,
    devices: list[Device],
    spec: DeviceType,
    moving: bool,
    known: dict[object, _Room],
) -> tuple[dict[str, Spot], list[Misfit]]:
    """Return what `_room_for` does, found once for all blocks that hold the same at the same places."""
    record, every = reader.blocks[block], list(reader.devices(block).values())
    place = {device.id: number for number, device in enumerate(every)}
    key = (
        record.kind, record.rack_type, tuple(record.reserved), tuple(place[device.id] for device in devices),
        tuple((device.type, device.name, Spot.of(device)) for device in every),
    )  # fmt: skip
    room = known.get(key)
    if room is None:
        spots, left = _room_for(reader, block, devices, spec, moving)
        known[key] = _Room({place[device_id]: spot for device_id, spot in spots.items()}, left)
        return spots, left
    return (
        {every[number].id: spot for number, spot in room.spots.items()},
        [misfit._replace(block=block) for misfit in room.left],
    )


def _room_for(
    reader: Reader, block: str, devices: list[Device], spec: DeviceType, moving: bool
) -> tuple[dict[str, Spot], list[Misfit]]:
    """Return where devices of a block are once they are of a type, and those that find no room."""
    if rack_type_of(reader, block) is None:
        reason = floor_obstacle(spec)
        left = [Misfit(d.name, "", f"'{spec.name}' {reason}", block) for d in devices] if reason else []
        return ({} if reason else {device.id: Spot.of(device) for device in devices}), left
    waiting = sorted(devices, key=lambda d: (d.half_u, d.side, d.zone, d.place))
    dropped: list[Device] = []
    spots: dict[str, Spot] = {}
    while waiting:
        # All together, from below; one that finds no room stays, and the others make do with the rest.
        taken, spots = Occupancy(reader, block, {device.id for device in waiting}), {}
        for device in waiting:
            spot, _ = _room_in(taken, device, spec, moving)
            if spot is None:
                break
            taken.add(spec, spot, device.name)
            spots[device.id] = spot
        else:
            break
        dropped.append(waiting.pop(len(spots)))
        spots = {}
    left = []
    for device in sorted(dropped, key=lambda d: -d.half_u):
        # What stayed may still grow where it is, now that it is known where the others are.
        taken = Occupancy(reader, block, {*spots, device.id})
        for other, at in spots.items():
            taken.add(spec, at, reader.devices(block)[other].name)
        spot, reason = _room_in(taken, device, spec, moving)
        if spot is None:
            left.append(Misfit(device.name, "", f"no room for '{spec.name}': {reason}", block))
        else:
            spots[device.id] = spot
    return spots, left


def _room_in(taken: Occupancy, device: Device, spec: DeviceType, moving: bool) -> tuple[Spot | None, str]:
    """Return where a device is once it is of a type, or None and what is in the way of it."""
    own = Spot.of(device)._replace(side=fitting_side(spec, device.side))
    reason = taken.obstacle(spec, own)
    if not reason:
        return own, ""
    if not moving:
        return None, reason
    above = taken.first_fit(spec, face=device.face, low=device.half_u + device.half_u % 2)
    return above or taken.first_fit(spec, face=device.face), reason

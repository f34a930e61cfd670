"""Units of a rack are kept free for something that is not drawn, and given free again."""

from __future__ import annotations

from typing import Literal

from core.editing.space import Face, Occupancy, Room, Spot, unit_span
from core.editing.types import rack_type_of
from core.errors import EditError
from core.model.change import Edit
from core.model.project import Reader
from core.model.records import Reserved
from core.model.types import DeviceType, RackType


def reserve(
    edit: Edit,
    block: str,
    low: int,
    high: int,
    note: str = "",
    face: Literal["both", "front", "rear"] = "both",
) -> Reserved:
    """Keep half units low to high of a rack block free and return the reservation.

    Nothing is placed there by itself, and what is dropped there is refused with the note. It weighs,
    draws and costs nothing.

    Parameters
    ----------
    edit : Edit
    block : str
    low, high : int
        From the bottom of the lowest half unit to below the next one that stays free to use.
    note : str
        What for.
    face : {"both", "front", "rear"}
        Which side of the rack.

    Raises
    ------
    EditError
        If the range is empty or outside the rack, or something is in it.
    """
    rack = _rack(edit, block)
    if not 0 <= low < high <= 2 * rack.units:
        raise EditError(
            f"the rack has {rack.unit}1 to {rack.unit}{rack.units}", cure="Choose units of the rack"
        )
    blocker = DeviceType(
        id="reserved",
        name="Reserved",
        kind="blank",
        height_u=(high - low) / 2,
        unit=rack.unit,
        depth_mm=None if face == "both" else 0.0,
    )
    taken = Occupancy(edit, block)
    faces: tuple[Face, ...] = ("front", "rear") if face == "both" else (face,)
    for side in faces:
        reason = taken.obstacle(blocker, Spot(half_u=low, face=side))
        if reason:
            raise EditError(reason, cure="Choose free units")
    made = Reserved(half_u=low, half_units=high - low, face=face, note=note)
    kept = edit.blocks[block].reserved
    edit.replace("blocks", ("", block), reserved=tuple(sorted((*kept, made), key=lambda r: r.half_u)))
    return made


def release(edit: Edit, block: str, low: int = 0, high: int | None = None) -> int:
    """Give free what is reserved between two half units of a rack block; return the number of half units.

    A reservation that reaches beyond the range keeps what is outside of it.

    Raises
    ------
    EditError
        If nothing is reserved there.
    """
    rack = _rack(edit, block)
    top = 2 * rack.units if high is None else high
    kept: list[Reserved] = []
    freed = 0
    for each in edit.blocks[block].reserved:
        start, end = each.half_u, each.half_u + each.half_units
        if end <= low or top <= start:
            kept.append(each)
            continue
        freed += min(end, top) - max(start, low)
        for bottom, above in ((start, min(end, low)), (max(start, top), end)):
            if bottom < above:
                part = Reserved(half_u=bottom, half_units=above - bottom, face=each.face, note=each.note)
                kept.append(part)
    if not freed:
        where = "in this rack" if high is None else f"in {unit_span(rack, low, top)}"
        raise EditError(f"nothing is reserved {where}")
    edit.replace("blocks", ("", block), reserved=tuple(kept))
    return freed


def room_of(reader: Reader, block: str) -> Room:
    """Return the half units of a rack block that are used, reserved and free.

    Raises
    ------
    EditError
        If the block is no rack block.
    """
    return Occupancy(reader, block).room()


def _rack(edit: Edit, block: str) -> RackType:
    rack = rack_type_of(edit, block)
    if rack is None:
        raise EditError("a floor has no units to reserve", cure="Select a rack")
    return rack

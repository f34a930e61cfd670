"""Devices enter a rack or a floor block."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.catalogue.library import Library
from core.editing.naming import counted_on, device_name, names_in
from core.editing.routes import counted
from core.editing.space import Face, Occupancy, Spot, half_units
from core.editing.types import fitted_modules, rack_type_of, use_device_type, use_type
from core.errors import EditError
from core.model.change import Edit
from core.model.project import Reader
from core.model.records import Device
from core.model.types import DeviceType


def place_device(
    edit: Edit,
    library: Library,
    block: str,
    type_id: str,
    spot: Spot | None = None,
    *,
    name: str = "",
    modules: Mapping[str, str] | None = None,
    **fields: Any,
) -> Device:
    """Put a device of a type into a rack or floor block and return it.

    Parameters
    ----------
    edit : Edit
    library : Library
        Where the type comes from at its first use.
    block : str
    type_id : str
    spot : Spot, optional
        Where; the lowest free place of a rack if left out.
    name : str, optional
        The next name of the block's template if left out.
    modules : mapping, optional
        Bay to module type; what the type ships with if left out.
    **fields
        Other fields of `Device`, such as `feeds` or `phase`.

    Raises
    ------
    EditError
        If it does not fit there, with the reason.
    """
    spec = use_device_type(edit, library, type_id)
    fitted = fitted_modules(spec) if modules is None else dict(modules)
    for module in fitted.values():
        use_type(edit, library, module)
    if spot is None:
        spot = _anywhere(edit, block, spec)
    ensure_fits(edit, block, spec, spot)
    device = Device(
        block=block,
        id=edit.new_id(block),
        type=spec.id,
        name=name or device_name(edit, block, spec, spot.half_u),
        modules=fitted,
        **spot._asdict(),
        **fields,
    )
    return edit.put("devices", device)


def place_many(
    edit: Edit,
    library: Library,
    block: str,
    type_id: str,
    *,
    low: int = 0,
    high: int | None = None,
    count: int | None = None,
    gap: int = 0,
    from_top: bool = False,
    face: Face = "front",
    name: str = "",
    **fields: Any,
) -> list[Device]:
    """Fill free units of a rack between two half units with devices of a type, and return them.

    Parameters
    ----------
    low, high : int, optional
        Half units between which to fill; the whole rack if left out.
    count : int, optional
        How many; as many as fit if left out.
    gap : int
        Half units left free between one and the next above or below it.
    name : str, optional
        Name of the first; the others count on.

    Raises
    ------
    EditError
        If none, or fewer than `count`, fit.
    """
    spec = use_device_type(edit, library, type_id)
    names = names_in(edit, block)
    spots = fillable_spots(
        edit, block, spec, count=count, low=low, high=high, gap=gap, from_top=from_top, face=face
    )
    placed: list[Device] = []
    for spot in spots:
        placed.append(place_device(edit, library, block, type_id, spot, name=name, **fields))
        names.add(placed[-1].name)
        name = name and counted_on(name, names)
    if not placed or (count is not None and len(placed) < count):
        wanted = "one" if count is None else counted(count, "device")
        raise EditError(
            f"{len(placed)} of {wanted} of '{spec.name}' fit" if placed else f"no '{spec.name}' fits",
            cure=_why_full(edit, block, spec, low),
        )
    return placed


def fillable_spots(
    reader: Reader,
    block: str,
    spec: DeviceType,
    *,
    count: int | None = None,
    low: int = 0,
    high: int | None = None,
    gap: int = 0,
    from_top: bool = False,
    face: Face = "front",
) -> list[Spot]:
    """Return the spots that `place_many` takes, as far as there is room.

    Raises
    ------
    EditError
        If the block is no rack block.
    """
    taken = Occupancy(reader, block)
    step = half_units(spec) + gap
    spots: list[Spot] = []
    for spot in taken.spots(spec, from_top=from_top, low=low, high=high, face=face):
        if count is not None and len(spots) >= count:
            break
        if taken.obstacle(spec, spot):
            continue
        if gap and any(0 < abs(other.half_u - spot.half_u) < step for other in spots):
            continue
        taken.add(spec, spot, spec.name)
        spots.append(spot)
    return spots


def ensure_fits(
    reader: Reader,
    block: str,
    spec: DeviceType,
    spot: Spot,
    ignore: tuple[str, ...] = (),
    *,
    taken: Occupancy | None = None,
) -> None:
    """Raise if a device of a type cannot be at a spot of a rack or floor block.

    `taken` is what holds room in the rack, where the caller knows it.

    Raises
    ------
    EditError
        With the reason.
    """
    if taken is not None or rack_type_of(reader, block) is not None:
        rest = Occupancy(reader, block, ignore) if taken is None else taken
        reason = rest.obstacle(spec, spot)
        cure = "Choose free units, or another rack"
    else:
        reason = floor_obstacle(spec)
        cure = "Put it into a rack"
    if reason:
        raise EditError(f"'{spec.name}' does not fit: {reason}", cure=cure)


def floor_obstacle(spec: DeviceType) -> str:
    """Return why a device cannot stand on a floor; empty if it can."""
    if spec.kind == "module":
        return "goes into a bay of a device"
    if spec.zero_u or (half_units(spec) and not spec.floor_standing):
        return "mounts in a rack"
    return ""


def _anywhere(reader: Reader, block: str, spec: DeviceType) -> Spot:
    if rack_type_of(reader, block) is None:
        return Spot()
    taken = Occupancy(reader, block)
    spot = taken.first_fit(spec)
    if spot is None:
        raise EditError(f"no '{spec.name}' fits", cure=_why_full(reader, block, spec, 0))
    return spot


def _why_full(reader: Reader, block: str, spec: DeviceType, low: int) -> str:
    """Return what would help: free space, or another rack."""
    alone = Occupancy(reader, block, ignore=reader.devices(block).keys())
    if alone.first_fit(spec) is None:
        reason = alone.obstacle(spec, Spot(half_u=low))
        return f"Choose another rack: {reason}" if reason else "Choose another rack"
    return f"Free {spec.height_u:g}{spec.unit} in one piece, or use another rack"

"""Ranges of a rack are filled: with devices of one type, or with blanking panels."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from core.catalogue.library import Library
from core.editing.place import fillable_spots, place_many
from core.editing.routes import counted
from core.editing.space import Face, Occupancy, half_units
from core.editing.types import fitted_modules, rack_type_of
from core.errors import EditError
from core.model.change import Edit
from core.model.project import Reader
from core.model.records import Device
from core.model.types import AnyType, DeviceType
from core.units import show


class Capacity(NamedTuple):
    """How many more devices of a type a rack takes."""

    by_space: int
    by_power: int | None
    """None where no limit or no power is known."""
    limit_w: float | None

    @property
    def fits(self) -> int:
        """The smaller of both."""
        return self.by_space if self.by_power is None else min(self.by_space, self.by_power)


def capacity(
    reader: Reader,
    block: str,
    spec: DeviceType,
    *,
    low: int = 0,
    high: int | None = None,
    gap: int = 0,
    face: Face = "front",
) -> Capacity:
    """Return how many devices of a type fit into a range of a rack block, by space and by power.

    Power is the maximum of what is there and of the type as it ships, against the lowest of the limits of
    the block, of its rack type and of the brief.

    Raises
    ------
    EditError
        If the block is no rack block.
    """
    room = len(fillable_spots(reader, block, spec, low=low, high=high, gap=gap, face=face))
    limit = power_limit_w(reader, block)
    each = _max_power_w(reader, spec, fitted_modules(spec).values())
    if limit is None or not each:
        return Capacity(room, None, limit)
    return Capacity(room, max(int((limit - drawn_w(reader, block)) / each + 1e-9), 0), limit)


def power_limit_w(reader: Reader, block: str) -> float | None:
    """Return the lowest power limit of a rack block [W], its type's and the brief's too; None without one."""
    rack, asked = rack_type_of(reader, block), reader.requirements.get("rack_power_w")
    limits = [reader.blocks[block].power_limit_w, None if rack is None else rack.power_limit_w]
    if asked is not None and isinstance(asked.value, (int, float)):
        limits.append(float(asked.value))
    known = [limit for limit in limits if limit is not None]
    return min(known) if known else None


def drawn_w(reader: Reader, block: str) -> float:
    """Return the maximum power of the devices of a rack block [W]; what does not say counts nothing."""
    total = 0.0
    for device in reader.devices(block).values():
        spec = reader.find_type(device.type)
        if isinstance(spec, DeviceType):
            watts = _max_power_w(reader, spec, device.modules.values())
            total += watts if device.power_limit_w is None else min(watts, device.power_limit_w)
    return total


def _max_power_w(reader: Reader, spec: DeviceType, modules: Iterable[str]) -> float:
    """Return the maximum power of a device with its modules [W] as the engine takes it; 0 if not known."""
    own = _stated_w(spec)
    return 0.0 if own is None else own + sum(_stated_w(reader.find_type(m)) or 0.0 for m in modules)


def _stated_w(spec: AnyType | None) -> float | None:
    if not isinstance(spec, DeviceType):
        return None
    return spec.power_typical_w if spec.power_max_w is None else spec.power_max_w


def fill(
    edit: Edit,
    library: Library,
    block: str,
    type_id: str,
    *,
    count: int | None = None,
    low: int = 0,
    high: int | None = None,
    gap: int = 0,
    from_top: bool = False,
    face: Face = "front",
    name: str = "",
) -> list[Device]:
    """Fill a range of a rack block with devices of a type, bottom up, and return them.

    Devices, reservations and zones in the way are left out. More than the rack's power limit allows is a
    note of the edit: it is the rules that judge a design.

    Parameters
    ----------
    edit : Edit
    library : Library
    block : str
    type_id : str
    count : int, optional
        How many; as many as fit if left out.
    low, high : int, optional
        Half units between which to fill; the whole rack if left out.
    gap : int
        Half units left free between them.
    from_top : bool
        Begin at the top.
    face : {"front", "rear"}
    name : str, optional
        Name of the first; the others count on.

    Raises
    ------
    EditError
        If none, or fewer than `count`, fit.
    """
    made = place_many(
        edit,
        library,
        block,
        type_id,
        count=count,
        low=low,
        high=high,
        gap=gap,
        from_top=from_top,
        face=face,
        name=name,
    )
    limit = power_limit_w(edit, block)
    if limit is not None and drawn_w(edit, block) > limit:
        edit.notes.append(f"more than the rack's power limit of {show(limit, 'W')} carries")
    return made


def fill_blanks(
    edit: Edit, library: Library, block: str, *, low: int = 0, high: int | None = None
) -> list[Device]:
    """Close free units of a rack block with blanking panels, the tallest first, and return them.

    Raises
    ------
    EditError
        If there is no free unit, or no panel for this kind of rack.
    """
    rack = rack_type_of(edit, block)
    if rack is None:
        raise EditError("a floor has no units", cure="Select a rack")
    panels = sorted(
        (spec for spec in library if isinstance(spec, DeviceType) and _is_panel(spec, rack.unit)),
        key=lambda spec: (-spec.height_u, spec.id),
    )
    if not panels:
        raise EditError(f"the catalogue has no blanking panel for {rack.unit}")
    made: list[Device] = []
    top = 2 * rack.units if high is None else high
    for start, end in Occupancy(edit, block).free_runs():
        at, end = max(start, low), min(end, top)
        at += at % 2
        for spec in panels:
            while at + half_units(spec) <= end:
                height = half_units(spec)
                made += place_many(edit, library, block, spec.id, low=at, high=at + height, count=1)
                at += height
    if not made:
        raise EditError("there is no free unit to close")
    edit.notes.append(f"{counted(len(made), 'panel')} placed")
    return made


def _is_panel(spec: DeviceType, unit: str) -> bool:
    return spec.kind == "blank" and spec.unit == unit and spec.width == "full" and half_units(spec) >= 2

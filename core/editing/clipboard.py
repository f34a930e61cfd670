"""Copy, paste and duplicate: a selection as plain data, put back with fresh ids and counted-on names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from core.editing.naming import counted_on, names_in
from core.editing.overrides import OVERRIDE_FIELDS
from core.editing.parcel import Parcel, ensure_ports, gather, gather_block, unpack_blocks, unpack_shared
from core.editing.place import ensure_fits, floor_obstacle
from core.editing.space import Occupancy, Spot
from core.editing.types import device_type_of, rack_type_of
from core.errors import EditError
from core.model.change import Edit
from core.model.project import Reader
from core.model.records import Device, End, Instance, Override

_LOOSE = ("areas", "pathways", "underlays", "notes")


def copy(reader: Reader, block: str, ids: Iterable[str]) -> dict[str, Any]:
    """Return devices, instances, areas, pathways, underlays and notes of a block as plain data.

    Cables with both ends in the selection and overrides of what is selected come along, as do the types,
    sources and fabrics in use.

    Raises
    ------
    EditError
        If none of them is there.
    """
    chosen = set(ids)
    parcel = Parcel(block)
    for table in ("devices", "instances", *_LOOSE):
        for record in reader.rows(table, block).values():
            if record.id in chosen:
                gather(parcel, reader, table, record)
                if isinstance(record, Instance):
                    gather_block(parcel, reader, record.of)
    if not parcel.rows:
        raise EditError("nothing is selected", cure="Select what to copy")
    links = set()
    for link in reader.links(block).values():
        if _head(link.a.path) in chosen and _head(link.b.path) in chosen:
            gather(parcel, reader, "links", link)
            links.add(link.id)
    for override in reader.overrides(block).values():
        if _head(override.path) in chosen | links:
            parcel.add("overrides", override)
    return parcel.to_plain()


def paste(
    edit: Edit,
    data: Any,
    block: str,
    *,
    dx: int = 0,
    dy: int = 0,
    spots: Mapping[str, Spot] | None = None,
) -> list[str]:
    """Put copied things into a block and return the new ids of devices and instances.

    Devices of a rack go to the units they had if these are free, else to the first free ones, or where
    `spots` says by their old id; on a floor everything moves by dx and dy [mm].

    Raises
    ------
    EditError
        If the data are no selection, or something does not fit.
    """
    parcel = Parcel.from_plain(data)
    if block not in edit.blocks:
        raise EditError("there is no block to paste into", cure="Open a rack or a floor")
    unpack_shared(edit, parcel)
    blocks = unpack_blocks(edit, parcel, block)
    is_floor = rack_type_of(edit, block) is None
    ids: dict[str, str] = {}
    for instance in parcel.of("instances", parcel.root):
        ids[instance.id] = _paste_instance(edit, block, instance, blocks, (dx, dy))
    taken = None if is_floor else Occupancy(edit, block)
    for device in parcel.of("devices", parcel.root):
        if taken is None:
            spot = _floor_spot(edit, device, (dx, dy))
        elif spots is not None:
            spot = spots[device.id]
            ensure_fits(edit, block, device_type_of(edit, device.type), spot)
        else:
            spot = _rack_spot(edit, device, taken)
        name = _free_name(edit, block, device.name)
        fresh = edit.new_id(block)
        fields = {"block": block, "id": fresh, "name": name, "asset_tag": "", "serial": ""}
        edit.put("devices", msgspec.structs.replace(device, **fields, **spot._asdict()))
        if taken is not None:
            taken.add(device_type_of(edit, device.type), spot, name)
        ids[device.id] = fresh
    placed = list(ids.values())
    _paste_links(edit, block, parcel, ids)
    for table in _LOOSE if is_floor else ():
        for record in parcel.of(table, parcel.root):
            moved = _moved(record, dx, dy)
            edit.put(table, msgspec.structs.replace(moved, block=block, id=edit.new_id(block)))
    return placed


def duplicate(edit: Edit, block: str, ids: Iterable[str], *, dx: int = 0, dy: int = 0) -> list[str]:
    """Copy things within their block and return the new ids, as copy and paste do."""
    return paste(edit, copy(edit, block, ids), block, dx=dx, dy=dy)


def _paste_instance(
    edit: Edit, block: str, instance: Instance, blocks: dict[str, str], by: tuple[int, int]
) -> str:
    of = blocks.get(instance.of, instance.of)
    if edit.blocks[block].kind == "rack":
        raise EditError("a rack holds devices, not blocks", cure="Paste it on a floor")
    if of in edit.ancestors(block):
        raise EditError("a block cannot be placed in itself", cure="Paste it on another floor")
    fields = {
        "block": block,
        "id": edit.new_id(block),
        "of": of,
        "name": _free_name(edit, block, instance.name),
        "x_mm": instance.x_mm + by[0],
        "y_mm": instance.y_mm + by[1],
    }
    return edit.put("instances", msgspec.structs.replace(instance, **fields)).id


def _paste_links(edit: Edit, block: str, parcel: Parcel, ids: dict[str, str]) -> None:
    for link in parcel.of("links", parcel.root):
        ends = [End(_renamed(end.path, ids), end.ports) for end in (link.a, link.b)]
        ids[link.id] = edit.new_id(block)
        fields = {"block": block, "id": ids[link.id], "a": ends[0], "b": ends[1]}
        ensure_ports(edit, [edit.put("links", msgspec.structs.replace(link, **fields))])
    for override in parcel.of("overrides", parcel.root):
        # What names one specimen stays with it.
        copied: Override = msgspec.structs.replace(
            override, name=None, asset_tag=None, serial=None, block=block, id=edit.new_id(block)
        )
        if any(getattr(copied, field) is not None for field in OVERRIDE_FIELDS):
            edit.put("overrides", msgspec.structs.replace(copied, path=_renamed(override.path, ids)))


def _floor_spot(reader: Reader, device: Device, by: tuple[int, int]) -> Spot:
    spec = device_type_of(reader, device.type)
    reason = floor_obstacle(spec)
    if reason:
        raise EditError(f"'{device.name}' cannot stand here: it {reason}", cure="Paste it into a rack")
    return Spot(
        x_mm=device.x_mm + by[0], y_mm=device.y_mm + by[1], z_mm=device.z_mm, rotation=device.rotation
    )


def _rack_spot(reader: Reader, device: Device, taken: Occupancy) -> Spot:
    spec = device_type_of(reader, device.type)
    spot: Spot | None = Spot.of(device)
    if spot is not None and taken.obstacle(spec, spot):
        spot = taken.first_fit(spec, face=device.face)
    if spot is None:
        reason = taken.obstacle(spec, Spot.of(device))
        raise EditError(f"'{device.name}' does not fit: {reason}", cure="Free units, or use another rack")
    return spot


def _free_name(edit: Edit, block: str, name: str) -> str:
    taken = names_in(edit, block)
    return counted_on(name, taken) if name in taken else name


def _moved(record: Any, dx: int, dy: int) -> Any:
    if hasattr(record, "points"):
        points = tuple((p[0] + dx, p[1] + dy, *p[2:]) for p in record.points)
        return msgspec.structs.replace(record, points=points)
    return msgspec.structs.replace(record, x_mm=record.x_mm + dx, y_mm=record.y_mm + dy)


def _head(path: str) -> str:
    return path.partition("/")[0]


def _renamed(path: str, ids: dict[str, str]) -> str:
    first, slash, rest = path.partition("/")
    return f"{ids[first]}{slash}{rest}"

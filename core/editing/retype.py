"""Devices change their type, types their version; what fits stays connected."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from core.catalogue.library import Library
from core.editing.connect import keep_cables
from core.editing.place import ensure_fits
from core.editing.remove import remove_links
from core.editing.routes import counted, keys_along, passing
from core.editing.sockets import compatible
from core.editing.space import Side, Spot
from core.editing.types import fitted_modules, rack_type_of, use_device_type, use_type
from core.errors import EditError
from core.model.change import Edit
from core.model.ports import PortTable, expand, port_table
from core.model.project import Reader
from core.model.records import Device, End, Link, TypeRecord
from core.model.types import DeviceType, PortGroup


class Misfit(NamedTuple):
    """A cable or a cord that did not survive a change of type."""

    device: str
    port: str
    reason: str


def retype(edit: Edit, library: Library, block: str, ids: Iterable[str], type_id: str) -> list[Misfit]:
    """Give devices another type; names, cords and cables that fit stay, the others are returned.

    A port keeps its cable if the new type has a port of that name or, failing that, one of the same
    layer, role and place in order.

    Raises
    ------
    EditError
        If the new type does not fit where a device is.
    """
    spec = use_device_type(edit, library, type_id)
    misfits: list[Misfit] = []
    for device_id in ids:
        device = edit.devices(block).get(device_id)
        if device is None:
            raise EditError("a device is no longer there", cure="Select it again")
        spot = Spot.of(device)._replace(side=_side(device, spec))
        ensure_fits(edit, block, spec, spot, (device_id,))
        modules = _modules(edit, device, spec)
        for module in modules.values():
            use_type(edit, library, module)
        before = edit.ports(device)
        fields = {"type": spec.id, "modules": modules, "side": spot.side}
        edit.put("devices", msgspec.structs.replace(device, **fields, feeds={}))
        misfits.extend(_rewire(edit, device, before))
    _say(edit, misfits)
    return misfits


def update_type(edit: Edit, library: Library, type_id: str) -> list[Misfit]:
    """Replace the project's copy of a type by the catalogue's, as `retype` does for each of its devices.

    Raises
    ------
    CatalogueError
        If the catalogue has no such type.
    """
    spec = library.get(type_id)
    old = edit.find_type(type_id)
    if old is None or old == spec:
        return []
    users = [d for d in edit.every("devices") if type_id == d.type or type_id in d.modules.values()]
    tables = [edit.ports(device) for device in users]
    for needed in library.closure(type_id)[1:]:
        use_type(edit, library, needed.id)
    edit.put("types", TypeRecord(id=type_id, spec=spec))
    misfits: list[Misfit] = []
    for device, before in zip(users, tables, strict=True):
        if isinstance(spec, DeviceType) and device.type == type_id:
            if rack_type_of(edit, device.block) is not None:
                ensure_fits(edit, device.block, spec, Spot.of(device), (device.id,))
            modules = _modules(edit, device, spec)
            edit.put("devices", msgspec.structs.replace(device, modules=modules, feeds={}))
        misfits.extend(_rewire(edit, device, before))
    _say(edit, misfits)
    return misfits


def _prune(edit: Edit, link: Link) -> list[Misfit]:
    """Remove the cables of a link whose ports are missing or do not fit each other."""
    tables = []
    for end in (link.a, link.b):
        device = edit.resolve(link.block, end.path)
        name, table = (
            (device.name, edit.ports(device)) if isinstance(device, Device) else ("", port_table(None))
        )
        tables.append((name, table))
    (name_a, table_a), (name_b, table_b) = tables
    kept, misfits = [], []
    for k, (port_a, port_b) in enumerate(zip(link.a.ports, link.b.ports, strict=True)):
        a, b = table_a.find(port_a), table_b.find(port_b)
        missing = name_a if a is None else name_b
        reason = f"{missing} has no such port" if a is None or b is None else compatible(a, b)
        if reason:
            misfits.append(Misfit(name_a, port_a, reason))
        else:
            kept.append(k)
    if not kept:
        remove_links(edit, [link.key])
    elif misfits:
        keep_cables(edit, link, kept)
    return misfits


def _rewire(edit: Edit, old: Device, before: PortTable) -> list[Misfit]:
    """Carry the cables and feeds of a device over to the ports it has now."""
    device = edit.devices(old.block)[old.id]
    after = edit.ports(device)
    links = passing(edit, [old.key]).links
    used: dict[str, None] = {}
    for link in links:
        for end in (link.a, link.b):
            if keys_along(edit, link.block, end.path)[-1] == old.key:
                used.update(dict.fromkeys(end.ports))
    ports = _carried(before, after, [*used, *old.feeds])
    misfits = []
    for link in links:
        fresh = [
            End(e.path, tuple(ports.get(p, p) for p in e.ports))
            if keys_along(edit, link.block, e.path)[-1] == old.key
            else e
            for e in (link.a, link.b)
        ]
        moved = edit.put("links", msgspec.structs.replace(link, a=fresh[0], b=fresh[1]))
        misfits.extend(_prune(edit, moved))
    feeds = {}
    for inlet, source in old.feeds.items():
        port = after.by_name.get(ports.get(inlet, inlet))
        if port is not None and port.group.layer == "power" and port.group.direction != "out":
            feeds[port.name] = source
        else:
            misfits.append(Misfit(old.name, inlet, "no such inlet"))
    if feeds != device.feeds:
        edit.replace("devices", device.key, feeds=feeds)
    return misfits


def _carried(before: PortTable, after: PortTable, tokens: Iterable[str]) -> dict[str, str]:
    """Return for each token in use the token of the new type that takes its place, if there is one."""
    found: dict[str, str] = {}
    waiting = []
    for token in tokens:
        old, new = before.find(token), after.find(token)
        if old is not None and new is not None and _alike(old.port.group, new.port.group):
            found[token] = token
        else:
            waiting.append(token)
    for token in waiting:
        old = before.find(token)
        if old is None:
            continue
        group = old.port.group
        mine = before.tokens(layer=group.layer, role=group.role, direction=group.direction)
        theirs = after.tokens(layer=group.layer, role=group.role, direction=group.direction)
        if token in mine and mine.index(token) < len(theirs):
            new_token = theirs[mine.index(token)]
            if new_token not in found.values():
                found[token] = new_token
    return found


def _alike(one: PortGroup, other: PortGroup) -> bool:
    return (one.layer, one.direction) == (other.layer, other.direction)


def _modules(reader: Reader, device: Device, spec: DeviceType) -> dict[str, str]:
    """Return the modules a device keeps in the bays of a type, the rest as it ships."""
    bays = {name: bay for bay in spec.bays for name in expand(bay.name)}
    fitted = fitted_modules(spec)
    old = reader.find_type(device.type)
    shipped = fitted_modules(old) if isinstance(old, DeviceType) else {}
    for name, module in device.modules.items():
        if name in bays and module != shipped.get(name):
            fitted[name] = module
    return fitted


def _side(device: Device, spec: DeviceType) -> Side:
    if spec.width == "full":
        return ""
    if spec.width == "half" and device.side == "centre":
        return "left"
    return device.side or "left"


def _say(edit: Edit, misfits: list[Misfit]) -> None:
    if misfits:
        first = misfits[0]
        number = counted(len(misfits), "connection")
        edit.notes.append(f"{number} removed, the first at {first.device} {first.port}: {first.reason}")

"""Devices change their type, types their version; what fits stays connected."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import msgspec

from core.catalogue.library import Library
from core.editing.connect import keep_cables
from core.editing.place import ensure_fits
from core.editing.remove import remove_links
from core.editing.routes import counted, keys_along, passing
from core.editing.sockets import compatible
from core.editing.space import Spot, fitting_side
from core.editing.types import fitted_modules, rack_type_of, use_device_type, use_type
from core.errors import EditError
from core.model.change import Edit
from core.model.ports import PortTable, expand, port_table
from core.model.project import Reader
from core.model.records import Device, End, Key, Link, TypeRecord
from core.model.types import DeviceType, PortGroup


class Misfit(NamedTuple):
    """A cable or a cord that did not survive a change of type; without a port, a device left as it was."""

    device: str
    port: str
    reason: str
    block: str = ""
    """Id of the block that holds the device, where known."""


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
    doomed: dict[Key, None] = {}
    for device_id in ids:
        device = edit.devices(block).get(device_id)
        if device is None:
            raise EditError("a device is no longer there", cure="Select it again")
        spot = Spot.of(device)._replace(side=fitting_side(spec, device.side))
        ensure_fits(edit, block, spec, spot, (device_id,))
        links = links_of(edit, [device.key])
        misfits.extend(change_type(edit, library, device, spec, spot, links, doomed))
    remove_links(edit, doomed)
    note_misfits(edit, misfits)
    return misfits


def change_type(
    edit: Edit,
    library: Library,
    device: Device,
    spec: DeviceType,
    spot: Spot,
    links: Mapping[Key, list[Key]],
    doomed: dict[Key, None],
) -> list[Misfit]:
    """Give one device another type at a spot that fits; return what could not stay connected."""
    modules = _modules(edit, device, spec)
    for module in modules.values():
        use_type(edit, library, module)
    before = edit.ports(device)
    fields = {"type": spec.id, "modules": modules, "feeds": {}, **spot._asdict()}
    edit.put("devices", msgspec.structs.replace(device, **fields))
    return _rewire(edit, device, before, links.get(device.key, []), doomed)


def links_of(reader: Reader, keys: Iterable[Key]) -> dict[Key, list[Key]]:
    """Return the links that end at each of some devices, of all blocks above."""
    wanted = set(keys)
    found: dict[Key, dict[Key, None]] = {}
    for link in passing(reader, wanted).links:
        for end in (link.a, link.b):
            last = keys_along(reader, link.block, end.path)[-1]
            if last in wanted:
                found.setdefault(last, {})[link.key] = None
    return {key: list(links) for key, links in found.items()}


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
    links = links_of(edit, [device.key for device in users])
    for needed in library.closure(type_id)[1:]:
        use_type(edit, library, needed.id)
    edit.put("types", TypeRecord(id=type_id, spec=spec))
    misfits: list[Misfit] = []
    doomed: dict[Key, None] = {}
    for device, before in zip(users, tables, strict=True):
        if isinstance(spec, DeviceType) and device.type == type_id:
            if rack_type_of(edit, device.block) is not None:
                ensure_fits(edit, device.block, spec, Spot.of(device), (device.id,))
            modules = _modules(edit, device, spec)
            edit.put("devices", msgspec.structs.replace(device, modules=modules, feeds={}))
        misfits.extend(_rewire(edit, device, before, links.get(device.key, []), doomed))
    remove_links(edit, doomed)
    note_misfits(edit, misfits)
    return misfits


def _prune(edit: Edit, link: Link, doomed: dict[Key, None]) -> list[tuple[int, str]]:
    """Remove the cables of a link whose ports are missing or do not fit each other; say which, and why.

    A link that loses all is added to `doomed`: they are removed together, which is much faster.
    """
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
            misfits.append((k, reason))
        else:
            kept.append(k)
    if not kept:
        doomed[link.key] = None
    elif misfits:
        keep_cables(edit, link, kept)
    return misfits


def _rewire(
    edit: Edit, old: Device, before: PortTable, holding: Iterable[Key], doomed: dict[Key, None]
) -> list[Misfit]:
    """Carry the cables and feeds of a device over to the ports it has now."""
    device = edit.devices(old.block)[old.id]
    after = edit.ports(device)
    found = (edit.links(block).get(key_id) for block, key_id in holding if (block, key_id) not in doomed)
    links = [link for link in found if link is not None]
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
        is_a = keys_along(edit, link.block, link.a.path)[-1] == old.key
        own = link.a.ports if is_a else link.b.ports
        misfits += [Misfit(old.name, own[k], reason, old.block) for k, reason in _prune(edit, moved, doomed)]
    feeds = {}
    for inlet, source in old.feeds.items():
        port = after.by_name.get(ports.get(inlet, inlet))
        if port is not None and port.group.layer == "power" and port.group.direction != "out":
            feeds[port.name] = source
        else:
            misfits.append(Misfit(old.name, inlet, "no such inlet", old.block))
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


def note_misfits(edit: Edit, misfits: list[Misfit]) -> None:
    if misfits:
        first = misfits[0]
        number = counted(len(misfits), "connection")
        edit.notes.append(f"{number} removed, the first at {first.device} {first.port}: {first.reason}")

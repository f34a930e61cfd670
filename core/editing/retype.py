"""Devices change their type, types their version; what fits stays connected."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from core.catalogue.library import Library
from core.editing.cabling.connect import keep_cables
from core.editing.cabling.sockets import compatible
from core.editing.place import ensure_fits
from core.editing.remove import remove_links
from core.editing.routes import counted, device_at, keys_along, passing
from core.editing.space import Spot, fitting_side
from core.editing.types import fitted_modules, rack_type_of, use_device_type, use_type
from core.errors import EditError
from core.model.change import Edit
from core.model.ports import PortTable, expand
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
    wanted = list(dict.fromkeys(ids))
    rewiring = Rewiring(edit, [(block, device_id) for device_id in wanted])
    for device_id in wanted:
        device = edit.devices(block).get(device_id)
        if device is None:
            raise EditError("a device is no longer there", cure="Select it again")
        spot = Spot.of(device)._replace(side=fitting_side(spec, device.side))
        ensure_fits(edit, block, spec, spot, (device_id,))
        change_type(edit, library, device, spec, spot, rewiring)
    return rewiring.finish()


def change_type(
    edit: Edit, library: Library, device: Device, spec: DeviceType, spot: Spot, rewiring: Rewiring
) -> None:
    """Give one device another type at a spot that fits; its cables are judged when the rewiring ends."""
    modules = _modules(edit, device, spec)
    for module in modules.values():
        use_type(edit, library, module)
    before = edit.ports(device)
    fields = {"type": spec.id, "modules": modules, "feeds": {}, **spot._asdict()}
    edit.put("devices", msgspec.structs.replace(device, **fields))
    rewiring.carry(device, before)


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
    rewiring = Rewiring(edit, [device.key for device in users])
    for needed in library.closure(type_id)[1:]:
        use_type(edit, library, needed.id)
    edit.put("types", TypeRecord(id=type_id, spec=spec))
    for device, before in zip(users, tables, strict=True):
        if isinstance(spec, DeviceType) and device.type == type_id:
            if rack_type_of(edit, device.block) is not None:
                ensure_fits(edit, device.block, spec, Spot.of(device), (device.id,))
            modules = _modules(edit, device, spec)
            edit.put("devices", msgspec.structs.replace(device, modules=modules, feeds={}))
        rewiring.carry(device, before)
    return rewiring.finish()


class Rewiring:
    """Cables and feeds of devices whose ports change: carried over one by one, judged once all have changed.

    A cable between two of them would fit neither in between.

    Parameters
    ----------
    edit : Edit
    keys : iterable of (block, id)
        The devices that will change.
    """

    def __init__(self, edit: Edit, keys: Iterable[Key]) -> None:
        self._edit = edit
        wanted = set(keys)
        self._holding: dict[Key, dict[Key, None]] = {}
        for link in passing(edit, wanted).links:
            for end in (link.a, link.b):
                last = keys_along(edit, link.block, end.path)[-1]
                if last in wanted:
                    self._holding.setdefault(last, {})[link.key] = None
        self._carried: dict[Key, tuple[Link, list[Device]]] = {}
        """Links as they were, with the devices at their ends that have changed."""
        self._misfits: list[Misfit] = []

    def carry(self, old: Device, before: PortTable) -> None:
        """Carry the cables and feeds of a device over to the ports it has now."""
        edit = self._edit
        after = edit.ports(edit.devices(old.block)[old.id])
        links = [edit.links(block)[link_id] for block, link_id in self._holding.get(old.key, ())]
        used = [port for link in links for end in self._own_ends(link, old) for port in end.ports]
        ports = _carried(before, after, [*dict.fromkeys(used), *old.feeds])
        for link in links:
            own = self._own_ends(link, old)
            fresh = [
                End(e.path, tuple(ports.get(p, p) for p in e.ports)) if e in own else e
                for e in (link.a, link.b)
            ]
            edit.put("links", msgspec.structs.replace(link, a=fresh[0], b=fresh[1]))
            self._carried.setdefault(link.key, (link, []))[1].append(old)
        feeds = {}
        for inlet, source in old.feeds.items():
            port = after.by_name.get(ports.get(inlet, inlet))
            if port is not None and port.group.layer == "power" and port.group.direction != "out":
                feeds[port.name] = source
            else:
                self._misfits.append(Misfit(old.name, inlet, "no such inlet", old.block))
        if feeds != edit.devices(old.block)[old.id].feeds:
            edit.replace("devices", old.key, feeds=feeds)

    def finish(self) -> list[Misfit]:
        """Remove the cables whose ports are missing or do not fit each other, and return what went."""
        doomed: list[Key] = []
        for key, (was, changed) in self._carried.items():
            self._prune(self._edit.links(key[0])[key[1]], was, changed, doomed)
        remove_links(self._edit, doomed)  # together, which is much faster than one by one
        if self._misfits:
            first, number = self._misfits[0], counted(len(self._misfits), "connection")
            self._edit.notes.append(
                f"{number} removed, the first at {first.device} {first.port}: {first.reason}"
            )
        return self._misfits

    def _own_ends(self, link: Link, device: Device) -> list[End]:
        return [e for e in (link.a, link.b) if keys_along(self._edit, link.block, e.path)[-1] == device.key]

    def _prune(self, link: Link, was: Link, changed: list[Device], doomed: list[Key]) -> None:
        edit, kept = self._edit, []
        at = [device_at(edit, link.block, end.path) for end in (link.a, link.b)]
        tables = [edit.ports(device) for device in at]
        for k in range(link.count):
            a, b = (t.find(end.ports[k]) for t, end in zip(tables, (link.a, link.b), strict=True))
            lost = 0 if a is None else 1
            reason = f"{at[lost].name} has no such port" if a is None or b is None else compatible(a, b)
            if not reason:
                kept.append(k)
                continue
            # It is told at the device that has changed, at the one without the port if both have.
            by_key = {device.key: device for device in changed}
            side = lost if at[lost].key in by_key else 1 - lost
            device = by_key[at[side].key]
            port = (was.a, was.b)[side].ports[k]
            self._misfits.append(Misfit(device.name, port, reason, device.block))
        if not kept:
            doomed.append(link.key)
        elif len(kept) < link.count:
            keep_cables(edit, link, kept)


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

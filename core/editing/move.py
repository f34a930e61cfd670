"""Devices move within and between racks and floors; their cables follow where they can."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

import msgspec

from core.editing.cabling.connect import fitting, keep_cables
from core.editing.naming import counted_on, names_in
from core.editing.place import ensure_fits
from core.editing.remove import drop_paths
from core.editing.routes import Passing, block_at, counted, is_free, join, keys_along, passing, put_low
from core.editing.space import Occupancy, Spot
from core.editing.types import device_type_of, rack_type_of
from core.errors import EditError
from core.model.change import Edit
from core.model.records import Device, End, Key, Link, Override, Waiver


def move_devices(
    edit: Edit,
    top: str,
    moves: Mapping[str, Spot],
    source: str = "",
    target: str = "",
    *,
    making_room: Collection[str] = (),
) -> list[Device]:
    """Move devices of one placed block to another and return them as they are then.

    Parameters
    ----------
    edit : Edit
    top : str
        Block from which the paths start; the block itself for a move within it.
    moves : mapping of str to Spot
        Device id to its new spot.
    source, target : str
        Paths of instances to the blocks of departure and arrival; empty for `top` itself. All copies of
        either block change; cables that ran along these two paths follow, those of other copies go.
    making_room : collection of str, optional
        Ids of devices of the block of arrival that are about to leave: neither their room nor their
        names count.

    Raises
    ------
    EditError
        If a device is not there or does not fit at its new spot.
    """
    here, there = block_at(edit, top, source), block_at(edit, top, target)
    devices = []
    for device_id in moves:
        device = edit.devices(here).get(device_id)
        if device is None:
            raise EditError("the device is no longer there", cure="Select it again")
        devices.append(device)
    if here == there:
        return _move_within(edit, here, devices, moves)
    way = _Way.between(edit, top, source, target)
    return _move_across(edit, way, devices, moves, tuple(making_room))


def _move_within(edit: Edit, block: str, devices: list[Device], moves: Mapping[str, Spot]) -> list[Device]:
    # The rest of the rack is looked at once, however many devices move in it.
    rest = Occupancy(edit, block, set(moves)) if rack_type_of(edit, block) is not None else None
    moved = []
    for device in devices:
        spot, spec = moves[device.id], device_type_of(edit, device.type)
        ensure_fits(edit, block, spec, spot, taken=rest)
        if rest is not None:
            rest.add(spec, spot, device.name or spec.name)
        moved.append(edit.put("devices", msgspec.structs.replace(device, **spot._asdict())))
    return moved


class _Way(NamedTuple):
    """From one block to another: the lowest block above both and the paths down from it."""

    common: str
    down: str
    """Path from the common block to the block of departure."""
    up: str
    """Path from the common block to the block of arrival."""
    chain: dict[str, str]
    """Blocks between the common one and that of departure, itself included, with their paths."""
    source: str
    target: str

    @classmethod
    def between(cls, edit: Edit, top: str, source: str, target: str) -> _Way:
        steps, others = source.split("/") if source else [], target.split("/") if target else []
        shared = 0
        while shared < min(len(steps), len(others)) and steps[shared] == others[shared]:
            shared += 1
        common = block_at(edit, top, "/".join(steps[:shared]))
        rest = steps[shared:]
        chain = {block_at(edit, common, p): p for p in ("/".join(rest[:k]) for k in range(1, len(rest) + 1))}
        down, up = "/".join(rest), "/".join(others[shared:])
        return cls(common, down, up, chain, block_at(edit, common, down), block_at(edit, common, up))


def _move_across(
    edit: Edit,
    way: _Way,
    devices: list[Device],
    moves: Mapping[str, Spot],
    making_room: tuple[str, ...],
) -> list[Device]:
    keys: dict[Key, str] = {}
    found = passing(edit, [device.key for device in devices])
    old_paths = _Paths(edit, way, {device.key for device in devices})
    routes = {id(link): old_paths.of_link(link) for link in found.links}
    moved = []
    for device in devices:
        spot = moves[device.id]
        ensure_fits(edit, way.target, device_type_of(edit, device.type), spot, making_room)
        edit.remove("devices", device.key)
        new_id = device.id if is_free(edit, way.target, device.id) else edit.new_id(way.target)
        leaving = {edit.devices(way.target)[leaver].name for leaver in making_room}
        taken = names_in(edit, way.target) - leaving
        name = counted_on(device.name, taken) if device.name in taken else device.name
        if name != device.name:
            edit.notes.append(f"'{device.name}' is now '{name}'")
        keys[device.key] = new_id
        fields = {"block": way.target, "id": new_id, "name": name, **spot._asdict()}
        moved.append(edit.put("devices", msgspec.structs.replace(device, **fields)))
    _move_links(edit, found.links, {k: r.filled(keys) for k, r in routes.items() if r is not None})
    _move_notes(edit, way, found, keys)
    return moved


class _Route(NamedTuple):
    """Where a link goes; an end that moves has the key of its device instead of its id."""

    holder: str
    ends: tuple[tuple[str, Key | None], tuple[str, Key | None]]

    def filled(self, ids: Mapping[Key, str]) -> tuple[str, str, str]:
        a, b = (path if key is None else join(path, ids[key]) for path, key in self.ends)
        return self.holder, a, b


class _Paths:
    """Finds the new paths of things that end at moved devices."""

    def __init__(self, edit: Edit, way: _Way, moved: set[Key]) -> None:
        self._edit = edit
        self._way = way
        self._moved = moved

    def of_link(self, link: Link) -> _Route | None:
        """Return the new route of a link, or None if it cannot follow."""
        lift = self._way.chain.get(link.block, "")
        holder = self._way.common if lift else link.block
        a, b = (self._end(holder, join(lift, end.path)) for end in (link.a, link.b))
        return None if a is None or b is None else _Route(holder, (a, b))

    def _end(self, holder: str, path: str) -> tuple[str, Key | None] | None:
        key = keys_along(self._edit, holder, path)[-1]
        if key not in self._moved:
            return path, None
        way = self._way
        tail = join(way.down, key[1])
        if path != tail and not path.endswith("/" + tail):
            return None
        head = path[: -len(tail)].rstrip("/")
        if block_at(self._edit, holder, head) != way.common:
            return None
        return join(head, way.up), key


def _move_links(edit: Edit, links: list[Link], routes: dict[int, tuple[str, str, str]]) -> None:
    for link in links:
        edit.remove("links", link.key)
    lost = 0
    for link in links:
        route = routes.get(id(link))
        if route is None:
            drop_paths(edit, passing(edit, [link.key]), {link.key})
            lost += link.count
            continue
        holder, a, b = route
        moved = msgspec.structs.replace(link, block=holder, a=End(a, link.a.ports), b=End(b, link.b.ports))
        cables, _ = fitting(edit, moved)  # a cable now shared by all copies can meet one that a copy has
        lost += link.count - len(cables)
        kept = put_low(edit, moved) if cables else None
        if kept is None or kept.key != link.key:
            drop_paths(edit, passing(edit, [link.key]), {link.key})
        if kept is not None and len(cables) < link.count:
            keep_cables(edit, kept, cables)
    if lost:
        edit.notes.append(f"{counted(lost, 'cable')} removed: they cannot follow to the new place")


def _move_notes(edit: Edit, way: _Way, found: Passing, ids: Mapping[Key, str]) -> None:
    """Take overrides and waivers of the moved devices along."""
    lost = 0
    records: list[Override | Waiver] = [*found.overrides, *found.waivers]
    for record in records:
        table = "overrides" if isinstance(record, Override) else "waivers"
        if edit.get(table, record.key) != record:
            continue
        edit.remove(table, record.key)
        moved = _followed(edit, way, record, ids)
        if moved is None:
            lost += 1
        else:
            edit.put(table, moved)
    for layout in found.layouts:
        kept = {
            p: at
            for p, at in layout.positions.items()
            if edit.resolve(layout.block or edit.top, p) is not None
        }
        edit.put("layouts", msgspec.structs.replace(layout, positions=kept))
    if lost:
        edit.notes.append(f"{counted(lost, 'override')} of the moved devices removed")


def _followed(
    edit: Edit, way: _Way, record: Override | Waiver, ids: Mapping[Key, str]
) -> Override | Waiver | None:
    subjects = (record.path,) if isinstance(record, Override) else record.subjects
    holder = record.block or edit.top
    lift = way.chain.get(holder, "")
    if lift:
        holder = way.common
    paths = []
    for subject in subjects:
        path = join(lift, subject)
        for (_, old), new in ids.items():
            tail = join(way.down, old)
            if path == tail or path.endswith("/" + tail):
                path = join(path[: -len(tail)].rstrip("/"), way.up, new)
                break
        if edit.resolve(holder, path) is None:
            return None
        paths.append(path)
    block = holder if record.block else ""
    record_id = record.id if is_free(edit, block, record.id) else edit.new_id(block)
    if isinstance(record, Override):
        return msgspec.structs.replace(record, block=block, id=record_id, path=paths[0])
    return msgspec.structs.replace(record, block=block, id=record_id, subjects=tuple(paths))

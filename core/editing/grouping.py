"""Things of a floor become a block of their own, and a placed block dissolves into what it holds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

import msgspec

from core.editing.arrange import flipped, moved_to
from core.editing.blocks import new_floor_block, place_instance
from core.editing.footprint import box_of, turned, turned_box
from core.editing.naming import counted_on, instance_name, names_in
from core.editing.overrides import OVERRIDE_FIELDS, find_override
from core.editing.routes import is_free, join, keys_along, passing, put_low
from core.errors import EditError
from core.model.change import Edit
from core.model.records import Device, End, Instance, Key, Layout, Link, Override, Rotation, Waiver


def group(edit: Edit, block: str, ids: Iterable[str], name: str) -> Instance:
    """Move instances and floor-standing devices of a floor block into a new block placed in their stead.

    Nothing moves on the floor; cables, overrides and waivers of all blocks above follow.

    Raises
    ------
    EditError
        If nothing is given or something is not in the block.
    """
    chosen = dict.fromkeys(ids)
    things = [edit.instances(block).get(i) or edit.devices(block).get(i) for i in chosen]
    if not things or None in things:
        raise EditError("select placed racks, units or devices of one floor", cure="Select them again")
    keys = {(block, thing_id) for thing_id in chosen}
    found = passing(edit, keys)
    inner = new_floor_block(edit, name, grid_mm=edit.blocks[block].grid_mm)
    placed = place_instance(edit, block, inner.id, name="group")

    def through(start: str, path: str) -> str:
        steps = path.split("/")
        for place, key in enumerate(keys_along(edit, start, path)):
            if key in keys:
                return "/".join((*steps[:place], placed.id, *steps[place:]))
        return path

    links: list[tuple[Link, str, str]] = [
        (link, through(link.block, link.a.path), through(link.block, link.b.path)) for link in found.links
    ]
    paths = {id(r): [through(r.block or edit.top, p) for p in _paths(r)] for r in _noted(found)}
    for thing in things:
        if thing is not None:
            table = "instances" if isinstance(thing, Instance) else "devices"
            edit.remove(table, thing.key)
            edit.put(table, msgspec.structs.replace(thing, block=inner.id))
    for link, a, b in links:
        edit.remove("links", link.key)
        put_low(edit, msgspec.structs.replace(link, a=End(a, link.a.ports), b=End(b, link.b.ports)))
    for record in _noted(found):
        _put_paths(edit, record, paths[id(record)])
    edit.replace("instances", placed.key, name=instance_name(edit, block, inner.id))
    return edit.instances(block)[placed.id]


def ungroup(edit: Edit, block: str, instance_id: str) -> list[str]:
    """Put what a placed floor block holds into the block around it, in its stead; return the new ids.

    Nothing moves on the floor; cables, overrides and waivers follow. The drawing stays, to be placed again,
    and other copies of it stay as they are.

    Raises
    ------
    EditError
        If that is no placed floor block, or it is absent.
    """
    instance = edit.instances(block).get(instance_id)
    inner = None if instance is None else edit.blocks.get(instance.of)
    if instance is None or inner is None or inner.kind != "floor":
        raise EditError("only a placed unit or group can be dissolved", cure="Select one")
    key = (block, instance_id)
    found = passing(edit, {key})
    if any(o.absent and keys_along(edit, o.block or edit.top, o.path)[-1] == key for o in found.overrides):
        raise EditError(f"'{instance.name}' is absent", cure="Clear its overrides first")
    ids = _unpacked(edit, instance)
    _replant_inside(edit, instance, ids)
    found = passing(edit, {key})
    for link in found.links:
        ends = [
            End(_without(edit, link.block, e.path, key, ids) or e.path, e.ports) for e in (link.a, link.b)
        ]
        edit.remove("links", link.key)
        put_low(edit, msgspec.structs.replace(link, a=ends[0], b=ends[1]))
    for record in _noted(found):
        start = record.block or edit.top
        paths = [_without(edit, start, path, key, ids) for path in _paths(record)]
        if None in paths:  # it spoke of the instance itself
            _drop_lost(edit, record, paths)
        else:
            _put_paths(edit, record, cast("list[str]", paths))
    edit.remove("instances", key)
    return [ids[i] for table in ("instances", "devices") for i in edit.rows(table, instance.of)]


def _noted(found: Any) -> list[Override | Waiver | Layout]:
    return [*found.overrides, *found.waivers, *found.layouts]


def _paths(record: Override | Waiver | Layout) -> list[str]:
    if isinstance(record, Override):
        return [record.path]
    return list(record.subjects if isinstance(record, Waiver) else record.positions)


def _put_paths(edit: Edit, record: Override | Waiver | Layout, paths: list[str]) -> None:
    if isinstance(record, Override):
        edit.put("overrides", msgspec.structs.replace(record, path=paths[0]))
    elif isinstance(record, Waiver):
        edit.put("waivers", msgspec.structs.replace(record, subjects=tuple(paths)))
    else:
        positions = dict(zip(paths, record.positions.values(), strict=True))
        edit.put("layouts", msgspec.structs.replace(record, positions=positions))


def _unpacked(edit: Edit, instance: Instance) -> dict[str, str]:
    """Copy the things, areas, pathways and notes of a placed block to where they stand; return their ids."""
    block, ids = instance.block, dict[str, str]()
    names = names_in(edit, block) - {instance.name}
    for table in ("instances", "devices"):
        for thing in list(edit.rows(table, instance.of).values()):
            placed = _standing(edit, thing, instance)
            ids[thing.id] = _id_for(edit, block, thing.id)
            name = counted_on(thing.name, names) if thing.name in names else thing.name
            names.add(name)
            edit.put(table, msgspec.structs.replace(placed, block=block, id=ids[thing.id], name=name))
    for table in ("areas", "pathways", "underlays", "notes"):
        for mark in list(edit.rows(table, instance.of).values()):
            moved = _moved_mark(mark, instance)
            edit.put(table, msgspec.structs.replace(moved, block=block, id=_id_for(edit, block, mark.id)))
    return ids


def _standing(edit: Edit, thing: Instance | Device, around: Instance) -> Instance | Device:
    """Return a thing of a placed block as it stands in the block around."""
    box = turned_box(box_of(edit, thing), around.rotation, around.mirrored).moved(around.x_mm, around.y_mm)
    turned_thing = flipped(thing, "x") if around.mirrored else thing
    placed = msgspec.structs.replace(
        turned_thing,
        rotation=cast("Rotation", (turned_thing.rotation + around.rotation) % 360),
        z_mm=thing.z_mm + around.z_mm,
        **{f: getattr(thing, f) or getattr(around, f) for f in ("status", "phase", "scope")},
    )
    return moved_to(edit, placed, box.left, box.front)


def _moved_mark(mark: Any, around: Instance) -> Any:
    def at(x: int, y: int) -> tuple[int, int]:
        px, py = turned(x, y, around.rotation, around.mirrored)
        return px + around.x_mm, py + around.y_mm

    if hasattr(mark, "points"):
        points = tuple((*at(p[0], p[1]), *(z + around.z_mm for z in p[2:])) for p in mark.points)
        return msgspec.structs.replace(mark, points=points)
    x, y = at(mark.x_mm, mark.y_mm)
    return msgspec.structs.replace(mark, x_mm=x, y_mm=y)


def _replant_inside(edit: Edit, instance: Instance, ids: dict[str, str]) -> None:
    """Copy links, overrides, waivers and layouts of a placed block; what is said around it already wins."""
    block, inner = instance.block, instance.of

    def renamed(path: str) -> str:
        first, slash, rest = path.partition("/")
        return f"{ids[first]}{slash}{rest}"

    for link in list(edit.links(inner).values()):
        ids[link.id] = _id_for(edit, block, link.id)
        a, b = (End(renamed(end.path), end.ports) for end in (link.a, link.b))
        edit.put("links", msgspec.structs.replace(link, block=block, id=ids[link.id], a=a, b=b))
    for said in list(edit.overrides(inner).values()):
        outer = find_override(edit, block, join(instance.id, said.path), said.cable)
        if outer is None:
            fresh = msgspec.structs.replace(said, block=block, id=edit.new_id(block), path=renamed(said.path))
            edit.put("overrides", fresh)
        else:
            fields = {f: getattr(said, f) for f in OVERRIDE_FIELDS if getattr(outer, f) is None}
            edit.put("overrides", msgspec.structs.replace(outer, **fields))
    for waiver in list(edit.waivers(inner).values()):
        if not waiver.subjects:
            continue  # of the block as a whole, which the one around it is not
        subjects = tuple(renamed(path) for path in waiver.subjects)
        edit.put(
            "waivers",
            msgspec.structs.replace(
                waiver, block=block, id=_id_for(edit, block, waiver.id), subjects=subjects
            ),
        )
    for layout in list(edit.rows("layouts", inner).values()):
        present = edit.rows("layouts", block).get(layout.id) or Layout(block=block, id=layout.id)
        positions = {renamed(path): at for path, at in layout.positions.items()}
        edit.put("layouts", msgspec.structs.replace(present, positions={**positions, **present.positions}))


def _without(edit: Edit, start: str, path: str, key: Key, ids: dict[str, str]) -> str | None:
    """Return a path as it reads once an instance has dissolved; None if it ends there."""
    steps = path.split("/")
    for place, passed in enumerate(keys_along(edit, start, path)):
        if passed == key:
            if place + 1 == len(steps):
                return None
            return "/".join((*steps[:place], ids[steps[place + 1]], *steps[place + 2 :]))
    return path


def _drop_lost(edit: Edit, record: Override | Waiver | Layout, paths: list[str | None]) -> None:
    if isinstance(record, Override):
        edit.remove("overrides", record.key)
    elif isinstance(record, Waiver):
        edit.remove("waivers", record.key)
        edit.notes.append("a waiver of the group itself is gone")
    else:
        kept = zip(paths, record.positions.values(), strict=True)
        positions = {path: at for path, at in kept if path is not None}
        edit.put("layouts", msgspec.structs.replace(record, positions=positions))


def _id_for(edit: Edit, block: str, wanted: str) -> str:
    return wanted if is_free(edit, block, wanted) else edit.new_id(block)

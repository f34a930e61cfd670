"""Things of one block are multiplied within it, with the cables and overrides among them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

from core.editing.naming import counted_on, names_in
from core.editing.overrides import OVERRIDE_FIELDS
from core.errors import EditError
from core.model.change import Edit
from core.model.project import Reader
from core.model.records import Device, End, Instance, Link, Override

Thing = Device | Instance


def multiply(
    edit: Edit, block: str, ids: Iterable[str], ways: Iterable[Callable[[Thing], Thing]]
) -> list[dict[str, Thing]]:
    """Copy devices and instances of a block once for each way, and return the copies by the old id.

    Names count on from copy to copy. Cables between the things, and overrides of them, are copied as well;
    asset tags and serial numbers stay with the original.

    Parameters
    ----------
    edit : Edit
    block : str
    ids : iterable of str
    ways : iterable of callables
        Each moves a thing to where its copy goes.

    Raises
    ------
    EditError
        If something is no longer there.
    """
    things = [_thing(edit, block, thing_id) for thing_id in dict.fromkeys(ids)]
    chosen = {thing.id for thing in things}
    links = [link for link in edit.links(block).values() if _heads(link) <= chosen]
    overrides = _overrides(edit, block, chosen | {link.id for link in links})
    taken = names_in(edit, block)
    last = {thing.id: thing.name for thing in things}
    made = []
    for way in ways:
        fresh: dict[str, Thing] = {}
        for thing in things:
            name = last[thing.id] and counted_on(last[thing.id], taken)
            taken.add(name)
            last[thing.id] = name
            fields: dict[str, Any] = {"id": edit.new_id(block), "name": name}
            if isinstance(thing, Device):
                fields |= {"asset_tag": "", "serial": ""}
            table = "devices" if isinstance(thing, Device) else "instances"
            fresh[thing.id] = edit.put(table, msgspec.structs.replace(way(thing), **fields))
        _copy_inner(edit, block, links, overrides, {old: thing.id for old, thing in fresh.items()})
        made.append(fresh)
    return made


def _copy_inner(
    edit: Edit, block: str, links: list[Link], overrides: list[Override], ids: Mapping[str, str]
) -> None:
    names = dict(ids)
    for link in links:
        a, b = (End(_renamed(end.path, ids), end.ports) for end in (link.a, link.b))
        names[link.id] = edit.new_id(block)
        edit.put("links", msgspec.structs.replace(link, id=names[link.id], a=a, b=b))
    for override in overrides:
        path = _renamed(override.path, names)
        edit.put("overrides", msgspec.structs.replace(override, id=edit.new_id(block), path=path))


def _overrides(reader: Reader, block: str, heads: set[str]) -> list[Override]:
    """Return the overrides of what is copied, without what names one specimen."""
    found = []
    for override in reader.overrides(block).values():
        if override.path.partition("/")[0] in heads:
            bare = msgspec.structs.replace(override, name=None, asset_tag=None, serial=None)
            if any(getattr(bare, field) is not None for field in OVERRIDE_FIELDS):
                found.append(bare)
    return found


def _thing(reader: Reader, block: str, thing_id: str) -> Thing:
    thing = reader.instances(block).get(thing_id) or reader.devices(block).get(thing_id)
    if thing is None:
        raise EditError("something selected is no longer there", cure="Select it again")
    return thing


def _heads(link: Link) -> set[str]:
    return {end.path.partition("/")[0] for end in (link.a, link.b)}


def _renamed(path: str, ids: Mapping[str, str]) -> str:
    first, slash, rest = path.partition("/")
    return f"{ids[first]}{slash}{rest}"

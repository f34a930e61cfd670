"""Things leave the drawing, and with them in the same change whatever hangs on them."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import msgspec

from core.editing.naming import table_of
from core.editing.routes import Passing, counted, passes, passing
from core.errors import EditError
from core.model.change import Edit
from core.model.project import Reader
from core.model.records import BLOCK_TABLES, Key

_LOOSE = ("areas", "pathways", "underlays", "notes")


def remove(edit: Edit, block: str, ids: Iterable[str]) -> None:
    """Remove devices, instances, links, areas, pathways, underlays or notes of a block.

    Links, overrides, waivers and pins of all blocks above that pass them go too; the notes of the edit
    say how many. A block of which no instance is left stays, to be placed again.

    Raises
    ------
    EditError
        If there is no such thing.
    """
    keys: dict[Key, str] = {}
    for record_id in dict.fromkeys(ids):
        loose = next((t for t in _LOOSE if record_id in edit.rows(t, block)), "")
        if loose:
            edit.remove(loose, (block, record_id))
        else:
            keys[block, record_id] = table_of(edit, block, record_id)
    _cascade(edit, keys)
    for key, table in keys.items():
        edit.remove(table, key)


def devices_in(reader: Reader, block: str) -> int:
    """Return how many devices a block holds, with all that is placed in it."""
    known: dict[str, int] = {}

    def count(of: str) -> int:
        if of not in known:
            known[of] = len(reader.devices(of)) + sum(count(i.of) for i in reader.instances(of).values())
        return known[of]

    return count(block)


def remove_block(edit: Edit, block: str) -> None:
    """Remove a block, all it holds and all its instances.

    Raises
    ------
    EditError
        If there is no such block, or it is the one that is built.
    """
    record = edit.blocks.get(block)
    if record is None:
        raise EditError("the block is no longer there", where=block)
    if block == edit.top:
        raise EditError(f"'{record.name}' is the block that is built", cure="Build another block first")
    placed = [i for i in edit.every("instances") if i.of == block]
    keys: dict[Key, str] = {instance.key: "instances" for instance in placed}
    _cascade(edit, keys)
    for key, table in keys.items():
        edit.remove(table, key)
    if placed:
        edit.notes.append(f"{counted(len(placed), 'instance')} of '{record.name}' removed")
    for table in BLOCK_TABLES:
        for record_id in list(edit.rows(table, block)):
            edit.remove(table, (block, record_id))
    edit.remove("blocks", ("", block))


def remove_links(edit: Edit, links: Collection[Key]) -> int:
    """Remove links with their overrides and waivers, and return the number of cables."""
    cables = 0
    for key in links:
        cables += edit.links(key[0])[key[1]].count
    drop_paths(edit, passing(edit, links), set(links))
    for key in links:
        edit.remove("links", key)
    return cables


def drop_paths(edit: Edit, found: Passing, keys: Collection[Key]) -> None:
    """Remove the overrides, waivers, pins and schematic positions that pass removed things."""
    overrides = [r for r in found.overrides if edit.get("overrides", r.key) is not None]
    waivers = [r for r in found.waivers if edit.get("waivers", r.key) is not None]
    for override in overrides:
        edit.remove("overrides", override.key)
    for waiver in waivers:
        edit.remove("waivers", waiver.key)
    for layout in found.layouts:
        start = layout.block or edit.top
        kept = {p: at for p, at in layout.positions.items() if not passes(edit, start, p, keys)}
        edit.put("layouts", msgspec.structs.replace(layout, positions=kept))
    for fabric in list(edit.fabrics.values()):
        pins = tuple(pin for pin in fabric.pins if not passes(edit, edit.top, pin, keys))
        if pins != fabric.pins:
            edit.replace("fabrics", fabric.key, pins=pins)
    if overrides:
        edit.notes.append(f"{counted(len(overrides), 'override')} removed")
    if waivers:
        edit.notes.append(f"{counted(len(waivers), 'waiver')} removed")


def _cascade(edit: Edit, keys: dict[Key, str]) -> None:
    """Remove what passes the things that are about to go."""
    found = passing(edit, keys)
    links = [link.key for link in found.links if link.key not in keys]
    gone = set(keys).union(links)
    drop_paths(edit, passing(edit, gone), gone)
    cables = sum(edit.links(b)[i].count for b, i in links)
    for key in links:
        edit.remove("links", key)
    if cables:
        edit.notes.append(f"{counted(cables, 'cable')} removed")

"""An instance becomes one of another block; ends of cables are found again."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from core.editing.cabling.connect import fitting, keep_cables
from core.editing.remove import remove_links
from core.editing.routes import counted, keys_along, passing
from core.errors import EditError
from core.model.change import Edit
from core.model.project import Reader
from core.model.records import End, Key, Layout, Link


def replace_block(edit: Edit, block: str, instance_id: str, of: str) -> int:
    """Make an instance one of another block; return the number of cables that found no end there.

    The ends of cables are found again by id, else by name.

    Raises
    ------
    EditError
        If there is no such instance or block, or the block would contain itself.
    """
    instance = edit.instances(block).get(instance_id)
    target = edit.blocks.get(of)
    if instance is None or target is None:
        raise EditError("it is no longer there", cure="Select it again")
    if of in edit.ancestors(block):
        raise EditError(f"'{target.name}' contains this floor and cannot be placed in it")
    found = passing(edit, [instance.key])
    routes: dict[tuple[str, Key, str], str | None] = {}
    for table, records in (("overrides", found.overrides), ("waivers", found.waivers)):
        for record in records:
            for path in [record.path] if hasattr(record, "path") else record.subjects:
                routes[table, record.key, path] = _translated(
                    edit, record.block or edit.top, path, instance.key, of
                )
    ends = {
        (link.key, end.path): _translated(edit, link.block, end.path, instance.key, of)
        for link in found.links
        for end in (link.a, link.b)
    }
    layouts = [(layout, _positions(edit, layout, instance.key, of)) for layout in found.layouts]
    edit.replace("instances", instance.key, of=of)
    lost = sum(_reattach(edit, link, ends) for link in found.links)
    for (table, key, path), new in routes.items():
        _repath(edit, table, key, path, new)
    for layout, positions in layouts:
        edit.replace("layouts", layout.key, positions=positions)
    if lost:
        edit.notes.append(f"{counted(lost, 'cable')} removed: '{target.name}' has no such device or port")
    return lost


def _positions(reader: Reader, layout: Layout, changed: Key, of: str) -> dict[str, tuple[float, float]]:
    """Return the schematic positions as they read after the change, those of lost things left out."""
    start = layout.block or reader.top
    paths = ((_translated(reader, start, path, changed, of), at) for path, at in layout.positions.items())
    return {path: at for path, at in paths if path is not None}


def _repath(edit: Edit, table: str, key: Key, path: str, new: str | None) -> None:
    record = edit.get(table, key)
    if record is None or new == path:
        return
    if new is None:
        edit.remove(table, key)
        edit.notes.append(f"1 {table[:-1]} removed")
    elif table == "overrides":
        edit.replace(table, key, path=new)
    else:
        edit.replace(table, key, subjects=tuple(new if p == path else p for p in record.subjects))


def _translated(reader: Reader, start: str, path: str, changed: Key, of: str) -> str | None:
    """Return a path that passes an instance as it reads once that is one of another block."""
    keys = keys_along(reader, start, path)
    if changed not in keys:
        return path
    place = keys.index(changed) + 1
    steps = path.split("/")
    found = steps[:place]
    block = of
    for old_block, old_id in keys[place:]:
        step = _same(reader, old_block, old_id, block)
        if step is None:
            return None
        found.append(step)
        instance = reader.instances(block).get(step)
        block = "" if instance is None else instance.of
    return "/".join(found)


def _same(reader: Reader, old_block: str, old_id: str, block: str) -> str | None:
    for table in ("devices", "instances", "links"):
        old = reader.rows(table, old_block).get(old_id)
        if old is None:
            continue
        rows = reader.rows(table, block)
        if old_id in rows:
            return old_id
        named = [r.id for r in rows.values() if r.name and r.name == old.name]
        return named[0] if len(named) == 1 else None
    return None


def _reattach(edit: Edit, link: Link, ends: Mapping[tuple[Key, str], str | None]) -> int:
    """Put a link to the ends found again; return the number of its cables that have none."""
    a, b = ends[link.key, link.a.path], ends[link.key, link.b.path]
    if a is None or b is None:
        return remove_links(edit, [link.key])
    moved = msgspec.structs.replace(link, a=End(a, link.a.ports), b=End(b, link.b.ports))
    edit.remove("links", link.key)
    kept, _ = fitting(edit, moved)
    edit.put("links", moved)
    if not kept:
        return remove_links(edit, [link.key])
    if len(kept) < link.count:
        keep_cables(edit, moved, kept)
    return link.count - len(kept)

"""Blocks are made, placed, copied and made unique."""

from __future__ import annotations

from collections import Counter
from typing import Any

import msgspec

from core.catalogue.library import Library
from core.editing.naming import free_block_name, instance_name
from core.editing.routes import block_at, counted
from core.editing.types import use_type
from core.errors import EditError
from core.model.change import Edit
from core.model.project import Reader
from core.model.records import BLOCK_TABLES, Block, Instance, Rotation, Setting
from core.model.types import Fit, RackType


def new_rack_block(
    edit: Edit, library: Library, rack_type: str, name: str, *, template: str = "", note: str = ""
) -> Block:
    """Make an empty rack block of a rack type.

    Raises
    ------
    EditError
        If the type is no rack type.
    """
    spec = use_type(edit, library, rack_type)
    if not isinstance(spec, RackType):
        raise EditError(f"'{spec.name}' is no rack", cure="Choose a rack of the catalogue")
    record = Block(
        id=edit.new_id(),
        name=free_block_name(edit, name),
        kind="rack",
        rack_type=spec.id,
        template=template,
        note=note,
    )
    return edit.put("blocks", record)


def new_floor_block(
    edit: Edit, name: str, *, grid_mm: int = 600, template: str = "", note: str = ""
) -> Block:
    """Make an empty floor block; the first one of a project becomes the one that is built."""
    record = Block(
        id=edit.new_id(),
        name=free_block_name(edit, name),
        kind="floor",
        grid_mm=grid_mm,
        template=template,
        note=note,
    )
    if not edit.top:
        set_top(edit, edit.put("blocks", record).id)
        return record
    return edit.put("blocks", record)


def set_top(edit: Edit, block: str) -> None:
    """Make a floor block the one that is built.

    Raises
    ------
    EditError
        If it is no floor block.
    """
    record = edit.blocks.get(block)
    if record is None or record.kind != "floor":
        raise EditError("only a floor can be the block that is built", cure="Place the rack on a floor")
    edit.put("settings", Setting(id="top", value=block))


def place_instance(
    edit: Edit,
    block: str,
    of: str,
    *,
    x_mm: int = 0,
    y_mm: int = 0,
    z_mm: int = 0,
    rotation: Rotation = 0,
    mirrored: bool = False,
    name: str = "",
    **fields: Any,
) -> Instance:
    """Place a block in a floor block and return the instance.

    Raises
    ------
    EditError
        If that is no floor block, or the block would contain itself.
    """
    holder, placed = edit.blocks.get(block), edit.blocks.get(of)
    if holder is None or placed is None:
        raise EditError("the block is no longer there", where=block if holder is None else of)
    if holder.kind != "floor":
        raise EditError("a rack holds devices, not blocks", cure="Place it on a floor")
    if of in edit.ancestors(block):
        raise EditError(f"'{placed.name}' contains '{holder.name}' and cannot be placed in it")
    instance = Instance(
        block=block,
        id=edit.new_id(block),
        of=of,
        name=name or instance_name(edit, block, of, (x_mm, y_mm, rotation)),
        x_mm=x_mm,
        y_mm=y_mm,
        z_mm=z_mm,
        rotation=rotation,
        mirrored=mirrored,
        **fields,
    )
    return edit.put("instances", instance)


def delivered_contents(reader: Reader, block: str) -> tuple[Fit, ...]:
    """Return what a rack block holds now, by type: the contents a stated mass or price is to include."""
    counts = Counter(device.type for device in reader.devices(block).values())
    return tuple(Fit(type=type_id, count=counts[type_id]) for type_id in sorted(counts))


def make_unique(edit: Edit, top: str, path: str) -> str:
    """Copy every block on a path that is placed more than once; return the block the path then leads to.

    Copies have new block ids and the same inner ids, so no path of a link, an override or a waiver
    changes. A last step that is a device stays as it is.

    Raises
    ------
    EditError
        If a step of the path is no instance.
    """
    *steps, last = path.split("/")
    if last in edit.instances(block_at(edit, top, "/".join(steps))):
        steps.append(last)
    uses: dict[str, int] = {}
    for instance in edit.every("instances"):
        uses[instance.of] = uses.get(instance.of, 0) + 1
    block, copied = top, []
    for step in steps:
        instance = edit.instances(block)[step]
        if uses[instance.of] > 1:
            fresh = copy_block(edit, instance.of)
            copied.append(edit.blocks[fresh].name)
            edit.replace("instances", instance.key, of=fresh)
            uses[instance.of] -= 1
            for inner in edit.instances(fresh).values():
                uses[inner.of] += 1
            block = fresh
        else:
            block = instance.of
    if copied:
        edit.notes.append(f"{counted(len(copied), 'drawing')} made unique: {', '.join(copied)}")
    return block


def copy_block(edit: Edit, block: str, name: str = "") -> str:
    """Copy a block with all it holds, under a new id and the same inner ids; return the new id."""
    record = edit.blocks[block]
    fresh = edit.new_id()
    edit.put(
        "blocks", msgspec.structs.replace(record, id=fresh, name=free_block_name(edit, name or record.name))
    )
    for table in BLOCK_TABLES:
        for inner in list(edit.rows(table, block).values()):
            edit.put(table, msgspec.structs.replace(inner, block=fresh))
    return fresh

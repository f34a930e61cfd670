"""What the Edit menu does to the selection: delete, copy, paste, duplicate, make unique."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData
from PySide6.QtWidgets import QApplication

from core.editing.arrange import Grid, move_things, rotate
from core.editing.clipboard import copy, paste
from core.editing.footprint import around, box_of
from core.editing.remove import devices_in, remove
from core.editing.routes import block_at, counted
from core.errors import EditError
from core.model.change import Edit
from core.model.records import Device, Instance, Link
from desktop.commands.picked import picked
from desktop.document import Document
from desktop.dragging import PARTS_FORMAT
from desktop.selection import instances_of, records_of

if TYPE_CHECKING:
    from core.model.project import Reader


def holders_of(document: Document) -> dict[str, list[str]]:
    """Return the ids of what is selected by the path of the instance that holds it."""
    found: dict[str, list[str]] = {}
    for path, record in records_of(document.project, document.selection.paths):
        found.setdefault(path.rpartition("/")[0], []).append(record.id)
    return found


def why_no_selection(document: Document | None) -> str:
    """Say why nothing can be done with the selection."""
    if document is None:
        return "no project is open"
    return "" if document.selection.paths else "nothing is selected"


def delete_selected(document: Document) -> None:
    """Remove what is selected with all that hangs on it; the cascade is announced."""
    holders = holders_of(document)
    count = sum(len(ids) for ids in holders.values())
    words = f"Delete {_named(document)}" if count == 1 else f"Delete {count:,} things"
    placed = instances_of(document.project, document.selection.paths)
    inside = sum(devices_in(document.project, instance.of) for _, instance in placed)
    edit = document.edit(words, *holders)
    if inside:
        edit.notes.append(f"{counted(inside, 'device')} inside went along; Ctrl+Z brings all back")
    for holder, ids in holders.items():
        block = block_at(edit, document.top, holder)
        remove(edit, block, [i for i in ids if _is_there(edit, block, i)])
    paths, change = document.selection.paths, edit.change()
    document.selection.clear()
    if document.commit(change, edit.notes):
        document.remember_gone(change, paths)


def copy_selected(document: Document) -> None:
    """Put what is selected into the clipboard; it must come from one block.

    Raises
    ------
    EditError
        If it comes from several.
    """
    holders = holders_of(document)
    if not holders:
        raise EditError("nothing is selected", cure="Select racks, units or devices to copy")
    if not any(not isinstance(r, Link) for _, r in records_of(document.project, document.selection.paths)):
        raise EditError("only cables are selected", cure="Copy the devices at both ends; cables come along")
    if len(holders) != 1:
        raise EditError(
            "the selection is spread over several racks or floors", cure="Copy from one at a time"
        )
    ((holder, ids),) = holders.items()
    data = QMimeData()
    parcel = copy(document.project, document.block_at(holder), ids)
    data.setData(PARTS_FORMAT, json.dumps(parcel).encode())
    data.setText(", ".join(document.label_of(path) for path in document.selection.paths))
    QApplication.clipboard().setMimeData(data)


def can_paste() -> bool:
    """Tell whether the clipboard holds parts of a design."""
    data = QApplication.clipboard().mimeData()
    return data is not None and data.hasFormat(PARTS_FORMAT)


def paste_parts(document: Document) -> list[str]:
    """Paste into the rack or floor that is selected, else into the block entered; return the new paths."""
    data = QApplication.clipboard().mimeData()
    if data is None or not data.hasFormat(PARTS_FORMAT):
        raise EditError("the clipboard holds no parts of a design", cure="Copy something first")
    parcel = json.loads(bytes(data.data(PARTS_FORMAT).data()))
    holder = target_for(document, parcel)
    edit = document.edit("Paste", holder)
    block = block_at(edit, document.top, holder)
    step = edit.blocks[block].grid_mm if edit.blocks[block].kind == "floor" else 0
    placed = paste(edit, parcel, block, dx=step, dy=-step)
    paths = [f"{holder}/{i}".lstrip("/") for i in placed]
    if not document.commit(edit.change()):
        return []
    document.selection.set(paths)
    names = [document.label_of(path).rpartition(" / ")[2] for path in paths]
    what = ", ".join(names) if len(names) <= 3 else f"{len(names):,} things"
    where = document.label_of(holder).rpartition(" / ")[2]
    document.noted.emit(". ".join([f"Pasted {what} into {where}", *dict.fromkeys(edit.notes)]))
    return paths


def target_for(document: Document, parcel: object) -> str:
    """Return the path of the block to paste into: racks take devices, floors take placed blocks."""
    rows = parcel.get("instances", []) if isinstance(parcel, dict) else []
    wants_floor = any(row.get("block") == parcel.get("root") for row in rows)  # type: ignore[union-attr, attr-defined]
    project = document.project
    for path in document.selection.paths:
        record = project.resolve(document.top, path)
        holder = path if isinstance(record, Instance) else path.rpartition("/")[0]
        block = project.blocks.get(document.block_at(holder))
        if block is not None and (block.kind == "floor") == wants_floor:
            return holder
        outer = path.rpartition("/")[0]
        if wants_floor and isinstance(record, Instance):
            return outer
    return document.selection.entered


def duplicate_selected(document: Document) -> None:
    """Copy what is selected beside itself on a floor, or into the next free units of a rack."""
    placed: list[str] = []
    holders = holders_of(document)
    edit = document.edit("Duplicate", *holders)
    for holder, ids in holders.items():
        block = block_at(edit, document.top, holder)
        dx = 0
        if edit.blocks[block].kind == "floor":
            box = around(box_of(edit, thing) for thing in _things(edit, block, ids))
            dx = box.right - box.left
        made = paste(edit, copy(edit, block, ids), block, dx=dx)
        placed += [f"{holder}/{i}".lstrip("/") for i in made]
    if document.commit_edit(edit):
        document.selection.set(placed)


def turn_on_grid(edit: Edit, block: str, ids: list[str], quarters: int) -> None:
    """Turn things of a floor together; their front left corner rests on the grid point nearest to it.

    So neither four turns nor a turn to and fro move anything that stood on the grid.
    """
    before = around(box_of(edit, thing) for thing in _things(edit, block, ids))
    rotate(edit, block, ids, quarters)
    after = around(box_of(edit, thing) for thing in _things(edit, block, ids))
    x, y = Grid(edit.blocks[block].grid_mm).nearest(before.left, before.front)
    move_things(edit, block, ids, x - after.left, y - after.front)


def why_not_on_floor(document: Document | None) -> str:
    """Say why the selection is not on a floor."""
    reason = why_no_selection(document)
    if reason or document is None:
        return reason
    found = picked(document)
    return "only what stands on a floor can be turned" if found.racked or found.others else ""


def why_not_unique(document: Document | None) -> str:
    """Say why the selection cannot be made unique."""
    reason = why_no_selection(document)
    if reason or document is None:
        return reason
    paths = document.selection.paths
    placed = instances_of(document.project, paths) if len(paths) == 1 else []
    if not placed:
        return "select one placed rack or block"
    return "" if document.copies(paths[0]) > 1 else "it is the only copy of its drawing"


def make_unique_selected(document: Document) -> None:
    """Give the selected copy a drawing of its own."""
    from core.editing.blocks import make_unique

    edit = Edit(document.project, "Make unique")
    make_unique(edit, document.top, document.selection.paths[0])
    document.commit_edit(edit)


def select_siblings(document: Document) -> None:
    """Select everything in the block that holds the selection, or in the one entered."""
    holder = (
        document.selection.paths[0].rpartition("/")[0]
        if document.selection.paths
        else document.selection.entered
    )
    block, prefix = document.block_at(holder), f"{holder}/" if holder else ""
    ids = [*document.project.instances(block), *document.project.devices(block)]
    document.selection.set(prefix + i for i in ids)


def _things(reader: Reader, block: str, ids: list[str]) -> list[Instance | Device]:
    found = (reader.instances(block).get(i) or reader.devices(block).get(i) for i in ids)
    return [thing for thing in found if thing is not None]


def _is_there(edit: Edit, block: str, record_id: str) -> bool:
    return any(record_id in edit.rows(table, block) for table in ("devices", "instances", "links"))


def _named(document: Document) -> str:
    path, record = records_of(document.project, document.selection.paths)[0]
    if isinstance(record, Link):
        return record.name or "a link"
    return document.label_of(path).rpartition(" / ")[2]

"""Drawings that an earlier generation made unique and that are the same again become one again."""

from __future__ import annotations

from typing import Any

import msgspec

from core.editing.cabling.patterns import natural
from core.editing.routes import counted
from core.model.change import Edit
from core.model.records import BLOCK_TABLES


def rejoin(edit: Edit, block: str) -> None:
    """Make one drawing of those under a block that this edit has altered and that are alike now.

    Alike means in everything, the ids inside too, as copies of one drawing have. What the edit has not
    altered stays apart: somebody may have made it unique on purpose.
    """
    joined = 0
    while True:
        pairs = _same(edit, block)
        if not pairs:
            break
        for instance in list(edit.every("instances")):
            if instance.of in pairs:
                edit.replace("instances", instance.key, of=pairs[instance.of])
        for gone in pairs:
            for table in BLOCK_TABLES:
                for record in list(edit.rows(table, gone).values()):
                    edit.remove(table, record.key)
            edit.remove("blocks", ("", gone))
        joined += len(pairs)
    if joined:
        edit.notes.append(f"{counted(joined, 'drawing')} the same again as others: made one with them")


def _same(edit: Edit, block: str) -> dict[str, str]:
    """Return drawings that go, with the one that stands for each: the one whose name comes first."""
    alike: dict[Any, list[str]] = {}
    inside = edit.descendants(block) - {block, edit.top}
    altered = {each for each in inside if _is_altered(edit, each)}
    shapes = {_shape(edit, each) for each in altered}
    for each in inside:
        if _shape(edit, each) in shapes:
            alike.setdefault(_print(edit, each), []).append(each)
    found: dict[str, str] = {}
    for blocks in alike.values():
        kept, *rest = sorted(blocks, key=lambda each: natural(edit.blocks[each].name))
        for each in rest:
            if each in altered or kept in altered:
                found[each] = kept
    return found


def _is_altered(edit: Edit, block: str) -> bool:
    base = edit.base
    return any(
        edit.rows(table, block) is not base.rows(table, block)
        and dict(edit.rows(table, block)) != dict(base.rows(table, block))
        for table in ("devices", "instances", "links")
    )


def _shape(edit: Edit, block: str) -> tuple[Any, ...]:
    """Return what is quick to compare."""
    record = edit.blocks[block]
    return record.kind, record.rack_type, *(len(edit.rows(table, block)) for table in BLOCK_TABLES)


def _print(edit: Edit, block: str) -> bytes:
    """Return everything in a drawing but its own id and name."""
    record = msgspec.structs.replace(edit.blocks[block], id="x", name="")
    rows = [
        [msgspec.structs.replace(row, block="") for _, row in sorted(edit.rows(table, block).items())]
        for table in BLOCK_TABLES
    ]
    return msgspec.json.encode((record, rows))

"""Drawings that are linked from other files: which they are, and that they stay as they were taken."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from core.errors import EditError
from core.model.records import BLOCK_TABLES, LinkedBlock

if TYPE_CHECKING:
    from core.model.change import Change
    from core.model.project import Reader

OWN_TABLES = ("waivers", "layouts", "naming")
"""Tables of a drawing that belong to this project even where the drawing is linked."""
TAKEN_TABLES = tuple(table for table in BLOCK_TABLES if table not in OWN_TABLES)
"""Tables of a drawing that come with it."""


def links_of(reader: Reader) -> dict[str, LinkedBlock]:
    """Return the link of each drawing that is linked, by the id of the drawing here."""
    found = {}
    for record in reader.rows("linked").values():
        link = cast(LinkedBlock, record)
        found.update(dict.fromkeys(link.members.values(), link))
    return found


def ensure_unlinked(reader: Reader, change: Change) -> None:
    """Raise if a change alters a linked drawing; taking another version of it alters its link as well.

    Raises
    ------
    EditError
        With the drawing and where it comes from.
    """
    if not reader.rows("linked"):
        return
    links = links_of(reader)
    turned = {delta.key[1] for delta in change.deltas if delta.table == "linked"}
    for delta in change.deltas:
        block = (
            delta.key[1] if delta.table == "blocks" else delta.key[0] if delta.table in TAKEN_TABLES else ""
        )
        link = links.get(block)
        if link is not None and link.id not in turned:
            record = reader.blocks.get(block)
            name = record.name if record is not None else block
            raise EditError(
                f"'{name}' is linked from {link.file}, {link.version}",
                cure="Edit it there and take the new version, or unlink it under Blocks > Linked Blocks",
            )

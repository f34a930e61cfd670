"""Overrides: what one placed thing has of its own without being unique."""

from __future__ import annotations

from typing import Any

import msgspec

from core.errors import EditError
from core.model.change import Edit
from core.model.project import Reader
from core.model.records import Link, Override

OVERRIDE_FIELDS = frozenset(Override.__struct_fields__) - {"block", "id", "path", "cable"}


def set_override(edit: Edit, block: str, path: str, *, cable: int | None = None, **fields: Any) -> Override:
    """Give one placed thing, or one cable of a trunk, fields of its own and return the record.

    Raises
    ------
    EditError
        If the path leads to nothing or a field cannot be overridden.
    """
    thing = edit.resolve(block, path)
    if thing is None:
        raise EditError("it is no longer there", where=path, cure="Select it again")
    wrong = fields.keys() - OVERRIDE_FIELDS
    if wrong:
        allowed = ", ".join(sorted(OVERRIDE_FIELDS))
        raise EditError(
            f"'{min(wrong)}' is the same for all copies", cure=f"Make it unique, or set one of {allowed}"
        )
    if cable is not None and not (isinstance(thing, Link) and cable < thing.count):
        raise EditError("there is no such cable", where=f"{path} #{cable}")
    present = find_override(edit, block, path, cable)
    if present is None:
        return edit.put(
            "overrides", Override(block=block, id=edit.new_id(block), path=path, cable=cable, **fields)
        )
    return edit.put("overrides", msgspec.structs.replace(present, **fields))


def clear_override(
    edit: Edit, block: str, path: str, *fields: str, cable: int | None = None
) -> Override | None:
    """Take fields of one placed thing back to those of its drawing, all if none is named."""
    present = find_override(edit, block, path, cable)
    if present is None:
        return None
    cleared = dict.fromkeys(fields or OVERRIDE_FIELDS)
    left = msgspec.structs.replace(present, **cleared)
    if all(getattr(left, field) is None for field in OVERRIDE_FIELDS):
        edit.remove("overrides", present.key)
        return None
    return edit.put("overrides", left)


def find_override(reader: Reader, block: str, path: str, cable: int | None = None) -> Override | None:
    """Return the override a block holds for a path, or None."""
    for override in reader.overrides(block).values():
        if override.path == path and override.cable == cable:
            return override
    return None

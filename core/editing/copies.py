"""The copies of a drawing: where they are built, which differ by overrides, and back to one drawing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from core.editing.fields import own_fields
from core.editing.naming import rename, table_of
from core.editing.overrides import OVERRIDE_FIELDS, clear_override, set_override
from core.editing.remove import remove
from core.editing.routes import counted, join, keys_along, passing
from core.errors import EditError
from core.model.change import Edit
from core.model.project import Reader
from core.model.records import Instance, Key, Override

IDENTITY = frozenset(("name", "asset_tag", "serial"))
"""What every copy has of its own by nature; it makes none of them differ."""
DIFFERENCES = OVERRIDE_FIELDS - IDENTITY


def paths_of(reader: Reader, block: str) -> Iterator[str]:
    """Yield the path, from the block that is built, of every place where a block is built.

    The built block itself has the empty path.
    """
    above = reader.ancestors(block)

    def walk(current: str, path: str) -> Iterator[str]:
        if current == block:
            yield path
        for instance in reader.instances(current).values():
            if instance.of in above:
                yield from walk(instance.of, join(path, instance.id))

    if reader.top in above:
        yield from walk(reader.top, "")


def differences(reader: Reader) -> dict[str, frozenset[str]]:
    """Return, by path from the built block, the fields in which placed things differ from their drawing.

    Names, asset tags and serial numbers are each copy's own and left out.
    """
    found: dict[str, frozenset[str]] = {}
    for holder in list(reader.blocks_of("overrides")):
        said = [(o.path, own) for o in reader.overrides(holder).values() if (own := _different(o))]
        if said:
            for start in paths_of(reader, holder):
                for path, own in said:
                    whole = join(start, path)
                    found[whole] = found.get(whole, frozenset()) | own
    return found


def differing(paths: Collection[str], different: Iterable[str]) -> list[str]:
    """Return those of the placed blocks in which, or in what they contain, something differs.

    Examples
    --------
    >>> differing(["su-1/r1", "su-1/r2"], ["su-1/r2/leaf"])
    ['su-1/r2']
    """
    wanted = set(paths)
    found: set[str] = set()
    for path in different:
        steps = path.split("/")
        found.update("/".join(steps[:n]) for n in range(1, len(steps) + 1))
    return [path for path in paths if path in found & wanted]


def clear(edit: Edit, path: str, *fields: str, within: bool = False) -> int:
    """Take a placed thing back to its drawing and return the number of fields cleared.

    Each field is cleared where the outermost block states it. If that block is built several times, the
    same is cleared in all of them, and the notes of the edit say so.

    Parameters
    ----------
    fields : str
        Those to clear; all if none is named.
    within : bool
        Clear what is said of the things inside as well.
    """
    done = 0
    copies: dict[str, int] = {}
    cleared: set[tuple[str, int | None, str]] = set()
    for holder, inner in _holders(edit, path):
        for override in list(edit.overrides(holder).values()):
            rest = override.path.removeprefix(inner)
            if override.path != inner and not (within and rest != override.path and rest.startswith("/")):
                continue
            said = [f for f in (fields or sorted(OVERRIDE_FIELDS)) if getattr(override, f) is not None]
            own = [f for f in said if (rest, override.cable, f) not in cleared]
            if own:
                clear_override(edit, holder, override.path, *own, cable=override.cable)
                cleared.update((rest, override.cable, f) for f in own)
                done += len(own)
                copies = copies or edit.placements()
                if copies.get(holder, 1) > 1:
                    edit.notes.append(
                        f"the same in {copies[holder]:,} copies of '{edit.blocks[holder].name}'"
                    )
    return done


def apply_to_all(edit: Edit, path: str, *fields: str) -> int:
    """Write what a placed thing has of its own into its drawing; return the number of fields written.

    All copies have it then, and what any of them said about the same field of the same thing is cleared.
    A thing that is absent here is removed from the drawing.

    Parameters
    ----------
    fields : str
        Those to apply; all that make the copy differ if none is named.

    Raises
    ------
    EditError
        If the thing has nothing of its own, or a field belongs to one specimen alone.
    """
    own = own_fields(edit, path)
    wanted = [f for f in sorted(fields or DIFFERENCES) if f in own]
    record = edit.resolve(edit.top, path)
    if record is None or not wanted:
        raise EditError("it has nothing of its own", cure="Override something first, or select what differs")
    single = sorted({"asset_tag", "serial"}.intersection(wanted))
    if single:
        raise EditError("an asset tag or a serial number belongs to one thing alone", cure="Leave it out")
    if own.get("absent") and "absent" in wanted:
        remove(edit, record.block, [record.id])
        return 1
    for field in wanted:
        _write(edit, record, field, own[field])
    for override in passing(edit, {record.key}).overrides:
        start = override.block or edit.top
        if override.cable is None and keys_along(edit, start, override.path)[-1] == record.key:
            clear_override(edit, override.block, override.path, *wanted)
    return len(wanted)


def set_absent(edit: Edit, paths: Iterable[str], absent: bool) -> int:
    """Mask placed things out of the design, or bring them back; return how many were altered."""
    done = 0
    for path in paths:
        if bool(own_fields(edit, path).get("absent")) == absent:
            continue
        if absent:
            set_override(edit, edit.top, path, absent=True)
        else:
            clear(edit, path, "absent")
            if own_fields(edit, path).get("absent"):  # an inner block says so of all its copies
                set_override(edit, edit.top, path, absent=False)
        done += 1
    if done:
        edit.notes.append(f"{counted(done, 'thing')} {'absent' if absent else 'present again'}")
    return done


def _different(override: Override) -> frozenset[str]:
    return frozenset(f for f in DIFFERENCES if getattr(override, f) is not None)


def _holders(reader: Reader, path: str) -> list[tuple[str, str]]:
    """Return the blocks along a path, outermost first, each with what is left of the path from there."""
    steps = path.split("/")
    keys: list[Key] = keys_along(reader, reader.top, path)
    return [(block, "/".join(steps[depth:])) for depth, (block, _) in enumerate(keys)]


def _write(edit: Edit, record: Any, field: str, value: Any) -> None:
    """Put a field into the record that the drawing holds."""
    if field == "name":
        rename(edit, record.block, record.id, value)
    elif field == "absent":
        return  # it is said to be present: the drawing says nothing else
    elif isinstance(record, Instance) and field == "power_limit_w":
        edit.replace("blocks", ("", record.of), power_limit_w=value)
    elif field in type(record).__struct_fields__:
        edit.replace(table_of(edit, record.block, record.id), record.key, **{field: value})
    else:
        raise EditError(f"the drawing has no {field.replace('_', ' ')} of its own", cure="Leave it out")

"""Paths through the drawing: what they pass, and the lowest block that contains both ends of a link."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

import msgspec

from core.errors import EditError
from core.model.change import Edit
from core.model.project import Reader
from core.model.records import TABLES, Device, End, Key, Layout, Link, Override, Waiver


def join(*parts: str) -> str:
    """Return the parts of a path in one, leaving out empty ones."""
    return "/".join(part for part in parts if part)


def keys_along(reader: Reader, block: str, path: str) -> list[Key]:
    """Return the key of the record at each step of a path, as far as instances lead."""
    found = []
    for step in path.split("/"):
        found.append((block, step))
        instance = reader.instances(block).get(step)
        block = "" if instance is None else instance.of
    return found


def block_at(reader: Reader, block: str, path: str) -> str:
    """Return the block that a path of instances leads to; the empty path is the block itself.

    Raises
    ------
    EditError
        If a step is no instance.
    """
    for step in filter(None, path.split("/")):
        instance = reader.instances(block).get(step)
        if instance is None:
            raise EditError(f"'{path}' leads to no block", cure="Select a placed rack, unit or hall")
        block = instance.of
    return block


def device_at(reader: Reader, block: str, path: str) -> Device:
    """Return the device a path leads to.

    Raises
    ------
    EditError
        If it leads to none.
    """
    device = reader.resolve(block, path)
    if not isinstance(device, Device):
        raise EditError(f"'{path}' leads to no device", cure="Select a device")
    return device


def descend(reader: Reader, block: str, a: str, b: str) -> tuple[str, str, str]:
    """Return the lowest block that contains both ends, and the paths of the ends from there."""
    while True:
        first_a, _, rest_a = a.partition("/")
        first_b, _, rest_b = b.partition("/")
        if first_a != first_b or not rest_a or not rest_b:
            return block, a, b
        block, a, b = block_at(reader, block, first_a), rest_a, rest_b


def is_free(reader: Reader, block: str, record_id: str) -> bool:
    """Tell whether no record of a block has an id."""
    return not any(record_id in reader.rows(table, block) for table in TABLES)


def put_low(edit: Edit, link: Link) -> Link:
    """Put a link into the lowest block that contains both ends, under its id if that is free there."""
    block, a, b = descend(edit, link.block, link.a.path, link.b.path)
    link_id = link.id if is_free(edit, block, link.id) else edit.new_id(block)
    moved = msgspec.structs.replace(
        link, block=block, id=link_id, a=End(a, link.a.ports), b=End(b, link.b.ports)
    )
    return edit.put("links", moved)


class Passing(NamedTuple):
    """Records whose paths pass something."""

    links: list[Link]
    overrides: list[Override]
    waivers: list[Waiver]
    layouts: list[Layout]


def passing(reader: Reader, keys: Collection[Key]) -> Passing:
    """Return the records, of all blocks above, with a path that passes or ends at one of the keys."""
    found = Passing([], [], [], [])
    wanted = set(keys)
    if not wanted:
        return found
    for holder in _holders(reader, {block for block, _ in wanted}):
        start = holder or reader.top
        for link in reader.links(holder).values():
            if any(passes(reader, start, end.path, wanted) for end in (link.a, link.b)):
                found.links.append(link)
        for override in reader.overrides(holder).values():
            if passes(reader, start, override.path, wanted):
                found.overrides.append(override)
        for waiver in reader.waivers(holder).values():
            if any(passes(reader, start, path, wanted) for path in waiver.subjects):
                found.waivers.append(waiver)
        for layout in reader.rows("layouts", holder).values():
            if any(passes(reader, start, path, wanted) for path in layout.positions):
                found.layouts.append(layout)
    return found


def passes(reader: Reader, block: str, path: str, keys: Collection[Key]) -> bool:
    """Tell whether a path from a block passes or ends at one of the keys."""
    return any(key in keys for key in keys_along(reader, block, path))


def _holders(reader: Reader, blocks: Iterable[str]) -> Iterator[str]:
    above = reader.ancestors(*blocks)
    yield from sorted(above)
    if reader.top in above:
        yield ""  # waivers, layouts of the whole project: paths from the top block


def counted(number: int, noun: str) -> str:
    """Return a number with its noun.

    Examples
    --------
    >>> counted(1, "cable"), counted(1200, "cable")
    ('1 cable', '1,200 cables')
    """
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"

"""Naming anew by templates: what would change, level by level, and doing it as one step.

Levels go from the outside in: halls, units, rows, racks, devices by kind, cables by layer. A level is named
in the order in which one counts: rows from the front, along each row from the left, in a rack from the
bottom, cables by the names of their ends.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from core.editing.levels import level_of, placeholders_of, rank_of
from core.editing.naming import first_free, is_frozen, names_in, template_of
from core.editing.routes import counted
from core.editing.rows import Standing, standings
from core.editing.types import rack_type_of
from core.errors import EditError
from core.model.change import Edit
from core.model.project import Reader
from core.model.records import Device, Instance, Key, Link, NamingTemplate
from core.model.types import DeviceType

_DIGITS = re.compile(r"(\d+)")


class Renaming(NamedTuple):
    """One name that would change."""

    table: str
    key: Key
    level: str
    before: str
    after: str


def renamings(
    reader: Reader,
    blocks: Iterable[str],
    levels: Collection[str] | None = None,
    only: Collection[Key] | None = None,
) -> list[Renaming]:
    """Return the names that templates would change.

    Parameters
    ----------
    reader : Reader
        A project, or an edit that holds the templates as they would be.
    blocks : iterable of str
        Blocks whose contents are named; every block once, however often it is placed.
    levels : collection of str, optional
        Levels that are named anew; all by default.
    only : collection of keys, optional
        Things that are named anew; all by default.

    Raises
    ------
    EditError
        If a template cannot be read, or asks for what its level does not have.
    """
    plan = _Plan(reader, levels, only)
    order = sorted(blocks, key=lambda block: _depth(reader, block))
    for block in order:
        plan.name_floor(block)
    for block in order:
        plan.name_cables(block)
    return [each for each in plan.found if each.before != each.after]


def _depth(reader: Reader, block: str) -> tuple[int, str]:
    """Return how far outside a block is: racks are named before devices that are called after them."""
    return -len(reader.descendants(block)), block


def renumber_by(edit: Edit, found: Iterable[Renaming]) -> int:
    """Give names as planned; return how many.

    Raises
    ------
    EditError
        If a revision has been issued.
    """
    refuse_frozen(edit)
    todo = list(found)
    for each in todo:
        edit.replace(each.table, each.key, name=each.after)
    if todo:
        edit.notes.append(f"{counted(len(todo), 'name')} changed")
    return len(todo)


def refuse_frozen(reader: Reader) -> None:
    """Raise if names have been issued.

    Raises
    ------
    EditError
        If a revision has been issued.
    """
    reason = why_frozen(reader)
    if reason:
        raise EditError(reason, cure="Rename single things where it cannot be avoided")


def why_frozen(reader: Reader) -> str:
    """Say why names must stay; empty if they need not."""
    if not is_frozen(reader):
        return ""
    first = min(reader.revisions.values(), key=lambda revision: (revision.date, revision.number))
    return f"names are frozen since revision {first.number} was issued" + (
        f" on {first.date}" * bool(first.date)
    )


def next_names(reader: Reader, block: str, level: str, count: int = 3) -> list[str]:
    """Return the names the next things of a level would get in a block, as its last thing stands.

    Raises
    ------
    EditError
        If the template cannot be read, or asks for what its level does not have.
    """
    plan = _Plan(reader, None, None)
    like = [thing for thing in plan.things(block) if level_of(reader, thing) == level]
    values = plan.values(like[-1]) if like else _sample(reader, block, level)
    taken = names_in(reader, block) if not level.startswith("cable") else plan.cable_names(block)
    template, names = template_of(reader, block, level), []
    number: int | None = None
    for _ in range(count):
        name, number = first_free(template, taken, values, number)
        taken.add(name)
        names.append(name)
    return names


def _sample(reader: Reader, block: str, level: str) -> dict[str, Any]:
    holder = reader.blocks.get(block)
    parent = holder.name if holder is not None else ""
    usual = {"row": "A", "place": 1, "u": 1, "rack": parent, "kind": level.partition(".")[2], "type": "type"}
    values: dict[str, Any] = {name: usual.get(name, name) for name in placeholders_of(level) if name != "n"}
    return {**values, "block": parent, "parent": parent}


class _Plan:
    """Names given so far."""

    def __init__(self, reader: Reader, levels: Collection[str] | None, only: Collection[Key] | None) -> None:
        self.found: list[Renaming] = []
        self._reader = reader
        self._levels = None if levels is None else frozenset(levels)
        self._only = None if only is None else frozenset(only)
        self._names: dict[Key, str] = {}
        self._standings: dict[str, Mapping[str, Standing]] = {}
        self._placed: dict[str, list[Instance]] | None = None
        self._levels_of: dict[str, str] = {}
        self._ends: dict[Key, str] = {}
        """Names along the path to the end of a cable; cables are named last."""

    def name_floor(self, block: str) -> None:
        """Name instances and devices of a block, which share their names."""
        todo = [(level, thing) for level, thing in self._wanted(block)]
        touched = {thing.key for _, thing in todo}
        rows: list[Instance | Device] = [*self._reader.instances(block).values()]
        rows.extend(self._reader.devices(block).values())
        self._give(block, todo, {thing.name for thing in rows if thing.key not in touched})

    def name_cables(self, block: str) -> None:
        """Name the cables of a block."""
        links = [link for link in self._reader.links(block).values() if self._is_wanted(link)]
        touched = {link.key for link in links}
        taken = {link.name for link in self._reader.links(block).values() if link.key not in touched}
        values = {link.key: self.values(link) for link in links}
        links.sort(key=lambda link: (link.layer, *(_natural(str(values[link.key][k])) for k in _ENDS)))
        self._give(block, [(f"cable.{link.layer}", link) for link in links], taken)

    def things(self, block: str) -> Iterator[Instance | Device | Link]:
        """Yield what a block holds in the order in which one counts."""
        holder = self._reader.blocks.get(block)
        devices = self._reader.devices(block)
        if holder is not None and holder.kind == "rack":
            sides = ("", "left", "centre", "right")
            yield from sorted(
                devices.values(), key=lambda d: (d.zone, d.half_u, sides.index(d.side), d.place, d.id)
            )
        else:
            instances = self._reader.instances(block)
            for thing_id in self._standing(block):
                yield instances.get(thing_id) or devices[thing_id]
        yield from self._reader.links(block).values()

    def values(self, record: Instance | Device | Link) -> dict[str, Any]:
        """Return what the template of a thing may ask for."""
        holder = self._reader.blocks.get(record.block)
        parent = holder.name if holder is not None else ""
        known: dict[str, Any] = {"block": parent, "parent": parent}
        if isinstance(record, Link):
            fabric = self._reader.fabrics.get(record.fabric)
            known["fabric"] = fabric.name if fabric is not None else record.layer
            for side, end in (("a", record.a), ("b", record.b)):
                known[side] = self._end_name(record.block, end.path)
                known[f"{side}_port"] = end.ports[0] if end.ports else ""
            return known
        if holder is not None and holder.kind == "floor":
            stands = self._standing(record.block)[record.id]
            known.update(row=stands.letter, place=stands.place)
        if isinstance(record, Instance):
            placed = self._reader.blocks.get(record.of)
            return {**known, "type": placed.name if placed is not None else record.of}
        spec = self._reader.find_type(record.type)
        rack = rack_type_of(self._reader, record.block)
        u = int(rack.unit_number(record.half_u)) if rack is not None else record.half_u // 2 + 1
        known.update(type=spec.name if spec is not None else record.type, kind="item", u=u)
        if isinstance(spec, DeviceType):
            known["kind"] = spec.kind
        if holder is not None and holder.kind == "rack":
            known.update(rack=self._rack_name(record.block, parent), row="", place="")
            self._of_rack(record.block, known)
        else:
            known.update(rack="")
        return known

    def cable_names(self, block: str) -> set[str]:
        """Return the names of the cables of a block."""
        return {link.name for link in self._reader.links(block).values()}

    def _wanted(self, block: str) -> Iterator[tuple[str, Instance | Device]]:
        things = [
            (self._level(thing), thing)
            for thing in self.things(block)
            if not isinstance(thing, Link) and self._is_wanted(thing)
        ]
        yield from sorted(things, key=lambda entry: rank_of(entry[0]))

    def _is_wanted(self, thing: Instance | Device | Link) -> bool:
        if self._only is not None and thing.key not in self._only:
            return False
        return self._levels is None or self._level(thing) in self._levels

    def _level(self, thing: Instance | Device | Link) -> str:
        if isinstance(thing, Link):
            return level_of(self._reader, thing)
        known = thing.of if isinstance(thing, Instance) else thing.type
        key = f"{type(thing).__name__} {known}"
        if key not in self._levels_of:
            self._levels_of[key] = level_of(self._reader, thing)
        return self._levels_of[key]

    def _give(self, block: str, todo: Iterable[tuple[str, Any]], taken: set[str]) -> None:
        templates: dict[str, NamingTemplate] = {}
        counters: dict[tuple[Any, ...], int] = {}
        for level, thing in todo:
            if level not in templates:
                templates[level] = template_of(self._reader, block, level)
            template, values = templates[level], self.values(thing)
            asked = tuple(str(v) for k, v in sorted(values.items()) if f"{{{k}" in template.template)
            name, counters[(level, asked)] = first_free(template, taken, values, counters.get((level, asked)))
            taken.add(name)
            self._names[thing.key] = name
            self.found.append(Renaming(_table(thing), thing.key, level, thing.name, name))

    def _standing(self, block: str) -> Mapping[str, Standing]:
        if block not in self._standings:
            self._standings[block] = standings(self._reader, block)
        return self._standings[block]

    def _instances_of(self, block: str) -> list[Instance]:
        if self._placed is None:
            self._placed = defaultdict(list)
            for instance in self._reader.every("instances"):
                self._placed[instance.of].append(instance)
        return self._placed.get(block, [])

    def _name_of(self, record: Instance | Device) -> str:
        return self._names.get(record.key, record.name)

    def _rack_name(self, block: str, drawing: str) -> str:
        placed = self._instances_of(block)
        return self._name_of(placed[0]) if len(placed) == 1 else drawing

    def _of_rack(self, block: str, known: dict[str, Any]) -> None:
        """Add the row and place of a rack that is placed once."""
        placed = self._instances_of(block)
        if len(placed) == 1:
            stands = self._standing(placed[0].block)[placed[0].id]
            known.update(row=stands.letter, place=stands.place)

    def _end_name(self, block: str, path: str) -> str:
        if (block, path) not in self._ends:
            self._ends[block, path] = self._along(block, path)
        return self._ends[block, path]

    def _along(self, block: str, path: str) -> str:
        names, at = [], block
        for step in path.split("/"):
            row = self._reader.instances(at).get(step) or self._reader.devices(at).get(step)
            if row is None:
                return path
            names.append(self._name_of(row) or step)
            at = row.of if isinstance(row, Instance) else at
        return "-".join(names)


_ENDS = ("a", "a_port", "b", "b_port")


def _table(thing: Instance | Device | Link) -> str:
    if isinstance(thing, Instance):
        return "instances"
    return "devices" if isinstance(thing, Device) else "links"


def _natural(text: str) -> tuple[tuple[int, int | str], ...]:
    """Return a key by which r9 comes before r10."""
    return tuple((0, int(part)) if part.isdecimal() else (1, part) for part in _DIGITS.split(text) if part)

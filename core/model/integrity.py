"""References between records: every id a record names exists and fits.

`problems` looks at everything (for the loader), `problems_after` at what a change can have broken.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from core.errors import RecordError
from core.model.ports import PortTable, expand
from core.model.project import Reader
from core.model.records import Block, Device, Instance, Link, Record
from core.model.types import DeviceType, RackType

if TYPE_CHECKING:
    from core.model.change import Change

_STRUCTURE = frozenset(("blocks", "instances", "devices", "links"))
_THINGS = ("instances", "devices", "links")
_IN_BLOCK = (*_THINGS, "overrides", "areas", "pathways", "underlays")
MOST_LEVELS = 64
"""Blocks placed in blocks placed in blocks."""


def problems(project: Reader) -> Iterator[RecordError]:
    """Yield what is wrong anywhere in a project."""
    cycles = list(_cycles(project))
    yield from cycles
    yield from _top(project)
    if cycles:
        return
    yield from _workloads(project)
    for record in project.every("blocks"):
        yield from _block(project, record)
    ends = _Ends(project)
    for block in {b for t in ("instances", "devices", "links", "overrides") for b in project.blocks_of(t)}:
        yield from _contents(project, block, ends)
    for table in ("areas", "pathways", "underlays"):
        for block in project.blocks_of(table):
            if block not in project.blocks:
                yield RecordError(f"there is no block '{block}'", where=f"{table} of '{block}'")


def problems_after(project: Reader, change: Change) -> Iterator[RecordError]:
    """Yield what a change (already applied) has broken.

    An added record can only be wrong itself; a removed or retyped one can break links and overrides of
    every block above; a removed source, fabric, phase or type whatever names it.
    """
    tables = {delta.table for delta in change.deltas}
    if tables & {"types", "sources", "fabrics", "phases"} and any(
        d.before is not None and d.table in ("types", "sources", "fabrics", "phases") for d in change.deltas
    ):
        yield from problems(project)
        return
    if tables & {"blocks", "settings"}:
        yield from _top(project)
    if tables & {"models", "workloads"}:
        yield from _workloads(project)
    if "instances" in tables or "blocks" in tables:
        cycles = list(_cycles(project))
        yield from cycles
        if cycles:
            return
    broken: set[str] = set()
    ends = _Ends(project)
    for delta in change.deltas:
        if delta.table in _STRUCTURE and _breaks(delta.before, delta.after):
            broken.add(delta.key[1] if delta.table == "blocks" else delta.key[0])
        if delta.after is None:
            continue
        if delta.table == "blocks":
            yield from _block(project, delta.after)  # type: ignore[arg-type]
        elif delta.table in _IN_BLOCK:
            if delta.key[0] not in project.blocks:
                yield RecordError(
                    f"there is no block '{delta.key[0]}'", where=f"{delta.table} {delta.key[1]}"
                )
            else:
                yield from _one(project, delta.table, delta.after, ends)
            if delta.before is None and delta.table in _THINGS:
                yield from _twice(project, delta.key)
    if broken:
        for block in project.ancestors(*broken):
            if block not in project.blocks and any(project.rows(t, block) for t in _IN_BLOCK):
                yield RecordError(f"block '{block}' is gone but still holds records")
                continue
            for instance in project.instances(block).values():
                yield from _one(project, "instances", instance, ends)
            for table in ("links", "overrides"):
                for record in project.rows(table, block).values():
                    yield from _one(project, table, record, ends)


def _twice(project: Reader, key: tuple[str, str]) -> Iterator[RecordError]:
    block, record_id = key
    if sum(record_id in project.rows(table, block) for table in _THINGS) > 1:
        yield RecordError("two things of a block have the same id", where=f"'{block}/{record_id}'")


def _breaks(before: Record | None, after: Record | None) -> bool:
    if before is None:
        return False
    if after is None:
        return True
    if isinstance(before, Device) and isinstance(after, Device):
        return (before.type, before.modules) != (after.type, after.modules)
    if isinstance(before, Instance) and isinstance(after, Instance):
        return before.of != after.of
    return isinstance(before, Block) and isinstance(after, Block) and before.kind != after.kind


def _top(project: Reader) -> Iterator[RecordError]:
    top = project.setting("top")
    if top is not None and top not in project.blocks:
        yield RecordError(f"setting 'top' names block '{top}', which does not exist", where="settings top")


def _workloads(project: Reader) -> Iterator[RecordError]:
    models = project.rows("models")
    for record in models.values():
        if record.spec.id != record.id:
            yield RecordError(f"the shape in it is called '{record.spec.id}'", where=f"models '{record.id}'")
    for workload in project.rows("workloads").values():
        if workload.model and workload.model not in models:
            yield RecordError(f"there is no model '{workload.model}'", where=f"workloads '{workload.id}'")


def _cycles(project: Reader) -> Iterator[RecordError]:
    done: set[str] = set()
    levels: dict[str, int] = {}
    for start in list(project.blocks_of("instances")):
        if start in done:
            continue
        trail: list[str] = []
        on_trail: set[str] = set()
        waiting: list[tuple[str, bool]] = [(start, False)]
        while waiting:
            block, leaving = waiting.pop()
            if leaving:
                trail.pop()
                on_trail.discard(block)
                done.add(block)
                below = (levels[i.of] for i in project.instances(block).values() if i.of in levels)
                levels[block] = 1 + max(below, default=0)
                if levels[block] == MOST_LEVELS + 1:
                    yield RecordError(
                        f"blocks are nested more than {MOST_LEVELS} deep", where=f"block '{block}'"
                    )
                continue
            if block in on_trail:
                yield RecordError("a block is placed inside itself", where=f"block '{block}'")
                done.update(on_trail)
                break
            if block in done:
                continue
            trail.append(block)
            on_trail.add(block)
            waiting.append((block, True))
            waiting.extend((of, False) for of in {i.of for i in project.instances(block).values()})


def _block(project: Reader, block: Block) -> Iterator[RecordError]:
    where = f"block '{block.id}'"
    if block.kind == "rack":
        if not isinstance(project.find_type(block.rack_type), RackType):
            yield RecordError(f"'{block.rack_type}' is no rack type of the project", where=where)
        if project.instances(block.id):
            yield RecordError("a rack block holds devices, not other blocks", where=where)
    elif block.rack_type:
        yield RecordError("a floor block has no rack type", where=where)


def _contents(project: Reader, block: str, ends: _Ends) -> Iterator[RecordError]:
    if block not in project.blocks:
        yield RecordError(f"there is no block '{block}'", where=f"records of block '{block}'")
        return
    seen: set[str] = set()
    for table in ("instances", "devices", "links", "overrides"):
        for record in project.rows(table, block).values():
            if table != "overrides":
                if record.id in seen:
                    yield RecordError(
                        "two things of a block have the same id", where=f"'{block}/{record.id}'"
                    )
                seen.add(record.id)
            yield from _one(project, table, record, ends)


def _one(project: Reader, table: str, record: Record, ends: _Ends) -> Iterator[RecordError]:
    where = f"{table} '{record.block}/{record.id}'"
    if isinstance(record, Instance):
        yield from _instance(project, record, where)
    elif isinstance(record, Device):
        yield from _device(project, record, where)
    elif isinstance(record, Link):
        yield from _link(project, record, where, ends)
    elif table == "overrides":
        path = getattr(record, "path", "")
        if project.resolve(record.block, path) is None:
            yield RecordError(f"'{path}' leads to nothing", where=where)
    if isinstance(record, (Instance, Device, Link)) and record.phase and record.phase not in project.phases:
        yield RecordError(f"there is no phase '{record.phase}'", where=where)


def _instance(project: Reader, instance: Instance, where: str) -> Iterator[RecordError]:
    if instance.of not in project.blocks:
        yield RecordError(f"there is no block '{instance.of}' to place", where=where)
    holder = project.blocks.get(instance.block)
    if holder is not None and holder.kind == "rack":
        yield RecordError("a rack block cannot hold an instance", where=where)


def _device(project: Reader, device: Device, where: str) -> Iterator[RecordError]:
    spec = project.find_type(device.type)
    if not isinstance(spec, DeviceType):
        yield RecordError(f"'{device.type}' is no device type of the project", where=where)
        return
    if device.modules:
        bays = {name for bay in spec.bays for name in expand(bay.name)}
        for bay, module in device.modules.items():
            if bay not in bays:
                yield RecordError(f"type '{spec.id}' has no bay '{bay}'", where=where)
            if not isinstance(project.find_type(module), DeviceType):
                yield RecordError(f"'{module}' is no module type of the project", where=where)
    if device.feeds:
        table = project.ports(device)
        for inlet, source in device.feeds.items():
            port = table.by_name.get(inlet)
            if port is None or port.group.layer != "power" or port.group.direction == "out":
                yield RecordError(f"'{inlet}' is no power inlet of '{spec.id}'", where=where)
            if source not in project.sources:
                yield RecordError(f"there is no power source '{source}'", where=where)


def _link(project: Reader, link: Link, where: str, ends: _Ends) -> Iterator[RecordError]:
    if len(link.a.ports) != len(link.b.ports) or not link.a.ports:
        yield RecordError("a link needs the same number of ports on both sides, at least one", where=where)
        return
    if link.fabric and link.fabric not in project.fabrics:
        yield RecordError(f"there is no fabric '{link.fabric}'", where=where)
    first_a, rest_a, _ = link.a.path.partition("/")
    first_b, rest_b, _ = link.b.path.partition("/")
    if first_a == first_b and rest_a and rest_b:
        yield RecordError(f"both ends are in '{first_a}': the link belongs into that block", where=where)
    for end in (link.a, link.b):
        table = ends.ports(link.block, end.path)
        if table is None:
            yield RecordError(f"'{end.path}' leads to no device", where=where)
            continue
        if len(set(end.ports)) != len(end.ports):
            yield RecordError(f"a port of '{end.path}' is named twice", where=where)
        for token in end.ports:
            socket = table.find(token)
            if socket is None:
                yield RecordError(f"'{end.path}' has no port '{token[:40]}'", where=where)
            elif socket.port.group.layer != link.layer:
                yield RecordError(f"port '{token}' is no {link.layer} port", where=where)
    if link.a.path == link.b.path and set(link.a.ports) & set(link.b.ports):
        yield RecordError("a port is linked to itself", where=where)


class _Ends:
    """Port tables at the ends of links, looked up once for each path."""

    def __init__(self, project: Reader) -> None:
        self._project = project
        self._tables: dict[tuple[str, str], PortTable | None] = {}

    def ports(self, block: str, path: str) -> PortTable | None:
        key = (block, path)
        if key not in self._tables:
            device = self._project.resolve(block, path)
            self._tables[key] = self._project.ports(device) if isinstance(device, Device) else None
        return self._tables[key]


def first(found: Iterable[RecordError]) -> RecordError | None:
    """Return the first problem, or None."""
    return next(iter(found), None)

"""Where everything stands and what it is called: the blocks under a floor block, walked once.

A *tag* is what people read for a path: the names along it, joined by `/`. It is the same on plans,
elevations, schedules and labels because all take it from here; for any path it equals
`"/".join(project.names_along(block, path))`.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from core.editing.footprint import turned
from core.model.project import Reader
from core.model.records import Block, Device, Instance, Link, Override


class Transform(NamedTuple):
    """Block to plan: (x + a px + b py, y + c px + d py), integer mm."""

    x: int = 0
    y: int = 0
    a: int = 1
    b: int = 0
    c: int = 0
    d: int = 1

    def apply(self, px: float, py: float) -> tuple[float, float]:
        """Return a point of the block on the plan [mm]."""
        return self.x + self.a * px + self.b * py, self.y + self.c * px + self.d * py

    def placed(self, x: int, y: int, rotation: int, mirrored: bool = False) -> Transform:
        """Return the transform of a thing placed in this block: origin + R(rotation) M(mirror x) point."""
        a, b, c, d = _turn(rotation, mirrored)
        ox, oy = self.x + self.a * x + self.b * y, self.y + self.c * x + self.d * y
        return Transform(
            ox,
            oy,
            self.a * a + self.b * c,
            self.a * b + self.b * d,
            self.c * a + self.d * c,
            self.c * b + self.d * d,
        )


@cache
def _turn(rotation: int, mirrored: bool) -> tuple[int, int, int, int]:
    """Return the part of a transform that turns, by rows."""
    a, c = turned(1, 0, rotation, mirrored)
    b, d = turned(0, 1, rotation, mirrored)
    return a, b, c, d


class Overrides:
    """Overrides in force along a walk; the outermost block wins, field by field."""

    def __init__(self, holders: tuple[tuple[dict[tuple[str, int | None], Override], str], ...] = ()) -> None:
        self._holders = holders

    def __bool__(self) -> bool:
        return bool(self._holders)

    def entered(self, project: Reader, block: str, step: str) -> Overrides:
        """Return the overrides in force inside an instance `step` whose block is `block`."""
        own = _own(project, block)
        if not self._holders and not own:
            return self
        below = tuple((table, f"{prefix}{step}/") for table, prefix in self._holders)
        return Overrides(below + own)

    @classmethod
    def of(cls, project: Reader, block: str) -> Overrides:
        """Return the overrides of the outermost block."""
        return cls(_own(project, block))

    def find(self, record_id: str, cable: int | None = None) -> list[Override]:
        """Return what is said about a record of the present block, or one cable of it, outermost first.

        Within one block what is said of the cable comes before what is said of its trunk.
        """
        asked = (cable,) if cable is None else (cable, None)
        return [
            override
            for table, prefix in self._holders
            for part in asked
            if (override := table.get((prefix + record_id, part)))
        ]

    def name(self, record_id: str, own: str) -> str:
        """Return the name in force."""
        for override in self.find(record_id):
            if override.name is not None:
                return override.name
        return own or record_id

    def status(self, record_id: str, own: str) -> str:
        """Return the status in force."""
        for override in self.find(record_id):
            if override.status is not None:
                return override.status
        return own

    def is_absent(self, record_id: str, cable: int | None = None) -> bool:
        """Tell whether a record (or one cable of a trunk) is masked out."""
        for override in self.find(record_id, cable):
            if override.absent is not None:
                return override.absent
        return False


def _own(project: Reader, block: str) -> tuple[tuple[dict[tuple[str, int | None], Override], str], ...]:
    held = project.overrides(block)
    return (({(o.path, o.cable): o for o in held.values()}, ""),) if held else ()


class PlacedBlock(NamedTuple):
    """A block where it is built: the block walked from, or what an instance below places."""

    path: str
    """Instance ids from the block walked; empty for itself."""
    tag: str
    name: str
    block: Block
    transform: Transform
    overrides: Overrides
    instance: Instance | None
    depth: int
    z_mm: int = 0
    status: str = ""
    """Status in force of the instance that places it."""

    def prefix(self) -> str:
        """Return what the paths of its contents begin with."""
        return f"{self.path}/" if self.path else ""

    def tag_of(self, name: str) -> str:
        """Return the tag of something of that name in it."""
        return f"{self.tag}/{name}" if self.tag else name


def walk(project: Reader, block: str, *, with_absent: bool = False) -> Iterator[PlacedBlock]:
    """Yield a block and every block placed below it: each before its children, in the order of records.

    Absent instances and all they contain are left out unless asked for.
    """
    record = project.blocks.get(block)
    if record is None:
        return
    start = PlacedBlock("", "", "", record, Transform(), Overrides.of(project, block), None, 0)
    yield from _walk(project, start, with_absent)


def _walk(project: Reader, at: PlacedBlock, with_absent: bool) -> Iterator[PlacedBlock]:
    waiting, blocks = [at], project.blocks
    while waiting:
        at = waiting.pop()
        yield at
        below: list[PlacedBlock] = []
        overrides, prefix = at.overrides, at.prefix()
        for instance in project.instances(at.block.id).values():
            block = blocks.get(instance.of)
            if block is None or (not with_absent and overrides and overrides.is_absent(instance.id)):
                continue
            name = overrides.name(instance.id, instance.name) if overrides else instance.name or instance.id
            child = PlacedBlock(
                prefix + instance.id,
                at.tag_of(name),
                name,
                block,
                at.transform.placed(instance.x_mm, instance.y_mm, instance.rotation, instance.mirrored),
                overrides.entered(project, instance.of, instance.id),
                instance,
                at.depth + 1,
                at.z_mm + instance.z_mm,
                overrides.status(instance.id, instance.status) if overrides else instance.status,
            )
            below.append(child)
        waiting.extend(reversed(below))


def devices_in(project: Reader, at: PlacedBlock) -> Iterator[tuple[Device, str]]:
    """Yield the devices of a placed block that are not absent, with their names in force."""
    for device in project.devices(at.block.id).values():
        if not at.overrides.is_absent(device.id):
            yield device, at.overrides.name(device.id, device.name)


def links_in(project: Reader, at: PlacedBlock) -> Iterator[Link]:
    """Yield the links of a placed block of which at least one cable is there."""
    for link in project.links(at.block.id).values():
        if not at.overrides or not all(at.overrides.is_absent(link.id, k) for k in range(link.count)):
            yield link


class Found(NamedTuple):
    """A device where it is built."""

    device: Device
    name: str
    tag: str
    at: PlacedBlock

    @property
    def rack(self) -> PlacedBlock | None:
        """The rack it is in; None on the floor."""
        return self.at if self.at.block.kind == "rack" else None


class Placement:
    """Everything placed under a block, looked up by path."""

    def __init__(self, project: Reader, block: str) -> None:
        self.project = project
        self.block = block
        self.blocks = {at.path: at for at in walk(project, block)}
        self._found: dict[str, Found | None] = {}

    @property
    def racks(self) -> list[PlacedBlock]:
        """The racks, in the order of records."""
        return [at for at in self.blocks.values() if at.block.kind == "rack"]

    def device(self, path: str) -> Found | None:
        """Return a device by its path, or None if there is none or it is absent."""
        if path not in self._found:
            self._found[path] = self._find(path)
        return self._found[path]

    def _find(self, path: str) -> Found | None:
        holder, _, last = path.rpartition("/")
        at = self.blocks.get(holder)
        device = self.project.devices(at.block.id).get(last) if at is not None else None
        if at is None or device is None or at.overrides.is_absent(last):
            return None
        name = at.overrides.name(last, device.name)
        return Found(device, name, at.tag_of(name), at)

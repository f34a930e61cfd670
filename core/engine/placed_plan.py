"""Areas, pathways and pinned routes of all placed floor blocks, in coordinates of the block that is built.

They are few and stand beside the columns of the snapshot as tuples of plain values. Each of the three is a
group: it keeps its identity as long as an edit leaves all of it as it was.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from core.model.project import Project
from core.model.records import Area, Instance, Pathway


@dataclass(frozen=True)
class PlacedArea:
    """An area where it stands.

    Attributes
    ----------
    path : str
        Its id after the ids of the instances it is in.
    block : str
        The block it is drawn in.
    record : Area
        As drawn; `record.points` are those of its own block.
    points : tuple of (int, int)
        Corners in the block that is built [mm].
    z_mm : int
        Level of the floor it is drawn on [mm].
    """

    path: str
    block: str
    record: Area
    points: tuple[tuple[int, int], ...]
    z_mm: int = 0

    @property
    def kind(self) -> str:
        return self.record.kind


@dataclass(frozen=True)
class PlacedPathway:
    """A pathway where it runs: path, block and record as of a `PlacedArea`.

    `points` are (x, y, z) in the block that is built [mm].
    """

    path: str
    block: str
    record: Pathway
    points: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True)
class PinnedRoute:
    """A link that is to run along given pathways: its path and theirs, in order from `a`."""

    link: str
    via: tuple[str, ...]


Parts = tuple[tuple[PlacedArea, ...], tuple[PlacedPathway, ...], tuple[PinnedRoute, ...]]
_Part = TypeVar("_Part", PlacedArea, PlacedPathway, PinnedRoute)
_NONE: Parts = ((), (), ())
_READ = ("areas", "pathways", "links", "instances", "overrides")


class PlacedPlan:
    """Makes the parts of the plan, keeping those of blocks that an edit does not touch."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._known: dict[str, tuple[tuple[object, ...], Parts]] = {}
        self._pins: dict[str, tuple[int, tuple[PinnedRoute, ...]]] = {}
        self._last: Parts = _NONE

    def parts(self, block: str) -> Parts:
        """Return areas, pathways and pinned routes; those equal to the last ones are the same objects."""
        found = self._of(block, set())
        areas, pathways, pins = found
        before = self._last
        self._last = (
            before[0] if areas == before[0] else areas,
            before[1] if pathways == before[1] else pathways,
            before[2] if pins == before[2] else pins,
        )
        return self._last

    def _of(self, block: str, above: set[str]) -> Parts:
        project = self._project
        record = project.blocks.get(block)
        if record is None or block in above:
            return _NONE
        children = {
            of: self._of(of, above | {block})
            for of in sorted({i.of for i in project.instances(block).values()})
            if project.blocks[of].kind == "floor" or project.links(of)
        }
        filled = {of: parts for of, parts in children.items() if any(parts)}
        signature = (*(project.version(t, block) for t in _READ), *filled.items())
        known = self._known.get(block)
        if known is None or known[0] != signature:
            known = self._known[block] = (signature, self._made(block, filled))
        return known[1]

    def _made(self, block: str, children: dict[str, Parts]) -> Parts:
        project = self._project
        areas = [PlacedArea(a.id, block, a, a.points) for _, a in sorted(project.areas(block).items())]
        ways = [
            PlacedPathway(p.id, block, p, p.points)
            for _, p in sorted(project.rows("pathways", block).items())
        ]
        pins = list(self._own_pins(block))
        for instance in sorted(project.instances(block).values(), key=lambda i: i.id):
            if instance.of not in children:
                continue
            inner_areas, inner_ways, inner_pins = children[instance.of]
            areas.extend(_placed_area(area, instance) for area in inner_areas)
            ways.extend(_placed_way(way, instance) for way in inner_ways)
            step = f"{instance.id}/"
            pins.extend(
                PinnedRoute(step + pin.link, tuple(step + via for via in pin.via)) for pin in inner_pins
            )
        absent = tuple(o.path for o in project.overrides(block).values() if o.absent and o.cable is None)
        if not absent:
            return (tuple(areas), tuple(ways), tuple(pins))
        return (
            _present(areas, absent, lambda a: a.path),
            _present(ways, absent, lambda w: w.path),
            _present(pins, absent, lambda p: p.link),
        )

    def _own_pins(self, block: str) -> tuple[PinnedRoute, ...]:
        version = self._project.version("links", block)
        known = self._pins.get(block)
        if known is None or known[0] != version:
            links = self._project.links(block)
            pins = tuple(
                PinnedRoute(link.id, link.via)
                for link in sorted((k for k in links.values() if k.via), key=lambda k: k.id)
            )
            known = self._pins[block] = (version, pins)
        return known[1]


def _present(
    parts: list[_Part], absent: tuple[str, ...], path_of: Callable[[_Part], str]
) -> tuple[_Part, ...]:
    """Return what is in no absent instance."""
    return tuple(p for p in parts if not any(f"{path_of(p)}/".startswith(f"{path}/") for path in absent))


def _placed_area(area: PlacedArea, instance: Instance) -> PlacedArea:
    points = tuple(_placed(x, y, instance) for x, y in area.points)
    return replace(area, path=f"{instance.id}/{area.path}", points=points, z_mm=area.z_mm + instance.z_mm)


def _placed_way(way: PlacedPathway, instance: Instance) -> PlacedPathway:
    points = tuple((*_placed(x, y, instance), z + instance.z_mm) for x, y, z in way.points)
    return replace(way, path=f"{instance.id}/{way.path}", points=points)


def _placed(x: int, y: int, instance: Instance) -> tuple[int, int]:
    """Return where a point of the block of an instance stands in the block around it."""
    if instance.mirrored:
        x = -x
    for _ in range(instance.rotation // 90):
        x, y = -y, x
    return instance.x_mm + x, instance.y_mm + y

"""What one design has otherwise than another one, by where it stands: for marks in the drawings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from core.drawing.plan import Footprints, footprints
from core.engine.record_changes import PLACE, Changed
from core.model.project import Project
from core.model.records import Area, Device, Instance, Link, Pathway, Record

if TYPE_CHECKING:
    from core.drawing.fabric_graph import FabricGraph

State = Literal["added", "removed", "moved", "changed", "cabled"]
Box = tuple[float, float, float, float]
"""x, y, width, height [mm], y up."""
SAME_MM = 0.5
GROUND: tuple[Literal["areas", "pathways"], ...] = ("areas", "pathways")
MOST = 20_000
"""Places of changed links that are looked up."""


@dataclass(frozen=True)
class FloorChange:
    """Something on the floor that is otherwise than before.

    Attributes
    ----------
    state : str
        `cabled` if nothing but cables of what is in it is otherwise.
    path : str
        From the block that is drawn.
    name : str
    box : tuple of float
        Where it stands, or stood if it was removed.
    was : tuple of float, optional
        Where it stood, if it was moved.
    inside : int
        Devices in it that are otherwise, cables included.
    """

    state: State
    path: str
    name: str
    box: Box
    was: Box | None = None
    inside: int = 0


@dataclass(frozen=True)
class DeviceChange:
    """A device of a rack: as it was and as it is; None where it is not."""

    state: State
    was: Device | None
    now: Device | None


def block_along(project: Project, path: str) -> str:
    """Return the id of the block at a path; empty if there is none."""
    if not path:
        return project.top
    record = project.resolve(project.top, path)
    return record.of if isinstance(record, Instance) else ""


def device_changes(before: Project, after: Project, path: str) -> dict[str, DeviceChange]:
    """Return the devices that a rack has otherwise, by their ids."""
    blocks = block_along(before, path), block_along(after, path)
    old = before.devices(blocks[0]) if blocks[0] else {}
    new = after.devices(blocks[1]) if blocks[1] else {}
    return _devices(old, new)


def _devices(old: Mapping[str, Device], new: Mapping[str, Device]) -> dict[str, DeviceChange]:
    found: dict[str, DeviceChange] = {}
    for record_id in dict.fromkeys((*old, *new)):
        was, now = old.get(record_id), new.get(record_id)
        if was is None or now is None:
            found[record_id] = DeviceChange("added" if was is None else "removed", was, now)
        elif fields := _differing(was, now):
            found[record_id] = DeviceChange("moved" if fields <= PLACE else "changed", was, now)
    return found


def _differing(was: Record, now: Record) -> set[str]:
    """Return the fields that differ; a copy of the same drawing is another block and no other thing."""
    names = [name for name in was.__struct_fields__ if name != "block"]
    return {name for name in names if getattr(was, name) != getattr(now, name)}


def is_changed(before: Project, after: Project, path: str) -> bool:
    """Tell whether the device at a path has something otherwise, but for where it stands."""
    was, now = before.resolve(before.top, path), after.resolve(after.top, path)
    if not isinstance(was, Device) or not isinstance(now, Device):
        return False
    return was is not now and not _differing(was, now) <= PLACE


def cabled_otherwise(before: Project, after: Project, changes: Iterable[Changed]) -> dict[str, set[str]]:
    """Return the paths of the links that are otherwise, by the path of each device at their ends."""
    from core.editing.copies import paths_of

    found: dict[str, set[str]] = {}
    looked_at = 0
    for one in changes:
        if one.table != "links":
            continue
        block, record_id = one.key
        for project, other in ((after, before), (before, after)):
            link = project.links(block).get(record_id) if block in project.blocks else None
            for prefix in paths_of(project, block) if link is not None else ():
                path = f"{prefix}/{record_id}".lstrip("/")
                there = other.resolve(other.top, path)
                looked_at += 1
                if looked_at > MOST:
                    return found
                if isinstance(link, Link) and isinstance(there, Link) and not _differing(link, there):
                    continue  # in a copy made of the drawing since
                for end in (link.a, link.b):  # type: ignore[union-attr]
                    found.setdefault(f"{prefix}/{end.path}".lstrip("/"), set()).add(path)
    return found


def floor_changes(
    before: Project, after: Project, entered: str, cabled: Mapping[str, Iterable[str]]
) -> list[FloorChange]:
    """Return what stands otherwise on a floor than before, and racks that hold something otherwise.

    Parameters
    ----------
    before, after : Project
    entered : str
        Path of the floor block.
    cabled : mapping of str to iterable of str
        As `cabled_otherwise` returns it.
    """
    blocks = block_along(before, entered), block_along(after, entered)
    old, new = (_standing(project, block) for project, block in zip((before, after), blocks, strict=True))
    by_holder: dict[str, set[str]] = {}
    for path in cabled:
        by_holder.setdefault(path.rpartition("/")[0], set()).add(path)
    kept: dict[tuple[str, str], dict[str, DeviceChange]] = {}
    found = []
    for path in dict.fromkeys((*old, *new)):
        was, now = old.get(path), new.get(path)
        if was is None or now is None:
            name, _, box = now or was  # type: ignore[misc]
            found.append(FloorChange("added" if was is None else "removed", path, name, box))
            continue
        key = (was[1], now[1])
        if key not in kept:
            kept[key] = {}
            if key[0] in before.blocks and key[1] in after.blocks:
                kept[key] = _devices(before.devices(key[0]), after.devices(key[1]))
        full = f"{entered}/{path}".lstrip("/")
        own = {f"{full}/{record_id}" for record_id in kept[key]}
        inside = own | by_holder.get(full, set())
        is_other = bool(own) or was[0] != now[0] or (was[1] != now[1] and was[1] not in before.blocks)
        if _is_elsewhere(was[2], now[2]):
            found.append(FloorChange("moved", path, now[0], now[2], was[2], len(inside)))
        elif inside or is_other or full in cabled:
            state: State = "changed" if is_other else "cabled"
            found.append(FloorChange(state, path, now[0], now[2], None, len(inside)))
    return found


def ground_changes(before: Project, after: Project, entered: str) -> list[FloorChange]:
    """Return the areas and pathways of a floor that are otherwise, each with the box around it."""
    blocks = block_along(before, entered), block_along(after, entered)
    found = []
    for table in GROUND:
        old = before.rows(table, blocks[0]) if blocks[0] else {}
        new = after.rows(table, blocks[1]) if blocks[1] else {}
        for record_id in dict.fromkeys((*old, *new)):
            was, now = old.get(record_id), new.get(record_id)
            here = now or was
            assert isinstance(here, Area | Pathway)
            if was is None or now is None:
                state: State = "added" if was is None else "removed"
            elif fields := _differing(was, now):
                state = "moved" if fields == {"points"} else "changed"
            else:
                continue
            found.append(FloorChange(state, record_id, here.name or here.kind, _around(here)))
    return found


def _around(record: Area | Pathway) -> Box:
    aside = record.width_mm / 2 if isinstance(record, Pathway) else 0.0
    x, y = [p[0] for p in record.points] or [0], [p[1] for p in record.points] or [0]
    left, low = min(x) - aside, min(y) - aside
    return left, low, max(x) + aside - left, max(y) + aside - low


def _standing(project: Project, block: str) -> dict[str, tuple[str, str, Box]]:
    """Return name, block or type, and box of everything on a floor by its path."""
    if not block:
        return {}
    things: Footprints = footprints(project, block)
    if not len(things):
        return {}
    low, high = things.corners.min(axis=1), things.corners.max(axis=1)
    boxes = np.hstack([low, high - low]).tolist()
    rows = zip(things.paths, things.names, things.blocks, boxes, strict=True)
    return {path: (name, of, tuple(box)) for path, name, of, box in rows}


def _is_elsewhere(was: Box, now: Box) -> bool:
    return any(abs(a - b) > SAME_MM for a, b in zip(was, now, strict=True))


def trunks_of(graph: FabricGraph) -> dict[tuple[str, str], int]:
    """Return how many cables join two devices of a fabric, by their paths in order."""
    found: dict[tuple[str, str], int] = {}
    for a, b, cables in zip(graph.a.tolist(), graph.b.tolist(), graph.cables.tolist(), strict=True):
        key = _pair(graph.paths[a], graph.paths[b])
        found[key] = found.get(key, 0) + cables
    return found


def _pair(one: str, other: str) -> tuple[str, str]:
    return (one, other) if one <= other else (other, one)


def trunk_changes(before: FabricGraph, after: FabricGraph) -> dict[tuple[str, str], int]:
    """Return how many cables more (or fewer) join two devices than before, where that differs."""
    old, new = trunks_of(before), trunks_of(after)
    return {
        key: new.get(key, 0) - old.get(key, 0)
        for key in dict.fromkeys((*old, *new))
        if new.get(key, 0) != old.get(key, 0)
    }

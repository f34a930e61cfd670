"""Where the things of a floor block would stand that overrides make absent; no sheet shows them."""

from __future__ import annotations

from core.drawing.placed import PlacedBlock, Transform, walk
from core.editing.footprint import box_of
from core.model.project import Reader
from core.model.records import Device, Instance

Box = tuple[float, float, float, float]
"""x0, y0, x1, y1 [mm]."""


def absent_places(project: Reader, block: str) -> dict[str, Box]:
    """Return the places, on the plan of a floor block, of the outermost things that are absent, by path.

    Devices in racks are left out: the plan does not show these one by one.
    """
    if not any(said.absent for said in project.every("overrides")):
        return {}
    holders = {at.path: at for at in walk(project, block) if at.block.kind == "floor"}
    found: dict[str, Box] = {}
    for at in holders.values():
        if not at.overrides:
            continue
        things: list[Instance | Device] = [
            *project.instances(at.block.id).values(),
            *project.devices(at.block.id).values(),
        ]
        for thing in things:
            if at.overrides.is_absent(thing.id):
                found[at.prefix() + thing.id] = _on_plan(project, at, thing)
    return found


def _on_plan(project: Reader, at: PlacedBlock, thing: Instance | Device) -> Box:
    box = box_of(project, thing)
    return _turned(at.transform, (box.left, box.front, box.right, box.back))


def _turned(transform: Transform, box: Box) -> Box:
    (x1, y1), (x2, y2) = transform.apply(box[0], box[1]), transform.apply(box[2], box[3])
    return min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)

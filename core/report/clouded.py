"""What of the built design has changed since the issue before, by path: what drawings put clouds around."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from core.drawing.batch import Sketch
from core.drawing.revision_cloud import cloud
from core.editing.copies import paths_of
from core.model.project import Project
from core.model.records import Link

if TYPE_CHECKING:
    from core.engine.record_changes import Changed
    from core.engine.snapshot import Snapshot
    from core.report.sheet import Page

Mark = tuple[str, str, str]
"""Table, block and id of a change."""
Marks = frozenset[Mark]
NONE: Marks = frozenset()
Box = tuple[float, float, float, float]
"""Left, low, width, height on paper [mm]."""
SAME_MM = 0.5
APART_MM = 8.0
"""Neighbours nearer to each other than this share a cloud, unless a third one could stand between them."""
ANY = ""
"""Stands for every layer, or every fabric."""


def mark_of(change: Changed) -> Mark:
    """Return what tells a change from others."""
    return (change.table, *change.key)


@dataclass
class Clouded:
    """Changes by the path of the device they show on.

    Attributes
    ----------
    own : dict of str to set of Mark
        Devices that are new or changed. One that only moved is the same in a diagram.
    ends : dict of (layer, fabric) to dict of str to set of Mark
        Devices at the ends of cables that are new, changed or gone.
    within : dict of (layer, fabric) to dict of str to set of Mark
        Both, by the paths of all that holds the device.
    """

    own: dict[str, set[Mark]] = field(default_factory=dict)
    ends: dict[tuple[str, str], dict[str, set[Mark]]] = field(default_factory=dict)
    within: dict[tuple[str, str], dict[str, set[Mark]]] = field(default_factory=dict)

    def of_device(self, path: str, layer: str = ANY, fabric: str = ANY) -> Marks:
        """Return the changes of a device, and of its cables of a layer or a fabric."""
        found = self.own.get(path, set()) | self.ends.get((layer, fabric), {}).get(path, set())
        return frozenset(found)

    def of_holder(self, path: str, layer: str = ANY, fabric: str = ANY) -> Marks:
        """Return the changes within a rack or a unit: of its devices and of their cables."""
        return frozenset(self.within.get((layer, fabric), {}).get(path, ()))

    def of_nodes(self, snap: Snapshot, nodes: Iterable[int], layer: str) -> Marks:
        """Return the changes of nodes of a chain: devices, then racks; others have none here."""
        found: set[Mark] = set()
        for row in nodes:
            if row < snap.n_devices:
                found |= self.of_device(snap.device_path(row), layer)
            elif row < snap.n_devices + snap.n_racks:
                found |= self.of_holder(snap.rack_path(row - snap.n_devices), layer)
        return frozenset(found)

    def put_device(self, path: str, mark: Mark) -> None:
        """Note that a device is new or changed."""
        self.own.setdefault(path, set()).add(mark)
        for key in list(_layers()):
            self._put_within(key, path, mark)

    def put_end(self, path: str, link: Link, mark: Mark) -> None:
        """Note that a cable of a device is new, changed or gone."""
        for key in {(ANY, ANY), (link.layer, ANY), (link.layer, link.fabric)}:
            self.ends.setdefault(key, {}).setdefault(path, set()).add(mark)
            self._put_within(key, path, mark)

    def _put_within(self, key: tuple[str, str], path: str, mark: Mark) -> None:
        held = self.within.setdefault(key, {})
        while "/" in path:
            path = path.rpartition("/")[0]
            held.setdefault(path, set()).add(mark)


def _layers() -> Iterable[tuple[str, str]]:
    return ((layer, ANY) for layer in (ANY, "data", "power", "coolant"))


def clouded(before: Project, after: Project, changes: Iterable[Changed]) -> Clouded:
    """Return where the changes from one state of a design to another show in what is built."""
    found = Clouded()
    places: dict[str, list[str]] = {}

    def built(block: str) -> list[str]:
        if block not in places:
            places[block] = list(paths_of(after, block)) if block in after.blocks else []
        return places[block]

    for one in changes:
        block, record_id = one.key
        mark = mark_of(one)
        if one.table == "devices" and one.kind in ("added", "changed"):
            for prefix in built(block):
                found.put_device(_join(prefix, record_id), mark)
        elif one.table == "instances" and one.kind == "added":
            instance = after.instances(block).get(record_id)
            for prefix in built(block) if instance is not None else ():
                _put_all(found, after, instance.of, _join(prefix, record_id), mark)  # type: ignore[union-attr]
        elif one.table == "links":
            for project in (after, before):
                link = project.links(block).get(record_id)
                if link is None or (project is before and one.kind != "removed"):
                    continue
                for prefix in built(block):
                    for end in (link.a, link.b):
                        found.put_end(_join(prefix, end.path), link, mark)
    return found


def _put_all(found: Clouded, project: Project, block: str, path: str, mark: Mark) -> None:
    """Note that all devices of a block that was placed anew are new."""
    for device_id in project.devices(block):
        found.put_device(_join(path, device_id), mark)
    for instance in project.instances(block).values():
        _put_all(found, project, instance.of, _join(path, instance.id), mark)


def _join(prefix: str, path: str) -> str:
    return f"{prefix}/{path}" if prefix else path


def draw_clouds(page: Page, boxes: Iterable[Box], along: float = 1.0) -> None:
    """Draw clouds around boxes of a sheet; neighbours share one. `along` is where their triangles are."""
    since = page.context.since
    if since is None:
        return
    sketch = Sketch()
    for x, y, wide, high in together(boxes):
        cloud(sketch, x, y, x + wide, y + high, since.number, page.area.top, along)
    page.pdf.batch(sketch.freeze())


def together(boxes: Iterable[Box]) -> list[Box]:
    """Return boxes with neighbours of one row or one column taken together.

    Clouds of their own would run into each other.

    Examples
    --------
    >>> together([(0, 0, 10, 5), (30, 0, 10, 5), (12, 0, 10, 5)])
    [(0, 0, 22, 5), (30, 0, 10, 5)]
    """
    found = list(boxes)
    for along in (0, 1):
        across = 1 - along
        found.sort(key=lambda box: (round(box[across]), box[along]))
        rows: list[Box] = []
        for box in found:
            last = rows[-1] if rows else None
            is_next = (
                last is not None
                and abs(last[across] - box[across]) < SAME_MM
                and abs(last[across + 2] - box[across + 2]) < SAME_MM
                and box[along] - last[along] - last[along + 2] < min(APART_MM, 0.45 * box[along + 2])
            )
            if last is not None and is_next:
                low, high = last[along], max(last[along] + last[along + 2], box[along] + box[along + 2])
                rows[-1] = (
                    (low, last[1], high - low, last[3]) if along == 0 else (last[0], low, last[2], high - low)
                )
            else:
                rows.append(box)
        found = rows
    return found


def where_marked(marks: Mapping[str, Marks]) -> dict[Mark, list[str]]:
    """Return the sheets each change has a cloud on, in the order of the set."""
    found: dict[Mark, list[str]] = {}
    for sheet, some in marks.items():
        for mark in some:
            found.setdefault(mark, []).append(sheet)
    return found

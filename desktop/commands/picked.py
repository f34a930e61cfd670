"""What kind of things are selected, found once for each selection: every action asks for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from weakref import WeakKeyDictionary

from core.model.project import Project
from core.model.records import Device, Instance
from desktop.document import Document


@dataclass(frozen=True)
class Picked:
    """The selection by where things are: paths of the holding instances with the ids in them."""

    floor: dict[str, list[str]] = field(default_factory=dict)
    """Placed blocks and floor-standing devices."""
    racked: dict[str, list[str]] = field(default_factory=dict)
    """Devices in racks."""
    racks: list[str] = field(default_factory=list)
    """Paths of placed racks; they are on a floor as well."""
    others: int = 0
    """Links and whatever else cannot be moved."""

    @property
    def things(self) -> int:
        """Number of things on floors."""
        return sum(len(ids) for ids in self.floor.values())

    @property
    def devices(self) -> int:
        """Number of devices in racks."""
        return sum(len(ids) for ids in self.racked.values())

    @property
    def holders(self) -> dict[str, list[str]]:
        """What is on floors and in racks together."""
        return {**self.floor, **self.racked}


_known: WeakKeyDictionary[Document, tuple[int, tuple[str, ...], Picked]] = WeakKeyDictionary()


def picked(document: Document) -> Picked:
    """Return what is selected in a document."""
    stamp, paths = document.project.stamp, document.selection.paths
    known = _known.get(document)
    if known is not None and known[0] == stamp and known[1] is paths:
        return known[2]
    project, others = document.project, 0
    racks: list[str] = []
    at: dict[str, _Holder] = {}
    for path in paths:
        holder, _, record_id = path.rpartition("/")
        held = at.get(holder)
        if held is None:
            held = at[holder] = _holder_at(project, holder)
        if record_id in held.devices:
            held.found.append(record_id)
        elif (instance := held.instances.get(record_id)) is not None:
            held.found.append(record_id)
            if project.blocks[instance.of].kind == "rack":
                racks.append(path)
        elif held.kind:
            others += 1
    floor, racked = (
        {holder: held.found for holder, held in at.items() if held.found and held.kind == kind}
        for kind in ("floor", "rack")
    )
    found = Picked(floor, racked, racks, others)
    _known[document] = (stamp, paths, found)
    return found


class _Holder(NamedTuple):
    """A block that holds some of what is selected; of no kind if there is none."""

    kind: str
    devices: Mapping[str, Device]
    instances: Mapping[str, Instance]
    found: list[str]


def _holder_at(project: Project, holder: str) -> _Holder:
    at = project.resolve(project.top, holder) if holder else None
    name = project.top if not holder else at.of if isinstance(at, Instance) else ""
    block = project.blocks.get(name)
    if block is None:
        return _Holder("", {}, {}, [])
    return _Holder(block.kind, project.devices(block.id), project.instances(block.id), [])

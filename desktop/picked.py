"""What kind of things are selected, found once for each selection: every action asks for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from core.model.records import Block, Instance
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
    project, found, others = document.project, Picked(), 0
    blocks: dict[str, Block | None] = {}
    for path in paths:
        holder, _, record_id = path.rpartition("/")
        if holder not in blocks:
            at = project.resolve(project.top, holder) if holder else None
            name = project.top if not holder else at.of if isinstance(at, Instance) else ""
            blocks[holder] = project.blocks.get(name)
        block = blocks[holder]
        if block is None:
            continue
        instance = project.instances(block.id).get(record_id)
        if instance is None and record_id not in project.devices(block.id):
            others += 1
            continue
        (found.floor if block.kind == "floor" else found.racked).setdefault(holder, []).append(record_id)
        if instance is not None and project.blocks[instance.of].kind == "rack":
            found.racks.append(path)
    found = Picked(found.floor, found.racked, found.racks, others)
    _known[document] = (stamp, paths, found)
    return found

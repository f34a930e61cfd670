"""What everything placed is called, as columns: each block once, its children tiled and offset.

`read` takes from the project what has changed, where the project is edited; `Names.updated` may then run
anywhere, as it sees records only, which never change.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from core.explore.texts import Texts, forms_of
from core.model.project import Project
from core.model.records import Device, Instance, Link, Override, TypeRecord

Ints: TypeAlias = NDArray[np.int32]
RACK, BLOCK, DEVICE, LINK = range(4)
_STATED = {"name": "name", "tag": "asset_tag", "serial": "serial"}
_STATED_OF_EXTRAS = (*_STATED.values(), "absent")
"""What makes a row of a thing without a name: a block further out may name it."""
_SPARE_TEXTS = 100_000
"""Texts that may be out of use before the list of texts is begun anew."""


class Contents(NamedTuple):
    """The records of one block that have names, and the versions of its tables."""

    version: tuple[object, ...]
    devices: list[Device]
    instances: list[Instance]
    links: list[Link]
    overrides: list[Override]


class Reading(NamedTuple):
    """What the names need of a project in its present state."""

    stamp: int
    top: str
    kinds: Mapping[str, str]
    """Rack or floor, by block."""
    types: Mapping[str, TypeRecord]
    contents: Mapping[str, Contents]
    """Of every block that is built."""


def read(project: Project, before: Reading | None = None) -> Reading:
    """Return what the names need of a project, taking over what an earlier reading has unchanged."""
    kinds = {block.id: block.kind for block in project.blocks.values()}
    found: dict[str, Contents] = {}
    waiting = [project.top] if project.top in kinds else []
    while waiting:
        block = waiting.pop()
        if block in found:
            continue
        tables = ("devices", "instances", "links", "overrides")
        version = (*(project.version(table, block) for table in tables), kinds[block])
        old = before.contents.get(block) if before is not None else None
        if old is None or old.version != version:
            rows = [list(project.rows(table, block).values()) for table in tables]
            named = [link for link in rows[2] if link.name]
            old = Contents(version, rows[0], rows[1], named, rows[3])
        found[block] = old
        waiting.extend(instance.of for instance in old.instances if instance.of in kinds)
    return Reading(project.stamp, project.top, kinds, dict(project.rows("types")), found)


@dataclass(frozen=True, eq=False)
class Shelf:
    """A block with everything below it: own rows, then the contents of each of its instances, then extras.

    Own rows are its devices, named links and instances; the row of an instance stands before those of what
    it contains. Extras are cables, and links without a name, that an override of this block speaks of.
    """

    contents: Contents
    ids: tuple[str, ...]
    """Ids of the own rows."""
    columns: dict[str, Ints]
    children: tuple[tuple[str, Shelf, int], ...]
    """Instance, what it places, and the row where that begins."""
    rows_by_id: Mapping[str, int]
    child_by_id: Mapping[str, tuple[Shelf, int]]
    starts: list[int]
    extras: dict[str, int]
    """Rows of the extras by path from this block, with `#k` for cable k of a trunk."""

    def __len__(self) -> int:
        return len(self.columns["name"])

    def path_of(self, row: int) -> str:
        """Return the path of a row from this block, with `#k` for a cable of a trunk."""
        shelf, steps = self, list[str]()
        while row >= len(shelf.ids):
            if row >= len(shelf) - len(shelf.extras):
                extra = next(path for path, at in shelf.extras.items() if at == row)
                return "/".join((*steps, extra))
            step, below, start = shelf.children[bisect_right(shelf.starts, row) - 1]
            steps.append(step)
            shelf, row = below, row - start
        return "/".join((*steps, shelf.ids[row]))

    def row_of(self, path: str) -> int:
        """Return the row a path leads to; -1 if it has none."""
        shelf, offset, left = self, 0, path
        while True:
            row = shelf.extras.get(left, shelf.rows_by_id.get(left, -1))
            if row >= 0:
                return offset + row
            step, _, left = left.partition("/")
            found = shelf.child_by_id.get(step)
            if found is None or not left:
                return -1
            shelf, offset = found[0], offset + found[1]


class Placed(NamedTuple):
    """The names of everything placed under the block that is built."""

    stamp: int
    shelf: Shelf
    texts: Texts
    models: list[tuple[str, tuple[tuple[str, str], ...]]]
    """Types of devices with their modules; the column `model` counts them."""
    types: Mapping[str, TypeRecord]
    is_absent: NDArray[np.bool_]


class Names:
    """Makes the columns, keeping what an edit does not touch."""

    def __init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        self._frozen: Texts | None = None
        self._texts: list[str] = [""]
        self._forms: list[tuple[str, str]] = [("", "")]
        self._number_of: dict[str, int] = {"": 0}
        self._models: dict[tuple[str, tuple[tuple[str, str], ...]], int] = {}
        self._shelves: dict[str, Shelf] = {}
        self._made: dict[str, Shelf] = {}

    def updated(self, reading: Reading) -> Placed:
        """Return the names as they are in a reading."""
        self._made = {}
        shelf = self._shelf(reading, reading.top)
        if len(self._texts) > 4 * len(shelf) + _SPARE_TEXTS:
            self._begin()
            shelf = self._shelf(reading, reading.top)
        self._shelves = self._made
        if self._frozen is None or len(self._frozen) != len(self._texts):
            self._frozen = Texts(list(self._texts), self._forms)
        return Placed(reading.stamp, shelf, self._frozen, list(self._models), reading.types, _absent(shelf))

    def _shelf(self, reading: Reading, block: str) -> Shelf:
        made = self._made.get(block)
        if made is not None:
            return made
        contents = reading.contents.get(block) or Contents((), [], [], [], [])
        instances = [i for i in contents.instances if i.of in reading.contents]
        below = {i.of: self._shelf(reading, i.of) for i in instances}
        old = self._shelves.get(block)
        if (
            old is not None
            and old.contents is contents
            and len(old.children) == len(instances)
            and all(below[i.of] is child for i, (_, child, _) in zip(instances, old.children, strict=True))
        ):
            self._made[block] = old
            return old
        made = self._made[block] = self._filled(reading, contents, instances, below)
        return made

    def _filled(
        self, reading: Reading, contents: Contents, instances: list[Instance], below: Mapping[str, Shelf]
    ) -> Shelf:
        columns = {name: [values] for name, values in self._own(reading, contents, instances).items()}
        own = len(columns["name"][0])
        children, at = [], own
        for row, instance in enumerate(instances, own - len(instances)):
            child = below[instance.of]
            children.append((instance.id, child, at))
            for name, values in child.columns.items():
                if name == "parent":
                    values = np.where(values < 0, np.int32(row), values + np.int32(at))
                columns[name].append(values)
            at += len(child)
        ids = (*(d.id for d in contents.devices), *(k.id for k in contents.links), *(i.id for i in instances))
        shelf = Shelf(
            contents,
            ids,
            {name: np.concatenate(parts) for name, parts in columns.items()},
            tuple(children),
            {path: row for row, path in enumerate(ids)},
            {step: (child, start) for step, child, start in children},
            [start for _, _, start in children],
            {},
        )
        self._override(shelf)
        return shelf

    def _own(self, reading: Reading, contents: Contents, instances: list[Instance]) -> dict[str, Ints]:
        devices, links, number = contents.devices, contents.links, self._number
        others = [0] * (len(links) + len(instances))
        names = [*(d.name or d.id for d in devices), *(link.name for link in links)]
        names += [i.name or i.id for i in instances]
        kinds = [BLOCK if reading.kinds[i.of] == "floor" else RACK for i in instances]
        return {
            "name": _ints([number(text) for text in names]),
            "tag": _ints([number(d.asset_tag) for d in devices] + others),
            "serial": _ints([number(d.serial) for d in devices] + others),
            "kind": _ints([DEVICE] * len(devices) + [LINK] * len(links) + kinds),
            "parent": np.full(len(names), -1, np.int32),
            "model": _ints([self._model(d) for d in devices] + [-1] * len(others)),
            "absent": np.zeros(len(names), np.int32),
        }

    def _override(self, shelf: Shelf) -> None:
        """Write what the block says of single things over what inner blocks say of them."""
        extras: list[Override] = []
        for said in shelf.contents.overrides:
            row = shelf.row_of(_place_of(said))
            if row >= 0:
                self._say(shelf.columns, row, said)
            elif any(getattr(said, field) is not None for field in _STATED_OF_EXTRAS):
                extras.append(said)
        if not extras:
            return
        first, more = len(shelf), len(extras)
        for name, values in shelf.columns.items():
            fill = {"kind": LINK, "parent": -1, "model": -1}.get(name, 0)
            shelf.columns[name] = np.append(values, np.full(more, fill, np.int32))
        for row, said in enumerate(extras, first):
            self._say(shelf.columns, row, said)
            holder = said.path.rpartition("/")[0]
            shelf.columns["parent"][row] = shelf.row_of(holder) if holder else -1
            shelf.extras[_place_of(said)] = row

    def _say(self, columns: Mapping[str, Ints], row: int, said: Override) -> None:
        for column, stated in _STATED.items():
            text = getattr(said, stated)
            if text is not None:
                columns[column][row] = self._number(text)
        if said.absent is not None:
            columns["absent"][row] = said.absent

    def _number(self, text: str) -> int:
        found = self._number_of.get(text)
        if found is None:
            found = self._number_of[text] = len(self._texts)
            self._texts.append(text)
            self._forms.append(forms_of(text))
        return found

    def _model(self, device: Device) -> int:
        key = (device.type, tuple(sorted(device.modules.items())) if device.modules else ())
        return self._models.setdefault(key, len(self._models))


def _place_of(said: Override) -> str:
    return said.path if said.cable is None else f"{said.path}#{said.cable}"


def _absent(shelf: Shelf) -> NDArray[np.bool_]:
    """Tell which rows are absent themselves or in something absent."""
    parent = shelf.columns["parent"]
    found = shelf.columns["absent"] > 0
    while True:
        wider = found | np.append(found, False)[parent]
        if np.array_equal(wider, found):
            return found
        found = wider


def _ints(values: list[int]) -> Ints:
    return np.array(values, dtype=np.int32)

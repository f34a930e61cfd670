"""One block with everything below it, as columns; paths of its rows and rows of its paths."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

KINDS = ("device", "rack", "cable", "feed")

Group: TypeAlias = Mapping[str, NDArray[Any]]


@dataclass(frozen=True, eq=False)
class Child:
    """Where the rows of one instance begin."""

    id: str
    flat: Flat
    start: Mapping[str, int]


@dataclass(frozen=True, eq=False)
class Structure:
    """Stands for what paths lead to: the same object as long as rows and specs at all paths are the same."""

    of: tuple[object, ...]


@dataclass(frozen=True, eq=False)
class Flat:
    """A block with everything below it, as columns."""

    block: str
    own_counts: Mapping[str, int]
    """Rows of its own by kind, which come first."""
    counts: Mapping[str, int]
    """All its rows by kind."""
    own: dict[str, Group]
    plain: dict[str, Group]
    """Own rows and those of the children, before the block's overrides."""
    groups: dict[str, Group]
    """The same after them."""
    device_ids: tuple[str, ...]
    cable_links: tuple[tuple[str, int], ...]
    """Link id and number of cables of the block's own links, in order."""
    children: tuple[Child, ...]
    signature: tuple[object, ...]
    composition: object
    places: object
    structure: Structure
    first_copy: NDArray[np.int32]
    """For each cable the row of the same cable in the first placement of its block."""
    rows_by_id: Mapping[str, int] = field(default_factory=dict)
    child_by_id: Mapping[str, Child] = field(default_factory=dict)
    _starts: dict[str, list[int]] = field(default_factory=dict)

    def device_row(self, path: str) -> int:
        """Return the row of a device by its path; -1 if there is none."""
        flat, offset = self, 0
        *steps, last = path.split("/")
        for step in steps:
            child = flat.child_by_id.get(step)
            if child is None:
                return -1
            offset += child.start["device"]
            flat = child.flat
        row = flat.rows_by_id.get(last, -1)
        return -1 if row < 0 else offset + row

    def rows_under(self, kind: str, path: str) -> range:
        """Return the rows of a kind of everything in a placed instance; none if there is no such instance."""
        flat, start = self, 0
        for step in path.split("/") if path else ():
            child = flat.child_by_id.get(step)
            if child is None:
                return range(0)
            start += child.start[kind]
            flat = child.flat
        return range(start, start + flat.counts[kind])

    def cable_rows(self, path: str) -> range:
        """Return the rows of the cables of a link by its path; none if there is no such link."""
        flat, start = self, 0
        *steps, last = path.split("/")
        for step in steps:
            child = flat.child_by_id.get(step)
            if child is None:
                return range(0)
            start += child.start["cable"]
            flat = child.flat
        for link_id, count in flat.cable_links:
            if link_id == last:
                return range(start, start + count)
            start += count
        return range(0)

    def path_of(self, kind: str, row: int) -> str:
        """Return the path of a device, rack, cable (`path#k`) or feed row."""
        parts: list[str] = []
        flat = self
        while row >= flat.own_counts[kind]:
            child = flat.children[bisect_right(flat._starts_of(kind), row) - 1]
            parts.append(child.id)
            row -= child.start[kind]
            flat = child.flat
        if kind == "device":
            parts.append(flat.device_ids[row])
        elif kind == "cable":
            parts.append(_cable_id(flat, row))
        return "/".join(parts)

    def _starts_of(self, kind: str) -> list[int]:
        """Where the rows of each child begin; of several that begin at one row only the last has any."""
        starts = self._starts.get(kind)
        if starts is None:
            starts = self._starts[kind] = [child.start[kind] for child in self.children]
        return starts


def _cable_id(flat: Flat, row: int) -> str:
    ends = flat._starts.get("own cables")
    if ends is None:
        ends = flat._starts["own cables"] = list(accumulate(count for _, count in flat.cable_links))
    at = bisect_right(ends, row)
    link_id, count = flat.cable_links[at]
    return f"{link_id}#{row - ends[at] + count}" if count > 1 else link_id

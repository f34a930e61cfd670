"""Nodes and edges of a graph as they are understood, and which ports of a node are taken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from core.fabrics.custom_values import MOST_PORTS, RawEdge, RawNode, error_at, short


@dataclass
class ReadNode:
    """A node as it is understood."""

    raw: RawNode
    own: dict[str, Any]
    unit: str = ""
    name: str = ""
    role: str = ""
    tier: int = 0
    slots: int | None = None
    names: dict[str, int] | None = None
    """Places of its ports by name."""
    slot_gbps: float = 0.0

    @property
    def key(self) -> str:
        return f"{self.unit}/{self.name}" if self.unit else self.name


@dataclass(frozen=True)
class ReadEdge:
    """An edge as it is understood, with its ports at both ends where the file names them."""

    raw: RawEdge
    count: int
    gbps: float
    ends: tuple[tuple[int, ...] | None, tuple[int, ...] | None] = (None, None)


def both_ways(edges: list[ReadEdge], counted: Counter[str]) -> list[ReadEdge]:
    """Take an edge and one back of the same rate for one link; `counted` takes how often."""
    waiting: dict[tuple[Any, ...], int] = {}
    kept: list[ReadEdge] = []
    for edge in edges:
        back = (edge.raw.b, edge.raw.a, edge.count, edge.gbps, edge.ends[::-1])
        if waiting.get(back, 0):
            waiting[back] -= 1
            counted["pairs of opposite edges: each is one link, which goes both ways"] += 1
            continue
        key = (edge.raw.a, edge.raw.b, edge.count, edge.gbps, edge.ends)
        waiting[key] = waiting.get(key, 0) + 1
        kept.append(edge)
    alone = sum(waiting.values())
    if alone:
        counted["directed edges without one back: taken as links, which go both ways"] += alone
    return kept


class Seats:
    """Ports of a node that are taken."""

    def __init__(self, node: ReadNode) -> None:
        self._node = node
        self._taken: set[int] = set()
        self._free = 0
        self.used = 0

    def take(self, edge: ReadEdge, places: Iterable[int]) -> None:
        """Take ports that an edge names."""
        for place in places:
            self._sit(edge, place, self._width(edge))

    def next(self, edge: ReadEdge) -> tuple[int, ...]:
        """Take the next free ports for the links of an edge."""
        width, found = self._width(edge), []
        for _ in range(edge.count):
            place = self._free if width == 1 else -(-self._free // width) * width
            while any(slot in self._taken for slot in range(place, place + width)):
                place += width
            self._sit(edge, place, width)
            found.append(place)
            while self._free in self._taken:
                self._free += 1
        return tuple(found)

    def _width(self, edge: ReadEdge) -> int:
        width = max(round(edge.gbps / self._node.slot_gbps), 1)
        if width > MOST_PORTS:
            name = short(self._node.raw.key)
            raise error_at(edge.raw, f"a link takes {width:,} ports of '{name}'", "Check the rates")
        return width

    def _sit(self, edge: ReadEdge, place: int, width: int) -> None:
        room = MOST_PORTS if self._node.slots is None else self._node.slots
        name = short(self._node.raw.key)
        if place + width > room:
            raise error_at(
                edge.raw, f"'{name}' has {room:,} ports and needs {place + width:,}", "Give the node more"
            )
        for slot in range(place, place + width):
            if slot in self._taken:
                port = slot if self._node.names is None else list(self._node.names)[slot]
                raise error_at(edge.raw, f"port {port} of '{name}' would be used twice", "Name another one")
            self._taken.add(slot)
        self.used = max(self.used, place + width)

"""The links of a network that is only generated: which sockets of which device types they join."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from core.editing.laying.port_map import PortMap, ensure_one_split
from core.errors import EditError
from core.explore.candidate_devices import Fitted
from core.model.ports import MOST_PORTS_OF_DEVICE
from core.model.records import FabricRole

if TYPE_CHECKING:
    from core.fabrics.family import Graph

Rows: TypeAlias = NDArray[np.int64]


class Links:
    """The links of a graph whose two ends have types, as columns.

    Attributes
    ----------
    count, untyped : int
        All links, and those with an end that has no type: they are not in the columns.
    cages : int
        Cages in use, of all devices that have a type.
    cage, split, connector : ndarray of int64, shape (2, n)
        For each end of a link: its cage, equal for links in one cage; into how many links the cage is split;
        its place in `connectors`.
    mbps : ndarray of int64, shape (n,)
        Rate of the slower end [Mbit/s].
    tier : ndarray of int64, shape (n, 2)
    """

    def __init__(self, graph: Graph, devices: Mapping[str, Fitted], role: FabricRole = "compute") -> None:
        self._maps: dict[tuple[str, int, float], PortMap] = {}
        self._seen: dict[tuple[int, tuple[int, ...], float], Rows] = {}
        self._connectors: dict[str, int] = {}
        self._devices, self._role = devices, role
        self.count = self.untyped = 0
        number = {key: row for row, key in enumerate(graph.nodes)}
        uses: dict[str, list[tuple[tuple[int, ...], int]]] = {}
        ends: list[list[Rows]] = [[], []]
        tiers: list[tuple[int, int]] = []
        widths: list[int] = []
        for _, _, edge in graph.edges(data=True):
            self.count += edge["count"]
            there = [graph.nodes[edge[end]] for end in ("a", "b")]
            missing = [node["role"] not in devices for node in there]
            self.untyped += edge["count"] * any(missing)
            for side, end in enumerate(("a", "b")):
                if missing[side]:
                    continue
                ports, slots = self._map(there[side]), edge[f"{end}_slots"]
                uses.setdefault(edge[end], []).append((slots, ports.width(edge["gbps"])))
                if not any(missing):
                    found = self._sockets(ports, there[side]["role"], slots, edge["gbps"], edge[end]).copy()
                    found[0] += number[edge[end]] * MOST_PORTS_OF_DEVICE
                    ends[side].append(found)
            if not any(missing):
                tiers.append((there[0]["tier"], there[1]["tier"]))
                widths.append(edge["count"])
        self.cages = sum(self._cages(graph.nodes[key], used) for key, used in uses.items())
        columns = np.array([np.concatenate(side or [np.zeros((4, 0), np.int64)], axis=1) for side in ends])
        self.cage, self.split, self.connector, mbps = columns.transpose(1, 0, 2)
        self.mbps: Rows = mbps.min(axis=0)
        self.tier: Rows = np.repeat(np.array(tiers, np.int64).reshape(-1, 2), widths, axis=0)

    @property
    def connectors(self) -> tuple[str, ...]:
        """Names of the connectors that `connector` counts."""
        return tuple(self._connectors)

    def _map(self, node: Mapping[str, Any]) -> PortMap:
        device = self._devices[node["role"]]
        key = (node["role"], node["slots"], node["slot_gbps"])
        if key not in self._maps:
            is_end = node["tier"] == 0
            self._maps[key] = PortMap(device.spec.name, device.table, *key[1:], self._role, is_end=is_end)
        return self._maps[key]

    def _sockets(self, ports: PortMap, role: str, slots: tuple[int, ...], gbps: float, at: str) -> Rows:
        """Return cage, split, connector and rate [Mbit/s] of each of some slots, shape (4, n)."""
        key = (id(ports), slots, gbps)
        if key not in self._seen:
            table, rows = self._devices[role].table, []
            for token in ports.tokens(slots, gbps):
                socket = table.find(token)
                if socket is None:
                    raise EditError(f"there is no port '{token}'", where=at)
                connector = self._connectors.setdefault(socket.port.group.connector, len(self._connectors))
                rows.append(
                    (socket.port.index, socket.split, connector, round((socket.rate_gbps or 0) * 1000))
                )
            self._seen[key] = np.array(rows, np.int64).T
        return self._seen[key]

    def _cages(self, node: Mapping[str, Any], uses: list[tuple[tuple[int, ...], int]]) -> int:
        ports = self._map(node)
        if len({width for _, width in uses}) > 1:
            ensure_one_split(ports, uses)
        return len({ports.cage_at(slot) for slots, _ in uses for slot in slots})

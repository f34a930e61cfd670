"""The power graph: who feeds whom, and how a load case flows through it.

Nodes are devices, rack busbars and sources; an edge leads from an inlet to what feeds it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.engine.columns import Flags, Floats, Ints, sum_by
from core.engine.snapshot import Snapshot
from core.engine.specs import LAYERS

MOST_LEVELS = 64
POWER = LAYERS.index("power")
IN, OUT = 1, 2


@dataclass(frozen=True)
class Flow:
    """One load case in one scenario.

    Attributes
    ----------
    source_w : ndarray, shape (n_sources,)
        Load of each source [W].
    device_through_w : ndarray, shape (n_devices,)
        What a device passes on to others [W].
    device_heat_w : ndarray, shape (n_devices,)
        What it turns into heat: its own draw and its losses [W]; 0 where it has no power.
    device_alive : ndarray of bool, shape (n_devices,)
        Has power (or nothing is drawn that feeds it).
    device_live : ndarray, shape (n_devices,)
        Number of live inlets.
    busbar_short_w : ndarray, shape (n_racks,)
        Demand of the busbar above the rating of its live shelves [W].
    """

    source_w: Floats
    device_through_w: Floats
    device_heat_w: Floats
    device_alive: Flags
    device_live: Floats
    busbar_short_w: Floats


class Feeding:
    """The power graph of a snapshot.

    Attributes
    ----------
    sources : tuple of str
        Ids of the sources, in the order of scenarios.
    consumer, feeder : ndarray of int32, shape (n_edges,)
        Nodes: devices from 0, busbars from n_devices (one for each rack), then the sources.
    weight : ndarray, shape (n_edges,)
        Share an edge takes among the live edges of its consumer.
    device_inlets : ndarray, shape (n_devices,)
        Number of inlets that are fed.
    unfed : ndarray of int64
        Devices that draw power but have no inlet fed.
    looped : ndarray of int64
        Devices that feed themselves by some way round; left out of the flow.
    """

    def __init__(
        self,
        n_devices: int,
        n_racks: int,
        sources: tuple[str, ...],
        edges: tuple[Ints, Ints, Floats],
        efficiency: Floats,
        busbar: Flags,
        rated_w: Floats,
    ) -> None:
        self.n_devices, self.n_racks, self.sources = n_devices, n_racks, sources
        self.consumer, self.feeder, self.weight = edges
        self.n_nodes = n_devices + n_racks + len(sources)
        self._efficiency = np.concatenate([efficiency, np.ones(n_racks + len(sources))])
        self._busbar = busbar
        self._rated_w = rated_w
        self._levels, self.looped = self._order()
        inlets = sum_by(self.consumer, np.ones(len(self.consumer)), self.n_nodes)
        self._inlets = inlets
        self.device_inlets = inlets[:n_devices]

    def _order(self) -> tuple[list[NDArray[np.int64]], NDArray[np.int64]]:
        """Return the edges by the level of their consumer, nearest to the sources first."""
        level = np.zeros(self.n_nodes, np.int64)
        for _ in range(MOST_LEVELS):
            raised = level.copy()
            np.maximum.at(raised, self.consumer, level[self.feeder] + 1)
            if np.array_equal(raised, level):
                break
            level = raised
        deep = level >= MOST_LEVELS
        edge_level = np.where(deep[self.consumer], 0, level[self.consumer])
        levels = [np.flatnonzero(edge_level == k) for k in range(1, int(edge_level.max(initial=0)) + 1)]
        return levels, np.flatnonzero(deep[: self.n_devices])

    def flow(self, device_w: Floats, lost: int) -> Flow:
        """Let a load case flow to the sources.

        Parameters
        ----------
        device_w : ndarray, shape (n_devices,)
            Own draw of each device [W].
        lost : int
            Index of the source that is lost, -1 for none.
        """
        n, first = self.n_nodes, self.n_devices + self.n_racks
        alive = np.ones(n, bool)
        alive[(self._inlets > 0)] = False
        if lost >= 0:
            alive[first + lost] = False
        live = np.zeros(n)
        total = np.zeros(n)
        for edges in self._levels:
            consumer = self.consumer[edges]
            works = alive[self.feeder[edges]]
            live += sum_by(consumer, works, n)
            total += sum_by(consumer, works * self.weight[edges], n)
            alive[consumer] = total[consumer] > 0
        demand = np.zeros(n)
        demand[: self.n_devices] = np.where(alive[: self.n_devices], device_w, 0.0)
        through = np.zeros(n)
        for edges in reversed(self._levels):
            consumer, feeder = self.consumer[edges], self.feeder[edges]
            asked = demand[consumer] + through[consumer] / self._efficiency[consumer]
            share = self.weight[edges] * alive[feeder] / np.maximum(total[consumer], 1e-12)
            through += sum_by(feeder, asked * share, n)
        heat = demand + through * (1 / self._efficiency - 1)
        busbar_w = through[self.n_devices : first]
        capacity = self._capacity(alive)
        return Flow(
            source_w=through[first:],
            device_through_w=through[: self.n_devices],
            device_heat_w=heat[: self.n_devices],
            device_alive=alive[: self.n_devices],
            device_live=live[: self.n_devices],
            busbar_short_w=np.where(self._busbar & (capacity > 0), np.maximum(busbar_w - capacity, 0.0), 0.0),
        )

    def _capacity(self, alive: Flags) -> Floats:
        """Rating of the live shelves on each busbar [W]."""
        on_busbar = (self.consumer >= self.n_devices) & (self.consumer < self.n_devices + self.n_racks)
        edges = np.flatnonzero(on_busbar & alive[self.feeder])
        rated = self._rated_w[self.feeder[edges]]
        return sum_by(self.consumer[edges] - self.n_devices, rated, self.n_racks)

    def shelf_counts(self) -> Floats:
        """Number of shelves on each rack's busbar."""
        on_busbar = (self.consumer >= self.n_devices) & (self.consumer < self.n_devices + self.n_racks)
        ones = np.ones(int(on_busbar.sum()))
        return sum_by(self.consumer[on_busbar] - self.n_devices, ones, self.n_racks)


def feeding_of(snap: Snapshot) -> Feeding:
    """Build the power graph from power cables, feeds and busbars."""
    specs, ports = snap.specs, snap.specs.ports
    n, racks = snap.n_devices, snap.n_racks
    used = [source.id for source in snap.brief.sources]
    source_node = np.array(
        [n + racks + used.index(s) if s in used else -1 for s in snap.sources], dtype=np.int32
    )
    fed = np.flatnonzero(snap.device_spec[snap.feed_device] > 0)
    parts = [
        _cable_edges(snap),
        (snap.feed_device[fed], source_node[snap.feed_source[fed]], np.ones(len(fed))),
        *_busbar_edges(snap),
    ]
    edges = tuple(np.concatenate(column) for column in zip(*parts, strict=True))
    known = edges[1] >= 0
    column = specs.column("efficiency")
    shelf = np.array([spec.type.kind == "power-shelf" for spec in specs.specs])
    assumed = np.where(shelf, snap.brief.assume("shelf_efficiency"), 1.0)
    efficiency = np.where(column.known & (column.value > 0), column.value, assumed)
    passes = sum_by(ports.spec, (ports.layer == POWER) & (ports.direction == OUT), len(specs)) > 0
    efficiency = np.where(passes, efficiency, 1.0)
    has_busbar = np.array([bool(t.busbar) for t in specs.rack_types] + [False])
    return Feeding(
        n,
        racks,
        tuple(used),
        (edges[0][known].astype(np.int32), edges[1][known].astype(np.int32), edges[2][known]),
        efficiency[snap.device_spec],
        has_busbar[snap.rack_type],
        specs.column("rated_w").value[snap.device_spec],
    )


def _cable_edges(snap: Snapshot) -> tuple[Ints, Ints, Floats]:
    ports = snap.specs.ports
    rows = np.flatnonzero(snap.cable_layer == POWER)
    a, b = snap.cable_a[rows], snap.cable_b[rows]
    a_out = ports.direction[ports.base[snap.device_spec[a]] + snap.cable_port_a[rows]] == OUT
    return np.where(a_out, b, a), np.where(a_out, a, b), np.ones(len(rows))


def _busbar_edges(snap: Snapshot) -> list[tuple[Ints, Ints, Floats]]:
    """Join ports of the busbar's connector to the busbar of their rack."""
    specs, ports = snap.specs, snap.specs.ports
    connectors = [t.busbar for t in specs.rack_types]
    result = []
    for name in dict.fromkeys(c for c in connectors if c):
        if name not in ports.connectors:
            continue
        match = (ports.connector == ports.connectors.index(name)) & (ports.layer == POWER)
        takes = sum_by(ports.spec, match & (ports.direction == IN), len(specs)) > 0
        gives = sum_by(ports.spec, match & (ports.direction == OUT), len(specs)) > 0
        of_this = np.array([c == name for c in connectors] + [False])
        inside = (snap.device_rack >= 0) & of_this[snap.rack_type[snap.device_rack]]
        taking = np.flatnonzero(inside & takes[snap.device_spec]).astype(np.int32)
        giving = np.flatnonzero(inside & gives[snap.device_spec]).astype(np.int32)
        rated = np.maximum(specs.column("rated_w").value[snap.device_spec[giving]], 1.0)
        result.append((taking, snap.n_devices + snap.device_rack[taking], np.ones(len(taking))))
        result.append((snap.n_devices + snap.device_rack[giving], giving, rated))
    return result

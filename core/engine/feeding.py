"""The power graph: who feeds whom, and how a load case flows through it.

Nodes are devices, rack busbars and sources; an edge leads from an inlet to what feeds it. Generators,
catchers and what hangs on nothing else carry load only where nothing else is live; batteries carry none,
because every load case lasts or is over at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.engine.columns import Flags, Floats, Ints, sum_by
from core.engine.snapshot import POWER_CABLES, Snapshot
from core.engine.specs import LAYERS
from core.model.ports import MOST_PORTS_OF_DEVICE

MOST_LEVELS = 64
POWER = LAYERS.index("power")
IN, OUT = 1, 2
STANDBY_WEIGHT = 1e-9
_MOST_STANDBY = 0.01
"""Weights below are of feeders on standby: a shelf weighs its rating, so one of 1 MW weighs 0.001."""
_STANDBY = {"generator": STANDBY_WEIGHT, "battery": 0.0}
_STANDBY_SOURCES = {"generator": STANDBY_WEIGHT, "catcher": STANDBY_WEIGHT}


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
    busbar_w : ndarray, shape (n_racks,)
        Demand of each rack's busbar [W].
    busbar_short_w : ndarray, shape (n_racks,)
        Demand of the busbar above the rating of its live shelves [W].
    """

    source_w: Floats
    device_through_w: Floats
    device_heat_w: Floats
    device_alive: Flags
    device_live: Floats
    busbar_w: Floats
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
    levels : list of ndarray of int64
        Edges by the level of their consumer, nearest to the sources first.
    efficiency : ndarray, shape (n_nodes,)
    has_busbar : ndarray of bool, shape (n_racks,)
    rated_w : ndarray, shape (n_devices,)
        What a device can pass on [W], 0 where not known.
    looped : ndarray of int64
        Devices that feed themselves by some way round. The edges among them are left out of the flow, so
        that what they draw still counts, at their other feeders if they have any.
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
        self.n_nodes = n_devices + n_racks + len(sources)
        self.consumer, self.feeder, self.weight = edges
        self.efficiency = np.concatenate([efficiency, np.ones(n_racks + len(sources))])
        self.has_busbar = busbar
        self.rated_w = rated_w
        self.levels, self.looped = self._order()
        inlets = sum_by(self.consumer, np.ones(len(self.consumer)), self.n_nodes)
        self._inlets = inlets
        self.device_inlets = inlets[:n_devices]

    def _order(self) -> tuple[list[NDArray[np.int64]], NDArray[np.int64]]:
        """Return the edges by the level of their consumer, nearest to the sources first; cut loops."""
        level, settled = self._relaxed(MOST_LEVELS)
        looped = np.zeros(0, np.int64)
        if not settled:
            group = self._loops()
            inside = group[self.consumer] == group[self.feeder]
            on_loop = np.unique(self.consumer[inside])
            looped = on_loop[on_loop < self.n_devices].astype(np.int64)
            keep = ~inside
            self.consumer, self.feeder = self.consumer[keep], self.feeder[keep]
            self.weight = self.weight[keep]
            level, _ = self._relaxed(self.n_nodes)
        edge_level = level[self.consumer]
        levels = [np.flatnonzero(edge_level == k) for k in range(1, int(edge_level.max(initial=0)) + 1)]
        return levels, looped

    def _relaxed(self, most: int) -> tuple[NDArray[np.int64], bool]:
        """Return for each node the longest way up, in edges, and whether it was found within `most`."""
        level = np.zeros(self.n_nodes, np.int64)
        for _ in range(most + 1):
            raised = level.copy()
            np.maximum.at(raised, self.consumer, level[self.feeder] + 1)
            if np.array_equal(raised, level):
                return level, True
            level = raised
        return level, False

    def _loops(self) -> NDArray[np.int32]:
        """Return the strongly connected component of each node."""
        from scipy.sparse import coo_array  # late: takes half a second, and only bad designs need it
        from scipy.sparse.csgraph import connected_components

        ones = np.ones(len(self.consumer), np.int8)
        graph = coo_array((ones, (self.consumer, self.feeder)), shape=(self.n_nodes, self.n_nodes))
        _, group = connected_components(graph, directed=True, connection="strong")
        found: NDArray[np.int32] = group
        return found

    def flow(self, device_w: Floats, lost: int) -> Flow:
        """Let a load case flow to the sources.

        Parameters
        ----------
        device_w : ndarray, shape (n_devices,)
            Own draw of each device [W].
        lost : int
            Index of the source that is lost, -1 for none.

        Returns
        -------
        Flow
            Power goes up from the devices level by level; all of it is conserved: what the sources give is
            what devices with a fed inlet turn into heat.
        """
        first = self.n_devices + self.n_racks
        alive, live, _, demand, through = self._state(device_w, lost)
        heat = demand + through * (1 / self.efficiency - 1)
        busbar_w = through[self.n_devices : first]
        capacity = self.shelf_capacity_w(alive)
        return Flow(
            source_w=through[first:],
            device_through_w=through[: self.n_devices],
            device_heat_w=heat[: self.n_devices],
            device_alive=alive[: self.n_devices],
            device_live=live[: self.n_devices],
            busbar_w=busbar_w,
            busbar_short_w=np.where(
                self.has_busbar & (capacity > 0), np.maximum(busbar_w - capacity, 0.0), 0.0
            ),
        )

    def _state(
        self, device_w: Floats, lost: int = -1, failed: Flags | None = None
    ) -> tuple[Flags, Floats, Floats, Floats, Floats]:
        """Return who is alive, live feeders and their weight, own demand, and what is passed on, by node."""
        n, first = self.n_nodes, self.n_devices + self.n_racks
        may = np.ones(n, bool) if failed is None else ~failed
        if lost >= 0:
            may[first + lost] = False
        alive = may & (self._inlets == 0)
        live = np.zeros(n)
        total = np.zeros(n)
        for edges in self.levels:
            consumer = self.consumer[edges]
            works = alive[self.feeder[edges]]
            live += sum_by(consumer, works, n)
            total += sum_by(consumer, works * self.weight[edges], n)
            alive[consumer] = (total[consumer] > 0) & may[consumer]
        demand = np.zeros(n)
        demand[: self.n_devices] = np.where(alive[: self.n_devices], device_w, 0.0)
        through = np.zeros(n)
        for edges in reversed(self.levels):
            consumer, feeder = self.consumer[edges], self.feeder[edges]
            asked = demand[consumer] + through[consumer] / self.efficiency[consumer]
            share = self.weight[edges] * alive[feeder] / np.maximum(total[consumer], 1e-12)
            through += sum_by(feeder, asked * share, n)
        return alive, live, total, demand, through

    def state(self, device_w: Floats, lost: int = -1) -> tuple[Flags, Floats, Floats, Floats]:
        """Return a load case by node with a source lost (-1: none), each of shape (n_nodes,).

        Returns
        -------
        alive : ndarray of bool
        total : ndarray
            Weight of the live feeders.
        asked_w : ndarray
            What a node asks of its feeders [W].
        through_w : ndarray
            What it passes on [W].
        """
        alive, _, total, demand, through = self._state(device_w, lost)
        return alive, total, demand + through / self.efficiency, through

    def cable_weight(self, consumer: Ints, feeder: Ints) -> Floats:
        """Return the weight of one cable between each of some pairs of devices, 0 where it is no edge.

        Parameters
        ----------
        consumer, feeder : ndarray of int32, shape (n,)
        """
        key = self.consumer.astype(np.int64) * self.n_nodes + self.feeder
        order = np.argsort(key, kind="stable")
        wanted = consumer.astype(np.int64) * self.n_nodes + feeder
        if not len(key):
            return np.zeros(len(wanted))
        at = order[np.minimum(np.searchsorted(key[order], wanted), len(key) - 1)]
        return np.where(key[at] == wanted, self.weight[at], 0.0)

    @property
    def stands_by(self) -> Flags:
        """Tell which nodes feed others only where nothing else does, shape (n_nodes,)."""
        found = np.zeros(self.n_nodes, bool)
        found[self.feeder[self.weight < _MOST_STANDBY]] = True
        return found

    def flow_without(self, device_w: Floats, failed: Flags) -> tuple[Flags, Floats]:
        """Return who is alive and what is passed on [W], by node, while some nodes are dead.

        The plain way that `outage_flow` is held against: one case after the other, all of the graph.
        """
        alive, _, _, _, through = self._state(device_w, failed=failed)
        return alive, through

    def burden(self, part: Floats, place: Ints | None = None) -> tuple[Floats, Floats, Flags]:
        """Return what one more watt turns into heat in all that feeds it, nothing lost.

        Parameters
        ----------
        part : ndarray, shape (n_devices,)
            Share of a device's losses that counts: 1, or its share to liquid.
        place : ndarray, shape (n_devices,), optional
            Rack of each device, below 0 for none: only losses in the rack of the node itself then count.

        Returns
        -------
        asked, passed : ndarray, shape (n_nodes,)
            For each watt a node asks for itself, and for each it passes on (its own losses included); losses
            are linear, so this holds for any load.
        alive : ndarray of bool, shape (n_nodes,)
        """
        n, others = self.n_nodes, self.n_nodes - self.n_devices
        loss = np.concatenate([part, np.zeros(others)]) * (1 / self.efficiency - 1)
        where = np.zeros(n, np.int64)
        if place is not None:
            racks = np.arange(self.n_racks)
            where = np.concatenate([place, racks, np.full(len(self.sources), -2)]).astype(np.int64)
        heat, alive = np.zeros(n), self._inlets == 0
        for edges in self.levels:
            consumer, feeder = self.consumer[edges], self.feeder[edges]
            weight = alive[feeder] * self.weight[edges]
            total = sum_by(consumer, weight, n)
            alive[consumer] = total[consumer] > 0
            share = weight / np.maximum(total[consumer], 1e-12) * (where[consumer] == where[feeder])
            heat += sum_by(consumer, share * (loss[feeder] + heat[feeder] / self.efficiency[feeder]), n)
        return heat, loss + heat / self.efficiency, alive

    def shelf_capacity_w(self, alive: Flags) -> Floats:
        """Rating of the live shelves on each busbar [W]."""
        on_busbar = (self.consumer >= self.n_devices) & (self.consumer < self.n_devices + self.n_racks)
        edges = np.flatnonzero(on_busbar & alive[self.feeder])
        rated = self.rated_w[self.feeder[edges]]
        return sum_by(self.consumer[edges] - self.n_devices, rated, self.n_racks)

    def shelves(self, busbar_w: Floats) -> tuple[Floats, Floats]:
        """Return the shelves on each rack's busbar, and how many of them may fail at a demand.

        Parameters
        ----------
        busbar_w : ndarray, shape (n_racks,)
            Demand [W].

        Returns
        -------
        count, spare : ndarray, shape (n_racks,)
            Spare is x of N + x: the most of the largest shelves whose loss the others carry, 0 where the
            busbar is short or has none.
        """
        on_busbar = (self.consumer >= self.n_devices) & (self.consumer < self.n_devices + self.n_racks)
        rack, shelf = self.consumer[on_busbar] - self.n_devices, self.feeder[on_busbar]
        count = sum_by(rack, np.ones(len(rack)), self.n_racks)
        rated = self.rated_w[shelf]
        largest = np.zeros(self.n_racks)
        np.maximum.at(largest, rack, rated)
        room = sum_by(rack, rated, self.n_racks) - busbar_w
        spare = np.where(largest > 0, np.floor(np.maximum(room, 0.0) / np.maximum(largest, 1.0) + 1e-9), 0.0)
        return count, np.minimum(spare, count)


def feeding_of(snap: Snapshot) -> Feeding:
    """Build the power graph from power cables, feeds and busbars."""
    specs, ports = snap.specs, snap.specs.ports
    n, racks = snap.n_devices, snap.n_racks
    used = [source.id for source in snap.brief.sources]
    source_node = np.array(
        [n + racks + used.index(s) if s in used else -1 for s in snap.sources], dtype=np.int32
    )
    cables, cabled = _cable_edges(snap)
    inlet = _inlet_number(snap.feed_device, snap.feed_port)
    fed = np.flatnonzero((snap.device_spec[snap.feed_device] > 0) & ~np.isin(inlet, cabled))
    parts = [
        cables,
        (snap.feed_device[fed], source_node[snap.feed_source[fed]], np.ones(len(fed))),
        *_busbar_edges(snap),
    ]
    edges = tuple(np.concatenate(column) for column in zip(*parts, strict=True))
    standby = _standby_share(snap, edges[0], edges[1])
    edges = (edges[0], edges[1], edges[2] * standby)
    known = (edges[1] >= 0) & (standby > 0)
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


def _standby_share(snap: Snapshot, consumer: Ints, feeder: Ints) -> Floats:
    """Generators and catchers carry load only where nothing else does; batteries carry none that lasts.

    What hangs on nothing but these (the board of the generators, the reserve UPS) stands by as they do.
    """
    kinds = np.array([_STANDBY.get(spec.type.kind, 1.0) for spec in snap.specs.specs])
    sources = [_STANDBY_SOURCES.get(source.kind, 1.0) for source in snap.brief.sources]
    of_node = np.concatenate([kinds[snap.device_spec], np.ones(snap.n_racks), sources])
    n, joined = len(of_node), feeder >= 0
    consumer, feeder = consumer[joined], feeder[joined]
    stands_by = (of_node > 0) & (of_node < 1)
    fed = sum_by(consumer, of_node[feeder] > 0, n) > 0
    for _ in range(MOST_LEVELS):
        if not stands_by.any():
            break
        working = sum_by(consumer, (of_node[feeder] > 0) & ~stands_by[feeder], n) > 0
        more = fed & ~working & ~stands_by & (of_node > 0)
        if not more.any():
            break
        stands_by |= more
    shares = np.ones(len(joined))
    shares[joined] = np.where(stands_by[feeder], STANDBY_WEIGHT, of_node[feeder])
    return shares


def _cable_edges(snap: Snapshot) -> tuple[tuple[Ints, Ints, Floats], NDArray[np.int64]]:
    """Return the edges of the power cables, and the inlets they go to."""
    ports = snap.specs.ports
    rows = np.flatnonzero(snap.cable_layer == POWER)
    a, b, port_a, port_b = (getattr(snap, name)[rows] for name in POWER_CABLES)
    a_out = ports.direction[ports.base[snap.device_spec[a]] + port_a] == OUT
    consumer = np.where(a_out, b, a)
    inlets = _inlet_number(consumer, np.where(a_out, port_b, port_a))
    return (consumer, np.where(a_out, a, b), np.ones(len(a))), inlets


def _inlet_number(device: Ints, port: Ints) -> NDArray[np.int64]:
    return device.astype(np.int64) * MOST_PORTS_OF_DEVICE + port


def _busbar_edges(snap: Snapshot) -> list[tuple[Ints, Ints, Floats]]:
    """Join ports of the busbar's connector to the busbar of their rack, if anything feeds that."""
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
        inside = (snap.device_rack >= 0) & of_this[np.append(snap.rack_type, -1)[snap.device_rack]]
        giving = np.flatnonzero(inside & gives[snap.device_spec]).astype(np.int32)
        supplied = np.zeros(snap.n_racks + 1, bool)
        supplied[snap.device_rack[giving]] = True
        takes_here = inside & takes[snap.device_spec] & ~gives[snap.device_spec]
        taking = np.flatnonzero(takes_here & supplied[snap.device_rack]).astype(np.int32)
        rated = np.maximum(specs.column("rated_w").value[snap.device_spec[giving]], 1.0)
        result.append((taking, snap.n_devices + snap.device_rack[taking], np.ones(len(taking))))
        result.append((snap.n_devices + snap.device_rack[giving], giving, rated))
    return result

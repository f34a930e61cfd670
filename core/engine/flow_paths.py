"""Which way coolant flows: from each device to the nearest unit that feeds its loop, and back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.engine.columns import Flags, Floats, sum_by
from core.engine.loops import FACILITY, Loops, loops
from core.engine.snapshot import Snapshot
from core.engine.stage import stage

SUPPLY, RETURN = 0, 1


@dataclass(frozen=True)
class Paths:
    """Ways between devices and units; edges lead from a node to one that is a link nearer to a unit.

    Attributes
    ----------
    node_loop : ndarray of int32, shape (n_nodes,)
        -1 for nodes on no loop.
    node_far : ndarray of int64, shape (n_nodes,)
        Links to the nearest unit; -1 where none is on the loop.
    node_lpm : ndarray, shape (n_nodes,)
        Flow through a node, its own and that of what is behind it [L/min].
    cable_lpm : ndarray, shape (n_coolant_cables,)
        NaN where no unit is on the loop, or a flow is not known.
    edge_low, edge_high : ndarray of int64, shape (n_edges,)
    edge_cable : ndarray of int64, shape (n_edges,)
        Position in the coolant cables; -1 for what couples blind.
    edge_way : ndarray of int64, shape (n_edges,)
        `SUPPLY` or `RETURN`; what couples blind is in it twice.
    """

    node_loop: NDArray[np.int32]
    node_far: NDArray[np.int64]
    node_lpm: Floats
    cable_lpm: Floats
    edge_low: NDArray[np.int64]
    edge_high: NDArray[np.int64]
    edge_cable: NDArray[np.int64]
    edge_way: NDArray[np.int64]

    def worst(
        self, cable_drop: Floats, node_drop: Floats, node_known: Flags, n_loops: int
    ) -> tuple[Floats, Flags]:
        """Return the largest known drop of a way out and back in each loop, and whether all of it is known.

        Parameters
        ----------
        cable_drop : ndarray, shape (n_coolant_cables,)
            NaN where not known.
        node_drop : ndarray, shape (n_nodes,)
            0 where not known.
        node_known : ndarray of bool, shape (n_nodes,)
        n_loops : int
        """
        drops = np.append(cable_drop, 0.0)[self.edge_cable]
        known = np.append(~np.isnan(cable_drop), True)[self.edge_cable]
        ways = [np.zeros(len(self.node_loop)) for _ in (SUPPLY, RETURN)]
        for far in range(1, int(self.node_far.max(initial=0)) + 1):
            for way, sums in enumerate(ways):
                at = np.flatnonzero((self.node_far[self.edge_low] == far) & (self.edge_way == way))
                reached = sums[self.edge_high[at]] + np.nan_to_num(drops[at])
                np.maximum.at(sums, self.edge_low[at], reached)
        through = self._through(node_drop)
        on = np.flatnonzero((self.node_far > 0) & (self.node_loop >= 0))
        worst, told = np.zeros(n_loops), np.zeros(n_loops)
        np.maximum.at(worst, self.node_loop[on], (ways[SUPPLY] + ways[RETURN] + through)[on])
        told += sum_by(self.node_loop[on], node_known[on] & (node_drop[on] > 0), n_loops)
        told += sum_by(self.node_loop[self.edge_low], known & (drops > 0), n_loops)
        unknown = sum_by(self.node_loop[on], ~node_known[on], n_loops)
        unknown += sum_by(self.node_loop[self.edge_low], ~known, n_loops)
        has_way = np.bincount(self.node_loop[on], minlength=n_loops) > 0
        return np.where(has_way & (told > 0), worst, np.nan), has_way & (unknown == 0)

    def _through(self, node_drop: Floats) -> Floats:
        """Return for each node the drop in it and the worst in those before it."""
        sums = node_drop.copy()
        for far in range(1, int(self.node_far.max(initial=0)) + 1):
            at = np.flatnonzero(self.node_far[self.edge_low] == far)
            before = np.zeros(len(sums))
            np.maximum.at(before, self.edge_low[at], sums[self.edge_high[at]])
            level = np.flatnonzero(self.node_far == far)
            sums[level] = node_drop[level] + before[level]
        return sums


@stage(reads=("devices",), needs=(loops,))
def flow_paths(snap: Snapshot, found: Loops) -> Paths:
    """Return the ways of all loops, and the flow along them."""
    plumbing = found.plumbing
    n = plumbing.n_devices
    nodes = 2 * n + plumbing.n_racks
    loop = np.full(nodes, -1, np.int32)
    loop[:n], loop[n : 2 * n] = found.device_loop, found.device_primary
    loop[2 * n + plumbing.mated_rack] = found.device_loop[plumbing.mated]
    a, b = (ends.astype(np.int64) for ends in plumbing.edges)
    far = _distances(a, b, found.unit_device, nodes)
    low, high, cable, way = _edges(a, b, far, len(plumbing.cables))
    demand = _demand(found, n, nodes)
    total = demand.copy()
    share = np.zeros(len(low))
    counts = [np.bincount(low[way == k], minlength=nodes) for k in (SUPPLY, RETURN)]
    leading = np.where(counts[SUPPLY] > 0, SUPPLY, RETURN)
    for step in range(int(far.max(initial=0)), 0, -1):
        at = np.flatnonzero(far[low] == step)
        of = np.where(way[at] == SUPPLY, counts[SUPPLY][low[at]], counts[RETURN][low[at]])
        share[at] = total[low[at]] / np.maximum(of, 1)
        leads = at[way[at] == leading[low[at]]]
        np.add.at(total, high[leads], share[leads])
    lpm = np.full(len(plumbing.cables), np.nan)
    cabled = cable >= 0
    lpm[cable[cabled]] = share[cabled]
    return Paths(loop, far, total, lpm, low, high, cable, way)


def _distances(
    a: NDArray[np.int64], b: NDArray[np.int64], units: NDArray[np.int32], nodes: int
) -> NDArray[np.int64]:
    """Return the links from each node to the nearest unit; -1 where there is no way."""
    far = np.full(nodes, -1, np.int64)
    far[units] = 0
    step = 0
    while True:
        near = far == step
        reached = np.concatenate([b[near[a]], a[near[b]]])
        reached = reached[far[reached] < 0]
        if not len(reached):
            return far
        step += 1
        far[reached] = step


def _edges(
    a: NDArray[np.int64], b: NDArray[np.int64], far: NDArray[np.int64], n_cables: int
) -> tuple[NDArray[np.int64], ...]:
    """Return edges towards the units: a cable from its giver is a supply seen from its far end."""
    cable = np.where(np.arange(len(a)) < n_cables, np.arange(len(a)), -1)
    there = (far[a] >= 0) & (far[b] >= 0)
    out, back = there & (far[b] == far[a] + 1), there & (far[a] == far[b] + 1)
    blind = np.flatnonzero((cable < 0) & (out | back))
    up = np.where(far[a[blind]] > far[b[blind]], b[blind], a[blind])
    down = np.where(far[a[blind]] > far[b[blind]], a[blind], b[blind])
    out, back = np.flatnonzero(out & (cable >= 0)), np.flatnonzero(back & (cable >= 0))
    return (
        np.concatenate([b[out], a[back], down, down]),
        np.concatenate([a[out], b[back], up, up]),
        np.concatenate([cable[out], cable[back], cable[blind], cable[blind]]),
        np.repeat([SUPPLY, RETURN, SUPPLY, RETURN], [len(out), len(back), len(blind), len(blind)]),
    )


def _demand(found: Loops, n: int, nodes: int) -> Floats:
    """Return the flow each node takes for itself: on facility loops in proportion to the heat it gives."""
    demand = np.zeros(nodes)
    is_facility = np.array([kind == FACILITY for kind in found.loop_kind] + [False])
    own = found.flows.device_lpm
    demand[:n] = np.where((found.device_loop >= 0) & ~is_facility[found.device_loop], own, 0.0)
    heat = np.zeros(nodes)
    heat[:n] = np.where(
        is_facility[found.device_loop], found.device_liquid_w + found.air.unit_w + found.air.door_w, 0.0
    )
    np.add.at(heat, n + found.unit_device, found.unit_heat_w)
    loop = np.concatenate([found.device_loop, found.device_primary])
    on = np.flatnonzero((loop >= 0) & is_facility[loop] & (heat[: 2 * n] > 0))
    each = found.loop_flow_lpm[loop[on]] / np.maximum(found.loop_heat_w[loop[on]], 1e-9)
    demand[on] += heat[on] * each
    return demand

"""One fabric of the built design as columns: devices with their tier, trunks between them, and their cables.

Rows are integers; a path is made only for what is shown.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from core.engine.drawn import DATA
from core.engine.link_classes import Classes
from core.engine.network import Network
from core.engine.snapshot import Snapshot

Rows = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class FabricGraph:
    """One fabric, or the part of it around some devices.

    Attributes
    ----------
    snapshot : Snapshot
    fabric : str
        Id of the fabric; empty for data links that belong to none.
    rows : ndarray of int64, shape (n,)
        Devices by their row in the snapshot, rising.
    tier : ndarray of int64, shape (n,)
        0 for hosts, 1 for switches with hosts, 2 for those next above ...; as the engine counts it.
    a, b : ndarray of int64, shape (m,)
        Trunks by their devices (index into `rows`), the lower tier first.
    rate_gbps : ndarray, shape (m,)
        Rate of one link of the trunk, NaN where not known.
    cables : ndarray of int64, shape (m,)
        Links in each trunk.
    cable_rows : ndarray of int64
        Cables by their row in the snapshot; those of trunk k are `cable_rows[starts[k]:starts[k + 1]]`.
    starts : ndarray of int64, shape (m + 1,)
    """

    snapshot: Snapshot
    fabric: str
    rows: Rows
    tier: Rows
    a: Rows
    b: Rows
    rate_gbps: NDArray[np.float64]
    cables: Rows
    cable_rows: Rows
    starts: Rows

    def __len__(self) -> int:
        return len(self.rows)

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """Path of each device."""
        return tuple(self.snapshot.device_path(row) for row in self.rows.tolist())

    def index_of(self, path: str) -> int:
        """Return the index of a device, -1 if the fabric does not reach it."""
        row = self.snapshot.flat.device_row(path) if path else -1
        at = int(np.searchsorted(self.rows, row))
        return at if 0 <= at < len(self.rows) and int(self.rows[at]) == row else -1

    def inside(self, path: str) -> Rows:
        """Return the indices of a device, or of all devices of a rack or floor block."""
        flat, first = self.snapshot.flat, 0
        *steps, last = path.split("/")
        for step in steps:
            child = flat.child_by_id.get(step)
            if child is None:
                return np.zeros(0, np.int64)
            first += child.start["device"]
            flat = child.flat
        holder = flat.child_by_id.get(last)
        if holder is None:
            found = self.index_of(path)
            return np.array([found] if found >= 0 else [], np.int64)
        first += holder.start["device"]
        low, high = np.searchsorted(self.rows, (first, first + holder.flat.counts["device"]))
        return np.arange(low, high, dtype=np.int64)

    def cables_of(self, trunks: Iterable[int]) -> Rows:
        """Return the cables of some trunks."""
        parts = [self.cable_rows[self.starts[k] : self.starts[k + 1]] for k in trunks]
        return np.concatenate(parts) if parts else self.cable_rows[:0]

    @cached_property
    def _beside(self) -> tuple[Rows, Rows]:
        """Neighbours by device: those of i are `others[start[i]:start[i + 1]]`."""
        n = max(len(self), 1)
        both = np.unique(np.concatenate([self.a * n + self.b, self.b * n + self.a]))
        return both % n, np.searchsorted(both, np.arange(n + 1) * n)

    def beside(self, frontier: Rows) -> Rows:
        """Return the devices that trunks join to any of some devices, each once, rising."""
        others, start = self._beside
        if not len(frontier) or not len(others):
            return np.zeros(0, np.int64)
        counts = start[frontier + 1] - start[frontier]
        offset = np.repeat(start[frontier] - (np.cumsum(counts) - counts), counts)
        return np.unique(others[offset + np.arange(int(counts.sum()))])


def fabric_graph(snapshot: Snapshot, network: Network, classes: Classes, fabric: str) -> FabricGraph:
    """Return one fabric of a snapshot.

    Parameters
    ----------
    snapshot : Snapshot
    network, classes
        What `core.engine.network.network` and `core.engine.link_classes` found for it.
    fabric : str
        Id of the fabric.
    """
    result = network.find(fabric)
    known = fabric in snapshot.fabrics
    number = snapshot.fabrics.index(fabric) if known else -1
    mine = (snapshot.cable_layer == DATA) & (snapshot.cable_fabric == number)
    cables = np.flatnonzero(mine) if result is not None and (known or not fabric) else np.zeros(0, np.int64)
    ends = np.stack([snapshot.cable_a[cables], snapshot.cable_b[cables]]).astype(np.int64)
    rows, at = np.unique(ends, return_inverse=True)
    a, b = at.reshape(2, -1).astype(np.int64)
    tier_of = np.zeros(snapshot.n_devices, np.int64)
    if result is not None:
        tier_of[result.switch_rows] = np.maximum(result.switch_tier, 1)
    tier = tier_of[rows]
    turned = (tier[a] > tier[b]) | ((tier[a] == tier[b]) & (a > b))
    a, b = np.where(turned, b, a), np.where(turned, a, b)
    rate = classes.cable_rate_gbps[cables]
    rates, code = np.unique(np.round(np.nan_to_num(rate, nan=-1.0) * 1000), return_inverse=True)
    packed = (a * len(rows) + b) * max(len(rates), 1) + code.reshape(-1)
    order = np.argsort(packed, kind="stable")
    first = np.flatnonzero(np.diff(packed[order], prepend=-1))
    starts = np.append(first, len(order)).astype(np.int64)
    heads = order[first]
    return FabricGraph(
        snapshot,
        fabric,
        rows.astype(np.int64),
        tier,
        a[heads],
        b[heads],
        rate[heads],
        np.diff(starts),
        cables[order].astype(np.int64),
        starts,
    )


def around(graph: FabricGraph, seeds: Iterable[int], hops: int = 1) -> NDArray[np.bool_]:
    """Tell which devices are some devices or within `hops` links of one of them."""
    near = np.zeros(len(graph), bool)
    frontier = np.unique(np.fromiter(seeds, np.int64))
    near[frontier] = True
    for _ in range(hops):
        reached = graph.beside(frontier)
        frontier = reached[~near[reached]]
        near[frontier] = True
    return near


def part_of(
    graph: FabricGraph, kept: NDArray[np.bool_], seeds: NDArray[np.bool_] | None = None
) -> FabricGraph:
    """Return the part of a fabric between some devices; with `seeds` only trunks that end at one of these."""
    number = np.cumsum(kept) - 1
    there = kept[graph.a] & kept[graph.b]
    if seeds is not None:
        there &= seeds[graph.a] | seeds[graph.b]
    trunks = np.flatnonzero(there)
    cables = graph.cables[trunks]
    return replace(
        graph,
        rows=graph.rows[kept],
        tier=graph.tier[kept],
        a=number[graph.a[trunks]],
        b=number[graph.b[trunks]],
        rate_gbps=graph.rate_gbps[trunks],
        cables=cables,
        cable_rows=graph.cables_of(trunks.tolist()),
        starts=np.concatenate([[0], np.cumsum(cables)]).astype(np.int64),
    )

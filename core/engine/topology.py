"""A network as arrays: what is measured, whether it was drawn or only generated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.engine.columns import Flags, Floats

if TYPE_CHECKING:
    import networkx as nx

Rows = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Topology:
    """Devices and trunks of one network.

    Attributes
    ----------
    rows : ndarray of int64, shape (n,)
        Row of each device in the snapshot; of a generated graph its place among the nodes.
    is_switch : ndarray of bool, shape (n,)
        Devices that forward.
    accelerators : ndarray, shape (n,)
    rail, plane : ndarray of int64, shape (n,)
        As the generator or the wiring has it, -1 where there is none.
    a, b : ndarray of int64, shape (m,)
        Devices that trunks join (index into `rows`). Cables between the same two devices at the same rate
        are one trunk.
    gbps : ndarray, shape (m,)
        Rate of one link of a trunk, one way.
    count : ndarray of int64, shape (m,)
        Links in each trunk.
    """

    rows: Rows
    is_switch: Flags
    accelerators: Floats
    rail: Rows
    plane: Rows
    a: Rows
    b: Rows
    gbps: Floats
    count: Rows

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def capacity_gbps(self) -> Floats:
        """Rate of each trunk, one way, shape (m,)."""
        return self.gbps * self.count


def topology_of(graph: nx.MultiGraph[Any]) -> Topology:
    """Return a generated graph (`core.fabrics.weave`) as arrays; rows follow the order of its nodes."""
    number = {key: row for row, key in enumerate(graph.nodes)}
    nodes = [data for _, data in graph.nodes(data=True)]
    edges = [(number[a], number[b], data["gbps"], data["count"]) for a, b, data in graph.edges(data=True)]
    a, b = (np.array([edge[k] for edge in edges], np.int64) for k in (0, 1))
    return merged(
        rows=np.arange(len(nodes), dtype=np.int64),
        is_switch=np.array([data["tier"] > 0 for data in nodes], bool),
        accelerators=np.array([data.get("gpus", 0) for data in nodes], np.float64),
        rail=np.array([data.get("rail", -1) for data in nodes], np.int64),
        plane=np.array([data.get("plane", -1) for data in nodes], np.int64),
        a=a,
        b=b,
        gbps=np.array([edge[2] for edge in edges], np.float64),
        count=np.array([edge[3] for edge in edges], np.int64),
    )


def merged(
    *,
    rows: Rows,
    is_switch: Flags,
    accelerators: Floats,
    rail: Rows,
    plane: Rows,
    a: Rows,
    b: Rows,
    gbps: Floats,
    count: Rows,
) -> Topology:
    """Return a topology in which links between the same two devices at the same rate are one trunk."""
    low, high = np.minimum(a, b), np.maximum(a, b)
    order = np.lexsort((gbps, high, low))
    low, high, gbps, count = low[order], high[order], gbps[order], count[order]
    new = np.ones(len(order), bool)
    new[1:] = (low[1:] != low[:-1]) | (high[1:] != high[:-1]) | (gbps[1:] != gbps[:-1])
    first = np.flatnonzero(new)
    total = np.add.reduceat(count, first) if len(first) else count
    return Topology(rows, is_switch, accelerators, rail, plane, low[first], high[first], gbps[first], total)

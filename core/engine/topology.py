"""A network as arrays: what is measured, whether it was drawn or only generated."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.engine.codes import numbered
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
        As the generator or the wiring (`core.engine.rails`) has it, -1 where there is none.
    a, b : ndarray of int64, shape (m,)
        Devices that trunks join (index into `rows`). Cables between the same two devices at the same rate
        are one trunk.
    gbps : ndarray, shape (m,)
        Rate of one link of a trunk, one way.
    count : ndarray of int64, shape (m,)
        Links in each trunk.
    stated_tier : ndarray of int64, shape (n,), optional
        Tiers as a generator has them.
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
    stated_tier: Rows | None = None

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def capacity_gbps(self) -> Floats:
        """Rate of each trunk, one way, shape (m,)."""
        return self.gbps * self.count

    @cached_property
    def tier(self) -> Rows:
        """Distance from the nearest host, shape (n,); 0 for hosts and for switches that reach none.

        What the generator states, if it was generated. In a drawing a switch without hosts that is linked
        with just the switches that a leaf is linked with is a leaf: partly filled units have all their leafs.
        """
        if self.stated_tier is not None:
            return self.stated_tier
        far = np.iinfo(np.int64).max // 2
        level = np.where(self.is_switch, far, 0)
        for _ in range(len(self)):
            before = level.copy()
            np.minimum.at(level, self.a, before[self.b] + 1)
            np.minimum.at(level, self.b, before[self.a] + 1)
            level[~self.is_switch] = 0
            if np.array_equal(level, before):
                break
        level = np.where(level >= far, 0, level)
        level[self._empty_leafs(level)] = 1
        return level

    def _empty_leafs(self, level: Rows) -> Rows:
        maybe = np.flatnonzero(level == 3)
        if not len(maybe):
            return maybe
        n = len(self)
        code = np.concatenate([self.a * n + self.b, self.b * n + self.a])
        code = np.unique(code[(level[code // n] % 2 == 1) & (level[code % n] > 0)])
        # Equal sums of large random numbers: equal sets of switches.
        salt = np.random.default_rng(0).integers(1 << 62, size=n, dtype=np.int64)
        key = np.zeros(n, np.int64)
        np.add.at(key, code // n, salt[code % n])
        return maybe[np.isin(key[maybe], key[level == 1])]


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
        stated_tier=np.array([data["tier"] for data in nodes], np.int64),
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
    stated_tier: Rows | None = None,
) -> Topology:
    """Return a topology in which links between the same two devices at the same rate are one trunk."""
    trunk, heads = trunks_of(a, b, gbps, len(rows))
    total = np.bincount(trunk, weights=count, minlength=len(heads)).astype(np.int64)
    low, high = np.minimum(a, b)[heads], np.maximum(a, b)[heads]
    return Topology(rows, is_switch, accelerators, rail, plane, low, high, gbps[heads], total, stated_tier)


def trunks_of(a: Rows, b: Rows, gbps: Floats, n: int) -> tuple[Rows, Rows]:
    """Return the trunk of each link, and the first link of each trunk, in the order of the devices.

    Examples
    --------
    >>> trunk, heads = trunks_of(np.array([1, 0, 0]), np.array([0, 2, 1]), np.array([400.0] * 3), 3)
    >>> trunk.tolist(), heads.tolist()
    ([0, 1, 0], [0, 1])
    """
    hundredths = np.round(gbps * 100).astype(np.int64)
    _, rate = numbered(hundredths, int(hundredths.max(initial=0)) + 1)
    wide = int(rate.max(initial=0)) + 1
    code = (np.minimum(a, b) * n + np.maximum(a, b)) * wide + rate
    order = np.argsort(code, kind="stable")
    new = np.append(True, code[order[1:]] != code[order[:-1]]) if len(code) else np.zeros(0, bool)
    trunk = np.empty(len(code), np.int64)
    trunk[order] = np.cumsum(new) - 1
    return trunk, order[new]

"""Gathering devices to boxes: by rack or floor block where a tier has too many to show each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from core.drawing.cables import natural
from core.drawing.fabric_graph import FabricGraph, Rows


@dataclass(frozen=True, eq=False)
class Gathered:
    """Devices taken together.

    Attributes
    ----------
    keys : list of str
        Of each node; empty for a device by itself. `tier:path` or `tier.lane:path`, `first..last` as path for
        holders that no block holds together.
    within : list of str
        Key of the opened node that each is part of, empty if of none.
    first : ndarray of int64, shape (nodes,)
        A device of each node.
    node_of : ndarray of int64, shape (devices,)
    tier_nodes : dict of tier to the number of its nodes
    """

    keys: list[str]
    within: list[str]
    first: Rows
    node_of: Rows
    tier_nodes: dict[int, int]


def gather(
    graph: FabricGraph,
    lane: Rows,
    most: Mapping[int, int],
    opened: frozenset[str],
    alone: frozenset[int],
    name_of: Callable[[str], str],
) -> Gathered:
    """Gather every tier that has more devices than it may show.

    Parameters
    ----------
    graph : FabricGraph
    lane : ndarray, shape (devices,)
        Rail or plane of each device; those of different ones stay apart.
    most : mapping of tier to int
        Nodes that a tier may have.
    opened : frozenset of str
        Keys of nodes to show as what they hold.
    alone : frozenset of int
        Devices that are never gathered.
    name_of : callable
        Gives the name of a rack or floor block by its path, by which neighbours are found.
    """
    node_of = np.full(len(graph), -1, np.int64)
    keys: list[str] = []
    within: list[str] = []
    tier_nodes: dict[int, int] = {}
    for tier, limit in most.items():
        members = np.flatnonzero(graph.tier == tier)
        before = len(keys)
        units = _Units(graph, members, lane) if len(members) > limit else None
        for key, parent, devices in (
            units.nodes(tier, limit, opened, alone, name_of) if units is not None else ()
        ):
            if key:
                node_of[devices] = len(keys)
                keys.append(key)
                within.append(parent)
            else:
                node_of[devices] = len(keys) + np.arange(len(devices))
                keys.extend([""] * len(devices))
                within.extend([parent] * len(devices))
        if units is None:
            node_of[members] = len(keys) + np.arange(len(members))
            keys.extend([""] * len(members))
            within.extend([""] * len(members))
        tier_nodes[tier] = len(keys) - before
    first = np.zeros(len(keys), np.int64)
    first[node_of[::-1]] = np.arange(len(graph))[::-1]
    return Gathered(keys, within, first, node_of, tier_nodes)


class _Units:
    """The devices of a tier by the rack (or floor block) that holds them and their rail."""

    def __init__(self, graph: FabricGraph, members: Rows, lane: Rows) -> None:
        snap = graph.snapshot
        rack = snap.device_rack[graph.rows[members]].astype(np.int64)
        holder = np.where(rack >= 0, rack, snap.n_racks + members)
        wide = int(lane.max(initial=0)) + 2
        units, inverse = np.unique(holder * wide + lane[members] + 1, return_inverse=True)
        order = np.argsort(inverse.reshape(-1), kind="stable")
        bounds = np.searchsorted(inverse.reshape(-1)[order], np.arange(len(units) + 1))
        self.members = [members[order[bounds[i] : bounds[i + 1]]] for i in range(len(units))]
        self.lane = (units % wide - 1).tolist()
        self.holder = [
            snap.rack_path(at) if at < snap.n_racks else graph.paths[at - snap.n_racks].rpartition("/")[0]
            for at in (units // wide).tolist()
        ]

    def nodes(
        self,
        tier: int,
        limit: int,
        opened: frozenset[str],
        alone: frozenset[int],
        name_of: Callable[[str], str],
    ) -> list[tuple[str, str, Rows]]:
        """Return key, key of the opened node around it, and devices of each node."""
        levels = self._levels(tier, limit, name_of)
        sizes: Counter[str] = Counter()
        for at, unit in zip(levels, self.members, strict=True):
            for key in at:
                sizes[key] += len(unit)
        found: dict[tuple[str, str], list[Rows]] = {}
        for at, unit in zip(levels, self.members, strict=True):
            rest = unit
            if alone:
                single = np.array([i in alone for i in unit.tolist()])
                rest = unit[~single]
                if single.any():
                    found.setdefault(("", ""), []).append(unit[single])
            if len(rest):
                found.setdefault(_shown(at, sizes, opened), []).append(rest)
        return [(key, parent, np.concatenate(parts)) for (key, parent), parts in found.items()]

    def _levels(self, tier: int, limit: int, name_of: Callable[[str], str]) -> list[list[str]]:
        """Return for each unit the keys it can be gathered under, coarsest first."""
        starts = [f"{tier}:" if lane < 0 else f"{tier}.{lane}:" for lane in self.lane]
        steps = [holder.split("/") if holder else [] for holder in self.holder]
        deepest = max((len(s) for s in steps), default=0)
        depth = 1
        for depth in range(deepest, 0, -1):
            if self._count(starts, steps, depth) <= limit:
                break
        levels = [
            [f"{start}{'/'.join(s[:d])}" for d in range(min(depth, len(s)), len(s) + 1) if d]
            for start, s in zip(starts, steps, strict=True)
        ]
        if self._count(starts, steps, depth) <= limit:
            return levels
        return _ranged(levels, limit, name_of)

    def _count(self, starts: list[str], steps: list[list[str]], depth: int) -> int:
        held = {(start, *s[:depth]) for start, s in zip(starts, steps, strict=True) if s}
        loose = sum(len(unit) for unit, s in zip(self.members, steps, strict=True) if not s)
        return len(held) + loose


def _ranged(levels: list[list[str]], limit: int, name_of: Callable[[str], str]) -> list[list[str]]:
    """Put a coarser level before the others: so many neighbours as are needed under one key."""
    firsts = list(dict.fromkeys(at[0] for at in levels if at))
    by_start: dict[str, list[str]] = {}
    for key in firsts:
        start, _, path = key.partition(":")
        by_start.setdefault(start, []).append(path)
    share = -(-len(firsts) // max(limit - len(by_start), 1))
    ranged: dict[str, str] = {}
    for start, paths in by_start.items():
        paths.sort(key=lambda path: natural(name_of(path)))
        for k in range(0, len(paths), share):
            part = paths[k : k + share]
            if len(part) > 1:
                ranged.update((f"{start}:{p}", f"{start}:{part[0]}..{part[-1]}") for p in part)
    return [[ranged[at[0]], *at] if at and at[0] in ranged else at for at in levels]


def _shown(levels: list[str], sizes: Counter[str], opened: frozenset[str]) -> tuple[str, str]:
    """Return the key under which a unit is shown, and that of the opened node around it."""
    parent = ""
    for key in levels:
        if key in opened or (parent and sizes[key] == sizes[parent]):
            parent = key if key in opened else parent
            continue
        return key, parent
    return "", parent

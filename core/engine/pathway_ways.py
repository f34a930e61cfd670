"""The shortest way of bundles of cables over the segments that are open to them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.engine.columns import Flags, Floats
from core.engine.pathway_network import CARRIED, Reaches, Segments

_CHOICES = 4
"""Parts of the network that an end may enter: the nearest ones; parts are not joined to each other."""
ROUTED, OVERFULL, NO_REACH, NO_WAY = range(4)
"""What became of a bundle: laid; laid where there is no room; an end reaches no pathway; no way between."""


@dataclass(frozen=True, eq=False)
class Bundles:
    """Cables of one kind between the same two ends, laid together.

    Attributes
    ----------
    a, b : ndarray of int, shape (n_bundles,)
        Ends.
    kind : ndarray of int, shape (n_bundles,)
        Index into `CARRIED`.
    area_mm2 : ndarray, shape (n_bundles,)
        Their cross-sections, summed.
    only : tuple of (int, frozenset of int)
        Bundle, and the pathways (rows of `Segments.ways`) it is pinned to.
    """

    a: NDArray[np.intp]
    b: NDArray[np.intp]
    kind: NDArray[np.intp]
    area_mm2: Floats
    only: tuple[tuple[int, frozenset[int]], ...] = ()

    def __len__(self) -> int:
        return len(self.a)

    def same_as(self, other: Bundles) -> bool:
        """Tell whether other bundles are laid alike."""
        return self.only == other.only and all(
            np.array_equal(getattr(self, name), getattr(other, name))
            for name in ("a", "b", "kind", "area_mm2")
        )


@dataclass(eq=False)
class Ways:
    """Ways of some bundles: a row of `bundle`, `order`, `segment`, `low`, `high` for each segment of each."""

    n: int
    found: NDArray[np.intp]
    missing: NDArray[np.intp]
    why: NDArray[np.int8]
    facts: Floats
    """Run, across a and b, level a and b [mm], shape (5, n_bundles)."""
    bundle: NDArray[np.intp]
    order: NDArray[np.intp]
    segment: NDArray[np.intp]
    low: Floats
    high: Floats
    state: NDArray[np.int8] = field(default_factory=lambda: np.zeros(0, np.int8))
    pieces: tuple[NDArray[np.intp], NDArray[np.intp]] | None = None
    """First piece of each row, and the one after its last; kept by `Pieces.of_ways`."""

    @classmethod
    def empty(cls, n: int) -> Ways:
        no, nothing = np.zeros(0, np.intp), np.zeros(0)
        return cls(
            n, no, no, np.zeros(0, np.int8), np.full((5, n), np.nan), no, no, no, nothing, nothing,
            np.full(n, -1, np.int8),
        )  # fmt: skip

    def only(self, bundles: NDArray[np.intp]) -> Ways:
        """Return the ways of some of the bundles."""
        wanted = np.zeros(self.n, bool)
        wanted[bundles] = True
        at = wanted[self.bundle]
        return Ways(
            self.n, bundles, self.missing, self.why, self.facts, self.bundle[at], self.order[at],
            self.segment[at], self.low[at], self.high[at],
            pieces=(self.pieces[0][at], self.pieces[1][at]) if self.pieces is not None else None,
        )  # fmt: skip

    def take(self, ways: Ways, bundles: NDArray[np.intp]) -> None:
        """Add the ways of some bundles to these."""
        more = ways.only(bundles)
        self.facts[:, bundles] = ways.facts[:, bundles]
        self.state[bundles] = ROUTED
        self.pieces = None
        for name in ("bundle", "order", "segment", "low", "high"):
            setattr(self, name, np.concatenate([getattr(self, name), getattr(more, name)]))


def shortest_ways(
    segments: Segments, reaches: Reaches, bundles: Bundles, rows: NDArray[np.intp], open_to: Flags
) -> Ways:
    """Return the shortest way of each of some bundles over the segments open to their kind."""
    found = [
        _ways_of_kind(segments, reaches, bundles, rows[bundles.kind[rows] == kind], open_to[kind])
        for kind in range(len(CARRIED))
        if (bundles.kind[rows] == kind).any()
    ]
    if not found:
        return Ways.empty(len(bundles))
    facts = np.full((5, len(bundles)), np.nan)
    for ways in found:
        facts[:, ways.found] = ways.facts[:, ways.found]
    names = ("found", "missing", "why", "bundle", "order", "segment", "low", "high")
    joined, missing, why, bundle, order, segment, low, high = (
        np.concatenate([getattr(w, n) for w in found]) for n in names
    )
    return Ways(len(bundles), np.sort(joined), missing, why, facts, bundle, order, segment, low, high)


def _ways_of_kind(
    segments: Segments, reaches: Reaches, bundles: Bundles, rows: NDArray[np.intp], open_to: Flags
) -> Ways:
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components, dijkstra

    edges, graph = _graph(segments, open_to)
    joined = csr_array(
        (np.ones(int(open_to.sum())), (segments.a[open_to], segments.b[open_to])),
        shape=(segments.n_nodes, segments.n_nodes),
    )
    part = connected_components(joined, directed=False)[1]
    reach_a, reach_b, why = _entries(segments, reaches, bundles, rows, open_to, part)
    reached = why == ROUTED
    bundle, missing = rows[reached], rows[~reached]
    reach_a, reach_b = reach_a[reached], reach_b[reached]
    ends = [
        (np.stack([segments.a[reaches.segment[r]], segments.b[reaches.segment[r]]]),
         np.stack([reaches.at_mm[r], segments.length_mm[reaches.segment[r]] - reaches.at_mm[r]]))
        for r in (reach_a, reach_b)
    ]  # fmt: skip
    of_kind = bundles.kind == bundles.kind[rows[0]]  # from the side with fewer ends, whichever are asked for
    swapped = len(np.unique(bundles.a[of_kind])) > len(np.unique(bundles.b[of_kind]))
    (from_node, from_off), (to_node, to_off) = ends[::-1] if swapped else ends
    sources, place = np.unique(from_node, return_inverse=True)
    place = place.reshape(from_node.shape)
    run = np.zeros(len(bundle))
    choice = np.zeros(len(bundle), np.intp)
    if len(sources):
        far, back = dijkstra(graph, directed=False, indices=sources, return_predecessors=True)
        each = np.stack([from_off[i] + far[place[i], to_node[j]] + to_off[j] for i in (0, 1) for j in (0, 1)])
        same = reaches.segment[reach_a] == reaches.segment[reach_b]
        straight = np.where(same, np.abs(reaches.at_mm[reach_a] - reaches.at_mm[reach_b]), np.inf)
        each = np.concatenate([straight[None], each])
        choice = np.argmin(each, axis=0)
        run = each[choice, np.arange(len(bundle))]
    steps = [_end_rows(segments, reaches, bundle, reach_a, reach_b, choice, swapped)]
    through = np.flatnonzero(choice > 0)
    if len(through):
        i, j = (choice[through] - 1) // 2, (choice[through] - 1) % 2
        first, last = place[i, through], to_node[j, through]
        steps += _walk(edges, back, sources, bundle[through], first, last, not swapped)
    facts = np.full((5, len(bundles)), np.nan)
    facts[:, bundle] = (
        run, reaches.across_mm[reach_a], reaches.across_mm[reach_b],
        reaches.level_mm[reach_a], reaches.level_mm[reach_b],
    )  # fmt: skip
    of, order, seg, low, high = (np.concatenate(column) for column in zip(*steps, strict=True))
    low, high = np.where(np.isnan(low), 0.0, low), np.where(np.isnan(high), segments.length_mm[seg], high)
    real = (high > low) | ((facts[0, of] == 0) & (order == 0))
    return Ways(
        len(bundles), bundle, missing, why[~reached].astype(np.int8), facts,
        of[real], order[real], seg[real], low[real], high[real],
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class _Edges:
    """Segments by the two nodes they join: `key` rises, `segment` is the shortest of each pair."""

    key: NDArray[np.int64]
    segment: NDArray[np.intp]
    n_nodes: int

    def between(self, a: NDArray[np.intp], b: NDArray[np.intp]) -> NDArray[np.intp]:
        key = np.minimum(a, b).astype(np.int64) * self.n_nodes + np.maximum(a, b)
        return self.segment[np.searchsorted(self.key, key)]


def _graph(segments: Segments, open_to: Flags) -> tuple[_Edges, Any]:
    from scipy.sparse import csr_array

    rows = np.flatnonzero(open_to)
    low, high = np.minimum(segments.a[rows], segments.b[rows]), np.maximum(segments.a[rows], segments.b[rows])
    key = low.astype(np.int64) * segments.n_nodes + high
    order: NDArray[np.intp] = np.lexsort((rows, segments.length_mm[rows], key))
    keys, first = np.unique(key[order], return_index=True)
    kept = rows[order][first]
    low, high = (keys // max(segments.n_nodes, 1)), keys % max(segments.n_nodes, 1)
    shape = (segments.n_nodes, segments.n_nodes)
    return _Edges(keys, kept, segments.n_nodes), csr_array(
        (segments.length_mm[kept], (low, high)), shape=shape
    )


def _entries(
    segments: Segments,
    reaches: Reaches,
    bundles: Bundles,
    rows: NDArray[np.intp],
    open_to: Flags,
    part: NDArray[np.int32],
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.int8]]:
    """Choose where both ends of each bundle enter: one part of the network, and the nearest places in it."""
    usable = np.flatnonzero(open_to[reaches.segment])
    of_part = part[segments.a[reaches.segment[usable]]].astype(np.int64)
    end = reaches.end[usable]
    _, first = np.unique(end * (int(of_part.max(initial=0)) + 1) + of_part, return_index=True)
    first.sort()
    usable, of_part, end = usable[first], of_part[first], end[first]
    n = int(max(bundles.a.max(initial=0), bundles.b.max(initial=0), end.max(initial=0))) + 1
    starts = np.searchsorted(end, np.arange(n + 1))
    rank = np.arange(len(end)) - starts[end]
    choices = min(int(rank.max(initial=0)) + 1, _CHOICES)
    table = np.full((n, choices), -1)
    few = rank < choices
    table[end[few], rank[few]] = np.arange(len(end))[few]
    a, b = table[bundles.a[rows]], table[bundles.b[rows]]
    part_of, cost = np.append(of_part, -1), np.append(reaches.cost_mm[usable], np.inf)
    best, chosen_a, chosen_b = np.full(len(rows), np.inf), np.full(len(rows), -1), np.full(len(rows), -1)
    for i in range(choices):
        for j in range(choices):
            sum_ = np.where(part_of[a[:, i]] == part_of[b[:, j]], cost[a[:, i]] + cost[b[:, j]], np.inf)
            better = sum_ < best
            best = np.where(better, sum_, best)
            chosen_a, chosen_b = np.where(better, a[:, i], chosen_a), np.where(better, b[:, j], chosen_b)
    why = np.where(np.isfinite(best), ROUTED, NO_WAY)
    why[(a[:, 0] < 0) | (b[:, 0] < 0)] = NO_REACH
    places = np.append(usable, -1)
    return places[chosen_a], places[chosen_b], why.astype(np.int8)


_Step = tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp], Floats, Floats]
_LAST = 1 << 30


def _end_rows(
    segments: Segments,
    reaches: Reaches,
    bundle: NDArray[np.intp],
    reach_a: NDArray[np.intp],
    reach_b: NDArray[np.intp],
    choice: NDArray[np.intp],
    swapped: bool,
) -> _Step:
    """Return the part of the first and the last segment of each way; of a way within one segment just one."""
    straight = choice == 0
    i, j = np.maximum(choice - 1, 0) // 2, np.maximum(choice - 1, 0) % 2
    if swapped:
        i, j = j, i
    rows = []
    for reach, side, order in ((reach_a, i, 0), (reach_b, j, _LAST)):
        at, long = reaches.at_mm[reach], segments.length_mm[reaches.segment[reach]]
        low, high = np.where(side == 0, 0.0, at), np.where(side == 0, at, long)
        rows.append((bundle, np.full(len(bundle), order), reaches.segment[reach], low, high))
    at_a, at_b = reaches.at_mm[reach_a], reaches.at_mm[reach_b]
    first = rows[0]
    low = np.where(straight, np.minimum(at_a, at_b), first[3])
    high = np.where(straight, np.maximum(at_a, at_b), first[4])
    both = ((*first[:3], low, high), tuple(column[~straight] for column in rows[1]))
    return tuple(np.concatenate(pair) for pair in zip(*both, strict=True))  # type: ignore[return-value]


def _walk(
    edges: _Edges,
    back: NDArray[np.int32],
    sources: NDArray[np.intp],
    bundle: NDArray[np.intp],
    first: NDArray[np.intp],
    last: NDArray[np.intp],
    forward: bool,
) -> list[_Step]:
    """Return the whole segments of ways, one step of all ways at a time, from their last node to their first.

    `forward` if the first node is that of end `a`.
    """
    steps: list[_Step] = []
    here, going = last.astype(np.intp), np.arange(len(bundle))
    count = 0
    while True:
        going = going[here[going] != sources[first[going]]]
        if not len(going):
            return steps
        count += 1
        before = back[first[going], here[going]].astype(np.intp)
        seg = edges.between(before, here[going])
        order = np.full(len(going), (_LAST - count) if forward else count)
        nothing = np.full(len(going), np.nan)
        steps.append((bundle[going], order, seg, nothing, nothing))
        here[going] = before

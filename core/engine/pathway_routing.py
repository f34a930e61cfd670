"""Bundles of cables laid in pathways: the shortest way with room for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.engine.columns import Flags, Floats, Ints, sum_by
from core.engine.pathway_network import CARRIED, Reaches, Segments

MOST_ROUNDS = 6
"""Times that full segments are taken out and the bundles that found no room are led around them."""
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


@dataclass(frozen=True, eq=False)
class Laid:
    """Bundles as they lie.

    Attributes
    ----------
    state : ndarray of int8, shape (n_bundles,)
        `ROUTED`, `OVERFULL`, `NO_REACH` or `NO_WAY`.
    run_mm : ndarray, shape (n_bundles,)
        Way along the pathways.
    across_a_mm, across_b_mm, level_a_mm, level_b_mm : ndarray, shape (n_bundles,)
        Way in plan from each end to where it enters, and the height there.
    offsets, segments : ndarray of int
        The segments of bundle k are `segments[offsets[k]:offsets[k + 1]]`, from `a` on.
    low_mm, high_mm : ndarray
        Part of each of these segments that it lies in.
    off_pin : tuple of int
        Bundles that do not run along the pathways they are pinned to: these join not, or are out of reach.
    """

    state: NDArray[np.int8]
    run_mm: Floats
    across_a_mm: Floats
    across_b_mm: Floats
    level_a_mm: Floats
    level_b_mm: Floats
    offsets: NDArray[np.intp]
    segments: NDArray[np.intp]
    low_mm: Floats
    high_mm: Floats
    off_pin: tuple[int, ...] = ()


def lay(segments: Segments, reaches: Reaches, bundles: Bundles, room_mm2: Floats) -> Laid:
    """Lay bundles in pathways.

    Bundles stay together and are laid in their order. Each takes the shortest way; where that has no room
    left it goes the shortest way around segments found full. What finds room nowhere is laid the shortest way
    all the same, and is `OVERFULL`.

    Parameters
    ----------
    segments : Segments
    reaches : Reaches
        Where ends reach segments.
    bundles : Bundles
    room_mm2 : ndarray, shape (n_segments,)
        Area that cables may take; inf where there is no limit.
    """
    pieces = Pieces.of(segments, reaches)
    load, room = np.zeros(len(pieces)), room_mm2[pieces.segment]
    best = _Ways.empty(len(bundles))
    free = np.ones((len(CARRIED), len(segments)), bool)
    waiting = np.setdiff1d(np.arange(len(bundles)), [k for k, _ in bundles.only])
    shortest: _Ways | None = None
    off_pin: list[int] = []
    for k, only in bundles.only:
        mask = np.isin(segments.pathway, sorted(only))
        ways = _ways(segments, reaches, bundles, np.array([k]), segments.carries & mask)
        best.take(ways, ways.found)
        load += pieces.load(ways.only(ways.found), bundles.area_mm2)
        if not len(ways.found):
            off_pin.append(k)
            waiting = np.append(waiting, k)
    for _ in range(MOST_ROUNDS):
        ways = _ways(segments, reaches, bundles, np.sort(waiting), segments.carries & free)
        shortest = shortest or ways
        fits, full = _accept(ways, pieces, bundles, load, room)
        best.take(ways, fits)
        waiting = np.setdiff1d(ways.found, fits)
        if not len(waiting):
            break
        free[:, full] = False
    assert shortest is not None, "there is at least one round"
    best.state[shortest.missing] = shortest.why
    over = np.flatnonzero(best.state < 0)
    if len(over):
        best.take(shortest, np.intersect1d(over, shortest.found))
        best.state[over] = OVERFULL
    return best.laid(tuple(off_pin))


@dataclass(frozen=True, eq=False)
class Pieces:
    """Segments cut where cables enter them; the load of a piece is the same all along it.

    `segment` and `low_mm` have one row for each piece, in order.
    """

    segment: NDArray[np.intp]
    low_mm: Floats
    key: Floats
    span: float

    @classmethod
    def of(cls, segments: Segments, reaches: Reaches) -> Pieces:
        """Cut segments at all places that are within reach of an end."""
        span = float(segments.length_mm.max(initial=0.0)) + 2.0
        inside = reaches.at_mm < segments.length_mm[reaches.segment]
        key = np.unique(
            np.concatenate(
                [np.arange(len(segments)) * span, (reaches.segment * span + reaches.at_mm)[inside]]
            )
        )
        segment = np.floor(key / span + 1e-12).astype(np.intp)
        return cls(segment, key - segment * span, key, span)

    def __len__(self) -> int:
        return len(self.segment)

    def rows(self, segment: NDArray[np.intp], at_mm: Floats) -> NDArray[np.intp]:
        """Return the piece that begins at a place of a segment; at its end the next one."""
        return np.searchsorted(self.key, segment * self.span + at_mm - 1e-6)

    def load(self, ways: _Ways, each: Floats) -> Floats:
        """Return the sum over ways of a value of their bundles, for each piece."""
        value = each[ways.bundle]
        return self.sums(ways.segment, ways.low, ways.high, value)

    def sums(self, segment: NDArray[np.intp], low_mm: Floats, high_mm: Floats, value: Floats) -> Floats:
        """Return for each piece the sum of the values of the parts of segments it is in."""
        steps = sum_by(self.rows(segment, low_mm), value, len(self) + 1)
        steps -= sum_by(self.rows(segment, high_mm), value, len(self) + 1)
        total: Floats = np.cumsum(steps)[: len(self)]
        return total


@dataclass(eq=False)
class _Ways:
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

    @classmethod
    def empty(cls, n: int) -> _Ways:
        no, nothing = np.zeros(0, np.intp), np.zeros(0)
        return cls(
            n, no, no, np.zeros(0, np.int8), np.full((5, n), np.nan), no, no, no, nothing, nothing,
            np.full(n, -1, np.int8),
        )  # fmt: skip

    def only(self, bundles: NDArray[np.intp]) -> _Ways:
        """Return the ways of some of the bundles."""
        wanted = np.zeros(self.n, bool)
        wanted[bundles] = True
        at = wanted[self.bundle]
        return _Ways(
            self.n, bundles, self.missing, self.why, self.facts, self.bundle[at], self.order[at],
            self.segment[at], self.low[at], self.high[at],
        )  # fmt: skip

    def take(self, ways: _Ways, bundles: NDArray[np.intp]) -> None:
        """Add the ways of some bundles to these."""
        more = ways.only(bundles)
        self.facts[:, bundles] = ways.facts[:, bundles]
        self.state[bundles] = ROUTED
        for name in ("bundle", "order", "segment", "low", "high"):
            setattr(self, name, np.concatenate([getattr(self, name), getattr(more, name)]))

    def laid(self, off_pin: tuple[int, ...]) -> Laid:
        """Return them in the order of the bundles."""
        order = np.lexsort([self.order, self.bundle])
        counts = np.bincount(self.bundle, minlength=self.n)
        offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.intp)
        run, across_a, across_b, level_a, level_b = self.facts
        return Laid(
            self.state, run, across_a, across_b, level_a, level_b, offsets,
            self.segment[order], self.low[order], self.high[order], off_pin,
        )  # fmt: skip


def _accept(
    ways: _Ways, pieces: Pieces, bundles: Bundles, load: Floats, room: Floats
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the bundles that have room, adding them to `load`, and the segments found full.

    Only where all of them together do not fit are they tried one after the other.
    """
    total = load + pieces.load(ways, bundles.area_mm2)
    tight = total > room + 1e-6
    if not tight.any():
        load += total - load
        return ways.found, np.zeros(0, np.intp)
    bundle, piece = _pieces_of(ways, pieces, tight)
    touches, first = np.unique(bundle, return_index=True)
    trial, fits, full = load.copy(), np.setdiff1d(ways.found, touches), np.zeros(len(pieces), bool)
    trial += pieces.load(ways.only(fits), bundles.area_mm2)
    taken = []
    for k, at in zip(touches.tolist(), np.split(piece, first[1:]), strict=True):
        after = trial[at] + bundles.area_mm2[k]
        stuck = after > room[at] + 1e-6
        if stuck.any():
            full[at[stuck]] = True
        else:
            trial[at] = after
            taken.append(k)
    fits = np.sort(np.append(fits, np.array(taken, np.intp)))
    load += pieces.load(ways.only(fits), bundles.area_mm2)
    return fits, np.unique(pieces.segment[full])


def _pieces_of(ways: _Ways, pieces: Pieces, wanted: Flags) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return which of the pieces wanted each bundle lies in: pairs in the order of the bundles."""
    low, high = pieces.rows(ways.segment, ways.low), pieces.rows(ways.segment, ways.high)
    before = np.concatenate([[0], np.cumsum(wanted)])
    some = np.flatnonzero(before[high] > before[low])
    counts = before[high[some]] - before[low[some]]
    starts = np.repeat(before[low[some]] - (np.cumsum(counts) - counts), counts)
    piece = np.flatnonzero(wanted)[starts + np.arange(int(counts.sum()))]
    bundle = np.repeat(ways.bundle[some], counts)
    order = np.argsort(bundle, kind="stable")
    return bundle[order], piece[order]


def _ways(
    segments: Segments, reaches: Reaches, bundles: Bundles, rows: NDArray[np.intp], open_to: Flags
) -> _Ways:
    """Return the shortest way of each of some bundles over the segments open to their kind."""
    found = [
        _ways_of_kind(segments, reaches, bundles, rows[bundles.kind[rows] == kind], open_to[kind])
        for kind in range(len(CARRIED))
        if (bundles.kind[rows] == kind).any()
    ]
    if not found:
        return _Ways.empty(len(bundles))
    facts = np.full((5, len(bundles)), np.nan)
    for ways in found:
        facts[:, ways.found] = ways.facts[:, ways.found]
    names = ("found", "missing", "why", "bundle", "order", "segment", "low", "high")
    joined, missing, why, *columns = (np.concatenate([getattr(w, n) for w in found]) for n in names)
    return _Ways(len(bundles), np.sort(joined), missing, why, facts, *columns)


def _ways_of_kind(
    segments: Segments, reaches: Reaches, bundles: Bundles, rows: NDArray[np.intp], open_to: Flags
) -> _Ways:
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
    swapped = len(np.unique(ends[0][0])) > len(np.unique(ends[1][0]))
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
    return _Ways(
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
    of_part = part[segments.a[reaches.segment[usable]]]
    order = np.lexsort((reaches.segment[usable], reaches.cost_mm[usable], of_part, reaches.end[usable]))
    usable, of_part = usable[order], of_part[order]
    end = reaches.end[usable]
    first = np.ones(len(usable), bool)
    first[1:] = (end[1:] != end[:-1]) | (of_part[1:] != of_part[:-1])
    usable, of_part, end = usable[first], of_part[first], end[first]
    order = np.lexsort((usable, reaches.cost_mm[usable], end))
    usable, of_part, end = usable[order], of_part[order], end[order]
    n = int(max(bundles.a.max(initial=0), bundles.b.max(initial=0), end.max(initial=0))) + 1
    starts = np.searchsorted(end, np.arange(n + 1))
    rank = np.arange(len(end)) - starts[end]
    table = np.full((n, _CHOICES), -1)
    few = rank < _CHOICES
    table[end[few], rank[few]] = np.arange(len(end))[few]
    a, b = table[bundles.a[rows]], table[bundles.b[rows]]
    part_of, cost = np.append(of_part, -1), np.append(reaches.cost_mm[usable], np.inf)
    best, chosen_a, chosen_b = np.full(len(rows), np.inf), np.full(len(rows), -1), np.full(len(rows), -1)
    for i in range(_CHOICES):
        for j in range(_CHOICES):
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


def rooms_mm2(segments: Segments, fill: float) -> Floats:
    """Return the area that cables may take of each segment; inf where its size is not known."""
    records = [way.record for way in segments.ways]
    share = [fill if r.fill_max is None else r.fill_max for r in records]
    size = [float(r.width_mm * r.depth_mm) for r in records]
    room = [f * mm2 if mm2 else np.inf for f, mm2 in zip(share, size, strict=True)]
    return np.array([*room, np.inf])[segments.pathway]


def kinds_of(media: Sequence[str], layers: Ints) -> NDArray[np.intp]:
    """Return the kind (index into `CARRIED`) of cables by medium; by layer where the medium is not known.

    Data cables of an unknown medium count as fibre.
    """
    copper = ("DAC", "ACC", "AEC", "UTP")
    by_layer = [CARRIED.index(kind) for kind in ("fibre", "power", "coolant")]
    found = [
        CARRIED.index("copper") if medium in copper else by_layer[layer]
        for medium, layer in zip(media, layers.tolist(), strict=True)
    ]
    return np.array(found, np.intp)

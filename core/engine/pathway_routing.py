"""Bundles of cables laid in pathways: the shortest way with room for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.engine.columns import Flags, Floats, Ints, sum_by
from core.engine.pathway_network import CARRIED, Reaches, Segments
from core.engine.pathway_ways import OVERFULL, Bundles, Ways, shortest_ways

MOST_ROUNDS = 6
"""Times that full segments are taken out and the bundles that found no room are led around them."""
_ROUND_MM2 = 1e-3
_BATCH = 1_000
"""Bundles tried before those are sorted out for which no room is left."""


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
    shortest : bool
        Every bundle that could be laid lies on its shortest way: none is pinned, and there was room for all.
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
    shortest: bool = False


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
    best = Ways.empty(len(bundles))
    free = np.ones((len(CARRIED), len(segments)), bool)
    waiting = np.setdiff1d(np.arange(len(bundles)), [k for k, _ in bundles.only])
    shortest: Ways | None = None
    off_pin: list[int] = []
    for k, only in bundles.only:
        mask = np.isin(segments.pathway, sorted(only))
        ways = shortest_ways(segments, reaches, bundles, np.array([k]), segments.carries & mask)
        best.take(ways, ways.found)
        load += pieces.load(ways.only(ways.found), bundles.area_mm2)
        if not len(ways.found):
            off_pin.append(k)
            waiting = np.append(waiting, k)
    for _ in range(MOST_ROUNDS):
        ways = shortest_ways(segments, reaches, bundles, np.sort(waiting), segments.carries & free)
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
    return _laid(best, tuple(off_pin), shortest=bool(free.all()) and not bundles.only and not len(over))


def laid_again(
    segments: Segments,
    reaches: Reaches,
    bundles: Bundles,
    room_mm2: Floats,
    before: Laid,
    moved: NDArray[np.intp],
) -> Laid | None:
    """Lay some bundles anew where all others are as they were; None if that is not what `lay` gives.

    Parameters
    ----------
    segments, reaches, bundles, room_mm2
        As in `lay`.
    before : Laid
        The bundles as they lay over the same segments.
    moved : ndarray of int
        Rows of the bundles whose ends or cross-sections are other ones.
    """
    if not before.shortest or bundles.only:
        return None
    number = np.diff(before.offsets)
    stays = np.ones(len(bundles), bool)
    stays[moved] = False
    kept = np.flatnonzero(np.repeat(stays, number))
    facts = (before.run_mm, before.across_a_mm, before.across_b_mm, before.level_a_mm, before.level_b_mm)
    nothing, no = np.zeros(0, np.intp), np.zeros(0, np.int8)
    best = Ways(
        len(bundles), nothing, nothing, no, np.where(stays, np.stack(facts), np.nan),
        np.repeat(np.arange(len(bundles)), number)[kept],
        (np.arange(int(number.sum())) - np.repeat(before.offsets[:-1], number))[kept],
        before.segments[kept], before.low_mm[kept], before.high_mm[kept],
        np.where(stays, before.state, -1).astype(np.int8),
    )  # fmt: skip
    ends = np.zeros(len(reaches.end) and int(reaches.end.max()) + 1, bool)
    touched = np.concatenate([bundles.a[moved], bundles.b[moved]])
    ends[touched[touched < len(ends)]] = True
    ways = shortest_ways(segments, reaches.rows(ends[reaches.end]), bundles, moved, segments.carries)
    best.take(ways, ways.found)
    best.state[ways.missing] = ways.why
    pieces = Pieces.of(segments, reaches)
    if (pieces.load(best, bundles.area_mm2) > room_mm2[pieces.segment] + _ROUND_MM2).any():
        return None
    return _laid(best, (), shortest=True)


def _laid(ways: Ways, off_pin: tuple[int, ...], *, shortest: bool) -> Laid:
    """Return ways in the order of the bundles."""
    order = np.lexsort([ways.order, ways.bundle])
    counts = np.bincount(ways.bundle, minlength=ways.n)
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.intp)
    run, across_a, across_b, level_a, level_b = ways.facts
    return Laid(
        ways.state, run, across_a, across_b, level_a, level_b, offsets,
        ways.segment[order], ways.low[order], ways.high[order], off_pin,
        shortest,
    )  # fmt: skip


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

    def load(self, ways: Ways, each: Floats) -> Floats:
        """Return the sum over ways of a value of their bundles, for each piece."""
        return self._sums(*self.of_ways(ways), each[ways.bundle])

    def of_ways(self, ways: Ways) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Return the first piece of each row of some ways, and the one after its last."""
        if ways.pieces is None:
            ways.pieces = self.rows(ways.segment, ways.low), self.rows(ways.segment, ways.high)
        return ways.pieces

    def sums(self, segment: NDArray[np.intp], low_mm: Floats, high_mm: Floats, value: Floats) -> Floats:
        """Return for each piece the sum of the values of the parts of segments it is in."""
        return self._sums(self.rows(segment, low_mm), self.rows(segment, high_mm), value)

    def _sums(self, first: NDArray[np.intp], last: NDArray[np.intp], value: Floats) -> Floats:
        steps = sum_by(first, value, len(self) + 1) - sum_by(last, value, len(self) + 1)
        total: Floats = np.cumsum(steps)[: len(self)]
        return total

    def least(self, ways: Ways, value: Floats) -> Floats:
        """Return for each row of some ways the least value of the pieces it lies in.

        Two stretches of a power of two of pieces, which overlap, cover any stretch.
        """
        low, high = self.of_ways(ways)
        tables = [value]
        while 2 ** len(tables) <= len(self):
            step = 2 ** (len(tables) - 1)
            tables.append(np.minimum(tables[-1][:-step], tables[-1][step:]))
        least = np.full(len(low), np.inf)
        level = np.frexp(np.maximum(high - low, 1))[1] - 1
        for k in np.unique(level).tolist():
            at = np.flatnonzero((level == k) & (high > low))
            least[at] = np.minimum(tables[k][low[at]], tables[k][high[at] - 2**k])
        return least


def _accept(
    ways: Ways, pieces: Pieces, bundles: Bundles, load: Floats, room: Floats
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the bundles that have room, adding them to `load`, and the segments found full.

    Only where all of them together do not fit are they tried one after the other, in batches: most of what
    has no room at the beginning of a batch need not be tried.
    """
    total = load + pieces.load(ways, bundles.area_mm2)
    if (total <= room + _ROUND_MM2).all():
        load += total - load
        return ways.found, np.zeros(0, np.intp)
    tight = total > room + _ROUND_MM2
    taken = []
    for batch in np.array_split(np.sort(ways.found), max(1, len(ways.found) // _BATCH)):
        mine = ways.only(batch)
        lacks = bundles.area_mm2[mine.bundle] > pieces.least(mine, room - load) + _ROUND_MM2
        mine = mine.only(np.setdiff1d(batch, mine.bundle[lacks]))
        fits = _one_by_one(mine, pieces, bundles, tight, room - load)
        load += pieces.load(mine.only(fits), bundles.area_mm2)
        taken.append(fits)
    fits = np.concatenate(taken)
    left = ways.only(np.setdiff1d(ways.found, fits))
    lacks = bundles.area_mm2[left.bundle] > pieces.least(left, room - load) + _ROUND_MM2
    return fits, np.unique(left.segment[lacks])


def _one_by_one(
    ways: Ways, pieces: Pieces, bundles: Bundles, tight: Flags, spare: Floats
) -> NDArray[np.intp]:
    """Return the bundles that find room, each after those before it."""
    bundle, piece = _pieces_of(ways, pieces, tight)
    touches, first = np.unique(bundle, return_index=True)
    found: list[int] = np.setdiff1d(ways.found, touches).tolist()
    spare = spare + _ROUND_MM2
    for k, at in zip(touches.tolist(), np.split(piece, first)[1:], strict=True):
        area = bundles.area_mm2[k]
        left = spare[at] - area
        if left.min() >= 0:
            spare[at] = left
            found.append(k)
    return np.array(sorted(found), np.intp)


def _pieces_of(ways: Ways, pieces: Pieces, wanted: Flags) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return which of the pieces wanted each bundle lies in: pairs in the order of the bundles."""
    low, high = pieces.of_ways(ways)
    before = np.concatenate([[0], np.cumsum(wanted)])
    some = np.flatnonzero(before[high] > before[low])
    counts = before[high[some]] - before[low[some]]
    starts = np.repeat(before[low[some]] - (np.cumsum(counts) - counts), counts)
    piece = np.flatnonzero(wanted)[starts + np.arange(int(counts.sum()))]
    bundle = np.repeat(ways.bundle[some], counts)
    order = np.argsort(bundle, kind="stable")
    return bundle[order], piece[order]


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

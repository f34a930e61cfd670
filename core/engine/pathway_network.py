"""Drawn pathways as a network: segments between junctions, and where ends of cables reach them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.engine.columns import Flags, Floats, Ints
from core.engine.placed_plan import PlacedPathway

CARRIED = ("fibre", "copper", "power", "coolant")
"""Kinds of cables that are kept apart, in the order of `Segments.carries`."""
CABLE_WAYS = ("tray", "ladder", "trough", "duct")
"""Kinds of pathways that cables lie in; pipes and busways carry nothing but themselves."""
_ROUND_MM = 1e-6


@dataclass(frozen=True, eq=False)
class Segments:
    """Straight pieces of pathways between junctions, corners and ends.

    Attributes
    ----------
    a, b : ndarray of int32, shape (n_segments,)
        Nodes at its ends, below `n_nodes`.
    start, end : ndarray, shape (n_segments, 3)
        Its ends [mm].
    length_mm : ndarray, shape (n_segments,)
    pathway : ndarray of int32, shape (n_segments,)
        Index into `ways`.
    carries : ndarray of bool, shape (4, n_segments)
        Whether it takes cables of each kind of `CARRIED`.
    ways : tuple of PlacedPathway
    """

    a: Ints
    b: Ints
    start: Floats
    end: Floats
    length_mm: Floats
    pathway: Ints
    carries: Flags
    ways: tuple[PlacedPathway, ...]
    n_nodes: int

    def __len__(self) -> int:
        return len(self.a)

    @cached_property
    def pathway_rows(self) -> dict[str, int]:
        """Index of each pathway by its path."""
        return {way.path: k for k, way in enumerate(self.ways)}


def segments_of(ways: Sequence[PlacedPathway], join_mm: float) -> Segments:
    """Cut pathways where they meet.

    Two pieces of pathways meet where they come within `join_mm` of each other, in plan and in height; at
    other heights they pass over each other, and only a pathway with a vertical piece (a drop) joins them.
    A pathway also meets itself at its corners. What two pathways are apart where they meet is not counted.

    Parameters
    ----------
    ways : sequence of PlacedPathway
    join_mm : float
    """
    ways = tuple(way for way in ways if way.record.kind in CABLE_WAYS and len(way.points) > 1)
    points = [np.array(way.points, float) for way in ways]
    if not ways:
        none, no = np.zeros((0, 3)), np.zeros(0, np.int32)
        return Segments(no, no, none, none, np.zeros(0), no, np.zeros((4, 0), bool), (), 0)
    start = np.concatenate([p[:-1] for p in points])
    end = np.concatenate([p[1:] for p in points])
    pathway = np.repeat(np.arange(len(ways)), [len(p) - 1 for p in points])
    long = np.linalg.norm(end - start, axis=1)
    kept = long > 0
    start, end, pathway, long = start[kept], end[kept], pathway[kept], long[kept]
    i, j, at_i, at_j = _meetings(start, end, long, join_mm)
    piece = np.concatenate([np.arange(len(long)), np.arange(len(long)), i, j])
    at = np.round(np.concatenate([np.zeros(len(long)), long, at_i, at_j]))
    at = np.minimum(at, long[piece])
    cuts, cut_of = np.unique(np.stack([piece, at], axis=1), axis=0, return_inverse=True)
    cut_of = cut_of.reshape(-1)
    n, m = len(long), len(i)
    ends_of = (cut_of[2 * n : 2 * n + m], cut_of[2 * n + m :])
    node = _united(len(cuts), *ends_of)
    of_piece = cuts[:, 0].astype(int)
    first = np.flatnonzero(of_piece[1:] == of_piece[:-1])
    low, high = cuts[first, 1], cuts[first + 1, 1]
    row = of_piece[first]
    along = (end - start) / long[:, None]
    kinds = np.array([[_takes(way.record.carries, kind) for way in ways] for kind in CARRIED])
    return Segments(
        a=node[first].astype(np.int32),
        b=node[first + 1].astype(np.int32),
        start=start[row] + along[row] * low[:, None],
        end=start[row] + along[row] * high[:, None],
        length_mm=high - low,
        pathway=pathway[row].astype(np.int32),
        carries=kinds[:, pathway[row]],
        ways=ways,
        n_nodes=int(node.max(initial=-1)) + 1,
    )


def _takes(carries: str, kind: str) -> bool:
    return carries == kind or (not carries and kind in ("fibre", "copper"))


def _united(n: int, i: NDArray[Any], j: NDArray[Any]) -> NDArray[Any]:
    """Number `n` cuts so that those joined have one number."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    joined = coo_array((np.ones(len(i)), (i, j)), shape=(n, n))
    node: NDArray[Any] = connected_components(joined, directed=False)[1]
    return node


def _meetings(
    start: Floats, end: Floats, long: Floats, join_mm: float
) -> tuple[NDArray[np.intp], NDArray[np.intp], Floats, Floats]:
    """Return pairs of pieces that meet, and how far along each of them they do [mm]."""
    low, high = np.minimum(start, end), np.maximum(start, end)
    near = np.ones((len(start), len(start)), bool)
    for k in range(3):
        near &= low[:, k, None] <= high[None, :, k] + join_mm
        near &= low[None, :, k] <= high[:, k, None] + join_mm
    i, j = np.nonzero(np.triu(near, 1))
    p, q, d, e = start[i], start[j], end[i] - start[i], end[j] - start[j]
    zero, one = np.zeros(len(i)), np.ones(len(i))
    places = [_closest(p, end[i], q, end[j])]
    # where pieces lie along each other they meet at the ends of both
    places += [(s, _nearest(p + s[:, None] * d, q, e)) for s in (zero, one)]
    places += [(_nearest(q + t[:, None] * e, p, d), t) for t in (zero, one)]
    found = []
    for s, t in places:
        met = np.flatnonzero(np.linalg.norm(p + s[:, None] * d - q - t[:, None] * e, axis=1) <= join_mm)
        a, b = i[met], j[met]
        found.append(
            (a, b, _snapped(s[met] * long[a], long[a], join_mm), _snapped(t[met] * long[b], long[b], join_mm))
        )
    a, b, at_a, at_b = (np.concatenate(column) for column in zip(*found, strict=True))
    return a, b, at_a, at_b


def _nearest(point: Floats, start: Floats, along: Floats) -> Floats:
    """Return where segments come closest to points, from 0 to 1 along each, shape (n,)."""
    share: Floats = np.clip(((point - start) * along).sum(1) / (along * along).sum(1), 0, 1)
    return share


def _snapped(at: Floats, long: Floats, join_mm: float) -> Floats:
    """Move cuts that are all but at an end of a piece to the end."""
    near = np.minimum(join_mm, long / 2)
    at = np.where(at < near, 0.0, at)
    return np.where(at > long - near, long, at)


def _closest(p: Floats, p2: Floats, q: Floats, q2: Floats) -> tuple[Floats, Floats]:
    """Return where pairs of segments come closest to each other, from 0 to 1 along each, shape (n,)."""
    d, e, r = p2 - p, q2 - q, p - q
    a, b, c = (d * d).sum(1), (d * e).sum(1), (d * r).sum(1)
    f, g = (e * e).sum(1), (e * r).sum(1)
    slope = a * f - b * b
    skew = slope > _ROUND_MM * a * f
    s = np.where(skew, np.clip((b * g - c * f) / np.where(skew, slope, 1.0), 0, 1), 0.0)
    # parallel pieces: try the end of the first that is nearer to the second as well
    t = (b * s + g) / f
    s = np.where(t < 0, np.clip(-c / a, 0, 1), np.where(t > 1, np.clip((b - c) / a, 0, 1), s))
    return s, np.clip(t, 0, 1)


@dataclass(frozen=True, eq=False)
class Reaches:
    """Where ends of cables reach segments: one row for each end and each segment within reach.

    The rows of an end follow each other, those that cost least first.

    Attributes
    ----------
    end, segment : ndarray of int, shape (n_reaches,)
    at_mm : ndarray, shape (n_reaches,)
        How far along the segment.
    across_mm : ndarray, shape (n_reaches,)
        Way in plan from the end to the segment, |dx| + |dy|.
    level_mm : ndarray, shape (n_reaches,)
        Height there, in the block that is built.
    cost_mm : ndarray, shape (n_reaches,)
        What decides between segments: the way in plan, and the rise from the middle of a rack.
    """

    end: NDArray[np.intp]
    segment: NDArray[np.intp]
    at_mm: Floats
    across_mm: Floats
    level_mm: Floats
    cost_mm: Floats

    def rows(self, wanted: Flags) -> Reaches:
        """Return some of them; `wanted` has the shape (n_reaches,)."""
        return Reaches(*(getattr(self, field.name)[wanted] for field in fields(self)))


_MIDDLE_MM = 1_000.0
"""Height above its floor from which the rise of an end is judged."""
_CHUNK = 256


def reaches_again(
    segments: Segments, ends_mm: Floats, reach_mm: float, before: Reaches, moved: NDArray[np.intp]
) -> Reaches:
    """Return what `reaches_of` gives where all ends but some are as before."""
    fresh = reaches_of(segments, ends_mm[moved], reach_mm)
    stays = np.ones(len(ends_mm), bool)
    stays[moved] = False
    kept = before.rows(stays[before.end])
    fresh = replace(fresh, end=moved[fresh.end])
    order = np.argsort(np.concatenate([kept.end, fresh.end]), kind="stable")
    columns = ((getattr(kept, f.name), getattr(fresh, f.name)) for f in fields(Reaches))
    return Reaches(*(np.concatenate(column)[order] for column in columns))


def reaches_of(segments: Segments, ends_mm: Floats, reach_mm: float) -> Reaches:
    """Find the segments within reach of ends of cables.

    Parameters
    ----------
    segments : Segments
    ends_mm : ndarray, shape (n_ends, 3)
        x, y and level of the floor [mm].
    reach_mm : float
        Largest way in plan, and largest rise or drop.
    """
    low = np.minimum(segments.start, segments.end)
    high = np.maximum(segments.start, segments.end)
    found: list[tuple[NDArray[np.intp], NDArray[np.intp]]] = []
    middle = np.array([0.0, 0.0, _MIDDLE_MM])
    for first in range(0, len(ends_mm), _CHUNK):
        part = ends_mm[first : first + _CHUNK] + middle
        near = np.ones((len(part), len(segments)), bool)
        for k in range(3):
            near &= low[None, :, k] <= part[:, k, None] + reach_mm
            near &= high[None, :, k] >= part[:, k, None] - reach_mm
        e, s = np.nonzero(near)
        found.append((e + first, s))
    end = np.concatenate([e for e, _ in found]) if found else np.zeros(0, np.intp)
    seg = np.concatenate([s for _, s in found]) if found else np.zeros(0, np.intp)
    p = ends_mm[end] + middle
    a, d = segments.start[seg], segments.end[seg] - segments.start[seg]
    flat = np.hypot(d[:, 0], d[:, 1])
    upright = flat < 1.0
    w = d * np.where(upright[:, None], (0.0, 0.0, 1.0), (1.0, 1.0, 0.0))
    share = np.clip(((p - a) * w).sum(1) / np.maximum((w * w).sum(1), _ROUND_MM), 0, 1)
    at = np.round(share * segments.length_mm[seg])
    point = a + d * (at / segments.length_mm[seg])[:, None]
    gap = np.abs(point - p)
    inside = (np.hypot(gap[:, 0], gap[:, 1]) <= reach_mm) & (gap[:, 2] <= reach_mm)
    across = np.round(gap[:, 0] + gap[:, 1])
    cost = across + gap[:, 2]
    rows = np.flatnonzero(inside)
    rows = rows[np.lexsort((seg[rows], cost[rows], end[rows]))]
    return Reaches(end[rows], seg[rows], at[rows], across[rows], np.round(point[rows, 2]), cost[rows])

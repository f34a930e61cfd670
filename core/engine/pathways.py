"""Cables in drawn pathways: which way each takes, and how full and heavy the pathways become."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.engine.columns import Flags, Floats, Ints, sum_by
from core.engine.ends import cable_ends
from core.engine.link_classes import Classes
from core.engine.parts import Option
from core.engine.pathway_network import Reaches, Segments, reaches_again, reaches_of, segments_of
from core.engine.pathway_routing import (
    Laid,
    Pieces,
    kinds_of,
    laid_again,
    lay,
    rooms_mm2,
)
from core.engine.pathway_ways import NO_REACH, NO_WAY, OVERFULL, ROUTED, Bundles
from core.engine.placed_plan import PlacedPathway
from core.engine.snapshot import Snapshot

if TYPE_CHECKING:
    from core.engine.cabling import Cabling

STATES = (
    "over the pathways", "over full pathways", "no pathway in reach of an end", "no way between the ends",
)  # fmt: skip
"""What became of a cable between racks, in the order of `ROUTED`, `OVERFULL`, `NO_REACH`, `NO_WAY`."""


@dataclass(frozen=True, eq=False)
class Routes:
    """The ways of the cables between racks over the drawn pathways.

    Attributes
    ----------
    segments : Segments
    bundles : Bundles
        Cables of one kind between the same two ends (face of a rack, or device on the floor).
    laid : Laid
    cable_bundle : ndarray of int32, shape (n_cables,)
        -1 for cables within a rack and those that are not there.
    cable_turned : ndarray of bool, shape (n_cables,)
        Its end `a` is the end `b` of its bundle.
    gone : tuple of (str, str)
        Links whose pinned route names a pathway that is not there: path of the link, and of the pathway.
    off_pin : tuple of str
        Links pinned to pathways that do not lead from end to end.
    ends_mm : ndarray, shape (n_ends, 3)
        Where the ends are: x, y and level of their floor.
    """

    segments: Segments
    reaches: Reaches
    bundles: Bundles
    laid: Laid
    cable_bundle: Ints
    cable_turned: Flags
    gone: tuple[tuple[str, str], ...]
    off_pin: tuple[str, ...]
    of: Snapshot
    ends_mm: Floats
    sorting: Sorting

    @cached_property
    def cable_state(self) -> NDArray[np.int8]:
        """Index into `STATES`, -1 for cables that are not between racks, shape (n_cables,)."""
        state: NDArray[np.int8] = np.append(self.laid.state, -1)[self.cable_bundle].astype(np.int8)
        return state

    @cached_property
    def cable_routed(self) -> Flags:
        """Whether the cable lies in pathways, shape (n_cables,)."""
        state = self.cable_state
        routed: Flags = (state == ROUTED) | (state == OVERFULL)
        return routed

    def ways_m(self, rows: NDArray[np.intp]) -> Floats:
        """Return facts of the ways of some cables that lie in pathways.

        Returns
        -------
        ndarray, shape (4, n)
            Along the pathways; across to them, both ends; height at which it leaves end a; end b [m].
        """
        bundle, turned = self.cable_bundle[rows], self.cable_turned[rows]
        laid = self.laid
        across = laid.across_a_mm[bundle] + laid.across_b_mm[bundle]
        a, b = laid.level_a_mm[bundle], laid.level_b_mm[bundle]
        return np.stack([laid.run_mm[bundle], across, np.where(turned, b, a), np.where(turned, a, b)]) / 1000

    def like(self, rows: NDArray[np.intp], others: NDArray[np.intp]) -> Flags:
        """Tell of pairs of cables, copies of each other, whether their ways are equally long."""
        same: Flags = self.cable_routed[rows] == self.cable_routed[others]
        both = np.flatnonzero(same & self.cable_routed[rows])
        facts = [self.ways_m(cables[both]) for cables in (rows, others)]
        for fact, cables in zip(facts, (rows, others), strict=True):
            fact[2:] -= self._levels_m(cables[both])  # copies may stand on other floors
        same[both] = (np.abs(facts[0] - facts[1]) < 1e-9).all(axis=0)
        return same

    def _levels_m(self, rows: NDArray[np.intp]) -> Floats:
        """Return the level that the device at end a of some cables, or its rack, stands on [m]."""
        snap, device = self.of, self.of.cable_a[rows]
        rack = snap.device_rack[device]
        level = np.where(rack >= 0, np.append(snap.rack_z, 0)[rack], snap.device_z[device])
        levels: Floats = level / 1000
        return levels

    def segments_of(self, cable: int) -> NDArray[np.intp]:
        """Return the segments a cable lies in, from end `a` on."""
        bundle = int(self.cable_bundle[cable])
        if bundle < 0:
            return np.zeros(0, np.intp)
        found = self.laid.segments[self.laid.offsets[bundle] : self.laid.offsets[bundle + 1]]
        return found[::-1] if self.cable_turned[cable] else found

    def cables_in(self, pathway: str) -> NDArray[np.intp]:
        """Return the rows of the cables that lie in a pathway, by its path."""
        row = self.segments.pathway_rows.get(pathway, -1)
        of = np.repeat(np.arange(len(self.bundles)), np.diff(self.laid.offsets))
        bundles = np.unique(of[self.segments.pathway[self.laid.segments] == row])
        return np.flatnonzero(np.isin(self.cable_bundle, bundles))

    def ways_of(self, cable: int) -> tuple[PlacedPathway, ...]:
        """Return the pathways a cable lies in, in order from end `a`."""
        bundle = int(self.cable_bundle[cable])
        found = self.ways_of_bundle(bundle) if bundle >= 0 else ()
        return found[::-1] if self.cable_turned[cable] else found

    def ways_of_bundle(self, bundle: int) -> tuple[PlacedPathway, ...]:
        """Return the pathways a bundle lies in, in order from its end `a`."""
        part = self.laid.segments[self.laid.offsets[bundle] : self.laid.offsets[bundle + 1]]
        rows = self.segments.pathway[part].tolist()
        return tuple(self.segments.ways[k] for k in dict.fromkeys(rows))

    def pathways_of(self, cable: int) -> tuple[str, ...]:
        """Return the paths of the pathways a cable lies in, in order from end `a`."""
        return tuple(way.path for way in self.ways_of(cable))


def routed(
    snap: Snapshot,
    sorted_links: Classes,
    options: tuple[Option, ...],
    cable_option: Ints,
    before: Routes | None = None,
) -> Routes | None:
    """Lay all cables between racks in the drawn pathways; None if there are none.

    Parameters
    ----------
    snap : Snapshot
    sorted_links : Classes
    options : tuple of Option
    cable_option : ndarray of int32, shape (n_cables,)
        The part each cable would be if its way went along the racks: decides kind and diameter.
    before : Routes, optional
        The last result; what is as it was is kept.
    """
    if not snap.pathways:
        return None
    if before is not None and not _same(snap, before.of, ("pathways", "brief")):
        before = None
    rows = np.flatnonzero((snap.cable_layer >= 0) & ~sorted_links.same_rack & ~sorted_links.plugs_on)
    ends, a, b = cable_ends(snap, rows, sorted_links)
    join_mm, reach_mm = (1000 * snap.brief.assume(f"pathway_{what}_m") for what in ("join", "reach"))
    segments = segments_of(snap.pathways, join_mm) if before is None else before.segments
    if before is None or len(ends) != len(before.ends_mm):
        moved, reaches = None, reaches_of(segments, ends, reach_mm)
    else:
        moved = np.flatnonzero((ends != before.ends_mm).any(axis=1))
        reaches = reaches_again(segments, ends, reach_mm, before.reaches, moved)
    pin_of, gone, links = _pins(snap, segments)
    number = cable_option[rows]
    kind = _kinds(snap, options, number, rows)
    low, high, pin = np.minimum(a, b), np.maximum(a, b), pin_of[rows]
    n = len(ends) + 1
    key = ((pin.astype(np.int64) * n + low) * n + high) * 4 + kind
    last = before.sorting if before is not None else None
    sorting = last if last is not None and np.array_equal(key, last.key) else Sorting.of(key)
    sample = sorting.sample
    area = sum_by(sorting.index, _areas_mm2(snap, options, number, snap.cable_layer[rows]), len(sample))
    only = tuple((k, links[p][1]) for k, p in enumerate(pin[sample].tolist()) if p)
    bundles = Bundles(low[sample], high[sample], kind[sample], area, only)
    room = rooms_mm2(segments, snap.brief.assume("tray_fill"))
    laid = None
    if before is not None and moved is not None and sorting is last and only == before.bundles.only:
        other = np.isin(bundles.a, moved) | np.isin(bundles.b, moved) | (area != before.bundles.area_mm2)
        laid = before.laid
        if other.any():
            laid = laid_again(segments, reaches, bundles, room, laid, np.flatnonzero(other))
    if laid is None:
        laid = lay(segments, reaches, bundles, room)
    cable_bundle = np.full(snap.n_cables, -1, np.int32)
    cable_bundle[rows] = sorting.index
    cable_turned = np.zeros(snap.n_cables, bool)
    cable_turned[rows] = a > b
    lost = {int(pin[sample[k]]) for k in laid.off_pin}
    off = tuple(name for p, (name, _) in enumerate(links) if p in lost)
    return Routes(
        segments, reaches, bundles, laid, cable_bundle, cable_turned, gone, off, snap, ends, sorting
    )


@dataclass(frozen=True, eq=False)
class Sorting:
    """Cables between racks sorted into bundles: equal keys, one bundle.

    Attributes
    ----------
    key, index : ndarray of int64, shape (n,)
        What makes the bundle of each cable, and its number.
    sample : ndarray of int, shape (n_bundles,)
        One cable of each bundle.
    """

    key: NDArray[np.int64]
    index: NDArray[np.intp]
    sample: NDArray[np.intp]

    @classmethod
    def of(cls, key: NDArray[np.int64]) -> Sorting:
        _, sample, index = np.unique(key, return_index=True, return_inverse=True)
        return cls(key, index, sample)


def _kinds(
    snap: Snapshot, options: tuple[Option, ...], number: Ints, rows: NDArray[np.intp]
) -> NDArray[np.intp]:
    """Return the kind (index into `CARRIED`) of some cables by their parts."""
    media = [option.media for option in options] + [""]
    layers = snap.cable_layer[rows]
    there = np.zeros((len(media), 3), bool)
    there[number, layers] = True
    table = np.zeros(there.shape, np.intp)
    option, layer = np.nonzero(there)
    table[option, layer] = kinds_of([media[k] for k in option.tolist()], layer.astype(np.int32))
    return table[number, layers]


def _same(now: Snapshot, before: Snapshot, groups: tuple[str, ...]) -> bool:
    return all(now.group(name) is before.group(name) for name in groups)


_Pinned = tuple[str, frozenset[int]]


def _pins(snap: Snapshot, segments: Segments) -> tuple[Ints, tuple[tuple[str, str], ...], list[_Pinned]]:
    """Return for each cable the number of its pin (0: none), pathways that are gone, and the pins."""
    number = np.zeros(snap.n_cables, np.int32)
    gone: list[tuple[str, str]] = []
    found: list[_Pinned] = [("", frozenset())]
    for pin in snap.pins:
        rows = [segments.pathway_rows.get(path, -1) for path in pin.via]
        gone.extend((pin.link, path) for path, k in zip(pin.via, rows, strict=True) if k < 0)
        if all(k >= 0 for k in rows):
            at = snap.flat.cable_rows(pin.link)
            number[at.start : at.stop] = len(found)
            found.append((pin.link, frozenset(rows)))
    return number, tuple(gone), found


def _areas_mm2(snap: Snapshot, options: tuple[Option, ...], number: Ints, layer: Ints) -> Floats:
    """Return the cross-section of some cables; of one of several links in a piece its share."""
    known = [np.pi / 4 * diameter_mm(snap, option)[0] ** 2 / option.links for option in options]
    instead = [np.pi / 4 * snap.brief.assume(f"diameter_{k}_mm") ** 2 for k in ("fibre", "cord", "hose")]
    table = np.array([*known, 0.0])
    areas: Floats = np.where(number >= 0, table[number], np.array(instead)[layer])
    return areas


_INSTEAD = {"MMF": "fibre", "SMF": "fibre", "AOC": "fibre", "UTP": "pair", "cord": "cord", "hose": "hose"}


def diameter_mm(snap: Snapshot, option: Option) -> tuple[float, bool]:
    """Return the diameter of a cable, and whether its type gives it; else it is an assumption by medium."""
    if option.cable.diameter_mm is not None:
        return option.cable.diameter_mm, True
    return snap.brief.assume(f"diameter_{_INSTEAD.get(option.media, 'copper')}_mm"), False


def mass_kg_m(snap: Snapshot, option: Option) -> tuple[float, bool]:
    """Return the mass of a metre of cable, and whether its type gives it; else that of its cross-section."""
    if option.cable.mass_g_m is not None:
        return option.cable.mass_g_m / 1000, True
    area_m2 = np.pi / 4 * (diameter_mm(snap, option)[0] / 1000) ** 2
    return float(area_m2 * snap.brief.assume("cable_density_kg_m3")), False


@dataclass(frozen=True, eq=False)
class Pathways:
    """How full and heavy the drawn pathways are with the parts chosen.

    Attributes
    ----------
    segments : Segments
    segment_cables : ndarray, shape (n_segments,)
        Cables in the fullest place of the segment; links in one piece count once.
    segment_area_mm2, segment_kg_m : ndarray, shape (n_segments,)
        Cross-section and mass for each metre there.
    segment_fill : ndarray, shape (n_segments,)
        Share of width x depth; NaN where the size is not known.
    segment_fill_max : ndarray, shape (n_segments,)
        What is allowed.
    segment_fabric : ndarray of int64, shape (n_fabrics + 1, n_segments)
        Links that lie in the segment, by fabric; the last row is of those without one.
    assumed_diameter, assumed_mass : int
        Links of the pathways whose type gives no diameter, no mass: taken from the assumptions by medium.
    cable_astray : ndarray of int32
        Rows of cables that lie with others they are kept apart from: their way makes them of another medium.
    """

    routes: Routes
    segment_cables: Floats
    segment_area_mm2: Floats
    segment_kg_m: Floats
    segment_fill: Floats
    segment_fill_max: Floats
    segment_fabric: NDArray[np.int64]
    assumed_diameter: int
    assumed_mass: int
    cable_astray: NDArray[np.intp]

    @property
    def segments(self) -> Segments:
        return self.routes.segments

    def pathway_worst(self, values: Floats) -> Floats:
        """Return the highest value of the segments of each pathway, shape (n_pathways,); NaN where none."""
        worst = np.full(len(self.segments.ways), -np.inf)
        np.fmax.at(worst, self.segments.pathway, values)
        return np.where(np.isneginf(worst), np.nan, worst)


def pathways_of(cabling: Cabling) -> Pathways | None:
    """Return how full the pathways are; None if none is drawn."""
    routes = cabling.routes
    if routes is None:
        return None
    snap, segments, options = routes.of, routes.segments, cabling.options
    rows = np.flatnonzero(routes.cable_routed)
    number, bundle = cabling.cable_option[rows], routes.cable_bundle[rows]
    diameters = [diameter_mm(snap, option) for option in options]
    masses = [mass_kg_m(snap, option) for option in options]
    share = np.array([1 / option.links for option in options] + [1.0])[number]
    mass = np.array([kg for kg, _ in masses] + [0.0])[number] * share
    area = _areas_mm2(snap, options, number, snap.cable_layer[rows])
    count = len(routes.bundles)
    pieces = Pieces.of(segments, routes.reaches)
    laid = routes.laid
    of = np.repeat(np.arange(count), np.diff(laid.offsets))

    def worst(value: Floats) -> Floats:
        """Sum a value of cables over each piece, and return the highest of each segment."""
        each = pieces.sums(laid.segments, laid.low_mm, laid.high_mm, sum_by(bundle, value, count)[of])
        highest = np.zeros(len(segments))
        np.maximum.at(highest, pieces.segment, each)
        return highest

    records = [way.record for way in segments.ways]
    size = np.array([float(r.width_mm * r.depth_mm) or np.nan for r in records])[segments.pathway]
    most = [snap.brief.assume("tray_fill") if r.fill_max is None else r.fill_max for r in records]
    fabrics = np.where(snap.cable_fabric[rows] < 0, len(snap.fabrics), snap.cable_fabric[rows])
    per_fabric = np.zeros((len(snap.fabrics) + 1, len(segments)), np.int64)
    for fabric in np.unique(fabrics).tolist():
        each = np.bincount(bundle[fabrics == fabric], minlength=count)[of]
        per_fabric[fabric] = np.bincount(laid.segments, each, len(segments))
    filled = worst(area)
    unknown = np.array([not known for _, known in diameters] + [True])[number]
    weightless = np.array([not known for _, known in masses] + [True])[number]
    return Pathways(
        routes, np.round(worst(share), 6), filled, worst(mass), filled / size,
        np.array(most)[segments.pathway], per_fabric, int(unknown.sum()), int(weightless.sum()),
        _astray(routes, cabling, rows),
    )  # fmt: skip


def _astray(routes: Routes, cabling: Cabling, rows: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the cables whose part, chosen by the way they take, is of a kind their pathways do not carry."""
    number = cabling.cable_option[rows]
    chosen = rows[number >= 0]
    if not len(chosen):
        return chosen
    layers = routes.of.cable_layer[chosen]
    kinds_by_option = kinds_of([o.media for o in cabling.options], np.zeros(len(cabling.options), np.int32))
    kind = kinds_by_option[cabling.cable_option[chosen]]
    moved = chosen[(layers == 0) & (kind != routes.bundles.kind[routes.cable_bundle[chosen]])]
    carries = routes.segments.carries
    now = kinds_by_option[cabling.cable_option[moved]]
    wrong = [
        not carries[kind, routes.segments_of(cable)].all()
        for cable, kind in zip(moved.tolist(), now.tolist(), strict=True)
    ]
    astray: NDArray[np.intp] = moved[np.array(wrong, bool)]
    return astray


__all__ = [
    "NO_REACH", "NO_WAY", "OVERFULL", "ROUTED", "STATES", "Pathways", "Routes", "diameter_mm", "mass_kg_m",
    "pathways_of", "routed",
]  # fmt: skip

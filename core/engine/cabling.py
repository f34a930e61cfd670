"""Cables: how long, of what medium, which part."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.engine.columns import Flags, Floats, Ints
from core.engine.parts import LinkClass, Option, options_for
from core.engine.routes import routes_m
from core.engine.snapshot import Snapshot
from core.engine.specs import LAYERS
from core.engine.stage import stage


@dataclass(frozen=True)
class Classes:
    """Links sorted by what they can be made of.

    Attributes
    ----------
    classes : tuple of LinkClass
    options : tuple of tuple of Option
        For each class, best first.
    cable_class : ndarray of int32, shape (n_cables,)
        -1 for cables that are not there.
    cable_rate_gbps : ndarray, shape (n_cables,)
        Rate of one link, NaN where not known.
    cage_a, cage_b : ndarray of int64, shape (n_cables,)
        Number of the cage (port of a device) at each end, below `n_cages`.
    cable_pair : ndarray of int64, shape (n_cables,)
        Equal for cables that join the same two cages (of power and coolant: the same two devices).
    behind_a, behind_b : ndarray of bool, shape (n_cables,)
        Port on the rear of its device.
    same_rack : ndarray of bool, shape (n_cables,)
    """

    classes: tuple[LinkClass, ...]
    options: tuple[tuple[Option, ...], ...]
    cable_class: Ints
    cable_rate_gbps: Floats
    cage_a: NDArray[np.int64]
    cage_b: NDArray[np.int64]
    cable_pair: NDArray[np.int64]
    n_cages: int
    behind_a: Flags
    behind_b: Flags
    same_rack: Flags


@stage(reads=("devices", "cables"))
def link_classes(snap: Snapshot) -> Classes:
    """Sort cables by layer, connectors, rate, split and by how many share their two cages."""
    ports = snap.specs.ports
    live = snap.cable_layer >= 0
    row_a, row_b = (
        np.where(live, ports.base[snap.device_spec[device]] + port, 0)
        for device, port in ((snap.cable_a, snap.cable_port_a), (snap.cable_b, snap.cable_port_b))
    )
    split_a, split_b = np.maximum(snap.cable_lane_a >> 4, 1), np.maximum(snap.cable_lane_b >> 4, 1)
    if len(ports.rate_gbps) == 0:
        rate, none = np.full(snap.n_cables, np.nan), np.zeros(snap.n_cables, np.int64)
        no, front = np.full(snap.n_cables, -1, np.int32), np.zeros(snap.n_cables, bool)
        return Classes((), (), no, rate, none, none, none, 0, front, front, front)
    rate = np.fmin(ports.rate_gbps[row_a] / split_a, ports.rate_gbps[row_b] / split_b)
    first = np.zeros(snap.n_devices + 1, np.int64)
    np.cumsum(np.diff(ports.base)[snap.device_spec], out=first[1:])
    cage_a, cage_b = first[snap.cable_a] + snap.cable_port_a, first[snap.cable_b] + snap.cable_port_b
    pair, shared = _pairs(snap, cage_a, cage_b, live, int(first[-1]))
    columns = (snap.cable_layer, ports.connector[row_a], ports.connector[row_b], split_a, split_b, shared)
    code = _packed(*columns, np.round(np.nan_to_num(rate) * 1000).astype(np.int64))
    _, sample, number = np.unique(code, return_index=True, return_inverse=True)
    classes = []
    for row in sample:
        layer, a, b, sa, sb, count = (int(column[row]) for column in columns)
        classes.append(
            LinkClass(
                LAYERS[layer] if layer >= 0 else "",
                ports.connectors[a],
                ports.connectors[b],
                float(np.nan_to_num(rate[row])),
                sa,
                sb,
                count,
            )
        )
    types = snap.specs.all_types()
    rack_a, rack_b = snap.device_rack[snap.cable_a], snap.device_rack[snap.cable_b]
    return Classes(
        classes=tuple(classes),
        options=tuple(tuple(options_for(c, types)) if c.layer else () for c in classes),
        cable_class=np.where(live, number.reshape(-1), -1).astype(np.int32),
        cable_rate_gbps=rate,
        cage_a=cage_a,
        cage_b=cage_b,
        cable_pair=pair,
        n_cages=int(first[-1]),
        behind_a=ports.rear[row_a] == 1,
        behind_b=ports.rear[row_b] == 1,
        same_rack=(rack_a == rack_b) & (rack_a >= 0),
    )


def _pairs(
    snap: Snapshot, cage_a: NDArray[np.int64], cage_b: NDArray[np.int64], live: Flags, n: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Number the pairs of cages (of devices, unless it is data) that live cables join; count the cables."""
    data = snap.cable_layer == LAYERS.index("data")
    end_a, end_b = np.where(data, cage_a, n + snap.cable_a), np.where(data, cage_b, n + snap.cable_b)
    low, high = np.minimum(end_a, end_b), np.maximum(end_a, end_b)
    both = (low * (n + snap.n_devices) + high) * len(LAYERS) + snap.cable_layer
    _, pair, counts = np.unique(np.where(live, both, -1), return_inverse=True, return_counts=True)
    pair = pair.reshape(-1).astype(np.int64)
    return pair, counts[pair]


def _packed(*columns: NDArray[Any]) -> NDArray[np.int64]:
    """One integer for each row of integer columns."""
    code = np.zeros(len(columns[0]), np.int64)
    for column in columns:
        low = int(column.min(initial=0))
        code = code * (int(column.max(initial=0)) - low + 1) + (column - low)
    return code


@dataclass(frozen=True)
class Cabling:
    """Lengths and parts of all cables.

    Attributes
    ----------
    cable_route_m : ndarray, shape (n_cables,)
        Way from port to port along the racks and trays, slack included [m]; NaN for absent cables.
    cable_ordered_m : ndarray, shape (n_cables,)
        Stocked length at least as long, or the length pinned [m]; NaN where no part fits.
    cable_option : ndarray of int32, shape (n_cables,)
        Index into `options`; -1 where no qualified part reaches.
    options : tuple of Option
    """

    cable_route_m: Floats
    cable_ordered_m: Floats
    cable_option: Ints
    options: tuple[Option, ...]
    classes: Classes

    @property
    def cable_same_rack(self) -> Flags:
        """Whether both ends are in one rack, shape (n_cables,)."""
        return self.classes.same_rack


@stage(
    reads=("devices", "mounting", "standing", "racks", "placement", "cables", "orders", "brief"),
    needs=(link_classes,),
)
def cabling(snap: Snapshot, sorted_links: Classes) -> Cabling:
    """Measure every cable and choose its part.

    Notes
    -----
    Inside a rack: the difference in height, the way to the side channel at both ends, the depth of the rack
    if one port is in front and one in the rear, slack at both ends. Between racks: up to the trays and down
    again, the tray run as |dx| + |dy| with its allowance (routes along drawn pathways are not followed yet),
    slack at both ends; between floors, whose trays are all at one height above their own, the difference of
    their levels. The needed length is rounded up to a stocked one *before* it is held against reach.
    """
    work, index = _distinct(snap, sorted_links)
    route = routes_m(
        snap, work, sorted_links.behind_a[work], sorted_links.behind_b[work], sorted_links.same_rack[work]
    )
    ordered, chosen = np.full(len(work), np.nan), np.full(len(work), -1, np.int32)
    all_options: list[Option] = []
    known: dict[tuple[object, ...], int] = {}

    def number(option: Option) -> int:
        key = (id(option.cable), id(option.optic_a), id(option.optic_b), option.near)
        if key not in known:
            known[key] = len(all_options)
            all_options.append(option)
        return known[key]

    classes = sorted_links.cable_class[work]
    for k, options in enumerate(sorted_links.options):
        at = np.flatnonzero(classes == k)
        if options and len(at):
            ordered[at], chosen[at] = _choose(snap, work[at], options, route[at], number, sorted_links)
    pin = snap.cable_length_m[work]
    ordered = np.where(np.isnan(pin), ordered, pin)
    return Cabling(route[index], ordered[index], chosen[index], tuple(all_options), sorted_links)


def _distinct(snap: Snapshot, sorted_links: Classes) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the cables that differ, and for each cable its place among them.

    A cable is like that of the first copy of its block, unless an override makes it another one or it may
    share a piece with links of another block.
    """
    rows, first, of_class = np.arange(snap.n_cables), snap.cable_first, sorted_links.cable_class
    shares = [
        any(option.near or (option.links > 1 and kind.layer != "data") for option in options)
        for kind, options in zip(sorted_links.classes, sorted_links.options, strict=True)
    ]
    own = (of_class != of_class[first]) | np.array([*shares, False])[of_class]
    pin = snap.cable_length_m
    if not np.isnan(pin).all():
        own |= (pin != pin[first]) & ~(np.isnan(pin) & np.isnan(pin[first]))
    like = np.where(own, rows, first)
    place = np.zeros(snap.n_cables, np.intp)
    work = np.flatnonzero(like == rows)
    place[work] = np.arange(len(work))
    return work, place[like]


def _choose(
    snap: Snapshot,
    rows: NDArray[np.intp],
    options: tuple[Option, ...],
    needed: Floats,
    number: Callable[[Option], int],
    sorted_links: Classes,
) -> tuple[Floats, Ints]:
    """Return length and number of the first option that serves each of some cables of one class."""
    pin, pinned_type = snap.cable_length_m[rows], snap.cable_type[rows]
    is_pinned = ~np.isnan(pin)
    any_pinned, any_type = bool(is_pinned.any()), bool((pinned_type >= 0).any())
    length, option_of = np.full(len(rows), np.nan), np.full(len(rows), -1, np.int32)
    for option in options:
        todo = np.flatnonzero((option_of < 0) & _allowed(snap, option, pinned_type if any_type else None))
        if not len(todo):
            continue
        way = needed[todo]
        if option.links > 1:
            way = _longest_of_piece(pieces_of(option, sorted_links)[rows[todo]], way)
        ordered_m = option.ordered_m(way)
        if any_pinned:
            ordered_m = np.where(is_pinned[todo], pin[todo], ordered_m)
        fits = (ordered_m <= option.reach_m + 1e-9) & (ordered_m >= option.reach_min_m - 1e-9)
        length[todo[fits]], option_of[todo[fits]] = ordered_m[fits], number(option)
    return length, option_of


def _allowed(snap: Snapshot, option: Option, pinned_type: Ints | None) -> Flags | bool:
    """Tell for which cables the type that is pinned, if any is, allows an option."""
    if pinned_type is None:
        return True
    names = snap.cable_types
    own = names.index(option.cable.id) if option.cable.id in names else len(names)
    allowed: Flags = (pinned_type < 0) | (pinned_type == own)
    return allowed


def _longest_of_piece(piece: NDArray[np.int64], way_m: Floats) -> Floats:
    _, index = np.unique(piece, return_inverse=True)
    longest = np.zeros(len(way_m))
    np.maximum.at(longest, index.reshape(-1), way_m)
    found: Floats = longest[index.reshape(-1)]
    return found


def pieces_of(option: Option, sorted_links: Classes) -> NDArray[np.int64]:
    """Return for each cable a number that those share which this option makes of one piece.

    All links of a piece have its length: that of the longest.
    """
    if option.near:
        return sorted_links.cage_a if option.near == "a" else sorted_links.cage_b
    return sorted_links.cable_pair

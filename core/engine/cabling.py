"""Cables: how long, of what medium, which part."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from core.engine.columns import Flags, Floats, Ints
from core.engine.kept import kept_rows
from core.engine.parts import LinkClass, Option, options_for
from core.engine.routes import routes_m
from core.engine.snapshot import GROUPS, Snapshot
from core.engine.specs import LAYERS
from core.engine.stage import stage

Keys: TypeAlias = tuple[tuple[int, ...], ...]


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
        Equal for cables that join the same two cages (of power and coolant: the same two devices); -1 for
        those that are not there.
    behind_a, behind_b : ndarray of bool, shape (n_cables,)
        Port on the rear of its device.
    same_rack : ndarray of bool, shape (n_cables,)
    keys : tuple of tuple of int
        What stands for each class; they rise.
    of : Snapshot
        What it was made of.
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
    keys: Keys
    of: Snapshot


_READ = tuple(name for name in GROUPS["cables"] if name != "cable_fabric")
_ROWS = ("cable_rate_gbps", "cage_a", "cage_b", "cable_pair", "behind_a", "behind_b", "same_rack")
"""Columns of a cable that hang on its own row alone, once the devices stand."""


@stage(reads=("devices", "cables"), reuses=True)
def link_classes(snap: Snapshot, before: Classes | None = None) -> Classes:
    """Sort cables by layer, connectors, rate, split and by how many share their two cages.

    Notes
    -----
    Of the last result those rows stand whose cables are as they were, unless both devices are ones whose
    cables changed: only then can others share the two cages with them than before.
    """
    ports = snap.specs.ports
    if len(ports.rate_gbps) == 0:
        rate, none = np.full(snap.n_cables, np.nan), np.zeros(snap.n_cables, np.int64)
        no, front = np.full(snap.n_cables, -1, np.int32), np.zeros(snap.n_cables, bool)
        return Classes((), (), no, rate, none, none, none, 0, front, front, front, (), snap)
    kept = np.full(snap.n_cables, -1)
    if before is not None and _same_devices(snap, before.of):
        kept = _untouched(snap, before.of)
    rows = np.flatnonzero(kept < 0)
    first = np.zeros(snap.n_devices + 1, np.int64)
    np.cumsum(np.diff(ports.base)[snap.device_spec], out=first[1:])
    if before is None or 2 * len(rows) >= snap.n_cables:
        columns, keys, number = _sorted(snap, np.arange(snap.n_cables), first)
        options = {}
    else:
        fresh, new, of_new = _sorted(snap, rows, first)
        columns = {name: _merged(getattr(before, name), kept, rows, fresh[name]) for name in _ROWS}
        number = _merged(before.cable_class, kept, rows, of_new)
        keys, number = _joined(before.keys, new, number, rows)
        options = dict(zip(before.keys, before.options, strict=True))
    classes = tuple(
        LinkClass(LAYERS[layer], ports.connectors[a], ports.connectors[b], rate / 1000, sa, sb, count)
        for layer, a, b, sa, sb, count, rate in keys
    )
    types = snap.specs.all_types()
    return Classes(
        classes=classes,
        options=tuple(
            options[key] if key in options else tuple(options_for(kind, types))
            for key, kind in zip(keys, classes, strict=True)
        ),
        cable_class=number,
        n_cages=int(first[-1]),
        keys=keys,
        of=snap,
        **columns,
    )


def _same_devices(snap: Snapshot, before: Snapshot) -> bool:
    return all(snap.group(name) is before.group(name) for name in ("specs", "devices"))


def _untouched(snap: Snapshot, before: Snapshot) -> NDArray[np.intp]:
    """Return for each cable its row before; -1 where it, or one between its two devices, is another."""
    kept = kept_rows(snap, before, _READ)
    fresh, gone = kept < 0, np.ones(before.n_cables, bool)
    gone[kept[~fresh]] = False
    touched = np.zeros(snap.n_devices, bool)
    for state, rows in ((snap, fresh), (before, gone)):
        touched[state.cable_a[rows]] = touched[state.cable_b[rows]] = True
    kept[touched[snap.cable_a] & touched[snap.cable_b]] = -1
    return kept


def _merged(
    old: NDArray[Any], kept: NDArray[np.intp], rows: NDArray[np.intp], fresh: NDArray[Any]
) -> NDArray[Any]:
    column = old[kept]
    column[rows] = fresh
    return column


def _joined(old: Keys, new: Keys, number: Ints, rows: NDArray[np.intp]) -> tuple[Keys, Ints]:
    """Number the classes anew: `number` counts in the old ones, in some rows in the new ones."""
    of_new = number[rows]
    number[rows] = -1
    used = np.flatnonzero(np.bincount(number + 1, minlength=len(old) + 1)[1:])
    keys = tuple(sorted({*(old[k] for k in used.tolist()), *new}))
    place = {key: k for k, key in enumerate(keys)}
    if keys != old:
        number = _ints([*(place.get(key, -1) for key in old), -1])[number]
    number[rows] = _ints([*(place[key] for key in new), -1])[of_new]
    return keys, number


def _ints(values: list[int]) -> Ints:
    return np.array(values, dtype=np.int32)


def _sorted(
    snap: Snapshot, rows: NDArray[np.intp], first: NDArray[np.int64]
) -> tuple[dict[str, NDArray[Any]], Keys, Ints]:
    """Return the columns of some cables, their classes, and which of them each is in.

    No other cable may share its two cages with these. `first` is the number of each device's first cage.
    """
    ports = snap.specs.ports
    a, b, port_a, port_b, lane_a, lane_b, layer = (getattr(snap, name)[rows] for name in _READ)
    live = layer >= 0
    row_a, row_b = (
        np.where(live, ports.base[snap.device_spec[device]] + port, 0)
        for device, port in ((a, port_a), (b, port_b))
    )
    split_a, split_b = np.maximum(lane_a >> 4, 1), np.maximum(lane_b >> 4, 1)
    rate = np.fmin(ports.rate_gbps[row_a] / split_a, ports.rate_gbps[row_b] / split_b)
    cage_a, cage_b = first[a] + port_a, first[b] + port_b
    data, n = layer == LAYERS.index("data"), int(first[-1])
    end_a, end_b = np.where(data, cage_a, n + a), np.where(data, cage_b, n + b)
    low, high = np.minimum(end_a, end_b), np.maximum(end_a, end_b)
    pair = np.where(live, (low * (n + snap.n_devices) + high) * len(LAYERS) + layer, -1)
    kinds = (ports.connector[row_a], ports.connector[row_b], split_a, split_b, _shared(pair))
    columns = [
        column[live] for column in (layer, *kinds, np.round(np.nan_to_num(rate) * 1000).astype(np.int64))
    ]
    _, sample, index = np.unique(_packed(*columns), return_index=True, return_inverse=True)
    number = np.full(len(rows), -1, np.int32)
    number[live] = index.reshape(-1)
    rack_a, rack_b = snap.device_rack[a], snap.device_rack[b]
    found = {
        "cable_rate_gbps": rate,
        "cage_a": cage_a,
        "cage_b": cage_b,
        "cable_pair": pair,
        "behind_a": ports.rear[row_a] == 1,
        "behind_b": ports.rear[row_b] == 1,
        "same_rack": (rack_a == rack_b) & (rack_a >= 0),
    }
    return found, tuple(zip(*(column[sample].tolist() for column in columns), strict=True)), number


def _shared(pair: NDArray[np.int64]) -> NDArray[np.intp]:
    """Return how many cables each cable's pair of cages has."""
    order = np.argsort(pair)
    ordered = pair[order]
    new = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1])[: len(pair)])
    counts = np.diff(np.append(new, len(pair)))
    shared = np.empty(len(pair), np.intp)
    shared[order] = np.repeat(counts, counts)
    return shared


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
    measured : ndarray of bool, shape (n_cables,)
        Its own way was measured; others are as long as a copy of them.
    of : Snapshot
        What it was made of.
    """

    cable_route_m: Floats
    cable_ordered_m: Floats
    cable_option: Ints
    options: tuple[Option, ...]
    classes: Classes
    measured: Flags
    of: Snapshot

    @property
    def cable_same_rack(self) -> Flags:
        """Whether both ends are in one rack, shape (n_cables,)."""
        return self.classes.same_rack


@stage(
    reads=("devices", "mounting", "standing", "racks", "placement", "cables", "orders", "brief"),
    needs=(link_classes,),
    reuses=True,
)
def cabling(snap: Snapshot, sorted_links: Classes, before: Cabling | None = None) -> Cabling:
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
    route = _routes_m(snap, work, sorted_links, before)
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
    measured = np.zeros(snap.n_cables, bool)
    measured[work] = True
    return Cabling(
        route[index], ordered[index], chosen[index], tuple(all_options), sorted_links, measured, snap
    )


_STANDING = ("specs", "devices", "mounting", "standing", "racks", "placement", "brief")
_ENDS = ("cable_a", "cable_b", "cable_port_a", "cable_port_b", "cable_layer")
"""What the way of a cable hangs on: groups of columns, and columns of its own."""


def _routes_m(
    snap: Snapshot, work: NDArray[np.intp], sorted_links: Classes, before: Cabling | None
) -> Floats:
    """Return the way of some cables; as before where neither they nor any device has moved."""
    kept = np.full(len(work), -1)
    if before is not None and all(snap.group(name) is before.of.group(name) for name in _STANDING):
        kept = kept_rows(snap, before.of, _ENDS, work)
        kept[~np.append(before.measured, False)[kept]] = -1
    fresh = np.flatnonzero(kept < 0)
    rows, links = work[fresh], sorted_links
    ways = routes_m(snap, rows, links.behind_a[rows], links.behind_b[rows], links.same_rack[rows])
    return (
        ways
        if before is None or len(fresh) == len(work)
        else _merged(before.cable_route_m, kept, fresh, ways)
    )


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

"""Cables: how long, of what medium, which part."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.engine.columns import Flags, Floats, Ints
from core.engine.kept import kept_rows, merged
from core.engine.link_classes import Classes, link_classes
from core.engine.parts import Option
from core.engine.pathways import Pathways, Routes, pathways_of, routed
from core.engine.routes import routes_m
from core.engine.snapshot import Snapshot
from core.engine.stage import stage

if TYPE_CHECKING:
    from core.engine.channels import Channel


@dataclass(frozen=True)
class Cabling:
    """Lengths and parts of all cables.

    Attributes
    ----------
    cable_route_m : ndarray, shape (n_cables,)
        Way from port to port along the racks and trays, slack included [m]; NaN for absent cables, and for
        links of one device that plugs onto the other.
    cable_ordered_m : ndarray, shape (n_cables,)
        Stocked length at least as long, or the length pinned [m]; NaN where no part fits.
    cable_option : ndarray of int32, shape (n_cables,)
        Index into `options`; -1 where no qualified part reaches.
    options : tuple of Option
    measured : ndarray of bool, shape (n_cables,)
        Its own way was measured; others are as long as a copy of them.
    routes : Routes or None
        Ways over the drawn pathways; None if none is drawn.
    beside : Cabling or None
        With pathways: what it would be if all cables went along the racks.
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
    routes: Routes | None = None
    beside: Cabling | None = None

    @cached_property
    def pathways(self) -> Pathways | None:
        """How full and heavy the drawn pathways are; None if none is drawn."""
        return pathways_of(self)

    @cached_property
    def channels(self) -> tuple[Channel, ...]:
        """The ways of light through patch panels (`core.engine.channels`)."""
        from core.engine.channels import channels_of

        return channels_of(self)

    @property
    def plugs_on(self) -> Flags:
        """Which links are no cables, as one device plugs onto the other, shape (n_cables,)."""
        return self.classes.plugs_on

    @property
    def cable_same_rack(self) -> Flags:
        """Whether both ends are in one rack, shape (n_cables,)."""
        return self.classes.same_rack


@stage(
    reads=(
        "devices",
        "mounting",
        "standing",
        "racks",
        "placement",
        "cables",
        "orders",
        "brief",
        "pathways",
        "pins",
    ),
    needs=(link_classes,),
    reuses=True,
)
def cabling(snap: Snapshot, sorted_links: Classes, before: Cabling | None = None) -> Cabling:
    """Measure every cable and choose its part.

    Notes
    -----
    Inside a rack: the difference in height, the way to the side channel at both ends, the depth of the rack
    if one port is in front and one in the rear, slack at both ends. Between racks: over the drawn pathways,
    where they lead from one to the other (`core.engine.pathways`); else up to the trays and down again, the
    tray run as |dx| + |dy| with its allowance, slack at both ends; between floors, whose trays are all at one
    height above their own, the difference of their levels. The needed length is rounded up to a stocked one
    *before* it is held against reach.

    What a cable is made of decides in which pathways it may lie. It is chosen by the way along the racks
    first, then again by the way it takes.
    """
    if not snap.pathways:
        return _measured(snap, sorted_links, before, None)
    last = before.beside or before if before is not None else None
    beside = _measured(snap, sorted_links, last, None)
    routes = routed(
        snap, sorted_links, beside.options, beside.cable_option, before.routes if before is not None else None
    )
    found = _measured(snap, sorted_links, before, routes)
    return replace(found, routes=routes, beside=beside)


def _measured(
    snap: Snapshot, sorted_links: Classes, before: Cabling | None, routes: Routes | None
) -> Cabling:
    work, index = _distinct(snap, sorted_links, routes)
    route = _routes_m(snap, work, sorted_links, before, routes)
    route[sorted_links.plugs_on[work]] = np.nan
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
    snap: Snapshot,
    work: NDArray[np.intp],
    sorted_links: Classes,
    before: Cabling | None,
    routes: Routes | None,
) -> Floats:
    """Return the way of some cables; as before where neither they nor any device has moved."""
    kept = np.full(len(work), -1)
    as_before = before is not None and routes is None and before.routes is None
    if before is not None and as_before and all(snap.group(n) is before.of.group(n) for n in _STANDING):
        kept = kept_rows(snap, before.of, _ENDS, work)
        kept[~np.append(before.measured, False)[kept]] = -1
    fresh = np.flatnonzero(kept < 0)
    rows, links = work[fresh], sorted_links
    ways = routes_m(snap, rows, links.behind_a[rows], links.behind_b[rows], links.same_rack[rows], routes)
    return (
        ways if before is None or len(fresh) == len(work) else merged(before.cable_route_m, kept, fresh, ways)
    )


def _distinct(
    snap: Snapshot, sorted_links: Classes, routes: Routes | None
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
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
    if routes is not None:
        copies = np.flatnonzero(first != rows)
        own[copies] |= ~routes.like(copies, first[copies].astype(np.intp))
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

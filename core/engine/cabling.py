"""Cables: how long, of what medium, which part."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.engine.columns import Flags, Floats, Ints
from core.engine.parts import LinkClass, Option, options_for
from core.engine.snapshot import FACES, Snapshot
from core.engine.specs import LAYERS
from core.engine.stage import stage

REAR = FACES.index("rear")


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
    """

    classes: tuple[LinkClass, ...]
    options: tuple[tuple[Option, ...], ...]
    cable_class: Ints
    cable_rate_gbps: Floats
    cage_a: NDArray[np.int64]
    cage_b: NDArray[np.int64]
    cable_pair: NDArray[np.int64]
    n_cages: int


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
        return Classes((), (), np.full(snap.n_cables, -1, np.int32), rate, none, none, none, 0)
    rate = np.fmin(ports.rate_gbps[row_a] / split_a, ports.rate_gbps[row_b] / split_b)
    first = np.zeros(snap.n_devices + 1, np.int64)
    np.cumsum(np.diff(ports.base)[snap.device_spec], out=first[1:])
    cage_a, cage_b = first[snap.cable_a] + snap.cable_port_a, first[snap.cable_b] + snap.cable_port_b
    pair, shared = _pairs(snap, cage_a, cage_b, live, int(first[-1]))
    key = np.stack(
        [snap.cable_layer, ports.connector[row_a], ports.connector[row_b], split_a, split_b, shared], axis=1
    ).astype(np.int64)
    rates = np.round(np.nan_to_num(rate) * 1000).astype(np.int64)
    code = _packed(np.column_stack([key, rates]))
    _, sample, number = np.unique(code, return_index=True, return_inverse=True)
    classes = []
    for row in sample:
        layer, a, b, sa, sb, count = (int(v) for v in key[row])
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
    return Classes(
        classes=tuple(classes),
        options=tuple(tuple(options_for(c, types)) if c.layer else () for c in classes),
        cable_class=np.where(live, number.reshape(-1), -1).astype(np.int32),
        cable_rate_gbps=rate,
        cage_a=cage_a,
        cage_b=cage_b,
        cable_pair=pair,
        n_cages=int(first[-1]),
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


def _packed(columns: NDArray[np.int64]) -> NDArray[np.int64]:
    """One integer for each row of small non-negative columns."""
    code = np.zeros(len(columns), np.int64)
    for column in columns.T:
        values = column - column.min(initial=0)
        code = code * (int(values.max(initial=0)) + 1) + values
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
    cable_same_rack : ndarray of bool, shape (n_cables,)
    """

    cable_route_m: Floats
    cable_ordered_m: Floats
    cable_option: Ints
    options: tuple[Option, ...]
    cable_same_rack: Flags
    classes: Classes


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
    slack at both ends. The needed length is rounded up to a stocked one *before* it is held against reach.
    """
    route, same = _routes(snap)
    n = snap.n_cables
    ordered, chosen = np.full(n, np.nan), np.full(n, -1, np.int32)
    all_options: list[Option] = []
    index: dict[tuple[object, ...], int] = {}

    def number(option: Option) -> int:
        key = (id(option.cable), id(option.optic_a), id(option.optic_b), option.near)
        if key not in index:
            index[key] = len(all_options)
            all_options.append(option)
        return index[key]

    order = np.argsort(sorted_links.cable_class, kind="stable")
    bounds = np.searchsorted(sorted_links.cable_class[order], np.arange(len(sorted_links.classes) + 1))
    for k, options in enumerate(sorted_links.options):
        rows = order[bounds[k] : bounds[k + 1]]
        _choose(snap, rows, options, route, ordered, chosen, number, sorted_links)
    pinned = ~np.isnan(snap.cable_length_m)
    ordered[pinned] = snap.cable_length_m[pinned]
    return Cabling(route, ordered, chosen, tuple(all_options), same, sorted_links)


def _choose(
    snap: Snapshot,
    rows: NDArray[np.intp],
    options: tuple[Option, ...],
    route: Floats,
    ordered: Floats,
    chosen: Ints,
    number: Callable[[Option], int],
    sorted_links: Classes,
) -> None:
    """Give each of the rows the first option that serves its length."""
    pinned_type = snap.cable_type[rows]
    for option in options:
        free = chosen[rows] < 0
        if (pinned_type >= 0).any():
            cables = snap.cable_types
            own = cables.index(option.cable.id) if option.cable.id in cables else len(cables)
            free &= (pinned_type < 0) | (pinned_type == own)
        todo = rows[free]
        if not len(todo):
            continue
        needed = route[todo]
        if option.links > 1:
            _, piece = np.unique(pieces_of(option, sorted_links)[todo], return_inverse=True)
            longest = np.zeros(len(todo))
            np.maximum.at(longest, piece.reshape(-1), needed)
            needed = longest[piece.reshape(-1)]
        pin = snap.cable_length_m[todo]
        length = np.where(np.isnan(pin), option.ordered_m(needed), pin)
        fits = (length <= option.reach_m + 1e-9) & (length >= option.reach_min_m - 1e-9)
        ordered[todo[fits]] = length[fits]
        chosen[todo[fits]] = number(option)


def pieces_of(option: Option, sorted_links: Classes) -> NDArray[np.int64]:
    """Return for each cable a number that those share which this option makes of one piece.

    All links of a piece have its length: that of the longest.
    """
    if option.near:
        return sorted_links.cage_a if option.near == "a" else sorted_links.cage_b
    return sorted_links.cable_pair


def _routes(snap: Snapshot) -> tuple[Floats, Flags]:
    brief, points = snap.brief, _device_points(snap)
    (xa, ya, za, rear_a), (xb, yb, zb, rear_b) = (
        _port_points(snap, points, device, port)
        for device, port in ((snap.cable_a, snap.cable_port_a), (snap.cable_b, snap.cable_port_b))
    )
    rack_a, rack_b = snap.device_rack[snap.cable_a], snap.device_rack[snap.cable_b]
    same = (rack_a == rack_b) & (rack_a >= 0)
    depths = np.array([t.depth_mm for t in snap.specs.rack_types] + [0]) / 1000
    types = np.append(snap.rack_type, -1)
    depth = depths[types[rack_a]]
    side = 2 * brief.assume("side_run_m")
    inside = (
        np.abs(za - zb) + side + np.where(rear_a != rear_b, depth, 0.0) + 2 * brief.assume("slack_rack_m")
    )
    tray = brief.assume("tray_height_m")
    run = (np.abs(xa - xb) + np.abs(ya - yb)) * (1 + brief.assume("tray_allowance"))
    between = np.abs(tray - za) + np.abs(tray - zb) + run + side + 2 * brief.assume("slack_hall_m")
    route = np.where(same, inside, between)
    route[snap.cable_layer < 0] = np.nan
    return route, same


def _port_points(
    snap: Snapshot, points: tuple[Floats, Floats, Floats], device: Ints, port: Ints
) -> tuple[Floats, Floats, Floats, Flags]:
    """Return x, y, z [m] of ports and whether they are at the rear of their rack."""
    front, back, z = points
    specs = snap.specs
    row = np.minimum(specs.ports.base[snap.device_spec[device]] + port, max(len(specs.ports.rear) - 1, 0))
    rear = (specs.ports.rear[row] == 1) if len(specs.ports.rear) else np.zeros(len(row), bool)
    rear = rear ^ (snap.device_face[device] == REAR)
    at = np.where(rear[:, None], back[device], front[device])
    return at[:, 0], at[:, 1], z[device], rear


def _device_points(snap: Snapshot) -> tuple[Floats, Floats, Floats]:
    """Return plan points of each device's front and rear middle, shape (n_devices, 2), and heights [m]."""
    specs = snap.specs
    types = specs.rack_types
    width, depth, bottom, pitch = (
        (
            np.array([*values, 0.0])
            for values in zip(
                *[
                    (t.width_mm, t.depth_mm, (t.height_mm - t.units * t.pitch_mm) / 2, t.pitch_mm)
                    for t in types
                ],
                strict=True,
            )
        )
        if types
        else (np.zeros(1),) * 4
    )
    racked = snap.device_rack >= 0
    rack = np.where(racked, snap.device_rack, -1)
    kind = np.append(snap.rack_type, -1)[rack]
    floor_w, floor_d, floor_h = (
        specs.column(f"{name}_mm").value[snap.device_spec] for name in ("width", "depth", "height")
    )
    w, d = np.where(racked, width[kind], floor_w), np.where(racked, depth[kind], floor_d)
    origin = [
        np.where(racked, np.append(getattr(snap, f"rack_{c}"), 0)[rack], getattr(snap, f"device_{c}"))
        for c in ("x", "y", "z")
    ]
    turn = np.where(racked, np.append(snap.rack_turn, 0)[rack], snap.device_turn)
    cos, sin = np.array((1, 0, -1, 0))[turn & 3], np.array((0, 1, 0, -1))[turn & 3]
    x_local = np.where(turn >> 2, -w, w) / 2
    points = [
        np.stack([origin[0] + cos * x_local - sin * y, origin[1] + sin * x_local + cos * y], axis=1) / 1000
        for y in (np.zeros(len(d)), d)
    ]
    middle = (snap.device_half_u + specs.column("height_u").value[snap.device_spec]) / 2
    units = np.array([t.units for t in types] + [0])
    middle = np.where(snap.device_zoned == 1, units[kind] / 2, middle)
    z = origin[2] + np.where(racked, bottom[kind] + pitch[kind] * middle, floor_h)
    return points[0], points[1], z / 1000

"""Cables: is there a part, does it fit and reach, and is every socket used once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.engine.codes import counted, numbered
from core.engine.link_classes import Classes
from core.engine.specs import LAYERS
from core.model.types import CableType
from core.rules.finding import Severity
from core.rules.rule import Marks, Missing, Yielded, rule
from core.rules.sockets import mismatch, pairs_of
from core.rules.views import Design
from core.rules.wording import listed
from core.units import span

DATA = LAYERS.index("data")
_SLACK_M = 1e-6


@rule("cabling.no_part", Severity.ERROR, "No qualified part reaches",
      reads=("cables", "orders", "cabling"), unit="m")  # fmt: skip
def no_part(design: Design) -> Iterator[Yielded]:
    """No cable or pair of optics of the project joins two data ports at their rate over their distance.

    The engine reads only the parts taken into the project; where it holds none at all this stays unchecked.

    Source: reach of the parts, each with its own source in the catalogue; length by a house rule (rise, way
    along the trays, drop, slack, each an assumption of the project), recalled practice.
    """
    snap, cables = design.snap, design.of.cabling
    if not any(isinstance(t, CableType) and t.layer == "data" for t in design.specs.all_types()):
        if (snap.cable_layer == DATA).any():
            yield Missing("data cables: the project holds no cable type")
        return
    fits = _pin_fits(design)
    joined, pairs, index = pairs_of(design, "data")
    fits[joined] &= np.array([not mismatch(pair) for pair in pairs], bool)[index]
    rows = np.flatnonzero((snap.cable_layer == DATA) & (cables.cable_option < 0) & fits)
    needed = cables.cable_route_m[rows]
    pinned = snap.cable_length_m[rows]
    needed = np.where(np.isnan(pinned), needed, pinned)
    kind = cables.classes.cable_class[rows]
    reach = np.array([max((o.reach_m for o in options), default=0.0) for options in cables.classes.options])

    def text(k: int) -> str:
        link = cables.classes.classes[int(kind[k])]
        rate = f" at {link.rate_gbps:g} Gbit/s" if link.rate_gbps else ""
        ends = f"{link.connector_a} to {link.connector_b}{rate}"
        if not cables.classes.options[int(kind[k])]:
            return f"no part of the project joins {ends}; add a cable or optics for it"
        return (
            f"{span(needed[k], places=1)} needed for {ends}, the longest part reaches "
            f"{span(reach[kind[k]])}; move the racks closer or add a part that reaches"
        )

    yield Marks("cable", rows, text, needed, reach[kind] if len(rows) else needed)


def _pin_fits(design: Design) -> NDArray[np.bool_]:
    """Tell for each cable whether the type pinned to it, if any, fits its two ports at some length."""
    snap, classes = design.snap, design.of.cabling.classes
    fits = np.ones(snap.n_cables, bool)
    rows = np.flatnonzero((snap.cable_type >= 0) & (snap.cable_layer >= 0))
    if len(rows):
        pairs = np.stack([classes.cable_class[rows], snap.cable_type[rows]], axis=1)
        distinct, index = np.unique(pairs, axis=0, return_inverse=True)
        good = np.array([_offers(classes, kind, snap.cable_types[pin]) for kind, pin in distinct.tolist()])
        fits[rows] = good[index.reshape(-1)]
    return fits


def _offers(classes: Classes, kind: int, cable: str) -> bool:
    return any(option.cable.id == cable for option in classes.options[kind])


@rule("cabling.part_mismatch", Severity.ERROR, "Pinned part does not fit the ports",
      reads=("cables", "orders", "cabling"))  # fmt: skip
def part_mismatch(design: Design) -> Iterator[Yielded]:
    """The cable type pinned to a link does not fit its cages: finned in a flat-top cage, another connector,
    rate or split, or a fibre for which no optics fit both ends.

    Adapters take flat-top OSFP (riding heat sink), switches finned OSFP: forced in, it breaks cage or optic.

    Source: connector rules of the NVIDIA LinkX guide as noted by others; connectors from the types. What
    happens to cage and optic is recalled.
    """
    snap, classes = design.snap, design.of.cabling.classes
    rows = np.flatnonzero(~_pin_fits(design))

    def text(k: int) -> str:
        link = classes.classes[int(classes.cable_class[rows[k]])]
        cable = design.specs.find(snap.cable_types[int(snap.cable_type[rows[k]])])
        if not isinstance(cable, CableType):
            return "the pinned cable type is not in the project; choose another or unpin it"
        ends = f"{cable.connector_a or '?'} to {cable.connector_b or '?'}"
        return (
            f"{cable.name} ({ends}) is pinned between {link.connector_a} and {link.connector_b}; "
            "choose a part that fits, or unpin it"
        )

    yield Marks("cable", rows, text)


@rule("cabling.too_short", Severity.WARNING, "Ordered length shorter than the way",
      reads=("cables", "orders", "cabling"), unit="m", worse="less")  # fmt: skip
def too_short(design: Design) -> Iterator[Yielded]:
    """The length pinned to a cable is shorter than its way along racks and trays, slack included.

    Source: length by a house rule, recalled practice; its terms are assumptions of the project.
    """
    snap, cables = design.snap, design.of.cabling
    length, route = snap.cable_length_m, cables.cable_route_m
    rows = np.flatnonzero((snap.cable_layer >= 0) & (length < route - _SLACK_M))
    yield Marks(
        "cable",
        rows,
        lambda k: (
            f"{span(length[rows[k]])} ordered, {span(route[rows[k]], places=1)} needed; "
            "order longer or unpin it"
        ),
        length[rows],
        route[rows],
    )


@rule("cabling.port_used_twice", Severity.ERROR, "Socket used twice", reads=("devices", "cables", "feeds"))
def port_used_twice(design: Design) -> Iterator[Yielded]:
    """Two cables go into the same port, or the same lane of a split port; or a port is cabled and also fed by
    a source.

    Source: one plug goes into one socket.
    """
    uses = _uses(design)
    lanes, lane = numbered(uses.lane, 1024)
    key = uses.same_cage * len(lanes) + lane
    again = uses.cage[_last_of(key, len(key) * len(lanes)) != np.arange(len(key))]
    yield from _by_device(design, counted(again)[0], "used twice; move a cable")


@rule("cabling.cage_whole_and_lanes", Severity.ERROR, "Cage used whole and split",
      reads=("devices", "cables", "feeds"))  # fmt: skip
def cage_whole_and_lanes(design: Design) -> Iterator[Yielded]:
    """A cage holds one plug: it is used whole, or split one way, not both. Some cages are only used split.

    Source: physical cages of the types (`lanes`, `whole`); twin-port OSFP cages as counted in the NVIDIA DGX
    SuperPOD reference architecture RA-11333-001, table 8.
    """
    uses = _uses(design)
    split = np.maximum(uses.lane >> 4, 1)
    ports = design.specs.ports
    only_split = np.array([not group.whole and bool(group.lanes) for group in ports.groups] + [False])
    mixed = split[uses.same_cage] != split
    wrong = counted(uses.cage[mixed | ((split == 1) & only_split[uses.port])])[0]
    text = "used whole and split, or whole where it is only used split; use it one way"
    yield from _by_device(design, wrong, text)


@rule(
    "cabling.cage_half_lit", Severity.INFO, "Twin-port cage half used", reads=("devices", "cables", "feeds")
)
def cage_half_lit(design: Design) -> Iterator[Yielded]:
    """A cage that is used split has links on some of its lanes only: the rest of its transceiver, or of its
    split cable, is paid for and dark, and each such link takes a cage of its own.

    Devices all of whose cages hold one link each, with no two to put together, are not named.

    Source: twin-port transceivers carry two links in one cage (NVIDIA LinkX guide as noted by others).
    """
    uses = _uses(design)
    split = np.flatnonzero(uses.lane > 0)
    lanes = np.zeros(int(uses.start[-1]), np.int64)
    lanes[uses.cage[split]] = uses.lane[split] >> 4
    half = np.flatnonzero(np.bincount(uses.cage[split], minlength=len(lanes)) < lanes)
    device = np.searchsorted(uses.start, half, side="right") - 1
    pairs = np.bincount(device, minlength=design.snap.n_devices)[device] > 1
    text = "carry fewer links than they can; move two into one cage"
    yield from _by_device(design, half[pairs], text)


@dataclass(frozen=True, eq=False)
class _Uses:
    """Every end of every cable, and every inlet that a source feeds.

    Attributes
    ----------
    cage : ndarray of int64
        Number of the port among all ports of all devices.
    port : ndarray of int64
        Row of the port in the columns of ports.
    lane : ndarray of int64
        0 for the whole port, else 16 * split + lane.
    start : ndarray of int64, shape (n_devices + 1,)
        First cage of each device.
    same_cage : ndarray of int32
        One of the rows with the same cage, the same for all of them.
    """

    cage: NDArray[np.int64]
    port: NDArray[np.int64]
    lane: NDArray[np.int64]
    start: NDArray[np.int64]
    same_cage: NDArray[np.int32]


def _uses(design: Design) -> _Uses:
    return design.once("uses", lambda: _all_uses(design))


def _all_uses(design: Design) -> _Uses:
    snap, base = design.snap, design.specs.ports.base
    start = np.concatenate([[0], np.cumsum(np.diff(base)[snap.device_spec])]).astype(np.int64)
    rows = np.flatnonzero(snap.cable_layer >= 0)
    fed = np.flatnonzero(snap.device_spec[snap.feed_device] > 0)
    device = np.concatenate([snap.cable_a[rows], snap.cable_b[rows], snap.feed_device[fed]])
    port = np.concatenate([snap.cable_port_a[rows], snap.cable_port_b[rows], snap.feed_port[fed]])
    lane = np.concatenate([snap.cable_lane_a[rows], snap.cable_lane_b[rows], np.zeros(len(fed), np.int32)])
    cage = start[device] + port
    return _Uses(
        cage=cage,
        port=base[snap.device_spec[device]].astype(np.int64) + port,
        lane=lane.astype(np.int64),
        start=start,
        same_cage=_last_of(cage, int(start[-1])),
    )


def _last_of(key: NDArray[np.int64], size: int) -> NDArray[np.int32]:
    """Return for each row the last row with the same key."""
    last = np.empty(size, np.int32)
    last[key] = np.arange(len(key), dtype=np.int32)
    return last[key]


def _by_device(design: Design, cages: NDArray[np.int64], cure: str) -> Iterator[Yielded]:
    """Yield one mark for each device with the number of its sockets concerned."""
    start = _uses(design).start
    device = np.searchsorted(start, cages, side="right") - 1
    rows, counts = counted(device.astype(np.int64))
    first = np.cumsum(counts) - counts
    ports = design.specs.ports

    def text(k: int) -> str:
        port = cages[first[k] : first[k] + counts[k]] - start[rows[k]]
        at = ports.base[design.snap.device_spec[rows[k]]] + port
        return f"{listed(ports.names[int(p)] for p in at)} {cure}"

    yield Marks("device", rows, text, counts.astype(np.float64), np.zeros(len(rows)))

"""What breaks if something goes: cables or devices are taken out, and what is left is measured.

Power first: what has no live inlet any more is dark, and its cables carry nothing. Then each fabric that lost
a cable (`core.engine.fabric_loss`), and what has no coolant any more.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.engine.columns import Flags, count_by, sum_by
from core.engine.fabric_loss import FabricLoss, fabric_loss
from core.engine.feeding import OUT, POWER, feeding_of
from core.engine.link_classes import Classes
from core.engine.power import Power
from core.engine.snapshot import Snapshot
from core.engine.specs import LAYERS
from core.errors import EngineError

if TYPE_CHECKING:
    from core.engine.evaluation import Evaluation
    from core.engine.loops import Loops

DATA, COOLANT = LAYERS.index("data"), LAYERS.index("coolant")
Rows = Sequence[int] | NDArray[np.integer[Any]]


@dataclass(frozen=True)
class FeedLoss:
    """A device with fewer live power inlets than before.

    Attributes
    ----------
    row : int
    inlets, inlets_left : int
        Live inlets.
    supplies_left : float
        Supplies still fed, spread evenly over the inlets of the type.
    supplies_needed : float or None
        Supplies it needs at maximum; None where the type does not say.
    """

    row: int
    inlets: int
    inlets_left: int
    supplies_left: float
    supplies_needed: float | None

    @property
    def is_dark(self) -> bool:
        return self.inlets_left == 0

    @property
    def is_short(self) -> bool:
        """Whether it has power, but too few supplies for its maximum."""
        return not self.is_dark and self.supplies_left + 1e-9 < (self.supplies_needed or 0.0)


@dataclass(frozen=True)
class Loss:
    """What breaks if some cables or devices go.

    Attributes
    ----------
    cables : int
        Cables that go or carry nothing any more, of all layers.
    fabrics : tuple of FabricLoss
    feeds : tuple of FeedLoss
        Devices with fewer live inlets, dark ones first.
    uncooled : tuple of int
        Rows of devices that lose a coolant cable and have none of its direction left, or whose loop or room
        loses the units it needs.
    accelerators : int
        Accelerators in devices that are lost or dark.
    """

    cables: int
    fabrics: tuple[FabricLoss, ...]
    feeds: tuple[FeedLoss, ...]
    uncooled: tuple[int, ...]
    accelerators: int

    @property
    def is_nothing(self) -> bool:
        """Whether nothing but the cables themselves is lost."""
        return not (self.feeds or self.uncooled or self.accelerators) and not any(
            f.hosts or f.cut_off or f.separated for f in self.fabrics
        )


def loss_of(
    snap: Snapshot,
    sorted_links: Classes,
    power: Power,
    *,
    cables: Rows = (),
    devices: Rows = (),
    feeds: Rows = (),
    loops: Loops | None = None,
) -> Loss:
    """Take cables and devices out of the design and return what that breaks.

    Parameters
    ----------
    snap : Snapshot
    sorted_links : Classes
    power : Power
        Results for the whole design.
    cables, devices, feeds : sequence of int
        Rows; a feed is an inlet fed from outside the drawing.
    loops : Loops, optional
        Coolant loops of the whole design: with them a unit that is lost, dark or without its hoses uncools
        all that needs it.

    Notes
    -----
    Busbar and blind-mate joints go with their devices. Load is not held against ratings of what is left: that
    is the rules' affair (`power` has the scenarios in which a source is lost).
    """
    gone = np.zeros(snap.n_cables, bool)
    gone[np.asarray(cables, np.int64)] = True
    lost = np.zeros(snap.n_devices, bool)
    lost[np.asarray(devices, np.int64)] = True
    gone |= lost[snap.cable_a] | lost[snap.cable_b]
    gone &= snap.cable_layer >= 0
    unfed = np.zeros(len(snap.feed_device), bool)
    unfed[np.asarray(feeds, np.int64)] = True
    fewer, dark = _feeds(snap, power, gone, lost, unfed)
    out = lost | dark
    gone |= (out[snap.cable_a] | out[snap.cable_b]) & (snap.cable_layer == DATA)
    rates = np.nan_to_num(sorted_links.cable_rate_gbps)
    data = snap.cable_layer == DATA
    fabrics = []
    for number in np.unique(snap.cable_fabric[gone & data]).tolist():
        rows = np.flatnonzero(data & (snap.cable_fabric == number))
        name = snap.fabrics[number] if number >= 0 else ""
        fabrics.append(fabric_loss(snap, name, rows, rates[rows], gone[rows], out))
    accelerators = snap.specs.accelerators().value[snap.device_spec]
    return Loss(
        cables=int(gone.sum()),
        fabrics=tuple(fabrics),
        feeds=fewer,
        uncooled=_uncooled(snap, gone, lost, dark, loops),
        accelerators=int(accelerators[out].sum()),
    )


def loss_of_link(evaluation: Evaluation, path: str, cable: int | None = None) -> Loss:
    """Return what breaks if a link goes, or one cable of a trunk (from 0).

    Raises
    ------
    EngineError
        If the design that was evaluated has no such link.
    """
    rows = evaluation.snapshot.flat.cable_rows(path)
    if not rows:
        raise EngineError("the link is not in the design that was evaluated", where=path)
    return _loss(evaluation, cables=rows if cable is None else [rows[cable]])


def loss_of_port(evaluation: Evaluation, path: str, port: str) -> Loss:
    """Return what breaks if a port of a device goes with all cables in it.

    Raises
    ------
    EngineError
        If the design that was evaluated has no such port.
    """
    snap = evaluation.snapshot
    row = _device_row(snap, path)
    feeds = np.flatnonzero((snap.feed_device == row) & (snap.feed_port == _port_index(snap, row, port)))
    return _loss(evaluation, cables=cables_at(snap, path, port), feeds=feeds)


def loss_of_device(evaluation: Evaluation, *paths: str) -> Loss:
    """Return what breaks if devices go.

    Raises
    ------
    EngineError
        If the design that was evaluated has no such device.
    """
    return _loss(evaluation, devices=[_device_row(evaluation.snapshot, path) for path in paths])


def _loss(evaluation: Evaluation, **rows: Rows) -> Loss:
    snap, loops = evaluation.snapshot, evaluation.loops
    return loss_of(snap, evaluation.cabling.classes, evaluation.power, loops=loops, **rows)


def cables_at(snap: Snapshot, path: str, port: str) -> NDArray[np.intp]:
    """Return the rows of the cables that are plugged into a port of a device.

    Raises
    ------
    EngineError
        If there is no such port.
    """
    row = _device_row(snap, path)
    index = _port_index(snap, row, port)
    at_a = (snap.cable_a == row) & (snap.cable_port_a == index)
    at_b = (snap.cable_b == row) & (snap.cable_port_b == index)
    return np.flatnonzero((at_a | at_b) & (snap.cable_layer >= 0))


def _port_index(snap: Snapshot, row: int, port: str) -> int:
    found = snap.specs.specs[snap.device_spec[row]].ports.by_name.get(port)
    if found is None:
        raise EngineError("the device has no such port", where=port)
    return int(found.index)


def _device_row(snap: Snapshot, path: str) -> int:
    row = snap.flat.device_row(path)
    if row < 0:
        raise EngineError("the device is not in the design that was evaluated", where=path)
    return row


def _without(snap: Snapshot, gone: Flags, lost: Flags, unfed: Flags) -> Snapshot:
    """Return the snapshot without some cables, devices and feeds; for the power graph only."""
    left = copy.copy(snap)
    left.cable_layer = np.where(gone, -1, snap.cable_layer).astype(np.int32)
    left.device_spec = np.where(lost, 0, snap.device_spec).astype(np.int32)
    for name in ("feed_device", "feed_port", "feed_source"):
        setattr(left, name, getattr(snap, name)[~unfed])
    return left


def _feeds(
    snap: Snapshot, power: Power, gone: Flags, lost: Flags, unfed: Flags
) -> tuple[tuple[FeedLoss, ...], Flags]:
    before = power.normal.device_live
    going, out = gone.copy(), lost.copy()
    has_power = (gone & (snap.cable_layer == POWER)).any() or unfed.any()
    if not has_power and not power.normal.device_through_w[lost].any():
        return (), np.zeros(snap.n_devices, bool)
    while True:
        live = feeding_of(_without(snap, going, out, unfed)).flow(power.device_max_w, -1).device_live
        # What has lost its last inlet counts as fed in a graph without it, so it is taken out as well.
        more = (before > 0) & (live == 0) & ~out
        if not more.any():
            break
        out |= more
        going |= out[snap.cable_a] | out[snap.cable_b]
    fewer = np.flatnonzero((live < before) & ~lost)
    ports = snap.specs.ports
    n = len(snap.specs)
    power_port = ports.layer == POWER
    inlets = sum_by(ports.spec, power_port & (ports.direction != OUT), n)
    fitted, needed = snap.specs.column("supplies_fitted"), snap.specs.column("supplies_needed")
    each = np.where(fitted.known, fitted.value, inlets) / np.maximum(inlets, 1.0)
    found = []
    for row in fewer.tolist():
        spec = snap.device_spec[row]
        found.append(
            FeedLoss(
                row,
                int(before[row]),
                int(live[row]),
                float(live[row] * each[spec]),
                float(needed.value[spec]) if needed.known[spec] else None,
            )
        )
    return tuple(sorted(found, key=lambda f: (not f.is_dark, not f.is_short, f.row))), out & ~lost


def _uncooled(snap: Snapshot, gone: Flags, lost: Flags, dark: Flags, loops: Loops | None) -> tuple[int, ...]:
    """Return the devices that lose their last coolant cable of a direction, and those behind them."""
    direct = _unplugged(snap, gone) & ~lost
    if loops is None or (not loops.n_loops and not len(loops.room_unit)):
        return tuple(np.flatnonzero(direct).tolist())
    from scipy.sparse import csr_array  # late: takes half a second

    off = lost | dark
    for rows in (loops.unit_device, loops.room_unit, loops.pump_device, loops.conduit):
        off[rows] |= direct[rows]
    behind = loops.uncooled(csr_array(off[np.newaxis, :]))
    direct[behind.indices] = True
    return tuple(np.flatnonzero(direct & ~lost).tolist())


def _unplugged(snap: Snapshot, gone: Flags) -> Flags:
    """Tell which devices lose their last coolant cable of a direction."""
    ports, found = snap.specs.ports, np.zeros(snap.n_devices, bool)
    coolant = snap.cable_layer == COOLANT
    if not (gone & coolant).any():
        return found
    ends = np.concatenate([snap.cable_a, snap.cable_b])
    at_port = np.concatenate([snap.cable_port_a, snap.cable_port_b])
    here, going = np.concatenate([coolant, coolant]), np.concatenate([gone, gone])
    direction = ports.direction[np.where(here, ports.base[snap.device_spec[ends]] + at_port, 0)]
    for way in (1, 2):
        mine = here & (direction == way)
        had = count_by(ends[mine], snap.n_devices)
        left = count_by(ends[mine & ~going], snap.n_devices)
        found |= (had > 0) & (left == 0)
    return found

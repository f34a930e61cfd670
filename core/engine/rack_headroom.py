"""How much more power a rack can take at its feeds, with any single element lost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.engine.columns import Flags, Floats, Ints

if TYPE_CHECKING:
    from core.engine.evaluation import Evaluation


@dataclass(frozen=True, eq=False)
class RackHeadroom:
    """What is left on the feeds of racks and devices.

    Attributes
    ----------
    rack_w : ndarray, shape (n_racks,)
        The least that can be added at any feed of the rack before it or anything above it exceeds its limit
        with any single element lost [W]; NaN where no limit is known or nothing feeds the rack.
    rack_unrated : ndarray of bool, shape (n_racks,)
        Something above has no rating: the value is an upper bound.
    device_w, device_unrated : ndarray, shape (n_devices,)
        The same for each device that is fed; for one that passes power on, what can be added at itself.
    """

    rack_w: Floats
    rack_unrated: Flags
    device_w: Floats
    device_unrated: Flags


def rack_headroom_of(of: Evaluation) -> RackHeadroom:
    """Return what is left on the feeds of each rack and device.

    Notes
    -----
    The feeds of a rack are its busbar where it has one that is fed, else whatever feeds its devices; devices
    that feed others (PDUs in the rack) stand for what is above them. What is added to a rack with several
    feeds is shared by them, so the least of them is a lower bound of what the rack as a whole can take.
    Makes `Evaluation.node_headroom` if that is not known yet.
    """
    snap, feeding, found = of.snapshot, of.power.feeding, of.node_headroom
    n = snap.n_devices
    usable, unrated = found.usable_w, found.unrated
    passes = np.zeros(feeding.n_nodes, np.bool_)
    passes[feeding.feeder] = True
    # Of a device: itself if it passes power on, else the least of its feeders.
    takes = (feeding.consumer < n) & (feeding.weight > 0)
    takes[takes] = ~passes[feeding.consumer[takes]]
    device_w, device_unrated = _least(feeding.feeder[takes], feeding.consumer[takes], n, usable, unrated)
    own = np.flatnonzero(passes[:n])
    device_w[own], device_unrated[own] = usable[own], unrated[own]
    # Of a rack: its devices' feeders, wherever these stand.
    racked = takes.copy()
    racked[takes] = snap.device_rack[feeding.consumer[takes]] >= 0
    rack = snap.device_rack[feeding.consumer[racked]]
    rack_w, rack_unrated = _least(feeding.feeder[racked], rack, snap.n_racks, usable, unrated)
    bars = np.flatnonzero(feeding.has_busbar & passes[n : n + snap.n_racks])
    rack_w[bars], rack_unrated[bars] = usable[n + bars], unrated[n + bars]
    return RackHeadroom(rack_w, rack_unrated, device_w, device_unrated)


def _least(feeder: Ints, consumer: Ints, size: int, usable: Floats, unrated: Flags) -> tuple[Floats, Flags]:
    """Return the least that is usable at the feeders of each consumer, NaN where none is known."""
    least, some = np.full(size, np.inf), np.zeros(size, np.bool_)
    np.fmin.at(least, consumer, usable[feeder])
    np.logical_or.at(some, consumer, unrated[feeder] | np.isnan(usable[feeder]))
    return np.where(np.isinf(least), np.nan, least), some

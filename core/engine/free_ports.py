"""Data ports that no link uses yet."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.engine.columns import Floats, sum_by
from core.engine.snapshot import Snapshot
from core.engine.specs import LAYERS

DATA = LAYERS.index("data")


@dataclass(frozen=True, eq=False)
class FreePorts:
    """Data ports without a link; whole cages count, one with any lane in use is in use.

    Attributes
    ----------
    device, rack : ndarray, shapes (n_devices,) and (n_racks,)
        How many; NaN for devices that have no data port at all, and for racks of nothing else.
    """

    device: Floats
    rack: Floats


def free_ports_of(snap: Snapshot) -> FreePorts:
    """Count the data ports of every device and rack that no link of the design ends at.

    Notes
    -----
    Ports of every role count: those of hosts, switches and panels alike, for management too.
    """
    ports, spec = snap.specs.ports, snap.device_spec
    is_data = ports.layer == DATA
    fitted = sum_by(ports.spec, is_data, len(snap.specs))[spec]
    # One flag for each port of each device.
    size = np.diff(ports.base)[spec].astype(np.int64)
    first = np.cumsum(size) - size
    used = np.zeros(int(size.sum()), np.bool_)
    rows = np.flatnonzero(snap.cable_layer == DATA)
    for end, port in ((snap.cable_a, snap.cable_port_a), (snap.cable_b, snap.cable_port_b)):
        used[first[end[rows]] + port[rows]] = True
    taken = sum_by(np.repeat(np.arange(snap.n_devices), size), used, snap.n_devices)
    device: Floats = np.where(fitted > 0, fitted - taken, np.nan)
    inside = np.flatnonzero((snap.device_rack >= 0) & (fitted > 0))
    rack = sum_by(snap.device_rack[inside], device[inside], snap.n_racks)
    rack[np.bincount(snap.device_rack[inside], minlength=snap.n_racks) == 0] = np.nan
    return FreePorts(device, rack)

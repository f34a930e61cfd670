"""Where cables leave racks and floor devices: the middle of a face, and its height."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.engine.columns import Flags, Floats, turned
from core.engine.link_classes import Classes
from core.engine.snapshot import FACES, Snapshot

REAR = FACES.index("rear")


def at_rear(snap: Snapshot, rows: NDArray[np.intp], behind_a: Flags, behind_b: Flags) -> tuple[Flags, Flags]:
    """Tell of some cables whether each end is at the rear of its rack; `behind` are ports behind a device."""
    turned_over = snap.device_face == REAR
    return behind_a ^ turned_over[snap.cable_a[rows]], behind_b ^ turned_over[snap.cable_b[rows]]


def cable_ends(
    snap: Snapshot, rows: NDArray[np.intp], sorted_links: Classes
) -> tuple[Floats, NDArray[np.intp], NDArray[np.intp]]:
    """Return the distinct ends of some cables, and which of them are the ends of each.

    Cables at one face of a rack, or of a device on the floor, have one end.

    Returns
    -------
    ends_mm : ndarray, shape (n_ends, 3)
        x, y and level of the floor it stands on [mm].
    a, b : ndarray of int, shape (n,)
    """
    rear = at_rear(snap, rows, sorted_links.behind_a[rows], sorted_links.behind_b[rows])
    devices = np.concatenate([snap.cable_a[rows], snap.cable_b[rows]])
    behind = np.concatenate(rear)
    rack = snap.device_rack[devices]
    key = 2 * np.where(rack >= 0, rack, snap.n_racks + devices) + behind
    there = np.zeros(2 * (snap.n_racks + snap.n_devices), bool)
    there[key] = True
    index = (np.cumsum(there) - 1)[key]
    sample = np.zeros(int(there.sum()), np.intp)
    sample[index[::-1]] = np.arange(len(key))[::-1]
    points = device_points(snap, devices[sample])
    at = points[:, 2 * np.arange(len(sample)) + behind[sample]]
    ends = np.round(np.stack([at[0], at[1], at[3]], axis=1) * 1000)
    return ends, index[: len(rows)], index[len(rows) :]


def device_points(snap: Snapshot, devices: NDArray[np.intp]) -> Floats:
    """Return the middle of the front (column 2 k) and rear (column 2 k + 1) of some devices.

    Rows are x, y, height above the floor it stands on, and level of that floor [m].
    """
    specs = snap.specs
    types = specs.rack_types
    width, depth, bottom, pitch = (
        (
            np.array([*values, 0.0])
            for values in zip(
                *[(t.width_mm, t.depth_mm, t.base_mm, t.pitch_mm) for t in types],
                strict=True,
            )
        )
        if types
        else (np.zeros(1),) * 4
    )
    racked = snap.device_rack[devices] >= 0
    rack, of_spec = np.where(racked, snap.device_rack[devices], -1), snap.device_spec[devices]
    kind = np.append(snap.rack_type, -1)[rack]
    floor_w, floor_d, floor_h = (
        specs.column(f"{name}_mm").value[of_spec] for name in ("width", "depth", "height")
    )
    w, d = np.where(racked, width[kind], floor_w), np.where(racked, depth[kind], floor_d)
    origin = [
        np.where(
            racked, np.append(getattr(snap, f"rack_{c}"), 0)[rack], getattr(snap, f"device_{c}")[devices]
        )
        for c in ("x", "y", "z")
    ]
    turn = np.where(racked, np.append(snap.rack_turn, 0)[rack], snap.device_turn[devices])
    middle = (snap.device_half_u[devices] + specs.column("height_u").value[of_spec]) / 2
    units = np.array([t.units for t in types] + [0])
    middle = np.where(snap.device_zoned[devices] == 1, units[kind] / 2, middle)
    points = np.empty((4, len(devices), 2))
    for k, y_local in enumerate((np.zeros(len(d)), d)):
        x, y = turned(w / 2, y_local, turn)
        points[0, :, k], points[1, :, k] = origin[0] + x, origin[1] + y
        points[2, :, k] = np.where(racked, bottom[kind] + pitch[kind] * middle, floor_h)
        points[3, :, k] = origin[2]
    return points.reshape(4, -1) / 1000

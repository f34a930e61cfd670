"""How long cables are: the way from port to port along racks and trays."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.engine.columns import Flags, Floats, turned
from core.engine.snapshot import FACES, Snapshot

REAR = FACES.index("rear")


LEGS = (
    "along the trays", "up to the trays", "down from the trays", "between floors", "up or down the rack",
    "through the rack", "to the side channels", "slack",
)  # fmt: skip
"""What the way of a cable is made of, in the order in which it is added up."""


def routes_m(
    snap: Snapshot, rows: NDArray[np.intp], behind_a: Flags, behind_b: Flags, same_rack: Flags
) -> Floats:
    """Return the way of some cables.

    Parameters
    ----------
    snap : Snapshot
    rows : ndarray of int, shape (n,)
        Cables.
    behind_a, behind_b : ndarray of bool, shape (n,)
        Port on the rear of its device.
    same_rack : ndarray of bool, shape (n,)

    Returns
    -------
    ndarray, shape (n,)
        From port to port, slack included [m]; NaN where absent.
    """
    along, up, down, floors, height, through, side, slack = legs_m(snap, rows, behind_a, behind_b, same_rack)
    route: Floats = (along + up + down) + (floors + side + slack)
    same = np.flatnonzero(same_rack)
    route[same] = height[same] + side[same] + through[same] + slack[same]
    route[snap.cable_layer[rows] < 0] = np.nan
    return route


def legs_m(
    snap: Snapshot, rows: NDArray[np.intp], behind_a: Flags, behind_b: Flags, same_rack: Flags
) -> Floats:
    """Return the parts of the way of some cables, shape (8, n) [m], in the order of `LEGS`.

    The parameters are those of `routes_m`, whose result is their sum.
    """
    brief = snap.brief
    a, b = snap.cable_a[rows], snap.cable_b[rows]
    joined = np.zeros(snap.n_devices, bool)
    joined[a] = joined[b] = True
    points, place = _device_points(snap, np.flatnonzero(joined)), np.cumsum(joined) - 1
    turned = snap.device_face == REAR
    rear_a, rear_b = behind_a ^ turned[a], behind_b ^ turned[b]
    ax, ay, az, floor_a = points[:, 2 * place[a] + rear_a]
    bx, by, bz, floor_b = points[:, 2 * place[b] + rear_b]
    tray, allowance = brief.assume("tray_height_m"), 1 + brief.assume("tray_allowance")
    legs = np.zeros((len(LEGS), len(rows)))
    legs[0] = (np.abs(ax - bx) + np.abs(ay - by)) * allowance
    legs[1], legs[2] = np.abs(tray - az), np.abs(tray - bz)
    legs[3] = np.abs(floor_a - floor_b)
    legs[6], legs[7] = 2 * brief.assume("side_run_m"), 2 * brief.assume("slack_hall_m")
    same = np.flatnonzero(same_rack)
    depths = np.array([t.depth_mm for t in snap.specs.rack_types] + [0]) / 1000
    depth = depths[np.append(snap.rack_type, -1)[snap.device_rack[a[same]]]]
    legs[:4, same] = 0.0
    legs[4, same] = np.abs(az[same] - bz[same])
    legs[5, same] = np.where(rear_a[same] != rear_b[same], depth, 0.0)
    legs[7, same] = 2 * brief.assume("slack_rack_m")
    return legs


def _device_points(snap: Snapshot, devices: NDArray[np.intp]) -> Floats:
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

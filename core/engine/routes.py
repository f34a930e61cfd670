"""How long cables are: the way from port to port, over drawn pathways or along racks and trays."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.engine.columns import Flags, Floats
from core.engine.ends import at_rear, device_points
from core.engine.pathways import Routes
from core.engine.snapshot import Snapshot

LEGS = (
    "along the trays", "up to the trays", "down from the trays", "between floors", "up or down the rack",
    "through the rack", "to the side channels", "slack", "across to the pathways",
)  # fmt: skip
"""What the way of a cable is made of, in the order in which it is added up."""


def routes_m(
    snap: Snapshot,
    rows: NDArray[np.intp],
    behind_a: Flags,
    behind_b: Flags,
    same_rack: Flags,
    routes: Routes | None = None,
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
    routes : Routes, optional
        Their ways over drawn pathways; those that lie in none go along the racks, as all do without it.

    Returns
    -------
    ndarray, shape (n,)
        From port to port, slack included [m]; NaN where absent.
    """
    legs = legs_m(snap, rows, behind_a, behind_b, same_rack, routes)
    along, up, down, floors, height, through, side, slack, across = legs
    route: Floats = (along + up + down) + (floors + side + slack) + across
    same = np.flatnonzero(same_rack)
    route[same] = height[same] + side[same] + through[same] + slack[same]
    route[snap.cable_layer[rows] < 0] = np.nan
    return route


def legs_m(
    snap: Snapshot,
    rows: NDArray[np.intp],
    behind_a: Flags,
    behind_b: Flags,
    same_rack: Flags,
    routes: Routes | None = None,
) -> Floats:
    """Return the parts of the way of some cables, shape (9, n) [m], in the order of `LEGS`.

    The parameters are those of `routes_m`, whose result is their sum.
    """
    brief = snap.brief
    a, b = snap.cable_a[rows], snap.cable_b[rows]
    joined = np.zeros(snap.n_devices, bool)
    joined[a] = joined[b] = True
    points, place = device_points(snap, np.flatnonzero(joined)), np.cumsum(joined) - 1
    rear_a, rear_b = at_rear(snap, rows, behind_a, behind_b)
    ax, ay, az, floor_a = points[:, 2 * place[a] + rear_a]
    bx, by, bz, floor_b = points[:, 2 * place[b] + rear_b]
    tray, allowance = brief.assume("tray_height_m"), 1 + brief.assume("tray_allowance")
    legs = np.zeros((len(LEGS), len(rows)))
    legs[0] = (np.abs(ax - bx) + np.abs(ay - by)) * allowance
    legs[1], legs[2] = np.abs(tray - az), np.abs(tray - bz)
    legs[3] = np.abs(floor_a - floor_b)
    legs[6], legs[7] = 2 * brief.assume("side_run_m"), 2 * brief.assume("slack_hall_m")
    if routes is not None:
        laid = np.flatnonzero(routes.cable_routed[rows])
        run, over, level_a, level_b = routes.ways_m(rows[laid])
        legs[0, laid], legs[3, laid], legs[8, laid] = run * allowance, 0.0, over
        legs[1, laid] = np.abs(level_a - (az + floor_a)[laid])
        legs[2, laid] = np.abs(level_b - (bz + floor_b)[laid])
    same = np.flatnonzero(same_rack)
    depths = np.array([t.depth_mm for t in snap.specs.rack_types] + [0]) / 1000
    depth = depths[np.append(snap.rack_type, -1)[snap.device_rack[a[same]]]]
    legs[:4, same] = 0.0
    legs[4, same] = np.abs(az[same] - bz[same])
    legs[5, same] = np.where(rear_a[same] != rear_b[same], depth, 0.0)
    legs[7, same] = 2 * brief.assume("slack_rack_m")
    return legs

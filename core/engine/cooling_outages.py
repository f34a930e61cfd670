"""Every CDU, cooler, pump and room unit lost in turn: what is left, who is uncooled, how long it holds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.engine.columns import Floats, Ints
from core.engine.hydraulics import Hydraulics
from core.engine.loops import Loops


@dataclass(frozen=True)
class CoolingOutages:
    """One case for each unit that cools others; n_cases rows.

    Attributes
    ----------
    device : ndarray of int32, shape (n_cases,)
        The unit that is lost.
    loop, room : ndarray of int32, shape (n_cases,)
        What it serves; -1 for the other.
    load_w, left_w : ndarray, shape (n_cases,)
        Heat of that loop or room, and what its other units remove [W]; NaN where a rating is not known.
    uncooled : ndarray of int32, shape (n_cases,)
        Devices that lose coolant or air.
    hold_s : ndarray, shape (n_cases,)
        Least time of its loop to the limit of a device if nothing takes its heat off [s]; NaN where not known
        (`Hydraulics.loop_hold_s`), infinite where nobody is uncooled.
    """

    device: Ints
    loop: Ints
    room: Ints
    load_w: Floats
    left_w: Floats
    uncooled: Ints
    hold_s: Floats


def cooling_outages(found: Loops, flow: Hydraulics) -> CoolingOutages:
    """Lose each unit by itself.

    Notes
    -----
    Who is uncooled follows `Loops.uncooled`: a cooler takes the CDUs on its loop with it, these the devices
    on theirs. Times are of the coolant alone and those of the loop the unit feeds.
    """
    from scipy.sparse import coo_array, csr_array  # late: takes half a second

    air = found.air
    device = np.concatenate([found.unit_device, found.pump_device, found.room_unit]).astype(np.int32)
    n, n_rooms = len(device), len(found.room_unit)
    loop = np.concatenate([found.unit_loop, found.pump_loop, np.full(n_rooms, -1)]).astype(np.int32)
    room = np.full(n, -1, np.int32)
    room[n - n_rooms :] = air.device_room[found.room_unit]
    own = np.concatenate([found.unit_capacity_w, np.zeros(len(found.pump_device)), found.room_unit_w])
    load, capacity = (
        np.where(loop >= 0, np.append(of_loop, np.nan)[loop], of_room[room])
        for of_loop, of_room in (
            (found.loop_heat_w, air.room_heat_w),
            (found.loop_capacity_w, air.room_capacity_w),
        )
    )
    cases: NDArray[np.intp] = np.arange(n)
    dead = csr_array(coo_array((np.ones(n, bool), (cases, device)), shape=(n, len(found.device_air_w))))
    left = found.uncooled(dead)
    uncooled = np.diff(left.indptr).astype(np.int32)
    held = np.where(loop >= 0, np.append(flow.loop_hold_s, np.nan)[loop], np.nan)
    return CoolingOutages(
        device=device,
        loop=loop,
        room=room,
        load_w=load,
        left_w=capacity - own,
        uncooled=uncooled,
        hold_s=np.where(uncooled > 0, held, np.inf),
    )

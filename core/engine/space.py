"""Space in racks: units used and free."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.engine.snapshot import Snapshot
from core.engine.stage import stage

MOST_HALF_UNITS = 256


@dataclass(frozen=True)
class Space:
    """Units of each rack.

    Attributes
    ----------
    rack_total_hu, rack_used_hu : ndarray of int64, shape (n_racks,)
        Half units the rack has; half units with anything in them, front or rear.
    rack_reserved_hu : ndarray of int64, shape (n_racks,)
        Half units with nothing in them that are kept free for something.
    """

    rack_total_hu: NDArray[np.int64]
    rack_used_hu: NDArray[np.int64]
    rack_reserved_hu: NDArray[np.int64]

    @property
    def total_u(self) -> float:
        return float(self.rack_total_hu.sum() / 2)

    @property
    def used_u(self) -> float:
        return float(self.rack_used_hu.sum() / 2)

    @property
    def reserved_u(self) -> float:
        return float(self.rack_reserved_hu.sum() / 2)

    @property
    def rack_free_hu(self) -> NDArray[np.int64]:
        """Half units of each rack with nothing in them that are not reserved."""
        return self.rack_total_hu - self.rack_used_hu - self.rack_reserved_hu


@stage(reads=("devices", "mounting", "racks", "rack records"))
def space(snap: Snapshot) -> Space:
    """Count the half units that devices occupy.

    Returns
    -------
    Space
        A half unit counts once, whatever stands in its front and rear; devices in zones beside the units,
        on the floor or absent do not count. What reaches out of the rack counts up to the rack's edge.

    Notes
    -----
    Units of different pitch (U of 44.45 mm, OU of 48 mm) are each counted in their own rack; the totals add
    the numbers of units, not heights.
    """
    specs = snap.specs
    total = 2 * specs.rack_column("units").value.astype(np.int64)
    rack_total = np.where(snap.rack_type >= 0, np.append(total, 0)[snap.rack_type], 0)
    height = np.round(2 * specs.column("height_u").value).astype(np.int64)[snap.device_spec]
    inside = np.flatnonzero((snap.device_rack >= 0) & (snap.device_zoned == 0) & (height > 0))
    height, start = height[inside], snap.device_half_u[inside].astype(np.int64)
    rack = snap.device_rack[inside].astype(np.int64)
    row = np.repeat(np.arange(len(inside)), height)
    unit = start[row] + np.arange(len(row)) - np.repeat(np.cumsum(height) - height, height)
    fits = (unit >= 0) & (unit < np.minimum(rack_total[rack[row]], MOST_HALF_UNITS))
    taken = np.zeros(snap.n_racks * MOST_HALF_UNITS, bool)
    taken[rack[row[fits]] * MOST_HALF_UNITS + unit[fits]] = True
    by_rack = taken.reshape(snap.n_racks, MOST_HALF_UNITS)
    kept = np.zeros((len(snap.rack_records), MOST_HALF_UNITS), bool)
    for number, block in enumerate(snap.rack_records):
        for each in block.reserved if block is not None else ():
            kept[number, each.half_u : each.half_u + each.half_units] = True
    reserved = (kept[snap.rack_block] & ~by_rack).sum(axis=1) if len(kept) else np.zeros_like(rack_total)
    return Space(rack_total, by_rack.sum(axis=1), np.minimum(reserved, rack_total))

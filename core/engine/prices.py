"""Prices of specs and racks as columns: what one more of a thing adds to the capital cost."""

from __future__ import annotations

import numpy as np

from core.engine.columns import Flags, Floats, sum_by
from core.engine.delivered import included, states_price
from core.engine.snapshot import Snapshot
from core.engine.specs import Specs
from core.model.records import Block
from core.model.types import AnyType


def bounds(priced: AnyType | Block) -> tuple[float, float]:
    """Return the low and high price [USD]; one stands for the other, 0 where none is known.

    Examples
    --------
    >>> from core.model.types import RackType
    >>> frame = RackType(id="r", name="r", units=42, width_mm=1, depth_mm=1, height_mm=1, price_low_usd=5)
    >>> bounds(frame)
    (5.0, 5.0)
    """
    low, high = priced.price_low_usd, priced.price_high_usd
    if low is None or high is None:
        low = high = low if high is None else high
    return float(low or 0.0), float(high or 0.0)


def spec_prices(specs: Specs) -> Floats:
    """Return low and high price of every spec with its modules [USD].

    Returns
    -------
    ndarray, shape (2, n_specs)
    """
    rows = [
        np.sum([bounds(part) for part in (spec.type, *(module for _, module in spec.modules))], axis=0)
        for spec in specs.specs
    ]
    prices: Floats = np.array(rows, np.float64).T
    return prices


def rack_prices(snap: Snapshot) -> Floats:
    """Return low and high price of every rack with its contents, or as stated for its block [USD].

    Returns
    -------
    ndarray, shape (2, n_racks)
        Without cables and optics.
    """
    each = spec_prices(snap.specs)[:, snap.device_spec]
    stated = np.array([r is not None and states_price(r) for r in snap.rack_records] + [False])[
        snap.rack_block
    ]
    stated &= snap.rack_type >= 0
    racked = snap.device_rack >= 0
    counts = racked & ~(np.append(stated, False)[snap.device_rack] & included(snap))
    frames = np.array([bounds(t) for t in snap.specs.rack_types] + [(0.0, 0.0)]).T[:, snap.rack_type]
    whole = np.array([(0.0, 0.0) if r is None else bounds(r) for r in snap.rack_records] + [(0.0, 0.0)]).T
    inside = [sum_by(snap.device_rack[counts], row[counts], snap.n_racks) for row in each]
    prices: Floats = np.stack(inside) + np.where(stated, whole[:, snap.rack_block], frames)
    return prices


def rack_unpriced(snap: Snapshot) -> Flags:
    """Tell which racks have anything in them whose price is not known, shape (n_racks,)."""
    parts = [(spec.type, *(module for _, module in spec.modules)) for spec in snap.specs.specs]
    lacks = np.array([any(map(_lacks, part)) for part in parts])
    lacks[0] = False
    stated = np.array([r is not None and states_price(r) for r in snap.rack_records] + [False])
    stated = stated[snap.rack_block] & (snap.rack_type >= 0)
    open_to_all = (snap.device_rack >= 0) & lacks[snap.device_spec]
    open_to_all &= ~(np.append(stated, False)[snap.device_rack] & included(snap))
    found: Flags = ~stated & np.array([*map(_lacks, snap.specs.rack_types), False])[snap.rack_type]
    found[snap.device_rack[open_to_all]] = True
    return found


def _lacks(priced: AnyType) -> bool:
    return priced.price_low_usd is None and priced.price_high_usd is None

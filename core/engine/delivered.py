"""Racks delivered whole: which of the devices in them a stated mass or price includes.

A rack block may state its mass and price as delivered, with the contents they hold for. What is put in
beyond these counts on top; what is taken out is a finding (`data.delivered_contents`).
"""

from __future__ import annotations

import numpy as np

from core.engine.columns import Flags, Floats, count_by
from core.engine.snapshot import Snapshot
from core.model.records import Block


def states_price(record: Block) -> bool:
    """Tell whether a block states a price."""
    return record.price_low_usd is not None or record.price_high_usd is not None


def included(snap: Snapshot) -> Flags:
    """Tell for each device whether the contents stated for its rack's block include it.

    Returns
    -------
    ndarray of bool, shape (n_devices,)
        Of each type as many as stated, in the order of rows; all of them where a block states mass or price
        but no contents; none on the floor and in racks that state nothing.
    """
    kinds, allowed = _allowed(snap)
    n_kinds = allowed.shape[1]
    found: Flags = np.zeros(snap.n_devices, bool)
    rows = np.flatnonzero((snap.device_rack >= 0) & (snap.device_spec > 0))
    rack, kind = snap.device_rack[rows].astype(np.int64), kinds[snap.device_spec[rows]]
    limit = allowed[snap.rack_block[rack], kind]
    code = rack * n_kinds + kind
    over = count_by(code, snap.n_racks * n_kinds)[code] > limit
    found[rows] = limit > 0
    found[rows[over]] = _rank(code[over]) < limit[over]
    return found


def altered(snap: Snapshot) -> tuple[np.ndarray[tuple[int], np.dtype[np.intp]], Floats, Floats]:
    """Return the racks whose contents differ from those stated, with the things added and taken out.

    Returns
    -------
    rows : ndarray of int, shape (m,)
    added, missing : ndarray, shape (m,)
        Number of devices beyond and short of the stated contents.
    """
    kinds, allowed = _allowed(snap)
    n_kinds = allowed.shape[1]
    rows = np.flatnonzero((snap.device_rack >= 0) & (snap.device_spec > 0))
    code = snap.device_rack[rows].astype(np.int64) * n_kinds + kinds[snap.device_spec[rows]]
    counts = count_by(code, snap.n_racks * n_kinds).reshape(snap.n_racks, n_kinds)
    listed = np.array([bool(r is not None and r.delivered) for r in snap.rack_records] or [False])
    racks = np.flatnonzero((snap.rack_type >= 0) & listed[snap.rack_block])
    change = counts[racks] - allowed[snap.rack_block[racks]]
    added, missing = np.maximum(change, 0).sum(axis=1), np.maximum(-change, 0).sum(axis=1)
    differs = (added > 0) | (missing > 0)
    return racks[differs], added[differs], missing[differs]


def _rank(code: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Floats:
    """Place of each row among those of the same code, from 0."""
    order = np.argsort(code, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(code[order]) != 0]) if len(code) else np.zeros(0, np.int64)
    rank = np.empty(len(code))
    rank[order] = np.arange(len(code)) - np.repeat(starts, np.diff(np.r_[starts, len(code)]))
    return rank


def _allowed(snap: Snapshot) -> tuple[np.ndarray[tuple[int], np.dtype[np.int64]], Floats]:
    """Return the number of each spec's type, and how many of each type the blocks' statements include."""
    names = {spec.type.id: 0 for spec in snap.specs.specs}
    names = {name: number for number, name in enumerate(names)}
    kinds = np.array([names[spec.type.id] for spec in snap.specs.specs], dtype=np.int64)
    allowed = np.zeros((max(len(snap.rack_records), 1), len(names)))
    for number, record in enumerate(snap.rack_records):
        if record is None or not (record.mass_kg is not None or states_price(record)):
            continue
        if not record.delivered:
            allowed[number] = np.inf
        for fit in record.delivered:
            if fit.type in names:
                allowed[number, names[fit.type]] = fit.count
    return kinds, allowed

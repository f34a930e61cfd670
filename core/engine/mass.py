"""Mass of racks, rows and floor."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.engine.columns import Flags, Floats, count_by, sum_by
from core.engine.delivered import included
from core.engine.evidence import Grounds, grounds, grounds_of, joined
from core.engine.snapshot import Snapshot
from core.engine.specs import EVIDENCE
from core.engine.stage import stage
from core.model.types import evidence_in


@dataclass(frozen=True)
class Mass:
    """What stands on the floor.

    Attributes
    ----------
    rack_kg : ndarray, shape (n_racks,)
        Rack with its devices, or the mass stated for its block and what was added since [kg].
    rack_load_kg : ndarray, shape (n_racks,)
        Without the frame: what counts against the rack's static load [kg].
    rack_unknown : ndarray of int64, shape (n_racks,)
        Number of things in each rack whose mass nobody gives, the frame included; 0 where it is stated.
    floor_kg : float
        Floor-standing devices [kg].
    row_kg : dict
        Mass by row; a row is the racks that share a front line (direction, coordinate) [kg].
    floor_load_kg_m2 : float or None
        All mass over the area of the rooms drawn; None where none is drawn. Not a footprint pressure,
        never to be held against a point-load rating.
    grounds : Grounds
    """

    rack_kg: Floats
    rack_load_kg: Floats
    rack_unknown: NDArray[np.int64]
    floor_kg: float
    row_kg: dict[tuple[int, int], float]
    floor_load_kg_m2: float | None
    grounds: Grounds

    @property
    def total_kg(self) -> float:
        return float(self.rack_kg.sum()) + self.floor_kg


@stage(reads=("devices", "racks", "rack records", "placement", "brief"))
def mass(snap: Snapshot) -> Mass:
    """Sum masses of racks and devices with their modules.

    Notes
    -----
    Cables and coolant are not in it: their masses per metre are not known for most types. A value not known
    counts as 0 and is named in `grounds.unknown`.
    """
    specs = snap.specs
    column = specs.column("mass_kg", with_modules=True)
    frames = specs.rack_column("mass_kg")
    device_kg = column.value[snap.device_spec]
    racked = snap.device_rack >= 0
    n = snap.n_racks
    load = sum_by(snap.device_rack[racked], device_kg[racked], n)
    gaps = ~column.known + np.array([len(modules) for modules in column.lacking])
    missing = sum_by(snap.device_rack[racked], gaps[snap.device_spec[racked]], n).astype(np.int64)
    present = snap.rack_type >= 0
    frame_kg = np.where(present, np.append(frames.value, 0.0)[snap.rack_type], 0.0)
    missing += present & ~np.append(frames.known, True)[snap.rack_type]
    rack_kg = load + frame_kg
    floor_kg = float(device_kg[~racked].sum())
    stated = np.array([np.nan if r is None or r.mass_kg is None else r.mass_kg for r in snap.rack_records])
    known = present & ~np.isnan(stated[snap.rack_block])
    loose = racked & np.append(known, False)[snap.device_rack] & ~included(snap)
    added = sum_by(snap.device_rack[loose], device_kg[loose], n)
    rack_kg[known] = stated[snap.rack_block[known]] + added[known]
    load[known] = np.maximum(rack_kg - frame_kg, 0.0)[known]
    missing[known] = sum_by(snap.device_rack[loose], gaps[snap.device_spec[loose]], n)[known]
    total, area = float(rack_kg.sum()) + floor_kg, snap.brief.room_m2
    return Mass(
        rack_kg=rack_kg,
        rack_load_kg=load,
        rack_unknown=missing,
        floor_kg=floor_kg,
        row_kg=_rows(snap, rack_kg),
        floor_load_kg_m2=total / area if area else None,
        grounds=_grounds(snap, known, loose),
    )


def _grounds(snap: Snapshot, stated: Flags, loose: Flags) -> Grounds:
    """Of racks whose mass is stated, the statement and what was added count; of the others, their parts."""
    specs = snap.specs
    column, frames = specs.column("mass_kg", with_modules=True), specs.rack_column("mass_kg")
    parts = loose | (snap.device_rack < 0) | ~np.append(stated, False)[snap.device_rack]
    counts = count_by(snap.device_spec[parts], len(specs))
    counts[0] = 0
    open_racks = snap.rack_type[~stated & (snap.rack_type >= 0)]
    rack_counts = count_by(open_racks, len(specs.rack_types))
    blocks, racks = np.unique(snap.rack_block[stated], return_counts=True)
    records = [record for k in blocks.tolist() if (record := snap.rack_records[k]) is not None]
    amounts = racks * np.array([record.mass_kg or 0.0 for record in records])
    codes = np.array([EVIDENCE.index(evidence_in(r.sources, "mass_kg")) for r in records], dtype=np.int8)
    return joined(
        (
            float(counts @ column.value),
            grounds_of(column, counts, [s.type.name for s in specs.specs], "mass"),
        ),
        (
            float(rack_counts @ frames.value),
            grounds_of(frames, rack_counts, [t.name for t in specs.rack_types], "mass"),
        ),
        (float(amounts.sum()), grounds(amounts, codes, [f"{r.name}: mass as delivered" for r in records])),
    )


def _rows(snap: Snapshot, rack_kg: Floats) -> dict[tuple[int, int], float]:
    quarter = snap.rack_turn & 3
    along = np.where(quarter % 2 == 0, snap.rack_y, snap.rack_x)
    keys, index = np.unique(np.stack([quarter, along], axis=1), axis=0, return_inverse=True)
    sums = sum_by(index.reshape(-1), rack_kg, len(keys))
    return {(int(q) * 90, int(a)): float(kg) for (q, a), kg in zip(keys, sums, strict=True)}

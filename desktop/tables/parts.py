"""Where a line of the bill of materials stands in the drawing."""

from __future__ import annotations

import numpy as np

from core.engine.cost import BomRow
from core.report.lists.cells import Rows
from core.report.lists.listing import Source


def paths_of_parts(source: Source, rows: Rows) -> list[str]:
    """Return the paths of the things that some lines of the bill of materials count."""
    found: list[str] = []
    for row in rows.tolist():
        found += _paths(source, source.evaluation.cost.rows[row])
    return list(dict.fromkeys(found))


def _paths(source: Source, line: BomRow) -> list[str]:
    snap, placed = source.evaluation.snapshot, source.placed
    specs = snap.specs.specs
    if line.section in ("devices", "modules"):
        holds = [
            s.type.id == line.type.id
            if line.section == "devices"
            else any(module.id == line.type.id for _, module in s.modules)
            for s in specs
        ]
        return placed.paths("device", np.flatnonzero(np.array(holds)[snap.device_spec]))
    if line.section == "racks":
        types = [t.id == line.type.id for t in snap.specs.rack_types]
        blocks = [block == line.type.id for block in snap.rack_blocks]
        here = np.array([*types, False])[snap.rack_type] | np.array([*blocks, False])[snap.rack_block]
        return placed.paths("rack", np.flatnonzero(here & (snap.rack_type >= 0)))
    cabling = source.evaluation.cabling
    options = np.array(
        [line.type.id in (o.cable.id, *(e.id for e in (o.optic_a, o.optic_b) if e)) for o in cabling.options]
        + [False]
    )
    here = options[cabling.cable_option]
    if line.section == "cables" and line.length_m is not None:
        here &= np.abs(cabling.cable_ordered_m - line.length_m) < 1e-6
    return placed.paths("cable", np.flatnonzero(here))

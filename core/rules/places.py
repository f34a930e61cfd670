"""Where the blocks of a snapshot are placed: rows of the design against rows of a block, and their paths."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.engine.snapshot import KINDS, Flat, Snapshot
from core.rules.rule import Kind, Row

Rows = NDArray[np.int64]
_NO_ROWS: Rows = np.zeros(0, np.int64)


class Places:
    """The placements of every block below a flat one.

    Attributes
    ----------
    flats : list of Flat
        Distinct blocks, each after those placed in it; the built one is last.
    of_kind : dict
        The rack blocks and the floor blocks among them.
    """

    def __init__(self, snap: Snapshot) -> None:
        self.top = snap.flat
        self.flats = _leaf_first(snap.flat)
        self.flat_of = {flat.block: flat for flat in self.flats}
        self.present: dict[str, NDArray[np.bool_]] = {
            "device": snap.device_spec > 0,
            "rack": snap.rack_type >= 0,
            "cable": snap.cable_layer >= 0,
        }
        self.of_kind = {
            "rack": [flat for flat in self.flats if is_rack(flat)],
            "floor": [flat for flat in self.flats if not is_rack(flat)],
        }
        self.offsets = _offsets(self.flats)

    def inside(self, flat: Flat, kind: Kind, ascending: Rows) -> tuple[Rows, Rows]:
        """Return which of some rows, given in ascending order, are in a block, and their rows in it."""
        offsets = self.offsets[flat.block][kind]
        low = np.searchsorted(ascending, offsets)
        counts = np.searchsorted(ascending, offsets + flat.counts[kind]) - low
        if not counts.any():
            return _NO_ROWS, _NO_ROWS
        at = np.repeat(low - (np.cumsum(counts) - counts), counts) + np.arange(int(counts.sum()))
        return at, ascending[at] - np.repeat(offsets, counts)

    def present_in(self, flat: Flat, rows: list[Row]) -> NDArray[np.intp]:
        """Return the placements of a block in which all of the given rows of it are there."""
        there = np.ones(len(self.offsets[flat.block]["device"]), bool)
        for kind, row in rows:
            there &= self.present[kind][self.offsets[flat.block][kind] + row]
        return np.flatnonzero(there)

    def row(self, flat: Flat, kind: Kind, local: int, placement: int) -> int:
        """Return the row of the design that a row of a block is in one placement."""
        return int(self.offsets[flat.block][kind][placement]) + local

    def path(self, flat: Flat, kind: Kind, row: int) -> str:
        """Return the path of a row from a block; of a cable that of its link; of the block itself empty."""
        return flat.path_of(kind, row).partition("#")[0]


def is_rack(flat: Flat) -> bool:
    """Tell whether a flat block is a rack block."""
    return len(flat.own["racks"]["rack_block"]) > 0


def _leaf_first(top: Flat) -> list[Flat]:
    found: dict[str, Flat] = {}

    def visit(flat: Flat) -> None:
        if flat.block in found:
            return
        for block in {child.flat.block: child.flat for child in flat.children}.values():
            visit(block)
        found[flat.block] = flat

    visit(top)
    return list(found.values())


def _offsets(flats: list[Flat]) -> dict[str, dict[str, Rows]]:
    """Return for each block and kind where the rows of its placements begin, ascending for each kind."""
    parts: dict[str, list[Rows]] = {flat.block: [] for flat in flats}
    parts[flats[-1].block].append(np.zeros((1, len(KINDS)), np.int64))
    found: dict[str, dict[str, Rows]] = {}
    for flat in reversed(flats):
        mine = parts[flat.block][0] if len(parts[flat.block]) == 1 else np.concatenate(parts[flat.block])
        if len(mine) > 1:
            mine = mine[np.lexsort(mine.T)]
        found[flat.block] = {kind: mine[:, k] for k, kind in enumerate(KINDS)}
        by_block: dict[str, list[list[int]]] = {}
        for child in flat.children:
            by_block.setdefault(child.flat.block, []).append([child.start[kind] for kind in KINDS])
        for block, starts in by_block.items():
            below = mine[:, None, :] + np.array(starts, np.int64)[None, :, :]
            parts[block].append(below.reshape(-1, len(KINDS)))
    return found

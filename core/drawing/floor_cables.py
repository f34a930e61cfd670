"""Cables laid over a plan: bundles along right angles, between blocks from afar, between racks nearer."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from core.drawing.batch import Batch, Floats, Level, Sketch, concatenate
from core.drawing.cable_bundles import FEW, MOST_SEGMENTS, Bundles, Rows, bundles_of, kinds_of
from core.drawing.columns import line_batch, text_batch
from core.drawing.plan import Footprints
from core.engine.snapshot import Snapshot
from core.engine.specs import LAYERS
from core.model.project import Reader

_EMPTY = Sketch().freeze()


def floor_cables(
    project: Reader,
    snap: Snapshot,
    things: Footprints,
    racks: Rows,
    devices: Rows,
    chosen: Collection[int] | None,
) -> tuple[Batch, Batch]:
    """Draw the cables between the things of a plan, as bundles along right angles with their numbers.

    Parameters
    ----------
    project : Reader
    snap : Snapshot
    things : Footprints
    racks, devices : ndarray of int, shape (n_things,)
        Rows of the snapshot, -1 for what is the other kind (`core.drawing.colouring.rack_rows`).
    chosen : collection of int, optional
        Things of which the cables are wanted; all data cables if left out.

    Returns
    -------
    from afar, nearer : Batch
        Between the outermost blocks; between things.
    """
    if not len(things) or not snap.n_cables:
        return _EMPTY, _EMPTY
    node = np.full(snap.n_devices, -1, dtype=np.int64)
    by_rack = np.full(snap.n_racks + 1, -1, dtype=np.int64)
    is_rack, is_device = racks >= 0, devices >= 0
    by_rack[racks[is_rack]] = np.flatnonzero(is_rack)
    node[:] = by_rack[snap.device_rack]
    node[devices[is_device]] = np.flatnonzero(is_device)
    a, b = node[snap.cable_a], node[snap.cable_b]
    wanted = (snap.cable_layer >= 0) & (a >= 0) & (b >= 0) & (a != b)
    if chosen is None:
        wanted &= snap.cable_layer == LAYERS.index("data")
    else:
        mark = np.zeros(len(things), dtype=np.bool_)
        mark[list(chosen)] = True
        wanted &= mark[a] | mark[b]
    kinds = kinds_of(project, snap)
    a, b, kind = a[wanted], b[wanted], kinds.of[wanted]
    low, high = things.corners.min(axis=1), things.corners.max(axis=1)
    between = bundles_of(a, b, kind, len(things))
    near = _floor_lines(between, low, high, kinds.styles, Level.MIDDLE)
    outer = list(dict.fromkeys(path.partition("/")[0] for path in things.paths))
    if len(outer) == len(things):
        return _floor_lines(between, low, high, kinds.styles, Level.FAR), near
    index = {name: i for i, name in enumerate(outer)}
    of = np.array([index[path.partition("/")[0]] for path in things.paths])
    low_of, high_of = np.full((len(outer), 2), np.inf), np.full((len(outer), 2), -np.inf)
    np.minimum.at(low_of, of, low)
    np.maximum.at(high_of, of, high)
    apart = of[a] != of[b]
    far = bundles_of(of[a[apart]], of[b[apart]], kind[apart], len(outer))
    return _floor_lines(far, low_of, high_of, kinds.styles, Level.FAR), near


def _floor_lines(found: Bundles, low: Floats, high: Floats, styles: Sequence[str], level: Level) -> Batch:
    """Draw bundles with two bends from edge to edge of boxes; those within a row leave it and come back."""
    most = MOST_SEGMENTS // 3
    a, b, kind, count = (column[:most] for column in found)
    if not len(a):
        return _EMPTY
    lane = (kind - len(styles) / 2)[:, None] * 45.0
    at = (low + high) / 2
    start, end = at[a] + lane, at[b] + lane
    level_row = np.abs(start[:, 1] - end[:, 1]) < 300.0
    turn = np.where(level_row, start[:, 1] + 760.0, (start[:, 1] + end[:, 1]) / 2)
    one, two = np.column_stack([start[:, 0], turn]), np.column_stack([end[:, 0], turn])
    start[:, 1] = np.clip(turn, low[a, 1], high[a, 1])
    end[:, 1] = np.clip(turn, low[b, 1], high[b, 1])
    parts = []
    for number, style in enumerate(styles):
        for thin in (True, False):
            rows = np.flatnonzero((kind == number) & ((count < FEW) == thin))
            if len(rows):
                pieces = [np.hstack([p[rows], q[rows]]) for p, q in ((start, one), (one, two), (two, end))]
                name = f"{style}.thin" if thin else style
                parts.append(line_batch(np.concatenate(pieces), name, level=level))
    # Blanks keep the numbers of neighbours apart, which would read as one.
    texts = tuple(f"  × {n:,}  " for n in count.tolist())
    parts.append(
        text_batch(texts, (one + two) / 2 + (0.0, 90.0), 120.0, style="value", level=max(level, Level.NEAR))
    )
    return concatenate(parts)

"""Findings of identical copies become one, at the lowest block that holds the cause."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.engine.snapshot import Flat
from core.rules.places import Places, Rows, is_rack
from core.rules.rule import MOST_EXAMPLES, Hit, Marks, Row, Sense

MOST_SUBJECTS = 64
"""Subjects a finding names; the rest is in its count."""


@dataclass(frozen=True)
class Folded:
    """A finding before it has words."""

    block: str
    subjects: tuple[str, ...]
    count: int
    text: str
    value: float | None
    limit: float | None
    examples: tuple[str, ...]


def fold_marks(places: Places, marks: Marks, default_group: NDArray[np.int64], worse: Sense) -> list[Folded]:
    """Fold rows of the design.

    Notes
    -----
    A row belongs to the lowest block of which *all* placements that are there show it: 1,152 racks of one
    block give one finding in that block. If only some do, the cause is farther up: it goes to the block
    that tells them apart, with the paths from there.
    """
    if marks.whole:
        return [_folded_whole(places, marks)]
    rows = np.asarray(marks.rows, np.int64)
    group = default_group if marks.group is None else np.asarray(marks.group, np.int64)
    order = np.argsort(rows, kind="stable")
    ascending, open_ = rows[order], np.ones(len(rows), bool)
    found: list[Folded] = []
    for flat in places.flats:
        if not flat.counts[marks.kind]:
            continue
        at, local = places.inside(flat, marks.kind, ascending)
        at, local = at[open_[at]], local[open_[at]]
        if not len(at):
            continue
        claimed = _everywhere(places, flat, marks, local)
        if claimed.any():
            mine = order[at[claimed]]
            found += _grouped(places, flat, marks, mine, local[claimed], group[mine], worse)
            open_[at[claimed]] = False
    return found


def _everywhere(places: Places, flat: Flat, marks: Marks, local: Rows) -> NDArray[np.bool_]:
    """Tell for each row of a block whether all its placements that are there are marked."""
    if len(places.offsets[flat.block][marks.kind]) == 1:
        return np.ones(len(local), bool)
    unique, index, marked = np.unique(local, return_inverse=True, return_counts=True)
    offsets = places.offsets[flat.block][marks.kind]
    there = places.present[marks.kind][offsets[:, None] + unique[None, :]].sum(axis=0)
    full: NDArray[np.bool_] = (marked >= there)[index.reshape(-1)]
    return full


def _grouped(
    places: Places, flat: Flat, marks: Marks, rows: Rows, local: Rows, group: Rows, worse: Sense
) -> Iterator[Folded]:
    order = np.argsort(group, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(group[order]) != 0])
    for part in np.split(order, starts[1:]):
        mine = rows[part]
        worst = int(mine[_worst(marks, mine, worse)])
        seen = dict.fromkeys(places.path(flat, marks.kind, int(k)) for k in _first(local[part], marks.kind))
        subjects = tuple(sorted(path for path in seen if path))[:MOST_SUBJECTS]
        examples = dict.fromkeys(
            places.path(places.top, marks.kind, int(marks.rows[k]))
            for k in np.sort(mine)[: 4 * MOST_EXAMPLES]
        )
        yield Folded(
            flat.block,
            subjects,
            len(part),
            marks.text(worst),
            None if marks.value is None else float(marks.value[worst]),
            None if marks.limit is None else float(marks.limit[worst]),
            tuple(examples)[:MOST_EXAMPLES],
        )


def _first(local: Rows, kind: str) -> Rows:
    """Return distinct rows, enough to name `MOST_SUBJECTS` (a trunk is one subject of many cables)."""
    unique = np.unique(local)
    return unique[: 64 * MOST_SUBJECTS] if kind == "cable" else unique[:MOST_SUBJECTS]


def _worst(marks: Marks, mine: Rows, worse: Sense) -> int:
    if marks.value is None:
        return 0
    value = marks.value[mine]
    if worse == "away" and marks.limit is not None:
        value = np.abs(value - marks.limit[mine])
    return int(np.argmin(value) if worse == "less" else np.argmax(value))


def _folded_whole(places: Places, marks: Marks) -> Folded:
    value = None if marks.value is None else float(marks.value[0])
    limit = None if marks.limit is None else float(marks.limit[0])
    return Folded(places.top.block, (), 1, marks.text(0), value, limit, marks.at[:MOST_EXAMPLES])


def fold_hit(places: Places, flat: Flat, hit: Hit) -> Folded | None:
    """Return what was found in one block with the number of placements that show it; None if none does."""
    rows: list[Row] = [("device", flat.rows_by_id[s]) if isinstance(s, str) else s for s in hit.subjects]
    there = places.present_in(flat, rows or ([("rack", 0)] if is_rack(flat) else []))
    if not len(there):
        return None
    kind, local = rows[0] if rows else ("rack", 0)
    shown = there[:MOST_EXAMPLES] if rows or is_rack(flat) else there[:0]
    return Folded(
        flat.block,
        tuple(p for k, row in rows[:MOST_SUBJECTS] if (p := places.path(flat, k, row))),
        len(there),
        hit.text,
        hit.value,
        hit.limit,
        tuple(places.path(places.top, kind, places.row(flat, kind, local, int(p))) for p in shown),
    )

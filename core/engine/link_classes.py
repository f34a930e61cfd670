"""Links sorted by what they can be made of, and which of them share cages."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from core.engine.columns import Flags, Floats, Ints, ints
from core.engine.kept import kept_rows, merged
from core.engine.parts import LinkClass, Option, options_for
from core.engine.snapshot import GROUPS, Snapshot
from core.engine.specs import LAYERS
from core.engine.stage import stage

Keys: TypeAlias = tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Classes:
    """Links sorted by what they can be made of.

    Attributes
    ----------
    classes : tuple of LinkClass
    options : tuple of tuple of Option
        For each class, best first.
    cable_class : ndarray of int32, shape (n_cables,)
        -1 for cables that are not there.
    cable_rate_gbps : ndarray, shape (n_cables,)
        Rate of one link, NaN where not known.
    cage_a, cage_b : ndarray of int64, shape (n_cables,)
        Number of the cage (port of a device) at each end, below `n_cages`.
    cable_pair : ndarray of int64, shape (n_cables,)
        Equal for cables that join the same two cages (of power and coolant: the same two devices); -1 for
        those that are not there.
    behind_a, behind_b : ndarray of bool, shape (n_cables,)
        Port on the rear of its device.
    same_rack : ndarray of bool, shape (n_cables,)
    keys : tuple of tuple of int
        What stands for each class; they rise.
    of : Snapshot
        What it was made of.
    """

    classes: tuple[LinkClass, ...]
    options: tuple[tuple[Option, ...], ...]
    cable_class: Ints
    cable_rate_gbps: Floats
    cage_a: NDArray[np.int64]
    cage_b: NDArray[np.int64]
    cable_pair: NDArray[np.int64]
    n_cages: int
    behind_a: Flags
    behind_b: Flags
    same_rack: Flags
    keys: Keys
    of: Snapshot

    @cached_property
    def plugs_on(self) -> Flags:
        """Which links are no cables, as one device plugs onto the other, shape (n_cables,)."""
        found: Flags = np.array([*(kind.plugs_on for kind in self.classes), False])[self.cable_class]
        return found


_READ = tuple(name for name in GROUPS["cables"] if name != "cable_fabric")
_ROWS = ("cable_rate_gbps", "cage_a", "cage_b", "cable_pair", "behind_a", "behind_b", "same_rack")
"""Columns of a cable that hang on its own row alone, once the devices stand."""


@stage(reads=("devices", "cables"), reuses=True)
def link_classes(snap: Snapshot, before: Classes | None = None) -> Classes:
    """Sort cables by layer, connectors, rate, split and by how many share their two cages.

    Notes
    -----
    Of the last result those rows stand whose cables are as they were, unless both devices are ones whose
    cables changed: only then can others share the two cages with them than before.
    """
    ports = snap.specs.ports
    if len(ports.rate_gbps) == 0:
        rate, none = np.full(snap.n_cables, np.nan), np.zeros(snap.n_cables, np.int64)
        no, front = np.full(snap.n_cables, -1, np.int32), np.zeros(snap.n_cables, bool)
        return Classes((), (), no, rate, none, none, none, 0, front, front, front, (), snap)
    kept = np.full(snap.n_cables, -1)
    if before is not None and _same_devices(snap, before.of):
        kept = _untouched(snap, before.of)
    rows = np.flatnonzero(kept < 0)
    first = np.zeros(snap.n_devices + 1, np.int64)
    np.cumsum(np.diff(ports.base)[snap.device_spec], out=first[1:])
    if before is None or 2 * len(rows) >= snap.n_cables:
        columns, keys, number = _sorted(snap, np.arange(snap.n_cables), first)
        options = {}
    else:
        fresh, new, of_new = _sorted(snap, rows, first)
        columns = {name: merged(getattr(before, name), kept, rows, fresh[name]) for name in _ROWS}
        number = merged(before.cable_class, kept, rows, of_new)
        keys, number = _joined(before.keys, new, number, rows)
        options = dict(zip(before.keys, before.options, strict=True))
    classes = tuple(
        LinkClass(LAYERS[layer], ports.connectors[a], ports.connectors[b], rate / 1000, sa, sb, count)
        for layer, a, b, sa, sb, count, rate in keys
    )
    types = snap.specs.all_types()
    return Classes(
        classes=classes,
        options=tuple(
            options[key] if key in options else tuple(options_for(kind, types))
            for key, kind in zip(keys, classes, strict=True)
        ),
        cable_class=number,
        n_cages=int(first[-1]),
        keys=keys,
        of=snap,
        **columns,
    )


def _same_devices(snap: Snapshot, before: Snapshot) -> bool:
    return all(snap.group(name) is before.group(name) for name in ("specs", "devices"))


def _untouched(snap: Snapshot, before: Snapshot) -> NDArray[np.intp]:
    """Return for each cable its row before; -1 where it, or one between its two devices, is another."""
    kept = kept_rows(snap, before, _READ)
    fresh, gone = kept < 0, np.ones(before.n_cables, bool)
    gone[kept[~fresh]] = False
    touched = np.zeros(snap.n_devices, bool)
    for state, rows in ((snap, fresh), (before, gone)):
        touched[state.cable_a[rows]] = touched[state.cable_b[rows]] = True
    kept[touched[snap.cable_a] & touched[snap.cable_b]] = -1
    return kept


def _joined(old: Keys, new: Keys, number: Ints, rows: NDArray[np.intp]) -> tuple[Keys, Ints]:
    """Number the classes anew: `number` counts in the old ones, in some rows in the new ones."""
    of_new = number[rows]
    number[rows] = -1
    used = np.flatnonzero(np.bincount(number + 1, minlength=len(old) + 1)[1:])
    keys = tuple(sorted({*(old[k] for k in used.tolist()), *new}))
    place = {key: k for k, key in enumerate(keys)}
    if keys != old:
        number = ints([*(place.get(key, -1) for key in old), -1])[number]
    number[rows] = ints([*(place[key] for key in new), -1])[of_new]
    return keys, number


def _sorted(
    snap: Snapshot, rows: NDArray[np.intp], first: NDArray[np.int64]
) -> tuple[dict[str, NDArray[Any]], Keys, Ints]:
    """Return the columns of some cables, their classes, and which of them each is in.

    No other cable may share its two cages with these. `first` is the number of each device's first cage.
    """
    ports = snap.specs.ports
    a, b, port_a, port_b, lane_a, lane_b, layer = (getattr(snap, name)[rows] for name in _READ)
    live = layer >= 0
    row_a, row_b = (
        np.where(live, ports.base[snap.device_spec[device]] + port, 0)
        for device, port in ((a, port_a), (b, port_b))
    )
    split_a, split_b = np.maximum(lane_a >> 4, 1), np.maximum(lane_b >> 4, 1)
    rate = np.fmin(ports.rate_gbps[row_a] / split_a, ports.rate_gbps[row_b] / split_b)
    cage_a, cage_b = first[a] + port_a, first[b] + port_b
    data, n = layer == LAYERS.index("data"), int(first[-1])
    end_a, end_b = np.where(data, cage_a, n + a), np.where(data, cage_b, n + b)
    low, high = np.minimum(end_a, end_b), np.maximum(end_a, end_b)
    pair = np.where(live, (low * (n + snap.n_devices) + high) * len(LAYERS) + layer, -1)
    kinds = (ports.connector[row_a], ports.connector[row_b], split_a, split_b, _shared(pair))
    columns = [
        column[live] for column in (layer, *kinds, np.round(np.nan_to_num(rate) * 1000).astype(np.int64))
    ]
    _, sample, index = np.unique(_packed(*columns), return_index=True, return_inverse=True)
    number = np.full(len(rows), -1, np.int32)
    number[live] = index.reshape(-1)
    rack_a, rack_b = snap.device_rack[a], snap.device_rack[b]
    found = {
        "cable_rate_gbps": rate,
        "cage_a": cage_a,
        "cage_b": cage_b,
        "cable_pair": pair,
        "behind_a": ports.rear[row_a] == 1,
        "behind_b": ports.rear[row_b] == 1,
        "same_rack": (rack_a == rack_b) & (rack_a >= 0),
    }
    return found, tuple(zip(*(column[sample].tolist() for column in columns), strict=True)), number


def _shared(pair: NDArray[np.int64]) -> NDArray[np.intp]:
    """Return how many cables each cable's pair of cages has."""
    order = np.argsort(pair)
    ordered = pair[order]
    new = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1])[: len(pair)])
    counts = np.diff(np.append(new, len(pair)))
    shared = np.empty(len(pair), np.intp)
    shared[order] = np.repeat(counts, counts)
    return shared


def _packed(*columns: NDArray[Any]) -> NDArray[np.int64]:
    """One integer for each row of integer columns."""
    code = np.zeros(len(columns[0]), np.int64)
    for column in columns:
        low = int(column.min(initial=0))
        code = code * (int(column.max(initial=0)) - low + 1) + (column - low)
    return code

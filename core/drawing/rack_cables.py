"""Cables laid over elevations: bundles by pair of devices from afar, from port to port from near by."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.drawing.batch import Anchor, Batch, Floats, Level, Sketch, concatenate
from core.drawing.cable_bundles import FEW, MOST_SEGMENTS, Bundles, Kinds, Rows, bundles_of, kinds_of
from core.drawing.columns import line_batch, text_batch
from core.drawing.faceplate import Faceplate
from core.engine.snapshot import FACES, Snapshot
from core.engine.specs import LAYERS
from core.model.project import Reader

_EMPTY = Sketch().freeze()
MOST_STUBS = 300
_GUTTER, _LANE = 56.0, 7.0
"""Beside a rack, clear of the numbers of its units, and from one kind of cable to the next [mm]."""
_TAG, _TAG_PITCH = 15.0, 27.0
_MOST_TAGS = 8
"""Far ends named at a device whose cables lead to racks that are not shown; of more, the racks are."""


class ShownFace(NamedTuple):
    """One face of one rack as it stands in the drawing."""

    rows: Rows
    """Row of the snapshot of each device; -1 for one it does not know."""
    boxes: Floats
    """x, y, width, height in the drawing; NaN where this face hides it."""
    face: str
    right: float
    """Right edge of the rack."""
    plate: Callable[[int], Faceplate | None]
    """The faceplate that is seen of a device, by its place in `rows`."""


class _Ends(NamedTuple):
    """Where devices are in the drawing: two rows for each, its front and its rear."""

    local: NDArray[np.int64]
    at: Floats
    gutter: Floats
    source: list[tuple[ShownFace, int] | None]


def rack_cables(
    project: Reader, snap: Snapshot, faces: Sequence[ShownFace], chosen: NDArray[np.bool_] | None
) -> tuple[Batch, Batch]:
    """Draw the cables between the devices of some elevations.

    Parameters
    ----------
    project : Reader
    snap : Snapshot
    faces : sequence of ShownFace
    chosen : ndarray of bool, shape (n_devices,), optional
        Devices of which the cables are wanted, those that lead to racks not shown too (as stubs that name
        the far end); all data cables between devices shown if left out.

    Returns
    -------
    bundles, cables : Batch
        One line for each pair of devices; one for each cable, from port to port.
    """
    ends = _ends(snap, faces)
    if not snap.n_cables or not len(ends.at):
        return _EMPTY, _EMPTY
    a, b = ends.local[snap.cable_a], ends.local[snap.cable_b]
    live = snap.cable_layer >= 0
    if chosen is None:
        live &= snap.cable_layer == LAYERS.index("data")
    else:
        live &= chosen[snap.cable_a] | chosen[snap.cable_b]
    kinds = kinds_of(project, snap)
    both = np.flatnonzero(live & (a >= 0) & (b >= 0))
    slot_a = _slot(ends, snap, both, snap.cable_a, snap.cable_port_a)
    slot_b = _slot(ends, snap, both, snap.cable_b, snap.cable_port_b)
    seen = ~np.isnan(ends.at[slot_a, 0]) & ~np.isnan(ends.at[slot_b, 0])
    both, slot_a, slot_b = both[seen], slot_a[seen], slot_b[seen]
    far = _bundle_lines(bundles_of(slot_a, slot_b, kinds.of[both], len(ends.at)), ends, kinds.styles)
    near = _EMPTY
    if len(both) * 3 <= MOST_SEGMENTS:
        start = _port_points(snap, ends, slot_a, snap.cable_port_a[both])
        end = _port_points(snap, ends, slot_b, snap.cable_port_b[both])
        near = _elbows(start, end, ends.gutter[slot_a], kinds.of[both], kinds.styles, thin=True)
    if chosen is not None:
        stubs = _stubs(project, snap, ends, np.flatnonzero(live & ((a >= 0) != (b >= 0))), kinds)
        far, near = concatenate([far, stubs]), concatenate([near, stubs])
    return far, near


def _ends(snap: Snapshot, faces: Sequence[ShownFace]) -> _Ends:
    local = np.full(snap.n_devices, -1, dtype=np.int64)
    count = 0
    for shown in faces:
        known = shown.rows[shown.rows >= 0]
        fresh = known[local[known] < 0]
        local[fresh] = np.arange(count, count + len(fresh))
        count += len(fresh)
    at, gutter = np.full((2 * count, 2), np.nan), np.zeros(2 * count)
    source: list[tuple[ShownFace, int] | None] = [None] * (2 * count)
    for shown in faces:
        places = np.flatnonzero((shown.rows >= 0) & ~np.isnan(shown.boxes[:, 0]))
        slots = 2 * local[shown.rows[places]] + FACES.index(shown.face)
        at[slots] = shown.boxes[places, :2] + shown.boxes[places, 2:] / 2
        gutter[slots] = shown.right + _GUTTER
        for slot, place in zip(slots.tolist(), places.tolist(), strict=True):
            source[slot] = (shown, place)
    return _Ends(local, at, gutter, source)


def _slot(
    ends: _Ends, snap: Snapshot, cables: Rows, device: NDArray[np.int32], port: NDArray[np.int32]
) -> Rows:
    """Return front or rear of the device at an end, whichever shows the port; the other if that is hidden."""
    rows, ports = device[cables], snap.specs.ports
    behind = ports.rear[ports.base[snap.device_spec[rows]] + port[cables]]
    face = np.asarray(behind, dtype=np.int64) ^ (snap.device_face[rows] == FACES.index("rear"))
    slot = 2 * ends.local[rows] + face
    found: Rows = np.where(np.isnan(ends.at[slot, 0]), slot ^ 1, slot)
    return found


def _port_points(snap: Snapshot, ends: _Ends, slots: Rows, ports: NDArray[np.int32]) -> Floats:
    """Return the middles of ports in the drawing; of a port that is not seen, that of its device."""
    points = ends.at[slots].copy()
    order = np.argsort(slots, kind="stable")
    _, starts = np.unique(slots[order], return_index=True)
    for members in np.split(order, starts[1:]):
        entry = ends.source[int(slots[members[0]])] if len(members) else None
        plate = entry[0].plate(entry[1]) if entry is not None else None
        if entry is None or plate is None:
            continue
        shown, place = entry
        table = snap.specs.specs[int(snap.device_spec[shown.rows[place]])].ports.ports
        corner = shown.boxes[place, :2]
        for i in members.tolist():
            row = plate.ports.get(table[int(ports[i])].name)
            if row is not None:
                x, y, width, height = plate.port_rects[row].tolist()
                points[i] = corner + np.array((x + width / 2, y + height / 2))
    return points


def _bundle_lines(found: Bundles, ends: _Ends, styles: Sequence[str]) -> Batch:
    a, b, kind, count = (column[: MOST_SEGMENTS // 3] for column in found)
    if not len(a):
        return _EMPTY
    start, end, gutter = ends.at[a], ends.at[b], ends.gutter[a]
    parts = []
    for thin in (True, False):
        rows = np.flatnonzero((count < FEW) == thin)
        parts.append(_elbows(start[rows], end[rows], gutter[rows], kind[rows], styles, thin=thin))
    many = np.flatnonzero(count > 1)
    at = np.column_stack([gutter + kind * _LANE, (start[:, 1] + end[:, 1]) / 2])[many]
    texts = tuple(f"× {n:,}" for n in count[many].tolist())
    parts.append(text_batch(texts, at, 16.0, style="value", anchor=Anchor.LEFT, level=Level.MIDDLE))
    return concatenate(parts)


def _elbows(
    start: Floats, end: Floats, gutter: Floats, kind: NDArray[np.int64], styles: Sequence[str], *, thin: bool
) -> Batch:
    """Draw lines with two bends beside the rack they start in."""
    x = gutter + kind * _LANE
    one, two = np.column_stack([x, start[:, 1]]), np.column_stack([x, end[:, 1]])
    parts = []
    for number, style in enumerate(styles):
        rows = np.flatnonzero(kind == number)
        if len(rows):
            pieces = [np.hstack([p[rows], q[rows]]) for p, q in ((start, one), (one, two), (two, end))]
            parts.append(line_batch(np.concatenate(pieces), f"{style}.thin" if thin else style))
    return concatenate(parts) if parts else _EMPTY


def _stubs(project: Reader, snap: Snapshot, ends: _Ends, cables: Rows, kinds: Kinds) -> Batch:
    """Draw cables to racks that are not shown: a short line to the right, and where it leads."""
    sketch = Sketch()
    at_a = ends.local[snap.cable_a[cables]] >= 0
    slots = np.where(
        at_a,
        _slot(ends, snap, cables, snap.cable_a, snap.cable_port_a),
        _slot(ends, snap, cables, snap.cable_b, snap.cable_port_b),
    )
    far = np.where(at_a, snap.cable_b[cables], snap.cable_a[cables])
    far_port = np.where(at_a, snap.cable_port_b[cables], snap.cable_port_a[cables])
    by_slot: dict[int, dict[int, list[int]]] = {}
    for i, (slot, device) in enumerate(zip(slots.tolist(), far.tolist(), strict=True)):
        by_slot.setdefault(slot, {}).setdefault(device, []).append(i)
    drawn = 0
    for slot, groups in by_slot.items():
        x, y = ends.at[slot].tolist()
        if np.isnan(x) or drawn >= MOST_STUBS:
            continue
        words = _tags(project, snap, groups, far_port)
        drawn += len(words)
        edge = float(ends.gutter[slot]) + _LANE * len(kinds.styles)
        sketch.line(x, y, edge - 24.0, y, kinds.styles[int(kinds.of[cables[words[0][1]]])])
        for number, (text, first) in enumerate(words):
            level = y + ((len(words) - 1) / 2 - number) * _TAG_PITCH
            style = kinds.styles[int(kinds.of[cables[first]])]
            sketch.line(edge - 24.0, y, edge, level, style)
            sketch.text(edge + 4.0, level, text, _TAG, "text", level=Level.MIDDLE, owner=0)
    return sketch.freeze()


def _tags(
    project: Reader, snap: Snapshot, groups: dict[int, list[int]], ports: NDArray[np.int32]
) -> list[tuple[str, int]]:
    """Return where the cables of a device lead, each with one of them: to devices, or if many to racks."""
    top = snap.flat.block
    found: list[tuple[str, int]] = []
    if len(groups) <= _MOST_TAGS:
        for device, members in groups.items():
            name = project.names_along(top, snap.device_path(device))[-1]
            table = snap.specs.specs[int(snap.device_spec[device])].ports.ports
            one = table[int(ports[members[0]])].name
            found.append((f"→ {name} {one if len(members) == 1 else f'× {len(members)}'}", members[0]))
        return found
    racks: dict[str, list[int]] = {}
    for device, members in groups.items():
        racks.setdefault(snap.device_path(device).rpartition("/")[0], []).extend(members)
    for path, members in list(racks.items())[: 2 * _MOST_TAGS]:
        name = project.names_along(top, path)[-1] if path else "the floor"
        found.append((f"→ {name} × {len(members)}", members[0]))
    return found

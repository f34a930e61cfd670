"""Overrides written into the columns of a block: absent things, ordered lengths, power limits.

A thing is absent if the outermost block that speaks of *it* says so, or if any instance it is in is absent.
What a block says of one cable goes before what the same block says of the whole trunk.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.engine.flat import KINDS, Flat
from core.model.project import Reader
from core.model.records import Override

_MASKED = (
    ("device", "devices", "device_spec", 0),
    ("rack", "racks", "rack_type", -1),
    ("cable", "cables", "cable_layer", -1),
)
"""What makes a row absent: kind, group, column (none of them shifts with the block), value."""
Statement = tuple[str, int | None]


def override(project: Reader, flat: Flat) -> None:
    """Write the overrides of a flat block into its groups; groups not concerned stay as they are."""
    found = [
        o
        for o in project.overrides(flat.block).values()
        if o.absent is not None or o.length_m is not None or o.power_limit_w is not None
    ]
    written: dict[str, dict[str, NDArray[Any]]] = {}

    def column(group: str, name: str) -> NDArray[Any]:
        if group not in written:
            written[group] = {n: a.copy() for n, a in flat.groups[group].items()}
        return written[group][name]

    absent = {(o.path, o.cable): o.absent for o in found if o.absent is not None}
    if not all(absent.values()):
        absent = _statements(project, flat)
        for _kind, group, name, _nothing in _MASKED:
            column(group, name)[:] = _bare(flat, group, name)
    for path, cable in sorted(absent, key=lambda key: _rank(flat, *key)):
        if not absent[path, cable] and cable is None:
            continue
        spans = span(flat, path, cable)
        for kind, group, name, nothing in _MASKED:
            rows = spans[kind]
            if rows.start < rows.stop:
                here = nothing if absent[path, cable] else _bare(flat, group, name)[rows]
                column(group, name)[rows] = here
    for said in sorted(found, key=lambda o: (o.cable is not None, o.id)):
        _write_values(said, span(flat, said.path, said.cable), column)
    flat.groups.update(written)


def _write_values(said: Override, spans: dict[str, slice], column: Any) -> None:
    link, device, frame = spans["link"], spans["one"], spans["frame"]
    if said.length_m is not None and link.start < link.stop:
        column("orders", "cable_length_m")[link] = said.length_m
    if said.power_limit_w is not None and device.start < device.stop:
        column("limits", "device_limit_w")[device] = said.power_limit_w
    if said.power_limit_w is not None and frame.start < frame.stop:
        column("limits", "rack_limit_w")[frame] = said.power_limit_w


def _rank(flat: Flat, path: str, cable: int | None) -> int:
    """Trunks first, then single cables, then what contains others."""
    if cable is not None:
        return 1
    spans = span(flat, path, None)
    return 0 if spans["link"].start < spans["link"].stop else 2


def _statements(project: Reader, flat: Flat) -> dict[Statement, bool]:
    """Return what is said to be absent or present in a block and below, by the outermost that says it."""
    said: dict[Statement, bool] = {}
    below: dict[str, dict[Statement, bool]] = {}
    for child in flat.children:
        block = child.flat.block
        if block not in below:
            below[block] = _statements(project, child.flat)
        said.update({(f"{child.id}/{path}", k): absent for (path, k), absent in below[block].items()})
    own = [o for o in project.overrides(flat.block).values() if o.absent is not None]
    trunks = {o.path for o in own if o.cable is None}
    said = {key: absent for key, absent in said.items() if key[0] not in trunks}
    said.update({(o.path, o.cable): bool(o.absent) for o in own})
    return said


def _bare(flat: Flat, group: str, name: str) -> NDArray[Any]:
    """Return a column as it is without any override."""
    parts = [flat.own[group][name], *(_bare(child.flat, group, name) for child in flat.children)]
    return np.concatenate(parts)


def span(flat: Flat, path: str, cable: int | None) -> dict[str, slice]:
    """Return the rows of a device, an instance or a link (or one of its cables) below a flat block.

    `device`, `rack`, `cable`: all rows that go with it; `one`, `link`, `frame`: of a device, a link or an
    instance of a rack block itself.
    """
    start = dict.fromkeys(KINDS, 0)
    spans = dict.fromkeys(("device", "rack", "cable", "one", "link", "frame"), slice(0, 0))
    *steps, last = path.split("/")
    for step in steps:
        child = flat.child_by_id.get(step)
        if child is None:
            return spans
        start = {kind: start[kind] + child.start[kind] for kind in KINDS}
        flat = child.flat
    if last in flat.child_by_id:
        child = flat.child_by_id[last]
        for kind in ("device", "rack", "cable"):
            low = start[kind] + child.start[kind]
            spans[kind] = slice(low, low + child.flat.counts[kind])
        if len(child.flat.own["racks"]["rack_block"]):
            spans["frame"] = spans["rack"]
    elif last in flat.rows_by_id:
        row = start["device"] + flat.rows_by_id[last]
        spans["device"] = spans["one"] = slice(row, row + 1)
    else:
        at = start["cable"]
        for link_id, count in flat.cable_links:
            if link_id == last:
                low, high = (at, at + count) if cable is None else (at + cable, at + min(cable + 1, count))
                spans["cable"] = spans["link"] = slice(low, max(low, high))
            at += count
    return spans

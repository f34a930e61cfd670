"""The links of single blocks as columns, resolved once and kept while they stay as they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.engine.columns import Floats, Ints, floats, ints
from core.engine.flat import Flat, Group, Structure
from core.engine.listed import Listed, listed
from core.engine.snapshot import GROUPS, Lists
from core.engine.specs import LAYERS, Specs
from core.model.project import Project
from core.model.records import Link


class _Resolved(NamedTuple):
    """A link with ports, lanes, layer and fabric as numbers, valid for these specs at its ends."""

    link: Link
    specs: tuple[int, int]
    rows: Sequence[tuple[int, ...]]


class _Wired(NamedTuple):
    """All links of a block as columns, valid while its paths lead to the same rows and specs.

    `table` has the rows of `_TABLE`; the cables of link k are those from `starts[k]` on.
    """

    structure: Structure
    listed: Listed
    starts: NDArray[np.int64]
    table: Ints
    length_m: Floats


_TABLE = (*GROUPS["cables"], "cable_type")


class Wiring:
    """The cables of each block's own links; valid for one set of specs."""

    def __init__(self, project: Project, specs: Specs, lists: Lists) -> None:
        self._project, self._specs, self._lists = project, specs, lists
        self._resolved: dict[str, dict[str, _Resolved]] = {}
        self._wired: dict[str, _Wired] = {}

    def listed(self, block: str) -> Listed:
        """Return the links of a block in order, from the list before where most are the same."""
        last = self._wired.get(block)
        return listed(self._project.links(block), last.listed if last else None)

    def columns(self, flat: Flat, links: Listed) -> dict[str, Group]:
        """Return the columns of the block's links; those that an edit leaves as they are keep their rows."""
        last, wired = self._wired.get(flat.block), None
        if last is not None and last.structure is flat.structure:
            wired = self._rewired(flat, links, last)
        if wired is None:
            wired = self._wire(flat, links)
        self._wired[flat.block] = wired
        columns = dict(zip(_TABLE, wired.table, strict=True))
        orders = {"cable_length_m": wired.length_m, "cable_type": columns.pop("cable_type")}
        return {"cables": columns, "orders": orders}

    def _rewired(self, flat: Flat, links: Listed, last: _Wired) -> _Wired | None:
        """Wire only the links that are new; None if most are."""
        at, counts = links.at.copy(), links.counts
        fresh = np.flatnonzero(at < 0)
        if 2 * len(fresh) > len(at):
            return None
        own = [links.links[k] for k in fresh.tolist()]
        new = self._wire(flat, Listed([], own, counts[fresh], at[fresh]))
        at[fresh] = len(last.starts) + np.arange(len(fresh))
        first = np.concatenate([last.starts, new.starts + len(last.length_m)])[at]
        starts = np.cumsum(counts, dtype=np.int64) - counts
        rows = np.repeat(first - starts, counts) + np.arange(int(counts.sum()))
        table = np.concatenate([last.table, new.table], axis=1)[:, rows]
        length_m = np.concatenate([last.length_m, new.length_m])[rows]
        return _Wired(flat.structure, links, starts, table, length_m)

    def _wire(self, flat: Flat, wanted: Listed) -> _Wired:
        """Resolve links; of those that are as they were just the rows of their ends."""
        ends: dict[str, tuple[int, int]] = {}
        links, counts = wanted.links, wanted.counts
        before, now = self._resolved.setdefault(flat.block, {}), {}
        for link in links:
            specs = self._end(flat, link.a.path, ends)[1], self._end(flat, link.b.path, ends)[1]
            known = before.get(link.id)
            if known is None or known.link is not link or known.specs != specs:
                known = self._resolve(link, specs)
            now[link.id] = known
        if len(links) < len(before):
            before.update(now)
        else:
            self._resolved[flat.block] = now
        ports = np.array([row for known in now.values() for row in known.rows], np.int32).reshape(-1, 6)
        pinned = [self._lists.number("cable_types", link.cable) for link in links]
        each = [[ends[link.a.path][0] for link in links], [ends[link.b.path][0] for link in links], pinned]
        a, b, kind = (np.repeat(ints(values), counts) for values in each)
        return _Wired(
            structure=flat.structure,
            listed=wanted,
            starts=np.cumsum(counts, dtype=np.int64) - counts,
            table=np.stack([a, b, *ports.T, kind]),
            length_m=np.repeat(floats([link.length_m for link in links]), counts),
        )

    def _resolve(self, link: Link, specs: tuple[int, int]) -> _Resolved:
        layer, fabric = LAYERS.index(link.layer), self._lists.number("fabrics", link.fabric)
        find_a, find_b = (self._specs.specs[number].ports.find for number in specs)
        rows = []
        for token_a, token_b in zip(link.a.ports, link.b.ports, strict=True):
            a, b = find_a(token_a), find_b(token_b)
            port_a, lane_a = (a.port.index, _lane(a.split, a.lane)) if a else (0, 0)
            port_b, lane_b = (b.port.index, _lane(b.split, b.lane)) if b else (0, 0)
            rows.append((port_a, port_b, lane_a, lane_b, layer, fabric))
        return _Resolved(link, specs, rows)

    def _end(self, flat: Flat, path: str, known: dict[str, tuple[int, int]]) -> tuple[int, int]:
        end = known.get(path)
        if end is None:
            row = flat.device_row(path)
            end = known[path] = (row, self._spec_at(flat, path))
        return end

    def _spec_at(self, flat: Flat, path: str) -> int:
        *steps, last = path.split("/")
        for step in steps:
            flat = flat.child_by_id[step].flat
        return int(flat.own["devices"]["device_spec"][flat.rows_by_id[last]])


def _lane(split: int, lane: int) -> int:
    return 0 if split == 1 else 16 * split + lane

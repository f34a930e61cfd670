"""Makes snapshots, keeping what an edit does not touch.

Each block is flattened once: its own rows, then its children tiled and offset.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.engine.brief import Brief, read_brief
from core.engine.columns import Floats, Ints, turned
from core.engine.flat import KINDS, Child, Flat, Group, Structure
from core.engine.listed import Listed, listed
from core.engine.overriding import override
from core.engine.snapshot import FACES, GROUPS, POWER_CABLES, SIDES, Lists, Snapshot
from core.engine.specs import LAYERS, Specs
from core.model.project import Project
from core.model.records import Block, Device, Instance, Link

POWER = LAYERS.index("power")
_SHIFTED = {"device_rack": "rack", "cable_a": "device", "cable_b": "device", "feed_device": "device"}
_TURNED = {"placement": "rack", "standing": "device"}


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


class Expansion:
    """Makes snapshots of one project, keeping what an edit does not touch.

    Not thread-safe: reads the project's records, so call it where the project is edited.
    """

    def __init__(self, project: Project) -> None:
        self.project = project
        self._flats: dict[str, Flat] = {}
        self._lists = Lists()
        self._specs: Specs | None = None
        self._frozen_specs: Specs | None = None
        self._types_version = -1
        self._brief: Brief | None = None
        self._rack_records: tuple[Block | None, ...] = ()
        self._loose: tuple[tuple[Group, Group], Group] | None = None
        self._power: tuple[Group, Group] | None = None
        self._resolved: dict[str, dict[str, _Resolved]] = {}
        self._wired: dict[str, _Wired] = {}
        self._current: set[str] = set()
        """Blocks known to be up to date in the snapshot that is being made."""

    def snapshot(self, block: str = "") -> Snapshot:
        """Return the snapshot of a block, by default of the one that is built."""
        version = self.project.version("types")
        if self._specs is None or version != self._types_version:
            self._specs, self._types_version = Specs(self.project), version
            self._frozen_specs = None
            self._flats.clear()
            self._resolved.clear()
            self._wired.clear()
        self._current.clear()
        brief = read_brief(self.project)
        if self._brief is None or brief != self._brief:
            self._brief = brief
        flat = self._flat(block or self.project.top)
        if self._frozen_specs is None or not self._specs.same_size(self._frozen_specs):
            self._frozen_specs = self._specs.frozen()
        records = tuple(self.project.blocks.get(name) for name in self._lists.rack_blocks)
        if records != self._rack_records:
            self._rack_records = records
        groups = self._without_loose_cables(flat.groups)
        power = self._power_cables(groups["cables"])
        return Snapshot(flat, groups, power, self._frozen_specs, self._brief, self._rack_records, self._lists)

    def _power_cables(self, cables: Group) -> Group:
        """Take the power cables out; the same object as long as they are the same."""
        last = self._power
        if last is None or last[0] is not cables:
            rows = np.flatnonzero(cables["cable_layer"] == POWER)
            found: dict[str, Group] = {"power": {name: cables[name][rows] for name in POWER_CABLES}}
            _share(found, {"power": last[1]} if last else None)
            self._power = last = (cables, found["power"])
        return last[1]

    def _without_loose_cables(self, groups: Mapping[str, Group]) -> Mapping[str, Group]:
        """Take the cables of absent devices out of every layer."""
        specs = groups["devices"]["device_spec"]
        if not np.any(specs == 0):
            return groups
        cables = groups["cables"]
        key = (groups["devices"], cables)
        if self._loose is None or self._loose[0][0] is not key[0] or self._loose[0][1] is not key[1]:
            loose = (specs[cables["cable_a"]] == 0) | (specs[cables["cable_b"]] == 0)
            layer = np.where(loose, -1, cables["cable_layer"]).astype(np.int32)
            self._loose = (key, {**cables, "cable_layer": layer})
        return {**groups, "cables": self._loose[1]}

    def _flat(self, block: str) -> Flat:
        if block in self._current:
            return self._flats[block]
        self._current.add(block)
        project = self.project
        instances = project.instances(block)
        by_child: dict[str, list[Instance]] = {}
        for instance in sorted(instances.values(), key=lambda i: i.id):
            by_child.setdefault(instance.of, []).append(instance)
        flats = {of: self._flat(of) for of in by_child}
        signature = (
            project.version("links", block),
            tuple(project.version(t, block) for t in ("devices", "instances", "overrides")),
            _block_facts(project, block),
            tuple(flats.values()),
        )
        old = self._flats.get(block)
        if old is not None and old.signature == signature:
            return old
        flat = self._flatten(block, by_child, flats, signature, old)
        self._flats[block] = flat
        return flat

    def _flatten(
        self,
        block: str,
        by_child: Mapping[str, list[Instance]],
        flats: Mapping[str, Flat],
        signature: tuple[object, ...],
        old: Flat | None,
    ) -> Flat:
        devices = sorted(self.project.devices(block).values(), key=lambda d: d.id)
        own = self._own_rows_of(block, devices)
        _share(own, old.own if old else None)
        same_links = old is not None and old.signature[0] == signature[0]
        if old is not None and same_links:
            links, cable_links = None, old.cable_links
        else:
            links = self._listed(block)
            cable_links = links.cable_links
        own_cables = sum(count for _, count in cable_links) if links is None else int(links.counts.sum())
        own_counts, counts, children = _layout(own, own_cables, by_child, flats)
        row_of = {device.id: row for row, device in enumerate(devices)}
        composition = tuple((c.id, c.flat.block, tuple(c.start.values())) for c in children)
        standing = tuple((c.id, c.flat.block, c.start["device"]) for c in children)
        structure = (tuple(row_of), own["devices"], tuple(f.structure for f in flats.values()), standing)
        if old is not None and _same_structure(structure, old.structure.of):
            token = old.structure
        else:
            token = Structure(structure)
        flat = Flat(
            block=block,
            own_counts=own_counts,
            counts=counts,
            own=own,
            plain={},
            groups={},
            device_ids=tuple(row_of),
            cable_links=cable_links,
            children=children,
            signature=signature,
            composition=composition,
            places=tuple(_place(i) for instances in by_child.values() for i in instances),
            structure=token,
            first_copy=_first_copies(own_cables, children, old),
            rows_by_id=row_of,
            child_by_id={child.id: child for child in children},
        )
        if old is not None and same_links and token is old.structure:
            own.update({name: old.own[name] for name in ("cables", "orders")})
        else:
            own.update(self._own_cables(flat, links or self._listed(block)))
        _share(own, old.own if old else None)
        for name in GROUPS:
            flat.plain[name] = _composed(name, flat, by_child, flats, old)
        _share(flat.plain, old.plain if old else None)
        flat.groups.update(flat.plain)
        override(self.project, flat)
        _share(flat.groups, old.groups if old else None)
        return flat

    def _own_rows_of(self, block: str, devices: list[Device]) -> dict[str, Group]:
        assert self._specs is not None
        kind, rack_type, power_limit_w = _block_facts(self.project, block)
        is_rack = kind == "rack"
        number = self._specs.number
        specs = [number(d.type, d.modules) for d in devices]
        feeds = [
            (row, port.index, self._lists.number("sources", source))
            for row, d in enumerate(devices)
            for inlet, source in sorted(d.feeds.items())
            if (port := self._specs.specs[specs[row]].ports.by_name.get(inlet)) is not None
        ]
        zero = 0 if is_rack else 1
        own: dict[str, Group] = {
            "devices": {
                "device_spec": _ints(specs),
                "device_rack": np.full(len(devices), 0 if is_rack else -1, np.int32),
            },
            "mounting": {
                "device_half_u": _ints([d.half_u for d in devices]),
                "device_face": _ints([FACES.index(d.face) for d in devices]),
                "device_side": _ints([SIDES.index(d.side) for d in devices]),
                "device_zoned": _ints([bool(d.zone) for d in devices]),
            },
            "standing": {
                "device_x": _ints([zero * d.x_mm for d in devices]),
                "device_y": _ints([zero * d.y_mm for d in devices]),
                "device_z": _ints([zero * d.z_mm for d in devices]),
                "device_turn": _ints([zero * d.rotation // 90 for d in devices]),
            },
            "racks": {
                "rack_block": _ints([self._lists.number("rack_blocks", block)] * is_rack),
                "rack_type": _ints([self._specs.rack_number(rack_type)] * is_rack),
            },
            "limits": {
                "device_limit_w": _floats([d.power_limit_w for d in devices]),
                "rack_limit_w": _floats([power_limit_w] * is_rack),
            },
            "placement": {n: np.zeros(int(is_rack), np.int32) for n in GROUPS["placement"]},
            "feeds": {
                "feed_device": _ints([f[0] for f in feeds]),
                "feed_port": _ints([f[1] for f in feeds]),
                "feed_source": _ints([f[2] for f in feeds]),
            },
        }
        return own

    def _listed(self, block: str) -> Listed:
        last = self._wired.get(block)
        return listed(self.project.links(block), last.listed if last else None)

    def _own_cables(self, flat: Flat, links: Listed) -> dict[str, Group]:
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
        a, b, kind = (np.repeat(_ints(values), counts) for values in each)
        return _Wired(
            structure=flat.structure,
            listed=wanted,
            starts=np.cumsum(counts, dtype=np.int64) - counts,
            table=np.stack([a, b, *ports.T, kind]),
            length_m=np.repeat(_floats([link.length_m for link in links]), counts),
        )

    def _resolve(self, link: Link, specs: tuple[int, int]) -> _Resolved:
        assert self._specs is not None
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


def _block_facts(project: Project, block: str) -> tuple[str, str, float | None]:
    """What of a block's record is in its columns; an empty project has no block at all."""
    record = project.blocks.get(block)
    return ("floor", "", None) if record is None else (record.kind, record.rack_type, record.power_limit_w)


def _layout(
    own: Mapping[str, Group],
    own_cables: int,
    by_child: Mapping[str, list[Instance]],
    flats: Mapping[str, Flat],
) -> tuple[dict[str, int], dict[str, int], tuple[Child, ...]]:
    own_counts = {
        "device": len(own["devices"]["device_spec"]),
        "rack": len(own["racks"]["rack_block"]),
        "cable": own_cables,
        "feed": len(own["feeds"]["feed_device"]),
    }
    counts, children = dict(own_counts), []
    for of, instances in by_child.items():
        for instance in instances:
            children.append(Child(instance.id, flats[of], dict(counts)))
            for kind in KINDS:
                counts[kind] += flats[of].counts[kind]
    return own_counts, counts, tuple(children)


def _first_copies(own_cables: int, children: tuple[Child, ...], old: Flat | None) -> Ints:
    if (
        old is not None
        and own_cables == old.own_counts["cable"]
        and len(children) == len(old.children)
        and all(
            new.flat.first_copy is before.flat.first_copy and new.start == before.start
            for new, before in zip(children, old.children, strict=True)
        )
    ):
        return old.first_copy
    first: dict[str, int] = {}
    parts = [np.arange(own_cables, dtype=np.int32)]
    for child in children:
        parts.append(
            child.flat.first_copy + np.int32(first.setdefault(child.flat.block, child.start["cable"]))
        )
    return np.concatenate(parts)


def _same_structure(now: tuple[object, ...], before: tuple[object, ...]) -> bool:
    """Tell whether paths still lead to the same rows and specs (own rows and children by identity)."""
    return now[1] is before[1] and now[0] == before[0] and now[2:] == before[2:]


def _composed(
    name: str,
    flat: Flat,
    by_child: Mapping[str, list[Instance]],
    flats: Mapping[str, Flat],
    old: Flat | None,
) -> Group:
    own = flat.own[name]
    if not by_child:
        return own
    if old is not None and _untouched(name, flat, old):
        return old.plain[name]
    parts: dict[str, list[NDArray[Any]]] = {column: [own[column]] for column in own}
    at = 0
    for of, instances in by_child.items():
        group = flats[of].groups[name]
        children = flat.children[at : at + len(instances)]
        at += len(instances)
        turned = _turn(group, instances, _TURNED[name]) if name in _TURNED else None
        for column, values in group.items():
            if turned is not None:
                parts[column].append(turned[column])
                continue
            tiled = np.tile(values, len(instances))
            shift = _SHIFTED.get(column)
            if shift is not None and len(values):
                offsets = np.repeat(np.array([c.start[shift] for c in children], np.int32), len(values))
                tiled = np.where(tiled < 0, tiled, tiled + offsets)
            parts[column].append(tiled)
    return {column: np.concatenate(arrays) for column, arrays in parts.items()}


def _untouched(name: str, flat: Flat, old: Flat) -> bool:
    return (
        flat.own[name] is old.own.get(name)
        and flat.composition == old.composition
        and (name not in _TURNED or flat.places == old.places)
        and all(
            new.flat.groups[name] is before.flat.groups[name]
            for new, before in zip(flat.children, old.children, strict=True)
        )
    )


def _place(instance: Instance) -> tuple[object, ...]:
    return (instance.x_mm, instance.y_mm, instance.z_mm, instance.rotation, instance.mirrored)


def _turn(group: Group, instances: list[Instance], kind: str) -> dict[str, NDArray[Any]]:
    """Place positions by rotation (quarter turns, counter-clockwise) after mirroring x."""
    x, y, z, turn = (group[f"{kind}_{c}"].astype(np.int64) for c in ("x", "y", "z", "turn"))
    quarter = np.array([i.rotation // 90 for i in instances])
    mirrored = np.array([i.mirrored for i in instances])
    placed_x, placed_y = turned(x, y, (quarter + 4 * mirrored)[:, None])
    origin = [np.array([getattr(i, f"{c}_mm") for i in instances])[:, None] for c in ("x", "y", "z")]
    spin = np.where(mirrored[:, None], -(turn & 3), turn & 3)
    flipped = (turn >> 2) ^ mirrored[:, None]
    return {
        f"{kind}_x": _flat_ints(origin[0] + placed_x),
        f"{kind}_y": _flat_ints(origin[1] + placed_y),
        f"{kind}_z": _flat_ints(origin[2] + z),
        f"{kind}_turn": _flat_ints((quarter[:, None] + spin) % 4 + 4 * flipped),
    }


def _flat_ints(values: NDArray[Any]) -> Ints:
    return np.ascontiguousarray(values.reshape(-1).astype(np.int32))


def _share(new: dict[str, Group], old: dict[str, Group] | None) -> None:
    """Put old groups in the place of new ones that are equal, so that they keep their identity."""
    if old is None:
        return
    for name, group in list(new.items()):
        before = old.get(name)
        if (
            before is not None
            and before is not group
            and all(np.array_equal(group[c], before[c], equal_nan=group[c].dtype.kind == "f") for c in group)
        ):
            new[name] = before


def _lane(split: int, lane: int) -> int:
    return 0 if split == 1 else 16 * split + lane


def _ints(values: list[int]) -> Ints:
    return np.array(values, dtype=np.int32)


def _floats(values: list[float | None]) -> Floats:
    return np.array([np.nan if v is None else v for v in values], dtype=np.float64)

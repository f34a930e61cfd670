"""Makes snapshots, keeping what an edit does not touch.

Each block is flattened once: its own rows, then its children tiled and offset.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from core.engine.brief import Brief, read_brief
from core.engine.columns import floats, ints
from core.engine.composition import composed, first_copies, layout, place_of, share
from core.engine.flat import Flat, Group, Structure
from core.engine.overriding import override
from core.engine.placed_plan import PlacedPlan
from core.engine.snapshot import FACES, GROUPS, MOST_PLACES, POWER_CABLES, SIDES, Lists, Snapshot, Workloads
from core.engine.specs import LAYERS, Specs
from core.engine.wiring import Wiring
from core.model.project import Project
from core.model.records import Alternate, Block, Device, Instance
from core.model.types import AnyType, RackType

POWER = LAYERS.index("power")


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
        self._wiring: Wiring | None = None
        self._plan = PlacedPlan(project)
        self._workloads: Workloads = ((), ())
        self._alternates: tuple[Alternate, ...] = ()
        self._current: set[str] = set()
        """Blocks known to be up to date in the snapshot that is being made."""

    def snapshot(self, block: str = "") -> Snapshot:
        """Return the snapshot of a block, by default of the one that is built."""
        version = self.project.version("types")
        if self._specs is None or version != self._types_version:
            self._specs, self._types_version = Specs(self.project), version
            self._frozen_specs = None
            self._flats.clear()
            self._wiring = Wiring(self.project, self._specs, self._lists)
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
        plan = self._plan.parts(block or self.project.top)
        return Snapshot(
            flat, groups, power, self._frozen_specs, self._brief, self._rack_records, self._lists, plan,
            self._workloads_read(), self._alternates_read(),
        )  # fmt: skip

    def _alternates_read(self) -> tuple[Alternate, ...]:
        """Read alternates; the same object as long as they are the same."""
        found = tuple(sorted(self.project.rows("alternates").values(), key=lambda one: one.id))
        if found != self._alternates:
            self._alternates = found
        return self._alternates

    def _workloads_read(self) -> Workloads:
        """Read workloads and models; the same object as long as they are the same."""
        project = self.project
        found = (
            tuple(sorted(project.rows("workloads").values(), key=lambda w: w.id)),
            tuple(record.spec for _, record in sorted(project.rows("models").items())),
        )
        if found != self._workloads:
            self._workloads = found
        return self._workloads

    def _power_cables(self, cables: Group) -> Group:
        """Take the power cables out; the same object as long as they are the same."""
        last = self._power
        if last is None or last[0] is not cables:
            rows = np.flatnonzero(cables["cable_layer"] == POWER)
            found: dict[str, Group] = {"power": {name: cables[name][rows] for name in POWER_CABLES}}
            share(found, {"power": last[1]} if last else None)
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
        assert self._wiring is not None
        devices = sorted(self.project.devices(block).values(), key=lambda d: d.id)
        own = self._own_rows_of(block, devices)
        share(own, old.own if old else None)
        same_links = old is not None and old.signature[0] == signature[0]
        if old is not None and same_links:
            links, cable_links = None, old.cable_links
        else:
            links = self._wiring.listed(block)
            cable_links = links.cable_links
        own_cables = sum(count for _, count in cable_links) if links is None else int(links.counts.sum())
        own_counts, counts, children = layout(own, own_cables, by_child, flats)
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
            places=tuple(place_of(i) for instances in by_child.values() for i in instances),
            structure=token,
            first_copy=first_copies(own_cables, children, old),
            rows_by_id=row_of,
            child_by_id={child.id: child for child in children},
        )
        if old is not None and same_links and token is old.structure:
            own.update({name: old.own[name] for name in ("cables", "orders")})
        else:
            own.update(self._wiring.columns(flat, links or self._wiring.listed(block)))
        share(own, old.own if old else None)
        for name in GROUPS:
            flat.plain[name] = composed(name, flat, by_child, flats, old)
        share(flat.plain, old.plain if old else None)
        flat.groups.update(flat.plain)
        override(self.project, flat)
        share(flat.groups, old.groups if old else None)
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
        rack = self._specs.find(rack_type) if is_rack else None
        own: dict[str, Group] = {
            "devices": {
                "device_spec": ints(specs),
                "device_rack": np.full(len(devices), 0 if is_rack else -1, np.int32),
            },
            "mounting": {
                "device_half_u": ints([d.half_u for d in devices]),
                "device_face": ints([FACES.index(d.face) for d in devices]),
                "device_side": ints([SIDES.index(d.side) for d in devices]),
                "device_zoned": ints([bool(d.zone) for d in devices]),
                "device_place": ints([_place(rack, d) for d in devices]),
            },
            "standing": {
                "device_x": ints([zero * d.x_mm for d in devices]),
                "device_y": ints([zero * d.y_mm for d in devices]),
                "device_z": ints([zero * d.z_mm for d in devices]),
                "device_turn": ints([zero * d.rotation // 90 for d in devices]),
            },
            "racks": {
                "rack_block": ints([self._lists.number("rack_blocks", block)] * is_rack),
                "rack_type": ints([self._specs.rack_number(rack_type)] * is_rack),
            },
            "limits": {
                "device_limit_w": floats([d.power_limit_w for d in devices]),
                "rack_limit_w": floats([power_limit_w] * is_rack),
            },
            "placement": {n: np.zeros(int(is_rack), np.int32) for n in GROUPS["placement"]},
            "feeds": {
                "feed_device": ints([f[0] for f in feeds]),
                "feed_port": ints([f[1] for f in feeds]),
                "feed_source": ints([f[2] for f in feeds]),
            },
        }
        return own


def _place(rack: AnyType | None, device: Device) -> int:
    """Return the zone and place of a device in a rack as one number; -1 in units, or in a zone it lacks."""
    zones = [zone.name for zone in rack.zones] if isinstance(rack, RackType) else []
    return MOST_PLACES * zones.index(device.zone) + device.place if device.zone in zones else -1


def _block_facts(project: Project, block: str) -> tuple[str, str, float | None]:
    """What of a block's record is in its columns; an empty project has no block at all."""
    record = project.blocks.get(block)
    return ("floor", "", None) if record is None else (record.kind, record.rack_type, record.power_limit_w)


def _same_structure(now: tuple[object, ...], before: tuple[object, ...]) -> bool:
    """Tell whether paths still lead to the same rows and specs (own rows and children by identity)."""
    return now[1] is before[1] and now[0] == before[0] and now[2:] == before[2:]

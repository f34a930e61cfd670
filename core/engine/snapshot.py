"""The expanded design as read-only arrays.

Each block is flattened once: its own rows, then its children tiled and offset. Rows are kept in *groups*
of columns (what there is, where it stands, how it is cabled ...); a group that an edit leaves as it was
keeps its identity, and whatever was computed from it stands (`core.engine.stage`).

Rows of the snapshot are integers. Paths are made only for display, files and findings.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from core.engine.brief import Brief
from core.engine.columns import Floats, Ints
from core.engine.flat import KINDS, Child, Flat, Group
from core.engine.placed_plan import Parts
from core.engine.specs import Specs
from core.model.records import Alternate, Block, Workload
from core.model.transformer import Transformer

Workloads: TypeAlias = tuple[tuple[Workload, ...], tuple[Transformer, ...]]

__all__ = [
    "FACES", "GROUPS", "KINDS", "MOST_PLACES", "POWER_CABLES", "SIDES", "Child", "Flat", "Group", "Lists",
    "Snapshot", "Workloads",
]  # fmt: skip

FACES = ("front", "rear")
SIDES = ("", "left", "centre", "right")
MOST_PLACES = 16
"""Places of a zone: `device_place` is the number of the zone times this plus the place in it."""
GROUPS: dict[str, tuple[str, ...]] = {
    "devices": ("device_spec", "device_rack"),
    "mounting": ("device_half_u", "device_face", "device_side", "device_zoned", "device_place"),
    "standing": ("device_x", "device_y", "device_z", "device_turn"),
    "racks": ("rack_block", "rack_type"),
    "limits": ("device_limit_w", "rack_limit_w"),
    "placement": ("rack_x", "rack_y", "rack_z", "rack_turn"),
    "cables": ("cable_a", "cable_b", "cable_port_a", "cable_port_b", "cable_lane_a", "cable_lane_b",
               "cable_layer", "cable_fabric"),
    "orders": ("cable_length_m", "cable_type"),
    "feeds": ("feed_device", "feed_port", "feed_source"),
}  # fmt: skip
"""Columns by group. All columns whose name begins alike have one row for each device, rack, cable, feed."""
POWER_CABLES = ("cable_a", "cable_b", "cable_port_a", "cable_port_b")
"""Columns of the group `power cables`: what power reads, which edits of other cables leave as it is."""


class Snapshot:
    """The built design: columns as attributes, `group(name)` for the identity of a group.

    Attributes (n_devices, n_racks, n_cables, n_feeds rows)
    ----------
    device_spec : ndarray of int32
        Number of the spec; 0 for absent devices.
    device_rack : ndarray of int32
        Row of the rack it is in; -1 on the floor.
    device_limit_w, rack_limit_w : ndarray
        Power limits [W], NaN where none.
    device_half_u, device_face, device_side, device_zoned, device_place : ndarray of int32
        Mounting in the rack; zoned is 1 in a zone beside the units; place is 16 * number of the zone in the
        rack type + place in it, -1 elsewhere.
    device_x, device_y, device_z, device_turn : ndarray of int32
        Standing on the floor [mm]; in a rack: as the rack. Turn is rotation / 90, plus 4 if mirrored.
    rack_block, rack_type : ndarray of int32
        Index into `rack_blocks` and `rack_records`; number of the rack type.
    rack_x, rack_y, rack_z, rack_turn : ndarray of int32
        Origin of the rack [mm] and its turn.
    cable_a, cable_b : ndarray of int32
        Rows of the devices at the ends.
    cable_port_a, cable_port_b : ndarray of int32
        Index of the port in its device.
    cable_lane_a, cable_lane_b : ndarray of int32
        0 for the whole port, else 16 * split + lane.
    cable_layer, cable_fabric, cable_type : ndarray of int32
        Index into `LAYERS`; into `fabrics` (-1: none); into `cable_types` (-1: not pinned).
    cable_length_m : ndarray
        Pinned ordered length [m], NaN where none.
    feed_device, feed_port, feed_source : ndarray of int32
        Inlets fed from outside the drawing and the source that feeds each.
    areas, pathways, pins : tuple of PlacedArea, PlacedPathway, PinnedRoute
        What is drawn on the floor, of all placed blocks, in coordinates of the block that is built; the
        groups of these names.
    workloads, models : tuple of Workload, tuple of Transformer
        What it is to train and serve, and the models of these; together the group `workloads`.
    alternates : tuple of Alternate
        Types that may take the place of others.
    """

    device_spec: Ints
    device_rack: Ints
    device_limit_w: Floats
    device_half_u: Ints
    device_face: Ints
    device_side: Ints
    device_zoned: Ints
    device_place: Ints
    device_x: Ints
    device_y: Ints
    device_z: Ints
    device_turn: Ints
    rack_block: Ints
    rack_type: Ints
    rack_limit_w: Floats
    rack_x: Ints
    rack_y: Ints
    rack_z: Ints
    rack_turn: Ints
    cable_a: Ints
    cable_b: Ints
    cable_port_a: Ints
    cable_port_b: Ints
    cable_lane_a: Ints
    cable_lane_b: Ints
    cable_layer: Ints
    cable_fabric: Ints
    cable_length_m: Floats
    cable_type: Ints
    feed_device: Ints
    feed_port: Ints
    feed_source: Ints

    def __init__(
        self,
        flat: Flat,
        groups: Mapping[str, Group],
        power_cables: Group,
        specs: Specs,
        brief: Brief,
        rack_records: tuple[Block | None, ...],
        lists: Lists,
        plan: Parts = ((), (), ()),
        workloads: Workloads = ((), ()),
        alternates: tuple[Alternate, ...] = (),
    ) -> None:
        self.flat = flat
        self.workloads, self.models = workloads
        self.alternates = alternates
        self.areas, self.pathways, self.pins = plan
        self.specs = specs
        self.brief = brief
        self.rack_blocks = tuple(lists.rack_blocks)
        self.fabrics = tuple(lists.fabrics)
        self.sources = tuple(lists.sources)
        self.cable_types = tuple(lists.cable_types)
        self.rack_records = rack_records
        self._groups: dict[str, object] = {
            **groups,
            "power cables": power_cables,
            "brief": brief,
            "specs": specs,
            "rack records": rack_records,
            "areas": self.areas,
            "pathways": self.pathways,
            "pins": self.pins,
            "workloads": workloads,
            "alternates": alternates,
        }
        for group in groups.values():
            for name, column in group.items():
                column.flags.writeable = False
                setattr(self, name, column)

    @property
    def cable_first(self) -> Ints:
        """For each cable the row of the same cable in the first copy of its block.

        Copies of a block are moved, turned and mirrored as a whole, so their cables are equally long.
        """
        return self.flat.first_copy

    @property
    def n_devices(self) -> int:
        return len(self.device_spec)

    @property
    def n_racks(self) -> int:
        return len(self.rack_block)

    @property
    def n_cables(self) -> int:
        return len(self.cable_a)

    def group(self, name: str) -> object:
        """Return the object whose identity stands for the contents of a group."""
        return self._groups[name]

    def device_path(self, row: int) -> str:
        return self.flat.path_of("device", int(row))

    def rack_path(self, row: int) -> str:
        """Return the path of the instance that is the rack; empty if the top is itself a rack block."""
        return self.flat.path_of("rack", int(row))

    def cable_path(self, row: int) -> str:
        return self.flat.path_of("cable", int(row))


class Lists:
    """Names behind the integers; append-only, so that old arrays stay right."""

    def __init__(self) -> None:
        self.rack_blocks: list[str] = []
        self.fabrics: list[str] = []
        self.sources: list[str] = []
        self.cable_types: list[str] = []
        self._index: dict[str, dict[str, int]] = {}

    def number(self, kind: str, name: str) -> int:
        if not name:
            return -1
        index = self._index.setdefault(kind, {})
        number = index.get(name)
        if number is None:
            names: list[str] = getattr(self, kind)
            number = index[name] = len(names)
            names.append(name)
        return number

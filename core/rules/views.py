"""What rules look at: one rack block, one floor block, or the whole design."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from core.engine.brief import Brief
from core.engine.columns import Flags, Floats, turned
from core.engine.evaluation import Evaluation
from core.engine.snapshot import Flat, Snapshot
from core.engine.solids import Solid, solids_of
from core.engine.specs import Specs
from core.model.project import Reader
from core.model.records import Area, Device
from core.model.types import DeviceType, RackType
from core.rules.rule import Row

if TYPE_CHECKING:
    from core.catalogue.library import Library

T = TypeVar("T")
SLACK_W = 1e-3
"""Sums of watts that differ by less are equal."""


@dataclass(frozen=True, eq=False)
class RackView:
    """One rack block with its devices and their types, in the order of ids."""

    rack: RackType
    devices: tuple[tuple[Device, DeviceType], ...]

    @cached_property
    def solids(self) -> tuple[Solid, ...]:
        """What the devices and the rack itself take of its inside."""
        return solids_of(self.rack, self.devices)

    def type_names(self, *devices: str) -> list[str]:
        """Return the names of the types of some devices, each once."""
        types = {device.id: spec.name for device, spec in self.devices}
        return list(dict.fromkeys(types[device] for device in devices))


@dataclass(frozen=True, eq=False)
class FloorView:
    """One floor block with all that stands in it, in its own coordinates."""

    flat: Flat
    specs: Specs
    areas: tuple[Area, ...]
    brief: Brief

    @cached_property
    def boxes(self) -> Boxes:
        return Boxes(self.flat, self.specs)


class Boxes:
    """Outlines of racks and floor-standing devices of a floor block; racks first.

    Attributes
    ----------
    box : ndarray of int64, shape (n, 4)
        Left, front, right, back [mm].
    z : ndarray of int64, shape (n, 2)
        Bottom and top [mm]; a height that is not known counts as up to the ceiling.
    facing : ndarray of int64, shape (n, 2)
        Direction of the front.
    part : ndarray of int64, shape (n,)
        The child of the block each is in; below 0 for the block's own devices, all different.
    row : list of (kind, row)
        Rows of the block.
    spec : ndarray of int64, shape (n,)
        Number of the device spec; 0 for racks.
    rack_kind : ndarray of int64, shape (n,)
        Number of the rack type; -1 for devices.
    door_mm : ndarray, shape (n,)
        Depth of the rear door of a rack, which hangs outside its outline [mm]; 0 where none is known.
    """

    def __init__(self, flat: Flat, specs: Specs) -> None:
        groups = flat.groups
        racks = np.flatnonzero(groups["racks"]["rack_type"] >= 0)
        device = groups["devices"]
        stands = np.array([_has_outline(s.type) for s in specs.specs], bool)
        floor = np.flatnonzero((device["device_rack"] < 0) & stands[device["device_spec"]])
        types = specs.rack_types
        sizes = np.array([(t.width_mm, t.depth_mm, t.height_mm) for t in types] or [(0, 0, 0)], np.int64)
        own = np.array(
            [(s.type.width_mm or 0, s.type.depth_mm or 0, s.type.height_mm or 1e6) for s in specs.specs]
        ).astype(np.int64)
        size = np.concatenate([sizes[groups["racks"]["rack_type"][racks]], own[device["device_spec"][floor]]])
        at = [
            np.concatenate(
                [groups["placement"][f"rack_{c}"][racks], groups["standing"][f"device_{c}"][floor]]
            )
            for c in ("x", "y", "z", "turn")
        ]
        self.box, self.facing = _outlines(
            size, *(column.astype(np.int64) for column in (at[0], at[1], at[3]))
        )
        self.z = np.stack([at[2], at[2] + size[:, 2]], axis=1).astype(np.int64)
        self.row: list[Row] = [("rack", int(k)) for k in racks]
        self.row += [("device", int(k)) for k in floor]
        self.spec = np.concatenate([np.zeros(len(racks), np.int64), device["device_spec"][floor]])
        of_racks = groups["racks"]["rack_type"][racks].astype(np.int64)
        self.rack_kind = np.concatenate([of_racks, np.full(len(floor), -1, np.int64)])
        self.door_mm = np.concatenate([_doors(flat, specs)[racks], np.zeros(len(floor))])
        self.is_rack = np.arange(len(self.row)) < len(racks)
        self.part = np.concatenate([_part(flat, "rack", racks), _part(flat, "device", floor)])

    def __len__(self) -> int:
        return len(self.row)


def _doors(flat: Flat, specs: Specs) -> Floats:
    """Return the depth of the rear door of each rack of a block [mm]."""
    device = flat.groups["devices"]
    deep = np.array([(s.type.depth_mm or 0.0) * (s.type.kind == "rear-door") for s in specs.specs])
    hung = np.flatnonzero((device["device_rack"] >= 0) & (deep[device["device_spec"]] > 0))
    found = np.zeros(flat.counts["rack"])
    np.maximum.at(found, device["device_rack"][hung], deep[device["device_spec"][hung]])
    return found


def _has_outline(spec: DeviceType) -> bool:
    return bool(spec.floor_standing and spec.width_mm and spec.depth_mm)


def _outlines(
    size: NDArray[np.int64], x: NDArray[np.int64], y: NDArray[np.int64], turn: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Turn a box of width and depth about its corner (after mirroring x), as the engine does."""
    wide, deep = turned(size[:, 0], size[:, 1], turn)
    far_x, far_y = x + wide, y + deep
    facing = np.stack(turned(np.zeros_like(x), np.full_like(x, -1), turn), axis=1)
    box = np.stack(
        [np.minimum(x, far_x), np.minimum(y, far_y), np.maximum(x, far_x), np.maximum(y, far_y)], axis=1
    )
    return box, facing


def _part(flat: Flat, kind: str, rows: NDArray[np.intp]) -> NDArray[np.int64]:
    held = [k for k, child in enumerate(flat.children) if child.flat.counts[kind]]
    starts = np.array([flat.children[k].start[kind] for k in held], np.int64)
    at = np.searchsorted(starts, rows, side="right") - 1
    return np.where(at < 0, -1 - rows, np.array([*held, 0], np.int64)[at])


@dataclass(frozen=True, eq=False)
class Design:
    """The evaluated design and the records it was made from."""

    of: Evaluation
    records: Reader
    library: Library | None = None
    is_thorough: bool = True
    """Rules may take seconds; else what takes long is left out and said to be missing."""
    _made: dict[str, Any] = field(default_factory=dict)

    def once(self, name: str, make: Callable[[], T]) -> T:
        """Return what several rules of one check share, made by the first that asks."""
        if name not in self._made:
            self._made[name] = make()
        return cast("T", self._made[name])

    @property
    def snap(self) -> Snapshot:
        return self.of.snapshot

    @property
    def brief(self) -> Brief:
        return self.snap.brief

    @property
    def specs(self) -> Specs:
        return self.snap.specs

    def of_kind(self, *kinds: str) -> Flags:
        """Tell for each device whether its type is of one of the kinds."""
        flags = np.array([spec.type.kind in kinds for spec in self.specs.specs])
        found: Flags = flags[self.snap.device_spec]
        return found

    def column(self, field: str) -> tuple[Floats, Flags]:
        """Return a number of each device's type and whether it is known."""
        column = self.specs.column(field)
        return column.value[self.snap.device_spec], column.known[self.snap.device_spec]

    def type_names(self, rows: NDArray[np.intp]) -> list[str]:
        """Return the names of the types of some devices, each once."""
        numbers = np.unique(self.snap.device_spec[rows])
        return [self.specs.specs[int(k)].type.name for k in numbers]

    def source_name(self, scenario: int) -> str:
        """Return the name of a source by its place in `power.feeding.sources`."""
        source = self.brief.source(self.of.power.feeding.sources[scenario])
        return source.name if source is not None else "?"

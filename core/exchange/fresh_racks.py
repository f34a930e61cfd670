"""New racks of a table: each distinct rack is drawn once and placed as often as it stands."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from core.catalogue.library import Library
from core.editing.blocks import new_rack_block, place_instance
from core.editing.overrides import set_override
from core.editing.place import place_device
from core.editing.routes import counted
from core.editing.space import Spot
from core.errors import CagenutError
from core.exchange.placing_cells import TableRow, fault, own_fields
from core.model.change import Edit
from core.model.check import clean_name
from core.model.types import DeviceType, RackType


@dataclass
class NewRack:
    """A rack that a table adds, with its devices: row, type, and place if one is given."""

    row: TableRow
    spec: RackType
    x_mm: int
    y_mm: int
    rotation: Any
    devices: list[tuple[TableRow, DeviceType, Spot | None]]

    @property
    def contents(self) -> tuple[object, ...]:
        """What has to be the same for two racks to be copies of one drawing."""
        return (self.spec.id, *((row.line.name, spec.id, spot) for row, spec, spot in self.devices))


def place_fresh(edit: Edit, library: Library, fresh: Collection[NewRack]) -> None:
    """Place new racks; those with the same contents are copies of one drawing."""
    drawn: dict[tuple[object, ...], list[NewRack]] = {}
    for rack in fresh:
        if rack.row.line.state == "new":
            rack.devices = [each for each in rack.devices if each[0].line.state == "new"]
            drawn.setdefault(rack.contents, []).append(rack)
    for racks in drawn.values():
        first = racks[0]
        block = new_rack_block(edit, library, first.spec.id, first.spec.name)
        ids = []
        for at, (row, spec, spot) in enumerate(first.devices):
            own = own_fields(row.given) if len(racks) == 1 else {}
            name = clean_name(row.line.name)
            try:
                made = place_device(edit, library, block.id, spec.id, spot, name=name, **own)
                ids.append(made.id)
            except CagenutError as error:
                ids.append("")
                for rack in racks:
                    fault(rack.devices[at][0].line, error)
        for rack in racks:
            _place_rack(edit, rack, block.id, ids, alone=len(racks) == 1)
    if len(drawn) < len(fresh):
        edit.notes.append(f"{counted(len(fresh), 'rack')} by {counted(len(drawn), 'drawing')}")


def _place_rack(edit: Edit, rack: NewRack, block: str, ids: list[str], *, alone: bool) -> None:
    own = own_fields(rack.row.given)
    made = place_instance(
        edit, edit.top, block, x_mm=rack.x_mm, y_mm=rack.y_mm, rotation=rack.rotation,
        name=clean_name(rack.row.line.name), status=own.pop("status", ""),
    )  # fmt: skip
    if own:
        set_override(edit, edit.top, made.id, **own)
    if alone:
        return
    for (row, _, _), device_id in zip(rack.devices, ids, strict=True):
        given = own_fields(row.given)
        if given and device_id:
            set_override(edit, edit.top, f"{made.id}/{device_id}", **given)

"""What was planned is written: racks onto floors, devices into racks, each drawing once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.catalogue.library import Library
from core.editing.blocks import copy_block
from core.editing.laying.copies import share_out
from core.editing.laying.empty_rack import TEMPLATE, EmptyRack
from core.editing.laying.policy import NewRack
from core.editing.laying.shelves import NewDevice
from core.editing.laying.supplying import Supply
from core.editing.laying.wiring import Progress
from core.editing.remove import remove, remove_block
from core.editing.types import device_type_of, fitted_modules, use_type
from core.model.change import Edit
from core.model.records import Device, Instance
from core.model.types import DeviceType

Row = NewDevice | NewRack | str
_LEFT_IN_EMPTY = ("rack-pdu", "blank", "manifold")


def apply(
    edit: Edit,
    library: Library,
    block: str,
    rows: Mapping[str, Sequence[Row]],
    empty_rack: EmptyRack,
    progress: Progress | None = None,
) -> list[str]:
    """Write what was planned and return notes on it.

    Parameters
    ----------
    rows : mapping
        By path of the rack or floor: new devices, new racks, and as text the ids of devices that go.
    progress : callable, optional
        Called as progress(done, total, what) before each drawing; what it raises ends the work.

    Notes
    -----
    Copies of a drawing that get the same stay copies of one; the others become drawings of their own.
    """
    contents = share_out(edit, block, rows)
    for holder, wanted in contents.items():
        gone = [row for row in wanted if isinstance(row, str)]
        if gone:
            remove(edit, holder, gone)
    racks = [row for wanted in contents.values() for row in wanted if isinstance(row, NewRack)]
    blocks = _rack_blocks(edit, racks, empty_rack)
    supply = Supply(edit)
    total = len(contents) + len(blocks)
    for done, (holder, wanted) in enumerate(contents.items()):
        if progress is not None:
            progress(done, total, "Switches")
        _put(edit, library, supply, holder, [row for row in wanted if isinstance(row, NewDevice)])
        for row in wanted:
            if isinstance(row, NewRack):
                placed = Instance(
                    block=holder,
                    id=row.id,
                    of=blocks[row.devices],
                    name=row.name,
                    x_mm=row.x_mm,
                    y_mm=row.y_mm,
                    rotation=row.rotation,
                )
                edit.put("instances", placed)
    for done, (devices, of) in enumerate(blocks.items(), len(contents)):
        if progress is not None:
            progress(done, total, "Switches")
        _put(edit, library, supply, of, devices)
    return supply.tell()


def _rack_blocks(
    edit: Edit, racks: Sequence[NewRack], empty_rack: EmptyRack
) -> dict[tuple[NewDevice, ...], str]:
    """Return an empty rack block for each kind of contents."""
    found: dict[tuple[NewDevice, ...], str] = {}
    for rack in racks:
        if rack.devices not in found:
            of = empty_rack()
            found[rack.devices] = copy_block(edit, of) if found else of
    return found


def _put(edit: Edit, library: Library, supply: Supply, block: str, rows: Sequence[NewDevice]) -> None:
    for row in sorted(rows, key=lambda row: row.spot.half_u):
        for module in fitted_modules(device_type_of(edit, row.type)).values():
            use_type(edit, library, module)
        device = Device(
            block=block,
            id=row.id,
            type=row.type,
            name=row.name,
            modules=fitted_modules(device_type_of(edit, row.type)),
            **row.spot._asdict(),
        )
        supply.feed(block, edit.put("devices", device))


def remove_empty_racks(edit: Edit, fabric: str) -> None:
    """Remove the network racks that a fabric made and that hold nothing but power strips."""
    for record in list(edit.blocks.values()):
        if record.template != f"{TEMPLATE}{fabric}":
            continue
        specs = [edit.find_type(device.type) for device in edit.devices(record.id).values()]
        if all(isinstance(spec, DeviceType) and spec.kind in _LEFT_IN_EMPTY for spec in specs):
            remove_block(edit, record.id)

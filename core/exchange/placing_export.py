"""Racks and devices of a hall as the rows of a table that `placing_table` reads."""

from __future__ import annotations

from core.exchange.placing_columns import FIELDS
from core.exchange.placing_names import Standing, StandingNames
from core.model.project import Reader
from core.model.records import Device
from core.model.types import RackType

HEADS = tuple(FIELDS.values())


def placing_rows(reader: Reader) -> list[tuple[str, ...]]:
    """Return everything that stands in the block that is built, without the head: racks, then devices.

    Read again, the rows change nothing.
    """
    names = StandingNames(reader, reader.top)
    rows = [_row(stands, _floor(stands)) for stands, _ in names.racks]
    rows += [_row(stands, _floor(stands)) for stands in names.on_floor]
    for rack, at in names.racks:
        spec = reader.find_type(at.block.rack_type)
        for stands in names.devices(rack.path):
            device = reader.resolve(reader.top, stands.path)
            assert isinstance(device, Device)
            rows.append(_row(stands, {"rack": rack.tag, "name": stands.name, **_mounted(device, spec)}))
    return rows


def _floor(stands: Standing) -> dict[str, str]:
    return {"x": str(stands.x), "y": str(stands.y), "rotation": str(stands.rotation)}


def _mounted(device: Device, rack: object) -> dict[str, str]:
    found: dict[str, str] = {"face": device.face, "side": device.side}
    if device.zone:
        return {**found, "zone": device.zone, "place": str(device.place + 1)}
    if isinstance(rack, RackType):
        found["unit"] = f"{rack.unit_number(device.half_u):g}"
    return found


def _row(stands: Standing, more: dict[str, str]) -> tuple[str, ...]:
    kind = "rack_type" if stands.is_rack else "device_type"
    given = {"name": stands.tag, kind: stands.type_id, **stands.own, **more}
    return tuple(given.get(field, "") for field in FIELDS)

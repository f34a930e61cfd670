"""Switches that stay where they are when their network is generated again."""

from __future__ import annotations

from collections.abc import Iterable

from core.editing.routes import keys_along
from core.errors import EditError
from core.model.change import Edit
from core.model.records import Device, Fabric
from core.model.types import SWITCH_KINDS, DeviceType


def pin(edit: Edit, fabric: str, paths: Iterable[str]) -> None:
    """Keep switches where they are when a fabric is generated again. Paths start from the block built.

    Raises
    ------
    EditError
        If there is no such fabric, or a path leads to no switch.
    """
    record = _fabric(edit, fabric)
    pins = dict.fromkeys(record.pins)
    for path in paths:
        device = edit.resolve(edit.top, path)
        spec = edit.find_type(device.type) if isinstance(device, Device) else None
        if not isinstance(spec, DeviceType) or spec.kind not in SWITCH_KINDS:
            raise EditError("only switches can be pinned to a network", cure="Select switches")
        pins[path] = None
    edit.replace("fabrics", record.key, pins=tuple(sorted(pins)))


def unpin(edit: Edit, fabric: str, paths: Iterable[str]) -> None:
    """Give switches free again. A pin of another copy of the same drawing goes too, since it holds for all.

    Raises
    ------
    EditError
        If there is no such fabric.
    """
    record = _fabric(edit, fabric)
    gone = {keys_along(edit, edit.top, path)[-1] for path in paths}
    kept = tuple(pin for pin in record.pins if keys_along(edit, edit.top, pin)[-1] not in gone)
    edit.replace("fabrics", record.key, pins=kept)


def _fabric(edit: Edit, fabric: str) -> Fabric:
    record = edit.fabrics.get(fabric)
    if record is None:
        raise EditError("the network is no longer there", where=fabric)
    return record

"""Colouring a drawing by one property: which class or step of a scale each thing belongs to.

Pure functions of the project and the newest evaluation; the views paint what they return. A thing is never
told by its colour alone: each also carries the mark of its class or its value as text.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.drawing.colour_classes import Inherited, classed, device_key, rack_key
from core.drawing.colour_schemes import Colouring, Scheme
from core.drawing.colour_values import device_values, floor_values, is_ready, scaled
from core.drawing.placed import PlacedBlock
from core.model.project import Reader
from core.model.records import Device, Instance

if TYPE_CHECKING:
    from core.engine.evaluation import Evaluation


def colour_floor(
    project: Reader, scheme: Scheme, paths: Sequence[str], evaluation: Evaluation | None
) -> Colouring:
    """Colour the racks and floor-standing devices of a plan.

    Parameters
    ----------
    project : Reader
    scheme : Scheme
    paths : sequence of str
        Paths of racks and floor devices from the block that is built.
    evaluation : Evaluation or None
        The newest there is, maybe of an earlier state: values are found by path.

    Notes
    -----
    The class of a rack by function and supplier is that of most of its height; by evidence that of its
    weakest part. Status and phase are those of the thing itself, else of the nearest instance around it.
    """
    if scheme.is_scale:
        values, signs = floor_values(scheme, paths, evaluation)
        return scaled(scheme, values, not is_ready(scheme, evaluation), signs)
    if scheme.name in ("status", "phase"):
        inherited = Inherited(project, scheme.name)
        return classed(project, scheme, [inherited.of(path) for path in paths])
    by_block: dict[str, str] = {}
    keys = []
    for path in paths:
        record = project.resolve(project.top, path)
        if isinstance(record, Device):
            keys.append(device_key(project, scheme, record))
        else:
            block = record.of if isinstance(record, Instance) else ""
            if block not in by_block:
                by_block[block] = rack_key(project, scheme, block)
            keys.append(by_block[block])
    return classed(project, scheme, keys)


def colour_devices(
    project: Reader, scheme: Scheme, racks: Sequence[PlacedBlock], evaluation: Evaluation | None
) -> Colouring:
    """Colour the devices of some racks: rack after rack, each in the order of its records.

    Free units belong to racks, not to devices: no device has a value then.
    """
    if scheme.is_scale:
        values = device_values(project, scheme, racks, evaluation)
        return scaled(scheme, values, not is_ready(scheme, evaluation), None)
    keys: list[str] = []
    if scheme.name in ("status", "phase"):
        inherited = Inherited(project, scheme.name)
        for at in racks:
            keys.extend(inherited.of_devices(at))
        return classed(project, scheme, keys)
    by_block: dict[str, list[str]] = {}
    for at in racks:
        block = at.block.id
        if block not in by_block:
            by_block[block] = [device_key(project, scheme, d) for d in project.devices(block).values()]
        keys.extend(by_block[block])
    return classed(project, scheme, keys)

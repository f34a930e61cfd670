"""Pins of switches in the drawings: which are pinned, and the offer to pin what was moved by hand."""

from __future__ import annotations

from collections.abc import Iterable

from core.editing.laying.standing import pinned_keys
from core.editing.routes import block_at, keys_along
from core.model.project import Reader
from core.model.records import Device, Fabric, Instance, Key
from core.model.types import SWITCH_KINDS, DeviceType


def all_pinned(reader: Reader) -> set[Key]:
    """Return the records of the switches that are pinned in any fabric."""
    return {key for fabric in reader.fabrics.values() if fabric.pins for key in pinned_keys(reader, fabric)}


def pin_offer(reader: Reader, paths: Iterable[str]) -> list[str]:
    """Return what to say when switches of generated fabrics were moved and nothing keeps them there."""
    generated = {fabric.id: fabric for fabric in reader.fabrics.values() if fabric.family}
    if not generated:
        return []
    pinned = all_pinned(reader)
    found: list[Fabric] = []
    free = 0
    for path in paths:
        loose = [at for at in _switches(reader, path) if keys_along(reader, reader.top, at)[-1] not in pinned]
        its = {fabric for at in loose for fabric in _fabrics_of(reader, at) if fabric in generated}
        free += len(loose) if its else 0
        found += [generated[fabric] for fabric in sorted(its)]
    if not free:
        return []
    names = " and ".join(dict.fromkeys(fabric.name for fabric in found))
    them = "it" if free == 1 else "them"
    return [f"Link > Pin Switches to Their Place keeps {them} there when {names} is generated again"]


def _switches(reader: Reader, path: str) -> list[str]:
    """Return the path of a switch, or of those in a rack."""
    record = reader.resolve(reader.top, path)
    if isinstance(record, Instance):
        block = block_at(reader, reader.top, path)
        held = [(f"{path}/{device.id}", device) for device in reader.devices(block).values()]
    else:
        held = [(path, record)] if isinstance(record, Device) else []
    types = {device.type: reader.find_type(device.type) for _, device in held}
    kinds = {name: spec.kind for name, spec in types.items() if isinstance(spec, DeviceType)}
    return [at for at, device in held if kinds.get(device.type) in SWITCH_KINDS]


def _fabrics_of(reader: Reader, path: str) -> set[str]:
    """Return the fabrics that data links of a device belong to: they live in the blocks along its path."""
    steps, found = path.split("/"), set()
    for depth in range(len(steps)):
        block, own = block_at(reader, reader.top, "/".join(steps[:depth])), "/".join(steps[depth:])
        found |= {
            link.fabric
            for link in reader.links(block).values()
            if link.layer == "data" and own in (link.a.path, link.b.path)
        }
    return found

"""Levels of names: what is named by one template, and what that template may ask for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from core.editing.rows import floor_level
from core.model.project import Reader
from core.model.records import Device, Instance, Link
from core.model.types import DeviceType

PLACEHOLDERS: dict[str, str] = {
    "n": "number, counted on from the first one; {n:02} has two digits",
    "row": "letter of the row it stands in: A is the front one",
    "place": "place along that row, from the left",
    "u": "lowest unit it takes in the rack",
    "rack": "name of the rack that holds it, or of its drawing if that is placed many times",
    "block": "name of the drawing that holds it ({parent} is the same)",
    "parent": "name of the drawing that holds it",
    "type": "model, or name of the drawing that is placed",
    "kind": "kind of device, such as switch",
    "a": "cable: name of the device at its near end",
    "a_port": "cable: its first port there",
    "b": "cable: name of the device at its far end",
    "b_port": "cable: its first port there",
    "fabric": "cable: name of its fabric",
}
"""What a template may ask for."""
_OF_CABLES = frozenset(("n", "a", "a_port", "b", "b_port", "fabric", "block", "parent"))
_OF_FLOORS = frozenset(("n", "row", "place", "type", "block", "parent"))
_OF_DEVICES = _OF_FLOORS | {"u", "rack", "kind"}
_ORDER = ("hall", "unit", "row", "rack")


def placeholders_of(level: str) -> tuple[str, ...]:
    """Return what the template of a level may ask for.

    Examples
    --------
    >>> "u" in placeholders_of("device.switch"), "u" in placeholders_of("cable.data")
    (True, False)
    """
    head = level.partition(".")[0]
    known = {"cable": _OF_CABLES, "instance": _OF_FLOORS}.get(head, _OF_DEVICES)
    return tuple(name for name in PLACEHOLDERS if name in known)


def level_of(reader: Reader, record: Instance | Device | Link) -> str:
    """Return the level of a thing: `instance.rack`, `device.switch`, `cable.data` ..."""
    if isinstance(record, Instance):
        return f"instance.{floor_level(reader, record.of)}"
    if isinstance(record, Link):
        return f"cable.{record.layer}"
    spec = reader.find_type(record.type)
    return f"device.{spec.kind}" if isinstance(spec, DeviceType) else "device"


def levels_in(reader: Reader, blocks: Iterable[str]) -> dict[str, int]:
    """Return the levels there are in some blocks with the number of things drawn, from the outside in."""
    counts: dict[str, int] = defaultdict(int)
    outer = {of: floor_level(reader, of) for of in reader.blocks}
    for block in blocks:
        for instance in reader.instances(block).values():
            counts[f"instance.{outer.get(instance.of, 'unit')}"] += 1
        for device in reader.devices(block).values():
            counts[level_of(reader, device)] += 1
        for link in reader.links(block).values():
            counts[f"cable.{link.layer}"] += 1
    return {level: counts[level] for level in sorted(counts, key=rank_of)}


def rank_of(level: str) -> tuple[int, int, str]:
    """Return a key that sorts levels from the outside in."""
    head, _, kind = level.partition(".")
    return ("instance", "device", "cable").index(head), _ORDER.index(kind) if kind in _ORDER else 9, kind

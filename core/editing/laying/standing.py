"""What of a fabric stands already: its switches, how far they are from the hosts, and which of them stay."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection
from typing import NamedTuple

from core.editing.laying.hosts import Place, places
from core.editing.routes import join, keys_along
from core.model.project import Reader
from core.model.records import Fabric, Key, Link
from core.model.types import MANAGEMENT_ROLES, SWITCH_KINDS, DeviceType


class StandingSwitch(NamedTuple):
    """A switch of a fabric where it is built."""

    place: Place
    tier: int
    """1: linked to hosts, 2: to switches of tier 1 and so on; 0: not linked in this fabric."""
    is_pinned: bool
    is_shared: bool
    """Carries data links outside this fabric, other than to its management ports."""

    @property
    def path(self) -> str:
        return self.place.path

    @property
    def name(self) -> str:
        return "" if self.place.device is None else self.place.device.name

    @property
    def type(self) -> str:
        """Id of its device type."""
        return "" if self.place.device is None else self.place.device.type


def standing_switches(reader: Reader, block: str, fabric: Fabric) -> list[StandingSwitch]:
    """Return the switches that data links of a fabric reach, and those pinned, in the order of counting.

    Whether the program made a switch is not stored: one is taken as made by the fabric if all its data links
    belong to the fabric, links of management ports left aside. Those drawn by hand into a fabric so count as
    the fabric's until they are pinned.
    """
    switches: dict[str, Place] = {}
    ends: set[str] = set()
    for place in places(reader, block):
        if place.device is not None:
            spec = reader.find_type(place.device.type)
            is_switch = isinstance(spec, DeviceType) and spec.kind in SWITCH_KINDS
            if is_switch:
                switches[place.path] = place
            else:
                ends.add(place.path)
    near: dict[str, set[str]] = {}
    shared: set[str] = set()
    _read_links(reader, block, "", fabric.id, near, shared)
    tiers = _tiers(near, ends)
    pinned = pinned_keys(reader, fabric)
    found = []
    for path, place in switches.items():
        is_pinned = (place.block, place.path.rpartition("/")[2]) in pinned
        if path in near or is_pinned:
            found.append(StandingSwitch(place, tiers.get(path, 0), is_pinned, path in shared))
    return found


def pinned_keys(reader: Reader, fabric: Fabric) -> set[Key]:
    """Return the records of the switches pinned: a pin of one copy of a drawing holds for all copies."""
    return {keys_along(reader, reader.top, pin)[-1] for pin in fabric.pins}


def _read_links(
    reader: Reader, block: str, path: str, fabric: str, near: dict[str, set[str]], shared: set[str]
) -> None:
    for link in reader.links(block).values():
        if link.layer != "data":
            continue
        a, b = join(path, link.a.path), join(path, link.b.path)
        if link.fabric == fabric:
            near.setdefault(a, set()).add(b)
            near.setdefault(b, set()).add(a)
        else:
            shared.update(_carriers(reader, block, path, link))
    for instance in reader.instances(block).values():
        _read_links(reader, instance.of, join(path, instance.id), fabric, near, shared)


def _carriers(reader: Reader, block: str, path: str, link: Link) -> list[str]:
    """Return the devices that a link joins at ports other than those of management."""
    found = []
    for end in (link.a, link.b):
        device = reader.resolve(block, end.path)
        table = reader.ports(device)  # type: ignore[arg-type]
        sockets = [table.find(token) for token in end.ports]
        if any(s is not None and s.port.group.role not in MANAGEMENT_ROLES for s in sockets):
            found.append(join(path, end.path))
    return found


def _tiers(near: dict[str, set[str]], ends: Collection[str]) -> dict[str, int]:
    tiers = {path: 0 for path in near if path in ends}
    waiting = deque(tiers)
    while waiting:
        path = waiting.popleft()
        for other in near[path]:
            if other not in tiers:
                tiers[other] = tiers[path] + 1
                waiting.append(other)
    return tiers

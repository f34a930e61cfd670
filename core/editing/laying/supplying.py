"""Power for the switches that are put into racks: cords to the strips there, else feeds from the sources."""

from __future__ import annotations

from collections import Counter

import msgspec

from core.editing.cabling.sockets import Ends, Usage, compatible
from core.editing.laying.shelves import drawn_w
from core.editing.routes import counted
from core.model.change import Edit
from core.model.ports import Socket
from core.model.records import Device, End, Link
from core.model.types import DeviceType


class _Strip:
    """A power strip of a rack while devices are corded to it."""

    def __init__(self, source: str, usage: Usage) -> None:
        self.source = source
        self.usage = usage
        self.load_w = 0.0


class Supply:
    """Feeds devices of rack blocks; one for an edit, since it keeps what it has taken."""

    def __init__(self, edit: Edit) -> None:
        self._edit = edit
        self._ends = Ends(edit)
        self._strips: dict[str, list[_Strip]] = {}
        self._bare = 0

    def feed(self, block: str, device: Device) -> None:
        """Cord the inlets of a new device to the strips of its rack, in turn to one of each source.

        In a rack without strips the inlets are fed from the sources of the design. What finds no outlet is
        counted in the notes (`tell`).
        """
        inlets = self._inlets(device)
        if not inlets:
            return
        strips = self._strips.get(block)
        if strips is None:
            strips = self._strips[block] = self._strips_of(block)
        if not strips:
            self._from_sources(device, inlets)
            return
        share_w = self._share_w(device)
        used: Counter[str] = Counter()
        for inlet in inlets:
            found = self._outlet(strips, inlet, used)
            if found is None:
                self._bare += 1
                continue
            strip, outlet = found
            used[strip.source] += 1
            strip.usage.take(outlet)
            strip.load_w += share_w
            a, b = End(strip.usage.device.id, (outlet,)), End(device.id, (inlet.port.name,))
            self._edit.put("links", Link(block=block, id=self._edit.new_id(block), layer="power", a=a, b=b))

    def tell(self) -> list[str]:
        """Return what was not fed, in words."""
        if not self._bare:
            return []
        return [f"{counted(self._bare, 'power inlet')} of new switches found no free outlet in the rack"]

    def _inlets(self, device: Device) -> list[Socket]:
        """Return the inlets of a device that a cord feeds."""
        found = []
        table = self._edit.ports(device)
        for port in table:
            group = port.group
            is_inlet = group.layer == "power" and group.direction == "in"
            if is_inlet and group.phases != 0 and not group.connector.startswith("busbar"):
                socket = table.find(port.name)
                found += [] if socket is None else [socket]
        return found

    def _share_w(self, device: Device) -> float:
        """Return what each supply of a device draws at most while all run [W]."""
        spec = self._edit.find_type(device.type)
        if not isinstance(spec, DeviceType):
            return 0.0
        watts = drawn_w(self._edit, spec, device.modules.values(), device.power_limit_w)
        return watts / max(len(self._inlets(device)), 1)

    def _strips_of(self, block: str) -> list[_Strip]:
        found: dict[str, _Strip] = {}
        devices = self._edit.devices(block)
        for device in devices.values():
            spec = self._edit.find_type(device.type)
            if isinstance(spec, DeviceType) and spec.kind == "rack-pdu":
                usage = Usage(self._edit, block, device.id, self._ends.tokens(block, device.id))
                found[device.id] = _Strip(next(iter(device.feeds.values()), device.id), usage)
        for link in self._edit.links(block).values():
            for one, other in ((link.a, link.b), (link.b, link.a)):
                if link.layer == "power" and one.path in found and other.path in devices:
                    found[one.path].load_w += len(one.ports) * self._share_w(devices[other.path])
        return list(found.values())

    def _outlet(self, strips: list[_Strip], inlet: Socket, used: Counter[str]) -> tuple[_Strip, str] | None:
        """Return an outlet: of the source that feeds the device least, of its least loaded strip."""
        for strip in sorted(strips, key=lambda strip: (used[strip.source], strip.load_w)):
            for token in strip.usage.free(layer="power", direction="out"):
                outlet = strip.usage.table.find(token)
                if outlet is not None and not compatible(outlet, inlet):
                    return strip, token
        return None

    def _from_sources(self, device: Device, inlets: list[Socket]) -> None:
        sources = sorted(self._edit.sources)[:2]
        if sources:
            feeds = {inlet.port.name: sources[n % len(sources)] for n, inlet in enumerate(inlets)}
            self._edit.put("devices", msgspec.structs.replace(device, feeds={**device.feeds, **feeds}))

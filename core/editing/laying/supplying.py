"""Power for the switches that are put into racks: cords to the strips there, else feeds from the sources."""

from __future__ import annotations

from collections import Counter

import msgspec

from core.editing.cabling.sockets import Ends, Usage, compatible
from core.editing.routes import counted
from core.model.change import Edit
from core.model.ports import Port
from core.model.records import Device, End, Link
from core.model.types import DeviceType


class Supply:
    """Feeds devices of rack blocks; one for an edit, since it keeps what it has taken."""

    def __init__(self, edit: Edit) -> None:
        self._edit = edit
        self._ends = Ends(edit)
        self._strips: dict[str, list[tuple[str, Usage]]] = {}
        self._bare = 0

    def feed(self, block: str, device: Device) -> None:
        """Cord the inlets of a new device to the strips of its rack, in turn to one of each source.

        In a rack without strips the inlets are fed from the sources of the design. What finds no outlet is
        counted in the notes (`tell`).
        """
        inlets = [
            port
            for port in self._edit.ports(device)
            if port.group.layer == "power" and port.group.direction == "in"
        ]
        if block not in self._strips:
            self._strips[block] = self._strips_of(block)
        strips = self._strips[block]
        if not strips:
            self._from_sources(
                device, [port for port in inlets if not port.group.connector.startswith("busbar")]
            )
            return
        used: Counter[str] = Counter()
        for inlet in inlets:
            if inlet.group.connector.startswith("busbar"):
                continue
            found = self._outlet(strips, inlet, used, device)
            if found is None:
                self._bare += 1
                continue
            source, strip, outlet = found
            used[source] += 1
            strip.take(outlet)
            link = Link(
                block=block,
                id=self._edit.new_id(block),
                layer="power",
                a=End(strip.device.id, (outlet,)),
                b=End(device.id, (inlet.name,)),
            )
            self._edit.put("links", link)

    def tell(self) -> list[str]:
        """Return what was not fed, in words."""
        if not self._bare:
            return []
        return [f"{counted(self._bare, 'power inlet')} of new switches found no free outlet in the rack"]

    def _strips_of(self, block: str) -> list[tuple[str, Usage]]:
        found = []
        for device in self._edit.devices(block).values():
            spec = self._edit.find_type(device.type)
            if isinstance(spec, DeviceType) and spec.kind == "rack-pdu":
                source = next(iter(device.feeds.values()), device.id)
                found.append(
                    (source, Usage(self._edit, block, device.id, self._ends.tokens(block, device.id)))
                )
        return found

    def _outlet(
        self, strips: list[tuple[str, Usage]], inlet: Port, used: Counter[str], device: Device
    ) -> tuple[str, Usage, str] | None:
        """Return an outlet for an inlet: of the source used least so far, of the strip with most to spare."""
        socket = self._edit.ports(device).find(inlet.name)
        best: tuple[int, int, str, Usage, str] | None = None
        for source, strip in strips:
            free = []
            for token in strip.free(layer="power", direction="out"):
                outlet = strip.table.find(token)
                if outlet is not None and socket is not None and not compatible(outlet, socket):
                    free.append(token)
            if free and (best is None or (used[source], -len(free)) < best[:2]):
                best = used[source], -len(free), source, strip, free[0]
        return None if best is None else best[2:]

    def _from_sources(self, device: Device, inlets: list[Port]) -> None:
        sources = sorted(self._edit.sources)[:2]
        if sources and inlets:
            feeds = {port.name: sources[place % len(sources)] for place, port in enumerate(inlets)}
            self._edit.put("devices", msgspec.structs.replace(device, feeds={**device.feeds, **feeds}))

"""The rack that new network racks of a fabric start from: a frame with power strips."""

from __future__ import annotations

from collections.abc import Iterable

from core.catalogue.library import Library
from core.editing.blocks import new_rack_block
from core.editing.laying.hosts import places
from core.editing.place import place_device
from core.editing.space import Spot
from core.errors import EditError
from core.model.change import Edit
from core.model.records import Device
from core.model.types import DeviceType, RackType

TEMPLATE = "network-rack-"
"""Start of the word in `Block.template` that says which fabric made a network rack."""
_HOSTS = ("server", "tray")


class EmptyRack:
    """Makes an empty network rack like those that are there, on the first call; then returns its block.

    Frame and power strips are those of the first rack of the design with strips and no hosts, else the frame
    is that of the first rack which the switches fit; then the switches are fed from the sources.

    Parameters
    ----------
    edit : Edit
    library : Library
    block : str
        Floor block whose racks are looked at.
    fabric : str
    rack_type : str
        Empty: that of the rack taken as a model.
    switches : iterable of DeviceType
        What goes into it.
    """

    def __init__(
        self,
        edit: Edit,
        library: Library,
        block: str,
        fabric: str,
        rack_type: str,
        switches: Iterable[DeviceType],
    ) -> None:
        self._edit, self._library, self._block = edit, library, block
        self._fabric, self._rack_type = fabric, rack_type
        self._units = {spec.unit for spec in switches}
        self.block = ""

    def __call__(self) -> str:
        if not self.block:
            self.block = self._make()
        return self.block

    def _make(self) -> str:
        model, strips = self._model()
        frame = self._rack_type or (self._edit.blocks[model].rack_type if model else "")
        if not frame:
            raise EditError("a network rack is needed, of no known type", cure="Choose a type of rack")
        made = new_rack_block(
            self._edit, self._library, frame, "Network rack", template=f"{TEMPLATE}{self._fabric}"
        )
        for strip in strips:
            place_device(
                self._edit,
                self._library,
                made.id,
                strip.type,
                Spot.of(strip),
                name=strip.name,
                feeds=strip.feeds,
            )
        return made.id

    def _model(self) -> tuple[str, list[Device]]:
        """Return the rack block that new racks are made like, empty if there is none, and its strips."""
        fallback = ""
        for of in dict.fromkeys(p.block for p in places(self._edit, self._block) if p.device is None):
            frame = self._edit.find_type(self._edit.blocks[of].rack_type)
            if not isinstance(frame, RackType) or {frame.unit} != self._units:
                continue
            if self._rack_type and frame.id != self._rack_type:
                continue
            kinds, strips = set(), []
            for device in self._edit.devices(of).values():
                spec = self._edit.find_type(device.type)
                if isinstance(spec, DeviceType):
                    kinds.add(spec.kind)
                    if spec.kind == "rack-pdu" and device.feeds:
                        strips.append(device)
            if strips and not kinds & set(_HOSTS):
                return of, strips
            if not fallback and not frame.busbar:
                fallback = of
        return fallback, []

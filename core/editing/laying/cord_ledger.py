"""What passes over racks share while they are corded: the inlets, what fed them, what has been decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.catalogue.library import Library
from core.editing.cabling.patterns import Standing
from core.editing.laying.cord_plan import Choice, PlannedCord
from core.editing.laying.cord_sides import Side
from core.model.change import Edit
from core.model.ports import Socket
from core.model.records import PowerSource

_Place = tuple[str, str]


@dataclass
class Consumer:
    """A device with the inlets that are to be fed."""

    at: Standing
    rack: str
    """Path of what it stands in; empty on the floor of the block."""
    inlets: list[Socket]
    passes: bool
    """Whether it passes power on: a PDU, a shelf."""
    watts: float

    @property
    def path(self) -> str:
        return self.at.path


@dataclass
class Ledger:
    """What the passes over the racks share."""

    edit: Edit
    block: str
    library: Library
    choice: Choice
    consumers: list[Consumer]
    was: dict[str, dict[str, tuple[str, str]]]
    """By device and inlet: what feeds it in the design, path and port of a feeder, or a source."""
    spared: Mapping[_Place, str]
    """Inlets that stay as they are even if all are replaced, and why."""
    done: dict[tuple[str, str, str], PlannedCord] = field(default_factory=dict)
    """Cords by the block they are drawn in, path of the device from there and inlet."""
    cords: dict[_Place, PlannedCord] = field(default_factory=dict)
    offered: dict[str, Side] = field(default_factory=dict)

    def was_in_words(self, path: str, inlet: str) -> str:
        """Say what feeds an inlet in the design as it is."""
        now = self.was[path].get(inlet)
        if now is None:
            return ""
        if not now[0]:
            return f"source {self.edit.sources[now[1]].name or now[1]}"
        return f"{self.edit.names_along(self.block, now[0])[-1]} {now[1]}"


def misfit_of_source(source: PowerSource, inlet: Socket) -> str:
    """Return why a source cannot feed an inlet straight; empty if it can or nothing is known of it."""
    volts, group = source.voltage_v, inlet.port.group
    low, high = group.voltage_low_v, group.voltage_high_v
    if volts is None or low is None or high is None:
        return ""
    root = 3**0.5
    options = [volts]
    if source.phases == 3 and group.phases == 1:
        options.append(volts / root)
    if source.phases == 3 and group.phases == 3:
        options.append(volts * root)
    if any(low - 1 <= each <= high + 1 for each in options):
        return ""
    window = f"{low:g} V" if low == high else f"{low:g}-{high:g} V"
    return f"source {source.name or source.id} gives {volts:g} V, the inlet takes {window}"

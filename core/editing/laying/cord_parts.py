"""The cords themselves: which type joins two connectors, and which colour says the side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from core.catalogue.library import Library
from core.editing.laying.cord_feeders import Feeder, leg_of
from core.editing.laying.cord_sides import Side
from core.editing.types import use_type
from core.model.change import Edit
from core.model.ports import Socket
from core.model.types import AnyType, CableType

COLOURS = ("blue", "red", "green", "yellow", "orange", "white", "grey", "black")
"""Of cords on sides A, B, C ... where the design has no colours of its own."""


class CordParts:
    """Types and colours of cords for one edit.

    Parameters
    ----------
    edit : Edit
    library : Library
    sides : sequence of Side
        In the order of their colours.
    """

    def __init__(self, edit: Edit, library: Library, sides: Sequence[Side]) -> None:
        self._edit, self._library = edit, library
        self._order = {side.key: place for place, side in enumerate(sides)}
        self._known: dict[tuple[str, str], CableType | None] = {}

    def cord(self, outlet: Socket | None, inlet: Socket) -> CableType | None:
        """Return the cord for an outlet and an inlet, taken into the project; None if none is known."""
        if outlet is None:
            return None
        ends = outlet.port.group.connector, inlet.port.group.connector
        if ends not in self._known:
            self._known[ends] = self._find(*ends)
        return self._known[ends]

    def _find(self, outlet: str, inlet: str) -> CableType | None:
        own = [record.spec for record in self._edit.rows("types").values()]
        for types in (own, self._library):
            fitting = [spec for spec in types if _joins(spec, outlet, inlet)]
            if fitting:
                found = use_type(self._edit, self._library, min(spec.id for spec in fitting))
                return found if isinstance(found, CableType) else None
        return None

    def place(self, outlet: Socket | None) -> tuple[str, str]:
        """Return leg and bank of an outlet."""
        return ("", "") if outlet is None else (leg_of(outlet.port), outlet.port.group.bank)

    def colour(self, side: Side, feeders: Sequence[Feeder]) -> str:
        """Return the colour of cords on a side: that of those that are there, else by its order."""
        used: Counter[str] = Counter()
        for feeder in feeders:
            if feeder.side.key == side.key:
                used.update({colour: n for colour, n in feeder.colours.items() if colour})
        if used:
            return used.most_common(1)[0][0]
        place = self._order.get(side.key, 0)
        return COLOURS[place % len(COLOURS)]


def _joins(spec: AnyType, outlet: str, inlet: str) -> bool:
    if not isinstance(spec, CableType) or spec.layer != "power" or not outlet or not inlet:
        return False
    return (spec.connector_a, spec.connector_b) in ((outlet, inlet), (inlet, outlet))

"""Whether the racks drawn can be brought to their places."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from core.rules.finding import Severity
from core.rules.rule import Marks, Yielded, rule
from core.rules.views import Design
from core.units import length


@rule("space.door_too_small", Severity.WARNING, "No door lets the rack in", reads=("ways_in", "racks"),
      unit="mm")  # fmt: skip
def door_too_small(design: Design) -> Iterator[Yielded]:
    """A rack is taller than the clear height of every door drawn on its level, or wider than all of them.

    It goes through upright, its narrow side ahead: tilting is not modelled, and often not allowed with
    equipment in it. A door without a height is judged by its width. Silent where no door is drawn.

    Source: the plan of the project; sizes of the rack types.
    """
    ways = design.of.ways_in
    rows = np.flatnonzero(ways.rack_judged & ~ways.rack_through)
    tall, narrow = ways.rack_height_mm[rows], ways.rack_narrow_mm[rows]
    low = tall > ways.tallest_mm
    value = np.where(low, tall, narrow)
    limit = np.where(low, ways.tallest_mm, ways.widest_mm)

    def text(k: int) -> str:
        what = "tall" if low[k] else "wide"
        best = "highest" if low[k] else "widest"
        return (
            f"{length(value[k])} {what}, the {best} door is {length(limit[k])}; enlarge it or choose another"
        )

    yield Marks("rack", rows, text, value, limit)


@rule(
    "space.no_way_in", Severity.WARNING, "No way from a door to the rack's place", reads=("ways_in", "racks")
)
def no_way_in(design: Design) -> Iterator[Yielded]:
    """A rack cannot be rolled from any door it fits through to in front of its place, or behind it.

    All other racks stand, and it turns only where there is room for its diagonal; margins are settings
    (50 mm on each side). The floor is a grid of 50 mm, coarser in large halls, so a way that fits to the
    centimetre may be missed. Floor devices of unknown size are not in the way.

    Source: the plan of the project; a search over the grid, derived.
    """
    ways = design.of.ways_in
    rows = np.flatnonzero(ways.rack_through & ~ways.rack_reached)
    text = "no way in from a door that is wide enough to move and turn it; widen an aisle or add a door"
    yield Marks("rack", rows, lambda _: text)

"""Air of the rooms: heat and airflow against room units, and inlets at altitude."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from core.engine.columns import Flags, Floats
from core.rules.finding import Severity
from core.rules.rule import Marks, Missing, Yielded, rule
from core.rules.views import SLACK_W, Design
from core.rules.wording import watts
from core.units import show

THIN_AIR_M = 900.0
"""Altitude above which the highest inlet of a class falls."""
_FALLS = ((35.0, 300.0), (40.0, 175.0), (np.inf, 125.0))
"""Metres for each kelvin, by the highest inlet at sea level: A1 and A2, A3, A4."""


@rule("cooling.air_short", Severity.ERROR, "Room units too small", reads=("devices", "loops"), unit="W")
def air_short(design: Design) -> Iterator[Yielded]:
    """The devices of a room give more heat to its air than its room units remove.

    Rear doors take the air heat of their rack up to their rating; liquid-to-air CDUs give theirs to the room;
    heat rejection stands outdoors. Rooms without a room unit drawn are not judged.

    Source: heat removal of the types; air and liquid heat together are the power in.
    """
    air = design.of.loops.air
    yield from _untold(design, np.isnan(air.room_capacity_w), "heat removal of")
    short = air.room_heat_w > air.room_capacity_w + SLACK_W
    yield from _rooms(
        design,
        short & (air.room_units > 0),
        air.room_heat_w,
        air.room_capacity_w,
        lambda room: (
            f"{watts(air.room_heat_w[room])} to the air{_of(design, room)}, room units remove "
            f"{watts(air.room_capacity_w[room])}; add one"
        ),
    )


@rule("cooling.water_above_air", Severity.ERROR, "Water warmer than the air it is to cool",
      reads=("devices", "loops", "brief"), unit="degC")  # fmt: skip
def water_above_air(design: Design) -> Iterator[Yielded]:
    """The water of a room unit or rear door is as warm as the air it is to give: no coil can do that.

    Supply of the loop it hangs on, against the air supply of the brief.

    Source: heat flows from warm to cold.
    """
    found, air = design.of.loops, design.brief.number("air_supply_c")
    rows = np.flatnonzero(design.of_kind("air-handler", "rear-door") & (found.device_loop >= 0))
    if air is None or not len(rows):
        return
    water = found.loop_supply_c[found.device_loop[rows]]
    at = np.flatnonzero(water >= air - 1e-9)
    yield Marks(
        "device",
        rows[at],
        lambda k: (
            f"water at {show(float(water[at[k]]), 'degC')} for air at {show(air, 'degC')}; "
            "feed it from a chiller, or let the air be warmer"
        ),
        water[at],
        np.full(len(at), air),
    )


@rule("cooling.air_lost", Severity.WARNING, "No spare room unit", reads=("devices", "loops"), unit="W")
def air_lost(design: Design) -> Iterator[Yielded]:
    """With its largest unit stopped the others of a room remove less heat than its devices give to the air.

    Source: N+1 is capacity for what is needed and one spare, recalled.
    """
    air = design.of.loops.air
    left = air.room_capacity_w - air.room_largest_w
    alone = (air.room_units > 0) & (air.room_heat_w > SLACK_W)
    alone &= (left + SLACK_W < air.room_heat_w) & (air.room_heat_w <= air.room_capacity_w + SLACK_W)
    yield from _rooms(
        design,
        alone,
        air.room_heat_w,
        left,
        lambda room: (
            f"{watts(air.room_heat_w[room])} to the air{_of(design, room)}, {watts(left[room])} left when "
            "the largest room unit stops; add a spare"
        ),
    )


@rule("cooling.airflow_short", Severity.WARNING, "Less air than the devices draw",
      reads=("devices", "loops", "rooms"), unit="m3/h")  # fmt: skip
def airflow_short(design: Design) -> Iterator[Yielded]:
    """The devices of a room draw more air than its room units give: they breathe what others have blown out.

    Airflow of the types, else by heat and rise at the altitude of the brief. With containment the units have
    to give what is drawn, without it more.

    Source: airflows of the types; heat = flow x density x specific heat x rise.
    """
    air, contained = design.of.loops.air, design.of.rooms.contained
    yield from _untold(design, np.isnan(air.room_given_m3h), "airflow of")
    short = (air.room_units > 0) & (air.room_airflow_m3h > air.room_given_m3h + 1e-6)
    yield from _rooms(
        design,
        short,
        air.room_airflow_m3h,
        air.room_given_m3h,
        lambda room: (
            f"devices{_of(design, room)} draw {show(float(air.room_airflow_m3h[room]), 'm3/h')}, room units "
            f"give {show(float(air.room_given_m3h[room]), 'm3/h')}; add units"
            + ("" if contained[room] else ", and contain the aisles")
        ),
    )


@rule("cooling.inlet_at_altitude", Severity.WARNING, "Air supply too warm at this altitude",
      reads=("devices", "brief", "cooling"), unit="degC")  # fmt: skip
def inlet_at_altitude(design: Design) -> Iterator[Yielded]:
    """The air supply keeps a device's inlet window at sea level, but not at the altitude of the brief.

    Thin air cools less: above 900 m the highest inlet falls by 1 K for 300 m where it is up to 35 degC at sea
    level (classes A1, A2), for 175 m up to 40 degC (A3), for 125 m above (A4).

    Source: ASHRAE TC 9.9 classes, their change with altitude recalled.
    """
    supply, altitude = design.brief.number("air_supply_c"), design.brief.value("altitude_m")
    if supply is None or altitude <= THIN_AIR_M:
        return
    high, known = design.column("inlet_max_c")
    fall = np.select([high <= most for most, _ in _FALLS], [metres for _, metres in _FALLS])
    limit = high - (altitude - THIN_AIR_M) / fall
    hot = (design.of.cooling.device_air_w > 0) & known & (supply <= high + 1e-9)
    rows = np.flatnonzero(hot & (supply > limit + 1e-9))
    yield Marks(
        "device",
        rows,
        lambda k: (
            f"air at {show(supply, 'degC')}, at most {show(float(limit[rows[k]]), 'degC')} at "
            f"{show(altitude, 'm')}; lower the air supply"
        ),
        np.full(len(rows), supply),
        limit[rows],
    )


def _of(design: Design, room: int) -> str:
    name = design.of.loops.air.room_name[room]
    return f" of {name}" if name else ""


def _untold(design: Design, unknown: Flags, what: str) -> Iterator[Yielded]:
    """Yield what is missing of the room units of rooms where something is not known."""
    found = design.of.loops
    units = found.room_unit[unknown[found.air.device_room[found.room_unit]]]
    for name in design.type_names(units.astype(np.intp)):
        yield Missing(f"{what} {name}")


def _rooms(
    design: Design, which: Flags, value: Floats, limit: Floats, text: Callable[[int], str]
) -> Iterator[Yielded]:
    """Mark one room unit of each of some rooms."""
    found = design.of.loops
    of: NDArray[np.int32] = found.air.device_room[found.room_unit]
    at = np.flatnonzero(which[of])
    _, first = np.unique(of[at], return_index=True)
    rows, room = found.room_unit[at[first]], of[at[first]]
    yield Marks("device", rows, lambda k: text(int(room[k])), value[room], limit[room])

"""Air of the rooms: what is given to it, and what room units and rear doors take off."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.engine.columns import Floats, Ints, sum_by
from core.engine.cooling import Cooling
from core.engine.rooms import Rooms
from core.engine.snapshot import Snapshot


@dataclass(frozen=True)
class Air:
    """The air of each room at maximum sustained power.

    Attributes
    ----------
    device_room : ndarray of int32, shape (n_devices,)
        Room it stands in; room 0 is all that stands in no room drawn.
    room_name : tuple of str
    device_w : ndarray, shape (n_devices,)
        Heat each device gives to the air of its room [W].
    room_heat_w : ndarray, shape (n_rooms,)
        Heat to the air less what rear doors take [W]; liquid-to-air units give theirs to it, heat rejection
        stands outdoors and gives none.
    room_airflow_m3h : ndarray, shape (n_rooms,)
        What the devices draw [m3/h].
    room_units : ndarray of int32, shape (n_rooms,)
        Room units (air handlers, fan walls).
    room_capacity_w, room_given_m3h : ndarray, shape (n_rooms,)
        Of these together; NaN if one of them does not tell, 0 without any.
    room_largest_w, room_largest_m3h : ndarray, shape (n_rooms,)
        Of the largest unit.
    room_spare : ndarray of int32, shape (n_rooms,)
        Units that may stop while the others carry the heat (x of N + x); -1 if not known or none.
    door_w : ndarray, shape (n_devices,)
        Heat each rear door takes out of the air of its rack [W].
    unit_w : ndarray, shape (n_devices,)
        Heat each room unit takes, in proportion to its rating [W].
    """

    device_room: Ints
    room_name: tuple[str, ...]
    device_w: Floats
    room_heat_w: Floats
    room_airflow_m3h: Floats
    room_units: Ints
    room_capacity_w: Floats
    room_given_m3h: Floats
    room_largest_w: Floats
    room_largest_m3h: Floats
    room_spare: Ints
    door_w: Floats
    unit_w: Floats


def doors_w(snap: Snapshot, cooled: Cooling) -> Floats:
    """Return what rear doors take: the air heat of their rack up to their rating [W], shape (n_devices,).

    Several doors of a rack share in proportion to their ratings; one whose rating is not known takes none.
    """
    rating = _of_kind(snap, "rear-door", "cooling_w")
    rating = np.where(np.isnan(rating) | (snap.device_rack < 0), 0.0, rating)
    rack = snap.device_rack
    racked = np.flatnonzero(rating > 0)
    total = sum_by(rack[racked], rating[racked], snap.n_racks)
    taken = np.zeros(snap.n_devices)
    share = np.minimum(cooled.rack_air_w / np.maximum(total, 1e-9), 1.0)
    taken[racked] = rating[racked] * share[rack[racked]]
    return taken


def air_of(snap: Snapshot, cooled: Cooling, rooms: Rooms, door_w: Floats, to_air_w: Floats) -> Air:
    """Return the balance of each room.

    Parameters
    ----------
    snap : Snapshot
    cooled : Cooling
    rooms : Rooms
    door_w : ndarray, shape (n_devices,)
        See `doors_w`.
    to_air_w : ndarray, shape (n_devices,)
        Coolant heat that liquid-to-air units give to the room [W].
    """
    n, room = len(rooms.name), rooms.device_room
    given_w = np.where(_is_kind(snap, "heat-rejection"), 0.0, cooled.device_air_w)
    heat = sum_by(room, given_w - door_w + to_air_w, n)
    rating, flow = _of_kind(snap, "air-handler", "cooling_w"), _flow(snap)
    units = np.flatnonzero(_is_kind(snap, "air-handler"))
    of_room = room[units]
    capacity, given = sum_by(of_room, rating[units], n), sum_by(of_room, flow[units], n)
    largest, strongest = np.zeros(n), np.zeros(n)
    np.fmax.at(largest, of_room, rating[units])
    np.fmax.at(strongest, of_room, flow[units])
    count = np.bincount(of_room, minlength=n).astype(np.int32)
    taken = np.zeros(snap.n_devices)
    share = np.minimum(heat / np.maximum(np.nan_to_num(capacity), 1e-9), 1.0)
    taken[units] = np.nan_to_num(rating[units]) * share[of_room]
    return Air(
        device_room=room,
        room_name=rooms.name,
        device_w=given_w,
        room_heat_w=heat,
        room_airflow_m3h=sum_by(room, _drawn(snap, cooled), n),
        room_units=count,
        room_capacity_w=capacity,
        room_given_m3h=given,
        room_largest_w=largest,
        room_largest_m3h=strongest,
        room_spare=spare_of(heat, capacity, largest, count),
        door_w=door_w,
        unit_w=taken,
    )


def spare_of(load: Floats, capacity: Floats, largest: Floats, count: Ints) -> Ints:
    """Return how many of the largest units may stop while the others carry a load: x of N + x.

    -1 where the capacity is not known or there is no unit. All units are taken to be as large as the
    largest, so that x is never overstated.

    Examples
    --------
    >>> spare_of(np.array([150.0]), np.array([300.0]), np.array([100.0]), np.array([3])).tolist()
    [1]
    """
    room = np.maximum(np.nan_to_num(capacity) - load, 0.0) + 1e-6
    spare = np.minimum(np.floor(room / np.maximum(largest, 1e-9)), np.maximum(count - 1, 0))
    return np.where(np.isnan(capacity) | (count == 0), -1, spare).astype(np.int32)


def _drawn(snap: Snapshot, cooled: Cooling) -> Floats:
    """Airflow of what breathes the air of the room: not of the room units themselves."""
    moving = _is_kind(snap, "air-handler") | _is_kind(snap, "rear-door") | _is_kind(snap, "heat-rejection")
    return np.where(moving, 0.0, cooled.device_airflow_m3h)


def _flow(snap: Snapshot) -> Floats:
    return _of_kind(snap, "air-handler", "cooling_airflow_m3h", "airflow_m3h")


def _is_kind(snap: Snapshot, kind: str) -> NDArray[np.bool_]:
    flags: NDArray[np.bool_] = np.array([spec.type.kind == kind for spec in snap.specs.specs])
    return flags[snap.device_spec]


def _of_kind(snap: Snapshot, kind: str, *fields: str) -> Floats:
    """Return the first field a type gives, of devices of a kind; NaN where none, 0 for other kinds."""
    values = np.zeros(len(snap.specs))
    for number, spec in enumerate(snap.specs.specs):
        if spec.type.kind == kind:
            known = [v for field in fields if (v := getattr(spec.type, field)) is not None]
            values[number] = known[0] if known else np.nan
    return values[snap.device_spec]

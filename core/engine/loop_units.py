"""What feeds coolant loops, what hangs on them, and the heat, flow and temperatures that follow."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from core.engine.air import Air, air_of
from core.engine.columns import Flags, Floats, Ints, sum_by
from core.engine.coolant_flow import Flows
from core.engine.coolants import flow_or_unknown_lpm, rise_or_unknown_k
from core.engine.cooling import Cooling
from core.engine.cooling_ratings import approach_of, rating_at
from core.engine.plumbing import CONDUITS, Plumbing
from core.engine.rooms import Rooms
from core.engine.snapshot import Snapshot
from core.model.types import DeviceType

TECHNOLOGY, FACILITY, UNFED = "technology", "facility", "unfed"
FEEDERS = ("cdu", "heat-rejection")
FACILITY_COOLANT = "water"


@dataclass(frozen=True)
class Units:
    """CDUs and heat rejection that feed a loop; n_units rows.

    Attributes
    ----------
    device, loop : ndarray of int32, shape (n_units,)
    capacity_w, approach_k, given_lpm : ndarray, shape (n_units,)
        NaN where not known.
    share : ndarray, shape (n_units,)
        Share of its loop's heat.
    to_air : ndarray of bool, shape (n_units,)
        CDUs that give their heat to the air of the room.
    unknown : tuple of (int, str)
        Loop and why a capacity is not known.
    """

    device: Ints
    loop: Ints
    capacity_w: Floats
    approach_k: Floats
    given_lpm: Floats
    share: Floats
    to_air: Flags
    unknown: tuple[tuple[int, str], ...]


def is_kind(snap: Snapshot, *kinds: str) -> Flags:
    """Tell for each device whether its type is of one of the kinds."""
    flags: Flags = np.array([spec.type.kind in kinds for spec in snap.specs.specs])
    found: Flags = flags[snap.device_spec]
    return found


def units_of(snap: Snapshot, plumbing: Plumbing) -> Units:
    """Return what feeds the loops, each at the approach that is there."""
    device = np.flatnonzero(is_kind(snap, *FEEDERS) & (plumbing.device_loop >= 0)).astype(np.int32)
    loop = plumbing.device_loop[device]
    spec_of = snap.device_spec[device]
    wet, water = snap.brief.value("liquid_supply_c"), snap.brief.number("facility_supply_c")
    size = len(snap.specs)
    capacity, approach, given = (np.full(size, np.nan) for _ in range(3))
    why: dict[int, str] = {}
    has_primary = _has_primary(snap, plumbing)
    for number in np.unique(spec_of).tolist():
        spec = snap.specs.specs[number].type
        is_cdu = spec.kind == "cdu"
        there = wet - water if water is not None and is_cdu and has_primary[number] else None
        rating = rating_at(spec, there)
        capacity[number], why[number] = rating.cooling_w, rating.why
        approach[number] = approach_of(spec)
        given[number] = _given_lpm(spec)
    known = np.nan_to_num(capacity[spec_of])
    n = plumbing.n_loops
    unsure = np.isin(loop, loop[np.isnan(capacity[spec_of])])
    weight = np.where(unsure, 1.0, np.maximum(known, 1e-9))
    share = weight / np.maximum(sum_by(loop, weight, n), 1e-12)[loop]
    unknown = sorted({(int(k), why[int(s)]) for k, s in zip(loop, spec_of, strict=True) if why[int(s)]})
    return Units(
        device=device,
        loop=loop,
        capacity_w=capacity[spec_of],
        approach_k=approach[spec_of],
        given_lpm=given[spec_of],
        share=share,
        to_air=is_kind(snap, "cdu")[device] & ~has_primary[spec_of],
        unknown=tuple(unknown),
    )


def _given_lpm(spec: DeviceType) -> float:
    """Return the flow a unit gives; NaN if not known.

    Copies of older types of CDUs hold it as the flow of their coolant.
    """
    flow = spec.cooling_flow_lpm
    if flow is None and spec.kind == "cdu":
        flow = spec.coolant_flow_lpm
    return np.nan if flow is None else flow


def _has_primary(snap: Snapshot, plumbing: Plumbing) -> Flags:
    """Tell for each spec whether it has ports on a facility side."""
    found: Flags = sum_by(snap.specs.ports.spec, plumbing.primary_ports, len(snap.specs)) > 0
    return found


def kinds_of(snap: Snapshot, plumbing: Plumbing, units: Units) -> tuple[str, ...]:
    """Return the kind of each loop."""
    n = plumbing.n_loops
    has_cdu, is_facility = np.zeros(n, bool), np.zeros(n, bool)
    cdu = is_kind(snap, "cdu")[units.device]
    has_cdu[units.loop[cdu]] = True
    is_facility[units.loop[~cdu]] = True
    is_facility[plumbing.device_primary[plumbing.device_primary >= 0]] = True
    servants = np.flatnonzero(is_kind(snap, "air-handler", "rear-door") & (plumbing.device_loop >= 0))
    is_facility[plumbing.device_loop[servants]] = True
    return tuple(
        TECHNOLOGY if cdu_fed else FACILITY if facility else UNFED
        for cdu_fed, facility in zip(has_cdu.tolist(), is_facility.tolist(), strict=True)
    )


@dataclass(frozen=True)
class Heats:
    """Where the heat goes: of each loop and unit [W], and the air of the rooms."""

    loop_w: Floats
    unit_w: Floats
    air: Air


def heats_of(
    snap: Snapshot, plumbing: Plumbing, units: Units, cooled: Cooling, rooms: Rooms, door_w: Floats
) -> Heats:
    """Follow the heat from devices to CDUs, to the air and to the facility water."""
    n, on_loop = plumbing.n_loops, plumbing.device_loop
    direct = _on_loops(on_loop, cooled.device_liquid_w + door_w, n)
    own = direct[units.loop] * units.share
    to_air = np.zeros(snap.n_devices)
    np.add.at(to_air, units.device[units.to_air], own[units.to_air])
    air = air_of(snap, cooled, rooms, door_w, to_air)
    passed = np.zeros(snap.n_devices)
    np.add.at(passed, units.device, own)
    loop_w = direct + _on_loops(plumbing.device_primary, passed, n) + _on_loops(on_loop, air.unit_w, n)
    return Heats(loop_w, loop_w[units.loop] * units.share, air)


def _on_loops(loop: Ints, heat_w: Floats, n: int) -> Floats:
    on = loop >= 0
    return sum_by(loop[on], heat_w[on], n)


@dataclass(frozen=True)
class Conditions:
    """Flow and temperatures of each loop; NaN where not known."""

    coolant: tuple[str, ...]
    flow_lpm: Floats
    supply_c: Floats
    rise_k: Floats
    facility_c: Floats
    unknown: tuple[tuple[int, str], ...]


def conditions_of(
    snap: Snapshot, plumbing: Plumbing, units: Units, kinds: tuple[str, ...], heat_w: Floats, flows: Flows
) -> Conditions:
    """Return the flow each loop needs, and supply and rise at that flow."""
    brief, n = snap.brief, plumbing.n_loops
    is_facility = np.array([kind == FACILITY for kind in kinds], bool)
    wet, coolant = brief.value("liquid_supply_c"), brief.text("coolant")
    water, rise = brief.number("facility_supply_c"), brief.number("facility_rise_k")
    flow = _on_loops(plumbing.device_loop, flows.device_lpm, n)
    unknown: list[tuple[int, str]] = []
    warm = cache(rise_or_unknown_k)  # copies of a unit have equal loops
    supply = np.where(is_facility, np.nan if water is None else water, wet)
    own = snap.specs.column("supply_c")
    told = own.known[snap.device_spec[units.device]] & is_facility[units.loop]
    chilled = np.full(n, np.inf)
    np.minimum.at(chilled, units.loop[told], own.value[snap.device_spec[units.device[told]]])
    supply = np.where(np.isfinite(chilled), chilled, supply)
    stated = _facility_flow(snap, plumbing)
    for loop in np.flatnonzero(is_facility).tolist():
        flow[loop] += stated[loop]
        if np.isnan(flow[loop]) and not np.isnan(supply[loop]) and rise is not None:
            flow[loop] = flow_or_unknown_lpm(heat_w[loop], FACILITY_COOLANT, float(supply[loop]), rise)
        elif np.isnan(flow[loop]):
            unknown.append((loop, "the brief gives no facility water supply and rise"))
    fluids = tuple(FACILITY_COOLANT if facility else coolant for facility in is_facility.tolist())
    warmed = np.array([warm(heat_w[k], flow[k], fluids[k], supply[k]) for k in range(n)], np.float64)
    facility_c = np.full(n, np.nan)
    cdu = is_kind(snap, "cdu")[units.device] & ~units.to_air
    widest = np.full(n, -np.inf)
    np.maximum.at(widest, units.loop[cdu], units.approach_k[cdu])
    fed = np.isfinite(widest)
    facility_c[fed] = supply[fed] - widest[fed]
    return Conditions(fluids, flow, supply, warmed, facility_c, tuple(unknown))


def _facility_flow(snap: Snapshot, plumbing: Plumbing) -> Floats:
    """Rated facility flow of the CDUs, room units and doors on each loop [L/min]; NaN unless all tell."""
    column = snap.specs.column("facility_flow_lpm")
    value = np.where(column.known, column.value, np.nan)[snap.device_spec]
    servant = is_kind(snap, "air-handler", "rear-door")
    primary = np.where(plumbing.device_primary >= 0, value, 0.0)
    return _on_loops(plumbing.device_primary, primary, plumbing.n_loops) + _on_loops(
        plumbing.device_loop, np.where(servant, value, 0.0), plumbing.n_loops
    )


def volumes_of(snap: Snapshot, plumbing: Plumbing) -> Floats:
    """Return the coolant in the devices of each loop [L]; NaN unless all of them tell."""
    column = snap.specs.column("coolant_volume_l")
    value = np.where(column.known, column.value, np.nan)[snap.device_spec]
    return _on_loops(plumbing.device_loop, value, plumbing.n_loops)


def pumps_of(snap: Snapshot, plumbing: Plumbing) -> Ints:
    """Return pumps that are devices of their own: of kind other, with a head or a flow they give."""
    head, flow = snap.specs.column("head_kpa").known, snap.specs.column("cooling_flow_lpm").known
    gives = (head | flow)[snap.device_spec] & is_kind(snap, "other") & (plumbing.device_loop >= 0)
    return np.flatnonzero(gives).astype(np.int32)


def conduits_of(snap: Snapshot, plumbing: Plumbing) -> NDArray[np.intp]:
    """Return devices coolant passes through on its way to others."""
    return np.flatnonzero(is_kind(snap, *CONDUITS) & (plumbing.device_loop >= 0))

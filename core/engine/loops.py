"""Coolant loops and the air of the rooms: heat, flow, capacity and spare, and who is left without.

A *technology* loop is fed by CDUs, a *facility* loop by heat rejection (or it is the primary side of CDUs
whose heat rejection others draw); an *unfed* loop has hoses but neither.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.engine.air import Air, doors_w, spare_of
from core.engine.columns import Flags, Floats, Ints, sum_by
from core.engine.coolant_flow import Flows
from core.engine.cooling import Cooling, cooling
from core.engine.cooling_loss import LossNetwork
from core.engine.loop_units import (
    FACILITY,
    TECHNOLOGY,
    UNFED,
    conditions_of,
    conduits_of,
    heats_of,
    is_kind,
    kinds_of,
    pumps_of,
    units_of,
    volumes_of,
)
from core.engine.plumbing import Plumbing, plumbing_of
from core.engine.power import Power, power
from core.engine.rooms import Rooms, rooms
from core.engine.snapshot import Snapshot
from core.engine.stage import stage

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["FACILITY", "TECHNOLOGY", "UNFED", "Loops", "loops"]


@dataclass(frozen=True)
class Loops:
    """Coolant loops and rooms at maximum sustained power.

    Attributes
    ----------
    plumbing : Plumbing
        Which devices and links make up which loop.
    air : Air
        The rooms.
    flows : Flows
        What each device needs.
    loop_kind : tuple of str
        `technology`, `facility` or `unfed`, for each loop.
    loop_coolant : tuple of str
    loop_heat_w, loop_flow_lpm : ndarray, shape (n_loops,)
        Heat carried and flow needed; the flow is NaN where not known.
    loop_supply_c, loop_return_c, loop_rise_k : ndarray, shape (n_loops,)
        NaN where not known.
    loop_units : ndarray of int32, shape (n_loops,)
        CDUs or heat rejection that feed it.
    loop_capacity_w, loop_largest_w, loop_given_lpm : ndarray, shape (n_loops,)
        Of these together, each at its approach, of the largest, and the flow they give; NaN where one of them
        does not tell.
    loop_spare : ndarray of int32, shape (n_loops,)
        Units that may stop while the others carry the heat (x of N + x); -1 if not known.
    loop_facility_c : ndarray, shape (n_loops,)
        Facility water a technology loop needs: its supply less the largest approach of its CDUs [degC].
    loop_volume_l : ndarray, shape (n_loops,)
        Coolant in its devices [L], hoses not counted; NaN unless all of them tell.
    unit_device, unit_loop : ndarray of int32, shape (n_units,)
        CDUs and heat rejection that are joined to a loop, and the loop they feed.
    unit_heat_w, unit_capacity_w, unit_approach_k : ndarray, shape (n_units,)
    unit_to_air : ndarray of bool, shape (n_units,)
        CDUs without a primary side: their heat goes to the air of the room.
    pump_device, pump_loop : ndarray of int32, shape (n_pumps,)
        Pumps that are devices of their own.
    pump_lpm : ndarray, shape (n_pumps,)
        Flow each gives; infinite where not known.
    room_unit : ndarray of int32, shape (n_room_units,)
        Air handlers and fan walls.
    room_unit_w : ndarray, shape (n_room_units,)
    conduit : ndarray of int64, shape (n_conduits,)
        Manifolds and the like, which coolant passes through to others.
    unknown : tuple of (int, str)
        Loop (-1: all) and why something of it is not known.
    device_air_w, device_liquid_w : ndarray, shape (n_devices,)
    """

    plumbing: Plumbing
    air: Air
    flows: Flows
    loop_kind: tuple[str, ...]
    loop_coolant: tuple[str, ...]
    loop_heat_w: Floats
    loop_flow_lpm: Floats
    loop_supply_c: Floats
    loop_return_c: Floats
    loop_rise_k: Floats
    loop_units: Ints
    loop_capacity_w: Floats
    loop_largest_w: Floats
    loop_given_lpm: Floats
    loop_spare: Ints
    loop_facility_c: Floats
    loop_volume_l: Floats
    unit_device: Ints
    unit_loop: Ints
    unit_heat_w: Floats
    unit_capacity_w: Floats
    unit_approach_k: Floats
    unit_to_air: Flags
    pump_device: Ints
    pump_loop: Ints
    pump_lpm: Floats
    room_unit: Ints
    room_unit_w: Floats
    conduit: NDArray[np.intp]
    unknown: tuple[tuple[int, str], ...]
    device_air_w: Floats
    device_liquid_w: Floats

    @property
    def n_loops(self) -> int:
        return len(self.loop_kind)

    @property
    def device_loop(self) -> Ints:
        """Loop of the main side of each device, -1 for none."""
        return self.plumbing.device_loop

    @property
    def device_primary(self) -> Ints:
        """Loop of the primary side of each CDU, -1 for none."""
        return self.plumbing.device_primary

    def members(self, loop: int) -> NDArray[np.intp]:
        """Return the devices whose main side is on a loop."""
        return np.flatnonzero(self.device_loop == loop)

    def uncooled(self, dead: csr_array) -> csr_array:
        """Return who loses the coolant or the air it needs when devices are dead.

        Parameters
        ----------
        dead : csr_array of bool, shape (n_cases, n_devices)

        Returns
        -------
        csr_array of bool, shape (n_cases, n_devices)
            Living devices that give heat to liquid on a loop, or to the air of a room, whose cooling that
            is left is too small for the living, or that are cut off from it.

        Notes
        -----
        A loop or room that loses no unit, pump or conduit loses nobody; one that is too small as drawn loses
        nobody more until its last unit stops.
        Where a capacity is not known one living unit is taken to be enough. CDUs, room units and doors whose
        facility loop fails stop with it. Load moves within a loop, not between loops.
        """
        return self._network.uncooled(dead)

    @cached_property
    def _network(self) -> LossNetwork:
        return LossNetwork(self)


@stage(reads=("devices", "cables", "racks", "brief"), needs=(power, cooling, rooms))
def loops(snap: Snapshot, drawn: Power, cooled: Cooling, placed: Rooms) -> Loops:
    """Find the loops and follow the heat from the cold plates to the CDUs, the rooms and the facility water.

    Notes
    -----
    CDUs of a loop share its heat in proportion to their ratings (equally where one is not known) and pass
    it to their primary loop, or to the air of the room if they have no primary ports. Rear doors take the
    air heat of their rack up to their rating, room units that of their room. Technology loops run at the
    supply of the brief; facility loops at `facility_supply_c`, not known unless the brief says so.
    """
    plumbing = plumbing_of(snap)
    flows = cooled.flows
    units = units_of(snap, plumbing)
    kinds = kinds_of(snap, plumbing, units)
    heats = heats_of(snap, plumbing, units, cooled, placed, doors_w(snap, cooled))
    heat, n = heats.loop_w, plumbing.n_loops
    at = conditions_of(snap, plumbing, units, kinds, heat, flows)
    count = np.bincount(units.loop, minlength=n).astype(np.int32)
    capacity = np.where(count > 0, sum_by(units.loop, units.capacity_w, n), np.nan)
    largest = np.zeros(n)
    np.fmax.at(largest, units.loop, units.capacity_w)
    pumps = pumps_of(snap, plumbing)
    pump_lpm = snap.specs.column("cooling_flow_lpm")
    room_unit = np.flatnonzero(is_kind(snap, "air-handler")).astype(np.int32)
    return Loops(
        plumbing=plumbing,
        air=heats.air,
        flows=flows,
        loop_kind=kinds,
        loop_coolant=at.coolant,
        loop_heat_w=heat,
        loop_flow_lpm=at.flow_lpm,
        loop_supply_c=at.supply_c,
        loop_return_c=at.supply_c + at.rise_k,
        loop_rise_k=at.rise_k,
        loop_units=count,
        loop_capacity_w=capacity,
        loop_largest_w=largest,
        loop_given_lpm=np.where(count > 0, sum_by(units.loop, units.given_lpm, n), np.nan),
        loop_spare=spare_of(heat, capacity, largest, count),
        loop_facility_c=at.facility_c,
        loop_volume_l=volumes_of(snap, plumbing),
        unit_device=units.device,
        unit_loop=units.loop,
        unit_heat_w=heats.unit_w,
        unit_capacity_w=units.capacity_w,
        unit_approach_k=units.approach_k,
        unit_to_air=units.to_air,
        pump_device=pumps,
        pump_loop=plumbing.device_loop[pumps],
        pump_lpm=np.where(pump_lpm.known, pump_lpm.value, np.inf)[snap.device_spec[pumps]],
        room_unit=room_unit,
        room_unit_w=snap.specs.column("cooling_w").value[snap.device_spec[room_unit]],
        conduit=conduits_of(snap, plumbing),
        unknown=(*units.unknown, *((-1, why) for why in flows.unknown), *at.unknown),
        device_air_w=cooled.device_air_w,
        device_liquid_w=cooled.device_liquid_w,
    )

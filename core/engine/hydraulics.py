"""Flow in every coolant link, and what the loops have of head, velocity, volume and time."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.engine.cabling import Cabling, cabling
from core.engine.columns import Flags, Floats, sum_by
from core.engine.coolant_flow import OF_RACK
from core.engine.coolants import Properties, properties
from core.engine.flow_paths import Paths, flow_paths
from core.engine.loops import FACILITY, Loops, loops
from core.engine.pipe_flow import drop_kpa, velocity_m_s
from core.engine.snapshot import Snapshot
from core.engine.stage import stage
from core.errors import EngineError


@dataclass(frozen=True)
class Hydraulics:
    """Flow along the coolant links, at maximum sustained power.

    Attributes
    ----------
    cables : ndarray of int64, shape (n_coolant_cables,)
        Rows of the cables.
    flow_lpm, velocity_m_s, drop_kpa, length_m : ndarray, shape (n_coolant_cables,)
        NaN where not known. The velocity is that in the narrowest bore known: of the hose or its couplings.
    loop_velocity_m_s : ndarray, shape (n_loops,)
        The highest in a loop; NaN if none is known.
    loop_drop_kpa : ndarray, shape (n_loops,)
        Pressure drop of the worst way from the units to a device and back, as far as it is known; NaN if
        nothing of it is.
    loop_drop_known : ndarray of bool, shape (n_loops,)
        Whether every segment of every way tells its drop.
    loop_head_kpa, loop_head_left_kpa : ndarray, shape (n_loops,)
        What the weakest unit gives outside itself, at the flow it is rated for, and that less the drop. The
        head is NaN where it is not known, or the loop needs more flow than the units are rated for.
    loop_volume_l : ndarray, shape (n_loops,)
        Coolant in devices and hoses, as far as it is known [L].
    loop_volume_known : ndarray of bool, shape (n_loops,)
    loop_hold_s : ndarray, shape (n_loops,)
        See `hydraulics`; NaN where no volume or no limit is known.
    """

    cables: NDArray[np.intp]
    flow_lpm: Floats
    velocity_m_s: Floats
    drop_kpa: Floats
    length_m: Floats
    loop_velocity_m_s: Floats
    loop_drop_kpa: Floats
    loop_drop_known: Flags
    loop_head_kpa: Floats
    loop_head_left_kpa: Floats
    loop_volume_l: Floats
    loop_volume_known: Flags
    loop_hold_s: Floats


@stage(reads=("devices", "cables", "orders", "brief"), needs=(loops, flow_paths, cabling))
def hydraulics(snap: Snapshot, found: Loops, paths: Paths, laid: Cabling) -> Hydraulics:
    """Let the flows run from the devices to the units that feed them.

    Notes
    -----
    A device's flow goes the shortest way (in links) towards the nearest unit; equally short links share it
    equally. Loops whose units others draw have no flow in their links. Hoses: Darcy-Weisbach over the ordered
    length; devices: the vendor's drop at their flow. What has none counts as nothing and clears
    `loop_drop_known`.

    Time to the limit: the units stop taking heat off but the coolant goes on turning over. Then
    t = rho c V (T_limit - T_supply) / P with the coolant known of the loop at its mean temperature, the
    heat P of the loop, and as limit the lowest coolant supply that one of its devices allows. Metal is not
    counted and unknown volumes are nothing, so it is a least time. If the flow itself stops, cold plates
    overheat within seconds.
    """
    plumbing, n = found.plumbing, found.n_loops
    fluids = _fluids(found)
    hoses = _Hoses(snap, found, laid, paths.cable_lpm, fluids)
    loop = hoses.loop
    fastest = np.full(n, -np.inf)
    known = ~np.isnan(hoses.velocity)
    np.maximum.at(fastest, loop[known], hoses.velocity[known])
    node_drop, node_known = _node_drops(snap, found, paths)
    drop, complete = paths.worst(hoses.drop, node_drop, node_known, n)
    head = _heads(snap, found)
    litres, all_known = _volumes(snap, found, hoses)
    return Hydraulics(
        cables=plumbing.cables,
        flow_lpm=paths.cable_lpm,
        velocity_m_s=hoses.velocity,
        drop_kpa=hoses.drop,
        length_m=hoses.length,
        loop_velocity_m_s=np.where(np.isfinite(fastest), fastest, np.nan),
        loop_drop_kpa=drop,
        loop_drop_known=complete,
        loop_head_kpa=head,
        loop_head_left_kpa=head - drop,
        loop_volume_l=litres,
        loop_volume_known=all_known,
        loop_hold_s=_hold_s(snap, found, litres, fluids),
    )


class _Hoses:
    """Bore, length, velocity and drop of each coolant cable."""

    def __init__(
        self,
        snap: Snapshot,
        found: Loops,
        laid: Cabling,
        flow: Floats,
        fluids: list[Properties | None],
    ) -> None:
        plumbing, rows = found.plumbing, found.plumbing.cables
        self.length = laid.cable_ordered_m[rows]
        bores = np.array([np.nan if (b := o.cable.bore_mm) is None else b for o in laid.options] + [np.nan])
        self.bore = bores[laid.cable_option[rows]]
        node = plumbing.giver
        n = plumbing.n_devices
        self.loop = np.where(
            node < n, found.device_loop[node % max(n, 1)], found.device_primary[node % max(n, 1)]
        )
        narrow = np.fmin(self.bore, _port_bores(snap, rows))
        with np.errstate(divide="ignore", invalid="ignore"):
            self.velocity = velocity_m_s(flow, narrow)
        self.drop = np.full(len(rows), np.nan)
        made: dict[tuple[float, float, float, int], float] = {}
        for k in np.flatnonzero(~np.isnan(self.bore * self.length * flow)).tolist():
            liquid = fluids[int(self.loop[k])]
            if liquid is not None:
                key = (float(flow[k]), float(self.bore[k]), float(self.length[k]), id(liquid))
                if key not in made:
                    made[key] = drop_kpa(*key[:3], liquid)
                self.drop[k] = made[key]

    @property
    def litres(self) -> Floats:
        """Coolant in each cable; NaN where not known."""
        return np.pi / 4 * (self.bore / 100) ** 2 * self.length * 10


def _fluids(found: Loops) -> list[Properties | None]:
    """Return each loop's coolant at its mean temperature, one object for those alike; None if not known."""
    made: dict[tuple[str, float], Properties | None] = {}
    fluids = []
    for coolant, supply, rise in zip(
        found.loop_coolant, found.loop_supply_c.tolist(), found.loop_rise_k.tolist(), strict=True
    ):
        mean = supply if math.isnan(rise) else supply + rise / 2
        if (coolant, mean) not in made and not math.isnan(mean):
            try:
                made[coolant, mean] = properties(coolant, mean)
            except EngineError:
                made[coolant, mean] = None
        fluids.append(made.get((coolant, mean)))
    return fluids


def _port_bores(snap: Snapshot, rows: NDArray[np.intp]) -> Floats:
    """Return the narrower coupling of each cable."""
    ports = snap.specs.ports
    bores = np.array([np.nan if g.bore_mm is None else g.bore_mm for g in ports.groups])
    at_a = ports.base[snap.device_spec[snap.cable_a[rows]]] + snap.cable_port_a[rows]
    at_b = ports.base[snap.device_spec[snap.cable_b[rows]]] + snap.cable_port_b[rows]
    narrow: Floats = np.fmin(bores[at_a], bores[at_b]) if len(bores) else np.zeros(0)
    return narrow


def _node_drops(snap: Snapshot, found: Loops, paths: Paths) -> tuple[Floats, Flags]:
    """Return the pressure drop in each node, and whether it is known.

    A rack-scale manifold's drop is that of its whole rack: its trays have none of their own. A conduit's
    drop is taken up to the flow it is stated for.
    """
    plumbing, n = found.plumbing, found.plumbing.n_devices
    drop = np.zeros(2 * n + plumbing.n_racks)
    known = np.ones(len(drop), bool)
    flows = found.flows
    wet = (found.device_loop >= 0) & (found.device_liquid_w > 0) & (flows.device_basis != OF_RACK)
    drop[:n] = np.where(wet, flows.device_drop_kpa, 0.0)
    conduits = found.conduit
    stated = np.where(
        [bool(s.type.coolant_flows) for s in snap.specs.specs],
        np.inf,
        snap.specs.column("coolant_flow_lpm").value,
    )[snap.device_spec[conduits]]
    fits = paths.node_lpm[conduits] <= stated + 1e-6
    drop[conduits] = np.where(fits, flows.device_drop_kpa[conduits], np.nan)
    primary = np.flatnonzero(found.device_primary >= 0)
    drop[n + primary] = np.nan
    known = ~np.isnan(drop)
    return np.nan_to_num(drop), known


def _heads(snap: Snapshot, found: Loops) -> Floats:
    """Return the head of the weakest unit of each loop, where the flow is within what they give."""
    column = snap.specs.column("head_kpa")
    head = np.where(column.known, column.value, np.inf)
    heads = np.full(found.n_loops, np.inf)
    np.minimum.at(heads, found.unit_loop, head[snap.device_spec[found.unit_device]])
    np.minimum.at(heads, found.pump_loop, head[snap.device_spec[found.pump_device]])
    told = np.zeros(found.n_loops, bool)
    for device, loop in ((found.unit_device, found.unit_loop), (found.pump_device, found.pump_loop)):
        told[loop[column.known[snap.device_spec[device]]]] = True
    within = ~(found.loop_flow_lpm > found.loop_given_lpm + 1e-6)
    result: Floats = np.where(told & within & np.isfinite(heads), heads, np.nan)
    return result


def _volumes(snap: Snapshot, found: Loops, hoses: _Hoses) -> tuple[Floats, Flags]:
    """Return the coolant known of each loop [L], and whether that is all."""
    n, column = found.n_loops, snap.specs.column("coolant_volume_l")
    on = np.flatnonzero(found.device_loop >= 0)
    spec, loop = snap.device_spec[on], found.device_loop[on]
    litres = sum_by(loop, column.value[spec], n) + sum_by(hoses.loop, np.nan_to_num(hoses.litres), n)
    unknown = sum_by(loop, ~column.known[spec], n) + sum_by(hoses.loop, np.isnan(hoses.litres), n)
    return litres, unknown == 0


def _hold_s(snap: Snapshot, found: Loops, litres: Floats, fluids: list[Properties | None]) -> Floats:
    """Return the least time from the loss of heat removal to the limit of a device [s]."""
    column = snap.specs.column("coolant_supply_max_c")
    wet = np.flatnonzero((found.device_loop >= 0) & (found.device_liquid_w > 0))
    limit = np.full(found.n_loops, np.inf)
    most = np.where(column.known, column.value, np.inf)[snap.device_spec[wet]]
    np.minimum.at(limit, found.device_loop[wet], most)
    held = np.full(found.n_loops, np.nan)
    for k, fluid in enumerate(fluids):
        margin = limit[k] - found.loop_supply_c[k]
        if fluid is None or not np.isfinite(margin) or litres[k] <= 0 or found.loop_heat_w[k] <= 0:
            continue
        if found.loop_kind[k] != FACILITY:
            stored = fluid.heat_capacity_kj_l_k * litres[k] * 1000
            held[k] = max(margin, 0.0) * stored / found.loop_heat_w[k]
    return held

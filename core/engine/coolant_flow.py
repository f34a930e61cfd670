"""The coolant flow that devices need: a vendor's table, else the type's flow, else heat over the rise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.engine.columns import Floats, Ints
from core.engine.snapshot import Snapshot
from core.model.types import DeviceType, FlowPoint

TABLE, STATED, BY_HEAT, OF_RACK = 0, 1, 2, 3
BASES = ("the vendor's table", "the type's flow", "heat over the rise of the brief", "the table of its rack")


@dataclass(frozen=True)
class Flows:
    """Coolant flow of each device.

    Attributes
    ----------
    device_lpm : ndarray, shape (n_devices,)
        Flow it needs [L/min]; NaN where it gives heat to liquid and nothing tells its flow, 0 without heat.
    device_drop_kpa : ndarray, shape (n_devices,)
        Pressure drop at that flow [kPa]; NaN where not known.
    device_basis : ndarray of int32, shape (n_devices,)
        Index into `BASES`; -1 without heat.
    unknown : tuple of str
        Why flows are not known, each reason once.
    """

    device_lpm: Floats
    device_drop_kpa: Floats
    device_basis: Ints
    unknown: tuple[str, ...]


def flow_at(rows: tuple[FlowPoint, ...], supply_c: float) -> tuple[float, float]:
    """Return flow [L/min] and pressure drop [kPa] of a vendor's table at a supply temperature.

    Both are NaN outside the table: it is interpolated, never extrapolated. The drop is NaN as well where
    a row beside the temperature does not give it.

    Examples
    --------
    >>> rows = (FlowPoint(supply_c=25, flow_lpm=59), FlowPoint(supply_c=30, flow_lpm=71))
    >>> flow_at(rows, 27.5)[0], flow_at(rows, 24.0)[0]
    (65.0, nan)
    """
    at = sorted(rows, key=lambda row: row.supply_c)
    if not at or not at[0].supply_c - 1e-9 <= supply_c <= at[-1].supply_c + 1e-9:
        return (np.nan, np.nan)
    warm = [row.supply_c for row in at]
    drops = [np.nan if row.drop_kpa is None else row.drop_kpa for row in at]
    flow = float(np.interp(supply_c, warm, [row.flow_lpm for row in at]))
    return (flow, float(np.interp(supply_c, warm, drops)))


def flows_of(snap: Snapshot, liquid_w: Floats, lpm_for_each_w: float, supply_c: float) -> Flows:
    """Return what each device needs.

    Parameters
    ----------
    snap : Snapshot
    liquid_w : ndarray, shape (n_devices,)
        Heat each device gives to liquid [W].
    lpm_for_each_w : float
        Flow by the brief's coolant and rise [L/min for each W]; NaN if the coolant is not known.
    supply_c : float

    Notes
    -----
    A manifold with a table or a flow of its own stands for all that is in its rack: vendors of rack-scale
    systems give one flow for the rack. It is shared in proportion to the heat of its devices.
    """
    n = len(snap.specs)
    own, drop = np.full(n, np.nan), np.full(n, np.nan)
    basis = np.full(n, BY_HEAT, np.int32)
    rack_scale = np.zeros(n, bool)
    unknown = []
    for number in np.unique(snap.device_spec).tolist():
        spec = snap.specs.specs[number].type
        own[number], drop[number], basis[number] = _of_type(spec, supply_c)
        rack_scale[number] = spec.kind == "manifold" and basis[number] != BY_HEAT
        if basis[number] == TABLE and np.isnan(own[number]):
            low, high = (pick(row.supply_c for row in spec.coolant_flows) for pick in (min, max))
            unknown.append(
                f"the flow table of {spec.name} is for {low:g} to {high:g} degC supply, not {supply_c:g} degC"
            )
    by_heat = liquid_w * lpm_for_each_w
    device_basis = np.where(liquid_w > 0, basis[snap.device_spec], -1).astype(np.int32)
    lpm = np.where(device_basis == BY_HEAT, by_heat, np.where(device_basis >= 0, own[snap.device_spec], 0.0))
    if np.isnan(by_heat).any() and (device_basis == BY_HEAT).any():
        unknown.append("nothing is known of the coolant at its temperature")
    _share_racks(snap, liquid_w, np.flatnonzero(rack_scale[snap.device_spec]), own, lpm, device_basis)
    return Flows(lpm, drop[snap.device_spec], device_basis, tuple(unknown))


def _of_type(spec: DeviceType, supply_c: float) -> tuple[float, float, int]:
    if spec.kind == "cdu":
        return (np.nan, np.nan, BY_HEAT)
    if spec.coolant_flows:
        return (*flow_at(spec.coolant_flows, supply_c), TABLE)
    drop = np.nan if spec.coolant_drop_kpa is None else spec.coolant_drop_kpa
    if spec.coolant_flow_lpm is not None:
        return (spec.coolant_flow_lpm, drop, STATED)
    return (np.nan, np.nan, BY_HEAT)


def _share_racks(
    snap: Snapshot,
    liquid_w: Floats,
    manifolds: np.ndarray[tuple[int, ...], np.dtype[np.intp]],
    own: Floats,
    lpm: Floats,
    basis: Ints,
) -> None:
    """Give the devices of a rack their share of its manifold's flow."""
    racks = snap.device_rack[manifolds]
    manifolds, racks = manifolds[racks >= 0], racks[racks >= 0]
    if not len(manifolds):
        return
    flow = np.full(snap.n_racks, np.nan)
    flow[racks] = own[snap.device_spec[manifolds]]
    scaled = np.zeros(snap.n_racks + 1, bool)
    scaled[racks] = True
    inside = np.flatnonzero((basis >= 0) & scaled[snap.device_rack])
    rack = snap.device_rack[inside]
    heat = np.bincount(rack, weights=liquid_w[inside], minlength=snap.n_racks)
    lpm[inside] = flow[rack] * liquid_w[inside] / np.maximum(heat[rack], 1e-9)
    basis[inside] = OF_RACK

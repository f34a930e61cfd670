"""Heat to air and to liquid, and the flows that carry it off."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from core.engine.columns import Floats, sum_by
from core.engine.coolant_flow import BY_HEAT, Flows, flows_of
from core.engine.coolants import airflow_m3h, flow_or_unknown_lpm, rise_or_unknown_k
from core.engine.evidence import Grounds, grounds
from core.engine.power import Power, power
from core.engine.snapshot import Snapshot
from core.engine.specs import EVIDENCE
from core.engine.stage import stage


@dataclass(frozen=True)
class Cooling:
    """Where the heat goes at maximum sustained power.

    Air heat plus liquid heat is the power in, losses included, in the same load case.

    Attributes
    ----------
    device_air_w, device_liquid_w : ndarray, shape (n_devices,)
    device_airflow_m3h : ndarray, shape (n_devices,)
        What each device blows through itself.
    rack_air_w, rack_liquid_w, rack_airflow_m3h, rack_flow_lpm : ndarray, shape (n_racks,)
    air_w, liquid_w : float
        Whole design, floor-standing devices included [W].
    airflow_m3h, flow_lpm : float
        Flow is NaN if nothing is known of the coolant, or a vendor's table ends before its supply.
    flows : Flows
        What each device needs, and where that comes from.
    coolant : str
    supply_c, rise_k, air_supply_c, air_rise_k : float
        The conditions the flows hold for; always printed with them. The rise of the coolant is the mean of
        the whole design: that of the brief, unless types give flows of their own.
    cdu_w : float
        Rated heat removal of the CDUs in the design [W], each at its own approach.
    cdu_largest_w : float
        The largest of them: what is lost when one stops.
    """

    device_air_w: Floats
    device_liquid_w: Floats
    device_airflow_m3h: Floats
    rack_air_w: Floats
    rack_liquid_w: Floats
    rack_airflow_m3h: Floats
    rack_flow_lpm: Floats
    air_w: float
    liquid_w: float
    airflow_m3h: float
    flow_lpm: float
    flows: Flows
    coolant: str
    supply_c: float
    rise_k: float
    air_supply_c: float
    air_rise_k: float
    cdu_w: float
    cdu_largest_w: float
    air_grounds: Grounds
    liquid_grounds: Grounds


@stage(reads=("devices", "racks", "brief"), needs=(power,))
def cooling(snap: Snapshot, drawn: Power) -> Cooling:
    """Split the heat of each device by its liquid fraction and turn it into flows.

    Notes
    -----
    All of a device's own draw and losses become heat in it; that of chillers, dry coolers and towers goes
    outdoors with what they reject and is neither air nor liquid here.
    Where a type gives no liquid fraction all heat goes to air. A device with an airflow or an air rise of
    its own is taken at that; others at the rise of the brief. Liquid is taken at the brief's coolant and
    supply temperature; a device with a vendor's flow table or a flow of its own is taken at that, others at
    the rise of the brief.
    """
    brief, specs = snap.brief, snap.specs
    fraction = specs.column("liquid_fraction")
    heat = drawn.normal.device_heat_w
    liquid = heat * fraction.value[snap.device_spec]
    outside = np.array([s.type.kind == "heat-rejection" for s in specs.specs])[snap.device_spec]
    air = np.where(outside, 0.0, heat - liquid)
    coolant, supply = brief.text("coolant"), brief.value("liquid_supply_c")
    rise, air_rise = brief.value("liquid_rise_k"), brief.value("air_rise_k")
    altitude = brief.value("altitude_m")
    own_rise = specs.column("air_rise_k")
    device_rise = np.where(own_rise.known & (own_rise.value > 0), own_rise.value, air_rise)[snap.device_spec]
    stated = specs.column("airflow_m3h")
    by_heat = air * airflow_m3h(1.0, 1.0, altitude) / device_rise
    flow = np.where(stated.known[snap.device_spec], stated.value[snap.device_spec], by_heat)
    each = flow_or_unknown_lpm(1.0, coolant, supply, rise)
    flows = flows_of(snap, liquid, each, supply)
    lpm = flows.device_lpm
    cdus = specs.column("cooling_w").value * np.array([s.type.kind == "cdu" for s in specs.specs])
    cdu_w = cdus[snap.device_spec]
    racked, n = snap.device_rack >= 0, snap.n_racks
    rack = snap.device_rack[racked]
    return Cooling(
        device_air_w=air,
        device_liquid_w=liquid,
        device_airflow_m3h=flow,
        rack_air_w=sum_by(rack, air[racked], n),
        rack_liquid_w=sum_by(rack, liquid[racked], n),
        rack_airflow_m3h=sum_by(rack, flow[racked], n),
        rack_flow_lpm=sum_by(rack, lpm[racked], n),
        air_w=float(air.sum()),
        liquid_w=float(liquid.sum()),
        airflow_m3h=float(flow.sum()),
        flow_lpm=np.nan if np.isnan(each) else float(lpm.sum()),
        flows=flows,
        coolant=coolant,
        supply_c=supply,
        rise_k=_mean_rise(liquid, flows, coolant, supply, rise),
        air_supply_c=brief.value("air_supply_c"),
        air_rise_k=air_rise,
        cdu_w=float(cdu_w.sum()),
        cdu_largest_w=float(cdu_w.max(initial=0.0)),
        air_grounds=_grounds(snap, air, drawn.max_grounds),
        liquid_grounds=_grounds(snap, liquid, drawn.max_grounds),
    )


def _mean_rise(liquid_w: Floats, flows: Flows, coolant: str, supply_c: float, asked_k: float) -> float:
    """Return the mean rise of the whole design; that of the brief where all flows are made from it."""
    if not np.isin(flows.device_basis, (-1, BY_HEAT)).all():
        mean = rise_or_unknown_k(float(liquid_w.sum()), float(flows.device_lpm.sum()), coolant, supply_c)
        return asked_k if np.isnan(mean) else mean
    return asked_k


def _grounds(snap: Snapshot, device_w: Floats, power_grounds: Grounds) -> Grounds:
    """A share of heat is no better known than the split and the power it is a share of."""
    specs = snap.specs
    fraction, maximum = specs.column("liquid_fraction"), specs.column("power_max_w", with_modules=True)
    assumed = EVIDENCE.index("assumed")
    split = np.where(fraction.known, fraction.evidence, assumed)
    drawn = np.where(maximum.known, maximum.evidence, assumed)
    weakest = np.maximum(split, drawn).astype(np.int8)
    by_spec = sum_by(snap.device_spec, device_w, len(specs))
    used = np.flatnonzero(by_spec > 0)
    names = [f"{specs.specs[i].type.name}: heat" for i in used]
    return replace(grounds(by_spec[used], weakest[used], names), unknown=power_grounds.unknown)

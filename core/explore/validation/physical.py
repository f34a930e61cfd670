"""Cases of power, heat, coolant and racks, computed by the engine from the inputs of the case alone."""

from __future__ import annotations

from math import ceil
from typing import Any

from core.engine.busbar_current import dc_current_a
from core.engine.coolant_flow import flow_at
from core.engine.coolants import airflow_m3h, pressure_ratio, properties, rise_or_unknown_k
from core.engine.phases import LEGS, conductor_currents
from core.explore.validation import facility
from core.explore.validation.cases import Case, WrongInputError
from core.explore.validation.small_designs import busbar_rack, corded_device, rack_of_nodes
from core.model.types import FlowPoint
from core.units import US

FOOT_M = 0.3048


def racks_of_nodes(case: Case) -> dict[str, Any]:
    """Power of a rack of nodes, evaluated; racks and power of a unit of so many nodes."""
    per_rack, node_kw = case.integer("nodes_per_rack"), case.number("node_kw")
    rack_kw = float(rack_of_nodes(per_rack, node_kw * 1000).power.rack_max_w[0]) / 1000
    found: dict[str, Any] = {
        "rack_kw": rack_kw,
        "rack_kw_greater_than": rack_kw,
        "ra_rack_kw_greater_than": rack_kw,
    }
    if "nodes" in case:
        nodes = case.integer("nodes")
        found |= {"su_kw": nodes * rack_kw / per_rack, "racks_per_su": ceil(nodes / per_rack)}
    return found


def three_phase(case: Case) -> dict[str, Any]:
    """Current of a load on three phases, or on one leg of them, and what so many amperes carry."""
    volts, factor = case.number("voltage_v"), case.number("power_factor", 1.0)
    leg = case.text("leg") if "leg" in case else LEGS[6]
    if leg not in LEGS:
        raise WrongInputError(f"there is no leg '{leg[:40]}'")
    if "power_kw" in case:
        return {
            "current_a": float(conductor_currents({leg: case.number("power_kw") * 1000}, volts, factor).max())
        }
    each = float(conductor_currents({leg: 1000.0}, volts, factor).max())
    return {"power_kw": case.number("current_a") / each}


def banks(case: Case) -> dict[str, Any]:
    """Currents of the lines, and power, of banks of so many amperes between phases."""
    volts, amps = case.number("voltage_v"), case["bank_a"]
    if not isinstance(amps, dict) or not all(leg in LEGS[3:6] for leg in amps):
        raise WrongInputError("bank_a is no mapping of L1-L2, L2-L3, L3-L1 to amperes")
    watts = {leg: float(value) * volts for leg, value in amps.items()}
    lines = conductor_currents(watts, volts)[:3]
    return {
        "line_a": sorted(float(a) for a in lines),
        "most_a": float(lines.max()),
        "power_w": sum(watts.values()),
    }


def direct_current(case: Case) -> dict[str, Any]:
    """Current of a direct-current load."""
    return {"dc_current_a": dc_current_a(case.number("power_kw") * 1000, case.number("dc_voltage_v"))}


def supplies(case: Case) -> dict[str, Any]:
    """Whether a device with supplies on several sources survives the loss of one, and what it has left."""
    fitted, needed, sources = (case.integer(n) for n in ("supplies_fitted", "supplies_needed", "sources"))
    each = case.number("supply_kw")
    of = corded_device(fitted, needed, sources, case.number("max_kw") * 1000)
    live = min(float(flow.device_live[0]) for flow in of.power.maximum[1:])
    return {"left_kw": live * each, "survives_source_loss": not bool(of.power.device_short.any())}


def shelves(case: Case) -> dict[str, Any]:
    """What the shelves of a busbar rack have left when one of two sides is lost, and what is lacking."""
    number, shelf_kw, rack_kw = case.integer("shelves"), case.number("shelf_kw"), case.number("rack_max_kw")
    of = busbar_rack(number, shelf_kw * 1000, rack_kw * 1000)
    short = float(of.power.busbar_short_w[1:].max()) / 1000
    return {"side_kw": rack_kw - short if short else None, "short_kw": short, "holds_on_one_side": short == 0}


def air(case: Case) -> dict[str, Any]:
    """Airflow that carries heat off."""
    altitude = case.number("altitude_m", case.number("altitude_ft", 0.0) * FOOT_M)
    flow = airflow_m3h(case.number("heat_kw") * 1000, case.number("air_rise_k"), altitude)
    return {
        "airflow_m3h": flow, "airflow_m3_s": flow / 3600, "airflow_cfm": flow * US["m3/h"].factor,
        "cfm_per_kw": flow * US["m3/h"].factor / case.number("heat_kw"),
    }  # fmt: skip


def altitude(case: Case) -> dict[str, Any]:
    """Local pressure over that at sea level, by which airflow is divided."""
    metres = case.number(
        "altitude_m", case.number("altitude_ft", -1.0) * FOOT_M if "altitude_ft" in case else None
    )
    return {"pressure_ratio": pressure_ratio(metres), "airflow_factor": 1 / pressure_ratio(metres)}


def coolant(case: Case) -> dict[str, Any]:
    """Properties of a coolant."""
    found = properties(case.text("coolant"), case.number("celsius"))
    return {
        "density_kg_m3": found.density_kg_m3, "heat_kj_kg_k": found.heat_kj_kg_k,
        "viscosity_mpa_s": found.viscosity_mpa_s, "heat_kj_l_k": found.heat_capacity_kj_l_k,
    }  # fmt: skip


def rise(case: Case) -> dict[str, Any]:
    """Temperature rise of a coolant at so much flow for each kilowatt, or of a rack at its flow."""
    if "l_per_min_per_kw" in case:
        heat_w, flow = 1000.0, case.number("l_per_min_per_kw")
    else:
        heat_w, flow = case.number("heat_kw") * 1000, case.number("flow_l_per_min")
    supply = case.number("supply_c")
    found = rise_or_unknown_k(heat_w, flow, case.text("coolant"), supply)
    return {"rise_k": found, "return_c": supply + found}


def flow_table(case: Case) -> dict[str, Any]:
    """Flow and pressure drop of a vendor's table; none outside of it."""
    rows = case["flow_table"]
    if not isinstance(rows, list) or not all(isinstance(r, list) and len(r) in (2, 3) for r in rows):
        raise WrongInputError("flow_table is no list of supply, flow and, if known, drop")
    points = tuple(
        FlowPoint(supply_c=float(r[0]), flow_lpm=float(r[1]), drop_kpa=float(r[2]) if len(r) == 3 else None)
        for r in rows
    )
    flow, drop = flow_at(points, case.number("supply_c"))
    known = flow == flow
    return {"flow_l_per_min": flow if known else None, "drop_kpa": drop, "within_the_table": known}


def cluster_power(case: Case) -> dict[str, Any]:
    """Power of the servers of a cluster; of its energy and cost nothing, which need its PUE and load."""
    watts = case.number("gpu_w") + case.number("server_overhead_w_per_gpu")
    each = float(rack_of_nodes(1, watts).power.rack_max_w[0])
    return {"server_it_mw": case.integer("gpus") * each / 1e6}


RULES = (
    racks_of_nodes, three_phase, banks, direct_current, supplies, shelves, air, altitude, coolant, rise,
    flow_table, cluster_power, *facility.RULES,
)  # fmt: skip

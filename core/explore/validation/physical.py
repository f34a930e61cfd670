"""Cases of power, heat and racks."""

from __future__ import annotations

from math import ceil
from typing import Any

from core.explore.validation.cases import Case, MissingInputError

HOURS_A_YEAR = 8760


def racks_of_nodes(case: Case) -> dict[str, Any]:
    """Power of a rack as the sum of its nodes' maxima, and of a unit."""
    per_rack, node_kw = case.integer("nodes_per_rack"), case.number("node_kw")
    rack_kw = per_rack * node_kw
    found: dict[str, Any] = {
        "rack_kw": rack_kw,
        "rack_kw_greater_than": rack_kw,
        "ra_rack_kw_greater_than": rack_kw,
    }
    if "nodes" in case:
        nodes = case.integer("nodes")
        found |= {"su_kw": nodes * node_kw, "racks_per_su": ceil(nodes / per_rack)}
    return found


def racks_of_unit(case: Case) -> dict[str, Any]:
    """Racks that the nodes of a unit take."""
    nodes = case.expected.get("nodes_per_su")
    if not isinstance(nodes, int):
        raise MissingInputError("nodes_per_su")
    return {"racks_per_su": ceil(nodes / max(case.integer("nodes_per_rack"), 1))}


def rack_heat(case: Case) -> dict[str, Any]:
    """All power of a rack leaves it as heat, to liquid or to air."""
    case.integer("gpus")
    liquid, air = case.expected.get("liquid_kw"), case.expected.get("air_kw")
    if not isinstance(liquid, int | float) or not isinstance(air, int | float):
        raise MissingInputError("liquid_kw")
    return {"measured_kw": liquid + air}


def coolant_flow(case: Case) -> dict[str, Any]:
    """Flow of a rack by a rule of so much for each kilowatt."""
    rule = case.expected.get("l_per_min_per_kw_typical")
    if not isinstance(rule, int | float):
        raise MissingInputError("l_per_min_per_kw_typical")
    return {"flow_l_per_min": case.number("rack_kw") * rule}


def cluster_power(case: Case) -> dict[str, Any]:
    """Power and yearly energy cost of a cluster; energy, where published, is the base of the mean power."""
    watts = case.number("gpu_w") + case.number("server_overhead_w_per_gpu")
    found: dict[str, Any] = {"server_it_mw": case.integer("gpus") * watts / 1e6}
    energy = case.expected.get("annual_twh")
    if isinstance(energy, int | float):
        found["average_mw"] = energy * 1e6 / HOURS_A_YEAR
        found["annual_cost_musd"] = energy * 1e3 * case.number("usd_per_kwh")
    return found


RULES = (racks_of_nodes, racks_of_unit, rack_heat, coolant_flow, cluster_power)

"""All families of rules; importing this registers them."""

from __future__ import annotations

from core.rules import (
    airflow,
    aisles,
    brief,
    cabling,
    clearance,
    coolant_temperatures,
    cooling,
    cooling_air,
    cooling_loops,
    cords,
    data,
    fabric_proofs,
    fault_levels,
    fibre,
    floor,
    floor_loads,
    leaks,
    mass,
    network,
    node_headroom,
    outages,
    path_in,
    pathways,
    phases,
    power,
    ride_through,
    safety,
    sockets,
    space,
    supplies,
    supply,
    workloads,
)

FAMILIES = (
    airflow, aisles, brief, cabling, clearance, coolant_temperatures, cooling, cooling_air,
    cooling_loops, cords, data, fabric_proofs, fault_levels, fibre, floor, floor_loads, leaks, mass,
    network, node_headroom, outages, path_in, pathways, phases, power, ride_through, safety, sockets, space,
    supplies, supply, workloads,
)  # fmt: skip


def load() -> None:
    """Register the rules of all families; importing the module has done it."""

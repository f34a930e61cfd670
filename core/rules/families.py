"""All families of rules; importing this registers them."""

from __future__ import annotations

from core.rules import (
    airflow,
    aisles,
    brief,
    cabling,
    clearance,
    cooling,
    cooling_air,
    cooling_loops,
    data,
    fabric_proofs,
    floor,
    floor_loads,
    leaks,
    mass,
    network,
    outages,
    path_in,
    pathways,
    power,
    ride_through,
    safety,
    sockets,
    space,
    supplies,
)

FAMILIES = (
    airflow, aisles, floor_loads, path_in, brief, cabling, clearance, cooling, cooling_air,
    cooling_loops, data, fabric_proofs, floor, leaks, mass, network, outages, pathways, power, ride_through,
    safety,
    sockets, space, supplies,
)  # fmt: skip


def load() -> None:
    """Register the rules of all families; importing the module has done it."""

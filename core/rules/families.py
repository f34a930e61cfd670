"""All families of rules; importing this registers them."""

from __future__ import annotations

from core.rules import (
    airflow,
    brief,
    cabling,
    clearance,
    cooling,
    cooling_air,
    cooling_loops,
    data,
    fabric_proofs,
    floor,
    mass,
    network,
    outages,
    power,
    ride_through,
    safety,
    sockets,
    space,
    supplies,
)

FAMILIES = (
    airflow, brief, cabling, clearance, cooling, cooling_air,
    cooling_loops, data, fabric_proofs, floor, mass, network, outages, power, ride_through,
    safety,
    sockets, space, supplies,
)  # fmt: skip


def load() -> None:
    """Register the rules of all families; importing the module has done it."""

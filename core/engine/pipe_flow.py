"""Flow in pipes and hoses: velocity and pressure drop."""

from __future__ import annotations

import math
from typing import TypeVar

from core.engine.columns import Floats
from core.engine.coolants import Properties

T = TypeVar("T", float, Floats)

ROUGHNESS_MM = 0.0015
"""Smooth hose and drawn tube; recalled."""
LAMINAR = 2300.0
"""Reynolds number up to which flow is laminar."""


def velocity_m_s(flow_lpm: T, bore_mm: T) -> T:
    """Return the mean velocity in a bore.

    Examples
    --------
    >>> round(velocity_m_s(130.0, 25.4), 2)
    4.28
    """
    return flow_lpm / 60_000 / (math.pi / 4 * (bore_mm / 1000) ** 2)


def drop_kpa(flow_lpm: float, bore_mm: float, length_m: float, fluid: Properties) -> float:
    """Return the pressure drop of a straight hose or pipe.

    Notes
    -----
    Darcy-Weisbach, f L / D rho v^2 / 2, with f = 64 / Re where laminar (Re up to 2,300) and Swamee-Jain
    above, which holds for Re of 5,000 to 10^8; between the two it is taken as well and somewhat too high.
    Bends, couplings and valves are not in it.

    References
    ----------
    .. [1] P. K. Swamee, A. K. Jain, "Explicit equations for pipe-flow problems", J. Hydraulics Division
       102(5), 1976.

    Examples
    --------
    100 L/min of water at 25 degC in 10 m of 40 mm bore: 1.33 m/s, Re 59,400, f 0.0202, 4.4 kPa.

    >>> from core.engine.coolants import properties
    >>> round(drop_kpa(100.0, 40.0, 10.0, properties("water", 25.0)), 1)
    4.4
    """
    if flow_lpm <= 0:
        return 0.0
    speed, bore = velocity_m_s(flow_lpm, bore_mm), bore_mm / 1000
    reynolds = fluid.density_kg_m3 * speed * bore / (fluid.viscosity_mpa_s / 1000)
    if reynolds <= LAMINAR:
        factor = 64 / reynolds
    else:
        factor = 0.25 / math.log10(ROUGHNESS_MM / bore_mm / 3.7 + 5.74 / reynolds**0.9) ** 2
    return factor * length_m / bore * fluid.density_kg_m3 * speed**2 / 2 / 1000

"""Properties of coolants and air."""

from __future__ import annotations

import numpy as np

from core.errors import EngineError

# Temperature [degC], density [kg/m3], specific heat [kJ/(kg K)].
# PG25: Dow, DOWFROST LC 25 engineering guide 0623, tables 1-2 (density at 50 degC extrapolated from them).
# Water: usual steam-table values at 1 bar.
_TABLES: dict[str, tuple[tuple[float, float, float], ...]] = {
    "PG25": ((25.0, 1030.3, 3.88), (40.0, 1022.5, 3.92), (50.0, 1017.3, 3.94)),
    "water": ((10.0, 999.7, 4.192), (25.0, 997.0, 4.182), (40.0, 992.2, 4.179), (60.0, 983.2, 4.185)),
}
COOLANTS = tuple(_TABLES)

AIR_DENSITY_KG_M3 = 1.2
AIR_HEAT_J_KG_K = 1005.0


def heat_capacity_kj_l_k(coolant: str, mean_c: float) -> float:
    """Return density times specific heat of a coolant.

    Parameters
    ----------
    coolant : str
        A name of `COOLANTS`.
    mean_c : float
        Mean of supply and return [degC]; outside the table its nearest row is taken.

    Returns
    -------
    float
        kJ for each litre and kelvin.

    Raises
    ------
    EngineError
        If nothing is known of the coolant.

    References
    ----------
    .. [1] Dow, "DOWFROST LC engineering guide" 0623, tables 1 and 2.

    Examples
    --------
    >>> round(heat_capacity_kj_l_k("PG25", 40.0), 3)
    4.008
    >>> round(heat_capacity_kj_l_k("water", 40.0), 2)
    4.15
    """
    if coolant not in _TABLES:
        raise EngineError(
            f"nothing is known of the coolant '{coolant}'", cure=f"Choose {' or '.join(COOLANTS)}"
        )
    table = np.array(_TABLES[coolant])
    density = np.interp(mean_c, table[:, 0], table[:, 1])
    heat = np.interp(mean_c, table[:, 0], table[:, 2])
    return float(density * heat / 1000)


def coolant_flow_lpm(heat_w: float, coolant: str, supply_c: float, rise_k: float) -> float:
    """Return the flow that carries a heat off at a temperature rise.

    Notes
    -----
    V = Q / (rho c_p dT). At 10 K PG25 needs 1.5 L/min for each kW.

    Raises
    ------
    EngineError
        If the rise is not above 0 or the coolant is not known.

    Examples
    --------
    >>> round(coolant_flow_lpm(115e3, "PG25", 35.0, 10.0), 1)
    172.1
    """
    if rise_k <= 0:
        raise EngineError("the temperature rise must be above 0 K")
    capacity = heat_capacity_kj_l_k(coolant, supply_c + rise_k / 2)
    return heat_w / 1000 / (capacity * rise_k) * 60


def pressure_ratio(altitude_m: float) -> float:
    """Return air pressure at an altitude over that at sea level (standard atmosphere).

    Notes
    -----
    (1 - 2.25577e-5 h)^5.25588, valid to 11 km. At 2,438 m (8,000 ft) 0.74.

    Raises
    ------
    EngineError
        Outside -500 to 11,000 m.

    Examples
    --------
    >>> round(pressure_ratio(2438.4), 2)
    0.74
    """
    if not -500 <= altitude_m <= 11_000:
        raise EngineError(f"the altitude {altitude_m:g} m is outside -500 to 11,000 m")
    return float((1 - 2.25577e-5 * altitude_m) ** 5.25588)


def airflow_m3h(heat_w: float, rise_k: float, altitude_m: float = 0.0) -> float:
    """Return the airflow that carries a heat off at a temperature rise.

    Notes
    -----
    V = Q / (rho c_p dT) with 1.2 kg/m3 and 1,005 J/(kg K) at sea level, over the pressure ratio.

    Raises
    ------
    EngineError
        If the rise is not above 0 K or the altitude is out of range.

    Examples
    --------
    A DGX B300 at 14.5 kW and 20.6 K [1]_:

    >>> round(airflow_m3h(14500, 20.6))
    2101

    References
    ----------
    .. [1] NVIDIA, "Data Center Best Practices with DGX B300" v1.0 (temperature rise).
    """
    if rise_k <= 0:
        raise EngineError("the temperature rise must be above 0 K")
    sea_level = heat_w / (AIR_DENSITY_KG_M3 * AIR_HEAT_J_KG_K * rise_k) * 3600
    return sea_level / pressure_ratio(altitude_m)

"""Properties of coolants and air.

Tables are interpolated, never extrapolated: outside of them a property is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from core.errors import EngineError

_Row = tuple[float, float, float, float]
# Temperature [degC], density [kg/m3], specific heat [kJ/(kg K)], viscosity [mPa s].
_WATER: tuple[_Row, ...] = (
    (10.0, 999.7, 4.192, 1.306),
    (25.0, 997.0, 4.182, 0.890),
    (40.0, 992.2, 4.179, 0.653),
    (50.0, 988.0, 4.181, 0.547),
    (60.0, 983.2, 4.185, 0.466),
    (70.0, 977.8, 4.190, 0.404),
    (80.0, 971.8, 4.197, 0.354),
)
"""Usual steam-table values at 1 bar; recalled."""
_GLYCOL: dict[int, tuple[_Row, ...]] = {
    20: (
        (10.0, 1018.5, 3.949, 2.948),
        (20.0, 1015.3, 3.970, 2.075),
        (30.0, 1011.4, 3.992, 1.537),
        (40.0, 1006.8, 4.013, 1.190),
        (50.0, 1001.6, 4.035, 0.955),
        (60.0, 995.9, 4.056, 0.789),
    ),
    25: (
        (10.0, 1036.3, 3.843, 4.13),
        (25.0, 1030.3, 3.88, 2.39),
        (40.0, 1022.5, 3.92, 1.58),
        (50.0, 1017.3, 3.94, 1.3),
        (60.0, 1011.2, 3.963, 1.06),
    ),
    30: (
        (10.0, 1028.8, 3.819, 4.597),
        (20.0, 1024.5, 3.846, 3.057),
        (30.0, 1019.5, 3.874, 2.162),
        (40.0, 1014.0, 3.901, 1.611),
        (50.0, 1008.0, 3.927, 1.256),
        (60.0, 1001.6, 3.953, 1.015),
    ),
    40: (
        (10.0, 1038.4, 3.659, 7.212),
        (20.0, 1033.0, 3.692, 4.538),
        (30.0, 1027.0, 3.725, 3.065),
        (40.0, 1020.6, 3.757, 2.201),
        (50.0, 1013.8, 3.789, 1.664),
        (60.0, 1006.7, 3.821, 1.312),
    ),
    50: (
        (10.0, 1045.8, 3.474, 10.98),
        (20.0, 1039.6, 3.513, 6.616),
        (30.0, 1032.9, 3.552, 4.308),
        (40.0, 1025.8, 3.591, 3.000),
        (50.0, 1018.4, 3.630, 2.209),
        (60.0, 1010.8, 3.669, 1.703),
    ),
}
"""Propylene glycol by volume percent. 25: Dow, DOWFROST LC 25 engineering guide 0623, tables 1-2 (density at
50 degC extrapolated from them); its rows at 10 and 60 degC, and the other shares, from the correlations of
Melinder (2010) for the plain mixture: those of 25 scaled to Dow's nearest row, the others as they are."""

_GLYCOL_NAME = re.compile(r"^PG(\d{1,2})$")
COOLANTS = ("PG25", "water")
"""Those offered; `PG20` to `PG50` are known as well."""

AIR_DENSITY_KG_M3 = 1.2
AIR_HEAT_J_KG_K = 1005.0


@dataclass(frozen=True)
class Properties:
    """A coolant at a temperature.

    Attributes
    ----------
    density_kg_m3 : float
    heat_kj_kg_k : float
        Specific heat.
    viscosity_mpa_s : float
        Dynamic viscosity.
    """

    density_kg_m3: float
    heat_kj_kg_k: float
    viscosity_mpa_s: float

    @property
    def heat_capacity_kj_l_k(self) -> float:
        return self.density_kg_m3 * self.heat_kj_kg_k / 1000


def properties(coolant: str, celsius: float) -> Properties:
    """Return the properties of water or of a mixture with propylene glycol.

    Parameters
    ----------
    coolant : str
        `water`, or `PG` and the share of propylene glycol in volume percent, from `PG20` to `PG50`.
    celsius : float
        Temperature [degC]: water 10 to 80, mixtures 10 to 60.

    Raises
    ------
    EngineError
        If nothing is known of the coolant, or not at that temperature.

    Notes
    -----
    Interpolated over temperature (viscosity: its logarithm) and, between the shares of the tables, over the
    share. Dow's values hold for the inhibited fluid, 24 to 27 percent; they make PG25 1 percent denser than
    the plain mixture and its specific heat 1 percent smaller, so that heat for each litre agrees within
    0.2 percent.

    References
    ----------
    .. [1] Dow, "DOWFROST LC engineering guide" 0623, tables 1 and 2.
    .. [2] A. Melinder, "Properties of secondary working fluids for indirect systems", IIR 2010; correlations
       as in CoolProp, incompressible fluid MPG.

    Examples
    --------
    >>> properties("PG25", 25.0)
    Properties(density_kg_m3=1030.3, heat_kj_kg_k=3.88, viscosity_mpa_s=2.39)
    >>> round(properties("PG50", 40.0).heat_capacity_kj_l_k, 2)
    3.68
    """
    if coolant == "water":
        return _at(_WATER, coolant, celsius)
    match = _GLYCOL_NAME.match(coolant)
    shares = sorted(_GLYCOL)
    if match is None or not shares[0] <= int(match[1]) <= shares[-1]:
        raise EngineError(
            f"nothing is known of the coolant '{coolant}'",
            cure=f"Choose {' or '.join(COOLANTS)}, or PG{shares[0]} to PG{shares[-1]}",
        )
    share = int(match[1])
    low, high = max(s for s in shares if s <= share), min(s for s in shares if s >= share)
    one, other = _at(_GLYCOL[low], coolant, celsius), _at(_GLYCOL[high], coolant, celsius)
    part = (share - low) / (high - low) if high > low else 0.0
    return Properties(
        one.density_kg_m3 + part * (other.density_kg_m3 - one.density_kg_m3),
        one.heat_kj_kg_k + part * (other.heat_kj_kg_k - one.heat_kj_kg_k),
        one.viscosity_mpa_s * (other.viscosity_mpa_s / one.viscosity_mpa_s) ** part,
    )


def _at(rows: tuple[_Row, ...], coolant: str, celsius: float) -> Properties:
    if not rows[0][0] - 1e-9 <= celsius <= rows[-1][0] + 1e-9:
        raise EngineError(
            f"{coolant} at {celsius:g} degC is outside what is known of it",
            cure=f"Stay within {rows[0][0]:g} to {rows[-1][0]:g} degC",
        )
    table = np.array(rows)
    density, heat = (float(np.interp(celsius, table[:, 0], table[:, k])) for k in (1, 2))
    viscosity = np.exp(np.interp(celsius, table[:, 0], np.log(table[:, 3])))
    return Properties(density, heat, round(float(viscosity), 9))


def heat_capacity_kj_l_k(coolant: str, mean_c: float) -> float:
    """Return density times specific heat of a coolant [kJ for each litre and kelvin].

    Parameters
    ----------
    coolant : str
        See `properties`.
    mean_c : float
        Mean of supply and return [degC].

    Raises
    ------
    EngineError
        If nothing is known of the coolant, or not at that temperature.

    Examples
    --------
    >>> round(heat_capacity_kj_l_k("PG25", 40.0), 3)
    4.008
    >>> round(heat_capacity_kj_l_k("water", 40.0), 2)
    4.15
    """
    return properties(coolant, mean_c).heat_capacity_kj_l_k


def coolant_flow_lpm(heat_w: float, coolant: str, supply_c: float, rise_k: float) -> float:
    """Return the flow that carries a heat off at a temperature rise.

    Notes
    -----
    V = Q / (rho c_p dT). At 10 K PG25 needs 1.5 L/min for each kW.

    Raises
    ------
    EngineError
        If the rise is not above 0, the coolant is not known, or not at its mean temperature.

    Examples
    --------
    >>> round(coolant_flow_lpm(115e3, "PG25", 35.0, 10.0), 1)
    172.1
    """
    if rise_k <= 0:
        raise EngineError("the temperature rise must be above 0 K")
    capacity = heat_capacity_kj_l_k(coolant, supply_c + rise_k / 2)
    return heat_w / 1000 / (capacity * rise_k) * 60


def flow_or_unknown_lpm(heat_w: float, coolant: str, supply_c: float, rise_k: float) -> float:
    """Return `coolant_flow_lpm`, NaN where it is refused.

    Examples
    --------
    >>> flow_or_unknown_lpm(1e3, "oil", 35.0, 10.0)
    nan
    """
    try:
        return coolant_flow_lpm(heat_w, coolant, supply_c, rise_k)
    except EngineError:
        return float("nan")


def rise_or_unknown_k(heat_w: float, flow_lpm: float, coolant: str, supply_c: float) -> float:
    """Return the rise a flow takes a heat at; NaN where it is not known.

    Notes
    -----
    dT = Q / (rho c_p V), with properties at the mean temperature, which depends on the rise: solved by
    repetition, which settles to below 0.001 K in three steps.

    Examples
    --------
    >>> round(rise_or_unknown_k(115e3, 172.1, "PG25", 35.0), 2)
    10.0
    """
    if not flow_lpm > 0 or not np.isfinite(heat_w + flow_lpm + supply_c):
        return float("nan")
    rise = 10.0
    try:
        for _ in range(4):
            rise = heat_w / 1000 / (flow_lpm / 60 * heat_capacity_kj_l_k(coolant, supply_c + rise / 2))
    except EngineError:
        return float("nan")
    return rise


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

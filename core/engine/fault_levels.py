"""Prospective short-circuit current at what passes power on, from what the sources declare."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from core.engine.columns import Floats
from core.engine.power import Power, power
from core.engine.snapshot import Snapshot
from core.engine.stage import stage

CONVERTERS = ("power-shelf", "battery", "cdu", "air-handler", "heat-rejection")
"""Behind these there is no network that a short circuit of the supply reaches."""


def fault_power_va(fault_ka: float, voltage_v: float) -> float:
    """Return the short-circuit power of a three-phase supply: S = sqrt(3) V I [VA]."""
    return math.sqrt(3) * voltage_v * fault_ka * 1000


def behind_transformer_va(supply_va: float, rated_va: float, impedance: float) -> float:
    """Return the short-circuit power behind a transformer: 1 / (1 / S + u / S_r) [VA].

    Parameters
    ----------
    supply_va : float
        Before it; infinite for a stiff supply.
    rated_va : float
    impedance : float
        Short-circuit impedance u, per unit of the rating.

    Examples
    --------
    A 2 MVA transformer of 6 % on a stiff supply: 33.3 MVA, 46.4 kA at 415 V.

    >>> va = behind_transformer_va(float("inf"), 2e6, 0.06)
    >>> round(va / 1e6, 1), round(va / (3 ** 0.5 * 415) / 1000, 1)
    (33.3, 46.4)
    """
    return 1 / (1 / supply_va + impedance / rated_va)


@dataclass(frozen=True, eq=False)
class FaultLevels:
    """Upper bounds of the fault level; NaN where not known.

    Attributes
    ----------
    device_ka : ndarray, shape (n_devices,)
        At the inlet of the device [kA]; behind it for a transformer.
    device_withstand_ka : ndarray, shape (n_devices,)
        The least it and its breakers are rated for [kA].
    """

    device_ka: Floats
    device_withstand_ka: Floats


@stage(reads=("devices", "brief"), needs=(power,))
def fault_levels(snap: Snapshot, drawn: Power) -> FaultLevels:
    """Return the fault level down the chain.

    Notes
    -----
    By short-circuit power, from `PowerSource.fault_ka` at the voltage of the source (else of the brief):
    transformers add their impedance and give the voltage of the brief; one without impedance or rating
    leaves all behind it unknown. Conductors add nothing and a UPS is taken to be in bypass, which is on the
    safe side; motors and generators feed nothing back, which is not. Feeders of a node are not paralleled:
    the highest one counts. Behind power shelves there is none.

    References
    ----------
    .. [1] IEC 60909-0, short-circuit currents in three-phase systems: recalled, not read.
    """
    feeding, specs = drawn.feeding, snap.specs
    volts = snap.brief.value("voltage_v")
    n, first = feeding.n_nodes, feeding.n_devices + feeding.n_racks
    behind_va, behind_v, at_ka = np.full(n, np.nan), np.full(n, volts), np.full(n, np.nan)
    for k, name in enumerate(feeding.sources):
        source = snap.brief.source(name)
        if source is not None and source.fault_ka is not None:
            behind_v[first + k] = source.voltage_v or volts
            behind_va[first + k] = fault_power_va(source.fault_ka, behind_v[first + k])
    if np.isnan(behind_va).all():
        return FaultLevels(at_ka[: feeding.n_devices], _withstand(snap))
    kinds = np.array([spec.type.kind for spec in specs.specs])[snap.device_spec]
    ends = np.isin(kinds, CONVERTERS)
    ratings = {name: specs.column(name) for name in ("rated_va", "rated_w", "impedance")}
    va = ratings["rated_va"]
    rated = np.where(va.known, va.value, ratings["rated_w"].value)[snap.device_spec]
    known = ratings["impedance"].known[snap.device_spec] & (rated > 0)
    impedance = ratings["impedance"].value[snap.device_spec]
    is_transformer = kinds == "transformer"
    for edges in feeding.levels:
        consumer, feeder = feeding.consumer[edges], feeding.feeder[edges]
        supply = np.full(n, -np.inf)
        np.fmax.at(supply, consumer, behind_va[feeder])
        reached = np.unique(consumer)
        reached = reached[(reached < feeding.n_devices) & np.isfinite(supply[reached])]
        # The voltage is that of the feeder with the highest level.
        for edge in np.flatnonzero(np.isin(consumer, reached)).tolist():
            if behind_va[feeder[edge]] == supply[consumer[edge]]:
                behind_v[consumer[edge]] = behind_v[feeder[edge]]
        for node in reached.tolist():
            if is_transformer[node]:
                behind_v[node] = volts
                if known[node]:
                    behind_va[node] = behind_transformer_va(supply[node], rated[node], impedance[node])
                    at_ka[node] = behind_va[node] / (math.sqrt(3) * volts) / 1000
                continue
            at_ka[node] = supply[node] / (math.sqrt(3) * behind_v[node]) / 1000
            if not ends[node]:
                behind_va[node] = supply[node]
    return FaultLevels(at_ka[: feeding.n_devices], _withstand(snap))


def _withstand(snap: Snapshot) -> Floats:
    """Return the least that a device and its breakers are rated for [kA]; NaN where nothing is said."""
    least = []
    for spec in snap.specs.specs:
        stated = [spec.type.withstand_ka, *(bank.breaking_ka for bank in spec.type.banks)]
        known = [value for value in stated if value is not None]
        least.append(min(known, default=math.nan))
    found: Floats = np.array(least)[snap.device_spec]
    return found

"""What a feeder may pass on, from whichever of watts, amperes and volt-amperes its type states."""

from __future__ import annotations

import math

import numpy as np

from core.engine.columns import Floats, floats
from core.engine.feeding import Feeding
from core.engine.snapshot import Snapshot
from core.model.types import DeviceType, PortGroup

BREAKER_KINDS = ("rack-pdu", "floor-pdu", "busway", "tap-off")
"""Of these a continuous load may use the share that the brief or its electrical code says."""


def real_power_w(current_a: float, voltage_v: float, phases: int, power_factor: float = 1.0) -> float:
    """Return what a conductor current carries: sqrt(3) V I pf in three phases, else V I pf [W].

    Parameters
    ----------
    current_a : float
    voltage_v : float
        Line to line in three phases; across the load else.
    phases : int
        3, 1, or 0 for direct current, which has no power factor.
    power_factor : float

    Examples
    --------
    24 A in three phases of 208 V, and 600 kW at 800 V direct:

    >>> round(real_power_w(24, 208, 3)), real_power_w(750, 800, 0)
    (8646, 600000.0)
    """
    if phases == 0:
        return float(voltage_v * current_a)
    return voltage_v * current_a * power_factor * (math.sqrt(3) if phases == 3 else 1.0)


def rating_w(spec: DeviceType, voltage_v: float) -> float | None:
    """Return the least that the ratings of a type allow it to pass on, None if it states none [W].

    Parameters
    ----------
    spec : DeviceType
    voltage_v : float
        Line to line, of the design.

    Notes
    -----
    Power factor is that of the type, else 1. A rated current is taken at the inlet: at the voltage of the
    design where the window of the inlet holds it, else at the end of the window that is nearest; a
    single-phase inlet takes it to neutral where that is what fits. It counts for nothing where the phases of
    the inlet are not known.
    """
    factor = spec.power_factor or 1.0
    stated = [spec.rated_w, spec.rated_va and spec.rated_va * factor]
    if spec.rated_a:
        inlet = _inlet(spec)
        if inlet is not None and inlet.phases is not None:
            across = _voltage(inlet, voltage_v)
            stated.append(real_power_w(spec.rated_a, across, inlet.phases, factor))
    return min((watts for watts in stated if watts), default=None)


def ratings_w(snap: Snapshot) -> Floats:
    """Return what each device may pass on, NaN where its type does not tell, shape (n_devices,) [W]."""
    volts = snap.brief.value("voltage_v")
    return floats([rating_w(spec.type, volts) for spec in snap.specs.specs])[snap.device_spec]


def limits_w(snap: Snapshot, feeding: Feeding) -> Floats:
    """Return the rating of each node of a power graph, NaN where not known, shape (n_nodes,) [W].

    Notes
    -----
    What feeds a busbar has none here, nor has the busbar: what counts is that its live shelves hold it.
    """
    device = ratings_w(snap)
    of_busbar = feeding.feeder[feeding.consumer >= snap.n_devices]
    device[of_busbar[of_busbar < snap.n_devices]] = np.nan
    found = [snap.brief.source(name) for name in feeding.sources]
    capacity = floats([source.capacity_w if source is not None else None for source in found])
    limits: Floats = np.concatenate([device, np.full(snap.n_racks, np.nan), capacity])
    return np.where(limits > 0, limits, np.nan)


def _inlet(spec: DeviceType) -> PortGroup | None:
    """Return the power inlet with the most phases."""
    inlets = [p for p in spec.ports if p.layer == "power" and p.direction != "out"]
    return max(inlets, key=lambda p: p.phases or 0, default=None)


def _voltage(inlet: PortGroup, voltage_v: float) -> float:
    low, high = inlet.voltage_low_v, inlet.voltage_high_v
    neutral = voltage_v / math.sqrt(3)
    options = [voltage_v] if inlet.phases != 1 else [voltage_v, neutral]
    if low is None or high is None:
        return options[-1]
    fitting = [v for v in options if low - 1 <= v <= high + 1]
    return fitting[0] if fitting else min(max(options[-1], low), high)

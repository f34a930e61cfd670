"""Current in the DC busbars of racks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.engine.columns import Floats
from core.engine.power import Power, power
from core.engine.snapshot import Snapshot
from core.engine.stage import stage


def dc_current_a(power_w: float, voltage_v: float) -> float:
    """Return the current of a direct-current load: I = P / V.

    Parameters
    ----------
    power_w : float
        Power [W].
    voltage_v : float
        Between the conductors [V]: 800 for a +-400 V pair.

    Examples
    --------
    An NVL72 rack at 50 V, and 600 kW at 48 and at 800 V:

    >>> dc_current_a(132_000, 50), dc_current_a(600_000, 48), dc_current_a(600_000, 800)
    (2640.0, 12500.0, 750.0)
    """
    return power_w / voltage_v


@dataclass(frozen=True)
class BusbarCurrents:
    """Currents of the racks' busbars; NaN where a rack has none or no shelf states its voltage.

    Attributes
    ----------
    rack_low_v, rack_high_v : ndarray, shape (n_racks,)
        The window all shelves of the rack give [V]: the highest of their lowest voltages, the lowest of their
        highest ones.
    rack_normal_a, rack_worst_a, rack_peak_a : ndarray, shape (n_racks,)
        At maximum sustained power with nothing lost, in the worst loss of a source, and at peak, each at the
        lowest voltage of the window: no current is greater [A].
    """

    rack_low_v: Floats
    rack_high_v: Floats
    rack_normal_a: Floats
    rack_worst_a: Floats
    rack_peak_a: Floats


@stage(reads=("devices", "racks"), needs=(power,))
def busbar_currents(snap: Snapshot, drawn: Power) -> BusbarCurrents:
    """Return what the busbars carry.

    Notes
    -----
    I = P / V at the lowest voltage of the shelves. One current for the whole busbar: shelves that stand in
    several places of it load its sections less.
    """
    low, high = np.full(snap.n_racks, -np.inf), np.full(snap.n_racks, np.inf)
    for number, spec in enumerate(snap.specs.specs):
        groups = [
            g
            for g in spec.type.ports
            if g.layer == "power" and g.direction == "out" and g.phases == 0 and g.voltage_low_v
        ]
        for group in groups:
            rack = snap.device_rack[(snap.device_spec == number) & (snap.device_rack >= 0)]
            kinds = snap.rack_type[rack]
            joins = np.array([t.busbar == group.connector for t in snap.specs.rack_types] + [False])
            rack = rack[joins[kinds]]
            low[rack] = np.maximum(low[rack], group.voltage_low_v or 0.0)
            high[rack] = np.minimum(high[rack], group.voltage_high_v or np.inf)
    known = np.isfinite(low)
    volts = np.where(known, low, np.nan)
    worst = np.max([flow.busbar_w for flow in drawn.maximum], axis=0)
    return BusbarCurrents(
        rack_low_v=volts,
        rack_high_v=np.where(known & np.isfinite(high), high, np.nan),
        rack_normal_a=drawn.normal.busbar_w / volts,
        rack_worst_a=worst / volts,
        rack_peak_a=drawn.peak.busbar_w / volts,
    )

"""Currents of the phases and banks of PDUs and panels whose outlets say which conductors they take."""

from __future__ import annotations

import cmath
import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.engine.columns import Floats
from core.engine.feeding import OUT, POWER
from core.engine.power import Power, power
from core.engine.snapshot import POWER_CABLES, Snapshot
from core.engine.stage import stage
from core.model.types import Bank, PortGroup

LEGS = ("L1-N", "L2-N", "L3-N", "L1-L2", "L2-L3", "L3-L1", "L1-L2-L3")
"""What an outlet may take."""
_TO_NEUTRAL = [cmath.rect(1.0, math.radians(angle)) for angle in (0.0, -120.0, 120.0)]
_BETWEEN = [cmath.rect(1.0, math.radians(angle)) for angle in (30.0, -90.0, 150.0)]


def conductor_currents(loads_w: Mapping[str, float], voltage_v: float, power_factor: float = 1.0) -> Floats:
    """Return the currents in L1, L2, L3 and the neutral of loads on the legs of a three-phase system.

    Parameters
    ----------
    loads_w : mapping of str to float
        Power [W] by leg, a name of `LEGS`.
    voltage_v : float
        Line to line [V].
    power_factor : float
        The same for all loads.

    Returns
    -------
    ndarray, shape (4,)
        Amperes, root mean square.

    Raises
    ------
    ValueError
        If there is no such leg.

    Notes
    -----
    Phasors of a balanced supply, added: a load between lines takes P / (V_LL pf) in both of them, one to
    neutral P sqrt(3) / (V_LL pf), a three-phase one P / (sqrt(3) V_LL pf) in each. Harmonics are not in it.

    Examples
    --------
    Two banks of 16 A on a shared line give 27.7 A in it, not 32 A; three give it in every line:

    >>> bank = 208 * 16
    >>> conductor_currents({"L1-L2": bank, "L3-L1": bank}, 208).round(1).tolist()
    [27.7, 16.0, 16.0, 0.0]
    >>> conductor_currents({"L1-L2": bank, "L2-L3": bank, "L3-L1": bank}, 208).round(1).tolist()
    [27.7, 27.7, 27.7, 0.0]
    """
    unknown = [leg for leg in loads_w if leg not in LEGS]
    if unknown:
        raise ValueError(f"there is no leg '{unknown[0]}'")
    line = [0j, 0j, 0j]
    neutral = 0j
    for k in range(3):
        own = loads_w.get(LEGS[k], 0.0) * math.sqrt(3) / (voltage_v * power_factor) * _TO_NEUTRAL[k]
        between = loads_w.get(LEGS[3 + k], 0.0) / (voltage_v * power_factor) * _BETWEEN[k]
        all_three = loads_w.get(LEGS[6], 0.0) / (math.sqrt(3) * voltage_v * power_factor) * _TO_NEUTRAL[k]
        line[k] += own + between + all_three
        line[(k + 1) % 3] -= between
        neutral += own
    return np.array([*(abs(current) for current in line), abs(neutral)])


def imbalance(currents_a: Floats) -> float:
    """Return how unequal three phase currents are: the greatest deviation from their mean, over the mean.

    Examples
    --------
    >>> imbalance(np.array([12.0, 10.0, 8.0]))
    0.2
    """
    mean = float(currents_a.mean())
    return float(np.abs(currents_a - mean).max()) / mean if mean > 0 else 0.0


@dataclass(frozen=True, eq=False)
class Phases:
    """Devices all of whose loaded outlets state their legs; n rows, and n_banks rows for their banks.

    Attributes
    ----------
    device : ndarray of int, shape (n,)
    normal_a, worst_a : ndarray, shape (n, 4)
        L1, L2, L3 and neutral at maximum sustained power: nothing lost, and the greatest with each source
        lost [A].
    imbalance : ndarray, shape (n,)
        Greatest deviation of a line from their mean over the mean, nothing lost.
    rated_a : ndarray, shape (n,)
        Rated current of a conductor; NaN where the type does not tell.
    bank_device : ndarray of int, shape (n_banks,)
    bank_name : tuple of str
    bank_normal_a, bank_worst_a, bank_rated_a : ndarray, shape (n_banks,)
        What its breaker carries, and its trip rating [A].
    unknown : tuple of str
        Types whose loaded outlets do not all state their legs.
    """

    device: NDArray[np.intp]
    normal_a: Floats
    worst_a: Floats
    imbalance: Floats
    rated_a: Floats
    bank_device: NDArray[np.intp]
    bank_name: tuple[str, ...]
    bank_normal_a: Floats
    bank_worst_a: Floats
    bank_rated_a: Floats
    unknown: tuple[str, ...]


@stage(reads=("devices", "power cables", "brief"), needs=(power,))
def phases(snap: Snapshot, drawn: Power) -> Phases:
    """Return the currents of phases and banks.

    Notes
    -----
    Every cable carries what its consumer asks, shared over the live feeders as in `Feeding.flow`. Voltage
    line to line is that of the brief; power factor is that of the PDU's type, else 1. A bank carries the sum
    of the currents of its outlets, which are all on the same legs.
    """
    outlets = _Outlets(snap)
    lost_sources = range(-1, len(drawn.feeding.sources)) if outlets.by_device else ()
    scenarios = [outlets.loads_w(drawn, lost) for lost in lost_sources]
    volts = snap.brief.value("voltage_v")
    rows, normal, worst, banks = [], [], [], []
    for device, cables in outlets.by_device.items():
        spec = snap.specs.specs[snap.device_spec[device]].type
        factor = spec.power_factor or 1.0
        currents = []
        for loads in scenarios:
            by_leg: dict[str, float] = {}
            for k in cables:
                by_leg[outlets.leg[k]] = by_leg.get(outlets.leg[k], 0.0) + float(loads[k])
            currents.append(conductor_currents(by_leg, volts, factor))
        rows.append(device)
        normal.append(currents[0])
        worst.append(np.max(currents, axis=0))
        for bank in spec.banks:
            mine = [k for k in cables if outlets.bank[k] == bank.name]
            carried = [
                sum(_bank_a(outlets.leg[k], float(w[k]), volts, factor) for k in mine) for w in scenarios
            ]
            banks.append((device, bank, carried[0], max(carried)))
    rated = snap.specs.column("rated_a")
    at = np.array(rows, dtype=np.intp)
    shape = (len(rows), 4)
    return Phases(
        device=at,
        normal_a=np.array(normal).reshape(shape),
        worst_a=np.array(worst).reshape(shape),
        imbalance=np.array([imbalance(a[:3]) for a in normal], dtype=float),
        rated_a=np.where(rated.known, rated.value, np.nan)[snap.device_spec[at]],
        bank_device=np.array([device for device, *_ in banks], dtype=np.intp),
        bank_name=tuple(bank.name for _, bank, *_ in banks),
        bank_normal_a=np.array([a for *_, a, _ in banks], dtype=float),
        bank_worst_a=np.array([a for *_, a in banks], dtype=float),
        bank_rated_a=np.array([_rating(bank) for _, bank, *_ in banks], dtype=float),
        unknown=outlets.unknown,
    )


def _rating(bank: Bank) -> float:
    return bank.rated_a


def _bank_a(leg: str, watts: float, volts: float, factor: float) -> float:
    """Return the current that a load on a leg takes through its breaker [A]."""
    across = volts if leg in LEGS[3:6] else volts / math.sqrt(3) if leg in LEGS[:3] else math.sqrt(3) * volts
    return watts / (across * factor)


class _Outlets:
    """Power cables at outlets that state their legs.

    Attributes
    ----------
    leg, bank : list of str
        Of the feeder's outlet of each power cable.
    by_device : dict of int to list of int
        Cables of each feeder all of whose cables state a leg.
    """

    def __init__(self, snap: Snapshot) -> None:
        ports = snap.specs.ports
        rows = np.flatnonzero(snap.cable_layer == POWER)
        a, b, port_a, port_b = (getattr(snap, name)[rows] for name in POWER_CABLES)
        a_out = ports.direction[ports.base[snap.device_spec[a]] + port_a] == OUT
        self.consumer, self.feeder = np.where(a_out, b, a), np.where(a_out, a, b)
        outlet = ports.base[snap.device_spec[self.feeder]] + np.where(a_out, port_a, port_b)
        legs = _legs(ports.groups)
        stated = np.array([bool(leg) for leg in legs] + [False])[outlet] if len(outlet) else np.zeros(0, bool)
        # Most designs state few legs or none: what follows is for the feeders that state one.
        some = np.isin(self.feeder, self.feeder[stated])
        self.consumer, self.feeder, outlet = self.consumer[some], self.feeder[some], outlet[some]
        self.leg = [legs[at] for at in outlet.tolist()]
        self.bank = [ports.groups[at].bank for at in outlet.tolist()]
        by_device: dict[int, list[int]] = {}
        for k, device in enumerate(self.feeder.tolist()):
            by_device.setdefault(device, []).append(k)
        said = {device: all(self.leg[k] for k in cables) for device, cables in by_device.items()}
        self.by_device = {device: by_device[device] for device in sorted(by_device) if said[device]}
        kinds = [
            snap.specs.specs[snap.device_spec[device]].type
            for device in by_device
            if not said[device] and any(self.leg[k] for k in by_device[device])
        ]
        self.unknown = tuple(sorted({spec.name for spec in kinds}))

    def loads_w(self, drawn: Power, lost: int) -> Floats:
        """Return what each cable carries with a source lost, -1 for none [W]."""
        feeding = drawn.feeding
        alive, total, asked, _ = feeding.state(drawn.device_max_w, lost)
        kinds = feeding.cable_weight(self.consumer, self.feeder)
        share = kinds * alive[self.feeder] / np.maximum(total[self.consumer], 1e-12)
        found: Floats = asked[self.consumer] * share
        return found


def _legs(groups: list[PortGroup]) -> list[str]:
    """Return the leg of every port: that of its group, or of several in turn."""
    found, last, place = [], None, 0
    for group in groups:
        place = place + 1 if group is last else 0
        last = group
        names = [name.strip() for name in group.legs.split(",")] if group.legs else []
        leg = names[place % len(names)] if names else ""
        found.append(leg if leg in LEGS else "")
    return found

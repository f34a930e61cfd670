"""Currents of the phases and banks of PDUs and panels whose outlets say which conductors they take."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.engine.columns import Floats, sum_by
from core.engine.feeding import OUT, POWER
from core.engine.power import Power, power
from core.engine.snapshot import POWER_CABLES, Snapshot
from core.engine.stage import stage
from core.model.types import PortGroup

LEGS = ("L1-N", "L2-N", "L3-N", "L1-L2", "L2-L3", "L3-L1", "L1-L2-L3")
"""What an outlet may take."""
_TO_NEUTRAL = np.exp(1j * np.radians((0.0, -120.0, 120.0)))
_BETWEEN = np.exp(1j * np.radians((30.0, -90.0, 150.0)))


def _phasors() -> NDArray[np.complex128]:
    """Return the currents in L1, L2, L3, neutral of 1 W on each leg at 1 V line to line, shape (7, 4) [A]."""
    found = np.zeros((len(LEGS), 4), np.complex128)
    for k in range(3):
        found[k, k] = found[k, 3] = math.sqrt(3) * _TO_NEUTRAL[k]
        found[3 + k, k], found[3 + k, (k + 1) % 3] = _BETWEEN[k], -_BETWEEN[k]
        found[6, k] = _TO_NEUTRAL[k] / math.sqrt(3)
    return found


_PHASORS = _phasors()
_BREAKER = np.array([math.sqrt(3)] * 3 + [1.0] * 3 + [1 / math.sqrt(3)])
"""Current through the breaker of 1 W on each leg at 1 V line to line [A]."""


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
        If there is no such leg, or voltage or power factor is not above 0.

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
    if voltage_v <= 0 or power_factor <= 0:
        raise ValueError("voltage and power factor must be above 0")
    watts = np.array([loads_w.get(leg, 0.0) for leg in LEGS])
    found: Floats = np.abs(watts @ _PHASORS) / (voltage_v * power_factor)
    return found


def imbalance(currents_a: Floats) -> float:
    """Return how unequal three phase currents are: the greatest deviation from their mean, over the mean."""
    return float(imbalances(currents_a[None])[0])


def imbalances(currents_a: Floats) -> Floats:
    """Return how unequal phase currents are, shape (n, 3): the greatest deviation from their mean, over it.

    Examples
    --------
    >>> imbalances(np.array([[12.0, 10.0, 8.0], [0.0, 0.0, 0.0]])).tolist()
    [0.2, 0.0]
    """
    mean = currents_a.mean(axis=1)
    off = np.abs(currents_a - mean[:, None]).max(axis=1)
    found: Floats = np.divide(off, mean, out=np.zeros(len(mean)), where=mean > 0)
    return found


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
    outlets = Outlets(snap)
    n, n_banks = len(outlets.device), len(outlets.bank_device)
    lost_sources = range(-1, len(drawn.feeding.sources)) if n else ()
    found = [outlets.currents(outlets.loads_w(drawn, lost)) for lost in lost_sources]
    lines, banks = zip(*found, strict=True) if found else ([np.zeros((n, 4))], [np.zeros(n_banks)])
    rated = snap.specs.column("rated_a")
    specs = [snap.specs.specs[number].type for number in snap.device_spec[outlets.device].tolist()]
    return Phases(
        device=outlets.device,
        normal_a=lines[0],
        worst_a=np.max(lines, axis=0),
        imbalance=imbalances(lines[0][:, :3]),
        rated_a=np.where(rated.known, rated.value, np.nan)[snap.device_spec[outlets.device]],
        bank_device=outlets.bank_device,
        bank_name=tuple(bank.name for spec in specs for bank in spec.banks),
        bank_normal_a=banks[0],
        bank_worst_a=np.max(banks, axis=0),
        bank_rated_a=np.array([bank.rated_a for spec in specs for bank in spec.banks], float),
        unknown=outlets.unknown,
    )


class Outlets:
    """Power cables at feeders all of whose loaded outlets state their legs.

    Attributes
    ----------
    device : ndarray of int, shape (n,)
        Those feeders.
    bank_device : ndarray of int, shape (n_banks,)
        Of each of their banks.
    row, leg, bank : ndarray of int, shape (n_cables,)
        Row of the feeder, number of the leg in `LEGS`, row of the bank or -1.
    consumer, feeder : ndarray of int32, shape (n_cables,)
    unknown : tuple of str
        Types of which only some loaded outlets state their legs.
    """

    def __init__(self, snap: Snapshot) -> None:
        ports, specs = snap.specs.ports, snap.specs.specs
        rows = np.flatnonzero(snap.cable_layer == POWER)
        a, b, port_a, port_b = (getattr(snap, name)[rows] for name in POWER_CABLES)
        a_out = ports.direction[ports.base[snap.device_spec[a]] + port_a] == OUT
        consumer, feeder = np.where(a_out, b, a), np.where(a_out, a, b)
        outlet = ports.base[snap.device_spec[feeder]] + np.where(a_out, port_a, port_b)
        leg = _legs(ports.groups)[outlet]
        loaded = np.bincount(feeder, minlength=snap.n_devices)
        stated = np.bincount(feeder[leg >= 0], minlength=snap.n_devices)
        partly = np.unique(snap.device_spec[(stated > 0) & (stated < loaded)]).tolist()
        self.unknown = tuple(sorted({specs[number].type.name for number in partly}))
        self.device = np.flatnonzero((stated > 0) & (stated == loaded)).astype(np.intp)
        kept = np.isin(feeder, self.device)
        self.consumer, self.feeder, self.leg = consumer[kept], feeder[kept], leg[kept]
        self.row = np.searchsorted(self.device, self.feeder)
        spec = snap.device_spec[self.device]
        number = np.array([len(s.type.banks) for s in specs], np.intp)[spec]
        first = np.cumsum(number) - number
        own = _banks(snap)[outlet[kept]]
        self.bank_device = np.repeat(self.device, number)
        self.bank = np.where(own >= 0, first[self.row] + own, -1)
        factor = np.array([s.type.power_factor or 1.0 for s in specs])[spec]
        volts = snap.brief.value("voltage_v")
        self._effective_v = factor * (volts if volts > 0 else np.nan)

    def currents(self, loads_w: Floats) -> tuple[Floats, Floats]:
        """Return the currents of L1, L2, L3 and neutral, shape (n, 4), and of the banks, (n_banks,) [A].

        Parameters
        ----------
        loads_w : ndarray, shape (n_cables,)
        """
        watts = sum_by(self.row * len(LEGS) + self.leg, loads_w, len(self.device) * len(LEGS))
        banked = np.flatnonzero(self.bank >= 0)
        amperes = self.breaker_a(banked, loads_w[banked])
        return self.lines(watts.reshape(-1, len(LEGS)), np.arange(len(self.device))), sum_by(
            self.bank[banked], amperes, len(self.bank_device)
        )

    def lines(self, watts: Floats, rows: NDArray[np.int64]) -> Floats:
        """Return the currents of loads on each leg, shape (n_rows, 7), of some feeders, shape (n_rows, 4)."""
        found: Floats = np.abs(watts @ _PHASORS) / self._effective_v[rows, None]
        return found

    def breaker_a(self, cables: NDArray[np.intp], loads_w: Floats) -> Floats:
        """Return the current that some cables take through their breaker [A]."""
        found: Floats = loads_w * _BREAKER[self.leg[cables]] / self._effective_v[self.row[cables]]
        return found

    def loads_w(self, drawn: Power, lost: int) -> Floats:
        """Return what each cable carries with a source lost, -1 for none [W]."""
        alive, total, asked, _ = drawn.feeding.state(drawn.device_max_w, lost)
        share = self.weight(drawn) * alive[self.feeder] / np.maximum(total[self.consumer], 1e-12)
        found: Floats = asked[self.consumer] * share
        return found

    def weight(self, drawn: Power) -> Floats:
        """Return the weight of each cable among the feeders of its consumer."""
        return drawn.feeding.cable_weight(self.consumer, self.feeder)


def _banks(snap: Snapshot) -> NDArray[np.intp]:
    """Return for every port the number of its bank among those of its type, -1 for none."""
    ports, specs = snap.specs.ports, snap.specs.specs
    found = []
    for group, spec in zip(ports.groups, ports.spec.tolist(), strict=True):
        names = [bank.name for bank in specs[spec].type.banks]
        found.append(names.index(group.bank) if group.bank in names else -1)
    return np.array([*found, -1], np.intp)


def _legs(groups: list[PortGroup]) -> NDArray[np.intp]:
    """Return the number of the leg of every port, that of its group or of several in turn; -1 for none."""
    found, last, place = [], None, 0
    for group in groups:
        place = place + 1 if group is last else 0
        last = group
        names = [name.strip() for name in group.legs.split(",")] if group.legs else []
        leg = names[place % len(names)] if names else ""
        found.append(LEGS.index(leg) if leg in LEGS else -1)
    return np.array([*found, -1], np.intp)

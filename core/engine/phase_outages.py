"""Currents of phases and banks with every single element lost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.engine.columns import Floats, sum_by
from core.engine.outage_flow import Adjacent, OutageFlow, has_key, looked_up
from core.engine.phases import LEGS, Outlets

if TYPE_CHECKING:
    from core.engine.evaluation import Evaluation


@dataclass(frozen=True, eq=False)
class PhaseOutages:
    """The rows of `Phases`, n devices and n_banks banks of theirs.

    Attributes
    ----------
    worst_a : ndarray, shape (n, 4)
        The greatest current of L1, L2, L3 and neutral in any case of `Evaluation.outages` or normally [A].
    bank_worst_a : ndarray, shape (n_banks,)
    bank_case : ndarray of int64, shape (n_banks,)
        The case of that; -1 for nothing lost.
    """

    worst_a: Floats
    bank_worst_a: Floats
    bank_case: NDArray[np.int64]


def phase_outages_of(of: Evaluation) -> PhaseOutages:
    """Return the greatest currents of the feeders whose outlets state their legs.

    Notes
    -----
    Only the cables whose load is not as normally are followed, in each case.
    """
    normally, outlets = of.phases, Outlets(of.snapshot)
    worst, bank_worst = normally.normal_a.copy(), normally.bank_normal_a.copy()
    bank_case = np.full(len(bank_worst), -1, np.int64)
    if not len(normally.device):
        return PhaseOutages(worst, bank_worst, bank_case)
    n, legs = len(normally.device), len(LEGS)
    base = outlets.loads_w(of.power, -1)
    case, cable, load = _changed(of, outlets)
    more = load - base[cable]
    pair, index = np.unique(case * n + outlets.row[cable], return_inverse=True)
    row = pair % n
    watts = sum_by(outlets.row * legs + outlets.leg, base, n * legs).reshape(n, legs)[row]
    watts += sum_by(index * legs + outlets.leg[cable], more, len(pair) * legs).reshape(-1, legs)
    np.maximum.at(worst, row, outlets.lines(watts, row))
    banked = np.flatnonzero(outlets.bank[cable] >= 0)
    at = cable[banked]
    pair, index = np.unique(case[banked] * len(bank_worst) + outlets.bank[at], return_inverse=True)
    bank = pair % max(len(bank_worst), 1)
    amperes = normally.bank_normal_a[bank]
    amperes = amperes + sum_by(index, outlets.breaker_a(at, more[banked]), len(pair))
    order = np.lexsort((amperes, bank))
    last = order[np.flatnonzero(np.diff(bank[order], append=-1) != 0)]
    higher = last[amperes[last] > bank_worst[bank[last]] + 1e-9]
    bank_worst[bank[higher]] = amperes[higher]
    bank_case[bank[higher]] = pair[higher] // len(bank_worst)
    return PhaseOutages(worst, bank_worst, bank_case)


def _changed(of: Evaluation, outlets: Outlets) -> tuple[NDArray[np.int64], NDArray[np.int64], Floats]:
    """Return case, cable and load [W] of the cables at live feeders that carry other than normally."""
    feeding, outages = of.power.feeding, of.outages
    flow, n = OutageFlow(feeding, of.power.device_max_w), feeding.n_nodes
    first_source = feeding.n_devices + feeding.n_racks
    node = np.where(outages.device >= 0, outages.device, first_source + outages.source)
    found = flow.differences(np.arange(len(node)), node, len(node))
    keys = np.union1d(np.union1d(found.touched, found.loaded), found.dead).astype(np.int64)
    at, cable = Adjacent(outlets.consumer.astype(np.int32), n).expand(keys % n)
    key, feeder = keys[at], outlets.feeder[cable]
    lives = ~has_key(found.dead, key // n * n + feeder)
    key, cable, feeder = key[lives], cable[lives], feeder[lives]
    consumer = key % n
    own = np.where(consumer < feeding.n_devices, of.power.device_max_w[consumer % feeding.n_devices], 0.0)
    through = looked_up(found.loaded, found.through_w, key, flow.through_w[consumer])
    asked = np.where(has_key(found.dead, key), 0.0, own + through / feeding.efficiency[consumer])
    total = looked_up(found.touched, found.total, key, flow.total[consumer])
    share = outlets.weight(of.power)[cable] * flow.alive[feeder] / np.maximum(total, 1e-12)
    return key // n, cable.astype(np.int64), asked * flow.alive[consumer] * share

"""What batteries hold, and what loads step onto UPS and generators."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.engine.columns import Floats, sum_by
from core.engine.power import Power, power
from core.engine.snapshot import Snapshot
from core.engine.stage import stage

KINDS = ("ups", "battery", "generator")


@dataclass(frozen=True)
class RideThrough:
    """Batteries, UPS and generators of the design; NaN where a type does not tell.

    Attributes
    ----------
    device : ndarray of int, shape (n,)
    kind : tuple of str
    rated_w, load_w : ndarray, shape (n,)
        Rating, and the most it carries in any loss of a source [W]. A battery on a busbar carries its share
        of it, by rating.
    hold_s : ndarray, shape (n,)
        How long it holds that load [s].
    start_s : ndarray, shape (n,)
        Generators: time until they take load [s].
    step_w : ndarray, shape (n,)
        UPS: peak less typical. Generators: all that comes onto them at once [W].
    step_limit_w : ndarray, shape (n,)
        The step it takes [W].
    peak_s : float
        Duration of the longest peak of the devices, 0 where none is given [s].
    """

    device: NDArray[np.intp]
    kind: tuple[str, ...]
    rated_w: Floats
    load_w: Floats
    hold_s: Floats
    start_s: Floats
    step_w: Floats
    step_limit_w: Floats
    peak_s: float

    @property
    def slowest_start_s(self) -> float:
        """Of the generators; NaN where none tells."""
        known = self.start_s[~np.isnan(self.start_s)]
        return float(known.max()) if len(known) else float("nan")


def hold_s(rated_w: float, rated_hold_s: float, load_w: float) -> float:
    """Return how long a battery holds a load, as if its energy were the same at any load.

    Parameters
    ----------
    rated_w, rated_hold_s : float
        It holds `rated_w` [W] for so long [s].
    load_w : float
        Load [W].

    Returns
    -------
    float
        Seconds; 0 above its rating, infinite without load. Below its rating real batteries hold somewhat
        longer, so this is on the safe side; age is not in it.

    Examples
    --------
    A shelf of 15 kW for 90 s, at half its load and above its rating:

    >>> hold_s(15_000, 90, 7_500), hold_s(15_000, 90, 16_000)
    (180.0, 0.0)
    """
    if load_w > rated_w * (1 + 1e-9):
        return 0.0
    return float("inf") if load_w <= 0 else rated_w * rated_hold_s / load_w


@stage(reads=("devices", "racks"), needs=(power,))
def ride_through(snap: Snapshot, drawn: Power) -> RideThrough:
    """Return what holds the load while power comes back, and the steps it gives.

    Notes
    -----
    A UPS sees the devices step from typical to peak; a generator takes all it carries at once unless the
    loads are brought on in groups, which the design does not say.
    """
    specs = snap.specs
    kinds = np.array([spec.type.kind for spec in specs.specs])
    device = np.flatnonzero(np.isin(kinds[snap.device_spec], KINDS))
    of_spec = snap.device_spec[device]
    kind = kinds[of_spec]
    column = {name: specs.column(name) for name in ("rated_w", "hold_s", "start_s", "step_share")}

    def given(name: str) -> Floats:
        return np.where(column[name].known, column[name].value, np.nan)[of_spec]

    rated = given("rated_w")
    load = drawn.passing_worst_w[device].copy()
    on_busbar = np.flatnonzero((kind == "battery") & (snap.device_rack[device] >= 0))
    rack = snap.device_rack[device[on_busbar]]
    size = np.nan_to_num(rated[on_busbar])
    total = sum_by(rack, size, snap.n_racks)
    busbar = np.max([flow.busbar_w for flow in drawn.maximum], axis=0)
    load[on_busbar] = busbar[rack] * size / np.maximum(total[rack], 1e-9)
    held = [hold_s(*row) for row in zip(rated.tolist(), given("hold_s").tolist(), load.tolist(), strict=True)]
    step = np.maximum(drawn.peak.device_through_w - drawn.typical.device_through_w, 0.0)[device]
    peaks = specs.column("power_peak_s")
    used = np.unique(snap.device_spec)
    return RideThrough(
        device=device,
        kind=tuple(kind.tolist()),
        rated_w=rated,
        load_w=load,
        hold_s=np.array(held, dtype=float),
        start_s=np.where(kind == "generator", given("start_s"), np.nan),
        step_w=np.where(kind == "generator", load, np.where(kind == "ups", step, np.nan)),
        step_limit_w=given("step_share") * rated,
        peak_s=float(peaks.value[used].max(initial=0.0)),
    )

"""Energy of a year: what the IT uses, what is lost on the way to it, what its cooling takes; design PUE."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.engine.climate import HOURS, Climate, climate_of
from core.engine.columns import Flags, Floats
from core.engine.loops import Loops, loops
from core.engine.power import Power, power
from core.engine.snapshot import Snapshot
from core.engine.stage import stage
from core.errors import EngineError
from core.model.types import DeviceType, EfficiencyPoint, RejectionPoint

STAGES_OF_POWER: dict[str, tuple[str, ...]] = {
    "transformers": ("transformer",),
    "generators": ("generator",),
    "switchgear": ("switchgear",),
    "UPS": ("ups", "battery"),
    "floor PDUs": ("floor-pdu",),
    "busways and tap-offs": ("busway", "tap-off"),
    "rack PDUs": ("rack-pdu",),
}
"""What counts as a loss outside the IT. Power shelves are in the rack and count as IT: a house choice."""
COOLING: dict[str, tuple[str, ...]] = {
    "CDUs": ("cdu",),
    "room units and doors": ("air-handler", "rear-door"),
    "heat rejection": ("heat-rejection",),
}
OUTSIDE = tuple(kind for group in (*STAGES_OF_POWER.values(), *COOLING.values()) for kind in group)
"""Kinds of devices that are not IT."""
COMPRESSOR_COP = 10.0
"""Heat rejection that moves less heat than this for each watt of its rating is taken to have a compressor."""


@dataclass(frozen=True)
class Energy:
    """Mean power over a year at typical load [W], and what follows from it.

    Attributes
    ----------
    it_w : float
        All that is neither distribution nor cooling, power shelves included.
    losses_w, cooling_w : tuple of (str, float)
        By stage, those that are drawn.
    water_l_h : float
        Water that heat rejection evaporates [L/h]; NaN without any, or if a type has no `rejection_points`.
    climate : Climate or None
    free_hours : float
        Hours in which no compressor is needed, weighed by the heat of what rejects it; NaN without a climate,
        or where the facility water asked for is not known.
    warm_hours : float
        Hours too warm for units without a compressor to give the facility water asked for; NaN likewise.
    unknown : tuple of str
        What had to be taken for granted.
    power_by_others, cooling_by_others : tuple of str
        What is not drawn, so that a PUE would be too low.
    """

    it_w: float
    losses_w: tuple[tuple[str, float], ...]
    cooling_w: tuple[tuple[str, float], ...]
    water_l_h: float
    climate: Climate | None
    free_hours: float
    warm_hours: float
    unknown: tuple[str, ...]
    power_by_others: tuple[str, ...]
    cooling_by_others: tuple[str, ...]

    @property
    def total_w(self) -> float:
        """IT, losses and cooling."""
        return self.it_w + sum(w for _, w in (*self.losses_w, *self.cooling_w))

    @property
    def year_mwh(self) -> float:
        """Energy of a year [MWh]: mean power x 8,760 h."""
        return self.total_w * HOURS / 1e6

    @property
    def pue(self) -> float:
        """Design PUE: all over the IT; NaN without IT, and where a part of it is by others."""
        whole = self.it_w > 0 and not self.power_by_others and not self.cooling_by_others
        return self.total_w / self.it_w if whole else float("nan")

    @property
    def cooling_ppue(self) -> float:
        """Partial PUE of the cooling: IT and cooling over the IT; NaN as the PUE."""
        whole = self.it_w > 0 and not self.cooling_by_others
        return 1 + sum(w for _, w in self.cooling_w) / self.it_w if whole else float("nan")

    @property
    def wue_l_kwh(self) -> float:
        """Water for each kWh of IT [L/kWh]; NaN where not known."""
        return self.water_l_h / (self.it_w / 1000) if self.it_w > 0 else float("nan")


@stage(reads=("devices", "racks", "brief"), needs=(power, loops))
def energy(snap: Snapshot, drawn: Power, cooled: Loops) -> Energy:
    """Return the energy of a year.

    Notes
    -----
    Typical power, every hour of the year. Losses of a stage are those of the power that flows; where a type
    has an efficiency curve or a loss without load these take the place of its one efficiency (what is above
    it is then loaded as if they did not: a second-order error). Fans and pumps follow the affinity laws,
    P = P_max x (heat / rating)^3, their speed never below `fan_speed_least`. Heat rejection takes what its
    table says for the outdoor temperature and load; without one, with a compressor P = P_max x load whenever
    the outdoor air plus its approach is warmer than the facility water asked for, else `free_cooling_share`
    of that; without a compressor as fans. Dry bulb only: evaporation is counted only from tables. Lighting,
    offices and the network outside are not in it.

    References
    ----------
    .. [1] ISO/IEC 30134-2, power usage effectiveness: boundary and categories (as cited; not read).
    """
    kinds = np.array([spec.type.kind for spec in snap.specs.specs])[snap.device_spec]
    present = snap.device_spec > 0
    heat = np.where(present, drawn.typical.device_heat_w, 0.0)
    share = drawn.total_typical_w / drawn.total_max_w if drawn.total_max_w > 0 else 1.0
    losses, untold = [], []
    for name, group in STAGES_OF_POWER.items():
        rows = np.isin(kinds, group) & present
        if rows.any():
            losses.append((name, float(_losses(snap, drawn, rows, heat[rows]).sum())))
            if not _states_losses(snap, rows):
                untold.append(f"{name}: no type gives an efficiency, no loss is counted")
    plant = _Plant(snap, drawn, cooled, share)
    cooling = []
    for name, group in COOLING.items():
        rows = np.isin(kinds, group) & present
        if rows.any():
            cooling.append((name, plant.mean_w(rows)))
    return Energy(
        it_w=float(heat[~np.isin(kinds, OUTSIDE)].sum()),
        losses_w=tuple(losses),
        cooling_w=tuple(cooling),
        water_l_h=plant.water_l_h if "heat-rejection" in kinds[present] else float("nan"),
        climate=plant.climate,
        free_hours=plant.free_hours,
        warm_hours=plant.warm_hours,
        unknown=tuple(dict.fromkeys((*untold, *plant.unknown))),
        power_by_others=_power_by_others(kinds[present]),
        cooling_by_others=_cooling_by_others(kinds[present], cooled),
    )


def _losses(snap: Snapshot, drawn: Power, rows: Flags, by_flow: Floats) -> Floats:
    """Return the losses of some devices [W]: by their curve where they have one, else as the power flows."""
    found = by_flow.copy()
    through = drawn.typical.device_through_w[rows]
    spec_of = snap.device_spec[rows]
    for number in np.unique(spec_of).tolist():
        spec = snap.specs.specs[number].type
        if not spec.efficiencies and not spec.no_load_w:
            continue
        at = np.flatnonzero(spec_of == number)
        rated = spec.rated_w or spec.rated_va or 0.0
        if spec.efficiencies and rated:
            efficiency = efficiency_at(spec.efficiencies, through[at] / rated)
            found[at] = through[at] * (1 / efficiency - 1)
        elif spec.no_load_w:
            found[at] += spec.no_load_w
    return found


def _states_losses(snap: Snapshot, rows: Flags) -> bool:
    specs = [snap.specs.specs[number].type for number in np.unique(snap.device_spec[rows]).tolist()]
    return any(s.efficiency is not None or s.efficiencies or s.no_load_w is not None for s in specs)


def efficiency_at(points: tuple[EfficiencyPoint, ...], load: Floats) -> Floats:
    """Return the efficiency at a share of the rating: interpolated, held at the ends of the table.

    Examples
    --------
    >>> table = (EfficiencyPoint(load=0.25, efficiency=0.94), EfficiencyPoint(load=0.5, efficiency=0.96))
    >>> efficiency_at(table, np.array([0.1, 0.375, 1.0])).round(3).tolist()
    [0.94, 0.95, 0.96]
    """
    rows = sorted((p.load, p.efficiency) for p in points)
    found: Floats = np.interp(load, [r[0] for r in rows], [max(r[1], 1e-3) for r in rows])
    return found


def rejection_at(points: tuple[RejectionPoint, ...], outdoor_c: Floats, load: float) -> tuple[Floats, Floats]:
    """Return power and water of heat rejection for each unit of heat.

    Parameters
    ----------
    points : tuple of RejectionPoint
        Rows of the type.
    outdoor_c : ndarray, shape (n,)
        Outdoor temperatures [degC]; outside the table its nearest row holds.
    load : float
        Share of the rating; the rows of the load nearest to it are taken.

    Returns
    -------
    power_share, water_l_kwh : ndarray, shape (n,)
    """
    nearest = min({p.load for p in points}, key=lambda at: abs(at - load))
    rows = sorted((p.outdoor_c, p.power_share, p.water_l_kwh) for p in points if p.load == nearest)
    at, watts, water = zip(*rows, strict=True)
    return np.interp(outdoor_c, at, watts), np.interp(outdoor_c, at, water)


def _power_by_others(kinds: NDArray[np.str_]) -> tuple[str, ...]:
    if np.isin(kinds, ("transformer", "ups", "switchgear")).any():
        return ()
    return ("no transformer, switchgear or UPS is drawn: their losses are by others",)


def _cooling_by_others(kinds: NDArray[np.str_], cooled: Loops) -> tuple[str, ...]:
    missing = []
    if cooled.device_air_w.sum() > 0 and "air-handler" not in kinds:
        missing.append("no room unit is drawn: the fans that move the air are by others")
    if "heat-rejection" not in kinds:
        missing.append("no heat rejection is drawn: its power and water are by others")
    return tuple(missing)


class _Plant:
    """Mean power of cooling equipment over the year."""

    def __init__(self, snap: Snapshot, drawn: Power, cooled: Loops, share: float) -> None:
        self._snap, self._loops, self._share = snap, cooled, share
        self._least = snap.brief.assume("fan_speed_least")
        self._unit = {int(d): k for k, d in enumerate(cooled.unit_device.tolist())}
        self._own_w = np.where(snap.device_spec > 0, drawn.device_max_w, 0.0)
        self.unknown: list[str] = []
        self.climate = self._climate(snap.brief.text("climate"))
        self.water_l_h = 0.0
        self._free: list[tuple[float, float]] = []
        self._warm: list[tuple[float, float]] = []

    def _climate(self, text: str) -> Climate | None:
        if not text:
            return None
        try:
            return climate_of(text)
        except EngineError as error:
            self.unknown.append(f"climate: {error.problem}")
            return None

    @property
    def free_hours(self) -> float:
        return _weighed(self._free)

    @property
    def warm_hours(self) -> float:
        return max((hours for _, hours in self._warm), default=float("nan"))

    def mean_w(self, rows: Flags) -> float:
        """Return the mean power of some cooling equipment [W]."""
        total = 0.0
        for device in np.flatnonzero(rows).tolist():
            spec = self._snap.specs.specs[self._snap.device_spec[device]].type
            load, heat_w = self._load(device, spec)
            if spec.kind == "heat-rejection":
                total += self._rejection_w(device, spec, load, heat_w)
            else:
                total += self._fans_w(device, load)
        return total

    def _load(self, device: int, spec: DeviceType) -> tuple[float, float]:
        """Return the share of its rating a unit carries at typical power, and the heat [W]; NaN unknown."""
        heat = capacity = float("nan")
        if device in self._unit:
            unit = self._unit[device]
            heat, capacity = float(self._loops.unit_heat_w[unit]), float(self._loops.unit_capacity_w[unit])
        elif spec.kind in ("air-handler", "rear-door"):
            air = self._loops.air
            heat = float((air.unit_w if spec.kind == "air-handler" else air.door_w)[device])
            capacity = spec.cooling_w or float("nan")
        if not capacity > 0:
            self.unknown.append(f"{spec.name}: its rating or its loop is not known, full load is taken")
            return 1.0, (0.0 if np.isnan(heat) else heat * self._share)
        return min(heat * self._share / capacity, 1.0), heat * self._share

    def _fans_w(self, device: int, load: float) -> float:
        return float(self._own_w[device]) * max(load, self._least) ** 3

    def _rejection_w(self, device: int, spec: DeviceType, load: float, heat_w: float) -> float:
        full_w, climate = float(self._own_w[device]), self.climate
        if not spec.rejection_points:
            self.water_l_h = float("nan")
        has_compressor = (
            bool(spec.cooling_w) and full_w > 0 and (spec.cooling_w or 0) / full_w < COMPRESSOR_COP
        )
        if climate is None:
            self.unknown.append("no climate is named: compressors are taken to run all the year")
            self._free.append((heat_w, float("nan")))
            if spec.rejection_points:
                self.unknown.append(f"{spec.name}: its table needs a climate")
            return full_w * load if has_compressor else self._fans_w(device, load)
        part = climate.hours / HOURS
        is_cool = self._is_cool(device, spec, climate)
        if is_cool is not None:
            cool_hours = float(climate.hours[is_cool].sum())
            self._free.append((heat_w, cool_hours if has_compressor else HOURS))
            if not has_compressor:
                self._warm.append((heat_w, HOURS - cool_hours))
        if spec.rejection_points:
            watts, litres = rejection_at(spec.rejection_points, climate.outdoor_c, load)
            self.water_l_h += float((litres * part).sum()) * heat_w / 1000
            return float((watts * part).sum()) * heat_w
        if not has_compressor:
            return self._fans_w(device, load)
        if is_cool is None:
            self.unknown.append("the facility water asked for is not known: no free cooling is counted")
            return full_w * load
        free = float(part[is_cool].sum())
        return full_w * load * (1 - free + free * self._snap.brief.assume("free_cooling_share"))

    def _is_cool(self, device: int, spec: DeviceType, climate: Climate) -> Flags | None:
        """Tell in which bins the outdoor air alone gives the water asked for; None if that is not known."""
        loop = int(self._loops.device_loop[device])
        supply = float(self._loops.loop_supply_c[loop]) if loop >= 0 else float("nan")
        if np.isnan(supply):
            supply = self._asked_c(loop)
        if np.isnan(supply):
            return None
        approach = (
            self._snap.brief.assume("outdoor_approach_k") if spec.approach_k is None else spec.approach_k
        )
        cool: Flags = climate.outdoor_c + approach <= supply + 1e-9
        return cool

    def _asked_c(self, loop: int) -> float:
        """Return the coolest water the CDUs on a facility loop ask for [degC]; NaN if not known."""
        primary, own = self._loops.device_primary, self._loops.device_loop
        cdus = np.flatnonzero(primary == loop) if loop >= 0 else np.zeros(0, int)
        asked = self._loops.loop_facility_c[own[cdus]] if len(cdus) else np.zeros(0)
        return float(np.nanmin(asked)) if len(asked) and not np.isnan(asked).all() else float("nan")


def _weighed(rows: list[tuple[float, float]]) -> float:
    """Return the mean of the second by the first; NaN if there is none or one is not known."""
    total = sum(weight for weight, _ in rows)
    return sum(weight * value for weight, value in rows) / total if total > 0 else float("nan")

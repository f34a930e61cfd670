"""Power: what the design draws, from which source, and what is left when a source is lost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.engine.columns import Flags, Floats, count_by, sum_by
from core.engine.evidence import Grounds, grounds, grounds_of, joined
from core.engine.feeding import OUT, Feeding, Flow, feeding_of
from core.engine.snapshot import Snapshot
from core.engine.specs import EVIDENCE, LAYERS, Column
from core.engine.stage import stage


@dataclass(frozen=True)
class Draw:
    """What each device takes for itself in one load case [W]; not what it passes on."""

    device_w: Floats
    column: Column
    grounds: Grounds


@dataclass(frozen=True)
class Power:
    """Power of the design.

    Three load cases that are never added to each other: *typical* is for energy, *maximum sustained* sizes
    conductors, breakers and cooling, *peak* (sub-second) is for supplies, trip curves and generators.

    Attributes
    ----------
    feeding : Feeding
        Who feeds whom.
    maximum : tuple of Flow
        Maximum sustained: normal first, then with each source lost, in the order of `feeding.sources`.
    typical, peak : Flow
        Normal operation.
    device_max_w : ndarray, shape (n_devices,)
        What each device takes for itself at maximum, its limit kept [W]; not what it passes on.
    rack_typical_w, rack_max_w, rack_peak_w : ndarray, shape (n_racks,)
        What the devices of a rack turn into heat, losses of its shelves included [W].
    device_short : ndarray of bool, shape (n_scenarios - 1, n_devices)
        With that source lost the device has fewer live supplies than before and than it needs at maximum.
    rack_shelves, rack_shelves_spare : ndarray, shape (n_racks,)
        Power shelves on the rack's busbar, and how many of them may fail at maximum: x of N + x.
    busbar_short_w : ndarray, shape (n_scenarios, n_racks)
        Demand of the rack's busbar above what its live shelves can give [W]; 0 if it holds.
    passing_worst_w : ndarray, shape (n_devices,)
        The most that a shelf, PDU, busway or UPS passes on in any scenario [W].
    passing_worst_case : ndarray of int, shape (n_devices,)
        The scenario of that.
    """

    feeding: Feeding
    maximum: tuple[Flow, ...]
    typical: Flow
    peak: Flow
    device_max_w: Floats
    rack_typical_w: Floats
    rack_max_w: Floats
    rack_peak_w: Floats
    device_short: Flags
    rack_shelves: Floats
    rack_shelves_spare: Floats
    busbar_short_w: Floats
    passing_worst_w: Floats
    passing_worst_case: np.ndarray[tuple[int, ...], np.dtype[np.intp]]
    typical_grounds: Grounds
    max_grounds: Grounds
    peak_grounds: Grounds

    @property
    def normal(self) -> Flow:
        return self.maximum[0]

    @property
    def total_max_w(self) -> float:
        """All that is turned into heat at maximum [W]."""
        return float(self.normal.device_heat_w.sum())

    @property
    def total_typical_w(self) -> float:
        return float(self.typical.device_heat_w.sum())

    @property
    def total_peak_w(self) -> float:
        return float(self.peak.device_heat_w.sum())

    def source_w(self, scenario: int) -> Floats:
        """Load of each source in a scenario at maximum [W]."""
        return self.maximum[scenario].source_w


@stage(reads=("devices", "limits", "power cables", "feeds", "racks", "brief"))
def power(snap: Snapshot) -> Power:
    """Follow the power from every device to the sources, in normal operation and with each source lost.

    Returns
    -------
    Power

    Notes
    -----
    A device shares its draw equally over its live inlets; a busbar shares over its live shelves in
    proportion to their rating. A device none of whose inlets is live draws nothing; one with too few live
    supplies is taken to go on drawing its maximum (it may need power capping), so that the load of the
    survivors is never understated. What a shelf passes on is divided by its efficiency. A missing typical
    or peak is taken as the maximum, a missing maximum as the typical value; both are then `assumed`.
    """
    feeding = feeding_of(snap)
    cases = {name: _draw(snap, name) for name in ("max", "typical", "peak")}
    maximum = tuple(feeding.flow(cases["max"].device_w, lost) for lost in (-1, *range(len(feeding.sources))))
    typical = feeding.flow(cases["typical"].device_w, -1)
    peak = feeding.flow(cases["peak"].device_w, -1)
    through = np.stack([flow.device_through_w for flow in maximum])
    worst = through.argmax(axis=0) if snap.n_devices else np.zeros(0, np.intp)
    short = _short(snap, maximum)
    shelves, spare = feeding.shelves(maximum[0].busbar_w)
    return Power(
        feeding=feeding,
        maximum=maximum,
        typical=typical,
        peak=peak,
        device_max_w=cases["max"].device_w,
        rack_typical_w=_by_rack(snap, typical.device_heat_w),
        rack_max_w=_by_rack(snap, maximum[0].device_heat_w),
        rack_peak_w=_by_rack(snap, peak.device_heat_w),
        device_short=short,
        rack_shelves=shelves,
        rack_shelves_spare=spare,
        busbar_short_w=np.stack([flow.busbar_short_w for flow in maximum]),
        passing_worst_w=through.max(axis=0) if snap.n_devices else np.zeros(0),
        passing_worst_case=worst,
        typical_grounds=_with_losses(snap, cases["typical"], typical),
        max_grounds=_with_losses(snap, cases["max"], maximum[0]),
        peak_grounds=_with_losses(snap, cases["peak"], peak),
    )


def _by_rack(snap: Snapshot, device_w: Floats) -> Floats:
    racked = snap.device_rack >= 0
    return sum_by(snap.device_rack[racked], device_w[racked], snap.n_racks)


PASSIVE = (
    "power-shelf", "rack-pdu", "busway", "floor-pdu", "manifold", "blank", "rear-door", "transformer",
    "switchgear", "generator", "ups", "tap-off",
)  # fmt: skip
FALLBACK = {
    "max": ("power_typical_w",),
    "typical": ("power_max_w",),
    "peak": ("power_max_w", "power_typical_w"),
}


def _draw(snap: Snapshot, case: str) -> Draw:
    """Return what each device takes, with its limit."""
    specs = snap.specs
    first = specs.column(f"power_{case}_w", with_modules=True, instead=FALLBACK[case])
    passive = np.array([_passes_only(spec.type.kind) for spec in specs.specs])
    evidence = np.where(passive & ~first.known, 0, first.evidence).astype(np.int8)
    column = Column(first.value, evidence, first.lacking)
    device_w = np.fmin(column.value[snap.device_spec], snap.device_limit_w)
    counts = count_by(snap.device_spec, len(specs))
    counts[0] = 0
    names = [spec.type.name for spec in specs.specs]
    return Draw(device_w, column, grounds_of(column, counts, names, f"power {case}"))


def _passes_only(kind: str) -> bool:
    """Things that draw nothing for themselves worth a warning when a type does not say."""
    return kind in PASSIVE


def _with_losses(snap: Snapshot, drawn: Draw, flow: Flow) -> Grounds:
    """Join the grounds of the draw with those of the losses, which stand on efficiencies."""
    specs = snap.specs
    own_w = np.where(flow.device_alive, drawn.device_w, 0.0)
    loss_w = sum_by(snap.device_spec, flow.device_heat_w - own_w, len(specs))
    lossy = np.flatnonzero(loss_w > 1e-6)
    if not len(lossy):
        return drawn.grounds
    efficiency = specs.column("efficiency")
    codes = np.where(efficiency.known, efficiency.evidence, EVIDENCE.index("assumed")).astype(np.int8)
    names = [f"{specs.specs[i].type.name}: losses" for i in lossy]
    losses = grounds(loss_w[lossy], codes[lossy], names)
    return joined((float(own_w.sum()), drawn.grounds), (float(loss_w[lossy].sum()), losses))


def supplies_of(snap: Snapshot) -> tuple[Floats, Floats]:
    """Return how many supplies an inlet of each device stands for, and how many it needs at maximum.

    Supplies are spread evenly over the inlets of a type. What only passes power on (a shelf, a PDU) needs
    none: its busbar or its consumers do.
    """
    ports = snap.specs.ports
    n = len(snap.specs)
    power_port = ports.layer == LAYERS.index("power")
    inlets = sum_by(ports.spec, power_port & (ports.direction != OUT), n)
    passes = sum_by(ports.spec, power_port & (ports.direction == OUT), n) > 0
    fitted, needed = snap.specs.column("supplies_fitted"), snap.specs.column("supplies_needed")
    each = np.where(fitted.known, fitted.value, inlets) / np.maximum(inlets, 1.0)
    return each[snap.device_spec], np.where(passes, 0.0, needed.value)[snap.device_spec]


def _short(snap: Snapshot, maximum: tuple[Flow, ...]) -> Flags:
    """Tell which devices are left with too few supplies by the loss of each source."""
    each, wanted = supplies_of(snap)
    normal = maximum[0].device_live
    short = [(flow.device_live < normal) & (flow.device_live * each < wanted - 1e-9) for flow in maximum[1:]]
    return np.array(short, dtype=bool).reshape(len(maximum) - 1, snap.n_devices)

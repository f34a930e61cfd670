"""Liquid and air: fluids, hoses, air inlets and what CDUs without hoses can take."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.engine.columns import Flags
from core.engine.specs import LAYERS
from core.rules.finding import Severity
from core.rules.rule import MOST_EXAMPLES, Marks, Missing, Yielded, of_design, rule
from core.rules.sockets import Pair, bad_links
from core.rules.views import SLACK_W, Design
from core.rules.wording import watts
from core.units import show

COOLANT = LAYERS.index("coolant")
FACILITY_SIDE = ("heat-rejection", "air-handler", "rear-door", "cdu")


def _fluids(text: str) -> set[str]:
    return {part.strip().lower() for part in text.split(",") if part.strip()}


@rule("cooling.fluid", Severity.ERROR, "Wrong coolant", reads=("devices", "cables", "brief"))
def fluid(design: Design) -> Iterator[Yielded]:
    """A device or a hose gets a coolant it does not take: it corrodes, leaks or freezes.

    Devices are held against the coolant the brief names, links against the fluids of both couplings. The
    facility side of a CDU is another loop and is judged by its links.

    Source: coolants of the types. Wetted metals, NVIDIA MGX rack and trays specification 1.1, and PG25, Dow
    DOWFROST LC guide, both as quoted.
    """

    def judge(pair: Pair) -> str:
        one, other = _fluids(pair.a.fluid), _fluids(pair.b.fluid)
        apart = one and other and not one & other
        return (
            f"{pair.a.fluid} at one end, {pair.b.fluid} at the other; keep the loops apart" if apart else ""
        )

    yield from bad_links(design, "coolant", judge)
    asked = design.brief.required("coolant")
    specs = design.specs.specs
    own = [_fluids(s.type.coolant) if s.type.kind not in FACILITY_SIDE else set() for s in specs]
    if not asked:
        if any(own[int(k)] for k in np.unique(design.snap.device_spec)):
            yield Missing("coolant in the brief")
        return
    wrong = np.array([bool(takes) and not takes & _fluids(str(asked)) for takes in own])
    rows = np.flatnonzero(wrong[design.snap.device_spec])
    yield Marks(
        "device",
        rows,
        lambda k: (
            f"{asked} in the loop, {specs[int(design.snap.device_spec[rows[k]])].type.name} takes "
            f"{specs[int(design.snap.device_spec[rows[k]])].type.coolant}; change the coolant or the device"
        ),
    )


@rule("cooling.unplumbed", Severity.ERROR, "Heat to liquid, but no liquid",
      reads=("devices", "cables", "racks", "cooling"), unit="W")  # fmt: skip
def unplumbed(design: Design) -> Iterator[Yielded]:
    """A device gives heat to liquid, but neither a hose nor the rack's manifold reaches it; or a
    rack manifold has no hose.

    A design with neither CDU nor hose is taken as one whose loop others draw, and stays unchecked.

    Source: liquid fractions and coolant ports of the types.
    """
    snap, ports = design.snap, design.specs.ports
    liquid = design.of.cooling.device_liquid_w
    plumbed = np.zeros(snap.n_devices, bool)
    hoses = np.flatnonzero(snap.cable_layer == COOLANT)
    plumbed[snap.cable_a[hoses]] = plumbed[snap.cable_b[hoses]] = True
    joined = plumbed | _on_manifold(design)
    has_port = np.bincount(ports.spec[ports.layer == COOLANT], minlength=len(design.specs)) > 0
    wet = (liquid > 0) & ~design.of_kind(*FACILITY_SIDE)
    for name in design.type_names(np.flatnonzero(wet & ~has_port[snap.device_spec])):
        yield Missing(f"coolant ports of {name}")
    if not len(hoses) and not design.of_kind("cdu").any():
        if wet.any():
            yield Missing("coolant loop: neither CDU nor hose is drawn")
        return
    dry = wet & has_port[snap.device_spec] & ~joined
    header = design.of_kind("manifold") & has_port[snap.device_spec] & ~plumbed
    rows = np.flatnonzero(dry | header)
    yield Marks(
        "device",
        rows,
        lambda k: (
            "a manifold without a hose; connect its supply and return to a CDU"
            if header[rows[k]]
            else f"{watts(liquid[rows[k]])} to liquid and no hose; connect it to a manifold or CDU"
        ),
        liquid[rows],
        np.zeros(len(rows)),
    )


def _on_manifold(design: Design) -> Flags:
    """Tell which devices couple blind with the manifold of their rack type."""
    snap, ports, types = design.snap, design.specs.ports, design.specs.rack_types
    found = np.zeros(snap.n_devices, bool)
    for number, rack_type in enumerate(types):
        if rack_type.manifold in ports.connectors and rack_type.manifold:
            mates = (ports.connector == ports.connectors.index(rack_type.manifold)) & (ports.layer == COOLANT)
            has = np.bincount(ports.spec[mates], minlength=len(design.specs)) > 0
            inside = np.append(snap.rack_type, -1)[snap.device_rack] == number
            found |= inside & (snap.device_rack >= 0) & has[snap.device_spec]
    return found


@rule("cooling.air_inlet", Severity.ERROR, "Air supply outside the inlet's window",
      reads=("devices", "brief", "cooling"), unit="degC", worse="away")  # fmt: skip
def air_inlet(design: Design) -> Iterator[Yielded]:
    """The air supply of the brief is colder or warmer than a device that gives heat to air allows.

    What altitude takes off is judged apart (`cooling.inlet_at_altitude`).

    Source: inlet windows of the types, which override the ASHRAE TC 9.9 class (as in NVIDIA Data Center Best
    Practices with DGX B300, as quoted).
    """
    low, low_known = design.column("inlet_min_c")
    high, high_known = design.column("inlet_max_c")
    hot = design.of.cooling.device_air_w > 0
    for name in design.type_names(np.flatnonzero(hot & ~high_known)):
        yield Missing(f"highest air inlet of {name}")
    supply = design.brief.number("air_supply_c")
    if supply is None:
        if hot.any():
            yield Missing("air supply temperature in the brief")
        return
    warm = hot & high_known & (supply > high + 1e-9)
    rows = np.flatnonzero(warm | (hot & low_known & (supply < low - 1e-9)))
    bound = np.where(warm, high, low)[rows]
    yield Marks(
        "device",
        rows,
        lambda k: (
            f"air at {show(supply, 'degC')}, {'at most' if warm[rows[k]] else 'at least'} "
            f"{show(float(bound[k]), 'degC')} allowed; change the air supply"
        ),
        np.full(len(rows), supply),
        bound,
    )


@rule("cooling.cdu_short", Severity.ERROR, "CDUs too small",
      reads=("devices", "cooling", "loops"), unit="W")  # fmt: skip
def cdu_short(design: Design) -> Iterator[Yielded]:
    """The CDUs that no hose joins to a loop remove less heat than the design gives to liquid elsewhere.

    Where hoses are drawn each loop is judged for itself (`cooling.loop_short`). Ratings hold at each CDU's
    own approach; they are added as they are.

    Source: heat removal of the types. A CDU rating is kW at an approach: Vertiv CoolChip SL-80005, Boyd
    ROL4000, CoolIT CHx2000, as quoted.
    """
    free = _free(design)
    yield from _unrated(design, free)
    if free.rated and free.heat_w > free.cdu_w + SLACK_W:
        yield of_design(
            f"{watts(free.heat_w)} to liquid, CDUs remove {watts(free.cdu_w)}; add a CDU",
            free.heat_w,
            free.cdu_w,
            at=map(design.snap.device_path, free.rows[:MOST_EXAMPLES].tolist()),
        )


@rule("cooling.cdu_lost", Severity.WARNING, "CDUs too small when the largest is lost",
      reads=("devices", "cooling", "loops"), unit="W")  # fmt: skip
def cdu_lost(design: Design) -> Iterator[Yielded]:
    """With the largest CDU stopped the others that no hose joins remove less heat than is given to liquid.

    Accelerators throttle or stop within seconds of losing flow. See `cooling.loop_lost` for CDUs with hoses.

    Source: N+1 is capacity for what is needed and one spare, recalled; so is how soon accelerators throttle.
    """
    free = _free(design)
    left = free.cdu_w - free.largest_w
    yield from _unrated(design, free)
    if free.rated and left + SLACK_W < free.heat_w <= free.cdu_w + SLACK_W:
        yield of_design(
            f"{watts(free.heat_w)} to liquid, {watts(left)} left without the largest CDU; add a spare",
            free.heat_w,
            left,
            at=map(design.snap.device_path, free.rows[:MOST_EXAMPLES].tolist()),
        )


@dataclass(frozen=True)
class _Free:
    """What is on no loop that a CDU or heat rejection feeds: heat to liquid, and CDUs."""

    heat_w: float
    rows: NDArray[np.intp]
    known: Flags
    cdu_w: float
    largest_w: float

    @property
    def rated(self) -> bool:
        return bool(len(self.rows) and self.known.all())


def _free(design: Design) -> _Free:
    def make() -> _Free:
        found = design.of.loops
        fed = np.append(found.loop_units > 0, False)[found.device_loop]
        rows = np.flatnonzero(design.of_kind("cdu") & ~fed)
        rating, known = design.column("cooling_w")
        return _Free(
            float(design.of.cooling.device_liquid_w[~fed].sum()),
            rows,
            known[rows],
            float(rating[rows].sum()),
            float(rating[rows].max(initial=0.0)),
        )

    return design.once("cooling.free", make)


def _unrated(design: Design, free: _Free) -> Iterator[Yielded]:
    if free.heat_w <= SLACK_W:
        return
    if not len(free.rows):
        yield Missing("CDUs: none is drawn")
    for name in design.type_names(free.rows[~free.known]):
        yield Missing(f"heat removal of {name}")

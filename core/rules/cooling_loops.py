"""Coolant loops as they are drawn: capacity, spare, approach, flow, head, velocity and pressure."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from core.engine.loops import TECHNOLOGY
from core.rules.finding import Severity
from core.rules.rule import Marks, Missing, Yielded, rule
from core.rules.views import SLACK_W, Design
from core.rules.wording import watts
from core.units import show


@rule("cooling.loop_short", Severity.ERROR, "Loop takes up more heat than its units remove",
      reads=("devices", "loops"), unit="W")  # fmt: skip
def loop_short(design: Design) -> Iterator[Yielded]:
    """A coolant loop carries more heat than the CDUs, or the heat rejection, that feed it remove together.

    Each CDU counts with its rating at the approach that is there (coolant supply less facility water); at its
    own where the brief gives no facility water. Heat that reaches a loop is followed from the devices.

    Source: heat removal of the types. A CDU rating is kW at an approach: Vertiv CoolChip SL-80005, Boyd
    ROL4000, CoolIT CHx2000, as quoted.
    """
    found = design.of.loops
    for why in sorted({why for loop, why in found.unknown if loop >= 0 and found.loop_units[loop]}):
        if why.startswith("heat removal") or "approach" in why:
            yield Missing(why)
    short = found.loop_heat_w > found.loop_capacity_w + SLACK_W
    yield from _units(
        design,
        short,
        found.loop_heat_w,
        found.loop_capacity_w,
        lambda loop: (
            f"{watts(found.loop_heat_w[loop])} on a loop whose {_count(design, loop)} "
            f"{watts(found.loop_capacity_w[loop])}; add one or move load"
        ),
    )


@rule(
    "cooling.loop_lost", Severity.WARNING, "Loop without a spare unit", reads=("devices", "loops"), unit="W"
)
def loop_lost(design: Design) -> Iterator[Yielded]:
    """With its largest unit stopped a loop's other CDUs, or coolers, remove less heat than it carries.

    Loops of one unit are another matter (`cooling.loop_single`). Accelerators throttle or stop within seconds
    of losing flow.

    Source: N+1 is capacity for what is needed and one spare, recalled; so is how soon accelerators throttle.
    """
    found = design.of.loops
    left = found.loop_capacity_w - found.loop_largest_w
    alone = (found.loop_spare == 0) & (found.loop_heat_w <= found.loop_capacity_w + SLACK_W)
    alone &= (left + SLACK_W < found.loop_heat_w) & (found.loop_units > 1)
    yield from _units(
        design,
        alone,
        found.loop_heat_w,
        left,
        lambda loop: (
            f"{watts(found.loop_heat_w[loop])} on its loop, {watts(left[loop])} left when the largest of "
            f"{int(found.loop_units[loop])} units stops; add a spare"
        ),
    )


@rule("cooling.loop_single", Severity.INFO, "Loop on one unit", reads=("devices", "loops"), unit="W")
def loop_single(design: Design) -> Iterator[Yielded]:
    """One CDU, or one cooler, carries a loop: all that hangs on it stops with it.

    A choice more than a fault where pumps in the unit are redundant, but a single point of failure to know.

    Source: N+1 is capacity for what is needed and one spare, recalled.
    """
    found = design.of.loops
    yield from _units(
        design,
        (found.loop_units == 1) & (found.loop_heat_w > SLACK_W),
        found.loop_heat_w,
        np.zeros(found.n_loops),
        lambda loop: f"alone carries {watts(found.loop_heat_w[loop])}; a second unit would keep the loop",
    )


def _count(design: Design, loop: int) -> str:
    units = int(design.of.loops.loop_units[loop])
    return "one unit removes" if units == 1 else f"{units} units remove"


def _units(
    design: Design,
    loops: NDArray[np.bool_],
    value: NDArray[np.float64],
    limit: NDArray[np.float64],
    text: Callable[[int], str],
) -> Iterator[Yielded]:
    """Mark one unit of each of some loops."""
    found = design.of.loops
    at = np.flatnonzero(loops[found.unit_loop])
    _, first = np.unique(found.unit_loop[at], return_index=True)
    rows, loop = found.unit_device[at[first]], found.unit_loop[at[first]]
    yield Marks("device", rows, lambda k: text(int(loop[k])), value[loop], limit[loop])


@rule("cooling.approach", Severity.ERROR, "Facility water too warm for the CDU",
      reads=("devices", "loops", "brief"), unit="degC")  # fmt: skip
def approach(design: Design) -> Iterator[Yielded]:
    """The facility water of the brief is warmer than the coolant supply less the approach a CDU is rated at.

    The CDU then cannot hold the supply at its rated heat.

    Source: approaches of the types (3 to 5 K, Vertiv, Boyd, CoolIT as quoted); T_FWS is at most T_TCS supply
    less the approach, GB200 manifold engineering note (45 degC at 4 K asks for 41 degC).
    """
    found, water = design.of.loops, design.brief.number("facility_supply_c")
    cdus = np.flatnonzero(np.array([found.loop_kind[k] == TECHNOLOGY for k in found.unit_loop], bool))
    cdus = cdus[~found.unit_to_air[cdus]]
    if water is None:
        if len(cdus):
            yield Missing("facility water supply in the brief")
        return
    rows, supply = found.unit_device[cdus], found.loop_supply_c[found.unit_loop[cdus]]
    needed = supply - found.unit_approach_k[cdus]
    for name in design.type_names(rows[np.isnan(needed)].astype(np.intp)):
        yield Missing(f"approach of {name}")
    at = np.flatnonzero(water > needed + 1e-9)
    yield Marks(
        "device",
        rows[at],
        lambda k: (
            f"facility water at {show(water, 'degC')}; a supply of {show(float(supply[at[k]]), 'degC')} at "
            f"its approach of {show(float(found.unit_approach_k[cdus[at[k]]]), 'K')} needs "
            f"{show(float(needed[at[k]]), 'degC')} or less"
        ),
        np.full(len(at), water),
        needed[at],
    )


@rule("cooling.flow_short", Severity.ERROR, "Units give less flow than the loop needs",
      reads=("devices", "loops"), unit="L/min")  # fmt: skip
def flow_short(design: Design) -> Iterator[Yielded]:
    """The devices of a loop need more coolant than its CDUs give together.

    Flows are those of the vendors' tables at the supply of the brief, the types' own, or heat over the
    brief's rise.

    Source: flows of the types; heat = flow x density x specific heat x rise, with PG25 as in the Dow
    DOWFROST LC guide, as quoted.
    """
    found = design.of.loops
    fed = np.array([kind == TECHNOLOGY for kind in found.loop_kind], bool)
    if fed.any():
        for why in sorted({why for loop, why in found.unknown if loop < 0}):
            yield Missing(why)
        rows = found.unit_device[(fed & np.isnan(found.loop_given_lpm))[found.unit_loop]]
        for name in design.type_names(rows.astype(np.intp)):
            yield Missing(f"coolant flow {name} gives")
    short = fed & (found.loop_flow_lpm > found.loop_given_lpm + 1e-6)
    yield from _units(
        design,
        short,
        found.loop_flow_lpm,
        found.loop_given_lpm,
        lambda loop: (
            f"its loop needs {show(float(found.loop_flow_lpm[loop]), 'L/min')} of "
            f"{found.loop_coolant[loop]} at {show(float(found.loop_supply_c[loop]), 'degC')} and "
            f"{show(float(found.loop_rise_k[loop]), 'K')} rise; "
            f"{show(float(found.loop_given_lpm[loop]), 'L/min')} are given: add a unit"
        ),
    )


@rule("cooling.head_short", Severity.ERROR, "Pressure drop above the head of the pumps",
      reads=("devices", "loops", "hydraulics"), unit="kPa")  # fmt: skip
def head_short(design: Design) -> Iterator[Yielded]:
    """What is known of the pressure drop of the worst way of a loop is more than its units give.

    Hoses by Darcy-Weisbach from their bore and ordered length, devices by the vendor's figure at their flow;
    couplings, bends and valves come on top. Only loops of which something is known are judged.

    Source: head and pressure drops of the types, each cited in the catalogue.
    """
    found, flow = design.of.loops, design.of.hydraulics
    short = flow.loop_head_left_kpa < -1e-6
    yield from _units(
        design,
        short,
        flow.loop_drop_kpa,
        flow.loop_head_kpa,
        lambda loop: (
            f"{show(float(flow.loop_drop_kpa[loop]), 'kPa')} of drop at "
            f"{show(float(found.loop_flow_lpm[loop]), 'L/min')}, "
            f"{show(float(flow.loop_head_kpa[loop]), 'kPa')} of head; take wider hoses or another unit"
        ),
    )


@rule("cooling.velocity", Severity.WARNING, "Coolant too fast",
      reads=("devices", "cables", "loops", "hydraulics", "brief"), unit="m/s")  # fmt: skip
def velocity(design: Design) -> Iterator[Yielded]:
    """Coolant runs faster in a hose, pipe or coupling than erosion and noise allow.

    The limit is the assumption `coolant_velocity_m_s`. Links whose bore is not known are not judged.

    Source: header speed at or below 2 to 3 m/s, an assumption of a GB200 manifold engineering note.
    """
    flow, limit = design.of.hydraulics, design.brief.assume("coolant_velocity_m_s")
    at = np.flatnonzero(flow.velocity_m_s > limit + 1e-9)
    yield Marks(
        "cable",
        flow.cables[at],
        lambda k: (
            f"{show(float(flow.velocity_m_s[at[k]]), 'm/s')} at "
            f"{show(float(flow.flow_lpm[at[k]]), 'L/min')}, at most {show(limit, 'm/s')}; take a wider bore "
            "or a second hose"
        ),
        flow.velocity_m_s[at],
        np.full(len(at), limit),
    )


@rule("cooling.pressure", Severity.WARNING, "Head above the pressure a device bears",
      reads=("devices", "loops"), unit="kPa")  # fmt: skip
def pressure(design: Design) -> Iterator[Yielded]:
    """The pumps of a loop alone can raise more pressure than a device on it bears, its static pressure apart.

    A closed valve puts the whole head on what is before it.

    Source: head and highest pressure of the types (GB200 NVL72: 5 bar, NVIDIA MGX rack and trays
    specification 1.1; Boyd ROL4000: up to 5.5 bar), as quoted.
    """
    found = design.of.loops
    if not found.n_loops:
        return
    head, known = design.column("head_kpa")
    most = np.zeros(found.n_loops + 1)
    units = found.unit_device[known[found.unit_device]]
    np.maximum.at(most, found.device_loop[units], head[units])
    bears, told = design.column("pressure_max_kpa")
    given = most[found.device_loop]
    rows = np.flatnonzero((found.device_loop >= 0) & told & ~design.of_kind("cdu") & (given > bears + 1e-6))
    yield Marks(
        "device",
        rows,
        lambda k: (
            f"bears {show(float(bears[rows[k]]), 'kPa')}, the units of its loop give up to "
            f"{show(float(given[rows[k]]), 'kPa')}; set a relief valve or choose another unit"
        ),
        given[rows],
        bears[rows],
    )

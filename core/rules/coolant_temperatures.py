"""Temperatures of the coolant against what devices and the room allow."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from core.engine.coolant_flow import OF_RACK
from core.engine.coolants import rise_or_unknown_k
from core.rules.cooling import FACILITY_SIDE
from core.rules.finding import Severity
from core.rules.rule import Marks, Missing, Yielded, of_design, rule
from core.rules.views import SLACK_W, Design
from core.units import show

ABOVE_DEW_POINT_K = 2.0
"""Least distance of a coolant supply from the dew point of the room."""


@rule("cooling.supply_too_warm", Severity.ERROR, "Coolant supply too warm",
      reads=("devices", "brief", "cooling"), unit="degC")  # fmt: skip
def supply_too_warm(design: Design) -> Iterator[Yielded]:
    """The coolant supply of the brief is warmer than a liquid-cooled device allows.

    Source: highest supply temperature of the types. ASHRAE TC 9.9 classes, its paper of 2021 as quoted, speak
    of facility water and are not used here.
    """
    limit, known = design.column("coolant_supply_max_c")
    wet = (design.of.cooling.device_liquid_w > 0) & ~design.of_kind(*FACILITY_SIDE)
    for name in design.type_names(np.flatnonzero(wet & ~known)):
        yield Missing(f"highest coolant supply of {name}")
    supply = design.brief.number("liquid_supply_c")
    if supply is None:
        if wet.any():
            yield Missing("coolant supply temperature in the brief")
        return
    rows = np.flatnonzero(wet & known & (supply > limit + 1e-9))
    yield Marks(
        "device",
        rows,
        lambda k: (
            f"coolant at {show(supply, 'degC')}, at most {show(float(limit[rows[k]]), 'degC')} allowed; "
            "lower the supply"
        ),
        np.full(len(rows), supply),
        limit[rows],
    )


@rule("cooling.dew_point", Severity.ERROR, "Coolant supply too near the dew point",
      reads=("devices", "cooling", "brief"), unit="degC", worse="less")  # fmt: skip
def dew_point(design: Design) -> Iterator[Yielded]:
    """The coolant supply is less than 2 K above the dew point of the room: water condenses on cold parts.

    Source: supply 2 to 3 K above the room's dew point, CDU checklist (resistancezero.com).
    """
    if design.of.cooling.liquid_w <= SLACK_W:
        return
    dew, supply = design.brief.number("room_dew_point_c"), design.brief.number("liquid_supply_c")
    if dew is None or supply is None:
        yield Missing(f"{'room dew point' if dew is None else 'coolant supply temperature'} in the brief")
        return
    if supply < dew + ABOVE_DEW_POINT_K - 1e-9:
        yield of_design(
            f"coolant at {show(supply, 'degC')}, dew point {show(dew, 'degC')}; supply at least "
            f"{show(dew + ABOVE_DEW_POINT_K, 'degC')} or dry the air",
            supply,
            dew + ABOVE_DEW_POINT_K,
        )


@rule("cooling.supply_too_cold", Severity.ERROR, "Coolant supply too cold",
      reads=("devices", "brief", "cooling", "loops"), unit="degC", worse="less")  # fmt: skip
def supply_too_cold(design: Design) -> Iterator[Yielded]:
    """The coolant supply of the brief is colder than a liquid-cooled device or a CDU allows.

    Source: lowest supply temperature of the types (Vertiv XDU1350 planning guide SL-71309: 10 degC).
    """
    supply = design.brief.number("liquid_supply_c")
    if supply is None:
        return
    limit, known = design.column("coolant_supply_min_c")
    wet = (design.of.cooling.device_liquid_w > 0) | (
        design.of_kind("cdu") & (design.of.loops.device_loop >= 0)
    )
    rows = np.flatnonzero(wet & known & (supply < limit - 1e-9))
    yield Marks(
        "device",
        rows,
        lambda k: (
            f"coolant at {show(supply, 'degC')}, at least {show(float(limit[rows[k]]), 'degC')} allowed; "
            "raise the supply"
        ),
        np.full(len(rows), supply),
        limit[rows],
    )


@rule("cooling.return_too_warm", Severity.ERROR, "Coolant return too warm",
      reads=("devices", "racks", "brief", "cooling"), unit="degC")  # fmt: skip
def return_too_warm(design: Design) -> Iterator[Yielded]:
    """A device gives its coolant back warmer than it allows, at the flow it is taken at.

    Source: highest return of the types (GB200 NVL72: 65 degC, NVIDIA MGX rack and trays specification 1.1 as
    quoted).
    """
    cooled = design.of.cooling
    limit, known = design.column("coolant_return_max_c")
    rows = np.flatnonzero(known & (cooled.device_liquid_w > 0))
    lpm, heat = cooled.flows.device_lpm[rows], cooled.device_liquid_w[rows]
    pairs, index = np.unique(np.stack([heat, lpm], axis=1), axis=0, return_inverse=True)
    rise = np.array([rise_or_unknown_k(w, v, cooled.coolant, cooled.supply_c) for w, v in pairs.tolist()])
    back = cooled.supply_c + (rise[index.ravel()] if len(rows) else np.zeros(0))
    at = np.flatnonzero(back > limit[rows] + 1e-6)
    of_rack = cooled.flows.device_basis[rows] == OF_RACK

    def flow_of(k: int) -> str:
        return "its share of the rack's flow" if of_rack[at[k]] else show(float(lpm[at[k]]), "L/min")

    yield Marks(
        "device",
        rows[at],
        lambda k: (
            f"returns at {show(float(back[at[k]]), 'degC')} with {flow_of(k)}, at most "
            f"{show(float(limit[rows[at[k]]]), 'degC')} allowed; give it more flow or a colder supply"
        ),
        back[at],
        limit[rows[at]],
    )

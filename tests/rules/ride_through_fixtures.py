"""Designs that spoil what holds and starts."""

from __future__ import annotations

from typing import Any

from core.model.records import Device
from core.model.types import DeviceType, PortGroup
from tests.rules.fixture import Fixtures
from tests.rules.plan import SEEN, Plan

RIDE_THROUGH_FIXTURES = Fixtures()
fixture = RIDE_THROUGH_FIXTURES.of


def terminal(name: str, direction: str) -> PortGroup:
    return PortGroup(name=name, layer="power", direction=direction, connector="terminal", phases=3)  # type: ignore[arg-type]


def standing(type_id: str, kind: str, *ports: PortGroup, **fields: Any) -> DeviceType:
    """Return a floor-standing type that needs no room around it."""
    return DeviceType(
        id=type_id, name=type_id.title(), kind=kind, floor_standing=True, width_mm=800, depth_mm=800,  # type: ignore[arg-type]
        height_mm=2000, mass_kg=100, clearance_front_mm=0, clearance_rear_mm=0, sources=SEEN, ports=ports,
        **({"power_max_w": 0, "power_typical_w": 0} | fields),
    )  # fmt: skip


def held(plan: Plan, ups: dict[str, float], generator: dict[str, float]) -> None:
    """Put a load of 0.8, 1 and 1.5 kW (typical, maximum, peak) on a UPS of 30 kW with a generator."""
    inlets, outlet = terminal("in{1..2}", "in"), terminal("out", "out")
    plan.use(standing("load", "other", terminal("in", "in"), power_max_w=1000, power_typical_w=800,
                      power_peak_w=1500, liquid_fraction=0))  # fmt: skip
    plan.use(standing("ups", "ups", inlets, outlet, rated_w=30_000, efficiency=1.0, liquid_fraction=0, **ups))
    plan.use(standing("gen", "generator", outlet, rated_w=30_000, liquid_fraction=0, **generator))
    for k, (name, feeds) in enumerate((("load", {}), ("ups", {"in1": "A"}), ("gen", {}))):
        plan.put(
            "devices", Device(block="h", id=name, type=name, x_mm=-4000, y_mm=6000 + 2000 * k, feeds=feeds)
        )
    plan.link("h", "w1", "ups", "out", "load", "in", layer="power")
    plan.link("h", "w2", "gen", "out", "ups", "in2", layer="power")


@fixture("power.hold_time", "ups", block="h", value=9_000, limit=10_000, count=1)
def hold_time(plan: Plan) -> None:
    held(plan, {"hold_s": 300, "step_share": 1}, {"start_s": 10_000, "step_share": 1})


@fixture("power.load_step", "ups", block="h", value=700, limit=300, count=1)
def load_step(plan: Plan) -> None:
    held(plan, {"hold_s": 300, "step_share": 0.01}, {"start_s": 10, "step_share": 1})

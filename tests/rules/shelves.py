"""A busbar with shelves in the sound plan."""

from __future__ import annotations

from core.model.records import Device
from core.model.types import DeviceType, PortGroup
from tests.rules.plan import NODE, Plan, psu


def shelves(plan: Plan, rated_w: float) -> None:
    """Two shelves, fed by A and B, on the busbar of a tray of 2 kW."""
    bar = {"layer": "power", "connector": "busbar-50V", "phases": 0}
    plan.retype("rack", busbar="busbar-50V")
    tray = PortGroup(name="bar", direction="in", **bar)
    plan.use(NODE, id="tray", name="Tray", kind="tray", height_u=1, ports=(tray,), supplies_needed=None)
    shelf = DeviceType(
        id="shelf", name="Shelf", kind="power-shelf", height_u=1, depth_mm=800, mass_kg=30, power_max_w=0,
        power_typical_w=0, rated_w=rated_w, efficiency=1.0, inlet_max_c=50,
        ports=(PortGroup(name="bar", direction="out", **bar), psu(1, "C20")),
    )  # fmt: skip
    plan.use(shelf)
    plan.put("devices", Device(block="r", id="t1", type="tray", half_u=30))
    for k, name in enumerate("AB"):
        plan.put("devices", Device(block="r", id=f"sh{k}", type="shelf", half_u=32 + 2 * k,
                                   feeds={"psu1": name}))  # fmt: skip

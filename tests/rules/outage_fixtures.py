"""Designs in which the loss of one element is too much."""

from __future__ import annotations

from core.model.records import Device
from core.model.types import AcceleratorType, Fit
from tests.rules.fixture import Fixtures
from tests.rules.plan import SEEN, Plan
from tests.rules.ride_through_fixtures import standing, terminal
from tests.rules.shelves import shelves

OUTAGE_FIXTURES = Fixtures()
fixture = OUTAGE_FIXTURES.of


@fixture("power.loss_overload", "u0", "u1", block="h", value=2000, limit=1500, count=2)
def loss_overload(plan: Plan) -> None:
    """Two UPS of 1.5 kW on one source share a load of 2 kW."""
    plan.use(standing("load", "other", terminal("in{1..2}", "in"), power_max_w=2000, power_typical_w=2000,
                      liquid_fraction=0))  # fmt: skip
    plan.use(standing("ups", "ups", terminal("in", "in"), terminal("out", "out"), rated_w=1500,
                      efficiency=1.0, liquid_fraction=0))  # fmt: skip
    plan.put("devices", Device(block="h", id="load", type="load", x_mm=-4000, y_mm=6000))
    for k in range(2):
        plan.put("devices", Device(block="h", id=f"u{k}", type="ups", x_mm=-4000, y_mm=8000 + 2000 * k,
                                   feeds={"in": "A"}))  # fmt: skip
        plan.link("h", f"w{k}", f"u{k}", "out", "load", f"in{k + 1}", layer="power")


@fixture("power.single_point", "p1", value=4, limit=0)
def single_point(plan: Plan) -> None:
    """A node with accelerators on one PDU only."""
    plan.pdu()
    plan.change("devices", "r", "n1", feeds={})
    plan.use(AcceleratorType(id="gpu", name="Accelerator", sources=SEEN))
    plan.retype("node", supplies_fitted=1, accelerators=(Fit(type="gpu", count=4),))


@fixture("power.loss_busbar", "sh0", "sh1", "sh2", value=600, limit=0, count=6)
def loss_busbar(plan: Plan) -> None:
    """Three shelves of 0.7 kW for a tray of 2 kW, all on one source."""
    shelves(plan, 700)
    plan.put("devices", Device(block="r", id="sh2", type="shelf", half_u=36))
    for k in range(3):
        plan.change("devices", "r", f"sh{k}", feeds={"psu1": "A"})

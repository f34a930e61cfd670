"""Cords that share what they should not, and feeders that keep too little."""

from __future__ import annotations

from core.model.records import Device
from tests.rules.fixture import Fixtures
from tests.rules.plan import Plan

CORD_FIXTURES = Fixtures()
fixture = CORD_FIXTURES.of


@fixture("power.cord_pair", "n1", value=0, limit=1)
def cord_pair(plan: Plan) -> None:
    """Both cords of the node on the PDU of side A."""
    plan.pdu()
    plan.change("devices", "r", "n1", feeds={})
    plan.link("r", "c2", "p1", "c19-2", "n1", "psu2", layer="power")


@fixture("power.feeder_reserve", "p1", "p2", value=0.2, limit=0.25, count=4)
def feeder_reserve(plan: Plan) -> None:
    """PDUs of 2.5 kW on two sides of a node of 2 kW: with one lost the other one has 0.5 kW left."""
    plan.pdu(rated_w=2500)
    plan.put("devices", Device(block="r", id="p2", name="pdu-2", type="pdu", zone="left", place=1,
                               feeds={"inlet": "B"}))  # fmt: skip
    plan.change("devices", "r", "n1", feeds={})
    plan.link("r", "c2", "p2", "c19-1", "n1", "psu2", layer="power")
    plan.ask("feeder_reserve", 0.25)
